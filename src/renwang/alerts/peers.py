"""Other nodes: whom we answer, who is to confirm what we send, and where each of them stands to a warning."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from renwang.alerts.feeds import SetUpRefused, answer_address, kept_key, without_secrets
from renwang.alerts.finding import in_reach
from renwang.alerts.models import Alert, OwnReply, Peer, Relay, Reply
from renwang.alerts.reply_rules import Expected, Party, Said, parties_of
from renwang.alerts.rules import ACTUAL, Source
from renwang.base import journal
from renwang.base.paging import Page, page_of
from renwang.base.pure.ids import uuid7
from renwang.chain import reach
from renwang.chain.models import Unit


class Refusal(StrEnum):
    """Why another node cannot be entered like that."""

    NO_LABEL = "no-label"
    NO_SENDER = "no-sender"
    KNOWN_ALREADY = "known-already"


SENTENCES = {
    Refusal.NO_LABEL: _("Give the other node a name that people will recognise."),
    Refusal.NO_SENDER: _(
        "Give the sender as it stands in its messages: without spaces and commas, at most 300 characters."
    ),
    Refusal.KNOWN_ALREADY: _("A node with this sender is entered already."),
}


class PeerRefused(SetUpRefused):
    """Another node cannot be entered like that."""

    sentences = SENTENCES


# --- what an operator does ----------------------------------------------------


def peers_visible_to(viewer: reach.Viewer) -> QuerySet[Peer]:
    """Return the other nodes that a viewer looks after, those in use first."""
    return Peer.objects.filter(viewer.scope("node.operate")).order_by("-is_active", "label", "id")


def peer_of(viewer: reach.Viewer, peer_id: UUID) -> Peer | None:
    """Find another node; None hides what is out of reach."""
    return peers_visible_to(viewer).filter(pk=peer_id).first()


@transaction.atomic
def add_peer(
    *,
    label: str,
    sender: str,
    unit: Unit,
    by: reach.Viewer,
    now: datetime,
    signer: str = "",
    answer_url: str = "",
    answer_key: str = "",
    confirms: bool = False,
) -> Peer:
    """Enter another node that a unit here deals with. Refuses with `PeerRefused`, `FeedRefused` and `NotInReach`."""
    reach.require(by, "node.operate", at=unit.path)
    label, sender = _checked(label, sender)
    if Peer.objects.filter(sender=sender).exists():
        raise PeerRefused(Refusal.KNOWN_ALREADY)
    answer_url = answer_address(answer_url)
    peer = Peer.objects.create(
        id=uuid7(now),
        label=label,
        sender=sender,
        signer=signer.strip()[:200],
        unit_id=unit.pk,
        path=unit.path,
        answer_url=answer_url,
        answer_key=kept_key("", "", answer_url, answer_key),
        confirms=confirms,
        added_at=now,
    )
    _record("alerts.peer_added", peer, by=by, now=now)
    return peer


@transaction.atomic
def change_peer(
    peer_id: UUID,
    *,
    label: str,
    sender: str,
    by: reach.Viewer,
    now: datetime,
    signer: str = "",
    answer_url: str = "",
    answer_key: str = "",
    confirms: bool = False,
) -> Peer:
    """Change what is known of another node, and deal with it again where that had ended.

    Without an `answer_key` the one that is there stays, as long as its address does.
    """
    peer = Peer.objects.select_for_update().get(pk=peer_id)
    reach.require(by, "node.operate", at=peer.path)
    label, sender = _checked(label, sender)
    if Peer.objects.filter(sender=sender).exclude(pk=peer_id).exists():
        raise PeerRefused(Refusal.KNOWN_ALREADY)
    answer_url = answer_address(answer_url)
    peer.answer_key = kept_key(peer.answer_url, peer.answer_key, answer_url, answer_key)
    peer.label, peer.sender, peer.signer = label, sender, signer.strip()[:200]
    peer.answer_url, peer.confirms, peer.is_active = answer_url, confirms, True
    peer.save()
    _record("alerts.peer_changed", peer, by=by, now=now)
    return peer


@transaction.atomic
def stop_peer(peer_id: UUID, *, by: reach.Viewer, now: datetime) -> Peer:
    """Answer another node no longer and expect nothing of it. What was exchanged stays."""
    peer = Peer.objects.select_for_update().get(pk=peer_id)
    reach.require(by, "node.operate", at=peer.path)
    if peer.is_active:
        peer.is_active = False
        peer.save(update_fields=["is_active"])
        _record("alerts.peer_stopped", peer, by=by, now=now)
    return peer


def _checked(label: str, sender: str) -> tuple[str, str]:
    label, sender = label.strip(), sender.strip()
    if not label or len(label) > 120:
        raise PeerRefused(Refusal.NO_LABEL)
    if not sender or len(sender) > 300 or "," in sender or any(map(str.isspace, sender)):
        raise PeerRefused(Refusal.NO_SENDER)
    return label, sender


def _record(verb: str, peer: Peer, *, by: Any, now: datetime) -> None:
    journal.record(
        verb,
        peer,
        by=by,
        at=now,
        label=peer.label,
        sender=peer.sender,
        signer=peer.signer,
        answer_url=without_secrets(peer.answer_url),
        confirms=peer.confirms,
    )


# --- what became of a warning -------------------------------------------------


def parties_to(alert: Alert) -> tuple[Party, ...]:
    """Say where every other node stands to a warning: confirmed, refused, silent or unproven; three statements.

    A node counts as silent where it is to confirm what goes out at the
    warning's places, and the warning was issued or relayed here since it was
    entered. Who answers though nobody expected it is named as well.
    """
    if alert.drill is not None:
        return ()
    replies = [_said(one) for one in alert.replies.defer("original")]
    expected = []
    goes_out = alert.source == Source.DESK or Relay.objects.filter(alert=alert).exists()
    if alert.status == ACTUAL and goes_out:
        places = [unit.path for unit in alert.units.all()]
        wanted = Peer.objects.filter(is_active=True, confirms=True, added_at__lte=alert.received_at)
        expected = [
            Expected(one.sender, one.label, one.signer)
            for one in wanted.order_by("label", "id")
            if any(one.path.startswith(at) or at.startswith(one.path) for at in places)
        ]
    known = {one.sender for one in expected}
    strangers = {one.sender for one in replies} - known
    labels = _peers_called(strangers) if strangers else {}
    found = parties_of(replies, [*expected, *labels.values()], status=alert.status)
    return tuple(one if one.sender in known else _unexpected(one) for one in found)


def _peers_called(senders: set[str]) -> dict[str, Expected]:
    peers = Peer.objects.filter(sender__in=senders)
    return {one.sender: Expected(one.sender, one.label, one.signer) for one in peers}


def _unexpected(party: Party) -> Party:
    return Party(party.sender, party.label, party.stand, party.said)


def _said(reply: Reply) -> Said:
    return Said(
        reply.sender,
        reply.msg_type,
        reply.status,
        reply.signature,
        reply.signer,
        reply.sent,
        reply.received_at,
        reply.note,
    )


def own_replies_to(alert: Alert) -> list[OwnReply]:
    """Give what we answered about a warning, in its order, each with its feed or node; one statement at most."""
    if not alert.is_answered:
        return []
    mine = OwnReply.objects.filter(alert=alert).select_related("feed", "peer")
    return list(mine.order_by("turn"))


# --- the replies of others ----------------------------------------------------


def replies_visible_to(viewer: reach.Viewer) -> QuerySet[Reply]:
    """Return the replies about warnings at the viewer's places; who operates the node sees those to unknown ones too."""
    seen = in_reach(viewer).filter(pk=OuterRef("alert_id"))
    about = Reply.alerts.through.objects.filter(Exists(seen), reply_id=OuterRef("pk"))
    condition = Q(Exists(about))
    if viewer.may("node.operate"):
        condition |= Q(is_linked=False)
    return Reply.objects.filter(condition).defer("original")


