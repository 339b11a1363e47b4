"""What was done without a network: take a batch of deeds, take files piece by piece."""

from threading import BoundedSemaphore
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_http_methods, require_POST

from renwang.base import journal
from renwang.response.fieldwork import rules, services
from renwang.response.fieldwork.services import Answered
from renwang.web.field.phones import by_phone, said_by
from renwang.web.frame.playing import Player

FORMS = frozenset(
    {
        "wait", "sign", "answer", "round",
        "report",
        "risk_report", "risk_finish", "risk_rectify", "risk_look",
        "case_report", "case_take", "case_note", "case_answer",
        "facility", "facility_mend",
        "door_visit", "door_round",
        "mediation_do",
        "procedure_read", "procedure_start", "run_tick", "run_hand", "run_act",
    }
)  # fmt: skip
"""Forms that may be sent later, by the names of their addresses."""


AT_A_TIME = BoundedSemaphore(2)
"""Batches that one process plays at a time; the others come again, so that a desk finds a free turn meanwhile."""
LATER = 5  # seconds


@require_POST
@by_phone
def take(request: HttpRequest) -> HttpResponse:
    """Play a batch of deeds, and say what came of each; where too many come at once, say when to come again."""
    batch = rules.read_batch(said_by(request))
    if not AT_A_TIME.acquire(blocking=False):
        return JsonResponse({"why": "later"}, status=503, headers={"Retry-After": str(LATER)})
    try:
        answers = services.take_deeds(
            request.phone, batch, by=request.viewer, now=request.now, door=Player()
        )
    finally:
        AT_A_TIME.release()
    return JsonResponse(
        {
            "now": request.now.isoformat(),
            "seq": journal.last_seq(),
            "deeds": [as_said(one) for one in answers],
        }
    )


def as_said(one: Answered) -> dict[str, Any]:
    """Give what came of a deed as a phone reads it."""
    said = {
        "id": str(one.id),
        "outcome": one.outcome.value,
        "sentence": str(one.sentence),
        "address": one.look,
    }
    return said | {"again": [list(pair) for pair in one.again]} if one.again else said


@require_http_methods(["GET", "PUT"])
@by_phone
def upload(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take a piece of a file, or say how much of it is there."""
    if request.method == "GET":
        found = services.upload_of(key, request.phone)
        return JsonResponse({"have": found.have, "of": found.size})
    begins, size = (_number(request, name) for name in ("from", "of"))
    try:
        found = services.put_piece(
            key, request.phone, begins=begins, size=size, data=request.body, now=request.now
        )
    except rules.PieceElsewhere as refusal:
        return JsonResponse({"have": refusal.params["have"], "of": size}, status=409)
    return JsonResponse({"have": found.have, "of": found.size})


def _number(request: HttpRequest, name: str) -> int:
    said = request.GET.get(name, "")
    if not (said.isascii() and said.isdecimal() and len(said) < 12):
        raise rules.BatchUnread(what=name)
    return int(said)
