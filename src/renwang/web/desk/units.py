"""Units: the tree from the top of one's reach down to the contact household, and the list."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from renwang.base.tables import Kind
from renwang.chain import selectors
from renwang.chain.models import Tally, Unit, UnitVersion
from renwang.chain.selectors.history import children_as_of, roots_as_of
from renwang.chain.selectors.naming import topmost_units
from renwang.chain.selectors.units import SORTS
from renwang.chain.structures import UnknownStructure, structure, structures
from renwang.web.desk import lists
from renwang.web.frame import tables
from renwang.web.frame.gates import may

FIGURES = {
    "units": gettext_lazy("Units"),
    "posts": gettext_lazy("Posts"),
    "vacant": gettext_lazy("Vacant posts"),
    "unreachable": gettext_lazy("Posts that cannot be called"),
    "people": gettext_lazy("People in posts"),
    "buildings": gettext_lazy("Buildings"),
    "households": gettext_lazy("Households"),
    "residents": gettext_lazy("Residents"),
}
"""The figures that are kept of every unit, each with its word."""


def _exported(unit: Unit) -> dict[str, Any]:
    tally = selectors.tally_of(unit)
    return {
        "ref": unit.ref,
        "code": unit.code,
        "name": unit.name,
        "level": _level_name(unit.structure, unit.level),
        "parent": unit.parent.name if unit.parent else "",
        **{name: getattr(tally, name) for name in FIGURES},
    }


UNITS = lists.Listing(
    name="units",
    find=selectors.list_units,
    sorts=SORTS,
    default="place",
    columns=[
        tables.Column(gettext_lazy("Unit"), sort="name"),
        tables.Column(gettext_lazy("Level")),
        tables.Column(gettext_lazy("Lies in"), sort="place"),
        tables.Column(gettext_lazy("Units"), number=True),
        tables.Column(gettext_lazy("Posts"), number=True),
        tables.Column(gettext_lazy("Vacant"), sort="vacant", number=True),
        tables.Column(gettext_lazy("Cannot be called"), sort="unreachable", number=True),
        tables.Column(gettext_lazy("Households"), sort="households", number=True),
        tables.Column(gettext_lazy("Residents"), number=True),
    ],
    exported=[
        ("ref", gettext_lazy("Reference"), Kind.CODE),
        ("code", pgettext_lazy("of a place", "Code"), Kind.CODE),
        ("name", gettext_lazy("Name"), Kind.TEXT),
        ("level", gettext_lazy("Level"), Kind.TEXT),
        ("parent", gettext_lazy("Lies in"), Kind.TEXT),
        *((name, words, Kind.INTEGER) for name, words in FIGURES.items()),
    ],
    row_of=_exported,
)


@require_GET
@may("chain.see")
def show_units(request: HttpRequest) -> HttpResponse:
    """Show the tree; or, when something is searched or filtered for, the list."""
    asked = ("view", "q", "level", "lacking", "under", "sort", "after", "before", "format")
    if any(request.GET.get(name) for name in asked):
        return _show_list(request)
    day, viewer = lists.day_asked(request), request.viewer
    roots = roots_as_of(viewer, day) if day else topmost_units(viewer)
    nodes = [_node(one, day) for one in roots]
    if nodes:
        nodes[0]["children"] = [_node(one, day) for one in _below(viewer, roots[0], day)]
        nodes[0]["open"] = True
    return render(
        request, "desk/units/tree.html", {"nodes": nodes, "day": day, "tabs": _tabs("tree")}
    )


@require_GET
@may("chain.see")
def show_branch(request: HttpRequest, ref: str) -> HttpResponse:
    """Answer with the units directly below one, for a branch of the tree that was just unfolded."""
    day = lists.day_asked(request)
    unit = lists.unit_at(request, ref)
    nodes = [_node(one, day) for one in _below(request.viewer, unit, day)]
    return render(request, "desk/units/_branch.html", {"nodes": nodes})


def _below(viewer: Any, one: Unit | UnitVersion, day: date | None) -> Sequence[Any]:
    unit = one.unit if isinstance(one, UnitVersion) else one
    if day:
        return children_as_of(viewer, unit, day)
    return list(selectors.children(viewer, unit))


def _node(one: Unit | UnitVersion, day: date | None) -> dict[str, Any]:
    unit = one.unit if isinstance(one, UnitVersion) else one
    level = _level_name(unit.structure, one.level)
    query = f"?on={day:%Y-%m-%d}" if day else ""
    node = {
        "label": one.name,
        "url": reverse("desk:unit", args=[unit.ref]) + query,
        "level": level,
        "children": [],
    }
    tally = None if day else selectors.tally_of(unit)
    if tally:
        node["tail"] = _tail(tally)
    if day or (tally and tally.units > 1):
        node["more_url"] = reverse("desk:unit_branch", args=[unit.ref]) + query
    return node


def _tail(tally: Tally) -> str:
    said = ngettext("{n} household", "{n} households", tally.households)
    parts = [said.format(n=f"{tally.households:,}")]
    if tally.vacant:
        parts.append(_("{n} vacant").format(n=f"{tally.vacant:,}"))
    if tally.unreachable:
        parts.append(_("{n} cannot be called").format(n=f"{tally.unreachable:,}"))
    return " · ".join(parts)


def _show_list(request: HttpRequest) -> HttpResponse:
    wanted = lists.wanted_of(request, UNITS) | {
        "level": request.GET.get("level", ""),
        "lacking": request.GET.get("lacking", ""),
    }
    lacks = [
        ("holder", _("With vacant posts")),
        ("contact", _("That cannot be called")),
        ("boundary", _("Without boundary")),
    ]
    chips = tables.chips_of(request, "lacking", lacks)
    return lists.show_list(
        request, UNITS, wanted, chips=chips, levels=level_choices(), tabs=_tabs("table")
    )


def level_choices() -> list[tuple[str, str]]:
    """Return every level of every structure once, topmost first."""
    language = get_language() or "zh-hans"
    found: dict[str, str] = {}
    for chain in structures().values():
        for level in chain.levels:
            found.setdefault(level.key, level.name(language))
    return list(found.items())


def _level_name(structure_key: str, level: str) -> str:
    try:
        return structure(structure_key).level(level).name(get_language() or "zh-hans")
    except UnknownStructure:
        return level


def _tabs(current: str) -> list[dict[str, Any]]:
    address = reverse("desk:units")
    return [
        {"label": _("Tree"), "url": address, "current": current == "tree", "icon": "tree"},
        {
            "label": _("Table"),
            "url": f"{address}?view=table",
            "current": current == "table",
            "icon": "rows",
        },
    ]
