"""The procedures list at the desk: refusals first, then writing, approving, reading, reviewing, running, paper."""

from datetime import timedelta

import pytest
from django.test import Client

from renwang.base.pure.ids import uuid7
from renwang.registers.procedures import services
from renwang.registers.procedures.models import (
    Acknowledgement,
    Edition,
    Procedure,
    Review,
    Run,
    Tick,
)
from renwang.registers.procedures.rules import EditionState, Standing
from renwang.registers.procedures.run_rules import How, RunState
from renwang.registers.procedures.services import Followers
from tests import make
from tests.registers.duties.listed import in_force as duty_in_force
from tests.registers.procedures.listed import drafted, in_force, proposed, said, started, terms
from tests.registers.procedures.test_running import picture
from tests.web.desk_pages import LANGUAGES, as_, cost

VIEWS = ("", "mine/", "findings/", "runs/")


def words(cast, **changes) -> dict:
    """What somebody sends who writes a procedure."""
    return {
        "unit": cast.community.ref, "title": "暴雨转移", "kind": "response", "purpose": "先撤人",
        "basis": "", "every_days": "", "acknowledge_days": "7", "changes": "",
        "c0-hazard": "rainstorm", "c0-phase": "respond",
        "s0-words": "关闭入口", "s0-who": "网格员", "s0-minutes": "10", "s0-evidence": "none",
        "s1-words": "敲门转移", "s1-who": "", "s1-minutes": "", "s1-evidence": "number",
        "f0-title": "网格员", "do": "propose", **changes,
    }  # fmt: skip


def address(made: Edition, deed: str) -> str:
    return f"/desk/procedures/{made.procedure.ref}/editions/{made.number}/{deed}/"


class TestWhoMayNot:
    @pytest.mark.parametrize("path", [*VIEWS, "write/"])
    def test_a_visitor_is_led_to_signing_in(self, db, path):
        answer = Client().get(f"/desk/procedures/{path}")
        assert answer["Location"].startswith("/account/login/?next=")

    def test_a_stranger_sees_neither_the_page_nor_the_row(self, cast):
        made = in_force(cast)
        run = started(cast, made)
        ref = made.procedure.ref
        client = as_(cast.stranger)
        for path in ("", "next/", "sheet/", "run/", "compare/1/1/"):
            assert client.get(f"/desk/procedures/{ref}/{path}").status_code == 404
        for path in ("", "sheet/", "sheet/enter/"):
            assert client.get(f"/desk/procedures/runs/{run.ref}/{path}").status_code == 404
        assert ref not in client.get("/desk/procedures/").content.decode()
        assert run.ref not in client.get("/desk/procedures/runs/").content.decode()
        for path in ("review/", "withdraw/", "editions/1/act/approve/", "editions/1/return/"):
            assert client.post(f"/desk/procedures/{ref}/{path}").status_code == 404
        for path in ("steps/1/", "steps/1/back/", "act/remark/", "hand/", "end/"):
            assert client.post(f"/desk/procedures/runs/{run.ref}/{path}").status_code == 404
        under = f"?under={cast.community.ref}"
        for path in ("", "findings/", "runs/"):
            assert client.get(f"/desk/procedures/{path}{under}").status_code == 404
        assert as_(cast.officer).get(f"/desk/procedures/{ref}/").status_code == 200

    def test_who_only_follows_writes_nothing(self, cast):
        for who in (cast.officer, cast.worker):
            assert as_(who).get("/desk/procedures/write/").status_code == 403
            assert as_(who).post("/desk/procedures/write/", words(cast)).status_code == 403
        assert not Procedure.objects.exists()

    def test_nobody_writes_for_a_place_that_is_not_his(self, cast):
        assert as_(cast.stranger).post("/desk/procedures/write/", words(cast)).status_code == 422
        made = in_force(cast, cast.street)
        page = f"/desk/procedures/{made.procedure.ref}/next/"
        assert as_(cast.secretary).get(page).status_code == 404
        assert not Procedure.objects.exclude(pk=made.procedure_id).exists()

    def test_who_wrote_it_is_told_to_let_another_approve(self, cast):
        made = proposed(cast)
        client = as_(cast.secretary)
        page = client.get(f"/desk/procedures/{made.procedure.ref}/").content.decode()
        assert "/act/approve/" not in page
        answer = client.post(address(made, "act/approve"), follow=True)
        assert "请由另一个人审阅批准" in answer.content.decode()
        made.refresh_from_db()
        assert made.state == EditionState.PROPOSED

    def test_a_deed_nobody_knows_is_not_there(self, cast):
        made = proposed(cast)
        assert as_(cast.deputy).post(address(made, "act/eat")).status_code == 404
        run = started(cast, in_force(cast, title="另一项"))
        assert as_(cast.deputy).post(f"/desk/procedures/runs/{run.ref}/act/eat/").status_code == 404


