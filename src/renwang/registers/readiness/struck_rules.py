"""What is missing where a risk may strike: something to follow, practice in it, and stock near by. Values in, holes out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from renwang.registers.duties.rules import Phase
from renwang.registers.facilities.stock_rules import StockSeen, lacking
from renwang.registers.readiness.rules import Found
from renwang.registers.risks.scale_rules import Level


@dataclass(frozen=True, slots=True)
class RiskStanding:
    """A judged risk that lives on."""

    ref: str
    path: str
    hazard: str
    level: Level


@dataclass(frozen=True, slots=True)
class Followed:
    """A procedure in force for the response to a hazard, at the risk's place or above; with its runs that ended."""

    ref: str
    path: str
    ran: Sequence[tuple[str, datetime]] = ()  # where, when


def find_unplanned(
    risk: RiskStanding, followed: Sequence[Followed], now: datetime, *, within: timedelta | None
) -> list[Found]:
    """Find a risk for which nobody knows what to do, or nobody has done it within the term of its colour.

    A run counts, as an exercise or in earnest, that took place where the risk
    is, below or above it. `within` None asks for no practice. A risk of no
    hazard is told of elsewhere.
    """
    if not risk.hazard:
        return []
    about: dict[str, object] = {"ref": risk.ref, "hazard": risk.hazard}
    if not followed:
        params = {**about, "phase": Phase.RESPOND.value}
        return [Found("struck.no_procedure", risk.path, risk.ref, "", params)]
    if within is None:
        return []
    near = [
        (at, one.ref)
        for one in followed
        for place, at in one.ran
        if place.startswith(risk.path) or risk.path.startswith(place)
    ]
    if not near:
        nearest = max(followed, key=lambda one: (len(one.path), one.ref))
        return [Found("struck.never_practised", risk.path, risk.ref, nearest.ref, about)]
    at, ref = max(near)
    if at >= now - within:
        return []
    params = {**about, "since": f"{at:%Y-%m-%d}", "days": within.days}
    return [Found("struck.not_practised", risk.path, risk.ref, ref, params)]


# --- stock near by -------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StockPoint:
    """A facility in use that has to keep stock, with what it keeps."""

    ref: str
    path: str
    stock: StockSeen


def find_unstocked(
    path: str, name: str, risks: int, points: Iterable[StockPoint], today: date
) -> list[Found]:
    """Find a place with grave risks to which no stock point serves, or none that holds what should be there.

    Those at the place and below serve it, and those of the places above it.
    """
    serving = [one for one in points if one.path.startswith(path) or path.startswith(one.path)]
    params: dict[str, object] = {"place": name, "count": risks}
    if not serving:
        return [Found("struck.no_stock", path, path, "", params)]
    things = lacking([one.stock for one in serving], today)
    if not things:
        return []
    params["things"] = [one.name for one in things]
    nearest = max(serving, key=lambda one: (one.path.startswith(path), len(one.path), one.ref))
    return [Found("struck.stock_short", path, path, nearest.ref, params)]
