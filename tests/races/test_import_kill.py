"""An import killed at any statement leaves the whole list or nothing of it, and can be repeated."""

import random

import pytest
from tests.races.import_actors import ROWS

pytestmark = [pytest.mark.races, pytest.mark.slow]
ACT = "tests.races.import_actors:"
KILLS = 8


def test_an_import_outlives_every_kill(node):
    chance = random.Random(3)
    node.run(ACT + "settle")
    seen = set()
    for _kill in range(KILLS):
        actor = node.start(ACT + "bring_in")
        for _line in range(chance.randint(1, 60)):
            if actor.line() != "writes":
                break
        actor.kill()
        found = node.run(ACT + "examine")
        for kind in ("units", "people", "posts"):
            # All of a list or nothing, with everything that belongs to it.
            assert set(found[kind]) in ({0}, {ROWS}), (kind, found)
        whole = [kind for kind in ("units", "people", "posts") if found[kind][0]]
        assert found["facts"] >= len(whole)
        assert found["tally"] == found["units"][0]
        assert found["whole"]
        seen.add(len(whole))
    assert min(seen) == 0 or len(seen) > 1  # the kills were early and late

    node.run(ACT + "bring_in")
    found = node.run(ACT + "examine")
    assert all(set(found[kind]) == {ROWS} for kind in ("units", "people", "posts"))
    again = node.run(ACT + "bring_in")
    assert all(
        (one["created"], one["updated"], one["unchanged"]) == (0, 0, ROWS) for one in again.values()
    )
