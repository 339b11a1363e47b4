"""The duties list over the API: read it, and ask who answers for a place."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from ninja import Query, Router

from renwang.base.addresses import link
from renwang.chain.models import Post
from renwang.chain.reach import Viewer
from renwang.chain.selectors import units
from renwang.registers.duties.models import Duty, Helper
from renwang.registers.duties.rules import Phase
from renwang.registers.duties.selectors import finding
from renwang.registers.duties.selectors.answering import answered_for, answering_for
from renwang.web.api import duty_shapes as shapes
from renwang.web.api.keys import found, require
from renwang.web.api.shapes import Moment

router = Router(tags=["duties"])
PhaseKey = Literal["prevent", "prepare", "respond", "recover"]


def duty_out(duty: Duty, helpers: list[Helper], now: datetime) -> dict:
    """Shape a duty."""
    texts = ("sole", "joint", "resources", "gathering", "basis", "held_from", "held_until")
    return {
        **{name: getattr(duty, name) for name in ("id", "ref", "hazard", "phase", "path", *texts)},
        "unit": duty.unit_id,
        "standing": duty.standing_at(now).value,
        "leader": _post_out(duty.leader) if duty.leader else None,
        "helpers": [
            {
                "name": str(one),
                "post": one.post_id,
                "organisation": one.organisation.ref if one.organisation else None,
                "does": one.does,
            }
            for one in helpers
        ],
        "supersedes": duty.supersedes.ref if duty.supersedes else None,
        "page": link(reverse("desk:duty", args=[duty.ref])),
    }


@router.get("", response=shapes.Duties, summary="List duties")
def list_duties(
    request: HttpRequest,
    q: str = "",
    hazard: str = "",
    phase: PhaseKey | None = None,
    standing: Literal["in_force", "coming", "proposed", "objected", "draft"] | None = None,
    under: UUID | None = None,
    cursor: str = "",
    limit: int = Query(50, ge=1, le=200),
):
    """Of your places and of those above, in the order of places."""
    viewer = require(request, "duties.see")
    top = _unit(viewer, under).path if under else ""
    wanted = finding.Wanted(q[:80], hazard[:40], phase or "", standing or "", top, at=request.now)
    page = finding.list_duties(viewer, wanted, cursor=cursor, size=limit)
    items = [duty_out(one, one.named_helpers, request.now) for one in page.items]
    return {"items": items, "next": page.next}


@router.get("/answering", response=shapes.AnsweringOut, summary="Ask who answers")
def show_answering(
    request: HttpRequest, unit: UUID, hazard: str, phase: PhaseKey, at: Moment | None = None
):
    """At a place, for a hazard, in a phase; now, or by the places and posts as they stood at a moment."""
    viewer = require(request, "duties.see")
    place = _unit(viewer, unit)
    ask = answering_for if at is None or at >= request.now else answered_for
    answer = ask(place, hazard[:40], Phase(phase), at=at or request.now)
    if answer is None:
        return {
            "duty": None, "is_inherited": False, "is_general": False, "is_held": False,
            "is_deputy": False, "person": None, "rivals": [],
        }  # fmt: skip
    sees = answer.post is not None and viewer.may("people.see", answer.post.path)
    return {
        "duty": duty_out(answer.duty, finding.helpers_of(answer.duty), request.now),
        "is_inherited": answer.is_inherited,
        "is_general": answer.is_general,
        "is_held": answer.is_held,
        "is_deputy": answer.is_deputy,
        "person": answer.person_name or None if sees else None,
        "rivals": [one.ref for one in answer.rivals],
    }


@router.get("/{ref}", response=shapes.DutyOut, summary="Read a duty")
def show_duty(request: HttpRequest, ref: str):
    """Of your places, of those above, and any that names a post of yours."""
    viewer = require(request, "duties.see")
    duty = found(finding.duty_of(viewer, ref, request.now), ref)
    return duty_out(duty, finding.helpers_of(duty), request.now)


def _post_out(post: Post) -> dict:
    return {
        "id": post.pk,
        "title": post.title,
        "unit": post.unit.name,
        "organisation": post.organisation.name if post.organisation else "",
    }


def _unit(viewer: Viewer, key: UUID):
    return found(units.visible_to(viewer).filter(pk=key).first(), str(key))
