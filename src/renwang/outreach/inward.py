"""Delivery on the node itself: the field app's inbox, and everything that belongs to an exercise.

Handing over is here one row in `Delivered`, in the same transaction as the
attempt and the call's state; so it is done for many at once, and a kill leaves
either all of a batch or nothing.
"""

# ruff: noqa: S608 - names come from the models only; every value is a parameter.

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import QuerySet

from renwang.base.pure.ids import uuid7
from renwang.outreach.attempts import live_notices, sendable, terms_of
from renwang.outreach.channels.loopback import INWARD
from renwang.outreach.channels.port import EXERCISE_MARK
from renwang.outreach.models import Attempt, Call, Delivered, Notice
from renwang.outreach.rules import BY_HAND, CallState, Standing, Terms, due_after_sending
from renwang.outreach.services.tallying import SUMS, Deltas, take_turn

BATCH = 10_000
_SENT = SUMS.index("sent")


def deliver_inward(now: datetime, *, drill: UUID | None = None, batch: int = BATCH) -> int:
    """Deliver what stays on this node and is due; return how many messages that was.

    Of a live notice only what goes to the field app stays here. Of an exercise
    everything does, whatever the contact: it never meets another channel.
    """
    total = 0
    for notice_id in live_notices(drill).values_list("pk", flat=True):
        while done := _deliver_batch(notice_id, now, drill, batch):
            total += done
            if done < batch:
                break
    return total


def staying(calls: QuerySet[Call], *, drill: UUID | None) -> QuerySet[Call]:
    """Narrow calls to those whose message does not leave the node."""
    return calls.filter(channel__in=INWARD) if drill is None else calls.exclude(channel__in=BY_HAND)


def turn_in_thread(notice_id: UUID) -> Notice:
    """Take a notice's turn, and before it those of earlier ones in its thread.

    So nobody hands over an earlier message of the thread while this one is
    being judged. In the caller's transaction.
    """
    own = Notice.objects.values("thread", "sequence", "drill").get(pk=notice_id)
    turns = {notice_id}
    if own["sequence"] > 1:
        earlier = live_notices(own["drill"]).filter(
            thread=own["thread"], sequence__lt=own["sequence"]
        )
        turns.update(earlier.values_list("pk", flat=True))
    # In the order of their ids, like everybody who takes several turns.
    taken = {pk: take_turn(pk) for pk in sorted(turns)}
    return taken[notice_id]


def _deliver_batch(notice_id: UUID, now: datetime, drill: UUID | None, batch: int) -> int:
    due = staying(sendable(now, drill=drill).filter(notice=notice_id), drill=drill)
    if not due.exists():
        return 0
    with transaction.atomic():
        # From here to the commit nobody else changes this notice's calls.
        notice = turn_in_thread(notice_id)
        ids = list(due.values_list("pk", flat=True)[:batch])
        _write_attempts(ids, now)
        _write_inbox(ids, notice, now)
        _write_calls(ids, notice, now)
        return len(ids)


def _write_calls(ids: Sequence[int], notice: Notice, now: datetime) -> None:
    deltas = Deltas(notice)
    call, moment = Call._meta.db_table, _as_stored(now)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT CASE WHEN is_leaf THEN parent_path ELSE path END, COUNT(*) FROM {call}"
            f" WHERE {_among('id')} AND sent_at IS NULL GROUP BY 1",
            [_list(ids)],
        )
        for path, number in cursor.fetchall():
            deltas.add(path, [(_SENT, number)])
        cursor.execute(
            f"UPDATE {call} SET sent_at = COALESCE(sent_at, %s), send_at = NULL,"
            f" claimed_until = NULL WHERE {_among('id')}",
            [moment, _list(ids)],
        )
        for due_at, some in _due_again(cursor, ids, terms_of(notice), now):
            cursor.execute(
                f"UPDATE {call} SET due_at = %s WHERE {_among('id')}",
                [_as_stored(due_at), _list(some)],
            )
    deltas.write()


def _due_again(
    cursor: CursorWrapper, ids: Sequence[int], terms: Terms, now: datetime
) -> Iterator[tuple[datetime, list[int]]]:
    """Say until when each call may be answered now that it went out; few moments for many calls."""
    cursor.execute(
        f"SELECT turn_at, due_at, id FROM {Call._meta.db_table} WHERE {_among('id')}"
        f" AND due_at IS NOT NULL AND understood_at IS NULL",
        [_list(ids)],
    )
    alike: dict[tuple[Any, Any], list[int]] = defaultdict(list)
    for turn_at, due_at, key in cursor.fetchall():
        alike[turn_at, due_at].append(key)
    for (turn_at, due_at), some in alike.items():
        before = _as_read(due_at)
        standing = Standing(CallState.ASKING, 0, None, _as_read(turn_at), before)
        after = due_after_sending(standing, terms, now)
        if after is not None and after != before:
            yield after, some


def _write_attempts(ids: Sequence[int], now: datetime) -> None:
    call, attempt = Call._meta.db_table, Attempt._meta.db_table
    moment = _as_stored(now)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {attempt} (id, call_id, notice_id, rung, person_id, contact_id, channel,"
            f" outcome, trouble, provider_id, begun_at, ended_at)"
            f" SELECT {_new_id()}, id, notice_id, rung, person_id, contact_id, channel,"
            f" 'sent', '', '', %s, %s FROM {call} WHERE {_among('id')}",
            [_moment_hex(now), moment, moment, _list(ids)],
        )


def _write_inbox(ids: Sequence[int], notice: Notice, now: datetime) -> None:
    attempt, inbox = Attempt._meta.db_table, Delivered._meta.db_table
    moment = _as_stored(now)
    title = f"{EXERCISE_MARK if notice.drill else ''}{notice.title}"[:300]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {inbox}"
            f" (attempt_id, notice_id, call_id, person_id, channel, title, words, note, at)"
            f" SELECT id, notice_id, call_id, person_id, channel, %s, %s, %s, %s FROM {attempt}"
            f" WHERE {_among('call_id')} AND begun_at = %s AND outcome = 'sent'"
            f" ON CONFLICT (attempt_id) DO NOTHING",
            [title, notice.words, notice.note, moment, _list(ids), moment],
        )


def _as_stored(moment: datetime) -> Any:
    return Attempt._meta.get_field("begun_at").get_db_prep_save(moment, connection)


def _as_read(stored: Any) -> datetime | None:
    """Read a moment as the driver gives it: SQLite keeps none of the zone, which is UTC."""
    moment = datetime.fromisoformat(stored) if isinstance(stored, str) else stored
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment


def _among(column: str) -> str:
    if connection.vendor == "postgresql":
        return f"{column} = ANY(%s)"
    return f"{column} IN (SELECT value FROM json_each(%s))"


def _list(ids: Sequence[int]) -> object:
    return list(ids) if connection.vendor == "postgresql" else f"[{','.join(map(str, ids))}]"


def _moment_hex(now: datetime) -> str:
    return uuid7(now).hex[:12]


def _new_id() -> str:
    """Make a UUIDv7 in the database: the moment's twelve digits, then the version, then chance."""
    if connection.vendor == "postgresql":
        return "(%s || '7' || substr(replace(gen_random_uuid()::text, '-', ''), 14))::uuid"
    return (
        "%s || '7' || substr(lower(hex(randomblob(2))), 2)"
        " || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(8))), 2)"
    )
