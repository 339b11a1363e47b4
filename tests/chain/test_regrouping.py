"""Another division of a community, carried out: refused where things have changed, dated, drawn, and nothing lost."""

import orjson
import pytest
from shapely.geometry import shape

from renwang.base.models import Entry
from renwang.chain import rules, tallies, tree
from renwang.chain.dividing import Weights, propose
from renwang.chain.models import Building, Household, Unit, UnitVersion
from renwang.chain.reach import NotInReach
from renwang.chain.selectors.dividing import read_divided
from renwang.chain.services import regrouping
from renwang.chain.services.regrouping import regroup
from tests import make

pytestmark = pytest.mark.django_db
NODE = "node:test"
STEP = 0.0002


def box(west, east):
    """A boundary eight steps high between two columns."""
    left, right = 160 + (west - 0.5) * STEP, 160 + (east + 0.5) * STEP
    low, high = 30 - 0.5 * STEP, 30 + 7.5 * STEP
    ring = [[left, low], [right, low], [right, high], [left, high], [left, low]]
    return {"type": "Polygon", "coordinates": [ring]}


@pytest.fixture
def uneven(cast):
    """A community of two drawn grids: six columns of buildings in the one, two in the other."""
    place = make.unit("柳湾社区", "community", cast.street, code="990105001077")
    grids = [make.unit(f"第{n}网格", "grid", place, code=f"990105001077{n:03}") for n in (1, 2)]
    for grid, (west, east) in zip(grids, ((0, 5), (6, 7)), strict=True):
        area = shape(box(west, east))
        grid.boundary = orjson.dumps(box(west, east)).decode()
        grid.west, grid.south, grid.east, grid.north = area.bounds
        grid.save()
    for column in range(8):
        for row in range(4):
            at = grids[0] if column < 6 else grids[1]
            group = make.unit(f"{column}-{row}楼组", "building_group", at)
            house = make.building(
                f"{column}-{row}号楼", group, lon=160 + column * STEP, lat=30 + 2 * row * STEP
            )
            make.household(house, "101")
    tallies.rebuild_tallies()
    return place


def proposed(place):
    """What the node would propose for two grids."""
    standing = read_divided(place)
    return propose(standing.pieces, 2, weights=Weights(), barriers=standing.barriers)


class TestRefused:
    def test_whoever_may_not_change_the_place(self, cast, uneven, now):
        with pytest.raises(NotInReach):
            regroup(
                unit=uneven, moves=proposed(uneven).moves, by=cast.viewer(cast.stranger), now=now
            )

    def test_nothing_to_do(self, uneven, now):
        with pytest.raises(regrouping.NothingMoves):
            regroup(unit=uneven, moves={}, by=NODE, now=now)
        same = {piece.key: piece.grid for piece in read_divided(uneven).pieces}
        with pytest.raises(regrouping.NothingMoves):
            regroup(unit=uneven, moves=same, by=NODE, now=now)

    def test_what_is_not_there(self, cast, uneven, now):
        key = read_divided(uneven).pieces[0].key
        for moves in ({"U-nowhere": "U-nowhere"}, {key: cast.grid.ref}):
            with pytest.raises(regrouping.PieceGone):
                regroup(unit=uneven, moves=moves, by=NODE, now=now)

    def test_a_day_to_come_and_nothing_is_moved(self, uneven, now):
        moves, before = proposed(uneven).moves, list(Unit.objects.order_by("pk").values())
        with pytest.raises(rules.InTheFuture):
            regroup(unit=uneven, moves=moves, by=NODE, now=now, on=now.date().replace(year=2027))
        assert before == list(Unit.objects.order_by("pk").values())


def test_the_proposal_is_carried_out(uneven, now):
    plan = proposed(uneven)
    assert plan.after.worst == 0
    doors = Household.objects.count()
    regroup(unit=uneven, moves=plan.moves, by=NODE, now=now, reason="均衡")
    standing = read_divided(uneven)
    assert {piece.key: piece.grid for piece in standing.pieces} == dict(plan.placed)
    assert Household.objects.count() == doors
    for house in Building.objects.filter(path__under=uneven.path).select_related("unit"):
        assert house.path == house.unit.path
    counts = {grid.name: grid.tally.households for grid in standing.grids.values()}
    assert set(counts.values()) == {16}
    fact = Entry.objects.get(verb="chain.regrouped")
    assert (fact.facts["pieces"], fact.facts["reason"]) == (len(plan.moves), "均衡")


def test_yesterday_is_found_where_it_was(uneven, now):
    plan = proposed(uneven)
    key = next(iter(plan.moves))
    moved = Unit.objects.get(ref=key)
    regroup(unit=uneven, moves=plan.moves, by=NODE, now=now)
    first, second = UnitVersion.objects.filter(unit=moved).order_by("from_on")
    assert (first.path, first.until_on) == (moved.path, tree.today(now))
    assert second.path == Unit.objects.get(ref=key).path


def test_the_borders_follow_without_gap_or_overlap(uneven, now):
    regroup(unit=uneven, moves=proposed(uneven).moves, by=NODE, now=now)
    areas = [shape(orjson.loads(grid.boundary)) for grid in tree.current().filter(parent=uneven)]
    assert areas[0].intersection(areas[1]).area == pytest.approx(0, abs=1e-12)
    assert areas[0].union(areas[1]).area == pytest.approx(shape(box(0, 7)).area, rel=1e-4)
    assert areas[0].area == pytest.approx(areas[1].area, rel=0.1)


def test_a_building_right_in_a_grid_moves_with_its_doors(uneven, now):
    first, second = tree.current().filter(parent=uneven).order_by("path")
    house = make.building("门卫室", first, lon=160 + 6 * STEP, lat=30.0)
    make.household(house, "1")
    tallies.rebuild_tallies()
    regroup(unit=uneven, moves={str(house.pk): second.ref}, by=NODE, now=now)
    assert Building.objects.get(pk=house.pk).unit == second
    assert Household.objects.get(building=house).unit == second
