"""Sensors: which there are and whether they speak, their series drawn over time, setting them up (W1)."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from renwang.base.tables import Column as FileColumn
from renwang.base.tables import Kind
from renwang.chain.selectors.naming import topmost_units
from renwang.signals import services
from renwang.signals.models import Sensor, Series
from renwang.signals.rules import SignalRefused
from renwang.signals.selectors import (
    SensorPage,
    draw_series,
    ears_of,
    list_sensors,
    sensor_page,
)
from renwang.signals.selectors.sensing import SENSOR_SORTS, SeriesDrawn
from renwang.signals.sensors import DOUBTS
from renwang.signals.services import SensorShape
from renwang.web.desk import lists
from renwang.web.desk.forms.sensors import ChangeSensorForm, SensorForm, SeriesForm, SpanForm
from renwang.web.frame import tables
from renwang.web.frame.gates import done, may, sent_form, sentence_of

_COLUMNS = [
    tables.Column(gettext_lazy("Sensor"), sort="name"),
    tables.Column(gettext_lazy("Place"), sort="place"),
    tables.Column(gettext_lazy("Newest reading")),
    tables.Column(gettext_lazy("State")),
]
_HOURS = {"6": 6, "24": 24, "168": 168, "744": 744}
_SPANS = [
    ("6", gettext_lazy("6 hours")),
    ("24", gettext_lazy("24 hours")),
    ("168", gettext_lazy("7 days")),
    ("744", gettext_lazy("31 days")),
]
SHOWN = 48  # readings beside the chart; a file has all of them


@require_GET
@may("signals.see")
def show_sensors(request: HttpRequest) -> HttpResponse:
    """List the sensors with their newest readings and what is wrong with them."""
    sort = lists.sort_asked(request, _COLUMNS, SENSOR_SORTS, "place")
    state = request.GET.get("state", "")
    text, under = lists.text_asked(request), lists.unit_asked(request)

    def fetch(cursor: str, size: int) -> Any:
        return list_sensors(
            request.viewer, under=under, text=text, state=state, sort=sort, cursor=cursor, size=size
        )

    if lists.is_export(request):
        return _export(request, fetch)
    page = lists.cut(request, fetch)
    chips = tables.chips_of(
        request, "state", [("faulty", _("With a fault")), ("off", _("Out of use"))]
    )
    context = {
        "sensors": page.items,
        "table": lists.frame_of(request, _COLUMNS, page, sort=sort, chips=chips),
        "may_edit": request.viewer.may("sensors.edit"),
        "ears": ears_of(request.viewer),
        "is_narrowed": bool(state or text or under),
    }
    return render(request, "desk/sensors/list.html", context)


def _export(request: HttpRequest, fetch: lists.Fetch) -> HttpResponse:
    columns = [
        ("name", _("Sensor"), Kind.TEXT),
        ("code", _("Code of the sensor"), Kind.CODE),
        ("unit", _("Place"), Kind.TEXT),
        ("series", _("Series"), Kind.TEXT),
        ("lon", _("Longitude (WGS-84)"), Kind.DECIMAL),
        ("lat", _("Latitude (WGS-84)"), Kind.DECIMAL),
        ("faults", _("Faults"), Kind.TEXT),
    ]

    def row_of(one: Sensor) -> dict[str, Any]:
        return {
            "name": one.name,
            "code": one.code,
            "unit": one.unit.name,
            "series": " · ".join(series.key for series in one.series_list),
            "lon": one.lon,
            "lat": one.lat,
            "faults": " · ".join(
                str(fault.get_kind_display())
                for series in one.series_list
                for fault in series.open_faults
            ),
        }

    return lists.export(request, "sensors", columns, fetch, row_of)


# --- one sensor -------------------------------------------------------------------


def _page(request: HttpRequest, ref: str, *, edit: bool = False) -> SensorPage:
    page = sensor_page(request.viewer, ref)
    if page is None or (edit and not request.viewer.may("sensors.edit", page.sensor.path)):
        raise Http404(ref)
    return page


def _span(request: HttpRequest) -> tuple[str, datetime, datetime]:
    wish = request.GET.get("hours", "24")
    hours = wish if wish in _HOURS else "24"
    begin, end = SpanForm(request.GET).span(request.now, _HOURS[hours])
    return hours, begin, end


def chart_of(drawn: SeriesDrawn) -> dict[str, Any]:
    """Give a series as the chart island takes it: its readings, and each threshold as a level line."""
    points = [(at.timestamp() * 1000, value) for at, value, doubt in drawn.points if not doubt]
    lines = [{"name": drawn.series.key, "points": points}]
    if points:
        ends = (points[0][0], points[-1][0])
        lines += [
            {"name": f"{words} {value:g}".strip(), "points": [(at, value) for at in ends]}
            for value, words in drawn.lines
        ]
    return {"lines": lines, "unit": drawn.series.unit_of_measure}


@require_GET
@may("signals.see")
def show_sensor(request: HttpRequest, ref: str) -> HttpResponse:
    """Show a sensor: each series drawn with its thresholds, faults, and what it led to."""
    page = _page(request, ref)
    hours, begin, end = _span(request)
    wish = request.GET.get("series", "")
    chosen = next((one for one in page.series if one.key == wish), None) or (
        page.series[0] if page.series else None
    )
    drawn = draw_series(request.viewer, chosen.key, begin, end) if chosen else None
    if drawn and lists.is_export(request):
        return _readings(request, drawn)
    context = {
        "page": page,
        "sensor": page.sensor,
        "chosen": chosen,
        "drawn": drawn,
        "chart": chart_of(drawn) if drawn else None,
        "readings": drawn.points[::-1][:SHOWN] if drawn else [],
        "doubts": DOUBTS,
        "chips": tables.chips_of(request, "hours", _SPANS),
        "hours": hours,
        "span": SpanForm(initial={"begin": begin, "end": end}),
        "begin": begin,
        "end": end,
        "may_edit": request.viewer.may("sensors.edit", page.sensor.path),
    }
    return render(request, "desk/sensors/sensor.html", context)


def _readings(request: HttpRequest, drawn: SeriesDrawn) -> HttpResponse:
    columns = [
        FileColumn("at", (_("Moment"),), Kind.DATETIME),
        FileColumn("value", (drawn.series.unit_of_measure,), Kind.DECIMAL),
        FileColumn("doubt", (_("Doubt"),), Kind.TEXT),
    ]

    def rows() -> Iterator[dict[str, Any]]:
        for at, value, doubt in drawn.points:
            yield {"at": at, "value": value, "doubt": str(DOUBTS[doubt]) if doubt else ""}

    return lists.as_file(request, "readings", columns, rows())


@require_http_methods(["GET", "POST"])
@may("sensors.edit")
def add(request: HttpRequest) -> HttpResponse:
    """Set up a sensor; what it measures comes next."""
    initial = {"unit": next(iter(topmost_units(request.viewer, "sensors.edit")), None)}
    form = SensorForm(request.viewer, sent_form(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        unit = said.pop("unit")
        try:
            made = services.add_sensor(
                SensorShape(**said), unit, by=request.viewer, now=request.now
            )
        except SignalRefused as refusal:
            form.add_error(None, sentence_of(refusal))
        else:
            return done(request, _("Now say what it measures."), "desk:series_add", made.ref)
    title = _("Set up a sensor")
    crumbs = [(_("Sensors"), reverse("desk:sensors")), (title, "")]
    return lists.show_form(request, form, title, "", crumbs, _("Set it up"))


@require_http_methods(["GET", "POST"])
@may("sensors.edit")
def change(request: HttpRequest, ref: str) -> HttpResponse:
    """Change a sensor's name or place."""
    sensor = _page(request, ref, edit=True).sensor
    initial = {name: getattr(sensor, name) for name in ("name", "unit", "place", "lon", "lat")}
    form = ChangeSensorForm(request.viewer, sent_form(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_sensor(
                sensor.pk, **form.cleaned_data, by=request.viewer, now=request.now
            )
        except SignalRefused as refusal:
            form.add_error(None, sentence_of(refusal))
        else:
            return done(request, _("The change was recorded."), "desk:sensor", ref)
    crumbs = _crumbs(sensor, _("Change"))
    return lists.show_form(request, form, _("Change"), sensor.name, crumbs, _("Save"))


def _crumbs(sensor: Sensor, last: str) -> list[tuple[str, str]]:
    return [
        (_("Sensors"), reverse("desk:sensors")),
        (sensor.name, reverse("desk:sensor", args=[sensor.ref])),
        (last, ""),
    ]


@require_POST
@may("sensors.edit")
def use(request: HttpRequest, ref: str) -> HttpResponse:
    """Take a sensor out of use, or into it again."""
    sensor = _page(request, ref, edit=True).sensor
    services.use_sensor(sensor.pk, not sensor.is_active, by=request.viewer, now=request.now)
    if sensor.is_active:
        return done(request, _("It is out of use; its readings stay."), "desk:sensor", ref)
    return done(request, _("It is in use again."), "desk:sensor", ref)


@require_http_methods(["GET", "POST"])
@may("sensors.edit")
def add_series(request: HttpRequest, ref: str) -> HttpResponse:
    """Say what else a sensor measures."""
    sensor = _page(request, ref, edit=True).sensor
    form = SeriesForm(sent_form(request), initial={"key": f"{sensor.code}."})
    if request.method == "POST" and form.is_valid():
        try:
            services.add_series(sensor.pk, form.shape(), by=request.viewer, now=request.now)
        except SignalRefused as refusal:
            form.add_error(None, sentence_of(refusal))
        else:
            return done(request, _("Readings can be handed in now."), "desk:sensor", ref)
    title = _("What it measures")
    return lists.show_form(request, form, title, sensor.name, _crumbs(sensor, title), _("Save"))


@require_http_methods(["GET", "POST"])
@may("sensors.edit")
def change_series(request: HttpRequest, ref: str, key: str) -> HttpResponse:
    """Change what is plausible of a series."""
    page = _page(request, ref, edit=True)
    series = next((one for one in page.series if one.key == key), None)
    if series is None:
        raise Http404(key)
    form = SeriesForm(sent_form(request), initial=_initial_of(series))
    if request.method == "POST" and form.is_valid():
        try:
            services.change_series(series.pk, form.shape(), by=request.viewer, now=request.now)
        except SignalRefused as refusal:
            form.add_error(None, sentence_of(refusal))
        else:
            return done(request, _("The change was recorded."), "desk:sensor", ref)
    crumbs = _crumbs(page.sensor, series.key)
    return lists.show_form(request, form, series.key, page.sensor.name, crumbs, _("Save"))


def _initial_of(series: Series) -> dict[str, Any]:
    names = (
        "key", "quantity", "unit_of_measure", "every", "low", "high", "jump", "stuck_for", "resting",
        "outside",
    )  # fmt: skip
    lines = "\n".join(f"{value:g} {words}".strip() for value, words in series.lines)
    return {name: getattr(series, name) for name in names} | {"lines": lines}
