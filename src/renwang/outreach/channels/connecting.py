"""The connection behind `guarded`: a name is resolved once, every address it gave is judged, and one of them is taken.

Apart from it, because it brings the whole HTTP library with it; only a process
that really goes out loads that.
"""

import ipaddress
import socket
import ssl
from functools import cache

import certifi
import httpx


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
