"""The rules of the readiness check: comparing two looks, cutting places, waivers, nights, own conditions."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renwang.registers.readiness import own_rules
from renwang.registers.readiness.own_rules import is_hole, read_condition
from renwang.registers.readiness.rules import (
    LONGEST,
    LONGEST_GRAVE,
    Found,
    Scope,
    Severity,
    WaiverEndsWrong,
    WaiverReasonMissing,
    WaiverReasonTooLong,
    after_all_below,
    check_waiver,
    compare,
    may_waive,
    night_before,
    spans_of,
    telling,
)

TODAY = date(2026, 7, 15)
KNOWN = ("vacant", "households", "risks")


class TestWhoMayLetAHoleStand:
    @pytest.mark.parametrize(
        ("held", "path", "may"),
        [
            ((), "/1/2/", False),
            (("/1/2/",), "/1/2/", False),  # his own place: he would excuse himself
            (("/1/2/3/",), "/1/2/", False),
            (("/1/",), "/1/2/", True),
            (("/1/2/",), "/1/2/3/", True),
            (("/1/",), "/1/", True),  # above the top of the node there is nobody
            (("/9/",), "/1/2/", False),
        ],
    )
    def test_only_from_above_and_at_the_top(self, held, path, may):
        assert may_waive(held, path, "/1/") is may

    def test_a_reason_and_an_end_are_asked_for(self):
        tomorrow = TODAY + timedelta(days=1)
        with pytest.raises(WaiverReasonMissing):
            check_waiver("  ", tomorrow, today=TODAY, severity=Severity.NOTE)
        with pytest.raises(WaiverReasonTooLong):
            check_waiver("长" * 301, tomorrow, today=TODAY, severity=Severity.NOTE)
        assert check_waiver(" 等编制 ", tomorrow, today=TODAY, severity=Severity.NOTE) == "等编制"

    @pytest.mark.parametrize(
        ("severity", "longest"), [(Severity.GRAVE, LONGEST_GRAVE), (Severity.NOTE, LONGEST)]
    )
    def test_nothing_stands_for_ever(self, severity, longest):
        last = TODAY + timedelta(days=longest)
        assert check_waiver("x", last, today=TODAY, severity=severity)
        for wrong in (TODAY, TODAY - timedelta(days=1), last + timedelta(days=1)):
            with pytest.raises(WaiverEndsWrong):
                check_waiver("x", wrong, today=TODAY, severity=severity)


PATHS = st.lists(
    st.lists(st.sampled_from("abc12"), min_size=1, max_size=4).map(lambda p: f"/{'/'.join(p)}/"),
    max_size=40,
    unique=True,
).map(sorted)


@given(paths=PATHS, size=st.integers(1, 7), asked=st.lists(st.sampled_from("abc12"), max_size=5))
def test_scopes_meet_without_a_gap(paths, size, asked):
    scopes = spans_of(paths, "/", size)
    anywhere = [*paths, f"/{'/'.join(asked)}/" if asked else "/"]
    for path in anywhere:
        assert sum(scope.covers(path) for scope in scopes) == 1


@given(path=st.sampled_from(["/1/", "/1/2/"]), rest=st.text("0129/ab", max_size=6))
def test_what_sorts_after_all_below_is_beyond_it(path, rest):
    assert path + rest < after_all_below(path)
    assert not path[:-1] + "0" + rest < after_all_below(path)


def test_a_scope_knows_the_lines_above_it():
    scope = Scope(frozenset({"/1/2/3/"}), (("/1/5/", "/1/50"),))
    assert scope.lines == {"/1/", "/1/2/"}


FOUND = st.builds(
    Found,
    st.sampled_from(["a", "b"]),
    st.sampled_from(["/1/", "/2/"]),
    st.sampled_from(["x", "y", "z"]),
    severity=st.sampled_from(list(Severity)),
)


@given(before=st.lists(FOUND), after=st.lists(FOUND))
def test_what_is_kept_after_a_look_is_what_was_found(before, after):
    known = {one.key: telling(one) for one in before}
    change = compare(known, after)
    kept = {key: told for key, told in known.items() if key not in change.gone}
    kept |= {one.key: telling(one) for one in (*change.appeared, *change.changed)}
    again = compare(kept, after)
    assert (again.appeared, again.changed, again.gone) == ([], [], [])
    assert kept.keys() == {one.key for one in after}


def test_the_graver_of_two_tellings_stays():
    light = Found("a", "/1/", "x", severity=Severity.NOTE)
    grave = Found("a", "/2/", "x", severity=Severity.GRAVE)
    for order in ([light, grave], [grave, light]):
        assert compare({}, order).appeared == [grave]


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)).map(lambda at: at.replace(tzinfo=UTC)),
    st.times().map(lambda at: at.replace(second=0, microsecond=0)),
)
def test_the_night_before_is_less_than_a_day_ago(now, at):
    zone = ZoneInfo("Asia/Shanghai")
    due = night_before(now, at, zone)
    assert now - timedelta(days=1) < due <= now
    assert due.astimezone(zone).time() == at


def test_the_night_before_half_past_two_is_that_of_yesterday():
    zone = ZoneInfo("Asia/Shanghai")
    early = datetime(2026, 7, 15, 2, 29, tzinfo=zone)
    assert night_before(early, time(2, 30), zone) == datetime(2026, 7, 14, 2, 30, tzinfo=zone)


class TestOwnConditions:
    @pytest.mark.parametrize(
        ("text", "refusal"),
        [
            ("", own_rules.ConditionEmpty),
            (" \n", own_rules.ConditionEmpty),
            ("vacant > 0 || " * 40, own_rules.ConditionTooLong),
            ("people > 0", own_rules.FigureUnknown),
            ("vacant > 'x'", own_rules.ConditionUnreadable),
            ("vacant.size() > 0", own_rules.ConditionUnreadable),
            ("[1].all(x, x > 0)", own_rules.ConditionUnreadable),
            ("vacant >", own_rules.ConditionUnreadable),
            ("vacant > 0 &&", own_rules.ConditionUnreadable),
            ("vacant", own_rules.NotAYesOrNo),
            ("vacant + 1", own_rules.NotAYesOrNo),
            ("vacant / households > 1", own_rules.DivisorUnclear),
            ("vacant / 0 > 1", own_rules.DivisorUnclear),
            ("vacant / 0.0 > 1", own_rules.DivisorUnclear),
            ("(" * 13 + "vacant > 0" + ")" * 13, own_rules.ConditionTooDeep),
        ],
    )
    def test_what_cannot_be_kept_is_refused_with_its_reason(self, text, refusal):
        with pytest.raises(refusal):
            read_condition(text, KNOWN)

    @pytest.mark.parametrize(
        ("text", "figures", "holds"),
        [
            ("vacant > 0", {"vacant": 1}, True),
            ("vacant > 0", {"vacant": 0}, False),
            ("vacant > 0 && households >= 500", {"vacant": 1, "households": 500.0}, True),
            ("!(vacant == 0) || risks > 2", {"vacant": 0, "risks": 2}, False),
            ("vacant * 100 / 3 > households", {"vacant": 3, "households": 99}, True),
            ("risks > 3 ? vacant > 0 : vacant > 5", {"risks": 1, "vacant": 4}, False),
            ("vacant > 0", {"vacant": None}, False),  # nobody knows: no hole
            ("vacant > 0", {}, False),
        ],
    )
    def test_what_is_kept_says_yes_or_no(self, text, figures, holds):
        assert is_hole(read_condition(text, KNOWN), figures) is holds

    @given(st.text("vacnt ><=!&|()?:+-*/0123.\"'[]{},", max_size=40))
    def test_nonsense_is_refused_by_name_and_never_breaks(self, text):
        try:
            condition = read_condition(text, KNOWN)
        except own_rules.OwnRefused:
            return
        assert is_hole(condition, dict.fromkeys(KNOWN, 1.0)) in (True, False)
