"""A job whose worker is killed at any step is begun again, and its effect happens exactly once."""

import pytest

pytestmark = pytest.mark.races
ACT = "tests.races.actors:"
LINES = ["begun", *(f"step {n}" for n in range(6)), "effect", "settled", "committed"]


def _play(actor, until: str) -> None:
    """Let a job go on until it has said a line; it then waits, or is just about to go on."""
    for line in LINES:
        assert actor.line() == line
        if line == until:
            return
        if line != "begun":
            actor.go_on()


@pytest.mark.parametrize("moment", LINES)
def test_a_job_killed_at_any_step_has_its_effect_once(node, moment):
    node.run(ACT + "ask_for_careful", 1)
    first = node.start(ACT + "work_once", 0)
    _play(first, until=moment)
    first.kill()

    second = node.start(ACT + "work_once", 3)  # the claim of the dead worker has run out
    if moment != "committed":
        _play(second, until="committed")
        second.go_on()
    assert second.result() is (moment != "committed")

    found = node.run(ACT + "examine_jobs")
    assert found["states"] == ["done"]
    assert found["effects"] == {"effect": 1}
    assert found["outcomes"] == [{"steps": 6}]


def test_a_worker_that_only_seemed_dead_loses_its_effect_with_its_claim(node):
    node.run(ACT + "ask_for_careful", 1)
    slow = node.start(ACT + "work_once", 0)
    _play(slow, until="step 5")
    quick = node.start(ACT + "work_once", 3)
    _play(quick, until="committed")
    quick.go_on()
    assert quick.result() is True
    slow.go_on()
    assert slow.line() == "effect"
    slow.go_on()
    slow.result()

    found = node.run(ACT + "examine_jobs")
    assert (found["states"], found["effects"]) == (["done"], {"effect": 1})


def test_three_workers_share_jobs_without_doing_one_twice(node):
    node.run(ACT + "ask_for_quick", 40)
    workers = [node.start(ACT + "work_until_done") for _n in range(3)]
    assert sum(worker.result() for worker in workers) == 40
    found = node.run(ACT + "examine_jobs")
    assert found["states"] == ["done"] * 40
    assert set(found["effects"].values()) == {1}
    assert len(found["effects"]) == 40
