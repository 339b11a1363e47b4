"""The shapes of signals, sensors, readings and proposals; every field says what it means."""

from datetime import datetime
from typing import Any
from uuid import UUID

from ninja import Field, Schema

from renwang.signals.rules import Source
from renwang.web.api.shapes import Moment, Text


class SignalIn(Schema):
    """A report, word for word."""

    unit: UUID = Field(description="The unit in which it was noticed")
    source: Source
    words: Text = Field(
        max_length=10_000, description="Exactly as they were said; never changed afterwards"
    )
    noticed_at: Moment
    hazard: Text = Field("", max_length=40)
    place: Text = Field("", max_length=200, description="Where exactly, in words")
    lon: float | None = Field(None, ge=-180, le=180, description="WGS-84")
    lat: float | None = Field(None, ge=-90, le=90)
    call_back: Text = Field(
        "", max_length=80, description="How to reach the reporter, if he wants to hear"
    )
    outside: Text = Field(
        "", max_length=120, description="The caller's own key: the same again is the same report"
    )


class SignalOut(Schema):
    """A signal as it stands in the inbox."""

    id: UUID
    ref: str
    source: str
    hazard: str
    words: str
    path: str
    place: str
    lon: float | None
    lat: float | None
    noticed_at: datetime
    received_at: datetime
    state: str
    matter: str | None = Field(description="Reference of the matter it belongs to")
    met_by: str = Field(description="Reference of the official warning that says the same")


class Signals(Schema):
    """A page of signals."""

    items: list[SignalOut]
    next: str | None


class TakenOut(Schema):
    """What became of a batch of readings, counted."""

    stored: int
    repeated: int = Field(description="There already, with the same value")
    contradicted: int = Field(
        description="Another value for a moment that has one; the first stays"
    )
    late: int = Field(description="Of the stored: older than what was there")
    doubtful: int = Field(
        description="Of the stored: not believed, so that no trigger looks at them"
    )
    refused: dict[str, int] = Field(description="Not kept: future, too_old, not_a_number")
    unknown: int = Field(description="Of no series that the caller may feed")
    strangers: list[str] = Field(description="The first twenty names that no series has")


class SeriesOut(Schema):
    """One quantity that a sensor measures."""

    key: str
    quantity: str
    unit_of_measure: str
    every: int = Field(description="Seconds between readings; 0 when it likes")
    low: float | None
    high: float | None
    last_at: datetime | None
    last_value: float | None


class SensorOut(Schema):
    """An instrument at a place."""

    id: UUID
    ref: str
    name: str
    code: str
    path: str
    place: str
    lon: float | None
    lat: float | None
    is_active: bool
    series: list[SeriesOut]


class Sensors(Schema):
    """A page of sensors."""

    items: list[SensorOut]
    next: str | None


class ReadingsOut(Schema):
    """A series between two moments, thinned so that no peak is lost."""

    key: str
    unit_of_measure: str
    readings: int = Field(description="How many there are")
    points: list[tuple[datetime, float, int]] = Field(
        description="Moment, value, doubt: 0 believed, 1 outside the plausible range, 2 a jump"
    )


class ProposalOut(Schema):
    """What a trigger proposed, with the numbers that met it."""

    id: UUID
    ref: str
    trigger: str
    hazard: str
    level: str
    path: str
    state: str
    expression: str
    numbers: list[dict[str, Any]]
    sentence: str
    met_at: datetime
    proposed_at: datetime
    cleared_at: datetime | None
    signal: str = Field(description="Reference of its signal in the inbox")
    became: str = Field(description="Reference of the warning it grew into")


class Proposals(Schema):
    """A page of proposals."""

    items: list[ProposalOut]
    next: str | None
