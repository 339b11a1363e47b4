"""How a person can be reached: which address fits which kind, and who may knock for whom."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from renwang.base.pure.text import fold_width, strip_invisible, trim
from renwang.chain.rules import Refusal

_TELEPHONE = re.compile(r"\+?[0-9]{3,15}(?:[-;,][0-9]{1,8})?")
_BETWEEN_DIGITS = re.compile(r"[\s()./·]|(?<=[0-9])-(?=[0-9]{4,})")
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_LINK = re.compile(r"https?://[^\s/]+\S*", re.IGNORECASE)

TELEPHONES = frozenset({"sms", "phone"})
LINKS = frozenset({"webhook"})
WITHOUT_ADDRESS = frozenset({"app", "knock", "neighbour"})


class AddressMissing(Refusal):
    """This kind of contact needs an address."""


class NotATelephone(Refusal):
    """The number cannot be dialled."""


class NotAMailAddress(Refusal):
    """The e-mail address has no mailbox and domain."""


class NotALink(Refusal):
    """The address does not begin with https:// or http://."""


class NeighbourMissing(Refusal):
    """A contact through a neighbour must name the neighbour."""


class NotThroughHimself(Refusal):
    """A person cannot be his own neighbour."""


class NeighboursCircle(Refusal):
    """A waits for B and B for A, so nobody would be told."""


class ContactTwice(Refusal):
    """The same contact is named twice."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way to reach a person, in his order of preference; `neighbour` is a person's key."""

    kind: str
    address: str = ""
    neighbour: str | None = None


def clean_telephone(number: str) -> str:
    """Bring a telephone number into the form that is dialled; refuses what cannot be.

    Spaces, brackets and hyphens between groups go; an extension stays behind
    a hyphen. Short numbers of three digits pass, and so does a leading plus.
    """
    bare = _BETWEEN_DIGITS.sub("", strip_invisible(fold_width(number)))
    if not _TELEPHONE.fullmatch(bare):
        raise NotATelephone(address=number)
    return bare


def clean_way(way: Way) -> Way:
    """Judge one contact by itself and bring its address into its plain form."""
    address = trim(way.address)
    if way.kind in TELEPHONES and address:
        address = clean_telephone(address)
    if not address and way.kind not in WITHOUT_ADDRESS:
        raise AddressMissing()
    if way.kind == "email" and not _MAIL.fullmatch(address):
        raise NotAMailAddress(address=address)
    if way.kind in LINKS and not _LINK.fullmatch(address):
        raise NotALink(address=address)
    if way.kind == "neighbour":
        if way.neighbour is None:
            raise NeighbourMissing()
        return Way(way.kind, "", way.neighbour)
    return Way(way.kind, address)


def clean_ways(person: str, ways: Sequence[Way], relays: Mapping[str, frozenset[str]]) -> list[Way]:
    """Judge all contacts of a person together.

    `relays` maps each person to the neighbours named in his contacts; a chain
    of neighbours that leads back to the person is refused.
    """
    cleaned = [clean_way(way) for way in ways]
    seen: set[Way] = set()
    for way in cleaned:
        if way.neighbour == person:
            raise NotThroughHimself()
        if way in seen:
            raise ContactTwice(address=way.address)
        seen.add(way)
    waiting = [way.neighbour for way in cleaned if way.neighbour is not None]
    met: set[str] = set()
    while waiting:
        key = waiting.pop()
        if key == person:
            raise NeighboursCircle()
        if key not in met:
            met.add(key)
            waiting.extend(relays.get(key, frozenset()))
    return cleaned
