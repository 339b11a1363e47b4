"""Drafts over the API: written by one key, approved by another person's, issued."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Status

from renwang.alerts import services
from renwang.alerts.composed import Composed
from renwang.alerts.composing.wordings import hazards
from renwang.alerts.composing_rules import DraftState, Follow, Kind
from renwang.alerts.desk_work import Wanted, draft_of, drafts_visible_to, list_drafts
from renwang.alerts.drafts import Draft
from renwang.alerts.drawing import ShapeRefused, keep_circle, keep_polygon
from renwang.alerts.finding import alert_of
from renwang.chain.selectors import units
from renwang.web.api import draft_shapes as shapes
from renwang.web.api.keys import found, require
from renwang.web.api.problems import Problem

router = Router(tags=["drafts"])


def draft_out(draft: Draft, request: HttpRequest) -> dict[str, Any]:
    """Shape a draft."""
    composed = Composed(draft)
    is_open = draft.state not in (DraftState.ISSUED, DraftState.DROPPED)
    plain = ("id", "ref", "kind", "state", "title", "path", "hazard", "colour", "texts", "contact",
             "note", "units", "begins_at", "ends_at", "follow", "revision", "remark")  # fmt: skip
    return {
        **{name: getattr(draft, name) for name in plain},
        "unit": draft.unit_id,
        "about": draft.about_id,
        "alert": draft.alert_id,
        "proposal": draft.proposal_id,
        "faults": [one.value for one in composed.faults(request.now)] if is_open else [],
        "lacking": composed.lacking,
    }


def _values(wish: shapes.WordsIn) -> dict[str, Any]:
    """Give what was sent as values of a draft; what was left out is not among them."""
    sent = wish.model_dump(exclude_unset=True)
    for name in ("unit", "kind", "about", "proposal"):
        sent.pop(name, None)
    if sent.get("hazard") is not None and sent["hazard"] not in hazards():
        raise Problem(422, "unknown-hazard", sent["hazard"])
    if "units" in sent:
        sent["units"] = [str(key) for key in sent["units"] or ()]
    if "polygons" in sent or "circles" in sent:
        sent["shapes"] = _shapes(sent.pop("polygons", None), sent.pop("circles", None))
    nullable = ("begins_at", "ends_at")
    return {key: value for key, value in sent.items() if value is not None or key in nullable}


def _shapes(polygons: Any, circles: Any) -> list[dict[str, Any]]:
    try:
        drawn = [keep_polygon(corners) for corners in polygons or ()]
        rounds = [keep_circle(one["lon"], one["lat"], one["radius_m"]) for one in circles or ()]
    except ShapeRefused as refused:
        raise Problem(422, "wrong-shape", str(refused.sentence)) from None
    return [*drawn, *rounds]


def _draft(request: HttpRequest, draft_id: UUID) -> Draft:
    return found(draft_of(request.viewer, draft_id), str(draft_id))


def _acting(request: HttpRequest) -> dict[str, Any]:
    return {"by": request.viewer, "now": request.now}


@router.get("", response=shapes.Drafts, summary="List drafts, the latest changed first")
def show_drafts(
    request: HttpRequest,
    state: str = "",
    kind: str = "",
    cursor: str = "",
    limit: int = Query(50, ge=1, le=200),
):
    """Only those at places where the caller may write or approve."""
    if not drafts_visible_to(request.viewer).exists():
        return {"items": [], "next": None}
    wanted = Wanted(state=state, kind=kind)
    page = list_drafts(request.viewer, wanted, cursor=cursor, size=limit)
    return {"items": [draft_out(draft, request) for draft in page.items], "next": page.next}


@router.post("", response={201: shapes.DraftOut}, summary="Begin a draft")
def write_draft(request: HttpRequest, wish: shapes.DraftIn):
    """Filled in from the wordings of its hazard and colour. A key needs the scope `alerts.compose`."""
    viewer = require(request, "alerts.compose")
    unit = found(units.visible_to(viewer).filter(pk=wish.unit).first(), str(wish.unit))
    about = None
    if wish.about is not None:
        about = found(alert_of(viewer, wish.about), str(wish.about))
    draft = services.write_draft(
        unit,
        Kind(wish.kind),
        values=_values(wish),
        about=about,
        proposal_id=wish.proposal,
        **_acting(request),
    )
    return Status(201, draft_out(draft, request))


@router.get("/{draft_id}", response=shapes.DraftOut, summary="Read a draft")
def show_draft(request: HttpRequest, draft_id: UUID):
    """One out of reach is answered like one that does not exist."""
    return draft_out(_draft(request, draft_id), request)


@router.patch("/{draft_id}", response=shapes.DraftOut, summary="Change a draft")
def change_draft(request: HttpRequest, draft_id: UUID, wish: shapes.WordsIn, revision: int):
    """An approval is void with the first word that changes; `revision` is what was read."""
    _draft(request, draft_id)
    draft = services.change_draft(draft_id, _values(wish), seen=revision, **_acting(request))
    return draft_out(draft, request)


@router.post("/{draft_id}/submit", response=shapes.DraftOut, summary="Hand it to a second person")
def submit_draft(request: HttpRequest, draft_id: UUID, seen: shapes.SeenIn):
    """Refused with all that is missing in it."""
    _draft(request, draft_id)
    draft = services.submit_draft(draft_id, seen=seen.revision, **_acting(request))
    return draft_out(draft, request)


@router.post(
    "/{draft_id}/approve", response=shapes.DraftOut, summary="Approve it, as a second person"
)
def approve_draft(request: HttpRequest, draft_id: UUID, seen: shapes.SeenIn):
    """Never by one of its authors. A key needs the scope `alerts.approve`."""
    _draft(request, draft_id)
    draft = services.approve_draft(draft_id, seen=seen.revision, **_acting(request))
    return draft_out(draft, request)


@router.post("/{draft_id}/return", response=shapes.DraftOut, summary="Give it back with a remark")
def return_draft(request: HttpRequest, draft_id: UUID, said: shapes.RemarkIn):
    """Its author can change it then."""
    _draft(request, draft_id)
    draft = services.return_draft(draft_id, remark=said.remark, **_acting(request))
    return draft_out(draft, request)


@router.post("/{draft_id}/issue", response=shapes.DraftOut, summary="Issue what was approved")
def issue_draft(request: HttpRequest, draft_id: UUID):
    """Signed with the node's key and carried down the chain; nothing goes out unsigned."""
    _draft(request, draft_id)
    services.issue_draft(draft_id, **_acting(request))
    return draft_out(_draft(request, draft_id), request)


@router.post("/{draft_id}/drop", response=shapes.DraftOut, summary="Put it away")
def drop_draft(request: HttpRequest, draft_id: UUID):
    """It stays in the list and will not go out."""
    _draft(request, draft_id)
    return draft_out(services.drop_draft(draft_id, **_acting(request)), request)


@router.post(
    "/{draft_id}/follow",
    response={201: shapes.DraftOut},
    summary="Begin what changes or ends the message that a draft became",
)
def follow_draft(request: HttpRequest, draft_id: UUID, wish: shapes.FollowIn):
    """Filled in from it; two hands again."""
    draft = _draft(request, draft_id)
    if draft.alert_id is None:
        raise Problem(409, "not-issued", draft.ref)
    made = services.write_following(draft.alert_id, Follow(wish.follow), **_acting(request))
    return Status(201, draft_out(made, request))
