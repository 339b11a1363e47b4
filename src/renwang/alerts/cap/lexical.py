"""The written forms of single values, as XML Schema defines them."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from .model import Moment, Version

_OFFSET = r"[-+](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00)"
_DAY_AND_TIME = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}"
_TIME = {
    Version.V12: re.compile(_DAY_AND_TIME + _OFFSET),
    Version.V11: re.compile(rf"{_DAY_AND_TIME}(?:\.[0-9]+)?(?:Z|{_OFFSET})"),
}
_END_OF_DAY = re.compile(r".{11}24:00:00(?:\.0+)?(?:Z|[-+].*)")

LANGUAGE = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")
INTEGER = re.compile(r"[-+]?[0-9]{1,400}")
DECIMAL = re.compile(r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")

# Any character may stand in an anyURI but those that RFC 3986 uses as marks:
# what lies outside ASCII, and spaces, count as if they were escaped.
_ESCAPED = "%[0-9A-Fa-f]{2}"
_SEGMENT = rf"(?:[^#%/?\[\]]|{_ESCAPED})"
_AUTHORITY = (
    rf"(?:(?:[^#%/?\[\]@]|{_ESCAPED})*+@)?"
    rf"(?:\[[^\]]*\]|(?:[^#%/?\[\]@:]|{_ESCAPED})*+)(?::[0-9]{{1,9}})?"
)
_ROOTED = rf"//{_AUTHORITY}(?:/{_SEGMENT}*+)*+|/(?:{_SEGMENT}++(?:/{_SEGMENT}*+)*+)?"
_ADDRESS = re.compile(
    rf"(?:[A-Za-z][A-Za-z0-9+.-]*+:(?:{_ROOTED}|(?:{_SEGMENT}++(?:/{_SEGMENT}*+)*+)?)"
    rf"|(?:{_ROOTED}|(?:(?:[^#%/?\[\]:]|{_ESCAPED})++(?:/{_SEGMENT}*+)*+)?))"
    rf"(?:\?(?:[^#%\[\]]|{_ESCAPED})*+)?"
    rf"(?:#(?:[^#%]|{_ESCAPED})*+)?"
)


def collapse(text: str) -> str:
    """Drop outer white space and make every inner run one space, as XML Schema does."""
    return " ".join(_SPACES.split(text.strip(" \t\r\n")))


_SPACES = re.compile(r"[ \t\r\n]+")


def read_moment(text: str, version: Version) -> Moment | None:
    """A time in the edition's form, or None.

    CAP 1.2 knows one form, to the second and with a numeric offset. CAP
    1.1 takes fractions and `Z`. A time without an offset is refused in
    both: the schema of 1.1 lets it pass, but its text forbids it, and a
    guessed zone moves a warning by hours. Years lie between 1 and 9999.
    """
    text = text.strip(" \t\r\n")
    if _TIME[version].fullmatch(text) is None:
        return None
    try:
        if text[11:13] != "24":
            datetime.fromisoformat(text).astimezone(UTC)
        elif _END_OF_DAY.fullmatch(text) is None:
            return None
        else:
            _ = Moment(text).at
    except (ValueError, OverflowError):
        return None
    return Moment(text)


def is_address(text: str) -> bool:
    """Say whether XML Schema takes a text, with white space collapsed, as `anyURI`."""
    return _ADDRESS.fullmatch(text) is not None
