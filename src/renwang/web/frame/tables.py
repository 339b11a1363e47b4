"""What a list screen needs besides its rows: columns that sort, chips that filter, pages before and after.

Pure reading of the address: nothing here queries.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils.functional import Promise

Words = str | Promise


def _address(query: QueryDict, **changes: str | None) -> str:
    changed = query.copy()
    for key, value in changes.items():
        if value is None:
            changed.pop(key, None)
        else:
            changed[key] = value
    return f"?{changed.urlencode()}"


@dataclass(frozen=True)
class Column:
    """One column; `sort` is the key in `?sort=`, empty where one cannot sort by it."""

    label: Words
    sort: str = ""
    number: bool = False
    hidden_label: bool = False  # read aloud, not shown: columns of buttons


@dataclass(frozen=True)
class Heading:
    """A column as the table shows it."""

    label: Words
    number: bool
    hidden_label: bool
    url: str
    direction: str  # ascending, descending, none; empty where one cannot sort


@dataclass(frozen=True)
class Chip:
    """A filter at hand: `is_on` when the address already asks for it; following `url` toggles it."""

    label: Words
    url: str
    is_on: bool
    count: int | None = None


@dataclass(frozen=True)
class Pager:
    """The page before and the page after, by key, with the count when it is known."""

    previous_url: str = ""
    next_url: str = ""
    shown: int = 0
    count: int | None = None


@dataclass
class Table:
    """All that surrounds the rows of a list."""

    headings: list[Heading]
    pager: Pager | None = None
    chips: list[Chip] = field(default_factory=list)
    exports: list[tuple[Words, str]] = field(default_factory=list)

    @property
    def width(self) -> int:
        """Number of columns, for a row that says something about the whole table."""
        return len(self.headings)


def sort_of(request: HttpRequest, columns: Sequence[Column], default: str) -> str:
    """Return the sort that the address asks for (`name` or `-name`), or the default when it asks for nonsense."""
    wish = request.GET.get("sort", "")
    known = {column.sort for column in columns if column.sort}
    return wish if wish.removeprefix("-") in known else default


def headings_of(request: HttpRequest, columns: Iterable[Column], sort: str) -> list[Heading]:
    """Give every column the address that sorts by it; a second press turns the order round."""
    headings = []
    for column in columns:
        url = direction = ""
        if column.sort:
            is_current = sort.removeprefix("-") == column.sort
            direction = "none"
            if is_current:
                direction = "descending" if sort.startswith("-") else "ascending"
            wish = f"-{column.sort}" if sort == column.sort else column.sort
            url = _address(request.GET, sort=wish, before=None, after=None)
        headings.append(Heading(column.label, column.number, column.hidden_label, url, direction))
    return headings


def chips_of(
    request: HttpRequest,
    key: str,
    options: Iterable[tuple[str, Words]],
    counts: dict[str, int] | None = None,
) -> list[Chip]:
    """Make a chip for every value of one filter; the chosen one leads back to none chosen."""
    chosen = request.GET.get(key, "")
    return [
        Chip(
            label,
            _address(
                request.GET, before=None, after=None, **{key: None if value == chosen else value}
            ),
            value == chosen,
            counts.get(value) if counts else None,
        )
        for value, label in options
    ]


def pager_of(
    request: HttpRequest,
    *,
    before: str | None,
    after: str | None,
    shown: int,
    count: int | None = None,
) -> Pager:
    """Turn the keys of the neighbouring pages into addresses (`?before=`, `?after=`); None means there is none."""
    return Pager(
        _address(request.GET, before=before, after=None) if before is not None else "",
        _address(request.GET, after=after, before=None) if after is not None else "",
        shown,
        count,
    )


def table_of(
    request: HttpRequest,
    columns: Sequence[Column],
    *,
    sort: str,
    pager: Pager | None = None,
    chips: Iterable[Chip] = (),
    exports: Iterable[tuple[Words, str]] = (),
) -> Table:
    """Put together what `{% table %}` draws. `exports` are (words, format): the same list as `?format=`."""
    return Table(
        headings_of(request, columns, sort),
        pager,
        list(chips),
        [
            (words, _address(request.GET, format=kind, before=None, after=None))
            for words, kind in exports
        ],
    )


def hidden_query(request: HttpRequest, *but: str) -> list[tuple[str, Any]]:
    """Return the rest of the address for hidden inputs, so that searching keeps the filters."""
    return [
        (key, value)
        for key, values in request.GET.lists()
        for value in values
        if key not in {*but, "before", "after"}
    ]
