"""Write a relay with its notice, for a person's decision and for what follows from one alike."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from renwang.alerts.models import Alert, AlertUnit, Relay
from renwang.alerts.reading import Words
from renwang.alerts.rules import (
    AlertElsewhere,
    AlertState,
    AlreadyRelayed,
    Relayable,
    WordsMissing,
    check_relay,
)
from renwang.alerts.terms import terms_for
from renwang.base import journal
from renwang.base.pure.ids import uuid7
from renwang.outreach.models import Notice
from renwang.outreach.rules import Terms
from renwang.outreach.services import Message, start_notice

CANCEL = "Cancel"


def places_within(alert: Alert, top: str) -> list[str]:
    """Give the topmost paths at or below a unit in which a warning applies; none where it does not."""
    paths = list(AlertUnit.objects.filter(alert=alert).values_list("path", flat=True))
    if any(top.startswith(path) for path in paths):
        return [top]
    return [path for path in paths if path.startswith(top)]


def write_relay(
    alert: Alert,
    words: Words | None,
    *,
    unit_id: UUID,
    top: str,
    places: list[str],
    note: str,
    by: Any,
    now: datetime,
    told_by: Sequence[UUID] = (),
    carried_by: UUID | None = None,
    terms: Terms | None = None,
) -> Relay:
    """Write a relay with its notice in the caller's transaction, once nothing stands against it."""
    state = check_relay(
        Relayable(
            AlertState(alert.state),
            alert.status,
            alert.msg_type,
            alert.expires_at,
            words is not None,
        ),
        now=now,
        in_drill=alert.drill is not None,
    )
    if words is None:
        raise WordsMissing
    if not places and not told_by:
        raise AlertElsewhere(top)
    above = [top[: at + 1] for at in range(1, len(top)) if top[at] == "/"]
    if Relay.objects.filter(Q(path__under=top) | Q(path__in=above), alert=alert).exists():
        raise AlreadyRelayed(top)
    earlier = _latest_before(alert, top, told_by)
    notice = start_notice(
        Message(
            kind="alerts.relay",
            subject_id=alert.pk,
            title=words.title,
            words=words.text,
            note=note,
            colour=alert.colour,
            language=words.language,
            thread=alert.thread,
            sequence=alert.sequence,
        ),
        top=top,
        places=places,
        terms=terms or terms_for(alert.colour, is_all_clear=alert.msg_type == CANCEL),
        by=by,
        now=now,
        ends_at=None if alert.msg_type == CANCEL else alert.expires_at,
        drill=alert.drill,
        supersedes=earlier,
        told_by=told_by,
        carried_by=carried_by,
    )
    relay = Relay.objects.create(
        id=uuid7(now),
        ref=notice.ref,  # one thing to whoever speaks of it over a telephone
        alert=alert,
        notice_id=notice.pk,
        unit_id=unit_id,
        path=top,
        note=note,
        decided_by=getattr(by, "id", None),
        decided_at=now,
        drill=alert.drill,
    )
    if state != alert.state:
        alert.state = state
        Alert.objects.filter(pk=alert.pk).update(state=state)
    journal.record(
        "alerts.relayed",
        relay,
        by=by,
        at=now,
        drill=alert.drill,
        alert=alert.ref,
        notice=notice.ref,
        places=places,
        note=note,
        headline=words.title,
    )
    return relay


def _latest_before(alert: Alert, top: str, told_by: Sequence[UUID]) -> Notice | None:
    """Find the notice that this one follows: the last one here, or whose listeners have come here since."""
    if alert.sequence == 1:
        return None
    earlier = Notice.objects.filter(
        thread=alert.thread, drill=alert.drill, sequence__lt=alert.sequence
    ).order_by("-sequence", "-pk")
    here = earlier.filter(path__under=top).first()
    return here or earlier.filter(pk__in=told_by).first()
