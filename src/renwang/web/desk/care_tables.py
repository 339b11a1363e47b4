"""The care list from a table: sent and sealed, looked at row by row, brought in all together or forgotten."""

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from renwang.base.tables import Planned, TableRefused, write_errors_xlsx, write_xlsx
from renwang.base.tables.cells import show as show_cell
from renwang.base.tables.plan import Change
from renwang.base.tables.words import say_error, say_refusal
from renwang.chain.models import Person
from renwang.registers.care.needs import need_name
from renwang.registers.care.rules import CareRefused
from renwang.registers.care.services import tabling
from renwang.registers.care.services.tabling import BroughtIn, Table
from renwang.registers.care.table import COLUMNS, example_row
from renwang.registers.care.table_rules import LARGEST, TableWrong
from renwang.web.desk import lists
from renwang.web.desk.forms.care import TableForm
from renwang.web.frame import tables
from renwang.web.frame.bodies import takes
from renwang.web.frame.gates import SeeOther, done, may, refused

ROWS = 50
_SHOWS = ("errors", "created", "updated", "unchanged")
_COLUMNS = {column.key: column for column in COLUMNS}


def _unkept(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let no browser keep what a view shows, and lead back where the table is gone."""

    @wraps(view)
    def unkept(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response = view(request, *args, **kwargs)
        except CareRefused as refusal:
            return refused(request, refusal, "desk:care_tables")
        response["Cache-Control"] = "no-store"
        return response

    return unkept


@takes(LARGEST, in_memory=True)
@require_http_methods(["GET", "POST"])
@may("care.keep")
def send(request: HttpRequest) -> HttpResponse:
    """Choose a table and send it; it is sealed before anything of it is written."""
    form = TableForm(lists.sent(request), request.FILES or None)
    if form.is_bound and form.is_valid():
        file = form.cleaned_data["file"]
        if file.size <= LARGEST:
            key = tabling.keep_table(file.read(), file.name, by=request.viewer, now=request.now)
            return SeeOther(reverse("desk:care_table", args=[key]))
        form.add_error("file", _("The table is larger than 4 MB. Send it in parts."))
    return render(
        request, "desk/care/tables.html", {"form": form}, status=422 if form.errors else 200
    )


@require_GET
@may("care.keep")
def give_template(request: HttpRequest) -> HttpResponse:
    """Give a table with the right headings and one invented row."""
    language = get_language() or "en"
    data = write_xlsx(COLUMNS, [example_row(language)], language=language)
    return lists.download(data, "care-list.xlsx")


@require_GET
@may("care.keep")
@_unkept
def show(request: HttpRequest, table_id: UUID) -> HttpResponse:
    """Show what a table would do. What stands on the list already stays under seal."""
    try:
        table = tabling.open_sealed(table_id, by=request.viewer, now=request.now)
    except TableRefused as trouble:
        context = {"sentence": say_refusal(trouble), "table_id": table_id}
        return render(request, "desk/care/table_refused.html", context, status=422)
    view = _view(request, table)
    plan = table.plan
    counts = {name: len(rows) for name, rows in _rows_of(table).items()}
    counts["errors"] = plan.error_count
    context = {
        "sent": table,
        "plan": plan,
        "counts": counts,
        "tabs": _tabs(counts, view),
        "view": view,
        **_page(request, table, view),
    }
    return render(request, "desk/care/table.html", context)


@require_GET
@may("care.keep")
@_unkept
def give_errors(request: HttpRequest, table_id: UUID) -> HttpResponse:
    """Give the table back with what is wrong written beside every row; made in memory."""
    try:
        table = tabling.open_sealed(table_id, by=request.viewer, now=request.now)
        marked = write_errors_xlsx(
            table.opened, table.plan.errors, say_error, title=_("What is wrong"), in_memory=True
        )
    except TableRefused:
        return SeeOther(reverse("desk:care_table", args=[table_id]))  # there the reason is said
    return lists.download(marked, "care-list-errors.xlsx")


@require_POST
@may("care.keep")
@_unkept
def commit(request: HttpRequest, table_id: UUID) -> HttpResponse:
    """Let it happen; the table is forgotten with it."""
    try:
        outcome = tabling.bring_in_table(table_id, by=request.viewer, now=request.now)
    except TableWrong as refusal:
        return refused(request, refusal, "desk:care_table", table_id)
    except TableRefused:
        return SeeOther(reverse("desk:care_table", args=[table_id]))
    return done(request, _said(outcome), "desk:care")


@require_POST
@may("care.keep")
@_unkept
def drop(request: HttpRequest, table_id: UUID) -> HttpResponse:
    """Forget a table that was sent."""
    tabling.drop_table(table_id, by=request.viewer, now=request.now)
    return done(request, _("The table was forgotten. Nothing was changed."), "desk:care_tables")


# --- in words ---------------------------------------------------------------


def _said(outcome: BroughtIn) -> str:
    if not outcome.created and not outcome.updated:
        return _("Nothing to do: everything stood on the list already.")
    sentence = _("{created} new, {updated} changed, {unchanged} as they were.").format(
        created=outcome.created, updated=outcome.updated, unchanged=outcome.unchanged
    )
    if not outcome.created:
        return sentence
    slips = ngettext(
        "Hand out one slip: nobody has the private code yet.",
        "Hand out {number} slips: nobody has the private codes yet.",
        outcome.created,
    )
    return f"{sentence} {slips.format(number=outcome.created)}"


def _rows_of(table: Table) -> Mapping[str, Sequence[Any]]:
    plan = table.plan
    return {
        "errors": plan.errors,
        "created": plan.to_create,
        "updated": plan.to_update,
        "unchanged": plan.unchanged,
    }


def _view(request: HttpRequest, table: Table) -> str:
    """Read which rows are looked at; what is wrong comes first."""
    wish = request.GET.get("show", "")
    rows = _rows_of(table)
    return wish if wish in _SHOWS else next((one for one in _SHOWS if rows[one]), "created")


def _tabs(counts: Mapping[str, int], view: str) -> list[dict[str, Any]]:
    words = {
        "errors": (_("Wrong"), "stop"),
        "created": (_("New"), "plus"),
        "updated": (_("Changed"), "edit"),
        "unchanged": (_("As they were"), "check"),
    }
    return [
        {
            "label": label,
            "url": f"?show={key}",
            "current": key == view,
            "count": counts[key],
            "icon": icon,
        }
        for key, (label, icon) in words.items()
    ]


def _page(request: HttpRequest, table: Table, view: str) -> dict[str, Any]:
    cut = Paginator(_rows_of(table)[view], ROWS).get_page(request.GET.get("page"))
    names = _names_in(table)
    pager = tables.Pager(
        f"?show={view}&page={cut.previous_page_number()}" if cut.has_previous() else "",
        f"?show={view}&page={cut.next_page_number()}" if cut.has_next() else "",
        len(cut),
        cut.paginator.count,
    )
    headings = [tables.Column(_("Row"), number=True), tables.Column(_("What stands there"))]
    frame = tables.table_of(request, headings, sort="", pager=pager)
    return {"rows": [_say(row, names) for row in cut], "table": frame}


def _names_in(table: Table) -> dict[str, str]:
    people: set[Person] = {one for judged in table.judged.values() for one in judged.pairs.values()}
    return {str(one.pk): one.name for one in people}


def _say(row: Any, names: Mapping[str, str]) -> dict[str, Any]:
    """Put a row into words: of one that is known only what the table says anew, never what was there."""
    language = get_language() or "en"
    if not isinstance(row, Change | Planned):
        return {"number": row.row, "sentence": say_error(row)}
    said = row.after if isinstance(row, Change) else row.values
    values = [
        (_COLUMNS[name].title(language), _word(name, value, names, language))
        for name, value in said.items()
        if name in _COLUMNS and value not in (None, "")
    ]
    return {"number": row.number, "key": row.key[0], "values": values}


def _word(name: str, value: Any, names: Mapping[str, str], language: str) -> str:
    if name == "needs":
        return "；".join(need_name(key, language) for key in value.split())
    if name == "how":
        return _COLUMNS[name].choice_title(value, language)
    return names.get(value, "") or show_cell(value)
