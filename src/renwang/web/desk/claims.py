"""Departments' grids beside each other: which there are, what overlaps, what is missing, who is listed twice (C2)."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from renwang.base.pure.geometry import to_geojson
from renwang.base.tables import Column as FileColumn
from renwang.base.tables import Kind
from renwang.chain.imports.units import GRID_COLUMNS
from renwang.chain.models import Unit
from renwang.chain.reach import Viewer
from renwang.chain.selectors.naming import topmost_units
from renwang.registers.claims import exports, imports, worker_imports
from renwang.registers.claims.comparing_rules import Finding, Found
from renwang.registers.claims.selectors import (
    Compared,
    department_of,
    list_departments,
    places_with_claims,
    read_compared,
)
from renwang.registers.claims.services import forget_department
from renwang.registers.claims.words import FINDINGS
from renwang.web.desk import lists, maps
from renwang.web.desk.unit_pages import crumbs_of
from renwang.web.frame import tables
from renwang.web.frame.gates import done, may

Rows = Callable[[Viewer], Iterator[Mapping[str, Any]]]

SHOWN_HOMES, SHOWN_ROWS = 6, 400
_SIGNS = [
    ("info", "stripes"), ("attention", "dots"), ("good", "cross"), ("info", "dots"),
    ("attention", "cross"), ("good", "stripes"), ("info", "cross"), ("attention", "stripes"),
    ("good", "dots"),
]  # fmt: skip
_COLUMNS = [
    tables.Column(pgettext_lazy("a finding", "What")),
    tables.Column(gettext_lazy("Department")),
    tables.Column(gettext_lazy("Grids")),
    tables.Column(gettext_lazy("Where, or who")),
    tables.Column(gettext_lazy("Households"), number=True),
]
_EXPORTED = (
    FileColumn("what", ("问题", "What")),
    FileColumn("departments", ("部门", "Department")),
    FileColumn("claims", ("部门网格", "Grids")),
    FileColumn("homes", ("楼栋", "Buildings")),
    FileColumn("people", ("人员", "People")),
    FileColumn("households", ("户数", "Households"), Kind.INTEGER),
    FileColumn("area_m2", ("重叠面积（平方米）", "Common area, m²"), Kind.INTEGER),
)


@require_GET
@may("chain.see")
def show_departments(request: HttpRequest) -> HttpResponse:
    """List the departments whose grids were brought in, and the places where they can be compared."""
    viewer = request.viewer
    context = {
        "departments": list_departments(viewer),
        "places": places_with_claims(viewer),
        "tops": topmost_units(viewer)[:8],
        "may_forget": viewer.may("chain.edit"),
        "may_see_people": viewer.may("people.see"),
    }
    return render(request, "desk/claims/departments.html", context)


_FILES: Mapping[str, tuple[Sequence[FileColumn], Rows]] = {
    "claims": (imports.COLUMNS, exports.claim_rows),
    "claim_workers": (worker_imports.COLUMNS, exports.worker_rows),
    "grids": (GRID_COLUMNS, exports.grid_rows),
}


@require_GET
@may("chain.see")
def give_file(request: HttpRequest, kind: str) -> HttpResponse:
    """Give grids or rosters as the table that is brought in; always CSV, because no cell of a sheet holds a large drawing."""
    if kind not in _FILES:
        raise Http404(kind)
    columns, rows = _FILES[kind]
    return lists.as_file(request, kind, columns, rows(request.viewer))


@require_POST
@may("chain.edit")
def forget(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take a department's grids and roster off the books."""
    department = department_of(request.viewer, key)
    if department is None:
        raise Http404(key)
    forget_department(department=department, by=request.viewer, now=request.now)
    return done(request, _("The grids of the department are off the books."), "desk:departments")


