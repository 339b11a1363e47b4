"""Plays a rehearsal: the real services run by the rehearsal's clock, and simulated people answer.

Everything happens at whole steps of the rehearsal's clock and only when
something is due, so the story is the same in one go and bit by bit. Each step
is one transaction that also moves `played_to`: a worker killed anywhere has
done a step or not begun it, and a second worker finds it done.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import heappop, heappush
from uuid import UUID

from django.db import transaction
from django.db.models import Min
from django.utils import timezone

from renwang.alerts.cap import MsgType
from renwang.alerts.models import Alert, Relay
from renwang.alerts.rules import AlertRefused, Source
from renwang.alerts.services import expire_alerts, receive_alert, relay_alert
from renwang.base.pure.ids import uuid7
from renwang.chain import reach
from renwang.chain.models import Household, Person, Unit
from renwang.outreach.models import Attempt, Call, Delivered, Notice, Round
from renwang.outreach.rules import BY_HAND, CallState, NoticeState, Receipt
from renwang.outreach.sending import send_due
from renwang.outreach.services import (
    NobodyThere,
    Slip,
    climb_calls,
    count_notice,
    record_receipts,
    record_round,
)
from renwang.outreach.services.tallying import prefixes
from renwang.response.models import Rehearsal
from renwang.response.people import Asked, Deed, Does, deeds_of, round_id
from renwang.response.scenario import habits, scenario
from renwang.response.services import end_rehearsal, message_of, relaying_viewer

log = logging.getLogger(__name__)

STEP = timedelta(seconds=10)
ACTOR = "node:rehearsal"
_RECEIPTS = {
    Does.GETS: Receipt.DELIVERED,
    Does.READS: Receipt.READ,
    Does.UNDERSTANDS: Receipt.UNDERSTOOD,
    Does.CARRIES: Receipt.CARRIED,
}


class _Overtaken(Exception):
    """Somebody else has played this step, or stopped the rehearsal."""


@dataclass(frozen=True, slots=True)
class _Due:
    """A deed with its moment, its call, and what brought it about."""

    at: datetime
    call_id: int
    notice_id: UUID
    asked: Asked
    deed: Deed


_stages: dict[UUID, "_Stage"] = {}


def play(rehearsal: Rehearsal, until: datetime, *, now: datetime, steps: int | None = None) -> int:
    """Play a rehearsal up to a moment of its own clock; return how many steps something happened in.

    `steps` bounds the work of one call; what is left is played by the next.
    `now` is real and dates the end. Nothing it does leaves the node.
    """
    stage = _stages.get(rehearsal.id)
    if stage is None or stage.played_to != rehearsal.played_to:
        stage = _stages[rehearsal.id] = _Stage(rehearsal)
    until = min(until, rehearsal.ends_at)
    done = 0
    while steps is None or done < steps:
        moment = stage.next_moment()
        if moment > until:
            break
        try:
            stage.step(moment)
        except _Overtaken:
            _stages.pop(rehearsal.id, None)
            return done
        done += 1
    else:
        rehearsal.played_to = stage.played_to
        return done
    _rest(rehearsal, stage, until)
    if rehearsal.played_to >= rehearsal.ends_at:
        _stages.pop(rehearsal.id, None)
        end_rehearsal(rehearsal, now=now)
    return done


def _rest(rehearsal: Rehearsal, stage: "_Stage", until: datetime) -> None:
    """Move the clock on to the last whole step, where nothing more is due."""
    whole = stage.begins_at + (until - stage.begins_at) // STEP * STEP
    if until == rehearsal.ends_at:
        whole = until
    if whole > stage.played_to and stage.take(whole):
        stage.played_to = whole
    rehearsal.played_to = stage.played_to


class _Stage:
    """A rehearsal as it is being played: who will do what next. Rebuilt from the database at any time."""

    def __init__(self, rehearsal: Rehearsal):
        self.drill = rehearsal.id
        self.played_to = rehearsal.played_to
        self.begins_at = rehearsal.shows_at
        self._rehearsal = rehearsal
        self._story = scenario(rehearsal.scenario)
        self._unit = Unit.objects.get(pk=rehearsal.unit_id)
        self._habits = habits()
        self._due: list[tuple[datetime, int, int, _Due]] = []
        self._last_delivered = 0
        self._by_hand: set[tuple[int, int]] = set()
        self._doors: dict[str, list[UUID]] = {}
        self._received = Alert.objects.filter(drill=self.drill).count()
        self._relayed = Relay.objects.filter(drill=self.drill).exists()
        self._calls_due: datetime | None = None
        self._live: dict[UUID, Notice] | None = None
        self._lifted: set[UUID] = set()  # notices that say it is over
        self._look()

    # --- what comes next ---

    def next_moment(self) -> datetime:
        """Say at which whole step something is due next; far away when nothing is."""
        moments = [due[0] for due in self._due[:1]]
        if self._received < len(self._story.cues):
            moments.append(self.begins_at + self._story.cues[self._received].after)
        if not self._relayed and self._received:
            moments.append(self._decision_at)
        if self._calls_due is not None:
            moments.append(self._calls_due)
        if not moments:
            return datetime.max.replace(tzinfo=self.begins_at.tzinfo)
        steps = -(-(min(moments) - self.begins_at) // STEP)
        return max(self.begins_at + steps * STEP, self.played_to + STEP)

    @property
    def _decision_at(self) -> datetime:
        return self.begins_at + self._story.cues[0].after + self._story.decide_for

    def take(self, moment: datetime) -> bool:
        """Move the rehearsal on to a moment, if nobody else has moved or stopped it."""
        return bool(
            Rehearsal.objects.filter(pk=self.drill, played_to=self.played_to, ended_at=None).update(
                played_to=moment
            )
        )

    @transaction.atomic
    def step(self, moment: datetime) -> None:
        """Play one step: the story, then the people, then the clock, then the messages."""
        if not self.take(moment):
            raise _Overtaken
        self.played_to = moment
        told = self._tell(moment)
        carried = self._act(moment)
        climbed = self._calls_due is not None and self._calls_due <= moment
        climbed = climbed and climb_calls(moment, drill=self.drill) > 0
        if told or carried or climbed or self._is_due(moment):
            while send_due(moment, lambda: moment, drill=self.drill):
                pass
            self._look()
        else:
            self._look_at_clock()

    # --- the story ---

    def _tell(self, moment: datetime) -> bool:
        before = (self._received, self._relayed)
        cues = self._story.cues
        while self._received < len(cues) and self.begins_at + cues[self._received].after <= moment:
            data = message_of(self._rehearsal, self._received)
            receive_alert(data, Source.DRILL, by=ACTOR, now=moment, drill=self.drill)
            self._received += 1
        if not self._relayed and self._received and self._decision_at <= moment:
            self._relay(moment)
        if before == (self._received, self._relayed):
            return False
        expire_alerts(moment, drill=self.drill)
        for notice in Notice.objects.filter(drill=self.drill, is_counted=False):
            count_notice(notice.pk)
        self._live = None
        return True

    def _relay(self, moment: datetime) -> None:
        """The person on duty decides about the first message; what follows it goes down by itself."""
        first = Alert.objects.filter(drill=self.drill).order_by("sequence").last()
        by = relaying_viewer(self._unit, moment)
        if first is not None:
            try:
                relay_alert(first.pk, self._unit, by=by or ACTOR, now=moment, note=self._story.note)
            except (AlertRefused, NobodyThere) as refusal:
                # The place has changed since the start: the story goes on, and shows that nobody was told.
                log.warning("rehearsal not relayed", extra={"why": type(refusal).__name__})
        self._relayed = True

    # --- the people ---

    def _act(self, moment: datetime) -> bool:
        """Let people do what is due; say whether somebody has carried the words on to a level below."""
        ready: list[_Due] = []
        while self._due and self._due[0][0] <= moment:
            ready.append(heappop(self._due)[3])
        live = self._live_notices() if ready else {}
        ready = self._possible([due for due in ready if due.notice_id in live])
        slips = [self._slip(due) for due in ready if due.deed.does is not Does.KNOCKS]
        if slips:
            record_receipts(slips, by=ACTOR, now=moment)
        for due in ready:
            if due.deed.does is Does.KNOCKS:
                self._knock(due, moment)
        return any(due.deed.does is Does.CARRIES and not due.asked.is_leaf for due in ready)

    def _possible(self, ready: list[_Due]) -> list[_Due]:
        """Leave out who was not rung up because nobody above had heard, and what he would have done after."""
        by_hand = [due for due in ready if due.asked.channel in BY_HAND]
        if not by_hand:
            return ready
        ids = [due.call_id for due in by_hand]
        heard = set(
            Call.objects.filter(pk__in=ids, understood_at__isnull=False).values_list(
                "pk", flat=True
            )
        )
        above = {place for due in by_hand for place in prefixes(due.asked.place)}
        told = set(
            Call.objects.filter(
                notice__drill=self.drill, path__in=above, understood_at__isnull=False
            ).values_list("notice_id", "path")
        )
        found = []
        for due in ready:
            if due.asked.channel not in BY_HAND or due.call_id in heard:
                found.append(due)
            elif due.deed.does is Does.UNDERSTANDS and any(
                (due.notice_id, place) in told for place in prefixes(due.asked.place)
            ):
                heard.add(due.call_id)
                found.append(due)
        return found

    def _slip(self, due: _Due) -> Slip:
        return Slip(
            _RECEIPTS[due.deed.does],
            due.at,
            via=due.asked.channel,
            call_id=due.call_id,
            person_id=due.asked.person_id,
            households=due.deed.told,
        )

    def _knock(self, due: _Due, moment: datetime) -> None:
        doors = self._doors_of(due.asked.place)
        person = Person.objects.get(pk=due.asked.person_id)
        record_round(
            uuid7(due.at, round_id(self._rehearsal.seed, due.asked, due.deed.door)),
            due.call_id,
            Round.Kind.KNOCK,
            by=reach.Viewer(person, moment),
            now=moment,
            at=due.at,
            household_id=doors[due.deed.door] if due.deed.door < len(doors) else None,
            answered=due.deed.opened,
        )

    def _doors_of(self, place: str) -> list[UUID]:
        if place not in self._doors:
            homes = Household.objects.filter(path__under=place).order_by("storey", "door", "id")
            self._doors[place] = list(homes.values_list("pk", flat=True))
        return self._doors[place]

    # --- who has been asked since ---

    def _look(self) -> None:
        """Find who has been asked since the last look, and plan what each of them will do."""
        notices = self._live_notices()
        new = list(
            Delivered.objects.filter(notice_id__in=notices, pk__gt=self._last_delivered).order_by(
                "pk"
            )
        )
        calls = Call.objects.in_bulk([row.call_id for row in new])
        rungs = _rungs([row.attempt_id for row in new])
        for row in new:
            self._last_delivered = row.pk
            asked = self._asked(calls[row.call_id], notices[row.notice_id], row.channel, row.at, row.person_id, rungs[row.attempt_id])  # fmt: skip
            self._plan(row.call_id, row.notice_id, asked, row.at)
        self._look_by_hand(notices)
        self._look_at_clock()

    def _look_at_clock(self) -> None:
        """Find when the ladder, or a message, is due next."""
        calls = Call.objects.filter(notice_id__in=self._live_notices())
        soonest = calls.aggregate(send=Min("send_at"), due=Min("due_at"))
        self._calls_due = min((at for at in soonest.values() if at), default=None)

    def _is_due(self, moment: datetime) -> bool:
        return Call.objects.filter(notice_id__in=self._live_notices(), send_at__lte=moment).exists()

    def _live_notices(self) -> dict[UUID, Notice]:
        """The notices under way; which these are changes only with the story."""
        if self._live is None:
            self._live = Notice.objects.filter(
                drill=self.drill, state=NoticeState.STARTED
            ).in_bulk()
            lifting = Alert.objects.filter(drill=self.drill, msg_type=MsgType.CANCEL)
            over = set(lifting.values_list("pk", flat=True))
            self._lifted = {key for key, one in self._live.items() if one.subject_id in over}
        return self._live

    def _look_by_hand(self, notices: dict[UUID, Notice]) -> None:
        """Plan who is rung up or knocked at: from when his turn came, or from when he was reached."""
        waiting = Call.objects.filter(
            notice_id__in=notices, state=CallState.ASKING, channel__in=sorted(BY_HAND)
        )
        for call in waiting.exclude(person_id=None).order_by("pk"):
            if (call.pk, call.rung) in self._by_hand:
                continue
            self._by_hand.add((call.pk, call.rung))
            notice = notices[call.notice_id]
            turn_at = call.turn_at or notice.started_at
            asked = self._asked(call, notice, call.channel, turn_at, call.person_id, call.rung)
            begun = turn_at
            if call.due_at is not None and call.understood_at is None:
                begun = max(turn_at, call.due_at - timedelta(seconds=notice.contact_for))
            if call.understood_at is not None:
                heard = (d.after for d in self._deeds(asked) if d.does is Does.UNDERSTANDS)
                begun = call.understood_at - timedelta(seconds=next(heard, 0.0))
            self._plan(call.pk, call.notice_id, asked, begun)

    def _asked(
        self,
        call: Call,
        notice: Notice,
        channel: str,
        at: datetime,
        person_id: UUID | None,
        rung: int,
    ) -> Asked:
        hour = at.astimezone(timezone.get_default_timezone()).hour
        return Asked(
            person_id or UUID(int=0),
            call.path,
            notice.sequence,
            rung,
            channel,
            notice.colour,
            hour,
            call.is_leaf,
            call.households,
            is_all_clear=notice.pk in self._lifted,
        )

    def _deeds(self, asked: Asked) -> list[Deed]:
        return deeds_of(self._rehearsal.seed, asked, self._habits)

    def _plan(self, call_id: int, notice_id: UUID, asked: Asked, begun: datetime) -> None:
        for number, deed in enumerate(self._deeds(asked)):
            at = begun + timedelta(seconds=round(deed.after, 3))
            if at > self.played_to - STEP:
                heappush(
                    self._due,
                    (at, call_id, number, _Due(at, call_id, notice_id, asked, deed)),
                )


def _rungs(attempt_ids: list[UUID]) -> dict[UUID, int]:
    found: dict[UUID, int] = {}
    for begin in range(0, len(attempt_ids), 500):
        some = attempt_ids[begin : begin + 500]
        found.update(Attempt.objects.filter(pk__in=some).values_list("pk", "rung"))
    return found
