"""Sessions as a calendar file (RFC 5545), for the calendar on a telephone. It names the number, the place, nobody.

data = calendar_file(events, name="Mediation", now=now)
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

LINE = 75  # octets, by RFC 5545 section 3.1


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of a calendar."""

    uid: str
    start: datetime
    end: datetime
    summary: str
    place: str = ""


def calendar_file(events: Iterable[Event], *, name: str, now: datetime) -> bytes:
    """Write events as a calendar in UTF-8 with CRLF; times in UTC."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Renwang//Mediation//ZH",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_text(name)}",
    ]
    for one in events:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{_text(one.uid)}",
            f"DTSTAMP:{_moment(now)}",
            f"DTSTART:{_moment(one.start)}",
            f"DTEND:{_moment(one.end)}",
            f"SUMMARY:{_text(one.summary)}",
        ]
        if one.place:
            lines.append(f"LOCATION:{_text(one.place)}")
        lines += ["CLASS:CONFIDENTIAL", "END:VEVENT"]
    lines.append("END:VCALENDAR")
    return b"".join(_folded(line) for line in lines)


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(value: str) -> str:
    """Escape a text by section 3.3.11."""
    for sign in ("\\", ";", ","):
        value = value.replace(sign, f"\\{sign}")
    return value.replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "\\n")


def _folded(line: str) -> bytes:
    """Fold a line after 75 octets, never inside a character."""
    parts: list[bytes] = []
    part = b""
    for letter in line:
        octets = letter.encode()
        if len(part) + len(octets) > LINE:
            parts.append(part)
            part = b" "
        part += octets
    parts.append(part)
    return b"\r\n".join(parts) + b"\r\n"
