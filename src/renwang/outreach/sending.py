"""The sending loop: what is due goes out, each kind of channel in a lane of its own.

The loop's thread does everything that touches the database and never waits for
a network; the lanes' threads do nothing else. An attempt is committed before
its message is handed to a lane, so a kill at any point leaves evidence: the
lease runs out, and the same message goes out under the same id.
"""

import logging
import os
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from renwang.base.jobs import unclaimed
from renwang.base.pure.ids import uuid7
from renwang.chain.models import Contact, Person
from renwang.outreach.attempts import (
    HOLD_FOR,
    LONGEST_LEASE,
    Failed,
    Sent,
    note_outcomes,
    sendable,
)
from renwang.outreach.channels import Channels, Configured, configured
from renwang.outreach.channels.port import (
    Handed,
    Outgoing,
    Refused,
    SendFailed,
    Trouble,
    Unreachable,
)
from renwang.outreach.circuits import Circuit, after_failure, after_success, may_pass, passing
from renwang.outreach.inward import INWARD, deliver_inward, turn_in_thread
from renwang.outreach.lanes import Lane
from renwang.outreach.lines import tell_lines
from renwang.outreach.models import Attempt, Call, Notice
from renwang.outreach.rules import BY_HAND, NoticeState
from renwang.outreach.services.sharing import fold_messages, posts_of, write_also

log = logging.getLogger(__name__)

WINDOW = 500  # how many due calls of a kind are looked at in one step
GRACE = timedelta(seconds=10)  # a channel keeps its own time; after this much more it is given up
LEASE = timedelta(
    seconds=60
)  # beyond a channel's time; a message nobody settled by then is sent again

Outcome = Sent | Failed


@dataclass(frozen=True, slots=True)
class Parcel:
    """A message on its way through a lane."""

    attempt_id: UUID
    contact_id: UUID | None
    line: str
    outgoing: Outgoing


