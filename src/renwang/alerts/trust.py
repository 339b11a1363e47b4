"""Whose signatures this node trusts: certificates in PEM files in a folder of the node's own."""

from functools import lru_cache
from pathlib import Path

from cryptography import x509
from django.conf import settings

from renwang.alerts.signing import certificate_file, has_key


class NotACertificate(ValueError):
    """A file in the folder of trust is none; it is named."""

    def __init__(self, name: str):
        super().__init__(f"{name} is no certificate in PEM form")
        self.name = name


def trust_folder() -> Path:
    """Where the certificates lie that this node trusts, whether there is such a folder or not."""
    return Path(settings.HOME) / "trusted"


def trusted_certificates() -> tuple[x509.Certificate, ...]:
    """Read the certificates of the folder `trusted` beside the data, and the node's own.

    Refuses with NotACertificate: a trust that is not what somebody thinks it
    is must not go unnoticed.
    """
    folder = trust_folder()
    files = sorted(folder.glob("*.pem")) if folder.is_dir() else []
    if has_key():
        files.append(certificate_file())
    return _read(tuple((str(file), file.stat().st_mtime_ns) for file in files))


@lru_cache(maxsize=4)
def _read(files: tuple[tuple[str, int], ...]) -> tuple[x509.Certificate, ...]:
    found: list[x509.Certificate] = []
    for name, _ in files:
        try:
            found += x509.load_pem_x509_certificates(Path(name).read_bytes())
        except ValueError:
            raise NotACertificate(Path(name).name) from None
    return tuple(found)
