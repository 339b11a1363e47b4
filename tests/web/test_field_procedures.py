"""Procedures on the telephone: refusals first, then read, start by three taps, tick, hand on, end."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from renwang.base.pure.ids import uuid7
from renwang.registers.procedures import services
from renwang.registers.procedures.models import Acknowledgement, Run, Tick
from renwang.registers.procedures.run_rules import How, RunState
from renwang.registers.procedures.step_rules import Evidence, Step
from tests.registers.procedures.listed import drafted, in_force, said, started
from tests.registers.procedures.test_running import picture
from tests.web.desk_pages import LANGUAGES, as_, cost


class TestWhoMayNot:
    def test_a_visitor_is_led_to_signing_in(self, db):
        for path in ("procedures/", "procedures/Z1/", "runs/X1/"):
            answer = Client().get(f"/field/{path}")
            assert answer["Location"].startswith("/account/login/?next=")

    def test_a_stranger_finds_nothing(self, cast):
        made = in_force(cast)
        run = started(cast, made)
        client = as_(cast.stranger)
        assert made.procedure.ref not in client.get("/field/procedures/").content.decode()
        for path in (f"procedures/{made.procedure.ref}/", f"runs/{run.ref}/"):
            assert client.get(f"/field/{path}").status_code == 404
        for path in (
            f"procedures/{made.procedure.ref}/start/",
            f"procedures/{made.procedure.ref}/editions/1/read/",
            f"runs/{run.ref}/steps/1/", f"runs/{run.ref}/act/end/", f"runs/{run.ref}/hand/",
        ):  # fmt: skip
            assert client.post(f"/field/{path}").status_code == 404
        assert Run.objects.count() == 1

    def test_what_is_not_in_force_is_not_started(self, cast):
        made = drafted(cast)
        page = f"/field/procedures/{made.procedure.ref}/"
        client = as_(cast.secretary)
        assert "/start/" not in client.get(page).content.decode()
        client.post(f"{page}start/", {"id": str(uuid7(cast.now)), "do": "real"})
        client.post(f"{page}start/", {"id": "nonsense", "do": "real"})
        assert not Run.objects.exists()


class TestByThreeTaps:
    def test_read_then_started_then_done(self, cast):
        made = in_force(cast, steps=[Step("关闭入口", "网格员", 10)])
        client = as_(cast.worker)
        assert "/field/procedures/" in client.get("/field/").content.decode()
        listed = client.get("/field/procedures/").content.decode()
        page = f"/field/procedures/{made.procedure.ref}/"
        assert page in listed
        assert "请读完" in client.get(page).content.decode()
        client.post(f"{page}editions/1/read/")
        assert Acknowledgement.objects.count() == 1
        key = str(uuid7(cast.now))
        for _twice in range(2):
            answer = client.post(f"{page}start/", {"id": key, "do": "exercise"})
        run = Run.objects.get()
        assert answer["Location"] == f"/field/runs/{run.ref}/"
        assert (run.is_exercise, run.unit) == (True, cast.grid)
        page = f"/field/runs/{run.ref}/"
        assert "第1步完成" in client.get(page).content.decode()
        client.post(f"{page}steps/1/", {"id": str(uuid7(cast.now))})
        assert Tick.objects.get().how == How.DONE
        client.post(f"{page}act/end/", {"outcome": "reached", "words": "", "why": ""})
        run.refresh_from_db()
        assert run.state == RunState.ENDED
        assert client.get(page).status_code == 200

    def test_otherwise_with_a_reason_and_a_photograph(self, cast):
        made = in_force(cast, steps=[Step("关闭入口", "", None, Evidence.PHOTO)])
        run = started(cast, made)
        client = as_(cast.worker)
        page = f"/field/runs/{run.ref}/"
        body = {"id": str(uuid7(cast.now)), "how": "otherwise"}
        assert "请说明" in client.post(f"{page}steps/1/", body, follow=True).content.decode()
        assert (
            "拍照"
            in client.post(f"{page}steps/1/", {"id": body["id"]}, follow=True).content.decode()
        )
        photo = SimpleUploadedFile("a.jpg", picture(), "image/jpeg")
        client.post(f"{page}steps/1/", {"id": str(uuid7(cast.now)), "photo": photo})
        assert Tick.objects.get().photo

    def test_who_was_slower_is_told(self, cast):
        run = started(cast, in_force(cast))
        services.tick_step(run.pk, said(1, cast.now), by=cast.viewer(cast.secretary), now=cast.now)
        answer = as_(cast.worker).post(
            f"/field/runs/{run.ref}/steps/1/", {"id": str(uuid7(cast.now))}, follow=True
        )
        assert "抢先" in answer.content.decode()
        assert Tick.objects.count() == 2

    def test_handed_on_broken_off_taken_up(self, cast):
        run = started(cast, in_force(cast))
        page = f"/field/runs/{run.ref}/"
        client = as_(cast.worker)
        client.post(f"{page}hand/", {"to": str(cast.stranger.pk)})
        run.refresh_from_db()
        assert run.holder == cast.worker
        client.post(f"{page}hand/", {"to": str(cast.secretary.pk)})
        client.post(f"{page}act/break/", {"words": "先撤"})
        run.refresh_from_db()
        assert (run.holder, run.state) == (cast.secretary, RunState.BROKEN_OFF)
        client.post(f"{page}act/resume/")
        client.post(f"{page}act/remark/", {"words": "水退了"})
        run.refresh_from_db()
        assert (run.holder, run.state) == (cast.worker, RunState.UNDER_WAY)
        assert client.post(f"{page}act/eat/").status_code == 404


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_speaks_both_languages_and_needs_few_statements(cast, language):
    client = as_(cast.worker, language)
    assert client.get("/field/procedures/").status_code == 200
    made = in_force(cast)
    run = started(cast, made)
    for path, most in (
        ("procedures/", 10), (f"procedures/{made.procedure.ref}/", 18), (f"runs/{run.ref}/", 14),
    ):  # fmt: skip
        assert client.get(f"/field/{path}").status_code == 200
        assert cost(client, f"/field/{path}") <= most
