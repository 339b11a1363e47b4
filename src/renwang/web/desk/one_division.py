"""Departments' divisions of a place become one: look at the proposal, decide on people, carry it out; old numbers (C2)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from renwang.base.tables import Column as FileColumn
from renwang.base.tables import Kind
from renwang.chain import selectors
from renwang.chain.models import Unit
from renwang.chain.reach import require
from renwang.chain.rules import Refusal
from renwang.registers.claims.merging_rules import Candidate, Part, Staffed
from renwang.registers.claims.models import OldNumber
from renwang.registers.claims.proposing import GridPlan, MergePlan, propose_merger
from renwang.registers.claims.selectors import find_number, mergers_of, numbers_of
from renwang.registers.claims.services import merge_divisions
from renwang.registers.claims.words import MEASURES, WHYS
from renwang.web.desk import lists
from renwang.web.desk.forms.dividing import CarryOutForm
from renwang.web.desk.unit_pages import crumbs_of
from renwang.web.frame import tables
from renwang.web.frame.gates import done, may, sent_form, sentence_of

BACKUPS = 3
_COLUMNS = [
    tables.Column(gettext_lazy("Department")),
    tables.Column(gettext_lazy("Old number")),
    tables.Column(gettext_lazy("Leads to")),
    tables.Column(gettext_lazy("Part of the old grid"), number=True),
    tables.Column(gettext_lazy("Households"), number=True),
    tables.Column(gettext_lazy("Since")),
]
_EXPORTED = (
    FileColumn("department", ("部门", "Department")),
    FileColumn("number", ("部门网格编号", "Department's number"), Kind.CODE),
    FileColumn("name", ("部门网格名称", "Name")),
    FileColumn("code", ("全科网格编码", "Grid code"), Kind.CODE),
    FileColumn("unit", ("全科网格", "Grid")),
    FileColumn("share", ("占原网格（%）", "Part of the old grid, %"), Kind.DECIMAL),
    FileColumn("households", ("户数", "Households"), Kind.INTEGER),
    FileColumn("from_on", ("启用日期", "Since"), Kind.DATE),
)


@require_http_methods(["GET", "POST"])
@may("chain.edit")
def merge(request: HttpRequest, ref: str) -> HttpResponse:
    """Show how the divisions of a place would become one; sent with people for every grid, do it."""
    unit = lists.unit_at(request, ref)
    for capability in ("chain.edit", "people.edit"):
        require(request.viewer, capability, at=unit.path)
    form = CarryOutForm(sent_form(request))
    basis = request.POST.get("basis") or request.GET.get("basis", "")
    crumbs = crumbs_of(selectors.ancestors(unit), unit.name)
    context = {"unit": unit, "form": form, "crumbs": crumbs, "mergers": mergers_of(unit)}
    try:
        plan = propose_merger(unit, basis)
        context |= _page(plan, request.POST)
        if request.method == "POST" and form.is_valid():
            acting = {**form.cleaned_data, "by": request.viewer, "now": request.now}
            staff = _decided(plan, request.POST)
            merge_divisions(unit=unit, basis=plan.basis, staff=staff, **acting)
            return done(request, _("One division, one worker each."), "desk:old_numbers", unit.ref)
    except Refusal as refusal:
        context["refused"] = sentence_of(refusal)
        if form.is_bound:
            form.add_error(None, str(context["refused"]))
    return render(request, "desk/claims/merge.html", context, status=422 if form.errors else 200)


def _decided(plan: MergePlan, sent: Mapping[str, str]) -> dict[str, Staffed]:
    """Read who was chosen for each grid; what was not sent stays as proposed."""
    staff = {}
    for grid in plan.grids:
        proposed = _proposed(grid)
        worker = sent.get(f"worker_{grid.key}", proposed[0])
        wished = [
            sent.get(f"backup{number}_{grid.key}", proposed[number])
            for number in range(1, BACKUPS + 1)
        ]
        staff[grid.key] = Staffed(worker, tuple(key for key in wished if key))
    return staff


def _proposed(grid: GridPlan) -> list[str]:
    worker = grid.staffing.worker
    backups = [one.key for one in grid.staffing.backups[:BACKUPS]]
    return [worker.key if worker else "", *backups, *([""] * (BACKUPS - len(backups)))]


@dataclass(frozen=True, slots=True)
class Seat:
    """A place in a grid to be filled, and who may fill it; `chosen` is the key that is selected."""

    name: str  # of its field
    label: str
    chosen: str


@dataclass(frozen=True, slots=True)
class GridRow:
    """A grid of the division that would be, as the page shows it."""

    plan: GridPlan
    why: str
    seats: list[Seat]
    choices: list[tuple[str, str]]
    parts: list[str]  # which old grids it takes over, in words


def _page(plan: MergePlan, sent: Mapping[str, str]) -> dict[str, Any]:
    everybody = sorted(plan.people.values(), key=lambda one: one.name)
    claims = plan.compared.claims
    names = {grid.key: grid.name for grid in plan.grids}
    by_grid: dict[str, list[Part]] = {}
    for part in plan.parts:
        by_grid.setdefault(part.grid, []).append(part)
    rows = [
        GridRow(
            grid,
            _why(grid.staffing.worker),
            _seats(grid, sent),
            _choices(grid, everybody),
            [
                f"{claims[part.claim].department.name} {claims[part.claim].number} {_percent(part.share)}"
                for part in by_grid.get(grid.key, ())
            ],
        )
        for grid in plan.grids
    ]
    return {
        "plan": plan,
        "rows": rows,
        "basis": plan.basis,
        "bases": [(str(one.pk), one.name) for one in plan.compared.departments.values()],
        "left": [plan.divided.grids[ref].name for ref in plan.left],
        "nowhere": [f"{claims[key].department.name} {claims[key].number}" for key in plan.nowhere],
        "elsewhere": sorted(set(by_grid) - set(names)),
        "measures": sorted({str(MEASURES[part.by]) for part in plan.parts}),
        "moved": len(plan.moves) + len(plan.loose),
        "founded": [grid.name for grid in plan.grids if grid.unit is None],
        "bare": sum(1 for key, grid in plan.placed.items() if not grid),
    }


def _seats(grid: GridPlan, sent: Mapping[str, str]) -> list[Seat]:
    proposed = _proposed(grid)
    labels = [_("Worker of {name}"), *([_("Back-up {number} of {name}")] * BACKUPS)]
    fields = [f"worker_{grid.key}", *(f"backup{n}_{grid.key}" for n in range(1, BACKUPS + 1))]
    return [
        Seat(field, label.format(name=grid.name, number=number), sent.get(field, proposed[number]))
        for number, (field, label) in enumerate(zip(fields, labels, strict=True))
    ]


def _choices(grid: GridPlan, everybody: list[Candidate]) -> list[tuple[str, str]]:
    """Who may look after a grid: those who know it first, each with what he knows."""
    near = grid.staffing.everybody
    met = {one.key for one in near}
    said = [(one.key, _candidate(one)) for one in near]
    return [*said, *((one.key, one.name) for one in everybody if one.key not in met)]


def _candidate(one: Candidate) -> str:
    if not one.households:
        return one.name
    known = _("{n} households today").format(n=f"{one.households:,}")
    comma = "、" if (get_language() or "").startswith("zh") else ", "
    return f"{one.name} ({known} · {comma.join(one.departments)})"


def _why(one: Candidate | None) -> str:
    return str(WHYS[one.why]) if one else _("nobody on any roster")


def _percent(share: int) -> str:
    return f"{share / 100:.0f} %" if share % 100 == 0 else f"{share / 100:.1f} %"


@require_GET
@may("chain.see")
def show_numbers(request: HttpRequest, ref: str) -> HttpResponse:
    """Say which old numbers lead into a place, and to what part; or where one number leads."""
    unit = lists.unit_at(request, ref)
    rows = numbers_of(unit)
    text = lists.text_asked(request)
    if text:
        rows = [one for one in rows if text in one.number or text in one.name]
    if lists.is_export(request):
        told: Iterator[Mapping[str, Any]] = (_row_of(one) for one in rows)
        return lists.as_file(request, "old-numbers", _EXPORTED, told)
    context = {
        "unit": unit,
        "rows": [(one, _percent(one.share)) for one in rows[:500]],
        "more": max(0, len(rows) - 500),
        "is_narrowed": bool(text),
        "crumbs": crumbs_of(selectors.ancestors(unit), unit.name),
        "table": tables.table_of(request, _COLUMNS, sort="", exports=lists.EXPORTS),
        "mergers": mergers_of(unit),
        "may_merge": request.viewer.may("chain.edit", unit.path),
    }
    return render(request, "desk/claims/numbers.html", context)


def _row_of(one: OldNumber) -> dict[str, Any]:
    return {
        "department": one.department,
        "number": one.number,
        "name": one.name,
        "code": one.unit.code,
        "unit": one.unit.name,
        "share": one.share / 100,
        "households": one.households,
        "from_on": one.from_on,
    }


def hits_of(request: HttpRequest, text: str) -> list[tuple[str, str, list[Unit]]]:
    """Say where an old number leads today, for the search: whose number, which part, and the units in reach."""
    found = []
    for led in find_number(text, request.now.date()):
        units = [one for one in led.units if request.viewer.may("chain.see", one.path)]
        if units:
            found.append((f"{led.department} {led.number}", _percent(led.share), units))
    return found
