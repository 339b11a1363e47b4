"""Seal what somebody can be reached by, so that a copy of the database betrays nobody.

The key comes from the node's secret, which lies beside the data and not in
them, and from what the sealed text is for: one purpose cannot read another's.
"""

from base64 import urlsafe_b64encode
from functools import cache

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


def seal(text: str, purpose: str) -> str:
    """Encrypt a text for a purpose such as `cases.reporter`; nothing stays nothing."""
    if not text:
        return ""
    return _key(settings.SECRET_KEY, purpose).encrypt(text.encode()).decode()


def unseal(sealed: str, purpose: str) -> str:
    """Read a sealed text; empty where there is none, or the node has another secret now."""
    if not sealed:
        return ""
    try:
        return _key(settings.SECRET_KEY, purpose).decrypt(sealed.encode()).decode()
    except InvalidToken:
        return ""


@cache
def _key(secret: str, purpose: str) -> Fernet:
    derived = HKDF(SHA256(), 32, salt=None, info=f"renwang.{purpose}".encode())
    return Fernet(urlsafe_b64encode(derived.derive(secret.encode())))
