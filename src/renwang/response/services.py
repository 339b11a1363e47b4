"""Start and stop a rehearsal."""

import json
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from renwang.alerts.cap import MsgType
from renwang.alerts.models import Alert
from renwang.alerts.rules import AlertState, Source
from renwang.alerts.services import receive_alert
from renwang.base import journal
from renwang.base.pure.ids import uuid7
from renwang.base.references import next_reference
from renwang.chain import reach
from renwang.chain.models import Holding, Unit
from renwang.outreach.models import Notice
from renwang.outreach.rules import NoticeState
from renwang.outreach.services import finish_notice, withdraw_notice
from renwang.response.models import Rehearsal
from renwang.response.scenario import Place, compose_cue, compose_lifting, scenario

_NODE = "node:rehearsal"
INSTANTLY = 0.0
SLOWEST, FASTEST = 1.0, 3_600.0


class RehearsalRefused(Exception):
    """Something that may not be done with a rehearsal. The sentences are in `words.py`."""


class RehearsalUnderWay(RehearsalRefused):
    """Another rehearsal runs in this place, above it or in it."""


class NobodyRelays(RehearsalRefused):
    """Nobody in this place may relay a warning, so the story would stop at its first step."""


class SpeedRefused(RehearsalRefused):
    """A rehearsal runs at 1 to 3,600 times real speed, or as fast as it goes."""


class RehearsalOver(RehearsalRefused):
    """The rehearsal has ended already."""


class PlaceUnmarked(RehearsalRefused):
    """The unit has neither a boundary nor, in its line upwards, a division code: no warning can name it."""


@transaction.atomic
def start_rehearsal(
    key: str,
    unit: Unit,
    *,
    by: Any,
    now: datetime,
    speed: float = 60.0,
    seed: int = 1,
) -> Rehearsal:
    """Start a rehearsal of a scenario in a unit; the worker plays it from here on.

    `speed` is simulated seconds per real second, `INSTANTLY` as fast as it
    goes. `by` is a viewer who may run rehearsals there, or the part of the
    node that does. Refuses with the classes of RehearsalRefused, and with
    `UnknownScenario`.
    """
    if isinstance(by, reach.Viewer):
        reach.require(by, "rehearsals.run", at=unit.path)
    story = scenario(key)
    if speed != INSTANTLY and not SLOWEST <= speed <= FASTEST:
        raise SpeedRefused
    if _under_way(unit).exists():
        raise RehearsalUnderWay
    if relaying_viewer(unit, now) is None:
        raise NobodyRelays
    place = place_of(unit)
    if not place.code and not place.border:
        raise PlaceUnmarked
    begins_at = now.replace(microsecond=0)
    made = Rehearsal.objects.create(
        id=uuid7(now),
        ref=next_reference("D", now),
        scenario=key,
        unit_id=unit.pk,
        path=unit.path,
        seed=seed,
        speed=speed,
        begun_at=now,
        shows_at=begins_at,
        played_to=begins_at,
        ends_at=begins_at + story.lasts_for,
        started_by=getattr(by, "id", None),
    )
    journal.record(
        "response.rehearsal_started",
        made,
        by=by,
        at=now,
        drill=made.id,
        unit=unit.name,
        scenario=key,
        seed=seed,
        speed=speed,
    )
    return made


def _under_way(unit: Unit):
    above = [unit.path[: at + 1] for at in range(1, len(unit.path)) if unit.path[at] == "/"]
    return Rehearsal.objects.filter(Q(path__under=unit.path) | Q(path__in=above), ended_at=None)


def relaying_viewer(unit: Unit, now: datetime) -> reach.Viewer | None:
    """Find whoever has a post in a unit and may relay warnings there, the answering post first."""
    holdings = (
        Holding.objects.filter(
            post__unit=unit, post__ended_on=None, is_current=True, person__is_active=True
        )
        .select_related("person")
        .order_by("-post__answers", "rank", "post__position", "id")
    )
    for holding in holdings:
        viewer = reach.viewer_of(holding.person, now)
        if viewer.may("alerts.relay", unit.path):
            return viewer
    return None


