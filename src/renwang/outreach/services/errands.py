"""Errands: work that waits for a person calls him, and the level above when he stays silent; it ends with the work."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.functional import Promise

from renwang.base import journal
from renwang.base.pure.ids import uuid7
from renwang.base.references import next_reference
from renwang.chain.reach import Viewer
from renwang.outreach.errand_rules import (
    ERRAND,
    ErrandAct,
    ErrandOver,
    ErrandState,
    errand_terms,
    move_errand,
    weight_of,
)
from renwang.outreach.ladders import Level, levels_of, people_first, serving
from renwang.outreach.models import Call, Errand, Notice
from renwang.outreach.resting import resting_contacts
from renwang.outreach.rules import (
    CallState,
    NoticeState,
    Receipt,
    first_awake,
    first_wait,
    freeze_plan,
)
from renwang.outreach.services.receipts import NotAskedOfYou, Slip, record_for_notice
from renwang.outreach.services.tallying import take_turn
from renwang.outreach.services.withdrawing import close_calls
from renwang.outreach.waiting import may_take

BY = "node:outreach"
AT_ONCE = 100
"""Errands that one look begins to call for, so that warnings are never kept waiting by them."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits: for whom, where, and how long it may take.

    `said` is one sentence in every language of the node (`in_every_language`)
    and names nobody: it goes out as a message. `not_by` are those who may not
    do it because they wrote it; `first` are called before the posts, in order,
    whatever they hold, because the work is theirs.
    """

    kind: str
    subject_id: UUID
    ref: str
    said: Mapping[str, str]
    path: str
    capability: str
    term: timedelta
    colour: str = ""
    not_by: Iterable[UUID | str | None] = ()
    first: Iterable[UUID] = ()
    number: int = 1
    drill: UUID | None = None


def in_every_language(sentence: str | Promise, **figures: object) -> dict[str, str]:
    """Fill a translatable sentence in every language of the node."""
    said = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            said[language] = str(sentence).format(**figures)
    return said


def ask_errand(waiting: Waiting, *, by: Any, now: datetime) -> Errand:
    """Note in the caller's transaction that something waits for a person; he is called within a moment.

    What waits already is returned as it is: nobody is told twice. Two or three statements.
    """
    known = Errand.objects.filter(
        kind=waiting.kind, subject_id=waiting.subject_id, state=ErrandState.OPEN
    ).first()
    if known is not None:
        return known
    errand = compose_errand(waiting, now)
    errand.save(force_insert=True)
    journal.record(
        "outreach.errand_asked", errand, by=by, at=now, drill=errand.drill, **_facts(errand)
    )
    return errand


def ask_errands(waitings: Iterable[Waiting], *, now: datetime) -> list[Errand]:
    """Note many at once, none of which waits already; the caller records the fact."""
    return Errand.objects.bulk_create(
        [compose_errand(one, now) for one in waitings], batch_size=500
    )


def compose_errand(waiting: Waiting, now: datetime) -> Errand:
    """Make the row of an errand ready that the caller writes with its deed, where none waits yet."""
    return Errand(
        id=uuid7(now),
        kind=waiting.kind,
        subject_id=waiting.subject_id,
        ref=waiting.ref,
        said=dict(waiting.said),
        path=waiting.path,
        capability=waiting.capability,
        hands=",".join(sorted({str(one) for one in waiting.not_by if one})),
        first=",".join(str(one) for one in waiting.first),
        colour=waiting.colour,
        weight=weight_of(waiting.colour),
        number=waiting.number,
        asked_at=now,
        due_at=now + waiting.term,
        drill=waiting.drill,
    )


def _facts(errand: Errand) -> dict[str, Any]:
    return {
        "kind": errand.kind,
        "about": errand.subject_id,
        "said": errand.sentence(settings.LANGUAGE_CODE),
        "capability": errand.capability,
        "colour": errand.colour,
        "due_at": errand.due_at,
    }


# --- ending -----------------------------------------------------------------


def end_errand(
    kind: str,
    subject_id: UUID,
    *,
    by: Any,
    now: datetime,
    act: ErrandAct = ErrandAct.SETTLE,
) -> Errand | None:
    """End in the caller's transaction what waited there: done, or no longer needed with `ErrandAct.DROP`.

    Nobody is asked any more. None where nothing waited; one statement then.
    """
    return next(iter(end_errands([kind], subject_id, by=by, now=now, act=act)), None)


def end_errands(
    kinds: Sequence[str],
    subject_id: UUID,
    *,
    by: Any,
    now: datetime,
    act: ErrandAct = ErrandAct.SETTLE,
) -> list[Errand]:
    """End everything of some kinds that waited there, like `end_errand`."""
    waiting = _open().filter(kind__in=kinds, subject_id=subject_id)
    return [_end(errand, by=by, now=now, act=act) for errand in waiting]


def end_row(errand: Errand, *, by: Any, now: datetime, act: ErrandAct) -> Errand | None:
    """End one errand in the caller's transaction; None where somebody else has ended it meanwhile."""
    waiting = _open().filter(pk=errand.pk).first()
    return _end(waiting, by=by, now=now, act=act) if waiting is not None else None


