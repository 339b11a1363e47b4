"""What may stand where in the chain, who may hold what, and how far a grant may be passed on.

Values in; a value or a named refusal out. The sentences for the refusals are in `words.py`.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

PATH_LENGTH = 255
_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]{0,31}")


class Refusal(Exception):
    """A deed the rules do not allow; `params` are what its sentence names."""

    def __init__(self, **params: object) -> None:
        super().__init__(", ".join(f"{name}={value}" for name, value in params.items()))
        self.params = params


# --- the tree ----------------------------------------------------------------


class CodeNotUsable(Refusal):
    """A code holds something else than letters, digits, hyphens and underscores, or is too long."""


class CodeTaken(Refusal):
    """Another unit carries this code today."""


class PathTooLong(Refusal):
    """The unit would lie too deep for its path to be kept."""


class LevelOrderBroken(Refusal):
    """A unit's level must be deeper than the level of the unit above it."""


class WouldCircle(Refusal):
    """A unit would come to lie in itself."""


class UnitHasEnded(Refusal):
    """A unit that was split, merged or closed takes no further change."""


class UnitStillHolds(Refusal):
    """A unit that still has units, buildings, households or posts cannot simply end."""


def check_code(code: str) -> None:
    """Refuse a code that could not be part of a path."""
    if code and not _CODE.fullmatch(code):
        raise CodeNotUsable(code=code)


def compose_path(parent_path: str, code: str, short: str, *, taken: bool = False) -> str:
    """Compose a unit's path: its parent's, then its code, else its short code.

    `taken` says that an ended unit still lies at the path with the code; the
    short code then tells the two apart.
    """
    segment = f"{code}.{short}" if code and taken else code or short
    path = f"{parent_path or '/'}{segment}/"
    if len(path) > PATH_LENGTH:
        raise PathTooLong(limit=PATH_LENGTH)
    return path


def line_above(path: str) -> list[str]:
    """Return the paths of everything above a path, topmost first, without itself."""
    parts = path.strip("/").split("/")[:-1]
    return ["/" + "/".join(parts[: end + 1]) + "/" for end in range(len(parts))]


def check_level(rank: int, parent_rank: int | None, *, name: str, parent_name: str = "") -> None:
    """Refuse a unit whose level is not deeper than its parent's; levels may be skipped.

    `parent_rank` None is a root, which may be of any level: a community's own
    node begins with the community.
    """
    if parent_rank is not None and rank <= parent_rank:
        raise LevelOrderBroken(name=name, parent=parent_name)


def check_move(
    path: str, new_parent_path: str, *, name: str, depths: Iterable[int], parent_depth: int
) -> None:
    """Refuse to hang a unit below itself or below one of its own.

    `depths` are the lengths of the paths below it, relative to its parent's.
    """
    if new_parent_path.startswith(path):
        raise WouldCircle(name=name)
    if any(parent_depth + depth > PATH_LENGTH for depth in depths):
        raise PathTooLong(limit=PATH_LENGTH)


def find_circle(parents: Mapping[str, str]) -> list[str] | None:
    """Find a circle among key → parent's key; None means the tree is sound."""
    sound: set[str] = set()
    for start in parents:
        line: list[str] = []
        seen: set[str] = set()
        key = start
        while key in parents and key not in sound:
            if key in seen:
                return line[line.index(key) :]
            seen.add(key)
            line.append(key)
            key = parents[key]
        sound.update(line)
    return None


# --- dated changes -----------------------------------------------------------


class BeforeItBegan(Refusal):
    """A change is dated before the unit existed."""


class BeforeLastChange(Refusal):
    """A change is dated before another one that is already recorded."""


class InTheFuture(Refusal):
    """A change is dated later than today; it is recorded on the day it takes effect."""


class NotBrothers(Refusal):
    """Units of different levels, or with different units above them, cannot become one."""


class TooFewParts(Refusal):
    """A split needs two parts at least, and a merger two units."""


class NotPlaced(Refusal):
    """Something that lies in the unit was given to none of its parts."""


