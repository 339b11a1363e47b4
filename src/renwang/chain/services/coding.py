"""Give grids their codes by the node's scheme: when one is founded, or for a whole place; no number is ever given twice."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db import transaction

from renwang.chain import tree
from renwang.chain.code_rules import Coded, Scheme, assign_serials
from renwang.chain.models import Unit, UnitVersion
from renwang.chain.reach import Viewer, require
from renwang.chain.rules import Refusal
from renwang.chain.schemes import scheme
from renwang.chain.services.units import rename_unit

By = Viewer | str


class NothingToCode(Refusal):
    """Every grid of the place has its code."""


@dataclass(frozen=True, slots=True)
class CodePlan:
    """Which codes the grids of a place would get; what has one of the scheme keeps it unless all are given afresh."""

    scheme: Scheme
    grids: list[Unit]
    given: dict[str, str]  # by reference of a grid, only those that change


def plan_codes(unit: Unit, *, key: str = "", afresh: bool = False) -> CodePlan:
    """Say which codes the grids right below a place would get. Three statements.

    Refuses with SchemeUnknown, ParentCodeWrong and SerialsUsedUp.
    """
    chosen = scheme(key or settings.RENWANG_GRID_CODES)
    grids = [
        one
        for one in tree.current().filter(parent=unit).defer("boundary").order_by("position", "path")
        if tree.level_of(one).is_grid
    ]
    given = assign_serials(
        chosen, unit.code, [_coded(one) for one in grids], _ever_used(unit.code), afresh=afresh
    )
    return CodePlan(chosen, grids, given)


def next_code(parent: Unit, level: str) -> str:
    """Give the code that the next grid of a place gets; "" where the level is no grid or the scheme cannot be followed."""
    is_grid = any(
        one.key == level and one.is_grid for one in tree.structure(parent.structure).levels
    )
    if not is_grid or not parent.code:
        return ""
    try:
        usual = scheme(settings.RENWANG_GRID_CODES)
        return assign_serials(usual, parent.code, [Coded("", "")], _ever_used(parent.code))[""]
    except Refusal:
        return ""


@transaction.atomic
def assign_codes(
    *,
    unit: Unit,
    by: By,
    now: datetime,
    key: str = "",
    afresh: bool = False,
    on: date | None = None,
    reason: str = "",
) -> list[Unit]:
    """Give the grids of a place their codes from a day on; the old ones still lead to them.

    Refuses with NothingToCode, and as `plan_codes` and `rename_unit` do.
    """
    require(by, "chain.edit", at=unit.path)
    plan = plan_codes(tree.locked(unit), key=key, afresh=afresh)
    if not plan.given:
        raise NothingToCode(name=unit.name)
    changed = []
    for grid in plan.grids:
        if grid.ref in plan.given:
            acting = {"by": by, "now": now, "on": on, "reason": reason}
            changed.append(
                rename_unit(unit=grid, name=grid.name, code=plan.given[grid.ref], **acting)
            )
    return changed


def _coded(grid: Unit) -> Coded:
    at = (grid.lon, grid.lat) if grid.lon is not None and grid.lat is not None else None
    return Coded(grid.ref, grid.code, at)


def _ever_used(parent_code: str) -> Sequence[str]:
    """Every code in which the code of the place above stands, of grids that stand and that have ended."""
    if not parent_code:
        return []
    found = UnitVersion.objects.filter(code__contains=parent_code).values_list("code", flat=True)
    return sorted(set(found))
