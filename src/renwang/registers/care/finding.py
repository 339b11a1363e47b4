"""Find on the care list: by door and place only, what waits, who looked. Nothing under seal is searched."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet

from renwang.base.models import Entry
from renwang.base.paging import Page, page_of
from renwang.base.pure.text import search_key
from renwang.chain.models import Holding, Household, Person
from renwang.chain.reach import Viewer
from renwang.chain.selectors.naming import known_as
from renwang.outreach.services.tallying import prefixes
from renwang.registers.care.models import (
    CareEntry,
    CheckRound,
    Opening,
    Pairing,
    Paper,
    RoundDoor,
    Visit,
)
from renwang.registers.care.paper_rules import PaperState
from renwang.registers.care.round_rules import RoundOutcome, Tally, tally_of
from renwang.registers.care.rules import CONSENT_ENDS_SOON, Why
from renwang.registers.care.services.keeping import digest_of
from renwang.registers.care.services.rounds import led_by
from renwang.registers.care.sight import day_of, visible_to
from renwang.registers.care.visit_rules import RUNGS, Candidate, Rung, nearest

SORTS = {
    "visit": ("visit_on", "path"),
    "-visit": ("-visit_on", "path"),
    "place": ("path", "ref"),
    "-place": ("-path", "ref"),
}
LATE, UNPAIRED, WANTS, STALE, ENDING, DOORLESS, NO_SLIP = (
    "late", "unpaired", "wants", "stale", "ending", "doorless", "noslip",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody looks for on the list; empty means any."""

    text: str = ""  # of the building
    state: str = ""
    under: str = ""  # a path


def list_entries(
    viewer: Viewer,
    wanted: Wanted,
    now: datetime,
    *,
    sort: str = "visit",
    cursor: str = "",
    size: int = 50,
) -> Page[CareEntry]:
    """List entries in sight, each with its door and who is paired; four statements at most."""
    found = _narrowed(viewer, wanted, now).select_related("household__building")
    found = found.defer(*_SEALED).prefetch_related(paired())
    return page_of(found, SORTS[sort], cursor=cursor, size=size)


_SEALED = (
    "name", "needs", "telephone", "warn", "leave", "stay", "others", "want",
    "household__building__footprint",
)  # fmt: skip


def paired() -> Prefetch:
    """Read who is paired along with entries, the helper first."""
    rows = Pairing.objects.select_related("person").order_by("rank")
    return Prefetch("pairings", rows, to_attr="paired")


def entry_for(viewer: Viewer, entry_id: UUID, now: datetime) -> CareEntry | None:
    """Find an entry that somebody may look into, its seal closed; None hides every other."""
    found = visible_to(viewer, now).filter(pk=entry_id).select_related("household__building")
    return found.defer("household__building__footprint").prefetch_related(paired()).first()


def in_sight(viewer: Viewer, keys: Iterable[UUID], now: datetime) -> frozenset[UUID]:
    """Say which of some entries somebody may look into: who leads a round need not; one statement."""
    return frozenset(visible_to(viewer, now).filter(pk__in=list(keys)).values_list("pk", flat=True))


def count_states(viewer: Viewer, wanted: Wanted, now: datetime) -> dict[str, int]:
    """Count what waits on the list, by what it waits for; one statement."""
    found = _narrowed(viewer, Wanted(wanted.text, "", wanted.under), now)
    waits = _waits(day_of(now))
    return found.aggregate(**{state: Count("pk", filter=q) for state, q in waits.items()})


def _has_helper() -> Exists:
    helpers = Pairing.objects.filter(entry=OuterRef("pk"), rank=0, person__is_active=True)
    return Exists(helpers)


def _waits(today: date) -> dict[str, Q]:
    """What an entry can wait for, each as the condition that it does."""
    return {
        LATE: Q(visit_on__lt=today),
        STALE: Q(confirm_by__lt=today),
        ENDING: Q(consent_until__lt=today + CONSENT_ENDS_SOON),
        WANTS: Q(wants_at__isnull=False),
        DOORLESS: Q(household=None),
        NO_SLIP: Q(has_slip=False),
        UNPAIRED: ~Q(_has_helper()),
    }


def _narrowed(viewer: Viewer, wanted: Wanted, now: datetime) -> QuerySet[CareEntry]:
    found = visible_to(viewer, now)
    waits = _waits(day_of(now))
    if wanted.state in waits:
        found = found.filter(waits[wanted.state])
    if wanted.under:
        found = found.filter(path__under=wanted.under)
    if key := search_key(wanted.text):
        found = found.filter(household__building__search__contains=key)
    return found


def waits_for_keeper(viewer: Viewer, now: datetime) -> QuerySet[CareEntry]:
    """Return what the keeper of a place has to see to: late visits that have climbed to him, needs, stale entries."""
    today = day_of(now)
    kept = CareEntry.objects.filter(viewer.scope("care.keep"))
    climbed = Q(rung__gte=RUNGS.index(Rung.KEEPER))
    return kept.filter(
        climbed
        | Q(wants_at__isnull=False)
        | Q(confirm_by__lt=today)
        | Q(consent_until__lt=today + CONSENT_ENDS_SOON)
    )


