"""Facilities as a whole: on the map, by walking distance, the service centres by tier, what is wrong, the figures."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext, pgettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from renwang.base.tables import Column as FileColumn
from renwang.base.tables import Kind as CellKind
from renwang.chain.models import Unit
from renwang.chain.selectors.drawing import drawn_units
from renwang.chain.selectors.naming import topmost_units
from renwang.chain.selectors.units import children
from renwang.registers.facilities import finding_words as said
from renwang.registers.facilities import room_imports
from renwang.registers.facilities.coverage_rules import Sum
from renwang.registers.facilities.finding_rules import Finding, Hole, Severity
from renwang.registers.facilities.kinds import known_terms
from renwang.registers.facilities.models import STATES, Facility
from renwang.registers.facilities.naming import (
    SHELTERS,
    figures_of,
    say_kind,
    say_service,
    say_tier,
)
from renwang.registers.facilities.rules import State
from renwang.registers.facilities.selectors.coverage import Area, Covered, services_of
from renwang.registers.facilities.selectors.finding import Holes, holes_at
from renwang.registers.facilities.selectors.listing import (
    centres,
    count_kinds,
    marks_of,
    places_without,
)
from renwang.web.desk import lists, maps
from renwang.web.desk.facilities import facility_tabs
from renwang.web.frame import tables
from renwang.web.frame.gates import may
from renwang.web.frame.tags.receipts import share
from renwang.web.frame.tags.signs import as_written

ROWS = 100
MOST_HOUSEHOLDS = 600_000
"""More than that is asked part by part: nobody walks across a city."""

_SIGNS = {
    State.READY: "well",
    State.LIMITED: "doubtful",
    State.OUT_OF_ORDER: "silent",
    State.CLOSED: "stuck",
}
_REACH = {
    "all": (gettext_lazy("Everybody within walking distance"), "good", "solid"),
    "few": (gettext_lazy("A few live beyond it"), "info", "dots"),
    "many": (gettext_lazy("Many live beyond it"), "attention", "stripes"),
    "none": (gettext_lazy("Nobody is within it"), "bad", "cross"),
    "empty": (gettext_lazy("No doors are kept there"), "idle", "none"),
}
_TONES = {Severity.GRAVE: "bad", Severity.ATTENTION: "attention", Severity.NOTE: "neutral"}


def place_asked(request: HttpRequest) -> Unit:
    """Find the place that is looked at: the one asked for, else the viewer's own."""
    found = lists.unit_asked(request) or next(
        iter(topmost_units(request.viewer, "facilities.see")), None
    )
    if found is None:
        raise Http404("no place")
    return found


# --- the map ------------------------------------------------------------------------


@require_GET
@may("facilities.see")
def show_map(request: HttpRequest) -> HttpResponse:
    """Show what stands where; the table beside it counts the kinds."""
    place, asked = place_asked(request), request.GET.get("kind", "")
    terms = known_terms()
    counts = count_kinds(request.viewer, place)
    query = urlencode({"under": place.ref, **({"kind": asked} if asked in terms.kinds else {})})
    props = maps.island_of(f"{reverse('desk:facility_units')}?{query}", [], top=place.path)
    signs = [
        {"key": state.value, "word": str(STATES[state]), "sign": sign}
        for state, sign in _SIGNS.items()
    ]
    props |= {"marks": {"url": f"{reverse('desk:facility_marks')}?{query}"}, "marked": signs}
    context = {
        "place": place,
        "kind": asked if asked in terms.kinds else "",
        "kinds": [(key, say_kind(key), counts[key]) for key in terms.kinds],
        "marks": _marks(request, place),
        "map": props,
        "tabs": facility_tabs(request, "map"),
    }
    return render(request, "desk/facilities/map.html", context)


def _marks(request: HttpRequest, place: Unit) -> list[dict[str, Any]]:
    asked = request.GET.get("kind", "")
    kinds = (asked,) if asked in known_terms().kinds else ()
    return marks_of(request.viewer, place.path, kinds=kinds, most=500)


@require_GET
@may("facilities.see")
def give_marks(request: HttpRequest) -> HttpResponse:
    """Give what the map marks, as GeoJSON."""
    return maps.as_features([_mark(one) for one in _marks(request, place_asked(request))])


