"""Duty and rest: who may enter them, what cannot stand, and what a table says."""

from datetime import timedelta

import pytest

from renwang.base.models import Entry
from renwang.base.tables.words import say_error
from renwang.chain.imports import ImportRefused, commit_import, preview_import
from renwang.chain.models import Contact, Person, Shift
from renwang.chain.reach import NotInReach
from renwang.chain.roster_rules import (
    HoursNotUsable,
    ShiftHasNoLength,
    ShiftOverlaps,
    ShiftTooLong,
)
from renwang.chain.rules import PersonNotActive
from renwang.chain.selectors.rosters import on_duty, shift_of, shifts_at, shifts_on
from renwang.chain.services.rosters import (
    enter_shift,
    set_quiet_hours,
    strike_shift,
)
from renwang.chain.tree import today
from tests import make

HOUR = timedelta(hours=1)


@pytest.fixture
def enter(cast, now):
    def entered(unit=None, person=None, begin=now, hours=8, by=None):
        return enter_shift(
            unit=unit or cast.community, person=person or cast.deputy, from_at=begin,
            until_at=begin + hours * HOUR, by=by or cast.viewer(cast.secretary), now=now,
        )  # fmt: skip

    return entered


# --- who may not, and what cannot stand -----------------------------------------


def test_a_stranger_neither_enters_nor_strikes_nor_sees_a_shift(enter, cast, now):
    stranger = cast.viewer(cast.stranger)
    with pytest.raises(NotInReach):
        enter(by=stranger)
    shift = enter()
    with pytest.raises(NotInReach):
        strike_shift(shift=shift, by=stranger, now=now)
    assert shift_of(stranger, shift.pk) is None
    assert shifts_on(stranger, cast.street.path, today(now)) == []
    assert shifts_on(cast.viewer(cast.secretary), cast.community.path, today(now)) == [shift]


def test_a_shift_has_a_length_and_no_more_than_a_month(enter):
    with pytest.raises(ShiftHasNoLength):
        enter(hours=0)
    with pytest.raises(ShiftTooLong):
        enter(hours=32 * 24)
    assert not Shift.objects.exists()


def test_nobody_is_twice_on_duty_in_one_place(enter, now):
    enter()
    with pytest.raises(ShiftOverlaps):
        enter(begin=now + 7 * HOUR)
    enter(begin=now + 8 * HOUR)


def test_who_has_left_is_not_put_on_duty(enter, cast):
    Person.objects.filter(pk=cast.deputy.pk).update(is_active=False)
    with pytest.raises(PersonNotActive):
        enter()


# --- who is on duty -------------------------------------------------------------


def test_duty_holds_from_its_beginning_until_its_end_and_for_what_lies_below(enter, cast, now):
    shift = enter()
    for moment, expected in ((now - HOUR, []), (now, [shift]), (now + 8 * HOUR, [])):
        assert on_duty(cast.grid.path, moment) == expected
    assert on_duty(cast.street.path, now) == []
    assert shifts_at(cast.street.path, now) == {cast.deputy.pk: [cast.community.path]}
    assert shifts_at(cast.grid.path, now) == {cast.deputy.pk: [cast.community.path]}


def test_a_shift_that_was_struck_is_kept_and_does_not_count(enter, cast, now):
    shift = enter()
    for _ in range(2):
        strike_shift(shift=shift, by=cast.viewer(cast.secretary), now=now)
    assert on_duty(cast.community.path, now) == []
    assert Shift.objects.get().struck_at == now
    assert Entry.objects.filter(verb="chain.shift_struck").count() == 1
    enter()


# --- from a table ---------------------------------------------------------------

TABLE = """单位,人员,开始,结束
石桥社区,傅助民,2026-07-15 08:00,2026-07-15 20:00
990105001001,石书勤,2026-07-15 20:00,2026-07-16 08:00
"""


def bring(text, by, now):
    return commit_import("rosters", text.encode(), "r.csv", by=by, now=now)


