"""Two people changed the same thing, one of them without a network: nothing is overwritten, and who is responsible decides."""

from datetime import timedelta

import pytest
from django.utils import timezone

from renwang.base.models import Entry
from renwang.cases import services as cases
from renwang.cases.models import Answer
from renwang.outreach.errand_rules import ErrandState
from renwang.outreach.models import Errand
from renwang.registers.facilities.models import Inspection
from renwang.registers.facilities.rules import Verdict
from renwang.registers.facilities.services import Looked, record_inspection
from renwang.registers.risks.rules import State as RiskState
from renwang.registers.risks.services import finish_measure, rectify_risk
from renwang.response.fieldwork.jobs import _forget
from renwang.response.fieldwork.models import Deed
from renwang.response.fieldwork.rules import State
from tests.cases.conftest import answered, brought
from tests.registers.facilities.conftest import entered as facility_of
from tests.registers.risks.conftest import judged, planned
from tests.response.fieldwork.sending import Handset, media
from tests.web.desk_pages import LANGUAGES, as_, cost

__all__ = ["media"]
MINE = "我请电工换了灯头，当晚八点去看，灯亮着。"


@pytest.fixture
def phone(cast) -> Handset:
    return Handset(cast)


def answer(phone: Handset, case, **more) -> dict:
    said = {"answer__end": "done", "answer__words": MINE, "send": "anyway"}
    return phone.deed(f"/field/cases/{case.ref}/answer/", **said, **more)


def differing(cast, phone: Handset) -> Deed:
    """A case that the secretary answered while the grid worker did so in a cellar."""
    case = brought(cast)
    phone.look()
    deed = answer(phone, case)
    answered(cast, case)
    said = phone.one(deed)
    assert said["outcome"] == "differs", said
    return Deed.objects.get()


def decide(cast, deed, holds: str, who=None, reason: str = "现场的为准"):
    client = as_(who or cast.secretary)
    return client.post(f"/desk/differences/{deed.pk}/decide/", {"holds": holds, "reason": reason})


# --- what differs -----------------------------------------------------------------------


def test_what_nobody_else_has_changed_does_not_differ(cast, phone):
    case = answered(cast, brought(cast), by=cast.worker)
    assert phone.one(answer(phone, case))["outcome"] == "taken"


def test_what_was_changed_before_the_page_was_made_does_not_differ(cast, phone):
    case = answered(cast, brought(cast))
    phone.look()
    assert phone.one(answer(phone, case))["outcome"] == "taken"


def test_an_answer_meanwhile_is_not_overwritten_and_both_are_kept(cast, phone):
    deed = differing(cast, phone)
    assert Answer.objects.get().by == cast.secretary.pk
    assert MINE not in deed.sealed and deed.sealed
    errand = Errand.objects.get(kind="fieldwork.difference")
    assert (errand.subject_id, errand.path) == (deed.pk, cast.grid.path)
    assert str(cast.worker.pk) in errand.hands
    told = Entry.objects.get(verb="fieldwork.differed")
    assert told.subject_ref == deed.ref and MINE not in told.body


def test_where_the_number_of_the_page_is_lost_what_came_after_the_deed_counts(cast, phone):
    case = brought(cast)
    deed = answer(phone, case)
    deed["shown_at"] = None
    answered(cast, case)
    assert phone.one(deed)["outcome"] == "differs"


def test_taken_by_somebody_else_meanwhile(cast, phone):
    case = brought(cast)
    deed = phone.deed(f"/field/cases/{case.ref}/take/")
    cases.take_case(case.pk, by=cast.viewer(cast.secretary), now=cast.now)
    assert phone.one(deed)["outcome"] == "differs"
    case.refresh_from_db()
    assert case.person == cast.secretary.pk


def test_a_note_only_adds_and_never_differs(cast, phone):
    case = brought(cast)
    deed = phone.deed(f"/field/cases/{case.ref}/note/", words="灯头锈了")
    answered(cast, case)
    assert phone.one(deed)["outcome"] == "taken"


def test_a_risk_mended_by_two(cast, phone):
    risk = judged(cast)
    deed = phone.deed(f"/field/risks/{risk.ref}/mended/", words="我清走了电动车")
    rectify_risk(risk.pk, "社区清走了", by=cast.viewer(cast.secretary), now=cast.now)
    assert phone.one(deed)["outcome"] == "differs"
    risk.refresh_from_db()
    assert (risk.state, risk.rectified_by) == (RiskState.RECTIFIED, cast.secretary.pk)


def test_a_measure_that_somebody_else_did_meanwhile(cast, phone):
    measure = planned(cast)
    deed = phone.deed(
        f"/field/risks/{measure.risk.ref}/measures/{measure.number}/done/", words="装好了"
    )
    finish_measure(measure.pk, "社区装的", by=cast.viewer(cast.secretary), now=cast.now)
    assert phone.one(deed)["outcome"] == "differs"


