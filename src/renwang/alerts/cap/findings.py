"""What is doubtful in an alert that is nevertheless taken.

The schema passes much that the standard's text or plain sense forbids.
A warning is too important to be thrown away for it, so it is taken and
whoever handles it is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from .china import COLOUR_PARAMETER, COLOURS
from .model import Alert, Area, Info, LatLon, MsgType, Scope, Severity
from .refusals import shorten


class Doubt(StrEnum):
    """Every kind of finding. The words are in `words.py`."""

    IDENTIFIER_CHARACTERS = "identifier-characters"
    SENDER_CHARACTERS = "sender-characters"
    SENT_IN_FUTURE = "sent-in-future"
    EXPIRED = "expired"
    EXPIRES_BEFORE_SENT = "expires-before-sent"
    EXPIRES_BEFORE_ONSET = "expires-before-onset"
    RESTRICTION_MISSING = "restriction-missing"
    ADDRESSES_MISSING = "addresses-missing"
    REFERENCES_MISSING = "references-missing"
    REFERENCES_UNREADABLE = "references-unreadable"
    NOTHING_SAID = "nothing-said"
    NO_AREA = "no-area"
    AREA_WITHOUT_PLACE = "area-without-place"
    POLYGON_UNREADABLE = "polygon-unreadable"
    POLYGON_SHORT = "polygon-short"
    POLYGON_OPEN = "polygon-open"
    CIRCLE_UNREADABLE = "circle-unreadable"
    OFF_THE_GLOBE = "off-the-globe"
    CEILING_ALONE = "ceiling-alone"
    UNKNOWN_COLOUR = "unknown-colour"
    COLOUR_DISAGREES = "colour-disagrees"


@dataclass(frozen=True, slots=True)
class Finding:
    """A doubt, the element it is about, and what stood there (at most 80 characters)."""

    doubt: Doubt
    element: str
    found: str = ""


_FORBIDDEN = re.compile(r"[\s,<&]")
_ABOUT_ANOTHER = frozenset({MsgType.UPDATE, MsgType.CANCEL, MsgType.ACK, MsgType.ERROR})


def find_doubts(
    alert: Alert,
    *,
    now: datetime | None = None,
    colours: Mapping[str, Severity] = COLOURS,
) -> tuple[Finding, ...]:
    """Name everything doubtful, in the order of the elements.

    With `now`, also whether it is past its time or from the future.
    """
    return tuple(
        Finding(doubt, element, shorten(found))
        for doubt, element, found in _about_alert(alert, now, colours)
    )


_Found = Iterator[tuple[Doubt, str, str]]


def _about_alert(alert: Alert, now: datetime | None, colours: Mapping[str, Severity]) -> _Found:
    if not alert.identifier or _FORBIDDEN.search(alert.identifier):
        yield Doubt.IDENTIFIER_CHARACTERS, "identifier", alert.identifier
    if not alert.sender or _FORBIDDEN.search(alert.sender):
        yield Doubt.SENDER_CHARACTERS, "sender", alert.sender
    if now is not None and alert.sent.at > now:
        yield Doubt.SENT_IN_FUTURE, "sent", alert.sent.text
    if alert.scope is Scope.RESTRICTED and not alert.restriction:
        yield Doubt.RESTRICTION_MISSING, "restriction", ""
    if alert.scope is Scope.PRIVATE and not alert.addresses:
        yield Doubt.ADDRESSES_MISSING, "addresses", ""
    words = (alert.references or "").split()
    if alert.msg_type in _ABOUT_ANOTHER and not words:
        yield Doubt.REFERENCES_MISSING, "references", ""
    if len(alert.refers_to) < len(words):
        yield Doubt.REFERENCES_UNREADABLE, "references", alert.references or ""
    if not alert.infos and alert.msg_type in (MsgType.ALERT, MsgType.UPDATE):
        yield Doubt.NOTHING_SAID, "info", ""
    for info in alert.infos:
        yield from _about_info(info, alert, now, colours)


def _about_info(
    info: Info, alert: Alert, now: datetime | None, colours: Mapping[str, Severity]
) -> _Found:
    if info.expires is not None:
        ends, text = info.expires.at, info.expires.text
        if ends < alert.sent.at:
            yield Doubt.EXPIRES_BEFORE_SENT, "expires", text
        if info.onset is not None and ends < info.onset.at:
            yield Doubt.EXPIRES_BEFORE_ONSET, "expires", text
        if now is not None and ends <= now:
            yield Doubt.EXPIRED, "expires", text
    colour = info.parameter(COLOUR_PARAMETER)
    if colour is not None and colour not in colours:
        yield Doubt.UNKNOWN_COLOUR, "parameter", colour
    elif colour is not None and colours[colour] is not info.severity:
        yield Doubt.COLOUR_DISAGREES, "severity", f"{colour}, {info.severity.value}"
    if not info.areas:
        yield Doubt.NO_AREA, "area", ""
    for area in info.areas:
        yield from _about_area(area)


def _about_area(area: Area) -> _Found:
    if not (area.polygons or area.circles or area.geocodes):
        yield Doubt.AREA_WITHOUT_PLACE, "area", area.description
    for polygon in area.polygons:
        if (doubt := _about_line(polygon.points)) is not None:
            yield doubt, "polygon", polygon.text
    for circle in area.circles:
        centre, radius = circle.centre, circle.radius_km
        if centre is None or radius is None or radius < 0:
            yield Doubt.CIRCLE_UNREADABLE, "circle", circle.text
        elif not _on_globe(centre):
            yield Doubt.OFF_THE_GLOBE, "circle", circle.text
    if area.ceiling is not None and area.altitude is None:
        yield Doubt.CEILING_ALONE, "ceiling", area.ceiling


def _about_line(points: tuple[LatLon, ...]) -> Doubt | None:
    """The gravest doubt about a polygon's corners."""
    if not points:
        return Doubt.POLYGON_UNREADABLE
    if not all(map(_on_globe, points)):
        return Doubt.OFF_THE_GLOBE
    if points[0] != points[-1]:
        return Doubt.POLYGON_OPEN
    return Doubt.POLYGON_SHORT if len(points) < 4 else None


def _on_globe(point: LatLon) -> bool:
    return -90 <= point[0] <= 90 and -180 <= point[1] <= 180
