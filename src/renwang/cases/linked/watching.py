"""Visit the linked systems when it is time, and write down what came of it.

The network is left to `linked.visiting` in a lane of its own; this side claims
and writes down. A kill anywhere loses nothing: what was not written down is
fetched or sent again, and both know it by its number.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Q

from renwang.base import journal
from renwang.base.envelopes import unseal
from renwang.base.jobs import unclaimed
from renwang.base.pure.ids import uuid7
from renwang.base.pure.loading import on_first_use
from renwang.cases.linked.models import Counterpart, System, Tiding, Visit
from renwang.cases.linked.reading import RequestSeen
from renwang.cases.linked.rules import LONGEST, Sending, bookmark, mark_of, next_visit
from renwang.cases.linked.services.keeping import KEY
from renwang.cases.linked.services.sending import body_of
from renwang.cases.linked.services.taking import BY, note_status, note_update, take_in
from renwang.cases.linked.visiting import (
    VISIT_FOR,
    Brought,
    Errand,
    Outcome,
    ToSend,
    ToTell,
    visit,
)
from renwang.cases.rules import Act, State
from renwang.cases.services.moving import hold, let, tell, wind, write
from renwang.cases.waiting import call_to
from renwang.outreach.channels.guarded import client_when_needed
from renwang.outreach.lanes import Done, Lane

if TYPE_CHECKING:
    import httpx
else:
    httpx = on_first_use("httpx")


log = logging.getLogger(__name__)

THREADS = 4
LEASE = timedelta(seconds=VISIT_FOR + 60)
AT_ONCE = 20  # cases and updates sent in one visit
WATCHED = 300  # requests whose state is asked for in one visit
KEEP_FOR = timedelta(days=30)
CLOCKS_DIFFER_BY = timedelta(hours=1)


class Watcher:
    """The lane of one process in which systems are visited."""

    def __init__(self, *, private: bool, threads: int = THREADS):
        """`private` says whether systems on private networks may be visited."""
        client = client_when_needed(private=private)
        self._lane: Lane[Errand, Brought] = Lane(
            "linked", lambda one: visit(one, client()), threads=threads
        )

    def step(self, now: datetime, clock: Callable[[], datetime]) -> int:
        """Write down what came back and send out for what is due; return how many systems that was."""
        done = self._lane.collect()
        for one in done:
            _write_done(one, clock())
        self._lane.give_up(now, LEASE)  # their claims run out by themselves
        errands = claim_systems(now, self._lane.free)
        for errand in errands:
            self._lane.put((errand.system_id, errand.lease), errand, now)
        return len(done) + len(errands)


def visit_now(client: httpx.Client, now: datetime) -> int:
    """Visit every system that is due and wait for it; for the loopback twin of tests and demonstrations."""
    errands = claim_systems(now, 100)
    for errand in errands:
        write_down(errand, visit(errand, client), now)
    return len(errands)


# --- what a visit needs to know -----------------------------------------------------


def claim_systems(now: datetime, limit: int) -> list[Errand]:
    """Claim the systems that are due; one that another process has is left to it until its claim runs out."""
    free = unclaimed(now, LEASE)
    # Nobody waits longer than a day: what seems to is from before the clock was put back.
    is_time = Q(due_at__lte=now) | Q(due_at__gt=now + timedelta(seconds=LONGEST) + LEASE)
    due = System.objects.filter(free, is_time, is_active=True).order_by("due_at")
    lease = now + LEASE
    return [
        _errand(system, lease, now)
        for system in due[:limit]
        if System.objects.filter(free, pk=system.pk, is_active=True).update(claimed_until=lease)
    ]


def _errand(system: System, lease: datetime, now: datetime) -> Errand:
    known = Counterpart.objects.filter(system=system)
    waiting = known.filter(due_at__lte=now, sending=Sending.WAITING).select_related("case")
    tokens = known.filter(number="").exclude(token="").values_list("pk", "token")
    there = known.filter(sending=Sending.SENT, is_open=True).exclude(number="")
    tidings = Tiding.objects.filter(
        counterpart__system=system, sending=Sending.WAITING, due_at__lte=now
    )
    return Errand(
        system.pk, system.url, system.endpoint, system.jurisdiction, system.form,
        unseal(system.key, KEY), lease, now, system.wants_services,
        [_to_send(one) for one in waiting.order_by("due_at")[:AT_ONCE]],
        [ToTell(one.pk, _plain(one.body)) for one in tidings.order_by("at")[:AT_ONCE]],
        list(tokens[:WATCHED]),
        list(there.order_by("changed_at", "at").values_list("number", flat=True)[:WATCHED]),
        system.pulls, system.since, system.page,
        system.updates_since if system.has_updates else None,
    )  # fmt: skip


def _to_send(one: Counterpart) -> ToSend:
    looks_up = one.tried_at - CLOCKS_DIFFER_BY if one.tried_at else None
    return ToSend(one.pk, body_of(one.body), mark_of(one.case.ref), looks_up)


def _plain(body: str) -> dict[str, str]:
    return {name: str(value) for name, value in body_of(body).items()}


# --- what a visit brought -------------------------------------------------------------


def _write_done(done: Done[Errand, Brought], at: datetime) -> None:
    if done.error is not None or done.result is None:
        log.error("visiting a system broke", extra={"error": type(done.error).__name__})
        write_down(done.item, Brought(trouble="broken", is_whole=False), at)
        return
    write_down(done.item, done.result, at)


def write_down(errand: Errand, brought: Brought, at: datetime) -> None:
    """Take in what a visit brought; what goes wrong with one thing harms no other and is said."""
    system = System.objects.filter(pk=errand.system_id, url=errand.url).first()
    if system is None or system.claimed_until != errand.lease or not system.is_active:
        return  # paused or changed meanwhile, or another process has it now
    sent = [_write_sent(system, one, at) for one in brought.sent]
    for told in brought.told:
        _write_told(told, at)
    for key, number in brought.numbers:
        _number(key, number, at)
    counts, broken = _take(system, brought.requests, at)
    changed = counts.get("changed", 0) + _states(system, brought.statuses, at)
    changed += sum(note_update(system, one, now=at) for one in brought.updates)
    trouble = brought.trouble or broken
    _keep(system, errand, brought, trouble, at)
    made = Visit(
        system=system, new=counts.get("new", 0), changed=changed, outside=counts.get("outside", 0),
        sent=sum(sent), trouble=trouble[:300], at=at,
    )  # fmt: skip
    if made.new or made.changed or made.sent or trouble != system.trouble:
        made.save()


def _keep(system: System, errand: Errand, brought: Brought, trouble: str, at: datetime) -> None:
    """Keep with the system how the visit went and where the next one begins."""
    failures = min(system.failures + 1, 30) if trouble else 0
    changes: dict[str, Any] = {
        "claimed_until": None, "visited_at": at, "trouble": trouble[:300], "failures": failures,
        "endpoint": brought.endpoint, "unmapped": system.unmapped,
        "due_at": at if brought.trouble == "" and not brought.is_whole
        else next_visit(system.every, failures, at),
    }  # fmt: skip
    if not trouble:
        changes["worked_at"] = at
    if brought.services is not None:
        changes |= {
            "services": [asdict(one) for one in brought.services], "asked_at": at,
            "wants_services": False,
        }  # fmt: skip
    if brought.has_updates is not None:
        changes["has_updates"] = brought.has_updates
    if errand.pulls and not trouble:
        changes |= _bookmarks(system, brought, at)
    if errand.updates_since is not None and not trouble:
        moments = [one.at for one in brought.updates if one.at]
        changes["updates_since"] = bookmark(system.updates_since, moments, at)
    # Somebody may have changed it meanwhile; his wish is not overwritten.
    System.objects.filter(pk=system.pk, claimed_until=errand.lease).update(**changes)


def _bookmarks(system: System, brought: Brought, at: datetime) -> dict[str, Any]:
    """Move the bookmark only when every page since it was seen; until then the next visit goes on from its page."""
    seen = [moment for one in brought.requests if (moment := one.updated or one.requested)]
    latest = bookmark(system.sweep or system.since, seen, at)
    if not brought.is_whole:
        return {"page": brought.page, "sweep": latest}
    return {"page": 1, "sweep": None, "since": latest}


def _take(
    system: System, requests: Sequence[RequestSeen], at: datetime
) -> tuple[dict[str, int], str]:
    counts: dict[str, int] = {}
    broken = ""
    for one in requests:
        try:
            became = take_in(system, one, now=at)
        except (OperationalError, InterfaceError):
            raise  # the database is away: the bookmark stays and it comes again
        except Exception as error:
            # One request that our own code stumbles over must not hide the next one.
            log.exception("a request of a linked system broke")
            broken = f"broken: {type(error).__name__}"
            continue
        counts[became] = counts.get(became, 0) + 1
    if counts.get("new"):
        with transaction.atomic():
            journal.record("linked.taken", system, by=BY, at=at, number=counts["new"])
    return counts, broken


def _states(system: System, seen: Sequence[RequestSeen], at: datetime) -> int:
    known = Counterpart.objects.filter(system=system, number__in=[one.number for one in seen])
    by_number = {one.number: one for one in known}
    return sum(
        note_status(by_number[one.number], system, one, now=at)
        for one in seen
        if one.number in by_number
    )


@transaction.atomic
def _write_sent(system: System, outcome: Outcome, at: datetime) -> bool:
    """Keep what came of sending a case; say whether it arrived."""
    one = Counterpart.objects.select_for_update().filter(pk=outcome.id).first()
    if one is None or one.sending != Sending.WAITING:
        return False
    if outcome.number or outcome.token:
        one.sending, one.body, one.trouble, one.due_at = Sending.SENT, "", "", None
        one.token = outcome.token
        one.save()
        if outcome.number:
            _number(one.pk, outcome.number, at)
        return True
    one.tries, one.trouble = one.tries + 1, outcome.trouble[:300]
    if outcome.may_be_there:
        one.tried_at = one.tried_at or at
    if outcome.is_final:
        one.sending, one.body, one.due_at = Sending.REFUSED, "", None
        one.save()
        _come_back(one, system, at)
        return False
    one.due_at = next_visit(system.every, one.tries, at)
    one.save()
    return False


def _number(key: UUID, number: str, at: datetime) -> None:
    """Keep the number that a system gave to a case of ours."""
    with transaction.atomic():
        one = Counterpart.objects.select_related("system", "case").filter(pk=key).first()
        if one is None or one.number:
            return
        same = Counterpart.objects.filter(system=one.system_id, number=number)
        if same.exists():
            return  # it was found there already, by its mark
        Counterpart.objects.filter(pk=key).update(number=number)
        facts = {"silent": one.system.label, "to": number}
        write(one.case, "arrived", facts=facts, by=BY, now=at)
        journal.record(
            "linked.sent", one.case, by=BY, at=at, system=one.system.label, number=number
        )


def _come_back(one: Counterpart, system: System, at: datetime) -> None:
    """Give a case that was not taken back to whoever has it, with the reason."""
    held = hold(one.case_id)
    case = held.case
    if case.state == State.REFERRED and case.asked_id is None:
        let(case, Act.REPLY, at)
        wind(held, at)
        case.save()
        said = one.trouble.partition(":")[2].strip()
        facts = {"silent": system.label, "status": "refused"}
        tell(case, Act.REPLY, words=said, by=BY, now=at, facts=facts)
        call_to(case, due_at=case.due_at or at, now=at, by=BY)
    journal.record("linked.refused", case, by=BY, at=at, system=system.label)


@transaction.atomic
def _write_told(outcome: Outcome, at: datetime) -> None:
    one = Tiding.objects.select_related("counterpart__system").filter(pk=outcome.id).first()
    if one is None or one.sending != Sending.WAITING:
        return
    if not outcome.trouble:
        one.sending, one.body, one.due_at, one.trouble = Sending.SENT, "", None, ""
        if outcome.number:  # so that it is not taken for news when the system lists it
            Tiding.objects.get_or_create(
                counterpart=one.counterpart, is_ours=False, key=outcome.number,
                defaults={"id": uuid7(at), "at": at},
            )  # fmt: skip
    elif outcome.is_final:
        one.sending, one.body, one.due_at = Sending.REFUSED, "", None
        one.trouble = outcome.trouble[:300]
    else:
        one.tries += 1
        one.trouble = outcome.trouble[:300]
        one.due_at = next_visit(one.counterpart.system.every, one.tries, at)
    one.save()


def forget_visits(now: datetime) -> int:
    """Forget visits of more than a month ago; say how many."""
    return Visit.objects.filter(at__lt=now - KEEP_FOR).delete()[0]


_watchers: dict[int, Watcher] = {}


def watch_systems(now: datetime, clock: Callable[[], datetime]) -> int:
    """Visit the systems that are due; return how many moved. Never waits for a network."""
    key = os.getpid()
    if key not in _watchers:
        _watchers[key] = Watcher(private=bool(settings.RENWANG_PRIVATE_ADDRESSES))
    return _watchers[key].step(now, clock)
