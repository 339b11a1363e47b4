"""One unit: its figures, how it is called, what lies in it as map and table, and what it was on an earlier day."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from renwang.base.reading import Filter, read_page
from renwang.chain import selectors
from renwang.chain.models import Tally, Unit
from renwang.chain.selectors.history import children_as_of, successors, unit_as_of, versions_of
from renwang.chain.selectors.naming import organisations_below
from renwang.chain.selectors.posts import ladder_of
from renwang.chain.structures import structure
from renwang.web.desk import lists
from renwang.web.desk.facts import tell
from renwang.web.desk.forms.journal import readable_places
from renwang.web.desk.maps import ordinary_states, readiness
from renwang.web.desk.units import FIGURES, UNITS
from renwang.web.frame import tables
from renwang.web.frame.gates import may

SHOWN = 500  # units in the table of one page; the list shows all
FACTS = 30


@require_GET
@may("chain.see")
def show_unit(request: HttpRequest, ref: str) -> HttpResponse:
    """Show a unit as it is; with `?on=` as it was on that day."""
    unit, viewer = lists.unit_at(request, ref), request.viewer
    day = lists.day_asked(request)
    if day:
        return _show_past(request, unit, day)
    page = selectors.unit_page(viewer, unit)
    return render(
        request,
        "desk/units/unit.html",
        {
            "page": page,
            "unit": page.unit,
            "crumbs": crumbs_of(page.above, page.unit.name),
            "figures": _figures(request, page.unit, page.tally),
            "children": page.children[:SHOWN],
            "has_more": len(page.children) > SHOWN,
            "table": tables.table_of(request, _plain(UNITS.columns), sort=""),
            "map": _map(page.unit) if _is_drawn(page.unit, page.children) else None,
            "ladder": ladder_of(viewer, page.unit),
            "became": _became(page.unit, request),
            "tabs": unit_tabs(request, page.unit, "now"),
            "may_edit": viewer.may("chain.edit", page.unit.path),
            "may_divide": _may_divide(viewer, page.unit),
        },
    )


def _show_past(request: HttpRequest, unit: Unit, day: date) -> HttpResponse:
    """Show what a unit was on a day, and what lay in it; marked as past throughout."""
    viewer = request.viewer
    version = unit_as_of(viewer, unit, day)
    words = date_format(day, "DATE_FORMAT")
    return render(
        request,
        "desk/units/past.html",
        {
            "unit": unit,
            "version": version,
            "children": children_as_of(viewer, unit, day) if version else [],
            "level": structure(unit.structure).level(version.level).name(_language())
            if version
            else "",
            "day": day,
            "day_words": words,
            "crumbs": crumbs_of(selectors.ancestors(unit), unit.name),
            "tabs": unit_tabs(request, unit, "now"),
        },
    )


@require_GET
@may("chain.see")
def show_history(request: HttpRequest, ref: str) -> HttpResponse:
    """Show the dated states of a unit, what became of it, and what was recorded about it."""
    unit, viewer = lists.unit_at(request, ref), request.viewer
    page = selectors.unit_page(viewer, unit)
    facts = []
    if viewer.may("journal.read", unit.path) or readable_places(viewer) is None:
        wanted = Filter(under=readable_places(viewer), subject_id=str(unit.pk))
        facts = tell(read_page(wanted, limit=FACTS).entries, viewer)
    return render(
        request,
        "desk/units/history.html",
        {
            "unit": unit,
            "versions": versions_of(unit),
            "changes": page.changes,
            "told": facts,
            "became": _became(unit, request),
            "crumbs": crumbs_of(page.above, unit.name),
            "tabs": unit_tabs(request, unit, "history"),
        },
    )


@require_GET
@may("chain.see")
def show_map(request: HttpRequest, ref: str) -> HttpResponse:
    """Answer with the units directly below one as GeoJSON, each with how it stands."""
    unit = lists.unit_at(request, ref)
    drawn = selectors.map_features(request.viewer, unit)
    for feature in drawn["features"]:
        figures = feature["properties"]
        asked = ("units", "posts", "vacant", "unreachable")
        figures["state"], words = readiness(**{name: figures[name] for name in asked})
        number = figures["households"]
        households = ngettext("{n} household", "{n} households", number).format(n=f"{number:,}")
        figures["note"] = " · ".join(filter(None, (words, households)))
    drawn["features"] = [one for one in drawn["features"] if one["geometry"]]
    return lists.as_json(request, drawn)


def crumbs_of(above: list[Unit], name: str) -> list[tuple[str, str]]:
    """Lead from the tree down to a unit."""
    line = [(one.name, reverse("desk:unit", args=[one.ref])) for one in above]
    return [(_("Units"), reverse("desk:units")), *line, (name, "")]


def unit_tabs(request: HttpRequest, unit: Unit, current: str) -> list[dict[str, Any]]:
    """Lead to what belongs to a unit: its page, its history, and the lists behind its figures."""
    here = f"?under={unit.ref}"
    items = [
        ("now", _("Overview"), reverse("desk:unit", args=[unit.ref]), "grid", ""),
        (
            "posts",
            pgettext("the posts themselves", "Posts"),
            reverse("desk:posts") + here,
            "person",
            "chain.see",
        ),
        ("people", _("People"), reverse("desk:people") + here, "people", "people.see"),
        ("organisations", _("Organisations"), reverse("desk:organisations") + here, "org", ""),
        ("buildings", _("Buildings"), reverse("desk:buildings") + here, "building", "homes.see"),
        ("history", _("History"), reverse("desk:unit_history", args=[unit.ref]), "clock", ""),
    ]
    return [
        {"label": label, "url": url, "icon": icon, "current": key == current}
        for key, label, url, icon, capability in items
        if not capability or request.viewer.may(capability, unit.path)
    ]


def _map(unit: Unit) -> dict[str, Any]:
    props: dict[str, Any] = {
        "units": {"url": reverse("desk:unit_map", args=[unit.ref])},
        "states": ordinary_states(),
    }
    if unit.west is not None:
        props["bounds"] = [unit.west, unit.south, unit.east, unit.north]
    return props


def _is_drawn(unit: Unit, children: list[Unit]) -> bool:
    return unit.west is not None or any(child.lon is not None for child in children)


def _figures(request: HttpRequest, unit: Unit, tally: Tally) -> list[dict[str, Any]]:
    """Say every figure of a unit with the list behind it, where the viewer may see that list."""
    viewer, here = request.viewer, f"?under={unit.ref}"
    lists_behind = {
        "units": ("desk:units", "&view=table", "chain.see", ""),
        "posts": ("desk:posts", "", "chain.see", ""),
        "vacant": ("desk:posts", "&lacking=holder", "chain.see", "attention"),
        "unreachable": ("desk:posts", "&lacking=contact", "chain.see", _tone(tally)),
        "people": ("desk:people", "&in=posts", "people.see", ""),
        "buildings": ("desk:buildings", "", "homes.see", ""),
        "households": ("desk:buildings", "&view=doors", "homes.see", ""),
        "residents": ("desk:buildings", "&view=doors", "homes.see", ""),
    }
    figures = []
    for name, (page, query, capability, tone) in lists_behind.items():
        value = getattr(tally, name)
        href = reverse(page) + here + query if viewer.may(capability, unit.path) else ""
        figures.append(
            {
                "label": FIGURES[name],
                "value": value,
                "href": href,
                "tone": tone if value else "",
            }
        )
    bodies = {
        "label": _("Organisations"),
        "value": organisations_below(viewer, unit),
        "href": reverse("desk:organisations") + here,
        "tone": "",
    }
    return [*figures[:5], bodies, *figures[5:]]


def _tone(tally: Tally) -> str:
    names = ("units", "posts", "vacant", "unreachable")
    state, _words = readiness(**{name: getattr(tally, name) for name in names})
    return {"few": "attention", "many": "bad"}.get(state, "")


def _plain(columns: list[tables.Column]) -> list[tables.Column]:
    """Take the sorting off: the children of one unit stand in their own order."""
    return [tables.Column(one.label, number=one.number) for one in columns if one.sort != "place"]


def _became(unit: Unit, request: HttpRequest) -> list[Unit]:
    """Say which units stand today where an ended one stood."""
    if unit.ended_on is None:
        return []
    return successors(unit, request.now.date())


def _may_divide(viewer: Any, unit: Unit) -> bool:
    """Moving, splitting, merging and closing need reach above the unit."""
    above = unit.path[: unit.path.rstrip("/").rindex("/") + 1]
    return viewer.may("chain.edit", above)


def _language() -> str:
    return get_language() or "zh-hans"
