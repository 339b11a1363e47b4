"""Listen to MQTT brokers: a message is acknowledged only once its readings are committed.

The network runs in a thread of the client library and only fills a queue; the
worker's loop empties it, writes, and acknowledges. Sessions are persistent,
so what arrives while the node is down waits at the broker and comes then. One
worker listens to a broker at a time (`Ear`); another takes over when it is
silent.
"""

from __future__ import annotations

import logging
import os
import queue
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import F, Q

from renwang.base.pure.loading import on_first_use
from renwang.signals.brokers import Broker, Unreadable, brokers, read_message
from renwang.signals.models import Ear
from renwang.signals.services.taking_in import take_in

if TYPE_CHECKING:
    import paho.mqtt.client as mqtt
    from paho.mqtt import enums, packettypes, properties, subscribeoptions
else:
    mqtt = on_first_use("paho.mqtt.client")
    enums = on_first_use("paho.mqtt.enums")
    packettypes = on_first_use("paho.mqtt.packettypes")
    properties = on_first_use("paho.mqtt.properties")
    subscribeoptions = on_first_use("paho.mqtt.subscribeoptions")


log = logging.getLogger(__name__)

BY = "node:mqtt"
AT_ONCE = 5_000  # messages taken in one turn
UNACKNOWLEDGED = 10_000  # messages the broker sends before it waits
REMEMBERED_FOR = 7 * 24 * 3600  # seconds the broker keeps what we have not heard
LEASE = timedelta(seconds=15)
RENEW = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Message:
    """A message that waits to be taken in; `connection` says over which one it came."""

    connection: int
    mid: int
    qos: int
    topic: str
    payload: bytes


@dataclass(slots=True)
class Listener:
    """One broker as this process listens to it."""

    broker: Broker
    client: Any = None
    waiting: queue.SimpleQueue[Message] = field(default_factory=queue.SimpleQueue)
    held: list[Message] = field(default_factory=list)  # taken from the queue, not yet committed
    connection: int = 0
    is_connected: bool = False
    trouble: str = ""

    def start(self) -> None:
        """Begin to listen; a broker that is away is tried again until it is there."""
        broker = self.broker
        client = mqtt.Client(
            enums.CallbackAPIVersion.VERSION2,
            client_id=broker.client_id,
            protocol=enums.MQTTProtocolVersion.MQTTv5,
            manual_ack=True,
        )
        if broker.username:
            client.username_pw_set(broker.username, broker.password or None)
        if broker.tls:
            client.tls_set(ca_certs=broker.ca_file or None)
        client.reconnect_delay_set(1, 30)
        client.on_connect = self._connected
        client.on_subscribe = self._subscribed
        client.on_disconnect = self._disconnected
        client.on_connect_fail = self._not_connected
        client.on_message = self._heard
        wishes = properties.Properties(packettypes.PacketTypes.CONNECT)
        wishes.SessionExpiryInterval = REMEMBERED_FOR
        wishes.ReceiveMaximum = UNACKNOWLEDGED
        self.client = client
        client.connect_async(
            broker.host, broker.port, broker.keep_alive, clean_start=False, properties=wishes
        )
        client.loop_start()

    def stop(self) -> None:
        """Stop listening; the broker keeps what comes meanwhile."""
        if self.client is not None:
            self.client.disconnect()
            self.client.loop_stop()
            self.client = None

    def _connected(self, client: Any, _data: Any, _flags: Any, reason: Any, _props: Any) -> None:
        if reason.is_failure:
            self.trouble = str(reason)
            return
        self.connection += 1
        # What a broker kept for newcomers is old; a value without a moment would be taken for new.
        options = subscribeoptions.SubscribeOptions(
            qos=1, retainHandling=subscribeoptions.SubscribeOptions.RETAIN_DO_NOT_SEND
        )
        client.subscribe([(one.filter, options) for one in self.broker.subscriptions])

    def _subscribed(self, _c: Any, _data: Any, _mid: Any, reasons: Any, _props: Any) -> None:
        refused = [str(reason) for reason in reasons if reason.is_failure]
        self.is_connected, self.trouble = True, ", ".join(refused)

    def _disconnected(self, _c: Any, _data: Any, _flags: Any, reason: Any, _props: Any) -> None:
        self.is_connected = False
        self.trouble = str(reason) if reason.is_failure else ""

    def _not_connected(self, _client: Any, _data: Any) -> None:
        self.is_connected, self.trouble = False, "unreachable"

    def _heard(self, _client: Any, _data: Any, one: Any) -> None:
        self.waiting.put(Message(self.connection, one.mid, one.qos, one.topic, one.payload))

    def take(self, now: datetime) -> tuple[int, int]:
        """Take in what waits, then acknowledge it; return how many messages, and how many nobody could read."""
        while len(self.held) < AT_ONCE:
            try:
                self.held.append(self.waiting.get_nowait())
            except queue.Empty:
                break
        if not self.held:
            return 0, 0
        rows, unread = [], 0
        for message in self.held:
            try:
                rows += read_message(self.broker.subscriptions, message.topic, message.payload, now)
            except Unreadable:
                unread += 1
        if rows:
            take_in(rows, by=BY, now=now)
        done, self.held = self.held, []
        for message in done:
            # A number of an earlier connection may mean another message by now.
            if message.qos and message.connection == self.connection and self.client is not None:
                self.client.ack(message.mid, message.qos)
        return len(done), unread


@dataclass(slots=True)
class Listening:
    """All brokers of one process."""

    holder: UUID = field(default_factory=uuid4)
    listeners: dict[str, Listener] = field(default_factory=dict)
    renewed_at: datetime | None = None

    def step(self, now: datetime) -> int:
        """Keep the leases, take in what waits; return how many messages were taken."""
        if self.renewed_at is None or not timedelta(0) <= now - self.renewed_at < RENEW:
            self._renew(now)
        taken = 0
        for name, listener in self.listeners.items():
            messages, unread = listener.take(now)
            if messages:
                Ear.objects.filter(name=name).update(
                    heard_at=now, messages=F("messages") + messages, unread=F("unread") + unread
                )
            taken += messages
        return taken

    def stop(self) -> None:
        """Stop listening and give the leases up."""
        for name, listener in self.listeners.items():
            listener.stop()
            Ear.objects.filter(name=name, holder=self.holder).update(holder=None, until_at=None)
        self.listeners = {}

    def _renew(self, now: datetime) -> None:
        self.renewed_at = now
        for broker in brokers():
            mine = self._claim(broker.name, now)
            listener = self.listeners.get(broker.name)
            if mine and listener is None:
                listener = self.listeners[broker.name] = Listener(broker)
                listener.start()
            elif not mine and listener is not None:
                listener.stop()
                del self.listeners[broker.name]
            if mine and listener is not None:
                Ear.objects.filter(name=broker.name).update(
                    is_connected=listener.is_connected, trouble=listener.trouble[:200]
                )

    @transaction.atomic
    def _claim(self, name: str, now: datetime) -> bool:
        Ear.objects.get_or_create(name=name)
        free = Q(holder=None) | Q(holder=self.holder) | Q(until_at__lt=now)
        return bool(
            Ear.objects.filter(free, name=name).update(holder=self.holder, until_at=now + LEASE)
        )


_listening: dict[int, Listening] = {}


def listen(now: datetime) -> int:
    """Listen to the node's brokers from this process; return how many messages were taken in."""
    if not brokers():
        return 0
    return _listening.setdefault(os.getpid(), Listening()).step(now)
