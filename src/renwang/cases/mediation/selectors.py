"""Find mediations: the list, one as a story, sessions, the register, figures without names. Every question starts from what the viewer may see."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from renwang.base.paging import Page, page_of
from renwang.base.pure.text import search_key
from renwang.cases.mediation.choosing_rules import hours_of
from renwang.cases.mediation.models import (
    Agreement,
    FollowUp,
    Mediation,
    Mediator,
    Party,
    Session,
    Station,
    Step,
)
from renwang.cases.mediation.rules import LIVE, End, Quarrel, State, shown, shown_row
from renwang.chain.models import Unit
from renwang.chain.reach import Viewer

SEES, KEEPS = "mediations.see", "mediations.keep"
SORTS: dict[str, tuple[str, ...]] = {
    "asked": ("asked_at",),
    "-asked": ("-asked_at",),
    "since": ("since",),
    "-since": ("-since",),
    "place": ("path", "-asked_at"),
    "-place": ("-path", "-asked_at"),
}
_PEOPLE = ("mediator__person", "apprentice__person")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody looks for; empty means any."""

    text: str = ""
    states: Collection[State] = ()
    quarrel: str = ""
    end: str = ""
    under: Unit | None = None
    mine: bool = False
    due: bool = False


@dataclass(frozen=True, slots=True)
class MediationPage:
    """A mediation with all that belongs to it, without a word that was said."""

    mediation: Mediation
    parties: list[Party]
    sessions: list[Session]
    agreement: Agreement | None
    signed: frozenset[UUID]
    follow_ups: list[FollowUp]
    steps: list[Step]
    confidences: int
    is_mediator: bool
    is_apprentice: bool
    own: Party | None  # the viewer's own side
    keeps: bool


def _mine(viewer: Viewer) -> Q:
    if viewer.scopes is not None:
        return Q(pk__in=[])
    return Q(mediator__person=viewer.id) | Q(apprentice__person=viewer.id)


def visible_to(viewer: Viewer) -> QuerySet[Mediation]:
    """Mediations at the places where the viewer may see them, and those he mediates or learns from."""
    return Mediation.objects.filter(viewer.scope(SEES) | _mine(viewer))


def known_to(viewer: Viewer) -> QuerySet[Mediation]:
    """The same, and those in which the viewer is a party."""
    scope = viewer.scope(SEES) | _mine(viewer)
    if viewer.scopes is None:
        sides = Party.objects.filter(person=viewer.id).values("mediation")
        scope |= Q(pk__in=sides)
    return Mediation.objects.filter(scope)


def narrowed(viewer: Viewer, wanted: Wanted, *, today: date) -> QuerySet[Mediation]:
    """Return the mediations that fit."""
    found = known_to(viewer)
    exact: dict[str, Any] = {
        "state__in": wanted.states,
        "quarrel": wanted.quarrel,
        "end": wanted.end,
        "path__under": wanted.under.path if wanted.under else "",
        "follow_on__lte": today if wanted.due else None,
    }
    found = found.filter(**{name: value for name, value in exact.items() if value})
    if wanted.mine:
        found = found.filter(_mine(viewer))
    for word in wanted.text.split()[:5]:
        found = found.filter(Q(search__contains=search_key(word)) | Q(ref=word.strip().upper()))
    return found


def list_mediations(
    viewer: Viewer,
    wanted: Wanted,
    *,
    today: date,
    sort: str = "-asked",
    cursor: str = "",
    size: int = 50,
) -> Page[Mediation]:
    """List mediations with their places and mediators. Two statements."""
    found = narrowed(viewer, wanted, today=today).select_related("unit__parent", *_PEOPLE[:1])
    found = found.defer("unit__boundary", "unit__parent__boundary")
    return page_of(found, SORTS[sort], cursor=cursor, size=size)


def waiting_for(viewer: Viewer, *, today: date) -> QuerySet[Mediation]:
    """Return what waits where the viewer keeps mediations, or of himself: to be named, to be asked after."""
    scope = viewer.scope(KEEPS) | _mine(viewer)
    waits = Q(state=State.CONSENTED) | Q(follow_on__lte=today)
    return Mediation.objects.filter(scope & waits)


