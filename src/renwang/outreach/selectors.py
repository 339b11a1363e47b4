"""Find notices and calls: who is missing, what is being done about him, who must ring whom."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from renwang.base.models import Entry
from renwang.chain.models import Holding, Person, Post, Route
from renwang.chain.reach import Viewer
from renwang.outreach.attempts import standing_of
from renwang.outreach.coverage import SUM_NAMES, Sums, sums_of_call
from renwang.outreach.errand_rules import NOT_CARRIED
from renwang.outreach.models import Call, Notice, Reach
from renwang.outreach.rules import (
    BY_HAND,
    CallState,
    NoticeState,
    is_person_missing,
    rungs_left,
)
from renwang.outreach.services.tallying import prefixes

PAGE = 50


def visible_to(viewer: Viewer, capability: str = "alerts.see") -> QuerySet[Notice]:
    """Notices that go through a place where the viewer may see warnings, or above or below it."""
    condition = Q(pk__in=[])
    for place in viewer.places.get(capability, ()):
        condition |= Q(path__under=place) | Q(path__in=prefixes(place))
    return Notice.objects.filter(condition)


def calls_visible_to(viewer: Viewer, capability: str = "alerts.see") -> QuerySet[Call]:
    """Calls to posts at places where the viewer holds a capability."""
    return Call.objects.filter(viewer.scope(capability))


# --- who is missing ---------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Missing:
    """A post in which nobody has answered yet, by name, with what is being done about it."""

    call_id: int
    state: CallState
    path: str
    unit_name: str
    post_title: str
    holder: str  # empty for a vacant post
    asked: str  # who is being asked now; empty when nobody is
    rank: int  # of him: 0 the holder, 1 and up his deputies
    channel: str
    until: datetime | None
    next_person: str  # who comes after; empty when the level below is called next
    next_channel: str
    delivered_at: datetime | None
    read_at: datetime | None
    bypassed_at: datetime | None


def missing(
    notice: Notice, path: str | None = None, *, after: str = "", limit: int = PAGE
) -> list[Missing]:
    """Name those who have not answered in a place, in the order of places; `after` is the last path seen.

    Four statements for a page of any length. A post whose turn has not come is not missing.
    """
    calls = Call.objects.filter(
        notice=notice,
        path__under=path or notice.path,
        state__in=[CallState.ASKING, CallState.SILENT],
        understood_at=None,
    )
    return _name_missing(calls.filter(path__gt=after).order_by("path")[:limit])


def to_ring(viewer: Viewer, *, drill: UUID | None = None, limit: int = PAGE) -> list[Missing]:
    """Name the calls that need a human hand where the viewer may answer: to ring, to knock, to go round.

    The one whose time is up first comes first.
    """
    live = (
        Notice.objects.filter(state=NoticeState.STARTED, drill=drill)
        .exclude(kind__in=NOT_CARRIED)
        .values_list("pk", flat=True)
    )
    calls = calls_visible_to(viewer, "alerts.answer").filter(
        notice__in=list(live),
        state=CallState.ASKING,
        channel__in=sorted(BY_HAND),
        understood_at=None,
    )
    return _name_missing(calls.order_by("due_at", "pk")[:limit])


def _name_missing(page: Iterable[Call]) -> list[Missing]:
    calls = list(page)
    post_ids = [call.post_id for call in calls]
    posts = Post.objects.select_related("unit").in_bulk(post_ids)
    holders = _holders(post_ids)
    routes: dict[UUID, list[Route]] = defaultdict(list)
    for route in (
        Route.objects.filter(post_id__in=post_ids).select_related("person").order_by("rung")
    ):
        routes[route.post_id].append(route)
    return [
        _one_missing(call, posts[call.post_id], holders.get(call.post_id, ""), routes[call.post_id])
        for call in calls
    ]


def _one_missing(call: Call, post: Post, holder: str, routes: Sequence[Route]) -> Missing:
    is_asking = call.state == CallState.ASKING
    present = next((one for one in routes if one.person_id == call.person_id), None)
    left = rungs_left(standing_of(call), routes)
    following = next((one for one in left if one.contact_id != call.contact_id), None)
    return Missing(
        call_id=call.pk,
        state=CallState(call.state),
        path=call.path,
        unit_name=post.unit.name,
        post_title=post.title,
        holder=holder,
        asked=present.person.name if is_asking and present and present.person else "",
        rank=call.rank,
        channel=call.channel if is_asking else "",
        until=call.due_at,
        next_person=following.person.name if is_asking and following else "",
        next_channel=following.channel if is_asking and following else "",
        delivered_at=call.delivered_at,
        read_at=call.read_at,
        bypassed_at=call.bypassed_at,
    )


def _holders(post_ids: Sequence[UUID]) -> dict[UUID, str]:
    held = Holding.objects.filter(post_id__in=post_ids, rank=0, is_current=True)
    return dict(held.values_list("post_id", "person__name"))


# --- the tree of a relay ----------------------------------------------------


@dataclass(frozen=True, slots=True)
class Branch:
    """One unit in the tree: how its own post stands, and the sums of it and everything below."""

    call_id: int
    unit_id: UUID
    path: str
    unit_name: str
    level: str
    post_title: str
    holder: str
    state: CallState
    is_leaf: bool
    is_missing: bool
    channel: str
    until: datetime | None
    understood_at: datetime | None
    carried_at: datetime | None
    bypassed_at: datetime | None
    sums: Sums


def relay_tree(
    notice: Notice, path: str = "", *, after: str = "", limit: int = 200
) -> list[Branch]:
    """Give the units right below a place in the tree of a notice, by default its top; four statements."""
    calls = list(
        Call.objects.filter(notice=notice, parent_path=path, path__gt=after).order_by("path")[
            :limit
        ]
    )
    inner = [call.path for call in calls if not call.is_leaf]
    rows = Reach.objects.filter(notice=notice, path__in=inner).values("path", *SUM_NAMES)
    sums = {row.pop("path"): Sums(**row) for row in rows}
    post_ids = [call.post_id for call in calls]
    posts = Post.objects.select_related("unit").in_bulk(post_ids)
    holders = _holders(post_ids)
    return [
        _branch(call, posts[call.post_id], holders.get(call.post_id, ""), sums.get(call.path))
        for call in calls
    ]


def _branch(call: Call, post: Post, holder: str, sums: Sums | None) -> Branch:
    return Branch(
        call_id=call.pk,
        unit_id=call.unit_id,
        path=call.path,
        unit_name=post.unit.name,
        level=post.unit.level,
        post_title=post.title,
        holder=holder,
        state=CallState(call.state),
        is_leaf=call.is_leaf,
        is_missing=is_person_missing(CallState(call.state), call.understood_at is not None),
        channel=call.channel,
        until=call.due_at,
        understood_at=call.understood_at,
        carried_at=call.carried_at,
        bypassed_at=call.bypassed_at,
        sums=sums or sums_of_call(vars(call)),
    )


# --- one person's calls -----------------------------------------------------


def my_calls(person_id: UUID, *, drill: UUID | None = None, limit: int = PAGE) -> list[Call]:
    """Give what a person is asked to carry on, the oldest first, each with its notice; one statement."""
    calls = Call.objects.filter(
        person_id=person_id,
        carried_at=None,
        state=CallState.ASKING,
        notice__state=NoticeState.STARTED,
        notice__drill=drill,
    ).exclude(notice__kind__in=NOT_CARRIED)
    return list(calls.select_related("notice").order_by("pk")[:limit])


def call_for(viewer: Viewer, call_id: int) -> Call | None:
    """Find a call that the viewer may see or is asked in; None hides what is out of reach."""
    may_see = viewer.scope("alerts.see")
    if viewer.speaks("alerts.answer"):
        ladder = Route.objects.filter(person_id=viewer.id).values("post_id")
        may_see |= Q(person_id=viewer.id) | Q(post_id__in=ladder)
    calls = Call.objects.filter(may_see, pk=call_id)
    return calls.select_related("notice").first()


# --- the story of one call --------------------------------------------------


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that happened to a call: a word for it, who, by which channel, and what else is known."""

    at: datetime
    word: str
    person: str = ""
    channel: str = ""
    detail: str = ""