class PlacedTwice(Refusal):
    """Something was given to two parts at once."""


class NotOfThisUnit(Refusal):
    """Something was given to a part that does not lie in the unit being split."""


class HeadcountChanged(Refusal):
    """The parts together must have as many declared households and residents as the whole."""


@dataclass(frozen=True, slots=True)
class Dated:
    """A unit as a dated change sees it."""

    name: str
    since_on: date
    changed_on: date  # the day of its last change, or of its beginning
    ended_on: date | None = None


def check_change(units: Iterable[Dated], on: date, today: date) -> None:
    """Refuse a change of division on a day on which it cannot have happened.

    A second change on the day of the last one is allowed: that is how a slip
    of the same day is put right.
    """
    if on > today:
        raise InTheFuture(on=on)
    for unit in units:
        if unit.ended_on is not None:
            raise UnitHasEnded(name=unit.name, on=unit.ended_on)
        if on < unit.since_on:
            raise BeforeItBegan(name=unit.name, on=unit.since_on)
        if on < unit.changed_on:
            raise BeforeLastChange(name=unit.name, on=unit.changed_on)


@dataclass(frozen=True, slots=True)
class Share:
    """What one part of a split takes: keys of units, buildings and posts, and declared heads."""

    name: str
    takes: frozenset[str]
    households: int
    residents: int


def check_split(
    shares: Sequence[Share], whole: Mapping[str, str], households: int, residents: int
) -> None:
    """Refuse a split that loses or doubles anything; `whole` maps each key to its name."""
    if len(shares) < 2:
        raise TooFewParts()
    given: set[str] = set()
    for share in shares:
        for key in sorted(share.takes):
            if key not in whole:
                raise NotOfThisUnit(part=share.name)
            if key in given:
                raise PlacedTwice(name=whole[key])
            given.add(key)
    for key, name in whole.items():
        if key not in given:
            raise NotPlaced(name=name)
    if sum(share.households for share in shares) != households:
        raise HeadcountChanged(count=households)
    if sum(share.residents for share in shares) != residents:
        raise HeadcountChanged(count=residents)


def check_merge(brothers: Sequence[tuple[str, str, str | None]]) -> None:
    """Refuse to merge units that are not brothers: (structure, level, parent's key) must agree."""
    if len(brothers) < 2:
        raise TooFewParts()
    if len(set(brothers)) > 1:
        raise NotBrothers()


# --- posts -------------------------------------------------------------------


class PostAlreadyHeld(Refusal):
    """The post has a holder; he is named. Vacate it first."""


class HoldsThisPost(Refusal):
    """One person cannot be holder and deputy of the same post, nor deputy twice."""


class PostNotHeld(Refusal):
    """Nobody, or not this person, holds the post."""


class PostHasEnded(Refusal):
    """The post was closed."""


class PostAlreadyAnswers(Refusal):
    """A unit has one post that answers for it; it is named."""


class RoleUnknown(Refusal):
    """The structure knows no such role at this level."""


class PersonNotActive(Refusal):
    """The person has left and can be given nothing."""


class NotTheDeputies(Refusal):
    """A new order must name exactly the deputies there are."""


class TermEndsTooEarly(Refusal):
    """A term must end after it begins."""


@dataclass(frozen=True, slots=True)
class Held:
    """One current holding of a post: rank 0 is the holder, 1 and up his deputies."""

    person: str
    name: str
    rank: int


def check_holder(current: Sequence[Held], person: str) -> None:
    """Refuse a second holder, and a deputy who would deputise for himself."""
    for held in current:
        if held.rank == 0:
            raise PostAlreadyHeld(name=held.name)
        if held.person == person:
            raise HoldsThisPost(name=held.name)


def next_rank(current: Sequence[Held], person: str) -> int:
    """Say which rank a new deputy gets: after the last one, 1 where there is none."""
    for held in current:
        if held.person == person:
            raise HoldsThisPost(name=held.name)
    return max((held.rank for held in current), default=0) + 1


