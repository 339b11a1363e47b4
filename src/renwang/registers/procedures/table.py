"""The procedures list as a table: its columns, and a procedure as a row that reads back as the same procedure."""

from typing import Any

from renwang.base.tables import Column, Kind
from renwang.chain.imports.drafting import between
from renwang.chain.models import Unit
from renwang.chain.structures import structure
from renwang.registers.duties.rules import Phase
from renwang.registers.hazards import EVERY, kinds, names_of
from renwang.registers.procedures import rules
from renwang.registers.procedures.models import Edition, Procedure
from renwang.registers.procedures.naming_rules import LineText, join_cells, join_followers
from renwang.registers.procedures.rules import OPEN, EditionState
from renwang.registers.procedures.services.writing import Followers
from renwang.registers.procedures.step_rules import write_steps

NAMES = [(key, tuple(names_of(key).values())) for key in (*kinds(), EVERY)]

COLUMNS = (
    Column("ref", ("编号", "Number", "制度编号"), Kind.CODE, max_length=32),
    Column("code", ("辖区编码", "Code of the place"), Kind.CODE),
    Column("unit", ("辖区", "Place", "所属辖区", "单位", "Unit"), required=True),
    Column("title", ("制度名称", "Title", "名称", "预案名称"), required=True, max_length=120),
    Column(
        "kind",
        ("类别", "Kind", "制度类别", "环节"),
        Kind.CHOICE,
        required=True,
        choices={
            "survey": ("调查摸底", "Survey", "调查", "摸排"),
            "inspection": ("巡查检查", "Inspection", "巡查", "检查"),
            "training": ("培训演练", "Training and drill", "演练", "培训"),
            "response": ("应急响应", "Response", "响应", "预警响应"),
            "handling": ("现场处置", "Handling", "处置"),
            "recovery": ("恢复保障", "Recovery", "恢复", "善后"),
        },
    ),
    Column("purpose", ("目的", "Purpose", "目的和依据"), max_length=2000),
    Column("cells", ("适用灾种", "Hazards", "灾种", "适用情形"), max_length=1000),
    Column("steps", ("步骤", "Steps", "工作步骤", "流程"), max_length=20000),
    Column("followers", ("执行岗位", "Who follows it", "适用岗位", "责任岗位"), max_length=4000),
    Column("basis", ("依据", "Basis", "法律依据", "文件依据"), max_length=500),
    Column(
        "every_days", ("复审周期（天）", "Days between reviews", "复审周期"), Kind.INTEGER,
        check=between(rules.SOONEST_DAYS, rules.LATEST_DAYS),
    ),
    Column(
        "acknowledge_days", ("知悉期限（天）", "Days to acknowledge", "知悉期限"), Kind.INTEGER,
        check=between(1, 365),
    ),
    Column("reviewed_on", ("上次复审", "Last review", "最近复审日期"), Kind.DATE),
    Column(
        "standing",
        ("状态", "State"),
        Kind.CHOICE,
        choices={
            "draft": ("草案", "Draft", "拟定"),
            "in_force": ("现行", "In force", "有效", "施行"),
            "withdrawn": ("已废止", "Withdrawn", "废止", "失效"),
        },
    ),
)  # fmt: skip

TEXTS = ("purpose", "basis")
FIGURES = ("every_days", "acknowledge_days")


def row_of(procedure: Procedure, edition: Edition) -> dict[str, Any]:
    """Give a procedure as a row that reads back as the same; the edition comes with its cells and lines."""
    return {
        "ref": procedure.ref,
        "code": procedure.unit.code,
        "unit": procedure.unit.name,
        "title": edition.title,
        "kind": str(edition.kind),
        "cells": cells_text([(one.hazard, one.phase) for one in edition.cells.all()]),
        "steps": write_steps(edition.step_list),
        "followers": followers_text(
            [Followers(one.unit, one.title, one.level, one.post) for one in edition.audience.all()],
            procedure.unit,
        ),
        **{name: getattr(edition, name) for name in (*TEXTS, *FIGURES)},
        "reviewed_on": procedure.reviewed_on,
        "standing": standing_text(edition),
    }


def standing_text(edition: Edition) -> str:
    """Write the state of an edition as tables have it."""
    if edition.state in OPEN:
        return "draft"
    return "in_force" if edition.state == EditionState.IN_FORCE else "withdrawn"


def cells_text(cells: list[tuple[str, str]]) -> str:
    """Write what an edition is for as a cell has it: hazards by their Chinese names."""
    return join_cells(
        [
            (names_of(hazard).get("zh", hazard), Phase(phase) if phase else None)
            for hazard, phase in cells
        ]
    )


def followers_text(lines: list[Followers], at: Unit) -> str:
    """Write who must follow as a cell has it; one post is written by its place and title."""
    return join_followers([_line_text(one, at) for one in lines])


def _line_text(line: Followers, at: Unit) -> LineText:
    if line.post is not None:
        place = line.post.unit if line.post.unit_id != at.pk else at
        return LineText("" if place.pk == at.pk else place.name, line.post.title, "")
    level = level_name(at, line.level) if line.level else ""
    return LineText("" if line.unit.pk == at.pk else line.unit.name, line.title, level)


def level_name(unit: Unit, key: str) -> str:
    """Name a level of the chain that a place belongs to, in Chinese; its key where that chain has none such."""
    levels = {one.key: one for one in structure(unit.structure).levels}
    return levels[key].name("zh-hans") if key in levels else key


def level_called(unit: Unit, text: str) -> str:
    """Find the key of the level that a cell means; empty where none is called so."""
    wanted = text.strip().casefold()
    for one in structure(unit.structure).levels:
        if wanted in (one.key.casefold(), *(name.casefold() for name in one.names.values())):
            return one.key
    return ""
