"""Several hands at one quarrel at the same instant: one mediator, one hour, one agreement, and every seal can be opened."""

import pytest

pytestmark = pytest.mark.races
ACT = "tests.races.mediation_actors:"
TIMES = 4


@pytest.mark.parametrize("_time", range(TIMES))
def test_two_who_take_a_case_in_take_it_in_once(node, _time):
    made = node.run(ACT + "prepare", "asked")
    hands = [("ask", made["case"], made[who]) for who in ("secretary", "operator")]
    assert sorted(node.at_once(ACT, *hands)) == ["", "CaseMediated"]
    assert node.run(ACT + "count")["mediations"] == 1


@pytest.mark.parametrize("_time", range(TIMES))
def test_two_mediators_named_at_once_leave_one_and_both_in_the_story(node, _time):
    made = node.run(ACT + "prepare", "consented")
    refused = node.at_once(
        ACT,
        ("name", made["one"], made["first"], made["secretary"]),
        ("name", made["one"], made["second"], made["operator"]),
    )
    assert refused == ["", ""]
    found = node.run(ACT + "examine", made["one"])
    assert found["mediator"] in (made["first"], made["second"])
    assert found["acts"].count("name") == found["verbs"].count("mediation.mediator_named") == 2
    assert (found["state"], found["errands"]) == ("named", ["mediation.resume"])


@pytest.mark.parametrize("_time", range(TIMES))
def test_one_hour_of_a_mediator_is_given_once(node, _time):
    made = node.run(ACT + "prepare", "named")
    hands = [("sit", made[one], made[who]) for one, who in
             (("one", "ma"), ("other", "secretary"), ("one", "secretary"))]  # fmt: skip
    assert sorted(node.at_once(ACT, *hands)) == ["", "Taken", "Taken"]
    assert node.run(ACT + "count")["sessions"] == 1


@pytest.mark.parametrize("_time", range(TIMES))
def test_a_session_is_held_or_called_off_and_never_both(node, _time):
    made = node.run(ACT + "prepare", "meeting")
    refused = node.at_once(
        ACT,
        ("hold", made["session"], made["ma"]),
        ("call_off", made["session"], made["secretary"]),
        ("hold", made["session"], made["ma"]),
    )
    assert sorted(refused) == ["", "NotNow", "NotNow"]
    acts = node.run(ACT + "examine", made["one"])["acts"]
    assert acts.count("held") + acts.count("cancel") == 1


@pytest.mark.parametrize("_time", range(TIMES))
def test_the_last_signature_makes_it_agreed_once(node, _time):
    made = node.run(ACT + "prepare", "meeting")
    node.run(ACT + "written", made["one"], made["ma"])
    hands = [("sign", party, made["ma"]) for party in made["parties"]]
    refused = node.at_once(ACT, *hands, *hands)
    assert refused.count("") == 2 and set(refused) <= {"", "SignedAlready", "NotNow"}
    found = node.run(ACT + "examine", made["one"])
    assert (found["state"], found["signed"], found["follows"]) == ("agreed", 2, True)
    assert found["verbs"].count("mediation.agreed") == found["acts"].count("agree") == 1


@pytest.mark.parametrize("_time", range(TIMES))
def test_what_a_party_signs_is_what_stands_there(node, _time):
    made = node.run(ACT + "prepare", "meeting")
    node.run(ACT + "written", made["one"], made["ma"])
    signed, written = node.at_once(
        ACT, ("sign", made["parties"][0], made["ma"]), ("rewrite", made["one"], made["ma"])
    )
    assert signed == "" and written in ("", "SignedAlready")
    found = node.run(ACT + "examine", made["one"])
    assert found["lines"] == ([1, 1] if written == "" else [2, 2])
    assert found["signed"] == 1


@pytest.mark.parametrize("_time", range(TIMES))
def test_a_consent_taken_back_ends_it_whoever_signs_meanwhile(node, _time):
    made = node.run(ACT + "prepare", "meeting")
    node.run(ACT + "written", made["one"], made["ma"])
    first, second = made["parties"]
    refused = node.at_once(
        ACT,
        ("sign", second, made["ma"]),
        ("withdraw", first, made["resident"]),
        ("sign", first, made["ma"]),
    )
    found = node.run(ACT + "examine", made["one"])
    if refused[1] == "":
        assert (found["state"], found["end"], found["errands"]) == ("ended", "withdrawn", [])
        assert found["verbs"].count("mediation.agreed") == 0
    else:
        assert (refused, found["state"], found["signed"]) == (["", "NotNow", ""], "agreed", 2)


@pytest.mark.parametrize("_time", range(TIMES))
def test_words_sealed_by_several_processes_are_opened_by_another(node, _time):
    made = node.run(ACT + "prepare", "meeting")
    words = [f"底线第 {number} 条" for number in range(4)]
    hands = [("tell", made["parties"][number % 2], said, made["ma"])
             for number, said in enumerate(words)]  # fmt: skip
    assert node.at_once(ACT, *hands) == [""] * 4
    found = node.run(ACT + "examine", made["one"])
    assert found["told"] == words and found["verbs"].count("mediation.told") == 4
