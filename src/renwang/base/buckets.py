"""Count what comes by one connection without knowing whose it is.

An address only chooses one of 65,536 buckets that are counted for an hour: it
is kept nowhere, and tens of thousands share a bucket.
"""

import hmac
from datetime import datetime
from hashlib import sha256
from ipaddress import IPv6Address, ip_address

from django.conf import settings

BUCKETS = 65_536


def bucket_of(address: str, now: datetime) -> int:
    """Choose the bucket of an address for this hour; all of a home's IPv6 addresses share one."""
    try:
        parsed = ip_address(address)
    except ValueError:
        plain = address.encode()
    else:
        plain = parsed.packed[:8] if isinstance(parsed, IPv6Address) else parsed.packed
    said = plain + hour_of(now).isoformat().encode()
    digest = hmac.new(settings.SECRET_KEY.encode(), said, sha256).digest()
    return int.from_bytes(digest[:8], "big") % BUCKETS


def hour_of(now: datetime) -> datetime:
    """Say when the hour began in which connections are counted."""
    return now.replace(minute=0, second=0, microsecond=0)
