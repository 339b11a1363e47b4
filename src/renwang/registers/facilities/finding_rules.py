"""What is wrong with the facilities of a place: each hole with its gravity, where, and who can mend it. Values in, findings out.

Its sentence is in `finding_words.py`. The readiness check asks the same rules.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum, StrEnum

from renwang.registers.facilities.rules import USABLE, State
from renwang.registers.facilities.stock_rules import (
    Freshness,
    StockSeen,
    first_out,
    freshness_of,
    missing,
    names_of,
    uncounted,
)


class Hole(StrEnum):
    """What can be wrong."""

    OUT_OF_ORDER = "out_of_order"
    NONE_IN_REACH = "none_in_reach"
    SHARE_SHORT = "share_short"
    GRAVE_DEFECT_LATE = "grave_defect_late"
    OUT_OF_USE = "out_of_use"
    BACK_OVERDUE = "back_overdue"
    NOT_INSPECTED = "not_inspected"
    INSPECTION_LATE = "inspection_late"
    DEFECT_LATE = "defect_late"
    NO_POST = "no_post"
    POST_CLOSED = "post_closed"
    POST_VACANT = "post_vacant"
    BEYOND_REACH = "beyond_reach"
    NO_STEP_FREE = "no_step_free"
    NO_ROLE = "no_role"
    NO_BACKUP = "no_backup"
    FEW_EXITS = "few_exits"
    TIER_MISSING = "tier_missing"
    STOCK_NONE = "stock_none"
    STOCK_SHORT = "stock_short"
    STOCK_OVER = "stock_over"
    STOCK_ENDING = "stock_ending"
    STOCK_UNCOUNTED = "stock_uncounted"
    NO_HOURS = "no_hours"
    NO_CAPACITY = "no_capacity"
    NO_POSITION = "no_position"


class Severity(IntEnum):
    """How grave it is; the gravest sorts first."""

    GRAVE = 0  # when it happens, it fails or is not there
    ATTENTION = 1  # it will fail when one more thing goes wrong
    NOTE = 2  # the paper is not whole


class Mender(StrEnum):
    """Who can mend it."""

    KEEPER = "keeper"  # who keeps the facilities there
    INSPECTOR = "inspector"  # who goes round there
    CHAIN = "chain"  # who appoints people to posts there


_WEIGHTS: Mapping[Hole, tuple[Severity, Mender]] = {
    Hole.OUT_OF_ORDER: (Severity.GRAVE, Mender.KEEPER),
    Hole.NONE_IN_REACH: (Severity.GRAVE, Mender.KEEPER),
    Hole.SHARE_SHORT: (Severity.GRAVE, Mender.KEEPER),
    Hole.GRAVE_DEFECT_LATE: (Severity.GRAVE, Mender.KEEPER),
    Hole.OUT_OF_USE: (Severity.ATTENTION, Mender.KEEPER),
    Hole.BACK_OVERDUE: (Severity.ATTENTION, Mender.KEEPER),
    Hole.NOT_INSPECTED: (Severity.ATTENTION, Mender.INSPECTOR),
    Hole.INSPECTION_LATE: (Severity.ATTENTION, Mender.INSPECTOR),
    Hole.DEFECT_LATE: (Severity.ATTENTION, Mender.KEEPER),
    Hole.NO_POST: (Severity.ATTENTION, Mender.KEEPER),
    Hole.POST_CLOSED: (Severity.ATTENTION, Mender.KEEPER),
    Hole.POST_VACANT: (Severity.ATTENTION, Mender.CHAIN),
    Hole.BEYOND_REACH: (Severity.ATTENTION, Mender.KEEPER),
    Hole.NO_STEP_FREE: (Severity.ATTENTION, Mender.KEEPER),
    Hole.NO_ROLE: (Severity.ATTENTION, Mender.KEEPER),
    Hole.NO_BACKUP: (Severity.ATTENTION, Mender.KEEPER),
    Hole.FEW_EXITS: (Severity.ATTENTION, Mender.KEEPER),
    Hole.TIER_MISSING: (Severity.ATTENTION, Mender.KEEPER),
    Hole.STOCK_NONE: (Severity.ATTENTION, Mender.KEEPER),
    Hole.STOCK_SHORT: (Severity.ATTENTION, Mender.KEEPER),
    Hole.STOCK_OVER: (Severity.ATTENTION, Mender.KEEPER),
    Hole.STOCK_ENDING: (Severity.NOTE, Mender.KEEPER),
    Hole.STOCK_UNCOUNTED: (Severity.NOTE, Mender.INSPECTOR),
    Hole.NO_HOURS: (Severity.NOTE, Mender.KEEPER),
    Hole.NO_CAPACITY: (Severity.NOTE, Mender.KEEPER),
    Hole.NO_POSITION: (Severity.NOTE, Mender.KEEPER),
}


@dataclass(frozen=True, slots=True)
class PostSeen:
    """The post that answers for a facility: its title, whether anybody stands for it, whether it still exists."""

    key: str
    title: str
    is_held: bool = True
    is_closed: bool = False


@dataclass(frozen=True, slots=True)
class DefectSeen:
    """A defect that is not mended."""

    number: int
    words: str
    due_on: date
    is_grave: bool = False


@dataclass(frozen=True, slots=True)
class FacilitySeen:
    """A facility as the rules see it. What its kind does not have, or nobody asks of it, is True."""

    ref: str
    name: str
    path: str
    kind: str
    state: State = State.READY
    expected_on: date | None = None  # back in use
    inspected_on: date | None = None
    inspect_due_on: date | None = None
    post: PostSeen | None = None
    defects: tuple[DefectSeen, ...] = ()
    is_grave: bool = False  # of its kind: being out of order is grave
    has_backup: bool = True
    has_role: bool = True
    has_hours: bool = True
    has_capacity: bool = True
    has_position: bool = True
    exits: float | None = None
    least_exits: float | None = None
    stock: StockSeen | None = None  # where none is kept and none is asked for


@dataclass(frozen=True, slots=True)
class ReachSeen:
    """How a place is served by one kind, or by one service that several kinds give."""

    path: str
    service: str
    households: int
    beyond: int


@dataclass(frozen=True, slots=True)
class ShareSeen:
    """How many people all facilities of a kind hold in a place, and how many live there."""

    path: str
    kind: str
    people: int
    held: int
    share: float  # that is to be held


@dataclass(frozen=True, slots=True)
class PlaceSeen:
    """A place for which a tier of service centres is expected, and whether it has one."""

    path: str
    tier: str
    has_centre: bool


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: what, how grave, where, and who can mend it."""

    hole: Hole
    path: str
    kind: str = ""  # of facility, or the service that is missing
    ref: str = ""  # of the facility it is about
    params: Mapping[str, object] = field(default_factory=dict, hash=False)

    @property
    def severity(self) -> Severity:
        """How grave it is."""
        return _WEIGHTS[self.hole][0]

    @property
    def mender(self) -> Mender:
        """Who can mend it."""
        return _WEIGHTS[self.hole][1]

    @property
    def order(self) -> tuple[int, str, str, str, str]:
        """The gravest first, then by hole and place."""
        return self.severity, self.hole.value, self.path, self.kind, self.ref


