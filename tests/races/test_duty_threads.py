"""Two people approve at the same moment for one cell: one leads, the other is told who."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections
from tests.cast import assemble
from tests.registers.duties.listed import Help, in_force, terms

from renwang.registers.duties import services
from renwang.registers.duties.models import Duty
from renwang.registers.duties.rules import (
    DutyNotNow,
    DutyState,
    Phase,
    SecondLeader,
    SupersededAlready,
)
from renwang.registers.duties.selectors.answering import answering_for

pytestmark = pytest.mark.postgresql


def together(*deeds):
    """Do several deeds at once; give the refusal of each, None where it was done."""
    barrier = Barrier(len(deeds))

    def do(deed):
        try:
            barrier.wait(30)
            deed()
        except (SecondLeader, SupersededAlready) as refusal:
            return type(refusal)
        finally:
            connections.close_all()
        return None

    with ThreadPoolExecutor(len(deeds)) as pool:
        return [done.result(timeout=60) for done in [pool.submit(do, deed) for deed in deeds]]


@pytest.mark.parametrize("turn", range(3))
def test_of_two_approved_at_once_one_leads(turn, transactional_db, now):
    cast = assemble(now)
    node = {"by": "node:test", "now": now}
    made = []
    for leader in (cast.community_post, cast.grid_post):
        one = services.draft_duty(terms(leader), cast.community, **node)
        made.append(services.propose_duty(one.pk, **node))
    refusals = together(*(lambda key=one.pk: services.approve_duty(key, **node) for one in made))
    assert sorted(map(str, refusals)) == sorted(map(str, (None, SecondLeader)))
    assert Duty.objects.filter(state=DutyState.APPROVED).count() == 1
    assert answering_for(cast.community, "rainstorm", Phase.RESPOND, at=now).rivals == ()


def test_of_two_successors_approved_at_once_one_follows(transactional_db, now):
    cast = assemble(now)
    node = {"by": "node:test", "now": now}
    old = in_force(cast, helpers=[Help(post=cast.grid_post)])
    made = []
    for leader in (cast.community_post, cast.grid_post):
        one = services.begin_successor(old.pk, terms(leader), **node)
        made.append(services.propose_duty(one.pk, **node))
    refusals = together(*(lambda key=one.pk: services.approve_duty(key, **node) for one in made))
    assert refusals.count(None) == 1
    assert Duty.objects.filter(supersedes=old, state=DutyState.APPROVED).count() == 1
    old.refresh_from_db()
    assert old.state == DutyState.SUPERSEDED


def test_who_objects_while_somebody_approves_is_never_overlooked(transactional_db, now):
    cast = assemble(now)
    node = {"by": "node:test", "now": now}
    one = services.draft_duty(terms(cast.community_post), cast.community, **node)
    made = services.propose_duty(one.pk, **node)

    def object_to_it():
        try:
            services.remark_on_duty(made.pk, "不行", is_objection=True, **node)
        except DutyNotNow:
            return

    def approve_it():
        try:
            services.approve_duty(made.pk, **node)
        except DutyNotNow:
            return

    together(object_to_it, approve_it)
    made.refresh_from_db()
    open_objection = made.remarks.filter(is_objection=True, settled_at=None).exists()
    assert (made.state == DutyState.OBJECTED) == open_objection
