"""Answer who sent us a warning, and take in what others answer about ours.

An acknowledgement says that this node has taken a message and carries it on.
It never says that anybody has been reached: that is what coverage is for.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone, translation

from renwang.alerts import cap
from renwang.alerts.composing_rules import NoSigningKey
from renwang.alerts.models import Alert, Feed, OwnReply, Peer, Reply
from renwang.alerts.reading import judge_signature, names_referred_to, read_alert
from renwang.alerts.reply_rules import ACK, ERROR, Delivery, Reason, Taken, why_error
from renwang.alerts.rules import Source, is_expired
from renwang.alerts.signing import node_signer, sender_of
from renwang.alerts.words import ERRORS, TAKEN, TAKEN_WITHOUT_EARLIER
from renwang.base import journal
from renwang.base.pure.ids import uuid7
from renwang.base.references import next_reference
from renwang.chain import reach
from renwang.chain.models import Unit

BY = "node:alerts"
MAY_TAKE = ("alerts.receive", "alerts.confirm")
WAITS_FOR = timedelta(days=1)
_LANGUAGES = ("zh-hans", "en")
_UNKNOWN = "refers-to-unknown"


# --- ours ---------------------------------------------------------------------


def answer_source(alert: Alert, said: cap.Alert, feed: Feed | None, *, now: datetime) -> None:
    """Queue the answer to who sent a warning, in the transaction that takes it in.

    Nothing where its feed or sender has no address for answers, for exercises,
    and for what cannot be answered. The worker hands it over.
    """
    if alert.drill is not None or not cap.may_be_answered(said):
        return
    peer = None
    if feed is None or not feed.answer_url:
        feed = None
        known = Peer.objects.filter(sender=alert.sender, is_active=True)
        peer = known.exclude(answer_url="").first()
        if peer is None:
            return
    reason = why_error(
        Taken(
            alert.msg_type,
            alert.signature,
            is_expired(alert.expires_at, now),
            bool(alert.path),
            _knows_one(alert, said),
        )
    )
    _queue(alert, said, reason, feed, peer, turn=1, now=now)
    alert.is_answered = True
    alert.save(update_fields=["is_answered"])


def answer_otherwise(alert: Alert, reason: Reason | None, *, now: datetime) -> None:
    """Tell who sent a warning that what we answered is no longer so: it was put aside, or relayed after all.

    Nothing where nothing was answered, or the last answer said the same.
    """
    if not alert.is_answered:
        return
    last = OwnReply.objects.filter(alert=alert).order_by("-turn").first()
    if last is None or last.msg_type == (ACK if reason is None else ERROR):
        return
    said = read_alert(bytes(alert.original)).alert
    _queue(alert, said, reason, last.feed, last.peer, turn=last.turn + 1, now=now)


def _knows_one(alert: Alert, said: cap.Alert) -> bool:
    unknown = sum(one["doubt"] == _UNKNOWN for one in alert.findings)
    return len(names_referred_to(said)) > unknown


def _queue(
    alert: Alert,
    said: cap.Alert,
    reason: Reason | None,
    feed: Feed | None,
    peer: Peer | None,
    *,
    turn: int,
    now: datetime,
) -> None:
    to = feed or peer
    unit = Unit.objects.filter(pk=to.unit_id).first() if to is not None else None
    if unit is None:
        return
    ref = next_reference("R", now)
    written = cap.write(
        cap.write_reply(
            said,
            cap.MsgType.ACK if reason is None else cap.MsgType.ERROR,
            identifier=f"{settings.RENWANG_NODE_PREFIX}.{ref}",
            sender=sender_of(unit),
            sent=cap.Moment.of(now.astimezone(timezone.get_default_timezone())),
            note=_note(alert, reason),
        )
    )
    signed = _signed(written, now)
    reply = OwnReply.objects.create(
        id=uuid7(now),
        ref=ref,
        alert=alert,
        turn=turn,
        msg_type=ACK if reason is None else ERROR,
        reason=reason or "",
        original=signed or written,
        feed=feed,
        peer=peer,
        made_at=now,
        state=Delivery.WAITING if signed else Delivery.UNSIGNED,
        due_at=now if signed else None,
    )
    journal.record(
        "alerts.answered",
        reply,
        by=BY,
        at=now,
        place=alert.path,
        alert=alert.ref,
        sender=alert.sender,
        msg_type=reply.msg_type,
        reason=reply.reason,
        digest=hashlib.sha256(reply.original).hexdigest(),
        is_signed=signed is not None,
    )


def _signed(written: bytes, now: datetime) -> bytes | None:
    """Sign a reply; None where the node cannot. A warning must come in all the same."""
    try:
        return node_signer().sign(written, now=now)
    except (NoSigningKey, cap.SigningRefused):
        return None


def _note(alert: Alert, reason: Reason | None) -> str:
    """Say in both languages what became of the message, because nobody knows who reads it."""
    said = []
    for language in _LANGUAGES:
        with translation.override(language):
            sentences = [str(TAKEN if reason is None else ERRORS[reason])]
            if reason is None and any(one["doubt"] == _UNKNOWN for one in alert.findings):
                sentences.append(str(TAKEN_WITHOUT_EARLIER))
            said.append(" ".join(sentences))
    return "\n".join(said)


@transaction.atomic
def send_reply_again(reply_id: Any, *, by: reach.Viewer, now: datetime) -> OwnReply:
    """Have a reply tried once more that was turned away, given up or never signed.

    Refuses with `reach.NotInReach`, and with `NoSigningKey` or
    `cap.SigningRefused` where it still cannot be signed. One that is under way
    or was handed over is left as it is.
    """
    reply = OwnReply.objects.select_for_update().get(pk=reply_id)
    to = reply.feed or reply.peer
    if not by.may("node.operate", to.path if to is not None else None):
        raise reach.NotInReach("node.operate", "")
    if reply.state in (Delivery.WAITING, Delivery.HANDED):
        return reply
    if reply.state == Delivery.UNSIGNED:
        reply.original = node_signer().sign(bytes(reply.original), now=now)
    reply.state, reply.due_at, reply.claimed_until = Delivery.WAITING, now, None
    reply.tries, reply.trouble, reply.ended_at, reply.made_at = 0, "", None, now
    reply.save()
    journal.record(
        "alerts.answer_hurried",
        reply,
        by=by,
        at=now,
        place=reply.alert.path,
        alert=reply.alert.ref,
        digest=hashlib.sha256(reply.original).hexdigest(),
    )
    return reply


# --- theirs -------------------------------------------------------------------


def take_reply(document: cap.Document, source: Source, *, by: Any, now: datetime) -> Reply:
    """Keep what another node answers, with the warnings it speaks of; the same bytes again give what is here.

    One about a warning that is not here is kept all the same and linked when
    that comes. A signature that does not hold is written down with it, and
    such a reply proves nothing. Nobody is ever answered to it.
    """
    if isinstance(by, reach.Viewer) and not any(map(by.may, MAY_TAKE)):
        raise reach.NotInReach("alerts.confirm", "")
    digest = hashlib.sha256(document.original).hexdigest()
    if (known := Reply.objects.filter(digest=digest).first()) is not None:
        return known
    verdict = judge_signature(document, now)
    try:
        return _keep_reply(document, verdict, digest, source, by=by, now=now)
    except IntegrityError:
        # The same reply came in by another way at the same moment.
        if (known := Reply.objects.filter(digest=digest).first()) is not None:
            return known
        raise


@transaction.atomic
def _keep_reply(
    document: cap.Document,
    verdict: cap.Verdict,
    digest: str,
    source: Source,
    *,
    by: Any,
    now: datetime,
) -> Reply:
    said = document.alert
    about = _meant(said)
    reply = Reply.objects.create(
        id=uuid7(now),
        ref=next_reference("R", now),
        identifier=said.identifier[:300],
        sender=said.sender[:300],
        sent=said.sent.at,
        status=said.status,
        msg_type=said.msg_type,
        references=said.references or "",
        note=said.note or "",
        original=document.original,
        digest=digest,
        signature=verdict.standing,
        signer=(verdict.signatory.name if verdict.signatory else "")[:200],
        source=source,
        received_at=now,
        received_by=getattr(by, "id", None),
        is_linked=bool(about),
    )
    reply.alerts.set(about)
    journal.record(
        "alerts.reply_received",
        reply,
        by=by,
        at=now,
        place=about[0].path if about else "",
        alerts=[one.ref for one in about],
        references=reply.references[:1000],
        sender=reply.sender,
        sent=reply.sent,
        msg_type=reply.msg_type,
        note=reply.note[:1000],
        digest=digest,
        signature=reply.signature,
        signer=reply.signer,
        source=source,
    )
    return reply


def _meant(said: cap.Alert) -> list[Alert]:
    wanted = Q(pk__in=[])
    for name in names_referred_to(said):
        wanted |= Q(sender=name.sender, identifier=name.identifier, sent=name.sent)
    return list(Alert.objects.filter(wanted, drill=None).defer("original").order_by("sent"))


def link_waiting(now: datetime) -> int:
    """Link replies whose warning came in at the very same moment, so that neither saw the other; say how many."""
    linked = 0
    waiting = Reply.objects.filter(is_linked=False, received_at__gte=now - WAITS_FOR)
    for reply in waiting:
        about = _meant(read_alert(bytes(reply.original)).alert)
        if about:
            reply.alerts.set(about)
            linked += Reply.objects.filter(pk=reply.pk).update(is_linked=True)
    return linked


def link_replies(alert: Alert) -> None:
    """Link to a warning that has just come what others had answered about it before."""
    if alert.drill is not None:
        return
    name = f"{alert.sender},{alert.identifier},"
    waiting: Sequence[Reply] = Reply.objects.filter(is_linked=False, references__contains=name)
    for reply in waiting:
        said = read_alert(bytes(reply.original)).alert
        if any(one.sent == alert.sent for one in names_referred_to(said) if _names(one, alert)):
            reply.alerts.add(alert)
            Reply.objects.filter(pk=reply.pk).update(is_linked=True)


def _names(name: Any, alert: Alert) -> bool:
    return (name.sender, name.identifier) == (alert.sender, alert.identifier)
