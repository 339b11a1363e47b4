"""Messages to reporters are written down in the transaction of what they tell of; they go out later and hold nobody up."""

from datetime import datetime
from uuid import UUID

from django.db.models import Q

from renwang.base.pure.ids import uuid7
from renwang.cases.models import Case, Telling
from renwang.cases.rules import Act, Via
from renwang.cases.telling_rules import Event

EVENTS = {
    Act.ASK: Event.ASKED,
    Act.EXTEND: Event.EXTENDED,
    Act.ANSWER: Event.ANSWERED,
    Act.MERGE: Event.MERGED,
    Act.CLOSE: Event.CLOSED,
    Act.WITHDRAW: Event.CLOSED,
}
_BY_TEXT_ALREADY = (Event.ASKED, Event.ANSWERED)
"""Whoever reported by text message gets question and answer themselves by text; see `services.texting`."""


def new_telling(case_id: UUID, event: Event, now: datetime, step: int | None = None) -> Telling:
    """Make a message ready that is to go out as soon as the hour allows; once for each step."""
    key = event.value if step is None else f"{event.value}-{step}"
    return Telling(id=uuid7(now), case_id=case_id, event=event, key=key, at=now, due_at=now)


def queue_tellings(case: Case, act: Act, step: int, now: datetime) -> int:
    """Write down in the caller's transaction who is told of a step; two statements at most.

    With the reporter those are told whose cases were merged into this one. Whoever
    takes his report back knows it; only the others are told.
    """
    event = EVENTS.get(act)
    if event is None:
        return 0
    concerned = {
        Act.MERGE: Q(pk=case.pk),
        Act.WITHDRAW: Q(merged_into=case),
    }.get(act, Q(pk=case.pk) | Q(merged_into=case))
    found = Case.objects.filter(concerned, reporter__agrees=True).order_by("pk")
    rows = [
        new_telling(pk, event, now, step)
        for pk, via in found.values_list("pk", "via")
        if pk != case.pk or via != Via.SMS or event not in _BY_TEXT_ALREADY
    ]
    Telling.objects.bulk_create(rows)
    return len(rows)
