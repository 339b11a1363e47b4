"""A warning that is not for us, or whose time is over; and the terms of its colour."""

from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from django.db import transaction

from renwang.alerts.models import Alert, Term
from renwang.alerts.reply_rules import Reason
from renwang.alerts.rules import Act, AlertState, ColourTerms, check_terms, move
from renwang.alerts.services.replying import answer_otherwise
from renwang.base import journal
from renwang.chain import reach


@transaction.atomic
def dismiss_alert(alert_id: UUID, *, by: reach.Viewer, now: datetime, reason: str) -> Alert:
    """Put a warning aside as not for this node, with the reason; it can still be relayed later.

    Refuses with `AlertInForce` and the other reasons of `rules`, and with
    `reach.NotInReach`.
    """
    alert = Alert.objects.select_for_update().get(pk=alert_id)
    if not by.may("alerts.relay", alert.path or None):
        raise reach.NotInReach("alerts.relay", alert.path)
    alert.state = move(AlertState(alert.state), Act.DISMISS)
    alert.save(update_fields=["state"])
    journal.record("alerts.dismissed", alert, by=by, at=now, drill=alert.drill, reason=reason)
    # Who sent it learns that, but not the words: those were said among ourselves.
    answer_otherwise(alert, Reason.NOT_FOR_US, now=now)
    return alert


def expire_alerts(now: datetime, *, drill: UUID | None = None) -> int:
    """Let every warning end whose time is over; return how many did."""
    due = Alert.objects.filter(
        state__in=[AlertState.RECEIVED, AlertState.IN_FORCE, AlertState.DISMISSED],
        expires_at__lte=now,
        drill=drill,
    )
    ended = 0
    for alert in due.order_by("expires_at"):
        with transaction.atomic():
            state = move(AlertState(alert.state), Act.EXPIRE)
            if not Alert.objects.filter(pk=alert.pk, state=alert.state).update(state=state):
                continue  # another process, or an update, was quicker
            journal.record("alerts.expired", alert, by="node:alerts", at=now, drill=drill)
            ended += 1
    return ended


@transaction.atomic
def set_term(colour: str, terms: ColourTerms, *, by: reach.Viewer, now: datetime) -> Term:
    """Set how long people get to answer a warning of a colour. Refuses with `TermRefused`."""
    if not by.may("node.operate"):
        raise reach.NotInReach("node.operate", "")
    check_terms(terms)
    said = asdict(terms)
    term, _ = Term.objects.update_or_create(colour=colour, defaults=said)
    journal.record("alerts.term_set", term, by=by, at=now, **said)
    return term
