"""Who can be called, rung by rung: for a post, and for an errand level by level."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q

from renwang.chain.models import Contact, Post, Route
from renwang.chain.reach import BUNDLES, grants_in_force
from renwang.chain.rules import line_above
from renwang.chain.selectors.rosters import shifts_at
from renwang.outreach.errand_rules import is_urgent, may_ring
from renwang.outreach.models import Errand, Notice
from renwang.outreach.setwise import in_chunks

BESIDE = 99
"""The rank of somebody who may do the work at a place without holding or deputising in its post."""


class Rung(NamedTuple):
    """One rung of a ladder, without the weight of a model."""

    rung: int
    rank: int
    person_id: UUID | None
    contact_id: UUID | None
    channel: str


def ladders_of(posts: Collection[UUID]) -> dict[UUID, list[Rung]]:
    """Read the ladders of posts as they are now; one statement for a thousand."""
    ladders: dict[UUID, list[Rung]] = defaultdict(list)
    for some in in_chunks(sorted(posts)):
        found = Route.objects.filter(post_id__in=some).order_by("post_id", "rung")
        for post_id, *values in found.values_list("post_id", *Rung._fields):
            ladders[post_id].append(Rung(*values))
    return ladders


# --- errands ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Level:
    """One level of an errand's ladder: the post that answers there, and whom one may call for it."""

    post_id: UUID
    unit_id: UUID
    path: str
    rungs: list[Rung]


def levels_of(errand: Errand, now: datetime) -> list[Level]:
    """Say who may be called to an errand, from its own place upward; four statements, five where it is somebody's own.

    Whose own work it is comes before everybody, whatever he holds. Then, at
    each level, the holder of the answering post, his deputies, and who may do
    the work from there without a post. Whoever may not do it, or wrote it
    himself, is left out; nobody stands on two levels.
    """
    line = [*line_above(errand.path), errand.path]
    posts = list(Post.objects.filter(path__in=line, answers=True, ended_on=None))
    posts.sort(key=lambda post: -len(post.path))
    if not posts:
        return []
    barred = _keys(errand.hands)
    own = _own(errand, barred)
    able = _able(errand.capability, line, now)
    ladders = ladders_of([post.pk for post in posts])
    seen = {*barred, *people_first(errand)}
    on_posts = {rung.person_id for rungs in ladders.values() for rung in rungs}
    beside = _beside(able, posts, on_posts | barred)
    urgent = is_urgent(errand.colour)
    levels = []
    for post in posts:
        rungs = [
            rung
            for rung in [*ladders[post.pk], *beside.get(post.pk, ())]
            if rung.person_id is not None and rung.contact_id is not None
            if rung.person_id not in seen and (able is None or rung.person_id in able)
        ]
        rungs = [*own, *rungs] if not levels else rungs
        seen |= {rung.person_id for rung in rungs if rung.person_id}
        levels.append(Level(post.pk, post.unit_id, post.path, _fit(rungs, urgent=urgent)))
    return levels


def people_first(errand: Errand) -> list[UUID]:
    """Give those whose own work an errand is, in order."""
    return [UUID(one) for one in errand.first.split(",") if one]


def _keys(text: str) -> set[UUID]:
    return {UUID(one) for one in text.split(",") if one}


def _own(errand: Errand, barred: Collection[UUID]) -> list[Rung]:
    """Put those whose own work it is before the ladders; one statement, none where it is nobody's own."""
    people = [one for one in people_first(errand) if one not in barred]
    ways = _ways_to(people)
    found = [(person, *way) for person in people for way in ways.get(person, ())]
    return [Rung(at - len(found), BESIDE, *way) for at, way in enumerate(found)]


def errand_ladders(notice: Notice, now: datetime) -> dict[UUID, list[Rung]]:
    """Give the ladders of the errand behind a notice by post, as they are now; five statements."""
    errand = Errand.objects.filter(notice=notice).first()
    return {level.post_id: level.rungs for level in levels_of(errand, now)} if errand else {}


def _able(capability: str, line: Sequence[str], now: datetime) -> dict[UUID, str] | None:
    """Give who holds a capability on a line, each with the nearest place; None where it takes none."""
    if not capability:
        return None
    bundles = [key for key, held in BUNDLES.items() if capability in held]
    grants = grants_in_force(now).filter(bundle__in=bundles, path__in=line, person__is_active=True)
    able: dict[UUID, str] = {}
    for person_id, path in grants.order_by("person__name", "pk").values_list("person_id", "path"):
        able[person_id] = max(able.get(person_id, ""), path, key=len)
    return able


def _beside(
    able: dict[UUID, str] | None, posts: Sequence[Post], known: Collection[UUID | None]
) -> dict[UUID, list[Rung]]:
    """Put who may do the work without a post on the line behind the nearest post at or above his place."""
    others = [person for person in able or () if person not in known]
    if not others or able is None:
        return {}
    ways = _ways_to(others)
    found: dict[UUID, list[Rung]] = defaultdict(list)
    for person in sorted(others, key=lambda one: -len(able[one])):
        above = (post for post in posts if len(post.path) <= len(able[person]))
        post = next(above, posts[-1])
        for contact, kind in ways[person]:
            number = 1_000 + len(found[post.pk])
            found[post.pk].append(Rung(number, BESIDE, person, contact, kind))
    return found


def _ways_to(people: Sequence[UUID]) -> dict[UUID, list[tuple[UUID, str]]]:
    """Give the contacts by which people can be reached, each with its kind; one statement, none for nobody."""
    ways: dict[UUID, list[tuple[UUID, str]]] = defaultdict(list)
    if not people:
        return ways
    usable = Contact.objects.filter(~Q(address="") | Q(kind=Contact.Kind.APP))
    usable = usable.filter(person__in=people, person__is_active=True)
    for person, contact, kind in usable.order_by("position", "pk").values_list(
        "person_id", "pk", "kind"
    ):
        ways[person].append((contact, kind))
    return ways


def _fit(rungs: Sequence[Rung], *, urgent: bool) -> list[Rung]:
    kinds: dict[UUID | None, set[str]] = defaultdict(set)
    for rung in rungs:
        kinds[rung.person_id].add(rung.channel)
    return [
        rung
        for rung in rungs
        if may_ring(rung.channel, frozenset(kinds[rung.person_id]), urgent=urgent)
    ]


def serving(path: str, now: datetime) -> set[UUID]:
    """Say who is on duty for a place now, by its own roster and by those above it; one statement."""
    shifts = shifts_at(path, now)
    return {
        person
        for person, places in shifts.items()
        if any(path.startswith(place) for place in places)
    }
