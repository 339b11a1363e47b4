"""Take a warning in: from a file, a paste, a feed, another system or a drill."""

import hashlib
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from renwang.alerts import cap
from renwang.alerts.areas import AreaRead, Found, Match, common_path, find_units, read_areas
from renwang.alerts.models import Alert, AlertArea, AlertUnit, Feed, Reply
from renwang.alerts.reading import (
    ADVICE,
    colour_of,
    doubts_of,
    hazard_of,
    judge_signature,
    main_info,
    name_of,
    names_referred_to,
    read_alert,
)
from renwang.alerts.rules import (
    AlertName,
    AlertState,
    NotAWarning,
    Source,
    is_expired,
    thread_of,
)
from renwang.alerts.services.following import follow_up, take_its_place
from renwang.alerts.services.replying import answer_source, link_replies, take_reply
from renwang.base import journal
from renwang.base.pure.ids import uuid7
from renwang.base.references import next_reference
from renwang.chain import reach


def receive_message(
    data: bytes, source: Source, *, by: Any, now: datetime, feed: Feed | None = None
) -> Alert | Reply:
    """Take in whatever another node or office sends: a warning, or its answer to one of ours.

    Raises what `receive_alert` and `take_reply` raise.
    """
    document = read_alert(data)
    if cap.is_reply(document.alert):
        return take_reply(document, source, by=by, now=now)
    return _receive(document, source, by=by, now=now, feed=feed)


def receive_alert(
    data: bytes, source: Source, *, by: Any, now: datetime, drill: UUID | None = None
) -> Alert:
    """Take a warning in and find out where it applies; the same one again gives what is here already.

    `by` is a viewer who may bring warnings in, or the part of the node that
    does. Raises `cap.CapRefused` with the reason for what is no warning,
    `NotAWarning` for the answer to one, `reach.NotInReach` for somebody who
    may not. Whatever is only odd about it is kept as a finding. An update or
    cancel of a warning that was relayed here goes down to the same places at
    once. Who sent it is answered where that is wanted.
    """
    return _receive(read_alert(data), source, by=by, now=now, drill=drill)


def _receive(
    document: cap.Document,
    source: Source,
    *,
    by: Any,
    now: datetime,
    drill: UUID | None = None,
    feed: Feed | None = None,
) -> Alert:
    if isinstance(by, reach.Viewer) and not by.may("alerts.receive"):
        raise reach.NotInReach("alerts.receive", "")
    if cap.is_reply(document.alert):
        raise NotAWarning(document.alert.msg_type)
    name = name_of(document.alert)
    if (known := _known(name, drill)) is not None:
        return _received_again(known, document, source, by=by, now=now)
    verdict = judge_signature(document, now)
    areas = read_areas(area for info in document.alert.infos for area in info.areas)
    found = find_units(areas)
    try:
        with transaction.atomic():
            alert = take_in(document, verdict, areas, found, source, by=by, now=now, drill=drill)
            answer_source(alert, document.alert, feed, now=now)
            # Last: who keeps a reply takes its number first as well, or two would wait for each other.
            link_replies(alert)
            return alert
    except IntegrityError:
        # The same warning came in by another way at the same moment.
        if (known := _known(name, drill)) is not None:
            return _received_again(known, document, source, by=by, now=now)
        raise


def _known(name: AlertName, drill: UUID | None) -> Alert | None:
    return Alert.objects.filter(
        sender=name.sender, identifier=name.identifier, sent=name.sent, drill=drill
    ).first()


OTHER_CONTENT = "other-content"


def _received_again(
    known: Alert, document: cap.Document, source: Source, *, by: Any, now: datetime
) -> Alert:
    """Give the warning that is here already; if the same name now stands over other words, say so with it.

    Its sender broke the rule that a name is given once, or somebody else used
    it. The first one stays as it came: people may be carrying it already. The
    same bytes in another spelling (a signature, spaces) are no other content.
    """
    digest = hashlib.sha256(document.original).hexdigest()
    if digest == known.digest or _content(document) == _content(read_alert(bytes(known.original))):
        return known
    with transaction.atomic():
        alert = Alert.objects.select_for_update().get(pk=known.pk)
        finding = {"doubt": OTHER_CONTENT, "element": "identifier", "found": digest[:16]}
        if finding in alert.findings:
            return alert
        alert.findings.append(finding)
        alert.save(update_fields=["findings"])
        info = main_info(document.alert)
        journal.record(
            "alerts.other_content",
            alert,
            by=by,
            at=now,
            drill=alert.drill,
            digest=digest,
            source=source,
            headline=(info.headline or info.event if info is not None else "")[:300],
        )
        return alert


