"""Open311 GeoReport v2: what other systems ask and send, as values; what they are answered, as bytes. Pure.

After the frozen text of GeoReport v2 and Service Discovery. XML has no
namespace; JSON follows it by the Spark convention, in which an element that
holds only elements of one kind becomes a list of them. A parameter without a
value is one that was not sent.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from math import isfinite
from typing import Any
from xml.etree import ElementTree

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
CONTENT_TYPES = {"xml": "text/xml; charset=utf-8", "json": "application/json; charset=utf-8"}
LONGEST_SPAN = timedelta(days=90)
MOST_AT_ONCE = 1000
DESCRIPTION_AT_MOST = 4_000
UPDATE_AT_MOST = 2_000
MOST_IDS = 1000

Params = Mapping[str, Sequence[str]]


class Fault(StrEnum):
    """What is wrong with something that was asked or sent. The sentences are in `open311_words.py`."""

    JURISDICTION_MISSING = "jurisdiction_missing"
    JURISDICTION_UNKNOWN = "jurisdiction_unknown"
    SERVICE_MISSING = "service_missing"
    SERVICE_UNKNOWN = "service_unknown"
    REQUEST_UNKNOWN = "request_unknown"
    TOKEN_UNKNOWN = "token_unknown"  # noqa: S105 (a fault, no secret)
    KEY_MISSING = "key_missing"
    KEY_REFUSED = "key_refused"
    LOCATION_MISSING = "location_missing"
    LOCATION_WRONG = "location_wrong"
    LOCATION_OUTSIDE = "location_outside"
    ADDRESS_UNKNOWN = "address_unknown"
    ATTRIBUTE_MISSING = "attribute_missing"
    ATTRIBUTE_WRONG = "attribute_wrong"
    DESCRIPTION_TOO_LONG = "description_too_long"
    UPDATE_MISSING = "update_missing"
    UPDATE_TOO_LONG = "update_too_long"
    DATE_WRONG = "date_wrong"
    SPAN_TOO_LONG = "span_too_long"
    STATUS_UNKNOWN = "status_unknown"
    PAGE_WRONG = "page_wrong"
    METHOD_WRONG = "method_wrong"


_NOT_THERE = frozenset(
    {
        Fault.JURISDICTION_UNKNOWN,
        Fault.SERVICE_UNKNOWN,
        Fault.REQUEST_UNKNOWN,
        Fault.TOKEN_UNKNOWN,
    }
)
_NO_KEY = frozenset({Fault.KEY_MISSING, Fault.KEY_REFUSED})


class Open311Refused(Exception):
    """Something that cannot be answered as it was asked; `about` names the parameter's value or code."""

    def __init__(self, fault: Fault, about: str = ""):
        super().__init__(fault.value)
        self.fault = fault
        self.about = about[:120]

    @property
    def status(self) -> int:
        """404 for what is not there, 403 for a missing or wrong key, 400 for anything else."""
        return 404 if self.fault in _NOT_THERE else 403 if self.fault in _NO_KEY else 400


# --- services ------------------------------------------------------------------


class Datatype(StrEnum):
    """What an attribute is answered with."""

    STRING = "string"
    NUMBER = "number"
    DATETIME = "datetime"
    TEXT = "text"
    ONE = "singlevaluelist"
    SEVERAL = "multivaluelist"


@dataclass(frozen=True, slots=True)
class Attribute:
    """Something that is asked about a kind of case, in one language; `choices` are (key, name)."""

    code: str
    datatype: Datatype
    description: str
    required: bool = False
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Service:
    """A kind of case as other systems offer it, in one language."""

    code: str
    name: str
    group: str = ""
    attributes: tuple[Attribute, ...] = ()


@dataclass(frozen=True, slots=True)
class Rows:
    """A list: the name of each element, and what they hold. An empty one is an empty element."""

    item: str
    rows: Sequence[Any]


def write_services(services: Sequence[Service], form: str) -> bytes:
    """Write the list of services."""
    rows = [
        {
            "service_code": one.code,
            "service_name": one.name,
            "description": one.name,
            "metadata": bool(one.attributes),
            "type": "realtime",
            "keywords": ",".join(part for part in (one.group, one.name) if part),
            "group": one.group or None,
        }
        for one in services
    ]
    return _write("services", Rows("service", rows), form)


