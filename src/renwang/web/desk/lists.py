"""What every list of the chain's pages does alike: cut a page, draw its frame, give it back as a file."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from renwang.base.paging import LARGEST, Page, WrongCursor
from renwang.base.tables import Column as FileColumn
from renwang.base.tables import Kind, write_csv, write_xlsx
from renwang.chain.models import Unit
from renwang.chain.selectors import unit_of, visible_to
from renwang.web.frame import tables

SIZE = 50
EXPORTED = 200_000  # rows; more than that nobody opens in a spreadsheet
EXPORTS = [("CSV", "csv"), ("XLSX", "xlsx")]

Fetch = Callable[[str, int], Page[Any]]


@dataclass(frozen=True)
class Listing:
    """A list of one kind of thing: how a page shows it, and how a file holds it.

    `find` is a selector that takes the viewer, what is wanted by name, and
    `cursor` and `size`; `exported` are (key, heading, kind).
    """

    name: str  # of its rows, of its template's folder and of its file
    find: Callable[..., Page[Any]]
    sorts: Mapping[str, Any]
    default: str
    columns: Sequence[tables.Column]
    exported: Sequence[tuple[str, tables.Words, Kind]]
    row_of: Callable[[Any], Mapping[str, Any]]


def unit_at(request: HttpRequest, ref: str) -> Unit:
    """Find the unit of an address; 404 where there is none in the viewer's reach."""
    unit = unit_of(request.viewer, ref)
    if unit is None:
        raise Http404(ref)
    return unit


def unit_of_key(request: HttpRequest, key: Any) -> Unit | None:
    """Find a unit by its key; None where the viewer may not see it."""
    return visible_to(request.viewer).filter(pk=key).first()


def unit_at_path(request: HttpRequest, path: str) -> Unit | None:
    """Find the unit at a path; None where the viewer may not see it."""
    return visible_to(request.viewer).filter(path=path).first()


def unit_asked(request: HttpRequest) -> Unit | None:
    """Find the unit that a list is narrowed to (`?under=`); None for everything in reach."""
    ref = request.GET.get("under", "")
    return unit_at(request, ref) if ref else None


def day_asked(request: HttpRequest) -> date | None:
    """Read the day that is asked about (`?on=`); None for today, for a later day and for nonsense."""
    try:
        day = date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        return None
    return day if day < timezone.localdate(request.now) else None


def sent(request: HttpRequest) -> Any:
    """Give what a form was sent with, be it nothing at all; None where no form was sent."""
    return request.POST if request.method == "POST" else None


def text_asked(request: HttpRequest) -> str:
    """Read the words that are searched for."""
    return request.GET.get("q", "").strip()[:80]


def wanted_of(request: HttpRequest, listing: Listing) -> dict[str, Any]:
    """Read what every list may be asked for: a place, words, an order."""
    return {
        "under": unit_asked(request),
        "text": text_asked(request),
        "sort": sort_asked(request, listing.columns, listing.sorts, listing.default),
    }


def show_list(
    request: HttpRequest,
    listing: Listing,
    wanted: Mapping[str, Any],
    *,
    chips: Sequence[tables.Chip] = (),
    **context: Any,
) -> HttpResponse:
    """Show a page of a list, or give the whole of it as the file that the address asks for."""

    def fetch(cursor: str, size: int) -> Page[Any]:
        return listing.find(request.viewer, **wanted, cursor=cursor, size=size)

    if is_export(request):
        return export(request, listing.name, listing.exported, fetch, listing.row_of)
    page = cut(request, fetch)
    table = frame_of(request, listing.columns, page, sort=wanted["sort"], chips=chips)
    context |= {listing.name: page.items, "table": table, **wanted}
    return render(request, f"desk/{listing.name}/list.html", context)


def sort_asked(
    request: HttpRequest, columns: Sequence[tables.Column], known: Mapping[str, Any], default: str
) -> str:
    """Read the order that is asked for; the default where the list cannot be put into it."""
    wish = tables.sort_of(request, columns, default)
    return wish if wish in known else default


def cut(request: HttpRequest, fetch: Fetch, size: int = SIZE) -> Page[Any]:
    """Cut the page that the address asks for; one cut for another order begins from the top."""
    cursor = request.GET.get("after") or request.GET.get("before") or ""
    try:
        return fetch(cursor, size)
    except WrongCursor:
        messages.info(request, _("The order of the list has changed; here is its beginning."))
        return fetch("", size)


