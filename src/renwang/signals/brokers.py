"""Which MQTT brokers this node listens to, and how topics and payloads become readings; read from `RENWANG_MQTT`.

The setting is JSON, or the path of a JSON file: a list of brokers, each with
its subscriptions. What is wrong there is refused with its place.
`docs/reference/signals.md` explains every name.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson
from django.conf import settings

from renwang.signals.payloads import (
    Given,
    follow_path,
    read_moment,
    read_observations,
    read_path,
    read_value,
)


class WrongBrokers(Exception):
    """`RENWANG_MQTT` is not what it must be; the message names the place."""


class Unreadable(Exception):
    """A message that no subscription can read; it is counted and let go."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """One topic template with how its messages are read.

    `series` is a text with the template's names in braces, or a JSON path.
    Without `at` a value is of the moment in which it arrives.
    """

    topic: str
    series: str
    payload: str = "plain"  # plain, json, or observations
    value: str = "$"
    at: str = ""
    every: str = ""  # JSON path of a list, each member of which is a reading

    @property
    def filter(self) -> str:
        """The topic filter as the broker knows it: each name stands for one level."""
        return _NAME.sub("+", self.topic)

    def names(self, topic: str) -> dict[str, str] | None:
        """Give what the template's names stand for in a topic; None where it does not fit."""
        wanted, found = self.topic.split("/"), topic.split("/")
        if wanted[-1] == "#":
            wanted = wanted[:-1] + ["+"] * (len(found) - len(wanted) + 1)
        if len(wanted) != len(found):
            return None
        names: dict[str, str] = {}
        for part, level in zip(wanted, found, strict=True):
            name = _NAME.fullmatch(part)
            if name:
                names[name[1]] = level
            elif part not in ("+", level):
                return None
        return names


@dataclass(frozen=True, slots=True)
class Broker:
    """One broker and what is listened to there."""

    name: str
    host: str
    port: int = 1883
    username: str = ""
    password: str = ""
    client_id: str = ""
    tls: bool = False
    ca_file: str = ""
    keep_alive: int = 30
    subscriptions: tuple[Subscription, ...] = ()


_NAME = re.compile(r"\{([a-z][a-z0-9_]{0,30})\}", re.ASCII)
_BROKER = {
    "name": str, "host": str, "port": int, "username": str, "password": str, "client_id": str,
    "tls": bool, "ca_file": str, "keep_alive": int, "subscriptions": list,
}  # fmt: skip
_SUBSCRIPTION = dict.fromkeys(("topic", "series", "payload", "value", "at", "every"), str)
PAYLOADS = ("plain", "json", "observations")


def brokers() -> tuple[Broker, ...]:
    """Give the brokers of this node. Raises `WrongBrokers`."""
    return _read(settings.RENWANG_MQTT)


@lru_cache(maxsize=4)
def _read(setting: str) -> tuple[Broker, ...]:
    if not setting:
        return ()
    try:
        text = setting if setting.lstrip()[:1] in "[{" else Path(setting).read_text("utf-8")
        found = orjson.loads(text)
    except (OSError, orjson.JSONDecodeError) as trouble:
        raise WrongBrokers(f"RENWANG_MQTT: {trouble}") from None
    rows = found if isinstance(found, list) else [found]
    read = tuple(_broker(row, f"RENWANG_MQTT[{number}]") for number, row in enumerate(rows))
    if len({one.name for one in read}) < len(read):
        raise WrongBrokers("RENWANG_MQTT: two brokers have one name")
    return read


def _broker(row: Any, place: str) -> Broker:
    fields = _fields(row, _BROKER, ("name", "host", "subscriptions"), place)
    some = fields.pop("subscriptions")
    if not some:
        raise WrongBrokers(f"{place}.subscriptions: none")
    fields.setdefault("client_id", f"renwang-{settings.RENWANG_NODE_PREFIX}-{fields['name']}")
    subscriptions = tuple(
        _subscription(one, f"{place}.subscriptions[{number}]") for number, one in enumerate(some)
    )
    return Broker(**fields, subscriptions=subscriptions)


def _subscription(row: Any, place: str) -> Subscription:
    one = Subscription(**_fields(row, _SUBSCRIPTION, ("topic", "series"), place))
    if one.payload not in PAYLOADS:
        raise WrongBrokers(f"{place}.payload: one of {', '.join(PAYLOADS)}")
    for name in ("value", "at", "every", "series"):
        path = getattr(one, name)
        if path and (name != "series" or path.startswith("$")):
            try:
                read_path(path)
            except ValueError:
                raise WrongBrokers(f"{place}.{name}: {path} is no path") from None
    known = set(_NAME.findall(one.topic))
    if not one.series.startswith("$") and not set(_NAME.findall(one.series)) <= known:
        raise WrongBrokers(f"{place}.series: {one.series} names what the topic does not")
    return one


def _fields(
    row: Any, kinds: Mapping[str, Any], needed: Sequence[str], place: str
) -> dict[str, Any]:
    if not isinstance(row, dict):
        raise WrongBrokers(f"{place}: not an object")
    for name, value in row.items():
        if name not in kinds:
            raise WrongBrokers(f"{place}.{name}: unknown")
        if not isinstance(value, kinds[name]) or isinstance(value, bool) != (kinds[name] is bool):
            raise WrongBrokers(f"{place}.{name}: must be {kinds[name].__name__}")
    for name in needed:
        if name not in row:
            raise WrongBrokers(f"{place}.{name}: missing")
    return dict(row)


# --- a message becomes readings -----------------------------------------------------


def read_message(
    subscriptions: Sequence[Subscription], topic: str, payload: bytes, now: datetime
) -> list[Given]:
    """Read a message by the first subscription whose topic fits. Raises `Unreadable`."""
    for one in subscriptions:
        names = one.names(topic)
        if names is not None:
            try:
                return _readings(one, names, payload, now)
            except Unreadable:
                raise
            except Exception as trouble:  # whatever a device sends, the next message is read
                raise Unreadable(type(trouble).__name__) from None
    raise Unreadable("no subscription")


def _readings(
    one: Subscription, names: Mapping[str, str], payload: bytes, now: datetime
) -> list[Given]:
    if one.payload == "plain":
        return [(_series(one, names, None), now, read_value(payload.decode().strip()))]
    found = orjson.loads(payload)
    if one.payload == "observations":
        return list(read_observations(found))
    rows = follow_path(found, read_path(one.every)) if one.every else [found]
    if not isinstance(rows, list):
        raise Unreadable("no list")
    return [
        (
            _series(one, names, row),
            read_moment(follow_path(row, read_path(one.at))) if one.at else now,
            read_value(follow_path(row, read_path(one.value))),
        )
        for row in rows
    ]


def _series(one: Subscription, names: Mapping[str, str], row: Any) -> str:
    if one.series.startswith("$"):
        found = follow_path(row, read_path(one.series))
        if not isinstance(found, str | int):
            raise Unreadable("no series")
        return str(found)[:120]
    return _NAME.sub(lambda name: names[name[1]], one.series)[:120]
