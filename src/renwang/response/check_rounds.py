"""A warning that is relayed makes the check round of those on the care list whom it concerns; its end ends the round.

Exercises and rehearsals make none: nobody on the list is knocked up for one.
"""

from collections.abc import Sequence
from datetime import datetime

from renwang.alerts.cap import MsgType
from renwang.alerts.models import Alert, Relay
from renwang.alerts.rules import AlertState
from renwang.base.models import Entry
from renwang.outreach.models import Notice
from renwang.registers.care.services.rounds import Cause, end_rounds, start_round
from renwang.registers.hazards import kinds

STARTS = "alerts.relayed"
ENDS = ("alerts.cancelled", "alerts.expired", "alerts.superseded")


def follow_warnings(entries: Sequence[Entry], now: datetime) -> int:
    """Make and end rounds for what happened to warnings; return how many were made."""
    relayed = [entry.subject_id for entry in entries if entry.verb == STARTS]
    over = [entry.subject_id for entry in entries if entry.verb in ENDS]
    made = sum(_start(relay, now) for relay in _relays(relayed))
    threads = set(Alert.objects.filter(pk__in=over, drill=None).values_list("thread", flat=True))
    end_rounds(sorted(threads - _in_force(threads)), now=now)
    return made


def _relays(keys: Sequence[str]) -> list[Relay]:
    found = Relay.objects.filter(pk__in=keys, drill=None).select_related("alert")
    return list(found.order_by("decided_at"))


def _start(relay: Relay, now: datetime) -> bool:
    alert = relay.alert
    if alert.msg_type == MsgType.CANCEL or alert.is_advice or alert.state != AlertState.IN_FORCE:
        return False
    places = Notice.objects.filter(pk=relay.notice_id).values_list("places", flat=True).first()
    cause = Cause(
        thread=alert.thread,
        relay_id=relay.pk,
        path=relay.path,
        places=tuple(places or [relay.path]),
        hazard=hazard_key(alert.hazard, alert.event, alert.headline),
        title=str(alert),
    )
    return start_round(cause, now=now) is not None


def hazard_key(*words: str) -> str:
    """Find the kind of hazard that a warning's own words name; its first word where they name none.

    A key or a whole name goes before a name inside a longer text, the longest
    first: flash flood is not flood.
    """
    known = [
        (name, kind.key) for kind in kinds().values() for name in (kind.key, *kind.names.values())
    ]
    for word in filter(None, words):
        for name, key in known:
            if word.casefold() == name.casefold():
                return key
    for word in filter(None, words):
        found = [(len(name), key) for name, key in known if name.casefold() in word.casefold()]
        if found:
            return max(found)[1]
    return next(filter(None, words), "")[:40]


def _in_force(threads: set[str]) -> set[str]:
    """Say which threads still have a warning in force: an update goes on with the round of what it replaces."""
    found = Alert.objects.filter(thread__in=threads, state=AlertState.IN_FORCE, drill=None)
    return set(found.exclude(msg_type=MsgType.CANCEL).values_list("thread", flat=True))
