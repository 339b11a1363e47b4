"""Bring in lists: choose, see row by row what would happen, and only then let it happen, all or nothing."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from renwang.base.jobs import jobs_lately
from renwang.base.models import Job
from renwang.base.tables import (
    Column,
    Planned,
    TableRefused,
    open_table,
    write_csv,
    write_errors_xlsx,
    write_xlsx,
)
from renwang.base.tables.cells import show
from renwang.base.tables.plan import Change
from renwang.base.tables.words import say_error, say_refusal
from renwang.chain.imports import KINDS, ImportPlan, preview_import, uploads
from renwang.chain.imports.uploads import Upload
from renwang.chain.rules import Refusal
from renwang.web.desk import lists
from renwang.web.desk.forms.imports import KIND_HELP, KIND_WORDS, UploadForm
from renwang.web.desk.forms.units import DATUMS
from renwang.web.frame import tables
from renwang.web.frame.bodies import takes
from renwang.web.frame.gates import SeeOther, done, may, sentence_of

ROWS = 50
LARGEST = 64 << 20  # bytes
SHOWS = ("errors", "created", "updated", "unchanged")


@takes(LARGEST)
@require_http_methods(["GET", "POST"])
@may("imports.run")
def show_imports(request: HttpRequest) -> HttpResponse:
    """Choose a list and send it; below, what was brought in lately."""
    wish = {"kind": request.GET.get("kind", "")}
    form = UploadForm(lists.sent(request), request.FILES or None, initial=wish)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        if file.size <= LARGEST:
            try:
                data, name = form.read()
            except Refusal as refusal:
                form.add_error("file", sentence_of(refusal))
            else:
                kind, by = form.cleaned_data["kind"], request.viewer
                kept = uploads.keep_upload(kind, data, name, by=by, now=request.now)
                return SeeOther(reverse("desk:import", args=[kept.id]))
        else:
            form.add_error("file", _("The file is larger than 64 MB. Send it in parts."))
    context = {"form": form, "kinds": _kinds_for(request), "asked": _asked_lately(request)}
    return render(request, "desk/imports/start.html", context, status=422 if form.errors else 200)


def _kinds_for(request: HttpRequest) -> list[dict[str, Any]]:
    return [
        {"key": key, "name": KIND_WORDS[key], "help": KIND_HELP[key]}
        for key, kind in KINDS.items()
        if request.viewer.may(kind.capability)
    ]


def _asked_lately(request: HttpRequest) -> list[dict[str, Any]]:
    return [
        {"job": job, "name": KIND_WORDS.get(job.arguments.get("kind", ""), "")}
        for job in jobs_lately(uploads.JOB, limit=10)
        if job.asked_by == request.viewer.id or request.viewer.may("node.operate")
    ]


@require_GET
@may("imports.run")
def give_template(request: HttpRequest, kind: str, form: str) -> HttpResponse:
    """Give an empty table with the headings of a list, in the reader's language."""
    if kind not in KINDS or form not in ("csv", "xlsx"):
        raise Http404(kind)
    language = get_language() or "en"
    write = write_csv if form == "csv" else write_xlsx
    data = write(KINDS[kind].columns, [], language=language)
    return lists.download(data, f"{kind}.{form}")


