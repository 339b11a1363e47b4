"""Every kind of fault in a duties list is found where it is and nowhere else."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renwang.registers.duties.finding_rules import (
    ENDS_SOON,
    LAPSED_FOR,
    TOO_MUCH,
    WAITS_LONG,
    DutySeen,
    HelperSeen,
    Hole,
    PostSeen,
    Severity,
    deputy_circles,
    find_holes,
)
from renwang.registers.duties.rules import Phase
from renwang.registers.hazards import EVERY

NOW = datetime(2026, 7, 15, 1, 30, tzinfo=UTC)
DAY = timedelta(days=1)
PLACE = "/50/5001/"
SOUND = PostSeen("p", "书记", PLACE, "a", ("b",))


def duty(ref: str = "D1", phase: Phase = Phase.RESPOND, **changes) -> DutySeen:
    """A duty in force with nothing wrong about it."""
    said = {"hazard": "fire", "path": PLACE, "leader": SOUND, "since": NOW - DAY}
    return DutySeen(ref=ref, phase=phase, **(said | changes))


def whole(**changes) -> list[DutySeen]:
    """A duty in every phase."""
    return [duty(f"D-{phase}", phase, **changes) for phase in Phase]


def holes(*duties: DutySeen, **more) -> list[Hole]:
    return [one.hole for one in find_holes(duties, NOW, **more)]


def test_where_nothing_is_wrong_nothing_is_found():
    assert holes(*whole()) == []
    assert holes() == []


CASES = {
    Hole.NO_LEADER: {"leader": None},
    Hole.LEADER_ENDED: {"leader": PostSeen("p", "书记", PLACE, "a", ("b",), is_closed=True)},
    Hole.VACANT: {"leader": PostSeen("p", "书记", PLACE)},
    Hole.DEPUTY_ACTS: {"leader": PostSeen("p", "书记", PLACE, "", ("b",))},
    Hole.NO_DEPUTY: {"leader": PostSeen("p", "书记", PLACE, "a")},
    Hole.HELPER_LEFT: {"helpers": (HelperSeen("物业", is_gone=True, is_vacant=True),)},
    Hole.HELPER_VACANT: {"helpers": (HelperSeen("网格员", is_vacant=True),)},
    Hole.ENDS_SOON: {"until": NOW + ENDS_SOON},
    Hole.NO_GATHERING: {"has_gathering": False},
    Hole.NO_RESOURCES: {"has_resources": False},
    Hole.NO_BASIS: {"has_basis": False},
    Hole.PLACE_ENDED: {"place_has_ended": True},
}


@pytest.mark.parametrize("hole", CASES)
def test_each_fault_of_one_duty_is_found_alone(hole):
    rest = [one for one in whole() if one.phase is not Phase.RESPOND]
    assert holes(duty(**CASES[hole]), *rest) == [hole]


@pytest.mark.parametrize("hole", CASES)
def test_no_fault_is_found_in_what_no_longer_holds(hole):
    over = duty("D0", **(CASES[hole] | {"until": NOW}))
    assert holes(over, *whole()) == []


def test_a_successor_in_hand_silences_the_end():
    assert holes(duty(until=NOW + DAY, is_followed=True), *whole()[:2], whole()[3]) == []


def test_what_is_wrong_with_a_post_is_said_once():
    found = find_holes(whole(leader=PostSeen("p", "书记", PLACE)), NOW)
    assert [(one.hole, len(one.duties), one.post) for one in found] == [(Hole.VACANT, 4, "p")]


class TestTogether:
    def test_two_leaders_of_one_cell_contradict_each_other(self):
        other = PostSeen("q", "值班员", PLACE, "c", ("d",))
        found = find_holes([*whole(), duty("D2", leader=other)], NOW)
        assert [one.hole for one in found] == [Hole.TWO_LEADERS]
        assert set(found[0].params["leaders"]) == {"书记", "值班员"}
        assert found[0].severity is Severity.GRAVE

    def test_the_same_leader_twice_is_only_untidy(self):
        assert holes(*whole(), duty("D2")) == [Hole.LED_TWICE]

    def test_a_phase_may_be_answered_from_above(self):
        here = [one for one in whole() if one.phase is not Phase.RECOVER]
        found = find_holes(here, NOW)
        assert [(one.hole, one.phase) for one in found] == [(Hole.PHASE_MISSING, Phase.RECOVER)]
        above = duty("D9", Phase.RECOVER, path="/50/")
        assert holes(*here, above, under=PLACE) == []
        elsewhere = duty("D9", Phase.RECOVER, path="/50/5002/")
        assert Hole.PHASE_MISSING in holes(*here, elsewhere, under=PLACE)

    def test_what_holds_for_all_hazards_answers_where_nothing_else_does(self):
        here = [one for one in whole() if one.phase is not Phase.RECOVER]
        general = [duty(f"G-{phase}", phase, hazard=EVERY, path="/50/") for phase in Phase]
        assert holes(*here, *general) == []
        assert holes(*whole(), *general[:3]) == [Hole.PHASE_MISSING]  # of all hazards themselves
        gone = duty(since=NOW - 200 * DAY, until=NOW - DAY)
        assert holes(gone, *general) == []
        other = PostSeen("q", "值班员", PLACE, "c", ("d",))
        beside = [duty(f"G-{phase}", phase, hazard=EVERY, leader=other) for phase in Phase]
        assert holes(*whole(), *beside) == []  # it steps back and contradicts nobody

    def test_what_ran_out_lately_is_told_once_and_old_things_not(self):
        here = [one for one in whole() if one.phase is not Phase.RESPOND]
        gone = duty(since=NOW - 200 * DAY, until=NOW - DAY)
        assert holes(*here, gone) == [Hole.LAPSED]
        long_gone = duty(since=NOW - 200 * DAY, until=NOW - LAPSED_FOR - DAY)
        assert holes(*here, long_gone) == [Hole.PHASE_MISSING]

    def test_one_person_on_whom_too_much_hangs(self):
        many = [one for n in range(TOO_MUCH + 1) for one in whole(hazard=f"h{n}")]
        found = find_holes([_again(one, n) for n, one in enumerate(many)], NOW)
        assert [(one.hole, one.params["count"]) for one in found] == [(Hole.TOO_MANY, TOO_MUCH + 1)]

    def test_what_waits_too_long(self):
        waiting = {"since": None, "proposed_at": NOW - WAITS_LONG}
        assert holes(*whole(), duty("D2", **waiting)) == [Hole.PROPOSAL_WAITS]
        assert holes(*whole(), duty("D2", since=None, proposed_at=NOW)) == []
        assert holes(*whole(), duty("D2", **waiting, objected_at=NOW)) == [Hole.OBJECTION_OPEN]

    def test_only_what_lies_below_is_judged(self):
        assert holes(*whole(leader=None), under="/50/5002/") == []


def _again(one: DutySeen, number: int) -> DutySeen:
    return DutySeen(f"R{number}", one.hazard, one.phase, one.path, one.leader, since=one.since)


class TestDeputies:
    def test_two_posts_that_only_stand_in_for_each_other(self):
        one, other = (
            PostSeen("1", "甲", PLACE, "a", ("b",)),
            PostSeen("2", "乙", PLACE, "b", ("a",)),
        )
        assert deputy_circles([one, other]) == [(one, other)]
        found = find_holes([], NOW, posts=[one, other])
        assert [(item.hole, item.params["posts"]) for item in found] == [
            (Hole.DEPUTY_CIRCLE, ("甲", "乙"))
        ]

    def test_a_deputy_from_outside_breaks_the_circle(self):
        one = PostSeen("1", "甲", PLACE, "a", ("b", "x"))
        assert deputy_circles([one, PostSeen("2", "乙", PLACE, "b", ("a",))]) == []

    @given(st.data())
    def test_a_circle_is_closed_and_everybody_in_it_reaches_everybody(self, data):
        people = [f"p{n}" for n in range(data.draw(st.integers(1, 7)))]
        posts = [
            PostSeen(
                str(n),
                str(n),
                PLACE,
                who,
                tuple(data.draw(st.lists(st.sampled_from(people), max_size=2))),
            )
            for n, who in enumerate(people)
        ]
        circles = deputy_circles(posts)
        met: set[str] = set()
        for circle in circles:
            holders = {one.holder for one in circle}
            assert len(circle) > 1
            assert all(set(one.deputies) <= holders for one in circle)
            assert all(_reach(circle, one) == holders for one in circle)
            assert not met & {one.key for one in circle}
            met |= {one.key for one in circle}
        for one in posts:
            if one.key not in met:
                reached = _reach(posts, one)
                same = {two.holder for two in posts if one.holder in _reach(posts, two)} & reached
                closed = all(set(two.deputies) <= same for two in posts if two.holder in same)
                assert len(same) < 2 or not closed


def _reach(posts, start) -> set[str]:
    """Whom one comes to by going from holder to deputy, the slow way."""
    by_holder = {one.holder: one for one in posts}
    found: set[str] = set()
    todo = [one for one in start.deputies if one != start.holder]
    while todo:
        who = todo.pop()
        if who not in found:
            found.add(who)
            todo.extend(one for one in by_holder[who].deputies if one != who)
    return found
