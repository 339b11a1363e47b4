"""Decide which of two holds: what was sent later is played after all, or what stands is left."""

from datetime import datetime
from uuid import UUID

import orjson
from django.db import transaction

from renwang.base import journal
from renwang.base.envelopes import unseal
from renwang.chain.reach import Viewer, require, viewer_of
from renwang.outreach.errand_rules import ErrandAct
from renwang.outreach.services import end_errand
from renwang.response.fieldwork.models import Deed
from renwang.response.fieldwork.rules import (
    ContentsGone,
    File,
    Holds,
    NotYetTaken,
    OwnDeed,
    ReasonMissing,
    State,
    decide,
)
from renwang.response.fieldwork.services.playing import PURPOSE, Door, Order, play_or_undo
from renwang.response.fieldwork.services.uploads import drop_uploads, file_of
from renwang.response.fieldwork.waiting import DIFFERENCE


@transaction.atomic
def decide_difference(
    deed_id: UUID, holds: Holds, reason: str, *, by: Viewer, now: datetime, door: Door
) -> Deed:
    """Decide which holds, with a reason; what was kept under seal goes with the decision.

    Where what was sent holds it is played now, as the one who did it and with
    what he may do now. Refuses with `DecidedAlready`, `OwnDeed`,
    `ReasonMissing`, `ContentsGone`, `NotYetTaken` (nothing is decided then)
    and `reach.NotInReach`.
    """
    found = Deed.objects.select_for_update(of=("self",)).select_related("phone__person")
    deed = found.get(pk=deed_id)
    require(by, deed.capability, at=deed.path)
    state = decide(State(deed.state), holds)
    if by.id == deed.phone.person_id:
        raise OwnDeed
    if not reason.strip():
        raise ReasonMissing
    if holds is Holds.SENT:
        _play_after_all(deed, now, door)
    end_difference(deed, state, reason.strip()[:300], by=by, now=now)
    return deed


def _play_after_all(deed: Deed, now: datetime, door: Door) -> None:
    """Play what was kept; from this moment on it holds, so this moment is the view's `now`."""
    kept = opened(deed)
    if not kept:
        raise ContentsGone
    sizes = dict(deed.uploads.values_list("pk", "size"))
    files = [File(field, UUID(key), name, kind) for field, key, name, kind in kept["files"]]
    order = Order(
        deed.address,
        [(name, value) for name, value in kept["fields"]],
        [(one, file_of(one.upload), sizes[one.upload]) for one in files if one.upload in sizes],
        now,
    )
    played = play_or_undo(order, by=viewer_of(deed.phone.person, now), door=door)
    if not played.went_well:
        raise NotYetTaken(why=played.sentence)
    deed.sentence, deed.look = played.sentence, played.look[:300]


def opened(deed: Deed) -> dict:
    """Read what was kept of a deed that differs; empty once it is decided, or where the node has another secret now."""
    text = unseal(deed.sealed, PURPOSE)
    return orjson.loads(text) if text else {}


def end_difference(
    deed: Deed, state: State, reason: str, *, by: Viewer | str, now: datetime, verb: str = ""
) -> None:
    """End a difference in the caller's transaction: the decision stays, what was kept goes.

    `verb` is another one than those of a decision, where nobody made one.
    """
    deed.state, deed.sealed, deed.reason = state, "", reason
    deed.decided_at, deed.decided_by = now, getattr(by, "id", None)
    if state is State.LEFT:
        deed.sentence = reason
    deed.save(
        update_fields=[
            "state", "sealed", "reason", "decided_at", "decided_by", "sentence", "look",
        ]
    )  # fmt: skip
    drop_uploads(deed.uploads.all())
    act = ErrandAct.DROP if verb else ErrandAct.SETTLE
    end_errand(DIFFERENCE, deed.pk, by=by, now=now, act=act)
    told = verb or ("fieldwork.held" if state is State.TAKEN else "fieldwork.left")
    journal.record(
        told, deed, by=by, at=now, reason=reason, form=deed.form, number=deed.number,
        person=f"person:{deed.phone.person_id}",
    )  # fmt: skip
