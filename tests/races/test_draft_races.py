"""Several hands on one draft at the same instant: approved once, issued once, and never with words nobody approved."""

import pytest

pytestmark = pytest.mark.races
ACT = "tests.races.draft_actors:"
TIMES = 4


@pytest.mark.parametrize("_time", range(TIMES))
def test_four_who_approve_at_once_approve_once(node, _time):
    made = node.run(ACT + "prepare", False)
    refused = node.at_once(ACT, *[("approve", made["draft"], made["operator"])] * 4)
    assert sorted(refused) == ["", *["AlreadyApproved"] * 3]
    found = node.run(ACT + "examine", made["draft"])
    assert (found["state"], found["verbs"].count("alerts.draft_approved")) == ("approved", 1)


@pytest.mark.parametrize("_time", range(TIMES))
def test_four_who_issue_at_once_send_one_message(node, _time):
    made = node.run(ACT + "prepare", True)
    hands = [made["operator"], made["officer"]] * 2
    refused = node.at_once(ACT, *[("issue", made["draft"], person) for person in hands])
    assert sorted(refused) == ["", *["AlreadyIssued"] * 3]
    found = node.run(ACT + "examine", made["draft"])
    assert (found["state"], found["verbs"].count("alerts.issued")) == ("issued", 1)
    assert (found["alerts"], found["relays"], found["notices"]) == (1, 1, 1)


@pytest.mark.parametrize("_time", range(TIMES))
def test_words_that_change_while_somebody_approves_are_never_approved_unread(node, _time):
    made = node.run(ACT + "prepare", False)
    refused = node.at_once(
        ACT,
        ("approve", made["draft"], made["operator"]),
        ("change", made["draft"], made["officer"]),
    )
    found = node.run(ACT + "examine", made["draft"])
    # Whoever comes first, the new words wait for a second hand again.
    assert (found["state"], found["is_changed"]) == ("draft", True)
    assert refused in (["", ""], ["NotSubmitted", ""], ["ChangedMeanwhile", ""])


@pytest.mark.parametrize("_time", range(TIMES))
def test_words_that_change_while_somebody_issues_never_go_out_unread(node, _time):
    made = node.run(ACT + "prepare", True)
    issued, changed = node.at_once(
        ACT,
        ("issue", made["draft"], made["operator"]),
        ("change", made["draft"], made["officer"]),
    )
    found = node.run(ACT + "examine", made["draft"])
    if issued == "":
        assert (changed, found["is_changed"], found["alerts"]) == ("AlreadyIssued", False, 1)
    else:
        assert (issued, changed) in (("NotApproved", ""), ("NotSubmitted", ""))
        assert (found["state"], found["is_changed"], found["alerts"]) == ("draft", True, 0)
