"""Start a notice: from an accepted warning to one queued call for every post, in one statement."""

# ruff: noqa: S608 - names come from the models only; every value is a parameter.

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F, Q

from renwang.base import journal
from renwang.base.fields import below
from renwang.base.pure.ids import uuid7
from renwang.base.references import next_reference
from renwang.chain.models import Post, Route
from renwang.outreach.models import Call, Notice
from renwang.outreach.rules import (
    BY_HAND,
    CallState,
    NoticeOvertaken,
    NoticeState,
    Order,
    Terms,
    first_wait,
)
from renwang.outreach.services.asking import ask_below
from renwang.outreach.services.choosing import choose_first, just_asked
from renwang.outreach.services.tallying import prefixes
from renwang.outreach.services.withdrawing import withdraw_calls
from renwang.outreach.setwise import adapt, in_chunks

_CALL, _ROUTE, _POST = (model._meta.db_table for model in (Call, Route, Post))

# One condition per place; SQLite allows an expression to be a thousand deep.
_PLACES_AT_ONCE = 300


class NobodyThere(Exception):
    """No post in the places answers for anybody, so nobody would be told."""


@dataclass(frozen=True, slots=True)
class Message:
    """What is said, and whose it is: the words are delivered exactly as they stand here."""

    kind: str  # which module asked: "alerts.relay"
    subject_id: UUID
    title: str
    words: str
    note: str = ""  # local, always shown apart
    colour: str = ""
    language: str = ""
    thread: str = ""  # notices of one thread never overtake each other
    sequence: int = 1


@transaction.atomic
def start_notice(
    message: Message,
    *,
    top: str,
    places: Sequence[str],
    terms: Terms,
    by: Any,
    now: datetime,
    ends_at: datetime | None = None,
    drill: UUID | None = None,
    supersedes: Notice | None = None,
    told_by: Sequence[UUID] = (),
    carried_by: UUID | None = None,
    roles: Sequence[str] = (),
) -> Notice:
    """Call every answering post in the places, and the chain above them from `top` down.

    `places` are paths at or below `top`, none below another. `roles` narrows
    the posts to those of some roles, for what is told to everybody at once.
    `told_by` adds the posts under `top` that were asked by those earlier notices. `carried_by` is
    the person at the top who started it himself, and so has carried it on.
    Earlier notices of the thread end there. Refuses with `NobodyThere`, and
    with `NoticeOvertaken` if a later one of the thread is under way there.
    """
    _end_earlier(message, top, drill, by=by, now=now)
    notice = Notice.objects.create(
        id=uuid7(now),
        ref=next_reference("N", now),
        kind=message.kind,
        subject_id=message.subject_id,
        thread=message.thread or message.subject_id.hex,
        sequence=message.sequence,
        drill=drill,
        path=top,
        title=message.title[:300],
        words=message.words,
        note=message.note,
        colour=message.colour,
        language=message.language,
        order=terms.order,
        contact_for=terms.contact_for,
        person_for=terms.person_for,
        carry_for=terms.carry_for,
        again_every=terms.again_every,
        again_times=terms.again_times,
        breaks_quiet=terms.breaks_quiet,
        places=[] if roles else list(places),
        supersedes=supersedes,
        started_by=getattr(by, "id", None),
        started_at=now,
        ends_at=ends_at,
    )
    calls = _expand(notice, top, places, terms, now, roles)
    if told_by:
        calls += _expand_told(notice, top, told_by, terms, now)
    if not calls:
        raise NobodyThere(top)
    choose_first(notice, just_asked(notice, now), now=now)
    if carried_by is not None:
        _carried_at_the_top(notice, carried_by, now)
    journal.record(
        "outreach.started",
        notice,
        by=by,
        at=now,
        drill=drill,
        calls=calls,
        kind=message.kind,
        about=message.subject_id,
        thread=notice.thread,
        sequence=notice.sequence,
        places=list(places),
        told_by=list(told_by),
        title=notice.title,
        words=notice.words,
        note=notice.note,
        order=notice.order,
        again_every=terms.again_every,
        breaks_quiet=terms.breaks_quiet,
        ends_at=ends_at,
        carried_by=carried_by,
    )
    return notice


def _end_earlier(message: Message, top: str, drill: UUID | None, *, by: Any, now: datetime) -> None:
    if not message.thread:
        return
    same = Notice.objects.filter(
        Q(path__under=top) | Q(path__in=prefixes(top)),
        thread=message.thread,
        drill=drill,
        state=NoticeState.STARTED,
    )
    under_way = list(same.exclude(sequence=message.sequence).order_by("id"))
    if any(notice.sequence > message.sequence for notice in under_way):
        raise NoticeOvertaken(message.thread)
    for earlier in under_way:
        # One from further up goes on for all others: they are told nothing in its place.
        part = "" if earlier.path.startswith(top) else top
        withdraw_calls(earlier, by=by, now=now, reason="superseded", part=part)


def _carried_at_the_top(notice: Notice, person_id: UUID, now: datetime) -> None:
    """Let the top have carried on what its own person started, and ask the level below."""
    Call.objects.filter(notice=notice, path=notice.path).update(
        state=CallState.CARRIED,
        send_at=None,
        due_at=None,
        delivered_at=now,
        read_at=now,
        understood_at=now,
        carried_at=now,
        answered_by=person_id,
        answered_via="desk",
        covered=F("households"),
    )
    if notice.order == Order.CASCADE:
        ask_below(notice, [notice.path], now=now)


# --- the expansion ----------------------------------------------------------


