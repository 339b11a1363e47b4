"""Readings over MQTT from a real broker: nothing is lost, nothing acknowledged before it is committed."""

import json
import os
import shutil
import socket
import subprocess
import time

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from renwang.signals import services
from renwang.signals.brokers import Subscription, Unreadable, WrongBrokers, brokers, read_message
from renwang.signals.listening import Listening
from renwang.signals.models import Ear, Intake, Reading
from tests import make
from tests.signals.conftest import MINUTE

MOSQUITTO = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")
PATIENCE = 30.0


@pytest.fixture
def broker(tmp_path):
    """A broker of this test's own, on a free port of this machine."""
    if MOSQUITTO is None:
        pytest.skip("there is no mosquitto on this machine")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    started = Mosquitto(tmp_path, port)
    started.start()
    yield started
    started.stop()


class Mosquitto:
    """A broker that can be stopped and started again with what it kept."""

    def __init__(self, folder, port):
        self.port, self.process = port, None
        self.configuration = folder / "mosquitto.conf"
        user = "user root\n" if os.geteuid() == 0 else ""
        self.configuration.write_text(
            f"{user}listener {port} 127.0.0.1\nallow_anonymous true\n"
            f"persistence true\npersistence_location {folder}/\nmax_queued_messages 0\n"
        )

    def start(self):
        self.process = subprocess.Popen(
            [MOSQUITTO, "-c", str(self.configuration)], stderr=subprocess.DEVNULL
        )
        wait_for(self._answers)

    def stop(self):
        if self.process is not None:
            self.process.terminate()
            self.process.wait(10)
            self.process = None

    def _answers(self):
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
        except OSError:
            return False
        return True

    def publish(self, *messages):
        client = mqtt.Client(CallbackAPIVersion.VERSION2)
        client.connect("127.0.0.1", self.port)
        client.loop_start()
        for topic, payload in messages:
            client.publish(topic, payload, qos=1).wait_for_publish(PATIENCE)
        client.disconnect()
        client.loop_stop()


def wait_for(what):
    end = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.02)


SUBSCRIPTIONS = [
    {"topic": "plain/{name}", "series": "{name}.rain"},
    {
        "topic": "json/{name}/up",
        "payload": "json",
        "series": "{name}.rain",
        "value": "$.data[0].mm",
        "at": "$.ts",
    },
]


@pytest.fixture
def listening(broker, settings, transactional_db):
    settings.RENWANG_MQTT = json.dumps(
        [
            {
                "name": "town",
                "host": "127.0.0.1",
                "port": broker.port,
                "subscriptions": SUBSCRIPTIONS,
            }
        ]
    )
    one = Listening()
    yield one
    one.stop()


@pytest.fixture
def rain(transactional_db):
    unit = make.unit("石桥社区", "community", code="990105001001")
    from renwang.signals.series_rules import SeriesShape

    return services.add_sensor(
        services.SensorShape("r07", "R-07", series=(SeriesShape("r07.rain", "rain", "mm"),)),
        unit, by="node:test", now=make.MOMENT,
    )  # fmt: skip


def connected(listening, now):
    listening.step(now)
    wait_for(lambda: listening.listeners["town"].is_connected)


def heard(listening, number, now):
    """Go on until so many messages have been taken in; some may have come with the first step already."""

    def enough():
        listening.step(now)
        return Ear.objects.get().messages >= number

    wait_for(enough)


# --- what is wrong in the setting ------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        "[{}]",
        "{",
        '[{"name": "a", "host": "h", "subscriptions": []}]',
        '[{"name": "a", "host": "h", "colour": 1, "subscriptions": [{}]}]',
        '[{"name": "a", "host": "h", "port": "x", "subscriptions": [{}]}]',
        '[{"name": "a", "host": "h", "subscriptions": [{"topic": "a", "series": "{x}"}]}]',
        '[{"name": "a", "host": "h", "subscriptions": [{"topic": "a", "series": "x", "at": "t"}]}]',
        '[{"name": "a", "host": "h", "subscriptions": [{"topic": "a", "series": "x", "payload": "xml"}]}]',
        "/no/such/file.json",
    ],
)
def test_a_wrong_setting_is_refused_with_its_place(settings, wrong):
    settings.RENWANG_MQTT = wrong
    with pytest.raises(WrongBrokers, match="RENWANG_MQTT"):
        brokers()


