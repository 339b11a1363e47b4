"""Linked systems at the desk: who is refused, trying one out, mapping, what a case would send, what a person sees."""

from uuid import uuid4

import pytest

from renwang.cases import services as cases
from renwang.cases.linked.models import Counterpart, System
from renwang.cases.models import Case
from tests.cases.conftest import brought
from tests.cases.linked.conftest import ADDRESS, link
from tests.web.desk_pages import LANGUAGES, as_, cost

__all__ = ["link"]
LIST = "/desk/settings/linked/"
FILLED = {
    "label": "12345 热线", "url": "https://hotline.example/open311/v2", "form": "json",
    "every": "600", "key": "k", "jurisdiction": "",
}  # fmt: skip


def at(system, what=""):
    return f"{LIST}{system.pk}/{what}"


@pytest.fixture
def case(link, cast):
    link.known()
    made = brought(cast, "井盖翘起来了。", kind="road", contact="13900000009")
    return cases.accept_case(made.pk, by=cast.viewer(cast.worker), now=cast.now)


def send_page(link, case):
    return f"/desk/cases/{case.ref}/send/{link.key}/"


# --- refusals -------------------------------------------------------------------


def test_only_who_operates_the_node_sees_linked_systems(link, cast):
    system = link.known()
    for who in (cast.secretary, cast.stranger):
        assert as_(who).get(LIST).status_code == 403
        assert as_(who).get(at(system)).status_code == 403
        for what in ("map/", "visit/", "pause/"):
            assert as_(who).post(at(system, what)).status_code == 403
    assert as_(cast.operator).get(f"{LIST}{uuid4()}/").status_code == 404


def test_what_cannot_be_is_said_beside_the_form(link, cast):
    operator = as_(cast.operator, "en")
    page = operator.post(f"{LIST}add/", FILLED | {"url": "ftp://x", "unit_typed": "青石街道"})
    assert page.status_code == 422
    assert "Give the address of its Open311" in page.content.decode()
    assert not System.objects.exists()


def test_who_does_not_handle_a_case_sends_it_nowhere(link, case, cast):
    assert as_(cast.stranger).get(send_page(link, case)).status_code == 404
    assert as_(cast.stranger).post(send_page(link, case), {"sure": "yes"}).status_code == 404
    assert not Counterpart.objects.exists()


# --- keeping --------------------------------------------------------------------


def test_a_system_is_linked_tried_out_and_mapped(link, cast):
    operator = as_(cast.operator, "en")
    answer = operator.post(f"{LIST}add/", FILLED | {"unit_typed": "青石街道"})
    assert answer.status_code == 303
    system = System.objects.get()
    link.key = system.pk
    assert "It is being asked what it offers" in operator.get(at(system)).content.decode()
    link.visit()
    page = operator.get(at(system)).content.decode()
    assert "Street lamp" in page and "asks 1 thing more" in page
    said = {"kind-0": "property", "takes-0": "on", "sends-0": "on", "pulls": "on", "pushes": "on"}
    assert operator.post(at(system, "map/"), said).status_code == 303
    system.refresh_from_db()
    assert (system.taken_as, system.sent_as) == ({"lamp": "property"}, {"property": "lamp"})
    assert system.pulls and system.pushes and not system.answers


@pytest.mark.parametrize("language", LANGUAGES)
def test_troubles_are_said_in_plain_words(link, cast, language):
    link.known()
    System.objects.update(trouble="turned-away: 403 wrong key", failures=2, unmapped={"x": "犬只"})
    page = as_(cast.operator, language).get(at(link.system)).content.decode()
    assert "wrong key" in page and "犬只" in page
    assert ("Check key" if language == "en" else "请检查密钥") in page
    listed = as_(cast.operator, language).get(LIST).content.decode()
    assert link.system.label in listed and ADDRESS in listed


