"""End a notice: withdrawn by a person or a later one, or finished."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from renwang.base import journal
from renwang.outreach.errand_rules import ERRAND
from renwang.outreach.models import Call, Notice
from renwang.outreach.rules import CallState, NoticeState
from renwang.outreach.services.tallying import recount_notice, take_turn

_OPEN = (CallState.WAITING, CallState.ASKING)
_OWING = (*_OPEN, CallState.SILENT)
_QUIET = {"send_at": None, "due_at": None, "claimed_until": None, "quiet_until": None}


@transaction.atomic
def withdraw_notice(notice: Notice, *, by: Any, now: datetime, reason: str = "") -> Notice:
    """Take the words back: nothing more of it is sent, nobody is asked any more.

    What was carried stays carried, who was missing stays named. A notice that
    has ended is left as it is.
    """
    return withdraw_calls(notice, by=by, now=now, reason=reason)


def withdraw_calls(
    notice: Notice, *, by: Any, now: datetime, reason: str, part: str = ""
) -> Notice:
    """Do the withdrawing in the caller's transaction; of one `part` only, where a path is named."""
    notice = take_turn(notice.pk)
    if notice.state != NoticeState.STARTED:
        return notice
    calls = Call.objects.filter(notice=notice, path__under=part or notice.path)
    withdrawn = calls.filter(state__in=_OPEN).update(state=CallState.WITHDRAWN, **_QUIET)
    calls.filter(Q(send_at__isnull=False) | Q(due_at__isnull=False)).update(**_QUIET)
    if not part:
        _end(notice, NoticeState.WITHDRAWN, now)
    journal.record(
        "outreach.withdrawn_in_part" if part else "outreach.withdrawn",
        notice,
        by=by,
        at=now,
        place=part or notice.path,
        drill=notice.drill,
        calls=withdrawn,
        reason=reason,
    )
    return notice


def close_calls(
    notice: Notice, state: NoticeState | None, now: datetime, calls: QuerySet[Call] | None = None
) -> None:
    """Ask nobody any more, of some calls or of all, and end the notice with a state; in the caller's turn.

    For what has nothing to carry down: no figures are built of it.
    """
    if calls is None:
        calls = Call.objects.filter(notice=notice)
    calls.filter(state__in=_OPEN).update(state=CallState.WITHDRAWN, **_QUIET)
    calls.filter(Q(send_at__isnull=False) | Q(due_at__isnull=False)).update(**_QUIET)
    if state is not None:
        _end(notice, state, now)


@transaction.atomic
def finish_notice(notice: Notice, *, by: Any, now: datetime) -> Notice:
    """Let a notice end in its time. Who was asked and never answered is missing; who never was, is not."""
    notice = take_turn(notice.pk)
    if notice.state != NoticeState.STARTED:
        return notice
    calls = Call.objects.filter(notice=notice)
    silent = calls.filter(state=CallState.ASKING).update(state=CallState.SILENT, **_QUIET)
    calls.filter(state=CallState.WAITING).update(state=CallState.WITHDRAWN, **_QUIET)
    calls.filter(due_at__isnull=False).update(**_QUIET)  # those that were to be called again
    if silent or not notice.is_counted:
        recount_notice(notice)
    _end(notice, NoticeState.FINISHED, now)
    carried = calls.filter(carried_at__isnull=False).count()
    journal.record(
        "outreach.finished",
        notice,
        by=by,
        at=now,
        drill=notice.drill,
        posts=calls.count(),
        carried=carried,
        silent=silent,
    )
    return notice


def _end(notice: Notice, state: NoticeState, now: datetime) -> None:
    Notice.objects.filter(pk=notice.pk).update(state=state, ended_at=now)
    notice.state, notice.ended_at = state, now


def finish_notices(now: datetime) -> int:
    """Finish every live notice whose time is over or that nobody has to carry on any more; say how many.

    The latter is one that every post has carried on, those left out to which a
    later notice has gone instead. What calls people to their work ends with the work.
    """
    started = Notice.objects.filter(state=NoticeState.STARTED, drill=None).exclude(kind=ERRAND)
    own = Call.objects.filter(notice=OuterRef("pk"))
    unanswered = own.filter(state__in=_OWING, understood_at=None)
    slow = own.filter(state__in=_OWING, understood_at__isnull=False, carried_at=None)
    done = Q(is_counted=True) & ~Exists(unanswered) & ~Exists(slow)
    over = list(started.filter(Q(ends_at__lte=now) | done))
    for notice in over:
        finish_notice(notice, by="node:outreach", now=now)
    return len(over)
