"""Forget in time what people brought: how to reach them, their own words, how many asked by one connection."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from renwang.base import journal
from renwang.base.buckets import hour_of
from renwang.base.forgetting import eraser, forget
from renwang.base.retention import Retention, proof_of, retain
from renwang.bulletins.models import AskingRate, Question
from renwang.bulletins.question_rules import question_key, words_due

BY = "node:bulletins"
CONTACT, WORDS = "bulletins.contact", "bulletins.words"
AT_ONCE = 500


def forget_rates(now: datetime) -> int:
    """Forget the counts of hours that are over; return how many were forgotten."""
    return AskingRate.objects.filter(hour__lt=hour_of(now)).delete()[0]


@eraser(CONTACT)
def _erase_contacts(keys: Sequence[str]) -> int:
    sealed = Question.objects.filter(pk__in=keys).exclude(contact="")
    return sealed.update(contact="", contact_until=None)


@eraser(WORDS)
def _erase_words(keys: Sequence[str]) -> int:
    """What the office wrote stays: the question as it words it, and every answer; search finds these."""
    asked = list(Question.objects.filter(pk__in=keys).exclude(words="").select_related("current"))
    for question in asked:
        question.words = ""
        question.search = question_key("", question.current.texts if question.current else ())
    return Question.objects.bulk_update(asked, ["words", "search"], batch_size=100)


def erase_contacts(now: datetime) -> int:
    """Erase what people can be reached by where its time is over; return for how many."""
    return _forget_due(_contacts_due(now), CONTACT, "bulletins.contacts_erased", now)


def erase_words(now: datetime) -> int:
    """Erase people's own words when nothing has happened to their question for the term; return how many.

    The term is `RENWANG_ASKED_WORDS_KEPT_DAYS`. It runs for what was never
    answered as well: nobody has waited on so long.
    """
    return _forget_due(_words_due(now), WORDS, "bulletins.words_erased", now)


def _contacts_due(now: datetime) -> QuerySet[Question]:
    return Question.objects.filter(contact_until__lte=now).exclude(contact="")


def _words_due(now: datetime) -> QuerySet[Question]:
    kept_for = timedelta(days=settings.RENWANG_ASKED_WORDS_KEPT_DAYS)
    return Question.objects.filter(changed_at__lte=words_due(now, kept_for)).exclude(words="")


@transaction.atomic
def _forget_due(due: QuerySet[Question], kind: str, verb: str, now: datetime) -> int:
    """Forget a portion of what is due; the beat comes back for the rest."""
    questions = list(due.order_by("pk").only("pk", "ref")[:AT_ONCE])
    if not questions:
        return 0
    number = forget(kind, [question.pk for question in questions], now=now)
    journal.record(
        verb,
        questions[0],
        by=BY,
        at=now,
        place="",
        **proof_of(kind, [question.pk for question in questions], until=now),
    )
    return number


retain(
    Retention(
        CONTACT,
        _("How people who asked can be reached"),
        _("Two weeks after their question was answered"),
        "bulletins.contacts_erased",
        _contacts_due,
    ),
    Retention(
        WORDS,
        _("The words people asked in"),
        _("For the days of RENWANG_ASKED_WORDS_KEPT_DAYS after the last that was done about them"),
        "bulletins.words_erased",
        _words_due,
    ),
)
