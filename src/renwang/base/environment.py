"""Reads settings from the environment; a value of the wrong kind stops the start with a sentence."""

import os
from urllib.parse import urlsplit

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


class WrongSetting(Exception):
    """A setting has a value that cannot be what it must be."""


def text(name: str, default: str) -> str:
    """Return a setting as it stands, without surrounding blanks."""
    return os.environ.get(name, default).strip()


def words(name: str, default: str) -> list[str]:
    """Return a comma-separated setting as a list, empty parts left out."""
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def number(name: str, default: int) -> int:
    """Return a whole number, or raise WrongSetting naming the setting."""
    value = text(name, str(default))
    try:
        return int(value)
    except ValueError:
        raise WrongSetting(f"{name} must be a whole number, not {value!r}") from None


def flag(name: str, default: bool) -> bool:
    """Return yes or no; `1 true yes on` and `0 false no off` are understood."""
    value = text(name, "yes" if default else "no").lower()
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off", ""}:
        return False
    raise WrongSetting(f"{name} must be yes or no, not {value!r}")


def address(name: str) -> str:
    """Return the address of a site without a slash at its end; empty where it is not set."""
    value = text(name, "").rstrip("/")
    if not value:
        return ""
    try:
        parts = urlsplit(value)
        is_whole = bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_whole = False
    if not is_whole or parts.scheme not in ("http", "https") or parts.path or parts.query:
        raise WrongSetting(f"{name} must be like https://renwang.example.org, not {value!r}")
    return value


def hosts(own: str, named: list[str]) -> list[str]:
    """Name the hosts under which requests are answered: the node's own, those named, this machine.

    Where nothing says under which names the node is reached, it answers under
    any: on a network of the house nobody has given it one.
    """
    if "*" in named or not (own or named):
        return ["*"]
    parts = urlsplit(own)
    known = [f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""]
    return list(dict.fromkeys(name for name in [*named, *known, *LOOPBACK] if name))
