"""Two departments' divisions compared and made into one: refused first, then dated, every old number leads somewhere."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from renwang.base.models import Entry
from renwang.chain.models import Building, Holding, Person, Unit
from renwang.chain.reach import NotInReach
from renwang.chain.selectors.dividing import read_divided
from renwang.registers.claims.comparing_rules import Finding
from renwang.registers.claims.merging_rules import WHOLE, LooksAfterTwo, Staffed
from renwang.registers.claims.models import Department, OldNumber
from renwang.registers.claims.proposing import NoGridLevel, NothingToMerge, propose_merger
from renwang.registers.claims.selectors import (
    find_number,
    list_departments,
    numbers_of,
    places_with_claims,
    read_compared,
)
from renwang.registers.claims.services import ChangedMeanwhile, forget_department, merge_divisions
from tests import make

pytestmark = pytest.mark.django_db
NODE = "node:test"


def staff_of(plan):
    """What the proposal says, taken as it is."""
    return {
        grid.key: Staffed(
            grid.staffing.worker.key if grid.staffing.worker else "",
            tuple(one.key for one in grid.staffing.backups),
        )
        for grid in plan.grids
    }


def merged(place, now, basis="", **more):
    plan = propose_merger(place, basis)
    return merge_divisions(unit=place, staff=staff_of(plan), basis=basis, by=NODE, now=now, **more)


def the(name):
    return str(Department.objects.get(name=name).pk)


class TestRefused:
    def test_strangers_and_those_who_may_not_register_people(self, cast, claimed, now):
        staff = staff_of(propose_merger(claimed))
        for who in (cast.stranger, cast.worker):
            with pytest.raises(NotInReach):
                merge_divisions(unit=claimed, staff=staff, by=cast.viewer(who), now=now)
        assert not OldNumber.objects.exists()

    def test_nothing_claimed_and_no_grids(self, cast, claimed, now):
        with pytest.raises(NothingToMerge):
            propose_merger(cast.neighbour_community)
        with pytest.raises(NoGridLevel):
            propose_merger(cast.street)

    def test_what_has_changed_since_one_looked(self, claimed, now):
        staff = staff_of(propose_merger(claimed))
        make.unit("第三网格", "grid", claimed, code="990105001077003")
        with pytest.raises(ChangedMeanwhile):
            merge_divisions(unit=claimed, staff=staff, by=NODE, now=now)

    def test_people_whom_nobody_listed(self, claimed, now):
        staff = staff_of(propose_merger(claimed))
        staff = {key: Staffed("w-00000000-0000-0000-0000-000000000000") for key in staff}
        with pytest.raises(ChangedMeanwhile):
            merge_divisions(unit=claimed, staff=staff, by=NODE, now=now)

    def test_one_worker_for_two_grids_and_nothing_is_written(self, claimed, now):
        plan = propose_merger(claimed)
        same = next(iter(plan.people))
        with pytest.raises(LooksAfterTwo):
            merge_divisions(
                unit=claimed, staff=dict.fromkeys(staff_of(plan), Staffed(same)), by=NODE, now=now
            )
        assert not OldNumber.objects.exists() and not Person.objects.filter(name="警一").exists()


class TestCompared:
    def test_overlap_gap_and_doubles(self, claimed):
        found = {one.kind: one for one in read_compared(claimed).found}
        overlap, gap = found[Finding.OVERLAP], found[Finding.GAP]
        assert (len(overlap.homes), overlap.households) == (4, 4)
        assert overlap.area_m2 > 1000
        assert (len(gap.homes), gap.households) == (2, 2)
        assert len(found[Finding.ON_TWO_ROSTERS].people) == 2
        assert Finding.KNOWN not in found

    def test_a_telephone_of_the_chain_is_recognised(self, cast, claimed):
        make.contact(cast.worker, "phone", "15400000002", 3)
        compared = read_compared(claimed)
        known = [one for one in compared.found if one.kind is Finding.KNOWN]
        assert [compared.workers[key].name for one in known for key in one.people] == ["警二"]

    def test_a_grid_that_reaches_into_the_next_community(self, cast, claimed):
        house = make.building("邻楼", cast.grid, lon=160.0, lat=30.0)
        make.household(house, "1")
        compared = read_compared(claimed)
        out = [one for one in compared.found if one.kind is Finding.OUTSIDE]
        assert [one.households for one in out] == [1]
        assert str(house.pk) not in compared.homes

    def test_the_statements_do_not_grow(self, claimed):
        with CaptureQueriesContext(connection) as few:
            read_compared(claimed)
        for number in range(6):
            make.building(f"新{number}", claimed, lon=160.0, lat=30.0)
        with CaptureQueriesContext(connection) as more:
            read_compared(claimed)
        assert len(few) == len(more) <= 9

    def test_only_what_one_may_see_is_counted(self, cast, claimed):
        (city, police) = list_departments(cast.viewer(cast.operator))
        assert (police.grids, police.people, city.grids, city.people) == (2, 2, 2, 3)
        assert list_departments(cast.viewer(cast.stranger)) == []
        assert places_with_claims(cast.viewer(cast.stranger)) == []
        assert [one.grids for one in places_with_claims(cast.viewer(cast.operator))] == [4]


class TestMerged:
    def test_one_worker_named_backups_and_every_old_number(self, claimed, now):
        merged(claimed, now, reason="多网合一")
        first, second = claimed.children.filter(ended_on=None).order_by("path")
        by_number = {}
        for one in numbers_of(claimed):
            by_number.setdefault((one.department, one.number), {})[one.unit_id] = one.share
        assert by_number["派出所", "P1"] == {first.pk: WHOLE}
        assert by_number["派出所", "P2"] == {first.pk: 6000, second.pk: 4000}
        assert by_number["城管队", "001"] == {first.pk: WHOLE}
        assert all(sum(one.values()) == WHOLE for one in by_number.values())
        held = Holding.objects.filter(is_current=True, post__unit=first).order_by("rank")
        assert [(one.rank, one.person.name) for one in held] == [
            (0, "警一"),
            (1, "城一"),
            (2, "警二"),
        ]
        assert Person.objects.filter(name="警一").count() == 1
        phone = held[0].person.contacts.order_by("position")
        assert [(one.kind, one.address) for one in phone] == [
            ("sms", "15400000001"),
            ("phone", "15400000001"),
        ]
        fact = Entry.objects.get(verb="claims.merged")
        assert (fact.facts["departments"], fact.facts["numbers"], fact.facts["reason"]) == (
            2,
            4,
            "多网合一",
        )

    def test_following_a_department_every_building_lies_in_one_grid(self, claimed, now):
        before = set(Building.objects.filter(path__under=claimed.path).values_list("pk", flat=True))
        merged(claimed, now, basis=the("派出所"))
        grids = list(claimed.children.filter(ended_on=None))
        assert len(grids) == 2
        after = list(Building.objects.filter(path__under=claimed.path).values_list("pk", "path"))
        assert {key for key, _path in after} == before
        assert all(sum(path.startswith(grid.path) for grid in grids) == 1 for _key, path in after)
        assert {one.share for one in numbers_of(claimed) if one.number == "P1"} == {WHOLE}

    def test_grids_are_founded_where_there_are_none(self, cast, now):
        from tests.registers.claims.conftest import GRIDS, bring_in

        place = make.unit("新村社区", "community", cast.street, code="990105001088")
        for name in ("甲楼", "乙楼", "丙楼"):
            make.household(make.building(name, place), "1")
        bring_in(
            "claims",
            GRIDS + "卫健,1,一片,新村社区,,,甲楼\n卫健,2,二片,新村社区,,,乙楼、丙楼\n",
            now=now,
        )
        merged(place, now, basis=the("卫健"))
        grids = place.children.filter(ended_on=None).order_by("name")
        assert [(one.name, one.code) for one in grids] == [
            ("一片", "990105001088001"),
            ("二片", "990105001088002"),
        ]
        assert not Building.objects.filter(unit=place).exists()
        assert {one.share for one in numbers_of(place)} == {WHOLE}

    def test_a_grid_that_keeps_nothing_is_closed_and_still_leads_on(self, claimed, now):
        empty = make.unit("空网格", "grid", claimed, code="990105001077009")
        merged(claimed, now, basis=the("派出所"))
        empty.refresh_from_db()
        assert empty.ended_on is not None

    def test_a_later_merger_takes_its_place_and_both_stay(self, claimed, now):
        merged(claimed, now)
        later = now + timedelta(days=30)
        merged(claimed, later, basis=the("派出所"))
        day, next_day = date(2026, 7, 16), date(2026, 8, 20)
        assert [one.share for one in find_number("P2", day)] == [6000, 4000]
        assert [one.share for one in find_number("P2", next_day)] == [8000, 2000]
        assert find_number("P2", date(2026, 7, 1)) == []
        assert OldNumber.objects.filter(number="P2").count() == 4

    def test_an_old_number_follows_a_grid_that_is_closed_later(self, claimed, now):
        from renwang.chain.services.division import merge_units

        merged(claimed, now)
        both = list(claimed.children.filter(ended_on=None))
        whole = merge_units(units=both, name="大网格", by=NODE, now=now)
        assert {unit.pk for led in find_number("P2", date(2026, 7, 15)) for unit in led.units} == {
            whole.pk
        }

    def test_who_holds_the_post_stays(self, cast, claimed, now):
        grid = claimed.children.order_by("path").first()
        make.post("网格员", grid, cast.leader, role="grid_worker")
        merged(claimed, now)
        held = Holding.objects.get(post__unit=grid, rank=0, is_current=True)
        assert held.person == cast.leader


def test_a_department_is_forgotten_and_its_old_numbers_stay(cast, claimed, now):
    merged(claimed, now)
    department = Department.objects.get(name="派出所")
    with pytest.raises(NotInReach):
        forget_department(department=department, by=cast.viewer(cast.stranger), now=now)
    forget_department(department=department, by=cast.viewer(cast.operator), now=now)
    assert not Department.objects.filter(name="派出所").exists()
    assert find_number("P1", date(2026, 7, 15))
    assert Unit.objects.filter(parent=claimed, ended_on=None).count() == 2
    assert read_divided(claimed).pieces
