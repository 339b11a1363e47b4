"""Risks are found, in the words of whoever found them; notes are written beside. What every deed begins and ends with."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from renwang.base import journal
from renwang.base.pure.ids import uuid7
from renwang.base.references import next_reference
from renwang.chain.models import Unit
from renwang.chain.reach import Viewer, require
from renwang.registers.hazards import kinds
from renwang.registers.risks.models import Risk, Step, Survey
from renwang.registers.risks.rules import (
    Act,
    Source,
    Standing,
    State,
    check_found_at,
    check_words,
    move,
    next_step_due,
)
from renwang.registers.risks.scale import current_scale

By = Viewer | str
TITLE = 40  # characters of the words that make a title where nobody gave one


@dataclass(frozen=True, slots=True)
class Found:
    """What somebody has found. `outside` is its key where it was made: the same one again is the same find."""

    words: str
    found_at: datetime
    title: str = ""
    hazard: str = ""
    code: str = ""
    source: Source = Source.PATROL
    place: str = ""
    lon: float | None = None
    lat: float | None = None
    reach_m: int | None = None
    origin: str = ""
    survey: Survey | None = None
    outside: str = ""


@transaction.atomic
def report_risk(found: Found, unit: Unit, *, by: By, now: datetime) -> Risk:
    """Put a risk on the list, word for word. The same find again gives the risk that is there already.

    Refuses with `WordsMissing`, `FoundInTheFuture` and `reach.NotInReach`.
    """
    require(by, "risks.report", at=unit.path)
    words = check_words(found.words)
    check_found_at(found.found_at, now)
    if found.outside:
        known = Risk.objects.filter(outside=found.outside).first()
        if known is not None:
            return known
    risk = Risk(
        id=uuid7(now),
        ref=next_reference("F", now),
        title=(found.title.strip() or title_of(words))[:120],
        words=words,
        unit=unit,
        path=unit.path,
        found_by=hand_of(by),
        received_at=now,
        asked=unit,
        asked_path=unit.path,
        **asdict_found(found),
    )
    stand(risk, State.FOUND, now)
    risk.save(force_insert=True)
    step(risk, "found", words=words, by=by, now=now)
    journal.record(
        "risks.found", risk, by=by, at=now, title=risk.title, words=words, hazard=risk.hazard,
        source=found.source, where=found.place, lon=found.lon, lat=found.lat,
        found_at=found.found_at, origin=found.origin, due_at=risk.due_at,
    )  # fmt: skip
    return risk


def asdict_found(found: Found) -> dict[str, Any]:
    """Give the columns of a risk that a find fills by itself."""
    kind = kinds().get(found.hazard)
    return {
        "hazard": found.hazard,
        "category": kind.category if kind else "",
        "code": found.code or (kind.code if kind else ""),
        "source": found.source,
        "place": found.place,
        "lon": found.lon,
        "lat": found.lat,
        "reach_m": found.reach_m,
        "origin": found.origin,
        "survey": found.survey,
        "outside": found.outside,
        "found_at": found.found_at,
    }


def title_of(words: str) -> str:
    """Make a title out of the first words of a find."""
    line = words.splitlines()[0]
    return line if len(line) <= TITLE else f"{line[: TITLE - 1]}…"


@transaction.atomic
def note_risk(risk_id: UUID, words: str, *, by: By, now: datetime) -> Step:
    """Write a note into the story of a risk. Refuses with `WordsMissing` and `reach.NotInReach`."""
    risk = locked_risk(risk_id)
    require(by, "risks.report", at=risk.path)
    words = check_words(words)
    made = step(risk, "note", words=words, by=by, now=now)
    journal.record("risks.noted", risk, by=by, at=now, words=words)
    return made


# --- what every deed on a risk begins and ends with -----------------------------


def locked_risk(risk_id: UUID) -> Risk:
    """Take a risk for a deed; nobody else changes it meanwhile."""
    return Risk.objects.select_for_update().get(pk=risk_id)


def hand_of(by: By) -> UUID | None:
    """Say whose hand does it: a person's id, None for a part of the node."""
    return by.id if isinstance(by, Viewer) else None


def step(risk: Risk, act: str, *, by: By, now: datetime, words: str = "", **facts: Any) -> Step:
    """Write one step into the story of a risk."""
    return Step.objects.create(risk=risk, act=act, words=words, facts=facts, by=hand_of(by), at=now)


def end_of_day(day: Any) -> datetime:
    """Give the moment at which a day is over in the node's zone."""
    zone = timezone.get_default_timezone()
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=zone)


def let(risk: Risk, act: Act, now: datetime, *, answer_due: datetime | None = None) -> None:
    """Do an act to a risk: move it, and find out what is owed next. Refuses with `NotNow`."""
    stand(risk, move(State(risk.state), act), now, answer_due=answer_due)


def stand(risk: Risk, state: State, now: datetime, *, answer_due: datetime | None = None) -> None:
    """Let a risk stand somewhere from now on: who owes the next step is its own unit again, from the first rung.

    A question that is still owed keeps its moment and whom it has climbed to.
    """
    is_waiting = state is State.REFERRED and answer_due is None
    risk.state, risk.since = state, now
    if is_waiting:
        return
    measures = list(risk.measures.all()) if not risk._state.adding else []
    undone = [
        end_of_day(one.due_on) for one in measures if one.done_at is None and one.dropped_at is None
    ]
    standing = Standing(state, now, len(measures), undone, answer_due, risk.accepted_until)
    risk.due_at = next_step_due(standing, current_scale().terms)
    risk.term = risk.due_at - now if risk.due_at else None
    risk.climb_at = None if state is State.ACCEPTED else risk.due_at
    risk.rung = 0
    if state is not State.REFERRED:
        risk.asked_id, risk.asked_path = risk.unit_id, risk.path