class TestWriting:
    def test_written_by_one_approved_by_another(self, cast):
        as_(cast.secretary).post("/desk/procedures/write/", words(cast))
        made = Edition.objects.get()
        assert (made.state, len(made.steps)) == (EditionState.PROPOSED, 2)
        assert [(one.title, one.path) for one in made.audience.all()] == [
            ("网格员", cast.community.path)
        ]
        assert [str(cell.hazard) for cell in made.cells.all()] == ["rainstorm"]
        as_(cast.deputy).post(address(made, "act/approve"))
        assert Procedure.objects.get().standing == Standing.IN_FORCE

    def test_what_lacks_steps_is_kept_as_a_draft_and_said(self, cast):
        body = words(cast, **{"s0-words": "", "s0-who": "", "s0-minutes": "", "s1-words": ""})
        answer = as_(cast.secretary).post("/desk/procedures/write/", body, follow=True)
        assert "至少写一步" in answer.content.decode()
        assert Edition.objects.get().state == EditionState.DRAFT

    @pytest.mark.parametrize(
        "changes",
        [
            {"title": ""}, {"every_days": "3"}, {"s0-minutes": "0"}, {"f0-unit": "nowhere"},
            {"c0-hazard": "ghost"}, {"s1-words": "", "s1-who": "书记"},
        ],
    )  # fmt: skip
    def test_what_is_wrong_is_said_and_nothing_typed_is_lost(self, cast, changes):
        answer = as_(cast.secretary).post("/desk/procedures/write/", words(cast, **changes))
        assert answer.status_code == 422
        assert "关闭入口" in answer.content.decode()
        assert not Procedure.objects.exists()

    def test_advice_is_given_and_nothing_saved(self, cast):
        body = words(cast, do="advise", **{"s1-words": "及时联系有关部门"})
        answer = as_(cast.secretary).post("/desk/procedures/write/", body)
        assert answer.status_code == 200
        assert "有关部门" in answer.content.decode()
        assert not Procedure.objects.exists()

    def test_changing_begins_from_what_stands_there(self, cast):
        made = drafted(cast)
        client = as_(cast.secretary)
        page = client.get(address(made, "edit")).content.decode()
        for part in ("敲门转移低洼处住户", "把人从危险处转移出来", "网格员"):
            assert part in page
        client.post(address(made, "edit"), words(cast, do="save", **{"s0-words": "关闸"}))
        made.refresh_from_db()
        assert (made.steps[0]["words"], made.state) == ("关闸", EditionState.DRAFT)

    def test_the_next_edition_and_what_changed(self, cast):
        old = in_force(cast)
        ref = old.procedure.ref
        client = as_(cast.secretary)
        assert client.get(f"/desk/procedures/{ref}/next/").status_code == 200
        client.post(f"/desk/procedures/{ref}/next/", words(cast, changes="钥匙改放社区"))
        new = Edition.objects.get(number=2)
        assert (new.state, new.changes) == (EditionState.PROPOSED, "钥匙改放社区")
        page = client.get(f"/desk/procedures/{ref}/").content.decode()
        assert "?edition=2" in page
        compared = client.get(f"/desk/procedures/{ref}/compare/1/2/").content.decode()
        assert "<del>" in compared
        assert "<ins>" in compared
        assert client.get(f"/desk/procedures/{ref}/compare/1/9/").status_code == 404

    def test_a_finding_leads_to_a_form_that_knows_it(self, cast):
        page = as_(cast.secretary).get(
            f"/desk/procedures/write/?under={cast.community.ref}&hazard=fire&phase=respond"
        )
        text = page.content.decode()
        assert '<option value="fire" selected>' in text
        assert '<option value="respond" selected>' in text


