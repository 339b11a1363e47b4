"""The duties list as a table: its columns, and a duty as a row that reads back as the same duty."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from renwang.base.tables import Column, Kind
from renwang.chain.models import Post
from renwang.registers.duties import rules
from renwang.registers.duties.models import Duty, Helper
from renwang.registers.duties.naming_rules import join_helpers, join_post
from renwang.registers.duties.rules import DutyState
from renwang.registers.hazards import name_of

TEXTS = ("sole", "joint", "resources", "gathering", "basis")
DAYS = ("from_on", "until_on")

COLUMNS = (
    Column("ref", ("编号", "Number", "序号编号"), Kind.CODE, max_length=32),
    Column("code", ("辖区编码", "Code of the place"), Kind.CODE),
    Column("unit", ("辖区", "Place", "所属辖区", "地点", "Unit"), required=True),
    Column("hazard", ("灾害", "Hazard", "灾种", "风险", "风险类别"), required=True, max_length=40),
    Column(
        "phase",
        ("阶段", "Phase", "环节"),
        Kind.CHOICE,
        required=True,
        choices={
            "prevent": ("预防", "Prevent", "防范"),
            "prepare": ("准备", "Prepare", "备灾"),
            "respond": ("响应", "Respond", "处置", "应急处置"),
            "recover": ("恢复", "Recover", "善后", "恢复重建"),
        },
    ),
    Column("leader", ("牵头岗位", "Leader", "牵头", "牵头单位", "责任岗位"), max_length=200),
    Column("sole", ("牵头职责", "Sole duty", "主要职责", "职责"), max_length=2000),
    Column("helpers", ("配合单位", "Helpers", "配合", "配合岗位", "协助单位"), max_length=8000),
    Column("joint", ("共同职责", "Joint duties"), max_length=2000),
    Column("resources", ("资源调度", "Resources", "资源调配"), max_length=2000),
    Column("gathering", ("信息汇集", "Where news gathers", "信息汇集点"), max_length=300),
    Column("basis", ("依据", "Basis", "法律依据", "文件依据"), max_length=500),
    Column("from_on", ("生效日期", "From", "施行日期"), Kind.DATE),
    Column("until_on", ("失效日期", "Until", "截止日期"), Kind.DATE),
    Column(
        "standing",
        ("状态", "State"),
        Kind.CHOICE,
        choices={
            "draft": ("草案", "Draft", "拟定"),
            "in_force": ("现行", "In force", "有效", "施行"),
            "ended": ("已终止", "Ended", "失效"),
        },
    ),
)


def row_of(duty: Duty, helpers: Sequence[Helper]) -> dict[str, Any]:
    """Give a duty as a row that reads back as the same duty; `helpers` come with post and organisation."""
    return {
        "ref": duty.ref,
        "code": duty.unit.code,
        "unit": duty.unit.name,
        "hazard": hazard_text(duty.hazard),
        "phase": duty.phase,
        "leader": post_text(duty.leader, duty.unit_id) if duty.leader else "",
        "helpers": join_helpers([(helper_text(one, duty.unit_id), one.does) for one in helpers]),
        **{name: getattr(duty, name) for name in (*TEXTS, *DAYS)},
        "standing": _standing(duty),
    }


def hazard_text(key: str) -> str:
    """Write a hazard as tables have it: by its Chinese name, or as it came."""
    return name_of(key, "zh")


def post_text(post: Post, at: UUID) -> str:
    """Write a post as the cell of a duty at a place: its title, with what tells it from others before it."""
    if post.organisation is not None:
        return join_post(post.organisation.name, post.title)
    return join_post("" if post.unit_id == at else post.unit.name, post.title)


def helper_text(helper: Helper, at: UUID) -> str:
    """Write a helper as a cell names him; a post always with its place, for a name alone is an organisation."""
    if helper.post is None:
        return str(helper.organisation)
    text = post_text(helper.post, at)
    return text if "/" in text else join_post(helper.post.unit.name, text)


def _standing(duty: Duty) -> str:
    if duty.state in rules.OPEN:
        return "draft"
    return "in_force" if duty.state == DutyState.APPROVED else "ended"
