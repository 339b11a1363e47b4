"""Several hands on one step and on one edition at the same instant: one tick stands, and what is in force is never two."""

import pytest

pytestmark = pytest.mark.races
ACT = "tests.races.procedure_actors:"
TIMES = 4


@pytest.mark.parametrize("_time", range(TIMES))
def test_of_three_who_tick_one_step_at_once_one_stands_and_none_is_lost(node, _time):
    made = node.run(ACT + "prepare")
    hands = [("worker", "done"), ("secretary", "otherwise"), ("deputy", "skipped")]
    came = node.at_once(ACT, *[("tick", made["run"], made[who], how) for who, how in hands])
    assert sorted(came) == ["beside", "beside", "stands"]
    found = node.run(ACT + "examine", made["procedure"], made["run"])
    assert (found["standing_ticks"], found["ticks"]) == (1, 3)
    assert found["verbs"].count("procedures.step_ticked") == 1
    assert found["verbs"].count("procedures.tick_beside") == 2


@pytest.mark.parametrize("_time", range(TIMES))
def test_two_who_approve_at_once_approve_once(node, _time):
    made = node.run(ACT + "prepare")
    came = node.at_once(
        ACT, ("approve", made["new"], made["secretary"]), ("approve", made["new"], made["deputy"])
    )
    assert sorted(came) == ["", "ProcedureNotNow"]
    found = node.run(ACT + "examine", made["procedure"], made["run"])
    assert found["states"] == ["superseded", "in_force"]
    assert found["verbs"].count("procedures.approved") == 2  # the first edition's, and this one


@pytest.mark.parametrize("_time", range(TIMES))
def test_approved_and_withdrawn_at_once_it_is_withdrawn_and_nothing_stays_in_force(node, _time):
    made = node.run(ACT + "prepare")
    approved, withdrawn = node.at_once(
        ACT,
        ("approve", made["new"], made["deputy"]),
        ("withdraw", made["procedure"], made["secretary"]),
    )
    found = node.run(ACT + "examine", made["procedure"], made["run"])
    assert (withdrawn, found["standing"]) == ("", "withdrawn")
    assert found["states"] == (
        ["superseded", "withdrawn"] if approved == "" else ["withdrawn", "discarded"]
    )
