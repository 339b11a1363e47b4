"""Where a facility stands, when it is inspected, how many fit, when it is open: every pair, and by property."""

from datetime import date, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renwang.registers.facilities.capacity_rules import How, Need, capacity_of, count_people
from renwang.registers.facilities.opening_rules import Opening, check_hours, is_open
from renwang.registers.facilities.rules import (
    AWAY,
    DEFECT_MOVES,
    LONGEST_AWAY,
    MOVES,
    Act,
    DayRefused,
    DefectAct,
    DefectOver,
    DefectsOpen,
    DefectState,
    HoursRefused,
    NotForPeople,
    NotNow,
    NotUsable,
    OpenAlready,
    ReasonMissing,
    ReturnMissing,
    State,
    Verdict,
    check_opening,
    check_reason,
    check_restored,
    check_return,
    defect_due,
    is_overdue,
    move,
    move_defect,
    next_inspection,
    state_seen,
)

TODAY = date(2026, 7, 15)
DAY = timedelta(days=1)
ZONE = ZoneInfo("Asia/Shanghai")

# --- where it stands ------------------------------------------------------------


@pytest.mark.parametrize(("state", "act"), [*product(State, Act)])
def test_every_act_leads_somewhere_or_is_refused(state, act):
    if (state, act) in MOVES:
        assert move(state, act) is MOVES[state, act]
    else:
        with pytest.raises(NotNow) as refused:
            move(state, act)
        assert refused.value.params == {"state": state.value, "act": act.value}


@pytest.mark.parametrize("state", State)
def test_what_is_gone_only_comes_back_and_all_else_can_go(state):
    can = {act for act in Act if (state, act) in MOVES}
    assert can == {Act.RETURN} if state is State.GONE else Act.REMOVE in can
    assert Act.RESTORE not in can or state is not State.READY


@pytest.mark.parametrize("words", ["", "  ", "\n"])
def test_a_reason_is_said_in_words(words):
    with pytest.raises(ReasonMissing):
        check_reason(words)
    assert check_reason(f" 检修 {words}") == "检修"


@pytest.mark.parametrize("act", Act)
def test_what_goes_out_of_use_says_until_when(act):
    if act in AWAY:
        with pytest.raises(ReturnMissing):
            check_return(act, None, TODAY)
    else:
        assert check_return(act, None, TODAY) is None
    bound = act in AWAY or act is Act.LIMIT
    assert check_return(act, TODAY, TODAY) == (TODAY if bound else None)


@pytest.mark.parametrize("days", [-1, -400, LONGEST_AWAY + 1])
def test_a_promised_day_lies_ahead_and_not_too_far(days):
    with pytest.raises(DayRefused):
        check_return(Act.BREAK, TODAY + days * DAY, TODAY)


def test_nothing_is_ready_while_something_grave_is_broken():
    with pytest.raises(DefectsOpen):
        check_restored(1)
    check_restored(0)


@pytest.mark.parametrize("state", State)
def test_only_what_takes_people_in_and_can_be_used_is_opened_once(state):
    with pytest.raises(NotForPeople):
        check_opening(state, takes_people=False, is_open=False)
    if state in (State.READY, State.LIMITED):
        check_opening(state, takes_people=True, is_open=False)
        with pytest.raises(OpenAlready):
            check_opening(state, takes_people=True, is_open=True)
    else:
        with pytest.raises(NotUsable):
            check_opening(state, takes_people=True, is_open=False)


# --- inspections ----------------------------------------------------------------


@pytest.mark.parametrize(("state", "verdict", "grave"), [*product(State, Verdict, (0, 2))])
def test_what_an_inspection_makes_of_every_state(state, verdict, grave):
    if state is State.GONE:
        with pytest.raises(NotNow):
            state_seen(state, verdict, grave)
        return
    after = state_seen(state, verdict, grave)
    if state is State.CLOSED:
        assert after is State.CLOSED  # on purpose, so nobody's look opens it
    elif verdict is Verdict.UNFIT:
        assert after is State.OUT_OF_ORDER
    elif verdict is Verdict.LIMITED:
        assert after is State.LIMITED
    else:
        assert after is (state if grave else State.READY)


@given(
    last=st.none() | st.dates(date(2020, 1, 1), date(2026, 1, 1)),
    entered=st.dates(date(2020, 1, 1), date(2026, 1, 1)),
    every=st.integers(1, 400),
)
def test_the_next_look_is_due_from_the_last_one_and_soon_where_there_was_none(last, entered, every):
    due = next_inspection(last, entered, every)
    begun = last or entered
    assert begun < due <= begun + every * DAY
    if last is None:
        assert due <= entered + 30 * DAY
    assert is_overdue(due, State.READY, due + DAY)
    assert not is_overdue(due, State.READY, due)
    assert not is_overdue(due, State.GONE, due + DAY)
    assert not is_overdue(None, State.READY, due)


