"""The Chinese way with alerts: identifiers, times and colours, to and from OASIS CAP.

Source: GB/T 35965.1-2018 as described by pages that quote it, and real
identifiers, many of which leave out the serial number. The full text of
the standard was not at hand, so what is converted here is the three
things that are known to differ; everything else must be CAP.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from types import MappingProxyType

from lxml import etree

from .model import Alert, Document, Info, Moment, Named, Severity, Version
from .opening import ALERT_LIMIT, open_xml
from .reading import read_root
from .refusals import CapRefused, Reason
from .sequence import Element
from .writing import write

BEIJING = timezone(timedelta(hours=8))

COLOURS: Mapping[str, Severity] = MappingProxyType(
    {
        "Red": Severity.EXTREME,
        "Orange": Severity.SEVERE,
        "Yellow": Severity.MODERATE,
        "Blue": Severity.MINOR,
    }
)
"""The colours of the Chinese severity and what each becomes in OASIS CAP.

A custom, not a rule of either standard: hence an argument everywhere.
"""

COLOUR_PARAMETER = "colour"


# --- identifiers -------------------------------------------------------------------------------

_IDENTIFIER = re.compile(
    r"([0-9]{6})([0-9A-Z]{3})([0-9A-Z]{3})([0-9A-Z]{2})_([0-9]{14})(?:_([0-9]))?"
)


@dataclass(frozen=True, slots=True)
class Identifier:
    """`ZZZZZZDDDUUUXX_YYYYMMDDhhmmss[_N]`, taken apart.

    `division` is a code of GB/T 2260, `agency` of GB/T 4657; whether a list
    knows them is not asked here, since real messages carry unlisted ones.
    `entered_at` is aware; the text is in Beijing time.
    """

    division: str
    agency: str
    unit: str
    extension: str
    entered_at: datetime
    serial: int | None = None

    @classmethod
    def parse(cls, text: str) -> Identifier:
        """Take apart 29 characters, or 31 with a serial; else raise `CapRefused`."""
        found = _IDENTIFIER.fullmatch(text)
        moment = _basic(found[5]) if found else None
        if found is None or moment is None:
            raise CapRefused(Reason.BAD_CHINESE_IDENTIFIER, element="identifier", found=text)
        serial = None if found[6] is None else int(found[6])
        return cls(found[1], found[2], found[3], found[4], moment, serial)

    @property
    def issuer(self) -> str:
        """The fourteen characters that stay the same for one issuing post."""
        return f"{self.division}{self.agency}{self.unit}{self.extension}"

    def __str__(self) -> str:
        moment = self.entered_at.astimezone(BEIJING).strftime("%Y%m%d%H%M%S").zfill(14)
        tail = "" if self.serial is None else f"_{self.serial}"
        return f"{self.issuer}_{moment}{tail}"


# --- times -------------------------------------------------------------------------------------

_BASIC = re.compile(r"[0-9]{14}")
_EXTENDED = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}) ([0-9]{2}:[0-9]{2}:[0-9]{2})([-+][0-9]{2}:[0-9]{2})?"
)


def read_chinese_time(text: str) -> Moment | None:
    """Turn the basic or the extended form into a CAP moment; None for anything else.

    A form without an offset is Beijing time, as the standard has it.
    """
    text = text.strip()
    if (at := _basic(text)) is not None:
        return Moment.of(at)
    if (found := _EXTENDED.fullmatch(text)) is None:
        return None
    try:
        at = datetime.fromisoformat(f"{found[1]}T{found[2]}{found[3] or '+08:00'}")
    except ValueError:
        return None
    return Moment.of(at)


def write_chinese_time(moment: Moment) -> str:
    """The extended form, in Beijing time: `2026-07-21 16:18:00+08:00`."""
    return moment.at.astimezone(BEIJING).isoformat(" ", timespec="seconds")


def _basic(text: str) -> datetime | None:
    if _BASIC.fullmatch(text) is None:
        return None
    try:
        return datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=BEIJING)
    except ValueError:
        return None


# --- documents ---------------------------------------------------------------------------------

_TIMES = frozenset({"sent", "effective", "onset", "expires"})


def read_chinese(
    data: bytes, *, colours: Mapping[str, Severity] = COLOURS, limit: int = ALERT_LIMIT
) -> Document:
    """Read an alert of the Chinese profile, or raise `CapRefused`.

    Times become CAP moments. A colour in `severity` becomes the severity
    that `colours` gives it, and is kept as the parameter `colour`. An
    alert without a namespace is read as CAP 1.2. A plain CAP alert is
    read as `read` would. The original bytes are carried along.
    """
    root = open_xml(data, limit=limit)
    if root.tag == "alert":
        for element in root.iter():
            if isinstance(element.tag, str) and not element.tag.startswith("{"):
                element.tag = f"{{{Version.V12.value}}}{element.tag}"
    _convert_times(root)
    found: list[str | None] = []
    for element in root:
        if _name(element) == "info":
            _convert_times(element)
            severity = next((one for one in element if _name(one) == "severity"), None)
            found.append(None if severity is None else _take_colour(severity, colours))
    alert = read_root(root)
    infos = tuple(
        info if colour is None else _with_colour(info, colour)
        for info, colour in zip(alert.infos, found, strict=True)
    )
    return Document(replace(alert, infos=infos), bytes(data))


def _name(element: Element) -> str:
    tag = element.tag
    return str(tag).rpartition("}")[2] if isinstance(tag, str) else ""


def _convert_times(parent: Element) -> None:
    for element in parent:
        if _name(element) in _TIMES and (moment := read_chinese_time(element.text or "")):
            element.text = moment.text


def _take_colour(element: Element, colours: Mapping[str, Severity]) -> str | None:
    word = (element.text or "").strip()
    if word in {severity.value for severity in Severity}:
        return None
    if word not in colours:
        raise CapRefused(
            Reason.UNKNOWN_COLOUR,
            element="severity",
            line=element.sourceline or 0,
            found=word,
            expected=tuple(colours),
        )
    element.text = colours[word].value
    return word


def _with_colour(info: Info, colour: str) -> Info:
    if info.parameter(COLOUR_PARAMETER) is not None:
        return info
    return replace(info, parameters=(*info.parameters, Named(COLOUR_PARAMETER, colour)))


def colour_of(info: Info, *, colours: Mapping[str, Severity] = COLOURS) -> str | None:
    """The colour a warning carries; None where it carries none.

    The parameter decides. A severity alone is not turned into a colour:
    nobody signed one.
    """
    colour = info.parameter(COLOUR_PARAMETER)
    return colour if colour in colours else None


def write_chinese(alert: Alert, *, colours: Mapping[str, Severity] = COLOURS) -> bytes:
    """Compose an alert in the Chinese profile: extended times, colour as severity.

    An info that carries no colour keeps its CAP severity.
    """
    root = open_xml(write(alert), limit=ALERT_LIMIT)
    infos = iter(alert.infos)
    for element in root:
        if _name(element) == "info":
            _write_times(element)
            colour = colour_of(next(infos), colours=colours)
            for one in element:
                if colour is not None and _name(one) == "severity":
                    one.text = colour
    _write_times(root)
    data: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return data


def _write_times(parent: Element) -> None:
    for element in parent:
        if _name(element) in _TIMES:
            element.text = write_chinese_time(Moment(element.text))