def _open() -> QuerySet[Errand]:
    """Take what waits for the caller's transaction, as it is now: the calling may have begun since it was seen."""
    return Errand.objects.select_for_update().filter(state=ErrandState.OPEN).order_by("pk")


def _end(errand: Errand, *, by: Any, now: datetime, act: ErrandAct) -> Errand:
    state = move_errand(ErrandState(errand.state), act)
    errand.state, errand.ended_at, errand.ended_by = state, now, getattr(by, "id", None)
    errand.save(update_fields=["state", "ended_at", "ended_by"])
    if errand.notice_id is not None:
        close_calls(take_turn(errand.notice_id), NoticeState.FINISHED, now)
    done = state is ErrandState.DONE
    journal.record(
        "outreach.errand_done" if done else "outreach.errand_dropped",
        errand,
        by=by,
        at=now,
        drill=errand.drill,
        kind=errand.kind,
        about=errand.subject_id,
        seconds=(now - errand.asked_at).total_seconds(),
        was_late=now > errand.due_at,
    )
    return errand


def move_up(kind: str, subject_id: UUID, path: str, due_at: datetime, *, now: datetime) -> None:
    """Follow in the caller's transaction what went to a unit above by its own clock: that level is called now."""
    errand = _open().filter(kind=kind, subject_id=subject_id).first()
    if errand is None:
        return
    move_errand(ErrandState(errand.state), ErrandAct.MOVE)
    errand.due_at = due_at
    errand.save(update_fields=["due_at"])
    if errand.notice_id is not None:
        _call_next(take_turn(errand.notice_id), errand, now, up_to=path)


# --- calling ----------------------------------------------------------------


def call_errands(now: datetime, *, drill: UUID | None = None) -> int:
    """Begin to call for what waits and was not called for yet; return how many.

    Live errands, or those of one exercise by its own loop. Each is claimed and
    called for in one transaction: a kill leaves both or neither.
    """
    waiting = Errand.objects.filter(state=ErrandState.OPEN, called_at=None, drill=drill)
    keys = list(waiting.order_by("asked_at", "pk").values_list("pk", flat=True)[:AT_ONCE])
    return sum(_begin(key, now) for key in keys)


@transaction.atomic
def _begin(key: UUID, now: datetime) -> int:
    mine = Errand.objects.filter(pk=key, state=ErrandState.OPEN, called_at=None)
    if not mine.update(called_at=now):
        return 0
    errand = Errand.objects.get(pk=key)
    levels = levels_of(errand, now)
    first = next((level for level in levels if level.rungs), None)
    if first is None:
        journal.record("outreach.errand_for_nobody", errand, by=BY, at=now, drill=errand.drill)
        return 1
    notice = _notice_of(errand, now)
    Errand.objects.filter(pk=key).update(notice=notice)
    _call(notice, errand, first, now)
    return 1


def _notice_of(errand: Errand, now: datetime) -> Notice:
    terms = errand_terms(errand.colour, errand.due_at - errand.asked_at)
    return Notice.objects.create(
        id=uuid7(now),
        ref=next_reference("N", now),
        kind=ERRAND,
        subject_id=errand.pk,
        thread=errand.pk.hex,
        drill=errand.drill,
        path=errand.path,
        title=errand.sentence(settings.LANGUAGE_CODE)[:300],
        words="\n".join(errand.said.values()),
        colour=errand.colour,
        language="",
        order=terms.order,
        contact_for=terms.contact_for,
        person_for=terms.person_for,
        carry_for=terms.carry_for,
        again_every=terms.again_every,
        again_times=terms.again_times,
        breaks_quiet=terms.breaks_quiet,
        started_at=now,
        is_counted=True,  # nothing of it is carried down, so there is nothing to add up
        is_shared=False,  # nobody stands on two levels of its ladder
    )


def call_next_level(notice: Notice, now: datetime) -> bool:
    """Call the level above once the last one was passed by; within the caller's turn at the notice."""
    errand = Errand.objects.filter(notice=notice, state=ErrandState.OPEN).first()
    return errand is not None and _call_next(notice, errand, now)


