"""The API of signals: refusals first, then reports, readings in every form, and what came of them."""

import json
from datetime import timedelta

import pytest
from django.test import Client

from renwang.chain.services.accounts import issue_token
from renwang.signals import services
from renwang.signals.models import Reading, Series, Signal
from renwang.signals.series_rules import SeriesShape
from tests.signals.conftest import gauge, operator  # noqa: F401 - fixtures
from tests.signals.test_triggers import RAIN


class Caller:
    """A program with somebody's token."""

    def __init__(self, cast, who, *scopes):
        person = getattr(cast, who)
        _, secret = issue_token(
            person=person, label="t", scopes=scopes, by=cast.viewer(person), now=cast.now
        )
        self.client = Client(headers={"authorization": f"Bearer {secret}", "accept-language": "en"})

    def get(self, path, **query):
        return self.client.get(f"/api/v1{path}", query)

    def post(self, path, body, kind="application/json"):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.client.post(f"/api/v1{path}", data, content_type=kind)


@pytest.fixture
def gateway(cast, gauge):  # noqa: F811
    return Caller(cast, "operator", "sensors.feed")


CSV = b"""series,at,value
r07.rain,2026-07-15T09:00:00+08:00,1.5
r07.rain,2026-07-15T09:05:00+08:00,2
"""


# --- refusals -------------------------------------------------------------------


def test_without_a_key_nothing_comes_in(db):
    assert Client().post("/api/v1/readings", CSV, content_type="text/csv").status_code == 401


def test_a_key_without_the_scope_hands_nothing_in(cast, gauge):  # noqa: F811
    answer = Caller(cast, "officer", "signals.see").post("/readings", CSV, "text/csv")
    assert (answer.status_code, answer.json()["capability"]) == (403, "sensors.feed")


@pytest.mark.parametrize(
    ("body", "kind", "code", "row"),
    [
        (b" ", "text/csv", "payload-empty", 0),
        (b"\xff\xfe", "text/csv", "payload-not-text", 0),
        (b"series,value\nx,1\n", "text/csv", "payload-heading", 0),
        (b"series,at,value\nx,yesterday,1\n", "text/csv", "payload-row", 1),
        (b"series,at,value\nx,2026-07-15T09:00:00,1\n", "text/csv", "payload-row", 1),
        (b"series,at,value\nx\n", "text/csv", "payload-row", 1),
        (b"{", "application/json", "payload-not-json", 0),
        (b"[]", "application/json", "payload-empty", 0),
        (b"[{}]", "application/json", "payload-shape", 1),
        (b'[{"result": 1}]', "application/json", "payload-row", 1),
        (b"<x/>", "application/xml", "payload-unknown-kind", 0),
    ],
)
def test_what_cannot_be_read_is_refused_whole_with_its_row(gateway, body, kind, code, row):
    answer = gateway.post("/readings", body, kind)
    assert answer.status_code == 422, answer.content
    assert (answer.json()["code"], answer.json()["row"]) == (code, row)
    assert answer.json()["detail"]
    assert not Reading.objects.exists()


def test_a_stranger_reads_nothing_here(cast, gateway):
    gateway.post("/readings", CSV, "text/csv")
    stranger = Caller(cast, "stranger", "signals.see")
    assert stranger.get("/sensors/series/r07.rain").status_code == 404
    assert stranger.get("/sensors").json()["items"] == []


# --- readings in every form --------------------------------------------------------


def test_a_table_comes_in_and_again_changes_nothing(gateway):
    first = gateway.post("/readings", CSV, "text/csv").json()
    again = gateway.post("/readings", CSV, "text/csv; charset=utf-8").json()
    assert (first["stored"], again["stored"], again["repeated"]) == (2, 0, 2)


@pytest.mark.parametrize(
    "body",
    [
        [{"series": "r07.rain", "at": "2026-07-15T01:00:00Z", "value": 1}],
        {"readings": [["r07.rain", 1784077200, 1]]},
        [["r07.rain", 1784077200000, "1.0"]],
        {"series": "r07.rain", "at": "2026-07-15T01:00:00Z", "value": "1"},
    ],
)
def test_plain_json_comes_in_in_several_forms(gateway, body):
    assert gateway.post("/readings", body).json()["stored"] == 1
    assert Reading.objects.get().at.isoformat() == "2026-07-15T01:00:00+00:00"


