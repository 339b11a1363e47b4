"""Triggers that come with Renwang, as data: a copy is written for a place, and is its own from then on."""

import json
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

from renwang.chain.models import Unit
from renwang.chain.reach import Viewer
from renwang.signals.models import Trigger
from renwang.signals.rules import SignalRefused
from renwang.signals.services.triggering import add_trigger

By = Viewer | str


class NotShipped(SignalRefused):
    """No trigger of this name comes with Renwang."""


@cache
def shipped() -> dict[str, dict[str, Any]]:
    """Return every trigger that comes along, by its key."""
    folder = Path(__file__).parent / "shipped"
    found = [json.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*.json"))]
    return {one["key"]: one for one in found}


def add_shipped(key: str, unit: Unit, *, by: By, now: datetime, invented: bool = False) -> Trigger:
    """Write a copy of a shipped trigger for a place, switched off; it watches every sensor there that fits.

    Refuses with `NotShipped` and like `add_trigger`.
    """
    if key not in shipped():
        raise NotShipped(key=key, known=", ".join(shipped()))
    one = shipped()[key]
    return add_trigger(
        one["name"].get(settings.LANGUAGE_CODE, one["name"]["en"]),
        one["hazard"],
        one,
        unit,
        by=by,
        now=now,
        each=one["each"],
        source=one["source"],
        note=one["note"],
        invented=invented,
    )