def frame_of(
    request: HttpRequest,
    columns: Sequence[tables.Column],
    page: Page[Any],
    *,
    sort: str = "",
    chips: Sequence[tables.Chip] = (),
    exports: Sequence[tuple[str, str]] = EXPORTS,
) -> tables.Table:
    """Draw the frame round a page: headings, filters, export, the pages beside it."""
    pager = tables.pager_of(
        request,
        before=page.previous,
        after=page.next,
        shown=len(page.items),
        count=page.total if page.total_is_exact else None,
    )
    return tables.table_of(request, columns, sort=sort, pager=pager, chips=chips, exports=exports)


def pager_of_pages(request: HttpRequest, cut: Any) -> tables.Pager:
    """Lead from one page of a list that was worked out in memory to those beside it (`?page=`)."""

    def address(page: int) -> str:
        query = request.GET.copy()
        query["page"] = str(page)
        return f"?{query.urlencode()}"

    return tables.Pager(
        address(cut.previous_page_number()) if cut.has_previous() else "",
        address(cut.next_page_number()) if cut.has_next() else "",
        len(cut),
        cut.paginator.count,
    )


def is_export(request: HttpRequest) -> bool:
    """Whether the address asks for the list as a file."""
    return request.GET.get("format") in {kind for _words, kind in EXPORTS}


def export(
    request: HttpRequest,
    name: str,
    columns: Sequence[tuple[str, tables.Words, Kind]],
    fetch: Fetch,
    row_of: Callable[[Any], Mapping[str, Any]],
) -> HttpResponse:
    """Give the whole list, as filtered, as CSV or XLSX; `columns` are (key, heading, kind)."""
    found = [FileColumn(key, (str(title),), kind) for key, title, kind in columns]
    rows = (row_of(item) for item in every(fetch))
    return as_file(request, name, found, rows)


def as_file(
    request: HttpRequest,
    name: str,
    columns: Sequence[FileColumn],
    rows: Iterator[Mapping[str, Any]],
) -> HttpResponse:
    """Write rows as the file that the address asks for, with its day in its name."""
    kind = "xlsx" if request.GET.get("format") == "xlsx" else "csv"
    write = write_csv if kind == "csv" else write_xlsx
    language = get_language() or "en"
    data = write(columns, rows, language=language, zone=timezone.get_current_timezone())
    return download(data, f"{name}-{timezone.localdate(request.now):%Y%m%d}.{kind}")


def download(data: bytes, filename: str) -> HttpResponse:
    """Answer with a file that the browser keeps instead of showing it."""
    types = {
        "csv": "text/csv; charset=utf-8",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "geojson": "application/geo+json",
    }
    answer = HttpResponse(data, content_type=types[filename.rsplit(".", 1)[1]])
    answer["Content-Disposition"] = f'attachment; filename="{filename}"'
    return answer


def every(fetch: Fetch) -> Iterator[Any]:
    """Give every row of a list, page after page, as far as a file may go."""
    cursor, given = "", 0
    while True:
        page = fetch(cursor, LARGEST)
        yield from page.items
        given += len(page.items)
        if page.next is None or given >= EXPORTED:
            return
        cursor = page.next


def as_json(request: HttpRequest, content: Any) -> HttpResponse:
    """Answer with JSON, written quickly: a map of a city is large."""
    return HttpResponse(orjson.dumps(content), content_type="application/json")


def show_form(
    request: HttpRequest,
    form: Any,
    title: str,
    lead: str,
    crumbs: list[tuple[str, str]],
    button: str,
    *,
    warns: str = "",
) -> HttpResponse:
    """Show a form on a page of its own; "Cancel" leads to where one came from in the breadcrumbs."""
    context = {
        "form": form,
        "title": title,
        "lead": lead,
        "crumbs": crumbs,
        "button_word": button,
        "warns": warns,
        "back": next((url for _name, url in reversed(crumbs) if url), reverse("desk:home")),
    }
    return render(request, "desk/form.html", context, status=422 if form.errors else 200)


def whole_number(text: str) -> int | None:
    """Read a number from an address; None for anything else, also for digits that no database could hold."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None
