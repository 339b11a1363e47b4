"""Which entries the navigation of a door has. Doors register theirs, so that the frame imports no door."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import get_script_prefix, reverse
from django.utils.functional import Promise

from renwang.base.paging import count_together

Words = str | Promise


@dataclass(frozen=True)
class Entry:
    """One place a person can go to.

    Hidden from who may not (`capability`), found with `g` and `key` on the
    keyboard, grouped under `group`. `count` gives what waits there, as rows that
    are counted for all entries in one statement, or as a number; zero and None
    show nothing. `also` is where addresses begin that belong to it besides its own.
    """

    label: Words
    url_name: str
    icon: str
    capability: str = ""
    group: Words = ""
    key: str = ""
    count: Callable[[HttpRequest], QuerySet[Any] | int | None] | None = None
    also: str = ""


@dataclass(frozen=True)
class Link:
    """An entry as one page shows it."""

    label: Words
    url: str
    icon: str
    group: Words
    key: str
    count: int | None
    is_current: bool
    also: str = ""


_ENTRIES: dict[str, list[Entry]] = {}


def register(door: str, entries: list[Entry]) -> None:
    """Set the entries of a door, in order. Called from the `ready` of the door's app."""
    _ENTRIES[door] = list(entries)


def links_of(door: str, request: HttpRequest) -> list[Link]:
    """Return the entries of a door that this viewer may follow; the one he stands in is current."""
    viewer: Any = getattr(request, "viewer", None)
    entries = [
        entry
        for entry in _ENTRIES.get(door, [])
        if not entry.capability or (viewer and viewer.may(entry.capability))
    ]
    counts = _counts_of([entry.count(request) if entry.count else None for entry in entries])
    links = [
        Link(
            entry.label,
            _address_of(entry.url_name, get_script_prefix()),
            entry.icon,
            entry.group,
            entry.key,
            count,
            False,
            entry.also,
        )
        for entry, count in zip(entries, counts, strict=True)
    ]
    here = max(
        (
            begin
            for link in links
            for begin in (link.url, link.also)
            if begin and request.path.startswith(begin)
        ),
        key=len,
        default=None,
    )
    return [replace(link, is_current=here in (link.url, link.also)) for link in links]


@cache
def _address_of(url_name: str, below: str) -> str:
    """Where an entry leads; `below` is the part of the address that the whole site is under."""
    return reverse(url_name)


def _counts_of(waiting: Sequence[QuerySet[Any] | int | None]) -> list[int | None]:
    """Count all rows together, so that another entry costs no further statement."""
    rows = [one for one in waiting if isinstance(one, QuerySet)]
    counted = iter(count_together(rows))
    return [next(counted) if isinstance(one, QuerySet) else one for one in waiting]


def groups_of(door: str, request: HttpRequest) -> list[tuple[str, list[Link]]]:
    """Return the same links under their headings, in the order in which they were registered."""
    return [
        (str(heading), list(links))
        for heading, links in groupby(links_of(door, request), key=lambda link: str(link.group))
    ]
