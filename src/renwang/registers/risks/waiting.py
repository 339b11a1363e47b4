"""What of risks waits for a person, as outreach is told: an answer owed to those below, a survey that is due again."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from renwang.outreach.errand_rules import ErrandState
from renwang.outreach.models import Errand
from renwang.outreach.services import Waiting, ask_errand, in_every_language
from renwang.registers.risks.models import Referral, Risk, Survey
from renwang.registers.risks.scale_rules import COLOURS, Level

REFERRAL = "risks.referral"
SURVEY = "risks.survey"
JUDGES = "risks.judge"
SURVEY_TERM = timedelta(days=14)
AT_ONCE = 100

_OWED = _("{unit} asks {asked} what is to be done about a risk, until {until} ({ref})")
_DUE = _("“{title}” was due again on {day}: look round, and record what was found ({ref})")


def waiting_referral(referral: Referral, risk: Risk, now: datetime) -> Waiting:
    """Say that an answer is owed; not to whoever put the question. A grave risk makes it urgent."""
    until = timezone.localtime(referral.due_at, timezone.get_default_timezone())
    return Waiting(
        kind=REFERRAL,
        subject_id=referral.pk,
        ref=risk.ref,
        said=in_every_language(
            _OWED,
            unit=referral.unit.name,
            asked=referral.asked.name,
            until=f"{until:%Y-%m-%d %H:%M}",
            ref=risk.ref,
        ),
        path=referral.asked.path,
        capability=JUDGES,
        term=referral.due_at - now,
        colour=COLOURS[Level(risk.level)],
        not_by=[referral.by],
    )


def ask_surveys(now: datetime) -> int:
    """Call those who judge at a place to each survey there whose next one should have been; return how many.

    Nobody is told twice; recording the next one ends it.
    """
    today = timezone.localdate(now, timezone.get_default_timezone())
    waiting = Errand.objects.filter(kind=SURVEY, state=ErrandState.OPEN).values("subject_id")
    due = Survey.objects.filter(next_on__lt=today, followed_by=None).exclude(pk__in=waiting)
    asked = 0
    for survey in due.order_by("next_on")[:AT_ONCE]:
        with transaction.atomic():
            ask_errand(_waiting_survey(survey), by="node:risks", now=now)
        asked += 1
    return asked


def _waiting_survey(survey: Survey) -> Waiting:
    return Waiting(
        kind=SURVEY,
        subject_id=survey.pk,
        ref=survey.ref,
        said=in_every_language(_DUE, title=survey.title, day=survey.next_on, ref=survey.ref),
        path=survey.path,
        capability=JUDGES,
        term=SURVEY_TERM,
    )
