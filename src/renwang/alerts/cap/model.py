"""What an alert says, as frozen values: every element of CAP 1.2 and 1.1, in order.

Text is kept exactly as it was signed. Where the standard packs several
things into one text (references, incidents, polygons), the text is the
field and a property reads it; so a sloppy text is carried on unharmed and
a tidy one can still be used.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum


class Version(StrEnum):
    """The edition of the standard, by its namespace."""

    V12 = "urn:oasis:names:tc:emergency:cap:1.2"
    V11 = "urn:oasis:names:tc:emergency:cap:1.1"


class Status(StrEnum):
    ACTUAL = "Actual"
    EXERCISE = "Exercise"
    SYSTEM = "System"
    TEST = "Test"
    DRAFT = "Draft"


class MsgType(StrEnum):
    ALERT = "Alert"
    UPDATE = "Update"
    CANCEL = "Cancel"
    ACK = "Ack"
    ERROR = "Error"


class Scope(StrEnum):
    PUBLIC = "Public"
    RESTRICTED = "Restricted"
    PRIVATE = "Private"


class Category(StrEnum):
    GEO = "Geo"
    MET = "Met"
    SAFETY = "Safety"
    SECURITY = "Security"
    RESCUE = "Rescue"
    FIRE = "Fire"
    HEALTH = "Health"
    ENV = "Env"
    TRANSPORT = "Transport"
    INFRA = "Infra"
    CBRNE = "CBRNE"
    OTHER = "Other"


class ResponseType(StrEnum):
    """What people should do. `AVOID` and `ALL_CLEAR` exist since CAP 1.2."""

    SHELTER = "Shelter"
    EVACUATE = "Evacuate"
    PREPARE = "Prepare"
    EXECUTE = "Execute"
    AVOID = "Avoid"
    MONITOR = "Monitor"
    ASSESS = "Assess"
    ALL_CLEAR = "AllClear"
    NONE = "None"


class Urgency(StrEnum):
    IMMEDIATE = "Immediate"
    EXPECTED = "Expected"
    FUTURE = "Future"
    PAST = "Past"
    UNKNOWN = "Unknown"


class Severity(StrEnum):
    EXTREME = "Extreme"
    SEVERE = "Severe"
    MODERATE = "Moderate"
    MINOR = "Minor"
    UNKNOWN = "Unknown"


class Certainty(StrEnum):
    OBSERVED = "Observed"
    LIKELY = "Likely"
    POSSIBLE = "Possible"
    UNLIKELY = "Unlikely"
    UNKNOWN = "Unknown"


@dataclass(frozen=True, slots=True)
class Moment:
    """A date and time with its offset, as written.

    The text is kept because `-00:00` (the sender will not tell his zone)
    and `+00:00` name the same instant and yet say different things.
    """

    text: str

    @classmethod
    def of(cls, at: datetime) -> Moment:
        """Write an aware datetime to the second, as CAP 1.2 demands."""
        if at.tzinfo is None:
            raise ValueError("a moment needs its offset from UTC")
        return cls(at.replace(microsecond=0).isoformat(timespec="seconds"))

    @property
    def at(self) -> datetime:
        """The instant, aware, in UTC. A text that is no time raises ValueError."""
        text = self.text
        midnight = text[11:19] == "24:00:00"
        if midnight:  # XML Schema's way to write the end of a day
            text = f"{text[:11]}00{text[13:]}"
        at = datetime.fromisoformat(_SIX_DIGITS.sub(r"\1", text))
        if at.tzinfo is None:
            raise ValueError("a moment needs its offset from UTC")
        return at.astimezone(UTC) + timedelta(days=midnight)


_SIX_DIGITS = re.compile(r"(\.\d{6})\d+")

LatLon = tuple[float, float]

NUMBER = r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
POINT = re.compile(rf"({NUMBER}),({NUMBER})")
CIRCLE = re.compile(rf"\s*({NUMBER}),({NUMBER})\s+({NUMBER})\s*")


@dataclass(frozen=True, slots=True)
class Polygon:
    """A closed line of at least four points, latitude first."""

    text: str

    @property
    def points(self) -> tuple[LatLon, ...]:
        """The corners in WGS-84 degrees; empty where the text is no polygon."""
        corners = []
        for word in self.text.split():
            if (pair := POINT.fullmatch(word)) is None:
                return ()
            corners.append((float(pair[1]), float(pair[2])))
        return tuple(corners)

    @classmethod
    def of(cls, points: Iterable[LatLon]) -> Polygon:
        """Write corners as CAP does, closing the line where it is open."""
        corners = list(points)
        if corners and corners[0] != corners[-1]:
            corners.append(corners[0])
        return cls(" ".join(f"{_plain(lat)},{_plain(lon)}" for lat, lon in corners))


@dataclass(frozen=True, slots=True)
class Circle:
    """A centre, latitude first, and a radius in kilometres."""

    text: str

    @property
    def centre(self) -> LatLon | None:
        """The centre in WGS-84 degrees; None where the text is no circle."""
        found = CIRCLE.fullmatch(self.text)
        return None if found is None else (float(found[1]), float(found[2]))

    @property
    def radius_km(self) -> float | None:
        found = CIRCLE.fullmatch(self.text)
        return None if found is None else float(found[3])

    @classmethod
    def of(cls, centre: LatLon, radius_km: float) -> Circle:
        return cls(f"{_plain(centre[0])},{_plain(centre[1])} {_plain(radius_km)}")


def _plain(number: float) -> str:
    """Write a number without an exponent, which CAP readers do not know."""
    return f"{Decimal(repr(float(number))):f}"


@dataclass(frozen=True, slots=True)
class Named:
    """A value under a name the sender chose: event code, parameter or geocode."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Reference:
    """An earlier message, named by its three keys."""

    sender: str
    identifier: str
    sent: Moment

    def __str__(self) -> str:
        return f"{self.sender},{self.identifier},{self.sent.text}"


