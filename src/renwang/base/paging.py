"""Lists page by page: where a page begins is said by its neighbour's last row, not by counting.

A deep page therefore costs what the first one costs. A cursor holds the sort
values of one row; it is signed, so a forged one is refused and not guessed at.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

import orjson
from django.core.exceptions import EmptyResultSet
from django.core.signing import BadSignature, Signer
from django.db import connection, models
from django.db.models import F, OrderBy, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

T = TypeVar("T", bound=models.Model)

COUNTED_TO = 1_000  # beyond it a total is given as "more than"; counting a city costs a scan
LARGEST = 500
LONG_AGO, LONG_AFTER = datetime(1900, 1, 1, tzinfo=UTC), datetime(2900, 1, 1, tzinfo=UTC)


class WrongCursor(ValueError):
    """The cursor was not made here, or for another order of the list."""


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list; a cursor is None where nothing follows or goes before."""

    items: list[T]
    next: str | None
    previous: str | None
    total: int
    total_is_exact: bool


def count_together(questions: Sequence[QuerySet[Any]], *, most: int = 100) -> list[int]:
    """Count the rows of several questions in one statement; each stops counting at `most`."""
    if not questions:
        return []
    parts, values = [], []
    for rows in questions:
        try:
            sql, params = rows.order_by().values("pk")[:most].query.sql_with_params()
        except EmptyResultSet:  # a question that nothing can answer
            parts.append("0")
            continue
        # Only SQL that Django composed goes in; its values stay parameters.
        parts.append(f"(SELECT COUNT(*) FROM ({sql}) c)")  # noqa: S608
        values.extend(params)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", values)
        return list(cursor.fetchone())


def page_of(
    rows: QuerySet[T],
    order: Sequence[str],
    *,
    cursor: str = "",
    size: int = 50,
    count: bool = True,
    key: str = "pk",
    shown: QuerySet[T] | None = None,
    sorts: bool = False,
) -> Page[T]:
    """Cut one page out of a list in two statements, or in one where that holds the whole list.

    With `shown` the page's rows are found by themselves first, and then read as
    that says: what they are joined with cannot lead the database astray. `sorts`
    says that the list is short and has to be sorted: walking along an index of
    its order would meet all the rest of the table.

    `order` names columns of the list's own table that are never NULL, `-`
    before one turns it round; the primary key is added, so that no row is ever
    shown twice or left out. Of rows that are sums (`values` with annotations)
    `key` names the column that tells them apart, and a sum that is ordered by
    is a whole number. Refuses with WrongCursor.
    """
    size = max(1, min(size, LARGEST))
    order = _whole(order, key)
    backwards, start = _open(cursor, order)
    wanted = tuple(_turn(name) for name in order) if backwards else order
    found = rows.order_by(*(map(off_index, wanted) if sorts else wanted))
    if start is not None:
        found = found.filter(_after(wanted, start))
    found = found[: size + 1]
    if shown is not None:
        found = shown.filter(pk__in=found.values("pk")).order_by(*wanted)
    items = list(found)
    more = len(items) > size
    items = items[:size]
    if backwards:
        items.reverse()
    has_next = bool(items) and (more if not backwards else True)
    has_previous = bool(items) and (more if backwards else start is not None)
    if start is None and not more:
        total, exact = len(items), True
    else:
        total, exact = _total(rows) if count else (0, False)
    return Page(
        items,
        _cursor("n", order, items[-1]) if has_next else None,
        _cursor("p", order, items[0]) if has_previous else None,
        total,
        exact,
    )


def off_index(name: str) -> OrderBy:
    """Order by a column of a short list so that it is sorted: an index of that order would lead through the whole table."""
    column = F(name.lstrip("-"))
    return OrderBy(Coalesce(column, column), descending=name.startswith("-"))


def page_nearby(
    walked: QuerySet[T],
    rows: QuerySet[T],
    holds: Q,
    known: Callable[[], Q],
    order: Sequence[str],
    *,
    most: int,
    cursor: str = "",
    size: int = 50,
    shown: QuerySet[T] | None = None,
) -> Page[T]:
    """Cut a page out of those rows of a list that hold something, in one statement or two; a total is given only of what fits on one page.

    What many hold fills the page from the next `most` rows of the table
    `walked`. What does not is found by an index that `known` asks, which
    proposes all rows that may hold it, and those are few. The first column of
    the order is a moment.
    """
    order = _whole(order, "pk")
    backwards, start = _open(cursor, order)
    wanted = tuple(_turn(name) for name in order) if backwards else order
    rest = walked.order_by(*wanted)
    if start is not None:
        rest = rest.filter(_after(wanted, start))
    first, falls = wanted[0].lstrip("-"), wanted[0].startswith("-")
    last = Subquery(rest.values(first)[most : most + 1])
    edge = Coalesce(last, Value(LONG_AGO if falls else LONG_AFTER))
    near = rows.filter(holds, **{f"{first}__{'gte' if falls else 'lte'}": edge})
    page = page_of(near, order, cursor=cursor, size=size, count=False, shown=shown)
    if (page.previous if backwards else page.next) is not None:
        return page
    few = rows.filter(holds, known())
    return page_of(few, order, cursor=cursor, size=size, count=False, shown=shown, sorts=True)


def _total(rows: QuerySet[T]) -> tuple[int, bool]:
    counted = rows.order_by()[: COUNTED_TO + 1].count()
    return min(counted, COUNTED_TO), counted <= COUNTED_TO


def _after(order: Sequence[str], start: Mapping[str, Any]) -> Q:
    """The rows behind a row: the first column differs, or agrees and the next one differs, …"""
    found = Q()
    same = Q()
    for name in order:
        column = name.lstrip("-")
        beyond = "lt" if name.startswith("-") else "gt"
        found |= same & Q(**{f"{column}__{beyond}": start[column]})
        same &= Q(**{column: start[column]})
    # Said a second time in the form an index understands: everything lies on this side of the first column.
    first = order[0].lstrip("-")
    edge = "lte" if order[0].startswith("-") else "gte"
    return Q(**{f"{first}__{edge}": start[first]}) & found


def _whole(order: Sequence[str], key: str) -> tuple[str, ...]:
    return tuple(order) if order and order[-1].lstrip("-") == key else (*order, key)


def _turn(name: str) -> str:
    return name[1:] if name.startswith("-") else f"-{name}"


def _cursor(side: str, order: Sequence[str], row: Any) -> str:
    values = [_plain(_read(row, name.lstrip("-"))) for name in order]
    text = orjson.dumps([side, list(order), values]).decode()
    return Signer(salt="renwang.paging").sign_object(text)


def _read(row: Any, column: str) -> Any:
    if isinstance(row, dict):
        return row[column]
    for part in column.split("__"):
        row = getattr(row, part)
    return row


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, UUID | datetime | date) else value


def _open(cursor: str, order: Sequence[str]) -> tuple[bool, dict[str, Any] | None]:
    if not cursor:
        return False, None
    try:
        text = Signer(salt="renwang.paging").unsign_object(cursor)
    except BadSignature:
        raise WrongCursor(cursor) from None
    side, made_for, values = orjson.loads(text)
    if made_for != list(order):
        raise WrongCursor(cursor)
    names = [name.lstrip("-") for name in order]
    return side == "p", dict(zip(names, values, strict=True))