def write_definition(service: Service, form: str) -> bytes:
    """Write what is asked about a service."""
    rows = [
        {
            "variable": True,
            "code": one.code,
            "datatype": one.datatype,
            "required": one.required,
            "datatype_description": None,
            "order": order,
            "description": one.description,
            "values": Rows("value", [{"key": key, "name": name} for key, name in one.choices]),
        }
        for order, one in enumerate(service.attributes, start=1)
    ]
    said = {"service_code": service.code, "attributes": Rows("attribute", rows)}
    return _write("service_definition", said, form)


# --- requests ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ServiceRequest:
    """A case as other systems see it. What is None was never said, or is not theirs to know."""

    id: str
    is_open: bool
    status_notes: str
    service: Service
    requested: datetime
    updated: datetime
    expected: datetime | None = None
    description: str | None = None
    agency: str = ""
    address: str = ""
    address_id: str | None = None
    lat: float | None = None
    lon: float | None = None


def write_requests(requests: Sequence[ServiceRequest], form: str) -> bytes:
    """Write requests, each with every element of the text."""
    rows = [
        {
            "service_request_id": one.id,
            "status": "open" if one.is_open else "closed",
            "status_notes": one.status_notes or None,
            "service_name": one.service.name,
            "service_code": one.service.code,
            "description": one.description,
            "agency_responsible": one.agency or None,
            "service_notice": None,
            "requested_datetime": one.requested,
            "updated_datetime": one.updated,
            "expected_datetime": one.expected,
            "address": one.address or None,
            "address_id": one.address_id,
            "zipcode": None,
            "lat": one.lat,
            "long": one.lon,
            "media_url": None,
        }
        for one in requests
    ]
    return _write("service_requests", Rows("request", rows), form)


def write_created(request_id: str, notice: str, form: str) -> bytes:
    """Write what whoever sent a request is answered."""
    row = {"service_request_id": request_id, "service_notice": notice, "account_id": None}
    return _write("service_requests", Rows("request", [row]), form)


def write_token(request_id: str, token: str, form: str) -> bytes:
    """Write which request a token stands for."""
    row = {"service_request_id": request_id, "token": token}
    return _write("service_requests", Rows("request", [row]), form)


def write_token_only(token: str, form: str) -> bytes:
    """Write what whoever sent a request is answered where its number comes later."""
    return _write("service_requests", Rows("request", [{"token": token}]), form)


@dataclass(frozen=True, slots=True)
class Update:
    """Something that was added to a request (the extension of FixMyStreet)."""

    id: str
    request_id: str
    is_open: bool
    description: str
    at: datetime


def write_updates(updates: Sequence[Update], form: str) -> bytes:
    """Write what was added to requests."""
    rows = [
        {
            "update_id": one.id,
            "service_request_id": one.request_id,
            "status": "open" if one.is_open else "closed",
            "description": one.description or None,
            "updated_datetime": one.at,
        }
        for one in updates
    ]
    return _write("service_request_updates", Rows("request_update", rows), form)


def write_updated(update_id: str, form: str) -> bytes:
    """Write under which id an update was kept."""
    rows = Rows("request_update", [{"update_id": update_id}])
    return _write("service_request_updates", rows, form)