STEP_FREE = "step_free"
"""The service of shelters into which one comes without a step."""


def find_faults(
    facilities: Iterable[FacilitySeen],
    today: date,
    *,
    reaches: Iterable[ReachSeen] = (),
    shares: Iterable[ShareSeen] = (),
    places: Iterable[PlaceSeen] = (),
    beyond_share: float = 0.0,
) -> list[Finding]:
    """Find everything that is wrong with some facilities on a day, the gravest first.

    `beyond_share` of the households of a place may live beyond reach before
    that is a hole. What is gone has no faults.
    """
    found: list[Finding] = []
    for one in facilities:
        if one.state is not State.GONE:
            for rule in _OF_ONE:
                found += rule(one, today)
    reaches = list(reaches)
    for reach in reaches:
        found += _reach(reach, beyond_share)
    for share in shares:
        found += _share(share)
    found += [
        Finding(Hole.TIER_MISSING, one.path, params={"tier": one.tier})
        for one in places
        if not one.has_centre
    ]
    return sorted(found, key=lambda one: one.order)


# --- of one facility --------------------------------------------------------------


def _about(one: FacilitySeen, hole: Hole, **params: object) -> Finding:
    return Finding(hole, one.path, one.kind, one.ref, {"name": one.name, **params})


def _state(one: FacilitySeen, today: date) -> list[Finding]:
    if one.state is State.READY:
        return []
    found = []
    if one.state not in USABLE:
        is_grave = one.is_grave and one.state is State.OUT_OF_ORDER
        found.append(_about(one, Hole.OUT_OF_ORDER if is_grave else Hole.OUT_OF_USE))
        if one.expected_on is None:
            found.append(_about(one, Hole.BACK_OVERDUE))
    if one.expected_on is not None and one.expected_on < today:
        found.append(_about(one, Hole.BACK_OVERDUE, until=one.expected_on))
    return found


