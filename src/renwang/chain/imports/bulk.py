"""Found many units at once: a whole city in seconds, with the same paths and versions as one by one."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import connection
from django.db.models import Model

from renwang.base.pure.ids import short_code, uuid7
from renwang.base.references import next_references
from renwang.chain import tree
from renwang.chain.imports.drafting import JUDGED, WRITTEN, ImportPlan
from renwang.chain.models import Unit
from renwang.chain.rules import check_code, compose_path

_BATCH = 400

# Only units founded a moment ago, in this transaction, have no version yet.
_FIRST_VERSIONS = """
INSERT INTO chain_unitversion (unit_id, from_on, name, code, level, parent_id, path, boundary)
SELECT unit.id, unit.since_on, unit.name, unit.code, unit.level, unit.parent_id, unit.path,
    unit.boundary
FROM chain_unit unit LEFT JOIN chain_unitversion version ON version.unit_id = unit.id
WHERE version.unit_id IS NULL
"""


def create_rows(plan: ImportPlan, *tables: Sequence[Model]) -> None:
    """Create the rows of an import in batches, one table after the other, telling how far it is."""
    done, total = 0, sum(map(len, tables))
    for rows in tables:
        for begin in range(0, len(rows), _BATCH):
            batch = rows[begin : begin + _BATCH]
            type(batch[0])._base_manager.bulk_create(batch)
            done += len(batch)
            plan.tell(JUDGED + (WRITTEN - JUDGED) * done / total)


class Founding:
    """Units to be founded together, parents before their children."""

    def __init__(self, now: datetime, since_on: date):
        self.now = now
        self.since_on = since_on
        self.units: list[Unit] = []
        self._taken = set(Unit.objects.exclude(ended_on=None).values_list("path", flat=True))

    def add(
        self,
        *,
        name: str,
        code: str,
        structure: str,
        level: str,
        parent: Unit | None,
        position: int = 0,
        households: int = 0,
        residents: int = 0,
    ) -> Unit:
        """Add one unit; it has its path at once, so that others can be hung below it."""
        check_code(code)
        key = uuid7(self.now)
        path = self._path(parent, code, key)
        self._taken.add(path)
        unit = Unit(
            id=key,
            code=code,
            name=name,
            search=tree.search_of(name, code),
            structure=structure,
            level=level,
            depth=tree.depth_of(path),
            parent_id=parent.pk if parent else None,
            path=path,
            position=position,
            households=households,
            residents=residents,
            since_on=self.since_on,
        )
        self.units.append(unit)
        return unit

    def _path(self, parent: Unit | None, code: str, key: UUID) -> str:
        above, short = parent.path if parent else "/", short_code(key)
        path = compose_path(above, code, short)
        return compose_path(above, code, short, taken=True) if path in self._taken else path

    def write(self) -> list[Unit]:
        """Write all of them with their first versions, in the caller's transaction."""
        if not self.units:
            return []
        refs = next_references("U", self.now, len(self.units))
        for unit, ref in zip(self.units, refs, strict=True):
            unit.ref = ref
        Unit.objects.bulk_create(self.units, batch_size=_BATCH)
        with connection.cursor() as cursor:
            cursor.execute(_FIRST_VERSIONS)
        return self.units


def in_tree_order(parent_of: Mapping[str, str]) -> list[str]:
    """Put keys so that each comes after the one above it; there is no circle among them."""

    def depth(key: str) -> int:
        deep = 0
        while (key := parent_of.get(key, "")) in parent_of:
            deep += 1
        return deep

    return sorted(parent_of, key=depth)
