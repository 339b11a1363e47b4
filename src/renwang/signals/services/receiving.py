"""Signals come in, in the words of whoever brings them; notes are written beside."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from renwang.base import journal
from renwang.base.pure.ids import uuid7
from renwang.base.references import next_reference
from renwang.chain.models import Organisation, Person, Unit
from renwang.chain.reach import Viewer, require
from renwang.signals.models import Annotation, Matter, Sensor, Signal
from renwang.signals.rules import (
    SignalAct,
    SignalState,
    Source,
    WordsMissing,
    check_report,
    move,
)

By = Viewer | str


@dataclass(frozen=True, slots=True)
class Report:
    """What somebody has noticed. `outside` is its key where it was made: the same one again is the same report."""

    source: Source
    words: str
    noticed_at: datetime
    hazard: str = ""
    place: str = ""
    lon: float | None = None
    lat: float | None = None
    person: Person | None = None
    organisation: Organisation | None = None
    sensor: Sensor | None = None
    feed: str = ""
    call_back: str = ""
    outside: str = ""


@transaction.atomic
def receive_signal(
    report: Report, unit: Unit, *, by: By, now: datetime, drill: UUID | None = None
) -> Signal:
    """Take a report in, word for word. The same report again gives the signal that is here already.

    Refuses with `WordsMissing`, `NoticedInTheFuture` and `reach.NotInReach`.
    """
    require(by, "signals.report", at=unit.path)
    check_report(report.words, report.noticed_at, now)
    if report.outside:
        known = Signal.objects.filter(outside=report.outside).first()
        if known is not None:
            return known
    signal = Signal.objects.create(
        id=uuid7(now),
        ref=next_reference("S", now),
        source=report.source,
        hazard=report.hazard,
        words=report.words,
        unit=unit,
        path=unit.path,
        place=report.place,
        lon=report.lon,
        lat=report.lat,
        person=report.person,
        organisation=report.organisation,
        sensor=report.sensor,
        feed=report.feed,
        call_back=report.call_back,
        outside=report.outside,
        noticed_at=report.noticed_at,
        received_at=now,
        received_by=by.id if isinstance(by, Viewer) else None,
        state=SignalState.NEW,
        drill=drill,
    )
    journal.record(
        "signals.received",
        signal,
        by=by,
        at=now,
        drill=drill,
        source=report.source,
        hazard=report.hazard,
        words=report.words,
        where=report.place,
        lon=report.lon,
        lat=report.lat,
        noticed_at=report.noticed_at,
    )
    return signal


@transaction.atomic
def annotate_signal(signal_id: UUID, words: str, *, by: By, now: datetime) -> Annotation:
    """Write a note beside a signal; its own words stay as they are. Refuses with `WordsMissing`."""
    signal = locked_signal(signal_id)
    require(by, "signals.judge", at=signal.path)
    if not words.strip():
        raise WordsMissing
    note = Annotation.objects.create(
        id=uuid7(now),
        signal=signal,
        words=words.strip(),
        by=by.id if isinstance(by, Viewer) else None,
        at=now,
    )
    journal.record("signals.annotated", signal, by=by, at=now, drill=signal.drill, words=note.words)
    return note


# --- what every deed on a signal begins with -----------------------------------


def locked_signal(signal_id: UUID) -> Signal:
    """Take a signal for a deed; nobody else changes it meanwhile."""
    return Signal.objects.select_for_update().get(pk=signal_id)


def locked_signals_of(matter: Matter) -> list[Signal]:
    """Take all signals of a matter for a deed, in one order, so that two never wait for each other."""
    return list(Signal.objects.select_for_update().filter(matter=matter).order_by("pk"))


def let_all(signals: list[Signal], act: SignalAct) -> None:
    """Do an act to all signals of a matter that allow it; what was put aside stays aside."""
    for signal in signals:
        state = SignalState(signal.state)
        if state is not SignalState.ASIDE:
            signal.state = move(state, act)
    Signal.objects.bulk_update(signals, ["state"])
