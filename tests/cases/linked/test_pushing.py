"""A case goes to a linked system when a person has decided so: who may not, what is sent, and that it arrives once."""

from datetime import timedelta

import httpx
import pytest

from renwang.base.models import Entry
from renwang.cases import services as cases
from renwang.cases.linked import services
from renwang.cases.linked.models import Counterpart
from renwang.cases.linked.rules import (
    AttributeOwed,
    ConsentOwed,
    NotTaken,
    NotThere,
    NoUpdates,
    Sending,
    SentAlready,
    mark_of,
    refs_in,
)
from renwang.cases.linked.selectors import counterparts_of, takers_of
from renwang.cases.models import Case, Clock
from renwang.cases.rules import NotNow, State
from renwang.chain.reach import NotInReach
from tests.cases.conftest import WORDS, brought

HOUR = timedelta(hours=1)


@pytest.fixture
def case(link, cast):
    """A case that its grid worker has accepted, with a linked system that would take it."""
    link.known(every=600)
    made = brought(cast, kind="property", contact="13900000009", place="3 号楼门口")
    return cases.accept_case(made.pk, by=cast.viewer(cast.worker), now=cast.now)


def send(link, case, who="worker", **changes):
    by = link.cast.viewer(getattr(link.cast, who))
    return services.send_case(case.pk, link.key, by=by, now=link.now, **changes)


def posted(link):
    return [
        said for method, path, said in link.twin.heard if method == "POST" and "requests." in path
    ]


# --- refusals -------------------------------------------------------------------


def test_who_does_not_handle_it_sends_it_nowhere(link, case):
    with pytest.raises(NotInReach):
        send(link, case, "stranger")
    assert not Counterpart.objects.exists()


def test_what_nobody_has_accepted_is_not_sent(link, cast):
    link.known()
    with pytest.raises(NotNow):
        send(link, brought(cast, kind="property"))


def test_a_kind_that_it_does_not_take_is_not_sent(link, cast):
    link.known()
    made = brought(cast, kind="noise")
    cases.accept_case(made.pk, by=cast.viewer(cast.worker), now=cast.now)
    made.refresh_from_db()
    assert takers_of(made, []) == []
    with pytest.raises(NotTaken):
        send(link, made)


def test_a_case_of_another_place_is_not_sent(link, cast):
    link.known()
    made = brought(cast, kind="property", unit=cast.strangers_street)
    by = cast.viewer(cast.stranger)
    cases.accept_case(made.pk, by=by, now=cast.now)
    with pytest.raises(NotTaken):
        send(link, made, "stranger")


def test_a_required_answer_is_owed(link, cast):
    link.known()
    made = brought(cast, kind="road")
    cases.accept_case(made.pk, by=cast.viewer(cast.worker), now=cast.now)
    with pytest.raises(AttributeOwed):
        send(link, made)
    send(link, made, answers={"depth": ["12"]})
    link.visit()
    assert posted(link)[0]["attribute[depth]"] == ["12"]


def test_how_he_can_be_reached_goes_along_only_with_his_consent(link, case):
    with pytest.raises(ConsentOwed):
        send(link, case, with_contact=True)
    send(link, case)
    link.visit()
    (said,) = posted(link)
    assert "phone" not in said and "13900000009" not in str(said)


def test_with_consent_it_goes_and_the_journal_knows_who_decided(link, case):
    send(link, case, with_contact=True, consented=True)
    assert "13900000009" not in Counterpart.objects.get().body, "sealed while it waits"
    link.visit()
    assert posted(link)[0]["phone"] == ["13900000009"]
    assert Counterpart.objects.get().body == ""
    verbs = list(Entry.objects.values_list("verb", flat=True))
    assert "linked.consented" in verbs and "cases.contact_read" in verbs
    assert not Entry.objects.filter(body__contains="13900000009").exists()


# --- what is sent ---------------------------------------------------------------


def test_the_words_the_place_and_our_mark_are_sent_and_it_is_referred(link, case, cast):
    made = send(link, case, note="请照明所处理。")
    case = Case.objects.get(pk=case.pk)
    assert case.state == State.REFERRED and case.asked is None
    assert Clock.objects.filter(case=case, kind="referral", met_at=None).exists()
    link.visit()
    (said,) = posted(link)
    assert said["service_code"] == ["lamp"]
    assert said["description"] == [f"{WORDS}\n\n请照明所处理。\n\n{mark_of(case.ref)}"]
    assert "3 号楼门口" in said["address_string"][0]
    made.refresh_from_db()
    assert (made.sending, made.number) == (Sending.SENT, "T-1")
    assert case.steps.last().act == "arrived"
    with pytest.raises(SentAlready):
        send(link, case)


def test_masked_words_stay_masked_and_a_blurred_place_stays_blurred(link, case, cast):
    secretary = cast.viewer(cast.secretary)
    cases.mask_case(case.pk, "（已遮盖）路灯坏了。", "含电话", by=secretary, now=link.now)
    send(link, case, exactly=False)
    link.visit()
    (said,) = posted(link)
    assert WORDS not in said["description"][0] and "已遮盖" in said["description"][0]
    assert said["address_string"] == ["第一网格"] and "lat" not in said


