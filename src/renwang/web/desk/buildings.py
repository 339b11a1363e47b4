"""Buildings, and the doors in them storey by storey: a head-count each, and nothing about who lives there."""

from itertools import groupby
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from renwang.base.paging import Page
from renwang.base.tables import Kind
from renwang.chain import selectors
from renwang.chain.models import Building, Household
from renwang.chain.reach import NotInReach
from renwang.chain.rules import Refusal
from renwang.chain.selectors.homes import BUILDING_SORTS
from renwang.chain.services import homes as services
from renwang.web.desk import lists
from renwang.web.desk.forms.buildings import BuildingForm, DoorForm, HeadsForm
from renwang.web.frame import tables
from renwang.web.frame.gates import done, may, refused, sentence_of

MOST_DOORS = 500


def _exported(one: Building) -> dict[str, Any]:
    names = ("code", "name", "address", "storeys", "entrances", "doors", "heads")
    return {"unit": one.unit.name, **{name: getattr(one, name) for name in names}}


BUILDINGS = lists.Listing(
    name="buildings",
    find=selectors.list_buildings,
    sorts=BUILDING_SORTS,
    default="place",
    columns=[
        tables.Column(gettext_lazy("Building"), sort="name"),
        tables.Column(gettext_lazy("Lies in"), sort="place"),
        tables.Column(gettext_lazy("Address")),
        tables.Column(gettext_lazy("Storeys"), number=True),
        tables.Column(gettext_lazy("Doors"), number=True),
        tables.Column(gettext_lazy("Residents"), number=True),
    ],
    exported=[
        ("code", pgettext_lazy("of a place", "Code"), Kind.CODE),
        ("name", gettext_lazy("Building"), Kind.TEXT),
        ("unit", gettext_lazy("Lies in"), Kind.TEXT),
        ("address", gettext_lazy("Address"), Kind.TEXT),
        ("storeys", gettext_lazy("Storeys"), Kind.INTEGER),
        ("entrances", gettext_lazy("Entrances"), Kind.INTEGER),
        ("doors", gettext_lazy("Doors"), Kind.INTEGER),
        ("heads", gettext_lazy("Residents"), Kind.INTEGER),
    ],
    row_of=_exported,
)


def _find_doors(viewer: Any, **wanted: Any) -> Page[Household]:
    asked = {name: wanted[name] for name in ("under", "cursor", "size")}
    return selectors.list_households(viewer, **asked)


def _exported_door(one: Household) -> dict[str, Any]:
    return {
        "code": one.building.code,
        "building": one.building.name,
        "door": one.door,
        "storey": one.storey,
        "unit": one.unit.name,
        "heads": one.heads,
    }


DOORS = lists.Listing(
    name="doors",
    find=_find_doors,
    sorts={"": ()},
    default="",
    columns=[
        tables.Column(gettext_lazy("Door")),
        tables.Column(gettext_lazy("Building")),
        tables.Column(gettext_lazy("Lies in")),
        tables.Column(gettext_lazy("Storey"), number=True),
        tables.Column(gettext_lazy("Residents"), number=True),
    ],
    exported=[
        ("code", pgettext_lazy("of a place", "Code"), Kind.CODE),
        ("building", gettext_lazy("Building"), Kind.TEXT),
        ("door", gettext_lazy("Door"), Kind.CODE),
        ("storey", gettext_lazy("Storey"), Kind.INTEGER),
        ("unit", gettext_lazy("Lies in"), Kind.TEXT),
        ("heads", gettext_lazy("Residents"), Kind.INTEGER),
    ],
    row_of=_exported_door,
)
"""The households that are counted one by one: what the figures of a place rest on."""


@require_GET
@may("homes.see")
def show_buildings(request: HttpRequest) -> HttpResponse:
    """List buildings with how many doors and heads each has; with `?view=doors` the doors themselves."""
    view = "doors" if request.GET.get("view") == "doors" else ""
    listing = DOORS if view else BUILDINGS
    wanted, tabs = lists.wanted_of(request, listing), _tabs(request, view)
    may_edit = request.viewer.may("homes.edit")
    return lists.show_list(request, listing, wanted, may_edit=may_edit, tabs=tabs)


def _tabs(request: HttpRequest, current: str) -> list[dict[str, Any]]:
    """Offer the two views of the same place."""
    here = {"under": request.GET["under"]} if request.GET.get("under") else {}
    views = [("", _("Buildings"), "building"), ("doors", _("Doors"), "household")]
    tabs = []
    for view, label, icon in views:
        asked = urlencode({"view": view, **here} if view else here)
        url = reverse("desk:buildings") + (f"?{asked}" if asked else "")
        tabs.append({"label": label, "icon": icon, "current": view == current, "url": url})
    return tabs


