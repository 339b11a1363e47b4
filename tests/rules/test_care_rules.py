"""The rules of the care list: refusals first, then every pair, then properties."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renwang.registers.care import paper_rules, rules, visit_rules
from renwang.registers.care.paper_rules import MOVES, PaperAct, PaperState, move_paper
from renwang.registers.care.round_rules import Door, RoundOutcome, order_round, tally_of
from renwang.registers.care.rules import (
    Consent,
    ConsentHow,
    Content,
    Other,
    Rhythm,
    Sight,
    Standing,
    Why,
)
from renwang.registers.care.visit_rules import Candidate, Outcome, climb_visit, nearest, next_visit

TODAY = date(2026, 7, 15)
NOW = datetime(2026, 7, 15, 1, 30, tzinfo=UTC)
KNOWN = {"oxygen": 1, "stairs": 1, "hearing": 1}
DAYS = st.integers(0, 800).map(lambda days: timedelta(days=days))


class TestWhatAnEntryMaySay:
    @pytest.mark.parametrize(
        ("content", "refusal"),
        [
            (Content(" ", ("stairs",)), rules.NameMissing),
            (Content("钱", ()), rules.NeedMissing),
            (Content("钱", ("income",)), rules.UnknownNeed),
            (Content("钱", ("stairs",), warn="喊" * 201), rules.TooLong),
            (Content("钱" * 41, ("stairs",)), rules.TooLong),
            (Content("钱", ("stairs",), telephone="1" * 31), rules.TooLong),
            (Content("钱", ("stairs",), others=(Other("甲"),) * 4), rules.TooManyOthers),
        ],
    )
    def test_refused(self, content, refusal):
        with pytest.raises(refusal):
            rules.check_content(content, KNOWN)

    def test_trimmed_and_in_the_order_of_the_list(self):
        said = rules.check_content(
            Content(" 钱 ", ("stairs", "oxygen"), others=(Other(" 甲 "), Other("", "儿子"))), KNOWN
        )
        assert (said.name, said.needs, said.others) == ("钱", ("oxygen", "stairs"), (Other("甲"),))


class TestConsent:
    @pytest.mark.parametrize(
        ("given_on", "until_on", "refusal"),
        [
            (TODAY + timedelta(days=1), TODAY + timedelta(days=9), rules.ConsentInFuture),
            (TODAY - timedelta(days=9), TODAY - timedelta(days=1), rules.ConsentOver),
            (TODAY, TODAY + timedelta(days=367), rules.ConsentTooLong),
        ],
    )
    def test_refused(self, given_on, until_on, refusal):
        with pytest.raises(refusal):
            rules.check_consent(Consent(ConsentHow.SAID, given_on, until_on), TODAY)

    @given(DAYS, DAYS)
    def test_it_only_moves_towards_being_forgotten(self, one, more):
        order = list(Standing)
        first = rules.standing_of(TODAY, TODAY - timedelta(days=400) + one)
        later = rules.standing_of(TODAY, TODAY - timedelta(days=400) + one + more)
        assert order.index(first) <= order.index(later)

    def test_the_last_day_counts_and_the_grace_ends(self):
        assert rules.standing_of(TODAY, TODAY) is Standing.ENDING
        assert rules.standing_of(TODAY, TODAY + timedelta(days=1)) is Standing.OVER
        assert rules.standing_of(TODAY, TODAY + rules.GRACE) is Standing.OVER
        last = TODAY + rules.GRACE + timedelta(days=1)
        assert rules.standing_of(TODAY, last) is Standing.LAPSED


SIGHTS = [
    Sight(keeps, paired, sent, opened)
    for keeps in (False, True)
    for paired in (False, True)
    for sent in (False, True)
    for opened in (False, True)
]


class TestWhoMayLook:
    @pytest.mark.parametrize("standing", Standing)
    @pytest.mark.parametrize("sight", SIGHTS)
    def test_every_pair(self, sight, standing):
        connected = sight.keeps or sight.is_paired or sight.is_sent or sight.has_opened
        if not connected:
            with pytest.raises(rules.NotYours):
                rules.why_may_look(sight, standing)
        elif standing in (Standing.HOLDS, Standing.ENDING):
            why = rules.why_may_look(sight, standing)
            # What the person reads is the narrowest right, never the widest.
            assert (why is Why.OPENED) == (sight == Sight(has_opened=True))
            assert (why is Why.PAIRED) == sight.is_paired
        elif sight.keeps and standing is Standing.OVER:
            assert rules.why_may_look(sight, standing) is Why.KEEPER
        else:
            with pytest.raises(rules.ConsentOver):
                rules.why_may_look(sight, standing)

    @pytest.mark.parametrize(
        ("reason", "hours", "refusal"),
        [(" ", 1, rules.ReasonMissing), ("找人", 13, rules.OpenTooLong), ("找人", 0, rules.OpenTooLong)],
    )  # fmt: skip
    def test_an_opening_needs_a_reason_and_an_end(self, reason, hours, refusal):
        with pytest.raises(refusal):
            rules.check_opening(reason, NOW + timedelta(hours=hours), NOW)


class TestVisits:
    def test_no_rhythm_without_a_need(self):
        with pytest.raises(rules.NeedMissing):
            rules.rhythm_of(("gone",), {"oxygen": Rhythm(30, 7)})

    def test_the_most_fragile_need_decides(self):
        rhythms = {"oxygen": Rhythm(30, 7), "hearing": Rhythm(180, 60)}
        assert rules.rhythm_of(("hearing", "oxygen"), rhythms) == Rhythm(30, 7)

    @given(st.sampled_from(Outcome), st.integers(1, 90))
    def test_there_is_always_a_next_visit_and_it_is_later(self, outcome, every):
        on = next_visit(outcome, every, TODAY)
        assert on > TODAY
        assert (on == TODAY + timedelta(days=1)) or outcome is not Outcome.NOBODY

    @given(DAYS, DAYS)
    def test_it_climbs_and_never_down(self, one, more):
        first, later = climb_visit(TODAY, TODAY + one), climb_visit(TODAY, TODAY + one + more)
        assert first.rung <= later.rung
        assert first.climbs_on is None or first.climbs_on > TODAY + one

    def test_to_the_back_up_then_the_keeper_then_above(self):
        rungs = [climb_visit(TODAY, TODAY + timedelta(days=n)).rung for n in range(9)]
        assert rungs == [0, 1, 1, 2, 2, 2, 2, 3, 3]
        assert len(visit_rules.RUNGS) == 4

    def test_the_nearest_who_has_few_doors_comes_first(self):
        found = nearest(
            "/a/b/c/d/",
            [Candidate("grid", "/a/b/", 0), Candidate("busy", "/a/b/c/d/", 9),
             Candidate("free", "/a/b/c/d/", 1), Candidate("far", "/a/x/", 0)],
            most=3,
        )  # fmt: skip
        assert [one.key for one in found] == ["free", "busy", "grid"]


class TestPaper:
    @pytest.mark.parametrize("act", PaperAct)
    @pytest.mark.parametrize("state", PaperState)
    def test_every_pair(self, state, act):
        if (state, act) in MOVES:
            assert move_paper(state, act) is MOVES[state, act]
            assert act in paper_rules.acts_on(state)
        else:
            with pytest.raises(paper_rules.PaperOver):
                move_paper(state, act)

    @pytest.mark.parametrize(
        ("days", "lines", "refusal"),
        [
            (8, 5, paper_rules.PaperTooLong),
            (0, 5, paper_rules.PaperTooLong),
            (1, 0, paper_rules.NothingToPrint),
            (1, 201, paper_rules.TooMuchForPaper),
        ],
    )
    def test_refused(self, days, lines, refusal):
        with pytest.raises(refusal):
            paper_rules.check_paper(NOW + timedelta(days=days), lines, NOW)


BEARS = {"no_phone": {"any": 10}, "oxygen": {"power": 20}, "stairs": {"leave": 30, "lift": 45}}
NEEDS = st.lists(st.sampled_from(sorted(BEARS)), unique=True).map(tuple)


class TestRounds:
    def test_exactly_those_it_concerns_in_an_order_with_reasons(self):
        doors = [
            Door("stairs", ("stairs",), ("a",)),
            Door("oxygen", ("oxygen",), ("a",)),
            Door("silent", ("no_phone",), ("a",)),
        ]
        flood = order_round(doors, ["leave"], BEARS)
        assert [(one.key, one.reasons[0].effect) for one in flood] == [
            ("silent", "any"),
            ("stairs", "leave"),
        ]
        cut = order_round(doors, ["power"], BEARS)
        assert [one.key for one in cut] == ["silent", "oxygen"]

    def test_nobody_knows_what_it_does_then_everybody_is_asked(self):
        doors = [Door(need, (need,), ()) for need in BEARS]
        assert len(order_round(doors, None, BEARS)) == 3

    @given(
        st.lists(NEEDS, max_size=8),
        st.one_of(st.none(), st.lists(st.sampled_from(["leave", "power", "lift"]), unique=True)),
    )
    def test_every_stop_has_a_reason_and_none_is_before_a_more_pressing_one(self, needs, effects):
        doors = [Door(str(at), one, (str(at),)) for at, one in enumerate(needs)]
        stops = order_round(doors, effects, BEARS)
        assert all(stop.reasons for stop in stops)
        pressing = [stop.reasons[0].within for stop in stops]
        assert pressing == sorted(pressing)
        assert len({stop.key for stop in stops}) == len(stops) <= len(doors)

    @given(st.dictionaries(st.sampled_from(RoundOutcome), st.integers(0, 60)))
    def test_numbers_add_up(self, counts):
        tally = tally_of(counts)
        assert tally.doors == sum(counts.values())
        assert tally.waiting == counts.get(RoundOutcome.WAITING, 0)
        assert tally.answered + tally.nobody + tally.waiting == tally.doors
