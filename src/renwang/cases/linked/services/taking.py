"""What a linked system tells is taken in: new requests become cases, changes become steps; what it says never overwrites ours."""

from datetime import datetime, timedelta
from hashlib import sha256

from django.db import transaction

from renwang.base import journal
from renwang.base.pure.ids import uuid7
from renwang.cases import config
from renwang.cases.kind_rules import OTHER
from renwang.cases.linked.models import Counterpart, System, Tiding
from renwang.cases.linked.reading import RequestSeen, UpdateSeen
from renwang.cases.linked.rules import Sending, kind_for, mark_of, refs_in
from renwang.cases.models import Case
from renwang.cases.rules import OWED, PLACE_AT_MOST, WORDS_AT_MOST, Act, State, Via
from renwang.cases.services import Report, enter_report
from renwang.cases.services.moving import Held, hold, let, tell, wind, write
from renwang.cases.waiting import call_to
from renwang.chain.models import Unit
from renwang.chain.selectors.public import public_place_round

BY = "node:linked"
MOST_UNMAPPED = 100
_LOOKED_BACK = timedelta(days=2)


@transaction.atomic
def take_in(system: System, seen: RequestSeen, *, now: datetime) -> str:
    """Take in a request, once by its number; say what became of it: new, known, changed, outside or over.

    One that was closed before anybody here heard of it stays there, and so does
    one whose position lies outside the place. One that is a case of ours, sent
    there or fetched from here, is joined to it and not made again.
    """
    known = Counterpart.objects.filter(system=system, number=seen.number).first()
    if known is not None:
        return "changed" if note_status(known, system, seen, now=now) else "known"
    own = _our_own(system, seen)
    if own is not None:
        _know_again(system, own, seen, now=now)
        return "known"
    if not seen.is_open:
        return "over"
    unit = _place(system, seen)
    if unit is None:
        return "outside"
    kind, is_mapped = kind_for(seen.code, system.taken_as, OTHER)
    if kind not in config.kinds():
        kind, is_mapped = OTHER, False
    if not is_mapped and len(system.unmapped) < MOST_UNMAPPED:
        system.unmapped[seen.code] = seen.service or seen.code
    report = Report(
        words=_words(seen), key=f"linked:{system.pk}:{seen.number}", kind=kind,
        place=seen.address[:PLACE_AT_MOST], lon=seen.lon, lat=seen.lat,
        came_at=min(seen.requested, now) if seen.requested else None,
    )  # fmt: skip
    case = enter_report(report, unit, Via.API, by=BY, now=now).case
    _join(system, case, seen, now=now, sending=Sending.NONE)
    named = "" if is_mapped else seen.service or seen.code
    write(
        case, "link_in", by=BY, now=now,
        facts={"silent": system.label, "to": f"{seen.number} {named}".strip()},
    )  # fmt: skip
    return "new"


def _words(seen: RequestSeen) -> str:
    """The words of whoever brought it over there; where there are none, what the service is called."""
    words = seen.description or seen.service or seen.code or seen.number
    if seen.media:
        words = f"{words}\n{seen.media}"  # never fetched: it may lead anywhere
    return words if len(words) <= WORDS_AT_MOST else f"{words[: WORDS_AT_MOST - 2]} …"


def _place(system: System, seen: RequestSeen) -> Unit | None:
    """Find the smallest place a request lies in; the system's own without a position; None outside of it."""
    unit = Unit.objects.filter(pk=system.unit_id).defer("boundary").get()
    if seen.lon is None or seen.lat is None:
        return unit
    found = public_place_round(seen.lon, seen.lat, [unit])
    return found or (None if unit.west is not None else unit)


def _our_own(system: System, seen: RequestSeen) -> Case | None:
    """Find the case that a request is: one of ours that stands as a mark in it, or one that was brought here as theirs."""
    refs = refs_in(seen.description)
    mine = Case.objects.filter(ref__in=refs).first() if refs else None
    if mine is not None:
        return mine
    if not refs_in(mark_of(seen.number)):
        return None
    begin = (seen.requested or system.since) - _LOOKED_BACK
    brought = Case.objects.filter(path__under=system.path, via=Via.API, received_at__gte=begin)
    return brought.filter(words__contains=mark_of(seen.number)).first()


