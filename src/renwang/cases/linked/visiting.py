"""Visit a linked system over the network: send what waits, ask what became of it, fetch what is new. Writes nothing down.

Runs in a lane of its own (`linked.watching`), with a limit for everything that
a stranger's server decides: time, size, how often it leads elsewhere. The key
goes to the host it was entered for and to no other.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import quote, urljoin
from uuid import UUID

from renwang.base.pure.loading import on_first_use
from renwang.cases.linked import reading
from renwang.cases.linked.reading import AnswerRefused, Fault, RequestSeen, UpdateSeen
from renwang.cases.linked.rules import ask_from
from renwang.cases.open311 import Service
from renwang.outreach.channels.guarded import Answer, exchange, judge
from renwang.outreach.channels.port import Refused, SendFailed, Trouble, Unreachable

if TYPE_CHECKING:
    import httpx
else:
    httpx = on_first_use("httpx")


REQUEST_FOR = 20.0  # seconds for one request
VISIT_FOR = 120.0  # seconds for a whole visit
REDIRECTS = 3
PAGE_SIZE = 200
PAGES = 5  # in one visit; the rest in the next
IDS_AT_ONCE = 50
DEFINITIONS = 60
ACCEPT = {"xml": "text/xml, application/xml;q=0.9", "json": "application/json"}


@dataclass(frozen=True, slots=True)
class ToSend:
    """A case on its way; `looks_up` says that an earlier try may have arrived, and since when."""

    id: UUID
    fields: Mapping[str, str | list[str]]
    mark: str
    looks_up: datetime | None = None


@dataclass(frozen=True, slots=True)
class ToTell:
    """An update on its way."""

    id: UUID
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Errand:
    """What a visit needs to know."""

    system_id: UUID
    url: str
    endpoint: str
    jurisdiction: str
    form: str
    key: str = field(repr=False)
    lease: datetime
    at: datetime
    wants_services: bool = False
    sends: Sequence[ToSend] = ()
    tells: Sequence[ToTell] = ()
    tokens: Sequence[tuple[UUID, str]] = ()
    watched: Sequence[str] = ()  # numbers whose status is asked for
    pulls: bool = False
    since: datetime | None = None
    page: int = 1
    updates_since: datetime | None = None  # None where it tells no updates


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of something that was sent: a number or a token, or why not."""

    id: UUID
    number: str = ""
    token: str = ""
    trouble: str = ""
    is_final: bool = False  # it will never be taken like this
    may_be_there: bool = False


@dataclass(slots=True)
class Brought:
    """What a visit brought; `trouble` is why it went no further."""

    endpoint: str = ""
    services: list[Service] | None = None
    has_updates: bool | None = None
    sent: list[Outcome] = field(default_factory=list)
    told: list[Outcome] = field(default_factory=list)
    numbers: list[tuple[UUID, str]] = field(default_factory=list)
    statuses: list[RequestSeen] = field(default_factory=list)
    requests: list[RequestSeen] = field(default_factory=list)
    page: int = 1
    is_whole: bool = True
    updates: list[UpdateSeen] = field(default_factory=list)
    trouble: str = ""


def visit(errand: Errand, client: httpx.Client) -> Brought:
    """Visit a system. What failed is said in `trouble`; what came before it counts."""
    brought = Brought(endpoint=errand.endpoint, page=errand.page)
    end = time.monotonic() + VISIT_FOR
    try:
        if errand.wants_services or not errand.endpoint:
            errand = _get_to_know(errand, client, brought)
        _send(errand, client, brought, end)
        _tell(errand, client, brought, end)
        _ask_after(errand, client, brought)
        if errand.pulls and errand.since is not None:
            _fetch_new(errand, client, brought, end)
        if errand.updates_since is not None:
            _fetch_updates(errand, client, brought)
    except (SendFailed, AnswerRefused) as failed:
        brought.trouble = str(failed)
        brought.is_whole = False
    return brought


# --- getting to know --------------------------------------------------------------