def call_story(call: Call) -> list[Moment]:
    """Tell what happened to a call, in order: asked, tried, received, gone round, passed by."""
    told: list[tuple[datetime, str, UUID | None, str, str]] = []
    stamps = (
        ("asked", call.asked_at), ("delivered", call.delivered_at), ("read", call.read_at),
        ("bypassed", call.bypassed_at),
    )  # fmt: skip
    told += [(at, word, None, "", "") for word, at in stamps if at is not None]
    for word, at in (("understood", call.understood_at), ("carried", call.carried_at)):
        if at is not None:
            told.append((at, word, call.answered_by, call.answered_via, ""))
    for one in call.attempts.all():
        told.append((one.begun_at, "tried", one.person_id, one.channel, ""))
        if one.ended_at is not None and one.outcome != "sent":
            told.append((one.ended_at, one.outcome, one.person_id, one.channel, one.trouble))
        elif one.ended_at is not None:
            told.append((one.ended_at, "sent", one.person_id, one.channel, ""))
    for made in call.rounds.all():
        detail = f"{made.households}" if made.answered else "0"
        told.append((made.at, made.kind, made.by_person, "", detail))
    told += _climbs(call)
    people = {person_id for _, _, person_id, _, _ in told if person_id is not None}
    names = dict(Person.objects.filter(pk__in=people).values_list("pk", "name"))
    return [
        Moment(at, word, names.get(person_id, ""), channel, detail)
        for at, word, person_id, channel, detail in sorted(told, key=lambda one: one[0])
    ]


def _climbs(call: Call) -> list[tuple[datetime, str, UUID | None, str, str]]:
    """Read the steps of the ladder from the journal, which alone keeps those that need no message."""
    facts = Entry.objects.filter(
        subject_id=str(call.notice_id), verb="outreach.climbed", body__contains=f"[{call.pk},"
    )
    steps: list[tuple[datetime, str, UUID | None, str, str]] = []
    for fact in facts.order_by("id"):
        for item in fact.facts["items"]:
            if item[0] == call.pk and item[1] in ("ask", "again", "wait", "remind"):
                steps.append(_step(fact.at, item))
    return steps


def _step(at: datetime, item: list[Any]) -> tuple[datetime, str, UUID | None, str, str]:
    _, word, _, person_id, _, channel, _ = item
    return (at, word, UUID(person_id) if person_id else None, channel, "")
