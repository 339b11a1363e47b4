"""Facilities of the cast's places, as their keepers put them on the list."""

from datetime import date, timedelta

from renwang.registers.facilities.models import Facility
from renwang.registers.facilities.services import (
    Broken,
    Entered,
    RoomSaid,
    enter_facility,
    keep_room,
    report_defect,
)

DAY = timedelta(days=1)
TODAY = date(2026, 7, 15)  # of the cast


def entered(
    cast, kind: str = "hydrant", name: str = "柳溪桥头消火栓", *, unit=None, by=None, **more
) -> Facility:
    """A facility of the first grid that answers to the grid worker's post."""
    said = Entered(kind, name, post=more.pop("post", cast.grid_post), **more)
    viewer = cast.viewer(by or cast.secretary)
    return enter_facility(said, unit or cast.grid, by=viewer, now=cast.now)


def shelter(cast, **more) -> Facility:
    """A shelter for a thousand people, ready and whole."""
    fields = {
        "amounts": {"area_m2": 500.0, "toilets": 30.0},
        "fittings": {"step_free": True, "backup_power": True},
    }
    return entered(cast, "shelter_emergency", "石桥广场", **fields | more)


def centre(cast, **more) -> Facility:
    """A service centre of the community with two rooms."""
    made = entered(
        cast, "centre", "石桥社区党群服务中心", unit=cast.community, tier="community",
        post=cast.community_post, **more,
    )  # fmt: skip
    for room in (
        RoomSaid("多功能厅", "meeting", 70, "shelter", True),
        RoomSaid("库房", "store", 30, "stock", None, "棉被 20 床"),
    ):
        keep_room(made.pk, room, by=cast.viewer(cast.secretary), now=cast.now)
    made.refresh_from_db()
    return made


def broken(cast, facility: Facility, words: str = "阀门锈死", **more):
    """Something broken at a facility, as the grid worker found it."""
    viewer = cast.viewer(cast.worker)
    return report_defect(facility.pk, Broken(words, **more), by=viewer, now=cast.now)
