"""Finds the files that the front-end build wrote, under the names it gave them."""

import json
import time
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.templatetags.static import static
from django.urls import get_script_prefix
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

DIST = Path(__file__).parent / "static" / "dist"


@lru_cache(maxsize=1)
def _manifest(directory: Path, written_at: int) -> dict[str, dict[str, Any]]:
    return json.loads((directory / "manifest.json").read_bytes())


@lru_cache(maxsize=1)
def _manifest_in(directory: Path, second: int) -> dict[str, dict[str, Any]]:
    try:
        written_at = (directory / "manifest.json").stat().st_mtime_ns
    except FileNotFoundError:
        return {}
    return _manifest(directory, written_at)


def manifest() -> dict[str, dict[str, Any]]:
    """Return what the build made, by source name; empty when it was not run.

    A new build is seen within a second: a page asks for a hundred icons.
    """
    return _manifest_in(DIST, int(time.monotonic()))


def is_built() -> bool:
    """Say whether there is a front end to show."""
    return bool(manifest())


def address_of(source: str) -> str:
    """Return the address of one built file; empty when the build does not have it."""
    entry = manifest().get(source)
    return _served(entry["file"], get_script_prefix()) if entry else ""


@lru_cache(maxsize=64)
def _served(file: str, below: str) -> str:
    """Where a built file is served from; `below` is the part of the address that the whole site is under."""
    return static(f"dist/{file}")


def links_to(source: str) -> SafeString:
    """Write the stylesheet and script elements of an entry; nothing when it was not built.

    The page then says so in a sentence of its own and works without them.
    """
    entry = manifest().get(source)
    if entry is None:
        return SafeString("")
    styles = format_html_join(
        "\n",
        '<link rel="stylesheet" href="{}">',
        ((static(f"dist/{name}"),) for name in entry.get("css", [])),
    )
    script = format_html(
        '<script type="module" src="{}"></script>', static(f"dist/{entry['file']}")
    )
    return styles + SafeString("\n") + script


def content_of(source: str) -> bytes | None:
    """Return what the build made of a source, for a script that must not have the build's address; None without it."""
    entry = manifest().get(source)
    return (DIST / entry["file"]).read_bytes() if entry else None
