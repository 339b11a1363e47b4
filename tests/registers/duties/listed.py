"""Plain builders for duties: who leads, who helps, in the cast's county."""

from datetime import date, datetime

from renwang.chain.models import Organisation, Post, Unit
from renwang.registers.duties import services
from renwang.registers.duties.models import Duty
from renwang.registers.duties.rules import Phase
from renwang.registers.duties.services import Help, Terms
from tests import make
from tests.cast import Cast

LAW = "《中华人民共和国防汛条例》第十条"


def terms(leader: Post | None = None, **changes) -> Terms:
    """What a whole duty says."""
    said = {
        "hazard": "rainstorm",
        "phase": Phase.RESPOND,
        "leader": leader,
        "sole": "组织转移危险区群众",
        "joint": "清点人数",
        "resources": "应急物资由街道仓库调拨",
        "gathering": "社区值班室",
        "basis": LAW,
    }
    return Terms(**(said | changes))


def body(name: str, at: Unit, kind: str = "clinic") -> Organisation:
    """An organisation with its seat."""
    return Organisation.objects.create(
        id=make.uuid7(make.MOMENT),
        ref=f"O{next(make._numbers)}",
        kind=kind,
        name=name,
        search=name,
        unit=at,
        path=at.path,
    )


def drafted(cast: Cast, unit: Unit | None = None, leader: Post | None = None, **changes) -> Duty:
    """A draft of the secretary's."""
    return services.draft_duty(
        terms(leader or cast.community_post, **changes),
        unit or cast.community,
        by=cast.viewer(cast.secretary),
        now=cast.now,
    )


def proposed(cast: Cast, **changes) -> Duty:
    """A duty of the secretary's that waits for approval."""
    made = drafted(cast, **changes)
    return services.propose_duty(made.pk, by=cast.viewer(cast.secretary), now=cast.now)


def in_force(
    cast: Cast,
    unit: Unit | None = None,
    leader: Post | None = None,
    *,
    at: datetime | None = None,
    **changes,
) -> Duty:
    """A duty that the node wrote and approved at a moment, wherever it lies."""
    now = at or cast.now
    made = services.draft_duty(
        terms(leader or cast.community_post, **changes),
        unit or cast.community,
        by="node:test",
        now=now,
    )
    services.propose_duty(made.pk, by="node:test", now=now)
    return services.approve_duty(made.pk, by="node:test", now=now)


__all__ = [
    "LAW",
    "Help",
    "Phase",
    "Terms",
    "body",
    "date",
    "drafted",
    "in_force",
    "proposed",
    "terms",
]