# --- defects --------------------------------------------------------------------


@pytest.mark.parametrize(("state", "act"), [*product(DefectState, DefectAct)])
def test_every_act_on_a_defect_leads_somewhere_or_is_refused(state, act):
    if (state, act) in DEFECT_MOVES:
        assert move_defect(state, act) is DEFECT_MOVES[state, act]
    else:
        with pytest.raises(DefectOver):
            move_defect(state, act)


def test_what_is_grave_is_due_sooner():
    assert TODAY < defect_due(TODAY, is_grave=True) < defect_due(TODAY, is_grave=False)


# --- how many fit ---------------------------------------------------------------

NEEDS = (
    Need("area_m2", "m2", How.OVER),
    Need("toilets", "toilet", How.TIMES),
    Need("litres_a_day", "litres", How.OVER),
)
FIGURES = {"m2": 2.0, "toilet": 20, "litres": 15}


@pytest.mark.parametrize(("given_", "value"), [(-1, 1), (1, 0), (1, -2), (float("nan"), 1)])
def test_what_is_no_amount_makes_no_people(given_, value):
    with pytest.raises(ValueError, match="amount"):
        count_people(given_, value, How.OVER)


def test_without_the_room_nobody_knows_how_many_fit():
    capacity = capacity_of(NEEDS, {"toilets": 5}, FIGURES)
    assert capacity.people is None
    assert capacity.binding is None
    assert capacity.unknown == ("area_m2", "litres_a_day")


def test_the_first_limit_that_is_reached_binds_and_says_its_figure():
    capacity = capacity_of(NEEDS, {"area_m2": 1000, "toilets": 10}, FIGURES)
    assert capacity.people == 200
    assert (capacity.binding.ask, capacity.binding.figure, capacity.binding.value) == (
        "toilets", "toilet", 20,
    )  # fmt: skip
    assert capacity.unknown == ("litres_a_day",)
    assert capacity_of((), {}, {}).people is None


def test_seven_over_three_and_a_half_is_two():
    assert count_people(7, 3.5, How.OVER) == 2
    assert count_people(0.7, 0.1, How.OVER) == 7
    assert count_people(6.9, 3.5, How.OVER) == 1


@given(
    st.fixed_dictionaries(
        {"area_m2": st.floats(0, 1e6)},
        optional={"toilets": st.floats(0, 1e4), "litres_a_day": st.floats(0, 1e7)},
    )
)
def test_more_of_anything_never_makes_less_room_and_a_new_limit_never_more(given_):
    people = capacity_of(NEEDS, given_, FIGURES).people
    more = capacity_of(NEEDS, {key: value + 1 for key, value in given_.items()}, FIGURES).people
    assert more >= people
    alone = capacity_of(NEEDS, {"area_m2": given_["area_m2"]}, FIGURES).people
    assert people <= alone


# --- when it is open --------------------------------------------------------------


@pytest.mark.parametrize("text", ["nine to five", "9-17", "25:00-26:00", "08:00-08:00"])
def test_hours_are_written_as_hours(text):
    with pytest.raises(HoursRefused):
        check_hours(text)


@pytest.mark.parametrize(
    ("text", "kept"),
    [("", ""), (" Always", "always"), ("none", "none"), ("9:00-17:30", "09:00-17:30")],
)
def test_hours_are_kept_in_one_way(text, kept):
    assert check_hours(text) == kept


@pytest.mark.parametrize(
    ("opening", "at", "in_emergency", "found"),
    [
        (Opening(), "2026-07-15 10:00", False, None),
        (Opening("09:00-17:00"), "2026-07-15 10:00", False, True),
        (Opening("09:00-17:00"), "2026-07-15 17:00", False, False),
        (Opening("09:00-17:00"), "2026-07-18 10:00", False, None),  # a Saturday: nobody has said
        (Opening("09:00-17:00", "none"), "2026-07-18 10:00", False, False),
        (Opening("none", "none", "always"), "2026-07-18 03:00", True, True),
        (Opening("none", "none", "always"), "2026-07-18 03:00", False, False),
        (Opening("always"), "2026-07-15 03:00", True, True),
        (Opening("22:00-06:00"), "2026-07-15 23:00", False, True),
    ],
)
def test_it_is_open_when_its_hours_say_so(opening, at, in_emergency, found):
    moment = datetime.fromisoformat(at).replace(tzinfo=ZONE)
    assert is_open(opening, moment, in_emergency=in_emergency) is found
