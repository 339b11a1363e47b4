"""Forget in time: who the parties were, what they told, what they agreed; kind, place, days and outcome stay and name nobody."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from renwang.base import journal
from renwang.base.forgetting import eraser, forget
from renwang.base.retention import Retention, proof_of, retain
from renwang.cases.mediation.models import Agreement, Confidence, Mediation, Party
from renwang.cases.mediation.services.moving import BY

WORDS = "mediation.words"
AT_ONCE = 200


@eraser(WORDS)
def _erase(keys: Sequence[str]) -> int:
    Confidence.objects.filter(mediation__in=keys).delete()
    Agreement.objects.filter(mediation__in=keys).update(sealed="")
    Party.objects.filter(mediation__in=keys).update(
        sealed_name="", sealed_contact="", home="", person=None
    )
    told = Mediation.objects.filter(pk__in=keys).exclude(about="", search="", erase_at=None)
    return told.update(about="", search="", erase_at=None)


@transaction.atomic
def erase_words(now: datetime) -> int:
    """Erase the words of mediations whose time is over, a portion at a time; return of how many."""
    due = _due(now).order_by("erase_at")[:AT_ONCE]
    found = list(due.only("pk", "ref"))
    if not found:
        return 0
    number = forget(WORDS, [one.pk for one in found], now=now)
    journal.record(
        "mediation.words_erased", found[0], by=BY, at=now, place="",
        **proof_of(WORDS, [one.pk for one in found], until=now),
    )  # fmt: skip
    return number


def _due(now: datetime) -> QuerySet[Mediation]:
    return Mediation.objects.filter(erase_at__lte=now)


retain(
    Retention(
        WORDS,
        _("Who the parties of a mediation were, what they told and agreed"),
        _("A year after its end"),
        "mediation.words_erased",
        _due,
    )
)
