"""The journal for people: read it by place, deed, person and time; take it along; prove that it is whole."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import orjson
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_POST

from renwang.base.jobs import ask_for_job, jobs_lately
from renwang.base.journal import last_seq
from renwang.base.models import Entry
from renwang.base.reading import Filter, Page, read_fact, read_page
from renwang.base.tables import Column as FileColumn
from renwang.base.tables import Kind
from renwang.chain.reach import Viewer
from renwang.web.desk import lists
from renwang.web.desk.facts import Told, tell
from renwang.web.desk.forms.journal import JournalForm, readable_places
from renwang.web.frame import tables
from renwang.web.frame.gates import done, may

SIZE = 50
CHUNK = 1000
IN_A_TABLE = 100_000  # facts; JSON lines have no such end
EXPORTS = [*lists.EXPORTS, ("JSON", "jsonl")]
VERIFY = "journal.verify"


@require_GET
@may("journal.read")
def show_journal(request: HttpRequest) -> HttpResponse:
    """Show facts, newest first; what is asked for stands in the address."""
    form = JournalForm(request.viewer, request.GET)
    wanted = form.wanted() if form.is_valid() else Filter(under=())
    if request.GET.get("format") in {kind for _words, kind in EXPORTS} and form.is_valid():
        return _export(request, wanted)
    page = read_page(wanted, limit=SIZE, **_cursor(request))
    return render(
        request,
        "desk/journal/list.html",
        {
            "form": form,
            "told": tell(page.entries, request.viewer),
            "table": _table(request, page),
            "is_narrowed": any(request.GET.get(name) for name in form.fields),
            "end": last_seq(),
            "may_verify": request.viewer.may("node.operate"),
        },
    )


@require_GET
@may("journal.read")
def show_fact(request: HttpRequest, seq: int) -> HttpResponse:
    """Show everything that was recorded of one fact, with its links in the chain."""
    entry = read_fact(seq, readable_places(request.viewer))
    if entry is None:
        raise Http404(seq)
    before = read_fact(seq - 1) if seq > 1 else None
    return render(
        request,
        "desk/journal/fact.html",
        {
            "entry": entry,
            "told": tell([entry], request.viewer)[0],
            "facts": orjson.dumps(entry.facts, option=orjson.OPT_INDENT_2).decode(),
            "crumbs": [(_("Journal"), reverse("desk:journal")), (str(seq), "")],
            "digest_before": before.digest if before else "",
            "has_next": seq < last_seq(),
        },
    )


@require_POST
@may("node.operate")
def verify(request: HttpRequest) -> HttpResponse:
    """Ask for a proof that the journal is whole; it runs as a job and shows its progress."""
    running = [job for job in jobs_lately(VERIFY, limit=5) if job.ended_at is None]
    if running:
        messages.info(request, _("The journal is being verified already."))
        return redirect("desk:job", running[0].pk)
    job = ask_for_job(VERIFY, {}, by=request.viewer.id, now=request.now)
    return done(request, _("The journal is being verified."), "desk:job", job.pk)


def _cursor(request: HttpRequest) -> dict[str, int]:
    """Read where the page begins; `?older=` goes back in time, `?newer=` forward."""
    for name, key in (("after", "before"), ("before", "after")):
        wish = request.GET.get(name, "")
        if wish.isdecimal() and len(wish) < 19:
            return {key: int(wish)}
    return {}


def _table(request: HttpRequest, page: Page) -> tables.Table:
    columns = [
        tables.Column(_("Number"), number=True),
        tables.Column(_("When")),
        tables.Column(pgettext("of a fact", "What happened")),
        tables.Column(pgettext("of a fact", "Where")),
    ]
    is_first = not request.GET.get("after") and not request.GET.get("before")
    newer = None if is_first or page.newer is None or page.newer >= last_seq() else str(page.newer)
    older = str(page.older) if page.older is not None else None
    pager = tables.pager_of(request, before=newer, after=older, shown=len(page.entries))
    return tables.table_of(request, columns, sort="", pager=pager, exports=EXPORTS)


# --- taking it along -----------------------------------------------------------


def _export(request: HttpRequest, wanted: Filter) -> HttpResponse:
    day = timezone.localdate(request.now)
    if request.GET["format"] == "jsonl":
        answer = StreamingHttpResponse(_lines(wanted), content_type="application/x-ndjson")
        answer["Content-Disposition"] = f'attachment; filename="journal-{day:%Y%m%d}.jsonl"'
        return answer
    columns = [
        FileColumn("seq", (_("Number"),), Kind.INTEGER),
        FileColumn("at", (_("When"),), Kind.DATETIME),
        FileColumn("actor", (_("Who"),)),
        FileColumn("sentence", (pgettext("of a fact", "What happened"),)),
        FileColumn("place", (pgettext("of a fact", "Where"),)),
        FileColumn("verb", (_("Verb"),)),
        FileColumn("drill", (_("Rehearsal"),), Kind.BOOLEAN),
    ]
    return lists.as_file(request, "journal", columns, _rows(wanted, request.viewer))


def _rows(wanted: Filter, viewer: Viewer) -> Iterator[dict[str, Any]]:
    given = 0
    for chunk in _chunks(wanted):
        for told in tell(chunk, viewer):
            yield _row(told)
        given += len(chunk)
        if given >= IN_A_TABLE:
            return


def _row(told: Told) -> dict[str, Any]:
    return {
        "seq": told.seq,
        "at": told.at,
        "actor": told.actor,
        "sentence": told.sentence,
        "place": told.place,
        "verb": told.verb,
        "drill": told.is_drill,
    }


def _lines(wanted: Filter) -> Iterator[bytes]:
    """Give each fact with its digest, as it was sealed: enough to verify the chain elsewhere."""
    for chunk in _chunks(wanted):
        yield b"".join(orjson.dumps(_sealed(entry)) + b"\n" for entry in chunk)


def _sealed(entry: Entry) -> dict[str, Any]:
    moments: dict[str, datetime] = {"at": entry.at, "recorded_at": entry.recorded_at}
    return {
        "seq": entry.seq,
        "fact": str(entry.fact),
        "verb": entry.verb,
        "subject": {"kind": entry.subject_kind, "id": entry.subject_id, "ref": entry.subject_ref},
        "place": entry.place,
        "actor": entry.actor,
        "drill": str(entry.drill) if entry.drill else None,
        **{name: moment.isoformat() for name, moment in moments.items()},
        "facts": entry.facts,
        "digest": entry.digest,
    }


def _chunks(wanted: Filter) -> Iterator[list[Entry]]:
    before: int | None = None
    while True:
        page = read_page(wanted, before=before, limit=CHUNK)
        if page.entries:
            yield list(page.entries)
        if page.older is None:
            return
        before = page.older