def place_of(unit: Unit) -> Place:
    """Say what a story's messages say about a unit."""
    border = ()
    if unit.boundary:
        shape = json.loads(unit.boundary)
        ring = shape["coordinates"][0]
        if shape["type"] == "MultiPolygon":
            ring = max((part[0] for part in shape["coordinates"]), key=len)
        border = tuple((lon, lat) for lon, lat, *_ in ring)
    return Place(_code_of(unit), unit.name, border)


def _code_of(unit: Unit) -> str:
    """Give a unit's own division code, or that of the nearest unit above it that has one."""
    here: Unit | None = unit
    while here is not None and not here.code:
        here = here.parent
    return here.code if here else ""


def message_of(rehearsal: Rehearsal, number: int) -> bytes:
    """Compose a message of a rehearsal's story."""
    return compose_cue(
        scenario(rehearsal.scenario),
        number,
        place_of(Unit.objects.get(pk=rehearsal.unit_id)),
        rehearsal.shows_at,
        serial=_serial(rehearsal),
    )


def _serial(rehearsal: Rehearsal) -> int:
    """Tell rehearsals apart that start in one second, by the running number of the day."""
    return int(rehearsal.ref.rpartition("-")[2]) % 10


@transaction.atomic
def stop_rehearsal(rehearsal: Rehearsal, *, by: Any, now: datetime) -> Rehearsal:
    """Stop a rehearsal before its end: what is in force in it is cancelled, and nobody in it is asked any more.

    Refuses with `RehearsalOver`.
    """
    if isinstance(by, reach.Viewer):
        reach.require(by, "rehearsals.run", at=rehearsal.path)
    if not Rehearsal.objects.filter(pk=rehearsal.pk, ended_at=None).update(ended_at=now):
        raise RehearsalOver
    rehearsal.refresh_from_db()
    _close(rehearsal, by=by)
    journal.record("response.rehearsal_stopped", rehearsal, by=by, at=now, drill=rehearsal.id)
    return rehearsal


@transaction.atomic
def end_rehearsal(rehearsal: Rehearsal, *, now: datetime) -> None:
    """End a rehearsal that was played to its end; a second time changes nothing."""
    if Rehearsal.objects.filter(pk=rehearsal.pk, ended_at=None).update(ended_at=now):
        rehearsal.ended_at = now
        for notice in _started(rehearsal):
            finish_notice(notice, by=_NODE, now=rehearsal.played_to)
        _close(rehearsal, by=_NODE)
        journal.record("response.rehearsal_ended", rehearsal, by=_NODE, at=now, drill=rehearsal.id)


def _started(rehearsal: Rehearsal) -> list[Notice]:
    return list(Notice.objects.filter(drill=rehearsal.id, state=NoticeState.STARTED))


def _close(rehearsal: Rehearsal, *, by: Any) -> None:
    """Take back what still holds, by the rehearsal's own clock."""
    at = rehearsal.played_to
    open_ones = Alert.objects.filter(
        drill=rehearsal.id, state__in=[AlertState.RECEIVED, AlertState.IN_FORCE]
    )
    if open_ones.exclude(msg_type=MsgType.CANCEL).exists():
        last = Alert.objects.filter(drill=rehearsal.id).count() - 1
        data = compose_lifting(
            scenario(rehearsal.scenario),
            last,
            place_of(Unit.objects.get(pk=rehearsal.unit_id)),
            rehearsal.shows_at,
            at + timedelta(seconds=1),
            serial=_serial(rehearsal),
        )
        receive_alert(data, Source.DRILL, by=_NODE, now=at, drill=rehearsal.id)
    for notice in _started(rehearsal):
        withdraw_notice(notice, by=by, now=at, reason="rehearsal_over")
