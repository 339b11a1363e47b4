"""Departments' rosters from a table: who works in which of a department's grids, and who stands in."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from renwang.base.pure.ids import uuid7
from renwang.base.pure.text import search_key
from renwang.base.tables import Column, Kind, TablePlan
from renwang.chain.contact_rules import clean_telephone
from renwang.chain.imports.drafting import By, Draft, ImportKind, ImportPlan
from renwang.chain.reach import Viewer
from renwang.chain.rules import Refusal
from renwang.registers.claims.models import Claim, Worker

_BATCH = 400

COLUMNS = (
    Column("department", ("部门", "Department", "主管部门", "部门名称"), required=True, max_length=80),
    Column(
        "number",
        ("部门网格编号", "Department's number", "网格编号", "网格编码", "所属网格", "number"),
        Kind.CODE,
        required=True,
        max_length=40,
    ),
    Column("name", ("姓名", "Name", "网格员", "人员", "name"), required=True, max_length=80),
    Column("phone", ("联系电话", "Telephone", "手机", "手机号", "电话", "phone"), Kind.CODE, max_length=40),
    Column("role", ("角色", "Role", "职务", "岗位", "身份", "role"), max_length=40),
    Column("is_backup", ("备岗", "Stands in", "是否备岗", "B岗"), Kind.BOOLEAN),
)  # fmt: skip


class ClaimUnknown(Refusal):
    """The department has no grid of this number in reach; its grids are brought in first."""


def plan_workers(draft: Draft, by: By, now: datetime) -> tuple[TablePlan, Mapping[str, Any]]:
    """Judge a department's roster. Somebody is known by his grid, name and telephone."""
    claims = Claim.objects.select_related("department", "unit").defer("boundary", "unit__boundary")
    if isinstance(by, Viewer):
        claims = claims.filter(by.scope("people.edit", "unit__path"))
    known = {(search_key(one.department.name), search_key(one.number)): one for one in claims}
    standing = {
        f"{one.claim_id}/{one.name}/{one.phone}": one
        for one in Worker.objects.filter(claim__in=[one.pk for one in known.values()])
    }
    found: dict[str, dict[str, Any]] = {}
    for row in draft.rows:
        values = row.values
        department, number = values["department"], values["number"]
        claim = known.get((search_key(department), search_key(number)))
        try:
            if claim is None:
                raise ClaimUnknown(department=department, number=number)
            phone = clean_telephone(values["phone"]) if values.get("phone") else ""
        except Refusal as refusal:
            column = "number" if isinstance(refusal, ClaimUnknown) else "phone"
            draft.refuse(row, column, refusal)
            continue
        key = f"{claim.pk}/{values['name']}/{phone}"
        found[key] = {"worker": standing.get(key), "claim": claim, "phone": phone}
        after = {"name": values["name"], "phone": phone}
        after |= {
            name: values[name] for name in ("role", "is_backup") if values.get(name) is not None
        }
        draft.keep(row, key, after)
    existing = {
        key: {name: getattr(one["worker"], name) for name in ("name", "phone", "role", "is_backup")}
        for key, one in found.items()
        if one["worker"] is not None
    }
    return draft.plan(existing), found


def write_workers(plan: ImportPlan, by: By, now: datetime) -> set[str]:
    """Keep the roster as the department gave it; nobody becomes a person of the chain by that."""
    made = []
    for row in plan.table.to_create:
        one = plan.found[row.key[0]]
        made.append(
            Worker(
                id=uuid7(now),
                claim=one["claim"],
                name=row.values["name"],
                phone=one["phone"],
                role=row.values.get("role") or "",
                is_backup=bool(row.values.get("is_backup")),
            )
        )
    Worker.objects.bulk_create(made, batch_size=_BATCH)
    changed = []
    for row in plan.table.to_update:
        worker = plan.found[row.key[0]]["worker"]
        worker.role = row.after.get("role", worker.role)
        worker.is_backup = row.after.get("is_backup", worker.is_backup)
        changed.append(worker)
    Worker.objects.bulk_update(changed, ["role", "is_backup"], batch_size=_BATCH)
    return set()


WORKERS = ImportKind("claim_workers", COLUMNS, "people.edit", plan_workers, write_workers)
