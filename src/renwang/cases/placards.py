"""Find placards: those that hang somewhere, and what the code of one stands for today."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from renwang.base.paging import Page, page_of
from renwang.base.pure.text import search_key
from renwang.cases.models import Placard
from renwang.cases.placard_rules import read_code
from renwang.chain.models import Building, Unit
from renwang.chain.reach import Viewer
from renwang.chain.rules import line_above
from renwang.chain.selectors.history import successors
from renwang.chain.selectors.public import public_places
from renwang.registers.facilities.models import Facility
from renwang.registers.facilities.rules import State

SORTS = {
    "place": ("path", "name", "entrance", "id"),
    "-place": ("-path", "-name", "-entrance", "-id"),
    "printed": ("printed_at", "id"),
    "-printed": ("-printed_at", "-id"),
}


@dataclass(frozen=True, slots=True)
class Hung:
    """What a code on a wall stands for today.

    Without a `unit` one has to choose among `choices`: the place was divided,
    or what hung there is gone. `name` is what stood on the placard.
    """

    unit: Unit | None
    building: Building | None = None
    entrance: int = 0
    facility: Facility | None = None
    name: str = ""
    choices: tuple[Unit, ...] = ()


def hung_at(code: str, today: date) -> Hung | None:
    """Say what a code stands for; None where there never was such a code. Five statements at most.

    A building, an entrance, a facility is found wherever it lies by now. A
    place that was merged away is the one it went into; one that was divided,
    and a placard that was taken out of use, leave the choice.
    """
    found = Placard.objects.filter(code=read_code(code))
    row = found.select_related("unit", "building__unit", "facility__unit").first()
    if row is None:
        return _once_there(code, today)
    thing = row.building or row.facility
    unit = thing.unit if thing is not None else row.unit
    if row.retired_at is None and not _is_gone(row):
        if unit.ended_on is None:
            return Hung(unit, row.building, row.entrance, row.facility, row.name)
        heirs = successors(unit, today)
        if len(heirs) == 1:
            return Hung(heirs[0], row.building, row.entrance, row.facility, row.name)
    return Hung(None, name=row.name, choices=_choices(unit, today))


def _is_gone(row: Placard) -> bool:
    """Whether the building or the facility that it was made for is no longer there."""
    if row.facility is not None:
        return bool(row.facility.state == State.GONE)
    return row.building is None and not row.target.startswith("unit:")


def _once_there(code: str, today: date) -> Hung | None:
    """Find the place that a reference on an old sheet names, where it was merged away or divided."""
    gone = Unit.objects.filter(ref=code).exclude(ended_on=None).first()
    if gone is None:
        return None
    choices = _choices(gone, today)
    return Hung(choices[0] if len(choices) == 1 else None, name=gone.name, choices=choices)


def _choices(unit: Unit, today: date) -> tuple[Unit, ...]:
    """Give the places with a page that stand where a unit stood; else the nearest one above it."""
    paths = [one.path for one in successors(unit, today)] or line_above(unit.path)[-1:]
    found: dict[str, Unit] = {}
    line = [step for path in paths for step in (path, *line_above(path))]
    known = {one.path: one for one in public_places().filter(path__in=line)}
    for path in paths:
        near = next((known[at] for at in (path, *reversed(line_above(path))) if at in known), None)
        if near is not None:
            found[near.path] = near
    return tuple(found.values())


def list_placards(
    viewer: Viewer,
    *,
    under: Unit | None = None,
    text: str = "",
    sort: str = "place",
    cursor: str = "",
    size: int = 50,
) -> Page[Placard]:
    """List the placards that were made, those taken out of use too; two statements."""
    found = Placard.objects.filter(viewer.scope("cases.see"))
    if under is not None:
        found = found.filter(path__under=under.path)
    if text:
        found = found.filter(Q(search__contains=search_key(text)) | Q(code=read_code(text)))
    return page_of(found, SORTS[sort], cursor=cursor, size=size)


def placard_of(viewer: Viewer, code: str) -> Placard | None:
    """Find a placard by its code; None where the viewer may not see it."""
    return Placard.objects.filter(viewer.scope("cases.see"), code=read_code(code)).first()
