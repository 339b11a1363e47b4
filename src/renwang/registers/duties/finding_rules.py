"""What is wrong with a duties list: the holes, the overlaps, the contradictions. Values in, findings out.

Each finding says what, how grave, where, and who can mend it; its sentence is
in `finding_words.py`. The readiness check asks the same rules.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum

from renwang.registers.duties.rules import Phase
from renwang.registers.hazards import EVERY

ENDS_SOON = timedelta(days=30)
LAPSED_FOR = timedelta(days=90)
WAITS_LONG = timedelta(days=14)
TOO_MUCH = 12  # cells that one person can lead in the response without being torn apart


class Hole(StrEnum):
    """What can be wrong."""

    NO_LEADER = "no_leader"
    LEADER_ENDED = "leader_ended"
    VACANT = "vacant"
    TWO_LEADERS = "two_leaders"
    PHASE_MISSING = "phase_missing"
    LAPSED = "lapsed"
    PLACE_ENDED = "place_ended"
    DEPUTY_ACTS = "deputy_acts"
    NO_DEPUTY = "no_deputy"
    DEPUTY_CIRCLE = "deputy_circle"
    HELPER_LEFT = "helper_left"
    HELPER_VACANT = "helper_vacant"
    LED_TWICE = "led_twice"
    TOO_MANY = "too_many"
    ENDS_SOON = "ends_soon"
    OBJECTION_OPEN = "objection_open"
    PROPOSAL_WAITS = "proposal_waits"
    NO_GATHERING = "no_gathering"
    NO_RESOURCES = "no_resources"
    NO_BASIS = "no_basis"


class Severity(IntEnum):
    """How grave it is; the gravest sorts first."""

    GRAVE = 0  # nobody answers, or two do
    ATTENTION = 1  # it will fail when one more thing goes wrong
    NOTE = 2  # the paper is not whole


class Mender(StrEnum):
    """Who can mend it."""

    KEEPER = "keeper"  # who writes the duties list there
    APPROVER = "approver"
    CHAIN = "chain"  # who appoints people to posts there


_WEIGHTS: Mapping[Hole, tuple[Severity, Mender]] = {
    Hole.NO_LEADER: (Severity.GRAVE, Mender.KEEPER),
    Hole.LEADER_ENDED: (Severity.GRAVE, Mender.KEEPER),
    Hole.VACANT: (Severity.GRAVE, Mender.CHAIN),
    Hole.TWO_LEADERS: (Severity.GRAVE, Mender.KEEPER),
    Hole.PHASE_MISSING: (Severity.GRAVE, Mender.KEEPER),
    Hole.LAPSED: (Severity.GRAVE, Mender.KEEPER),
    Hole.PLACE_ENDED: (Severity.ATTENTION, Mender.KEEPER),
    Hole.DEPUTY_ACTS: (Severity.ATTENTION, Mender.CHAIN),
    Hole.NO_DEPUTY: (Severity.ATTENTION, Mender.CHAIN),
    Hole.DEPUTY_CIRCLE: (Severity.ATTENTION, Mender.CHAIN),
    Hole.HELPER_LEFT: (Severity.ATTENTION, Mender.KEEPER),
    Hole.HELPER_VACANT: (Severity.ATTENTION, Mender.CHAIN),
    Hole.LED_TWICE: (Severity.ATTENTION, Mender.KEEPER),
    Hole.TOO_MANY: (Severity.ATTENTION, Mender.KEEPER),
    Hole.ENDS_SOON: (Severity.ATTENTION, Mender.KEEPER),
    Hole.OBJECTION_OPEN: (Severity.ATTENTION, Mender.APPROVER),
    Hole.PROPOSAL_WAITS: (Severity.NOTE, Mender.APPROVER),
    Hole.NO_GATHERING: (Severity.NOTE, Mender.KEEPER),
    Hole.NO_RESOURCES: (Severity.NOTE, Mender.KEEPER),
    Hole.NO_BASIS: (Severity.NOTE, Mender.KEEPER),
}


@dataclass(frozen=True, slots=True)
class PostSeen:
    """A post as the rules see it: who holds it and who deputises, in order, by key."""

    key: str
    title: str
    path: str
    holder: str = ""
    deputies: tuple[str, ...] = ()
    is_closed: bool = False


@dataclass(frozen=True, slots=True)
class HelperSeen:
    """A helper: what it is called, whether it still exists, and whether anybody stands for it."""

    name: str
    is_gone: bool = False
    is_vacant: bool = False


@dataclass(frozen=True, slots=True)
class DutySeen:
    """A duty as the rules see it. `since` is None until it was approved."""

    ref: str
    hazard: str
    phase: Phase
    path: str
    leader: PostSeen | None = None
    helpers: tuple[HelperSeen, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    proposed_at: datetime | None = None  # while it waits for approval
    objected_at: datetime | None = None  # the oldest objection without an answer
    has_gathering: bool = True
    has_resources: bool = True
    has_basis: bool = True
    is_followed: bool = False  # a successor is drafted or approved
    place_has_ended: bool = False

    @property
    def cell(self) -> tuple[str, str, Phase]:
        """Where in the list it stands."""
        return self.path, self.hazard, self.phase

    def holds(self, now: datetime) -> bool:
        """Say whether it is in force."""
        return self.since is not None and self.since <= now and not self.is_over(now)

    def is_over(self, now: datetime) -> bool:
        """Say whether its end has come."""
        return self.until is not None and self.until <= now


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: what, how grave, where, and who can mend it."""

    hole: Hole
    path: str
    hazard: str = ""
    phase: Phase | None = None
    duties: tuple[str, ...] = ()  # references, the one to mend first
    post: str = ""  # key of the post it is about
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
    def order(self) -> tuple[int, str, str, str, tuple[str, ...]]:
        """The gravest first, then by kind and place."""
        return self.severity, self.hole.value, self.path, self.hazard, self.duties


