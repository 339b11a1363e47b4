"""What a place tells everybody about itself: where to ask, where to go, what to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from renwang.base import journal
from renwang.bulletins.models import PlaceInfo
from renwang.chain import reach
from renwang.chain.models import Unit


@dataclass(frozen=True, slots=True)
class Shelter:
    """A place to go to: its name, where it is, and what one should know of it."""

    name: str
    address: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """Everything a place tells; `advice` by hazard stands in place of what ships."""

    telephone: str = ""
    office: str = ""
    hours: str = ""
    shelters: Sequence[Shelter] = ()
    advice: Sequence[tuple[str, str]] = ()


@transaction.atomic
def set_place_info(unit: Unit, told: Told, *, by: Any, now: datetime) -> PlaceInfo:
    """Set what a place tells everybody; nothing set is found with the place above. Refuses with `reach.NotInReach`."""
    reach.require(by, "bulletins.write", at=unit.path)
    content = {
        "telephone": told.telephone,
        "office": told.office,
        "hours": told.hours,
        "shelters": [
            {"name": one.name, "address": one.address, "note": one.note} for one in told.shelters
        ],
        "advice": [{"hazard": hazard, "text": text} for hazard, text in told.advice],
    }
    info, _ = PlaceInfo.objects.update_or_create(
        unit_id=unit.pk,
        defaults={
            "path": unit.path,
            "changed_by": getattr(by, "id", None),
            "changed_at": now,
            **content,
        },
    )
    journal.record("bulletins.place_set", unit, by=by, at=now, **content)
    return info
