"""The signing key in a backup, under a passphrase: whoever finds the file cannot speak in the node's name.

The key that encrypts is drawn from the passphrase by scrypt (64 MB, a good
part of a second for each guess); key and certificate are sealed together with
AES-256-GCM, so that a wrong passphrase and a damaged file are both noticed.
What was backed up when stands in a note beside the key, for the doctor.
"""

import os
from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import orjson
from cryptography import x509
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from django.conf import settings

from renwang.alerts.signing import certificate_file, has_key, import_key, key_file

NOTE = "cap-key.backed-up"
SHORTEST = 12  # characters of a passphrase
COST, BLOCK, LANES = 2**16, 8, 1
COSTLIEST = 2**20
ABOUT = b"renwang signing key 1"


class PassphraseTooShort(Exception):
    """Somebody who finds the backup could guess the passphrase."""


class NoKeyToKeep(Exception):
    """The key was to be backed up, and the node has none."""


class WrongPassphrase(Exception):
    """The passphrase is not the one the key was sealed with, or the sealed key was altered."""


@dataclass(frozen=True, slots=True)
class KeyPair:
    """Key and certificate as PEM, as they lie beside the data."""

    key: bytes
    certificate: bytes


def check_passphrase(passphrase: str) -> None:
    """Refuse with `PassphraseTooShort` what could be guessed."""
    if len(passphrase) < SHORTEST:
        raise PassphraseTooShort


def seal_key(passphrase: str) -> bytes:
    """Seal the node's key and certificate. Raises `PassphraseTooShort` and `NoKeyToKeep`."""
    check_passphrase(passphrase)
    if not has_key():
        raise NoKeyToKeep
    salt, nonce = os.urandom(16), os.urandom(12)
    plain = orjson.dumps(
        {"key": key_file().read_text(), "certificate": certificate_file().read_text()}
    )
    sealed = AESGCM(_drawn(passphrase, salt, COST)).encrypt(nonce, plain, ABOUT)
    return orjson.dumps(
        {
            "cost": COST,
            "salt": b64encode(salt).decode(),
            "nonce": b64encode(nonce).decode(),
            "sealed": b64encode(sealed).decode(),
        }
    )


def open_key(sealed: bytes, passphrase: str) -> KeyPair:
    """Open a sealed key. Raises `WrongPassphrase`."""
    try:
        said = orjson.loads(sealed)
        salt, nonce, hidden = (b64decode(said[name]) for name in ("salt", "nonce", "sealed"))
        if not 2 <= said["cost"] <= COSTLIEST:
            raise WrongPassphrase
        drawn = _drawn(passphrase, salt, said["cost"])
        plain = orjson.loads(AESGCM(drawn).decrypt(nonce, hidden, ABOUT))
        return KeyPair(plain["key"].encode(), plain["certificate"].encode())
    except (InvalidTag, ValueError, KeyError, TypeError):
        raise WrongPassphrase from None


def put_back(pair: KeyPair) -> None:
    """Put key and certificate beside the data; what another key here has signed goes on being good."""
    is_there = has_key() and certificate_file().read_bytes() == pair.certificate
    if not is_there or key_file().read_bytes() != pair.key:
        import_key(pair.key, pair.certificate, replace=True)


# --- what was backed up when ----------------------------------------------------


def note_backup(now: datetime) -> None:
    """Note beside the key that a backup holds it now."""
    note = {"certificate": _mark(), "at": now}
    _note().write_bytes(orjson.dumps(note))


def backed_up_at() -> datetime | None:
    """Say when the key that is there now was last put into a backup; None for never."""
    try:
        note = orjson.loads(_note().read_bytes())
        return datetime.fromisoformat(note["at"]) if note["certificate"] == _mark() else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _note() -> Path:
    return Path(settings.HOME) / NOTE


def _mark() -> str:
    return (
        x509.load_pem_x509_certificate(certificate_file().read_bytes()).fingerprint(SHA256()).hex()
    )


def _drawn(passphrase: str, salt: bytes, cost: int) -> bytes:
    return Scrypt(salt, length=32, n=cost, r=BLOCK, p=LANES).derive(passphrase.encode())
