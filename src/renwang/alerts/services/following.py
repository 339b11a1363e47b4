"""What an update or cancel does to the warnings it refers to, and to the people who heard them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import translation
from django.utils.translation import gettext

from renwang.alerts import cap
from renwang.alerts.models import Alert, AlertUnit, Relay
from renwang.alerts.reading import Words, names_referred_to, words_of
from renwang.alerts.rules import (
    Act,
    AlertName,
    AlertRefused,
    AlertState,
    may_follow_by_itself,
    move,
)
from renwang.alerts.services.carrying import CANCEL, places_within, write_relay
from renwang.base import journal
from renwang.chain.models import Route, Unit
from renwang.chain.selectors.history import successors
from renwang.chain.tree import today
from renwang.outreach.models import Call, Notice
from renwang.outreach.services import NobodyThere, withdraw_notice

_ACTS = {"Update": Act.UPDATE, "Cancel": Act.CANCEL}


def take_its_place(alert: Alert, names: Sequence[AlertName], *, by: Any, now: datetime) -> None:
    """Put a new warning into its thread, and end those it refers to.

    One that refers to a warning which is not here says so in its findings and
    waits; when that one comes, it is found here superseded already. A warning
    of another sender, or whose signature is weaker than that of what it would
    end, ends nothing by itself: a person must relay it.
    """
    earlier = _known(alert, names)
    if len(earlier) < len(names):
        known = {(one.sender, one.identifier, one.sent) for one in earlier}
        missing = [n for n in names if (n.sender, n.identifier, n.sent) not in known]
        alert.findings += [
            {"doubt": "refers-to-unknown", "element": "references", "found": name.identifier[:80]}
            for name in missing
        ]
    strangers = [one for one in earlier if one.sender != alert.sender]
    if strangers:
        alert.findings.append(
            {"doubt": "another-sender", "element": "sender", "found": strangers[0].sender[:80]}
        )
    own = [one for one in earlier if one.sender == alert.sender]
    trusted = [one for one in own if may_follow_by_itself(one.signature, alert.signature)]
    if len(trusted) < len(own):
        alert.findings.append(
            {"doubt": "weaker-signature", "element": "Signature", "found": alert.signature}
        )
    if earlier:
        alert.thread = min(earlier, key=lambda one: one.sent).thread
    alert.save(update_fields=["findings", "thread"])
    _adopt_orphans(alert)
    _number_thread(alert)
    end_earlier(alert, trusted, by=by, now=now)


def end_earlier(alert: Alert, earlier: Sequence[Alert], *, by: Any, now: datetime) -> None:
    """Let a later warning supersede or cancel earlier ones."""
    act = _ACTS.get(alert.msg_type)
    if act is None:
        return
    for one in earlier:
        state = move(AlertState(one.state), act)
        if state == one.state:
            continue
        Alert.objects.filter(pk=one.pk).update(state=state, superseded_by=alert)
        verb = "alerts.superseded" if act is Act.UPDATE else "alerts.cancelled"
        journal.record(verb, one, by=by, at=now, drill=one.drill, through=alert.ref)


def referred_to(alert: Alert, said: cap.Alert) -> list[Alert]:
    """Find the warnings here that it refers to, whoever sent them."""
    return _known(alert, names_referred_to(said))


def _known(alert: Alert, names: Sequence[AlertName]) -> list[Alert]:
    if not names:
        return []
    wanted = Q()
    for name in names:
        wanted |= Q(sender=name.sender, identifier=name.identifier, sent=name.sent)
    return list(Alert.objects.filter(wanted, drill=alert.drill).exclude(pk=alert.pk))


def _adopt_orphans(alert: Alert) -> None:
    """Bring those that came before the warning they refer to into its thread, and let them end it."""
    name = f"{alert.sender},{alert.identifier},"
    waiting = Alert.objects.filter(
        msg_type__in=_ACTS, references__contains=name, drill=alert.drill
    ).exclude(pk=alert.pk)
    for orphan in waiting.order_by("sent"):
        Alert.objects.filter(thread=orphan.thread, drill=alert.drill).update(thread=alert.thread)
        told = {"doubt": "refers-to-unknown", "found": alert.identifier[:80]}
        kept = [one for one in orphan.findings if not told.items() <= one.items()]
        Alert.objects.filter(pk=orphan.pk).update(findings=kept)
        if orphan.sender == alert.sender and may_follow_by_itself(
            alert.signature, orphan.signature
        ):
            alert.state = move(AlertState(alert.state), _ACTS[orphan.msg_type])
            alert.superseded_by = orphan
            alert.save(update_fields=["state", "superseded_by"])


def _number_thread(alert: Alert) -> None:
    rows = Alert.objects.filter(thread=alert.thread, drill=alert.drill).order_by(
        "sent", "received_at"
    )
    for number, (key, sequence) in enumerate(rows.values_list("pk", "sequence"), 1):
        if number != sequence:
            Alert.objects.filter(pk=key).update(sequence=number)
    alert.refresh_from_db(fields=["sequence"])


# --- telling those who heard the earlier ones -------------------------------


def follow_up(alert: Alert, said: cap.Alert, *, by: Any, now: datetime) -> list[Relay]:
    """Carry an update or cancel down wherever the warnings that it ends were relayed.

    The decision to relay was taken with the first one; nobody must go on
    carrying words that their sender has replaced. Everybody who was asked then
    is told now, also outside the new area.
    """
    ended = list(Alert.objects.filter(superseded_by=alert).order_by("-sent"))
    if not ended:
        return []
    if alert.msg_type == CANCEL and not alert.path:
        _apply_where(alert, ended)
    relays = list(
        Relay.objects.filter(
            alert__thread=alert.thread, alert__sequence__lt=alert.sequence, drill=alert.drill
        )
    )
    told_by = [relay.notice_id for relay in relays]
    # What still goes out of the earlier ones stops first, wherever its units lie by now.
    for notice in Notice.objects.filter(pk__in=told_by).order_by("pk"):
        withdraw_notice(notice, by=by, now=now, reason="superseded")
    words = words_of(said) or _all_clear(alert, ended[0])
    made = [
        _tell_again(alert, words, unit_id, top, told_by, by=by, now=now)
        for unit_id, top in _tops_now(relays, told_by, now)
    ]
    if alert.msg_type == CANCEL and not relays:
        # Nobody heard the warning, so nobody has to decide about the all-clear.
        Alert.objects.filter(pk=alert.pk).update(state=AlertState.DISMISSED)
        alert.state = AlertState.DISMISSED
    return [relay for relay in made if relay is not None]


def _tops_now(
    relays: Sequence[Relay], told_by: Sequence[UUID], now: datetime
) -> list[tuple[UUID, str]]:
    """Say from which units everybody who was asked is told again, none of them below another.

    Units move, split and merge while a warning is in force. Each relay goes on
    from where its unit lies now, and from what took its place; whoever was
    asked and has moved out of there is told from the topmost unit he moved with.
    """
    units = Unit.objects.in_bulk({relay.unit_id for relay in relays})
    heirs = [heir for unit in units.values() for heir in successors(unit, today(now))]
    found = {heir.path: heir.pk for heir in heirs}
    tops = _topmost(found)
    inside = Q(pk__in=[])
    for path in tops:
        inside |= Q(path__under=path)
    asked = Call.objects.filter(
        notice__in=told_by, post_id=OuterRef("post_id"), asked_at__isnull=False
    )
    outside = Route.objects.filter(~inside & Q(Exists(asked)), rung=0)
    moved = dict(outside.values_list("path", "unit_id"))
    tops += _topmost(moved)
    return [(found.get(path) or moved[path], path) for path in sorted(tops)]


def _topmost(paths: Iterable[str]) -> list[str]:
    kept: list[str] = []
    for path in sorted(paths):
        if not kept or not path.startswith(kept[-1]):
            kept.append(path)
    return kept


def _apply_where(alert: Alert, ended: Sequence[Alert]) -> None:
    """A cancel often names no area: it applies wherever the warning did that it takes back."""
    places = {one.path: one for one in AlertUnit.objects.filter(alert__in=ended)}
    AlertUnit.objects.bulk_create(
        AlertUnit(alert=alert, unit_id=one.unit_id, path=one.path, by=one.by)
        for one in places.values()
    )
    alert.path = ended[0].path
    alert.save(update_fields=["path"])


def _all_clear(alert: Alert, ended: Alert) -> Words | None:
    """A cancel often says nothing: then the name of what it takes back is said, under a title of ours."""
    if alert.msg_type != CANCEL:
        return None
    with translation.override(settings.LANGUAGE_CODE):
        title = gettext("Taken back: %(headline)s") % {"headline": str(ended)}
    return Words(ended.language, title, title)


def _tell_again(
    alert: Alert,
    words: Words | None,
    unit_id: UUID,
    top: str,
    told_by: Sequence[UUID],
    *,
    by: Any,
    now: datetime,
) -> Relay | None:
    """Relay it from a unit to everybody who was asked before and to whoever newly lies in its area.

    None where it cannot be said: it has no words, is past its time, or nobody is left there.
    """
    try:
        with transaction.atomic():
            return write_relay(
                alert,
                words,
                unit_id=unit_id,
                top=top,
                places=[] if alert.msg_type == CANCEL else places_within(alert, top),
                note="",
                told_by=told_by,
                by=by,
                now=now,
            )
    except (AlertRefused, NobodyThere):
        return None
