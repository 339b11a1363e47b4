"""Look at a feed over the network: what is new there, and the bytes of each warning. Writes nothing down.

Runs in a lane of its own (`alerts.watching`), with a limit for everything that a
stranger's server decides: time, size, redirects, the hosts that are asked.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urljoin
from uuid import UUID

from renwang.alerts import cap
from renwang.alerts.warnings_list import ListFault, ListRead, ListRefused, may_be_list, read_list
from renwang.base.pure.loading import on_first_use
from renwang.outreach.channels.guarded import Answer, exchange, judge
from renwang.outreach.channels.port import Refused, Trouble, Unreachable

if TYPE_CHECKING:
    import httpx
else:
    httpx = on_first_use("httpx")


FETCHES = 100  # linked warnings fetched in one look; the rest in the next
REQUEST_FOR = 20.0  # seconds for one request
LOOK_FOR = 90.0  # seconds for a whole look
REDIRECTS = 3
ACCEPT = "application/cap+xml, application/atom+xml, application/rss+xml, application/xml;q=0.9, */*;q=0.1"
ANOTHER_HOST = "another-host"
TOO_LARGE = cap.Reason.TOO_LARGE.value
LIST = b"a list of what is in force"


@dataclass(frozen=True, slots=True)
class Errand:
    """What a look needs to know."""

    feed_id: UUID
    url: str
    etag: str
    modified: str
    known: Collection[str]  # keys of entries that need not be looked at again
    lease: datetime


@dataclass(frozen=True, slots=True)
class Found:
    """One new entry: the warning's bytes, or why there are none."""

    key: str
    data: bytes | None
    trouble: str = ""
    listed: ListRead | None = None  # a whole list of what is in force instead of one warning


@dataclass(frozen=True, slots=True)
class Look:
    """What a look brought. `is_whole` says that nothing new was left for the next one."""

    found: tuple[Found, ...] = ()
    etag: str = ""
    modified: str = ""
    is_unchanged: bool = False
    is_whole: bool = True
    trouble: str = ""  # of an entry that is worth another look


def look(errand: Errand, client: httpx.Client) -> Look:
    """Fetch a feed and what is new in it.

    Raises SendFailed, CapRefused or ListRefused where the feed itself is no good.
    """
    end = time.monotonic() + LOOK_FOR
    url, answer = fetch(client, errand.url, _headers(errand), limit=cap.FEED_LIMIT)
    if answer.status == 304:
        return Look(is_unchanged=True)
    judge(answer)
    if answer.is_cut:
        raise cap.CapRefused(cap.Reason.TOO_LARGE)
    if (listed := _list_in(answer.body)) is not None:
        # Every time anew: a list that is as it was yesterday says something else today.
        return _marked(Look((Found(_key(LIST), None, listed=listed),)), answer)
    read = cap.read_either(answer.body)
    brought = Look()
    if isinstance(read, cap.Feed):
        brought = _gather(read, errand, client, url, end)
    elif (key := _key(answer.body)) not in errand.known:
        brought = Look((Found(key, answer.body),))
    if brought.trouble or not brought.is_whole:
        return brought  # without the marks, so that the server gives it once more
    return _marked(brought, answer)


def _list_in(body: bytes) -> ListRead | None:
    """Read a list of what is in force; None for what looks like none. Raises ListRefused for one that is wrong."""
    if not may_be_list(body):
        return None
    try:
        return read_list(body)
    except ListRefused as refused:
        if refused.fault in (ListFault.NOT_TEXT, ListFault.NO_TABLE):
            return None
        raise


def _marked(brought: Look, answer: Answer) -> Look:
    """Keep the server's marks, so that it need not send the same once more."""
    marks = _mark(answer, "ETag", 200), _mark(answer, "Last-Modified", 80)
    return replace(brought, etag=marks[0], modified=marks[1])


def _headers(errand: Errand) -> dict[str, str]:
    headers = {"Accept": ACCEPT}
    if errand.etag:
        headers["If-None-Match"] = errand.etag
    if errand.modified:
        headers["If-Modified-Since"] = errand.modified
    return headers


def _gather(feed: cap.Feed, errand: Errand, client: httpx.Client, url: str, end: float) -> Look:
    found: dict[str, Found] = {}
    trouble, fetched, is_whole = "", 0, True
    for entry in feed.entries:
        key = _key_of(entry)
        if key in errand.known or key in found:
            continue
        if entry.document is not None or entry.refused is not None:
            data = entry.document.original if entry.document else None
            found[key] = Found(key, data, str(entry.refused or ""))
            continue
        if fetched >= FETCHES or time.monotonic() > end:
            is_whole = False
            break
        fetched += 1
        try:
            found[key] = _fetch_linked(client, url, entry, key)
        except Unreachable as failed:
            trouble = str(failed)
    # Feeds list the newest first; what others refer to should be here before them.
    return Look(tuple(reversed(found.values())), is_whole=is_whole, trouble=trouble)


def fetch(
    client: httpx.Client, url: str, headers: dict[str, str], *, limit: int
) -> tuple[str, Answer]:
    """Fetch an address, following a few redirects that lead neither to another kind of address nor out of TLS."""
    for _turn in range(REDIRECTS + 1):
        try:
            request = client.build_request("GET", url, headers=headers)
        except (httpx.InvalidURL, ValueError):
            raise Refused(Trouble.BAD_ADDRESS) from None
        if request.url.scheme not in ("http", "https"):
            raise Refused(Trouble.BAD_ADDRESS)
        answer = exchange(client, request, REQUEST_FOR, limit)
        if answer.status not in (301, 302, 303, 307, 308):
            return url, answer
        onward = urljoin(url, answer.headers.get("Location", ""))
        if not onward.startswith("https://") and not (
            onward.startswith("http://") and url.startswith("http://")
        ):
            raise Refused(Trouble.REDIRECTED, str(answer.status))
        url = onward
    raise Refused(Trouble.REDIRECTED)


def _fetch_linked(client: httpx.Client, feed_url: str, entry: cap.Entry, key: str) -> Found:
    """Fetch the warning an entry points to, from the feed's own host only."""
    link = next(iter(entry.alert_links or entry.links), "")
    url = urljoin(feed_url, link)
    if not link or _host(url) != _host(feed_url):
        return Found(key, None, ANOTHER_HOST if link else Trouble.BAD_ADDRESS.value)
    try:
        last, answer = fetch(client, url, {"Accept": ACCEPT}, limit=cap.ALERT_LIMIT)
        judge(answer)
    except Refused as refused:
        return Found(key, None, str(refused))
    if _host(last) != _host(feed_url):
        return Found(key, None, ANOTHER_HOST)
    return Found(key, None, TOO_LARGE) if answer.is_cut else Found(key, answer.body)


def _host(url: str) -> str:
    try:
        return httpx.URL(url).host.lower()
    except (httpx.InvalidURL, ValueError):
        return ""


def _mark(answer: Answer, name: str, length: int) -> str:
    """Keep a mark of the server's as it is, or not at all: half of one would match nothing."""
    value = answer.headers.get(name, "")
    return value if len(value) <= length else ""


def _key_of(entry: cap.Entry) -> str:
    if entry.document is not None:
        return _key(entry.document.original)
    return _key("\x1f".join(_names(entry)).encode())


def _names(entry: cap.Entry) -> Iterator[str]:
    yield from (entry.identifier, entry.updated, *entry.links[:3])
    if entry.refused is not None:
        yield str(entry.refused)


def _key(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
