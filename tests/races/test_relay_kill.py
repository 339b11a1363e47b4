"""A node killed at random moments of a relay loses no acknowledged receipt and counts nothing twice.

RENWANG_KILLS says how often it is killed: 6 times here, 200 in the long run.
RENWANG_SEED repeats a run.
"""

import os
import random

import pytest

pytestmark = [pytest.mark.races, pytest.mark.slow]
ACT = "tests.races.relay_actors:"
KILLS = int(os.environ.get("RENWANG_KILLS", "6"))
SEED = int(os.environ.get("RENWANG_SEED", "715"))


def _listen(actor, lines: int, acknowledged: set[tuple[int, str]]) -> bool:
    """Hear some lines of a node at work and keep what it acknowledged; say whether it is still at work."""
    for _ in range(lines):
        line = actor.line()
        if line.startswith("ack "):
            _, call, word = line.split()
            acknowledged.add((int(call), word))
        elif line != "turn":
            return False
    return True


def test_a_relay_outlives_every_kill(node):
    chance = random.Random(SEED)
    posts = node.run(ACT + "settle")
    acknowledged: set[tuple[int, str]] = set()
    which = 0
    for kill in range(KILLS):
        actor = node.start(ACT + "work", which, kill * 5, chance.randrange(2**32))
        # Early kills hit the relay itself, later ones the receipts.
        if not _listen(actor, chance.randint(0, 90), acknowledged):
            which += 1  # that relay was over: the next is of another warning
        actor.kill()

    last = node.start(ACT + "work", which, KILLS * 5, 1)
    while _listen(last, 1, acknowledged):
        pass
    found = node.run(ACT + "examine", sorted(acknowledged))
    assert found["lost"] == []
    assert found["doubled"] == 0
    assert found["alerts"] == which + 1
    assert found["calls"] == posts * (which + 1)
    assert found["sums_hold"]
    assert (found["states"], found["unanswered"]) == (["finished"], 0)