@dataclass(frozen=True, slots=True)
class Resource:
    """A file that goes with the alert; `deref_uri` is the file itself, in base64."""

    description: str
    mime_type: str | None = None
    size: int | None = None
    uri: str | None = None
    deref_uri: str | None = None
    digest: str | None = None


@dataclass(frozen=True, slots=True)
class Area:
    """Where it holds: the union of all polygons, circles and geocodes.

    Altitude and ceiling are in feet above mean sea level, as written.
    """

    description: str
    polygons: tuple[Polygon, ...] = ()
    circles: tuple[Circle, ...] = ()
    geocodes: tuple[Named, ...] = ()
    altitude: str | None = None
    ceiling: str | None = None


@dataclass(frozen=True, slots=True)
class Info:
    """What is said about the event, in one language."""

    categories: tuple[Category, ...]
    event: str
    urgency: Urgency
    severity: Severity
    certainty: Certainty
    language: str | None = None
    responses: tuple[ResponseType, ...] = ()
    audience: str | None = None
    event_codes: tuple[Named, ...] = ()
    effective: Moment | None = None
    onset: Moment | None = None
    expires: Moment | None = None
    sender_name: str | None = None
    headline: str | None = None
    description: str | None = None
    instruction: str | None = None
    web: str | None = None
    contact: str | None = None
    parameters: tuple[Named, ...] = ()
    resources: tuple[Resource, ...] = ()
    areas: tuple[Area, ...] = ()

    @property
    def spoken(self) -> str:
        """The language of the words; the standard's default where none is named."""
        return self.language or "en-US"

    def parameter(self, name: str) -> str | None:
        """The first value under a name, or None."""
        return next((one.value for one in self.parameters if one.name == name), None)


@dataclass(frozen=True, slots=True)
class Alert:
    """One message: who says what to whom, and everything that it says.

    `signatures` holds each element of the XML signature namespace in
    exclusive canonical form. They speak of the bytes that were received:
    whoever passes an alert on unaltered passes on `Document.original`.
    """

    identifier: str
    sender: str
    sent: Moment
    status: Status
    msg_type: MsgType
    scope: Scope
    source: str | None = None
    restriction: str | None = None
    addresses: str | None = None
    codes: tuple[str, ...] = ()
    note: str | None = None
    references: str | None = None
    incidents: str | None = None
    infos: tuple[Info, ...] = ()
    signatures: tuple[bytes, ...] = ()
    version: Version = Version.V12

    @property
    def refers_to(self) -> tuple[Reference, ...]:
        """The earlier messages it names; a word that is no reference is left out."""
        found = []
        for word in (self.references or "").split():
            parts = word.split(",")
            if len(parts) == 3 and all(parts):
                found.append(Reference(parts[0], parts[1], Moment(parts[2])))
        return tuple(found)

    @property
    def as_reference(self) -> Reference:
        """How a later message names this one."""
        return Reference(self.sender, self.identifier, self.sent)

    @property
    def addressees(self) -> tuple[str, ...]:
        """For whom a private message is meant."""
        return _words(self.addresses)

    @property
    def incident_names(self) -> tuple[str, ...]:
        return _words(self.incidents)


_WORD = re.compile(r'"([^"]*)"|(\S+)')


def _words(text: str | None) -> tuple[str, ...]:
    """Split a list of words, where one that has spaces stands in double quotes."""
    return tuple(
        found[1] if found[1] is not None else found[2] for found in _WORD.finditer(text or "")
    )


@dataclass(frozen=True, slots=True)
class Document:
    """An alert and the very bytes it came in, which are what was signed."""

    alert: Alert
    original: bytes


def join_references(references: Iterable[Reference]) -> str | None:
    """Write the `references` of an update or cancel; None where there are none."""
    return " ".join(map(str, references)) or None