def _know_again(system: System, own: Case, seen: RequestSeen, *, now: datetime) -> None:
    """Join a request to the case of ours that it is; one that was on its way has arrived, whatever its answer was."""
    known = Counterpart.objects.select_for_update().filter(system=system, case=own).first()
    if known is None:
        _join(system, own, seen, now=now, sending=Sending.SENT)
    elif not known.number:
        known.number, known.sending, known.is_open = seen.number, Sending.SENT, seen.is_open
        known.body, known.due_at, known.trouble = "", None, ""
        known.save()
        facts = {"silent": system.label, "to": seen.number}
        write(own, "arrived", facts=facts, by=BY, now=now)
        journal.record("linked.sent", own, by=BY, at=now, system=system.label, number=seen.number)


def _join(
    system: System, case: Case, seen: RequestSeen, *, now: datetime, sending: Sending
) -> Counterpart:
    return Counterpart.objects.create(
        id=uuid7(now), system=system, case=case, number=seen.number, service=seen.code,
        sending=sending, is_open=seen.is_open, mark=_mark(seen), changed_at=seen.updated, at=now,
    )  # fmt: skip


def _mark(seen: RequestSeen) -> str:
    return sha256(f"{seen.is_open}\n{seen.notes}".encode()).hexdigest()


@transaction.atomic
def note_status(known: Counterpart, system: System, seen: RequestSeen, *, now: datetime) -> bool:
    """Keep what a system says of a request that is a case here; say whether it was anything new.

    It becomes a step of the story. What was closed there is not closed here: a
    case that was sent counts as answered by the system and goes back to whoever
    has it, who decides; one that came from there is shown to him again.
    """
    mark = _mark(seen)
    if mark == known.mark:
        return False
    held = hold(known.case_id)
    known = Counterpart.objects.select_for_update().get(pk=known.pk)
    if mark == known.mark:
        return False
    was_open, was_seen = known.is_open, bool(known.mark)
    known.mark, known.is_open, known.changed_at = mark, seen.is_open, seen.updated
    known.save(update_fields=["mark", "is_open", "changed_at"])
    if not was_seen and seen.is_open and not seen.notes:
        return False  # the first that is seen of what was sent: it stands there, and nothing more
    _tell_status(held, system, seen, has_turned=was_open != seen.is_open, now=now, known=known)
    return True


def _tell_status(
    held: Held, system: System, seen: RequestSeen, *, has_turned: bool, now: datetime,
    known: Counterpart,
) -> None:  # fmt: skip
    case = held.case
    status = "open" if seen.is_open else "closed"
    if known.sending == Sending.SENT and case.state == State.REFERRED and not seen.is_open:
        let(case, Act.REPLY, now)
        wind(held, now)
        case.save()
        facts = {"silent": system.label, "status": status}
        tell(case, Act.REPLY, words=seen.notes, by=BY, now=now, facts=facts)
        call_to(case, due_at=case.due_at or now, now=now, by=BY)
    else:
        act = "far_closed" if not seen.is_open else "far"
        write(case, act, words=seen.notes, facts={"silent": system.label}, by=BY, now=now)
        if has_turned and case.state in OWED and known.came:
            call_to(case, due_at=case.due_at or now, now=now, by=BY)
    journal.record("linked.status", case, by=BY, at=now, system=system.label, status=status)


@transaction.atomic
def note_update(system: System, seen: UpdateSeen, *, now: datetime) -> bool:
    """Keep what was added to a request over there as a step of its case; say whether it was new."""
    known = Counterpart.objects.filter(system=system, number=seen.number).first()
    if known is None:
        return False
    ours = Tiding.objects.filter(counterpart=known, key=seen.key)
    if ours.exists():
        return False
    held = hold(known.case_id)
    if ours.exists():
        return False
    Tiding.objects.create(id=uuid7(now), counterpart=known, is_ours=False, key=seen.key, at=now)
    if not seen.words:
        return False
    write(held.case, "far", words=seen.words, facts={"silent": system.label}, by=BY, now=now)
    return True
