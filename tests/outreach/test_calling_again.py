"""Again and again until a human being answers; nobody in his rest, nobody off duty before those on duty."""

from datetime import timedelta

import pytest
from tests import make
from tests.outreach.conftest import CASCADE, TOGETHER, call_of
from tests.outreach.test_receipts import sums_hold

from renwang.base.models import Entry
from renwang.base.pure.ids import uuid7
from renwang.chain.models import Contact, Person, Shift
from renwang.chain.routes import rebuild_routes
from renwang.outreach import board
from renwang.outreach.carrying import asked_of
from renwang.outreach.inward import deliver_inward
from renwang.outreach.models import Attempt, Call, Notice
from renwang.outreach.rules import CallState, Order, Receipt, Terms
from renwang.outreach.selectors import call_story, to_ring
from renwang.outreach.services import (
    Slip,
    climb_calls,
    finish_notice,
    record_receipts,
    withdraw_notice,
)

AGAIN = Terms(Order.TOGETHER, 120, 300, 600, again_every=300)
TWICE = Terms(Order.TOGETHER, 120, 300, 600, again_every=300, again_times=2)
GENTLE = Terms(Order.TOGETHER, 120, 300, 600, again_every=600, breaks_quiet=False)


def later(now, seconds):
    return now + timedelta(seconds=seconds)


def on_duty(person, unit, now, hours=8):
    return Shift.objects.create(
        id=uuid7(now), unit=unit, path=unit.path, person=person, from_at=now - timedelta(hours=1),
        until_at=now + timedelta(hours=hours), noted_at=now,
    )  # fmt: skip


def play(now, until, step=20):
    """Let the clock run, and everything that is due go out."""
    for seconds in range(0, until + 1, step):
        climb_calls(later(now, seconds))
        deliver_inward(later(now, seconds))


# --- again -------------------------------------------------------------------


def test_who_does_not_answer_is_called_every_five_minutes(start, cast, now):
    notice = start(AGAIN)
    play(now, 1000)
    begun = Attempt.objects.filter(call=call_of(notice, cast.grid)).order_by("begun_at")
    assert [one.begun_at for one in begun] == [later(now, at) for at in (0, 300, 600, 900)]
    assert sums_hold(notice)


def test_an_answer_ends_it(start, cast, now):
    notice = start(AGAIN)
    play(now, 400)
    call = call_of(notice, cast.grid)
    slip = Slip(Receipt.UNDERSTOOD, later(now, 410), via="app", call_id=call.pk)
    record_receipts([slip], by="node:t", now=later(now, 410))
    play(later(now, 420), 3000)
    assert Attempt.objects.filter(call=call, begun_at__gt=later(now, 420)).count() == 1, "reminded"
    assert call_of(notice, cast.grid).due_at is None


def test_it_ends_after_so_many_times_and_with_the_notice(start, cast, now):
    notice = start(TWICE)
    play(now, 3000, 60)
    call = call_of(notice, cast.grid)
    assert (call.state, call.lap, call.due_at) == (CallState.SILENT, 2, None)
    assert Attempt.objects.filter(call=call).count() == 3
    other = start(AGAIN)
    play(now, 400)
    finish_notice(other, by="node:t", now=later(now, 400))
    assert not Call.objects.filter(notice=other, due_at__isnull=False).exists()
    third = start(AGAIN)
    play(now, 400)
    withdraw_notice(third, by="node:t", now=later(now, 400))
    assert not Call.objects.filter(notice=third, due_at__isnull=False).exists()


def test_a_mail_that_was_delivered_stops_nothing(start, cast, now):
    Contact.objects.filter(person=cast.worker).update(kind="email", address="w@example.org")
    make.contact(cast.worker, "sms", "13900000009", 1)
    notice = start(AGAIN)
    call = call_of(notice, cast.grid)
    slip = Slip(Receipt.DELIVERED, now, via="email", call_id=call.pk)
    record_receipts([slip], by="node:t", now=now)
    climb_calls(later(now, 120))
    assert call_of(notice, cast.grid).channel == "sms"
    climb_calls(later(now, 240))
    climb_calls(later(now, 300))
    assert call_of(notice, cast.grid).channel == "sms", "a mail rings with nobody"


