"""Take in what a text message gateway hands over: whose message was delivered or lost, and who answered.

An exercise's messages never went through a gateway, so nothing that comes from
one ever touches an exercise.
"""

import hmac
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from renwang.base import journal
from renwang.chain.models import Contact
from renwang.outreach.channels import configured
from renwang.outreach.channels.port import reply_code
from renwang.outreach.channels.sms_inbound import (
    Reply,
    Report,
    Text,
    receipts_from,
    replies_from,
    texts_from,
)
from renwang.outreach.models import Attempt, Call
from renwang.outreach.rules import CallState, Receipt, Taken
from renwang.outreach.services import Slip, record_receipts
from renwang.outreach.services.tallying import take_turn

BY = "node:sms"
KIND = "sms"
LOOK_BACK = timedelta(days=3)  # an answer to an older message is for a human being to read

TextReader = Callable[[Text, datetime], None]
_READERS: list[TextReader] = []

_NO_DIGIT = re.compile(r"\D+")


def is_from_gateway(secret: str) -> bool:
    """Say whether a request carries the secret that was agreed with the gateway; never, where none was."""
    agreed = configured().inbound_secret
    return bool(agreed) and hmac.compare_digest(agreed.encode(), secret.encode())


def take_in_reports(payload: Any, *, now: datetime) -> int:
    """Take in delivery reports as the gateway sent them; return how many told something new.

    A message that was lost lets its ladder go on at once.
    """
    zone = timezone.get_default_timezone()
    reports = receipts_from(payload, fields=configured().inbound, zone=zone, now=now)
    slips = [
        Slip(
            Receipt.DELIVERED,
            one.at,
            via=KIND,
            attempt_id=one.message_id,
            provider_id=one.provider_id,
        )
        for one in reports
        if one.is_delivered
    ]
    taken = record_receipts(slips, by=BY, now=now) if slips else []
    lost = _let_go_on([one for one in reports if not one.is_delivered], now)
    return taken.count(Taken.RECORDED) + lost


def take_in_replies(payload: Any, *, now: datetime) -> tuple[int, int]:
    """Take in people's replies as the gateway sent them; return how many were recorded, and how many nobody knew.

    A reply with a code is for the message of that code; one without is for the
    last message that went to the number. What cannot be told is left alone.
    """
    channels = configured()
    zone = timezone.get_default_timezone()
    replies = replies_from(payload, fields=channels.inbound, zone=zone, now=now)
    slips = match_replies(replies, country=channels.inbound.country, now=now)
    taken = record_receipts(slips, by=BY, now=now) if slips else []
    people = {one.person_id for one in slips}
    Contact.objects.filter(kind=KIND, person__in=people).update(worked_at=now)
    return taken.count(Taken.RECORDED), len(replies) - len(slips)


def reads_texts(read: TextReader) -> TextReader:
    """Declare what reads the texts that answer no message: the floor above knows what people write to it.

    It is told of each text in turn, may be told of the same one again, and
    raises nothing for what it cannot read.
    """
    if read not in _READERS:
        _READERS.append(read)
    return read


def take_in_texts(payload: Any, *, now: datetime) -> int:
    """Hand on what people wrote that answers no message; return how many texts that was."""
    zone = timezone.get_default_timezone()
    texts = texts_from(payload, fields=configured().inbound, zone=zone, now=now)
    for text in texts:
        for read in _READERS:
            read(text, now)
    return len(texts)


def match_replies(replies: Sequence[Reply], *, country: str, now: datetime) -> list[Slip]:
    """Find the call that each reply answers; a reply that fits none is left out."""
    spelled = {reply.number: spellings(reply.number, country) for reply in replies}
    every = {address for some in spelled.values() for address in some}
    owners: dict[str, list[tuple[UUID, UUID]]] = {}
    for pk, person, address in Contact.objects.filter(kind=KIND, address__in=every).values_list(
        "pk", "person_id", "address"
    ):
        owners.setdefault(address, []).append((pk, person))
    sent: dict[UUID, list[tuple[UUID, int]]] = {}
    tries = Attempt.objects.filter(
        channel=KIND,
        begun_at__gte=now - LOOK_BACK,
        contact_id__in=[pk for some in owners.values() for pk, _person in some],
        notice__drill=None,
    ).order_by("-begun_at", "-id")
    for pk, contact, call in tries.values_list("pk", "contact_id", "call_id"):
        sent.setdefault(contact, []).append((pk, call))
    slips = []
    for reply in replies:
        mine = [one for address in spelled[reply.number] for one in owners.get(address, ())]
        found = _which(reply.code, [(person, sent.get(pk, [])) for pk, person in mine])
        if found is not None:
            person, call = found
            slips.append(Slip(reply.receipt, reply.at, via=KIND, call_id=call, person_id=person))
    return slips


def _which(
    code: str, mine: Iterable[tuple[UUID, Sequence[tuple[UUID, int]]]]
) -> tuple[UUID, int] | None:
    newest: tuple[UUID, UUID, int] | None = None
    for person, tries in mine:
        for attempt, call in tries:
            if code and reply_code(attempt) != code:
                continue
            # UUIDv7 sorts by time, so the greatest id is the last message.
            if newest is None or attempt > newest[0]:
                newest = (attempt, person, call)
    return newest[1:] if newest else None


def spellings(number: str, country: str) -> frozenset[str]:
    """Spell a number in the ways a roster may have it: with and without the country's code."""
    digits = _NO_DIGIT.sub("", number).removeprefix("00")
    if number.strip().startswith("+") or digits.startswith(country):
        inner = digits.removeprefix(country)
    else:
        inner = digits
    return frozenset(
        one
        for one in (
            digits,
            f"+{digits}",
            inner,
            f"{country}{inner}",
            f"+{country}{inner}",
            f"00{country}{inner}",
        )
        if len(one) >= 5
    )


def _let_go_on(lost: Sequence[Report], now: datetime) -> int:
    """Let the ladder go on from messages that the gateway lost, where nobody has answered meanwhile."""
    if not lost:
        return 0
    named = Q(pk__in=[one.message_id for one in lost if one.message_id]) | Q(
        provider_id__in=[one.provider_id for one in lost if one.provider_id]
    )
    attempts = Attempt.objects.filter(named, channel=KIND, notice__drill=None)
    by_notice: dict[UUID, list[Attempt]] = defaultdict(list)
    for attempt in attempts.order_by("notice_id", "pk"):
        by_notice[attempt.notice_id].append(attempt)
    return sum(_let_notice_go_on(key, some, now) for key, some in by_notice.items())


@transaction.atomic
def _let_notice_go_on(notice_id: UUID, lost: Sequence[Attempt], now: datetime) -> int:
    notice = take_turn(notice_id)
    items = []
    for attempt in lost:
        if Call.objects.filter(
            pk=attempt.call_id,
            state=CallState.ASKING,
            rung=attempt.rung,
            contact_id=attempt.contact_id,
            delivered_at=None,
            understood_at=None,
            due_at__gt=now,
        ).update(due_at=now):
            items.append([attempt.call_id, attempt.pk, attempt.contact_id])
    contacts = {attempt.contact_id for attempt in lost}
    failed = Contact.objects.filter(Q(failed_at=None) | Q(failed_at__lt=now), pk__in=contacts)
    if failed.update(failed_at=now) or items:
        journal.record(
            "outreach.messages_lost",
            notice,
            by=BY,
            at=now,
            drill=notice.drill,
            count=len(lost),
            items=items,
            contacts=sorted(str(contact) for contact in contacts if contact),
        )
    return len(items)
