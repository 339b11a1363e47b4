"""Find sensors, their series drawn over time with what they led to, faults, and who hands readings in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from renwang.base.paging import Page, page_of
from renwang.chain.models import Unit
from renwang.chain.reach import Viewer
from renwang.signals.models import Ear, Fault, Intake, Proposal, Reading, Sensor, Series

SENSOR_SORTS = {
    "name": ("name",),
    "-name": ("-name",),
    "place": ("path", "name"),
    "-place": ("-path", "name"),
}
MOST_POINTS = 1_500


@dataclass(frozen=True, slots=True)
class SensorPage:
    """A sensor with its series (each with its pulse), open faults and past ones."""

    sensor: Sensor
    series: list[Series]
    faults: list[Fault]  # the latest first
    proposals: list[Proposal]  # that rest on it, the latest first


@dataclass(frozen=True, slots=True)
class SeriesDrawn:
    """A series over a span: points (moment, value, doubt), lines across, proposals and faults beside.

    Where there are more readings than can be drawn, each stretch of time keeps
    its lowest and its highest, so that no peak is lost.
    """

    series: Series
    points: list[tuple[datetime, float, int]]
    readings: int
    lines: list[tuple[float, str]]
    proposals: list[Proposal]
    faults: list[Fault]


def sensors_visible_to(viewer: Viewer) -> QuerySet[Sensor]:
    """Sensors at the places where the viewer may see signals, or sets sensors up."""
    return Sensor.objects.filter(viewer.scope("signals.see") | viewer.scope("sensors.edit"))


def series_visible_to(viewer: Viewer) -> QuerySet[Series]:
    """The series of those sensors, each with its sensor and pulse."""
    seen = viewer.scope("signals.see", "sensor__path") | viewer.scope(
        "sensors.edit", "sensor__path"
    )
    return Series.objects.filter(seen).select_related("sensor", "pulse").order_by("key")


def list_sensors(
    viewer: Viewer,
    *,
    under: Unit | None = None,
    text: str = "",
    quantity: str = "",
    state: str = "",
    sort: str = "place",
    cursor: str = "",
    size: int = 50,
) -> Page[Sensor]:
    """List sensors with their unit, series, pulses and open faults; five statements.

    `state` is "faulty", "off" (out of use) or empty for those in use.
    """
    found = sensors_visible_to(viewer).filter(is_active=state != "off")
    if under is not None:
        found = found.filter(path__under=under.path)
    if text:
        found = found.filter(Q(name__icontains=text) | Q(code__icontains=text))
    if quantity:
        found = found.filter(
            Exists(Series.objects.filter(sensor=OuterRef("pk"), quantity=quantity))
        )
    if state == "faulty":
        faulty = Fault.objects.filter(series__sensor=OuterRef("pk"), closed_at=None)
        found = found.filter(Exists(faulty))
    open_faults = Prefetch("faults", Fault.objects.filter(closed_at=None), to_attr="open_faults")
    series = Series.objects.select_related("pulse").prefetch_related(open_faults).order_by("key")
    found = found.select_related("unit").defer("unit__boundary")
    found = found.prefetch_related(Prefetch("series", series, to_attr="series_list"))
    return page_of(found, SENSOR_SORTS[sort], cursor=cursor, size=size)


def sensor_page(viewer: Viewer, ref: str) -> SensorPage | None:
    """Read a sensor's page; None where the viewer may not see it. Four statements."""
    found = sensors_visible_to(viewer).select_related("unit", "organisation")
    sensor = found.filter(ref=ref).first()
    if sensor is None:
        return None
    return SensorPage(
        sensor,
        list(sensor.series.select_related("pulse").order_by("key")),
        list(
            Fault.objects.filter(series__sensor=sensor)
            .select_related("series")
            .order_by("-opened_at")[:50]
        ),
        list(
            Proposal.objects.filter(watch__series__series__sensor=sensor)
            .select_related("trigger")
            .distinct()
            .order_by("-proposed_at")[:50]
        ),
    )


def draw_series(
    viewer: Viewer, key: str, begin: datetime, end: datetime, *, most: int = MOST_POINTS
) -> SeriesDrawn | None:
    """Give a series between two moments (the end included) for drawing; None where the viewer may not see it.

    Four statements.
    """
    series = series_visible_to(viewer).filter(key=key).first()
    if series is None:
        return None
    rows = Reading.objects.filter(series=series, at__gte=begin, at__lte=end).order_by("at")
    points = list(rows.values_list("at", "value", "doubt"))
    proposals = (
        Proposal.objects.filter(
            watch__series__series=series, met_at__lte=end, met_at__gte=begin - timedelta(days=1)
        )
        .filter(Q(cleared_at=None) | Q(cleared_at__gte=begin))
        .select_related("trigger")
        .order_by("met_at")
    )
    faults = Fault.objects.filter(series=series, opened_at__lte=end).filter(
        Q(closed_at=None) | Q(closed_at__gte=begin)
    )
    return SeriesDrawn(
        series,
        thin(points, begin, end, most),
        len(points),
        [(float(value), str(words)) for value, words in series.lines],
        list(proposals),
        list(faults.order_by("opened_at")),
    )


def thin(
    points: Sequence[tuple[datetime, float, int]], begin: datetime, end: datetime, most: int
) -> list[tuple[datetime, float, int]]:
    """Keep the lowest and the highest of each stretch of time, and every doubtful one."""
    if len(points) <= most:
        return list(points)
    stretch = (end - begin) / max(most // 2, 1)
    kept: dict[int, list[tuple[datetime, float, int]]] = {}
    doubtful = []
    for point in points:
        if point[2]:
            doubtful.append(point)
            continue
        pair = kept.setdefault(int((point[0] - begin) / stretch), [point, point])
        if point[1] < pair[0][1]:
            pair[0] = point
        if point[1] > pair[1][1]:
            pair[1] = point
    return sorted({*doubtful, *(point for pair in kept.values() for point in pair)})


def faults_visible_to(viewer: Viewer) -> QuerySet[Fault]:
    """Faults of sensors and triggers at the places where the viewer sees signals or sets sensors up."""
    return Fault.objects.filter(viewer.scope("signals.see") | viewer.scope("sensors.edit"))


def list_faults(
    viewer: Viewer, *, is_open: bool = True, kind: str = "", cursor: str = "", size: int = 50
) -> Page[Fault]:
    """List faults, the latest first, each with its series and sensor, or its watch and trigger."""
    found = faults_visible_to(viewer).filter(closed_at__isnull=is_open)
    if kind:
        found = found.filter(kind=kind)
    found = found.select_related("series__sensor", "watch__trigger")
    return page_of(found, ("-opened_at",), cursor=cursor, size=size)


def ears_of(viewer: Viewer) -> list[Ear]:
    """Say how the node listens to its MQTT brokers, for who sets sensors up; one statement."""
    return list(Ear.objects.order_by("name")) if viewer.may("sensors.edit") else []


def intakes_lately(viewer: Viewer, since: datetime) -> list[Intake]:
    """Say who handed readings in since a moment, hour by hour, the latest first; for who sets sensors up."""
    if not viewer.may("sensors.edit"):
        return []
    return list(Intake.objects.filter(hour__gte=since).order_by("-hour", "source")[:500])
