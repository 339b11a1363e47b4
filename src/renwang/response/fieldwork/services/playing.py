"""Play deeds: each into the view that its form would have reached, with its row in one transaction, or not at all."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

import orjson
from django.conf import settings
from django.db import OperationalError, transaction
from django.utils.translation import gettext as _

from renwang.base import journal
from renwang.base.envelopes import seal
from renwang.chain.reach import Viewer
from renwang.outreach.services import ask_errand
from renwang.response.fieldwork.models import Deed, Phone, Upload
from renwang.response.fieldwork.overwriting import GUARDS, Difference, find_difference
from renwang.response.fieldwork.rules import (
    Batch,
    File,
    Outcome,
    PhoneLost,
    Sent,
    State,
    happened_at,
    outcome_of,
)
from renwang.response.fieldwork.services.uploads import drop_uploads, file_of
from renwang.response.fieldwork.waiting import waiting_difference

log = logging.getLogger(__name__)

PURPOSE = "fieldwork.deed"
Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Form:
    """A form of the field door that may be sent later: its name, and what its address says."""

    name: str
    kwargs: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Order:
    """What a form was filled in with. `files` are each with where it lies."""

    address: str
    fields: Pairs
    files: Sequence[tuple[File, Path, int]]
    at: datetime  # the `now` of the view


@dataclass(frozen=True, slots=True)
class Played:
    """What came of a form. `again` is what it has to carry to be taken in spite of an advice."""

    went_well: bool
    sentence: str
    look: str = ""
    again: Pairs = ()


class Door(Protocol):
    """How the forms are reached; the web knows."""

    def form_at(self, address: str) -> Form | None:
        """Find the form behind an address; None where none may be sent later."""

    def play(self, order: Order, *, by: Viewer) -> Played:
        """Send a form as that person."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What a phone is told of one deed."""

    id: UUID
    outcome: Outcome
    sentence: str = ""
    look: str = ""
    again: Pairs = field(default=())


class _Undone(Exception):
    """Takes back whatever a refused form has done before it was refused."""

    def __init__(self, played: Played):
        super().__init__()
        self.played = played


def take_deeds(
    phone: Phone, batch: Batch, *, by: Viewer, now: datetime, door: Door
) -> list[Answered]:
    """Play the deeds of a phone in the order of their numbers, and answer them in the order in which they came.

    What was answered before gets the same answer and does nothing. One that
    waits for its file stops those behind it; one that is refused does not.
    Refuses with `PhoneLost` where it is called lost meanwhile.
    """
    ids = [one.id for one in batch.deeds]
    known = {one.pk: one for one in Deed.objects.filter(pk__in=ids)}
    answers: dict[UUID, Answered] = {}
    waits = False
    for sent in sorted(batch.deeds, key=lambda one: one.number):
        if sent.id in known:
            answers[sent.id] = answer_of(known[sent.id], phone)
        elif waits:
            answers[sent.id] = Answered(sent.id, Outcome.WAITS)
        else:
            answers[sent.id] = _take(phone, sent, batch.sent_at, by=by, now=now, door=door)
            waits = answers[sent.id].outcome is Outcome.WAITS
    return [answers[key] for key in ids]


def answer_of(deed: Deed, phone: Phone) -> Answered:
    """Answer again what was answered before; of another phone's deed nothing is said."""
    if deed.phone_id != phone.pk:
        return Answered(
            deed.pk, Outcome.REFUSED, _("This cannot be taken. Fill in the form again.")
        )
    return Answered(deed.pk, outcome_of(State(deed.state)), deed.sentence, deed.look)


def _take(
    phone: Phone, sent: Sent, sent_at: datetime, *, by: Viewer, now: datetime, door: Door
) -> Answered:
    form, files = door.form_at(sent.address), _files(phone, sent)
    if files is None:
        return Answered(sent.id, Outcome.WAITS, _("A file of it is not here yet."))
    at = happened_at(
        sent.done_at, sent_at=sent_at, now=now, let_in_at=phone.let_in_at, after=phone.last_at
    )
    order = Order(sent.address, sent.fields, files, at)
    try:
        with transaction.atomic():
            answer = _play(phone, sent, form, order, by=by, now=now, door=door)
    except PhoneLost:
        raise
    except OperationalError:
        # The database is busy or away. Nothing was done, and the same may go well in a moment.
        log.warning("deed put off", extra={"form": form.name if form else ""})
        return Answered(sent.id, Outcome.WAITS, _("The node is busy. It is sent again by itself."))
    except Exception as fault:
        # Of the fault only its kind: its words could hold what somebody filled in.
        name = form.name if form else ""
        log.error("deed failed", extra={"form": name, "fault": type(fault).__name__})
        with transaction.atomic():
            sentence = _("The node could not do this: the fault is ours. Tell the operator.")
            answer = _remember(phone, sent, form, order, now, Played(False, sentence))
    phone.last_at = at
    return answer


