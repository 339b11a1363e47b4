"""Read a part of the list as its rules see it, and find what is wrong there; five statements for a thousand duties."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, FilteredRelation, Min, OuterRef, Q

from renwang.chain.models import Holding, Post, Unit
from renwang.chain.reach import Viewer
from renwang.chain.rules import line_above
from renwang.chain.selectors.naming import names_of
from renwang.outreach.setwise import in_chunks
from renwang.registers.duties.finding_rules import (
    LAPSED_FOR,
    DutySeen,
    Finding,
    HelperSeen,
    Hole,
    PostSeen,
    find_holes,
)
from renwang.registers.duties.models import Duty, Helper, Remark
from renwang.registers.duties.rules import OPEN, DutyState, Phase


@dataclass(frozen=True, slots=True)
class Holes:
    """What is wrong at a place and below it, the gravest first."""

    findings: list[Finding]
    units: Mapping[str, Unit]  # by path, of those that any finding is about
    people: Mapping[str, str]  # names of those any finding speaks of, by key
    judged: int  # duties that were looked at

    @property
    def counts(self) -> Counter[Hole]:
        """How many there are of each kind."""
        return Counter(one.hole for one in self.findings)

    @property
    def by_severity(self) -> Counter[int]:
        """How many there are of each gravity."""
        return Counter(int(one.severity) for one in self.findings)


def holes_at(viewer: Viewer, unit: Unit, *, now: datetime) -> Holes:
    """Find what is wrong with the duties at a place and below it, as far as the viewer sees."""
    if not viewer.may("duties.see", unit.path):
        return Holes([], {}, {}, 0)
    seen, posts = read_list(unit.path, now=now)
    findings = find_holes(seen, now, under=unit.path, posts=posts)
    paths = {one.path for one in findings}
    units = Unit.objects.filter(path__under=unit.path).only("ref", "name", "path")
    found = {one.path: one for one in units.iterator() if one.path in paths}
    named = {UUID(str(one.params["person"])) for one in findings if "person" in one.params}
    people = {str(key): one.name for key, one in names_of(viewer, named).items() if one.in_reach}
    return Holes(findings, found, people, len(seen))


def read_list(path: str, *, now: datetime) -> tuple[list[DutySeen], list[PostSeen]]:
    """Read the duties at and below a place with those above it, and the posts that lead; three statements."""
    return read_duties(Q(path__under=path) | Q(path__in=line_above(path)), now=now)


def read_duties(where: Q, *, now: datetime) -> tuple[list[DutySeen], list[PostSeen]]:
    """Read the duties at some places, and the posts that lead them; three statements for a thousand."""
    lapsed = Q(held_until=None) | Q(held_until__gt=now - LAPSED_FOR)
    waiting = Q(held_from=None, state__in=OPEN)
    objected = Remark.objects.filter(duty=OuterRef("pk"), is_objection=True, settled_at=None)
    follows = Duty.objects.filter(supersedes=OuterRef("pk")).exclude(
        state__in=(DutyState.DISCARDED, DutyState.WITHDRAWN)
    )
    duties = (
        Duty.objects.filter(where)
        .filter(waiting | (Q(held_from__isnull=False) & lapsed))
        .exclude(state=DutyState.DISCARDED)
        .annotate(
            objected_at=objected.order_by()
            .values("duty")
            .annotate(first=Min("at"))
            .values("first"),
            is_followed=Exists(follows),
            unit_ended=F("unit__ended_on"),
        )
        .order_by("path", "hazard", "phase", "ref")
    )
    rows = list(duties.values(*_COLUMNS, "objected_at", "is_followed", "unit_ended"))
    helpers = _helpers_seen([row["pk"] for row in rows])
    posts = posts_seen({row["leader_id"] for row in rows} - {None})
    seen = [_seen(row, posts, helpers) for row in rows]
    return seen, list(posts.values())


_COLUMNS = (
    "pk", "ref", "hazard", "phase", "path", "leader_id", "held_from", "held_until", "proposed_at",
    "gathering", "resources", "basis", "document",
)  # fmt: skip


def _seen(
    row: Mapping[str, Any],
    posts: Mapping[UUID, PostSeen],
    helpers: Mapping[UUID, list[HelperSeen]],
) -> DutySeen:
    return DutySeen(
        ref=row["ref"],
        hazard=row["hazard"],
        phase=Phase(row["phase"]),
        path=row["path"],
        leader=posts.get(row["leader_id"]),
        helpers=tuple(helpers.get(row["pk"], ())),
        since=row["held_from"],
        until=row["held_until"],
        proposed_at=row["proposed_at"] if row["held_from"] is None else None,
        objected_at=row["objected_at"] if row["held_from"] is None else None,
        has_gathering=bool(row["gathering"]),
        has_resources=bool(row["resources"]),
        has_basis=bool(row["basis"] or row["document"]),
        is_followed=bool(row["is_followed"]),
        place_has_ended=row["unit_ended"] is not None,
    )


def posts_seen(keys: set[Any]) -> dict[UUID, PostSeen]:
    """Read the posts with who holds and deputises for each; one statement for a thousand."""
    current = FilteredRelation("holdings", condition=Q(holdings__is_current=True))
    found: dict[UUID, PostSeen] = {}
    for some in in_chunks(sorted(keys)):
        posts = Post.objects.filter(pk__in=some).annotate(current=current)
        rows = posts.order_by("pk", "current__rank").values_list(
            "pk", "title", "unit__name", "path", "ended_on", "current__person", "current__rank"
        )
        for key, same in groupby(rows, key=itemgetter(0)):
            held = list(same)
            _key, title, unit, path, ended, *_first = held[0]
            people = [(rank, str(person)) for *_post, person, rank in held if person is not None]
            found[key] = PostSeen(
                str(key),
                f"{unit} {title}",
                path,
                next((who for rank, who in people if rank == 0), ""),
                tuple(who for rank, who in people if rank > 0),
                ended is not None,
            )
    return found


def _helpers_seen(duties: list[UUID]) -> dict[UUID, list[HelperSeen]]:
    """Read the helpers of some duties, and whether anybody stands for each; one statement for a thousand."""
    stands = Holding.objects.filter(post=OuterRef("post_id"), is_current=True)
    found: dict[UUID, list[HelperSeen]] = {}
    for some in in_chunks(duties):
        rows = Helper.objects.filter(duty__in=some).annotate(is_held=Exists(stands))
        for duty, post, unit, post_ended, body, body_ended, is_held in rows.values_list(
            "duty_id", "post__title", "post__unit__name", "post__ended_on",
            "organisation__name", "organisation__ended_on", "is_held",
        ):  # fmt: skip
            is_gone = (post_ended if post is not None else body_ended) is not None
            name = f"{unit} {post}" if post is not None else body
            found.setdefault(duty, []).append(
                HelperSeen(name, is_gone, post is not None and not is_gone and not is_held)
            )
    return found