def _expand(
    notice: Notice,
    top: str,
    places: Sequence[str],
    terms: Terms,
    now: datetime,
    roles: Sequence[str] = (),
) -> int:
    """Insert a call for each first rung in the places, and for the chain between them and the top."""
    above = sorted(
        {
            path
            for place in places
            for path in prefixes(place)
            if path != place and path.startswith(top)
        }
    )
    conditions = [("(r.path >= %s AND r.path < %s)", (place, below(place))) for place in places]
    conditions += [("r.path = %s", (path,)) for path in above]
    narrowed = ""
    if roles:
        marks = ", ".join("%s" for _ in roles)
        narrowed = f" AND r.post_id IN (SELECT id FROM {_POST} WHERE role IN ({marks}))"
    calls = 0
    for some in in_chunks(conditions, _PLACES_AT_ONCE):
        where = " OR ".join(condition for condition, _ in some)
        bounds = [bound for _, some_bounds in some for bound in some_bounds]
        calls += insert_calls(notice, top, f"({where}){narrowed}", [*bounds, *roles], terms, now)
    return calls


def _expand_told(
    notice: Notice, top: str, told_by: Sequence[UUID], terms: Terms, now: datetime
) -> int:
    """Add who was asked by earlier notices, then whoever is missing between them and the top."""
    keys = [adapt(Call._meta.get_field("notice"), key) for key in told_by]
    key = adapt(Call._meta.get_field("notice"), notice.pk)
    marks = ", ".join("%s" for _ in keys)
    new = f"NOT EXISTS (SELECT 1 FROM {_CALL} h WHERE h.notice_id = %s AND h.post_id = r.post_id)"
    told = (
        f"{new} AND r.path >= %s AND r.path < %s AND EXISTS (SELECT 1 FROM {_CALL} c"
        f" WHERE c.notice_id IN ({marks}) AND c.post_id = r.post_id AND c.asked_at IS NOT NULL)"
    )
    calls = insert_calls(notice, top, told, [key, top, below(top), *keys], terms, now)
    orphans = (
        f"{new} AND r.path IN (SELECT c.parent_path FROM {_CALL} c WHERE c.notice_id = %s"
        f" AND c.parent_path <> '' AND NOT EXISTS (SELECT 1 FROM {_CALL} p"
        f" WHERE p.notice_id = c.notice_id AND p.path = c.parent_path))"
    )
    while added := insert_calls(notice, top, orphans, [key, key], terms, now):
        calls += added
    return calls


def insert_calls(
    notice: Notice, top: str, where: str, parameters: list[Any], terms: Terms, now: datetime
) -> int:
    """Insert a call for every first rung `r` of the routes that fits a condition; return how many."""
    columns, parts, values = _selection(notice, top, terms, now)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {_CALL} ({columns}) SELECT {parts}"
            f" FROM {_ROUTE} r WHERE r.rung = 0 AND ({where})",
            [*values, *parameters],
        )
        return cursor.rowcount


def _selection(notice: Notice, top: str, terms: Terms, now: datetime) -> tuple[str, str, list[Any]]:
    """Compose what is selected for each new call: its column, the SQL for it, and the parameters.

    Where the order is a cascade, only the top is asked now and all others wait.
    A post without anybody is due at once, so that the ladder passes it by.
    """
    moment = adapt(Call._meta.get_field("due_at"), now)
    first_due = adapt(Call._meta.get_field("due_at"), now + first_wait(terms))
    is_top = "(r.parent_path >= %s AND r.parent_path < %s)"
    inside = [top, below(top)]
    asked = "1 = 1" if terms.order is Order.TOGETHER else f"NOT {is_top}"
    asked_values: list[Any] = [] if terms.order is Order.TOGETHER else inside
    hands = sorted(BY_HAND)
    by_hand = f"r.channel IN ({', '.join('%s' for _ in hands)})"
    selected: list[tuple[str, str, list[Any]]] = [
        ("notice_id", "%s", [adapt(Call._meta.get_field("notice"), notice.pk)]),
        ("post_id", "r.post_id", []),
        ("unit_id", "r.unit_id", []),
        ("path", "r.path", []),
        ("parent_path", f"CASE WHEN {is_top} THEN r.parent_path ELSE '' END", inside),
        ("depth", "r.depth", []),
        ("is_leaf", "r.is_leaf", []),
        ("households", "r.households", []),
        (
            "state",
            f"CASE WHEN {asked} THEN %s ELSE %s END",
            [*asked_values, CallState.ASKING.value, CallState.WAITING.value],
        ),
        ("rung", "0", []),
        ("rank", "r.rank", []),
        ("plan", "r.ladder", []),
        ("lap", "0", []),
        ("person_id", "r.person_id", []),
        ("contact_id", "r.contact_id", []),
        ("channel", "r.channel", []),
        ("tries", "0", []),
        (
            "send_at",
            f"CASE WHEN {asked} AND r.person_id IS NOT NULL AND NOT {by_hand} THEN %s END",
            [*asked_values, *hands, moment],
        ),
        (
            "due_at",
            f"CASE WHEN {asked} THEN CASE WHEN r.person_id IS NULL THEN %s ELSE %s END END",
            [*asked_values, moment, first_due],
        ),
        ("asked_at", f"CASE WHEN {asked} THEN %s END", [*asked_values, moment]),
        ("turn_at", f"CASE WHEN {asked} THEN %s END", [*asked_values, moment]),
        ("answered_via", "''", []),
        ("covered", "0", []),
    ]
    columns = ", ".join(column for column, _, _ in selected)
    parts = ", ".join(part for _, part, _ in selected)
    return columns, parts, [value for _, _, values in selected for value in values]
