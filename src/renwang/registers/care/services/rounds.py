"""Check rounds: a warning in force makes the round for exactly those it concerns, and counts what comes of it."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q

from renwang.base import journal
from renwang.base.pure.ids import uuid7
from renwang.base.references import next_reference
from renwang.chain.models import Person
from renwang.chain.reach import NotInReach, Viewer
from renwang.registers.care.keys import held_ring
from renwang.registers.care.models import CareEntry, CheckRound, Pairing, RoundDoor
from renwang.registers.care.needs import known_needs
from renwang.registers.care.round_rules import (
    Door,
    Reason,
    RoundOutcome,
    Stop,
    order_round,
    reasons_of,
    tally_of,
)
from renwang.registers.care.rules import CareRefused, KeyLost, NotYours, SealBroken
from renwang.registers.care.seals import unseal
from renwang.registers.care.services.pairing import HELPER, HelperGone
from renwang.registers.care.sight import day_of

BY = "node:care"


class RoundOver(CareRefused):
    """The round has ended; a visit is recorded as a visit."""


@dataclass(frozen=True, slots=True)
class Cause:
    """What makes a round: the warning's thread, one relay of it, where, and of which hazard."""

    thread: str
    relay_id: UUID
    path: str  # from where it is carried down
    places: tuple[str, ...]  # where it applies
    hazard: str
    title: str


@transaction.atomic
def start_round(cause: Cause, *, now: datetime) -> CheckRound | None:
    """Make the round of a warning; None where it concerns nobody on the list.

    A round of the same warning that is under way goes on: only doors that are
    not in it yet join, what was answered stays answered. May run twice.
    """
    made = _under_way(cause)
    if made is None and CheckRound.objects.filter(relay_id=cause.relay_id).exists():
        return None
    stops, entries = _stops_of(cause, now)
    if not stops:
        return made
    made, is_new = (made, False) if made else _begun(cause, now)
    known = set(made.doors.values_list("entry_id", flat=True))
    joining = [stop for stop in stops if UUID(stop.key) not in known]
    if not joining:
        return made
    helpers = _helpers_of([UUID(stop.key) for stop in joining])
    place = {stop.key: at for at, stop in enumerate(stops, 1)}
    RoundDoor.objects.bulk_create(
        [
            RoundDoor(
                check_round=made, entry_id=UUID(stop.key), path=entries[stop.key],
                position=place[stop.key], person_id=helpers.get(UUID(stop.key)),
            )
            for stop in joining
        ],
        batch_size=500,
    )  # fmt: skip
    verb = "care.round_started" if is_new else "care.round_joined"
    journal.record(verb, made, by=BY, at=now, doors=len(joining), hazard=cause.hazard)
    return made


def _under_way(cause: Cause) -> CheckRound | None:
    found = CheckRound.objects.select_for_update()
    return found.filter(thread=cause.thread, path=cause.path, ended_at=None).first()


def _begun(cause: Cause, now: datetime) -> tuple[CheckRound, bool]:
    """Begin a round, or take the one that another process has begun meanwhile; say whether it is new."""
    try:
        with transaction.atomic():
            made = CheckRound.objects.create(
                id=uuid7(now), ref=next_reference("R", now), thread=cause.thread,
                relay_id=cause.relay_id, path=cause.path, hazard=cause.hazard, title=cause.title,
                started_at=now,
            )  # fmt: skip
    except IntegrityError:
        other = _under_way(cause)
        if other is None:
            raise
        return other, False
    return made, True


def _stops_of(cause: Cause, now: datetime) -> tuple[list[Stop], dict[str, str]]:
    """Put the doors in order that a warning concerns; what nobody can read is knocked at last, not left out."""
    keys, known = held_ring(), known_needs()
    inside = Q(pk__in=[])
    for place in cause.places:
        inside |= Q(path__under=place)
    found = CareEntry.objects.filter(inside, consent_until__gte=day_of(now))
    # Held until their doors stand in the round: nobody is forgotten in between, and still sent for.
    found = found.select_for_update(of=("self",), no_key=True).order_by("pk")
    doors, paths, unread = [], {}, []
    columns = ("path", "needs", "household__building__name", "household__door")
    for entry in found.select_related("household__building").only(*columns).iterator(2000):
        key, at = str(entry.pk), entry.household
        paths[key] = entry.path
        try:
            needs = tuple(unseal(entry.needs, entry.pk, "needs", keys))
        except (KeyLost, SealBroken):
            unread.append(Stop(key, ()))
            continue
        stands = (at.building.name, at.door) if at else ("", "")
        doors.append(Door(key, needs, (entry.path, *stands)))
    stops = order_round(doors, known.effects_of(cause.hazard), known.bears)
    return [*stops, *unread], paths