def mediation_page(viewer: Viewer, ref: str) -> MediationPage | None:
    """Read the story of a mediation; None for one the viewer may not see. Seven statements at most."""
    found = known_to(viewer).filter(ref=ref.upper())
    found = found.select_related("unit__parent", "station", "case", *_PEOPLE)
    found = found.defer("unit__boundary", "unit__parent__boundary", "case__search", "case__words")
    one = found.first()
    if one is None:
        return None
    parties = list(one.parties.order_by("number"))
    agreement = one.agreements.prefetch_related("signatures").order_by("-number").first()
    signed = [sign.party_id for sign in agreement.signatures.all()] if agreement else []
    here = viewer.scopes is None
    return MediationPage(
        one,
        parties,
        list(one.sessions.select_related("station", "mediator__person").order_by("start_at")),
        agreement,
        frozenset(signed),
        list(one.follow_ups.all()),
        list(one.steps.all()),
        one.confidences.count(),
        here and one.mediator is not None and one.mediator.person_id == viewer.id,
        here and one.apprentice is not None and one.apprentice.person_id == viewer.id,
        next((side for side in parties if here and side.person == viewer.id), None),
        viewer.may(KEEPS, one.path),
    )


def of_case(viewer: Viewer, case_id: UUID) -> list[Mediation]:
    """Give the mediations that came from a case, the latest first, as far as the viewer may see them."""
    found = visible_to(viewer).filter(case=case_id).order_by("-asked_at")
    return list(found.only("ref", "state", "end", "agreed_on", "quarrel", "case_id", "path"))


# --- sessions -------------------------------------------------------------------


def sessions_between(viewer: Viewer, start: datetime, end: datetime) -> list[Session]:
    """Give the sessions that begin within a span, those called off left out. One statement."""
    found = Session.objects.filter(
        mediation__in=visible_to(viewer), start_at__gte=start, start_at__lt=end, cancelled_at=None
    )
    found = found.select_related("mediation__unit", "station", "mediator__person")
    return list(found.defer("mediation__unit__boundary").order_by("start_at", "pk")[:500])


def own_sessions(viewer: Viewer, start: datetime, end: datetime) -> list[Session]:
    """Give the sessions of the viewer himself within a span: as mediator, or beside one."""
    who = Q(mediator__person=viewer.id) | Q(apprentice__person=viewer.id)
    found = Session.objects.filter(who, start_at__gte=start, start_at__lt=end, cancelled_at=None)
    found = found.select_related("mediation__unit", "station")
    return list(found.defer("mediation__unit__boundary").order_by("start_at", "pk")[:100])


def own_mediations(viewer: Viewer) -> list[Mediation]:
    """Give what the viewer mediates or learns from and what has not ended, the last touched first. One statement."""
    found = Mediation.objects.filter(_mine(viewer), state__in=sorted(LIVE))
    found = found.select_related("unit", "mediator").defer("unit__boundary")
    return list(found.order_by("-since", "pk")[:100])


def mediates(viewer: Viewer) -> bool:
    """Say whether the viewer is in the register of mediators, as one who mediates or who learns it."""
    return Mediator.objects.filter(person=viewer.id, ended_on=None).exists()


# --- the register ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Listed:
    """Somebody of the register, what he has open, and for an apprentice the hours he sat beside his master."""

    mediator: Mediator
    load: int
    hours: float | None

    @property
    def quarrels(self) -> list[Quarrel]:
        """What he is skilled in."""
        return [Quarrel(one) for one in self.mediator.skills]


def mediators_seen_by(viewer: Viewer) -> QuerySet[Mediator]:
    """The register at the places where the viewer may see mediations."""
    return Mediator.objects.filter(viewer.scope(SEES), ended_on=None)