def _mark(one: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [one["lon"], one["lat"]]},
        "properties": {
            "id": one["ref"],
            "name": one["name"],
            "state": one["state"],
            "note": say_kind(one["kind"]),
        },
    }


@require_GET
@may("facilities.see")
def give_units(request: HttpRequest) -> HttpResponse:
    """Give the outlines of the places under the marks, as GeoJSON."""
    units = drawn_units(place_asked(request).path, most=maps.MOST_UNITS)
    return maps.as_features([maps.feature_of(unit, "", "") for unit in units])


# --- within walking distance ---------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """A place in the table of coverage, with its shares in percent."""

    unit: Unit
    sum: Sum
    state: str  # key of `_REACH`

    @property
    def beyond(self) -> Any:
        """The share of households beyond walking distance."""
        return share(self.sum.beyond_households, self.sum.households)


@require_GET
@may("facilities.see")
def show_coverage(request: HttpRequest) -> HttpResponse:
    """Show who can walk to a service, where there is room and where not, the worst places first."""
    place, service = place_asked(request), _service(request)
    below = list(children(request.viewer, place)[: maps.MOST_UNITS])
    context: dict[str, Any] = {
        "place": place,
        "service": service,
        "services": [(key, say_service(key)) for key in services_of(known_terms())],
        "tabs": facility_tabs(request, "coverage"),
        "below": below,
        "figures": _method(service),
    }
    if _is_too_large(place):
        return render(request, "desk/facilities/coverage.html", context | {"is_too_large": True})
    covered = Area(place.path).cover(service, below)
    lines = [Line(row.unit, row.sum, _state(row.sum)) for row in covered.rows]
    if lists.is_export(request):
        return _export_coverage(request, lines)
    query = urlencode({"under": place.ref, "service": service})
    context |= {
        "covered": covered,
        "lines": lines,
        "standing": _loads(covered),
        "map": _coverage_map(query, place),
        "exports": [(word, f"?{query}&format={kind}") for word, kind in lists.EXPORTS],
    }
    return render(request, "desk/facilities/coverage.html", context)


def _coverage_map(query: str, place: Unit) -> dict[str, Any]:
    states = [
        {"key": key, "word": str(word), "tone": tone, "pattern": pattern}
        for key, (word, tone, pattern) in _REACH.items()
    ]
    props = maps.island_of(f"{reverse('desk:facility_reach')}?{query}", states, top=place.path)
    marked = [{"key": "stands", "word": _("Usable facility"), "sign": "well"}]
    return props | {
        "marks": {"url": f"{reverse('desk:facility_standing')}?{query}"},
        "marked": marked,
    }


def _is_too_large(place: Unit) -> bool:
    tally = getattr(place, "tally", None)
    return tally is not None and tally.households > MOST_HOUSEHOLDS


def _service(request: HttpRequest) -> str:
    wish = request.GET.get("service", "")
    return wish if wish in services_of(known_terms()) else SHELTERS


def _state(one: Sum) -> str:
    if not one.households:
        return "empty"
    if one.beyond_households == one.households:
        return "none"
    terms = known_terms()
    if one.beyond_households > one.households * terms.figures[terms.beyond].value:
        return "many"
    return "few" if one.beyond_households else "all"


def _method(service: str) -> list[Any]:
    """Give the figures that coverage rests on, each with its source."""
    terms = known_terms()
    kinds = terms.sheltering if service == SHELTERS else (terms.kinds[service],)
    keys = ["detour", terms.beyond]
    for kind in kinds:
        tiers = [tier.serves for tier in terms.tiers.values()] if kind.has_tiers else [kind.serves]
        keys += [*tiers, *(need.figure for need in kind.needs)]
    return [terms.figures[key] for key in dict.fromkeys(keys) if key]


def _loads(covered: Covered) -> list[tuple[Any, Any]]:
    """Give each facility with the places taken in it, the fullest first."""
    pairs = zip(covered.standing, covered.reached.taken.tolist(), strict=True)
    return sorted(pairs, key=lambda pair: (-pair[1], pair[0].name))[:ROWS]


