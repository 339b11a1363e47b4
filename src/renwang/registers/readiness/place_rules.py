"""What is wrong with places, their posts and how people are reached. Values in, holes out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from renwang.registers.readiness.rules import Found

TERM_ENDS_SOON = timedelta(days=30)
GRID_AT_MOST = 500
"""Households that one grid worker can know; customary, not law: see docs/reference/readiness.md."""
HANGS_ON_ONE = 3
"""Answering posts at different places that one person can hold before too much hangs on him."""
VOICE = frozenset({"phone", "sms"})


@dataclass(frozen=True, slots=True)
class WaySeen:
    """One way to reach a person: of which kind, and what it has proved."""

    kind: str
    has_failed: bool = False  # when it was last used
    has_worked: bool = False  # somebody answered through it, ever
    is_stale: bool = False  # it worked, but long ago


@dataclass(frozen=True, slots=True)
class PersonSeen:
    """Somebody on a post."""

    key: str
    rank: int  # 0 the holder, from 1 on deputies
    ways: tuple[WaySeen, ...] = ()
    has_left: bool = False
    signs_in: bool = True
    until: date | None = None  # where his term ends


@dataclass(frozen=True, slots=True)
class PostSeen:
    """A post that stands, with its people in order."""

    key: str
    title: str
    answers: bool = False
    people: tuple[PersonSeen, ...] = ()
    desk: bool = False  # its work is done at the desk

    @property
    def standing(self) -> tuple[PersonSeen, ...]:
        """Those on it who have not left."""
        return tuple(one for one in self.people if not one.has_left)


@dataclass(frozen=True, slots=True)
class PlaceSeen:
    """A unit that stands: what it is for, what is kept of it, its posts."""

    path: str
    name: str
    is_grid: bool = False
    is_leaf: bool = False  # its posts knock at the doors
    has_role: bool = True  # its level has a post that answers
    doors: int = 0  # households kept at this very place
    households: int = 0  # those declared, and all below
    is_drawn: bool = True
    posts: tuple[PostSeen, ...] = ()

    @property
    def answering(self) -> PostSeen | None:
        """The post that a warning is addressed to."""
        return next((one for one in self.posts if one.answers), None)


def find_place_holes(place: PlaceSeen, today: date) -> list[Found]:
    """Find what is wrong with one place, its posts and their people."""
    found = _answering(place) + _land(place)
    for post in place.posts:
        found += _post(place, post, today)
        if post.answers:
            found += _reached(place, post)
    return found


def _hole(check: str, at: PlaceSeen, of: PostSeen | None = None, **params: object) -> Found:
    if of is None:
        return Found(check, at.path, at.path, at.path, {"place": at.name, **params})
    return Found(check, at.path, of.key, of.key, {"post": of.title, **params})


# --- does anybody answer ---------------------------------------------------------


def _answering(place: PlaceSeen) -> list[Found]:
    post = place.answering
    if post is None:
        return [_hole("chain.no_answering_post", place)] if place.has_role else []
    if not post.standing:
        check = "chain.vacant"
        if place.is_leaf:
            check = "chain.doors_without_carrier"
        elif place.is_grid:
            check = "chain.grid_without_worker"
        return [_hole(check, place, post, place=place.name, households=place.households)]
    if post.standing[0].rank > 0:
        return [_hole("chain.deputy_acts", place, post)]
    if len(post.standing) == 1 and not place.is_leaf:
        return [_hole("chain.no_deputy", place, post)]
    return []


def _post(place: PlaceSeen, post: PostSeen, today: date) -> list[Found]:
    found = []
    if not post.answers and not post.standing:
        found.append(_hole("chain.other_vacant", place, post))
    for one in post.people:
        subject = f"{post.key}/{one.key}"
        params = {"post": post.title, "person": one.key}
        if one.has_left:
            found.append(Found("chain.gone_still_listed", place.path, subject, post.key, params))
        elif one.until is not None and one.until <= today + TERM_ENDS_SOON:
            params |= {"until": one.until.isoformat()}
            found.append(Found("chain.term_ends", place.path, subject, post.key, params))
    if post.desk and post.standing and not any(one.signs_in for one in post.standing):
        found.append(_hole("chain.nobody_signs_in", place, post))
    return found


# --- can he be reached -------------------------------------------------------------


def _reached(place: PlaceSeen, post: PostSeen) -> list[Found]:
    """Only the worst is said of how a post is reached: whoever mends it looks at all of it."""
    if not post.standing:
        return []
    ways = [way for one in post.standing for way in one.ways]
    if not ways:
        return [_hole("chain.unreachable", place, post)]
    if all(way.has_failed for way in ways):
        return [_hole("chain.silent", place, post, count=len(ways))]
    if place.is_leaf:
        return []
    found = []
    holder = post.standing[0]
    if holder.ways and all(way.has_failed for way in holder.ways):
        found.append(_hole("chain.holder_silent", place, post))
    elif any(way.has_failed for way in ways):
        count = sum(way.has_failed for way in ways)
        found.append(_hole("chain.contact_failed", place, post, count=count))
    if len(ways) == 1:
        found.append(_hole("chain.one_way", place, post))
    if not any(way.kind in VOICE for way in ways):
        found.append(_hole("chain.no_telephone", place, post))
    return found + _proved(place, post, ways)


def _proved(place: PlaceSeen, post: PostSeen, ways: Sequence[WaySeen]) -> list[Found]:
    proved = [way for way in ways if way.has_worked]
    if not proved:
        return [_hole("chain.never_answered", place, post)]
    if all(way.is_stale for way in proved):
        return [_hole("chain.long_unanswered", place, post)]
    return []


# --- the land ------------------------------------------------------------------------


def _land(place: PlaceSeen) -> list[Found]:
    found = []
    if place.is_grid and not place.is_drawn:
        found.append(_hole("chain.grid_not_drawn", place))
    if place.is_grid and place.households > GRID_AT_MOST:
        count = place.households
        found.append(
            _hole("chain.grid_too_large", place, None, households=count, most=GRID_AT_MOST)
        )
    if place.is_leaf and not place.households:
        found.append(_hole("chain.nobody_counted", place))
    return found


# --- one person on whom too much hangs ------------------------------------------------


def find_overloaded(held: Mapping[str, Sequence[tuple[str, str, str]]]) -> list[Found]:
    """Find people who hold answering posts at too many places; `held` gives (place, post, title) of each person.

    The hole lies at the first of the places, so that it is one wherever it is looked for.
    """
    found = []
    for person, posts in held.items():
        places = {path for path, _post, _title in posts}
        if len(places) > HANGS_ON_ONE:
            path, post, title = min(posts)
            params = {"person": person, "count": len(places), "post": title}
            found.append(Found("chain.too_much_on_one", path, person, post, params))
    return found


# --- two hands ---------------------------------------------------------------------------

STEPS: Mapping[str, tuple[str, str]] = {
    "hands.warnings": ("alerts.compose", "alerts.approve"),
    "hands.duties": ("duties.write", "duties.approve"),
    "hands.bulletins": ("bulletins.write", "bulletins.approve"),
}
"""Steps that take two people: who writes, and who approves what another wrote."""


def find_lone_hands(
    path: str,
    name: str,
    holders: Callable[[str], frozenset[object]],
    wrote_here: Callable[[str], bool],
) -> list[Found]:
    """Find two-handed steps that one person alone would have to do at a place.

    `holders` gives who holds a capability there, from wherever; `wrote_here`
    says whether the capability was given for this very place.
    """
    found = []
    for check, (writes, approves) in STEPS.items():
        if not wrote_here(writes):
            continue
        writers, approvers = holders(writes), holders(approves)
        if not any(approvers - {writer} for writer in writers):
            params = {"place": name, "count": len(approvers)}
            found.append(Found(check, path, path, path, params))
    return found
