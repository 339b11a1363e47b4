"""A node killed at any statement keeps a whole care list: nobody half forgotten, no fact too many, every seal opens.

RENWANG_KILLS says how often it is killed, RENWANG_SEED repeats a run.
"""

import os
import random

import pytest

pytestmark = [pytest.mark.races, pytest.mark.slow]
ACT = "tests.races.care_actors:"
KILLS = int(os.environ.get("RENWANG_KILLS", "6"))
SEED = int(os.environ.get("RENWANG_SEED", "715"))


def test_the_list_outlives_every_kill(node):
    chance = random.Random(SEED)
    made = node.run(ACT + "prepare", 3)
    for _kill in range(KILLS):
        actor = node.start(ACT + "live_on", made["keeper"], chance.randrange(2**32))
        for _line in range(chance.randint(1, 300)):
            if actor.line() != "writes":
                break
        actor.kill()
        found = node.run(ACT + "examine")
        assert found["unread"] == []
        assert found["forgotten_whole"]
        assert found["hanging_right"]
        assert found["visits"] == found["visits_told"]
        assert found["papers_recalled"]
        assert found["whole"]
    node.run(ACT + "settle")
    found = node.run(ACT + "examine")
    assert (found["unread"], found["keys"]) == ([], 1)