def write_error(code: int, description: str, form: str) -> bytes:
    """Write why something was refused, as a list of one."""
    return _write("errors", Rows("error", [{"code": code, "description": description}]), form)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where GeoReport v2 answers, and whether what is sent there is acted upon."""

    url: str
    changeset: str
    is_production: bool


def write_discovery(
    endpoints: Sequence[Endpoint], *, changeset: str, contact: str, key_service: str, form: str
) -> bytes:
    """Write the document by which others find the endpoint."""
    rows = [
        {
            "specification": SPECIFICATION,
            "url": one.url,
            "changeset": one.changeset,
            "type": "production" if one.is_production else "test",
            "formats": Rows("format", ["text/xml", "application/json"]),
        }
        for one in endpoints
    ]
    said = {
        "changeset": changeset,
        "contact": contact,
        "key_service": key_service,
        "endpoints": Rows("endpoint", rows),
    }
    return _write("discovery", said, form)


# --- what is asked -------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Query:
    """Which requests are wanted. With `ids` nothing else counts."""

    ids: tuple[str, ...]
    services: tuple[str, ...]
    begin: datetime
    end: datetime
    statuses: frozenset[str]
    page: int
    size: int
    updated_after: datetime | None = None


def read_query(params: Params, now: datetime) -> Query:
    """Read which requests are wanted: without dates, those of the last 90 days.

    Refuses with `Open311Refused`: DATE_WRONG, SPAN_TOO_LONG, STATUS_UNKNOWN, PAGE_WRONG.
    """
    said_begin, said_end = _one(params, "start_date"), _one(params, "end_date")
    end = read_moment(said_end) if said_end else None
    begin = read_moment(said_begin) if said_begin else None
    if end is None:
        end = min(now, begin + LONGEST_SPAN) if begin is not None else now
    if begin is None:
        begin = end - LONGEST_SPAN
    if end - begin > LONGEST_SPAN:
        raise Open311Refused(Fault.SPAN_TOO_LONG)
    statuses = frozenset(_several(params, "status")) or frozenset({"open", "closed"})
    for unknown in sorted(statuses - {"open", "closed"}):
        raise Open311Refused(Fault.STATUS_UNKNOWN, unknown)
    return Query(
        tuple(_several(params, "service_request_id"))[:MOST_IDS],
        tuple(_several(params, "service_code")),
        begin,
        end,
        statuses,
        _number(params, "page", 1, 1_000_000),
        _number(params, "page_size", MOST_AT_ONCE, MOST_AT_ONCE),
        read_moment(after) if (after := _one(params, "updated_after")) else None,
    )


@dataclass(frozen=True, slots=True)
class UpdateSent:
    """An update as another system sends it. Who wrote it is not read."""

    key: str
    request_id: str
    description: str
    is_closed: bool


def read_update(params: Params) -> UpdateSent:
    """Read an update that was sent. Refuses with `Open311Refused`: REQUEST_UNKNOWN, UPDATE_MISSING, DESCRIPTION_…."""
    number, words = _one(params, "service_request_id"), _one(params, "description")
    key = _one(params, "update_id") or _one(params, "update_id_ext")
    if not number:
        raise Open311Refused(Fault.REQUEST_UNKNOWN, number)
    if not key or not words:
        raise Open311Refused(Fault.UPDATE_MISSING)
    if len(words) > UPDATE_AT_MOST:
        raise Open311Refused(Fault.UPDATE_TOO_LONG)
    return UpdateSent(key[:120], number, words, _one(params, "status").lower() not in ("", "open"))


_MOMENT = re.compile(
    r"(\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)(?:([Zz])|([+\- ]\d\d:\d\d))", re.ASCII
)


def read_moment(text: str) -> datetime:
    """Read a moment in the W3C's form, which names its zone. Refuses with DATE_WRONG.

    A plus that nobody encoded arrives as a blank and is read as what it was.
    """
    found = _MOMENT.fullmatch(text.strip())
    if found is None:
        raise Open311Refused(Fault.DATE_WRONG, text)
    zone = "+00:00" if found[2] else found[3].replace(" ", "+")
    try:
        return datetime.fromisoformat(found[1] + zone).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Open311Refused(Fault.DATE_WRONG, text) from None


# --- what is sent --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Submission:
    """A report as another system sends it. Which device or account it came from is not read."""

    service: str
    lat: float | None
    lon: float | None
    address: str
    address_id: str
    description: str
    contact: str
    media_url: str
    answers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


_ATTRIBUTE = re.compile(r"attribute\[([^\[\]]{1,60})\](?:\[\])?")


def read_submission(params: Params) -> Submission:
    """Read what was sent. Refuses with `Open311Refused`: SERVICE_MISSING, LOCATION_…, DESCRIPTION_TOO_LONG."""
    service = _one(params, "service_code")
    if not service:
        raise Open311Refused(Fault.SERVICE_MISSING)
    lat, lon = _one(params, "lat"), _one(params, "long")
    address, address_id = _one(params, "address_string"), _one(params, "address_id")
    if bool(lat) != bool(lon):
        raise Open311Refused(Fault.LOCATION_WRONG, lat or lon)
    if not (lat or address or address_id):
        raise Open311Refused(Fault.LOCATION_MISSING)
    description = _one(params, "description")
    if len(description) > DESCRIPTION_AT_MOST:
        raise Open311Refused(Fault.DESCRIPTION_TOO_LONG)
    name = " ".join(part for key in ("last_name", "first_name") if (part := _one(params, key)))
    contact = " ".join(
        part for part in (name, _one(params, "phone"), _one(params, "email")) if part
    )
    answers = {
        found[1]: tuple(value.strip() for value in values if value.strip())
        for key, values in params.items()
        if (found := _ATTRIBUTE.fullmatch(key))
    }
    return Submission(
        service,
        _degrees(lat, 90) if lat else None,
        _degrees(lon, 180) if lon else None,
        address,
        address_id,
        description,
        contact,
        _one(params, "media_url"),
        {code: values for code, values in answers.items() if values},
    )


def check_answers(
    service: Service, answers: Mapping[str, Sequence[str]]
) -> list[tuple[Attribute, str]]:
    """Give the answers beside what was asked, as people read them.

    Refuses with ATTRIBUTE_MISSING where a required one was not given, and with
    ATTRIBUTE_WRONG for one that was not asked or cannot be an answer.
    """
    asked = {one.code: one for one in service.attributes}
    for code in answers:
        if code not in asked:
            raise Open311Refused(Fault.ATTRIBUTE_WRONG, code)
    given = []
    for one in service.attributes:
        values = answers.get(one.code, ())
        if one.required and not values:
            raise Open311Refused(Fault.ATTRIBUTE_MISSING, one.code)
        if values:
            given.append((one, _answer(one, values)))
    return given


def _answer(asked: Attribute, values: Sequence[str]) -> str:
    wrong = Open311Refused(Fault.ATTRIBUTE_WRONG, asked.code)
    if len(values) > 1 and asked.datatype is not Datatype.SEVERAL:
        raise wrong
    if asked.datatype in (Datatype.ONE, Datatype.SEVERAL):
        names = dict(asked.choices)
        if any(value not in names for value in values):
            raise wrong
        return ", ".join(names[value] for value in values)
    value = values[0]
    if asked.datatype is Datatype.NUMBER:
        try:
            if not isfinite(float(value)):
                raise wrong
        except ValueError:
            raise wrong from None
    if asked.datatype is Datatype.DATETIME:
        try:
            return read_moment(value).isoformat()
        except Open311Refused:
            raise wrong from None
    return value[:500]


def _one(params: Params, name: str) -> str:
    values = params.get(name, ())
    return values[-1].strip() if values else ""


def _several(params: Params, name: str) -> list[str]:
    found = (part.strip() for value in params.get(name, ()) for part in value.split(","))
    return list(dict.fromkeys(part for part in found if part))


def _number(params: Params, name: str, default: int, most: int) -> int:
    said = _one(params, name)
    if not said:
        return default
    if not (said.isascii() and said.isdecimal() and len(said) < 8 and 1 <= int(said) <= most):
        raise Open311Refused(Fault.PAGE_WRONG, said)
    return int(said)


def _degrees(text: str, most: int) -> float:
    try:
        value = float(text)
    except ValueError:
        raise Open311Refused(Fault.LOCATION_WRONG, text) from None
    if not abs(value) <= most:  # also refuses what is not a number
        raise Open311Refused(Fault.LOCATION_WRONG, text)
    return value


# --- bytes ---------------------------------------------------------------------


def _write(root: str, said: Rows | Mapping[str, Any], form: str) -> bytes:
    if form == "json":
        return json.dumps(_plain(said), ensure_ascii=False, separators=(",", ":")).encode()
    element = ElementTree.Element(root)
    _fill(element, said)
    written: bytes = ElementTree.tostring(element, encoding="utf-8", xml_declaration=True)
    return written


def _plain(value: Any) -> Any:
    if isinstance(value, Rows):
        return [_plain(row) for row in value.rows]
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    return _moment(value) if isinstance(value, datetime) else value


# What XML 1.0 cannot hold at all, not even escaped.
_NO_CHARACTER = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _fill(element: ElementTree.Element, value: Any) -> None:
    if isinstance(value, Rows):
        for row in value.rows:
            _fill(ElementTree.SubElement(element, value.item), row)
    elif isinstance(value, Mapping):
        for key, one in value.items():
            _fill(ElementTree.SubElement(element, key), one)
    elif isinstance(value, bool):
        element.text = "true" if value else "false"
    elif isinstance(value, datetime):
        element.text = _moment(value)
    elif value is not None:
        element.text = _NO_CHARACTER.sub("", str(value))


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
