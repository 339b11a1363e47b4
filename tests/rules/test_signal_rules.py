"""The tables of signals on every pair, suggestions and the referral's clock by property."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renwang.signals import rules
from renwang.signals.rules import (
    MOVES,
    PROPOSAL_MOVES,
    REFERRAL_MOVES,
    ProposalAct,
    ProposalDecided,
    ProposalState,
    ReferralAct,
    ReferralOver,
    ReferralState,
    Sighting,
    SignalAct,
    SignalRefused,
    SignalState,
    move,
    move_proposal,
    move_referral,
    next_due,
    suggest_links,
)
from renwang.signals.scale_rules import (
    FORESEEABLE,
    Category,
    Confidence,
    Judgement,
    WarningLevel,
    WarningLevelNotFor,
    check_judgement,
    is_graver,
)

NOW = datetime(2026, 7, 15, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize("state", SignalState)
@pytest.mark.parametrize("act", SignalAct)
def test_every_act_leads_somewhere_or_is_refused_by_name(state, act):
    if (state, act) in MOVES:
        assert move(state, act) is MOVES[state, act]
    else:
        with pytest.raises(SignalRefused):
            move(state, act)


@pytest.mark.parametrize("state", ProposalState)
@pytest.mark.parametrize("act", ProposalAct)
def test_every_act_on_a_proposal_is_decided(state, act):
    if (state, act) in PROPOSAL_MOVES:
        assert move_proposal(state, act) is PROPOSAL_MOVES[state, act]
    else:
        with pytest.raises(ProposalDecided):
            move_proposal(state, act)


@pytest.mark.parametrize("state", ReferralState)
@pytest.mark.parametrize("act", ReferralAct)
def test_every_act_on_a_referral_is_decided(state, act):
    if (state, act) in REFERRAL_MOVES:
        assert move_referral(state, act) is REFERRAL_MOVES[state, act]
    else:
        with pytest.raises(ReferralOver):
            move_referral(state, act)


def test_nothing_is_lost_for_good():
    """From every state an act leads back to where a signal is judged."""
    for state in SignalState:
        acts = {act for (one, act) in MOVES if one is state}
        assert acts & {SignalAct.ASSESS, SignalAct.REOPEN}


@given(st.timedeltas(rules.SHORTEST_TERM, rules.LONGEST_TERM), st.integers(0, 12))
def test_each_level_gets_less_time_and_never_none(term, rung):
    here = next_due(term, rung, NOW) - NOW
    above = next_due(term, rung + 1, NOW) - NOW
    assert rules.SHORTEST_TERM <= above <= here <= term


sightings = st.builds(
    Sighting,
    key=st.text("abcdef", min_size=1, max_size=4),
    at=st.datetimes(datetime(2026, 7, 14), datetime(2026, 7, 16), timezones=st.just(UTC)),
    path=st.sampled_from(["/a/", "/a/b/", "/a/b/c/", "/a/d/"]),
    hazard=st.sampled_from(["", "flood", "fire"]),
    lon=st.none() | st.floats(106, 106.02),
    lat=st.none() | st.floats(29, 29.02),
)


@given(sightings, st.lists(sightings, max_size=12))
def test_suggestions_are_near_alike_and_in_order(one, others):
    found = suggest_links(one, others)
    assert len(found) <= 5
    assert [each.likeness for each in found] == sorted(
        (each.likeness for each in found), reverse=True
    )
    for each in found:
        assert rules.LIKELY <= each.likeness <= 1
        assert each.key != one.key
        assert each.apart < rules.NEAR_IN_TIME
        assert each.metres is None or each.metres < rules.NEAR_M


@given(sightings, sightings)
def test_likeness_looks_the_same_from_both_sides(one, other):
    there = [each.likeness for each in suggest_links(one, [other])]
    back = [each.likeness for each in suggest_links(other, [one])]
    assert there == pytest.approx(back)


@pytest.mark.parametrize("category", Category)
@pytest.mark.parametrize("level", [None, *WarningLevel])
def test_warning_levels_are_only_for_what_can_be_foreseen(category, level):
    said = Judgement(category, "x", "", "y", Confidence.LIKELY, warning_level=level)
    if level is None or category in FORESEEABLE:
        check_judgement(said)
    else:
        with pytest.raises(WarningLevelNotFor):
            check_judgement(said)


def test_the_gravest_level_is_graver_than_all_others():
    levels = list(WarningLevel)
    for place, one in enumerate(levels):
        assert is_graver(one, None)
        assert not is_graver(None, one)
        assert [is_graver(one, other) for other in levels] == [
            place < there for there in range(len(levels))
        ]


def test_suggestions_end_with_half_a_day():
    one = Sighting("a", NOW, "/a/", "flood")
    late = Sighting("b", NOW + timedelta(hours=12), "/a/", "flood")
    assert suggest_links(one, [late]) == []
