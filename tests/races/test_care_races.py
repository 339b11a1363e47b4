"""Several hands on the care list at the same instant: one visit, one round, nobody half forgotten, every seal still opens."""

from uuid import uuid4

import pytest

pytestmark = pytest.mark.races
ACT = "tests.races.care_actors:"
TIMES = 4


@pytest.mark.parametrize("_time", range(TIMES))
def test_two_helpers_who_send_one_visit_record_one(node, _time):
    made, key = node.run(ACT + "prepare", 1), str(uuid4())
    [entry] = made["entries"]
    hands = [made["helper"], made["backup"]] * 2
    assert node.at_once(ACT, *[("visit", entry, one, key, "well") for one in hands]) == [""] * 4
    found = node.run(ACT + "examine")
    assert (found["visits"], found["visits_told"]) == (1, 1)


@pytest.mark.parametrize("_time", range(TIMES))
def test_two_visits_at_one_moment_are_two_and_what_is_needed_is_not_lost(node, _time):
    made = node.run(ACT + "prepare", 1)
    [entry] = made["entries"]
    node.at_once(
        ACT,
        ("visit", entry, made["helper"], str(uuid4()), "needs"),
        ("visit", entry, made["backup"], str(uuid4()), "well"),
    )
    found = node.run(ACT + "examine")
    assert (found["visits"], found["visits_told"], found["wanted"]) == (2, 2, 1)


@pytest.mark.parametrize("_time", range(TIMES))
def test_who_withdraws_while_others_look_and_knock_is_forgotten_whole(node, _time):
    made = node.run(ACT + "prepare", 2)
    entry, other = made["entries"]
    refused = node.at_once(
        ACT,
        ("look", entry, made["helper"]),
        ("visit", entry, made["backup"], str(uuid4()), "needs"),
        ("withdraw", made["codes"][0]),
        ("look", entry, made["keeper"]),
        ("look", other, made["keeper"]),
    )
    assert (refused[2], refused[4]) == ("", "")
    # Whoever came after it finds nothing, or nothing that is his; whoever came before left a fact.
    assert set(refused) <= {"", "EntryGone", "NotYours"}
    found = node.run(ACT + "examine")
    assert (found["entries"], found["forgotten_whole"], found["hanging_right"]) == (1, True, True)
    assert found["looks"] == sum(refused[at] == "" for at in (0, 3, 4))


@pytest.mark.parametrize("_time", range(TIMES))
def test_of_two_who_withdraw_the_second_finds_nobody(node, _time):
    made = node.run(ACT + "prepare", 1)
    assert sorted(node.at_once(ACT, *[("withdraw", made["codes"][0])] * 2)) == ["", "EntryGone"]
    assert node.run(ACT + "examine")["forgotten_whole"]


@pytest.mark.parametrize("_time", range(TIMES))
def test_who_withdraws_while_a_round_is_made_and_a_list_printed(node, _time):
    made = node.run(ACT + "prepare", 3)
    refused = node.at_once(
        ACT,
        ("make_round", "thread"),
        ("withdraw", made["codes"][0]),
        ("put_on_paper", made["keeper"]),
        ("withdraw", made["codes"][1]),
    )
    assert refused == [""] * 4
    found = node.run(ACT + "examine")
    assert (found["entries"], found["hanging_right"], found["rounds"]) == (1, True, 1)
    assert found["forgotten_whole"]
    assert found["papers_recalled"]
    assert 1 <= found["doors"] <= 3


@pytest.mark.parametrize("_time", range(TIMES))
def test_two_relays_of_one_warning_make_one_round(node, _time):
    node.run(ACT + "prepare", 3)
    assert node.at_once(ACT, *[("make_round", "thread")] * 3) == [""] * 3
    found = node.run(ACT + "examine")
    assert (found["rounds"], found["doors"], found["rounds_told"]) == (1, 3, 1)


def test_two_warnings_make_two_rounds(node):
    node.run(ACT + "prepare", 2)
    assert node.at_once(ACT, ("make_round", "rain"), ("make_round", "lift")) == ["", ""]
    found = node.run(ACT + "examine")
    assert (found["rounds"], found["doors"]) == (2, 4)


@pytest.mark.parametrize("_time", range(TIMES))
def test_two_who_knock_in_a_round_leave_one_word_and_both_facts(node, _time):
    made = node.run(ACT + "prepare", 1)
    [entry] = made["entries"]
    assert node.at_once(ACT, ("make_round", "thread")) == [""]
    said = [("helper", "well"), ("backup", "clinic"), ("helper", "well")]
    node.at_once(ACT, *[("knock_in_round", entry, made[who], word) for who, word in said])
    found = node.run(ACT + "examine")
    assert found["outcomes"] in (["well"], ["clinic"])
    assert found["doors_told"] in (2, 3)


# --- keys ------------------------------------------------------------------------


def test_no_key_goes_while_something_sealed_with_it_is_not_committed(node):
    made = node.run(ACT + "prepare", 1)
    holder = node.start(ACT + "enter_and_hold", made["keeper"])
    assert holder.line() == "entered"
    rotating = node.start(ACT + "rotate", 1, True)
    if node.on_postgresql:  # on SQLite whoever changes the key waits before its first word
        assert rotating.line() == "sealed"
    holder.go_on()
    holder.result()
    rotating.result()
    found = node.run(ACT + "examine")
    assert (found["entries"], found["unread"]) == (2, [])


def test_keys_change_while_everybody_works_and_every_seal_still_opens(node):
    made = node.run(ACT + "prepare", 6)
    workers = [node.start(ACT + "write_on", made["keeper"], 25, seed) for seed in range(3)]
    rotating = [node.start(ACT + "rotate", 4) for _ in range(2)]
    assert [one.result() for one in workers] == [0, 0, 0]
    for one in rotating:
        one.result()
    found = node.run(ACT + "examine")
    assert (found["unread"], found["whole"]) == ([], True)
    node.run(ACT + "rotate", 1)
    assert node.run(ACT + "examine")["keys"] == 1
