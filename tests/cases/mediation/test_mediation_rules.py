"""The table of states and acts, consent, sessions that clash, who may be named, figures that are withheld."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renwang.cases.mediation import rules
from renwang.cases.mediation.choosing_rules import (
    Bar,
    Candidate,
    For,
    Need,
    hours_of,
    is_near,
    may_read,
    suggest,
)
from renwang.cases.mediation.ical import Event, calendar_file
from renwang.cases.mediation.rules import MOVES, Act, Consent, NotNow, Point, State, move

DAY = date(2026, 7, 15)
NOW = datetime(2026, 7, 15, 1, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
PAIRS = [(state, act) for state in State for act in Act]


@pytest.mark.parametrize(("state", "act"), PAIRS)
def test_every_pair_of_state_and_act_is_decided(state, act):
    if (state, act) in MOVES:
        assert move(state, act) is MOVES[state, act]
    else:
        with pytest.raises(NotNow):
            move(state, act)


@given(st.lists(st.sampled_from(list(Act)), max_size=40))
def test_whatever_is_done_nobody_mediates_without_consent_and_nothing_leaves_the_end(acts):
    state, done = State.ASKED, []
    for act in acts:
        before = state
        try:
            state = move(state, act)
        except NotNow:
            continue
        done.append(act)
        assert before is not State.ENDED
        if act in (Act.MEET, Act.TELL, Act.WRITE, Act.SIGN, Act.AGREE):
            assert Act.COMPLETE in done and Act.NAME in done
        if act is Act.AGREE:
            assert Act.MEET in done


@pytest.mark.parametrize("state", [one for one in State if one in rules._BEFORE])
def test_a_party_can_withdraw_before_it_is_agreed_whatever_is_going_on(state):
    assert move(state, Act.WITHDRAW) is State.ENDED


def test_every_live_state_can_end():
    for state in rules.LIVE:
        seen, open_ = set(), {state}
        while open_:
            at = open_.pop()
            seen.add(at)
            open_ |= {to for (come, _act), to in MOVES.items() if come is at} - seen
        assert State.ENDED in seen


def test_consent_of_one_party_alone_is_none():
    with pytest.raises(rules.PartyMissing):
        rules.require_consent([Consent(NOW)], DAY)


@pytest.mark.parametrize(
    "wrong",
    [Consent(), Consent(NOW, DAY - timedelta(1)), Consent(NOW, None, NOW)],
    ids=["never given", "run out", "taken back"],
)
def test_one_party_who_does_not_consent_stops_it(wrong):
    with pytest.raises(rules.ConsentMissing):
        rules.require_consent([Consent(NOW), wrong], DAY)
    rules.require_consent([Consent(NOW), Consent(NOW, DAY)], DAY)


def test_a_point_says_who_does_what():
    for points in ([], [Point("", "")], [Point("修墙", "")], [Point("", "甲")]):
        with pytest.raises(rules.PointsMissing):
            rules.check_points(points)
    assert rules.check_points([Point("修墙", "甲"), Point("", "")]) == [Point("修墙", "甲")]


def test_a_session_in_the_past_or_without_end_is_refused():
    for start, end in ((NOW - HOUR, NOW), (NOW + HOUR, NOW + HOUR), (NOW, NOW + 9 * HOUR)):
        with pytest.raises(rules.SessionRefused):
            rules.check_session(start, end, NOW)
    rules.check_session(NOW, NOW + HOUR, NOW)


@given(st.integers(0, 20), st.integers(1, 8), st.integers(0, 20), st.integers(1, 8))
def test_sessions_clash_when_they_share_a_moment_and_only_then(a, m, b, n):
    one, other = (NOW + a * HOUR, NOW + (a + m) * HOUR), (NOW + b * HOUR, NOW + (b + n) * HOUR)
    shared = set(range(a, a + m)) & set(range(b, b + n))
    assert rules.clash(*one, [other]) is bool(shared) is rules.clash(*other, [one])


def test_a_suspension_has_a_day_to_come():
    for day in (DAY, DAY - timedelta(1), DAY + timedelta(400)):
        with pytest.raises(rules.DateRefused):
            rules.check_suspension(day, DAY)
    rules.check_suspension(DAY + timedelta(1), DAY)


@given(st.dates(date(2020, 1, 1), date(2090, 1, 1)), st.sampled_from([1, 3]))
def test_it_is_asked_after_whole_months(agreed, months):
    day = rules.follow_on(agreed, months)
    assert (day.year * 12 + day.month) - (agreed.year * 12 + agreed.month) == months
    assert day.day == agreed.day or (day + timedelta(1)).month != day.month


def test_the_last_of_january_is_followed_on_the_last_of_february():
    assert rules.follow_on(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert rules.follow_on(date(2026, 11, 30), 3) == date(2027, 2, 28)


@given(st.lists(st.integers(0, 50), min_size=1, max_size=6))
def test_no_small_figure_is_shown_or_can_be_worked_out_from_the_sum(numbers):
    row = rules.shown_row(numbers)
    assert all(one is None or one == 0 or one >= rules.FEWEST for one in row)
    hidden = [at for at, one in enumerate(row) if one is None]
    others = [one for one in numbers if one >= rules.FEWEST]
    assert len(hidden) != 1 or not others


# --- who may be named --------------------------------------------------------


def who(number, **changes):
    plain = {"name": f"调解员{number}", "skills": frozenset({"noise"}), "person": UUID(int=number)}
    return Candidate(UUID(int=100 + number), **(plain | changes))


NEED = Need("noise", ("/a/b/c/", "/a/b/d/"), frozenset({UUID(int=9)}), UUID(int=50))


@pytest.mark.parametrize(
    ("changes", "bar"),
    [
        ({"person": UUID(int=9)}, Bar.IS_PARTY),
        ({"home": "/a/b/c/1/"}, Bar.LIVES_NEAR),
        ({"home": "/a/b/c/"}, Bar.LIVES_NEAR),
        ({"posts": ("/a/b/d/",)}, Bar.POST_NEAR),
        ({"is_kin": True}, Bar.KIN),
        ({"learns": True}, Bar.LEARNS),
    ],
)
def test_who_is_not_neutral_is_named_with_the_reason(changes, bar):
    [one] = suggest([who(1, **changes)], NEED)
    assert one.bars == (bar,) and not one.may


def test_whoever_answered_the_case_is_not_neutral():
    need = Need("noise", (), answered_by=frozenset({UUID(int=1)}))
    [one] = suggest([who(1)], need)
    assert one.bars == (Bar.ANSWERED,)


def test_a_post_above_is_no_bar_unless_the_node_says_so():
    assert not is_near("/a/b/", "/a/b/c/")
    assert is_near("/a/b/", "/a/b/c/", near_levels=1)
    assert not is_near("/a/", "/a/b/c/", near_levels=1)
    assert not is_near("", "/a/") and not is_near("/a/", "")


def test_skill_stands_before_the_station_and_that_before_time():
    found = suggest(
        [
            who(1, load=0, skills=frozenset()),
            who(2, load=6),
            who(3, load=4, stations=frozenset({UUID(int=50)})),
            who(4, is_kin=True),
            who(5, load=1),
        ],
        NEED,
    )
    assert [one.candidate.person.int for one in found] == [3, 5, 2, 1, 4]
    assert found[0].reasons == (For.SKILLED, For.STATION) and found[2].is_busy


def test_an_apprentice_reads_only_where_every_party_allows_it():
    assert not may_read(is_mediator=False, is_apprentice=True, parties_allow=[True, False])
    assert not may_read(is_mediator=False, is_apprentice=True, parties_allow=[])
    assert not may_read(is_mediator=False, is_apprentice=False, parties_allow=[True])
    assert may_read(is_mediator=False, is_apprentice=True, parties_allow=[True, True])
    assert may_read(is_mediator=True, is_apprentice=False, parties_allow=[False])


def test_hours_beside_a_master_are_added_up():
    assert hours_of([HOUR, timedelta(minutes=45)]) == 1.8
    assert hours_of([]) == 0


# --- the calendar file --------------------------------------------------------


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=200))
def test_no_line_of_a_calendar_is_longer_than_the_text_allows_and_none_loses_a_character(words):
    made = calendar_file([Event("x", NOW, NOW + HOUR, words)], name="调解", now=NOW)
    assert made.endswith(b"END:VCALENDAR\r\n")
    assert all(len(line) <= 75 for line in made.split(b"\r\n"))
    whole = made.decode().replace("\r\n ", "")
    said = next(one for one in whole.split("\r\n") if one.startswith("SUMMARY:"))[8:]
    for sign in (";", ","):
        said = said.replace(f"\\{sign}", sign)
    assert said.replace("\\\\", "\\") == words


def test_a_calendar_has_what_every_reader_asks_for():
    made = calendar_file(
        [Event("m@node", NOW, NOW + HOUR, "M-1; a,b", "一楼")], name="x", now=NOW
    ).decode()
    lines = made.split("\r\n")
    assert lines[0] == "BEGIN:VCALENDAR" and "VERSION:2.0" in lines
    assert "DTSTART:20260715T013000Z" in lines and "DTEND:20260715T023000Z" in lines
    assert "SUMMARY:M-1\\; a\\,b" in lines and "LOCATION:一楼" in lines
