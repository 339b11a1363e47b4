"""The inbox gives the same, whichever way it goes: along the order of all cases, or sorting those of a small place."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from renwang.cases import selectors
from renwang.cases.models import Case
from renwang.cases.rules import LIVE, State
from renwang.cases.selectors import SORTS, Wanted, list_cases
from tests.cases.conftest import brought


@pytest.fixture
def many(cast):
    """Ten cases of ten days, each third one closed, one of another place."""
    made = [brought(cast, now=cast.now - timedelta(days=day)) for day in range(10)]
    Case.objects.filter(pk__in=[one.pk for one in made[::3]]).update(state="closed", end="done")
    Case.objects.filter(pk=made[1].pk).update(
        path=cast.stranger.path, held_path=cast.stranger.path, kind="noise"
    )
    return made


def walked(viewer, wanted, now, sort) -> list[str]:
    """All pages of two, forwards, and the same backwards."""
    page = list_cases(viewer, wanted, now=now, sort=sort, size=2)
    pages = [page.items]
    while page.next:
        page = list_cases(viewer, wanted, now=now, sort=sort, size=2, cursor=page.next)
        pages.append(page.items)
    back = [page.items]
    while page.previous:
        page = list_cases(viewer, wanted, now=now, sort=sort, size=2, cursor=page.previous)
        back.append(page.items)
    assert back[::-1] == pages
    return [one.ref for some in pages for one in some]


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("states", [tuple(sorted(LIVE)), (State.CLOSED,), ()])
def test_pages_hold_every_case_once_in_order(cast, now, many, monkeypatch, states, sort):
    viewer = cast.viewer(cast.secretary)
    told = []
    for small in (0, 100):
        monkeypatch.setattr(selectors, "SMALL", small)
        told.append(walked(viewer, Wanted(states=states), now, sort))
    assert told[0] == told[1]
    right = [one for one in many if one.ref != many[1].ref]
    closed = {one.ref for one in many[::3]}
    if states:
        right = [one for one in right if (one.ref in closed) == (states == (State.CLOSED,))]
    assert set(told[0]) == {one.ref for one in right}
    assert len(told[0]) == len(right)
    if sort.endswith("received"):
        newest = [one.ref for one in sorted(right, key=lambda one: one.received_at, reverse=True)]
        assert told[0] == (newest if sort == "-received" else newest[::-1])


@pytest.mark.parametrize("small", [0, 100])
def test_a_list_costs_the_same_however_long_it_is(cast, now, many, monkeypatch, small):
    monkeypatch.setattr(selectors, "SMALL", small)
    viewer = cast.viewer(cast.secretary)
    for wanted in (
        Wanted(),
        Wanted(states=(State.CLOSED,), under=cast.grid),
        Wanted(states=tuple(LIVE), under=cast.grid, kinds=("road", "other")),
        Wanted(mine=True),
        Wanted(climbed=True, overdue=True),
        Wanted(alarm=True, returned=True),
    ):
        with CaptureQueriesContext(connection) as done:
            list_cases(viewer, wanted, now=now, size=2)
        assert len(done) <= 3


def test_a_total_is_said_of_a_small_place_and_of_what_is_open(cast, now, many):
    viewer = cast.viewer(cast.secretary)
    page = list_cases(viewer, Wanted(), now=now, size=2)
    assert not page.total_is_exact
    page = list_cases(viewer, Wanted(under=cast.grid), now=now, size=2)
    assert (page.total, page.total_is_exact) == (9, True)
    page = list_cases(viewer, Wanted(states=tuple(LIVE)), now=now, size=2)
    assert (page.total, page.total_is_exact) == (5, True)
