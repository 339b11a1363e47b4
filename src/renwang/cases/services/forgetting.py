"""Forget in time: how reporters can be reached, and what they said; what was answered and counted stays."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from renwang.base import journal
from renwang.base.forgetting import eraser, forget
from renwang.cases import photos
from renwang.cases.models import Case, Photo, Reporter, Step
from renwang.cases.rules import Act
from renwang.cases.services.moving import BY

REPORTER, WORDS, PHOTO = "cases.reporter", "cases.words", "cases.photo"
AT_ONCE = 200
OF_REPORTER = (Act.ADD, Act.REJECT, "note", "mask", "tell", "far", "far_closed")


@eraser(REPORTER)
def _erase_reporters(keys: Sequence[str]) -> int:
    return Reporter.objects.filter(pk__in=keys).delete()[0]


@eraser(PHOTO, file=lambda key: photos.file_of(photos.FOLDER, key))
def _erase_photos(keys: Sequence[str]) -> int:
    """Erase the rows of photographs; their files go with them."""
    return Photo.objects.filter(pk__in=keys).delete()[0]


@eraser(WORDS)
def _erase_words(keys: Sequence[str]) -> int:
    """Empty what people said and the place they said it of; kind, unit, clocks and answers stay, and name nobody."""
    Reporter.objects.filter(pk__in=keys).delete()
    Step.objects.filter(case__in=keys, act__in=OF_REPORTER).update(words="")
    told = Case.objects.filter(pk__in=keys).exclude(words="")
    return told.update(
        words="", search="", masked="", alarm="", place="", door="", building=None, lon=None,
        lat=None, erase_at=None,
    )  # fmt: skip


def erase_reporters(now: datetime) -> int:
    """Erase how people can be reached where its time is over; return for how many."""
    due = Reporter.objects.filter(erase_at__lte=now)
    return _forget_due(due, REPORTER, "cases.reporters_erased", now)


def erase_words(now: datetime) -> int:
    """Erase what people said where its time is over, by the kind of their case; return of how many."""
    due = Case.objects.filter(erase_at__lte=now)
    return _forget_due(due, WORDS, "cases.words_erased", now)


@transaction.atomic
def _forget_due(due: QuerySet[Any], kind: str, verb: str, now: datetime) -> int:
    """Forget a portion of what is due; the beat comes back for the rest."""
    keys = list(due.order_by("erase_at").values_list("pk", flat=True)[:AT_ONCE])
    if not keys:
        return 0
    cases = list(Case.objects.filter(pk__in=keys).only("pk", "ref").order_by("pk"))
    number = forget(kind, keys, now=now)
    if kind == WORDS:
        shots = Photo.objects.filter(case__in=keys).values_list("pk", flat=True)
        forget(PHOTO, list(shots), now=now)
    journal.record(
        verb, cases[0], by=BY, at=now, place="", number=number, refs=[one.ref for one in cases]
    )
    return number
