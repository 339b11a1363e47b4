"""The invented facilities: believable, with the holes a real list has, and once is enough."""

from renwang.registers.facilities.finding_rules import Hole
from renwang.registers.facilities.invented import invent_facilities
from renwang.registers.facilities.models import Facility
from renwang.registers.facilities.rules import State
from renwang.registers.facilities.selectors.finding import find_holes
from tests import make


def test_the_invented_list_has_real_holes(cast):
    make.grant(cast.worker, "grid_worker", cast.grid)
    made = invent_facilities(cast.street, now=cast.now)
    assert made > 10
    assert Facility.objects.filter(kind="hydrant", state=State.OUT_OF_ORDER).exists()
    found = {one.hole for one in find_holes(cast.street.path, now=cast.now)}
    assert {
        Hole.OUT_OF_ORDER, Hole.INSPECTION_LATE, Hole.NOT_INSPECTED, Hole.GRAVE_DEFECT_LATE,
        Hole.TIER_MISSING, Hole.NO_POST,
    } <= found  # fmt: skip
    assert invent_facilities(cast.street, now=cast.now) == 0


def test_a_place_that_nobody_keeps_gets_no_list(cast):
    empty = make.unit("空街道", "subdistrict", cast.district)
    assert invent_facilities(empty, now=cast.now) == 0
