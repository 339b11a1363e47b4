"""Workers, clocks and the person who does the work, all at one errand at once: one calling, one end."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from random import Random
from uuid import uuid4

import pytest
from django.db import connections, transaction
from tests import make
from tests.cast import assemble

from renwang.base.models import Entry
from renwang.chain.routes import rebuild_routes
from renwang.outreach.errand_rules import ErrandOver, ErrandState
from renwang.outreach.inward import deliver_inward
from renwang.outreach.models import Call, Delivered, Errand, Notice
from renwang.outreach.services import (
    NotAskedOfYou,
    Waiting,
    ask_errand,
    call_errands,
    climb_calls,
    end_errand,
    move_up,
    take_errand,
)

pytestmark = pytest.mark.postgresql
KIND = "tests.work"


@pytest.fixture
def subject(transactional_db, now):
    """The thing that waits in the cast's community, and the cast."""
    cast = assemble(now)
    make.contact(cast.operator, "app", "o")
    rebuild_routes()
    return cast, uuid4()


def asking(cast, key, now):
    waiting = Waiting(
        KIND, key, "R", {"en": "x"}, cast.community.path, "signals.judge", timedelta(hours=1)
    )
    with transaction.atomic():
        ask_errand(waiting, by="node:test", now=now)


def together(deeds):
    def run(deed):
        try:
            return deed()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(run, deeds))


def test_many_workers_begin_to_call_once(subject, now):
    cast, key = subject
    asking(cast, key, now)
    assert sum(together([lambda: call_errands(now)] * 12)) == 1
    assert Notice.objects.count() == Call.objects.count() == 1
    together([lambda: deliver_inward(now)] * 8)
    assert Delivered.objects.count() == 1


@pytest.mark.parametrize("seed", range(3))
def test_calling_climbing_taking_and_ending_at_once_leave_nothing_open(subject, now, seed):
    cast, key = subject
    chance = Random(seed)
    asking(cast, key, now)
    errand = Errand.objects.get()
    moments = [now + timedelta(minutes=10 * step) for step in range(30)]

    def take():
        with suppress(ErrandOver, NotAskedOfYou):
            take_errand(errand.pk, by=cast.viewer(cast.officer), now=moments[7])

    def end(at):
        with transaction.atomic():
            end_errand(KIND, key, by="node:test", now=at)

    def move(at):
        with transaction.atomic():
            move_up(KIND, key, cast.street.path, at + timedelta(hours=1), now=at)

    deeds = [
        *((lambda m=m: call_errands(m)) for m in moments[:10]),
        *((lambda m=m: climb_calls(m)) for m in moments),
        *((lambda m=m: deliver_inward(m)) for m in moments),
        *((lambda m=m: move(m)) for m in moments[:5]),
        take,
        take,
    ]
    chance.shuffle(deeds)
    deeds[len(deeds) // 2 : len(deeds) // 2] = [lambda: end(moments[9])] * 3
    together(deeds)
    errand.refresh_from_db()
    assert errand.state == ErrandState.DONE
    assert Entry.objects.filter(verb="outreach.errand_done").count() == 1
    assert Notice.objects.filter(kind="outreach.errand").count() <= 1
    assert not Notice.objects.filter(state="started").exists()
    assert not Call.objects.filter(send_at__isnull=False).exists()
    assert not Call.objects.filter(due_at__isnull=False).exists()
    said = Delivered.objects.count()
    climb_calls(moments[-1] + timedelta(days=1))
    deliver_inward(moments[-1] + timedelta(days=1))
    assert Delivered.objects.count() == said