def _export_coverage(request: HttpRequest, lines: Iterable[Line]) -> HttpResponse:
    titles = {
        "unit": _("Place"), "households": _("Households"), "beyond": _("Beyond walking distance"),
        "people": pgettext("a number", "People"), "placed": _("Find room"), "unplaced": _("No room within reach"),
        "farthest": _("Longest walk (m)"),
    }  # fmt: skip
    columns = [
        FileColumn(key, (str(title),), CellKind.TEXT if key == "unit" else CellKind.INTEGER)
        for key, title in titles.items()
    ]
    rows = (
        {
            "unit": one.unit.name,
            "households": one.sum.households,
            "beyond": one.sum.beyond_households,
            "people": one.sum.people,
            "placed": one.sum.placed,
            "unplaced": one.sum.unplaced,
            "farthest": round(one.sum.farthest_m),
        }
        for one in lines
    )
    return lists.as_file(request, "walking-distance", columns, rows)


@require_GET
@may("facilities.see")
def give_reach(request: HttpRequest) -> HttpResponse:
    """Give the places of the map, each in the state of its coverage, as GeoJSON."""
    place = place_asked(request)
    if _is_too_large(place):
        return maps.as_features([])
    drawn = drawn_units(place.path, most=maps.MOST_UNITS)
    area = Area(place.path)
    sums = area.sums(drawn, area.reach(_service(request))[1])
    features = []
    for unit, one in zip(drawn, sums, strict=True):
        note = ngettext(
            "{n} household beyond walking distance",
            "{n} households beyond walking distance",
            one.beyond_households,
        ).format(n=one.beyond_households)
        features.append(maps.feature_of(unit, _state(one), note if one.beyond_households else ""))
    return maps.as_features(features)


@require_GET
@may("facilities.see")
def give_standing(request: HttpRequest) -> HttpResponse:
    """Give the usable facilities of a service, as GeoJSON."""
    place = place_asked(request)
    if _is_too_large(place):
        return maps.as_features([])
    found = Area(place.path).serving(_service(request))
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [one.site.lon, one.site.lat]},
            "properties": {"id": one.ref, "name": one.name, "state": "stands", "note": ""},
        }
        for one in found[:2_000]
    ]
    return maps.as_features(features)


# --- service centres -----------------------------------------------------------------


@require_GET
@may("facilities.see")
def show_centres(request: HttpRequest) -> HttpResponse:
    """Show the service centres of a place by tier: rooms, what each is for in an emergency, and where one is missing."""
    place = place_asked(request)
    found = centres(request.viewer, place)
    if lists.is_export(request):
        return _export_rooms(request, found)
    missing = places_without(request.viewer, place, found)
    terms = known_terms()
    tiers = [
        {
            "key": key,
            "name": say_tier(key),
            "centres": [(one, figures_of(one.capacity)) for one in found if one.tier == key],
            "missing": missing.get(key, []),
        }
        for key in terms.tiers
    ]
    context = {
        "place": place,
        "tiers": tiers,
        "tabs": facility_tabs(request, "centres"),
        "today": timezone.localdate(request.now, timezone.get_default_timezone()),
        "exports": _room_exports(place),
    }
    return render(request, "desk/facilities/centres.html", context)


def _room_exports(place: Unit) -> list[tuple[Any, str]]:
    return [
        (word, f"?{urlencode({'under': place.ref, 'format': kind})}")
        for word, kind in lists.EXPORTS
    ]


def _export_rooms(request: HttpRequest, found: Iterable[Facility]) -> HttpResponse:
    columns = [
        FileColumn(key, (title,), kind)
        for key, title, kind in room_imports.headings(get_language() or "en")
    ]
    rows = []
    for one in found:
        for room in one.rooms.all():
            room.facility = one
            rows.append(room_imports.row_of(room))
    return lists.as_file(request, "rooms", columns, iter(rows))


# --- what is wrong -------------------------------------------------------------------

_COLUMNS = [
    tables.Column(gettext_lazy("What is wrong")),
    tables.Column(gettext_lazy("Place")),
    tables.Column(gettext_lazy("How grave")),
    tables.Column(gettext_lazy("Who can mend it")),
]


@dataclass(frozen=True, slots=True)
class Told:
    """A finding as the page tells it: what, where, how grave, who mends it, and the way there."""

    name: Any
    sentence: str
    shown: SafeString  # the sentence for a page, with somebody's own words marked
    about: str
    place: str
    severity: Any
    tone: str
    mender: Any
    url: str
    link: Any


