"""HTTP to addresses that people typed in: no redirects, no private network unless allowed, a hard end.

A webhook or a feed address is a stranger's wish that this machine connect
somewhere. The name is resolved here and the connection made to the very
address that was looked at, so a name that answers differently the second time
gains nothing. Certificates are always checked against the name.
"""

import ipaddress
import socket
import ssl
import time
from dataclasses import dataclass
from functools import cache

import certifi
import httpx

from renwang.outreach.channels.port import Refused, Trouble, Unreachable

ANSWER_LIMIT = 256 * 1024


class ForbiddenAddress(Exception):
    """The name leads to an address this node may not be sent to."""


def is_allowed(address: str, *, private: bool) -> bool:
    """Say whether an IP address may be contacted.

    Link-local addresses never are: cloud machines keep their credentials
    there. Private and loopback ones are where `private` says so. An IPv6
    address that a gateway turns into an IPv4 one is judged as that.
    """
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = _inside(ip)
        if inner is not None:
            return is_allowed(str(inner), private=private)
        if ip.is_site_local:
            return private
    if ip.is_link_local or ip.is_multicast or ip.is_unspecified:
        return False
    return ip.is_global or (private and (ip.is_private or ip.is_loopback))


_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052
_COMPATIBLE = ipaddress.ip_network("::/96")  # RFC 4291, given up long ago


def _inside(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Find the IPv4 address inside an IPv6 one: mapped, translated, tunnelled or of the old form."""
    if ip in _TRANSLATED or (ip in _COMPATIBLE and int(ip) > 1):
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)


class GuardedTransport(httpx.BaseTransport):
    """Resolves a name once, judges every address it gave, and connects to one that was judged."""

    def __init__(self, *, private: bool, keep: int):
        self.private = private
        limits = httpx.Limits(max_keepalive_connections=keep)
        self._inner = httpx.HTTPTransport(verify=_certificates(), limits=limits)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        host = request.url.host
        try:
            found = socket.getaddrinfo(host, request.url.port or 0, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise httpx.ConnectError(str(error), request=request) from None
        addresses = [str(entry[4][0]) for entry in found]
        if not all(is_allowed(address, private=self.private) for address in addresses):
            raise ForbiddenAddress(host)
        request.extensions = {**request.extensions, "sni_hostname": host}
        request.url = request.url.copy_with(host=addresses[0])
        return self._inner.handle_request(request)

    def close(self) -> None:
        self._inner.close()


@cache
def _certificates() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


def open_client(*, private: bool, keep: int = 0) -> httpx.Client:
    """Open a client that several threads may share; `keep` idle connections stay open for the next message."""
    return httpx.Client(
        transport=GuardedTransport(private=private, keep=keep),
        follow_redirects=False,
        trust_env=False,  # a proxy would resolve names out of our sight
        headers={"User-Agent": "Renwang"},
    )


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
    except ForbiddenAddress:
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
