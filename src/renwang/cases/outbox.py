"""Text messages go out: by the channel port, in a lane of their own, so that a slow gateway holds up nothing."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import F

from renwang.cases.models import Telling, Text
from renwang.outreach.channels import Channels
from renwang.outreach.channels.port import Outgoing, Refused, SendFailed, Trouble
from renwang.outreach.lanes import Done, Lane

LEASE = timedelta(minutes=2)
AT_ONCE = 20
_CHARACTERS = 66  # of one part of a long text in Chinese; one less than `sms_text` counts


@dataclass(frozen=True, slots=True)
class Parcel:
    """A text on its way. It names nobody but the number it goes to."""

    key: UUID
    to: str
    words: str


class Outbox(ABC):
    """The lane of one process in which the rows of a model go out, each claimed, tried and ended."""

    model: ClassVar[type[Text] | type[Telling]]
    kind: ClassVar[str]
    tries: ClassVar[int]

    def __init__(self, channels: Channels):
        self._sms = channels.by_kind.get("sms")
        self._lane: Lane[Parcel, None] = Lane(self.kind, self._send, threads=2)

    @abstractmethod
    def open(self, row: Any, now: datetime) -> tuple[str, str] | None:
        """Give number and words of a row that goes out; None where the row was ended or put off instead."""

    @abstractmethod
    def sent(self, key: UUID, now: datetime) -> None:
        """Write down that it has gone out."""

    @abstractmethod
    def give_up(self, key: UUID, trouble: str, now: datetime) -> None:
        """Write down that it never will."""

    @abstractmethod
    def wait(self, tries: int) -> timedelta:
        """Say how long to wait after so many tries."""

    def step(self, now: datetime) -> int:
        """Write down what came back, and hand out what is due; return how many moved."""
        moved = self.settle(now)
        due = self.model.objects.filter(due_at__lte=now).order_by("due_at")
        for row in due[: min(AT_ONCE, self._lane.free)]:
            claimed = self.model.objects.filter(pk=row.pk, due_at=row.due_at)
            if not claimed.update(due_at=now + LEASE, tries=F("tries") + 1):
                continue
            moved += 1
            self._hand_out(row, now)
        return moved

    def _hand_out(self, row: Any, now: datetime) -> None:
        if self._sms is None or row.tries >= self.tries:
            missing = Trouble.NOT_CONFIGURED if self._sms is None else Trouble.TIMED_OUT
            self.give_up(row.pk, row.trouble or missing, now)
        elif (found := self.open(row, now)) is not None:
            number, words = found
            self._lane.put(row.pk, Parcel(row.pk, number, words), now)

    def settle(self, now: datetime, *, wait: float = 0) -> int:
        """Write down what came back; with `wait`, stay so many seconds for the first."""
        self._lane.give_up(now, LEASE)
        done = self._lane.collect(wait=wait) if self._lane.busy else []
        for one in done:
            self._write_down(one, now)
        return len(done)

    def _write_down(self, done: Done[Parcel, None], now: datetime) -> None:
        key = done.item.key
        if done.error is None:
            self.sent(key, now)
        elif isinstance(done.error, Refused):
            self.give_up(key, done.error.trouble, now)
        else:
            known = isinstance(done.error, SendFailed)
            trouble = str(done.error) if known else Trouble.BROKEN_CHANNEL
            rows = self.model.objects.filter(pk=key, due_at__isnull=False)
            tries = rows.values_list("tries", flat=True).first() or 1
            rows.update(due_at=now + self.wait(tries), trouble=trouble)

    def _send(self, parcel: Parcel) -> None:
        assert self._sms is not None
        most = getattr(self._sms.channel, "parts", 10) * _CHARACTERS
        outgoing = Outgoing(
            id=parcel.key, notice_id=parcel.key, call_id=0, person_id=None, kind=self.kind,
            to=parcel.to, title="", words=parcel.words[:most], asks=False,
        )  # fmt: skip
        self._sms.channel.send(outgoing, self._sms.timeout)
