"""Boundaries of standing units from GeoJSON files, in the datum that is declared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from django.db import transaction

from renwang.base.pure.datum import Datum
from renwang.base.pure.geometry import Geometry
from renwang.chain import boundaries, tree
from renwang.chain.imports import record_import
from renwang.chain.imports.drafting import By, digest_of
from renwang.chain.imports.places import Places
from renwang.chain.list_rules import NotAMap, PlaceUnknown
from renwang.chain.models import Unit, UnitChange
from renwang.chain.reach import require_anywhere
from renwang.chain.rules import Refusal
from renwang.chain.services.units import record_change

LARGEST = 64 << 20  # bytes of one file
_CODES = ("code", "adcode", "id", "编码", "代码", "区划代码")
_NAMES = ("name", "名称")


class BoundariesRefused(Refusal):
    """Features of a file are wrong; `wrong` says which and why, and nothing was written."""

    def __init__(self, wrong: Sequence[tuple[str, Exception]]):
        super().__init__(count=len(wrong))
        self.wrong = tuple(wrong)


@dataclass(slots=True)
class BoundaryPlan:
    """What a file of boundaries would do."""

    drawn: dict[Any, tuple[Unit, boundaries.Drawing]] = field(default_factory=dict)
    new: int = 0
    unchanged: int = 0
    wrong: list[tuple[str, Exception]] = field(default_factory=list)  # feature, refusal

    @property
    def counts(self) -> dict[str, int]:
        """How many boundaries are new or changed, and how many as they were."""
        changed = len(self.drawn) - self.new
        return {"created": self.new, "updated": changed, "unchanged": self.unchanged}


def plan_boundaries(files: Mapping[str, bytes], *, datum: Datum, by: By) -> BoundaryPlan:
    """Judge every feature of some files (name → bytes): which unit it means, and whether it can be its boundary.

    A unit is found by its code, else by its name. A boundary must lie in that
    of the unit above, where one is known, in the files or before. Refuses with
    NotAMap what is no GeoJSON.
    """
    require_anywhere(by, "imports.run")
    places = Places(by, "chain.edit")
    plan = BoundaryPlan()
    found: list[tuple[Unit, str, Mapping[str, Any]]] = []
    features = [feature for data in files.values() for feature in _features(data)]
    for number, feature in enumerate(features, start=1):
        properties = feature.get("properties") or {}
        label = _first(properties, _NAMES) or _first(properties, _CODES) or f"#{number}"
        try:
            found.append((_unit(properties, places), label, feature.get("geometry") or {}))
        except Refusal as refusal:
            plan.wrong.append((label, refusal))
    known = _stored([unit for unit, _, _ in found])
    shapes: dict[Any, Geometry | None] = {}
    for unit, label, geometry in sorted(found, key=lambda one: one[0].depth):
        try:
            within = shapes.get(unit.parent_id) or boundaries.geometry_of(
                known.get(unit.parent_id, "")
            )
            drawing = boundaries.draw(geometry, datum, within)
        except Refusal as refusal:
            plan.wrong.append((label, refusal))
            continue
        shapes[unit.pk] = drawing.geometry
        unit.boundary = known.get(unit.pk, "")
        if unit.boundary == drawing.text:
            plan.unchanged += 1
        else:
            plan.drawn[unit.pk] = (unit, drawing)
            plan.new += not unit.boundary
    return plan


@transaction.atomic
def import_boundaries(
    files: Mapping[str, bytes], *, datum: Datum, by: By, now: datetime
) -> BoundaryPlan:
    """Draw the boundaries of some files, all or nothing, as one fact; twice changes nothing.

    Refuses with NotAMap and BoundariesRefused.
    """
    plan = plan_boundaries(files, datum=datum, by=by)
    if plan.wrong:
        raise BoundariesRefused(plan.wrong)
    today = tree.today(now)
    units = []
    for unit, drawing in plan.drawn.values():
        drawing.put_on(unit)
        units.append(unit)
    Unit.objects.bulk_update(units, boundaries.COLUMNS, batch_size=50)
    for unit in units:
        tree.write_version(unit, today)
    if units:
        record_change(UnitChange.Kind.BOUNDARY, today, units, units, "", now)
    touched = {unit.path for unit in units}
    digest = digest_of(b"".join(files.values()))
    record_import("boundaries", ", ".join(files), digest, plan.counts, touched, by=by, now=now)
    return plan


def _features(data: bytes) -> list[Mapping[str, Any]]:
    if len(data) > LARGEST:
        raise NotAMap()
    try:
        content = orjson.loads(data.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError:
        raise NotAMap() from None
    if not isinstance(content, dict):
        raise NotAMap()
    features = content.get("features") if content.get("type") == "FeatureCollection" else [content]
    if not isinstance(features, list) or not features:
        raise NotAMap()
    for feature in features:
        if not isinstance(feature, dict) or feature.get("type") != "Feature":
            raise NotAMap()
        if not isinstance(feature.get("properties") or {}, dict):
            raise NotAMap()
    return features


def _first(properties: Mapping[str, Any], names: Sequence[str]) -> str:
    for name in names:
        value = properties.get(name)
        if isinstance(value, str | int) and str(value).strip():
            return str(value).strip()
    return ""


def _unit(properties: Mapping[str, Any], places: Places) -> Unit:
    code, name = _first(properties, _CODES), _first(properties, _NAMES)
    if code in places.by_code:
        return places.by_code[code]
    if code and not name:
        raise PlaceUnknown(place=code)
    found = places.all_called(name)
    if len(found) != 1:
        raise PlaceUnknown(place=f"{code} {name}".strip())
    return found[0]


def _stored(units: Sequence[Unit]) -> dict[Any, str]:
    keys = {unit.pk for unit in units} | {unit.parent_id for unit in units}
    return dict(Unit.objects.filter(pk__in=keys - {None}).values_list("pk", "boundary"))
