"""One look sent again and again from a phone, stock counted by many, tables brought in at once: once is once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from tests import make
from tests.cast import assemble
from tests.registers.care.listed import keeper
from tests.registers.facilities.conftest import entered
from tests.registers.facilities.test_stock import kept, point

from renwang.base.models import Entry
from renwang.base.tables import write_csv
from renwang.registers.care.models import CareEntry, SealedTable
from renwang.registers.care.services import tabling
from renwang.registers.care.table import COLUMNS
from renwang.registers.care.table_rules import TableGone
from renwang.registers.facilities import services
from renwang.registers.facilities.models import Defect, Inspection, Stock
from renwang.registers.facilities.rules import Verdict
from renwang.registers.facilities.services import Broken, Looked

pytestmark = pytest.mark.postgresql
HANDS = 8


@pytest.fixture
def cast(transactional_db, now, settings, tmp_path):
    """The cast's county, with care keys of its own."""
    settings.RENWANG_CARE_KEYS = str(tmp_path / "keys")
    return assemble(now)


def together(deed):
    def run(number):
        try:
            return deed(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(HANDS) as pool:
        return list(pool.map(run, range(HANDS)))


def test_one_look_sent_eight_times_at_once_is_one_look_and_one_defect(cast, now):
    one, by = entered(cast), cast.viewer(cast.worker)
    look = Looked(Verdict.LIMITED, outside="phone-1", broken=(Broken("阀门锈死", is_grave=True),))
    made = together(lambda _: services.record_inspection(one.pk, look, by=by, now=now).pk)
    assert len(set(made)) == Inspection.objects.count() == Defect.objects.count() == 1
    assert Entry.objects.filter(verb="facilities.inspected").count() == 1


def test_two_people_who_look_at_once_leave_two_looks_with_numbers_of_their_own(cast, now):
    one, by = entered(cast), cast.viewer(cast.worker)

    def look(number):
        broken = (Broken(f"坏了 {number}"),)
        said = Looked(Verdict.FIT, outside=f"phone-{number}", broken=broken)
        return services.record_inspection(one.pk, said, by=by, now=now)

    together(look)
    numbers = Defect.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == list(range(1, HANDS + 1))


def test_stock_counted_by_many_is_what_one_of_them_said(cast, now):
    one = point(cast)
    lot, by = kept(cast, one), cast.viewer(cast.secretary)
    together(lambda number: services.count_stock(one.pk, lot.pk, number, by=by, now=now))
    facts = Entry.objects.filter(verb="facilities.stock_counted").order_by("id")
    said = [fact.facts for fact in facts]
    assert len(said) == HANDS
    assert [one["before"] for one in said[1:]] == [one["quantity"] for one in said[:-1]]
    assert Stock.objects.get().quantity == said[-1]["quantity"]


def test_a_sealed_table_pressed_eight_times_is_brought_in_once(cast, now):
    by = keeper(cast)
    house = make.building("9号楼", cast.group, search="9号楼")
    doors = [make.household(house, str(number), cast.contact_household) for number in range(5)]
    day = now.date()
    rows = [
        {
            "building": "9号楼", "door": one.door, "name": "钱奶奶", "needs": "在家吸氧",
            "how": "signed", "given_on": day, "until_on": day.replace(month=12),
        }
        for one in doors
    ]  # fmt: skip
    table = tabling.keep_table(write_csv(COLUMNS, rows), "a.csv", by=by, now=now)
    twin = tabling.keep_table(write_csv(COLUMNS, rows), "b.csv", by=by, now=now)

    def press(number):
        try:
            return tabling.bring_in_table(twin if number % 2 else table, by=by, now=now).created
        except TableGone:
            return -1

    came = together(press)
    assert sorted(came) == [-1] * (HANDS - 2) + [0, 5]
    assert CareEntry.objects.count() == 5
    assert not SealedTable.objects.exists()
    assert Entry.objects.filter(verb="care.brought_in").count() == 2
