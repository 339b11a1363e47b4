"""Somebody on several posts is asked once: one message speaks for all of them, and one answer counts for all."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Count, OuterRef, QuerySet, Subquery

from renwang.chain.models import Post, Unit
from renwang.outreach.models import Attempt, Call, Notice
from renwang.outreach.rollcall_rules import ROLLCALL
from renwang.outreach.rules import CallState
from renwang.outreach.setwise import in_chunks, update_rows

_OPEN = (CallState.WAITING, CallState.ASKING)
_PEOPLE_AT_ONCE = 500


def several_posts(notice: Notice, people: Collection[UUID] | None = None) -> QuerySet:
    """Return those who are asked for several posts of a notice, of some `people` where they are named."""
    calls = Call.objects.filter(notice=notice, person_id__isnull=False, carried_at=None)
    if people is not None:
        calls = calls.filter(person_id__in=people)
    grouped = calls.order_by().values("person_id").annotate(posts=Count("pk"))
    return grouped.filter(posts__gt=1)


def find_shared(notice: Notice, people: Collection[UUID]) -> None:
    """Note with a notice when one of these people has come to be asked for several of its posts."""
    for some in in_chunks(sorted(people), _PEOPLE_AT_ONCE):
        if not notice.is_shared and several_posts(notice, some).exists():
            Notice.objects.filter(pk=notice.pk).update(is_shared=True)
            notice.is_shared = True


def is_shared(notice: Notice) -> bool:
    """Say whether anybody is asked for several posts; looked up once, when the first message is about to go out."""
    if notice.kind == ROLLCALL:
        return False  # each contact is asked for itself
    if notice.is_shared is None:
        notice.is_shared = several_posts(notice).exists()
        Notice.objects.filter(pk=notice.pk).update(is_shared=notice.is_shared)
    return notice.is_shared


def open_calls_of(notice: Notice, people: Iterable[UUID]) -> QuerySet[Call]:
    """Return the calls of a notice for which these people are asked, or will be first."""
    return Call.objects.filter(
        notice=notice, person_id__in=list(people), carried_at=None, state__in=_OPEN
    )


def fold_messages(notice: Notice, ids: Sequence[int], now: datetime) -> dict[int, list[int]]:
    """Put the calls that are due together by person and contact: one message goes out for each.

    Gives for the call that bears the message those that it speaks for as well,
    also such as are due but not among `ids`.
    """
    if not is_shared(notice):
        return {call: [] for call in ids}
    due = Call.objects.filter(notice=notice, send_at__lte=now, carried_at=None)
    groups: dict[tuple[UUID | None, UUID | None], list[int]] = defaultdict(list)
    people: set[UUID] = set()
    for some in in_chunks(ids):
        rows = Call.objects.filter(pk__in=some).values_list("pk", "person_id", "contact_id")
        for pk, person_id, contact_id in rows:
            groups[person_id, contact_id].append(pk)
            if person_id is not None:
                people.add(person_id)
    mine = set(ids)
    for some in in_chunks(sorted(people), _PEOPLE_AT_ONCE):
        rows = due.filter(person_id__in=some).values_list("pk", "person_id", "contact_id")
        for pk, person_id, contact_id in rows:
            if pk not in mine and (person_id, contact_id) in groups:
                groups[person_id, contact_id].append(pk)
    return {min(calls): sorted(set(calls) - {min(calls)}) for calls in groups.values()}


def write_also(folded: dict[int, list[int]], now: datetime) -> None:
    """Keep beside the attempts that began now for which other calls they speak."""
    rows = [(call, now, as_text(others)) for call, others in folded.items() if others]
    update_rows(Attempt, ("call", "begun_at"), ("also",), rows)


def as_text(calls: Iterable[int]) -> str:
    """Write calls as an attempt keeps them."""
    return ",".join(map(str, calls))


def spoken_for(also: str) -> list[int]:
    """Read for which other calls an attempt speaks."""
    return [int(call) for call in also.split(",") if call]


def posts_of(notice: Notice, people: Collection[UUID]) -> dict[UUID, list[str]]:
    """Name the posts for which these people are asked in a notice, where that is more than one; one statement."""
    if not people or not is_shared(notice):
        return {}
    unit = Unit.objects.filter(pk=OuterRef("unit_id")).values("name")[:1]
    post = Post.objects.filter(pk=OuterRef("post_id")).values("title")[:1]
    rows = open_calls_of(notice, people).annotate(unit=Subquery(unit), post=Subquery(post))
    found: dict[UUID, list[str]] = defaultdict(list)
    for person_id, unit_name, title in rows.order_by("path").values_list(
        "person_id", "unit", "post"
    ):
        found[person_id].append(f"{unit_name or ''} {title or ''}".strip())
    return {person: posts for person, posts in found.items() if len(posts) > 1}
