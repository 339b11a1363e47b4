"""HTTP to addresses that people typed in: no redirects, no private network unless allowed, a hard end.

A webhook or a feed address is a stranger's wish that this machine connect
somewhere. The name is resolved here and the connection made to the very
address that was looked at, so a name that answers differently the second time
gains nothing. Certificates are always checked against the name.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from renwang.base.pure.loading import on_first_use
from renwang.outreach.channels.port import Refused, Trouble, Unreachable

if TYPE_CHECKING:
    import httpx

    from renwang.outreach.channels import connecting
else:
    httpx = on_first_use("httpx")
    connecting = on_first_use("renwang.outreach.channels.connecting")

ANSWER_LIMIT = 256 * 1024


def open_client(*, private: bool, keep: int = 0) -> httpx.Client:
    """Open a client that several threads may share; `keep` idle connections stay open for the next message."""
    return httpx.Client(
        transport=connecting.GuardedTransport(private=private, keep=keep),
        follow_redirects=False,
        trust_env=False,  # a proxy would resolve names out of our sight
        headers={"User-Agent": "Renwang"},
    )


def client_when_needed(*, private: bool) -> Callable[[], httpx.Client]:
    """Give what opens a client when it is first called, and then gives that one: most nodes never go out."""
    return cache(lambda: open_client(private=private))


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; `is_cut` says that it was longer than the limit and the rest was left."""

    status: int
    headers: httpx.Headers
    body: bytes
    is_cut: bool


def exchange(
    client: httpx.Client, request: httpx.Request, timeout: float, limit: int = ANSWER_LIMIT
) -> Answer:
    """Send a request and read its whole answer within `timeout` seconds.

    The time is for the whole exchange: an answer that drips in byte by byte
    ends like one that never comes. Raises Refused or Unreachable.
    """
    end = time.monotonic() + timeout
    request.extensions = {**request.extensions, "timeout": httpx.Timeout(timeout).as_dict()}
    try:
        response = client.send(request, stream=True)
        try:
            body, is_cut = _read(response, end, limit)
        finally:
            response.close()
    except connecting.ForbiddenAddress:
        raise Refused(Trouble.FORBIDDEN_ADDRESS) from None
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
        raise Unreachable(Trouble.NO_CONNECTION) from None
    except httpx.TimeoutException:
        raise Unreachable(Trouble.TIMED_OUT, maybe_handed=True) from None
    except (httpx.UnsupportedProtocol, httpx.LocalProtocolError):
        raise Refused(Trouble.BAD_ADDRESS) from None
    except (httpx.TransportError, httpx.DecodingError):
        raise Unreachable(Trouble.BROKEN_OFF, maybe_handed=True) from None
    return Answer(response.status_code, response.headers, body, is_cut)


def _read(response: httpx.Response, end: float, limit: int) -> tuple[bytes, bool]:
    body = bytearray()
    for piece in response.iter_bytes():
        body += piece
        if len(body) > limit:
            return bytes(body[:limit]), True
        if time.monotonic() > end:
            raise Unreachable(Trouble.TIMED_OUT, maybe_handed=True)
    return bytes(body), False


def judge(answer: Answer) -> None:
    """Take a 2xx answer; raise Refused or Unreachable for any other."""
    status = answer.status
    if 200 <= status < 300:
        return
    if 300 <= status < 400:
        raise Refused(Trouble.REDIRECTED, str(status))
    if status in (408, 425, 429, 503):
        raise Unreachable(Trouble.BUSY, str(status), after=_retry_after(answer))
    if status >= 500:
        raise Unreachable(Trouble.BAD_ANSWER, str(status), maybe_handed=True)
    raise Refused(Trouble.TURNED_AWAY, str(status))


def _retry_after(answer: Answer) -> float | None:
    value = answer.headers.get("Retry-After", "").strip()
    return float(value) if value.isdigit() and len(value) < 6 else None
