"""Taking warnings in: who may, what is refused, what is kept as odd, and where they apply."""

from datetime import timedelta
from uuid import uuid4

import pytest
from tests.alerts.conftest import warning

from renwang.alerts import cap
from renwang.alerts.models import Alert, AlertUnit
from renwang.alerts.rules import AlertState, Source
from renwang.alerts.services import receive_alert
from renwang.alerts.words import describe_finding
from renwang.base.models import Entry
from renwang.chain.reach import NotInReach


def doubts(alert: Alert) -> set[str]:
    return {one["doubt"] for one in alert.findings}


def test_who_may_not_bring_warnings_in_is_refused(receive, cast):
    with pytest.raises(NotInReach):
        receive(by=cast.viewer(cast.worker))
    assert not Alert.objects.exists()


def test_what_is_no_warning_is_refused_with_its_reason(cast, now):
    with pytest.raises(cap.CapRefused) as refused:
        receive_alert(b"<alert", Source.PASTE, by=cast.viewer(cast.operator), now=now)
    assert refused.value.reason in (cap.Reason.INCOMPLETE, cap.Reason.NOT_WELL_FORMED)
    assert not Alert.objects.exists()


def test_an_exercise_never_stands_in_the_way_of_a_real_warning_of_its_name(receive):
    drill = uuid4()
    exercise, real = receive(drill=drill), receive()
    assert exercise.pk != real.pk
    assert (receive(drill=drill).pk, receive().pk) == (exercise.pk, real.pk)


def test_it_is_kept_as_it_came_and_read_beside(receive, now):
    made = warning(now)
    alert = receive(made)
    assert cap.read(bytes(alert.original)).alert == made
    assert (alert.colour, alert.hazard, alert.state) == ("orange", "暴雨", AlertState.RECEIVED)
    assert alert.expires_at == now + timedelta(hours=6)
    assert alert.signature == "unsigned"


def test_the_same_again_gives_the_one_that_is_here(receive, cast):
    first = receive()
    assert receive(by="node:feed").pk == first.pk
    assert Entry.objects.filter(verb="alerts.received").count() == 1


def test_a_code_finds_its_unit_and_an_unknown_one_is_shown(receive, cast):
    alert = receive(codes=("990105001000", "990199"))
    assert list(AlertUnit.objects.values_list("path", "by")) == [(cast.street.path, "code")]
    assert alert.path == cast.street.path
    assert {"doubt": "unknown-code", "element": "geocode", "found": "990199"} in alert.findings


def test_a_warning_for_elsewhere_is_kept_and_says_so(receive):
    alert = receive(codes=("110101",))
    assert alert.path == ""
    assert {"unknown-code", "nowhere-here"} <= doubts(alert)


def test_an_expired_one_is_taken_but_over(receive, now):
    alert = receive(sent=now - timedelta(hours=9))
    assert alert.state == AlertState.EXPIRED
    assert "expired" in doubts(alert)


def test_one_from_the_future_is_taken_and_marked_but_not_for_a_slow_clock(receive, now):
    assert "sent-in-future" in doubts(receive(sent=now + timedelta(hours=1)))
    slow = receive(sent=now + timedelta(minutes=9), identifier="another")
    assert "sent-in-future" not in doubts(slow)


def test_one_without_a_colour_is_taken(receive):
    alert = receive(colour=None, headline="柳湾区发布暴雨预警")
    assert alert.colour == ""


def test_the_colour_may_stand_in_the_words_alone(receive):
    assert receive(colour=None).colour == "orange"


def test_the_chinese_form_is_read_as_well(cast, now):
    data = cap.write_chinese(warning(now))
    alert = receive_alert(data, Source.FILE, by="node:test", now=now)
    assert alert.colour == "orange"
    assert bytes(alert.original) == data


def test_an_update_to_an_unknown_warning_waits_and_says_so(receive, now):
    first = warning(now)
    later = warning(
        now + timedelta(minutes=5),
        identifier="later",
        msg_type=cap.MsgType.UPDATE,
        refers_to=(first.as_reference,),
    )
    orphan = receive(later, at=now + timedelta(minutes=5))
    assert "refers-to-unknown" in doubts(orphan)
    assert orphan.state == AlertState.RECEIVED

    found = receive(first, at=now + timedelta(minutes=6))
    orphan.refresh_from_db()
    assert found.state == AlertState.SUPERSEDED
    assert found.superseded_by_id == orphan.pk
    assert "refers-to-unknown" not in doubts(orphan)
    assert (found.thread, found.sequence, orphan.sequence) == (orphan.thread, 1, 2)


def test_another_senders_update_ends_nothing_by_itself(receive, now):
    first = warning(now)
    alert = receive(first)
    later = receive(
        warning(
            now,
            identifier="later",
            sender="99010541600009",
            msg_type=cap.MsgType.CANCEL,
            refers_to=(first.as_reference,),
        )
    )
    alert.refresh_from_db()
    assert alert.state == AlertState.RECEIVED
    assert "another-sender" in doubts(later)


def test_a_cancel_that_nobody_needs_to_hear_asks_for_no_decision(receive, now):
    first = warning(now)
    alert = receive(first)
    cancel = receive(
        warning(
            now,
            identifier="c",
            msg_type=cap.MsgType.CANCEL,
            refers_to=(first.as_reference,),
            infos=False,
        )
    )
    alert.refresh_from_db()
    assert alert.state == AlertState.CANCELLED
    assert cancel.state == AlertState.DISMISSED
    assert cancel.path == alert.path


def test_other_words_under_the_same_name_leave_the_first_ones_and_say_so(receive, now):
    first = receive()
    again = receive(description="不必转移。")
    receive(description="不必转移。")
    assert again.pk == first.pk
    assert again.description == first.description
    doubts = [one["doubt"] for one in Alert.objects.get().findings]
    assert doubts.count("other-content") == 1
    fact = Entry.objects.get(verb="alerts.other_content")
    assert (fact.subject_id, fact.facts["digest"]) == (str(first.pk), fact.facts["digest"])
    assert describe_finding(Alert.objects.get().findings[-1])


def test_the_same_words_with_a_signature_are_the_same_warning(receive, now):
    first = receive()
    document = cap.write(warning(now)).replace(b"<info>", b"  <info>")
    again = receive_alert(document, Source.FEED, by="node:feed", now=now)
    assert (again.pk, again.findings) == (first.pk, first.findings)
