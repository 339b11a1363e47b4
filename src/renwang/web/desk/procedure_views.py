"""Other ways to look at the procedures list: what I must follow, what is wrong, two editions, a sheet for paper."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET

from renwang.base.pure.loading import on_first_use
from renwang.base.tables import Kind
from renwang.chain.models import Unit
from renwang.registers.duties.finding_rules import Severity
from renwang.registers.duties.finding_words import SEVERITIES
from renwang.registers.procedures import finding_words as said
from renwang.registers.procedures.finding_rules import Finding, Hole
from renwang.registers.procedures.selectors import finding, following, running
from renwang.registers.procedures.selectors.holes import Holes, holes_at
from renwang.web.desk import lists
from renwang.web.desk.procedures import procedure_at
from renwang.web.frame import tables
from renwang.web.frame.addresses import address_here
from renwang.web.frame.gates import may, signed_in

if TYPE_CHECKING:
    import segno
else:
    segno = on_first_use("segno")


ROWS = 100
TONES = {Severity.GRAVE: "bad", Severity.ATTENTION: "attention", Severity.NOTE: "neutral"}
PARTS = {
    "title": gettext_lazy("Name of the procedure"),
    "purpose": gettext_lazy("What it is for"),
    "steps": gettext_lazy("Steps"),
    "basis": gettext_lazy("Rests on"),
}


@require_GET
@signed_in
def show_mine(request: HttpRequest) -> HttpResponse:
    """Show what the viewer himself must follow, what he has not read first, and the runs he has in hand."""
    followed = following.followed_by(request.viewer.person, now=request.now)
    context = {
        "followed": followed,
        "unread": sum(not one.is_read for one in followed),
        "runs": running.in_hand(request.viewer),
        "late": following.late_below(request.viewer.person, now=request.now),
    }
    return render(request, "desk/procedures/mine.html", context)


@require_GET
@signed_in
def compare(request: HttpRequest, ref: str, before: int, after: int) -> HttpResponse:
    """Show what became of the words from one edition to another."""
    procedure = procedure_at(request, ref)
    known = {one.number: one for one in finding.editions_of(procedure)}
    if before not in known or after not in known:
        raise Http404(ref)
    context = {
        "procedure": procedure,
        "before": known[before],
        "after": known[after],
        "parts": [
            (PARTS[one.part], one.runs) for one in finding.compare(known[before], known[after])
        ],
    }
    return render(request, "desk/procedures/compare.html", context)


@require_GET
@signed_in
def show_sheet(request: HttpRequest, ref: str) -> HttpResponse:
    """Show a procedure on one page of paper, with room for times and deviations and the way to the page as it is now."""
    procedure = procedure_at(request, ref)
    edition = finding.shown_of(finding.editions_of(procedure), request.GET.get("edition", ""))
    address = address_here(request, reverse("desk:procedure", args=[ref]))
    context = {
        "procedure": procedure,
        "edition": edition,
        "steps": edition.step_list,
        "address": address,
        "code": segno.make(address, error="m").svg_inline(scale=3, border=2, omitsize=True),
    }
    return render(request, "desk/procedures/sheet.html", context)


# --- what is wrong -------------------------------------------------------------


_HOLE_COLUMNS = [
    tables.Column(gettext_lazy("What is wrong")),
    tables.Column(gettext_lazy("Where and what for")),
    tables.Column(gettext_lazy("How grave")),
    tables.Column(gettext_lazy("Who can mend it")),
]


@require_GET
@may("procedures.see")
def show_findings(request: HttpRequest) -> HttpResponse:
    """Show what is wrong with the procedures of a place and below it, the gravest first."""
    own = request.viewer.places["procedures.see"][0]
    unit = lists.unit_asked(request) or lists.unit_at_path(request, own)
    if unit is None:
        raise Http404(own)
    holes = holes_at(request.viewer, unit, now=request.now)
    kind = request.GET.get("kind", "")
    shown = [one for one in holes.findings if not kind or one.hole == kind]
    if lists.is_export(request):
        return _export(request, shown, holes)
    cut = Paginator(shown, ROWS).get_page(request.GET.get("page"))
    context = {
        "unit": unit,
        "holes": holes,
        "by_severity": [
            (SEVERITIES[one], holes.by_severity[int(one)], TONES[one]) for one in Severity
        ],
        "rows": [_tell(one, holes) for one in cut],
        "table": _frame(request, holes, cut),
    }
    return render(request, "desk/procedures/findings.html", context)


def _frame(request: HttpRequest, holes: Holes, cut: Any) -> tables.Table:
    """Draw headings, the kinds there are as filters, and the pages beside this one."""

    def address(page: int) -> str:
        return f"?{urlencode({**request.GET.dict(), 'page': page})}"

    counts = {hole.value: count for hole, count in holes.counts.items()}
    pager = tables.Pager(
        address(cut.previous_page_number()) if cut.has_previous() else "",
        address(cut.next_page_number()) if cut.has_next() else "",
        len(cut),
        cut.paginator.count,
    )
    words = [(key, said.NAMES[Hole(key)]) for key in counts]
    chips = tables.chips_of(request, "kind", words, counts=counts)
    return tables.table_of(
        request, _HOLE_COLUMNS, sort="", pager=pager, chips=chips, exports=lists.EXPORTS
    )


def _tell(one: Finding, holes: Holes) -> dict[str, Any]:
    place = holes.units.get(one.path)
    url, link = _mend(one, place)
    return {
        "name": said.NAMES[one.hole],
        "sentence": said.say_finding(one),
        "cell": said.say_cell(one),
        "place": place.name if place else "",
        "severity": SEVERITIES[one.severity],
        "tone": TONES[one.severity],
        "mender": said.MENDERS[one.mender],
        "url": url,
        "link": link,
    }


def _mend(one: Finding, place: Unit | None) -> tuple[str, Any]:
    """Lead to where it can be mended: the procedure, its run, or a new duty or procedure with its cell filled in."""
    query = {"under": place.ref if place else "", "hazard": one.hazard, "phase": one.phase or ""}
    if one.hole is Hole.NO_DUTY:
        return f"{reverse('desk:duty_write')}?{urlencode(query)}", gettext_lazy("Write a duty")
    if one.hole is Hole.DUTY_WITHOUT:
        address = f"{reverse('desk:procedure_write')}?{urlencode(query)}"
        return address, gettext_lazy("Write a procedure")
    if one.hole is Hole.RUN_FORGOTTEN:
        run = str(one.params["run"])
        return reverse("desk:procedure_run", args=[run]), gettext_lazy("To the run")
    return reverse("desk:procedure", args=[one.procedure]), gettext_lazy("To the procedure")


def _export(request: HttpRequest, found: list[Finding], holes: Holes) -> HttpResponse:
    columns = [
        ("name", gettext_lazy("What is wrong"), Kind.TEXT),
        ("cell", gettext_lazy("What for"), Kind.TEXT),
        ("place", gettext_lazy("Place"), Kind.TEXT),
        ("severity", gettext_lazy("How grave"), Kind.TEXT),
        ("sentence", pgettext_lazy("of a finding", "Sentence"), Kind.TEXT),
        ("mender", gettext_lazy("Who can mend it"), Kind.TEXT),
    ]
    file = [lists.FileColumn(key, (str(title),), kind) for key, title, kind in columns]
    rows = (
        {key: str(told[key]) for key, *_rest in columns}
        for told in (_tell(one, holes) for one in found)
    )
    return lists.as_file(request, "procedure-findings", file, rows)
