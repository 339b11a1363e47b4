"""Two processes append at once, two seal and follow: nothing is skipped, doubled or numbered twice."""

import random

import pytest

pytestmark = pytest.mark.races
ACT = "tests.races.actors:"


def test_two_append_and_two_seal_and_follow_at_once(node):
    appenders = [node.start(ACT + "append", f"writer{n}", 60, n) for n in range(2)]
    readers = [node.start(ACT + "seal_and_follow", 120) for _n in range(2)]
    kept = sum(appender.result() for appender in appenders)
    for reader in readers:
        reader.result()
    node.run(ACT + "settle_journal")

    found = node.run(ACT + "examine_journal")
    assert found["facts"] == found["sealed"] == kept
    assert found["whole"]
    assert found["gap_free"]
    assert found["seen_once"]
    assert found["behind"] and not any(found["behind"])


def test_a_fact_that_is_committed_late_is_not_skipped(node):
    slow = node.start(ACT + "append_and_hold", "slow")
    assert slow.line() == "recorded"
    quick = node.start(ACT + "append_one", "quick")
    if node.on_postgresql:
        # Two may write at once: the later fact is committed, sealed and read before the earlier one.
        quick.result()
        node.run(ACT + "settle_journal")
        expected = ["node:quick", "node:slow"]
    else:
        # One may write at a time: the second waits for the first.
        assert quick.line() == "begun"
        expected = ["node:slow", "node:quick"]
    slow.go_on()
    slow.result()
    if not node.on_postgresql:
        quick.result()
    node.run(ACT + "settle_journal")

    found = node.run(ACT + "examine_journal")
    assert found["order"] == expected
    assert found["whole"]
    assert found["seen_once"]
    assert found["behind"] and not any(found["behind"])


def test_sealers_and_followers_killed_at_any_moment_leave_nothing_undone_or_done_twice(node):
    chance = random.Random(2)
    appender = node.start(ACT + "append", "writer", 150, 3)
    for _kill in range(6):
        reader = node.start(ACT + "seal_and_follow", 10_000)
        for _line in range(chance.randint(1, 6)):
            reader.line()
        reader.kill()
    kept = appender.result()
    node.run(ACT + "settle_journal")

    found = node.run(ACT + "examine_journal")
    assert found["facts"] == found["sealed"] == kept
    assert found["whole"]
    assert found["seen_once"]


def test_an_appender_killed_between_fact_and_commit_leaves_no_fact(node):
    slow = node.start(ACT + "append_and_hold", "slow")
    assert slow.line() == "recorded"
    slow.kill()
    node.run(ACT + "append_one", "quick")
    node.run(ACT + "settle_journal")
    assert node.run(ACT + "examine_journal")["order"] == ["node:quick"]


def test_the_whole_worker_killed_and_started_again_loses_nothing(node):
    appender = node.start(ACT + "append", "writer", 60, 4)
    for start in range(3):
        worker = node.start(ACT + "work", start)
        assert worker.line() == "turn"
        worker.kill()
    kept = appender.result()
    node.run(ACT + "settle_journal")

    found = node.run(ACT + "examine_journal")
    assert found["facts"] == found["sealed"]  # the worker's own facts among them
    assert found["order"].count("node:writer") == kept
    assert found["whole"]
    assert found["seen_once"]
