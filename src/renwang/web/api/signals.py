"""Signals over the API: report, hand readings in, read sensors, series and what triggers propose."""

from dataclasses import asdict
from datetime import timedelta

from django.http import HttpRequest
from django.utils import translation
from ninja import Query, Router, Status

from renwang.chain.selectors import units
from renwang.signals import selectors, services
from renwang.signals.models import Proposal, Sensor, Signal
from renwang.signals.payloads import LARGEST, PayloadRefused, PayloadWrong, read_payload
from renwang.signals.rules import ProposalState, SignalState
from renwang.web.api import signal_shapes as shapes
from renwang.web.api.keys import found, require
from renwang.web.api.shapes import Moment

router = Router(tags=["signals"])
readings = Router(tags=["readings"])
sensors = Router(tags=["sensors"])
proposals = Router(tags=["proposals"])
sensorthings = Router(tags=["OGC SensorThings"])

LONGEST_LOOK = timedelta(days=400)


def signal_out(signal: Signal) -> dict:
    """Shape a signal."""
    named = {name: getattr(signal, name) for name in shapes.SignalOut.model_fields}
    return {**named, "matter": signal.matter.ref if signal.matter else None}


@router.get("", response=shapes.Signals, summary="List the inbox, the latest arrival first")
def list_signals(
    request: HttpRequest,
    state: list[SignalState] = Query([]),  # noqa: B008 - ninja reads the default
    cursor: str = "",
    limit: int = Query(50, ge=1, le=200),
):
    """Only signals where the caller may see them, and those he brought in himself."""
    page = selectors.list_signals(request.viewer, states=state, cursor=cursor, size=limit)
    return {"items": [signal_out(one) for one in page.items], "next": page.next}


@router.post("", response={201: shapes.SignalOut}, summary="Report a signal")
def receive_signal(request: HttpRequest, said: shapes.SignalIn):
    """Word for word. With the same `outside` again it is the same report, and nothing is doubled."""
    viewer = require(request, "signals.report")
    unit = found(units.visible_to(viewer).filter(pk=said.unit).first(), str(said.unit))
    report = services.Report(**said.dict(exclude={"unit"}), person=viewer.person)
    return Status(
        201, signal_out(services.receive_signal(report, unit, by=viewer, now=request.now))
    )


@router.get("/{ref}", response=shapes.SignalOut, summary="Read a signal")
def show_signal(request: HttpRequest, ref: str):
    """One out of reach is answered like one that does not exist."""
    page = selectors.signal_page(request.viewer, ref)
    return signal_out(found(page and page.signal, ref))


# --- readings -----------------------------------------------------------------------


def take_in(request: HttpRequest) -> services.Taken:
    """Read the body by its content type and take it in, whole or not at all."""
    viewer = require(request, "sensors.feed")
    if len(request.body) > LARGEST:
        raise PayloadRefused(PayloadWrong.TOO_LARGE)
    rows = read_payload(request.body, request.content_type or "")
    return services.take_in(rows, by=viewer, now=request.now)


@readings.post(
    "", response=shapes.TakenOut, summary="Hand in a batch of readings (CSV or JSON as body)"
)
def take_in_readings(request: HttpRequest):
    """`text/csv` with the columns series, at, value; `application/json` in any of the forms in the docs."""
    return asdict(take_in(request))


@sensorthings.post("/Observations", response={201: shapes.TakenOut}, summary="Create observations")
def create_observations(request: HttpRequest):
    """One Observation with `Datastream` or `Datastream@iot.navigationLink`, or a list of them."""
    return Status(201, asdict(take_in(request)))


@sensorthings.post(
    "/CreateObservations",
    response={201: shapes.TakenOut},
    summary="Create observations by data arrays",
)
def create_data_arrays(request: HttpRequest):
    """The data array extension: `components` and `dataArray` of one Datastream each."""
    return Status(201, asdict(take_in(request)))


# --- sensors ------------------------------------------------------------------------


def sensor_out(sensor: Sensor) -> dict:
    """Shape a sensor with its series."""
    named = {
        name: getattr(sensor, name) for name in shapes.SensorOut.model_fields if name != "series"
    }
    rows = [
        {
            **{
                name: getattr(one, name)
                for name in ("key", "quantity", "unit_of_measure", "every", "low", "high")
            },
            "last_at": one.pulse.last_at,
            "last_value": one.pulse.last_value,
        }
        for one in sensor.series_list
    ]
    return {**named, "series": rows}


@sensors.get("", response=shapes.Sensors, summary="List sensors with their series")
def list_sensors(
    request: HttpRequest, q: str = "", cursor: str = "", limit: int = Query(50, ge=1, le=200)
):
    """By place. Those in use only."""
    page = selectors.list_sensors(request.viewer, text=q, cursor=cursor, size=limit)
    return {"items": [sensor_out(one) for one in page.items], "next": page.next}


@sensors.get("/series/{key}", response=shapes.ReadingsOut, summary="Read a series")
def show_series(
    request: HttpRequest,
    key: str,
    since: Moment | None = None,
    until: Moment | None = None,
    most: int = Query(1500, ge=10, le=20_000),
):
    """Between two moments, the last day without any; 400 days at most."""
    end = until or request.now
    begin = max(since or end - timedelta(days=1), end - LONGEST_LOOK)
    drawn = found(selectors.draw_series(request.viewer, key, begin, end, most=most), key)
    return {
        "key": drawn.series.key,
        "unit_of_measure": drawn.series.unit_of_measure,
        "readings": drawn.readings,
        "points": drawn.points,
    }


# --- proposals ------------------------------------------------------------------------


def proposal_out(proposal: Proposal) -> dict:
    """Shape a proposal; its sentence in the caller's language."""
    named = {
        name: getattr(proposal, name)
        for name in shapes.ProposalOut.model_fields
        if name not in ("trigger", "signal", "sentence")
    }
    is_chinese = (translation.get_language() or "").startswith("zh")
    return {
        **named,
        "trigger": proposal.trigger.name,
        "signal": proposal.signal.ref,
        "sentence": proposal.sentence_zh if is_chinese else proposal.sentence_en,
    }


@proposals.get(
    "", response=shapes.Proposals, summary="List what triggers proposed, the latest first"
)
def list_proposals(
    request: HttpRequest,
    state: list[ProposalState] = Query([]),  # noqa: B008 - ninja reads the default
    cursor: str = "",
    limit: int = Query(50, ge=1, le=200),
):
    """A proposal warns nobody: a person decides."""
    viewer = require(request, "signals.see")
    page = selectors.list_proposals(viewer, states=state, cursor=cursor, size=limit)
    return {"items": [proposal_out(one) for one in page.items], "next": page.next}


@proposals.get("/{ref}", response=shapes.ProposalOut, summary="Read a proposal")
def show_proposal(request: HttpRequest, ref: str):
    """With every number that met it."""
    viewer = require(request, "signals.see")
    page = selectors.proposal_page(viewer, ref)
    return proposal_out(found(page and page.proposal, ref))
