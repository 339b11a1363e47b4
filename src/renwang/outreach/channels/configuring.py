"""Which channels this node has, read from `RENWANG_CHANNELS`; what is wrong there is refused with its place.

The setting is JSON, or the path of a JSON file: an object with one entry per
kind. Loopback and the field app need no entry, and e-mail none where
`RENWANG_EMAIL_HOST` is set. `docs/reference/channels.md` explains every name.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import orjson
from django.conf import settings

from renwang.base.addresses import absolute
from renwang.base.pure.clock import read_clock
from renwang.outreach.channels.email import Email, MailServer
from renwang.outreach.channels.port import Channel
from renwang.outreach.channels.robots import MAKES, Robot
from renwang.outreach.channels.sms import Signature, Sms, SmsGateway, Style
from renwang.outreach.channels.sms_inbound import Fields
from renwang.outreach.channels.webhook import Webhook

COMMON = {"threads": int, "timeout": (int, float)}
ENTRIES: Mapping[str, Mapping[str, Any]] = {
    "email": COMMON,
    "webhook": {"secret": str, **COMMON},
    **{kind: {"base": str, **COMMON} for kind in MAKES},
    "sms": {
        "url": str,
        "fields": dict,
        "style": Style,
        "signature": Signature,
        "key": str,
        "secret": str,
        "headers": dict,
        "yes_field": str,
        "yes_values": list,
        "busy_values": list,
        "id_field": str,
        "parts": int,
        "replies": bool,
        "inbound": dict,
        "inbound_secret": str,
        **COMMON,
    },
    "links": {},
}
LINKS = {
    "answer": "/field/",
    "answer.outreach.errand": "/desk/waits/{subject}/",
    "alerts.relay": "/alerts/{subject}.cap",
}


class WrongChannels(Exception):
    """`RENWANG_CHANNELS` is not what it must be; the message names the place."""


@dataclass(frozen=True, slots=True)
class Configured:
    """A channel with what the sending loop needs to know about it."""

    channel: Channel
    threads: int = 4
    timeout: float = 20.0  # seconds for one message, from first to last


@dataclass(frozen=True, slots=True)
class Channels:
    """Every channel that leaves this node, by kind, and the addresses that messages point to."""

    by_kind: Mapping[str, Configured]
    links: Mapping[str, str]  # "answer", and one per kind of notice for its original
    inbound: Fields = field(default_factory=Fields)
    inbound_secret: str = ""

    def answer_link(self, notice_kind: str = "", subject: object = "") -> str:
        """Where a person answers: for work that waits, where it is done."""
        template = self.links.get(f"answer.{notice_kind}") or self.links["answer"]
        return absolute(template.replace("{subject}", str(subject)))

    def source_link(self, notice_kind: str, subject: object) -> str:
        """Where the original of what a notice says can be fetched; empty where its kind has none."""
        template = self.links.get(notice_kind, "")
        if not template:
            return ""
        return absolute(template.replace("{subject}", str(subject)))


def configured() -> Channels:
    """Return this node's channels; raises WrongChannels."""
    return _made(
        settings.RENWANG_CHANNELS,
        bool(settings.RENWANG_PRIVATE_ADDRESSES),
        MailServer(
            settings.EMAIL_HOST,
            settings.EMAIL_PORT,
            settings.DEFAULT_FROM_EMAIL,
            settings.EMAIL_HOST_USER,
            settings.EMAIL_HOST_PASSWORD,
            settings.EMAIL_USE_TLS,
        ),
    )


def is_connected(kind: str) -> bool:
    """Say whether messages can leave by a kind of channel, without making any: a page asks for it."""
    return kind in _named(settings.RENWANG_CHANNELS)


@lru_cache(maxsize=4)
def _named(setting: str) -> frozenset[str]:
    return frozenset(kind for kind, entry in read_setting(setting).items() if entry)


@lru_cache(maxsize=4)
def _made(setting: str, private: bool, mail: MailServer) -> Channels:
    return make_channels(read_setting(setting), mail=mail, private=private)


