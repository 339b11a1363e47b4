"""Kinds of case, working days and messages to reporters are changed, brought in from a table, and given back to what shipped; each change stays on record."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count
from django.utils import timezone

from renwang.base.paging import Page, page_of
from renwang.cases import config
from renwang.cases.kind_rules import KindsRefused, read_kinds
from renwang.cases.models import Case, Config
from renwang.cases.rules import LIVE
from renwang.cases.services.moving import By
from renwang.cases.setting_rules import (
    CHANGES,
    Change,
    KindStillUsed,
    NothingChanged,
    Row,
    kinds_gone,
)
from renwang.cases.telling_rules import read_tellings
from renwang.cases.workday_rules import CalendarRefused, read_calendar
from renwang.chain.reach import Viewer, require_anywhere


@dataclass(frozen=True, slots=True)
class Changed:
    """One change on record, and what it changed against what held before."""

    row: Config
    changes: list[Change]


def check_body(name: str, body: Any) -> None:
    """Refuse what cannot be used as kinds or working days, whatever it is: with `KindsRefused` or `CalendarRefused`."""
    if name == config.KINDS:
        if not isinstance(body, list) or not all(isinstance(row, dict) for row in body):
            raise KindsRefused(fault="shape", key="")
        read_kinds(body)
        return
    if not isinstance(body, dict):
        raise CalendarRefused(fault="shape", at="")
    read_calendar(body, timezone.get_default_timezone())


def change_kinds(body: Sequence[Row], *, by: By, now: datetime, reason: str) -> Config:
    """Let other kinds hold from now on. Cases keep theirs, and clocks that run keep their time.

    Refuses with `NothingChanged`, `KindStillUsed` and like `config.change_config`.
    """
    require_anywhere(by, "node.operate")
    check_body(config.KINDS, body)
    before = config.bodies()[config.KINDS]
    if list(body) == before:
        raise NothingChanged
    used = open_by_kind()
    for key in kinds_gone(before, body):
        if used.get(key):
            raise KindStillUsed(key=key, number=used[key])
    return config.change_config(config.KINDS, list(body), by=by, now=now, reason=reason)


def change_calendar(body: Row, *, by: By, now: datetime, reason: str) -> Config:
    """Let other working days hold from now on. Refuses with `NothingChanged` and like `config.change_config`."""
    require_anywhere(by, "node.operate")
    check_body(config.CALENDAR, body)
    if body == config.bodies()[config.CALENDAR]:
        raise NothingChanged
    return config.change_config(config.CALENDAR, dict(body), by=by, now=now, reason=reason)


def change_tellings(body: Row, *, by: By, now: datetime, reason: str) -> Config:
    """Let other messages to reporters hold from now on, also for those that wait to go out.

    Refuses with `NothingChanged` and like `config.change_config`.
    """
    require_anywhere(by, "node.operate")
    read_tellings(body)
    if body == config.bodies()[config.TELLING]:
        raise NothingChanged
    return config.change_config(config.TELLING, dict(body), by=by, now=now, reason=reason)


_CHANGE: Mapping[str, Callable[..., Config]] = {
    config.KINDS: change_kinds,
    config.CALENDAR: change_calendar,
    config.TELLING: change_tellings,
}


def restore_shipped(name: str, *, by: By, now: datetime, reason: str) -> Config:
    """Go back to what shipped. Refuses like what changes it."""
    return _CHANGE[name](config.shipped(name), by=by, now=now, reason=reason)


def open_by_kind() -> Mapping[str, int]:
    """Count the open cases of each kind. One statement."""
    found = Case.objects.filter(state__in=sorted(LIVE)).order_by().values("kind")
    return dict(found.annotate(number=Count("pk")).values_list("kind", "number"))


# --- what was changed -----------------------------------------------------------------


def list_changes(viewer: Viewer, *, cursor: str = "", size: int = 50) -> Page[Config]:
    """List what was changed, the latest first. Two statements. Refuses with `reach.NotInReach`."""
    require_anywhere(viewer, "node.operate")
    return page_of(Config.objects.filter(name__in=CHANGES), ("-id",), cursor=cursor, size=size)


def change_of(viewer: Viewer, key: int) -> Changed | None:
    """Read one change with what it changed; None where there is none. Refuses with `reach.NotInReach`."""
    require_anywhere(viewer, "node.operate")
    row = Config.objects.filter(pk=key, name__in=CHANGES).first()
    if row is None:
        return None
    before = Config.objects.filter(name=row.name, pk__lt=row.pk).order_by("-pk").first()
    old: Any = before.body if before else config.shipped(row.name)
    return Changed(row, CHANGES[row.name](old, row.body))
