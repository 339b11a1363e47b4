"""Answers to text messages go out: by the channel port, in a lane of their own, so that a slow gateway holds up nothing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F

from renwang.base.followers import follower
from renwang.base.jobs import beat
from renwang.base.models import Entry
from renwang.cases.models import Text
from renwang.cases.services.texting import forget_texts, opened, read_came, text_reporters
from renwang.outreach.answering import reads_texts
from renwang.outreach.channels import Channels, configured
from renwang.outreach.channels.port import Outgoing, Refused, SendFailed, Trouble
from renwang.outreach.channels.sms_inbound import Text as Came
from renwang.outreach.lanes import Done, Lane

LEASE = timedelta(minutes=2)
TRIES = 6
AT_ONCE = 20
_CHARACTERS = 66  # of one part of a long text in Chinese; one less than `sms_text` counts


@dataclass(frozen=True, slots=True)
class Parcel:
    """An answer on its way. It names nobody but the number it goes to."""

    key: UUID
    to: str
    words: str


class Answerer:
    """The lane of one process in which answers go out."""

    def __init__(self, channels: Channels):
        self._sms = channels.by_kind.get("sms")
        self._lane: Lane[Parcel, None] = Lane("texts", self._send, threads=2)

    def step(self, now: datetime) -> int:
        """Write down what came back, and hand out what is due; return how many answers moved."""
        moved = self.settle(now)
        due = Text.objects.filter(due_at__lte=now).order_by("due_at")
        for text in due[: min(AT_ONCE, self._lane.free)]:
            claimed = Text.objects.filter(pk=text.pk, due_at=text.due_at)
            if not claimed.update(due_at=now + LEASE, tries=F("tries") + 1):
                continue
            moved += 1
            number, words = opened(text)
            if self._sms is None or not number or text.tries >= TRIES:
                _give_up(
                    text.pk, Trouble.NOT_CONFIGURED if self._sms is None else Trouble.TIMED_OUT
                )
            else:
                self._lane.put(text.pk, Parcel(text.pk, number, words), now)
        return moved

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
            Text.objects.filter(pk=key).update(sealed="", due_at=None, trouble="")
        elif isinstance(done.error, Refused):
            _give_up(key, done.error.trouble)
        else:
            trouble = (
                str(done.error) if isinstance(done.error, SendFailed) else Trouble.BROKEN_CHANNEL
            )
            tries = Text.objects.filter(pk=key).values_list("tries", flat=True).first() or 1
            again = now + timedelta(seconds=min(5 * 2**tries, 600))
            Text.objects.filter(pk=key).update(due_at=again, trouble=trouble)

    def _send(self, parcel: Parcel) -> None:
        assert self._sms is not None
        most = getattr(self._sms.channel, "parts", 10) * _CHARACTERS
        outgoing = Outgoing(
            id=parcel.key, notice_id=parcel.key, call_id=0, person_id=None, kind="cases.text",
            to=parcel.to, title="", words=parcel.words[:most], asks=False,
        )  # fmt: skip
        self._sms.channel.send(outgoing, self._sms.timeout)


def _give_up(key: UUID, trouble: Trouble) -> None:
    Text.objects.filter(pk=key).update(sealed="", due_at=None, trouble=trouble)


_own: list[Answerer] = []


def send_texts(now: datetime, channels: Callable[[], Channels] = configured) -> int:
    """Let this process's lane take one step."""
    if not _own and not Text.objects.filter(due_at__lte=now).exists():
        return 0
    if not _own:
        _own.append(Answerer(channels()))
    return _own[0].step(now)


@beat("cases.texts", every=timedelta(seconds=2))
def _send(now: datetime) -> int:
    return send_texts(now)


@beat("cases.texts_forgotten", every=timedelta(hours=1))
def _forget(now: datetime) -> int:
    return forget_texts(now)


@follower("cases.texts", "cases.answered", "cases.asked")
def _tell(entries: Sequence[Entry], now: datetime) -> None:
    """Tell those who reported by text message what was answered or asked, without their having to ask."""
    for asked, verb in ((False, "cases.answered"), (True, "cases.asked")):
        keys = [UUID(one.subject_id) for one in entries if one.verb == verb and one.drill is None]
        if keys:
            text_reporters(keys, asked=asked, now=now)


@reads_texts
def _read(came: Came, now: datetime) -> None:
    read_came(came, now)