def read_setting(text: str) -> Mapping[str, Any]:
    """Read the setting, or the file that it names."""
    text = text.strip()
    if not text:
        return {}
    if not text.startswith("{"):
        try:
            text = Path(text).read_text(encoding="utf-8")
        except OSError as error:
            raise WrongChannels(f"RENWANG_CHANNELS: {text}: {error.strerror}") from None
    try:
        said = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise WrongChannels(f"RENWANG_CHANNELS is no JSON: {error}") from None
    if not isinstance(said, dict):
        raise WrongChannels("RENWANG_CHANNELS must be an object with one entry per kind of channel")
    return said


def make_channels(said: Mapping[str, Any], *, mail: MailServer, private: bool) -> Channels:
    """Make the channels that a setting describes; raises WrongChannels."""
    entries = {kind: _checked(kind, entry) for kind, entry in said.items()}
    by_kind: dict[str, Configured] = {}
    if mail.host:
        by_kind["email"] = _with(Email(mail), entries.get("email", {}))
    elif "email" in entries:
        raise WrongChannels("RENWANG_CHANNELS has e-mail, but RENWANG_EMAIL_HOST is not set")
    if "webhook" in entries:
        entry = entries["webhook"]
        webhook = Webhook(secret=entry.get("secret", ""), private=private, clock=read_clock)
        by_kind["webhook"] = _with(webhook, entry)
    for kind in MAKES:
        if kind in entries:
            by_kind[kind] = _with(Robot(kind, base=entries[kind].get("base", "")), entries[kind])
    sms = entries.get("sms")
    if sms:
        by_kind["sms"] = _with(Sms(_gateway(sms), clock=read_clock), sms)
    return Channels(
        MappingProxyType(by_kind),
        MappingProxyType({**LINKS, **entries.get("links", {})}),
        _inbound(sms or {}),
        (sms or {}).get("inbound_secret", ""),
    )


def _checked(kind: str, entry: Any) -> Mapping[str, Any]:
    if kind not in ENTRIES:
        raise WrongChannels(f"RENWANG_CHANNELS: {kind!r} is no kind of channel")
    if not isinstance(entry, dict):
        raise WrongChannels(f"RENWANG_CHANNELS: {kind} must be an object")
    if kind == "links":
        return entry
    known = ENTRIES[kind]
    for name, value in entry.items():
        if name not in known:
            raise WrongChannels(f"RENWANG_CHANNELS: {kind} has no {name!r}")
        wanted = known[name]
        if isinstance(wanted, type) and issubclass(wanted, StrEnum):
            if value not in list(wanted):
                raise WrongChannels(
                    f"RENWANG_CHANNELS: {kind}.{name} must be one of {', '.join(wanted)}"
                )
        elif not isinstance(value, wanted) or (isinstance(value, bool) and wanted is not bool):
            raise WrongChannels(f"RENWANG_CHANNELS: {kind}.{name} is of the wrong kind")
    return entry


def _with(channel: Channel, entry: Mapping[str, Any]) -> Configured:
    threads, timeout = entry.get("threads", 4), float(entry.get("timeout", 20))
    if not 1 <= threads <= 64 or not 1 <= timeout <= 120:
        raise WrongChannels(
            f"RENWANG_CHANNELS: {channel.kind} needs 1 to 64 threads and a timeout of 1 to 120 seconds"
        )
    return Configured(channel, threads, timeout)


def _gateway(entry: Mapping[str, Any]) -> SmsGateway:
    for name in ("url", "fields"):
        if not entry.get(name):
            raise WrongChannels(f"RENWANG_CHANNELS: sms needs {name!r}")
    given = {name: entry[name] for name in SmsGateway.__slots__ if name in entry}
    given["style"] = Style(entry.get("style", Style.FORM))
    given["signature"] = Signature(entry.get("signature", Signature.NONE))
    for name in ("yes_values", "busy_values"):
        given[name] = tuple(str(value) for value in entry.get(name, ()))
    if given["signature"] is Signature.ALIYUN and given["style"] is Style.JSON:
        raise WrongChannels("RENWANG_CHANNELS: Aliyun's signature needs the style form or query")
    return SmsGateway(**given)


def _inbound(entry: Mapping[str, Any]) -> Fields:
    given = dict(entry.get("inbound", {}))
    unknown = set(given) - set(Fields.__dataclass_fields__)
    if unknown:
        raise WrongChannels(f"RENWANG_CHANNELS: sms.inbound has no {sorted(unknown)[0]!r}")
    if "delivered_values" in given:
        given["delivered_values"] = tuple(str(value).lower() for value in given["delivered_values"])
    return Fields(**given)
