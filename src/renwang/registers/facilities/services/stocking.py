"""What is done with stock: written down, counted, struck off."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from renwang.base import journal
from renwang.base.pure.ids import uuid7
from renwang.base.pure.text import search_key
from renwang.chain.reach import require
from renwang.registers.facilities.models import Facility, Stock
from renwang.registers.facilities.rules import NameMissing
from renwang.registers.facilities.services.keeping import By, local_day, locked, step
from renwang.registers.facilities.stock_rules import (
    FacilityRefused,
    check_counted,
    check_quantity,
)


class LotTwice(FacilityRefused):
    """The same thing with the same lot and day stands there already."""


@dataclass(frozen=True, slots=True)
class StockSaid:
    """What somebody says of stock. Without a day of expiry it lasts."""

    name: str
    quantity: float
    unit: str = ""
    lot: str = ""
    place: str = ""
    expires_on: date | None = None
    checked_on: date | None = None


@transaction.atomic
def keep_stock(
    facility_id: UUID, said: StockSaid, *, by: By, now: datetime, stock_id: UUID | None = None
) -> Stock:
    """Write down stock of a facility; the one of that id is written anew.

    Refuses with `NameMissing`, `QuantityRefused`, `CountedInTheFuture`,
    `LotTwice` and `reach.NotInReach`.
    """
    facility = locked(facility_id)
    require(by, "facilities.keep", at=facility.path)
    columns = stock_columns(said, local_day(now))
    same = {key: columns[key] for key in ("search", "lot", "expires_on")}
    if facility.stock.filter(**same).exclude(pk=stock_id).exists():
        raise LotTwice(thing=columns["name"])
    if stock_id is None:
        kept = Stock(id=uuid7(now), facility=facility, path=facility.path)
    else:
        kept = facility.stock.get(pk=stock_id)
    for name, value in columns.items():
        setattr(kept, name, value)
    kept.save()
    step(facility, "stock", words=_called(kept), by=by, now=now)
    journal.record(
        "facilities.stock_kept", facility, by=by, at=now, thing=kept.name,
        **{name: value for name, value in columns.items() if name not in ("name", "search")},
    )  # fmt: skip
    return kept


@transaction.atomic
def count_stock(
    facility_id: UUID, stock_id: UUID, quantity: float, *, by: By, now: datetime
) -> Stock:
    """Say how much is there today. Whoever inspects there may. Refuses with `QuantityRefused` and `reach.NotInReach`."""
    facility = locked(facility_id)
    require(by, "facilities.report", at=facility.path)
    kept = facility.stock.get(pk=stock_id)
    before, kept.quantity = kept.quantity, check_quantity(quantity)
    kept.checked_on = local_day(now)
    kept.save(update_fields=["quantity", "checked_on"])
    step(facility, "counted", words=_called(kept), by=by, now=now, before=before)
    journal.record(
        "facilities.stock_counted", facility, by=by, at=now, thing=kept.name, lot=kept.lot,
        quantity=kept.quantity, before=before,
    )  # fmt: skip
    return kept


@transaction.atomic
def strike_stock(facility_id: UUID, stock_id: UUID, *, by: By, now: datetime) -> None:
    """Strike stock off that is used up or was thrown away. Refuses with `reach.NotInReach`."""
    facility = locked(facility_id)
    require(by, "facilities.keep", at=facility.path)
    kept = facility.stock.get(pk=stock_id)
    kept.delete()
    step(facility, "stock_struck", words=_called(kept), by=by, now=now)
    journal.record(
        "facilities.stock_struck", facility, by=by, at=now, thing=kept.name, lot=kept.lot,
        quantity=kept.quantity,
    )  # fmt: skip


def stock_columns(said: StockSaid, today: date) -> dict[str, Any]:
    """Check what was said of stock and give it as columns. Refuses as `keep_stock` does."""
    name = said.name.strip()[:80]
    if not name:
        raise NameMissing
    return {
        "name": name,
        "search": search_key(name)[:200],
        "lot": said.lot.strip()[:40],
        "quantity": check_quantity(said.quantity),
        "unit": said.unit.strip()[:12],
        "place": said.place.strip()[:80],
        "expires_on": said.expires_on,
        "checked_on": check_counted(said.checked_on, today),
    }


def _called(kept: Stock) -> str:
    return " ".join(filter(None, (kept.name, f"{kept.quantity:g}", kept.unit, kept.lot)))


def touch_facility(facility: Facility, *, by: By, now: datetime, **told: Any) -> None:
    """Record that stock of a facility came from a table, once for a whole file; in the caller's transaction."""
    step(facility, "stock_import", by=by, now=now, **told)
    journal.record("facilities.stock_imported", facility, by=by, at=now, **told)
