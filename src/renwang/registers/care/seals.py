"""Seal and open what an entry says, field by field.

AES-256 in GCM. The name of the key stands before the text; the entry and the
field are bound in as associated data, so that no text can be moved to another
entry or another field. Texts are filled up to multiples of 64 bytes, so that
their length says little.
"""

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from renwang.registers.care.keys import Ring
from renwang.registers.care.rules import Content, Other, SealBroken

NONCE = 12  # bytes
BLOCK = 64  # bytes
CONTENT_FIELDS = ("name", "needs", "telephone", "warn", "leave", "stay", "others")


def seal(value: Any, entry_id: UUID, field: str, ring: Ring) -> str:
    """Seal one value of one field of one entry with the current key."""
    plain = orjson.dumps(value)
    plain += b" " * (-len(plain) % BLOCK)  # JSON does not mind
    sealed = seal_bytes(plain, entry_id, field, ring)
    return f"{ring.current}.{urlsafe_b64encode(sealed).decode()}"


def unseal(sealed: str, entry_id: UUID, field: str, ring: Ring) -> Any:
    """Open one sealed value. Refuses with `KeyLost` and `SealBroken`, never with anything else."""
    name, _dot, text = sealed.partition(".")
    ring.key(name)  # a lost key is told before a broken seal
    try:
        return orjson.loads(unseal_bytes(urlsafe_b64decode(text), entry_id, field, ring, key=name))
    except ValueError:
        raise SealBroken(field) from None


def seal_bytes(plain: bytes, thing_id: UUID, field: str, ring: Ring) -> bytes:
    """Seal bytes that belong to one field of one thing with the current key."""
    nonce = secrets.token_bytes(NONCE)
    key = AESGCM(ring.key(ring.current))
    return nonce + key.encrypt(nonce, plain, _bound_to(thing_id, field))


def unseal_bytes(sealed: bytes, thing_id: UUID, field: str, ring: Ring, *, key: str) -> bytes:
    """Open sealed bytes with the key of a name. Refuses with `KeyLost` and `SealBroken`."""
    opened = AESGCM(ring.key(key))
    try:
        return opened.decrypt(sealed[:NONCE], sealed[NONCE:], _bound_to(thing_id, field))
    except (InvalidTag, ValueError):
        raise SealBroken(field) from None


def seal_content(content: Content, entry_id: UUID, ring: Ring) -> dict[str, str]:
    """Seal every field of an entry, by its name."""
    values = asdict(content)
    return {field: seal(values[field], entry_id, field, ring) for field in CONTENT_FIELDS}


def unseal_content(sealed: Mapping[str, str], entry_id: UUID, ring: Ring) -> Content:
    """Open every field of an entry. Refuses with `KeyLost` and `SealBroken`."""
    said = {field: unseal(sealed[field], entry_id, field, ring) for field in CONTENT_FIELDS}
    others = tuple(Other(**one) for one in said.pop("others"))
    return Content(**{**said, "needs": tuple(said["needs"])}, others=others)


def _bound_to(entry_id: UUID, field: str) -> bytes:
    return f"renwang.care:{entry_id}:{field}".encode()
