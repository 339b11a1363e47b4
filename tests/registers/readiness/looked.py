"""What the tests of readiness share: look at everything, let a change settle, tell what is known."""

from datetime import datetime

from renwang.base.followers import follow_all
from renwang.base.sealing import seal_all
from renwang.chain import routes, tallies
from renwang.registers.readiness.models import Hole, Look, Touched
from renwang.registers.readiness.services import look_again, look_everywhere
from renwang.registers.risks.services import follow_division


def looked(now: datetime, path: str = "/") -> Look:
    """Look at everything, as the night does."""
    return look_everywhere(path, by="node:test", now=now)


def begun(now: datetime) -> Look:
    """Derive what the builders left out, let old facts pass, and look at everything."""
    routes.rebuild_routes()
    tallies.rebuild_tallies()
    settled(now)
    return looked(now)


def settled(now: datetime) -> None:
    """Let every fact be followed, and everything that they touched be looked at again."""
    while seal_all() or follow_all(now) or follow_division(now):
        pass
    for _turn in range(500):
        if not look_again(now):
            break
    assert not Touched.objects.exists()
    seal_all()
    while follow_all(now):
        seal_all()


def known() -> dict[tuple[str, str], tuple]:
    """Tell every hole that is there."""
    return {
        (one.check_key, one.subject): (one.path, one.target, one.severity, one.mender, one.params)
        for one in Hole.objects.filter(gone_at=None)
    }


def found(check: str) -> list[Hole]:
    """Give the holes of one check that are there."""
    return list(Hole.objects.filter(check_key=check, gone_at=None).order_by("pk"))
