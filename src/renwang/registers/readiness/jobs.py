"""The beats of the readiness check: what facts touch is looked at again, everything once a night."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from renwang.base.followers import follower
from renwang.base.jobs import Running, beat, job
from renwang.base.models import Entry
from renwang.registers.readiness import catalogue
from renwang.registers.readiness.services import (
    forget_old,
    look_again,
    look_everywhere,
    look_nightly,
    note_touched,
)
from renwang.registers.readiness.services.nights import JOB


@follower("readiness.touched", *catalogue.verbs())
def _touched(entries: Sequence[Entry], now: datetime) -> None:
    note_touched(entries, now)


@beat("readiness.again")
def _again(now: datetime) -> int:
    return look_again(now)


@beat("readiness.night", every=timedelta(minutes=1))
def _night(now: datetime) -> int:
    return look_nightly(now)


@beat("readiness.forget", every=timedelta(hours=1))
def _forget(now: datetime) -> int:
    return forget_old(now)


@job(JOB)
def _look(running: Running) -> dict:
    path = str(running.arguments["path"])
    look = look_everywhere(
        path,
        by="node:readiness",
        now=running.now,
        clock=running.clock,
        progress=running.progress,
        is_nightly=bool(running.arguments.get("nightly")),
        asked_by=running.asked_by,
    )
    return {"places": look.places, "appeared": look.appeared, "gone": look.gone, "path": path}
