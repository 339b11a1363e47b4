"""Read the duty roster: who is on duty for a place at a moment, and a day's shifts."""

from collections import defaultdict
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from renwang.chain.models import Shift
from renwang.chain.reach import Viewer
from renwang.chain.rules import line_above
from renwang.chain.tree import beginning_of


def standing(at: datetime) -> QuerySet[Shift]:
    """Return the shifts that hold at a moment."""
    return Shift.objects.filter(struck_at=None, from_at__lte=at, until_at__gt=at)


def on_duty(path: str, at: datetime) -> list[Shift]:
    """Say who is on duty for a place at a moment: by its own roster and by those above it; one statement."""
    here = standing(at).filter(path__in=[*line_above(path), path])
    return list(here.select_related("person", "unit").order_by("-path", "from_at", "person__name"))


def shifts_of(top: str, at: datetime) -> QuerySet[Shift]:
    """Return the shifts that hold at a moment in a place or above it."""
    return standing(at).filter(Q(path__under=top) | Q(path__in=line_above(top)))


def shifts_at(top: str, at: datetime) -> dict[UUID, list[str]]:
    """Give for everybody who is on duty in a place, or above it, the paths he is on duty for; one statement."""
    here = shifts_of(top, at)
    found: dict[UUID, list[str]] = defaultdict(list)
    for person_id, path in here.values_list("person_id", "path"):
        found[person_id].append(path)
    return found


def shifts_on(viewer: Viewer, path: str, day: date) -> list[Shift]:
    """Give the shifts of a place and below that touch a day, as far as the viewer sees people there."""
    begin = beginning_of(day)
    touching = Shift.objects.filter(
        viewer.scope("people.see"),
        path__under=path,
        struck_at=None,
        from_at__lt=beginning_of(day + timedelta(days=1)),
        until_at__gt=begin,
    )
    return list(touching.select_related("person", "unit").order_by("path", "from_at", "pk"))


def shift_of(viewer: Viewer, key: UUID) -> Shift | None:
    """Find a shift that stands in the roster; None hides what is out of reach."""
    seen = Shift.objects.filter(viewer.scope("people.see"), pk=key, struck_at=None)
    return seen.select_related("unit").first()
