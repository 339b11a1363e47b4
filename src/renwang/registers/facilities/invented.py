"""An invented list of facilities for a demonstration: believable, inspected by the people of the place, with real holes in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from math import dist
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from renwang.chain.models import Holding, Post, Unit
from renwang.chain.reach import Viewer, viewer_of
from renwang.registers.facilities.models import Facility
from renwang.registers.facilities.rules import Act, Verdict
from renwang.registers.facilities.services import (
    Broken,
    Entered,
    Looked,
    RoomSaid,
    StockSaid,
    change_state,
    enter_facility,
    keep_room,
    keep_stock,
    record_inspection,
    report_defect,
)

DAY = timedelta(days=1)
_WHOLE = {
    "water": True, "power": True, "backup_power": True, "toilets": True, "heating": False,
    "network": True, "step_free": True, "wide_doors": True, "step_free_toilet": True,
}  # fmt: skip
_ROOMS = (
    RoomSaid("便民服务大厅", "hall", 160, "gathering", True),
    RoomSaid("多功能厅", "meeting", 220, "shelter", True),
    RoomSaid("老年活动室", "elders", 90, "elders", True),
    RoomSaid("儿童之家", "children", 70, "elders", True),
    RoomSaid("图书阅览室", "reading", 80, "charging", True),
    RoomSaid("值班室", "duty_room", 25, "command", True),
    RoomSaid("物资库房", "store", 40, "stock", True, "棉被 60 床、饮用水 80 箱、应急灯 40 盏、雨衣 50 件"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Thing:
    """One invented facility of a community: what it is, what it has, when somebody last looked at it."""

    kind: str
    name: str
    spot: tuple[float, float]  # metres east and north of its grid
    grid: int = 0
    amounts: Mapping[str, float] = field(default_factory=dict)
    has: Mapping[str, bool] = field(default_factory=dict)
    seen: int | None = 20  # days ago; None: nobody ever has
    post: str = "worker"  # worker, keeper, none
    more: Mapping[str, Any] = field(default_factory=dict)


_SHELTER = _Thing(
    "shelter_emergency", "文化广场避难场所", (40, 60), 0,
    {"area_m2": 2600, "toilets": 24, "taps": 8, "exits": 3}, _WHOLE, 35, "keeper",
    {"weekdays": "always", "weekends": "always", "emergency_hours": "always"},
)  # fmt: skip
_COMMON = (
    _Thing("gathering_point", "南门集合点", (-60, -40), 1, {"area_m2": 320}, {"step_free": True}, 60),
    _Thing("gathering_point", "中心花园集合点", (30, 20), 2, {"area_m2": 450}, {"step_free": True}, 75),
    _Thing("hydrant", "1 号消火栓", (20, -70), 0, {"flow_l_s": 15}, {}, 40),
    _Thing("hydrant", "2 号消火栓", (-70, 30), 1, {"flow_l_s": 15}, {}, 41),
    _Thing("hydrant", "3 号消火栓", (60, 10), 2, {"flow_l_s": 10}, {}, 42),
    _Thing("defibrillator", "服务中心除颤器", (8, 4), 0, {"sets": 1}, {"power": True}, 12, "keeper"),
    _Thing("fire_post", "微型消防站", (-25, 15), 1, {"people": 6, "sets": 8}, {"water": True, "power": True}, 15),
    _Thing("loudspeaker", "应急广播", (0, 30), 0, {"loudness_m": 250}, {"power": True, "network": True}, 10),
    _Thing("stock_point", "应急物资储备点", (14, -12), 0, {"area_m2": 40}, {"power": True}, 30, "keeper"),
)  # fmt: skip
_SOME = (
    _Thing(
        "shelter_fixed", "实验学校操场避难场所", (70, -30), 1,
        {"area_m2": 5200, "toilets": 60, "taps": 18, "litres_a_day": 42000, "exits": 4}, _WHOLE, 50,
        "keeper", {"weekdays": "none", "weekends": "09:00-17:00", "emergency_hours": "always"},
    ),
    _Thing("pump", "雨水泵站", (-80, -60), 1, {"pump_m3_h": 1800, "sets": 2}, {"power": True, "backup_power": False}, 22, "keeper"),
    _Thing("first_aid_point", "社区卫生服务站急救点", (-20, 50), 0, {"people": 3, "sets": 2}, {"water": True, "power": True, "step_free": True}, 44, "keeper"),
    _Thing("flood_gate", "地下通道防汛挡板", (50, 80), 2, {"width_m": 6}, {}, 25),
    _Thing("siren", "楼顶警报器", (0, 0), 2, {"loudness_m": 900}, {"power": True, "backup_power": True}, 18, "keeper"),
    _Thing("refuge_floor", "高层避难层（16 层）", (25, 45), 2, {"area_m2": 380}, {"power": True, "backup_power": True}, 33),
)  # fmt: skip


@transaction.atomic
def invent_facilities(root: Unit, *, now: datetime) -> int:
    """Put invented facilities on the list of a place, in each of its communities; return how many.

    Where there are any already nothing changes. The community furthest from the
    first has no shelter; a hydrant is out of order, an inspection overdue, a
    defect not mended, a centre without a task, a post missing.
    """
    if Facility.objects.filter(path__under=root.path).exists():
        return 0
    below = Unit.objects.filter(parent=root, ended_on=None).select_related("parent")
    found = (_hands(one, now) for one in below.order_by("position", "code", "name"))
    places = [one for one in found if one is not None]
    bare = max(places[1:], key=lambda one: _apart(places[0], one), default=None)
    made = sum(
        _furnish(here, number, len(places), now, is_bare=here is bare)
        for number, here in enumerate(places)
    )
    for number, here in enumerate(places):
        _stock_up(here, number, now)
    if places:
        made += _crown(root, places[0], now)
        _break_things(places, now)
    return made


@dataclass(frozen=True, slots=True)
class _Hands:
    """A community and its grids, with who keeps and who inspects facilities there."""

    community: Unit
    grids: list[Unit]
    secretary: Viewer
    post: Post  # of a grid worker
    keeper: Post  # the secretary's


def _hands(community: Unit, now: datetime) -> _Hands | None:
    """Find who keeps and who inspects in a community; None where one of them is missing."""
    held = Holding.objects.filter(post__path__under=community.path, is_current=True, rank=0)
    keeps = goes = None
    for one in held.select_related("person", "post__unit").order_by("post__path", "pk"):
        viewer = viewer_of(one.person, now)
        if keeps is None and viewer.may("facilities.keep", community.path):
            keeps = one, viewer
        elif goes is None and one.post.unit_id != community.pk:
            goes = one if viewer.may("facilities.report", one.post.path) else None
        if keeps and goes:
            grids = Unit.objects.filter(parent=community, ended_on=None, lon__isnull=False)
            return _Hands(
                community, list(grids.order_by("position", "code", "name")) or [community],
                keeps[1], goes.post, keeps[0].post,
            )  # fmt: skip
    return None


def _apart(one: _Hands, other: _Hands) -> float:
    """Say how far two communities lie from each other, in degrees; enough to compare."""
    spots = [(hands.community.lon or 0.0, hands.community.lat or 0.0) for hands in (one, other)]
    return dist(*spots)


def _furnish(here: _Hands, number: int, many: int, now: datetime, *, is_bare: bool) -> int:
    """Give a community what communities have, and something of its own; a bare one has no shelter."""
    things = [*_COMMON, _SOME[number % len(_SOME)], _SHELTER]
    if is_bare:
        things = [one for one in things if one.kind not in ("shelter_fixed", _SHELTER.kind)]
    for at, thing in enumerate(things):
        # In the middle of the list somebody has forgotten the defibrillator for two months.
        is_forgotten = thing.kind == "defibrillator" and number == many // 2
        _place(replace(thing, seen=66) if is_forgotten else thing, here, at + number, now)
    _centre(here, number, now)
    return len(things) + 1


def _place(thing: _Thing, here: _Hands, number: int, now: datetime) -> Facility:
    grid = here.grids[thing.grid % len(here.grids)]
    begin = now - 200 * DAY
    post = {"worker": here.post, "keeper": here.keeper}.get(thing.post)
    # Every eleventh has lost its post, every thirteenth has steps.
    post = None if number % 11 == 10 else post
    has = dict(thing.has)
    if "step_free" in has and number % 13 == 7:
        has["step_free"] = False
    lon, lat = _beside(grid, thing.spot)
    entered = Entered(
        thing.kind, f"{here.community.name}{thing.name}", lon=lon, lat=lat, post=post,
        amounts=thing.amounts, fittings=has, address=f"{grid.name}内", **thing.more,
    )  # fmt: skip
    made = enter_facility(entered, grid, by=here.secretary, now=begin)
    if thing.seen is not None:
        _look(made.pk, here, now - thing.seen * DAY)
    return made


def _look(key: UUID, here: _Hands, at: datetime, words: str = "设施完好，标识清楚。") -> None:
    looked = Looked(Verdict.FIT, words=words, checks={"access": True, "sign": True})
    record_inspection(key, looked, by=here.secretary, now=at)


def _beside(unit: Unit, spot: tuple[float, float]) -> tuple[float | None, float | None]:
    if unit.lon is None or unit.lat is None:
        return None, None
    return unit.lon + spot[0] / 95_000, unit.lat + spot[1] / 111_195


def _centre(here: _Hands, number: int, now: datetime) -> None:
    """Found the service centre of a community; every fourth has no task in an emergency and no backup power."""
    is_old = number % 4 == 3
    lon, lat = _beside(here.grids[0], (5, 0))
    entered = Entered(
        "centre", f"{here.community.name}党群服务中心", "community", lon=lon, lat=lat,
        post=here.keeper, amounts={"toilets": 6, "taps": 3, "beds": 20},
        fittings={**_WHOLE, "backup_power": not is_old}, weekdays="09:00-17:30",
        weekends="10:00-16:00", emergency_hours="" if is_old else "always",
        emergency_role="" if is_old else "社区现场指挥、老幼临时安置、物资发放",
    )  # fmt: skip
    made = enter_facility(entered, here.community, by=here.secretary, now=now - 200 * DAY)
    for room in _ROOMS[: 3 if is_old else len(_ROOMS)]:
        said = replace(room, role="none") if is_old else room
        keep_room(made.pk, said, by=here.secretary, now=now - 199 * DAY)
    _look(made.pk, here, now - 28 * DAY)


def _crown(root: Unit, here: _Hands, now: datetime) -> int:
    """Found the service centre of the sub-district, and stations in two grids."""
    lon, lat = _beside(here.grids[0], (120, 90))
    entered = Entered(
        "centre", f"{root.name}党群服务中心", "subdistrict", lon=lon, lat=lat,
        amounts={"toilets": 16, "taps": 8, "beds": 60}, fittings=_WHOLE, weekdays="08:30-18:00",
        weekends="09:00-17:00", emergency_hours="always",
        emergency_role="街道前方指挥部、信息汇集、物资中转",
    )  # fmt: skip
    by = "node:demo"
    made = enter_facility(entered, root, by=by, now=now - 300 * DAY)
    for room in _ROOMS:
        keep_room(made.pk, replace(room, area_m2=room.area_m2 * 2), by=by, now=now - 299 * DAY)
    record_inspection(made.pk, Looked(Verdict.FIT), by=by, now=now - 45 * DAY)
    for grid in here.grids[:2]:
        lon, lat = _beside(grid, (-10, 12))
        station = Entered(
            "centre", f"{grid.name}党群服务站", "grid", lon=lon, lat=lat, post=here.post,
            amounts={"toilets": 1, "taps": 1}, fittings={"water": True, "power": True, "step_free": True},
            weekdays="09:00-12:00", emergency_hours="always", emergency_role="信息汇集、手机充电",
        )  # fmt: skip
        one = enter_facility(station, grid, by=here.secretary, now=now - 150 * DAY)
        room = RoomSaid("服务站", "hall", 45, "charging", True)
        keep_room(one.pk, room, by=here.secretary, now=now - 150 * DAY)
    return 3


def _break_things(places: list[_Hands], now: datetime) -> None:
    """Leave in the list what real lists have: broken, overdue, forgotten, never measured."""
    first, second = places[0], places[len(places) // 2]
    hydrant = _one(first, "hydrant")
    change_state(
        hydrant.pk, Act.BREAK, reason="阀杆锈死，开不了水，已报自来水公司",
        expected_on=timezone.localdate(now - 3 * DAY), by=first.secretary, now=now - 12 * DAY,
    )  # fmt: skip
    report_defect(
        hydrant.pk, Broken("阀杆锈死，闷盖缺失", True, first.keeper), by=first.secretary, now=now - 12 * DAY,
    )  # fmt: skip
    late = _one(second, "defibrillator")
    never = Entered("hydrant", f"{second.community.name}4 号消火栓", amounts={"flow_l_s": 10})
    enter_facility(never, second.grids[-1], by=second.secretary, now=now - 120 * DAY)
    pads = Broken("电极片还有 20 天过期，需更换", post=second.keeper)
    report_defect(late.pk, pads, by=second.secretary, now=now - 6 * DAY)
    shelter = _one(second, "shelter_emergency")
    if shelter is not None:
        change_state(
            shelter.pk, Act.LIMIT, reason="东侧正在铺管，可用面积减半",
            expected_on=timezone.localdate(now + 20 * DAY), by=second.secretary, now=now - 5 * DAY,
        )  # fmt: skip


_STOCK = (  # what, how many, counted in, days it still may be used (None: it lasts), days since it was counted
    ("饮用水（550 毫升）", 12, "箱", 240, 40),
    ("饮用水（550 毫升）", 4, "箱", -18, 40),
    ("自热米饭", 60, "盒", 33, 40),
    ("棉被", 40, "床", None, 40),
    ("应急灯", 12, "盏", None, 40),
    ("急救包", 3, "个", 75, 40),
    ("雨衣", 50, "件", None, 140),
)  # fmt: skip


def _stock_up(here: _Hands, number: int, now: datetime) -> None:
    """Fill the stock point; every third has too little water, every fourth has written nothing down."""
    point = _one(here, "stock_point")
    if point is None or number % 4 == 3:
        return
    today = timezone.localdate(now)
    for what, many, unit, lasts, counted in _STOCK:
        until = today + timedelta(days=lasts) if lasts is not None else None
        fewer = 3 if number % 3 == 2 and unit == "箱" else 1
        said = StockSaid(
            what, many // fewer, unit, f"L{number}{many:02d}", "货架 2", until,
            today - timedelta(days=counted),
        )  # fmt: skip
        keep_stock(point.pk, said, by=here.secretary, now=now - 40 * DAY)


def _one(here: _Hands, kind: str) -> Any:
    found = Facility.objects.filter(path__under=here.community.path, kind=kind)
    return found.order_by("ref").first()
