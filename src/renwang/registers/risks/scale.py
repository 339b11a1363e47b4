"""The scale that holds at this node: its own, or the one that ships."""

import json
from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from django.db import transaction

from renwang.base import journal
from renwang.chain.reach import Viewer, require_anywhere
from renwang.registers.risks import models
from renwang.registers.risks.rules import check_words
from renwang.registers.risks.scale_rules import Scale, scale_of

By = Viewer | str


@cache
def shipped_scale() -> dict[str, Any]:
    """Return the scale that comes along, as data."""
    text = Path(__file__).with_name("scale.json").read_text(encoding="utf-8")
    body: dict[str, Any] = json.loads(text)
    return body


def current_body() -> dict[str, Any]:
    """Return the scale that holds now, as data; one small read."""
    last = models.Scale.objects.order_by("-pk").values_list("body", flat=True).first()
    return last or shipped_scale()


def current_scale() -> Scale:
    """Return the scale that holds now; one small read, and read as data only when it has changed."""
    return _read(json.dumps(current_body(), sort_keys=True))


@lru_cache(maxsize=8)
def _read(text: str) -> Scale:
    return scale_of(json.loads(text))


@transaction.atomic
def change_scale(body: dict[str, Any], *, by: By, now: datetime, reason: str) -> models.Scale:
    """Let another scale hold from now on. Risks keep the colours they were judged to have until they are judged anew.

    Refuses with `ScaleRefused`, `WordsMissing` and `reach.NotInReach`.
    """
    require_anywhere(by, "node.operate")
    scale_of(body)
    made = models.Scale.objects.create(
        body=body,
        reason=check_words(reason),
        by=by.id if isinstance(by, Viewer) else None,
        at=now,
    )
    journal.record("risks.scale_changed", made, by=by, at=now, reason=made.reason, scale=body)
    return made
