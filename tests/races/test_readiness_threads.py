"""The night, a change that is looked at again, and people who mend, all at once: in the end the list says what is so."""

from concurrent.futures import ThreadPoolExecutor
from random import Random

import pytest
from django.db import connections
from tests import make
from tests.cast import assemble
from tests.registers.duties.listed import in_force
from tests.registers.readiness.looked import begun, known, looked, settled

from renwang.base.followers import follow_all
from renwang.base.sealing import seal_all
from renwang.chain.models import Holding
from renwang.chain.services import posts
from renwang.outreach.models import Errand
from renwang.registers.readiness.checks.calls import OWN_ERRAND
from renwang.registers.readiness.models import Hole
from renwang.registers.readiness.services import look_again, look_everywhere

pytestmark = pytest.mark.postgresql
BY = "node:test"


@pytest.fixture
def cast(transactional_db, now):
    """The cast's county, looked at once."""
    made = assemble(now)
    in_force(made)
    begun(now)
    return made


def together(deeds):
    def run(deed):
        try:
            return deed()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(run, deeds))


@pytest.mark.parametrize("seed", range(3))
def test_nights_changes_and_menders_at_once_leave_the_truth(cast, now, seed):
    people = [make.person(f"甲{number}", cast.grid) for number in range(6)]

    def night():
        look_everywhere("/", by=BY, now=now)

    def again():
        seal_all()
        follow_all(now)
        look_again(now)

    def mend(person):
        posts.appoint_deputy(post=cast.grid_post, person=person, by=BY, now=now)

    def leave():
        posts.vacate_post(post=cast.street_post, person=cast.officer, by=BY, now=now)

    deeds = [night, again] * 6 + [lambda one=one: mend(one) for one in people] + [leave]
    Random(seed).shuffle(deeds)
    together(deeds)
    settled(now)
    told = known()
    assert len(told) == Hole.objects.filter(gone_at=None).count()
    look = looked(now)
    assert (look.appeared, look.gone, known()) == (0, 0, told)
    assert not [one for one in told if one == ("chain.no_deputy", str(cast.grid_post.pk))]
    assert ("chain.vacant", str(cast.street_post.pk)) in told


def test_many_nights_at_once_find_every_hole_once_and_call_once(cast, now):
    Holding.objects.filter(post=cast.grid_post).delete()
    Hole.objects.all().delete()
    together([lambda: look_everywhere("/", by=BY, now=now)] * 8)
    keys = list(Hole.objects.filter(gone_at=None).values_list("check_key", "subject"))
    assert keys and len(keys) == len(set(keys))
    waits = Errand.objects.filter(kind=OWN_ERRAND, state="open")
    asked = list(waits.values_list("path", "capability"))
    assert asked and len(asked) == len(set(asked))
