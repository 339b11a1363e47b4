"""What is wrong with facilities: each hole alone, nothing where nothing is, the gravest first."""

from datetime import date, timedelta

import pytest

from renwang.registers.facilities.finding_rules import (
    STEP_FREE,
    DefectSeen,
    FacilitySeen,
    Finding,
    Hole,
    Mender,
    PlaceSeen,
    PostSeen,
    ReachSeen,
    Severity,
    ShareSeen,
    find_faults,
)
from renwang.registers.facilities.finding_words import NAMES, SENTENCES
from renwang.registers.facilities.rules import State

TODAY = date(2026, 7, 15)
DAY = timedelta(days=1)
POST = PostSeen("p", "石桥社区 书记")


def seen(**changes) -> FacilitySeen:
    """A facility in which nothing is wrong, but for the changes."""
    fields = {
        "ref": "E-1", "name": "石桥小学", "path": "/a/b/", "kind": "shelter_fixed",
        "inspected_on": TODAY - 10 * DAY, "inspect_due_on": TODAY + 80 * DAY, "post": POST,
        "is_grave": True,
    }  # fmt: skip
    return FacilitySeen(**fields | changes)


def holes(*facilities, **more) -> list[Hole]:
    return [one.hole for one in find_faults(facilities, TODAY, **more)]


def test_where_nothing_is_wrong_nothing_is_found():
    assert holes(seen(), seen(state=State.LIMITED, expected_on=TODAY)) == []
    assert holes() == []


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"state": State.OUT_OF_ORDER, "expected_on": TODAY}, [Hole.OUT_OF_ORDER]),
        (
            {"state": State.OUT_OF_ORDER, "is_grave": False, "expected_on": TODAY},
            [Hole.OUT_OF_USE],
        ),
        ({"state": State.CLOSED, "expected_on": TODAY}, [Hole.OUT_OF_USE]),
        ({"state": State.CLOSED}, [Hole.BACK_OVERDUE, Hole.OUT_OF_USE]),
        ({"state": State.LIMITED, "expected_on": TODAY - DAY}, [Hole.BACK_OVERDUE]),
        ({"inspect_due_on": TODAY - DAY}, [Hole.INSPECTION_LATE]),
        ({"inspect_due_on": TODAY - DAY, "inspected_on": None}, [Hole.NOT_INSPECTED]),
        ({"inspect_due_on": TODAY}, []),
        ({"post": None}, [Hole.NO_POST]),
        ({"post": PostSeen("p", "书记", is_held=False)}, [Hole.POST_VACANT]),
        ({"post": PostSeen("p", "书记", is_held=False, is_closed=True)}, [Hole.POST_CLOSED]),
        ({"has_backup": False}, [Hole.NO_BACKUP]),
        ({"has_role": False}, [Hole.NO_ROLE]),
        ({"has_hours": False}, [Hole.NO_HOURS]),
        ({"has_capacity": False}, [Hole.NO_CAPACITY]),
        ({"has_position": False}, [Hole.NO_POSITION]),
        ({"exits": 3, "least_exits": 4}, [Hole.FEW_EXITS]),
        ({"exits": 4, "least_exits": 4}, []),
        ({"exits": None, "least_exits": 4}, []),
        ({"defects": (DefectSeen(1, "门坏", TODAY - DAY),)}, [Hole.DEFECT_LATE]),
        ({"defects": (DefectSeen(1, "门坏", TODAY - DAY, True),)}, [Hole.GRAVE_DEFECT_LATE]),
        ({"defects": (DefectSeen(1, "门坏", TODAY, True),)}, []),
    ],
)
def test_each_hole_is_found_alone(changes, found):
    assert holes(seen(**changes)) == found


def test_what_is_gone_has_no_faults():
    assert holes(seen(state=State.GONE, post=None, inspect_due_on=TODAY - DAY)) == []


@pytest.mark.parametrize(
    ("beyond", "service", "found"),
    [
        (0, "hydrant", []),
        (5, "hydrant", []),
        (6, "hydrant", [Hole.BEYOND_REACH]),
        (100, "hydrant", [Hole.NONE_IN_REACH]),
        (100, STEP_FREE, [Hole.NO_STEP_FREE]),
        (6, STEP_FREE, [Hole.NO_STEP_FREE]),
    ],
)
def test_a_place_has_a_hole_where_many_live_beyond_reach(beyond, service, found):
    one = ReachSeen("/a/", service, 100, beyond)
    assert holes(reaches=[one], beyond_share=0.05) == found


def test_a_place_where_nobody_lives_has_no_hole():
    assert holes(reaches=[ReachSeen("/a/", "hydrant", 0, 0)], beyond_share=0.05) == []


def test_the_share_that_shelters_hold_is_judged_against_who_lives_there():
    assert holes(shares=[ShareSeen("/a/", "shelter_fixed", 1000, 150, 0.15)]) == []
    (found,) = find_faults([], TODAY, shares=[ShareSeen("/a/", "shelter_fixed", 1000, 149, 0.15)])
    assert found.hole is Hole.SHARE_SHORT
    assert found.params == {"held": 149, "wanted": 150, "share": 15}


def test_a_place_without_a_centre_of_its_tier_has_a_hole():
    places = [PlaceSeen("/a/", "community", False), PlaceSeen("/b/", "community", True)]
    (found,) = find_faults([], TODAY, places=places)
    assert (found.hole, found.path, found.params) == (
        Hole.TIER_MISSING, "/a/", {"tier": "community"},
    )  # fmt: skip


def test_the_gravest_comes_first_and_every_hole_has_who_mends_it():
    found = find_faults(
        [
            seen(has_hours=False, ref="E-2"),
            seen(state=State.OUT_OF_ORDER, expected_on=TODAY),
            seen(post=PostSeen("p", "书记", is_held=False), ref="E-3"),
        ],
        TODAY,
    )
    assert [one.severity for one in found] == sorted(one.severity for one in found)
    assert found[0].severity is Severity.GRAVE
    assert {one.mender for one in found} == {Mender.KEEPER, Mender.CHAIN}


@pytest.mark.parametrize("hole", Hole)
def test_every_hole_is_weighed_and_named_in_words(hole):
    one = Finding(hole, "/a/")
    assert one.severity in Severity
    assert one.mender in Mender
    assert hole in NAMES
    assert hole in SENTENCES