@require_GET
@may("homes.see")
def show_building(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show a building's doors as they lie one above the other."""
    building = _building(request, key)
    doors = selectors.list_households(request.viewer, building=building, size=MOST_DOORS)
    storeys = [
        (storey, list(found))
        for storey, found in groupby(doors.items, key=lambda door: door.storey)
    ]
    may_edit = request.viewer.may("homes.edit", building.path)
    return render(
        request,
        "desk/buildings/building.html",
        {
            "building": building,
            "storeys": storeys[::-1],
            "doors": len(doors.items),
            "heads": sum(door.heads for door in doors.items),
            "is_cut": doors.next is not None,
            "may_edit": may_edit,
            "door_form": DoorForm(request.viewer) if may_edit else None,
            "crumbs": [(_("Buildings"), reverse("desk:buildings")), (building.name, "")],
        },
    )


@require_http_methods(["GET", "POST"])
@may("homes.edit")
def create(request: HttpRequest) -> HttpResponse:
    """Add a building."""
    initial = {"unit": lists.unit_asked(request)}
    form = BuildingForm(request.viewer, lists.sent(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.add_building(by=request.viewer, now=request.now, **form.cleaned_data)
            return done(request, _("The building was added."), "desk:building", made.pk)
        except (Refusal, NotInReach) as refusal:
            form.add_error(None, sentence_of(refusal))
    title = _("Add a building")
    crumbs = [(_("Buildings"), reverse("desk:buildings")), (title, "")]
    return lists.show_form(request, form, title, "", crumbs, _("Add"))


@require_http_methods(["GET", "POST"])
@may("homes.edit")
def change(request: HttpRequest, key: UUID) -> HttpResponse:
    """Change a building, or hand it to another unit with its doors."""
    building = _building(request, key, edit=True)
    names = ("name", "unit", "code", "address", "storeys", "entrances", "lon", "lat")
    initial = {**{name: getattr(building, name) for name in names}, "datum": "wgs84"}
    form = BuildingForm(request.viewer, lists.sent(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_building(
                building=building, by=request.viewer, now=request.now, **form.cleaned_data
            )
            return done(request, _("The change was recorded."), "desk:building", key)
        except (Refusal, NotInReach) as refusal:
            form.add_error(None, sentence_of(refusal))
    crumbs = _crumbs(building, _("Change"))
    return lists.show_form(request, form, _("Change"), building.name, crumbs, _("Save"))


@require_POST
@may("homes.edit")
def remove(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take a building without doors off the books."""
    building = _building(request, key, edit=True)
    try:
        services.remove_building(building=building, by=request.viewer, now=request.now)
    except Refusal as refusal:
        return refused(request, refusal, "desk:building", key)
    return done(request, _("The building was taken off the books."), "desk:buildings")


@require_POST
@may("homes.edit")
def add_door(request: HttpRequest, key: UUID) -> HttpResponse:
    """Add a door to a building."""
    building = _building(request, key, edit=True)
    form = DoorForm(request.viewer, request.POST)
    if form.is_valid():
        try:
            services.add_household(
                building=building, by=request.viewer, now=request.now, **form.cleaned_data
            )
            return done(request, _("The door was added."), "desk:building", key)
        except (Refusal, NotInReach) as refusal:
            form.add_error(None, sentence_of(refusal))
    title = _("Add a door")
    crumbs = _crumbs(building, title)
    return lists.show_form(request, form, title, building.name, crumbs, _("Add"))


@require_http_methods(["GET", "POST"])
@may("homes.edit")
def change_door(request: HttpRequest, key: UUID, door: UUID) -> HttpResponse:
    """Change how many live behind a door, or who carries warnings to it; or take it away."""
    building = _building(request, key, edit=True)
    household = _door(request, building, door)
    initial = {"heads": household.heads, "unit": household.unit}
    form = HeadsForm(request.viewer, lists.sent(request), initial=initial)
    try:
        if request.method == "POST" and "remove" in request.POST:
            services.remove_household(household=household, by=request.viewer, now=request.now)
            return done(request, _("The door was taken away."), "desk:building", key)
        if request.method == "POST" and form.is_valid():
            services.change_household(
                household=household, by=request.viewer, now=request.now, **form.cleaned_data
            )
            return done(request, _("The change was recorded."), "desk:building", key)
    except (Refusal, NotInReach) as refusal:
        form.add_error(None, sentence_of(refusal))
    crumbs = _crumbs(building, household.door)
    context = {"form": form, "building": building, "household": household, "crumbs": crumbs}
    answer = 422 if form.errors else 200
    return render(request, "desk/buildings/door.html", context, status=answer)


def _building(request: HttpRequest, key: UUID, *, edit: bool = False) -> Building:
    found = selectors.buildings_visible_to(request.viewer).select_related("unit")
    building = found.filter(pk=key).first()
    if building is None:
        raise Http404(key)
    if edit and not request.viewer.may("homes.edit", building.path):
        raise NotInReach("homes.edit", building.path)
    return building


def _door(request: HttpRequest, building: Building, key: UUID) -> Household:
    found = selectors.households_visible_to(request.viewer).select_related("unit", "building")
    household = found.filter(pk=key, building=building).first()
    if household is None:
        raise Http404(key)
    return household


def _crumbs(building: Building, here: str) -> list[tuple[str, str]]:
    address = reverse("desk:building", args=[building.pk])
    return [(_("Buildings"), reverse("desk:buildings")), (building.name, address), (here, "")]
