"""Issue what two people have agreed on: sign it, keep it like any other message, send it down the chain."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from renwang.alerts import cap
from renwang.alerts import composing_rules as rules
from renwang.alerts.composed import Composed
from renwang.alerts.composing_rules import DraftAct, DraftState, Kind
from renwang.alerts.drafts import Draft
from renwang.alerts.models import Alert, Relay
from renwang.alerts.reading import SPOKEN, judge_signature, read_alert, words_of
from renwang.alerts.rules import Source
from renwang.alerts.services.carrying import places_within, write_relay
from renwang.alerts.services.drafting import check_goes_out
from renwang.alerts.services.receiving import take_in
from renwang.alerts.services.relaying import relay_alert
from renwang.alerts.signing import node_signer
from renwang.base import journal
from renwang.chain import reach
from renwang.chain.models import Unit
from renwang.signals.models import Proposal
from renwang.signals.services import note_warning


@transaction.atomic
def issue_draft(draft_id: UUID, *, by: reach.Viewer, now: datetime) -> Relay | None:
    """Send out an approved draft; return its relay, or None where an earlier one's relays carry it.

    The message is signed with the node's key, kept byte for byte, and carried
    down by the same services as one that was received; an update or cancel
    goes wherever the earlier one went. Nothing goes out unsigned: raises
    `NoSigningKey` or `cap.SigningRefused`. Refuses with `NotApproved`,
    `DraftUnready` (its time may have passed since), `CannotFollow`,
    `NobodyThere` and `reach.NotInReach`.
    """
    draft = Draft.objects.select_for_update().get(pk=draft_id)
    if not by.may("alerts.compose", draft.path):
        reach.require(by, "alerts.approve", at=draft.path)
    state = rules.move_draft(DraftState(draft.state), DraftAct.ISSUE)
    check_goes_out(draft, now)
    if draft.kind == Kind.RELAY:
        alert, relay = _relay(draft, by=by, now=now)
    else:
        alert, relay = _send(draft, by=by, now=now)
        draft.alert = alert
    draft.state, draft.issued_by, draft.issued_at = state, by.id, now
    draft.save()
    journal.record(
        "alerts.issued",
        draft,
        by=by,
        at=now,
        drill=draft.drill,
        title=draft.title,
        kind=draft.kind,
        alert=alert.ref,
        digest=alert.digest,
        signer=alert.signer,
        written_by=draft.authors,
        approved_by=draft.approved_by,
        relay=relay.ref if relay else "",
    )
    _tell_proposal(draft, alert, now=now)
    return relay


def _tell_proposal(draft: Draft, alert: Alert, *, now: datetime) -> None:
    """Let the signals know which message their proposal grew into; one that is gone changes nothing."""
    if draft.proposal_id and Proposal.objects.filter(pk=draft.proposal_id).exists():
        note_warning(draft.proposal_id, alert.ref, by="node:alerts", now=now)


def _relay(draft: Draft, *, by: reach.Viewer, now: datetime) -> tuple[Alert, Relay]:
    about = draft.about
    if about is None:
        raise rules.CannotFollow("relay")
    unit = Unit.objects.get(pk=draft.unit_id)
    relay = relay_alert(about.pk, unit, by=by, now=now, note=draft.note)
    return about, relay


def _send(draft: Draft, *, by: reach.Viewer, now: datetime) -> tuple[Alert, Relay | None]:
    composed = Composed(draft)
    data = node_signer().sign(cap.write(composed.message(now)), now=now)
    document = read_alert(data)
    areas = [composed.area]
    alert = take_in(
        document,
        judge_signature(document, now),
        areas,
        composed.found,
        Source.DESK,
        by=by,
        now=now,
        drill=draft.drill,
    )
    followed = Relay.objects.filter(alert=alert, path=draft.path).first()
    if followed is not None or rules.ends_what_it_follows(composed.follow):
        return alert, followed
    relay = write_relay(
        alert,
        words_of(document.alert, SPOKEN),
        unit_id=draft.unit_id,
        top=draft.path,
        places=places_within(alert, draft.path),
        note=draft.note,
        by=by,
        now=now,
        carried_by=by.id,
    )
    return alert, relay
