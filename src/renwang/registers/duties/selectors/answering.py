"""Who leads against a hazard, at a place, in a phase, at a moment: the question all else asks of this list.

    answer = answering_for(unit, "rainstorm", Phase.RESPOND, at=now)

A duty made for a place holds in everything below it, unless something nearer
was made; one for all hazards holds where none was made for the very hazard.
One statement however deep the place lies; no reach is asked, because who
answers for a place is no secret and those who route a case need it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, UUIDField

from renwang.chain import tree
from renwang.chain.models import Holding, Post, Unit, UnitVersion
from renwang.chain.rules import line_above
from renwang.registers.duties.models import Duty
from renwang.registers.duties.rules import Claim, Phase, order_claims, rivals_of
from renwang.registers.hazards import EVERY

Cell = tuple[str, Phase]
Key = TypeVar("Key", Cell, Phase)


@dataclass(frozen=True, slots=True)
class Answering:
    """Who answers: the duty by which, the post that leads, and who stands for that post."""

    duty: Duty  # with its leader and its unit
    is_inherited: bool  # made for a place above the one asked about
    rivals: tuple[Duty, ...]  # of the same place, which contradict it

    @property
    def is_general(self) -> bool:
        """Whether it is for all hazards, because none was made for the very one."""
        return self.duty.hazard == EVERY

    @property
    def post(self) -> Post | None:
        """The post that leads; None where the duty names none."""
        return self.duty.leader

    @property
    def person_id(self) -> UUID | None:
        """Who stands for the post at that moment: its holder, else the first deputy; None where nobody does."""
        return self.duty.stands_id

    @property
    def person_name(self) -> str:
        """His name; empty where nobody stands for the post."""
        return self.duty.stands_name or ""

    @property
    def is_deputy(self) -> bool:
        """Whether a deputy stands in because nobody holds the post."""
        return bool(self.duty.stands_rank)

    @property
    def is_held(self) -> bool:
        """Whether anybody at all stands for it."""
        return self.duty.stands_id is not None


def answering_for(unit: Unit, hazard: str, phase: Phase, *, at: datetime) -> Answering | None:
    """Say who answers at a place for a hazard in a phase; None is a hole. One statement.

    Places are taken as they lie today; where a moment long past is asked
    about and the unit has moved since, ask `answered_for`.
    """
    found = _against(hazard, at).filter(phase=phase.value, unit__path__in=_line(unit.path))
    return _nearest(staffed(found, at), unit.path)


def answering_against(unit: Unit, hazard: str, *, at: datetime) -> dict[Phase, Answering]:
    """Say who answers at a place for one hazard, phase by phase; a phase that is not there is a hole. One statement."""
    cells: dict[Phase, list[Duty]] = {}
    for duty in staffed(_against(hazard, at).filter(unit__path__in=_line(unit.path)), at):
        cells.setdefault(Phase(duty.phase), []).append(duty)
    return _answered(cells, unit.path)


def answered_for(unit: Unit, hazard: str, phase: Phase, *, at: datetime) -> Answering | None:
    """Say who answered at a moment, by the places as they lay on that day; None also before it was founded."""
    day = tree.today(at)
    then = _on(day).filter(unit=unit).values_list("path", flat=True).first()
    if then is None:
        return None
    places = _on(day).filter(path__in=_line(then))
    lay = places.filter(unit=OuterRef("unit_id")).values("path")[:1]
    found = _against(hazard, at).filter(phase=phase.value, unit__in=places.values("unit"))
    return _nearest(staffed(found, at).annotate(lay_at=Subquery(lay)), then)


def answering_at(unit: Unit, *, at: datetime, hazards: Iterable[str] = ()) -> dict[Cell, Answering]:
    """Say who answers at a place for every hazard and phase that anything holds for; one statement.

    Where something holds for all hazards, it answers for those in `hazards` too.
    """
    cells: dict[Cell, list[Duty]] = {}
    for duty in staffed(in_force(at).filter(unit__path__in=_line(unit.path)), at):
        cells.setdefault((duty.hazard, Phase(duty.phase)), []).append(duty)
    named = {hazard for hazard, _phase in cells} | set(hazards)
    for hazard, phase in [(hazard, phase) for hazard in named - {EVERY} for phase in Phase]:
        if general := cells.get((EVERY, phase)):
            cells[hazard, phase] = [*cells.get((hazard, phase), ()), *general]
    return _answered(cells, unit.path)


def _against(hazard: str, at: datetime) -> QuerySet[Duty]:
    """Return what holds at a moment against a hazard: made for it, or for all."""
    return in_force(at).filter(hazard__in={hazard, EVERY})


def in_force(at: datetime) -> QuerySet[Duty]:
    """Return the duties that hold, or held, at a moment."""
    return Duty.objects.filter(
        Q(held_until=None) | Q(held_until__gt=at), held_from__isnull=False, held_from__lte=at
    )


def staffed(duties: QuerySet[Duty], at: datetime) -> QuerySet[Duty]:
    """Read beside each duty its leader and who stood for it at a moment, in the same statement."""
    day = tree.today(at)
    holding = (
        Holding.objects.filter(
            Q(is_current=True) | Q(until_on__gt=day), post=OuterRef("leader_id"), from_on__lte=day
        )
        .order_by("rank", "from_on", "pk")
        .values("pk")[:1]
    )
    person = Holding.objects.filter(pk=OuterRef("stands_pk"))
    return (
        duties.select_related("leader", "leader__unit", "leader__organisation", "unit")
        .defer("search", "leader__unit__boundary", "unit__boundary")
        .annotate(stands_pk=Subquery(holding))
        .annotate(
            stands_id=Subquery(person.values("person_id"), output_field=UUIDField()),
            stands_name=Subquery(person.values("person__name")),
            stands_rank=Subquery(person.values("rank")),
        )
    )


def _answered(cells: Mapping[Key, Iterable[Duty]], path: str) -> dict[Key, Answering]:
    answers = {cell: _nearest(duties, path) for cell, duties in cells.items()}
    return {cell: answer for cell, answer in answers.items() if answer is not None}


def _nearest(duties: Iterable[Duty], path: str) -> Answering | None:
    by_ref = {duty.ref: duty for duty in duties}
    lies = {ref: getattr(duty, "lay_at", duty.unit.path) for ref, duty in by_ref.items()}
    claims = [
        Claim(lies[duty.ref], duty.held_from, duty.ref, duty.hazard == EVERY)
        for duty in by_ref.values()
        if duty.held_from is not None
    ]
    ordered = order_claims(claims)
    if not ordered:
        return None
    rivals = tuple(by_ref[one.ref] for one in rivals_of(ordered))
    return Answering(by_ref[ordered[0].ref], ordered[0].path != path, rivals)


def _line(path: str) -> list[str]:
    return [*line_above(path), path]


def _on(day: object) -> QuerySet[UnitVersion]:
    return UnitVersion.objects.filter(Q(until_on=None) | Q(until_on__gt=day), from_on__lte=day)


def leads_of(posts: Iterable[UUID], *, at: datetime) -> QuerySet[Duty]:
    """Return the duties in force that some posts lead, in the order of places."""
    found = staffed(in_force(at).filter(leader__in=list(posts)), at)
    return found.order_by(F("leader__path"), "leader_id", "hazard", "phase", "path")
