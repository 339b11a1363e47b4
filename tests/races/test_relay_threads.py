"""Clocks, channels, people and the commander all at one relay at once: nothing is counted twice or left out."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from random import Random

import pytest
from django.db import connections, transaction
from tests import make
from tests.cast import assemble

from renwang.base.pure.ids import uuid7
from renwang.chain.routes import rebuild_routes
from renwang.outreach.inward import deliver_inward
from renwang.outreach.models import Attempt, Call, Delivered, Notice, Reach
from renwang.outreach.rules import CallState, Order, Receipt, Terms
from renwang.outreach.services import (
    Message,
    Slip,
    climb_calls,
    count_notice,
    record_receipts,
    start_notice,
    withdraw_notice,
)
from renwang.outreach.services.tallying import recount_notice

pytestmark = pytest.mark.postgresql
TERMS = Terms(Order.CASCADE, contact_for=60, person_for=120, carry_for=180)


@pytest.fixture
def notice(transactional_db, now):
    """A cascade through a sub-district with many grids, some of them vacant."""
    cast = assemble(now)
    for number in range(40):
        grid = make.unit(f"网格{number}", "grid", cast.community, households=10)
        holders = []
        if number % 5:
            holder = make.person(f"人{number}", grid)
            make.contact(holder, "app", f"x{number}")
            holders = [holder]
        make.post("网格员", grid, *holders)
    rebuild_routes()
    message = Message(kind="tests", subject_id=uuid7(now), title="暴雨", words="转移")
    return start_notice(
        message,
        top=cast.street.path,
        places=[cast.street.path],
        terms=TERMS,
        by=cast.officer,
        now=now,
    )


def sums(notice) -> list[dict]:
    return list(Reach.objects.filter(notice=notice).order_by("path").values())


@pytest.mark.parametrize("seed", range(3))
def test_everything_at_once_comes_to_the_same_sums(notice, now, seed):
    chance = Random(seed)
    calls = list(Call.objects.values_list("pk", flat=True))
    moments = [now + timedelta(seconds=20 * step) for step in range(30)]
    slips = [
        Slip(chance.choice(list(Receipt)), chance.choice(moments), via="app", call_id=call)
        for call in calls * 3
    ]
    chance.shuffle(slips)
    batches = [slips[at : at + 5] for at in range(0, len(slips), 5)]
    deeds = [
        *((lambda m=m: climb_calls(m)) for m in moments * 2),
        *((lambda m=m: deliver_inward(m)) for m in moments),
        *((lambda b=b: record_receipts(b, by="node:t", now=moments[-1])) for b in batches * 2),
        lambda: count_notice(notice.pk),
        lambda: count_notice(notice.pk),
    ]
    if seed == 2:
        deeds.append(lambda: withdraw_notice(notice, by="node:t", now=moments[9]))
    chance.shuffle(deeds)
    together(deeds)
    count_notice(notice.pk)
    kept = sums(notice)
    with transaction.atomic():
        recount_notice(Notice.objects.get(pk=notice.pk))
    assert [{**one, "id": 0} for one in kept] == [{**one, "id": 0} for one in sums(notice)]
    assert Delivered.objects.count() == Attempt.objects.filter(outcome="sent").count()
    assert not Call.objects.filter(state=CallState.CARRIED, carried_at=None).exists()
    if seed != 2:
        climb_until_quiet(moments[-1])
        assert not Call.objects.filter(state__in=["waiting", "asking"]).exists(), (
            "nobody is left out"
        )


def climb_until_quiet(now) -> None:
    for _ in range(200):
        now += timedelta(seconds=60)
        deliver_inward(now)
        climb_calls(now)


def together(deeds) -> None:
    """Do many deeds in four threads of their own connections; the first failure is raised."""

    def do(deed) -> None:
        try:
            deed()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(do, deed) for deed in deeds]:
            done.result(timeout=60)
