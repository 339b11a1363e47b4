"""Why a message is refused: one named reason, and where it was found."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """Every reason for which bytes are not taken as an alert. The words are in `words.py`."""

    EMPTY = "empty"
    TOO_LARGE = "too-large"
    DOCTYPE = "doctype"
    NUL_BYTE = "nul-byte"
    ENCODING = "encoding"
    TOO_DEEP = "too-deep"
    INCOMPLETE = "incomplete"
    UNDEFINED_ENTITY = "undefined-entity"
    NOT_WELL_FORMED = "not-well-formed"
    NOT_AN_ALERT = "not-an-alert"
    NOT_A_FEED = "not-a-feed"
    UNSUPPORTED_VERSION = "unsupported-version"
    UNEXPECTED_ELEMENT = "unexpected-element"
    MISSING_ELEMENT = "missing-element"
    REPEATED_ELEMENT = "repeated-element"
    UNEXPECTED_ATTRIBUTE = "unexpected-attribute"
    UNEXPECTED_TEXT = "unexpected-text"
    UNKNOWN_VALUE = "unknown-value"
    BAD_TIME = "bad-time"
    BAD_LANGUAGE = "bad-language"
    BAD_NUMBER = "bad-number"
    BAD_ADDRESS = "bad-address"
    ALERT_IN_SIGNATURE = "alert-in-signature"
    NOT_IN_ENTRY = "not-in-entry"
    UNWRITABLE = "unwritable"
    BAD_CHINESE_IDENTIFIER = "bad-chinese-identifier"
    UNKNOWN_COLOUR = "unknown-colour"


def shorten(text: str) -> str:
    """What was found, on one line and in at most 80 characters."""
    line = " ".join(text[:400].split())
    return line if len(line) <= 80 else f"{line[:79]}…"


class CapRefused(ValueError):
    """A message that is not taken, with its reason, element, line and what stood there.

    `found` is at most 80 characters of what was found; `expected` names
    what could have stood there instead. Either may be empty.
    """

    def __init__(
        self,
        reason: Reason,
        *,
        element: str = "",
        line: int = 0,
        found: str = "",
        expected: tuple[str, ...] = (),
    ) -> None:
        self.reason = reason
        self.element = element
        self.line = line
        self.found = shorten(found)
        self.expected = expected
        super().__init__(reason, element, line, self.found, expected)

    def __str__(self) -> str:
        where = f" <{self.element}>" if self.element else ""
        line = f" line {self.line}" if self.line else ""
        return f"{self.reason.value}{where}{line}"
