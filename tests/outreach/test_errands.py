"""Work that waits calls whoever may do it, reminds, climbs when silent, and ends with the work."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import transaction
from tests import make

from renwang.base.models import Entry
from renwang.chain.models import Holding, Person, Shift
from renwang.chain.routes import rebuild_routes
from renwang.outreach import carrying
from renwang.outreach.auditing import look_for_stalls
from renwang.outreach.board import to_do
from renwang.outreach.errand_rules import ErrandAct, ErrandOver, ErrandState
from renwang.outreach.models import Attempt, Call, Delivered, Errand, Notice
from renwang.outreach.rules import CallState, Receipt
from renwang.outreach.sending import send_due
from renwang.outreach.services import (
    NotAskedOfYou,
    Slip,
    Waiting,
    answer_call,
    ask_errand,
    call_errands,
    climb_calls,
    end_errand,
    finish_notices,
    move_up,
    record_receipts,
    take_errand,
)
from renwang.outreach.stalls import StallKind
from renwang.outreach.waiting import list_waits, waits_for

HOUR = timedelta(hours=1)
KIND = "tests.work"


@pytest.fixture(autouse=True)
def _ladders(cast):
    rebuild_routes()


def ask(cast, now, place=None, **changes) -> Errand:
    """Work at a place that takes judgement, by default in the community."""
    values = {
        "kind": KIND,
        "subject_id": uuid4(),
        "ref": "RWQ-260715-0001",
        "said": {"zh-hans": "有一件请示待答复", "en": "An answer is owed"},
        "path": (place or cast.community).path,
        "capability": "signals.judge",
        "term": 4 * HOUR,
        **changes,
    }
    with transaction.atomic():
        errand = ask_errand(Waiting(**values), by="node:test", now=now)
    call_errands(now)
    send_due(now, lambda: now)
    return Errand.objects.get(pk=errand.pk)


def told(errand: Errand) -> list[str]:
    """Who got a message, in order."""
    people = Delivered.objects.filter(notice=errand.notice_id).order_by("pk")
    return [Person.objects.get(pk=key).name for key in people.values_list("person_id", flat=True)]


def pass_time(since, hours: float, step=timedelta(minutes=5)) -> datetime:
    """Let the node run for so long."""
    now, end = since, since + timedelta(hours=hours)
    while now < end:
        now = min(now + step, end)
        climb_calls(now)
        send_due(now, lambda at=now: at)
        finish_notices(now)
    return now


# --- who may not --------------------------------------------------------------


def test_a_stranger_neither_sees_it_nor_takes_it(cast, now):
    errand = ask(cast, now)
    assert not waits_for(cast.viewer(cast.stranger)).exists()
    assert not waits_for(cast.viewer(cast.worker)).exists(), "he may not judge"
    for who in (cast.stranger, cast.worker):
        with pytest.raises(NotAskedOfYou):
            take_errand(errand.pk, by=cast.viewer(who), now=now)
    assert list(waits_for(cast.viewer(cast.secretary))) == [errand]
    assert list(waits_for(cast.viewer(cast.officer))) == [errand], "his place lies above it"


def test_whoever_wrote_it_is_neither_told_nor_may_he_take_it(cast, now):
    errand = ask(cast, now, not_by=[cast.secretary.pk])
    assert told(errand) == [cast.deputy.name]
    secretary = cast.viewer(cast.secretary)
    assert not waits_for(secretary).exists()
    with pytest.raises(NotAskedOfYou):
        take_errand(errand.pk, by=secretary, now=now)
    call = Call.objects.get(notice=errand.notice_id)
    with pytest.raises(NotAskedOfYou):
        answer_call(call.pk, Receipt.UNDERSTOOD, by=secretary, now=now)


def test_nobody_takes_what_is_done(cast, now):
    errand = ask(cast, now)
    with transaction.atomic():
        end_errand(KIND, errand.subject_id, by=cast.officer, now=now)
    with pytest.raises(ErrandOver):
        take_errand(errand.pk, by=cast.viewer(cast.officer), now=now)


def test_who_only_carries_warnings_is_never_called_to_judge(cast, now):
    errand = ask(cast, now, cast.grid)
    assert told(errand) == [cast.secretary.name], "the first on the line who may"


# --- told once, reminded, climbing --------------------------------------------------


def test_the_holder_is_told_once_in_the_inbox(cast, now):
    errand = ask(cast, now)
    for _ in range(3):
        call_errands(now)
        send_due(now, lambda: now)
    assert told(errand) == [cast.secretary.name]
    message = Delivered.objects.get(notice=errand.notice_id)
    assert (message.title, message.channel) == ("有一件请示待答复", "app")
    assert "An answer is owed" in message.words


def test_the_same_work_waits_once(cast, now):
    errand = ask(cast, now)
    again = ask(cast, now, subject_id=errand.subject_id)
    assert again.pk == errand.pk
    assert Notice.objects.count() == 1
    assert Entry.objects.filter(verb="outreach.errand_asked").count() == 1


def test_silence_climbs_from_the_holder_to_his_deputy_to_the_next_level(cast, now):
    errand = ask(cast, now)
    pass_time(now, 3.5)
    assert told(errand) == [cast.secretary.name, cast.deputy.name, cast.officer.name]
    levels = Entry.objects.filter(verb="outreach.errand_told").order_by("id")
    assert [entry.place for entry in levels] == [cast.community.path, cast.street.path]


def test_office_work_sends_no_text_to_who_has_something_quieter(cast, now):
    errand = ask(cast, now)
    pass_time(now, 3.5)
    channels = Attempt.objects.filter(notice=errand.notice_id).values_list("channel", flat=True)
    assert set(channels) == {"app"}


def test_red_uses_every_channel_and_does_not_wait(cast, now):
    errand = ask(cast, now, colour="red", term=timedelta(minutes=10))
    pass_time(now, 0.5, timedelta(seconds=30))
    calls = Call.objects.filter(notice=errand.notice_id)
    assert {call.path for call in calls} == {cast.community.path, cast.street.path}
    used = Attempt.objects.filter(notice=errand.notice_id, person_id=cast.secretary.pk)
    assert set(used.values_list("channel", flat=True)) == {"app", "sms"}


def test_quiet_hours_are_kept_except_for_what_is_grave(cast):
    night = datetime(2026, 7, 15, 15, 30, tzinfo=UTC)  # 23:30 there
    for who in (cast.secretary, cast.deputy):
        who.quiet = "22:00-07:00"
        who.save()
    calm, grave = ask(cast, night), ask(cast, night, colour="red")
    assert told(calm) == []
    assert told(grave) == [cast.secretary.name]
    call = Call.objects.get(notice=calm.notice_id)
    assert call.quiet_until == datetime(2026, 7, 15, 23, 0, tzinfo=UTC)
    pass_time(night, 7.75)
    assert told(calm) == [cast.secretary.name]


def test_nobody_off_duty_is_called_while_somebody_on_duty_can_answer(cast, now):
    Shift.objects.create(
        id=uuid4(),
        person=cast.deputy,
        unit=cast.community,
        path=cast.community.path,
        from_at=now - HOUR,
        until_at=now + HOUR,
        noted_at=now,
    )
    errand = ask(cast, now)
    assert told(errand) == [cast.deputy.name]


def test_somebody_on_two_posts_is_told_once(cast, now):
    Holding.objects.filter(post=cast.street_post).update(person=cast.secretary)
    rebuild_routes()
    errand = ask(cast, now)
    pass_time(now, 3.9)
    assert told(errand).count(cast.secretary.name) == 1
    assert cast.officer.name in told(errand), "he may do it from there, without the post"


def test_who_may_do_it_without_a_post_is_called_behind_the_posts(cast, now):
    make.contact(cast.operator, "app", "o")
    errand = ask(cast, now, cast.street)
    assert told(errand) == [cast.officer.name]
    pass_time(now, 2)
    assert told(errand) == [cast.officer.name, cast.operator.name]


def test_where_nobody_can_be_called_it_still_waits_on_the_desk(cast, now):
    errand = ask(cast, now, cast.district)
    assert errand.notice_id is None
    assert Entry.objects.filter(verb="outreach.errand_for_nobody").count() == 1
    assert list(waits_for(cast.viewer(cast.operator))) == [errand]
    assert call_errands(now + HOUR) == 0


def test_silence_is_called_again_until_somebody_answers(cast, now):
    errand = ask(cast, now)
    pass_time(now, 11)
    assert told(errand).count(cast.secretary.name) >= 2


def test_a_kill_while_it_is_called_for_leaves_one_call(cast, now):
    class PowerCut(Exception):
        pass

    waiting = Waiting(KIND, uuid4(), "R", {"en": "x"}, cast.community.path, "", HOUR)
    with transaction.atomic():
        ask_errand(waiting, by="node:test", now=now)
    with pytest.raises(PowerCut), transaction.atomic():
        assert call_errands(now) == 1
        raise PowerCut
    assert not Notice.objects.exists()
    assert call_errands(now) == 1
    assert call_errands(now) == 0
    assert Call.objects.count() == 1


# --- seeing to it --------------------------------------------------------------------


def test_who_sees_to_it_relieves_the_others_and_is_reminded_when_the_term_is_over(cast, now):
    errand = ask(cast, now)
    later = pass_time(now, 3.5)
    take_errand(errand.pk, by=cast.viewer(cast.deputy), now=later)
    before = len(told(errand))
    later = pass_time(later, 3.9)
    assert len(told(errand)) == before, "nobody is asked while he has time"
    later = pass_time(later, 0.3)
    assert told(errand)[before:] == [cast.deputy.name]
    shown = list_waits(cast.viewer(cast.officer))[0]
    assert shown.taken_by is not None and shown.taken_by.name == cast.deputy.name


def test_seeing_to_it_is_not_having_done_it(cast, now):
    errand = ask(cast, now)
    take_errand(errand.pk, by=cast.viewer(cast.secretary), now=now)
    errand.refresh_from_db()
    assert errand.state == ErrandState.OPEN
    pass_time(now, 9)
    assert told(errand) == [cast.secretary.name, cast.secretary.name, cast.officer.name]


def test_an_answer_by_message_means_no_more_than_seeing_to_it(cast, now):
    errand = ask(cast, now)
    call = Call.objects.get(notice=errand.notice_id)
    slip = Slip(Receipt.CARRIED, now, via="sms", call_id=call.pk, person_id=cast.secretary.pk)
    record_receipts([slip], by="node:sms", now=now)
    call.refresh_from_db()
    assert (call.state, call.carried_at) == (CallState.ASKING, None)
    assert call.understood_at == now


def test_taking_it_twice_changes_nothing(cast, now):
    errand = ask(cast, now)
    for _ in range(2):
        take_errand(errand.pk, by=cast.viewer(cast.secretary), now=now)
    assert Call.objects.filter(notice=errand.notice_id).count() == 1


# --- ending --------------------------------------------------------------------------


@pytest.mark.parametrize("act", [ErrandAct.SETTLE, ErrandAct.DROP])
def test_it_ends_with_the_work_and_nobody_is_asked_any_more(cast, now, act):
    errand = ask(cast, now)
    with transaction.atomic():
        end_errand(KIND, errand.subject_id, by=cast.officer, now=now, act=act)
    pass_time(now, 12)
    assert told(errand) == [cast.secretary.name]
    assert not waits_for(cast.viewer(cast.officer)).exists()
    verb = "outreach.errand_done" if act is ErrandAct.SETTLE else "outreach.errand_dropped"
    assert Entry.objects.filter(verb=verb).count() == 1


def test_it_may_end_before_anybody_was_called(cast, now):
    with transaction.atomic():
        waiting = Waiting(KIND, uuid4(), "R", {"en": "x"}, cast.community.path, "", HOUR)
        errand = ask_errand(waiting, by="node:test", now=now)
        end_errand(KIND, errand.subject_id, by="node:test", now=now)
        assert end_errand(KIND, errand.subject_id, by="node:test", now=now) is None
    assert call_errands(now) == 0
    assert not Notice.objects.exists()


def test_what_comes_back_waits_anew(cast, now):
    errand = ask(cast, now)
    with transaction.atomic():
        end_errand(KIND, errand.subject_id, by=cast.officer, now=now)
    again = ask(cast, now + HOUR, subject_id=errand.subject_id)
    assert again.pk != errand.pk
    assert told(again) == [cast.secretary.name]


def test_what_went_to_the_unit_above_calls_that_unit_at_once(cast, now):
    errand = ask(cast, now)
    with transaction.atomic():
        move_up(KIND, errand.subject_id, cast.street.path, now + 6 * HOUR, now=now)
    send_due(now, lambda: now)
    assert told(errand) == [cast.secretary.name, cast.officer.name]
    errand.refresh_from_db()
    assert errand.due_at == now + 6 * HOUR


# --- beside everything else --------------------------------------------------------------


def test_it_is_no_warning_anywhere(cast, now):
    ask(cast, now, colour="red")
    pass_time(now, 1, timedelta(minutes=1))
    for who in (cast.secretary, cast.officer):
        viewer = cast.viewer(who)
        assert carrying.asked_of(viewer) == []
        assert list(carrying.to_ring(viewer)) == []
        found = to_do(viewer)
        assert (found.by_hand, found.silent) == (0, 0)


def test_the_auditor_finds_nothing_while_it_runs_and_names_what_nobody_was_told(cast, now):
    ask(cast, now)
    later = pass_time(now, 6)
    stalls = [found for found in look_for_stalls(later) if found.notice_id is not None]
    assert stalls == []
    with transaction.atomic():
        waiting = Waiting(KIND, uuid4(), "R", {"en": "x"}, cast.community.path, "", HOUR)
        ask_errand(waiting, by="node:test", now=later)
    found = look_for_stalls(later + HOUR)
    assert StallKind.NOT_TOLD in {one.kind for one in found}


def test_long_work_does_not_blind_the_auditor_for_warnings(cast, now, start):
    ask(cast, now, term=timedelta(days=3))
    notice = start()
    Call.objects.filter(notice=notice).update(due_at=now + timedelta(days=1))
    kinds = {found.kind for found in look_for_stalls(now) if found.notice_id == notice.pk}
    assert kinds == {StallKind.AHEAD}


def test_work_of_an_exercise_stays_on_the_node_and_waits_for_its_own_loop(cast, now):
    drill = uuid4()
    errand = ask(cast, now, drill=drill)
    assert errand.called_at is None
    assert call_errands(now, drill=drill) == 1
    send_due(now, lambda: now)
    assert not Delivered.objects.exists()
    send_due(now, lambda: now, drill=drill)
    message = Delivered.objects.get()
    assert message.title.startswith("【演练】")


def test_the_list_is_worst_first_and_says_who_was_told(cast, now, django_assert_max_num_queries):
    calm = ask(cast, now, term=HOUR)
    soon = ask(cast, now, term=timedelta(minutes=20))
    grave = ask(cast, now, term=4 * HOUR, colour="red")
    viewer = cast.viewer(cast.officer)
    with django_assert_max_num_queries(2):
        shown = list_waits(viewer)
    assert [one.errand.pk for one in shown] == [grave.pk, soon.pk, calm.pk]
    assert [one.name for one in shown[0].told] == [cast.secretary.name]
    assert shown[0].unit_name == cast.community.name


def test_asking_and_ending_cost_a_deed_little(cast, now, django_assert_max_num_queries):
    waiting = Waiting(KIND, uuid4(), "R", {"en": "x"}, cast.community.path, "", HOUR)
    with transaction.atomic():
        with django_assert_max_num_queries(3):
            errand = ask_errand(waiting, by="node:test", now=now)
        with django_assert_max_num_queries(1):
            end_errand(KIND, uuid4(), by="node:test", now=now)
        with django_assert_max_num_queries(4):
            end_errand(KIND, errand.subject_id, by="node:test", now=now)


def test_a_relay_goes_on_beside_it(cast, now, start):
    errand = ask(cast, now)
    notice = start()
    send_due(now, lambda: now)
    assert Delivered.objects.filter(notice=notice).count() > 1
    assert told(errand) == [cast.secretary.name]
