"""Whom a message would reach, before it is sent: posts, people and households by level, and who cannot be reached."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Count, Q, Sum

from renwang.chain.models import Route
from renwang.outreach.board import Preview, preview_of
from renwang.outreach.services.tallying import prefixes

NAMED = 20  # of those who cannot be reached


@dataclass(frozen=True, slots=True)
class LevelRow:
    """One level of the chain in the area: how many posts are called there, with how many households of their own."""

    structure: str
    level: str
    posts: int
    households: int
    unreachable: int


@dataclass(frozen=True, slots=True)
class Unreachable:
    """A post nobody can call, and the households that hang on it."""

    unit_name: str
    unit_ref: str
    post_title: str
    households: int


@dataclass(frozen=True, slots=True)
class Audience:
    """Everybody a message would be carried to."""

    total: Preview
    people: int  # one who holds several posts is counted once, and called once
    levels: tuple[LevelRow, ...]
    channels: tuple[
        tuple[str, int], ...
    ]  # by which channel the first try goes, and to how many posts
    unreachable: tuple[Unreachable, ...]  # the first of them, those with most households first


def audience_of(top: str, places: Sequence[str]) -> Audience:
    """Estimate whom a message from `top` to some places would reach; five statements."""
    inside = reduce(or_, (Q(path__under=place) for place in places), Q(pk__in=[]))
    between = {up for place in places for up in prefixes(place) if up.startswith(top)}
    called = Route.objects.filter(inside | Q(path__in=sorted(between)))
    first = called.filter(rung=0)
    nobody = Q(person=None)
    levels = (
        first.order_by()
        .values("unit__structure", "unit__level", "unit__depth")
        .annotate(
            posts=Count("pk"),
            homes=Sum("households"),
            nobody=Count("pk", filter=nobody),
        )
        .order_by("unit__depth")
    )
    channels = (
        first.exclude(person=None)
        .order_by()
        .values_list("channel")
        .annotate(number=Count("pk"))
        .order_by("-number")
    )
    missing = first.filter(nobody).select_related("unit", "post").order_by("-households", "path")
    return Audience(
        preview_of(top, places),
        first.exclude(person=None).values("person_id").distinct().count(),
        tuple(
            LevelRow(
                row["unit__structure"],
                row["unit__level"],
                row["posts"],
                row["homes"] or 0,
                row["nobody"],
            )
            for row in levels
        ),
        tuple(channels),
        tuple(
            Unreachable(one.unit.name, one.unit.ref, one.post.title, one.households)
            for one in missing[:NAMED]
        ),
    )
