"""The keys of the care list: files beside the data, never in the database, never in a log.

Every sealed text names the key it was sealed with, so that keys can change
while the node goes on working. A key that is not there is a plain refusal.
"""

import os
import re
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.db import connection

from renwang.base.journal import NotInTransaction
from renwang.registers.care.rules import KeyLost

FOLDER = "care_keys"
SIZE = 32  # bytes: AES-256
_NAME = re.compile(r"k(\d{4,})-[0-9a-f]{6}")


@dataclass(frozen=True, slots=True)
class Ring:
    """The keys a node has, by name; `current` seals what is written now."""

    current: str
    keys: Mapping[str, bytes] = field(repr=False)  # so that no log can show them

    def key(self, name: str) -> bytes:
        """Give one key; refuses with `KeyLost`."""
        # The keys may have changed since these were read, and what is read now be sealed with a newer one.
        found = self.keys.get(name) or _read_all().get(name)
        if found is None:
            raise KeyLost(name)
        return found


def folder() -> Path:
    """Return where the keys lie: `RENWANG_CARE_KEYS`, or a folder of the node's home."""
    return Path(settings.RENWANG_CARE_KEYS or Path(settings.HOME) / FOLDER)


def ring() -> Ring:
    """Read the keys as they are now; a node without any gets its first one.

    They are read every time, so that a new key is known to all processes at once.
    """
    keys = _read_all()
    if not keys:
        add_key()
        keys = _read_all()
    return Ring(max(keys, key=lambda name: (_number(name), name)), keys)


_IN_USE = 0x72776B65  # of the lock in PostgreSQL; any number that nothing else takes


def held_ring() -> Ring:
    """Read the keys for work in the caller's transaction: none of them is destroyed before it ends.

    Whatever reads or writes what is sealed begins with it. Else a key could go
    between its being read and the commit of what was sealed with it.
    """
    _take_keys("pg_advisory_xact_lock_shared")
    return ring()


def take_keys_alone() -> None:
    """Wait in the caller's transaction until nobody works with the keys, and keep others out until it ends."""
    _take_keys("pg_advisory_xact_lock")


def _take_keys(lock: str) -> None:
    if not connection.in_atomic_block:
        raise NotInTransaction("keys")
    if connection.vendor == "postgresql":  # a transaction on SQLite is alone from its beginning
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {lock}(%s)", [_IN_USE])


def has_keys() -> bool:
    """Say whether there is any key, without making one."""
    return bool(_read_all())


def add_key() -> str:
    """Make a new key, which is the current one from now on, and return its name.

    Two processes that do so at once make two keys, never one over the other,
    and agree on which of them is the current one.
    """
    place = folder()
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    number = max((_number(path.stem) for path in _files()), default=0) + 1
    # The letters tell it from a key of the same number that was lost, or made at the same moment.
    name = f"k{number:04d}-{secrets.token_hex(3)}"
    half = place / f".{name}"
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(urlsafe_b64encode(secrets.token_bytes(SIZE)) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    half.rename(place / f"{name}.key")
    return name


def drop_keys(names: Collection[str]) -> int:
    """Destroy keys by which nothing is sealed any more; the current one stays. Returns how many went."""
    current = ring().current
    gone = 0
    for path in _files():
        if path.stem in names and path.stem != current:
            path.unlink()
            gone += 1
    return gone


def _files() -> list[Path]:
    place = folder()
    return [path for path in place.glob("k*.key") if _NAME.fullmatch(path.stem)]


def _read_all() -> dict[str, bytes]:
    keys = {}
    for path in _files():
        try:
            key = urlsafe_b64decode(path.read_bytes().strip())
        except (OSError, ValueError):
            continue  # a damaged file is a lost key, and said so where it is needed
        if len(key) == SIZE:
            keys[path.stem] = key
    return keys


def _number(name: str) -> int:
    found = _NAME.fullmatch(name)
    return int(found[1]) if found else 0
