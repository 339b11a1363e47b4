"""Plain builders for procedures: what one says, who follows it, one in force, a run of it, in the cast's county."""

from datetime import datetime
from typing import Any

from renwang.base.pure.ids import uuid7
from renwang.chain.models import Unit
from renwang.registers.duties.rules import Phase
from renwang.registers.procedures import services
from renwang.registers.procedures.models import Edition, Run
from renwang.registers.procedures.rules import Kind
from renwang.registers.procedures.services import Followers, Occasion, Said, Terms
from renwang.registers.procedures.step_rules import Evidence, Step
from tests.cast import Cast

STEPS = (
    Step("关闭下穿通道入口", "网格员", 10),
    Step("敲门转移低洼处住户", "网格员", 60, Evidence.NUMBER),
    Step("向街道报告", "社区党委书记", 15, Evidence.NOTE),
)
LAW = "《中华人民共和国防汛条例》第三十二条"


def terms(cast: Cast, **changes) -> Terms:
    """What a whole procedure says: followed by the grid workers of the community."""
    said = {
        "title": "暴雨转移",
        "kind": Kind.RESPONSE,
        "purpose": "把人从危险处转移出来。",
        "steps": STEPS,
        "cells": [("rainstorm", Phase.RESPOND)],
        "followers": [Followers(cast.community, "网格员")],
        "basis": LAW,
    }
    return Terms(**(said | changes))


def drafted(cast: Cast, unit: Unit | None = None, **changes) -> Edition:
    """A draft of the secretary's."""
    return services.draft_procedure(
        terms(cast, **changes), unit or cast.community, by=cast.viewer(cast.secretary), now=cast.now
    )


def proposed(cast: Cast, **changes) -> Edition:
    """An edition of the secretary's that waits for approval."""
    made = drafted(cast, **changes)
    return services.propose_edition(made.pk, by=cast.viewer(cast.secretary), now=cast.now)


def in_force(
    cast: Cast, unit: Unit | None = None, *, at: datetime | None = None, **changes
) -> Edition:
    """A procedure that the node wrote and approved at a moment, wherever it lies."""
    node: dict[str, Any] = {"by": "node:test", "now": at or cast.now}
    made = services.draft_procedure(terms(cast, **changes), unit or cast.community, **node)
    services.propose_edition(made.pk, **node)
    return services.approve_edition(made.pk, **node)


def started(
    cast: Cast, made: Edition, *, at: datetime | None = None, exercise: bool = False
) -> Run:
    """A run that the grid worker has begun in his grid."""
    now = at or cast.now
    return services.start_run(
        uuid7(now), made.procedure_id, cast.grid, Occasion(exercise, "rainstorm", "暴雨橙色预警"),
        by=cast.viewer(cast.worker), now=now,
    )  # fmt: skip


def said(number: int, at: datetime, **changes) -> Said:
    """A tick of a step, with an id of its own."""
    return Said(uuid7(at), number, **changes)