def list_mediators(viewer: Viewer) -> list[Listed]:
    """Give the register: masters by name, each with his apprentices behind him. Four statements."""
    found = mediators_seen_by(viewer).select_related("person", "unit", "master__person")
    rows = list(found.defer("unit__boundary").prefetch_related("stations")[:500])
    rows.sort(key=_beside_master)
    keys = [one.pk for one in rows]
    live = Mediation.objects.filter(mediator__in=keys, state__in=sorted(LIVE))
    load = dict(live.order_by().values_list("mediator").annotate(n=Count("pk")))
    sat: dict[UUID, list[timedelta]] = {}
    held = Session.objects.filter(apprentice__in=keys, held_at__isnull=False)
    for key, start, end in held.values_list("apprentice", "start_at", "end_at"):
        sat.setdefault(key, []).append(end - start)
    return [
        Listed(one, load.get(one.pk, 0), hours_of(sat.get(one.pk, ())) if one.master_id else None)
        for one in rows
    ]


def _beside_master(one: Mediator) -> tuple[str, bool, str]:
    master = one.master
    first = master.person.name if master is not None else one.person.name
    return first, master is not None, one.person.name


def mediator_of(viewer: Viewer, key: UUID | str) -> Mediator | None:
    """Find somebody of the register; None where the viewer may not see him."""
    found = mediators_seen_by(viewer).select_related("person", "unit", "master")
    return found.defer("unit__boundary").filter(pk=key).first()


def mediators_near(viewer: Viewer, keys: Iterable[UUID]) -> dict[UUID, Mediator]:
    """Find those of the register who were suggested, whom the viewer need not see elsewhere."""
    found = Mediator.objects.filter(pk__in=list(keys), ended_on=None) if viewer.may(KEEPS) else []
    return {one.pk: one for one in found}


def list_stations(viewer: Viewer, *, open_only: bool = False) -> list[Station]:
    """Give the stations by place and name; one statement."""
    found = Station.objects.filter(viewer.scope(SEES)).select_related("unit")
    if open_only:
        found = found.filter(ended_on=None)
    return list(found.defer("unit__boundary").order_by("path", "name")[:200])


def stations_for(viewer: Viewer) -> list[Station]:
    """Give the open stations in which the viewer may set a session: where he sees them, and his own."""
    mine = Q(mediators__person=viewer.id) if viewer.scopes is None else Q(pk__in=[])
    found = Station.objects.filter(viewer.scope(SEES) | mine, ended_on=None)
    return list(found.order_by("name").distinct()[:200])


# --- figures --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Figure:
    """How many of one kind; None is withheld because few can be recognised. `days` are usual from asked to ended."""

    name: str
    number: int | None
    days: int | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """How many were asked for in a span, by kind and by outcome, never both at once: a cell of few could be worked out."""

    asked: int | None
    kinds: list[Figure]
    outcomes: list[Figure]  # an empty name stands for those still open


OUTCOMES = (*End, "")


def figures(viewer: Viewer, start: datetime, end: datetime) -> Figures:
    """Count what was asked for in a span, by kind of quarrel and by how it ended. One statement.

    A figure below five is withheld; so is a second one where the first could be worked out.
    """
    found = Mediation.objects.filter(viewer.scope(SEES), asked_at__gte=start, asked_at__lt=end)
    rows = list(found.order_by().values_list("quarrel", "end", "asked_at", "ended_at"))
    kinds = [kind for kind in Quarrel if any(row[0] == kind for row in rows)]
    by_kind = shown_row(sum(row[0] == kind for row in rows) for kind in kinds)
    by_end = shown_row(sum(row[1] == how for row in rows) for how in OUTCOMES)
    return Figures(
        shown(len(rows)),
        [
            Figure(kind, number, _usual([row for row in rows if row[0] == kind]))
            for kind, number in zip(kinds, by_kind, strict=True)
        ],
        [Figure(how, number) for how, number in zip(OUTCOMES, by_end, strict=True)],
    )


def _usual(rows: list[Any]) -> int | None:
    spans = sorted((ended - asked).days for _kind, _how, asked, ended in rows if ended is not None)
    return spans[len(spans) // 2] if spans and shown(len(spans)) else None
