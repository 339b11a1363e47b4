"""The ladder and the receipts, as values: every pair of the table, and the clock by property."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import product
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renwang.outreach.rules import (
    MOVES,
    STRENGTH,
    TRIES,
    Act,
    Ask,
    Bypass,
    CallState,
    Hold,
    NotNow,
    Order,
    Plan,
    Receipt,
    Remind,
    Rest,
    RoundMade,
    Standing,
    Terms,
    Wait,
    due_after_sending,
    freeze_plan,
    households_covered,
    is_answer,
    is_person_missing,
    is_received,
    moment_within,
    move,
    needs_a_hand,
    newly_reached,
    next_step,
    next_try,
    pace_of_step,
    pace_step,
    quantile,
    quantile_of_steps,
    rungs_left,
)

NOW = datetime(2026, 7, 15, 1, 30, tzinfo=UTC)
TERMS = Terms(Order.CASCADE, contact_for=120, person_for=300, carry_for=600)
HOLDER, DEPUTY = UUID(int=1), UUID(int=2)


@dataclass(frozen=True)
class Step:
    """A rung of an invented ladder; each has a contact of its own."""

    rung: int
    person_id: UUID | None
    rank: int = 0
    contact: UUID | None = None
    channel: str = "app"

    @property
    def contact_id(self) -> UUID:
        return self.contact or contact_of(self.rung)


def contact_of(rung: int) -> UUID:
    return UUID(int=100 + rung)


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def asking(rung: int = 0, **changes) -> Standing:
    """A call that is on a rung, having asked all before it."""
    facts = {
        "state": CallState.ASKING,
        "person_id": HOLDER,
        "turn_at": NOW,
        "due_at": later(120),
        "contact_id": contact_of(rung),
        "plan": Plan(tuple(contact_of(at) for at in range(rung + 1))),
        **changes,
    }
    return Standing(**facts)


# --- the table ---------------------------------------------------------------

KEPT = {Act.SEND, Act.FAIL, Act.DELIVER, Act.READ, Act.UNDERSTAND, Act.WITHDRAW}
EXPECTED = {
    CallState.WAITING: {
        Act.ASK: "asking", Act.DELIVER: "waiting", Act.READ: "waiting",
        Act.UNDERSTAND: "asking", Act.CARRY: "carried", Act.WITHDRAW: "withdrawn",
    },
    CallState.ASKING: {
        Act.ASK: "asking", Act.SEND: "asking", Act.FAIL: "asking", Act.DELIVER: "asking",
        Act.READ: "asking", Act.UNDERSTAND: "asking", Act.CARRY: "carried",
        Act.EXPIRE: "asking", Act.BYPASS: "silent", Act.WITHDRAW: "withdrawn",
        Act.WAIT: "asking",
    },
    CallState.SILENT: {
        **dict.fromkeys(KEPT, "silent"), Act.CARRY: "carried", Act.AGAIN: "asking",
    },
    CallState.CARRIED: {**dict.fromkeys(KEPT, "carried"), Act.CARRY: "carried"},
    CallState.WITHDRAWN: {**dict.fromkeys(KEPT, "withdrawn"), Act.CARRY: "withdrawn"},
}  # fmt: skip


@pytest.mark.parametrize(("state", "act"), list(product(CallState, Act)))
def test_every_pair_of_state_and_act_leads_where_it_should_or_is_refused(state, act):
    if act in EXPECTED[state]:
        assert move(state, act) == EXPECTED[state][act]
    else:
        with pytest.raises(NotNow):
            move(state, act)


def test_nothing_but_carrying_on_completes_a_call():
    into = {act for (state, act), after in MOVES.items() if after is CallState.CARRIED != state}
    assert into == {Act.CARRY}


def test_a_receipt_is_taken_in_every_state():
    receipts = {Act.DELIVER, Act.READ, Act.UNDERSTAND, Act.CARRY}
    assert {(state, act) for state in CallState for act in receipts} <= set(MOVES)


# --- receipts ----------------------------------------------------------------


def test_sent_is_never_received_and_only_a_human_word_is_an_answer():
    assert [one for one in Receipt if not is_received(one)] == [Receipt.SENT]
    assert [one for one in Receipt if is_answer(one)] == [Receipt.UNDERSTOOD, Receipt.CARRIED]


@given(st.lists(st.sampled_from(Receipt)))
def test_receipts_in_any_order_and_number_come_to_the_same(receipts):
    had: frozenset[Receipt] = frozenset()
    for receipt in receipts:
        new = newly_reached(receipt, had)
        assert not had & set(new), "nothing is counted twice"
        had |= set(new)
        assert newly_reached(receipt, had) == ()
    strongest = max((STRENGTH[one] for one in receipts), default=-1)
    reached = {one for one in Receipt if is_received(one) and STRENGTH[one] <= strongest}
    assert had - {Receipt.SENT} == (reached if strongest > 0 else set())
    assert (Receipt.SENT in had) == (Receipt.SENT in receipts)


@given(st.integers(-(10**6), 10**6))
def test_a_wrong_clock_never_puts_a_receipt_before_the_start_or_after_now(seconds):
    since, now = NOW, later(600)
    at = moment_within(later(seconds), since=since, now=now)
    assert since <= at <= now


# --- the ladder --------------------------------------------------------------


def test_nothing_happens_before_its_time_nor_to_a_call_that_has_ended():
    ladder = [Step(1, DEPUTY)]
    assert next_step(asking(), ladder, TERMS, later(119)) is None
    for state in CallState:
        if state not in (CallState.ASKING, CallState.SILENT):
            assert next_step(asking(state=state), ladder, TERMS, later(500)) is None


def test_the_holders_next_contact_comes_before_his_deputy():
    ladder = [Step(0, HOLDER), Step(1, HOLDER, channel="sms"), Step(2, DEPUTY, 1)]
    step = next_step(asking(), ladder, TERMS, later(120))
    assert step == Ask(ladder[1], NOW, later(240))


def test_a_person_gets_no_more_than_his_time_over_all_contacts():
    ladder = [
        Step(0, HOLDER),
        Step(1, HOLDER),
        Step(2, HOLDER),
        Step(3, HOLDER),
        Step(4, DEPUTY, 1),
    ]
    third = next_step(asking(rung=1, due_at=later(240)), ladder, TERMS, later(240))
    assert third == Ask(ladder[2], NOW, later(300))
    after = next_step(asking(rung=2, due_at=later(300)), ladder, TERMS, later(300))
    assert after == Ask(ladder[4], later(300), later(420))


def test_when_the_rungs_are_used_up_the_post_is_passed_by():
    assert next_step(asking(), [Step(0, HOLDER)], TERMS, later(120)) == Bypass()


def test_a_ladder_that_changed_under_way_is_gone_on_with_and_leaves_nobody_out():
    first, second, other, newer = (UUID(int=at) for at in (7, 8, 9, 10))
    new = UUID(int=3)
    call = asking(contact_id=first, plan=Plan((first,), (), (second, other)))
    whole = [Step(0, HOLDER, 0, first), Step(1, HOLDER, 0, second), Step(2, DEPUTY, 1, other)]
    assert rungs_left(call, whole) == whole[1:]
    without_his_contact = [Step(0, HOLDER, 0, second), Step(1, DEPUTY, 1, other)]
    assert rungs_left(call, without_his_contact) == without_his_contact
    another_holder = [Step(0, new, 0, newer), Step(1, DEPUTY, 1, other)]
    assert rungs_left(call, another_holder) == another_holder
    at_the_deputy = asking(person_id=DEPUTY, contact_id=other, plan=Plan((first, second, other)))
    assert rungs_left(at_the_deputy, another_holder) == another_holder[:1]
    assert rungs_left(at_the_deputy, [Step(0, HOLDER, 0, first)]) == []
    assert rungs_left(asking(person_id=None), [Step(0, None)]) == []


def test_deputies_who_change_places_are_both_asked_in_the_order_that_was_frozen():
    first, second, third = (UUID(int=at) for at in (7, 8, 9))
    call = asking(contact_id=first, plan=Plan((first,), (), (second, third)))
    changed = [
        Step(0, HOLDER, 0, first),
        Step(1, UUID(int=4), 1, third),
        Step(2, DEPUTY, 2, second),
    ]
    assert [rung.contact_id for rung in rungs_left(call, changed)] == [second, third]


# --- duty, quiet hours, and calling again ------------------------------------

LADDER = [Step(0, HOLDER), Step(1, HOLDER, channel="sms"), Step(2, DEPUTY, 1)]
AGAIN = Terms(Order.TOGETHER, 120, 300, 600, again_every=300, again_times=2)


def test_who_is_on_duty_comes_first_and_the_others_after_him():
    plan = freeze_plan(LADDER, {DEPUTY})
    assert (plan.first, plan.then) == ((contact_of(2),), (contact_of(0), contact_of(1)))
    call = asking(person_id=DEPUTY, contact_id=contact_of(2), plan=plan.asking(contact_of(2)))
    assert rungs_left(call, LADDER) == LADDER[:2]


def test_who_comes_onto_the_ladder_later_stands_behind_those_on_duty():
    plan = Plan((contact_of(9),), (contact_of(2),), (contact_of(1),))
    call = asking(contact_id=contact_of(9), plan=plan)
    assert rungs_left(call, LADDER) == [LADDER[2], LADDER[0], LADDER[1]]


def test_a_plan_is_read_as_it_was_written():
    plan = Plan((HOLDER,), (), (DEPUTY,))
    assert Plan.read(str(plan)) == plan
    assert Plan.read("") == Plan()
    assert Plan.read(f"{HOLDER}||{DEPUTY}") == plan, "with the hyphens of a database"


def test_who_rests_is_passed_over_and_not_left_out():
    quiet = {contact_of(1): later(9000)}
    step = next_step(asking(), LADDER, TERMS, later(120), quiet=quiet)
    assert step == Ask(LADDER[2], later(120), later(240))
    plan = Plan((contact_of(0), contact_of(2)), (), (contact_of(1),))
    at_the_deputy = asking(person_id=DEPUTY, contact_id=contact_of(2), plan=plan, due_at=later(240))
    step = next_step(at_the_deputy, LADDER, TERMS, later(240), quiet=quiet)
    assert step == Wait(LADDER[1], later(9000))
    waits = asking(
        person_id=HOLDER, contact_id=contact_of(1), plan=plan, turn_at=later(9000),
        due_at=later(9000), quiet_until=later(9000),
    )  # fmt: skip
    step = next_step(waits, LADDER, TERMS, later(20_000))
    assert step == Ask(LADDER[1], later(20_000), later(20_120)), "also where the node overslept"


def test_nobody_answered_so_all_are_called_again_until_the_times_are_used_up():
    last = asking(2, person_id=DEPUTY, turn_at=later(240), due_at=later(360), lap_at=NOW)
    assert next_step(last, LADDER, AGAIN, later(360)) == Bypass(later(360))
    early = asking(2, person_id=DEPUTY, turn_at=NOW, due_at=later(120), lap_at=NOW)
    assert next_step(early, LADDER, AGAIN, later(120)) == Bypass(later(300))
    silent = asking(2, state=CallState.SILENT, due_at=later(300), lap_at=NOW)
    assert next_step(silent, LADDER, AGAIN, later(299)) is None
    assert next_step(silent, LADDER, AGAIN, later(300)) == Ask(LADDER[0], later(300), later(420))
    assert next_step(silent, [], AGAIN, later(300)) == Rest(later(600))
    used_up = asking(state=CallState.SILENT, due_at=later(300), lap=2)
    assert next_step(used_up, LADDER, AGAIN, later(300)) is None
    answered = asking(state=CallState.SILENT, due_at=later(300), understood_at=later(200))
    assert next_step(answered, LADDER, AGAIN, later(300)) is None


def test_a_mail_that_arrived_stops_nothing_and_is_no_way_to_call_again():
    ladder = [Step(0, HOLDER, channel="email"), Step(1, DEPUTY, 1)]
    assert next_step(asking(), ladder, AGAIN, later(120)) == Ask(ladder[1], later(120), later(240))
    silent = asking(state=CallState.SILENT, due_at=later(300))
    assert next_step(silent, ladder, AGAIN, later(300)).rung == ladder[1]
    assert next_step(silent, ladder[:1], AGAIN, later(300)).rung == ladder[0], "there is no other"


def test_at_night_a_lap_waits_until_somebody_is_awake():
    quiet = {rung.contact_id: later(9000 - rung.rung) for rung in LADDER}
    silent = asking(state=CallState.SILENT, due_at=later(300))
    assert next_step(silent, LADDER, AGAIN, later(300), quiet=quiet) == Rest(later(8998))


def after(call: Standing, step, ladder, on_duty, now: datetime) -> Standing:
    """What a call is once a step was taken, as the climbing keeps it."""
    if isinstance(step, Wait):
        return replace(
            call, person_id=step.rung.person_id, contact_id=step.rung.contact_id,
            turn_at=step.due_at, due_at=step.due_at, quiet_until=step.due_at,
        )  # fmt: skip
    if not isinstance(step, Ask):
        state = CallState.SILENT if isinstance(step, Bypass) else call.state
        return replace(call, state=state, due_at=step.due_at)
    again = call.state is CallState.SILENT
    plan = freeze_plan(ladder, on_duty) if again else call.plan
    return replace(
        call, state=CallState.ASKING, person_id=step.rung.person_id,
        contact_id=step.rung.contact_id, plan=plan.asking(step.rung.contact_id),
        turn_at=step.turn_at, due_at=step.due_at, quiet_until=None,
        lap=call.lap + again, lap_at=now if again else call.lap_at,
    )  # fmt: skip


def laps_of(ladder, terms: Terms, on_duty, resting, wakes: datetime) -> list[list[Step]]:
    """Go up a ladder on which nobody ever answers; say whom each lap asked, the first four at most."""
    plan = freeze_plan(ladder, on_duty)
    first = next(rung for rung in ladder if rung.contact_id == (*plan.first, *plan.then)[0])
    call = asking(
        person_id=first.person_id, contact_id=first.contact_id, lap_at=NOW,
        plan=plan.asking(first.contact_id), due_at=later(60),
    )  # fmt: skip
    asked, now = [[first]], NOW
    while call.due_at is not None and len(asked) < 5:
        now = max(now + timedelta(seconds=20), call.due_at)
        quiet = {contact_of(at): wakes for at in resting} if now < wakes else {}
        step = next_step(call, ladder, terms, now, quiet=quiet, on_duty=on_duty)
        if step is None:
            return asked
        if isinstance(step, Ask):
            assert step.rung.contact_id not in quiet
            asked += [[]] if call.state is CallState.SILENT else []
            asked[-1].append(step.rung)
        call = after(call, step, ladder, on_duty, now)
    return asked if call.due_at is None else asked[:-1]


@given(
    st.lists(st.integers(0, 3), min_size=1, max_size=8),
    st.sets(st.integers(0, 3)),
    st.sets(st.integers(0, 7)),
    st.integers(1, 5),
)
def test_everybody_is_asked_once_a_lap_those_on_duty_first_and_nobody_while_he_rests(
    people, serving, resting, times
):
    ladder = [Step(at, UUID(int=who + 1)) for at, who in enumerate(sorted(people))]
    on_duty = {UUID(int=who + 1) for who in serving}
    terms = Terms(Order.TOGETHER, 60, 3600, 600, again_every=600, again_times=times)
    asked = laps_of(ladder, terms, on_duty, resting, later(5000))
    assert len(asked) == min(times + 1, 4)
    for lap in asked:
        assert sorted(rung.rung for rung in lap) == list(range(len(ladder)))
        off = [rung.person_id not in on_duty for rung in lap]
        assert resting or off == sorted(off)


def test_a_vacant_post_is_passed_by_at_once():
    vacant = asking(person_id=None, due_at=NOW)
    assert next_step(vacant, [Step(0, None)], TERMS, NOW) == Bypass()


def test_who_understood_is_reminded_once_and_his_deputy_is_left_alone():
    ladder = [Step(0, HOLDER), Step(1, DEPUTY, 1)]
    understood = asking(understood_at=later(60), due_at=later(660))
    assert next_step(understood, ladder, TERMS, later(660)) == Remind(later(1260))
    reminded = asking(understood_at=later(60), reminded_at=later(660), due_at=later(1260))
    assert next_step(reminded, ladder, TERMS, later(1260)) == Bypass()


def test_reading_alone_does_not_stop_the_ladder():
    ladder = [Step(0, HOLDER), Step(1, DEPUTY, 1)]
    assert isinstance(next_step(asking(), ladder, TERMS, later(120)), Ask)


def test_when_the_node_slept_the_post_is_not_called_silent():
    unsent = asking(is_unsent=True)
    assert next_step(unsent, [], TERMS, later(3600)) == Hold(later(3600), later(3720))


def test_when_only_the_channel_is_slow_the_next_way_is_tried():
    ladder = [Step(0, HOLDER), Step(1, HOLDER, channel="sms")]
    assert isinstance(next_step(asking(is_unsent=True), ladder, TERMS, later(121)), Ask)


@given(
    st.lists(st.tuples(st.integers(0, 4), st.booleans()), max_size=12),
    st.integers(1, 400),
    st.integers(1, 900),
    st.integers(1, 100),
)
def test_the_ladder_always_ends_and_never_asks_anybody_in_the_past(people, contact, person, tick):
    terms = Terms(Order.TOGETHER, contact, max(contact, person), 600)
    ladder = [
        Step(at, UUID(int=who + 1) if filled else None)
        for at, (who, filled) in enumerate(sorted(people))
    ]
    call = asking(person_id=ladder[0].person_id if ladder else None)
    now, asked = NOW, 0
    for _ in range(20_000):
        now += timedelta(seconds=tick)
        step = next_step(call, ladder, terms, now)
        if step is None:
            continue
        if isinstance(step, Bypass):
            break
        assert isinstance(step, Ask)
        assert step.due_at > now
        assert step.rung.contact_id not in call.plan.asked
        assert (step.due_at - step.turn_at).total_seconds() <= terms.person_for
        asked += 1
        call = asking(
            person_id=step.rung.person_id,
            contact_id=step.rung.contact_id,
            plan=call.plan.asking(step.rung.contact_id),
            turn_at=step.turn_at,
            due_at=step.due_at,
        )
    else:
        raise AssertionError("the ladder never ended")
    assert asked <= len(ladder)


# --- sending -----------------------------------------------------------------


def test_a_contact_has_its_whole_time_from_the_sending_on_within_the_persons():
    assert due_after_sending(asking(), TERMS, later(100)) == later(220)
    assert due_after_sending(asking(), TERMS, later(250)) == later(300)
    assert due_after_sending(asking(due_at=None), TERMS, later(1)) is None


def test_tries_back_off_and_end():
    waits = [next_try(tries, NOW, None) for tries in range(TRIES)]
    assert [(at - NOW).total_seconds() for at in waits if at] == [2, 4, 8, 16]
    assert waits[-1] is None


def test_no_try_is_made_when_the_next_rung_comes_first():
    assert next_try(3, NOW, later(10)) is None


def test_a_telephone_and_a_knock_need_a_hand():
    assert [one for one in ("phone", "knock", "neighbour", "app", "sms") if needs_a_hand(one)] == [
        "phone",
        "knock",
        "neighbour",
    ]


# --- households and figures --------------------------------------------------


def test_a_door_knocked_at_twice_counts_once_and_one_nobody_opened_not_at_all():
    door, other = UUID(int=7), UUID(int=8)
    rounds = [
        RoundMade(False, door, True, 1),
        RoundMade(False, door, True, 1),
        RoundMade(False, other, False, 1),
    ]
    assert households_covered(rounds, 12) == 1


def test_a_gong_is_not_added_to_the_doors_that_may_have_heard_it():
    rounds = [RoundMade(True, None, True, 5), RoundMade(False, None, True, 3)]
    assert households_covered(rounds, 12) == 5


@given(
    st.lists(
        st.builds(
            RoundMade,
            st.booleans(),
            st.none() | st.uuids(),
            st.booleans(),
            st.integers(0, 50),
        )
    ),
    st.integers(0, 60),
)
def test_never_more_households_than_there_are_and_never_fewer_by_another_round(rounds, households):
    covered = [households_covered(rounds[:n], households) for n in range(len(rounds) + 1)]
    assert covered == sorted(covered)
    assert all(0 <= number <= households for number in covered)


def test_who_was_not_asked_yet_is_not_missing():
    missing = {state for state in CallState if is_person_missing(state, False)}
    assert missing == {CallState.ASKING, CallState.SILENT}
    assert not any(is_person_missing(state, True) for state in CallState)


@given(st.floats(1, 10**6))
def test_a_step_of_pace_is_within_five_per_cent_of_the_time(seconds):
    assert pace_of_step(pace_step(seconds)) == pytest.approx(seconds, rel=0.05)


@given(st.lists(st.integers(1, 10**5), min_size=1), st.sampled_from([0.5, 0.95]))
def test_the_figure_from_steps_agrees_with_the_exact_one(seconds, share):
    exact = quantile(sorted(seconds), share)
    counts: dict[int, int] = {}
    for one in seconds:
        counts[pace_step(one)] = counts.get(pace_step(one), 0) + 1
    assert quantile_of_steps(list(counts.items()), share) == pytest.approx(exact, rel=0.05)


def test_without_answers_there_is_no_figure():
    assert quantile([], 0.5) is None
    assert quantile_of_steps([], 0.5) is None