def climbed_to(viewer: Viewer) -> int:
    """Count the late visits below the viewer's own place that have climbed past their keeper; one statement."""
    above = Q(rung__gte=RUNGS.index(Rung.ABOVE))
    return CareEntry.objects.filter(viewer.scope("care.keep"), above).count()


def door_in(viewer: Viewer, building: Any, door: str) -> Household | None:
    """Find a door of a building in reach by what stands on it."""
    found = Household.objects.filter(viewer.scope("homes.see"), building=building)
    return found.filter(door__iexact=door.strip()).first()


def visits_of(entry: CareEntry, limit: int = 10) -> list[Visit]:
    """Give the last visits, the latest first."""
    return list(Visit.objects.filter(entry=entry).order_by("-at")[:limit])


# --- who could be paired ----------------------------------------------------


def suggest_helpers(entry: CareEntry, *, most: int = 5) -> list[Person]:
    """Suggest who is nearest to a door and looks after few: holders of posts in the line above it."""
    rows = Holding.objects.filter(
        post__path__in=prefixes(entry.path), post__ended_on=None, is_current=True,
        person__is_active=True,
    )  # fmt: skip
    held: dict[UUID, str] = {}
    for person, path in rows.values_list("person_id", "post__path"):
        held[person] = max(held.get(person, ""), path, key=len)
    pairs = Counter(
        Pairing.objects.filter(person__in=held, rank=0).values_list("person_id", flat=True)
    )
    taken = set(Pairing.objects.filter(entry=entry).values_list("person_id", flat=True))
    candidates = [
        Candidate(str(key), path, pairs[key]) for key, path in held.items() if key not in taken
    ]
    order = [UUID(one.key) for one in nearest(entry.path, candidates, most=most)]
    found = Person.objects.in_bulk(order)
    return [found[key] for key in order if key in found]


# --- who looked -------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Looked:
    """One look at an entry as its person reads it."""

    at: datetime
    who: str  # name and post; "" for whoever is no longer known
    why: Why
    reason: str = ""  # of an emergency opening
    until: datetime | None = None  # of a list on paper
    paper: str = ""  # its number
    paper_state: str = ""


def looks_at(entry: CareEntry, limit: int = 100) -> list[Looked]:
    """Tell who looked at an entry, when and by what right, the latest first; five statements."""
    facts = list(
        Entry.objects.filter(subject_id=str(entry.pk), verb="care.seen").order_by("-id")[:limit]
    )
    papers = list(Paper.objects.filter(lines__entry=entry).select_related("holder"))
    rounds = list(
        Entry.objects.filter(
            verb="care.round_seen",
            subject_id__in=[
                str(key)
                for key in RoundDoor.objects.filter(entry=entry).values_list(
                    "check_round_id", flat=True
                )
            ],
        )[:limit]
    )
    openings = {
        str(one.pk): one
        for one in Opening.objects.filter(
            pk__in={fact.facts["opening"] for fact in facts if "opening" in fact.facts}
        )
    }
    names = known_as(fact.actor for fact in (*facts, *rounds))
    found = []
    for fact in facts:
        said = fact.facts
        opening = openings.get(said.get("opening", ""))
        reason = opening.reason if opening else ""
        found.append(Looked(fact.at, names.get(fact.actor, ""), Why(said["why"]), reason))
    found += [Looked(one.at, names.get(one.actor, ""), Why.SENT) for one in rounds]
    found += [
        Looked(
            one.printed_at, one.holder.name if one.holder else "", Why.PAPER,
            until=one.until_at, paper=one.ref, paper_state=str(one.get_state_display()),
        )
        for one in papers
    ]  # fmt: skip
    return sorted(found, key=lambda one: one.at, reverse=True)[:limit]


def entry_by_code(code: str) -> CareEntry | None:
    """Find an entry by the private code of its slip; None for every other code."""
    return CareEntry.objects.filter(code=digest_of(code)).first()


def helpers_of(entry: CareEntry) -> list[str]:
    """Name who looks after an entry, the helper first."""
    found = Pairing.objects.filter(entry=entry, person__is_active=True).order_by("rank")
    return list(found.values_list("person__name", flat=True))


# --- openings, paper, rounds ------------------------------------------------


def openings_seen(viewer: Viewer, limit: int = 50) -> list[Opening]:
    """Give the emergency openings that concern somebody's places, or that he made himself, latest first."""
    mine = Q(person=viewer.id) | viewer.scope("care.keep")
    return list(Opening.objects.filter(mine).select_related("person").order_by("-from_at")[:limit])


def papers_seen(viewer: Viewer, limit: int = 100) -> list[Paper]:
    """Give the lists on paper of the places somebody keeps; those that are out come first."""
    found = Paper.objects.filter(viewer.scope("care.keep")).select_related("holder")
    rows = list(found.order_by("-printed_at")[:limit])
    return sorted(rows, key=lambda one: one.state not in (PaperState.OUT, PaperState.LOST))


