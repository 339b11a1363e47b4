"""What the processes of the relay race do: a node that relays, and posts that answer its messages."""

import random
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Count
from tests import make
from tests.races.actors import say

from renwang.alerts import cap
from renwang.alerts.models import Alert, Relay
from renwang.alerts.rules import Source
from renwang.alerts.services import receive_alert, relay_alert
from renwang.chain.models import Unit
from renwang.chain.routes import rebuild_routes
from renwang.ops.worker import Worker
from renwang.outreach.models import Attempt, Call, Delivered, Notice, Reach
from renwang.outreach.rules import NoticeState, Receipt
from renwang.outreach.services import Slip, record_receipts
from renwang.outreach.services.tallying import recount_notice, take_turn

NOW = datetime(2026, 7, 15, 1, 30, tzinfo=UTC)
ANSWERS = (Receipt.DELIVERED, Receipt.READ, Receipt.UNDERSTOOD, Receipt.CARRIED)


def settle() -> int:
    """Make a sub-district in which everybody has the field app; return its number of posts."""
    street = make.unit("青石街道", "subdistrict", code="990105001")
    places = [street]
    for level, width in (("community", 3), ("grid", 4), ("contact_household", 5)):
        above = [place for place in places if place.depth == max(p.depth for p in places)]
        places += [make.unit(f"{one.name}{n}", level, one) for one in above for n in range(width)]
    for place in places:
        holder = make.person("某", place)
        make.contact(holder, "app", str(place.path))
        make.post("值班", place, holder)
    rebuild_routes()
    return len(places)


def work(which: int, start: int, seed: int) -> bool:
    """Work as a node does, relaying a warning if nobody has, and answer the inbox, until that relay is over.

    A line is printed for each receipt once it is acknowledged, which is when
    it may no longer be lost. Time goes on by a second with every turn.
    """
    chance = random.Random(seed)
    worker = Worker()
    for turn in range(10_000):
        now = NOW + timedelta(seconds=start + turn)
        notice_id = _relay_once(which, now)
        say("turn")
        worker.turn(now)
        _answer_some(chance, now)
        if Notice.objects.filter(pk=notice_id, state=NoticeState.FINISHED).exists():
            return True
    return False


def _relay_once(which: int, now: datetime) -> UUID:
    alert = receive_alert(_warning(which), Source.FILE, by="node:race", now=now)
    if not Relay.objects.filter(alert=alert).exists():
        relay_alert(alert.pk, Unit.objects.get(depth=0), by="node:race", now=now)
    return Relay.objects.values_list("notice_id", flat=True).get(alert=alert)


def _answer_some(chance: random.Random, now: datetime) -> None:
    """Let some posts hand in the next thing they have to say about what they were given."""
    told = set(Delivered.objects.values_list("call_id", flat=True))
    open_calls = list(Call.objects.filter(pk__in=told, carried_at=None).order_by("pk"))
    for group in range(3):
        some = chance.sample(open_calls, min(len(open_calls), 12))
        slips = [Slip(chance.choice(ANSWERS), now, "app", call_id=call.pk) for call in some]
        record_receipts(slips, by=f"node:post{group}", now=now)
        for slip in slips:
            say(f"ack {slip.call_id} {slip.receipt}")


def _warning(which: int) -> bytes:
    info = cap.Info(
        categories=(cap.Category.MET,), event="暴雨", urgency=cap.Urgency.IMMEDIATE,
        severity=cap.Severity.MODERATE, certainty=cap.Certainty.LIKELY, language="zh-CN",
        headline="发布暴雨黄色预警", instruction="注意防范。",
        expires=cap.Moment.of(NOW + timedelta(days=1)),
        areas=(cap.Area("青石街道", geocodes=(cap.Named("division", "990105001"),)),),
    )  # fmt: skip
    return cap.write(
        cap.Alert(
            identifier=f"99010541600000_2026071509{which:04d}", sender="race", sent=cap.Moment.of(NOW),
            status=cap.Status.ACTUAL, msg_type=cap.MsgType.ALERT, scope=cap.Scope.PUBLIC,
            infos=(info,),
        )
    )  # fmt: skip


def examine(acknowledged: list[list]) -> dict:
    """Say what was lost, what was doubled, and whether the sums kept are those that counting gives."""
    calls = Call.objects.in_bulk()
    lost = [[pk, word] for pk, word in acknowledged if getattr(calls[pk], f"{word}_at") is None]
    kept = _sums()
    with transaction.atomic():
        for notice in Notice.objects.all():
            recount_notice(take_turn(notice.pk))
    sent_twice = Attempt.objects.values("call", "rung", "begun_at").annotate(n=Count("id"))
    return {
        "alerts": Alert.objects.count(),
        "calls": len(calls),
        "lost": lost,
        "doubled": sent_twice.filter(n__gt=1).count()
        + Delivered.objects.count()
        - Delivered.objects.values("attempt_id").distinct().count(),
        "unanswered": Call.objects.filter(carried_at=None).count(),
        "sums_hold": kept == _sums(),
        "states": sorted(set(Notice.objects.values_list("state", flat=True))),
    }


def _sums() -> list[dict]:
    rows = Reach.objects.order_by("notice_id", "path").values()
    return [{name: value for name, value in row.items() if name != "id"} for row in rows]
