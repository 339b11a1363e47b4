"""Read what a linked system answers: bytes of a stranger to values, or a named refusal. Pure.

Whatever comes back may be a web page, a bomb, or something else than was asked
for. A document type is refused before the parser sees it, everything is cut to
a length, and a character that no database holds is left out.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from math import isfinite
from typing import Any

from lxml import etree

from renwang.cases.open311 import Attribute, Datatype, Open311Refused, Service, read_moment

LARGEST = 8 * 1024 * 1024
MOST_ROWS = 5_000
MOST_SERVICES = 500
MOST_ATTRIBUTES = 60
MOST_CHOICES = 200


class Fault(StrEnum):
    """What is wrong with an answer. The sentences are in `words.py`."""

    TOO_LARGE = "too-large"
    NOT_UTF8 = "not-utf8"
    WEB_PAGE = "web-page"
    DOCTYPE = "doctype"
    NOT_XML = "not-xml"
    NOT_JSON = "not-json"
    TOO_MANY = "too-many"
    NOT_ASKED = "not-asked"
    NO_NUMBER = "no-number"
    NO_ENDPOINT = "no-endpoint"


class AnswerRefused(Exception):
    """An answer that cannot be read; `found` is what stood there, cut short."""

    def __init__(self, fault: Fault, found: str = ""):
        super().__init__(fault.value)
        self.fault = fault
        self.found = found[:120]

    def __str__(self) -> str:
        return f"{self.fault.value}: {self.found}" if self.found else self.fault.value


@dataclass(frozen=True, slots=True)
class RequestSeen:
    """A request as the system tells of it. What it did not say is empty or None."""

    number: str
    is_open: bool
    notes: str
    code: str
    service: str
    description: str
    address: str
    lat: float | None
    lon: float | None
    media: str
    requested: datetime | None
    updated: datetime | None


@dataclass(frozen=True, slots=True)
class UpdateSeen:
    """Something that was added to a request over there; `is_open` is None where it says nothing of it."""

    key: str
    number: str
    is_open: bool | None
    words: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Created:
    """What came of sending something: its number, or a token that becomes one."""

    number: str
    token: str
    notice: str


# Of GeoReport itself, and of the states that FixMyStreet and others add to them.
_OVER = frozenset(
    {
        "closed", "fixed", "resolved", "completed", "done", "duplicate", "no_further_action",
        "not_councils_responsibility", "not_responsible", "unable_to_fix", "rejected", "cancelled",
    }
)  # fmt: skip
_DATATYPES = frozenset(one.value for one in Datatype)
_WEB_PAGE = re.compile(r"\s*(?:<!doctype\s+html|<html[\s>])", re.IGNORECASE)
_DOCTYPE = re.compile(r"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_NO_CHARACTER = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


# --- rows -------------------------------------------------------------------------


def read_services(data: bytes, form: str) -> list[Service]:
    """Read the list of services, each once; what is asked about each is read apart."""
    found = {}
    for row in _rows(data, form, "service"):
        code = _text(row, "service_code", 60)
        if code:
            name = _text(row, "service_name", 120) or code
            found.setdefault(code, Service(code, name, _text(row, "group", 120), ()))
    if len(found) > MOST_SERVICES:
        raise AnswerRefused(Fault.TOO_MANY, str(len(found)))
    return list(found.values())


def asks_more(data: bytes, form: str) -> frozenset[str]:
    """Name the services of a list that want more than a description."""
    rows = _rows(data, form, "service")
    return frozenset(
        _text(row, "service_code", 60) for row in rows if _flag(row.get("metadata")) is True
    )


def read_definition(data: bytes, form: str) -> tuple[Attribute, ...]:
    """Read what is asked about a service; what is only said and not asked is left out."""
    found = []
    for row in _rows(data, form, "attribute", inside="attributes")[:MOST_ATTRIBUTES]:
        code = _text(row, "code", 60)
        if not code or _flag(row.get("variable")) is False:
            continue
        kind = _text(row, "datatype", 30).lower()
        choices = tuple(
            (_text(one, "key", 120), _text(one, "name", 120) or _text(one, "key", 120))
            for one in _inner(row.get("values"), "value")[:MOST_CHOICES]
            if _text(one, "key", 120)
        )
        datatype = Datatype(kind) if kind in _DATATYPES else Datatype.STRING
        said = _text(row, "description", 300) or code
        found.append(Attribute(code, datatype, said, _flag(row.get("required")) is True, choices))
    return tuple(found)


def read_requests(data: bytes, form: str) -> list[RequestSeen]:
    """Read requests; one without a number cannot be spoken of and is left out."""
    found = []
    for row in _rows(data, form, "request"):
        number = _text(row, "service_request_id", 120)
        if number:
            lat, lon = _degrees(row.get("lat"), 90), _degrees(row.get("long"), 180)
            whole = lat is not None and lon is not None
            found.append(
                RequestSeen(
                    number,
                    not _is_over(_text(row, "status", 60)),
                    _text(row, "status_notes", 2_000),
                    _text(row, "service_code", 60),
                    _text(row, "service_name", 120),
                    _text(row, "description", 20_000),
                    _text(row, "address", 400),
                    lat if whole else None,
                    lon if whole else None,
                    _text(row, "media_url", 500),
                    _moment(row.get("requested_datetime")),
                    _moment(row.get("updated_datetime")),
                )
            )
    return found


def read_updates(data: bytes, form: str) -> list[UpdateSeen]:
    """Read what was added to requests (the extension of FixMyStreet)."""
    found = []
    for row in _rows(data, form, "request_update"):
        key, number = _text(row, "update_id", 120), _text(row, "service_request_id", 120)
        if key and number:
            status = _text(row, "status", 60)
            is_open = None if not status else not _is_over(status)
            words = _text(row, "description", TOLD_AT_MOST)
            found.append(
                UpdateSeen(key, number, is_open, words, _moment(row.get("updated_datetime")))
            )
    return found


TOLD_AT_MOST = 4_000


def read_created(data: bytes, form: str) -> Created:
    """Read which number something that was sent has. Refuses with NO_NUMBER where it got none."""
    for row in _rows(data, form, "request"):
        made = Created(
            _text(row, "service_request_id", 120),
            _text(row, "token", 120),
            _text(row, "service_notice", 500),
        )
        if made.number or made.token:
            return made
    raise AnswerRefused(Fault.NO_NUMBER)


def read_told(data: bytes, form: str) -> str:
    """Read under which id an update was kept. Refuses with NO_NUMBER."""
    for row in _rows(data, form, "request_update"):
        if key := _text(row, "update_id", 120):
            return key
    raise AnswerRefused(Fault.NO_NUMBER)


def read_errors(data: bytes, form: str) -> str:
    """Read why something was refused, as the system says it; empty where it does not say."""
    try:
        rows = _rows(data, form, "error")
    except AnswerRefused:
        return ""
    said = (_text(row, "description", 200) for row in rows[:3])
    return " ".join(part for part in said if part)[:240]


def read_endpoint(data: bytes, form: str) -> str:
    """Read where GeoReport v2 answers, from the document by which systems are found; real ones before trial ones.

    Refuses with NO_ENDPOINT.
    """
    found: list[tuple[bool, str]] = []
    for row in _rows(data, form, "endpoint", inside="endpoints"):
        if "georeport_v2" in _text(row, "specification", 200).lower():
            url = _text(row, "url", 500).rstrip("/")
            found.append((_text(row, "type", 20).lower() != "production", url))
    if not found:
        raise AnswerRefused(Fault.NO_ENDPOINT)
    return min(found, key=lambda one: one[0])[1]


# --- bytes ------------------------------------------------------------------------


def _rows(data: bytes, form: str, item: str, *, inside: str = "") -> list[Mapping[str, Any]]:
    text = _as_text(data)
    found = _xml_rows(text, item, inside) if form == "xml" else _json_rows(text, item, inside)
    if len(found) > MOST_ROWS:
        raise AnswerRefused(Fault.TOO_MANY, str(len(found)))
    return found


def _as_text(data: bytes) -> str:
    if len(data) > LARGEST:
        raise AnswerRefused(Fault.TOO_LARGE)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise AnswerRefused(Fault.NOT_UTF8) from None
    if _WEB_PAGE.match(text):
        raise AnswerRefused(Fault.WEB_PAGE)
    return text


def _xml_rows(text: str, item: str, inside: str) -> list[Mapping[str, Any]]:
    if _DOCTYPE.search(text):
        raise AnswerRefused(Fault.DOCTYPE)
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False,
        huge_tree=False, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(text.strip().encode(), parser)
    except (etree.XMLSyntaxError, ValueError):
        raise AnswerRefused(Fault.NOT_XML) from None
    if _local(root) == item:
        return [_mapping(root)]
    holder = next((one for one in root if _local(one) == inside), root) if inside else root
    found = [_mapping(one) for one in holder if _local(one) == item]
    if not found and len(holder):
        raise AnswerRefused(Fault.NOT_ASKED, _local(root))
    return found


def _local(element: Any) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _mapping(element: Any) -> Mapping[str, Any]:
    return {_local(one): list(one) if len(one) else (one.text or "") for one in element}


def _json_rows(text: str, item: str, inside: str) -> list[Mapping[str, Any]]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise AnswerRefused(Fault.NOT_JSON) from None
    if isinstance(value, Mapping) and inside:
        value = value.get(inside, value)
    for _depth in range(3):  # some systems wrap the list as XML does
        if not isinstance(value, Mapping):
            break
        inner = value.get(item)
        if inner is None:
            wrapped = [one for one in value.values() if isinstance(one, list | Mapping)]
            inner = wrapped[0] if len(value) == 1 and wrapped else None
        if inner is None:
            return [value]
        value = inner
    if not isinstance(value, list):
        raise AnswerRefused(Fault.NOT_ASKED, type(value).__name__)
    return [row for row in value if isinstance(row, Mapping)]


def _inner(value: Any, item: str) -> Sequence[Mapping[str, Any]]:
    """Give the rows inside a row, from either form."""
    if isinstance(value, Mapping):
        value = value.get(item, [])
        value = value if isinstance(value, list) else [value]
    if not isinstance(value, list):
        return []
    return [
        one if isinstance(one, Mapping) else _mapping(one)
        for one in value
        if isinstance(one, Mapping) or hasattr(one, "tag")
    ]


# --- values -----------------------------------------------------------------------


def _text(row: Mapping[str, Any], key: str, at_most: int) -> str:
    value = row.get(key)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return _NO_CHARACTER.sub("", str(value)).strip()[:at_most]


def _flag(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    said = value.strip().lower() if isinstance(value, str) else ""
    return {"true": True, "1": True, "false": False, "0": False}.get(said)


def _degrees(value: Any, most: int) -> float | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if isfinite(found) and abs(found) <= most else None


def _moment(value: Any) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        return read_moment(value[:60])
    except Open311Refused:
        return None


def _is_over(status: str) -> bool:
    return status.lower().replace(" ", "_").replace("-", "_") in _OVER