@require_GET
@may("chain.see")
def show_compared(request: HttpRequest, ref: str) -> HttpResponse:
    """Set what departments claim in a place beside each other: map, findings, export."""
    unit = lists.unit_at(request, ref)
    compared = read_compared(unit)
    department = request.GET.get("department", "")
    wanted = [one for one in compared.found if _fits(one, department, request.GET.get("kind", ""))]
    saying = _Saying(
        compared,
        names_people=request.viewer.may("people.see", unit.path),
        names_homes=request.viewer.may("homes.see", unit.path),
    )
    if lists.is_export(request):
        rows: Iterator[Mapping[str, Any]] = (saying.row_of(one) for one in wanted)
        return lists.as_file(request, "claims", _EXPORTED, rows)
    context = {
        "unit": unit,
        "crumbs": crumbs_of(compared.above, unit.name),
        "departments": _departments(compared),
        "department": department,
        "lines": [saying.line_of(one) for one in wanted[:SHOWN_ROWS]],
        "more": max(0, len(wanted) - SHOWN_ROWS),
        "table": _frame(request, compared, department),
        "map": _island(unit, compared, department),
        "may_merge": request.viewer.may("chain.edit", unit.path),
        "covered": sum(home.households for home in compared.homes.values()),
    }
    return render(request, "desk/claims/compared.html", context)


def _frame(request: HttpRequest, compared: Compared, department: str) -> tables.Table:
    """Frame the table of findings, with a chip for each kind that there is."""
    counts = {key.value: 0 for key in Finding}
    for one in compared.found:
        if _fits(one, department, ""):
            counts[one.kind.value] += 1
    kind = request.GET.get("kind", "")
    options = [(key.value, FINDINGS[key][0]) for key in Finding if counts[key.value] or key == kind]
    chips = tables.chips_of(request, "kind", options, counts)
    return tables.table_of(request, _COLUMNS, sort="", chips=chips, exports=lists.EXPORTS)


@require_GET
@may("chain.see")
def show_layers(request: HttpRequest, ref: str) -> HttpResponse:
    """Give the grids of the departments and our own as GeoJSON, each in the state of its department."""
    unit = lists.unit_at(request, ref)
    compared = read_compared(unit, with_borders=True)
    wanted = request.GET.get("department", "")
    states = dict(zip(compared.departments, _state_keys(compared), strict=True))
    features = [
        _feature(f"grid-{one.pk}", one.name, "ours", orjson.Fragment(one.boundary.encode()))
        for one in compared.grids.values()
        if one.boundary
    ]
    for key, shape in compared.shapes.items():
        claim = compared.claims[key]
        if not wanted or str(claim.department_id) == wanted:
            words = f"{claim.department.name} {claim.number}"
            state = states[str(claim.department_id)]
            features.append(_feature(f"claim-{key}", words, state, to_geojson(shape)))
    if request.viewer.may("homes.see", unit.path):
        features += _bare(compared, wanted)
    return maps.as_features(features)


def _bare(compared: Compared, department: str) -> Iterator[dict[str, Any]]:
    """Draw the buildings that lie in no grid of a department, each once."""
    bare = {
        home
        for one in compared.found
        if one.kind is Finding.GAP and _fits(one, department, "")
        for home in one.homes
    }
    for key in sorted(bare):
        home = compared.homes[key]
        if home.at:
            point = {"type": "Point", "coordinates": list(home.at)}
            yield _feature(f"home-{key}", home.name, "gap", point)


def _feature(key: str, name: str, state: str, geometry: Any) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": geometry,
        "properties": {"id": key, "name": name, "state": state, "note": ""},
    }


def _fits(found: Found, department: str, kind: str) -> bool:
    return (not department or department in found.departments) and (
        not kind or found.kind.value == kind
    )


def _state_keys(compared: Compared) -> list[str]:
    return [f"d{number}" for number in range(len(compared.departments))]


def _departments(compared: Compared) -> list[dict[str, Any]]:
    """Say of each department how many grids it has here, and how many households they cover."""
    counts = compared.counts()
    rows = []
    for key, one in compared.departments.items():
        own = [claim for claim in compared.covers.values() if claim.department == key]
        homes = {home for claim in own for home in claim.homes if home in compared.homes}
        rows.append(
            {
                "key": key,
                "name": one.name,
                "kind": one.kind,
                "grids": len(own),
                "drawn": sum(1 for claim in own if claim.key in compared.shapes),
                "people": len(
                    {x.person or x.phone or x.name for x in compared.listed if x.claim in {c.key for c in own}}
                ),
                "households": sum(counts[home] for home in homes),
            }
        )  # fmt: skip
    return rows


