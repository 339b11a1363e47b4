"""What of signals waits for a person, as outreach is told: an answer owed to those below, a proposal to be decided."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from renwang.outreach.errand_rules import decision_term
from renwang.outreach.services import Waiting, in_every_language
from renwang.signals.models import Proposal, Referral

REFERRAL = "signals.referral"
PROPOSAL = "signals.proposal"
JUDGES = "signals.judge"

_OWED = _("{unit} asks {asked} for an answer until {until} ({ref})")


def waiting_referral(referral: Referral, now: datetime) -> Waiting:
    """Say that an answer is owed; not to whoever put the question. A grave assessment makes it urgent."""
    until = timezone.localtime(referral.due_at, timezone.get_default_timezone())
    return Waiting(
        kind=REFERRAL,
        subject_id=referral.pk,
        ref=referral.ref,
        said=in_every_language(
            _OWED,
            unit=referral.unit.name,
            asked=referral.asked.name,
            until=f"{until:%Y-%m-%d %H:%M}",
            ref=referral.ref,
        ),
        path=referral.asked_path,
        capability=JUDGES,
        term=referral.due_at - now,
        colour=referral.assessment.warning_level if referral.assessment else "",
        not_by=[referral.by],
        drill=referral.drill,
    )


def waiting_proposal(proposal: Proposal) -> Waiting:
    """Say that a trigger proposes a level, with the numbers that met it."""
    return Waiting(
        kind=PROPOSAL,
        subject_id=proposal.pk,
        ref=proposal.ref,
        said={"zh-hans": proposal.sentence_zh, "en": proposal.sentence_en},
        path=proposal.path,
        capability=JUDGES,
        term=decision_term(proposal.level),
        colour=proposal.level,
        drill=proposal.drill,
    )
