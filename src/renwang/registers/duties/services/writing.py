"""Write a duty: draft, change, propose, discard; and begin the successor of one that holds."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from renwang.base import journal
from renwang.base.pure.ids import uuid7
from renwang.base.pure.text import search_key
from renwang.base.references import next_reference
from renwang.chain import reach
from renwang.chain.models import Organisation, Post, Unit
from renwang.registers.duties.models import Duty, Helper, Remark
from renwang.registers.duties.rules import (
    Act,
    DutyState,
    Phase,
    check_days,
    check_helpers,
    check_texts,
    check_whole,
    move,
    state_when_proposed,
)
from renwang.registers.hazards import names_of


@dataclass(frozen=True, slots=True)
class Help:
    """Who helps: a post or an organisation, and what it does."""

    post: Post | None = None
    organisation: Organisation | None = None
    does: str = ""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a duty says."""

    hazard: str
    phase: Phase
    leader: Post | None = None
    sole: str = ""
    joint: str = ""
    resources: str = ""
    gathering: str = ""
    basis: str = ""
    from_on: date | None = None
    until_on: date | None = None
    helpers: Sequence[Help] = ()


@transaction.atomic
def draft_duty(terms: Terms, unit: Unit, *, by: Any, now: datetime) -> Duty:
    """Begin a duty for a place. It may be drafted before everything is known.

    Refuses with `reach.NotInReach`, `HazardMissing`, `DutyTooLong`,
    `EndsTooEarly`, `HelperTwice` and `HelperUnclear`.
    """
    reach.require(by, "duties.write", at=unit.path)
    duty = begun(Duty(unit=unit, path=unit.path), terms, next_reference("D", now), by=by, now=now)
    duty.save(force_insert=True)
    set_helpers(duty, terms.helpers, now)
    journal.record("duties.drafted", duty, by=by, at=now, supersedes="", **told(duty, terms))
    return duty


@transaction.atomic
def begin_successor(duty_id: UUID, terms: Terms, *, by: Any, now: datetime) -> Duty:
    """Draft what takes a duty's place once it is approved; hazard, phase and place stay as they are.

    Refuses as `draft_duty` does, and with `DutyNotNow` or `SupersededAlready`
    where the duty holds no longer.
    """
    old = Duty.objects.select_for_update(of=("self",)).select_related("unit").get(pk=duty_id)
    reach.require(by, "duties.write", at=old.path)
    move(DutyState(old.state), Act.SUPERSEDE)
    terms = replace(terms, hazard=old.hazard, phase=Phase(old.phase))
    new = Duty(unit=old.unit, path=old.path, supersedes=old)
    begun(new, terms, next_reference("D", now), by=by, now=now)
    new.save(force_insert=True)
    set_helpers(new, terms.helpers, now)
    journal.record("duties.drafted", new, by=by, at=now, supersedes=old.ref, **told(new, terms))
    return new


@transaction.atomic
def edit_duty(duty_id: UUID, terms: Terms, *, by: Any, now: datetime) -> Duty:
    """Give a duty other words before it is approved; what was proposed is a draft again.

    What was objected stays open until it is answered. Refuses as
    `draft_duty` does, and with `DutyNotNow` once it is approved.
    """
    duty = _held(duty_id, by)
    duty.state = move(DutyState(duty.state), Act.EDIT)
    if duty.supersedes_id:
        terms = replace(terms, hazard=duty.hazard, phase=Phase(duty.phase))
    take(duty, terms, by=by, now=now)
    duty.proposed_at = None
    duty.save()
    set_helpers(duty, terms.helpers, now)
    journal.record("duties.edited", duty, by=by, at=now, **told(duty, terms))
    return duty


@transaction.atomic
def propose_duty(duty_id: UUID, *, by: Any, now: datetime) -> Duty:
    """Lay a draft before those it names and whoever approves it.

    Refuses with `LeaderMissing`, `LeaderEnded`, `TaskMissing` and `DutyNotNow`.
    """
    duty = _held(duty_id, by)
    move(DutyState(duty.state), Act.PROPOSE)
    leader = duty.leader
    is_closed = leader is not None and leader.ended_on is not None
    check_whole(str(leader.pk) if leader else None, is_closed, duty.sole)
    waiting = Remark.objects.filter(duty=duty, is_objection=True, settled_at=None).count()
    duty.state = state_when_proposed(waiting)
    duty.proposed_at = duty.changed_at = now
    duty.ending = ""
    duty.save(update_fields=["state", "proposed_at", "changed_at", "ending"])
    journal.record("duties.proposed", duty, by=by, at=now)
    return duty


