"""The node's own key: it signs what is issued here, so that nobody else can speak in its name.

Key and certificate lie beside the data as `cap-key.pem` (readable by the
node's user alone) and `cap-certificate.pem` (for everybody whom it should
convince). `renwang cap key` makes or brings in both.
"""

import os
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.conf import settings

from renwang.alerts import cap
from renwang.alerts.composing_rules import NoSigningKey
from renwang.chain.models import Unit

KEY, CERTIFICATE = "cap-key.pem", "cap-certificate.pem"
LASTS_FOR = timedelta(days=3 * 365)
ENDS_SOON = timedelta(days=30)


class KeyThere(Exception):
    """The node has a key already; another one in its place must be wanted."""


def key_file() -> Path:
    """Where the key lies."""
    return Path(settings.HOME) / KEY


def certificate_file() -> Path:
    """Where its certificate lies."""
    return Path(settings.HOME) / CERTIFICATE


def has_key() -> bool:
    """Whether the node has a key with its certificate."""
    return key_file().is_file() and certificate_file().is_file()


def sender_of(unit: Unit) -> str:
    """Name a unit as the sender of what is said in its name here."""
    host = urlsplit(settings.RENWANG_PUBLIC_URL).hostname or "renwang.local"
    return f"{unit.code or unit.ref}@{host}"


def node_signer() -> cap.Signer:
    """Load the node's key; raise `NoSigningKey`, or `cap.SigningRefused` for one that is no good."""
    if not has_key():
        raise NoSigningKey
    stamps = tuple(one.stat().st_mtime_ns for one in (key_file(), certificate_file()))
    return _load(str(key_file()), str(certificate_file()), stamps)


@lru_cache(maxsize=2)
def _load(key: str, certificate: str, stamps: tuple[int, ...]) -> cap.Signer:
    return cap.Signer.load(Path(key).read_bytes(), Path(certificate).read_bytes())


def make_key(name: str, *, now: datetime, replace: bool = False) -> cap.Signatory:
    """Make a key on the P-256 curve and a certificate that it signs itself. Raises `KeyThere`."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + LASTS_FOR)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    return _keep(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ),
        certificate.public_bytes(serialization.Encoding.PEM),
        replace=replace,
    )


def import_key(
    key: bytes, certificate: bytes, passphrase: bytes | None = None, *, replace: bool = False
) -> cap.Signatory:
    """Bring in a key that an authority has certified, chain and all. Raises `KeyThere` or `cap.SigningRefused`."""
    cap.Signer.load(key, certificate, passphrase)  # nothing is kept that could not sign
    if passphrase:
        key = serialization.load_pem_private_key(key, passphrase).private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    return _keep(key, certificate, replace=replace)


def _keep(key: bytes, certificate: bytes, *, replace: bool) -> cap.Signatory:
    if has_key() and not replace:
        raise KeyThere
    signer = cap.Signer.load(key, certificate)
    key_file().parent.mkdir(parents=True, exist_ok=True)
    # Whoever could read the key for a moment could speak in the node's name for ever.
    waiting = key_file().with_suffix(".new")
    waiting.unlink(missing_ok=True)
    with os.fdopen(os.open(waiting, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(key)
    if has_key():
        _keep_trusting_the_old()
    waiting.replace(key_file())
    certificate_file().write_bytes(certificate)
    return signer.signatory


def _keep_trusting_the_old() -> None:
    """What the replaced key has signed must go on being good."""
    folder = Path(settings.HOME) / "trusted"
    folder.mkdir(exist_ok=True)
    old = certificate_file().read_bytes()
    mark = x509.load_pem_x509_certificate(old).fingerprint(hashes.SHA256()).hex()[:16]
    (folder / f"own-{mark}.pem").write_bytes(old)
