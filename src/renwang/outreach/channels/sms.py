"""Text messages through a gateway's HTTP interface, which is described by configuration.

The request is a template: which fields, what goes into each, how it is signed
and by what in the answer a yes is known. Aliyun's signature and a plain
HMAC-SHA256 ship; both leave the secret out of the request. What comes back
from a gateway, reports and replies, is read in `sms_inbound`.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import orjson

from renwang.base.pure.loading import on_first_use
from renwang.outreach.channels.guarded import Answer, exchange, judge, open_client
from renwang.outreach.channels.port import Handed, Outgoing, Outward, Refused, Trouble, Unreachable
from renwang.outreach.channels.sms_text import measure
from renwang.outreach.channels.text import full_text, link_text
from renwang.outreach.channels.webhook import ID_LENGTH, sign

if TYPE_CHECKING:
    import httpx
else:
    httpx = on_first_use("httpx")


_PLACE = re.compile(r"\{(to|text|id|code|title|words|note|link)\}")
_NUMBER = re.compile(r"\+?[0-9]{5,15}")
_BLANKS = re.compile(r"[\s()\-.]+")


class Style(StrEnum):
    """How the fields travel."""

    FORM = "form"
    JSON = "json"
    QUERY = "query"


class Signature(StrEnum):
    """How the request is signed."""

    NONE = "none"
    ALIYUN = "aliyun"
    HMAC = "hmac-sha256"


@dataclass(frozen=True, slots=True)
class SmsGateway:
    """A gateway as its operator describes it; `docs/reference/channels.md` explains every field."""

    url: str
    fields: Mapping[str, Any]
    style: Style = Style.FORM
    signature: Signature = Signature.NONE
    key: str = ""
    secret: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    yes_field: str = ""  # dotted; empty: any 2xx answer is a yes
    yes_values: tuple[str, ...] = ()
    busy_values: tuple[str, ...] = ()  # values of the same field that mean "later"
    id_field: str = ""
    parts: int = 10  # a longer message goes out as title and link
    replies: bool = False  # people can answer by text message


class Sms(Outward):
    """Sends each message whole, or its title and link where it would be too many parts; never cut."""

    kind = "sms"

    def __init__(
        self,
        gateway: SmsGateway,
        *,
        clock: Callable[[], datetime],
        nonce: Callable[[], str] = lambda: secrets.token_hex(16),
    ):
        self._gateway = gateway
        self._clock = clock
        self._nonce = nonce
        # The address stands in the node's own configuration: nobody else chose it.
        self._client = open_client(private=True, keep=8)

    @property
    def parts(self) -> int:
        """In how many parts a message may go out whole; a longer one goes out as title and link."""
        return self._gateway.parts

    def close(self) -> None:
        """Close the connections kept for the next message."""
        self._client.close()

    def hand_over(self, outgoing: Outgoing, timeout: float) -> Handed:
        """Give the message to the gateway; it has taken it when it says so in the configured field."""
        number = clean_number(outgoing.to)
        text = choose_text(outgoing, parts=self._gateway.parts, replies=self._gateway.replies)
        answer = exchange(self._client, self._request(outgoing, number, text), timeout)
        judge(answer)
        return replace(self._outcome(answer), is_shortened=outgoing.words not in text)

    def _request(self, outgoing: Outgoing, number: str, text: str) -> httpx.Request:
        gateway = self._gateway
        values = {
            "to": number,
            "text": text,
            "id": str(outgoing.id),
            "code": outgoing.code,
            "title": outgoing.heading,
            "words": outgoing.words,
            "note": outgoing.note,
            "link": outgoing.link,
        }
        filled = {name: _fill(value, values) for name, value in gateway.fields.items()}
        method = "GET" if gateway.style is Style.QUERY else "POST"
        headers = dict(gateway.headers)
        if gateway.style is Style.JSON:
            headers["Content-Type"] = "application/json"
            body = orjson.dumps(filled)
            return self._sealed(method, gateway.url, body, headers)
        flat = {
            name: value if isinstance(value, str) else orjson.dumps(value).decode()
            for name, value in filled.items()
        }
        if gateway.signature is Signature.ALIYUN:
            now = self._clock().astimezone(UTC)
            flat = sign_aliyun(
                method, flat, gateway.key, gateway.secret, now=now, nonce=self._nonce()
            )
        if gateway.style is Style.QUERY:
            return self._sealed(method, f"{gateway.url}?{urlencode(flat)}", b"", headers)
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        return self._sealed(method, gateway.url, urlencode(flat).encode(), headers)

    def _sealed(self, method: str, url: str, body: bytes, headers: dict[str, str]) -> httpx.Request:
        if self._gateway.signature is Signature.HMAC:
            timestamp = str(int(self._clock().timestamp()))
            headers["Renwang-Key"] = self._gateway.key
            headers["Renwang-Timestamp"] = timestamp
            signed = body or httpx.URL(url).query
            headers["Renwang-Signature"] = sign(self._gateway.secret, timestamp, signed)
        return self._client.build_request(method, url, content=body or None, headers=headers)

    def _outcome(self, answer: Answer) -> Handed:
        gateway = self._gateway
        if not gateway.yes_field and not gateway.id_field:
            return Handed()
        try:
            said = orjson.loads(answer.body)
        except orjson.JSONDecodeError:
            raise Unreachable(Trouble.BAD_ANSWER, maybe_handed=True) from None
        if gateway.yes_field:
            value = str(look_up(said, gateway.yes_field))
            if value in gateway.busy_values:
                raise Unreachable(Trouble.BUSY, value[:80])
            if value not in gateway.yes_values:
                raise Refused(Trouble.TURNED_AWAY, value[:80])
        known = look_up(said, gateway.id_field) if gateway.id_field else ""
        return Handed(str(known or "")[:ID_LENGTH])


def clean_number(text: str) -> str:
    """Strip what people write between digits; raise Refused for what is no number."""
    number = _BLANKS.sub("", text)
    if not _NUMBER.fullmatch(number):
        raise Refused(Trouble.BAD_ADDRESS)
    return number


def choose_text(outgoing: Outgoing, *, parts: int, replies: bool) -> str:
    """Choose the whole message, or title and link where it takes more parts than allowed.

    The signed words are never cut: raises Refused with TOO_LONG where there is
    no link, or where even that is too long.
    """
    whole = full_text(outgoing, replies=replies)
    taken = measure(whole).parts
    if taken <= parts:
        return whole
    if outgoing.link:
        short = link_text(outgoing, replies=replies)
        if measure(short).parts <= parts:
            return short
    raise Refused(Trouble.TOO_LONG, str(taken))


def _fill(template: Any, values: Mapping[str, str]) -> Any:
    """Fill a template in one pass, so that braces in the words stay what they are."""
    if isinstance(template, str):
        return _PLACE.sub(lambda found: values[found[1]], template)
    if isinstance(template, Mapping):
        return {name: _fill(value, values) for name, value in template.items()}
    if isinstance(template, list):
        return [_fill(value, values) for value in template]
    return template


def look_up(said: Any, dotted: str) -> Any:
    """Find a value by its dotted name in what a gateway said; None where there is none."""
    for name in dotted.split("."):
        if isinstance(said, list) and name.isdigit() and int(name) < len(said):
            said = said[int(name)]
        elif isinstance(said, dict):
            said = said.get(name)
        else:
            return None
    return said


def sign_aliyun(
    method: str, fields: Mapping[str, str], key: str, secret: str, *, now: datetime, nonce: str
) -> dict[str, str]:
    """Add Aliyun's common fields and signature to a request's fields.

    Source: Alibaba Cloud, RPC style request, signature version 1.0: HMAC-SHA1
    over the method and the sorted, percent-encoded fields.
    """
    full = {
        "Format": "JSON",
        **fields,
        "AccessKeyId": key,
        "SignatureMethod": "HMAC-SHA1",
        "SignatureNonce": nonce,
        "SignatureVersion": "1.0",
        "Timestamp": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    canonical = "&".join(f"{_encode(name)}={_encode(full[name])}" for name in sorted(full))
    text = f"{method}&%2F&{_encode(canonical)}"
    digest = hmac.new(f"{secret}&".encode(), text.encode(), hashlib.sha1).digest()
    return {**full, "Signature": base64.b64encode(digest).decode()}


def _encode(text: str) -> str:
    return quote(text, safe="-_.~")
