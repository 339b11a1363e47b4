"""What is kept of people, for how long, and the proof of every forgetting: for whoever operates the node or audits it."""

from collections.abc import Iterator
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from renwang.base.models import Entry
from renwang.base.reading import Filter, Page, read_fact, read_page
from renwang.base.retention import MOST, recount, retentions, standing, verbs
from renwang.base.tables import Column as FileColumn
from renwang.base.tables import Kind
from renwang.web.desk import lists
from renwang.web.frame import tables
from renwang.web.frame.gates import may

SIZE, CHUNK = 30, 500


@require_GET
@may("node.operate")
def show_kept(request: HttpRequest) -> HttpResponse:
    """Show what is kept and for how long, and the last runs that forgot; or give the runs as a file."""
    wanted = Filter(verbs=verbs())
    if lists.is_export(request):
        return _export(request, wanted)
    before = lists.whole_number(request.GET.get("after", ""))
    page = read_page(wanted, before=before, limit=SIZE)
    context = {
        "kinds": _kinds_table(request),
        "standing": standing(request.now),
        "most": MOST,
        "table": _runs_table(request, page),
        "runs": [_run(one) for one in page.entries],
    }
    return render(request, "desk/kept/list.html", context)


@require_GET
@may("node.operate")
def show_run(request: HttpRequest, seq: int) -> HttpResponse:
    """Show the proof of one run, made again from the notes of what was forgotten."""
    entry = read_fact(seq)
    if entry is None or "proof" not in entry.facts:
        raise Http404(seq)
    run = _run(entry)
    number, digest = recount(entry.facts["kind"], entry.at)
    context = {
        "run": run,
        "noted": number,
        "digest": digest,
        "holds": digest == run["proof"],
        "crumbs": [(_("What is kept of people"), reverse("desk:kept")), (str(seq), "")],
    }
    return render(request, "desk/kept/run.html", context)


def _run(entry: Entry) -> dict[str, Any]:
    facts = entry.facts
    names = {one.kind: one.name for one in retentions()}
    kind = facts.get("kind", "")
    return {
        "seq": entry.seq,
        "is_early": entry.verb in {one.early for one in retentions()},
        "at": entry.at,
        "what": str(names.get(kind, kind)),
        "number": facts.get("number", 0),
        "until": facts.get("until", ""),
        "proof": facts.get("proof", ""),
    }


def _kinds_table(request: HttpRequest) -> tables.Table:
    columns = [
        tables.Column(_("What is kept")),
        tables.Column(_("For how long")),
        tables.Column(_("Overdue now"), number=True),
        tables.Column(_("Forgotten so far"), number=True),
        tables.Column(_("Last time")),
    ]
    return tables.table_of(request, columns, sort="")


def _runs_table(request: HttpRequest, page: Page) -> tables.Table:
    columns = [
        tables.Column(_("Fact"), number=True),
        tables.Column(_("When")),
        tables.Column(_("What was forgotten")),
        tables.Column(_("How many"), number=True),
        tables.Column(_("Proof")),
    ]
    after = str(page.older) if page.older is not None else None
    pager = tables.pager_of(request, before=None, after=after, shown=len(page.entries))
    return tables.table_of(request, columns, sort="", pager=pager, exports=lists.EXPORTS)


def _export(request: HttpRequest, wanted: Filter) -> HttpResponse:
    columns = [
        FileColumn("seq", (_("Fact"),), Kind.INTEGER),
        FileColumn("at", (_("When"),), Kind.DATETIME),
        FileColumn("what", (_("What was forgotten"),)),
        FileColumn("number", (_("How many"),), Kind.INTEGER),
        FileColumn("until", (_("Whose time was over by"),)),
        FileColumn("proof", (_("Proof"),)),
    ]
    return lists.as_file(request, "forgotten", columns, _every(wanted))


def _every(wanted: Filter) -> Iterator[dict[str, Any]]:
    before: int | None = None
    while True:
        page = read_page(wanted, before=before, limit=CHUNK)
        yield from (_run(one) for one in page.entries)
        if page.older is None:
            return
        before = page.older
