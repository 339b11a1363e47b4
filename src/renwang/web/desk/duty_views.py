"""Other ways to look at the duties list: as a matrix, by post, by person, by what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language, gettext_lazy
from django.views.decorators.http import require_GET

from renwang.base.pure.loading import on_first_use
from renwang.base.tables import Column as FileColumn
from renwang.base.tables import Kind
from renwang.chain import selectors
from renwang.chain.models import Unit
from renwang.chain.selectors.posts import post_page
from renwang.registers.duties import finding_words as said
from renwang.registers.duties.finding_rules import Finding, Hole, Mender, Severity
from renwang.registers.duties.models import PHASES
from renwang.registers.duties.rules import Phase
from renwang.registers.duties.selectors import finding, holding
from renwang.registers.duties.selectors.answering import Answering, answering_at
from renwang.registers.duties.selectors.holes import Holes, holes_at
from renwang.registers.hazards import EVERY, kinds, name_of
from renwang.web.desk import lists
from renwang.web.frame import tables
from renwang.web.frame.addresses import address_here
from renwang.web.frame.gates import may, signed_in

if TYPE_CHECKING:
    import segno
else:
    segno = on_first_use("segno")


ROWS = 100
_TONES = {Severity.GRAVE: "bad", Severity.ATTENTION: "attention", Severity.NOTE: "neutral"}


def place_asked(request: HttpRequest) -> Unit:
    """Find the place that is looked at: the one asked for, else the viewer's own."""
    unit = lists.unit_asked(request)
    found = unit or lists.unit_at_path(request, request.viewer.places["duties.see"][0])
    if found is None:
        raise Http404
    return found


# --- matrix --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the matrix: who answers, or where a duty for it can be written."""

    phase: Any  # its word
    answer: Answering | None
    write_url: str
    is_general: bool  # of the row for all hazards


@require_GET
@may("duties.see")
def show_matrix(request: HttpRequest) -> HttpResponse:
    """Show a place's hazards by phases: who leads, or a hole. What is for all hazards stands first."""
    unit = place_asked(request)
    shown = list(kinds()) if request.GET.get("all") else []
    below = finding.hazards_listed([unit.path])
    answers = answering_at(unit, at=request.now, hazards=[*shown, *below])
    listed = {hazard for hazard, _phase in answers} | set(below)
    order = [EVERY, *kinds(), *sorted(listed - kinds().keys() - {EVERY})]
    rows = [
        (name_of(key, get_language() or "zh"), _cells(unit, key, answers))
        for key in order
        if key in listed or key in shown
    ]
    holes = sum(1 for _name, cells in rows for cell in cells if cell.answer is None)
    context = {
        "unit": unit,
        "phases": PHASES,
        "rows": rows,
        "holes": holes,
        "all": bool(shown),
        "children": _children(request, unit),
    }
    return render(request, "desk/duties/matrix.html", context)


def _cells(unit: Unit, hazard: str, answers: Mapping[Any, Answering]) -> list[Cell]:
    write = reverse("desk:duty_write")
    return [
        Cell(
            word,
            answers.get((hazard, Phase(phase))),
            f"{write}?{urlencode({'under': unit.ref, 'hazard': hazard, 'phase': phase})}",
            hazard == EVERY,
        )
        for phase, word in PHASES
    ]


def _children(request: HttpRequest, unit: Unit) -> Sequence[Unit]:
    return list(selectors.children(request.viewer, unit)[:60])


# --- what is wrong -------------------------------------------------------------


_HOLE_COLUMNS = [
    tables.Column(gettext_lazy("What is wrong")),
    tables.Column(gettext_lazy("Where and what for")),
    tables.Column(gettext_lazy("How grave")),
    tables.Column(gettext_lazy("Who can mend it")),
]


@dataclass(frozen=True, slots=True)
class Told:
    """A finding as the page tells it."""

    name: Any
    sentence: str
    cell: str
    place: str
    severity: Any
    tone: str
    mender: Any
    url: str  # where it is mended
    link: Any


