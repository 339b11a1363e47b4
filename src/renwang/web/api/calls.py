"""Answering over the API: my warnings, receipts one by one and in batches, rounds."""

from django.http import HttpRequest
from ninja import Router

from renwang.chain.reach import NotInReach
from renwang.outreach import selectors, services
from renwang.outreach.models import Call, Round
from renwang.outreach.rules import Receipt, words_mark
from renwang.response.finding import clock_of
from renwang.web.api import shapes
from renwang.web.api.keys import found, require

router = Router(tags=["calls"])


def call_out(call: Call) -> dict:
    """Shape a call with what it says."""
    named = {
        name: getattr(call, name) for name in shapes.CallOut.model_fields if hasattr(call, name)
    }
    notice = call.notice
    return {
        **named,
        "title": notice.title,
        "words": notice.words,
        "words_mark": words_mark(notice.words),
        "note": notice.note,
        "colour": notice.colour,
        "is_exercise": notice.drill is not None,
    }


@router.get("/mine", response=list[shapes.CallOut], summary="What I am asked to carry on")
def list_my_calls(request: HttpRequest):
    """The oldest first. Having fetched it counts as delivered. A key needs the scope `alerts.answer`."""
    if not request.viewer.speaks("alerts.answer"):
        raise NotInReach("alerts.answer", "")
    mine = selectors.my_calls(request.viewer.id)
    slips = [
        services.Slip(
            Receipt.DELIVERED,
            clock_of(call.notice.drill, request.now),
            via="app",
            call_id=call.pk,
            person_id=request.viewer.id,
        )
        for call in mine
        if call.delivered_at is None
    ]
    if slips:
        services.record_receipts(slips, by=request.viewer, now=max(one.at for one in slips))
        mine = selectors.my_calls(request.viewer.id)
    return [call_out(call) for call in mine]


@router.post("/receipts", response=list[str], summary="Hand in receipts in a batch")
def record_receipts(request: HttpRequest, batch: shapes.ReceiptsIn):
    """For gateways and other systems of the node's operator. Answers in order: recorded, repeated, unknown."""
    viewer = require(request, "node.operate")
    slips = [
        services.Slip(
            Receipt(one.receipt),
            one.at,
            via=one.via,
            call_id=one.call,
            attempt_id=one.attempt,
            provider_id=one.provider_id,
        )
        for one in batch.receipts
    ]
    return [str(taken) for taken in services.record_receipts(slips, by=viewer, now=request.now)]


@router.get("/{int:call_id}", response=shapes.CallOut, summary="Read a call")
def show_call(request: HttpRequest, call_id: int):
    """One that the caller is asked in, or may see."""
    return call_out(found(selectors.call_for(request.viewer, call_id), str(call_id)))


@router.post(
    "/{int:call_id}/answers", response=shapes.CallOut, summary="Read, understood, or carried on"
)
def answer_call(request: HttpRequest, call_id: int, answer: shapes.AnswerIn):
    """`understood` stops the asking, `carried` completes the call. Repeating changes nothing."""
    asked = found(selectors.call_for(request.viewer, call_id), str(call_id))
    call = services.answer_call(
        call_id,
        Receipt(answer.receipt),
        by=request.viewer,
        now=clock_of(asked.notice.drill, request.now),
        at=answer.at,
        households_told=answer.households_told,
        seen=answer.seen,
    )
    return call_out(call)


@router.post(
    "/{int:call_id}/rounds",
    response=shapes.RoundOut,
    summary="Record a knock, gong or loudspeaker round",
)
def record_round(request: HttpRequest, call_id: int, made: shapes.RoundIn):
    """A receipt without electronics, with witness, time and households."""
    asked = found(selectors.call_for(request.viewer, call_id), str(call_id))
    kept = services.record_round(
        made.id,
        call_id,
        Round.Kind(made.kind),
        by=request.viewer,
        now=clock_of(asked.notice.drill, request.now),
        at=made.at,
        households=made.households,
        household_id=made.household,
        answered=made.answered,
        witness=made.witness,
    )
    return {
        "id": kept.pk,
        "call": kept.call_id,
        "kind": kept.kind,
        "households": kept.households,
        "at": kept.at,
    }