def paper_of(viewer: Viewer, paper_id: UUID) -> Paper | None:
    """Find one list on paper; None hides those of other places."""
    return Paper.objects.filter(viewer.scope("care.keep"), pk=paper_id).first()


def round_of(viewer: Viewer, round_id: UUID) -> CheckRound | None:
    """Find a check round with doors that somebody leads; None hides the others."""
    return _led(viewer).filter(pk=round_id).first()


def rounds_seen(viewer: Viewer, limit: int = 20) -> list[CheckRound]:
    """Give the check rounds with doors that somebody leads, those under way first."""
    order = (F("ended_at").desc(nulls_first=True), "-started_at")
    return list(_led(viewer).order_by(*order)[:limit])


def _led(viewer: Viewer) -> QuerySet[CheckRound]:
    doors = RoundDoor.objects.filter(led_by(viewer), check_round=OuterRef("pk"))
    return CheckRound.objects.filter(Exists(doors))


def tally_for(thread: str, path: str, under: str) -> Tally | None:
    """Count how far the round of a warning got below a path, in numbers that name nobody; None without a round.

    Two statements, one where there is none.
    """
    made = CheckRound.objects.filter(thread=thread, path=path).order_by("-started_at")
    key = made.values_list("pk", flat=True).first()
    return tallies_of([key], under)[key] if key else None


def tallies_of(
    round_ids: Sequence[UUID], under: str = "/", viewer: Viewer | None = None
) -> dict[UUID, Tally]:
    """Count how far rounds got, or the parts of them that somebody leads; one statement."""
    counts: dict[UUID, dict[str, int]] = {key: {} for key in round_ids}
    rows = RoundDoor.objects.filter(check_round__in=round_ids, path__under=under)
    if viewer is not None:
        rows = rows.filter(led_by(viewer))
    each = rows.values_list("check_round_id", "outcome").annotate(Count("pk")).order_by()
    for key, outcome, number in each:
        counts[key][outcome] = number
    return {key: tally_of(found) for key, found in counts.items()}


def round_doors(viewer: Viewer, made: CheckRound) -> list[RoundDoor]:
    """Give the doors of a round that somebody leads in their order, forgotten ones left out; one statement."""
    found = made.doors.filter(led_by(viewer), entry__isnull=False).select_related(
        "entry__household__building", "person"
    )
    return list(found.defer("entry__household__building__footprint").order_by("position", "id"))


# --- what one looks after ---------------------------------------------------


@dataclass(frozen=True, slots=True)
class Door:
    """A door somebody looks after: why it stands on his list, and what is due."""

    entry: CareEntry
    due_on: date
    is_due: bool
    is_backup: bool
    in_round: RoundDoor | None


def doors_of(viewer: Viewer, now: datetime) -> list[Door]:
    """Give the doors somebody has to knock at: those of a round first, then by what is due.

    A back-up's door is here once its helper's visit has climbed to him. Three statements.
    """
    today = day_of(now)
    sent = RoundDoor.objects.filter(
        person=viewer.id, check_round__ended_at=None, entry__consent_until__gte=today
    ).select_related("entry__household__building", "check_round")
    in_round = {one.entry_id: one for one in sent.order_by("position")}
    pairs = Pairing.objects.filter(person=viewer.id, entry__consent_until__gte=today)
    pairs = pairs.filter(Q(rank=0) | Q(entry__rung__gte=RUNGS.index(Rung.BACKUP)))
    pairs = pairs.select_related("entry__household__building")
    found = {one.entry_id: (one.entry, bool(one.rank)) for one in pairs}
    for key, one in in_round.items():
        found.setdefault(key, (one.entry, False))
    doors = [
        Door(entry, entry.visit_on, entry.visit_on <= today, is_backup, in_round.get(key))
        for key, (entry, is_backup) in found.items()
    ]
    return sorted(doors, key=_urgency)


def _urgency(door: Door) -> tuple[bool, int, date, str]:
    here = door.in_round
    is_waiting = here is not None and here.outcome == RoundOutcome.WAITING
    return (not is_waiting, here.position if here else 0, door.due_on, door.entry.ref)


def round_door_at(viewer: Viewer, entry: CareEntry) -> RoundDoor | None:
    """Find the door of a running round that is somebody's: he is sent there, or paired."""
    found = RoundDoor.objects.filter(entry=entry, check_round__ended_at=None)
    mine = Q(person=viewer.id) | Q(entry__pairings__person=viewer.id)
    return found.filter(mine).select_related("check_round").distinct().first()


def due_doors(viewer: Viewer, now: datetime) -> int:
    """Count the doors somebody has to knock at now; two statements."""
    today = day_of(now)
    sent = RoundDoor.objects.filter(
        person=viewer.id, check_round__ended_at=None, entry__isnull=False, outcome="waiting"
    )
    pairs = Pairing.objects.filter(person=viewer.id, entry__visit_on__lte=today)
    pairs = pairs.filter(Q(rank=0) | Q(entry__rung__gte=RUNGS.index(Rung.BACKUP)))
    keys = {*sent.values_list("entry_id", flat=True), *pairs.values_list("entry_id", flat=True)}
    return len(keys)
