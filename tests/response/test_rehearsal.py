"""A rehearsal on the real path: what it may not do, the story it tells, and that nothing leaves the node."""

from datetime import timedelta
from itertools import pairwise

import orjson
import pytest

from renwang.alerts.models import Alert
from renwang.base.models import Entry
from renwang.chain import reach
from renwang.chain.invented.loading import load_invented
from renwang.chain.invented.sizes import Size
from renwang.chain.models import Holding, Post, Unit
from renwang.outreach.models import Attempt, Call, Delivered, Notice, Round
from renwang.response.exporting import Format, export_rehearsal
from renwang.response.jobs import play_rehearsals
from renwang.response.models import Rehearsal
from renwang.response.playing import play
from renwang.response.selectors import (
    replay,
    standing,
    story,
    touched_outside,
    under_way,
    visible_to,
)
from renwang.response.services import (
    INSTANTLY,
    NobodyRelays,
    PlaceUnmarked,
    RehearsalOver,
    RehearsalUnderWay,
    SpeedRefused,
    start_rehearsal,
    stop_rehearsal,
)

NODE = "node:test"


@pytest.fixture
def place(db, now) -> Unit:
    return load_invented(Size(600), 1, now=now)


def begin(place: Unit, now, **how) -> Rehearsal:
    how.setdefault("by", NODE)
    return start_rehearsal("rainstorm", place, now=now, **how)


def told(rehearsal: Rehearsal) -> list[tuple]:
    """Everything in the calls that could differ between two ways of playing the same story."""
    calls = Call.objects.filter(notice__drill=rehearsal.id).order_by("notice__sequence", "path")
    return list(
        calls.values_list(
            "path",
            "state",
            "rung",
            "delivered_at",
            "read_at",
            "understood_at",
            "carried_at",
            "covered",
        )
    )


# --- who may not -------------------------------------------------------------


def test_only_whoever_may_run_rehearsals_here_starts_and_stops_one(cast, now):
    for refused in (cast.stranger, cast.worker):
        with pytest.raises(reach.NotInReach):
            begin(cast.street, now, by=cast.viewer(refused))
    rehearsal = begin(cast.street, now, by=cast.viewer(cast.officer))
    with pytest.raises(reach.NotInReach):
        stop_rehearsal(rehearsal, by=cast.viewer(cast.stranger), now=now)
    assert list(visible_to(cast.viewer(cast.worker))) == []
    assert list(visible_to(cast.viewer(cast.officer))) == [rehearsal]
    assert list(visible_to(cast.viewer(cast.stranger))) == []


def test_a_second_one_in_the_same_place_waits(place, now):
    begin(place, now)
    with pytest.raises(RehearsalUnderWay):
        begin(place, now)
    with pytest.raises(RehearsalUnderWay):
        begin(Unit.objects.filter(level="community").get(), now)


def test_a_place_where_nobody_relays_is_refused(place, now):
    Holding.objects.filter(post__unit=place).update(is_current=False)
    with pytest.raises(NobodyRelays):
        begin(place, now)


def test_a_place_that_no_warning_can_name_is_refused(place, now):
    Unit.objects.filter(pk=place.pk).update(code="", boundary="")
    with pytest.raises(PlaceUnmarked):
        begin(Unit.objects.get(pk=place.pk), now)


@pytest.mark.parametrize("speed", [0.5, -1, 4_000])
def test_an_impossible_speed_is_refused(place, now, speed):
    with pytest.raises(SpeedRefused):
        begin(place, now, speed=speed)


def test_what_has_ended_is_not_stopped_again(place, now):
    rehearsal = stop_rehearsal(begin(place, now), by=NODE, now=now)
    with pytest.raises(RehearsalOver):
        stop_rehearsal(rehearsal, by=NODE, now=now)


# --- the story ---------------------------------------------------------------


@pytest.mark.slow
def test_the_story_rises_to_its_end_and_nothing_leaves_the_node(place, now):
    rehearsal = begin(place, now, seed=3)
    play(rehearsal, rehearsal.ends_at, now=now + timedelta(minutes=1))
    rehearsal.refresh_from_db()
    assert rehearsal.ended_at == now + timedelta(minutes=1)

    chapters = story(rehearsal).chapters
    assert [chapter.colour for chapter in chapters[:4]] == ["blue", "yellow", "orange", "red"]
    assert len(chapters) == 5
    red = chapters[3]
    assert red.covered > 0.6 * red.households
    assert red.answered > 0.85 * red.posts
    for chapter in chapters:
        for before, after in pairwise(chapter.curve):
            assert before.answered <= after.answered
            assert before.households <= after.households
        assert chapter.curve[-1].answered == chapter.answered
        assert chapter.curve[-1].households <= chapter.covered
    assert red.silent
    assert all(one.unit and one.post for one in red.silent)
    assert any(chapter.bypassed for chapter in chapters)
    assert sum(red.by_channel.values()) == red.answered
    assert {"app", "phone"} <= set(red.by_channel)
    halves = [pace.half_after for pace in red.levels]
    assert all(half is not None for half in halves)
    assert Round.objects.filter(call__notice__drill=rehearsal.id).exists()

    # Nothing but the node's own inbox has been touched, and everything bears the drill's mark.
    assert touched_outside(rehearsal) == 0
    assert Attempt.objects.count() == Delivered.objects.count() > 0
    assert not Notice.objects.filter(drill=None).exists()
    assert not Alert.objects.exclude(status="Exercise", drill=rehearsal.id).exists()
    since = Entry.objects.filter(verb__regex="^(alerts|outreach|response)")
    assert not since.exclude(drill=rehearsal.id).exists()
    assert not Alert.objects.filter(state__in=["received", "in_force"], msg_type="Update").exists()

    moments = list(replay(rehearsal))
    assert [moment.after for moment in moments] == sorted(moment.after for moment in moments)
    assert moments[0].entry.verb == "response.rehearsal_started"
    verbs = {moment.entry.verb for moment in moments}
    assert {"alerts.received", "alerts.relayed", "outreach.climbed", "outreach.receipts"} <= verbs

    data = orjson.loads(export_rehearsal(rehearsal, Format.JSON, "en"))
    assert data["rehearsal"]["ref"] == rehearsal.ref
    assert len(data["chapters"]) == 5
    assert export_rehearsal(rehearsal, Format.XLSX, "zh-hans").startswith(b"PK")