class Sender:
    """The lanes of one process and what it knows about its lines."""

    def __init__(self, channels: Channels):
        self.channels = channels
        self.lanes: dict[str, Lane[Parcel, Handed]] = {
            kind: Lane(kind, _work(one), threads=one.threads)
            for kind, one in channels.by_kind.items()
        }
        self._circuits: dict[str, Circuit] = {}
        self._kinds: dict[str, str] = {}  # of every line that was used
        self._told: dict[str, Circuit] = {}  # how others believe a line to stand
        self._on_line: Counter[str] = Counter()
        self._has_swept = False

    @property
    def busy(self) -> int:
        """How many messages are on their way."""
        return sum(lane.busy for lane in self.lanes.values())

    def circuits(self) -> dict[str, Circuit]:
        """What is known of every line that was used; `renwang doctor` and the desk show it."""
        return dict(self._circuits)

    def step(self, now: datetime, clock: Callable[[], datetime]) -> int:
        """Write down what came back, then hand out what is due; return how many messages moved."""
        if not self._has_swept:
            self._has_swept = True
            close_left_over(now)
        moved = self._settle(now, clock)
        self._tell_lines(now)
        for kind in self.lanes:
            moved += self._hand_out(kind, now, clock)
        return moved + self._turn_down_unknown(now)

    def wait(
        self, clock: Callable[[], datetime], seconds: float, kinds: Iterable[str] | None = None
    ) -> int:
        """Wait up to so many seconds for each next message to be settled, and write it down.

        `kinds` narrows it to some lanes.
        """
        moved = 0
        for kind in self.lanes if kinds is None else kinds:
            lane = self.lanes[kind]
            while lane.busy and (done := lane.collect(wait=seconds)):
                moved += self._write_down(done, clock)
        return moved

    def leave(self, clock: Callable[[], datetime], seconds: float) -> None:
        """Settle within so many seconds what is on its way, for the end of a process.

        What has not left the queue is free at once for whoever sends next.
        What has, and brings no answer in time, is sent again under the same id
        when its lease has run out.
        """
        unsent = [
            parcel.outgoing.call_id
            for lane in self.lanes.values()
            for _, parcel in lane.take_back()
        ]
        Call.objects.filter(pk__in=unsent).update(claimed_until=None)
        until = time.monotonic() + seconds
        for lane in self.lanes.values():
            while lane.busy:
                done = lane.collect(wait=max(until - time.monotonic(), 0))
                if not done:
                    break
                self._write_down(done, clock)
        self._tell_lines(clock())

    def _tell_lines(self, now: datetime) -> None:
        """Let the desk and the doctor know of lines that stand otherwise than they believe."""
        settled = {line: replace(one, is_probing=False) for line, one in self._circuits.items()}
        changed = {
            line: (self._kinds[line], one)
            for line, one in settled.items()
            if line in self._kinds and self._told.get(line) != one
        }
        if changed:
            tell_lines(changed, now)
            self._told.update({line: one for line, (_kind, one) in changed.items()})

    def _settle(self, now: datetime, clock: Callable[[], datetime]) -> int:
        moved = 0
        for kind, lane in self.lanes.items():
            moved += self._write_down(lane.collect(), clock)
            limit = timedelta(seconds=self.channels.by_kind[kind].timeout) + GRACE
            late = lane.give_up(now, limit)
            error = Unreachable(Trouble.TIMED_OUT, maybe_handed=True)
            outcomes = [self._judge(parcel, None, error, now) for _key, parcel in late]
            note_outcomes(outcomes)
            moved += len(late)
        return moved

    def _write_down(self, done: Iterable[Any], clock: Callable[[], datetime]) -> int:
        at = clock()
        outcomes, bad_contacts = [], []
        for one in done:
            outcome = self._judge(one.item, one.result, one.error, at)
            outcomes.append(outcome)
            if isinstance(outcome, Failed) and one.item.contact_id:
                bad_contacts.append(one.item.contact_id)
        note_outcomes(outcomes)
        if bad_contacts:
            Contact.objects.filter(pk__in=bad_contacts).update(failed_at=at)
        return len(outcomes)

    def _judge(
        self, parcel: Parcel, handed: Handed | None, error: BaseException | None, at: datetime
    ) -> Outcome:
        """Turn what a channel did into an outcome, and remember it for its line."""
        line = parcel.line
        self._on_line[line] -= 1
        self._kinds[line] = parcel.outgoing.kind
        circuit = self._circuits.get(line, Circuit())
        if error is None and handed is not None:
            self._circuits[line] = after_success(circuit)
            return Sent(parcel.attempt_id, at, handed.provider_id, handed.is_shortened)
        if isinstance(error, Refused):
            self._circuits[line] = after_success(circuit)  # it answered, if only with a no
            return Failed(parcel.attempt_id, at, str(error), retry=False)
        if not isinstance(error, SendFailed):
            # Our own mistake: the kind of error says enough, its text might hold an address.
            log.error(
                "channel broke", extra={"line": parcel.outgoing.kind, "error": type(error).__name__}
            )
            error = Unreachable(Trouble.BROKEN_CHANNEL, type(error).__name__)
        self._circuits[line] = after_failure(circuit, at, getattr(error, "after", None))
        return Failed(parcel.attempt_id, at, str(error), retry=True)

    def _hand_out(self, kind: str, now: datetime, clock: Callable[[], datetime]) -> int:
        lane, one = self.lanes[kind], self.channels.by_kind[kind]
        if not lane.free:
            return 0
        waiting = list(sendable(now).filter(channel=kind)[:WINDOW])
        if not waiting:
            return 0
        addresses = dict(
            Contact.objects.filter(pk__in={call.contact_id for call in waiting}).values_list(
                "pk", "address"
            )
        )
        going, resting = self._choose(waiting, addresses, one, lane.free, now)
        lease = now + timedelta(seconds=one.timeout) + GRACE + LEASE
        for parcel in self._claim(going, addresses, now, lease):
            self._circuits[parcel.line] = passing(self._circuits.get(parcel.line, Circuit()))
            self._on_line[parcel.line] += 1
            lane.put(parcel.attempt_id, parcel, now)
        rested = self._claim(resting, addresses, now, lease)
        trouble = Trouble.RESTING.value
        note_outcomes([Failed(parcel.attempt_id, now, trouble, retry=True) for parcel in rested])
        return len(going) + len(rested)

    def _choose(
        self,
        waiting: Sequence[Call],
        addresses: dict[UUID, str],
        one: Configured,
        free: int,
        now: datetime,
    ) -> tuple[dict[int, str], dict[int, str]]:
        """Choose which calls go out now and which find their line resting; the others wait their turn.

        Where a channel has several lines, one line fills at most half its threads.
        """
        going: dict[int, str] = {}
        resting: dict[int, str] = {}
        taken = Counter(self._on_line)
        for call in waiting:
            line = one.channel.line(addresses.get(call.contact_id, ""))
            circuit = self._circuits.get(line, Circuit())
            share = free + taken[line] if line == one.channel.kind else max(1, one.threads // 2)
            if not may_pass(circuit, now):
                if not circuit.is_probing:
                    resting[call.pk] = line
                continue
            if circuit.rests_until is not None:
                share = 1  # the probe
            if len(going) < free and taken[line] < share:
                going[call.pk] = line
                taken[line] += 1
        return going, resting

    def _claim(
        self, lines: dict[int, str], addresses: dict[UUID, str], now: datetime, lease: datetime
    ) -> list[Parcel]:
        """Claim calls and commit an attempt for each; a call that another process took is left out."""
        parcels: list[Parcel] = []
        notices = Call.objects.filter(pk__in=lines).values_list("notice_id", flat=True).distinct()
        for notice_id in sorted(notices):
            with transaction.atomic():
                notice = turn_in_thread(notice_id)
                due = sendable(now).filter(notice=notice_id, pk__in=lines)
                claimed = {call.pk: call for call in due if _claim_one(call, now, lease)}
                folded = fold_messages(notice, list(claimed), now)
                for others in folded.values():
                    Call.objects.filter(pk__in=others).update(claimed_until=lease)
                calls = [claimed[pk] for pk in folded if pk in claimed]
                attempts = _begin_attempts(calls, now)
                write_also(folded, now)
            invented = _invented_among(calls)
            posts = posts_of(notice, {call.person_id for call in calls if call.person_id})
            for call in calls:
                attempt_id, message_id = attempts[call.pk]
                outgoing = self._compose(
                    notice, call, message_id, addresses.get(call.contact_id, ""), invented
                )
                outgoing = replace(outgoing, posts=tuple(posts.get(call.person_id, ())))
                parcels.append(Parcel(attempt_id, call.contact_id, lines[call.pk], outgoing))
        return parcels

    def _compose(
        self, notice: Notice, call: Call, message_id: UUID, to: str, invented: Collection[UUID]
    ) -> Outgoing:
        return Outgoing(
            id=message_id,
            notice_id=notice.pk,
            call_id=call.pk,
            person_id=call.person_id,
            kind=call.channel,
            to=to,
            title=notice.title,
            words=notice.words,
            note=notice.note,
            colour=notice.colour,
            language=notice.language,
            # An invented person's number may be a real one somewhere: treat it like an exercise.
            drill=notice.drill is not None or call.person_id in invented,
            link=self.channels.answer_link(notice.kind, notice.subject_id),
            source=self.channels.source_link(notice.kind, notice.subject_id),
        )

    def _turn_down_unknown(self, now: datetime) -> int:
        """Say at once of a channel that this node lacks that it does, so that the ladder goes on."""
        known = {*self.lanes, *INWARD, *BY_HAND}
        waiting = list(sendable(now).exclude(channel__in=known)[:WINDOW])
        if not waiting:
            return 0
        parcels = self._claim({call.pk: call.channel for call in waiting}, {}, now, now + LEASE)
        trouble = Trouble.NOT_CONFIGURED.value
        note_outcomes([Failed(parcel.attempt_id, now, trouble, retry=False) for parcel in parcels])
        return len(parcels)


def _invented_among(calls: Collection[Call]) -> set[UUID]:
    people = Person.objects.filter(pk__in={call.person_id for call in calls}, invented=True)
    return set(people.values_list("pk", flat=True))


def _work(one: Configured) -> Callable[[Parcel], Handed]:
    def send(parcel: Parcel) -> Handed:
        return one.channel.send(parcel.outgoing, one.timeout)

    return send


def _claim_one(call: Call, now: datetime, lease: datetime) -> bool:
    free = unclaimed(now, LONGEST_LEASE)
    return bool(Call.objects.filter(free, pk=call.pk, send_at__lte=now).update(claimed_until=lease))


def _begin_attempts(calls: Sequence[Call], now: datetime) -> dict[int, tuple[UUID, UUID]]:
    """Give each call an attempt under way; say its id and the id its message travels under.

    An attempt that nobody lived to settle is taken up again. A further try of
    the same message travels under the first one's id, because the first may
    have arrived after all.
    """
    earlier: dict[int, list[Attempt]] = {}
    for attempt in Attempt.objects.filter(call__in=calls).order_by("-begun_at", "-id"):
        earlier.setdefault(attempt.call_id, []).append(attempt)
    begun: dict[int, tuple[UUID, UUID]] = {}
    new: list[Attempt] = []
    for call in calls:
        tries = _tries_of_message(call, earlier.get(call.pk, []))
        if tries and tries[0].outcome == Attempt.Outcome.SENDING:
            begun[call.pk] = (tries[0].pk, tries[-1].pk)
            continue
        attempt = Attempt(
            id=uuid7(now),
            call=call,
            notice_id=call.notice_id,
            rung=call.rung,
            person_id=call.person_id,
            contact_id=call.contact_id,
            channel=call.channel,
            outcome=Attempt.Outcome.SENDING,
            begun_at=now,
        )
        new.append(attempt)
        begun[call.pk] = (attempt.pk, tries[-1].pk if tries else attempt.pk)
    Attempt.objects.bulk_create(new)
    return begun


def _tries_of_message(call: Call, attempts: Sequence[Attempt]) -> list[Attempt]:
    """Return the tries of the message that is due now, newest first; a settled one ends the list."""
    tries = []
    for attempt in attempts:
        is_unsettled = attempt.outcome in (Attempt.Outcome.SENDING, Attempt.Outcome.LATER)
        is_same = attempt.rung == call.rung and attempt.contact_id == call.contact_id
        if not (is_unsettled and is_same):
            break
        tries.append(attempt)
    return tries


def close_left_over(now: datetime) -> int:
    """Close what an earlier process left under way for a notice that has ended since; say how many."""
    left = Attempt.objects.filter(
        outcome=Attempt.Outcome.SENDING,
        begun_at__lt=now - HOLD_FOR,
        begun_at__gt=now - timedelta(days=7),
    ).exclude(notice__state=NoticeState.STARTED)
    ids = list(left.values_list("pk", flat=True))
    note_outcomes([Failed(pk, now, Trouble.OVERTAKEN.value, retry=False) for pk in ids])
    return len(ids)


_senders: dict[int, Sender] = {}


def sender() -> Sender:
    """Return this process's sender; a process that was forked makes its own."""
    channels, key = configured(), os.getpid()
    known = _senders.get(key)
    if known is None or known.channels is not channels:
        known = _senders[key] = Sender(channels)
    return known


def leave_sender(clock: Callable[[], datetime], seconds: float) -> None:
    """Let this process's sender end well, if it has one; see `Sender.leave`."""
    if known := _senders.pop(os.getpid(), None):
        known.leave(clock, seconds)


def send_due(now: datetime, clock: Callable[[], datetime], drill: UUID | None = None) -> int:
    """Send what is due; return how many messages moved. Never waits for a network.

    With `drill`, exactly that exercise's messages are delivered, on this node,
    by the exercise's own `now`; without it, only real ones are.
    """
    moved = deliver_inward(now, drill=drill)
    if drill is None:
        moved += sender().step(now, clock)
    return moved
