"""Reads settings from the environment; a value of the wrong kind stops the start with a sentence."""

import os


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
