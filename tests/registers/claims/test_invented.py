"""The invented place's departments: overlaps, gaps and doubles as real ones have, one community merged already."""

import pytest

from renwang.chain.invented.loading import load_invented
from renwang.chain.models import Unit
from renwang.registers.claims.comparing_rules import Finding
from renwang.registers.claims.invented import invent_claims
from renwang.registers.claims.merging_rules import WHOLE
from renwang.registers.claims.models import Claim, OldNumber
from renwang.registers.claims.selectors import places_with_claims, read_compared
from tests import make

pytestmark = pytest.mark.django_db


def test_it_has_the_holes_that_real_ones_have_and_is_invented_once(now):
    root = load_invented(seed=1, now=now)
    number = invent_claims(root, now=now)
    assert number == Claim.objects.count() > 20
    assert invent_claims(root, now=now) == 0
    operator = make.person("程运维", root)
    make.grant(operator, "operator", root)
    places = places_with_claims(make.viewer(operator))
    assert len(places) == 3
    found = {one.kind for place in places for one in read_compared(place).found}
    assert found >= {
        Finding.GAP,
        Finding.OVERLAP,
        Finding.NO_WORKER,
        Finding.TWO_WORKERS,
        Finding.ON_TWO_ROSTERS,
        Finding.KNOWN,
    }
    sums: dict = {}
    for one in OldNumber.objects.all():
        sums.setdefault((one.department, one.number), []).append(one.share)
    assert sums and {sum(shares) for shares in sums.values()} == {WHOLE}
    assert Unit.objects.filter(code="", level="grid", ended_on=None).count() == 0
