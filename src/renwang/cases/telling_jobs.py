"""Messages to reporters go out one after the other, each once; and what need no longer be known is forgotten."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from renwang.base.jobs import beat
from renwang.cases.models import Telling
from renwang.cases.outbox import Outbox
from renwang.cases.services.consenting import Later, Never, end_telling, put_together
from renwang.cases.services.stopping import forget_stops
from renwang.cases.telling_rules import TRIES, Fate, next_try
from renwang.outreach.channels import Channels, configured


class Teller(Outbox):
    """The lane of one process in which messages to reporters go out."""

    model = Telling
    kind = "cases.telling"
    tries = TRIES

    def open(self, row: Telling, now: datetime) -> tuple[str, str] | None:
        """Put a message together, or end it, or put it off until the quiet hours are over."""
        found = put_together(row, now)
        if isinstance(found, Never):
            end_telling(row.pk, found.state, found.why, now=now)
            return None
        if isinstance(found, Later):
            # The try does not count: nothing was tried.
            Telling.objects.filter(pk=row.pk).update(due_at=found.until, tries=row.tries)
            return None
        return found.number, found.words

    def sent(self, key: UUID, now: datetime) -> None:
        """Write down that the gateway has taken it."""
        end_telling(key, Fate.SENT, now=now)

    def give_up(self, key: UUID, trouble: str, now: datetime) -> None:
        """Write down that it never went out, and why."""
        end_telling(key, Fate.FAILED, trouble, now=now)

    def wait(self, tries: int) -> timedelta:
        """Wait twice as long each time."""
        return next_try(tries)


_own: list[Teller] = []


def send_tellings(now: datetime, channels: Callable[[], Channels] = configured) -> int:
    """Let this process's lane take one step."""
    if not _own and not Telling.objects.filter(due_at__lte=now).exists():
        return 0
    if not _own:
        _own.append(Teller(channels()))
    return _own[0].step(now)


@beat("cases.tellings", every=timedelta(seconds=2))
def _send(now: datetime) -> int:
    return send_tellings(now)


@beat("cases.stops_forgotten", every=timedelta(hours=1))
def _forget(now: datetime) -> int:
    return forget_stops(now)
