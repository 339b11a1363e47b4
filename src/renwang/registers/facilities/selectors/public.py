"""What everybody may know of facilities: where to go, whether it is open, how many fit. Nobody's name, post or telephone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from renwang.chain.rules import line_above
from renwang.registers.facilities.capacity_rules import Limit
from renwang.registers.facilities.kinds import Kind, known_terms
from renwang.registers.facilities.models import Facility
from renwang.registers.facilities.opening_rules import Opening, is_open
from renwang.registers.facilities.rules import USABLE, State
from renwang.registers.facilities.selectors.listing import with_capacity

MOST = 300


@dataclass(frozen=True, slots=True)
class Refuge:
    """Somewhere to go, or something that helps. `is_open` is None where nobody has said its hours."""

    name: str
    kind: Kind
    tier: str
    address: str
    lon: float | None
    lat: float | None
    state: State
    is_opened: bool  # it takes people in now
    is_open: bool | None
    hours: Opening
    step_free: bool | None
    people: int | None
    binding: Limit | None  # what the number rests on
    expected_on: object = None

    @property
    def is_usable(self) -> bool:
        """Whether one can go there at all."""
        return self.state in USABLE

    @property
    def order(self) -> tuple[bool, bool, bool, str]:
        """Those that take people in now first, then shelters, then the rest; what cannot be used last."""
        return not self.is_usable, not self.is_opened, not self.kind.shelters, self.name


def refuges_at(path: str, now: datetime) -> list[Refuge]:
    """Return what everybody may know of at a place, below it and right above it; one statement.

    What lies above counts where it belongs to a unit on the line itself: the
    shelter of the sub-district is there for each of its communities.
    """
    terms = known_terms()
    open_to_all = [k.key for k in terms.kinds.values() if k.is_public or k.has_tiers]
    found = Facility.objects.filter(kind__in=open_to_all).exclude(state=State.GONE)
    here = list(found.filter(path__under=path).order_by("name", "pk")[:MOST])
    here += list(found.filter(path__in=line_above(path)).order_by("name", "pk")[:MOST])
    with_capacity(here)
    local = timezone.localtime(now, timezone.get_default_timezone())
    return sorted((_refuge(one, terms.kinds[one.kind], local) for one in here), key=_order)


def _order(one: Refuge) -> tuple[bool, bool, bool, str]:
    return one.order


def _refuge(one: Facility, kind: Kind, at: datetime) -> Refuge:
    hours = Opening(one.weekdays, one.weekends, one.emergency_hours)
    opened = one.opened_at is not None
    return Refuge(
        one.name, kind, one.tier, one.address, one.lon, one.lat, State(one.state), opened,
        True if opened else is_open(hours, at, in_emergency=False),
        hours, one.fittings.get("step_free"),
        one.capacity.people if one.capacity else None,
        one.capacity.binding if one.capacity else None,
        one.expected_on,
    )  # fmt: skip


def has_refuges(path: str) -> bool:
    """Say whether anything at a place is known that everybody may know; one statement."""
    open_to_all = [k.key for k in known_terms().kinds.values() if k.is_public or k.has_tiers]
    found = Facility.objects.filter(path__under=path, kind__in=open_to_all)
    return bool(found.exclude(state=State.GONE).exists())


def spots_of(refuges: Sequence[Refuge]) -> list[tuple[int, Refuge]]:
    """Number those that have a position, as a sketch and its list name them."""
    return [(n, one) for n, one in enumerate(refuges, 1) if one.lon is not None]
