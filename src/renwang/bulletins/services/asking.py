"""Take in what somebody asks or has heard: from the public page, at the desk, from another system."""

from dataclasses import dataclass
from datetime import datetime
from secrets import token_hex
from typing import Any

from django.db import transaction
from django.db.models import F

from renwang.base import journal
from renwang.base.buckets import bucket_of, hour_of
from renwang.base.envelopes import seal
from renwang.base.pure.ids import uuid7
from renwang.base.pure.text import search_key, trim
from renwang.base.references import next_reference
from renwang.bulletins.models import AskingRate, Question
from renwang.bulletins.question_rules import (
    ANSWER_WITHIN,
    AskedTooOften,
    Kind,
    check_asking,
    contact_until,
    is_too_often,
)
from renwang.chain import reach
from renwang.chain.models import Unit

PUBLIC = "node:public"
CONTACTS = "bulletins.contacts"
"""What the seal on a contact is for; see `base.envelopes`."""


@dataclass(frozen=True, slots=True)
class Asking:
    """What somebody brings, in his own words, and how he can be reached if he wants to be."""

    words: str
    kind: Kind = Kind.QUESTION
    contact: str = ""


def ask_publicly(asking: Asking, unit: Unit, *, address: str, now: datetime, via: str) -> Question:
    """Take in a question from anybody.

    The address only chooses one of 65,536 buckets that are counted for an
    hour: it is kept nowhere, and tens of thousands share a bucket. Refuses
    with `AskedTooOften`, `NothingAsked`, `AskedTooMuch`.
    """
    check_asking(asking.words, asking.contact)
    if is_too_often(_count(bucket_of(address, now), now)):
        raise AskedTooOften
    return _take_in(asking, unit, via, by=PUBLIC, now=now)


def enter_question(asking: Asking, unit: Unit, *, by: Any, now: datetime) -> Question:
    """Enter what somebody brought to the desk or said over the telephone, in his own words."""
    reach.require(by, "bulletins.write", at=unit.path)
    check_asking(asking.words, asking.contact)
    return _take_in(asking, unit, "desk", by=by, now=now)


@transaction.atomic
def _take_in(asking: Asking, unit: Unit, via: str, *, by: Any, now: datetime) -> Question:
    words = trim(asking.words)
    question = Question.objects.create(
        id=uuid7(now),
        ref=next_reference("Q", now),
        code=token_hex(8),
        unit_id=unit.pk,
        path=unit.path,
        kind=asking.kind,
        words=words,
        search=search_key(words),
        contact=seal(trim(asking.contact), CONTACTS),
        contact_until=contact_until(now, None) if trim(asking.contact) else None,
        via=via,
        asked_at=now,
        due_at=now + ANSWER_WITHIN,
        climbs_at=now + ANSWER_WITHIN,
        changed_at=now,
    )
    # Neither the words nor who asked: a fact of the journal can never be erased.
    journal.record("bulletins.asked", question, by=by, at=now, kind=asking.kind, via=via)
    return question


# --- how many come by one connection ----------------------------------------


def _count(bucket: int, now: datetime) -> int:
    """Count one more in a bucket, and return how many that makes in this hour."""
    row = {"hour": hour_of(now), "bucket": bucket}
    if not AskingRate.objects.filter(**row).update(number=F("number") + 1):
        AskingRate.objects.bulk_create([AskingRate(**row)], ignore_conflicts=True)
        AskingRate.objects.filter(**row).update(number=F("number") + 1)
    return AskingRate.objects.filter(**row).values_list("number", flat=True)[0]