def _get_to_know(errand: Errand, client: httpx.Client, brought: Brought) -> Errand:
    """Find the endpoint, ask for the services and what each wants, and whether updates are told."""
    endpoint = errand.url.rstrip("/")
    if endpoint.endswith((".xml", ".json")):
        form = endpoint.rpartition(".")[2]
        endpoint = reading.read_endpoint(_get(replace(errand, form=form), client, endpoint), form)
        if _host(endpoint) != _host(errand.url):
            raise AnswerRefused(Fault.NO_ENDPOINT, endpoint)  # the key is for the host entered
    brought.endpoint = endpoint
    errand = replace(errand, endpoint=endpoint)
    listed = _get(errand, client, _address(errand, "services"))
    services = reading.read_services(listed, errand.form)
    more = reading.asks_more(listed, errand.form)
    for place, one in enumerate(services):
        if one.code in more and place < DEFINITIONS:
            address = _address(errand, f"services/{quote(one.code, safe='')}")
            asked = reading.read_definition(_get(errand, client, address), errand.form)
            services[place] = replace(one, attributes=asked)
    brought.services = services
    try:
        reading.read_updates(_get(errand, client, _address(errand, UPDATES)), errand.form)
        brought.has_updates = True
    except (Refused, AnswerRefused):
        brought.has_updates = False
    return errand


UPDATES = "servicerequestupdates"


# --- what goes there --------------------------------------------------------------


def _send(errand: Errand, client: httpx.Client, brought: Brought, end: float) -> None:
    for one in errand.sends:
        if time.monotonic() > end:
            return
        try:
            brought.sent.append(_send_one(errand, client, one))
        except Refused as refused:
            brought.sent.append(Outcome(one.id, trouble=str(refused), is_final=True))
        except AnswerRefused as refused:
            brought.sent.append(Outcome(one.id, trouble=str(refused), may_be_there=True))
        except Unreachable as failed:
            brought.sent.append(
                Outcome(one.id, trouble=str(failed), may_be_there=failed.maybe_handed)
            )
            raise


def _send_one(errand: Errand, client: httpx.Client, one: ToSend) -> Outcome:
    """Send a case; where an earlier try may have arrived, look first whether it did."""
    if one.looks_up is not None:
        begin = {"start_date": _w3c(one.looks_up), "page_size": str(PAGE_SIZE)}
        listed = _get(errand, client, _address(errand, "requests"), begin)
        for seen in reading.read_requests(listed, errand.form):
            if one.mark in seen.description:
                return Outcome(one.id, number=seen.number)
    headers = {"Idempotency-Key": str(one.id)}
    answer = _post(errand, client, "requests", one.fields, headers)
    made = reading.read_created(answer, errand.form)
    return Outcome(one.id, number=made.number, token="" if made.number else made.token)


def _tell(errand: Errand, client: httpx.Client, brought: Brought, end: float) -> None:
    for one in errand.tells:
        if time.monotonic() > end:
            return
        try:
            answer = _post(errand, client, UPDATES, one.fields, {})
            brought.told.append(Outcome(one.id, reading.read_told(answer, errand.form)))
        except Refused as refused:
            brought.told.append(Outcome(one.id, trouble=str(refused), is_final=True))
        except AnswerRefused as refused:
            brought.told.append(Outcome(one.id, trouble=str(refused)))
        except Unreachable as failed:
            brought.told.append(Outcome(one.id, trouble=str(failed)))
            raise


# --- what comes from there --------------------------------------------------------


def _ask_after(errand: Errand, client: httpx.Client, brought: Brought) -> None:
    """Ask for numbers of what only got a token, and for the state of what we sent or took in."""
    for key, token in errand.tokens:
        address = _address(errand, f"tokens/{quote(token, safe='')}")
        try:
            made = reading.read_created(_get(errand, client, address), errand.form)
        except (Refused, AnswerRefused):
            continue  # it has no number yet
        if made.number:
            brought.numbers.append((key, made.number))
    for at in range(0, len(errand.watched), IDS_AT_ONCE):
        ids = ",".join(errand.watched[at : at + IDS_AT_ONCE])
        address = _address(errand, "requests")
        listed = _get(errand, client, address, {"service_request_id": ids})
        wanted = set(errand.watched)
        brought.statuses += [
            one for one in reading.read_requests(listed, errand.form) if one.number in wanted
        ]