class TestDeciding:
    def test_handed_back_reviewed_and_withdrawn_with_the_reason_only(self, cast):
        made = proposed(cast)
        client = as_(cast.deputy)
        client.post(address(made, "return"), {"reason": ""})
        made.refresh_from_db()
        assert made.state == EditionState.PROPOSED
        client.post(address(made, "return"), {"reason": "写清谁开门"})
        page = client.get(f"/desk/procedures/{made.procedure.ref}/").content.decode()
        assert "写清谁开门" in page
        held = in_force(cast, title="另一项")
        ref = held.procedure.ref
        client.post(f"/desk/procedures/{ref}/review/", {"on": "2026-07-01", "end": "unchanged"})
        assert not Review.objects.exists()
        body = {"on": "2026-07-14", "end": "unchanged", "words": "仍适用"}
        client.post(f"/desk/procedures/{ref}/review/", body)
        assert Review.objects.get().words == "仍适用"
        client.post(f"/desk/procedures/{ref}/withdraw/", {"reason": "并入总预案"})
        assert Procedure.objects.get(ref=ref).standing == Standing.WITHDRAWN

    def test_it_is_read_where_it_is_asked_for(self, cast):
        made = in_force(cast)
        client = as_(cast.worker)
        for page in ("/desk/procedures/mine/", f"/desk/procedures/{made.procedure.ref}/"):
            assert "act/acknowledge" in client.get(page).content.decode()
        client.post(address(made, "act/acknowledge"))
        assert Acknowledgement.objects.count() == 1
        assert "act/acknowledge" not in client.get("/desk/procedures/mine/").content.decode()
        answer = as_(cast.officer).post(address(made, "act/acknowledge"), follow=True)
        assert "不需要执行这项制度" in answer.content.decode()

    def test_who_has_not_read_is_named_to_who_answers_for_the_place(self, cast):
        made = in_force(cast, at=cast.now - timedelta(days=30))
        page = f"/desk/procedures/{made.procedure.ref}/"
        assert "王格平" in as_(cast.secretary).get(page).content.decode()
        assert "王格平" in as_(cast.secretary).get("/desk/procedures/mine/").content.decode()
        assert "王格平" not in as_(cast.head).get("/desk/procedures/mine/").content.decode()


