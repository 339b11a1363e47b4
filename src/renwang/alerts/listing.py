"""Take in lists of warnings in force: what is new, changed or gone becomes a message like any other.

What this node holds from a list is found in its own warnings, so nothing else has to be remembered
and a list that was missed is made up for by the next one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from renwang.alerts import cap
from renwang.alerts.models import Alert
from renwang.alerts.rules import AlertState, Source, plain_code
from renwang.alerts.services import receive_alert
from renwang.alerts.warnings_list import (
    Change,
    Key,
    Listed,
    ListFault,
    ListRead,
    apply_changes,
    by_list,
    compare,
    listed_in,
    say_as_cap,
)
from renwang.chain.models import Unit

SENTENCES: Mapping[ListFault, Any] = {
    ListFault.TOO_LARGE: _("The list is larger than any list of warnings."),
    ListFault.NOT_TEXT: _("The list is no text in UTF-8 or GB18030."),
    ListFault.NO_TABLE: _("This is no list of warnings: neither a CSV table nor a JSON array."),
    ListFault.NO_COLUMNS: _(
        "The list has no columns for the division code (adcode) and the type of the warnings (type)."
    ),
    ListFault.TOO_MANY_ROWS: _("The list has more than 100,000 rows."),
}
SENDER = "list@{source}"
REMEMBER_FOR = timedelta(days=30)
_HELD = (AlertState.RECEIVED, AlertState.IN_FORCE, AlertState.DISMISSED, AlertState.EXPIRED)
_REGION = 2  # digits of a division code that name a province


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of a list: the messages it made, rows about other regions, rows nobody can read."""

    alerts: tuple[Alert, ...]
    elsewhere: int
    unreadable: tuple[int, ...]


def take_list(read: ListRead, *, source: str, by: Any, now: datetime) -> Taken:
    """Take in a list, or a table of changes list by list in its order.

    Rows of the regions in which this node has units are taken, whatever their code names, and so
    are rows whose code is none; those of other regions are counted. `source` names the list: a
    host, or a file.
    """
    sender = SENDER.format(source=source)
    regions = _regions()
    held = _held(sender, now)
    made: list[Alert] = []
    elsewhere: set[Key] = set()
    for at, changes in _steps(read, held, now):
        ours = [change for change in changes if _is_ours(change.warning.code, regions)]
        elsewhere |= {one.warning.key for one in changes if one not in ours}
        for change in ours:
            made.append(_take(change, held, sender, at, by=by, now=now))
    return Taken(tuple(made), len(elsewhere), read.unreadable)


def count_held(source: str, *, now: datetime) -> int:
    """Count the warnings of a list's regions that are here from it and would be lifted by one without rows."""
    held, regions = _held(SENDER.format(source=source), now), _regions()
    return sum(key not in held.over and _is_ours(key[0], regions) for key in held.rows)


@dataclass(slots=True)
class _Held:
    """What is here from a list: the rows, and the messages by which they are known."""

    rows: dict[Key, Listed]
    names: dict[Key, cap.Reference]
    over: set[Key]  # those whose own time is over


def _held(sender: str, now: datetime) -> _Held:
    held = _Held({}, {}, set())
    known = Alert.objects.filter(
        sender=sender,
        drill=None,
        superseded_by=None,
        msg_type__in=("Alert", "Update"),
        state__in=_HELD,
        received_at__gte=now - REMEMBER_FOR,
    ).order_by("sent")
    for alert in known:
        said = cap.read(bytes(alert.original)).alert
        row = listed_in(said)
        if row is None:
            continue
        held.rows[row.key], held.names[row.key] = row, said.as_reference
        held.over.discard(row.key)
        if alert.state == AlertState.EXPIRED:
            held.over.add(row.key)
    return held


def _steps(read: ListRead, held: _Held, now: datetime) -> Iterable[tuple[datetime, list[Change]]]:
    if read.changes:
        for at, changes in by_list(read.changes).items():
            yield _step(held, apply_changes(held.rows, changes), at or now)
    else:
        yield _step(held, {one.key: one for one in read.warnings}, now)


def _step(held: _Held, listed: Mapping[Key, Listed], at: datetime) -> tuple[datetime, list[Change]]:
    # What is over by its own time needs no taking back when the list forgets it as well.
    before = {key: row for key, row in held.rows.items() if key in listed or key not in held.over}
    return at, compare(before, listed.values(), seen_at=at)


def _take(
    change: Change, held: _Held, sender: str, at: datetime, *, by: Any, now: datetime
) -> Alert:
    key = change.warning.key
    earlier = [held.names[key]] if key in held.names else []
    said = say_as_cap(change, sender=sender, at=at, earlier=earlier)
    alert = receive_alert(cap.write(said), Source.FEED, by=by, now=now)
    held.over.discard(key)
    if said.msg_type is cap.MsgType.CANCEL:
        del held.rows[key], held.names[key]
    else:
        held.rows[key], held.names[key] = change.warning, said.as_reference
    return alert


def _regions() -> frozenset[str]:
    tops = Unit.objects.filter(depth=0, ended_on=None).exclude(code="")
    return frozenset(code[:_REGION] for code in tops.values_list("code", flat=True))


def _is_ours(code: str, regions: frozenset[str]) -> bool:
    plain = plain_code(code)
    return plain is None or plain[:_REGION] in regions