def _island(unit: Unit, compared: Compared, department: str) -> dict[str, Any] | None:
    """Compose the map: a pattern for each department, our own grids as lines, bare buildings as points."""
    drawn = any(one.west is not None for one in compared.grids.values()) or compared.shapes
    if not drawn:
        return None
    states = [
        {"key": "ours", "word": _("Our grids"), "tone": "idle", "pattern": "none"},
        *(
            {"key": key, "word": one.name, "tone": tone, "pattern": pattern}
            for key, one, (tone, pattern) in zip(
                _state_keys(compared), compared.departments.values(), _signs(), strict=False
            )
            if not department or str(one.pk) == department
        ),
        {"key": "gap", "word": _("Building in no grid"), "tone": "bad", "pattern": "cross"},
    ]
    address = reverse("desk:claim_layers", args=[unit.ref])
    if department:
        address += f"?{urlencode({'department': department})}"
    props = maps.island_of(address, states, top=unit.path)
    if unit.west is not None:
        props["bounds"] = [unit.west, unit.south, unit.east, unit.north]
    return props


def _signs() -> Iterable[tuple[str, str]]:
    while True:
        yield from _SIGNS


@dataclass(frozen=True, slots=True)
class Line:
    """A finding as the table shows it."""

    what: Any
    tone: str
    departments: str
    claims: Sequence[str]
    where: str
    households: int
    fix: str = ""  # where it can be mended


class _Saying:
    """Puts findings into words, for a reader who may or may not see people and buildings by name."""

    def __init__(self, compared: Compared, *, names_people: bool, names_homes: bool):
        self.compared = compared
        self.names_people = names_people
        self.names_homes = names_homes

    def line_of(self, found: Found) -> Line:
        """Give a finding as a row of the page."""
        word, tone = FINDINGS[found.kind]
        return Line(
            word, tone, self._departments(found), self._claims(found), self._where(found),
            found.households,
        )  # fmt: skip

    def row_of(self, found: Found) -> dict[str, Any]:
        """Give a finding as a row of an export, with everything named."""
        return {
            "what": str(FINDINGS[found.kind][0]),
            "departments": self._departments(found),
            "claims": self._joined(self._claims(found)),
            "homes": self._joined(self._homes(found)),
            "people": self._joined(self._people(found)),
            "households": found.households or None,
            "area_m2": found.area_m2 or None,
        }

    def _departments(self, found: Found) -> str:
        names = (self.compared.departments[key].name for key in found.departments)
        return self._joined(sorted(names))

    def _claims(self, found: Found) -> list[str]:
        claims = [self.compared.claims[key] for key in found.claims]
        if len(found.departments) > 1:
            return [f"{one.department.name} {one.number}" for one in claims]
        return [f"{one.number} {one.name}".strip() for one in claims]

    def _homes(self, found: Found) -> list[str]:
        homes = self.compared.ground.homes
        names = [homes[key].name for key in found.homes if key in homes]
        return sorted(names) if self.names_homes else []

    def _people(self, found: Found) -> list[str]:
        if not self.names_people:
            return []
        return sorted({self.compared.workers[key].name for key in found.people})

    def _where(self, found: Found) -> str:
        people, homes = self._people(found), self._homes(found)
        parts = []
        if people:
            parts.append(self._joined(people))
        elif found.people:
            number = len(found.people)
            parts.append(ngettext("{n} entry", "{n} entries", number).format(n=number))
        if found.homes:
            number = len(found.homes)
            said = ngettext("{n} building", "{n} buildings", number).format(n=f"{number:,}")
            shown = self._joined(homes[:SHOWN_HOMES])
            more = "…" if len(homes) > SHOWN_HOMES else ""
            parts.append(f"{said}: {shown}{more}" if shown else said)
        if found.area_m2:
            parts.append(_("{n} m² in common").format(n=f"{found.area_m2:,}"))
        return " · ".join(parts)

    @staticmethod
    def _joined(words: Sequence[str] | Iterable[str]) -> str:
        return ("、" if (get_language() or "").startswith("zh") else ", ").join(words)