def test_a_vacant_post_that_is_filled_later_is_called_in_the_next_lap(start, cast, now):
    cast.grid_post.holdings.all().delete()
    notice = start(AGAIN)
    climb_calls(now)
    new = make.person("新人", cast.grid)
    make.contact(new, "app", "n")
    make.Holding.objects.create(
        id=uuid7(now), post=cast.grid_post, person=new, rank=0, from_on=make.SINCE
    )
    rebuild_routes()
    climb_calls(later(now, 300))
    call = call_of(notice, cast.grid)
    assert (call.state, call.person_id) == (CallState.ASKING, new.pk)
    assert sums_hold(notice)


def test_its_story_says_that_everybody_was_called_again(start, cast, now):
    notice = start(AGAIN)
    play(now, 320)
    assert "again" in [one.word for one in call_story(call_of(notice, cast.grid))]


# --- quiet hours: 22:00 to 07:00; the cast's moment is half past nine in the morning ------------


@pytest.fixture
def night(now, settings):
    settings.RENWANG_QUIET_HOURS = "22:00-07:00"
    return now.replace(hour=17, minute=0)  # one in the morning at the node


@pytest.fixture
def morning(night):
    return night.replace(hour=23, minute=0)  # seven in the morning


def test_a_call_waits_until_quiet_hours_end(start, cast, night, morning):
    notice = start(GENTLE, now=night)
    call = call_of(notice, cast.grid)
    assert (call.send_at, call.quiet_until, call.due_at) == (None, morning, morning)
    assert deliver_inward(night) == 0
    assert climb_calls(night) == 0
    assert board.first_missing(notice, cast.grid.path, 1)[0].quiet_until == morning
    assert not to_ring(cast.viewer(cast.leader)), "no telephone rings either"
    climb_calls(morning)
    call = call_of(notice, cast.grid)
    assert (call.send_at, call.channel, call.quiet_until) == (morning, "app", None)
    assert deliver_inward(morning) > 0
    assert to_ring(cast.viewer(cast.leader))


def test_red_breaks_everybodys_rest(start, cast, night):
    start(TOGETHER, now=night)
    assert deliver_inward(night) == 4


def test_whoever_is_awake_is_asked_instead_and_the_holder_when_he_is(start, cast, night, morning):
    Person.objects.filter(pk=cast.deputy.pk).update(quiet="none")
    notice = start(GENTLE, now=night)
    call = call_of(notice, cast.community)
    assert (call.person_id, call.send_at) == (cast.deputy.pk, night)
    deliver_inward(night)
    climb_calls(later(night, 120))
    call = call_of(notice, cast.community)
    assert (call.state, call.person_id, call.quiet_until) == (
        CallState.ASKING,
        cast.secretary.pk,
        morning,
    )
    climb_calls(morning)
    assert call_of(notice, cast.community).send_at == morning


def test_a_contact_may_have_hours_of_its_own(start, cast, now):
    Contact.objects.filter(person=cast.worker).update(quiet="09:00-10:00")
    notice = start(GENTLE)
    assert call_of(notice, cast.grid).quiet_until == now.replace(hour=2, minute=0)
    assert call_of(notice, cast.street).quiet_until is None


def test_who_answers_in_his_rest_has_answered(start, cast, night, morning):
    notice = start(GENTLE, now=night)
    call = call_of(notice, cast.grid)
    assert [one.pk for one in asked_of(cast.viewer(cast.worker))] == [call.pk]
    slip = Slip(Receipt.UNDERSTOOD, later(night, 60), via="app", call_id=call.pk)
    record_receipts([slip], by="node:t", now=later(night, 60))
    climb_calls(later(night, 660))
    call = call_of(notice, cast.grid)
    assert (call.reminded_at, call.channel) == (later(night, 660), "app")


def test_at_night_nobody_is_called_again(start, cast, now, settings):
    settings.RENWANG_QUIET_HOURS = "22:00-07:00"
    evening = now.replace(hour=13, minute=55)  # five to ten
    notice = start(GENTLE, now=evening)
    play(evening, 1200, 60)
    call = call_of(notice, cast.grid)
    assert (call.state, call.due_at) == (CallState.SILENT, now.replace(hour=23, minute=0))


