"""The rules of the care list: what an entry may say, how long a consent holds, who may look, what grows stale.

The list exists to knock at the right door first. So an entry says what help is
needed and nothing about why, holds only as long as the person agrees, and asks
by itself to be confirmed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

NAME_AT_MOST = 40
WORDS_AT_MOST = 200
TELEPHONE_AT_MOST = 30
OTHERS_AT_MOST = 3
CONSENT_AT_MOST = timedelta(days=366)
CONSENT_ENDS_SOON = timedelta(days=30)
GRACE = timedelta(days=14)  # after the end of a consent: time to ask again, and no longer
OPEN_AT_MOST = timedelta(hours=12)


class CareRefused(Exception):
    """Something that may not be done with the care list. The sentences are in `words.py`."""


class NameMissing(CareRefused):
    """Nobody is named, so nobody could be asked for at the door."""


class NeedMissing(CareRefused):
    """Nobody stands on the list without a need: it is no register of residents."""


class UnknownNeed(CareRefused):
    """The need is not one of those that this node knows."""


class TooLong(CareRefused):
    """A text is longer than what is needed at the door."""


class TooManyOthers(CareRefused):
    """More people to call than anybody would call."""


class ConsentInFuture(CareRefused):
    """Consent was given on a day that has not come."""


class ConsentOver(CareRefused):
    """The consent has ended; only asking again, or forgetting, is left."""


class ConsentTooLong(CareRefused):
    """A consent holds for a year at most and is then asked for again."""


class EntryGone(CareRefused):
    """There is no such entry any more: it was forgotten."""


class EntryChanged(CareRefused):
    """Somebody else has changed the entry since it was opened."""


class KeyLost(CareRefused):
    """The key that an entry was sealed with is not on this node."""


class SealBroken(CareRefused):
    """What is stored is not what was sealed: it was altered, or moved from another entry."""


class ReasonMissing(CareRefused):
    """The list is opened in an emergency with a reason, or not at all."""


class OpenTooLong(CareRefused):
    """An emergency opening ends after twelve hours at most."""


class OpeningOver(CareRefused):
    """The opening has ended already."""


class NotYours(CareRefused, PermissionError):
    """Neither keeper, nor paired, nor sent, and no opening is in force."""


# --- what an entry says -----------------------------------------------------


@dataclass(frozen=True, slots=True)
class Other:
    """Somebody else to call: who he is to the person, and his telephone."""

    name: str
    tie: str = ""
    telephone: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """What is sealed of an entry: whom, what help is needed, who else to call. The least that serves."""

    name: str
    needs: tuple[str, ...]
    telephone: str = ""
    warn: str = ""  # to be warned: what to do differently
    leave: str = ""  # to leave the house
    stay: str = ""  # to stay where he is
    others: tuple[Other, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        """What there is to do, one after the other."""
        return tuple(filter(None, (self.warn, self.leave, self.stay)))


def check_content(content: Content, known: Mapping[str, object]) -> Content:
    """Give the content trimmed, its needs in the order of the list, or refuse."""
    name = content.name.strip()
    if not name:
        raise NameMissing
    if not content.needs:
        raise NeedMissing
    if set(content.needs) - set(known):
        raise UnknownNeed
    others = tuple(
        Other(one.name.strip(), one.tie.strip(), one.telephone.strip())
        for one in content.others
        if one.name.strip() or one.telephone.strip()
    )
    if len(others) > OTHERS_AT_MOST:
        raise TooManyOthers
    warn, leave, stay = content.warn.strip(), content.leave.strip(), content.stay.strip()
    telephones = [content.telephone.strip(), *(one.telephone for one in others)]
    names = [name, *(text for one in others for text in (one.name, one.tie))]
    if (
        any(len(text) > WORDS_AT_MOST for text in (warn, leave, stay))
        or any(len(text) > TELEPHONE_AT_MOST for text in telephones)
        or any(len(text) > NAME_AT_MOST for text in names)
    ):
        raise TooLong
    needs = tuple(key for key in known if key in content.needs)
    return Content(name, needs, telephones[0], warn, leave, stay, others)


# --- consent ----------------------------------------------------------------


class ConsentHow(StrEnum):
    """How somebody agreed to stand on the list."""

    SIGNED = "signed"  # a paper with his name under it
    SAID = "said"  # before a witness
    GUARDIAN = "guardian"  # by whoever decides for him in law


@dataclass(frozen=True, slots=True)
class Consent:
    """How and when somebody agreed, and until when; the last day counts."""

    how: ConsentHow
    given_on: date
    until_on: date


class Standing(StrEnum):
    """How a consent stands on a day."""

    HOLDS = "holds"
    ENDING = "ending"  # within thirty days: ask again
    OVER = "over"  # nobody but the keeper looks any more, and he only to ask again
    LAPSED = "lapsed"  # the entry is forgotten


def check_consent(consent: Consent, today: date) -> Consent:
    """Give a consent that may be entered today, or refuse."""
    if consent.given_on > today:
        raise ConsentInFuture
    if consent.until_on < today:
        raise ConsentOver
    if consent.until_on > consent.given_on + CONSENT_AT_MOST:
        raise ConsentTooLong
    return consent


def standing_of(until_on: date, today: date) -> Standing:
    """Say how a consent stands; it only ever moves towards being forgotten."""
    if today > until_on + GRACE:
        return Standing.LAPSED
    if today > until_on:
        return Standing.OVER
    if today > until_on - CONSENT_ENDS_SOON:
        return Standing.ENDING
    return Standing.HOLDS


# --- growing stale ----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Rhythm:
    """After how many days an entry asks to be confirmed, and somebody to be visited."""

    confirm: int
    visit: int


def rhythm_of(needs: Sequence[str], rhythms: Mapping[str, Rhythm]) -> Rhythm:
    """Give the rhythm of several needs: the shortest of each, because the most fragile one decides."""
    found = [rhythms[key] for key in needs if key in rhythms]
    if not found:
        raise NeedMissing
    return Rhythm(min(one.confirm for one in found), min(one.visit for one in found))


def is_stale(confirm_by: date, today: date) -> bool:
    """Say whether an entry waits to be confirmed: what it says was last made sure of too long ago."""
    return today > confirm_by


# --- who may look -----------------------------------------------------------


class Why(StrEnum):
    """Why somebody may look into an entry; the person reads it."""

    KEEPER = "keeper"
    PAIRED = "paired"
    SENT = "sent"  # in a check round
    OPENED = "opened"  # the list was opened in an emergency
    PAPER = "paper"  # on a numbered list


@dataclass(frozen=True, slots=True)
class Sight:
    """What connects somebody with an entry at a moment."""

    keeps: bool = False
    is_paired: bool = False
    is_sent: bool = False
    has_opened: bool = False


def why_may_look(sight: Sight, standing: Standing) -> Why:
    """Say by what right somebody looks; the narrowest one is what the person reads.

    Refuses with `NotYours`, and with `ConsentOver` once the consent has ended:
    then only the keeper looks, to ask again.
    """
    rights = (
        (sight.is_paired, Why.PAIRED),
        (sight.is_sent, Why.SENT),
        (sight.keeps, Why.KEEPER),
        (sight.has_opened, Why.OPENED),
    )
    held = [why for has, why in rights if has]
    if not held:
        raise NotYours
    if standing in (Standing.OVER, Standing.LAPSED):
        if sight.keeps and standing is Standing.OVER:
            return Why.KEEPER
        raise ConsentOver
    return held[0]


def check_opening(reason: str, until_at: datetime, now: datetime) -> str:
    """Give the trimmed reason of an emergency opening that may begin now, or refuse."""
    reason = reason.strip()
    if not reason:
        raise ReasonMissing
    if not now < until_at <= now + OPEN_AT_MOST:
        raise OpenTooLong
    return reason[:WORDS_AT_MOST]
