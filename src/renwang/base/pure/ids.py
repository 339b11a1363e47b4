"""Identity: UUIDv7 for what travels, short references for what is spoken.

Source: RFC 9562, section 5.7 (UUID version 7).
"""

import secrets
from datetime import UTC, datetime, tzinfo
from uuid import UUID

_READABLE = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def uuid7(now: datetime, entropy: bytes | None = None) -> UUID:
    """Make a UUIDv7 for a moment: sorts by time, unguessable in its last 74 bits.

    `entropy` (10 bytes) makes the result repeatable for generators and tests;
    without it the system's random source is used.
    """
    milliseconds = int(now.astimezone(UTC).timestamp() * 1000)
    random = int.from_bytes(entropy if entropy is not None else secrets.token_bytes(10), "big")
    value = (milliseconds & ((1 << 48) - 1)) << 80
    value |= 0x7 << 76
    value |= ((random >> 64) & 0xFFF) << 64
    value |= 0b10 << 62
    value |= random & ((1 << 62) - 1)
    return UUID(int=value)


def moment_of(value: UUID) -> datetime:
    """Return the millisecond in which a UUIDv7 was made."""
    return datetime.fromtimestamp((value.int >> 80) / 1000, UTC)


def reference(prefix: str, now: datetime, number: int, zone: tzinfo) -> str:
    """Compose a reference that is readable over a telephone: `QS-260715-0042`."""
    return f"{prefix}-{now.astimezone(zone):%y%m%d}-{number:04d}"


def short_code(value: UUID) -> str:
    """Shorten a UUID to eight readable letters for a path segment, from its random part.

    Not unique by itself; whoever uses it checks the place where it must be unique.
    """
    rest = value.int & ((1 << 40) - 1)
    letters = []
    for _ in range(8):
        rest, digit = divmod(rest, len(_READABLE))
        letters.append(_READABLE[digit])
    return "".join(letters)