class TestRunning:
    def body(self, cast, **changes):
        return {
            "id": str(uuid7(cast.now)), "unit": cast.grid.ref, "is_exercise": "no",
            "hazard": "rainstorm", "reason": "橙色预警", **changes,
        }  # fmt: skip

    def test_started_ticked_and_ended(self, cast):
        made = in_force(cast)
        client = as_(cast.worker)
        start = f"/desk/procedures/{made.procedure.ref}/run/"
        assert cast.grid.ref in client.get(start).content.decode()
        client.post(start, self.body(cast))
        run = Run.objects.get()
        page = f"/desk/procedures/runs/{run.ref}/"
        assert "勾选第1步" in client.get(page).content.decode()
        client.post(f"{page}steps/1/", {"id": str(uuid7(cast.now)), "how": "done"})
        answer = client.post(
            f"{page}steps/2/", {"id": str(uuid7(cast.now)), "how": "skipped"}, follow=True
        )
        assert "请说明" in answer.content.decode()
        client.post(
            f"{page}steps/2/", {"id": str(uuid7(cast.now)), "how": "skipped", "reason": "没人"}
        )
        client.post(f"{page}end/", {"outcome": "partly", "words": "雨停了", "why_left": "雨停了"})
        run.refresh_from_db()
        assert (run.state, run.outcome) == (RunState.ENDED, "partly")
        story = client.get(page).content.decode()
        assert "没人" in story
        file = client.get(f"{page}?format=csv").content.decode()
        assert "没人" in file
        listed = client.get("/desk/procedures/runs/?format=csv&state=ended").content.decode()
        assert run.ref in listed

    def test_somebody_who_was_slower_is_told(self, cast):
        run = started(cast, in_force(cast))
        services.tick_step(run.pk, said(1, cast.now), by=cast.viewer(cast.worker), now=cast.now)
        body = {"id": str(uuid7(cast.now)), "how": "otherwise", "reason": "用车横在入口"}
        answer = as_(cast.secretary).post(
            f"/desk/procedures/runs/{run.ref}/steps/1/", body, follow=True
        )
        assert "抢先" in answer.content.decode()
        assert "用车横在入口" in answer.content.decode()

    def test_wrong_input_is_said(self, cast):
        run = started(cast, in_force(cast))
        page = f"/desk/procedures/runs/{run.ref}/"
        client = as_(cast.worker)
        for path, body in (
            ("steps/1/", {"id": "nonsense", "how": "done"}), ("hand/", {}), ("end/", {"outcome": "x"}),
            ("steps/1/back/", {"words": "按错"}), ("act/break_off/", {"words": ""}),
        ):  # fmt: skip
            answer = client.post(page + path, body, follow=True)
            assert answer.status_code == 200
            assert 'class="message' in answer.content.decode() or "toast" in answer.content.decode()
        assert not Tick.objects.exists()

    def test_handed_over_broken_off_taken_up_taken_back(self, cast):
        run = started(cast, in_force(cast))
        page = f"/desk/procedures/runs/{run.ref}/"
        client = as_(cast.secretary)
        client.post(f"{page}hand/", {"to": str(cast.secretary.pk), "words": "钥匙在值班室"})
        client.post(f"{page}steps/1/", {"id": str(uuid7(cast.now)), "how": "done"})
        client.post(f"{page}steps/1/back/", {"words": "按错"})
        client.post(f"{page}act/break_off/", {"words": "先撤"})
        run.refresh_from_db()
        assert (run.holder, run.state) == (cast.secretary, RunState.BROKEN_OFF)
        client.post(f"{page}act/resume/")
        client.post(f"{page}act/remark/", {"words": "水退了"})
        text = client.get(page).content.decode()
        for part in ("钥匙在值班室", "按错", "先撤", "水退了"):
            assert part in text

    def test_a_photograph_is_given_to_who_sees_the_run(self, cast):
        run = started(cast, in_force(cast))
        tick = services.tick_step(
            run.pk, said(1, cast.now, photo=picture()), by=cast.viewer(cast.worker), now=cast.now
        ).tick
        page = f"/desk/procedures/runs/photos/{tick.pk}/"
        assert as_(cast.officer).get(page)["Content-Type"] == "image/jpeg"
        assert as_(cast.stranger).get(page).status_code == 404

    def test_a_sheet_of_paper_and_back(self, cast):
        made = in_force(cast)
        run = started(cast, made)
        client = as_(cast.worker)
        for page in (
            f"/desk/procedures/{made.procedure.ref}/sheet/",
            f"/desk/procedures/runs/{run.ref}/sheet/",
        ):
            assert "敲门转移低洼处住户" in client.get(page).content.decode()
        enter = f"/desk/procedures/runs/{run.ref}/sheet/enter/"
        assert client.get(enter).status_code == 200
        body = {
            "s1-at": "09:30", "s1-how": "done", "s1-hand": "王格平", "s2-how": "done",
            "s2-reason": "没人在家", "s3-how": "done",
        }  # fmt: skip
        client.post(enter, body)
        ticks = list(Tick.objects.order_by("number").values_list("number", "how", "hand"))
        assert ticks == [(1, How.DONE, "王格平"), (2, How.SKIPPED, "")]
        wrong = client.post(enter, {"s3-at": "25:99", "s3-how": "done"})
        assert wrong.status_code == 422


