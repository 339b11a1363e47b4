"""Stock from a table, as offices keep it, and back into one: a row for each thing, lot and day."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from renwang.base.pure.ids import uuid7
from renwang.base.pure.text import search_key
from renwang.base.tables import Column, Kind, TablePlan, TableRow
from renwang.chain.imports.bulk import create_rows
from renwang.chain.imports.drafting import By, Draft, ImportKind, ImportPlan
from renwang.chain.imports.places import Places
from renwang.chain.list_rules import PlaceAmbiguous, PlaceUnknown
from renwang.chain.rules import Refusal
from renwang.registers.facilities.models import Facility, Stock
from renwang.registers.facilities.rules import State
from renwang.registers.facilities.services.keeping import local_day
from renwang.registers.facilities.services.stocking import StockSaid, stock_columns, touch_facility
from renwang.registers.facilities.stock_rules import CountedInTheFuture, QuantityRefused

COLUMNS = (
    Column("unit", ("所属辖区", "Unit", "所属社区", "所属网格", "辖区", "社区"), required=True),
    Column("facility", ("设施名称", "Facility", "储备点", "仓库", "设施编号"), required=True),
    Column("name", ("物资名称", "What it is", "品名", "物资"), required=True, max_length=80),
    Column("quantity", ("数量", "Quantity", "库存数量"), Kind.DECIMAL, required=True),
    Column("unit_of", ("计量单位", "Counted in", "单位"), max_length=12),
    Column("lot", ("批次", "Lot", "批号"), Kind.CODE, max_length=40),
    Column("expires_on", ("有效期至", "May be used until", "到期日", "保质期至"), Kind.DATE),
    Column("place", ("存放位置", "Where in it", "货位"), max_length=80),
    Column("checked_on", ("上次盘点日期", "Last counted", "盘点日期"), Kind.DATE),
)
_FIELDS = ("name", "quantity", "unit", "place", "checked_on")


class KeeperUnknown(Refusal):
    """There is no facility of that name or number in the place."""


def headings(language: str) -> list[tuple[str, str, Kind]]:
    """Give the columns of an export: key, heading, kind."""
    return [(one.key, one.title(language), one.kind) for one in COLUMNS]


def row_of(kept: Stock) -> dict[str, Any]:
    """Give stock, with its facility and unit, as a row of an export."""
    unit = kept.facility.unit
    row = {name: getattr(kept, name) for name in ("name", "lot", "expires_on", "place")}
    return row | {
        "unit": unit.code or unit.name,
        "facility": kept.facility.name,
        "quantity": kept.quantity,
        "unit_of": kept.unit,
        "checked_on": kept.checked_on,
    }


def plan_stock(draft: Draft, by: By, now: datetime) -> tuple[TablePlan, Mapping[str, Any]]:
    """Judge a file of stock. A row is known by its facility, what it is, its lot and its day."""
    places = Places(by, "facilities.keep")
    here = Facility.objects.filter(unit__in=list(places.units)).exclude(state=State.GONE)
    keepers: dict[Any, Facility] = {}
    for one in here.iterator():
        keepers[one.unit_id, search_key(one.name)] = one
        keepers[one.unit_id, search_key(one.ref)] = one
    kept = {
        (one.facility_id, one.search, one.lot, one.expires_on): one
        for one in Stock.objects.filter(facility__in=here.values("pk")).iterator()
    }
    found: dict[str, Any] = {}
    for row in draft.rows:
        try:
            unit = places.find(row.values["unit"])
            keeper = keepers.get((unit.pk, search_key(row.values["facility"])))
            if keeper is None:
                raise KeeperUnknown(name=row.values["facility"])
            after = _values(row, local_day(now))
        except Refusal as refusal:
            draft.refuse(row, _column_of(refusal), refusal)
            continue
        same = (keeper.pk, after["search"], after["lot"], after["expires_on"])
        key = f"{keeper.name} · {after['name']} {after['lot']} {after['expires_on'] or ''}".strip()
        if key in found and found[key][0] != keeper:
            key = f"{key} ({keeper.ref})"
        found[key] = keeper, kept.get(same)
        draft.keep(
            row, key, {name: value for name, value in after.items() if value not in (None, "")}
        )
    existing = {
        key: {name: getattr(one, name) for name in (*_FIELDS, "search", "lot", "expires_on")}
        for key, (_keeper, one) in found.items()
        if one is not None
    }
    return draft.plan(existing), found


def _values(row: TableRow, today: date) -> dict[str, Any]:
    values = row.values
    said = StockSaid(
        values["name"], float(values["quantity"]), values.get("unit_of") or "",
        values.get("lot") or "", values.get("place") or "", values.get("expires_on"),
        values.get("checked_on"),
    )  # fmt: skip
    return stock_columns(said, today)


def _column_of(refusal: Refusal) -> str:
    columns: tuple[tuple[Any, str], ...] = (
        (PlaceUnknown | PlaceAmbiguous, "unit"),
        (KeeperUnknown, "facility"),
        (QuantityRefused, "quantity"),
        (CountedInTheFuture, "checked_on"),
    )
    return next((name for kind, name in columns if isinstance(refusal, kind)), "name")


def write_stock(plan: ImportPlan, by: By, now: datetime) -> set[str]:
    """Write new stock and amend what is known; what the file does not name stays as it is."""
    touched: dict[Any, Facility] = {}
    made, changed = [], []
    for planned in plan.table.to_create:
        keeper, _kept = plan.found[planned.key[0]]
        touched[keeper.pk] = keeper
        values = {name: value for name, value in planned.values.items() if name != "key"}
        made.append(Stock(id=uuid7(now), facility=keeper, path=keeper.path, **values))
    for change in plan.table.to_update:
        keeper, kept = plan.found[change.key[0]]
        touched[keeper.pk] = keeper
        for name, value in change.after.items():
            setattr(kept, name, value)
        changed.append(kept)
    create_rows(plan, made)
    Stock.objects.bulk_update(changed, _FIELDS, batch_size=500)
    for keeper in touched.values():
        touch_facility(keeper, by=by, now=now, file=plan.filename, digest=plan.digest)
    return set()


STOCK = ImportKind("stock", COLUMNS, "facilities.keep", plan_stock, write_stock)
