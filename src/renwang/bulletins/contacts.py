"""Seal what somebody can be reached by, so that a copy of the database betrays nobody."""

from base64 import urlsafe_b64encode
from functools import cache

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


def seal(contact: str) -> str:
    """Encrypt a contact with a key made from the node's secret; nothing stays nothing."""
    return _key(settings.SECRET_KEY).encrypt(contact.encode()).decode() if contact else ""


def unseal(sealed: str) -> str:
    """Read a sealed contact; empty where there is none, or the node has another secret now."""
    if not sealed:
        return ""
    try:
        return _key(settings.SECRET_KEY).decrypt(sealed.encode()).decode()
    except InvalidToken:
        return ""


@cache
def _key(secret: str) -> Fernet:
    derived = HKDF(SHA256(), 32, salt=None, info=b"renwang.bulletins.contacts")
    return Fernet(urlsafe_b64encode(derived.derive(secret.encode())))