def find_holes(
    duties: Sequence[DutySeen], now: datetime, *, under: str = "/", posts: Iterable[PostSeen] = ()
) -> list[Finding]:
    """Find everything that is wrong with some duties at a moment, the gravest first.

    `duties` are those at and below a place and those above it, which hold
    there too; only what lies at or below `under` is judged. `posts` are those
    whose deputies may stand in for each other.
    """
    holding = [one for one in duties if one.holds(now)]
    here = [one for one in holding if one.path.startswith(under)]
    waiting = [one for one in duties if one.since is None and one.path.startswith(under)]
    found: list[Finding] = []
    for rule in _OF_ONE:
        for duty in here:
            found.extend(rule(duty, now))
    for duty in waiting:
        found.extend(_waits(duty, now))
    found.extend(_of_posts(here))
    found.extend(_of_cells(here))
    lapsed = _lapsed(duties, holding, now, under)
    told = {(one.path, one.hazard, one.phase) for one in lapsed}
    missing = _missing_phases(holding, under)
    found.extend(one for one in missing if (one.path, one.hazard, one.phase) not in told)
    found.extend(lapsed)
    found.extend(_too_many(here))
    found.extend(_circles(posts, under))
    return sorted(found, key=lambda one: one.order)


# --- of one duty --------------------------------------------------------------


def _about(duty: DutySeen, hole: Hole, **params: object) -> Finding:
    post = duty.leader.key if duty.leader else ""
    return Finding(hole, duty.path, duty.hazard, duty.phase, (duty.ref,), post, params)


def _leads(duty: DutySeen, now: datetime) -> list[Finding]:
    return [_about(duty, Hole.NO_LEADER)] if duty.leader is None else []


def _helps(duty: DutySeen, now: datetime) -> list[Finding]:
    gone = [_about(duty, Hole.HELPER_LEFT, helper=one.name) for one in duty.helpers if one.is_gone]
    empty = [one for one in duty.helpers if one.is_vacant and not one.is_gone]
    return gone + [_about(duty, Hole.HELPER_VACANT, helper=one.name) for one in empty]


def _ends(duty: DutySeen, now: datetime) -> list[Finding]:
    soon = duty.until is not None and duty.until <= now + ENDS_SOON
    if soon and not duty.is_followed:
        return [_about(duty, Hole.ENDS_SOON, until=duty.until)]
    return []


