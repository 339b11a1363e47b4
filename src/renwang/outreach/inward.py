"""Delivery on the node itself: the field app's inbox, and everything that belongs to an exercise.

Handing over is here one row in `Delivered`, in the same transaction as the
attempt and the call's state; so it is done for many at once, and a kill leaves
either all of a batch or nothing.
"""

# ruff: noqa: S608 - names come from the models only; every value is a parameter.

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import chain
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import QuerySet

from renwang.base.pure.ids import uuid7
from renwang.outreach.attempts import live_notices, running_notices, sendable, terms_of
from renwang.outreach.models import Attempt, Call, Delivered, Notice
from renwang.outreach.rules import BY_HAND, CallState, Standing, Terms, due_after_sending
from renwang.outreach.services.sharing import fold_messages, write_also
from renwang.outreach.services.tallying import SUMS, Deltas, take_turn
from renwang.outreach.setwise import among, as_list, read_moment

INWARD = ("app", "loopback")  # kinds that never leave the node
BATCH = 10_000
_SENT = SUMS.index("sent")


def deliver_inward(now: datetime, *, drill: UUID | None = None, batch: int = BATCH) -> int:
    """Deliver what stays on this node and is due; return how many messages that was.

    Of a live notice only what goes to the field app stays here. Of an exercise
    everything does, whatever the contact: it never meets another channel.
    """
    total = 0
    for notice_id in running_notices(now, drill).values_list("pk", flat=True):
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
        folded = fold_messages(notice, ids, now)
        pairs = _Pairs(list(folded), now)
        _write_attempts(pairs, now)
        write_also(folded, now)
        _write_inbox(pairs, now)
        _write_calls([*folded, *chain.from_iterable(folded.values())], notice, now)
        return len(ids)


def _write_calls(ids: Sequence[int], notice: Notice, now: datetime) -> None:
    deltas = Deltas(notice)
    call, moment = Call._meta.db_table, _as_stored(now)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT CASE WHEN is_leaf THEN parent_path ELSE path END, COUNT(*) FROM {call}"
            f" WHERE {among('id')} AND sent_at IS NULL GROUP BY 1",
            [as_list(ids)],
        )
        for path, number in cursor.fetchall():
            deltas.add(path, [(_SENT, number)])
        for due_at, some in _due_again(cursor, ids, terms_of(notice), now):
            cursor.execute(
                f"UPDATE {call} SET sent_at = COALESCE(sent_at, %s), send_at = NULL,"
                f" claimed_until = NULL, due_at = COALESCE(%s, due_at) WHERE {among('id')}",
                [moment, due_at, some],
            )
    deltas.write()


def _due_again(
    cursor: CursorWrapper, ids: Sequence[int], terms: Terms, now: datetime
) -> Iterator[tuple[Any, Any]]:
    """Say until when calls may be answered now that they went out, and which; few moments for many calls.

    Both as the database takes them; no moment where it stays as it is.
    """
    gather = "array_agg(id)" if connection.vendor == "postgresql" else "json_group_array(id)"
    cursor.execute(
        f"SELECT turn_at, CASE WHEN understood_at IS NULL THEN due_at END, {gather}"
        f" FROM {Call._meta.db_table} WHERE {among('id')} GROUP BY 1, 2",
        [as_list(ids)],
    )
    for turn_at, due_at, some in cursor.fetchall():
        standing = Standing(CallState.ASKING, None, read_moment(turn_at), read_moment(due_at))
        again = due_after_sending(standing, terms, now)
        yield (None if again is None else _as_stored(again)), some


def _write_attempts(pairs: "_Pairs", now: datetime) -> None:
    moment = _as_stored(now)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {Attempt._meta.db_table} (id, call_id, notice_id, rung, person_id,"
            f" contact_id, channel, outcome, trouble, provider_id, also, begun_at, ended_at)"
            f" SELECT {pairs.key}, c.id, c.notice_id, c.rung, c.person_id, c.contact_id,"
            f" c.channel, 'sent', '', '', '', %s, %s FROM {pairs.source}",
            [moment, moment, *pairs.values],
        )


def _write_inbox(pairs: "_Pairs", now: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {Delivered._meta.db_table}"
            f" (attempt_id, notice_id, call_id, person_id, channel, at)"
            f" SELECT {pairs.key}, c.notice_id, c.id, c.person_id, c.channel, %s"
            f" FROM {pairs.source}",
            [_as_stored(now), *pairs.values],
        )


class _Pairs:
    """Calls, each with the id of its new attempt, as something to select from."""

    def __init__(self, ids: Sequence[int], now: datetime):
        call = Call._meta.db_table
        # In order, so that the indexes grow at their end.
        keys = sorted((uuid7(now) for _ in ids), key=attrgetter("int"))
        self.values: list[Any]
        if connection.vendor == "postgresql":
            self.key = "p.key"
            self.source = f"unnest(%s::bigint[], %s::uuid[]) AS p(id, key) JOIN {call} c USING (id)"
            self.values = [list(ids), keys]
        else:
            self.key = "p.value ->> 1"
            self.source = f"json_each(%s) p JOIN {call} c ON c.id = p.value ->> 0"
            pairs = (f'[{pk},"{key.hex}"]' for pk, key in zip(ids, keys, strict=True))
            self.values = [f"[{','.join(pairs)}]"]


def _as_stored(moment: datetime) -> Any:
    return Attempt._meta.get_field("begun_at").get_db_prep_save(moment, connection)
