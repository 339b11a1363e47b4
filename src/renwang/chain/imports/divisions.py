"""The official divisions of a Chinese province: districts, streets and townships, communities and villages.

Reads the tables of the china-division lists (`areas`, `streets`, `villages`;
columns code and name, the code above being the beginning of the code). What a
code or a name's ending means is data in `china.json`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import orjson
from django.db import transaction
from django.utils import timezone

from renwang.base.pure.text import search_key
from renwang.base.tables import Column, Kind, TableError, read_table
from renwang.chain import tree
from renwang.chain.imports import derive_again, record_import
from renwang.chain.imports.bulk import Founding
from renwang.chain.imports.drafting import By, digest_of
from renwang.chain.list_rules import CodeOfNoLevel, ProvinceMissing
from renwang.chain.models import Unit, UnitChange
from renwang.chain.reach import require
from renwang.chain.rules import Refusal
from renwang.chain.services.units import record_change

COLUMNS = (
    Column("code", ("代码", "code", "统计用区划代码"), Kind.CODE, required=True, max_length=32),
    Column("name", ("名称", "name"), required=True, max_length=120),
)
AREA, STREET, VILLAGE = 6, 9, 12  # digits of a code at each level


class DivisionsRefused(Refusal):
    """Rows of the files are wrong; `errors` say which."""

    def __init__(self, errors: Sequence[TableError]):
        super().__init__(count=len(errors))
        self.errors = tuple(errors)


@dataclass(frozen=True, slots=True)
class Carried:
    """A code whose level above is in no list: the unit is carried by the nearest level that is."""

    code: str
    name: str
    missing: str
    by: str  # code of the unit that carries it


@dataclass(slots=True)
class DivisionPlan:
    """What an import of divisions would do."""

    province: str
    root_name: str
    names: dict[str, str] = field(default_factory=dict)  # official name by code, top down
    carried: list[Carried] = field(default_factory=list)
    parent_of: dict[str, str] = field(default_factory=dict)
    standing: dict[str, Unit] = field(default_factory=dict)
    renamed: dict[str, str] = field(default_factory=dict)  # new name by code
    digest: str = ""
    short: bool = True

    @property
    def counts(self) -> dict[str, int]:
        """How many units are new, renamed, and as they were."""
        new = sum(code not in self.standing for code in self.names)
        return {
            "created": new,
            "updated": len(self.renamed),
            "unchanged": len(self.names) - new - len(self.renamed),
        }

    def name_of(self, code: str) -> str:
        """The name a unit is shown by."""
        return short_name(self.names[code]) if self.short else self.names[code]


@cache
def rules_of_china() -> dict[str, Any]:
    """Read what codes and endings mean."""
    return orjson.loads((Path(__file__).parent / "china.json").read_bytes())


def short_name(official: str) -> str:
    """Say a committee's place the way people do: 东方广场社区居民委员会 is 东方广场社区."""
    for ending, short in rules_of_china()["short_names"]:
        if official.endswith(ending) and len(official) > len(ending):
            return official.removesuffix(ending) + short
    return official


def level_of(code: str, name: str) -> tuple[str, str]:
    """Say which structure and level an official code and name stand for."""
    rules = rules_of_china()
    if len(code) == AREA:
        return tuple(rules["area"])
    if len(code) == STREET:
        street = rules["street"]
        return tuple(street["levels"].get(code[street["digit"]], street["otherwise"]))
    village = rules["village"]
    for ending, level in village["endings"].items():
        if name.endswith(ending):
            return tuple(level)
    return tuple(village["otherwise"])


def plan_divisions(
    files: Mapping[str, bytes], *, province: str, root_name: str, short: bool = True
) -> DivisionPlan:
    """Read the files (name → bytes) and say what would be founded and renamed; nothing is written.

    Refuses with TableRefused, DivisionsRefused, ProvinceMissing.
    """
    plan = DivisionPlan(province, root_name, {province: root_name}, short=short)
    errors: list[TableError] = []
    for filename, data in files.items():
        reading = read_table(data, filename, COLUMNS, zone=timezone.get_default_timezone())
        errors.extend(reading.errors)
        for row in reading.rows:
            code = row.values["code"]
            if code.startswith(province) and code.isdigit():
                plan.names[code] = row.values["name"]
    if errors:
        raise DivisionsRefused(errors)
    if len(plan.names) == 1:
        raise ProvinceMissing(province=province)
    odd = next((code for code in plan.names if code != province and not _is_level(code)), None)
    if odd is not None:
        raise CodeOfNoLevel(code=odd)
    plan.names = dict(sorted(plan.names.items(), key=lambda item: (len(item[0]), item[0])))
    plan.digest = digest_of(b"".join(files.values()))
    _hang(plan)
    codes = list(plan.names)
    plan.standing = {
        unit.code: unit
        for unit in tree.current().filter(code__startswith=province)
        if unit.code in plan.names
    }
    plan.renamed = {
        code: plan.name_of(code)
        for code in codes
        if code in plan.standing and plan.standing[code].name != plan.name_of(code)
    }
    return plan


def _is_level(code: str) -> bool:
    return len(code) in (AREA, STREET, VILLAGE)


def _hang(plan: DivisionPlan) -> None:
    for code, name in plan.names.items():
        if code == plan.province:
            continue
        above = [code[:digits] for digits in (STREET, AREA) if digits < len(code)]
        above.append(plan.province)
        found = next(one for one in above if one in plan.names)
        plan.parent_of[code] = found
        if found != above[0]:
            plan.carried.append(Carried(code, name, above[0], found))


@transaction.atomic
def import_divisions(
    files: Mapping[str, bytes],
    *,
    province: str,
    root_name: str,
    by: By,
    now: datetime,
    short: bool = True,
) -> DivisionPlan:
    """Load the official tree of a province: all or nothing, as one fact; twice changes nothing.

    A unit that no list has any more stays as it is: what became of it, only a
    merger or closing can say. Needs `chain.edit` and `imports.run` above all of it.
    """
    require(by, "imports.run", at=f"/{province}/")
    require(by, "chain.edit", at=f"/{province}/")
    plan = plan_divisions(files, province=province, root_name=root_name, short=short)
    today = tree.today(now)
    founding = Founding(now, today)
    units = dict(plan.standing)
    for position, (code, official) in enumerate(plan.names.items()):
        if code in units:
            continue
        chain, level = rules_of_china()["root"] if code == province else level_of(code, official)
        unit = founding.add(
            name=plan.name_of(code),
            code=code,
            structure=chain,
            level=level,
            parent=units.get(plan.parent_of.get(code, "")),
            position=position,
        )
        if unit.name != official:
            unit.search = f"{unit.search} {search_key(official)}"
        units[code] = unit
    touched = {unit.path for unit in founding.write()}
    for code, name in plan.renamed.items():
        unit = plan.standing[code]
        unit.name, unit.search = name, tree.search_of(name, code, plan.names[code])
        unit.save(update_fields=["name", "search"])
        tree.write_version(unit, today)
        record_change(UnitChange.Kind.RENAME, today, [unit], [unit], "", now)
    derive_again(touched)
    record_import(
        "divisions",
        ", ".join(files),
        plan.digest,
        plan.counts,
        {units[province].path},
        by=by,
        now=now,
    )
    return plan
