"""What a phone sends happens exactly once: sent twice at the same instant, and under a node that dies at any statement.

RENWANG_KILLS says how often it is killed, RENWANG_SEED repeats a run.
"""

import os
import random
from uuid import uuid4

import pytest

pytestmark = pytest.mark.races
ACT = "tests.races.fieldwork_actors:"
KILLS = int(os.environ.get("RENWANG_KILLS", "8"))
SEED = int(os.environ.get("RENWANG_SEED", "715"))


def at_once(node, *orders: tuple) -> list:
    """Let everybody get ready, then let all go; give what came of each."""
    actors = [node.start(ACT + deed, *said) for deed, *said in orders]
    for actor in actors:
        assert actor.line() == "ready"
    for actor in actors:
        actor.go_on()
    return [actor.result() for actor in actors]


def whole(found: dict, cases: int) -> bool:
    """Whether exactly so many reports happened, each with its fact, its row and its picture."""
    return (
        found["cases"] == found["told"] == found["taken"] == found["deeds"] == cases
        and found["pictures"]
        and found["in_order"]
        and found["journal"]
    )


@pytest.mark.parametrize("_time", range(4))
def test_the_same_batch_sent_three_times_at_once_happens_once(node, _time):
    made = node.run(ACT + "prepare", 1)
    one = made["phones"][0]
    order = ("send", one["phone"], one["batch"], made["worker"])
    for outcomes in at_once(node, order, order, order):
        assert set(outcomes) <= {"taken", "waits"}
    node_says = at_once(node, order)
    assert node_says == [["taken"] * 4]
    found = node.run(ACT + "examine")
    assert whole(found, 4)
    assert (found["photos"], found["uploads"], found["parts"]) == (1, 0, 0)


def test_phones_do_not_stand_in_each_others_way(node):
    made = node.run(ACT + "prepare", 4)
    orders = [("send", one["phone"], one["batch"], made["worker"]) for one in made["phones"]]
    at_once(node, *orders)
    assert at_once(node, *orders) == [["taken"] * 4] * 4
    assert whole(node.run(ACT + "examine"), 16)


@pytest.mark.parametrize("_time", range(4))
def test_called_lost_in_the_middle_it_goes_no_further(node, _time):
    made = node.run(ACT + "prepare", 1)
    one = made["phones"][0]
    at_once(
        node,
        ("send", one["phone"], one["batch"], made["worker"]),
        ("call_lost", one["phone"], made["worker"]),
    )
    found = node.run(ACT + "examine")
    assert whole(found, found["deeds"])
    assert at_once(node, ("send", one["phone"], one["batch"], made["worker"])) == [["lost"]]
    assert node.run(ACT + "examine")["deeds"] == found["deeds"]


@pytest.mark.parametrize("_time", range(4))
def test_a_piece_that_comes_twice_at_once_lies_there_once(node, _time):
    made = node.run(ACT + "prepare", 1)
    order = ("put", made["phones"][0]["phone"], str(uuid4()), made["worker"])
    assert set(at_once(node, order, order)) <= {"6", "PieceElsewhere"}
    assert node.run(ACT + "examine")["whole"]


@pytest.mark.slow
def test_what_was_sent_outlives_every_kill_and_never_doubles(node):
    chance = random.Random(SEED)
    made = node.run(ACT + "prepare", KILLS)
    for number, one in enumerate(made["phones"], start=1):
        actor = node.start(ACT + "send", one["phone"], one["batch"], made["worker"], True)
        assert actor.line() == "ready"
        actor.go_on()
        for _line in range(chance.randint(1, 60)):
            if actor.line() != "writes":
                break
        actor.kill()
        found = node.run(ACT + "examine")
        assert whole(found, found["deeds"])
        assert found["whole"]
        assert at_once(node, ("send", one["phone"], one["batch"], made["worker"])) == [
            ["taken"] * 4
        ]
        assert whole(node.run(ACT + "examine"), 4 * number)
