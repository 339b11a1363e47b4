"""Drafts: every state with every act, the two hands, what keeps one from going out."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from renwang.alerts.composing_rules import (
    COLOURS,
    MOVES,
    AlreadyIssued,
    CannotFollow,
    ChangedMeanwhile,
    DraftAct,
    DraftDropped,
    DraftState,
    Fault,
    Follow,
    Kind,
    NotApproved,
    SameHandTwice,
    Written,
    calls_itself_warning,
    can,
    check_follow,
    check_hands,
    check_kind,
    check_unchanged,
    faults_of,
    follows_open,
    is_writable,
    move_draft,
)
from renwang.alerts.rules import AlertRefused, AlertState, MayNotOriginate

NOW = datetime(2026, 7, 15, 1, 30, tzinfo=UTC)


def written(**changes) -> Written:
    """Advice that could go out."""
    return Written(
        **{
            "kind": Kind.ADVICE, "colour": "", "has_text": True, "has_area": True,
            "has_contact": True, "begins_at": None, "ends_at": NOW + timedelta(hours=3),
            "headlines": ("提示：注意防范暴雨",), **changes,
        }
    )  # fmt: skip


@pytest.mark.parametrize(("state", "act"), [*product(DraftState, DraftAct)])
def test_every_act_in_every_state_leads_somewhere_or_is_refused_by_name(state, act):
    if can(state, act):
        assert move_draft(state, act) == MOVES[state, act]
    else:
        with pytest.raises(AlertRefused) as refused:
            move_draft(state, act)
        assert type(refused.value) is not AlertRefused


def test_nothing_is_issued_that_nobody_has_approved():
    for state in DraftState:
        assert can(state, DraftAct.ISSUE) == (state is DraftState.APPROVED)
    with pytest.raises(NotApproved):
        move_draft(DraftState.SUBMITTED, DraftAct.ISSUE)


@pytest.mark.parametrize("state", [DraftState.SUBMITTED, DraftState.APPROVED])
def test_a_change_voids_what_was_agreed(state):
    assert move_draft(state, DraftAct.CHANGE) is DraftState.DRAFT


def test_what_is_out_or_away_stays_so():
    for act in DraftAct:
        with pytest.raises(AlreadyIssued):
            move_draft(DraftState.ISSUED, act)
        with pytest.raises(DraftDropped):
            move_draft(DraftState.DROPPED, act)


@given(st.lists(st.text(min_size=1), min_size=1), st.data())
def test_no_author_is_ever_the_second_hand(authors, data):
    with pytest.raises(SameHandTwice):
        check_hands(authors, data.draw(st.sampled_from(authors)))


def test_somebody_else_is():
    check_hands(["a"], "b")


def test_what_was_not_read_is_not_approved():
    with pytest.raises(ChangedMeanwhile):
        check_unchanged(3, 2)
    check_unchanged(3, 3)
    check_unchanged(3, None)


@pytest.mark.parametrize("kind", Kind)
def test_only_a_warning_needs_county_level(kind):
    check_kind(kind, level_may_originate=True)
    if kind is Kind.WARNING:
        with pytest.raises(MayNotOriginate):
            check_kind(kind, level_may_originate=False)
    else:
        check_kind(kind, level_may_originate=False)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"has_text": False}, Fault.NO_TEXT),
        ({"has_area": False}, Fault.NO_AREA),
        ({"has_contact": False}, Fault.NOBODY_TO_ASK),
        ({"ends_at": None}, Fault.NO_END),
        ({"ends_at": NOW}, Fault.OVER_ALREADY),
        ({"begins_at": NOW + timedelta(hours=4)}, Fault.ENDS_BEFORE_IT_BEGINS),
        ({"open_blanks": ("结束",)}, Fault.OPEN_BLANK),
        ({"colour": "red"}, Fault.COLOURED_ADVICE),
        ({"headlines": ("暴雨红色预警",)}, Fault.CALLS_ITSELF_WARNING),
        ({"kind": Kind.WARNING}, Fault.NO_COLOUR),
        ({"kind": Kind.RELAY}, Fault.NO_NOTE),
        ({"is_writable": False}, Fault.STRANGE_LETTERS),
        ({"kind": Kind.EXERCISE, "follow": Follow.UPGRADE, "colour": "blue", "colour_before": "red"},
         Fault.NOT_GRAVER),
        ({"kind": Kind.EXERCISE, "follow": Follow.DOWNGRADE, "colour": "red", "colour_before": "red"},
         Fault.NOT_MILDER),
        ({"follow": Follow.EXTEND, "ends_before": NOW + timedelta(hours=5)}, Fault.NOT_LONGER),
    ],
)  # fmt: skip
def test_each_thing_that_is_wrong_is_named(changes, fault):
    assert faults_of(written(), now=NOW) == ()
    assert faults_of(written(**changes), now=NOW) == (fault,)


def test_what_ends_something_needs_neither_time_nor_area():
    said = written(follow=Follow.TAKE_BACK, ends_at=None, has_area=True)
    assert faults_of(said, now=NOW) == ()


@given(st.text(max_size=30))
def test_what_is_writable_is_what_xml_carries(text):
    try:
        etree.Element("a").text = text
    except ValueError:
        assert not is_writable(text)
    else:
        assert is_writable(text)


@pytest.mark.parametrize("headline", ["暴雨红色预警", "Red warning by X", "发布暴雨预警信号"])
def test_a_headline_that_reads_like_a_warning(headline):
    assert calls_itself_warning(headline)
    assert not calls_itself_warning("提示：注意防范暴雨")


@pytest.mark.parametrize(
    ("state", "colour", "follow"), [*product(AlertState, ("", *COLOURS), Follow)]
)
def test_only_what_is_open_may_follow(state, colour, follow):
    if follow in follows_open(state, colour):
        check_follow(follow, state, colour)
    else:
        with pytest.raises(CannotFollow):
            check_follow(follow, state, colour)


def test_the_level_stays_between_blue_and_red():
    assert Follow.UPGRADE not in follows_open(AlertState.IN_FORCE, "red")
    assert Follow.DOWNGRADE not in follows_open(AlertState.IN_FORCE, "blue")
    assert {Follow.UPGRADE, Follow.DOWNGRADE} & set(follows_open(AlertState.IN_FORCE, "")) == set()
