"""Warnings over the API: read, bring in, relay, follow the coverage."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Status

from renwang.alerts import selectors, services
from renwang.alerts.models import Alert, Relay, Reply
from renwang.alerts.peers import own_replies_to, parties_to
from renwang.alerts.reading import SPOKEN
from renwang.alerts.reply_rules import count_stands
from renwang.alerts.rules import AlertState, Source
from renwang.alerts.words import describe_finding
from renwang.base.paging import page_of
from renwang.chain.selectors import units
from renwang.outreach import selectors as calls
from renwang.outreach.coverage import coverage
from renwang.web.api import shapes
from renwang.web.api.keys import found, require
from renwang.web.api.problems import Problem

router = Router(tags=["alerts"])
notices = Router(tags=["coverage"])

LARGEST = 4 * 1024 * 1024


def alert_out(alert: Alert) -> dict:
    """Shape a warning."""
    return {
        **{
            name: getattr(alert, name)
            for name in shapes.AlertOut.model_fields
            if hasattr(alert, name)
        },
        "area": alert.area_words,
        "findings": [describe_finding(one) for one in alert.findings],
        "places": [unit.path for unit in alert.units.all()],
        "is_exercise": alert.drill is not None,
        "superseded_by": alert.superseded_by_id,
    }


@router.get("", response=shapes.Alerts, summary="List warnings, the latest arrival first")
def list_alerts(
    request: HttpRequest,
    state: list[AlertState] = Query([]),  # noqa: B008 - ninja reads the default
    cursor: str = "",
    limit: int = Query(50, ge=1, le=200),
):
    """Only warnings that apply where the caller may see them."""
    viewer = require(request, "alerts.see")
    wanted = selectors.visible_to(viewer).defer("original").prefetch_related("units")
    if state:
        wanted = wanted.filter(state__in=state)
    # Several may have arrived in one moment, so the moment alone does not say where a page ends.
    page = page_of(wanted, ("-received_at",), cursor=cursor, size=limit, count=False)
    return {"items": [alert_out(alert) for alert in page.items], "next": page.next}


def reply_out(reply: Reply, about: list[Alert]) -> dict:
    """Shape the reply of another node."""
    return {
        **{
            name: getattr(reply, name)
            for name in shapes.ReplyOut.model_fields
            if hasattr(reply, name)
        },
        "about": [alert.pk for alert in about],
    }


@router.post(
    "",
    response={201: shapes.AlertOut | shapes.ReplyOut},
    summary="Bring in a warning, or answer one of ours (CAP 1.2 or 1.1 as body)",
)
def receive_message(request: HttpRequest):
    """Says what became of it: the warning as it was taken in, or, for `Ack` and `Error`, the reply as it was kept.

    The same bytes again give what is here already. A warning needs the scope
    `alerts.receive`; for a reply `alerts.confirm` is enough. Refused with the
    reason, element and line.
    """
    if not request.viewer.may("alerts.confirm"):
        require(request, "alerts.receive")
    if len(request.body) > LARGEST:
        raise Problem(413, "too-large")
    if not request.body:
        raise Problem(400, "wrong-xml")
    taken = services.receive_message(request.body, Source.API, by=request.viewer, now=request.now)
    if isinstance(taken, Reply):
        return Status(201, reply_out(taken, list(taken.alerts.defer("original"))))
    return Status(201, alert_out(taken))


@router.get("/{alert_id}", response=shapes.AlertOut, summary="Read a warning")
def show_alert(request: HttpRequest, alert_id: UUID):
    """A warning out of reach is answered like one that does not exist."""
    return alert_out(_alert(request, alert_id))


@router.get("/{alert_id}/cap", summary="The document exactly as it was received")
def show_original(request: HttpRequest, alert_id: UUID):
    """Byte for byte, signature and all."""
    alert = _alert(request, alert_id)
    return HttpResponse(bytes(alert.original), content_type="application/cap+xml")


@router.get(
    "/{alert_id}/replies",
    response=shapes.RepliesOut,
    summary="Which other nodes have confirmed a warning, refused it, or are silent",
)
def list_replies(request: HttpRequest, alert_id: UUID):
    """A confirmation says that a node carries the warning on; never that a household was reached."""
    alert = _alert(request, alert_id)
    parties = parties_to(alert)
    stands = count_stands(parties)
    return {
        **{stand.value: number for stand, number in stands.items()},
        "parties": [
            {
                "sender": one.sender,
                "label": one.label,
                "stand": one.stand.value,
                "is_expected": one.is_expected,
                "signature": one.said.signature if one.said else "",
                "signer": one.said.signer if one.said else "",
                "note": one.said.note if one.said else "",
                "received_at": one.said.received_at if one.said else None,
            }
            for one in parties
        ],
        "ours": [
            {name: getattr(one, name) for name in shapes.OwnReplyOut.model_fields}
            for one in own_replies_to(alert)
        ],
    }


@router.post(
    "/{alert_id}/relays", response={201: shapes.RelayOut}, summary="Relay a warning down the chain"
)
def relay_alert(request: HttpRequest, alert_id: UUID, wish: shapes.RelayIn):
    """Everybody in its area below the unit is called; the signed words stay as they are."""
    alert = _alert(request, alert_id)
    unit = found(units.visible_to(request.viewer).filter(pk=wish.unit).first(), str(wish.unit))
    relay = services.relay_alert(
        alert.pk,
        unit,
        by=request.viewer,
        now=request.now,
        note=wish.note,
        places=wish.places,
        language=wish.language or SPOKEN,
    )
    return Status(201, relay_out(relay))


@router.get("/{alert_id}/relays", response=list[shapes.RelayOut], summary="Relays of a warning")
def list_relays(request: HttpRequest, alert_id: UUID):
    """From which units it was carried down."""
    alert = _alert(request, alert_id)
    return [relay_out(row.relay) for row in selectors.relays_of([alert.pk]).get(alert.pk, [])]


def relay_out(relay: Relay) -> dict:
    """Shape a relay."""
    return {
        "id": relay.pk,
        "ref": relay.ref,
        "alert": relay.alert_id,
        "notice": relay.notice_id,
        "path": relay.path,
        "note": relay.note,
        "decided_at": relay.decided_at,
    }


@notices.get("/{notice_id}/coverage", response=shapes.CoverageOut, summary="How far a relay got")
def show_coverage(request: HttpRequest, notice_id: UUID, path: str = ""):
    """In the whole relay, or in the part of it below `path`."""
    viewer = require(request, "alerts.see")
    notice = found(calls.visible_to(viewer).filter(pk=notice_id).first(), str(notice_id))
    path = path or notice.path
    require(request, "alerts.see", at=path)
    reached = coverage(notice, path)
    sums = reached.sums
    return {
        **{name: getattr(sums, name) for name in sums.__slots__},
        "path": path,
        "by_channel": reached.by_channel,
        "median_seconds": reached.median,
        "slowest_seconds": reached.slowest,
    }


@notices.get(
    "/{notice_id}/missing", response=list[shapes.MissingOut], summary="Who has not answered"
)
def list_missing(
    request: HttpRequest,
    notice_id: UUID,
    path: str = "",
    after: str = "",
    limit: int = Query(50, ge=1, le=500),
):
    """In the order of places; give the last `path` as `after` to read on."""
    viewer = require(request, "alerts.see")
    notice = found(calls.visible_to(viewer).filter(pk=notice_id).first(), str(notice_id))
    path = path or notice.path
    require(request, "alerts.see", at=path)
    return [
        {
            "call": one.call_id,
            "path": one.path,
            "unit": one.unit_name,
            "post": one.post_title,
            "state": one.state,
            "asked": one.asked,
            "rank": one.rank,
            "channel": one.channel,
            "until": one.until,
            "next_person": one.next_person,
            "bypassed_at": one.bypassed_at,
        }
        for one in calls.missing(notice, path, after=after, limit=limit)
    ]


def _alert(request: HttpRequest, alert_id: UUID) -> Alert:
    viewer = require(request, "alerts.see")
    return found(selectors.visible_to(viewer).filter(pk=alert_id).first(), str(alert_id))