@require_GET
@may("imports.run")
def show_import(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show what a file would do: new, changed and unchanged rows, and what is wrong in which cell."""
    upload = _upload(request, key)
    data = uploads.data_of(upload)
    try:
        plan = preview_import(
            upload.kind, data, upload.filename, by=request.viewer, now=request.now
        )
        opened = open_table(data, upload.filename, KINDS[upload.kind].columns)
    except TableRefused as refused:
        context = {"upload": upload, "sentence": say_refusal(refused), **_about(upload)}
        return render(request, "desk/imports/refused.html", context, status=422)
    view = _view(request, plan)
    context = {
        **_about(upload),
        "upload": upload,
        "plan": plan,
        "opened": opened,
        "datum": _datum(upload.kind),
        "tabs": _tabs(plan, view),
        "view": view,
        **_page(request, plan, view),
    }
    return render(request, "desk/imports/preview.html", context)


@require_GET
@may("imports.run")
def give_errors(request: HttpRequest, key: UUID) -> HttpResponse:
    """Give the file back with what is wrong written beside every row and the cells coloured."""
    upload = _upload(request, key)
    data = uploads.data_of(upload)
    zone = timezone.get_default_timezone()
    try:
        plan = preview_import(
            upload.kind, data, upload.filename, by=request.viewer, now=request.now
        )
        opened = open_table(data, upload.filename, KINDS[upload.kind].columns, zone=zone)
        marked = write_errors_xlsx(opened, plan.table.errors, say_error, title=_("What is wrong"))
    except TableRefused:
        return SeeOther(reverse("desk:import", args=[upload.id]))  # there the reason is said
    return lists.download(marked, f"{upload.kind}-errors.xlsx")


@require_POST
@may("imports.run")
def commit(request: HttpRequest, key: UUID) -> HttpResponse:
    """Let it happen: a job that shows how far it is, and judges the file again before it writes."""
    upload = _upload(request, key)
    job = uploads.ask_for_import(upload, by=request.viewer, now=request.now)
    return done(request, _("The list is being brought in."), "desk:job", job.pk)


@require_POST
@may("imports.run")
def drop(request: HttpRequest, key: UUID) -> HttpResponse:
    """Forget a file that was sent."""
    uploads.drop_upload(_upload(request, key).id)
    return done(request, _("The file was forgotten. Nothing was changed."), "desk:imports")


def outcome_of(job: Job) -> str:
    """Say in a sentence what an import came to."""
    outcome = job.outcome
    if not outcome:
        return ""
    if outcome.get("gone"):
        return _("The file was no longer there. Send it again.")
    if outcome.get("refused"):
        return _("Something has changed since you looked; the file would be wrong now. Look again.")
    if not outcome["created"] and not outcome["updated"]:
        return ngettext(
            "Nothing to do: the only row was there already.",
            "Nothing to do: all {unchanged} rows were there already.",
            outcome["unchanged"],
        ).format(**outcome)
    return _("{created} new, {updated} changed, {unchanged} as they were.").format(**outcome)


def _upload(request: HttpRequest, key: UUID) -> Upload:
    upload = uploads.upload_of(request.viewer, key)
    if upload is None:
        raise Http404(key)
    return upload


def _about(upload: Upload) -> dict[str, Any]:
    name = KIND_WORDS[upload.kind]
    return {"name": name, "crumbs": [(_("Import"), reverse("desk:imports")), (str(name), "")]}


def _datum(kind: str) -> str:
    """Say in which datum the positions of a list are taken; empty where it has none."""
    if not any(column.key in ("lon", "shape") for column in KINDS[kind].columns):
        return ""
    return str(dict(DATUMS)[settings.RENWANG_INPUT_DATUM])


def _rows(plan: ImportPlan, view: str) -> Sequence[Any]:
    table = plan.table
    by_view: Mapping[str, Sequence[Any]] = {
        "errors": table.errors,
        "created": table.to_create,
        "updated": table.to_update,
        "unchanged": table.unchanged,
    }
    return by_view[view]


def _view(request: HttpRequest, plan: ImportPlan) -> str:
    """Read which rows are looked at; what is wrong comes first, and what there is none of never."""
    wish = request.GET.get("show", "")
    return wish if wish in SHOWS else next((one for one in SHOWS if _rows(plan, one)), "created")


def _tabs(plan: ImportPlan, view: str) -> list[dict[str, Any]]:
    counts, words = plan.counts, {
        "errors": (_("Wrong"), "wrong", "stop"),
        "created": (_("New"), "created", "plus"),
        "updated": (_("Changed"), "updated", "edit"),
        "unchanged": (_("As they were"), "unchanged", "check"),
    }  # fmt: skip
    return [
        {
            "label": label,
            "url": f"?show={key}",
            "current": key == view,
            "count": counts[name],
            "icon": icon,
        }
        for key, (label, name, icon) in words.items()
    ]


def _page(request: HttpRequest, plan: ImportPlan, view: str) -> dict[str, Any]:
    """Cut one page of the rows that are looked at, each as words."""
    cut = Paginator(_rows(plan, view), ROWS).get_page(request.GET.get("page"))
    columns = {column.key: column for column in KINDS[plan.kind].columns}
    said = [_say(row, columns) for row in cut]
    pager = tables.Pager(
        f"?show={view}&page={cut.previous_page_number()}" if cut.has_previous() else "",
        f"?show={view}&page={cut.next_page_number()}" if cut.has_next() else "",
        len(said),
        cut.paginator.count,
    )
    headings = [tables.Column(_("Row"), number=True), tables.Column(_("What stands there"))]
    return {"rows": said, "table": tables.table_of(request, headings, sort="", pager=pager)}


def _say(row: Any, columns: Mapping[str, Column]) -> dict[str, Any]:
    language = get_language() or "en"
    if isinstance(row, Change):
        pairs = [
            (columns[name].title(language), show(row.before[name]), show(value))
            for name, value in row.after.items()
            if name in columns
        ]
        return {"number": row.number, "changes": pairs}
    if isinstance(row, Planned):
        values = [
            (columns[name].title(language), show(value))
            for name, value in row.values.items()
            if name in columns and value not in (None, "")
        ]
        return {"number": row.number, "values": values}
    return {"number": row.row, "sentence": say_error(row)}