class TestLooking:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_every_page_speaks_both_languages_empty_and_full(self, cast, language):
        client = as_(cast.operator, language)
        for path in (*VIEWS, "write/"):
            assert client.get(f"/desk/procedures/{path}").status_code == 200
        made = in_force(cast)
        run = started(cast, made)
        services.review_procedure(
            made.procedure_id, "unchanged", "仍适用", cast.now.date(), by="node:test", now=cast.now
        )
        new = services.begin_edition(
            made.procedure_id, terms(cast, purpose=""), by="node:test", now=cast.now
        )
        more = (
            f"{made.procedure.ref}/", f"{made.procedure.ref}/?edition={new.number}",
            f"{made.procedure.ref}/compare/1/2/", f"{made.procedure.ref}/run/",
            f"{made.procedure.ref}/sheet/", f"runs/{run.ref}/", f"runs/{run.ref}/sheet/",
            f"runs/{run.ref}/sheet/enter/", f"{made.procedure.ref}/editions/2/edit/",
        )  # fmt: skip
        for path in (*VIEWS, *more):
            assert client.get(f"/desk/procedures/{path}").status_code == 200, path

    def test_the_list_narrows_sorts_and_goes_out(self, cast):
        one = in_force(cast).procedure
        other = drafted(
            cast, cast.grid, title="电动车检查", kind="inspection", cells=[("electric_bike", None)]
        ).procedure
        client = as_(cast.secretary)
        for query, shown in (
            ("?q=电动车", other), ("?kind=inspection", other), ("?hazard=electric_bike", other),
            (f"?under={cast.grid.ref}", other), ("?standing=draft", other), (f"?q={one.ref}", one),
            ("?standing=in_force&sort=-review", one),
        ):  # fmt: skip
            page = client.get(f"/desk/procedures/{query}").content.decode()
            assert shown.ref in page, query
            assert (one.ref if shown is other else other.ref) not in page, query
        for sort in ("title", "-title", "place", "-changed", "nonsense"):
            assert one.ref in client.get(f"/desk/procedures/?sort={sort}").content.decode()
        assert one.ref not in client.get("/desk/procedures/?review=overdue").content.decode()
        file = client.get("/desk/procedures/?format=csv").content.decode()
        assert "关闭下穿通道入口" in file

    def test_findings_say_what_and_lead_to_where_it_is_mended(self, cast):
        in_force(cast)
        page = as_(cast.secretary).get("/desk/procedures/findings/").content.decode()
        assert "/desk/duties/write/?under=" in page
        answer = as_(cast.secretary).get("/desk/procedures/findings/?kind=no_duty&format=csv")
        assert "暴雨转移" in answer.content.decode()

    def test_a_duty_leads_to_how_it_is_done_or_to_writing_it_down(self, cast):
        duty = duty_in_force(cast)
        client = as_(cast.secretary)
        page = client.get(f"/desk/duties/{duty.ref}/").content.decode()
        assert "/desk/procedures/write/?under=" in page
        made = in_force(cast)
        page = client.get(f"/desk/duties/{duty.ref}/").content.decode()
        assert f"/desk/procedures/{made.procedure.ref}/" in page

    def test_what_waits_is_counted_and_leads_there(self, cast):
        made = proposed(cast)
        page = as_(cast.deputy).get("/desk/").content.decode()
        assert made.title in page
        client = as_(cast.deputy)
        link = client.get(f"/desk/procedures/{made.procedure.ref}/?edition=open")
        assert "/act/approve/" in link.content.decode()

    def test_lists_and_pages_need_few_statements(self, cast):
        for title in ("甲", "乙", "丙"):
            made = in_force(cast, title=title)
        run = started(cast, made)
        client = as_(cast.secretary)
        assert cost(client, "/desk/procedures/") <= 6
        assert cost(client, f"/desk/procedures/{made.procedure.ref}/") <= 15
        assert cost(client, "/desk/procedures/findings/") <= 15
        assert cost(client, "/desk/procedures/runs/") <= 6
        assert cost(client, f"/desk/procedures/runs/{run.ref}/") <= 6

    def test_what_one_must_follow_costs_the_same_for_one_place_and_for_three(self, cast):
        long_ago = cast.now - timedelta(days=60)
        everybody = [Followers(cast.community, ""), Followers(cast.street, "")]
        for title in ("甲", "乙", "丙"):
            made = in_force(cast, title=title, at=long_ago, followers=everybody)
        client = as_(cast.secretary)
        page = client.get("/desk/procedures/mine/")
        assert len(page.context["followed"]) == 3
        assert page.context["late"]
        one = cost(client, "/desk/procedures/mine/")
        for name in ("第五网格", "第六网格"):
            make.post("网格员", make.unit(name, "grid", cast.strangers_street), cast.secretary)
        assert cost(client, "/desk/procedures/mine/") == one <= 15
        assert cost(client, f"/desk/procedures/{made.procedure.ref}/") <= 15
