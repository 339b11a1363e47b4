"""Several workers look at the same readings: each thing is proposed once, and no reading goes unseen."""

import pytest

pytestmark = pytest.mark.races
ACT = "tests.races.signal_actors:"
RISING = [2.0, 9.0, 9.0, 9.0, 9.0, 9.0, 9.0, 0.0, 0.0, 20.0, 20.0, 20.0, 0.0, 0.0]


def _read_and_hold(node):
    actor = node.start(ACT + "look_in_two_steps")
    assert actor.line() == "read"
    return actor


def test_two_workers_that_read_the_same_propose_once(node):
    node.run(ACT + "settle", 2)
    node.run(ACT + "rain", 0, RISING, 2)
    first, second = _read_and_hold(node), _read_and_hold(node)
    for actor in (first, second):
        actor.go_on()
        actor.result()
    node.run(ACT + "settle_looks")
    found = node.run(ACT + "examine")
    assert found["proposed"] == [["orange", 7], ["red", 12]] * 2
    assert (found["signals"], found["told"], found["unjudged"]) == (4, 4, 0)


def test_what_only_the_slower_worker_had_read_is_looked_at_again(node):
    node.run(ACT + "settle", 1)
    node.run(ACT + "rain", 0, RISING[:8], 1)
    early = _read_and_hold(node)
    node.run(ACT + "rain", 8, RISING[8:], 1)
    late = _read_and_hold(node)
    early.go_on()
    early.result()
    assert node.run(ACT + "examine")["proposed"] == [["orange", 7]]
    late.go_on()
    late.result()
    assert node.run(ACT + "settle_looks") > 0
    found = node.run(ACT + "examine")
    assert found["proposed"] == [["orange", 7], ["red", 12]]
    assert found["unjudged"] == 0


def test_a_worker_that_knew_less_does_not_undo_what_another_has_seen(node):
    node.run(ACT + "settle", 1)
    node.run(ACT + "rain", 0, RISING[:3], 1)
    early = _read_and_hold(node)
    node.run(ACT + "rain", 3, RISING[3:], 1)
    late = _read_and_hold(node)
    for actor in (late, early):
        actor.go_on()
        actor.result()
    node.run(ACT + "settle_looks")
    assert node.run(ACT + "examine")["proposed"] == [["orange", 7], ["red", 12]]


def test_three_workers_in_competition_come_to_what_one_comes_to(node):
    node.run(ACT + "settle", 5)
    feeder = node.start(ACT + "rain", 0, RISING, 5)
    workers = [node.start(ACT + "look_on", 40) for _n in range(3)]
    feeder.result()
    for worker in workers:
        worker.result()
    node.run(ACT + "settle_looks")
    found = node.run(ACT + "examine")
    assert found["proposed"] == [["orange", 7], ["red", 12]] * 5
    assert (found["signals"], found["told"]) == (10, 10)
    assert (found["faults"], found["unjudged"]) == (0, 0)