def as_datastream(operator, now):  # noqa: F811
    series = Series.objects.get()
    shape = SeriesShape("r07.rain", "rain", "mm", every=300, low=0, high=80, outside="7")
    services.change_series(series.pk, shape, by=operator, now=now)


@pytest.mark.parametrize(
    "which",
    [
        {"Datastream": {"@iot.id": 7}},
        {"Datastream@iot.navigationLink": "https://example.org/v1.1/Datastreams(7)"},
        {"Datastream@iot.navigationLink": "Datastreams('7')"},
    ],
)
def test_an_observation_comes_in(gateway, cast, operator, which):  # noqa: F811
    as_datastream(operator, cast.now)
    one = {"phenomenonTime": "2026-07-15T00:55:00Z/2026-07-15T01:00:00Z", "result": 3.5, **which}
    answer = gateway.post("/sensorthings/v1.1/Observations", one)
    assert (answer.status_code, answer.json()["stored"]) == (201, 1)
    assert Reading.objects.get().at.isoformat() == "2026-07-15T01:00:00+00:00"


def test_a_data_array_comes_in(gateway, cast, operator):  # noqa: F811
    as_datastream(operator, cast.now)
    body = [
        {
            "Datastream": {"@iot.id": 7},
            "components": ["phenomenonTime", "result", "FeatureOfInterest/id"],
            "dataArray@iot.count": 2,
            "dataArray": [["2026-07-15T01:00:00Z", 3, 1], ["2026-07-15T01:05:00Z", 4, 1]],
        }
    ]
    answer = gateway.post("/sensorthings/v1.1/CreateObservations", body)
    assert (answer.status_code, answer.json()["stored"]) == (201, 2)


# --- what is read ------------------------------------------------------------------


def test_sensors_series_and_proposals_are_read(cast, gateway, operator, gauge):  # noqa: F811
    trigger = services.add_trigger(
        "暴雨", "rainstorm", RAIN, cast.street, by=operator, now=cast.now, each={"rain": "rain"}
    )
    services.switch_trigger(trigger.pk, True, by=operator, now=cast.now)
    rows = [("r07.rain", cast.now - timedelta(minutes=m), 10.0) for m in range(6)]
    services.take_in(rows, by="node:test", now=cast.now)
    services.evaluate_changed(cast.now)
    reader = Caller(cast, "officer", "signals.see")
    sensor = reader.get("/sensors").json()["items"][0]
    assert (sensor["code"], sensor["series"][0]["last_value"]) == ("R-07", 10)
    assert reader.get("/sensors/series/r07.rain").json()["readings"] == 6
    proposal = reader.get("/proposals", state="open").json()["items"][0]
    assert (proposal["level"], proposal["numbers"][0]["value"]) == ("orange", 60)
    assert "60 mm in 3 hours" in proposal["sentence"]
    assert reader.get(f"/proposals/{proposal['ref']}").json()["signal"] == proposal["signal"]
    assert reader.get(f"/signals/{proposal['signal']}").json()["source"] == "sensor"
    assert reader.get("/signals", state="new").json()["items"][0]["ref"] == proposal["signal"]


def test_a_report_comes_in_word_for_word_and_once(cast):
    worker = Caller(cast, "worker", "signals.report", "chain.see")
    said = {
        "unit": str(cast.grid.pk),
        "source": "patrol",
        "words": "  桥下水涨了\n快看 ",
        "noticed_at": "2026-07-15T01:20:00Z",
        "outside": "phone-1",
    }
    first, again = worker.post("/signals", said), worker.post("/signals", said)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["ref"] == again.json()["ref"]
    assert Signal.objects.get().words == "  桥下水涨了\n快看 "
    later = {**said, "outside": "", "noticed_at": "2026-07-15T03:00:00Z"}
    assert worker.post("/signals", later).json()["code"] == "noticed-in-the-future"
    stranger = Caller(cast, "stranger", "signals.report", "chain.see")
    assert stranger.post("/signals", said).status_code == 404
