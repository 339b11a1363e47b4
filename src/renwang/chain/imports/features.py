"""Things with a shape in tables: a cell holds WKT or GeoJSON; a GeoJSON file becomes a table of such cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import orjson

from renwang.base.pure.datum import Datum
from renwang.base.pure.loading import on_first_use
from renwang.base.tables import Column, Kind, write_csv
from renwang.chain.list_rules import NotAMap, NotAShape

if TYPE_CHECKING:
    import shapely
else:
    shapely = on_first_use("shapely")


SHAPE = Column("shape", ("边界", "Boundary", "图形", "几何", "WKT", "geometry", "geom", "the_geom"))
LINE = Column("shape", ("线位", "Line", "图形", "几何", "WKT", "geometry", "geom", "the_geom"))
DATUM = Column(
    "datum",
    ("坐标系", "Datum", "坐标基准"),
    Kind.CHOICE,
    choices={
        Datum.WGS84.value: ("WGS-84", "WGS-84", "WGS84", "wgs84", "CGCS2000"),
        Datum.GCJ02.value: ("GCJ-02", "GCJ-02", "GCJ02", "gcj02", "火星坐标", "高德", "腾讯"),
        Datum.BD09.value: ("BD-09", "BD-09", "BD09", "bd09", "百度"),
    },
)
_DEEPEST = 400_000  # positions of one file; more than that is no list of grids or streets


def read_shape(text: str) -> dict[str, Any]:
    """Read a cell as a GeoJSON geometry, whether it is written so or as WKT; refuses with NotAShape."""
    said = text.strip()
    try:
        if said.startswith("{"):
            shape = orjson.loads(said)
            if not isinstance(shape, dict):
                raise NotAShape(text=said[:40])
            return shape
        plain: dict[str, Any] = shapely.geometry.mapping(shapely.from_wkt(said))
    except (orjson.JSONDecodeError, shapely.errors.ShapelyError, TypeError) as trouble:
        raise NotAShape(text=said[:40]) from trouble
    return plain


def is_map(data: bytes) -> bool:
    """Say whether a file is GeoJSON rather than a table."""
    return data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{"


def table_of(data: bytes, columns: Sequence[Column], datum: Datum) -> bytes:
    """Write a GeoJSON FeatureCollection as the table that the general import reads, its properties as columns.

    Properties that no column knows are left out. Refuses with NotAMap what is
    no collection of Features.
    """
    try:
        content = orjson.loads(data.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError:
        raise NotAMap() from None
    features = content.get("features") if isinstance(content, dict) else None
    if not isinstance(features, list) or not features or data.count(b",") > 3 * _DEEPEST:
        raise NotAMap()
    rows = [_row(feature, columns, datum) for feature in features]
    named = [Column(one.key, (one.key,)) for one in columns]
    return write_csv(named, rows, language="en")


def _row(feature: Any, columns: Sequence[Column], datum: Datum) -> dict[str, Any]:
    if not isinstance(feature, Mapping) or feature.get("type") != "Feature":
        raise NotAMap()
    properties = feature.get("properties") or {}
    if not isinstance(properties, Mapping):
        raise NotAMap()
    row: dict[str, Any] = {}
    for column in columns:
        names = {column.key, *column.titles}
        value = next((properties[name] for name in properties if name in names), None)
        if isinstance(value, list):
            value = "、".join(str(one) for one in value)
        if value is not None:
            row[column.key] = str(value)
    row[DATUM.key] = row.get(DATUM.key) or datum.value
    geometry = feature.get("geometry")
    if geometry:
        row[SHAPE.key] = orjson.dumps(geometry).decode()
    return row
