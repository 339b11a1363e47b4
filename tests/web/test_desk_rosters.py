"""The duty roster and quiet hours on the desk: shown by day, entered, struck, refused to strangers."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from renwang.base.jobs import claim_job, run_job
from renwang.chain.models import Shift
from renwang.chain.services.rosters import enter_shift
from tests.web.desk_pages import as_, cost

TABLE = "单位,人员,开始,结束\n石桥社区,傅助民,2026-07-15 08:00,2026-07-15 20:00\n"


@pytest.fixture
def shift(cast, now):
    return enter_shift(
        unit=cast.community, person=cast.deputy, from_at=now, until_at=now + timedelta(hours=8),
        by=cast.viewer(cast.secretary), now=now,
    )  # fmt: skip


def test_a_day_shows_who_is_on_duty_and_another_day_does_not(cast, shift):
    client = as_(cast.secretary)
    page = client.get("/desk/roster/?on=2026-07-15").content.decode()
    assert cast.deputy.name in page
    assert cast.deputy.name not in client.get("/desk/roster/?on=2026-07-17").content.decode()
    assert client.get("/desk/roster/?on=nonsense").status_code == 200


def test_a_stranger_sees_and_strikes_nothing(cast, shift):
    client = as_(cast.stranger)
    assert cast.deputy.name not in client.get("/desk/roster/?on=2026-07-15").content.decode()
    assert client.post(f"/desk/roster/{shift.pk}/strike/").status_code == 404
    assert Shift.objects.get().struck_at is None


def test_a_shift_is_entered_and_struck(cast):
    client = as_(cast.secretary)
    sent = {
        "unit": cast.community.ref, "person": str(cast.deputy.pk),
        "from_at": "2026-07-15T08:00", "until_at": "2026-07-15T20:00",
    }  # fmt: skip
    assert client.get("/desk/roster/enter/").status_code == 200
    assert client.post("/desk/roster/enter/", sent).status_code == 303
    shift = Shift.objects.get()
    assert client.post("/desk/roster/enter/", sent).status_code == 422
    assert client.post(f"/desk/roster/{shift.pk}/strike/").status_code == 303
    assert Shift.objects.get().struck_at is not None


def test_a_table_is_looked_at_brought_in_by_a_job_and_may_come_twice(cast, now):
    client = as_(cast.secretary)
    assert "/desk/imports/?kind=rosters" in client.get("/desk/roster/").content.decode()
    assert (
        '<option value="rosters" selected'
        in client.get("/desk/imports/?kind=rosters").content.decode()
    )
    wrong = f"{TABLE}无此处,傅助民,2026-07-15 08:00,2026-07-15 20:00\n"
    for text, shown in ((wrong, "无此处"), (TABLE, "傅助民")):
        file = SimpleUploadedFile("r.csv", text.encode())
        sent = client.post("/desk/imports/", {"kind": "rosters", "file": file})
        assert sent.status_code == 303
        page = client.get(sent.url)
        assert page.status_code == 200 and shown in page.content.decode()
    assert not Shift.objects.exists()
    for _ in range(2):
        file = SimpleUploadedFile("r.csv", TABLE.encode())
        sent = client.post("/desk/imports/", {"kind": "rosters", "file": file})
        assert client.post(f"{sent.url}commit/").status_code == 303
        run_job(claim_job(now), lambda: now)
    assert Shift.objects.count() == 1


def test_somebody_sets_his_own_quiet_hours_and_not_those_of_others(cast):
    client = as_(cast.worker)
    address = f"/desk/people/{cast.worker.pk}/rest/"
    assert client.get(address).status_code == 200
    assert client.post(address, {"hours": "22:00-07:00"}).status_code == 303
    cast.worker.refresh_from_db()
    assert cast.worker.quiet == "22:00-07:00"
    assert client.post(address, {"hours": "nachts"}).status_code == 422
    other = client.post(f"/desk/people/{cast.secretary.pk}/rest/", {"hours": "none"})
    assert other.status_code in (403, 404)


def test_more_shifts_need_no_more_statements(cast, shift, now):
    client = as_(cast.secretary)
    few = cost(client, "/desk/roster/?on=2026-07-15")
    for hours in range(8, 14):
        begin = now + timedelta(hours=hours)
        enter_shift(
            unit=cast.community, person=cast.secretary, from_at=begin,
            until_at=begin + timedelta(hours=1), by=cast.viewer(cast.secretary), now=now,
        )  # fmt: skip
    assert cost(client, "/desk/roster/?on=2026-07-15") == few