def reordered(current: Sequence[Held], order: Sequence[str]) -> dict[str, int]:
    """Give each deputy his new rank; `order` names exactly the deputies there are, first first."""
    deputies = sorted(held.person for held in current if held.rank > 0)
    if sorted(order) != deputies:
        raise NotTheDeputies()
    return {person: rank for rank, person in enumerate(order, start=1)}


def closed_up(current: Sequence[Held], leaving: str) -> dict[str, int]:
    """Give the remaining deputies ranks without a gap after one of them has left."""
    stay = [held for held in current if held.person != leaving and held.rank > 0]
    ranks = enumerate(sorted(stay, key=lambda held: held.rank), start=1)
    return {held.person: rank for rank, held in ranks if held.rank != rank}


def check_term(from_on: date, until_on: date | None) -> None:
    """Refuse a term that ends on or before the day it begins."""
    if until_on is not None and until_on <= from_on:
        raise TermEndsTooEarly(on=from_on)


# --- grants ------------------------------------------------------------------


class GrantProblem(StrEnum):
    """Why a grant cannot be passed on."""

    UNKNOWN_BUNDLE = "unknown_bundle"
    MAY_NOT_GIVE = "may_not_give"  # the giver may not give grants there
    TOO_MUCH = "too_much"  # more than the giver may do himself
    TOO_WIDE = "too_wide"  # a place outside the giver's
    TOO_LONG = "too_long"  # later than the giver's own end
    NEVER = "never"  # it would end before it begins


class GrantRefused(Refusal):
    """A grant would widen what it was taken from; `problems` say how."""

    def __init__(self, problems: Sequence[GrantProblem], **params: object) -> None:
        super().__init__(**params)
        self.problems = tuple(problems)


class GrantNotYours(Refusal):
    """Only one's own grant can be passed on."""


@dataclass(frozen=True, slots=True)
class Given:
    """A grant in force, as the rules see it; `until` None never ends."""

    key: str
    capabilities: frozenset[str]
    path: str
    until: datetime | None


def grant_problems(
    giver: Sequence[Given],
    capabilities: Collection[str] | None,
    path: str,
    from_at: datetime,
    until_at: datetime | None,
) -> list[GrantProblem]:
    """Say what forbids a grant; an empty list allows it. Delegation only narrows.

    The giver needs `grants.give` at the place, everything in the bundle at
    the place, and all of it until the end of the new grant. `capabilities`
    None is a bundle that does not exist.
    """
    if capabilities is None:
        return [GrantProblem.UNKNOWN_BUNDLE]
    found: list[GrantProblem] = []
    if until_at is not None and until_at <= from_at:
        found.append(GrantProblem.NEVER)
    here = [grant for grant in giver if path.startswith(grant.path)]
    if not any("grants.give" in grant.capabilities for grant in giver):
        return [*found, GrantProblem.MAY_NOT_GIVE]
    if not any("grants.give" in grant.capabilities for grant in here):
        return [*found, GrantProblem.TOO_WIDE]
    lasting = [grant for grant in here if _reaches(grant.until, until_at)]
    wanted = {*capabilities, "grants.give"}
    if not all(_held(capability, here) for capability in wanted):
        found.append(GrantProblem.TOO_MUCH)
    elif not all(_held(capability, lasting) for capability in wanted):
        found.append(GrantProblem.TOO_LONG)
    return found


def source_of(giver: Sequence[Given], path: str, until_at: datetime | None) -> str | None:
    """Name the grant from which a new one is taken, and with which it ends."""
    for grant in giver:
        fits = "grants.give" in grant.capabilities and path.startswith(grant.path)
        if fits and _reaches(grant.until, until_at):
            return grant.key
    return None


def _held(capability: str, grants: Iterable[Given]) -> bool:
    return any(capability in grant.capabilities for grant in grants)


def _reaches(end: datetime | None, wanted: datetime | None) -> bool:
    return end is None or (wanted is not None and wanted <= end)