def _content(document: cap.Document) -> cap.Alert:
    return replace(document.alert, signatures=(), version=cap.Version.V12)


@transaction.atomic
def take_in(
    document: cap.Document,
    verdict: cap.Verdict,
    areas: list[AreaRead],
    found: Found,
    source: Source,
    *,
    by: Any,
    now: datetime,
    drill: UUID | None,
) -> Alert:
    """Keep a warning that was read and judged, put it into its thread, and let what follows follow."""
    alert = _keep(document, verdict, found, source, by=by, now=now, drill=drill)
    _keep_places(alert, areas, found.matches)
    take_its_place(alert, names_referred_to(document.alert), by=by, now=now)
    journal.record(
        "alerts.received",
        alert,
        by=by,
        at=now,
        drill=drill,
        identifier=alert.identifier,
        sender=alert.sender,
        sent=alert.sent,
        msg_type=alert.msg_type,
        event=alert.event,
        colour=alert.colour,
        headline=alert.headline,
        digest=alert.digest,
        signature=alert.signature,
        signer=alert.signer,
        source=source,
        units=[match.path for match in found.matches],
        findings=alert.findings,
    )
    follow_up(alert, document.alert, by="node:alerts", now=now)
    return alert


def _keep(
    document: cap.Document,
    verdict: cap.Verdict,
    found: Found,
    source: Source,
    *,
    by: Any,
    now: datetime,
    drill: UUID | None,
) -> Alert:
    said = document.alert
    info = main_info(said)
    name = name_of(said)
    expires = [one.expires.at for one in said.infos if one.expires is not None]
    expires_at = max(expires, default=None) if len(expires) == len(said.infos) else None
    return Alert.objects.create(
        id=uuid7(now),
        ref=next_reference("A", now),
        identifier=said.identifier,
        sender=said.sender,
        sent=name.sent,
        status=said.status,
        msg_type=said.msg_type,
        scope=said.scope,
        references=said.references or "",
        thread=thread_of(name, names_referred_to(said)),
        original=document.original,
        digest=hashlib.sha256(document.original).hexdigest(),
        signature=verdict.standing,
        signer=(verdict.signatory.name if verdict.signatory else "")[:200],
        source=source,
        received_at=now,
        received_by=getattr(by, "id", None),
        state=AlertState.EXPIRED if is_expired(expires_at, now) else AlertState.RECEIVED,
        drill=drill,
        is_advice=ADVICE in said.codes,
        path=common_path([match.path for match in found.matches]),
        expires_at=expires_at,
        findings=[
            *doubts_of(said, now),
            *(
                {"doubt": "unknown-code", "element": "geocode", "found": c}
                for c in found.unknown_codes
            ),
            *([] if found.matches else [{"doubt": "nowhere-here", "element": "area", "found": ""}]),
        ],
        **(_readings(said, info) if info is not None else {"event": ""}),
    )


def _readings(said: cap.Alert, info: cap.Info) -> dict[str, Any]:
    return {
        "event": info.event[:120],
        "hazard": hazard_of(info),
        # Advice may name a colour that somebody else has issued; it has none of its own.
        "colour": "" if ADVICE in said.codes else colour_of(info),
        "severity": info.severity,
        "urgency": info.urgency,
        "certainty": info.certainty,
        "language": info.spoken[:20],
        "headline": (info.headline or "")[:300],
        "description": info.description or "",
        "instruction": info.instruction or "",
        "sender_name": (info.sender_name or "")[:200],
        "area_words": "；".join(area.description for area in info.areas)[:300],
        "effective_at": info.effective.at if info.effective else None,
        "onset_at": info.onset.at if info.onset else None,
    }


def _keep_places(alert: Alert, areas: list[AreaRead], matches: tuple[Match, ...]) -> None:
    AlertArea.objects.bulk_create(
        AlertArea(
            alert=alert,
            words=area.words[:300],
            geometry=area.geojson,
            codes=[list(code) for code in area.codes],
        )
        for area in areas
    )
    AlertUnit.objects.bulk_create(
        AlertUnit(alert=alert, unit_id=one.unit_id, path=one.path, by=one.by) for one in matches
    )
