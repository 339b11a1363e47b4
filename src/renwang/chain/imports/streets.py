"""Streets, lanes and banks from a table or a GeoJSON file: what a map shows, and what borders are drawn along."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

import orjson
from django.conf import settings

from renwang.base.pure.datum import Datum, NotAPosition, NotGeoJSON, convert_geometry
from renwang.base.pure.geometry import from_geojson, to_geojson
from renwang.base.pure.loading import on_first_use
from renwang.base.tables import Column, Kind, TablePlan
from renwang.chain.imports.drafting import By, Draft, ImportKind, ImportPlan, digest_of
from renwang.chain.imports.features import DATUM, LINE, read_shape
from renwang.chain.imports.places import Places
from renwang.chain.list_rules import NotALine, PlaceAmbiguous, PlaceUnknown
from renwang.chain.models import Backdrop
from renwang.chain.rules import Refusal

if TYPE_CHECKING:
    import shapely
else:
    shapely = on_first_use("shapely")


_BATCH = 500
_PLACES = 6  # decimal places kept: a tenth of a metre

# What other maps call them; the last words of each line are those of OpenStreetMap.
KINDS = {
    "avenue": ("大路", "Avenue", "主干道", "主干路", "快速路", "公路", "motorway", "trunk", "primary", "motorway_link", "trunk_link", "primary_link"),
    "street": ("街", "Street", "次干道", "次干路", "支路", "道路", "secondary", "tertiary", "unclassified", "secondary_link", "tertiary_link", "road"),
    "lane": ("巷", "Lane", "小路", "小区路", "胡同", "里弄", "residential", "living_street", "service", "pedestrian", "footway", "path", "track", "steps", "cycleway"),
    "water": ("水域", "Water", "河流", "河", "湖", "river", "stream", "canal", "riverbank"),
    "green": ("绿地", "Green", "公园", "park", "garden"),
}  # fmt: skip

COLUMNS = (
    Column("name", ("名称", "Name", "道路名称", "路名", "name"), max_length=80),
    Column("kind", ("类别", "Kind", "道路类别", "等级", "highway", "waterway", "fclass"), Kind.CHOICE, required=True, choices=KINDS),
    Column("unit", ("所属辖区", "Unit", "辖区", "街道", "unit"), required=True),
    LINE,
    DATUM,
)  # fmt: skip


def plan_streets(draft: Draft, by: By, now: datetime) -> tuple[TablePlan, Mapping[str, Any]]:
    """Judge a file of streets. One is known by all it says: its place, kind, name and line."""
    places = Places(by, "chain.edit")
    found: dict[str, dict[str, Any]] = {}
    for row in draft.rows:
        values = row.values
        try:
            unit = places.find(values["unit"])
            text = _line(values)
        except Refusal as refusal:
            is_place = isinstance(refusal, PlaceUnknown | PlaceAmbiguous)
            draft.refuse(row, "unit" if is_place else "shape", refusal)
            continue
        name = values.get("name") or ""
        key = _key(unit.path, values["kind"], name, text)
        found[key] = {"path": unit.path, "kind": values["kind"], "name": name, "geometry": text}
        draft.keep(row, key, {"kind": values["kind"]})
    paths = {one["path"] for one in found.values()}
    standing = Backdrop.objects.filter(path__in=paths)
    existing = {
        _key(*said): {"kind": said[1]}
        for said in standing.values_list("path", "kind", "name", "geometry")
    }
    return draft.plan({key: one for key, one in existing.items() if key in found}), found


def _line(values: Mapping[str, Any]) -> str:
    """Read the line or area of a row into WGS-84; refuses with NotAShape or NotALine."""
    if not values.get("shape"):
        raise NotALine()
    datum = Datum(values.get("datum") or settings.RENWANG_INPUT_DATUM)
    try:
        plain = convert_geometry(read_shape(values["shape"]), datum, Datum.WGS84)
        shape = from_geojson(plain)
    except (NotAPosition, NotGeoJSON) as trouble:
        raise NotALine() from trouble
    if shape.is_empty or shape.geom_type not in _SHAPES:
        raise NotALine()
    rounded = shapely.transform(shape, lambda points: points.round(_PLACES))
    return orjson.dumps(to_geojson(rounded)).decode()


_SHAPES = {"LineString", "MultiLineString", "Polygon", "MultiPolygon"}


def _key(path: str, kind: str, name: str, geometry: str) -> str:
    return f"{path}{kind}/{name}/{digest_of(geometry.encode())[:16]}"


def write_streets(plan: ImportPlan, by: By, now: datetime) -> set[str]:
    """Put new streets under the map; those that are there stay."""
    made = []
    for row in plan.table.to_create:
        one = plan.found[row.key[0]]
        west, south, east, north = from_geojson(orjson.loads(one["geometry"])).bounds
        made.append(Backdrop(**one, west=west, south=south, east=east, north=north))
    Backdrop.objects.bulk_create(made, batch_size=_BATCH)
    return set()


STREETS = ImportKind("streets", COLUMNS, "chain.edit", plan_streets, write_streets)