@pytest.mark.parametrize(
    "payload", [b"", b"wet", b"\xff", b"nan?", b"[1]", b"{}", b'{"v": "x"}', b'{"v": true}']
)
def test_what_a_device_sends_is_never_a_crash(now, payload):
    for kind in ("plain", "json"):
        one = Subscription("a/{n}", "{n}", payload=kind, value="$.v", at="$.t")
        with pytest.raises(Unreadable):
            read_message([one], "a/b", payload, now)


def test_a_list_in_one_message_is_many_readings(now):
    one = Subscription(
        "up/#", "$.id", payload="json", every="$.readings", value="$['雨量']", at="$.t"
    )
    payload = json.dumps(
        {
            "readings": [
                {"id": "a", "雨量": 1, "t": 1784077200},
                {"id": 2, "雨量": 2, "t": 1784077200},
            ]
        }
    )
    found = read_message([one], "up/x/y", payload.encode(), now)
    assert [(key, value) for key, _, value in found] == [("a", 1.0), ("2", 2.0)]


# --- a real broker ---------------------------------------------------------------


def test_values_come_in_and_are_acknowledged_once_committed(broker, listening, rain, now):
    connected(listening, now)
    broker.publish(
        ("plain/r07", "1.5"),
        ("json/r07/up", json.dumps({"ts": "2026-07-15T01:00:00Z", "data": [{"mm": 2}]})),
        ("plain/r07", "wet"),
        ("plain/r09", "3"),
    )
    heard(listening, 4, now)
    assert sorted(Reading.objects.values_list("value", flat=True)) == [1.5, 2.0]
    assert (Ear.objects.get().messages, Ear.objects.get().unread) == (4, 1)
    assert Intake.objects.get().source == "node:mqtt"


def test_what_was_not_committed_comes_again(broker, listening, rain, now, monkeypatch):
    connected(listening, now)

    def fails(*args, **more):
        raise RuntimeError("the database is away")

    with monkeypatch.context() as away:
        away.setattr("renwang.signals.listening.take_in", fails)
        broker.publish(("plain/r07", "7"))
        wait_for(lambda: listening.listeners["town"].waiting.qsize() >= 1)
        with pytest.raises(RuntimeError):
            listening.step(now)
    listening.stop()  # the process dies with the message in its hands
    again = Listening()
    try:
        heard(again, 1, now + MINUTE)
        assert list(Reading.objects.values_list("value", flat=True)) == [7.0]
    finally:
        again.stop()


def test_what_is_published_while_nobody_listens_waits(broker, listening, rain, now):
    connected(listening, now)
    listening.stop()
    stamped = [
        ("json/r07/up", json.dumps({"ts": 1784077200 + n, "data": [{"mm": n}]})) for n in range(50)
    ]
    broker.publish(*stamped)
    later = now + MINUTE
    connected(listening, later)
    heard(listening, 50, later)
    assert Reading.objects.count() == 50


def test_a_broker_that_restarts_is_found_again(broker, listening, rain, now):
    connected(listening, now)
    broker.stop()
    wait_for(lambda: not listening.listeners["town"].is_connected)
    broker.start()
    wait_for(lambda: listening.listeners["town"].is_connected)
    broker.publish(("plain/r07", "4"))
    heard(listening, 1, now)
    assert Reading.objects.get().value == 4


def test_one_worker_listens_at_a_time_and_another_takes_over(broker, listening, rain, now):
    connected(listening, now)
    other = Listening()
    try:
        other.step(now)
        assert other.listeners == {}
        other.step(now + MINUTE)
        assert list(other.listeners) == ["town"]
        listening.step(now + MINUTE)
        assert listening.listeners == {}
    finally:
        other.stop()
