"""Sharing by agreement at the desk: who is refused, concluding and ending, what the other side sees and what it does not."""

import pytest

from renwang.cases.sharing.models import Look, Passed, Sharing
from renwang.cases.sharing.rules import Part
from tests.cases.conftest import TODAY
from tests.cases.sharing.conftest import PURPOSE, deal
from tests.web.desk_pages import LANGUAGES, as_, cost

__all__ = ["deal"]
LIST = "/desk/sharing/"


def filled(cast, **changes):
    return {
        "giver": cast.community.ref,
        "taker": cast.strangers_street.code,
        "purpose": PURPOSE,
        "kinds": ["road"],
        "parts": ["place", "answers"],
        "mode": "take_part",
        "from_on": TODAY.isoformat(),
        "until_on": "2026-12-31",
    } | changes


# --- refusals -------------------------------------------------------------------


def test_who_concludes_nothing_proposes_nothing(cast):
    for who in (cast.worker, cast.officer, cast.head):
        assert as_(who).get(f"{LIST}add/").status_code == 403
        assert as_(who).post(f"{LIST}add/", filled(cast)).status_code == 403
    assert not Sharing.objects.exists()


def test_an_agreement_is_no_business_of_a_third_side(deal, cast):
    made = deal.propose()
    head = as_(cast.head)
    assert head.get(f"{LIST}{made.ref}/").status_code == 404
    assert head.post(f"{LIST}{made.ref}/do/approve/").status_code == 404
    assert made.ref not in head.get(LIST).content.decode()


def test_who_proposed_it_does_not_approve_it(deal, cast):
    made = deal.propose()
    assert as_(cast.secretary).post(f"{LIST}{made.ref}/do/approve/").status_code == 403
    made.refresh_from_db()
    assert made.approved_at is None


def test_what_is_wrong_is_said_beside_the_form(cast):
    secretary = as_(cast.secretary, "en")
    page = secretary.post(f"{LIST}add/", filled(cast, taker="nowhere"))
    assert page.status_code == 422 and "No unit of this node" in page.content.decode()
    page = secretary.post(f"{LIST}add/", filled(cast, taker=cast.grid.ref))
    assert page.status_code == 422 and "lies within the other" in page.content.decode()


def test_what_is_not_shared_is_not_there(deal, cast):
    case = deal.case(kind="noise")
    deal.whole()
    stranger = as_(cast.stranger)
    assert stranger.get(f"/desk/cases/{case.ref}/").status_code == 404
    for what in ("note", "contact"):
        assert stranger.post(f"/desk/cases/{case.ref}/shared/{what}/").status_code == 404
    assert not Look.objects.exists()


# --- concluding -----------------------------------------------------------------


def test_it_is_proposed_approved_and_ended(cast):
    secretary, stranger = as_(cast.secretary, "en"), as_(cast.stranger, "en")
    assert secretary.post(f"{LIST}add/", filled(cast)).status_code == 303
    made = Sharing.objects.get()
    page = f"{LIST}{made.ref}/"
    assert "Waits for the other side" in secretary.get(page).content.decode()
    assert "Approve a sharing agreement" in stranger.get("/desk/").content.decode()
    assert stranger.post(f"{page}do/approve/").status_code == 303
    assert "In force" in stranger.get(page).content.decode()
    assert secretary.post(f"{page}do/end/", {"words": ""}).status_code == 303
    made.refresh_from_db()
    assert made.ended_at is None, "a reason is owed"
    secretary.post(f"{page}do/end/", {"words": "任务完成"})
    assert "任务完成" in stranger.get(page).content.decode()
    assert secretary.post(f"{page}do/burn/").status_code == 404


def test_the_list_is_a_file_too_and_costs_the_same_with_many(deal, cast):
    secretary = as_(cast.secretary)
    deal.concluded()
    few = cost(secretary, LIST)
    for _one in range(4):
        deal.concluded()
    assert cost(secretary, LIST) == few <= 6
    assert secretary.get(f"{LIST}?format=csv").content.count(b"\n") >= 5
    assert secretary.get(f"{LIST}?state=in_force&q=河道").status_code == 200


# --- a case that is shared --------------------------------------------------------


def test_the_other_side_reads_what_was_agreed_and_its_look_is_kept(deal, cast):
    deal.concluded(parts=[Part.ANSWERS])
    case = deal.case()
    page = as_(cast.stranger, "en").get(f"/desk/cases/{case.ref}/").content.decode()
    assert "You see it by agreement" in page and case.words in page
    assert "13900000009" not in page and "Take it in hand" not in page
    assert "· 桥头" not in page, "where exactly was not agreed"
    assert Look.objects.get().number == 1
    own = as_(cast.secretary, "en").get(f"/desk/cases/{case.ref}/").content.decode()
    assert "Who else sees it" in own and cast.strangers_street.name in own and "looked once" in own


def test_taking_part_notes_a_part_and_a_contact(deal, cast):
    made = deal.whole()
    case = deal.case()
    base = f"/desk/cases/{case.ref}"
    secretary, stranger = as_(cast.secretary, "en"), as_(cast.stranger, "en")
    assert stranger.post(f"{base}/shared/note/", {"words": "我们已封路"}).status_code == 303
    assert "我们已封路" in secretary.get(f"{base}/").content.decode()
    said = {"hand-over-words": "请修你们一侧", "hand-over-kind": "road"}
    assert stranger.post(f"{base}/share/{made.pk}/part/", said).status_code == 404
    assert secretary.post(f"{base}/share/{made.pk}/part/", said).status_code == 303
    part = case.parts.get()
    assert stranger.get(f"/desk/cases/{part.ref}/").status_code == 200
    assert f"/desk/cases/{part.ref}/" not in secretary.get(f"{base}/").content.decode()
    secretary.post(f"{base}/share/{made.pk}/contact/")
    assert not Passed.objects.exists(), "his consent is owed"
    secretary.post(f"{base}/share/{made.pk}/contact/", {"consented": "yes"})
    answer = stranger.post(f"{base}/shared/contact/", follow=True)
    assert "13900000009" in answer.content.decode()
    assert "13900000009" not in stranger.get(f"{base}/").content.decode()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_in_both_languages(deal, cast, language):
    made, case = deal.whole(), deal.case()
    deal.concluded(until_on=None)
    secretary, stranger = as_(cast.secretary, language), as_(cast.stranger, language)
    for client, path in (
        (secretary, LIST),
        (secretary, f"{LIST}add/"),
        (secretary, f"{LIST}{made.ref}/"),
        (stranger, f"{LIST}{made.ref}/"),
        (stranger, f"/desk/cases/{case.ref}/"),
        (secretary, f"/desk/cases/{case.ref}/"),
    ):
        assert client.get(path).status_code == 200


def test_a_shared_case_costs_the_same_however_long_its_story_is(deal, cast):
    deal.whole()
    case = deal.case()
    stranger = as_(cast.stranger)
    few = cost(stranger, f"/desk/cases/{case.ref}/")
    for number in range(4):
        stranger.post(f"/desk/cases/{case.ref}/shared/note/", {"words": f"第 {number} 条"})
    assert cost(stranger, f"/desk/cases/{case.ref}/") <= few + 1 <= 20
