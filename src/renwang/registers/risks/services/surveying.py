"""Surveys feed the list: experts assess, residents meet, patrols go round; each says when the next one is due."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from renwang.base import journal
from renwang.base.pure.ids import uuid7
from renwang.base.references import next_reference
from renwang.chain.models import Unit
from renwang.chain.reach import require
from renwang.outreach.services import end_errand
from renwang.registers.risks.models import Survey
from renwang.registers.risks.rules import SurveyKind, check_words
from renwang.registers.risks.services.finding import By, hand_of
from renwang.registers.risks.waiting import SURVEY


@dataclass(frozen=True, slots=True)
class Looked:
    """A looking round: what kind, on which day, who, what they found in words, and how often it is repeated."""

    kind: SurveyKind
    title: str
    on: date
    who: str
    words: str = ""
    every_days: int | None = None


@transaction.atomic
def record_survey(looked: Looked, unit: Unit, *, by: By, now: datetime) -> Survey:
    """Record a survey. The next is due from the day of this one, so a look that was late moves all that follow.

    It follows the last one of its kind at the same place, which is owed no longer.
    Refuses with `WordsMissing` and `reach.NotInReach`.
    """
    require(by, "risks.judge", at=unit.path)
    title, who = check_words(looked.title), check_words(looked.who)
    before = Survey.objects.select_for_update().filter(
        unit=unit, kind=looked.kind, followed_by=None, on__lte=looked.on
    )
    every = looked.every_days
    survey = Survey.objects.create(
        id=uuid7(now),
        ref=next_reference("V", now),
        kind=looked.kind,
        title=title[:120],
        unit=unit,
        path=unit.path,
        on=looked.on,
        who=who[:200],
        words=looked.words.strip(),
        every_days=every,
        next_on=looked.on + timedelta(days=every) if every else None,
        by=hand_of(by),
        at=now,
    )
    last = before.exclude(pk=survey.pk).order_by("-on", "-at").first()
    if last is not None:
        last.followed_by = survey
        last.save(update_fields=["followed_by"])
        end_errand(SURVEY, last.pk, by=by, now=now)
    journal.record(
        "risks.surveyed", survey, by=by, at=now, title=survey.title, kind=looked.kind,
        on=looked.on, who=survey.who, words=survey.words, next_on=survey.next_on,
        follows=last.ref if last else "",
    )  # fmt: skip
    return survey