@pytest.mark.slow
def test_the_story_is_the_same_in_one_go_and_bit_by_bit(place, now):
    until = timedelta(minutes=25)
    whole = begin(place, now, seed=9)
    play(whole, whole.shows_at + until, now=now)
    stop_rehearsal(whole, by=NODE, now=now)
    bits = begin(place, now, seed=9)
    for seconds in range(7, int(until.total_seconds()) + 7, 7):
        moment = min(bits.shows_at + timedelta(seconds=seconds), bits.shows_at + until)
        while play(bits, moment, now=now, steps=2):
            # As after a restart: what is known only in memory must not matter.
            bits = Rehearsal.objects.get(pk=bits.pk)
    whole_told = told_until(whole)
    assert whole_told
    assert whole_told == told_until(bits)


def told_until(rehearsal: Rehearsal) -> list[tuple]:
    """The receipts as the journal has them, without what the end of a rehearsal adds."""
    facts = Entry.objects.filter(drill=rehearsal.id, verb="outreach.receipts").order_by("id")
    calls = dict(Call.objects.filter(notice__drill=rehearsal.id).values_list("id", "path"))
    return [
        (calls[call], receipt, at, via, person, households)
        for fact in facts
        for call, receipt, at, via, person, households in fact.facts["items"]
    ]


def test_another_seed_tells_another_story(place, now):
    first = begin(place, now, seed=1)
    play(first, first.shows_at + timedelta(minutes=15), now=now)
    stop_rehearsal(first, by=NODE, now=now)
    second = begin(place, now, seed=2)
    play(second, second.shows_at + timedelta(minutes=15), now=now)
    assert told_until(first) != told_until(second)


def test_stopping_takes_back_what_is_in_force_and_asks_nobody_any_more(place, now):
    rehearsal = begin(place, now)
    play(rehearsal, rehearsal.shows_at + timedelta(minutes=15), now=now)
    assert Alert.objects.filter(drill=rehearsal.id, state="in_force").exists()
    stop_rehearsal(rehearsal, by=NODE, now=now)
    assert not Notice.objects.filter(state="started").exists()
    assert not Alert.objects.filter(state="in_force").exclude(msg_type="Cancel").exists()
    before = told(rehearsal)
    assert play(rehearsal, rehearsal.ends_at, now=now) == 0
    assert told(rehearsal) == before


def test_a_place_that_no_warning_can_name_any_more_is_told_nothing(place, now):
    rehearsal = begin(place, now)
    Unit.objects.update(code="", boundary="", west=None)
    play(rehearsal, rehearsal.shows_at + timedelta(minutes=40), now=now)
    assert not Notice.objects.exists()
    assert Alert.objects.filter(drill=rehearsal.id).count() == 2
    assert story(rehearsal).chapters == ()


# --- in the worker -----------------------------------------------------------


def test_the_worker_plays_as_far_as_the_rehearsals_clock_shows(place, now):
    rehearsal = begin(place, now, speed=60)
    for second in range(1, 11):
        while play_rehearsals(now + timedelta(seconds=second)):
            pass
    rehearsal.refresh_from_db()
    assert rehearsal.played_to == rehearsal.shows_at + timedelta(minutes=10)
    assert rehearsal.claimed_until is None
    assert standing(rehearsal) is not None
    assert list(under_way()) == [rehearsal]


def test_a_rehearsal_that_another_worker_plays_is_left_alone(place, now):
    rehearsal = begin(place, now, speed=INSTANTLY)
    Rehearsal.objects.filter(pk=rehearsal.pk).update(claimed_until=now + timedelta(seconds=30))
    assert play_rehearsals(now) == 0
    assert play_rehearsals(now + timedelta(seconds=31)) > 0


def test_a_step_that_somebody_else_has_played_is_not_played_again(place, now):
    mine = begin(place, now)
    theirs = Rehearsal.objects.get(pk=mine.pk)
    play(mine, mine.shows_at + timedelta(minutes=5), now=now)
    receipts = Entry.objects.filter(verb="outreach.receipts").count()
    play(theirs, theirs.shows_at + timedelta(minutes=5), now=now)
    assert Entry.objects.filter(verb="outreach.receipts").count() == receipts


def test_every_answering_post_is_called(place, now):
    rehearsal = begin(place, now)
    play(rehearsal, rehearsal.shows_at + timedelta(minutes=3), now=now)
    assert Call.objects.count() == Post.objects.filter(answers=True).count()
