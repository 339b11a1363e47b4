"""A notice under way to people of whom each has one contact, and a sender for it."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import datetime

import pytest
from tests import make

from renwang.base.pure.ids import uuid7
from renwang.chain.models import Contact
from renwang.chain.routes import rebuild_routes
from renwang.outreach.channels.configuring import Channels, make_channels
from renwang.outreach.channels.email import MailServer
from renwang.outreach.channels.twin import Twin
from renwang.outreach.models import Notice
from renwang.outreach.rules import Order, Terms
from renwang.outreach.sending import Sender
from renwang.outreach.services import Message, start_notice

TOGETHER = Terms(Order.TOGETHER, contact_for=600, person_for=1800, carry_for=3600)


class Place:
    """A sub-district with one community, and in it one post, for each contact."""

    def __init__(self, now: datetime):
        self.now = now
        self.street = make.unit("青石街道", "subdistrict")
        self.officer = make.person("杜值守", self.street)
        self.contacts: list[Contact] = []

    def settle(self, contacts: Sequence[tuple[str, str]]) -> list[Contact]:
        """Add a community whose secretary has this contact, for each."""
        new = []
        for kind, address in contacts:
            community = make.unit(f"社区{len(self.contacts)}", "community", self.street)
            person = make.person(f"书记{len(self.contacts)}", community)
            new.append(make.contact(person, kind, address))
            self.contacts.append(new[-1])
            make.post("书记", community, person)
        rebuild_routes()
        return new

    def start(self, *, sequence: int = 1, drill=None, now: datetime | None = None) -> Notice:
        """Start a notice to the whole place."""
        message = Message(
            kind="alerts.relay",
            subject_id=uuid7(self.now),
            title="暴雨橙色预警",
            words="请立即转移到高处。",
            note="先通知沿河三栋楼。",
            thread="storm",
            sequence=sequence,
        )
        return start_notice(
            message,
            top=self.street.path,
            places=[self.street.path],
            terms=TOGETHER,
            by=self.officer,
            now=now or self.now,
            drill=drill,
        )


@pytest.fixture
def place(db, now) -> Place:
    """A sub-district without communities yet."""
    return Place(now)


@pytest.fixture
def twins():
    """Open twins that close with the test: `twins()` gives the next one."""
    with ExitStack() as stack:
        yield lambda *behaviour: stack.enter_context(Twin(*behaviour))


def channels(**said) -> Channels:
    """Channels as a setting would describe them, private addresses allowed."""
    return make_channels(said, mail=MailServer("", 25, "node@example.org"), private=True)


def sms(twin: Twin) -> dict:
    """A gateway's entry in the setting."""
    return {"url": twin.url, "fields": {"to": "{to}", "text": "{text}", "id": "{id}"}}


def settle(sender: Sender, now: datetime, *, wait: float = 20) -> None:
    """Let the sender take one step at a moment, and everything it began come back."""
    sender.step(now, lambda: now)
    sender.wait(lambda: now, wait)


Settle = Callable[..., None]
