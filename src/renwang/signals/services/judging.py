"""A person judges: assesses a matter, asks for a warning, puts a signal aside, says which warning met it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from renwang.base import journal
from renwang.base.pure.ids import uuid7
from renwang.chain.exposure import Exposed
from renwang.chain.reach import Viewer, require
from renwang.outreach.services import end_errand
from renwang.signals.models import Assessment, Matter, Proposal, Signal
from renwang.signals.rules import (
    ProposalAct,
    ProposalState,
    SignalAct,
    SignalState,
    check_reason,
    move,
    move_proposal,
)
from renwang.signals.scale_rules import Judgement, check_judgement
from renwang.signals.services.grouping import matter_of
from renwang.signals.services.receiving import let_all, locked_signal, locked_signals_of
from renwang.signals.waiting import PROPOSAL

By = Viewer | str


@transaction.atomic
def assess_signal(
    signal_id: UUID,
    said: Judgement,
    *,
    by: By,
    now: datetime,
    exposed: Exposed | None = None,
) -> Assessment:
    """Say what a signal, and all that is linked with it, comes to. An earlier assessment stays beside it.

    Refuses with `NatureMissing`, `AssessmentReasonMissing`, `WarningLevelNotFor`,
    `WasPutAside` and `reach.NotInReach`.
    """
    signal = locked_signal(signal_id)
    require(by, "signals.judge", at=signal.path)
    move(SignalState(signal.state), SignalAct.ASSESS)
    check_judgement(said)
    return _assess(matter_of(signal, by=by, now=now), said, exposed, by=by, now=now)


@transaction.atomic
def assess_matter(
    matter_id: UUID, said: Judgement, *, by: By, now: datetime, exposed: Exposed | None = None
) -> Assessment:
    """Say what a matter comes to; the same as assessing one of its signals."""
    matter = Matter.objects.select_for_update().get(pk=matter_id)
    require(by, "signals.judge", at=matter.path)
    check_judgement(said)
    return _assess(matter, said, exposed, by=by, now=now)


def _assess(
    matter: Matter, said: Judgement, exposed: Exposed | None, *, by: By, now: datetime
) -> Assessment:
    signals = locked_signals_of(matter)
    let_all(signals, SignalAct.ASSESS)
    kept = exposed.as_kept() if exposed else {}
    assessment = Assessment.objects.create(
        id=uuid7(now),
        matter=matter,
        number=matter.assessments.count() + 1,
        category=said.category,
        hazard=said.hazard or matter.hazard,
        nature=said.nature.strip(),
        likely_harm=said.likely_harm.strip(),
        exposed=kept,
        event_level=said.event_level or "",
        warning_level=said.warning_level or "",
        response_level=said.response_level or "",
        confidence=said.confidence,
        reason=said.reason.strip(),
        path=matter.path,
        by=by.id if isinstance(by, Viewer) else None,
        at=now,
    )
    matter.assessment = assessment
    matter.hazard = assessment.hazard
    matter.save(update_fields=["assessment", "hazard"])
    _move_proposals(signals, ProposalAct.ASSESS, by=by, now=now)
    journal.record(
        "signals.assessed",
        matter,
        by=by,
        at=now,
        drill=matter.drill,
        number=assessment.number,
        category=said.category,
        nature=assessment.nature,
        likely_harm=assessment.likely_harm,
        event_level=assessment.event_level,
        warning_level=assessment.warning_level,
        response_level=assessment.response_level,
        confidence=said.confidence,
        reason=assessment.reason,
        exposed=kept,
        signals=[signal.ref for signal in signals],
    )
    return assessment


@transaction.atomic
def ask_for_warning(matter_id: UUID, *, by: By, now: datetime, reason: str) -> Matter:
    """Ask whoever writes warnings for one, on the ground of the assessment. Refuses with `NotAssessed`, `ReasonMissing`."""
    matter = Matter.objects.select_for_update().get(pk=matter_id)
    require(by, "signals.judge", at=matter.path)
    reason = check_reason(reason)
    signals = locked_signals_of(matter)
    let_all(signals, SignalAct.PROPOSE)
    _move_proposals(signals, ProposalAct.HAND_ON, by=by, now=now, reason=reason)
    assessment = matter.assessment
    journal.record(
        "signals.warning_asked",
        matter,
        by=by,
        at=now,
        drill=matter.drill,
        reason=reason,
        hazard=matter.hazard,
        warning_level=assessment.warning_level if assessment else "",
        signals=[signal.ref for signal in signals],
    )
    return matter


@transaction.atomic
def put_aside(signal_id: UUID, *, by: By, now: datetime, reason: str) -> Signal:
    """Put a signal aside, saying why; it can be opened again. Refuses with `ReasonMissing` and `WasPutAside`."""
    signal = locked_signal(signal_id)
    require(by, "signals.judge", at=signal.path)
    signal.reason = check_reason(reason)
    signal.state = move(SignalState(signal.state), SignalAct.PUT_ASIDE)
    signal.save(update_fields=["state", "reason"])
    _move_proposals([signal], ProposalAct.DISMISS, by=by, now=now, reason=signal.reason)
    journal.record(
        "signals.put_aside", signal, by=by, at=now, drill=signal.drill, reason=signal.reason
    )
    return signal


@transaction.atomic
def reopen_signal(signal_id: UUID, *, by: By, now: datetime, reason: str = "") -> Signal:
    """Open a signal again that was put aside or met by a warning. Refuses with `NotPutAside`."""
    signal = locked_signal(signal_id)
    require(by, "signals.judge", at=signal.path)
    signal.state = move(SignalState(signal.state), SignalAct.REOPEN)
    signal.reason, signal.met_by = "", ""
    signal.save(update_fields=["state", "reason", "met_by"])
    journal.record("signals.reopened", signal, by=by, at=now, drill=signal.drill, reason=reason)
    return signal


@transaction.atomic
def meet_signal(
    signal_id: UUID, warning_ref: str, *, by: By, now: datetime, issuer: str = ""
) -> Signal:
    """Note that an official warning says what a signal said.

    The signal's matter goes with it. Whoever brings in or relays the warning
    calls this from above, with its reference; signals never look up.
    """
    signal = locked_signal(signal_id)
    require(by, "signals.judge", at=signal.path)
    signals = locked_signals_of(signal.matter) if signal.matter_id else [signal]
    for one in signals:
        one.state = move(SignalState(one.state), SignalAct.MEET)
        one.met_by = warning_ref
    Signal.objects.bulk_update(signals, ["state", "met_by"])
    Proposal.objects.filter(signal__in=signals).update(became=warning_ref)
    journal.record(
        "signals.met",
        signal,
        by=by,
        at=now,
        drill=signal.drill,
        warning=warning_ref,
        issuer=issuer,
        signals=[one.ref for one in signals],
    )
    signal.refresh_from_db()
    return signal


# --- proposals ------------------------------------------------------------------


@transaction.atomic
def dismiss_proposal(proposal_id: UUID, *, by: By, now: datetime, reason: str) -> Proposal:
    """Decide against a proposal, saying why; its signal is put aside with it.

    The same level is not proposed again until its conditions have passed and
    are met anew. Refuses with `ReasonMissing` and `ProposalDecided`.
    """
    proposal = Proposal.objects.select_for_update().get(pk=proposal_id)
    move_proposal(ProposalState(proposal.state), ProposalAct.DISMISS)
    put_aside(proposal.signal_id, by=by, now=now, reason=reason)
    proposal.refresh_from_db()
    return proposal


@transaction.atomic
def hand_on_proposal(proposal_id: UUID, *, by: By, now: datetime, reason: str) -> Proposal:
    """Give a proposal to whoever writes the warning.

    It may go unassessed when time presses: the numbers that met it are its
    ground. Refuses with `ReasonMissing` and `ProposalDecided`.
    """
    proposal = Proposal.objects.select_for_update().get(pk=proposal_id)
    require(by, "signals.judge", at=proposal.path)
    _decide(proposal, ProposalAct.HAND_ON, by=by, now=now, reason=check_reason(reason))
    return proposal


@transaction.atomic
def note_warning(proposal_id: UUID, warning_ref: str, *, by: By, now: datetime) -> Proposal:
    """Note which warning a proposal grew into; told by whoever issued it."""
    proposal = Proposal.objects.select_for_update().get(pk=proposal_id)
    meet_signal(proposal.signal_id, warning_ref, by=by, now=now)
    proposal.refresh_from_db()
    return proposal


def _move_proposals(
    signals: list[Signal], act: ProposalAct, *, by: By, now: datetime, reason: str = ""
) -> None:
    """Let the proposals behind some signals follow what was decided about these, where that is still open."""
    open_ones = Proposal.objects.select_for_update().filter(
        signal__in=signals, state__in=[ProposalState.OPEN, ProposalState.ASSESSED]
    )
    for proposal in open_ones.order_by("pk"):
        _decide(proposal, act, by=by, now=now, reason=reason)


def _decide(proposal: Proposal, act: ProposalAct, *, by: By, now: datetime, reason: str) -> None:
    proposal.state = move_proposal(ProposalState(proposal.state), act)
    proposal.reason = reason or proposal.reason
    proposal.decided_by = by.id if isinstance(by, Viewer) else None
    proposal.decided_at = now
    proposal.save(update_fields=["state", "reason", "decided_by", "decided_at"])
    facts: dict[str, Any] = {"state": proposal.state, "level": proposal.level, "reason": reason}
    journal.record(
        "signals.proposal_decided", proposal, by=by, at=now, drill=proposal.drill, **facts
    )
    end_errand(PROPOSAL, proposal.pk, by=by, now=now)