def test_a_mark_is_found_again_in_any_words(case):
    assert refs_in(f"hello {mark_of(case.ref)} [1] [X]") == [case.ref]


# --- once ------------------------------------------------------------------------


def test_an_answer_that_was_lost_is_looked_up_before_it_is_sent_again(link, case):
    link.twin.loses_answers = 1
    send(link, case)
    link.visit()
    assert Counterpart.objects.get().sending == Sending.WAITING
    link.visit(2 * HOUR)
    made = Counterpart.objects.get()
    assert (made.sending, made.number) == (Sending.SENT, "T-1")
    assert len(link.twin.requests) == len(posted(link)) == 1
    link.visit()
    assert Case.objects.count() == 1, "what was sent is not taken for something new"


def test_while_it_cannot_be_looked_up_nothing_is_sent_again(link, case):
    link.twin.loses_answers = 1
    send(link, case)
    link.visit()
    link.twin.answers["GET requests"] = httpx.Response(500)
    link.visit(2 * HOUR)
    assert len(posted(link)) == 1
    del link.twin.answers["GET requests"]
    link.visit(2 * HOUR)
    assert Counterpart.objects.get().number == "T-1" and len(posted(link)) == 1


def test_what_never_arrived_is_sent_again(link, case):
    link.twin.answers["POST requests"] = httpx.ConnectError("gone")
    send(link, case)
    link.visit()
    del link.twin.answers["POST requests"]
    link.visit(2 * HOUR)
    assert Counterpart.objects.get().number == "T-1"


def test_a_token_becomes_a_number(link, case):
    link.twin.gives_tokens = True
    send(link, case)
    link.visit()
    link.visit()
    assert Counterpart.objects.get().number == "T-1"


def test_what_it_does_not_take_comes_back_to_the_holder_with_its_reason(link, case):
    link.twin.services = [one for one in link.twin.services if one.code != "lamp"]
    send(link, case)
    link.visit()
    case = Case.objects.get(pk=case.pk)
    assert case.state == State.IN_HAND
    assert "no service lamp" in case.steps.last().words
    assert Counterpart.objects.get().sending == Sending.REFUSED
    assert takers_of(case, counterparts_of(case)), "it may be sent again"


# --- afterwards --------------------------------------------------------------------


def test_closed_there_is_answered_by_them_and_the_holder_decides(link, case):
    send(link, case)
    link.visit()
    link.twin.change("T-1", is_open=True, notes="已受理")
    link.visit()
    link.twin.change("T-1", is_open=False, notes="7 月 20 日已更换灯头")
    link.visit()
    case = Case.objects.get(pk=case.pk)
    assert case.state == State.IN_HAND and not case.end
    told = [(one.act, one.words) for one in case.steps.order_by("pk")]
    assert ("far", "已受理") in told and ("reply", "7 月 20 日已更换灯头") in told


def test_more_is_told_where_it_takes_updates(link, case, cast):
    made = send(link, case)
    by = cast.viewer(cast.worker)
    with pytest.raises(NotThere):
        services.tell_system(made.pk, "今天又有人摔了。", by=by, now=link.now)
    link.visit()
    services.tell_system(made.pk, "今天又有人摔了。", by=by, now=link.now)
    link.visit()
    link.visit()
    assert [one.description for one in link.twin.updates] == ["今天又有人摔了。"]
    assert not Case.objects.get(pk=case.pk).steps.filter(act="far").exists()
    type(link.system).objects.update(has_updates=False)
    with pytest.raises(NoUpdates):
        services.tell_system(made.pk, "再说一次。", by=by, now=link.now)


def test_nobody_waits_for_ever(link, case, cast):
    made = send(link, case)
    with pytest.raises(NotInReach):
        services.give_up_waiting(made.pk, "不等了", by=cast.viewer(cast.stranger), now=link.now)
    services.give_up_waiting(made.pk, "自己去修", by=cast.viewer(cast.worker), now=link.now)
    assert Case.objects.get(pk=case.pk).state == State.IN_HAND
    link.visit()
    assert not posted(link), "what had not left stays here"


def test_silence_of_a_system_climbs_like_anybodys(link, case, cast):
    send(link, case)
    cases.look_at_clocks(link.now + timedelta(days=30))
    assert Case.objects.get(pk=case.pk).steps.filter(act="climb").exists()


def test_two_nodes_that_fetch_from_each_other_make_no_third_case(link, case):
    """What we sent is listed there with our mark; it is joined to our case even if its number never came."""
    send(link, case)
    link.twin.report("T-77", "lamp", f"{WORDS}\n\n{mark_of(case.ref)}")
    Counterpart.objects.all().delete()
    link.visit()
    assert Case.objects.count() == 1
    assert Counterpart.objects.get().number == "T-77"