def list_replies(
    viewer: reach.Viewer, *, text: str = "", state: str = "", cursor: str = "", size: int = 50
) -> Page[Reply]:
    """List what others answered, the latest first; `state` is "unknown", "unproven", "Ack", "Error" or nothing."""
    found = replies_visible_to(viewer)
    if text:
        found = found.filter(
            Q(sender__icontains=text) | Q(note__icontains=text) | Q(references__icontains=text)
        )
    if state == "unknown":
        found = found.filter(is_linked=False)
    elif state == "unproven":
        found = found.exclude(signature="valid")
    elif state:
        found = found.filter(msg_type=state)
    return page_of(found, ("-received_at",), cursor=cursor, size=size)


def alerts_about(replies: Sequence[Reply]) -> dict[UUID, list[Alert]]:
    """Give the warnings that some replies speak of; one statement."""
    links = Reply.alerts.through.objects.filter(reply__in=[one.pk for one in replies])
    found: dict[UUID, list[Alert]] = {}
    for link in links.select_related("alert").defer("alert__original"):
        found.setdefault(link.reply_id, []).append(link.alert)
    return found


def reply_of(viewer: reach.Viewer, reply_id: UUID) -> Reply | None:
    """Find one reply with its bytes; None hides what is out of reach."""
    return replies_visible_to(viewer).filter(pk=reply_id).defer(None).first()


def own_reply_of(viewer: reach.Viewer, reply_id: UUID) -> OwnReply | None:
    """Find one reply of ours about a warning that the viewer sees; None hides what is out of reach."""
    seen = in_reach(viewer).filter(pk=OuterRef("alert_id"))
    return OwnReply.objects.filter(Exists(seen), pk=reply_id).select_related("alert").first()
