"""Duty and rest: who may enter them, what cannot stand, and what a table says."""

from datetime import timedelta

import pytest

from renwang.base.models import Entry
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
    enter_roster,
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


def test_a_roster_comes_from_a_table_and_may_come_twice(cast, now):
    by = cast.viewer(cast.secretary)
    entered = enter_roster(TABLE.encode(), "r.csv", unit=cast.community, by=by, now=now)
    assert (entered.shifts, entered.wrong) == (2, ())
    again = enter_roster(TABLE.encode(), "r.csv", unit=cast.community, by=by, now=now)
    assert (again.shifts, Shift.objects.count()) == (0, 2)
    assert [one.person for one in on_duty(cast.community.path, now)] == [cast.deputy]
    assert Entry.objects.filter(verb="chain.roster_entered").count() == 2


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("云溪社区,傅助民,2026-07-15 08:00,2026-07-15 20:00", "No unit here"),
        ("石桥社区,莫相干,2026-07-15 08:00,2026-07-15 20:00", "Nobody here"),
        ("石桥社区,傅助民,2026-07-15 20:00,2026-07-15 08:00", "must end after"),
        ("石桥社区,傅助民,早上,2026-07-15 20:00", ""),
    ],
)
def test_one_row_that_is_wrong_stops_the_whole_table(cast, now, line, said, settings):
    settings.LANGUAGE_CODE = "en"
    by = cast.viewer(cast.secretary)
    data = f"{TABLE}{line}\n".encode()
    entered = enter_roster(data, "r.csv", unit=cast.community, by=by, now=now)
    assert [one.number for one in entered.wrong] == [4]
    assert entered.shifts == 0 and not Shift.objects.exists()


def test_a_stranger_enters_no_table(cast, now):
    with pytest.raises(NotInReach):
        enter_roster(
            TABLE.encode(), "r.csv", unit=cast.community, by=cast.viewer(cast.stranger), now=now
        )


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
