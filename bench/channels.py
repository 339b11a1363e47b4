"""What a channel that hangs costs the others: 200 text messages beside 60 webhooks, well and hanging.

Real time and real connections to twins on this machine. Each hanging call is held for longer than
the whole measurement, as one of 60 seconds would be.
"""

import statistics
import time
from datetime import UTC, datetime

from renwang.base.pure.ids import uuid7
from renwang.chain.models import Contact, Person, Post, Route, Unit
from renwang.outreach.channels.configuring import make_channels
from renwang.outreach.channels.email import MailServer
from renwang.outreach.channels.twin import HANGS, Behaviour, Twin
from renwang.outreach.inward import deliver_inward
from renwang.outreach.models import Attempt
from renwang.outreach.rules import Order, Terms
from renwang.outreach.sending import Sender
from renwang.outreach.services import Message, start_notice

TEXTS, HOOKS, OWN = 200, 60, 200
TOGETHER = Terms(Order.TOGETHER, contact_for=600, person_for=1800, carry_for=3600)
GIVE_UP = 60.0  # seconds
TICK = 0.05


def run(report) -> None:
    """Take turns: all well, webhooks hanging, all well, webhooks hanging; compare the middle times."""
    well, sick = [], []
    for turn in range(4):
        well.append(play(Behaviour(), f"well{turn}"))
        sick.append(play(HANGS, f"hang{turn}"))
    for kind, words in (("sms", "text messages"), ("app", "the node's own messages")):
        ours = statistics.median(one[kind][0] for one in sick)
        plain = statistics.median(one[kind][0] for one in well)
        name = f"{words} beside {HOOKS} hanging webhooks, median time to delivery"
        report(name, ours, "s", ours / plain, "≤ 1.25")
        ours = statistics.median(one[kind][1] for one in sick)
        plain = statistics.median(one[kind][1] for one in well)
        report(f"the same, the last of them, {words}", ours, "s", ours / plain, "≤ 1.25")


def play(behaviour: Behaviour, label: str) -> dict[str, tuple[float, float]]:
    """Send everything; give the median and the last time to delivery of each kind, in seconds."""
    with Twin(behaviour) as hooks, Twin() as gateway:
        top = invent(label, hooks.url)
        fields = {"to": "{to}", "text": "{text}", "id": "{id}"}
        sender = Sender(
            make_channels(
                {"webhook": {"timeout": 60}, "sms": {"url": gateway.url, "fields": fields}},
                mail=MailServer("", 25, "node@example.org"),
                private=True,
            )
        )
        begun = datetime.now(UTC)
        notice = start_notice(
            Message(
                kind="bench", subject_id=uuid7(begun), title="暴雨橙色预警", words="请转移。",
                note="", thread=label, sequence=1,
            ),
            top=top.path, places=[top.path], terms=TOGETHER, by="node:bench", now=begun,
        )  # fmt: skip
        end = time.monotonic() + GIVE_UP
        wanted = TEXTS + OWN
        served = Attempt.objects.filter(call__notice=notice, outcome="sent")
        served = served.filter(channel__in=("sms", "app"))
        while served.count() < wanted and time.monotonic() < end:
            deliver_inward(datetime.now(UTC))
            sender.step(datetime.now(UTC), lambda: datetime.now(UTC))
            time.sleep(TICK)
        found = {}
        for kind in ("sms", "app"):
            ended = served.filter(channel=kind).values_list("ended_at", flat=True)
            times = sorted((at - begun).total_seconds() for at in ended)
            found[kind] = (statistics.median(times), times[-1])
        return found


def invent(label: str, hook: str) -> Unit:
    """Write a place with one post for each contact, and the route to it."""
    now = datetime.now(UTC)
    top = _unit(label, None)
    kinds = ["sms"] * TEXTS + ["webhook"] * HOOKS + ["app"] * OWN
    units = [_unit(f"{n:04}", top) for n in range(len(kinds))]
    Unit.objects.bulk_create([top, *units])
    people = [Person(id=uuid7(now), name=f"人{n}", path=top.path) for n in range(len(kinds))]
    Person.objects.bulk_create(people)
    address = {"sms": "139{:08}", "webhook": hook + "/{}", "app": ""}
    contacts = [
        Contact(id=uuid7(now), person=one, kind=kind, address=address[kind].format(n))
        for n, (kind, one) in enumerate(zip(kinds, people, strict=True))
    ]
    Contact.objects.bulk_create(contacts)
    posts = [
        Post(id=uuid7(now), title="值班", role="other", unit=one, path=one.path, answers=True)
        for one in units
    ]
    Post.objects.bulk_create(posts)
    Route.objects.bulk_create(
        Route(
            post=post, unit=post.unit, path=post.path, depth=1, rung=0, parent_path=top.path,
            person=contact.person, contact=contact, channel=contact.kind, is_leaf=True, households=1,
        )
        for post, contact in zip(posts, contacts, strict=True)
    )  # fmt: skip
    return top


def _unit(name: str, parent: Unit | None) -> Unit:
    key = uuid7(datetime.now(UTC))
    above = parent.path if parent else "/"
    return Unit(
        id=key, ref=key.hex[:32], name=name, structure="china_urban",
        level="community" if parent else "subdistrict", depth=1 if parent else 0, parent=parent,
        path=f"{above}{name}/", since_on=datetime.now(UTC).date(),
    )  # fmt: skip
