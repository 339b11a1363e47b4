"""Grid codes given by a scheme: refused, kept, never twice, and old codes still lead to the grid."""

import pytest

from renwang.chain.code_rules import ParentCodeWrong
from renwang.chain.reach import NotInReach
from renwang.chain.selectors.history import successors
from renwang.chain.services.coding import NothingToCode, assign_codes, next_code, plan_codes
from renwang.chain.services.units import close_unit
from tests import make

pytestmark = pytest.mark.django_db
NODE = "node:test"


@pytest.fixture
def place(cast):
    """A community with three grids, of which one has a code."""
    place = make.unit("柳湾社区", "community", cast.street, code="990105001077")
    make.unit("东", "grid", place, lon=3.0, lat=1.0)
    make.unit("西", "grid", place, lon=1.0, lat=1.0)
    make.unit("北", "grid", place, code="990105001077001", lon=2.0, lat=9.0)
    return place


def codes(place):
    return {one.name: one.code for one in place.children.filter(ended_on=None)}


def test_refused(cast, place, now):
    with pytest.raises(NotInReach):
        assign_codes(unit=place, by=cast.viewer(cast.stranger), now=now)
    bare = make.unit("无码社区", "community", cast.street)
    make.unit("一", "grid", bare)
    with pytest.raises(ParentCodeWrong):
        plan_codes(bare)
    assign_codes(unit=place, by=NODE, now=now)
    with pytest.raises(NothingToCode):
        assign_codes(unit=place, by=NODE, now=now)


def test_what_has_a_code_keeps_it(place, now):
    assign_codes(unit=place, by=NODE, now=now)
    assert codes(place) == {
        "北": "990105001077001",
        "西": "990105001077002",
        "东": "990105001077003",
    }


def test_afresh_gives_no_number_twice_and_old_ones_lead_on(place, now):
    assign_codes(unit=place, by=NODE, now=now)
    assign_codes(unit=place, by=NODE, now=now, afresh=True)
    assert codes(place) == {
        "北": "990105001077004",
        "西": "990105001077005",
        "东": "990105001077006",
    }
    assert [one.name for one in successors("990105001077001", now.date())] == ["北"]


def test_the_code_of_a_closed_grid_is_not_given_again(place, now):
    north = place.children.get(name="北")
    close_unit(unit=north, by=NODE, now=now)
    assert next_code(place, "grid") == "990105001077002"
    assert next_code(place, "building_group") == ""


def test_the_national_scheme(place, now):
    assign_codes(unit=place, key="cjt_349", by=NODE, now=now)
    assert codes(place)["北"] == "00000099010500107701"
