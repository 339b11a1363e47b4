"""Webhook: the message as JSON to an address of the receiver's, signed, and recognisable when it comes twice.

The receiver checks `Renwang-Signature`: the hexadecimal HMAC-SHA256, under the
shared secret, of the timestamp header, a full stop and the body. A message id
that it has seen before is the same message again.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

import orjson

from renwang.base.pure.loading import on_first_use
from renwang.outreach.channels.guarded import exchange, judge, open_client
from renwang.outreach.channels.port import Handed, Outgoing, Outward, Refused, Trouble

if TYPE_CHECKING:
    import httpx
else:
    httpx = on_first_use("httpx")


ID_LENGTH = 120  # what a provider's id may be long


class Webhook(Outward):
    """Posts each message to the contact's own address."""

    kind = "webhook"

    def __init__(self, *, secret: str, private: bool, clock: Callable[[], datetime]):
        self._secret = secret
        self._clock = clock
        self._client = open_client(private=private)

    def line(self, to: str) -> str:
        """Each receiver's host is a line of its own."""
        try:
            return f"{self.kind}:{_address(to).netloc.decode()}"
        except Refused:
            return self.kind

    def hand_over(self, outgoing: Outgoing, timeout: float) -> Handed:
        """Post the message; any 2xx answer is a yes, whatever else it says."""
        body = orjson.dumps(content_of(outgoing), option=orjson.OPT_SORT_KEYS)
        timestamp = str(int(self._clock().timestamp()))
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": str(outgoing.id),
            "Renwang-Timestamp": timestamp,
        }
        if self._secret:
            headers["Renwang-Signature"] = sign(self._secret, timestamp, body)
        request = self._client.build_request(
            "POST", _address(outgoing.to), content=body, headers=headers
        )
        answer = exchange(self._client, request, timeout)
        judge(answer)
        return Handed(answer.headers.get("Message-Id", "")[:ID_LENGTH])


def content_of(outgoing: Outgoing) -> dict[str, object]:
    """Say what a receiver is sent."""
    return {
        "id": str(outgoing.id),
        "notice": str(outgoing.notice_id),
        "title": outgoing.heading,
        "words": outgoing.words,
        "note": outgoing.note,
        "posts": list(outgoing.posts),
        "colour": outgoing.colour,
        "language": outgoing.language,
        "exercise": outgoing.drill,
        "answer_at": outgoing.link,
        "cap": outgoing.source,
    }


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """Compute the signature of a body sent at a timestamp."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def _address(text: str) -> httpx.URL:
    try:
        url = httpx.URL(text)
    except (httpx.InvalidURL, TypeError, ValueError):
        raise Refused(Trouble.BAD_ADDRESS) from None
    if url.scheme not in ("http", "https") or not url.host:
        raise Refused(Trouble.BAD_ADDRESS)
    return url
