"""Organisations of every kind from a table, with their seat."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from renwang.base.pure.ids import uuid7
from renwang.base.references import next_references
from renwang.base.tables import Column, Kind, TablePlan
from renwang.chain import tree
from renwang.chain.imports.bulk import create_rows
from renwang.chain.imports.drafting import By, Draft, ImportKind, ImportPlan
from renwang.chain.imports.places import Places
from renwang.chain.models import Organisation
from renwang.chain.rules import Refusal

_FIELDS = ("kind", "name", "address", "telephone", "number")


COLUMNS = (
    Column(
        "number",
        ("统一社会信用代码", "Registration number", "登记号", "编号"),
        Kind.CODE,
        max_length=40,
    ),
    Column("name", ("名称", "Name", "组织名称", "单位名称"), required=True, max_length=120),
    Column(
        "kind",
        ("类别", "Kind", "类型", "组织类型"),
        Kind.CHOICE,
        required=True,
        choices={
            "party": ("党组织", "Party organisation"),
            "committee": ("居民委员会", "Residents' committee", "村民委员会", "居委会", "村委会"),
            "owners": ("业主委员会", "Owners' committee", "业委会"),
            "property": ("物业企业", "Property firm", "物业", "物业公司"),
            "resident_unit": ("驻区单位", "Resident unit", "辖区单位"),
            "shop": ("商户", "Shop", "商铺", "店铺"),
            "clinic": ("医疗机构", "Clinic", "诊所", "卫生服务中心"),
            "school": ("学校", "School", "幼儿园"),
            "outpost": ("政府派驻机构", "Government outpost", "派出机构"),
            "mass": ("群团组织", "Mass organisation"),
            "social": ("社会组织", "Social organisation"),
            "self_organised": ("居民自组织", "Self-organised group", "自组织"),
            "alliance": ("联盟", "Alliance", "党建联盟"),
        },
    ),
    Column(
        "unit", ("所在辖区", "Unit", "所在单位", "所属社区", "所在社区", "所属单位"), required=True
    ),
    Column("address", ("地址", "Address"), max_length=200),
    Column("telephone", ("电话", "Telephone", "联系电话"), max_length=40),
)


def plan_organisations(draft: Draft, by: By, now: datetime) -> tuple[TablePlan, Mapping[str, Any]]:
    """Judge a file of organisations. One is known by its number, else by seat and name."""
    places = Places(by, "chain.edit")
    standing = Organisation.objects.filter(ended_on=None, unit__in=list(places.units))
    known: dict[str, Organisation] = {}
    for one in standing:
        known[f"{one.unit_id}/{one.name}"] = one
        if one.number:
            known[one.number] = one
    found: dict[str, Organisation] = {}
    for row in draft.rows:
        try:
            unit = places.find(row.values["unit"])
        except Refusal as refusal:
            draft.refuse(row, "unit", refusal)
            continue
        number = row.values.get("number")
        by_name = f"{unit.pk}/{row.values['name']}"
        key = number or by_name
        if key in known or by_name in known:
            found[key] = known.get(key) or known[by_name]
        draft.keep(row, key, {**row.values, "unit": places.key_of(unit)})
    existing = {
        key: {
            **{name: getattr(one, name) for name in _FIELDS},
            "unit": places.key_of(places.units[one.unit_id]),
        }
        for key, one in found.items()
    }
    return draft.plan(existing), {"organisations": found, "places": places}


def write_organisations(plan: ImportPlan, by: By, now: datetime) -> set[str]:
    """Enter what is new, change what has changed."""
    places: Places = plan.found["places"]
    refs = next_references("O", now, len(plan.table.to_create)) if plan.table.to_create else []
    made = []
    for ref, planned in zip(refs, plan.table.to_create, strict=True):
        unit = places.find(planned.values["unit"])
        fields = {name: planned.values.get(name) or "" for name in _FIELDS}
        made.append(
            Organisation(
                id=uuid7(now),
                ref=ref,
                unit=unit,
                path=unit.path,
                search=tree.search_of(fields["name"], fields["number"]),
                **fields,
            )
        )
    create_rows(plan, made)
    for change in plan.table.to_update:
        one = plan.found["organisations"][change.key[0]]
        for name in _FIELDS:
            setattr(one, name, change.after.get(name, getattr(one, name)))
        if "unit" in change.after:
            one.unit = places.find(change.after["unit"])
            one.path = one.unit.path
        one.search = tree.search_of(one.name, one.number)
        one.save()
    return set()


ORGANISATIONS = ImportKind(
    "organisations", COLUMNS, "chain.edit", plan_organisations, write_organisations
)
