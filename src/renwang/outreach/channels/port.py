"""The port every channel fits: what goes out, what came of it, and the named ways to fail.

A channel is handed one message and either hands it over or raises. It never
writes to the database and never decides whether to try again; that is
`outreach.sending`.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from renwang.base.pure.ids import short_code

EXERCISE_MARK = "【演练】EXERCISE "
CODE_LENGTH = 4


class Trouble(StrEnum):
    """Why a message was not handed over. The sentences are in `channels.words`."""

    NOT_CONFIGURED = "not-configured"
    BAD_ADDRESS = "bad-address"
    FORBIDDEN_ADDRESS = "forbidden-address"
    TOO_LONG = "too-long"
    TURNED_AWAY = "turned-away"
    REDIRECTED = "redirected"
    NO_CONNECTION = "no-connection"
    TIMED_OUT = "timed-out"
    BROKEN_OFF = "broken-off"
    BUSY = "busy"
    BAD_ANSWER = "bad-answer"
    RESTING = "resting"
    DRILL = "drill"
    OVERTAKEN = "overtaken"
    BROKEN_CHANNEL = "broken-channel"


class SendFailed(Exception):
    """A message was not handed over. `detail` is a code or a number, never an address or a name."""

    def __init__(self, trouble: Trouble, detail: str = ""):
        super().__init__(trouble, detail)
        self.trouble = trouble
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.trouble.value}: {self.detail}"[:300] if self.detail else self.trouble.value


class Refused(SendFailed):
    """For good: the address or the message will never be taken this way."""


class Unreachable(SendFailed):
    """For now: worth another try.

    `maybe_handed` says that the other side may have taken the message all
    the same, so the next try must carry the same id. `after` is how many
    seconds the other side asked to be left alone.
    """

    def __init__(
        self,
        trouble: Trouble,
        detail: str = "",
        *,
        maybe_handed: bool = False,
        after: float | None = None,
    ):
        super().__init__(trouble, detail)
        self.maybe_handed = maybe_handed
        self.after = after


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message to one address. It names nobody: the address is all a channel needs to know."""

    id: UUID  # the attempt's; travels as message id so that a doubled send is recognised
    notice_id: UUID
    call_id: int
    person_id: UUID | None
    kind: str
    to: str
    title: str
    words: str  # the signed words, untouched
    note: str = ""  # the local note, always shown apart
    colour: str = ""
    language: str = ""
    drill: bool = False
    link: str = ""  # where the person can answer
    source: str = ""  # where the original message can be fetched
    asks: bool = True  # an answer to it counts, and it says how to give one
    posts: tuple[str, ...] = ()  # all his posts that it is for, where that is more than one

    @property
    def heading(self) -> str:
        """The title as it is shown; the exercise mark stands first, in both languages."""
        return f"{EXERCISE_MARK}{self.title}" if self.drill else self.title

    @property
    def said(self) -> str:
        """Heading and words as one text. Words that begin with the title are not headed by it once more."""
        if self.words.startswith(self.title):
            return f"{EXERCISE_MARK}{self.words}" if self.drill else self.words
        return f"{self.heading}\n{self.words}"

    @property
    def code(self) -> str:
        """What the person types after his answer when he was sent several messages."""
        return reply_code(self.id)


@dataclass(frozen=True, slots=True)
class Handed:
    """The message was handed over; `provider_id` is what the other side calls it, where it said so.

    `is_shortened` says that not the words went out but where they stand.
    """

    provider_id: str = ""
    is_shortened: bool = False


class Channel(Protocol):
    """A way to hand a message over."""

    kind: str

    def line(self, to: str) -> str:
        """Name what a message to an address depends on: a gateway, a host. Never raises.

        A line that keeps failing is left alone for a while; the others are not.
        """

    def send(self, outgoing: Outgoing, timeout: float) -> Handed:
        """Hand the message over within `timeout` seconds, or raise Refused or Unreachable."""


class Outward:
    """What every channel that leaves the node inherits: no exercise ever passes here.

    This is the one place that keeps exercises away from real people. A subclass
    gives `hand_over` and never overrides `send`, so there is no way round.
    """

    kind = ""

    def __init_subclass__(cls) -> None:
        if "send" in cls.__dict__:
            raise TypeError(f"{cls.__name__} must give hand_over, not send")

    def line(self, to: str) -> str:
        """Name what a message depends on: the channel itself, where it knows no better."""
        return self.kind

    def send(self, outgoing: Outgoing, timeout: float) -> Handed:
        """Hand over a real message; an exercise is refused."""
        if outgoing.drill:
            raise Refused(Trouble.DRILL)
        return self.hand_over(outgoing, timeout)

    def hand_over(self, outgoing: Outgoing, timeout: float) -> Handed:
        """Do what the channel does."""
        raise NotImplementedError


def reply_code(message_id: UUID) -> str:
    """Shorten a message id to the letters a person types back; told apart among one person's messages."""
    return short_code(message_id)[:CODE_LENGTH]
