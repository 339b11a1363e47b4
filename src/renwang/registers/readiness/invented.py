"""Let an invented place be looked at as if that had been done for weeks: for the demo and for looking at screens."""

from datetime import datetime, timedelta

from renwang.chain import tree
from renwang.chain.models import Grant, Unit
from renwang.chain.reach import viewer_of
from renwang.registers.readiness.models import Hole, Look
from renwang.registers.readiness.rules import Severity, spans_of
from renwang.registers.readiness.services import (
    OwnWords,
    look_at,
    look_everywhere,
    waive_hole,
    write_own_check,
)

BY = "node:invented"
DAYS_AGO = (20, 6)
"""Days before today on which it is looked at as well, so that holes have an age and the trend a shape."""


def invent_readiness(place: Unit, *, now: datetime) -> int:
    """Look at an invented place, let one hole stand, write one check of its own; return the holes, 0 where it was done."""
    if Look.objects.exists():
        return 0
    paths = list(
        Unit.objects.filter(path__under=place.path, ended_on=None)
        .order_by("path")
        .values_list("path", flat=True)
    )
    for days in DAYS_AGO:
        for scope in spans_of(paths, place.path, len(paths) or 1):
            look_at(scope, now - timedelta(days=days))
    words = OwnWords(
        "社区没有卫生站",
        "社区内没有登记卫生站。请与街道商定由哪家卫生站负责，并登记为驻区单位。",
        "clinics == 0 && households > 100",
        level="community",
        severity=Severity.NOTE,
    )
    write_own_check(words, place, by=BY, now=now)
    look_everywhere("/", by=BY, now=now, is_nightly=True)
    _let_one_stand(place, now)
    return Hole.objects.filter(gone_at=None).count()


def _let_one_stand(place: Unit, now: datetime) -> None:
    """Let the oldest grave hole of a grid stand, by whoever may so at the top."""
    held = Grant.objects.filter(unit=place, bundle="secretary", ended_at=None)
    above = held.select_related("person").order_by("pk").first()
    hole = Hole.objects.filter(check_key="chain.doors_without_carrier", gone_at=None).first()
    if above is None or hole is None:
        return
    until = tree.today(now) + timedelta(days=30)
    viewer = viewer_of(above.person, now)
    waive_hole(hole.pk, "中心户搬迁，新户长已推选，正在公示", until, by=viewer, now=now)