def _paper(duty: DutySeen, now: datetime) -> list[Finding]:
    in_action = duty.phase in (Phase.PREPARE, Phase.RESPOND)
    found = []
    if not duty.has_gathering and in_action:
        found.append(_about(duty, Hole.NO_GATHERING))
    if not duty.has_resources and in_action:
        found.append(_about(duty, Hole.NO_RESOURCES))
    if not duty.has_basis:
        found.append(_about(duty, Hole.NO_BASIS))
    if duty.place_has_ended:
        found.append(_about(duty, Hole.PLACE_ENDED))
    return found


_OF_ONE: tuple[Callable[[DutySeen, datetime], list[Finding]], ...] = (_leads, _helps, _ends, _paper)


def _waits(duty: DutySeen, now: datetime) -> list[Finding]:
    if duty.objected_at is not None:
        return [_about(duty, Hole.OBJECTION_OPEN, since=duty.objected_at)]
    if duty.proposed_at is not None and duty.proposed_at <= now - WAITS_LONG:
        return [_about(duty, Hole.PROPOSAL_WAITS, since=duty.proposed_at)]
    return []


# --- of one post ------------------------------------------------------------------


def _of_posts(here: Sequence[DutySeen]) -> list[Finding]:
    """What is wrong with a post that leads is said once, whatever number of duties hang on it."""
    led: dict[str, list[DutySeen]] = {}
    for duty in here:
        if duty.leader is not None:
            led.setdefault(duty.leader.key, []).append(duty)
    found = []
    for key, duties in led.items():
        leader = duties[0].leader
        hole = trouble_of(leader) if leader else None
        if leader is None or hole is None:
            continue
        only = duties[0] if len(duties) == 1 else None
        params = {"post": leader.title, "count": len(duties)}
        refs = tuple(sorted(one.ref for one in duties))
        found.append(
            Finding(
                hole,
                min(one.path for one in duties),
                only.hazard if only else "",
                only.phase if only else None,
                refs,
                key,
                params,
            )
        )
    return found


def trouble_of(leader: PostSeen) -> Hole | None:
    """Say what is wrong with a post that leads; None where a holder and a deputy stand for it."""
    if leader.is_closed:
        return Hole.LEADER_ENDED
    if not leader.holder:
        return Hole.DEPUTY_ACTS if leader.deputies else Hole.VACANT
    return None if leader.deputies else Hole.NO_DEPUTY


# --- of several together --------------------------------------------------------


def _of_cells(here: Sequence[DutySeen]) -> list[Finding]:
    """Two that lead in one cell contradict each other; the same leader twice is only untidy."""
    cells: dict[tuple[str, str, Phase], list[DutySeen]] = {}
    for duty in here:
        cells.setdefault(duty.cell, []).append(duty)
    found = []
    for (path, hazard, phase), same in cells.items():
        if len(same) < 2:
            continue
        same.sort(key=lambda one: one.ref)
        leaders = {one.leader.key: one.leader.title for one in same if one.leader}
        refs = tuple(one.ref for one in same)
        if len(leaders) > 1:
            params = {"leaders": tuple(sorted(leaders.values()))}
            found.append(Finding(Hole.TWO_LEADERS, path, hazard, phase, refs, "", params))
        else:
            found.append(Finding(Hole.LED_TWICE, path, hazard, phase, refs))
    return found


def _missing_phases(holding: Sequence[DutySeen], under: str) -> list[Finding]:
    """A hazard that a place prepares for in some phases must be answered for in all, here or from above.

    What holds for all hazards answers too.
    """
    phases: dict[tuple[str, str], set[Phase]] = {}
    for duty in holding:
        phases.setdefault((duty.path, duty.hazard), set()).add(duty.phase)
    found: list[Finding] = []
    for path, hazard in phases:
        if not path.startswith(under):
            continue
        covered: set[Phase] = set()
        for place in _line(path):
            covered |= phases.get((place, hazard), set()) | phases.get((place, EVERY), set())
        found.extend(
            Finding(Hole.PHASE_MISSING, path, hazard, phase)
            for phase in Phase
            if phase not in covered
        )
    return found