@require_GET
@may("duties.see")
def show_findings(request: HttpRequest) -> HttpResponse:
    """Show what is wrong with the duties of a place and below it, the gravest first."""
    unit = place_asked(request)
    holes = holes_at(request.viewer, unit, now=request.now)
    kind = request.GET.get("kind", "")
    shown = [one for one in holes.findings if not kind or one.hole == kind]
    if lists.is_export(request):
        return _export(request, [_tell(one, holes) for one in shown])
    cut = Paginator(shown, ROWS).get_page(request.GET.get("page"))
    context = {
        "unit": unit,
        "holes": holes,
        "by_severity": [
            (said.SEVERITIES[one], holes.by_severity[int(one)], _TONES[one]) for one in Severity
        ],
        "rows": [_tell(one, holes) for one in cut],
        "table": _frame(request, holes, cut),
    }
    return render(request, "desk/duties/findings.html", context)


def _frame(request: HttpRequest, holes: Holes, cut: Any) -> tables.Table:
    """Draw headings, the kinds there are as filters, and the pages beside this one."""
    counts = {hole.value: count for hole, count in holes.counts.items()}
    kinds_found = [(key, said.NAMES[Hole(key)]) for key in counts]
    chips = tables.chips_of(request, "kind", kinds_found, counts=counts)
    return tables.table_of(
        request,
        _HOLE_COLUMNS,
        sort="",
        pager=_pager(request, cut),
        chips=chips,
        exports=lists.EXPORTS,
    )


def _pager(request: HttpRequest, cut: Any) -> tables.Pager:
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


def _tell(one: Finding, holes: Holes) -> Told:
    place = holes.units.get(one.path)
    url, link = _mend(one, place)
    return Told(
        said.NAMES[one.hole],
        said.say_finding(one, holes.people),
        said.say_cell(one),
        place.name if place else "",
        said.SEVERITIES[one.severity],
        _TONES[one.severity],
        said.MENDERS[one.mender],
        url,
        link,
    )


def _mend(one: Finding, place: Unit | None) -> tuple[str, Any]:
    """Lead to where it can be mended: the post, the duty, or a new duty with its cell filled in."""
    if one.mender is Mender.CHAIN and one.post:
        return reverse("desk:post", args=[one.post]), gettext_lazy("To the post")
    if one.duties:
        return reverse("desk:duty", args=[one.duties[0]]), gettext_lazy("To the duty")
    query = {"under": place.ref if place else "", "hazard": one.hazard, "phase": one.phase or ""}
    return f"{reverse('desk:duty_write')}?{urlencode(query)}", gettext_lazy("Write a duty")


def _export(request: HttpRequest, rows: list[Told]) -> HttpResponse:
    names = ("name", "cell", "place", "severity", "sentence", "mender")
    titles = (
        gettext_lazy("What is wrong"), gettext_lazy("What for"), gettext_lazy("Place"),
        gettext_lazy("How grave"), gettext_lazy("Sentence"), gettext_lazy("Who can mend it"),
    )  # fmt: skip
    columns = [
        FileColumn(name, (str(title),), Kind.TEXT)
        for name, title in zip(names, titles, strict=True)
    ]
    found = ({name: str(getattr(row, name)) for name in names} for row in rows)
    return lists.as_file(request, "duty-findings", columns, found)


# --- by post and by person --------------------------------------------------------


@require_GET
@may("duties.see")
def show_post(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show all that a post answers for."""
    try:
        page = post_page(request.viewer, key)
    except ObjectDoesNotExist:
        raise Http404(str(key)) from None
    held = holding.duties_of_post(page.post, now=request.now)
    return render(request, "desk/duties/post.html", {"page": page, "held": [held]})


@require_GET
@signed_in
def show_mine(request: HttpRequest) -> HttpResponse:
    """Show all that the viewer himself answers for."""
    person = request.viewer.person
    context = {"held": holding.duties_of_person(person, now=request.now), "person": person}
    return render(request, "desk/duties/mine.html", context)


LONG_CARD = 10  # duties: a card with more is printed closer, so that it stays one page


@require_GET
@signed_in
def show_card(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show one person's duties on one page of paper, with the way to the page as it is now."""
    person = holding.person_seen(request.viewer, key)
    if person is None:
        raise Http404(str(key))
    address = address_here(request, reverse("desk:duty_card", args=[key]))
    held = holding.duties_of_person(person, now=request.now)
    context = {
        "person": person,
        "held": held,
        "is_long": sum(len(one.leads) + len(one.helps) for one in held) > LONG_CARD,
        "address": address,
        "code": segno.make(address, error="m").svg_inline(scale=3, border=2, omitsize=True),
    }
    return render(request, "desk/duties/card.html", context)