def _call_next(notice: Notice, errand: Errand, now: datetime, *, up_to: str = "") -> bool:
    """Call the nearest level that was not called yet; with `up_to`, none above that place."""
    known = set(Call.objects.filter(notice=notice).values_list("post_id", flat=True))
    left = [
        level
        for level in levels_of(errand, now)
        if level.rungs and level.post_id not in known and len(level.path) >= len(up_to)
    ]
    if not left:
        return False
    _call(notice, errand, left[0], now)
    return True


def _call(notice: Notice, errand: Errand, level: Level, now: datetime) -> None:
    move_errand(ErrandState(errand.state), ErrandAct.TELL)
    terms = errand_terms(errand.colour, errand.due_at - errand.asked_at)
    plan = freeze_plan(level.rungs, serving(errand.path, now) | set(people_first(errand)))
    rungs = {rung.contact_id: rung for rung in level.rungs}
    order = [rungs[key] for key in (*plan.first, *plan.then)]
    contacts = [rung.contact_id for rung in order if rung.contact_id is not None]
    quiet = {} if notice.breaks_quiet else resting_contacts(contacts, now)
    rung, until = first_awake(order, quiet)
    assert rung is not None  # the level was chosen because somebody is on it
    Call.objects.create(
        notice=notice,
        post_id=level.post_id,
        unit_id=level.unit_id,
        path=level.path,
        depth=level.path.count("/") - 2,
        is_leaf=True,
        households=0,
        state=CallState.ASKING,
        rank=rung.rank,
        person_id=rung.person_id,
        contact_id=rung.contact_id,
        channel="" if until else rung.channel,
        send_at=None if until else now,
        due_at=until or now + first_wait(terms),
        asked_at=now,
        turn_at=until or now,
        plan=str(plan if until else plan.asking(rung.contact_id)),
        quiet_until=until,
    )
    journal.record(
        "outreach.errand_told",
        errand,
        by=BY,
        at=now,
        place=level.path,
        drill=errand.drill,
        notice=notice.ref,
        post=level.post_id,
        person=f"person:{rung.person_id}",
        contact=rung.contact_id,
        until=until,
    )


# --- seeing to it -----------------------------------------------------------


@transaction.atomic
def take_errand(errand_id: UUID, *, by: Viewer, now: datetime, via: str = "desk") -> Errand:
    """Let a person say that he sees to it: nobody else is asked, and he is reminded when the term is over.

    Refuses with `NotAskedOfYou` whom it does not wait for, with `ErrandOver`
    what was done meanwhile.
    """
    errand = Errand.objects.filter(pk=errand_id).first()
    if errand is None or not may_take(by, errand):
        raise NotAskedOfYou(str(errand_id))
    move_errand(ErrandState(errand.state), ErrandAct.TAKE)
    if errand.notice_id is not None:
        notice = take_turn(errand.notice_id)
        if notice.state != NoticeState.STARTED:
            raise ErrandOver(notice.ref)
        _take_calls(notice, errand, by, now, via)
    journal.record(
        "outreach.errand_taken", errand, by=by, at=now, drill=errand.drill, kind=errand.kind
    )
    return errand


def _take_calls(notice: Notice, errand: Errand, by: Viewer, now: datetime, via: str) -> None:
    """Leave one call open, his own where he has one, and relieve all others."""
    calls = list(Call.objects.filter(notice=notice).order_by("-pk"))
    own = next((call for call in calls if call.person_id == by.id), calls[0])
    rungs = [rung for level in levels_of(errand, now) for rung in level.rungs]
    way = next((rung for rung in rungs if rung.person_id == by.id), None)
    others = Call.objects.filter(notice=notice).exclude(pk=own.pk)
    close_calls(notice, None, now, others)
    changes: dict[str, Any] = {"reminded_at": None, "quiet_until": None}
    if CallState(own.state) is not CallState.ASKING:
        changes["state"] = CallState.ASKING
    if way is not None:
        changes |= {"person_id": by.id, "contact_id": way.contact_id, "channel": way.channel}
    Call.objects.filter(pk=own.pk).update(**changes)
    if own.understood_at is None:
        slip = Slip(Receipt.UNDERSTOOD, now, via=via, call_id=own.pk, person_id=by.id)
        record_for_notice(notice, [slip], by=by, now=now)
        return
    due_at = now + timedelta(seconds=notice.carry_for)
    Call.objects.filter(pk=own.pk).update(answered_by=by.id, due_at=due_at, send_at=None)