def test_a_facility_seen_otherwise_by_two(cast, phone):
    one = facility_of(cast)
    deed = phone.deed(
        f"/field/facilities/{one.ref}/", id="0198a1b2-0000-7000-8000-000000000001",
        verdict=Verdict.FIT.value, words="好的",
    )  # fmt: skip
    on = timezone.localdate(cast.now)
    record_inspection(
        one.pk, Looked(Verdict.UNFIT, on, "门锁死了"), by=cast.viewer(cast.secretary),
        now=cast.now,
    )  # fmt: skip
    assert phone.one(deed)["outcome"] == "differs"
    assert Inspection.objects.get().verdict == Verdict.UNFIT


# --- who decides ------------------------------------------------------------------------


def test_nobody_decides_out_of_reach_or_about_his_own(cast, phone):
    deed = differing(cast, phone)
    for who in (cast.stranger, cast.worker):
        assert as_(who).get(f"/desk/differences/{deed.pk}/").status_code == 404
        assert decide(cast, deed, "sent", who).status_code == 404
    Deed.objects.filter(pk=deed.pk).update(phone=Handset(cast, cast.secretary).row)
    assert decide(cast, deed, "sent").status_code == 303
    deed.refresh_from_db()
    assert deed.state == State.DIFFERS


def test_a_decision_needs_a_reason_and_is_one_of_two(cast, phone):
    deed = differing(cast, phone)
    decide(cast, deed, "sent", reason=" ")
    assert decide(cast, deed, "both").status_code == 404
    deed.refresh_from_db()
    assert deed.state == State.DIFFERS


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_stand_side_by_side(cast, language):
    deed = differing(cast, Handset(cast))
    desk = as_(cast.secretary, language)
    listed = desk.get("/desk/differences/").content.decode()
    assert deed.ref in listed and cast.worker.name in listed
    page = desk.get(f"/desk/differences/{deed.pk}/")
    text = page.content.decode()
    assert MINE in text and Answer.objects.get().words in text
    assert page["Cache-Control"] == "no-store"
    assert desk.get("/desk/differences/?state=decided").status_code == 200
    assert desk.get("/desk/differences/?q=zzz").status_code == 200


def test_what_was_sent_holds_and_is_played_as_the_one_who_did_it(cast, phone):
    deed = differing(cast, phone)
    assert decide(cast, deed, "sent").status_code == 303
    last = Answer.objects.order_by("number").last()
    assert (last.by, last.words) == (cast.worker.pk, MINE)
    deed.refresh_from_db()
    assert (deed.state, deed.sealed, deed.decided_by) == (State.TAKEN, "", cast.secretary.pk)
    assert Errand.objects.get(kind="fieldwork.difference").state == ErrandState.DONE
    assert Entry.objects.filter(verb="fieldwork.held").count() == 1
    told = phone.get("/field/pack/").json()["deeds"]
    assert [(one["id"], one["outcome"]) for one in told] == [(str(deed.pk), "taken")]


def test_what_stands_holds_and_the_phone_is_told_why(cast, phone):
    deed = differing(cast, phone)
    decide(cast, deed, "standing", reason="电工单在社区")
    assert Answer.objects.count() == 1
    deed.refresh_from_db()
    assert (deed.state, deed.sealed) == (State.LEFT, "")
    told = phone.get("/field/pack/").json()["deeds"]
    assert [(one["outcome"], one["sentence"]) for one in told] == [("refused", "电工单在社区")]
    page = as_(cast.secretary).get(f"/desk/differences/{deed.pk}/").content.decode()
    assert "电工单在社区" in page and MINE not in page


def test_where_it_can_no_longer_be_taken_nothing_is_decided(cast, phone):
    deed = differing(cast, phone)
    cast.worker.grants.update(ended_at=cast.now)
    decide(cast, deed, "sent")
    deed.refresh_from_db()
    assert (deed.state, Answer.objects.count()) == (State.DIFFERS, 1)
    decide(cast, deed, "standing")
    decide(cast, deed, "sent")
    assert Entry.objects.filter(verb__in=["fieldwork.held", "fieldwork.left"]).count() == 1


def test_what_nobody_decides_lapses_and_all_of_it_is_forgotten_in_time(cast, phone, settings):
    deed = differing(cast, phone)
    settings.RENWANG_DEEDS_KEPT_DAYS = 90
    assert _forget(cast.now + timedelta(days=89)) == 0
    _forget(cast.now + timedelta(days=90))
    deed.refresh_from_db()
    assert (deed.state, deed.sealed, deed.address, deed.erase_at) == (State.LEFT, "", "", None)
    assert Errand.objects.get(kind="fieldwork.difference").state == ErrandState.NEEDLESS
    assert Entry.objects.get(verb="fieldwork.lapsed").actor == "node:fieldwork"


def test_the_list_costs_few_statements(cast, phone):
    differing(cast, phone)
    desk = as_(cast.secretary)
    assert cost(desk, "/desk/differences/") <= 6
    assert cost(desk, f"/desk/differences/{Deed.objects.get().pk}/") <= 6
