"""Rounds on foot: who may record one, and which households it covers."""

from uuid import uuid4

import pytest
from tests import make
from tests.outreach.conftest import call_of
from tests.outreach.test_receipts import sums_hold

from renwang.outreach.coverage import coverage
from renwang.outreach.models import Round
from renwang.outreach.rules import CallState, NoticeWithdrawn
from renwang.outreach.services import NotAskedOfYou, record_round, withdraw_notice

KNOCK, GONG = Round.Kind.KNOCK, Round.Kind.GONG


@pytest.fixture
def go_round(start, cast, now):
    """Record rounds of the head of the contact household."""
    notice = start()

    def went(kind=KNOCK, by=None, round_id=None, **changes):
        call = call_of(notice, cast.contact_household)
        who = cast.viewer(by or cast.head)
        return record_round(round_id or uuid4(), call.pk, kind, by=who, now=now, **changes)

    went.notice = notice
    return went


@pytest.fixture
def doors(go_round, cast) -> list:
    """Two doors that the contact household carries to."""
    inside = make.building("1号楼", cast.contact_household)
    return [make.household(inside, number).pk for number in ("101", "102")]


def test_the_stranger_may_not_record_a_round(go_round, cast):
    with pytest.raises(NotAskedOfYou):
        go_round(by=cast.stranger)
    assert not Round.objects.exists()


def test_no_round_is_made_with_words_that_were_taken_back(go_round, cast, now):
    withdraw_notice(go_round.notice, by=cast.officer, now=now)
    with pytest.raises(NoticeWithdrawn):
        go_round()


def test_a_door_of_elsewhere_is_not_counted_here(go_round, cast):
    elsewhere = make.household(make.building("2号楼", cast.neighbour_community), "101").pk
    for door in (elsewhere, uuid4()):
        with pytest.raises(NotAskedOfYou):
            go_round(household_id=door)
    assert call_of(go_round.notice, cast.contact_household).covered == 0


def test_the_id_of_a_round_made_elsewhere_is_refused(go_round, cast, now):
    made = go_round()
    other = call_of(go_round.notice, cast.group)
    with pytest.raises(NotAskedOfYou):
        record_round(made.pk, other.pk, GONG, by=cast.viewer(cast.leader), now=now)


def test_the_same_round_sent_twice_is_one(go_round, cast, doors):
    key = uuid4()
    first = go_round(round_id=key, household_id=doors[0])
    assert go_round(round_id=key, household_id=doors[1]).pk == first.pk
    assert call_of(go_round.notice, cast.contact_household).covered == 1


def test_a_knock_is_a_receipt_with_witness_time_and_household(go_round, cast, doors, now):
    made = go_round(household_id=doors[0], witness="邻居老周")
    assert (made.witness, made.at, made.households) == ("邻居老周", now, 1)
    call = call_of(go_round.notice, cast.contact_household)
    assert (call.state, call.understood_at, call.answered_via) == (CallState.ASKING, now, "knock")


def test_one_door_counts_once_and_a_closed_one_not_at_all(go_round, doors):
    for changes in (
        {"household_id": doors[0]},
        {"household_id": doors[0]},
        {"household_id": doors[1], "answered": False},
    ):
        go_round(**changes)
    assert coverage(go_round.notice).sums.covered == 1
    assert sums_hold(go_round.notice)


def test_when_every_household_has_the_words_the_post_has_carried_them_on(go_round, cast):
    go_round(GONG, households=12)
    call = call_of(go_round.notice, cast.contact_household)
    assert (call.state, call.covered, call.answered_via) == (CallState.CARRIED, 12, "gong")
    assert coverage(go_round.notice).sums.covered == 12
