"""Signals on a map: where they lie and how grave they are, the sensors beside them, and a table that says the same."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from renwang.chain.selectors.drawing import drawn_units
from renwang.chain.selectors.naming import topmost_units
from renwang.signals.models import WARNING_LEVELS
from renwang.signals.scale_rules import WarningLevel
from renwang.signals.selectors import Health, Look, Spot, Stand, sensor_stands, signal_spots
from renwang.signals.sensors import FAULT_KINDS
from renwang.web.desk import lists, maps
from renwang.web.desk.forms.signals import FilterForm
from renwang.web.desk.signals import CHIPS, signal_tabs, wanted_of
from renwang.web.frame import tables
from renwang.web.frame.gates import may

LAYERS = ("signals", "sensors")
_LAYER_WORDS = [
    ("signals", gettext_lazy("Signals only")),
    ("sensors", gettext_lazy("Sensors only")),
]
LOOKS: dict[Look, Any] = {
    **{Look(level.value): WARNING_LEVELS[level] for level in WarningLevel},
    Look.WAITING: gettext_lazy("Waits for a look"),
    Look.JUDGED: gettext_lazy("Judged, without a warning level"),
    Look.ASIDE: gettext_lazy("Put aside"),
}
HEALTHS: dict[Health, Any] = {
    Health.WELL: gettext_lazy("Sensor without fault"),
    Health.SILENT: gettext_lazy("Silent sensor"),
    Health.STUCK: gettext_lazy("Stuck sensor"),
    Health.DOUBTFUL: gettext_lazy("Sensor in doubt"),
}


@require_GET
@may("signals.see")
def show_map(request: HttpRequest) -> HttpResponse:
    """Show where signals lie and sensors stand, narrowed as the list is; the tables beside the map say the same."""
    spots, stands, is_cut = _seen(request)
    context = {
        "spots": spots,
        "stands": [(one, _faults(one)) for one in stands],
        "looks": LOOKS,
        "healths": HEALTHS,
        "is_cut": is_cut,
        "map": _props(request),
        "form": FilterForm(request.GET),
        "chips": [
            *tables.chips_of(request, "state", CHIPS),
            *tables.chips_of(request, "layer", _LAYER_WORDS),
        ],
        "tabs": signal_tabs(request, "map"),
        "layer": _layer(request),
        "is_narrowed": any(wanted_of(request).values()),
    }
    return render(request, "desk/signals/map.html", context)


def _props(request: HttpRequest) -> dict[str, Any]:
    """What the map island is told: where its units and marks come from, narrowed as the page is."""
    asked = request.GET.urlencode()
    query = f"?{asked}" if asked else ""
    units = reverse("desk:signals_units") + query
    props: dict[str, Any] = {"units": {"url": units}, "states": []}
    if request.viewer.may("chain.see"):
        props = maps.island_of(units, [], top=_top(request))
    return props | {"marks": {"url": reverse("desk:signals_marks") + query}, "marked": marked()}


@require_GET
@may("signals.see")
def give_marks(request: HttpRequest) -> HttpResponse:
    """Give what the map marks, as GeoJSON."""
    spots, stands, _is_cut = _seen(request)
    return maps.as_features([*map(_mark_of, _placed(spots)), *map(_pin_of, _placed(stands))])


@require_GET
@may("signals.see")
def give_units(request: HttpRequest) -> HttpResponse:
    """Give the outlines of the places under the marks, as GeoJSON."""
    top = _top(request)
    units = drawn_units(top, most=maps.MOST_UNITS) if top else []
    return maps.as_features([maps.feature_of(unit, "", "") for unit in units])


def marked() -> list[dict[str, str]]:
    """The signs of the map with their words, the gravest first."""
    signs = [*LOOKS.items(), *HEALTHS.items()]
    return [{"key": key.value, "word": str(word), "sign": key.value} for key, word in signs]


def _seen(request: HttpRequest) -> tuple[list[Spot], list[Stand], bool]:
    wanted, layer = wanted_of(request), _layer(request)
    spots, more_signals = ([], False)
    stands, more_sensors = ([], False)
    if layer != "sensors":
        spots, more_signals = signal_spots(request.viewer, **wanted)
    if layer != "signals":
        stands, more_sensors = sensor_stands(request.viewer, under=wanted["under"])
    return spots, stands, more_signals or more_sensors


def _layer(request: HttpRequest) -> str:
    wish = request.GET.get("layer", "")
    return wish if wish in LAYERS else ""


def _top(request: HttpRequest) -> str:
    under = lists.unit_asked(request)
    if under is not None:
        return under.path
    return next((unit.path for unit in topmost_units(request.viewer, "signals.see")), "")


def _placed(found: Iterable[Any]) -> list[Any]:
    return [one for one in found if one.lon is not None and one.lat is not None]


def _mark_of(spot: Spot) -> dict[str, Any]:
    note = spot.latest_words if spot.signals == 1 else ""
    return _point(spot, spot.unit_name, spot.look.value, note[:80], count=spot.signals)


def _pin_of(stand: Stand) -> dict[str, Any]:
    return _point(stand, stand.name, stand.health.value, _faults(stand))


def _faults(stand: Stand) -> str:
    return _("; ").join(str(FAULT_KINDS[kind]) for kind in stand.faults)


def _point(one: Spot | Stand, name: str, state: str, note: str, **more: Any) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [one.lon, one.lat]},
        "properties": {"id": one.key, "name": name, "state": state, "note": note, **more},
    }
