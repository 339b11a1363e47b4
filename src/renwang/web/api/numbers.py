"""Old numbers over the API: where a department's grid, or a grid of an earlier code, lies today."""

from datetime import date

from django.http import HttpRequest
from ninja import Field, Router, Schema

from renwang.chain.tree import today
from renwang.registers.claims.selectors import find_place
from renwang.web.api.keys import require

router = Router(tags=["units"])


class PlaceOut(Schema):
    """A unit that stands where the old number leads."""

    id: str
    ref: str = Field(description="Readable over a telephone")
    code: str
    name: str


class LedOut(Schema):
    """One place that an old number leads to."""

    department: str = Field(description="Whose number it was; empty for a code of our own")
    number: str
    name: str = Field(description="What the department called its grid")
    share: float = Field(description="Part of the old grid that lies there, 0 to 1")
    households: int
    since: date | None
    units: list[PlaceOut] = Field(description="Several where the grid was split since")


class LedTo(Schema):
    """Where an old number leads; nothing where nobody ever had it, or it lies out of reach."""

    items: list[LedOut]


@router.get("/{code}", response=LedTo, summary="Find the place of an old number")
def find_old_number(request: HttpRequest, code: str, on: date | None = None, department: str = ""):
    """By a department's number, or by a code that one of our grids has or had; on a day, today unless said."""
    viewer = require(request, "chain.see")
    items = []
    for led in find_place(code[:40], on or today(request.now), department=department):
        units = [unit for unit in led.units if viewer.may("chain.see", unit.path)]
        if units:
            items.append(
                {
                    "department": led.department,
                    "number": led.number,
                    "name": led.name,
                    "share": led.share / 10_000,
                    "households": led.households,
                    "since": led.since,
                    "units": [
                        {"id": str(one.pk), "ref": one.ref, "code": one.code, "name": one.name}
                        for one in units
                    ],
                }
            )
    return {"items": items}
