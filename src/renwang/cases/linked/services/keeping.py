"""Linked systems as the operator keeps them: entered, tried out, mapped, paused."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

from django.db import transaction

from renwang.base import journal
from renwang.base.envelopes import seal
from renwang.base.pure.ids import uuid7
from renwang.cases import config
from renwang.cases.linked.models import System
from renwang.cases.linked.rules import (
    LinkedAlready,
    NoLabel,
    NothingMapped,
    NoWebAddress,
    Pair,
    check_pairs,
    check_rhythm,
)
from renwang.chain.models import Unit
from renwang.chain.reach import Viewer, require

KEY = "linked.key"
"""What the seal on a system's key is for; see `base.envelopes`."""


@transaction.atomic
def add_system(
    *,
    label: str,
    url: str,
    unit: Unit,
    every: int,
    by: Viewer | str,
    now: datetime,
    form: str = "xml",
    jurisdiction: str = "",
    key: str = "",
) -> System:
    """Enter another system for a place. It is asked at once for its services; nothing is exchanged before they are mapped.

    Refuses with `NoLabel`, `NoWebAddress`, `LinkedAlready`, `WrongRhythm` and `reach.NotInReach`.
    """
    require(by, "node.operate", at=unit.path)
    label, url, jurisdiction = _checked(label, url, jurisdiction)
    system = System.objects.create(
        id=uuid7(now), label=label, url=url, jurisdiction=jurisdiction, form=form,
        key=seal(key.strip(), KEY), unit_id=unit.pk, path=unit.path, every=check_rhythm(every),
        since=now, updates_since=now, due_at=now, added_at=now,
    )  # fmt: skip
    _record("linked.added", system, by=by, now=now)
    return system


@transaction.atomic
def change_system(
    system_id: UUID,
    *,
    label: str,
    url: str,
    every: int,
    by: Viewer | str,
    now: datetime,
    form: str = "xml",
    jurisdiction: str = "",
    key: str = "",
) -> System:
    """Change how a system is reached. An empty `key` leaves the one that is there, as long as its host stays.

    Refuses like `add_system`.
    """
    system = _held(system_id, by)
    label, url, jurisdiction = _checked(label, url, jurisdiction, but=system_id)
    if key.strip():
        system.key = seal(key.strip(), KEY)
    elif urlsplit(url)[:2] != urlsplit(system.url)[:2]:
        system.key = ""  # a key is never sent to another host than the one it was entered for
    system.label, system.url, system.jurisdiction, system.form = label, url, jurisdiction, form
    system.every = check_rhythm(every)
    system.endpoint, system.wants_services = "", True
    _look_anew(system, now)
    system.save()
    _record("linked.changed", system, by=by, now=now)
    return system


@transaction.atomic
def map_services(
    system_id: UUID,
    pairs: Sequence[Pair],
    *,
    pulls: bool,
    pushes: bool,
    answers: bool,
    by: Viewer | str,
    now: datetime,
) -> System:
    """Say which of its services is which of our kinds, and what is exchanged.

    What of its services nobody has mapped comes in as "other" and is named. From
    the moment it is pulled for the first time counts what is new from then on.
    Refuses with `NothingMapped`, `MappedToNothing` and `reach.NotInReach`.
    """
    system = _held(system_id, by)
    codes = [one["code"] for one in system.services]
    taken, sent = check_pairs(pairs, codes, config.kinds())
    if not codes or (pushes and not sent):
        raise NothingMapped
    if pulls and not system.pulls:
        system.since, system.page, system.sweep = now, 1, None
    system.taken_as, system.sent_as = taken, sent
    system.unmapped = {code: name for code, name in system.unmapped.items() if code not in taken}
    system.pulls, system.pushes, system.answers = pulls, pushes, answers
    _look_anew(system, now)
    system.save()
    facts = {"taken_as": taken, "sent_as": sent, "answers": answers}
    _record("linked.mapped", system, by=by, now=now, **facts)
    return system


@transaction.atomic
def pause_system(system_id: UUID, *, by: Viewer | str, now: datetime) -> System:
    """Exchange nothing with a system for the time being. What waits to be sent goes on waiting."""
    system = _held(system_id, by)
    if system.is_active:
        system.is_active, system.claimed_until = False, None
        system.save(update_fields=["is_active", "claimed_until"])
        _record("linked.paused", system, by=by, now=now)
    return system


@transaction.atomic
def resume_system(system_id: UUID, *, by: Viewer | str, now: datetime) -> System:
    """Let the exchange go on where it stood: what has changed meanwhile comes in."""
    system = _held(system_id, by)
    if not system.is_active:
        system.is_active = True
        _look_anew(system, now)
        system.save()
        _record("linked.resumed", system, by=by, now=now)
    return system


@transaction.atomic
def visit_soon(
    system_id: UUID, *, by: Viewer | str, now: datetime, services: bool = False
) -> System:
    """Have a system visited within a moment; with `services`, ask anew what it offers."""
    system = _held(system_id, by)
    if system.is_active:
        system.due_at = now
        system.wants_services = system.wants_services or services
        system.save(update_fields=["due_at", "wants_services"])
        _record("linked.hurried", system, by=by, now=now)
    return system


def _held(system_id: UUID, by: Viewer | str) -> System:
    system = System.objects.select_for_update().get(pk=system_id)
    require(by, "node.operate", at=system.path)
    return system


def _look_anew(system: System, now: datetime) -> None:
    system.failures, system.trouble = 0, ""
    system.due_at, system.claimed_until = now, None


def _checked(
    label: str, url: str, jurisdiction: str, *, but: UUID | None = None
) -> tuple[str, str, str]:
    label, url, jurisdiction = label.strip(), url.strip(), jurisdiction.strip()
    if not label or len(label) > 120:
        raise NoLabel
    if not _is_web_address(url) or len(url) > 500:
        raise NoWebAddress
    same = System.objects.filter(url=url, jurisdiction=jurisdiction)
    if same.exclude(pk=but).exists():
        raise LinkedAlready
    return label, url, jurisdiction


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _record(verb: str, system: System, *, by: Any, now: datetime, **facts: Any) -> None:
    """Write the fact; what may be a key in an address is left out, the journal is kept for ever."""
    parts = urlsplit(system.url)
    plain = urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
    journal.record(
        verb, system, by=by, at=now, label=system.label, url=plain, every=system.every,
        pulls=system.pulls, pushes=system.pushes, **facts,
    )  # fmt: skip