def _lapsed(
    duties: Sequence[DutySeen], holding: Sequence[DutySeen], now: datetime, under: str
) -> list[Finding]:
    """What ran out lately and nothing took its place, also not from above."""
    held = {one.cell for one in holding}
    last: dict[tuple[str, str, Phase], DutySeen] = {}
    for duty in duties:
        if not duty.path.startswith(under) or duty.since is None or duty.until is None:
            continue
        if not now - LAPSED_FOR <= duty.until <= now or duty.until <= duty.since:
            continue
        follows = ((place, hazard) for place in _line(duty.path) for hazard in (duty.hazard, EVERY))
        if any((place, hazard, duty.phase) in held for place, hazard in follows):
            continue
        before = last.get(duty.cell)
        if before is None or before.until is None or before.until < duty.until:
            last[duty.cell] = duty
    return [_about(duty, Hole.LAPSED, until=duty.until) for duty in last.values()]


def _too_many(here: Sequence[DutySeen]) -> list[Finding]:
    """One person on whom too much hangs when it happens: counted over all posts he holds."""
    load: dict[str, list[DutySeen]] = {}
    for duty in here:
        if duty.phase is Phase.RESPOND and duty.leader and duty.leader.holder:
            load.setdefault(duty.leader.holder, []).append(duty)
    found: list[Finding] = []
    for person, led in load.items():
        if len(led) <= TOO_MUCH:
            continue
        refs = tuple(sorted(one.ref for one in led))
        params = {"person": person, "count": len(led)}
        post = led[0].leader.key if led[0].leader else ""
        found.append(Finding(Hole.TOO_MANY, led[0].path, "", Phase.RESPOND, refs, post, params))
    return found


# --- deputies -----------------------------------------------------------------------


def _circles(posts: Iterable[PostSeen], under: str) -> list[Finding]:
    found = []
    for circle in deputy_circles(posts):
        first = next((one for one in circle if one.path.startswith(under)), None)
        if first is not None:
            params = {"posts": tuple(one.title for one in circle)}
            found.append(Finding(Hole.DEPUTY_CIRCLE, first.path, post=first.key, params=params))
    return found


def deputy_circles(posts: Iterable[PostSeen]) -> list[tuple[PostSeen, ...]]:
    """Find the posts that only deputise for each other: when all their holders fall out, nobody is left.

    A post leads to those whose holders are its deputies. A circle is a set of
    posts that lead to each other and whose every deputy holds one of them.
    """
    known = {one.key: one for one in posts if not one.is_closed and one.holder}
    held_by: dict[str, list[str]] = {}
    for one in known.values():
        held_by.setdefault(one.holder, []).append(one.key)
    leads = {
        key: sorted({post for person in one.deputies for post in held_by.get(person, ())} - {key})
        for key, one in known.items()
    }
    circles = []
    for group in _strongly_joined(leads):
        if len(group) < 2:
            continue
        holders = {known[key].holder for key in group}
        if all(set(known[key].deputies) <= holders for key in group):
            circles.append(tuple(known[key] for key in sorted(group)))
    return sorted(circles, key=lambda circle: circle[0].key)


def _strongly_joined(leads: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """Group the nodes that reach each other (Kosaraju): walk, then walk the arrows backwards."""
    finished: list[str] = []
    seen: set[str] = set()
    for start in leads:
        stack = [(start, iter(leads[start]))] if start not in seen else []
        seen.add(start)
        while stack:
            key, rest = stack[-1]
            following = next((one for one in rest if one not in seen), None)
            if following is None:
                finished.append(key)
                stack.pop()
            else:
                seen.add(following)
                stack.append((following, iter(leads[following])))
    back: dict[str, list[str]] = {key: [] for key in leads}
    for key, targets in leads.items():
        for target in targets:
            back[target].append(key)
    groups: list[list[str]] = []
    placed: set[str] = set()
    for start in reversed(finished):
        if start in placed:
            continue
        placed.add(start)
        group, todo = [], [start]
        while todo:
            key = todo.pop()
            group.append(key)
            fresh = [one for one in back[key] if one not in placed]
            placed.update(fresh)
            todo.extend(fresh)
        groups.append(group)
    return groups


def _line(path: str) -> list[str]:
    """Name a place and all above it."""
    parts = path.strip("/").split("/")
    return ["/" + "/".join(parts[: end + 1]) + "/" for end in range(len(parts))]
