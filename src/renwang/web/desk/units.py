"""Units: the tree from the top of one's reach down to the contact household, and the list."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
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

# --- the tree and the list -------------------------------------------------------


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
    parts = [_("{n} households").format(n=f"{tally.households:,}")]
    if tally.vacant:
        parts.append(_("{n} vacant").format(n=f"{tally.vacant:,}"))
    if tally.unreachable:
        parts.append(_("{n} cannot be called").format(n=f"{tally.unreachable:,}"))
    return " · ".join(parts)


def _show_list(request: HttpRequest) -> HttpResponse:
    columns = unit_columns()
    sort = lists.sort_asked(request, columns, SORTS, "place")
    wanted = {
        "under": lists.unit_asked(request),
        "text": lists.text_asked(request),
        "level": request.GET.get("level", ""),
        "lacking": request.GET.get("lacking", ""),
        "sort": sort,
    }

    def fetch(cursor: str, size: int) -> Any:
        return selectors.list_units(request.viewer, **wanted, cursor=cursor, size=size)

    if lists.is_export(request):
        return lists.export(request, "units", _exported_columns(), fetch, _exported)
    page = lists.cut(request, fetch)
    lacks = [
        ("holder", _("With vacant posts")),
        ("contact", _("That cannot be called")),
        ("boundary", _("Without boundary")),
    ]
    chips = tables.chips_of(request, "lacking", lacks)
    return render(
        request,
        "desk/units/list.html",
        {
            "units": page.items,
            "table": lists.frame_of(request, columns, page, sort=sort, chips=chips),
            "under": wanted["under"],
            "level": wanted["level"],
            "levels": level_choices(),
            "tabs": _tabs("table"),
        },
    )


def unit_columns() -> list[tables.Column]:
    """Return the columns of a list of units."""
    return [
        tables.Column(_("Unit"), sort="name"),
        tables.Column(_("Level")),
        tables.Column(_("Lies in"), sort="place"),
        tables.Column(_("Units"), number=True),
        tables.Column(_("Posts"), number=True),
        tables.Column(_("Vacant"), sort="vacant", number=True),
        tables.Column(_("Cannot be called"), sort="unreachable", number=True),
        tables.Column(_("Households"), sort="households", number=True),
        tables.Column(_("Residents"), number=True),
    ]


def _exported_columns() -> list[tuple[str, str, Kind]]:
    counted = [(name, words, Kind.INTEGER) for name, words in figure_words().items()]
    return [
        ("ref", _("Reference"), Kind.CODE),
        ("code", _("Code"), Kind.CODE),
        ("name", _("Name"), Kind.TEXT),
        ("level", _("Level"), Kind.TEXT),
        ("parent", _("Lies in"), Kind.TEXT),
        *counted,
    ]


def _exported(unit: Unit) -> dict[str, Any]:
    tally = selectors.tally_of(unit)
    return {
        "ref": unit.ref,
        "code": unit.code,
        "name": unit.name,
        "level": _level_name(unit.structure, unit.level),
        "parent": unit.parent.name if unit.parent else "",
        **{name: getattr(tally, name) for name in figure_words()},
    }


def figure_words() -> dict[str, str]:
    """Return the figures that are kept of every unit, each with its word."""
    return {
        "units": _("Units"),
        "posts": _("Posts"),
        "vacant": _("Vacant posts"),
        "unreachable": _("Posts that cannot be called"),
        "people": _("People in posts"),
        "buildings": _("Buildings"),
        "households": _("Households"),
        "residents": _("Residents"),
    }


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