def _helpers_of(entries: list[UUID]) -> dict[UUID, UUID]:
    found = {}
    for start in range(0, len(entries), 500):
        rows = Pairing.objects.filter(
            entry__in=entries[start : start + 500], rank=HELPER, person__is_active=True
        )
        found.update(rows.values_list("entry_id", "person_id"))
    return found


@transaction.atomic
def send_helper(
    round_id: UUID, door_ids: list[int], person: Person, *, by: Viewer, now: datetime
) -> int:
    """Send somebody to doors of a round that wait; he may look into exactly those until it ends.

    A keeper may, and whoever may open the list in an emergency. Refuses with
    `RoundOver`, `HelperGone` and `reach.NotInReach`.
    """
    made = _running(round_id)
    waiting = made.doors.filter(led_by(by), pk__in=door_ids, entry__isnull=False)
    if not waiting.exists():
        raise NotInReach("care.keep", made.path)
    if not person.is_active:
        raise HelperGone
    number = waiting.exclude(outcome=RoundOutcome.WELL).update(person=person)
    if number:
        journal.record(
            "care.door_given", made, by=by, at=now, person=f"person:{person.pk}", doors=number
        )
    return number


@transaction.atomic
def record_door(door_id: int, outcome: RoundOutcome, *, by: Viewer, now: datetime) -> RoundDoor:
    """Record what came of one door of a round; said again, the later word stands.

    Whoever is sent or paired there may, and whoever leads the round. Refuses
    with `RoundOver` and `NotYours`.
    """
    door = RoundDoor.objects.select_for_update(of=("self",)).filter(pk=door_id).first()
    if door is None:
        raise NotYours
    made = _running(door.check_round_id)
    is_paired = Pairing.objects.filter(entry=door.entry_id, person=by.id).exists()
    if door.person_id != by.id and not is_paired and not _leads(by, door.path):
        raise NotYours
    if door.outcome == outcome:
        return door
    door.outcome, door.by_person, door.at = outcome, by.id, now
    door.save(update_fields=["outcome", "by_person", "at"])
    journal.record("care.door_done", made, by=by, at=now, outcome=outcome, place=door.path)
    return door


@transaction.atomic
def explain_order(round_id: UUID, *, by: Viewer, now: datetime) -> dict[UUID, tuple[Reason, ...]]:
    """Say of every door of a round why it stands where it does: a look at everybody in it, and one fact.

    None of it is kept. What cannot be read has no reasons. Refuses with `NotYours`.
    """
    made = CheckRound.objects.filter(pk=round_id).first()
    if made is None or not made.doors.filter(led_by(by)).exists():
        raise NotYours
    keys, known = held_ring(), known_needs()
    effects, bears = known.effects_of(made.hazard), known.bears
    found: dict[UUID, tuple[Reason, ...]] = {}
    mine = made.doors.filter(led_by(by), entry__isnull=False)
    entries = CareEntry.objects.filter(pk__in=mine.values("entry"))
    for key, sealed in entries.values_list("pk", "needs").iterator(2000):
        try:
            needs = tuple(unseal(sealed, key, "needs", keys))
        except (KeyLost, SealBroken):
            needs = ()
        found[key] = reasons_of(needs, effects, bears)
    journal.record("care.round_seen", made, by=by, at=now, doors=len(found))
    return found


@transaction.atomic
def end_rounds(threads: list[str], *, now: datetime) -> int:
    """End the rounds of warnings that are over; return how many ended. May run twice."""
    ended = 0
    for made in CheckRound.objects.select_for_update().filter(thread__in=threads, ended_at=None):
        made.ended_at = now
        made.save(update_fields=["ended_at"])
        tally = tally_of(Counter(made.doors.values_list("outcome", flat=True)))
        journal.record(
            "care.round_ended", made, by=BY, at=now, doors=tally.doors, answered=tally.answered,
            clinic=tally.clinic, needs=tally.needs, nobody=tally.nobody,
        )  # fmt: skip
        ended += 1
    return ended


def _running(round_id: UUID) -> CheckRound:
    made = CheckRound.objects.filter(pk=round_id, ended_at=None).first()
    if made is None:
        raise RoundOver
    return made


def led_by(viewer: Viewer) -> Q:
    """The condition on doors of rounds that somebody leads: those where he keeps the list, or may open it."""
    if viewer.scopes is not None:
        return Q(pk__in=[])
    return viewer.scope("care.keep") | viewer.scope("care.open")


def _leads(by: Viewer, path: str) -> bool:
    """Say whether somebody leads rounds at a place: whoever keeps the list, or may open it in an emergency."""
    return by.scopes is None and (by.may("care.keep", path) or by.may("care.open", path))