def _inspection(one: FacilitySeen, today: date) -> list[Finding]:
    if one.inspect_due_on is None or one.inspect_due_on >= today:
        return []
    if one.inspected_on is None:
        return [_about(one, Hole.NOT_INSPECTED, until=one.inspect_due_on)]
    params = {"since": one.inspected_on, "until": one.inspect_due_on}
    return [_about(one, Hole.INSPECTION_LATE, **params)]


def _defects(one: FacilitySeen, today: date) -> list[Finding]:
    return [
        _about(
            one,
            Hole.GRAVE_DEFECT_LATE if defect.is_grave else Hole.DEFECT_LATE,
            defect=defect.words,
            until=defect.due_on,
        )
        for defect in one.defects
        if defect.due_on < today
    ]


def _post(one: FacilitySeen, today: date) -> list[Finding]:
    if one.post is None:
        return [_about(one, Hole.NO_POST)]
    if one.post.is_closed:
        return [_about(one, Hole.POST_CLOSED, post=one.post.title, key=one.post.key)]
    if not one.post.is_held:
        return [_about(one, Hole.POST_VACANT, post=one.post.title, key=one.post.key)]
    return []


def _paper(one: FacilitySeen, today: date) -> list[Finding]:
    lacking = {
        Hole.NO_BACKUP: one.has_backup,
        Hole.NO_ROLE: one.has_role,
        Hole.NO_HOURS: one.has_hours,
        Hole.NO_CAPACITY: one.has_capacity,
        Hole.NO_POSITION: one.has_position,
    }
    found = [_about(one, hole) for hole, is_there in lacking.items() if not is_there]
    if one.least_exits is not None and one.exits is not None and one.exits < one.least_exits:
        found.append(_about(one, Hole.FEW_EXITS, exits=int(one.exits), least=int(one.least_exits)))
    return found


def _stock(one: FacilitySeen, today: date) -> list[Finding]:
    seen = one.stock
    if seen is None:
        return []
    if not seen.lots:
        return [_about(one, Hole.STOCK_NONE)] if seen.needed else []
    found = [
        _about(one, Hole.STOCK_SHORT, thing=what.name, held=f"{held:g}", least=f"{what.least:g}", unit=what.unit)
        for what, held in missing(seen, today)
    ]  # fmt: skip
    of_day = {
        fresh: [
            lot
            for lot in first_out(seen.lots)
            if lot.quantity and freshness_of(lot.expires_on, today, seen.soon) is fresh
        ]
        for fresh in (Freshness.OVER, Freshness.ENDING)
    }
    for fresh, hole in (
        (Freshness.OVER, Hole.STOCK_OVER),
        (Freshness.ENDING, Hole.STOCK_ENDING),
    ):
        if lots := of_day[fresh]:
            things = names_of(lots)
            found.append(_about(one, hole, things=things, until=lots[0].expires_on))
    if lots := uncounted(seen, today):
        found.append(_about(one, Hole.STOCK_UNCOUNTED, things=names_of(lots), days=seen.every))
    return found


_OF_ONE = (_state, _inspection, _defects, _post, _paper, _stock)


# --- of a place ---------------------------------------------------------------------


def _reach(one: ReachSeen, beyond_share: float) -> list[Finding]:
    if one.beyond <= one.households * beyond_share:
        return []
    params = {"households": one.beyond, "all": one.households}
    if one.service == STEP_FREE:
        return [Finding(Hole.NO_STEP_FREE, one.path, one.service, params=params)]
    hole = Hole.NONE_IN_REACH if one.beyond == one.households else Hole.BEYOND_REACH
    return [Finding(hole, one.path, one.service, params=params)]


def _share(one: ShareSeen) -> list[Finding]:
    wanted = one.people * one.share
    if one.held >= wanted:
        return []
    params = {"held": one.held, "wanted": round(wanted), "share": round(one.share * 100)}
    return [Finding(Hole.SHARE_SHORT, one.path, one.kind, params=params)]
