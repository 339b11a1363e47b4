"""The life of a bulletin, and what it must have before anybody reads it. Values in, values out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

TITLE_AT_MOST = 60
TEXT_AT_MOST = 3_000
SOURCES_AT_MOST = 8


class BulletinState(StrEnum):
    """Where a bulletin stands."""

    DRAFT = "draft"
    WAITING = "waiting"  # handed in; somebody else must read it
    APPROVED = "approved"
    PUBLISHED = "published"
    CORRECTED = "corrected"  # a later one says what was wrong; both stay on show
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    DISCARDED = "discarded"  # never published


class Act(StrEnum):
    """What can happen to a bulletin."""

    EDIT = "edit"
    SUBMIT = "submit"
    RETURN = "return"
    APPROVE = "approve"
    PUBLISH = "publish"
    CORRECT = "correct"  # a correction of it is published
    WITHDRAW = "withdraw"
    EXPIRE = "expire"
    DISCARD = "discard"


class Chain(StrEnum):
    """Who of the chain is told beside, or instead of, the public."""

    NOBODY = "nobody"
    EVERYBODY = "everybody"
    SOME = "some"  # the holders of some posts


# --- refusals ---------------------------------------------------------------


class BulletinRefused(Exception):
    """Something that may not be done with a bulletin or a question. The sentences are in `words.py`."""


class NotNow(BulletinRefused):
    """An act that has no place in the state the bulletin is in."""

    def __init__(self, state: BulletinState, act: Act) -> None:
        super().__init__(f"{act.value} while {state.value}")
        self.state = state
        self.act = act


class SameHandTwice(BulletinRefused):
    """Whoever wrote it cannot also be the one who approves it."""


class WordsMissing(BulletinRefused):
    """A title or a text is empty, or there is no text in any language."""


class WordsTooLong(BulletinRefused):
    """A title or a text is longer than anybody reads."""


class LanguageTwice(BulletinRefused):
    """Two texts are in the same language."""


class SourceMissing(BulletinRefused):
    """Nobody is named who says so."""


class NobodyAddressed(BulletinRefused):
    """Neither the public nor anybody on the chain would be told."""


class EndsTooSoon(BulletinRefused):
    """It would be over before anybody reads it."""


class ReasonMissing(BulletinRefused):
    """A correction, a return or a withdrawal must say what was wrong."""


class CorrectedAlready(BulletinRefused):
    """Another correction of it has been published; correct that one."""


# --- the life of a bulletin -------------------------------------------------

_D, _W, _A, _P, _C, _X, _E, _G = BulletinState

MOVES: Mapping[tuple[BulletinState, Act], BulletinState] = {
    (_D, Act.EDIT): _D,
    (_D, Act.SUBMIT): _W,
    (_D, Act.DISCARD): _G,
    (_W, Act.EDIT): _D,  # other words than those handed in
    (_W, Act.RETURN): _D,
    (_W, Act.APPROVE): _A,
    (_W, Act.DISCARD): _G,
    (_A, Act.EDIT): _D,  # the approval was of other words
    (_A, Act.RETURN): _D,
    (_A, Act.PUBLISH): _P,
    (_A, Act.DISCARD): _G,
    (_P, Act.CORRECT): _C,
    (_P, Act.WITHDRAW): _X,
    (_P, Act.EXPIRE): _E,
    # What was wrong is put right also after its time, and after it was hastily taken back.
    (_E, Act.CORRECT): _C,
    (_E, Act.WITHDRAW): _X,
    (_X, Act.CORRECT): _C,
}

SHOWN = frozenset({_P, _C, _X, _E})
"""States in which everybody may read it: what was said once is not made unsaid."""

OPEN = frozenset({_D, _W, _A})


def move(state: BulletinState, act: Act) -> BulletinState:
    """Say where an act leads, or refuse with `NotNow` or `CorrectedAlready`."""
    try:
        return MOVES[state, act]
    except KeyError:
        if state is _C and act is Act.CORRECT:
            raise CorrectedAlready from None
        raise NotNow(state, act) from None


def acts_in(state: BulletinState) -> frozenset[Act]:
    """Name what can be done in a state."""
    return frozenset(act for at, act in MOVES if at is state)


def check_hands(writers: Iterable[UUID | None], hand: UUID | None) -> None:
    """Refuse with `SameHandTwice` where the approving hand has written any of the words."""
    if hand is not None and hand in set(writers):
        raise SameHandTwice


# --- what it says -----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Text:
    """The same said in one language (a tag such as `zh-Hans`, `en`, `ug`)."""

    language: str
    title: str
    text: str

    def kept(self) -> dict[str, str]:
        """Give it as it is kept."""
        return {"language": self.language, "title": self.title, "text": self.text}


@dataclass(frozen=True, slots=True)
class Source:
    """Who says so, and where that can be read: an address, or the name of a document."""

    who: str
    where: str = ""

    def kept(self) -> dict[str, str]:
        """Give it as it is kept."""
        return {"who": self.who, "where": self.where}

    @property
    def is_link(self) -> bool:
        """Whether it can be followed."""
        return self.where.startswith(("https://", "http://"))


@dataclass(frozen=True, slots=True)
class Audience:
    """Who is told: everybody, who of the chain, and holders of which posts (keys of roles)."""

    is_public: bool = True
    chain: Chain = Chain.NOBODY
    roles: tuple[str, ...] = ()


def texts_of(kept: Sequence[Mapping[str, Any]]) -> tuple[Text, ...]:
    """Read texts as they are kept."""
    return tuple(Text(one["language"], one["title"], one["text"]) for one in kept)


def sources_of(kept: Sequence[Mapping[str, Any]]) -> tuple[Source, ...]:
    """Read sources as they are kept."""
    return tuple(Source(one["who"], one["where"]) for one in kept)


def text_in(texts: Sequence[Text], language: str) -> Text | None:
    """Choose the text for a reader: his language, else its main part, else the first."""
    wanted = language.casefold()
    for text in texts:
        if text.language.casefold() == wanted:
            return text
    main = wanted.partition("-")[0]
    for text in texts:
        if text.language.casefold().partition("-")[0] == main:
            return text
    return texts[0] if texts else None


def check_texts(texts: Sequence[Text], *, title_at_most: int = TITLE_AT_MOST) -> None:
    """Refuse words that nobody could read."""
    if not texts:
        raise WordsMissing
    for text in texts:
        if not text.title.strip() or not text.text.strip() or not text.language:
            raise WordsMissing
        if len(text.title) > title_at_most * spread(text.language) or len(text.text) > TEXT_AT_MOST:
            raise WordsTooLong
    languages = [text.language.casefold() for text in texts]
    if len(set(languages)) < len(languages):
        raise LanguageTwice


def spread(language: str) -> int:
    """Say how many letters a language takes, roughly, for what Chinese says with one."""
    return 1 if language.casefold().startswith("zh") else 3


def check_sources(sources: Sequence[Source]) -> None:
    """Refuse with `SourceMissing` where nobody is named who says so."""
    if not sources or not all(source.who.strip() for source in sources):
        raise SourceMissing


def check_audience(audience: Audience) -> None:
    """Refuse with `NobodyAddressed` where no one would be told."""
    if audience.chain is Chain.SOME and not audience.roles:
        raise NobodyAddressed
    if not audience.is_public and audience.chain is Chain.NOBODY:
        raise NobodyAddressed


def check_end(ends_at: datetime | None, now: datetime) -> None:
    """Refuse with `EndsTooSoon` an end that is over already."""
    if ends_at is not None and ends_at <= now:
        raise EndsTooSoon


def check_reason(reason: str) -> None:
    """Refuse with `ReasonMissing` where nothing is said."""
    if not reason.strip():
        raise ReasonMissing


def is_over(ends_at: datetime | None, now: datetime) -> bool:
    """Is its time over? Without an end it never is."""
    return ends_at is not None and ends_at <= now
