"""What people write by text message is read, and the answers go out."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from renwang.base.followers import follower
from renwang.base.jobs import beat
from renwang.base.models import Entry
from renwang.cases.models import Text
from renwang.cases.outbox import Outbox
from renwang.cases.services.texting import forget_texts, opened, read_came, text_reporters
from renwang.outreach.answering import reads_texts
from renwang.outreach.channels import Channels, configured
from renwang.outreach.channels.port import Trouble
from renwang.outreach.channels.sms_inbound import Text as Came

TRIES = 6


class Answerer(Outbox):
    """The lane of one process in which answers go out."""

    model = Text
    kind = "cases.text"
    tries = TRIES

    def open(self, row: Text, now: datetime) -> tuple[str, str] | None:
        """Open the seal; where it cannot be opened, nothing goes out."""
        number, words = opened(row)
        if not number:
            self.give_up(row.pk, Trouble.TIMED_OUT, now)
            return None
        return number, words

    def sent(self, key: UUID, now: datetime) -> None:
        """Write down that it has gone out; number and words are forgotten."""
        Text.objects.filter(pk=key).update(sealed="", due_at=None, trouble="")

    def give_up(self, key: UUID, trouble: str, now: datetime) -> None:
        """Write down that it never will; number and words are forgotten."""
        Text.objects.filter(pk=key).update(sealed="", due_at=None, trouble=trouble)

    def wait(self, tries: int) -> timedelta:
        """Wait twice as long each time, ten minutes at most."""
        return timedelta(seconds=min(5 * 2**tries, 600))


_own: list[Answerer] = []


def send_texts(now: datetime, channels: Callable[[], Channels] = configured) -> int:
    """Let this process's lane take one step."""
    if not _own and not Text.objects.filter(due_at__lte=now).exists():
        return 0
    if not _own:
        _own.append(Answerer(channels()))
    return _own[0].step(now)


@beat("cases.texts", every=timedelta(seconds=2))
def _send(now: datetime) -> int:
    return send_texts(now)


@beat("cases.texts_forgotten", every=timedelta(hours=1))
def _forget(now: datetime) -> int:
    return forget_texts(now)


@follower("cases.texts", "cases.answered", "cases.asked")
def _tell(entries: Sequence[Entry], now: datetime) -> None:
    """Tell those who reported by text message what was answered or asked, without their having to ask."""
    for asked, verb in ((False, "cases.answered"), (True, "cases.asked")):
        keys = [UUID(one.subject_id) for one in entries if one.verb == verb and one.drill is None]
        if keys:
            text_reporters(keys, asked=asked, now=now)


@reads_texts
def _read(came: Came, now: datetime) -> None:
    read_came(came, now)