@require_GET
@may("facilities.see")
def show_findings(request: HttpRequest) -> HttpResponse:
    """Show what is wrong with the facilities of a place and below it, the gravest first."""
    place = place_asked(request)
    holes = holes_at(request.viewer, place, now=request.now, with_coverage=not _is_too_large(place))
    hole = request.GET.get("hole", "")
    shown = [one for one in holes.findings if not hole or one.hole == hole]
    if lists.is_export(request):
        return _export_findings(request, [_tell(one, holes) for one in shown])
    cut = Paginator(shown, ROWS).get_page(request.GET.get("page"))
    context = {
        "place": place,
        "holes": holes,
        "by_severity": [
            (said.SEVERITIES[one], holes.by_severity[int(one)], _TONES[one]) for one in Severity
        ],
        "rows": [_tell(one, holes) for one in cut],
        "table": _frame(request, holes, cut),
        "tabs": facility_tabs(request, "findings"),
    }
    return render(request, "desk/facilities/findings.html", context)


def _frame(request: HttpRequest, holes: Holes, cut: Any) -> tables.Table:
    counts = {hole.value: count for hole, count in holes.counts.items()}
    found = [(key, said.NAMES[Hole(key)]) for key in counts]
    chips = tables.chips_of(request, "hole", found, counts=counts)
    pager = lists.pager_of_pages(request, cut)
    return tables.table_of(
        request, _COLUMNS, sort="", pager=pager, chips=chips, exports=lists.EXPORTS
    )


def _tell(one: Finding, holes: Holes) -> Told:
    place = holes.units.get(one.path)
    url, link = _mend(one, place)
    return Told(
        said.NAMES[one.hole], said.say_finding(one), _shown(one), said.say_about(one),
        place.name if place else "", said.SEVERITIES[one.severity], _TONES[one.severity],
        said.MENDERS[one.mender], url, link,
    )  # fmt: skip


# What somebody wrote of a defect or of a stock, as a finding quotes it.
WORDS = frozenset(["defect", "thing", "things", "unit"])


def _shown(one: Finding) -> SafeString:
    sentence, params = said.told_of(one)
    for key in WORDS & params.keys():
        params[key] = as_written(params[key])
    return format_html(sentence, **params)


def _mend(one: Finding, place: Unit | None) -> tuple[str, Any]:
    """Lead to where a finding is mended."""
    if one.hole is Hole.POST_VACANT:
        return reverse("desk:post", args=[one.params["key"]]), gettext_lazy("To the post")
    if one.ref:
        return reverse("desk:facility", args=[one.ref]), gettext_lazy("To the facility")
    under = {"under": place.ref} if place else {}
    if one.hole is Hole.TIER_MISSING:
        return f"{reverse('desk:facility_centres')}?{urlencode(under)}", gettext_lazy(
            "To the centres"
        )
    service = one.kind if one.kind in services_of(known_terms()) else SHELTERS
    query = urlencode({**under, "service": service})
    return f"{reverse('desk:facility_coverage')}?{query}", gettext_lazy("To the map of walks")


def _export_findings(request: HttpRequest, rows: Sequence[Told]) -> HttpResponse:
    titles = {
        "name": _("What is wrong"), "about": _("Kind of facility"), "place": _("Place"),
        "severity": _("How grave"), "sentence": _("Sentence"), "mender": _("Who can mend it"),
    }  # fmt: skip
    columns = [FileColumn(key, (str(word),), CellKind.TEXT) for key, word in titles.items()]
    found = ({name: str(getattr(row, name)) for name in titles} for row in rows)
    return lists.as_file(request, "facility-findings", columns, found)


# --- the figures ---------------------------------------------------------------------

CONFIDENCE = {
    "H": pgettext_lazy("how much a source is worth", "Seen in the source"),
    "M": pgettext_lazy("how much a source is worth", "From one place only"),
    "L": pgettext_lazy("how much a source is worth", "Not found: to be replaced"),
}


@require_GET
@may("facilities.see")
def show_figures(request: HttpRequest) -> HttpResponse:
    """Show every figure that is reckoned with, where it comes from, and how much that is worth."""
    terms = known_terms()
    rows = [(one, CONFIDENCE.get(one.confidence, one.confidence)) for one in terms.figures.values()]
    context = {"rows": rows, "tabs": facility_tabs(request, "figures")}
    return render(request, "desk/facilities/figures.html", context)