def test_a_roster_comes_from_a_table_and_may_come_twice(cast, now):
    by = cast.viewer(cast.secretary)
    assert bring(TABLE, by, now).counts["created"] == 2
    again = bring(TABLE, by, now)
    assert (again.counts["created"], again.counts["unchanged"]) == (0, 2)
    assert Shift.objects.count() == 2
    assert [one.person for one in on_duty(cast.community.path, now)] == [cast.deputy]
    facts = Entry.objects.filter(verb="chain.imported")
    assert facts.count() == 2 and facts[0].facts["kind"] == "rosters"


def test_a_preview_writes_nothing_and_says_what_is_new(cast, now):
    by = cast.viewer(cast.secretary)
    plan = preview_import("rosters", TABLE.encode(), "r.csv", by=by, now=now)
    assert plan.may_commit and plan.counts["created"] == 2
    assert not Shift.objects.exists()


def test_what_was_struck_may_be_entered_again(cast, now):
    by = cast.viewer(cast.secretary)
    bring(TABLE, by, now)
    strike_shift(shift=Shift.objects.get(person=cast.deputy), by=by, now=now)
    assert bring(TABLE, by, now).counts["created"] == 1
    assert Shift.objects.filter(struck_at=None).count() == 2


@pytest.mark.parametrize(
    ("line", "column", "said"),
    [
        ("无此社区,傅助民,2026-07-15 08:00,2026-07-15 20:00", "单位", "无此社区"),
        ("石桥社区,无此人,2026-07-15 08:00,2026-07-15 20:00", "人员", "无此人"),
        ("石桥社区,傅助民,2026-07-16 20:00,2026-07-16 08:00", "结束", "must end after"),
        ("石桥社区,傅助民,2026-07-16 20:00,2026-09-16 08:00", "结束", ""),
        ("石桥社区,傅助民,2026-07-15 19:00,2026-07-15 21:00", "开始", "already"),
        ("石桥社区,傅助民,早上,2026-07-15 20:00", "开始", ""),
        ("石桥社区,傅助民,2026-07-15 08:00,2026-07-15 20:00", "", ""),
    ],
)
def test_one_row_that_is_wrong_stops_the_whole_table(cast, now, line, column, said, settings):
    settings.LANGUAGE_CODE = "en"
    by = cast.viewer(cast.secretary)
    with pytest.raises(ImportRefused) as refused:
        bring(f"{TABLE}{line}\n", by, now)
    [error] = refused.value.plan.table.errors
    assert (error.row, error.column_title) == (4, column)
    assert said in str(say_error(error))
    assert not Shift.objects.exists()


def test_a_row_that_meets_a_shift_in_the_roster_is_wrong(enter, cast, now):
    enter(begin=now, hours=4)
    with pytest.raises(ImportRefused):
        bring(TABLE, cast.viewer(cast.secretary), now)
    assert Shift.objects.count() == 1


def test_a_stranger_brings_no_roster_of_another_place(cast, now):
    with pytest.raises((NotInReach, ImportRefused)):
        bring(TABLE, cast.viewer(cast.stranger), now)
    assert not Shift.objects.exists()


# --- rest -----------------------------------------------------------------------


def test_somebody_sets_his_own_rest_and_a_stranger_does_not(cast, now):
    contact = Contact.objects.get(person=cast.worker)
    own = make.viewer(cast.worker, now)
    set_quiet_hours(
        person=cast.worker, hours="22:00 - 7:00", of_contacts={contact.pk: "none"}, by=own, now=now
    )
    cast.worker.refresh_from_db()
    contact.refresh_from_db()
    assert (cast.worker.quiet, contact.quiet) == ("22:00-07:00", "none")
    with pytest.raises(NotInReach):
        set_quiet_hours(person=cast.worker, hours="", by=cast.viewer(cast.stranger), now=now)
    with pytest.raises(HoursNotUsable):
        set_quiet_hours(person=cast.worker, hours="nachts", by=own, now=now)