def test_pausing_visiting_and_changing(link, cast):
    system = link.known()
    operator = as_(cast.operator)
    assert operator.post(at(system, "pause/")).status_code == 303
    assert not link.system.is_active
    assert operator.post(at(system, "pause/")).status_code == 303
    assert operator.post(at(system, "visit/"), {"services": "yes"}).status_code == 303
    assert link.system.is_active and link.system.wants_services
    changed = FILLED | {"label": "新名称", "url": ADDRESS}
    assert operator.post(at(system, "change/"), changed).status_code == 303
    assert link.system.label == "新名称"


def test_the_list_is_a_file_too_and_costs_the_same_with_many(link, cast):
    link.known()
    operator = as_(cast.operator)
    assert operator.get(f"{LIST}?format=csv").content.count(b"\n") >= 2
    one = cost(operator, LIST)
    for number in range(5):
        link.add(url=f"https://s{number}.example/v2")
    assert cost(operator, LIST) == one <= 6


# --- a case goes there -----------------------------------------------------------


def test_the_case_page_offers_who_takes_it_and_shows_where_it_is(link, case, cast):
    worker = as_(cast.worker, "en")
    page = worker.get(f"/desk/cases/{case.ref}/").content.decode()
    assert "In other systems" in page and send_page(link, case) in page
    assert send_page(link, case) not in as_(cast.head).get("/desk/").content.decode()


def test_nothing_is_sent_before_it_was_seen(link, case, cast):
    worker, path = as_(cast.worker, "en"), send_page(link, case)
    page = worker.get(path).content.decode()
    assert "井盖翘起来了。" in page and case.ref in page and "nothing about who he is" in page
    said = {"note": "请抢修", "exactly": "on", "asked-depth": "12"}
    page = worker.post(path, said).content.decode()
    assert "请抢修" in page and "Is that right?" in page
    assert not Counterpart.objects.exists()
    assert worker.post(path, said | {"sure": "yes"}).status_code == 303
    assert Counterpart.objects.get().service == "pothole"
    assert Case.objects.get(pk=case.pk).state == "referred"


def test_a_required_answer_and_the_consent_are_asked_for(link, case, cast):
    worker, path = as_(cast.worker, "en"), send_page(link, case)
    assert worker.post(path, {"sure": "yes"}).status_code == 422
    said = {"asked-depth": "12", "with_contact": "on", "sure": "yes"}
    page = worker.post(path, said)
    assert page.status_code == 422 and "only if he has agreed" in page.content.decode()
    assert not Counterpart.objects.exists()


def test_they_are_told_more_and_waited_for_no_longer(link, case, cast):
    worker = as_(cast.worker, "en")
    worker.post(send_page(link, case), {"asked-depth": "12", "sure": "yes"})
    link.visit()
    made = Counterpart.objects.get()
    page = worker.get(f"/desk/cases/{case.ref}/").content.decode()
    assert made.number in page and "Tell them more" in page and "Wait for them no longer" in page
    base = f"/desk/cases/{case.ref}"
    assert worker.post(f"{base}/tell/{made.pk}/", {"tell-words": "又有人绊倒"}).status_code == 303
    assert made.tidings.count() == 1
    assert worker.post(f"{base}/give-up/{made.pk}/", {"give-up-words": ""}).status_code == 303
    assert Case.objects.get(pk=case.pk).state == "referred", "a reason is owed"
    worker.post(f"{base}/give-up/{made.pk}/", {"give-up-words": "自己处理"})
    assert Case.objects.get(pk=case.pk).state == "in_hand"
    assert as_(cast.stranger).post(f"{base}/tell/{made.pk}/").status_code == 404


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_in_both_languages(link, case, cast, language):
    operator, worker = as_(cast.operator, language), as_(cast.worker, language)
    for client, path in (
        (operator, LIST),
        (operator, f"{LIST}add/"),
        (operator, at(link.system)),
        (operator, at(link.system, "change/")),
        (worker, send_page(link, case)),
    ):
        assert client.get(path).status_code == 200
