"""Which hops are slow and which posts are silent, over the warnings of the last months (W3)."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import (
    BigIntegerField,
    Case,
    Exists,
    F,
    FloatField,
    Max,
    OuterRef,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Cast

from renwang.base.paging import Page, page_of
from renwang.base.pure.text import search_key
from renwang.chain.models import Holding, Post, Unit
from renwang.chain.reach import Viewer
from renwang.outreach.hops import Hop

SEE = "alerts.see"


class Sort(StrEnum):
    """What the worst hop is."""

    WAIT = "wait"  # longest from being asked to a human answer
    HOP = "hop"  # longest from the level above having carried on
    SILENT = "silent"  # most often without any answer
    PLACE = "place"


@dataclass(frozen=True, slots=True)
class HopRow:
    """One post over the months asked about; times in seconds, None where nobody ever answered."""

    post_id: UUID
    unit_ref: str
    unit_name: str
    title: str
    holder: str
    asked: int
    answered: int
    silent: int
    vacant: int
    wait: float | None  # on average
    wait_longest: float | None
    hop: float | None
    hop_longest: float | None
    whole: int
    shortened: int
    by_mouth: int
    other: int

    @property
    def whole_share(self) -> float | None:
        """The share of answers given to the very words, 0 to 1; None without answers."""
        return self.whole / self.answered if self.answered else None


@dataclass(frozen=True, slots=True)
class LevelRow:
    """All posts of one depth together."""

    depth: int
    level: str
    structure: str
    asked: int
    answered: int
    silent: int
    wait: float | None
    hop: float | None
    whole: int
    shortened: int
    by_mouth: int
    other: int


_SUMS = (
    "asked", "answered", "silent", "vacant", "wait_total", "hop_total", "whole", "shortened",
    "by_mouth", "other",
)  # fmt: skip


def _hops(viewer: Viewer, since: date, under: Unit | None) -> QuerySet[Hop]:
    hops = Hop.objects.filter(viewer.scope(SEE), month__gte=since)
    return hops.filter(path__under=under.path) if under is not None else hops


def _average(total: str, number: str = "n_answered") -> Any:
    return Case(
        When(**{f"{number}__gt": 0}, then=F(total) * 1.0 / F(number)),
        default=Value(-1.0),
        output_field=FloatField(),
    )


def _in_ms(average: str) -> Any:
    return Cast(F(average) * 1000.0, BigIntegerField())


# Whole numbers: a page begins behind the last row of the one before, and a sum of fractions
# may come out otherwise the next time.
_KEYS = {
    Sort.WAIT: "-key_wait",
    Sort.HOP: "-key_hop",
    Sort.SILENT: "-n_silent",
    Sort.PLACE: "first_path",
}


def list_hops(
    viewer: Viewer,
    *,
    since: date,
    sort: Sort = Sort.WAIT,
    under: Unit | None = None,
    text: str = "",
    only_silent: bool = False,
    cursor: str = "",
    size: int = 50,
) -> Page[Any]:
    """List the posts that were asked since a month as `HopRow`s, the worst first; one statement for a page.

    Refuses with WrongCursor.
    """
    rows = (
        _hops(viewer, since, under)
        .values("post_id")
        .annotate(
            **{f"n_{name}": Sum(name) for name in _SUMS},
            longest_wait=Max("wait_longest"),
            longest_hop=Max("hop_longest"),
            first_path=Max("path"),
        )
        .annotate(average_wait=_average("n_wait_total"), average_hop=_average("n_hop_total"))
        .annotate(key_wait=_in_ms("average_wait"), key_hop=_in_ms("average_hop"))
    )
    if only_silent:
        rows = rows.filter(n_silent__gt=0)
    if text:
        known = Unit.objects.filter(search__contains=search_key(text), pk=OuterRef("unit_id"))
        rows = rows.filter(Exists(known))
    holder = Holding.objects.filter(post=OuterRef("post_id"), rank=0, is_current=True)
    post = Post.objects.filter(pk=OuterRef("post_id"))
    rows = rows.annotate(
        title=Subquery(post.values("title")[:1]),
        unit_name=Subquery(post.values("unit__name")[:1]),
        unit_ref=Subquery(post.values("unit__ref")[:1]),
        holder=Subquery(holder.values("person__name")[:1]),
    )
    order = (_KEYS[sort], "-n_silent") if sort is not Sort.SILENT else (_KEYS[sort],)
    page = page_of(rows, order, cursor=cursor, size=size, count=False, key="post_id")
    return replace(page, items=[_row(one) for one in page.items])


def _row(one: dict[str, Any]) -> HopRow:
    has_answers = one["n_answered"] > 0
    return HopRow(
        post_id=one["post_id"],
        unit_ref=one["unit_ref"] or "",
        unit_name=one["unit_name"] or "",
        title=one["title"] or "",
        holder=one["holder"] or "",
        asked=one["n_asked"],
        answered=one["n_answered"],
        silent=one["n_silent"],
        vacant=one["n_vacant"],
        wait=one["average_wait"] if has_answers else None,
        wait_longest=one["longest_wait"] if has_answers else None,
        hop=one["average_hop"] if has_answers else None,
        hop_longest=one["longest_hop"] if has_answers else None,
        whole=one["n_whole"],
        shortened=one["n_shortened"],
        by_mouth=one["n_by_mouth"],
        other=one["n_other"],
    )


def list_levels(viewer: Viewer, *, since: date, under: Unit | None = None) -> list[LevelRow]:
    """Sum up every level of the chain, from the top down; two statements."""
    rows = (
        _hops(viewer, since, under)
        .order_by()
        .values("depth")
        .annotate(
            **{f"n_{name}": Sum(name) for name in _SUMS},
            sample=Max("path"),
        )
        .order_by("depth")
    )
    found = list(rows)
    samples = {
        path: (level, structure)
        for path, level, structure in Unit.objects.filter(
            path__in=[one["sample"] for one in found]
        ).values_list("path", "level", "structure")
    }
    return [
        LevelRow(
            depth=one["depth"],
            level=samples.get(one["sample"], ("", ""))[0],
            structure=samples.get(one["sample"], ("", ""))[1],
            asked=one["n_asked"],
            answered=one["n_answered"],
            silent=one["n_silent"],
            wait=one["n_wait_total"] / one["n_answered"] if one["n_answered"] else None,
            hop=one["n_hop_total"] / one["n_answered"] if one["n_answered"] else None,
            whole=one["n_whole"],
            shortened=one["n_shortened"],
            by_mouth=one["n_by_mouth"],
            other=one["n_other"],
        )
        for one in found
    ]
