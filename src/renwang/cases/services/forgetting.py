"""Forget in time: how reporters can be reached, and what was said and written about what they brought.

What is left of a case counts and names nobody: kind, unit, clocks, how it
ended, which units had it in hand. Nothing of it leads back to who brought it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from renwang.base import journal
from renwang.base.forgetting import eraser, forget
from renwang.base.pure.text import search_key
from renwang.base.retention import Retention, proof_of, retain
from renwang.cases import photos, voices
from renwang.cases.models import (
    Answer,
    Case,
    Erasure,
    Photo,
    Reporter,
    SavedFilter,
    Step,
    Topic,
    Voice,
)
from renwang.cases.services.moving import BY
from renwang.registers.photos import keeps

REPORTER, WORDS, PHOTO = "cases.reporter", "cases.words", "cases.photo"
VOICE = "cases.voice"
AT_ONCE = 200


@eraser(REPORTER)
def _erase_reporters(keys: Sequence[str]) -> int:
    return Reporter.objects.filter(pk__in=keys).delete()[0]


@eraser(PHOTO, file=lambda key: photos.file_of(photos.FOLDER, key))
def _erase_photos(keys: Sequence[str]) -> int:
    """Erase the rows of photographs; their files go with them."""
    return Photo.objects.filter(pk__in=keys).delete()[0]


keeps(photos.FOLDER, lambda keys: Photo.objects.filter(pk__in=keys).values_list("pk", flat=True))


@eraser(VOICE, file=voices.file_of)
def _erase_voices(keys: Sequence[str]) -> int:
    """Erase the rows of voice messages with what was written down of them; their files go with them."""
    return Voice.objects.filter(pk__in=keys).delete()[0]


@eraser(WORDS)
def _erase_words(keys: Sequence[str]) -> int:
    """Empty what people said, where, and what was written to and about them; what counts stays, and names nobody."""
    Reporter.objects.filter(pk__in=keys).delete()
    Erasure.objects.filter(case__in=keys).update(reason="", ground="")
    Step.objects.filter(case__in=keys).exclude(words="").update(words="")
    Answer.objects.filter(case__in=keys).update(
        words="", who="", ground="", following="", whose="", helped_words=""
    )
    _empty_topics(keys)
    told = Case.objects.filter(pk__in=keys).exclude(words="")
    return told.update(
        words="", search="", masked="", mask_reason="", alarm="", place="", door="", building=None,
        lon=None, lat=None, erase_at=None,
    )  # fmt: skip


def _empty_topics(keys: Sequence[str]) -> None:
    """Take the words off topics that no other case with words belongs to; what a person called them stays."""
    left = Case.objects.exclude(words="").exclude(pk__in=keys).filter(raised__isnull=False)
    touched = Topic.objects.filter(raised__case__in=keys).exclude(
        pk__in=left.values("raised__topic")
    )
    for topic in touched.distinct().only("pk", "name"):
        Topic.objects.filter(pk=topic.pk).update(words=[], search=search_key(topic.name))


def erase_reporters(now: datetime) -> int:
    """Erase how people can be reached where its time is over; return for how many."""
    return _forget_due(_reporters_due(now), REPORTER, "cases.reporters_erased", now)


def erase_words(now: datetime) -> int:
    """Erase what was said where its time is over, by the kind of its case; return of how many."""
    return _forget_due(_words_due(now), WORDS, "cases.words_erased", now)


def forget_filters() -> int:
    """Forget how those looked at the inbox who no longer work here; return how many ways."""
    return SavedFilter.objects.filter(person__is_active=False).delete()[0]


def _reporters_due(now: datetime) -> QuerySet[Reporter]:
    return Reporter.objects.filter(erase_at__lte=now)


def _words_due(now: datetime) -> QuerySet[Case]:
    return Case.objects.filter(erase_at__lte=now)


@transaction.atomic
def _forget_due(due: QuerySet[Any], kind: str, verb: str, now: datetime) -> int:
    """Forget a portion of what is due; the beat comes back for the rest."""
    keys = list(due.order_by("erase_at").values_list("pk", flat=True)[:AT_ONCE])
    if not keys:
        return 0
    subject = Case.objects.only("pk", "ref").get(pk=keys[0])
    number = forget(kind, keys, now=now)
    pictures = forget_pictures(keys, now) if kind == WORDS else 0
    journal.record(
        verb, subject, by=BY, at=now, place="", pictures=pictures,
        **proof_of(kind, keys, until=now),
    )  # fmt: skip
    return number


def forget_pictures(keys: Sequence[Any], now: datetime) -> int:
    """Forget photographs and voice messages of cases with their files; return how many photographs."""
    shots = Photo.objects.filter(case__in=keys).values_list("pk", flat=True)
    spoken = Voice.objects.filter(case__in=keys).values_list("pk", flat=True)
    forget(VOICE, list(spoken), now=now)
    return forget(PHOTO, list(shots), now=now)


retain(
    Retention(
        REPORTER,
        _("How reporters can be reached"),
        _("A month after their case, or the one that stands for it, is closed"),
        "cases.reporters_erased",
        _reporters_due,
        early="cases.erased_early",
    ),
    Retention(
        WORDS,
        _("Words, places and photographs of cases, and what was written to and about them"),
        _("By kind of case, two years after it is closed where its kind does not say otherwise"),
        "cases.words_erased",
        _words_due,
        early="cases.erased_early",
    ),
)