def _fetch_new(errand: Errand, client: httpx.Client, brought: Brought, end: float) -> None:
    """Fetch what was changed since the bookmark, page after page.

    `updated_after` is asked for; a system that does not know it gives
    everything of the last 90 days, and what is known is told from what is new
    by its number. One that does not know pages gives the same one again.
    """
    assert errand.since is not None
    begin = _w3c(ask_from(errand.since, errand.at))
    asked = {"updated_after": begin, "page_size": str(PAGE_SIZE)}
    known: set[str] = set()
    for page in range(errand.page, errand.page + PAGES):
        if time.monotonic() > end:
            brought.page, brought.is_whole = page, False
            return
        listed = _get(errand, client, _address(errand, "requests"), {**asked, "page": str(page)})
        rows = reading.read_requests(listed, errand.form)
        new = [one for one in rows if one.number not in known]
        known |= {one.number for one in new}
        brought.requests += new
        if len(rows) < PAGE_SIZE or not new:
            brought.page = 1
            return
    brought.page, brought.is_whole = errand.page + PAGES, False


def _fetch_updates(errand: Errand, client: httpx.Client, brought: Brought) -> None:
    assert errand.updates_since is not None
    asked = {
        "start_date": _w3c(ask_from(errand.updates_since, errand.at)),
        "end_date": _w3c(errand.at),
    }
    listed = _get(errand, client, _address(errand, UPDATES), asked)
    brought.updates = reading.read_updates(listed, errand.form)


# --- one request ------------------------------------------------------------------


def _address(errand: Errand, what: str) -> str:
    return f"{errand.endpoint}/{what}.{errand.form}"


def _get(
    errand: Errand, client: httpx.Client, address: str, asked: Mapping[str, str] | None = None
) -> bytes:
    """Fetch an address, following a few redirects on the same host; the key is in the address, so to no other."""
    params = {**_own(errand), **(asked or {})}
    for _turn in range(REDIRECTS + 1):
        request = _request(client, "GET", address, errand, params=params)
        answer = exchange(client, request, REQUEST_FOR, reading.LARGEST)
        if answer.status not in (301, 302, 303, 307, 308):
            return _body(answer, errand.form)
        onward = urljoin(address, answer.headers.get("Location", ""))
        if _host(onward) != _host(address) or not onward.startswith(address.partition("://")[0]):
            raise Refused(Trouble.REDIRECTED, str(answer.status))
        address, params = onward, {}
    raise Refused(Trouble.REDIRECTED)


def _post(
    errand: Errand,
    client: httpx.Client,
    what: str,
    fields: Mapping[str, str | list[str]],
    headers: Mapping[str, str],
) -> bytes:
    """Send a form; nothing that leads elsewhere is followed."""
    data = {**_own(errand), **fields}
    request = _request(
        client, "POST", _address(errand, what), errand, data=data, headers=dict(headers)
    )
    return _body(exchange(client, request, REQUEST_FOR, reading.LARGEST), errand.form)


def _own(errand: Errand) -> dict[str, str]:
    own = {"jurisdiction_id": errand.jurisdiction, "api_key": errand.key}
    return {name: value for name, value in own.items() if value}


def _request(
    client: httpx.Client,
    method: str,
    address: str,
    errand: Errand,
    *,
    params: Mapping[str, str] | None = None,
    data: Mapping[str, str | list[str]] | None = None,
    headers: Mapping[str, str] | None = None,
) -> httpx.Request:
    told = {"Accept": ACCEPT[errand.form], **(headers or {})}
    try:
        request = client.build_request(
            method, address, params=params or None, data=data, headers=told
        )
    except (httpx.InvalidURL, ValueError):
        raise Refused(Trouble.BAD_ADDRESS) from None
    if request.url.scheme not in ("http", "https"):
        raise Refused(Trouble.BAD_ADDRESS)
    return request


def _body(answer: Answer, form: str) -> bytes:
    """Give the body of an answer that was given; a refusal is said with the system's own words."""
    if answer.is_cut:
        raise AnswerRefused(Fault.TOO_LARGE)
    try:
        judge(answer)
    except Refused as refused:
        said = reading.read_errors(answer.body, form)
        raise Refused(refused.trouble, f"{answer.status} {said}".strip()) from None
    return answer.body


def _host(url: str) -> str:
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, ValueError):
        return ""
    return f"{parsed.host.lower()}:{parsed.port or ''}"


def _w3c(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
