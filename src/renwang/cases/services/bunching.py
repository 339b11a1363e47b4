"""The same act on many cases at once, in one go that can be undone as one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from renwang.base import journal
from renwang.base.pure.ids import uuid7
from renwang.cases.models import Bunch, Case, Clock, SavedFilter, Step
from renwang.cases.rules import Act, CaseRefused, TooManyAtOnce, UndoneTooLate
from renwang.cases.services.handling import accept_case, assign_case, screen_case
from renwang.cases.services.moving import locked_case, require_handler, write
from renwang.cases.waiting import call_to
from renwang.chain.models import Unit
from renwang.chain.reach import NotInReach, Viewer

AT_MOST = 100
UNDONE_WITHIN = timedelta(minutes=30)
BULK = (Act.SCREEN, Act.ACCEPT, Act.ASSIGN)
_CASE = (
    "state",
    "kind",
    "holder_id",
    "held_path",
    "person",
    "waits_for",
    "pingpong",
    "since",
    "due_at",
)
_CLOCK = ("path", "due_at", "paused_at", "met_at", "rung", "look_at")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one act on many: how many it was done to, and what refused it, by number of the case."""

    bunch: Bunch | None
    done: int
    refused: dict[str, Exception]


def do_to_many(
    case_ids: Sequence[UUID],
    act: Act,
    *,
    by: Viewer,
    now: datetime,
    unit: Unit | None = None,
    kind: str = "",
) -> Outcome:
    """Screen, accept or give out many cases at once; each that refuses stays as it was, and is named.

    Refuses with `TooManyAtOnce`.
    """
    if len(case_ids) > AT_MOST:
        raise TooManyAtOnce(most=AT_MOST)
    deeds: dict[Act, Callable[[UUID], Any]] = {
        Act.SCREEN: lambda key: screen_case(key, kind=kind, by=by, now=now),
        Act.ACCEPT: lambda key: accept_case(key, by=by, now=now),
    }
    if unit is not None:
        deeds[Act.ASSIGN] = lambda key: assign_case(key, unit, by=by, now=now)
    deed = deeds[act]
    before: list[dict[str, Any]] = []
    refused: dict[str, Exception] = {}
    with transaction.atomic():
        for case in Case.objects.filter(pk__in=case_ids).order_by("pk"):
            stood = _stood(case)
            try:
                with transaction.atomic():
                    deed(case.pk)
            except (CaseRefused, NotInReach) as refusal:
                refused[case.ref] = refusal
                continue
            last = Step.objects.filter(case=case).order_by("-pk").values_list("pk", flat=True)
            before.append(stood | {"last": last[0]})
        if not before:
            return Outcome(None, 0, refused)
        bunch = Bunch.objects.create(id=uuid7(now), act=act, before=before, by=by.id, at=now)
        journal.record("cases.many", bunch, by=by, at=now, act=act.value, count=len(before))
    return Outcome(bunch, len(before), refused)


def _stood(case: Case) -> dict[str, Any]:
    clocks = Clock.objects.filter(case=case, met_at=None)
    return {
        "id": str(case.pk),
        "case": {name: _plain(getattr(case, name)) for name in _CASE},
        "clocks": {
            str(one.pk): {name: _plain(getattr(one, name)) for name in _CLOCK} for one in clocks
        },
    }


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, int | bool) else str(value)


@transaction.atomic
def undo_bunch(bunch_id: UUID, *, by: Viewer, now: datetime) -> tuple[int, int]:
    """Let the cases of one act on many stand where they stood, but those to which something has happened since.

    Return how many went back, and how many did not. Only whoever did it, and
    within half an hour. Refuses with `UndoneTooLate` and `reach.NotInReach`.
    """
    bunch = Bunch.objects.select_for_update().filter(pk=bunch_id).first()
    if (
        bunch is None
        or bunch.by != by.id
        or bunch.undone_at is not None
        or now > bunch.at + UNDONE_WITHIN
    ):
        raise UndoneTooLate
    back = 0
    for stood in bunch.before:
        back += _put_back(stood, by=by, now=now)
    bunch.undone_at = now
    bunch.save(update_fields=["undone_at"])
    journal.record("cases.many_undone", bunch, by=by, at=now, act=bunch.act, count=back)
    return back, len(bunch.before) - back


def _put_back(stood: dict[str, Any], *, by: Viewer, now: datetime) -> bool:
    case = locked_case(UUID(stood["id"]))
    require_handler(by, case)
    if Step.objects.filter(case=case, pk__gt=stood["last"]).exists():
        return False
    moved = stood["case"]["holder_id"] != str(case.holder_id)
    Case.objects.filter(pk=case.pk).update(**stood["case"])
    Clock.objects.filter(case=case, met_at=None).exclude(pk__in=stood["clocks"]).delete()
    for key, fields in stood["clocks"].items():
        Clock.objects.filter(pk=key).update(**fields)
    write(case, "undo", by=by, now=now)
    if moved:
        again = locked_case(case.pk)
        call_to(again, due_at=again.due_at or now, now=now, by=by)
    return True


@transaction.atomic
def keep_filter(name: str, query: str, *, by: Viewer, now: datetime) -> None:
    """Keep a way of looking at the inbox under a name, for oneself; an empty one forgets the name."""
    mine = SavedFilter.objects.filter(person=by.id, name=name)
    if not query:
        mine.delete()
    elif not mine.update(query=query, at=now):
        SavedFilter.objects.create(id=uuid7(now), person=by.person, name=name, query=query, at=now)