@transaction.atomic
def discard_duty(duty_id: UUID, *, by: Any, now: datetime) -> Duty:
    """Give a duty up before it was approved. Refuses with `DutyNotNow`."""
    duty = _held(duty_id, by)
    duty.state = move(DutyState(duty.state), Act.DISCARD)
    duty.changed_at = now
    duty.save(update_fields=["state", "changed_at"])
    journal.record("duties.discarded", duty, by=by, at=now)
    return duty


def _held(duty_id: UUID, by: Any) -> Duty:
    """Take the row until the transaction ends; only for who may write at its place."""
    rows = Duty.objects.select_for_update(of=("self",)).select_related("leader", "unit")
    duty = rows.get(pk=duty_id)
    reach.require(by, "duties.write", at=duty.path)
    return duty


# --- rows, also for the import, which writes many at once ---------------------


def begun(duty: Duty, terms: Terms, ref: str, *, by: Any, now: datetime) -> Duty:
    """Fill a new duty, without saving it."""
    duty.id, duty.ref, duty.written_at = uuid7(now), ref, now
    take(duty, terms, by=by, now=now)
    return duty


def take(duty: Duty, terms: Terms, *, by: Any, now: datetime) -> None:
    """Let a duty say what is asked for, without saving it."""
    check_texts(terms.hazard, (terms.sole, terms.joint, terms.resources))
    check_days(terms.from_on, terms.until_on)
    check_helpers(str(terms.leader.pk) if terms.leader else None, _keys(terms.helpers))
    for name in ("hazard", "leader", "sole", "joint", "resources", "from_on", "until_on"):
        setattr(duty, name, getattr(terms, name))
    duty.phase = terms.phase.value
    duty.gathering, duty.basis = terms.gathering[:300], terms.basis[:500]
    duty.search = _search_of(duty, terms)
    duty.changed_at = now
    hand = getattr(by, "id", None)
    if hand is not None and str(hand) not in duty.writers:
        duty.writers = [*duty.writers, str(hand)]


def helper_rows(duty: Duty, helpers: Sequence[Help], now: datetime) -> list[Helper]:
    """Give the rows of a duty's helpers in order, without saving them."""
    return [
        Helper(
            id=uuid7(now),
            duty=duty,
            position=place,
            post=one.post,
            organisation=one.organisation,
            does=one.does[:300],
        )
        for place, one in enumerate(helpers)
    ]


def set_helpers(duty: Duty, helpers: Sequence[Help], now: datetime) -> None:
    """Let a duty have exactly these helpers."""
    Helper.objects.filter(duty=duty).delete()
    Helper.objects.bulk_create(helper_rows(duty, helpers, now))


def told(duty: Duty, terms: Terms) -> dict[str, Any]:
    """Give what a fact must hold for the duty to be rebuilt from it."""
    return {
        "hazard": terms.hazard,
        "phase": terms.phase.value,
        "unit": str(duty.unit_id),
        "leader": _post_told(terms.leader),
        **{name: getattr(duty, name) for name in ("sole", "joint", "resources", "gathering")},
        "basis": duty.basis,
        "from_on": terms.from_on,
        "until_on": terms.until_on,
        "helpers": [
            {
                "post": _post_told(one.post),
                "organisation": one.organisation.ref if one.organisation else "",
                "does": one.does,
            }
            for one in terms.helpers
        ],
    }


def _post_told(post: Post | None) -> dict[str, str]:
    return {"id": str(post.pk), "title": post.title} if post else {}


def _keys(helpers: Sequence[Help]) -> list[tuple[str | None, str | None]]:
    return [
        (
            str(one.post.pk) if one.post else None,
            str(one.organisation.pk) if one.organisation else None,
        )
        for one in helpers
    ]


def _search_of(duty: Duty, terms: Terms) -> str:
    names = [terms.hazard, *names_of(terms.hazard).values()]
    who = [terms.leader.title if terms.leader else ""]
    who += [str(one.post or one.organisation) for one in terms.helpers]
    texts = [terms.sole, terms.joint, terms.resources, terms.gathering, terms.basis]
    return search_key(" ".join([duty.unit.name, *names, *who, *texts]))