def _files(phone: Phone, sent: Sent) -> list[tuple[File, Path, int]] | None:
    """Gather the files of a deed; None while one of them is not whole."""
    if not sent.files:
        return []
    keys = [one.upload for one in sent.files]
    sizes = {
        one.pk: one.size
        for one in Upload.objects.filter(pk__in=keys, phone=phone, deed=None)
        if one.is_whole
    }
    if set(keys) - set(sizes):
        return None
    return [(one, file_of(one.upload), sizes[one.upload]) for one in sent.files]


def _play(
    phone: Phone,
    sent: Sent,
    form: Form | None,
    order: Order,
    *,
    by: Viewer,
    now: datetime,
    door: Door,
) -> Answered:
    """Play one deed within the caller's transaction, which the phone's row makes its only one."""
    mine = Phone.objects.filter(pk=phone.pk, lost_at=None, ended_at=None)
    if not mine.update(met_at=now, last_at=order.at):
        raise PhoneLost
    known = Deed.objects.filter(pk=sent.id).first()
    if known is not None:
        return answer_of(known, phone)
    if form is None:
        sentence = _("This cannot be done without a network. Open the page and do it there.")
        return _remember(phone, sent, form, order, now, Played(False, sentence, sent.address))
    guard = GUARDS.get(form.name)
    if guard is not None:
        difference = find_difference(
            guard, form.kwargs, dict(sent.fields), by=by, shown_at=sent.shown_at,
            happened_at=order.at,
        )  # fmt: skip
        if difference is not None:
            return _keep(phone, sent, form, order, difference, by=by, now=now)
    return _remember(phone, sent, form, order, now, play_or_undo(order, by=by, door=door))


def play_or_undo(order: Order, *, by: Viewer, door: Door) -> Played:
    """Play a form; where it is refused, whatever it had done before that is taken back."""
    try:
        with transaction.atomic():
            played = door.play(order, by=by)
            if not played.went_well:
                raise _Undone(played)
            return played
    except _Undone as undone:
        return undone.played


def _remember(
    phone: Phone, sent: Sent, form: Form | None, order: Order, now: datetime, played: Played
) -> Answered:
    """Keep what came of a deed, and nothing of what was filled in."""
    state = State.TAKEN if played.went_well else State.REFUSED
    made = _row(phone, sent, form, order, now, state=state)
    made.sentence, made.look = played.sentence, played.look[:300]
    made.save(force_insert=True)
    if sent.files:
        drop_uploads(Upload.objects.filter(pk__in=[one.upload for one in sent.files]))
    return Answered(made.pk, outcome_of(state), made.sentence, made.look, played.again)


def _row(
    phone: Phone, sent: Sent, form: Form | None, order: Order, now: datetime, **more: Any
) -> Deed:
    return Deed(
        id=sent.id,
        phone=phone,
        number=sent.number,
        form=form.name if form else "",
        address=sent.address,
        happened_at=order.at,
        arrived_at=now,
        erase_at=now + timedelta(days=settings.RENWANG_DEEDS_KEPT_DAYS),
        **more,
    )


def _keep(
    phone: Phone,
    sent: Sent,
    form: Form,
    order: Order,
    difference: Difference,
    *,
    by: Viewer,
    now: datetime,
) -> Answered:
    """Keep both, sealed, until somebody decides; call whoever is responsible for the place."""
    stands = difference.stands
    kept = {
        "fields": sent.fields,
        "files": [[one.field, str(one.upload), one.name, one.type] for one in sent.files],
        "sent": difference.sent,
        "stands": stands.values,
    }
    made = _row(phone, sent, form, order, now, state=State.DIFFERS)
    made.sentence = _(
        "Somebody else has changed {ref} meanwhile. Both are kept, and who is responsible decides which holds."
    ).format(ref=stands.ref)
    made.sealed = seal(orjson.dumps(kept).decode(), PURPOSE)
    made.ref, made.path = stands.ref, stands.path
    made.capability = GUARDS[form.name].capability
    made.other_by, made.other_at = difference.by, difference.at
    made.save(force_insert=True)
    if sent.files:
        Upload.objects.filter(pk__in=[one.upload for one in sent.files]).update(deed=made)
    ask_errand(waiting_difference(made, by.id), by=by, now=now)
    journal.record(
        "fieldwork.differed", made, by=by, at=order.at, form=form.name, other=difference.by,
        other_at=difference.at, about=stands.id,
    )  # fmt: skip
    return answer_of(made, phone)
