"""One code, entered in several processes at the same moment, opens one door."""

from collections import Counter

import pytest

pytestmark = pytest.mark.races
STEPS = 150


def test_every_code_lets_in_once(node):
    doors = [node.start("tests.races.actors:enter_codes", STEPS) for _n in range(3)]
    for door in doors:
        assert door.line() == "ready"
    for door in doors:
        door.go_on()
    used = [step for door in doors for step in door.result()]
    assert used and max(Counter(used).values()) == 1