def test_a_level_asked_at_night_waits_too(start, cast, night, morning):
    terms = Terms(Order.CASCADE, 600, 1800, 3600, breaks_quiet=False)
    notice = start(terms, now=night)
    slip = Slip(Receipt.CARRIED, night, via="app", call_id=call_of(notice, cast.street).pk)
    record_receipts([slip], by="node:t", now=night)
    call = call_of(notice, cast.community)
    assert (call.state, call.quiet_until) == (CallState.ASKING, morning)


# --- duty --------------------------------------------------------------------


def test_nobody_off_duty_is_paged_while_somebody_on_duty_can_answer(start, cast, now):
    on_duty(cast.deputy, cast.community, now)
    notice = start(TOGETHER)
    asked = []
    for seconds in (0, 120, 240):
        climb_calls(later(now, seconds))
        call = call_of(notice, cast.community)
        asked.append((call.person_id, call.channel))
    assert asked == [
        (cast.deputy.pk, "app"),
        (cast.secretary.pk, "app"),
        (cast.secretary.pk, "sms"),
    ]
    climb_calls(later(now, 360))
    assert call_of(notice, cast.community).state == CallState.SILENT
    assert sums_hold(notice)


def test_a_shift_that_is_over_struck_or_of_elsewhere_changes_nothing(start, cast, now):
    over = on_duty(cast.deputy, cast.community, now)
    Shift.objects.filter(pk=over.pk).update(until_at=now)
    struck = on_duty(cast.deputy, cast.street, now)
    Shift.objects.filter(pk=struck.pk).update(struck_at=now)
    on_duty(cast.deputy, cast.neighbour_community, now)
    assert call_of(start(TOGETHER), cast.community).person_id == cast.secretary.pk


def test_who_is_on_duty_for_the_sub_district_is_so_for_what_lies_in_it(start, cast, now):
    on_duty(cast.deputy, cast.street, now)
    assert call_of(start(TOGETHER), cast.community).person_id == cast.deputy.pk


def test_in_a_cascade_it_counts_who_is_on_duty_when_the_turn_comes(start, cast, now):
    notice = start(CASCADE)
    on_duty(cast.deputy, cast.community, now)
    slip = Slip(Receipt.CARRIED, now, via="app", call_id=call_of(notice, cast.street).pk)
    record_receipts([slip], by="node:t", now=now)
    assert call_of(notice, cast.community).person_id == cast.deputy.pk


# --- the order is frozen, and nobody is lost ---------------------------------


def test_deputies_who_change_places_under_way_are_both_asked(start, cast, now):
    other = make.person("第二副手", cast.community)
    make.contact(other, "app", "o")
    held = {"id": uuid7(now), "post": cast.community_post, "from_on": make.SINCE}
    make.Holding.objects.create(person=other, rank=2, **held)
    Contact.objects.filter(person=cast.secretary, kind="sms").delete()
    notice = start(TOGETHER)
    climb_calls(later(now, 120))
    assert call_of(notice, cast.community).person_id == cast.deputy.pk
    held = make.Holding.objects.filter(post=cast.community_post)
    held.filter(person=cast.deputy).update(rank=5)
    held.filter(person=other).update(rank=1)
    rebuild_routes()
    row = board.first_missing(notice, cast.community.path, 1)[0]
    assert row.next_name == "第二副手"
    climb_calls(later(now, 240))
    assert call_of(notice, cast.community).person_id == other.pk


def test_the_next_one_on_the_board_is_named_by_the_frozen_order(start, cast, now):
    notice = start(TOGETHER)
    row = board.first_missing(notice, cast.community.path, 1)[0]
    assert (row.next_name, row.next_channel, row.next_rank) == (cast.secretary.name, "sms", 0)
    climb_calls(later(now, 120))
    Contact.objects.filter(person=cast.secretary, kind="app").delete()
    rebuild_routes()
    row = board.first_missing(notice, cast.community.path, 1)[0]
    assert (row.next_name, row.next_rank) == (cast.deputy.name, 1)


def test_the_fact_of_the_start_says_how_it_was_frozen(start):
    start(AGAIN)
    facts = Entry.objects.get(verb="outreach.started").facts
    assert (facts["again_every"], facts["breaks_quiet"]) == (300, True)
    assert Notice.objects.get().again_every == 300
