"""Several people at one risk at the same instant: each step is taken once, by whoever was first, and nothing is parked."""

import pytest

pytestmark = pytest.mark.races
ACT = "tests.races.risk_actors:"
TIMES = 4


@pytest.mark.parametrize("_time", range(TIMES))
def test_two_who_judge_leave_the_word_of_the_later_and_both_in_the_story(node, _time):
    made = node.run(ACT + "prepare", "judged")
    risk = made["risk"]
    refused = node.at_once(
        ACT, ("judge", risk, made["secretary"], 2, 3), ("judge", risk, made["deputy"], 5, 5)
    )
    assert refused == ["", ""]
    found = node.run(ACT + "examine", risk)
    assert found["pair"] == found["last_judged"]
    assert found["acts"].count("judge") == found["verbs"].count("risks.judged") == 3


@pytest.mark.parametrize("_time", range(TIMES))
def test_two_who_check_close_it_once(node, _time):
    made = node.run(ACT + "prepare", "rectified")
    hands = [("recheck", made["risk"], made[one], True) for one in ("secretary", "deputy")]
    assert sorted(node.at_once(ACT, *hands)) == ["", "NotNow"]
    found = node.run(ACT + "examine", made["risk"])
    assert (found["state"], found["verbs"].count("risks.confirmed")) == ("closed", 1)


@pytest.mark.parametrize("_time", range(TIMES))
def test_of_mended_and_not_mended_the_first_word_counts(node, _time):
    made = node.run(ACT + "prepare", "rectified")
    risk = made["risk"]
    refused = node.at_once(
        ACT, ("recheck", risk, made["secretary"], True), ("recheck", risk, made["deputy"], False)
    )
    assert sorted(refused) == ["", "NotNow"]
    found = node.run(ACT + "examine", risk)
    assert found["state"] == ("closed" if refused[0] == "" else "open")
    assert found["waits"] == (found["state"] == "open")


@pytest.mark.parametrize("_time", range(TIMES))
def test_judged_dismissed_referred_and_accepted_at_once_it_waits_for_one_step_or_is_over(
    node, _time
):
    made = node.run(ACT + "prepare", "judged")
    risk = made["risk"]
    node.at_once(
        ACT,
        ("judge", risk, made["deputy"], 2, 2),
        ("dismiss", risk, made["secretary"]),
        ("refer", risk, made["deputy"]),
        ("accept", risk, made["secretary"]),
        ("climb",),
    )
    found = node.run(ACT + "examine", risk)
    assert found["waits"] == (found["state"] != "dismissed")
    assert found["owed"] == (found["state"] == "referred")
    assert len(found["acts"]) == len(found["verbs"])


@pytest.mark.parametrize("_time", range(TIMES))
def test_a_measure_is_done_or_given_up_and_never_both(node, _time):
    made = node.run(ACT + "prepare", "planned")
    refused = node.at_once(
        ACT,
        ("finish", made["measure"], made["worker"]),
        ("drop", made["measure"], made["secretary"]),
        ("finish", made["measure"], made["deputy"]),
    )
    assert sorted(refused) == ["", "MeasureOver", "MeasureOver"]
    assert sum(map(sum, node.run(ACT + "examine", made["risk"])["measures"])) == 1


@pytest.mark.parametrize("_time", range(TIMES))
def test_several_clocks_climb_once(node, _time):
    made = node.run(ACT + "prepare", "judged")
    assert node.at_once(ACT, *[("climb",)] * 3) == ["", "", ""]
    found = node.run(ACT + "examine", made["risk"])
    assert found["rung"] == found["verbs"].count("risks.climbed")


@pytest.mark.parametrize("_time", range(TIMES))
def test_a_photograph_is_removed_once(node, _time):
    made = node.run(ACT + "prepare", "judged")
    photo = node.run(ACT + "take_photo", made["risk"])
    hands = [("remove_photo", photo, made[one]) for one in ("secretary", "deputy")]
    assert sorted(node.at_once(ACT, *hands)) == ["", "PhotoGone"]
    found = node.run(ACT + "examine", made["risk"])
    assert (found["photos"], found["verbs"].count("risks.photo_removed")) == (0, 1)
