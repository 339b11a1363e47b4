"""Every act costs a fixed number of statements, however many posts are called."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests import make
from tests.alerts.conftest import warning

from renwang.alerts import cap
from renwang.alerts.rules import Source
from renwang.alerts.selectors import board, in_force
from renwang.alerts.services import receive_alert, relay_alert
from renwang.chain.routes import rebuild_routes
from renwang.outreach.coverage import coverage
from renwang.outreach.models import Call, Notice, Round
from renwang.outreach.rules import Receipt
from renwang.outreach.services import answer_call, count_notice, record_round

ACT, LIST = 15, 6


@pytest.fixture
def spent(cast, now):
    """Run the acts of a warning's life once and count the statements of each."""

    def counted(**extra) -> dict[str, int]:
        found: dict[str, int] = {}

        def measure(name, work):
            with CaptureQueriesContext(
                connection,
            ) as queries:
                result = work()
            found[name] = sum(
                not query["sql"].startswith(("SAVEPOINT", "RELEASE"))
                for query in queries.captured_queries
            )
            return result

        officer = cast.viewer(cast.officer)
        data = cap.write(warning(now, identifier=extra.get("identifier", "i")))
        alert = measure("receive", lambda: receive_alert(data, Source.FILE, by=officer, now=now))
        relay = measure("relay", lambda: relay_alert(alert.pk, cast.street, by=officer, now=now))
        count_notice(relay.notice_id)
        notice = Notice.objects.get(pk=relay.notice_id)
        calls = {call.path: call for call in Call.objects.filter(notice=notice)}
        head = cast.viewer(cast.head)
        worker = cast.viewer(cast.worker)
        measure(
            "answer",
            lambda: answer_call(calls[cast.grid.path].pk, Receipt.CARRIED, by=worker, now=now),
        )
        leaf = calls[cast.contact_household.path].pk
        measure(
            "round",
            lambda: record_round(uuid4(), leaf, Round.Kind.GONG, by=head, now=now, households=3),
        )
        measure("coverage", lambda: coverage(notice))
        measure("board", lambda: board(officer))
        measure("in force", lambda: list(in_force(cast.grid.path, now)))
        return found

    return counted


def test_no_act_needs_more_than_fifteen_and_no_list_more_than_six(spent, cast):
    rebuild_routes()
    spent(identifier="the first of the day, for whom the counters are made")
    few = spent(identifier="few")
    for name in ("receive", "relay", "answer", "round"):
        assert few[name] <= ACT, (name, few)
    for name in ("coverage", "board", "in force"):
        assert few[name] <= LIST, (name, few)

    for number in range(30):
        place = make.unit(f"第{number}网格", "grid", cast.community)
        holder = make.person("某", place)
        make.contact(holder, "app", str(number))
        make.post("网格员", place, holder)
    rebuild_routes()
    many = spent(identifier="many")
    assert many == few
