"""The invented risk list: at every point of life, nobody checks himself, and once is enough."""

from renwang.registers.risks.invented import invent_risks
from renwang.registers.risks.models import Risk, Survey
from tests import make


def test_the_invented_list_has_every_kind_of_hole(cast):
    assert invent_risks(cast.street, now=cast.now) == 14
    states = set(Risk.objects.values_list("state", flat=True))
    assert states == {"found", "open", "referred", "rectified", "accepted", "closed"}
    assert Risk.objects.filter(due_at__lte=cast.now, rung__gt=0).exists()
    assert Risk.objects.filter(state="open", measures=None, level__gte=3).exists()
    assert Survey.objects.filter(next_on__lt=cast.now.date()).exists()
    for risk in Risk.objects.filter(state="closed"):
        assert risk.rechecked_by != risk.rectified_by
    assert invent_risks(cast.street, now=cast.now) == 0


def test_a_place_where_nobody_judges_gets_no_list(cast):
    empty = make.unit("空街道", "subdistrict", cast.district)
    assert invent_risks(empty, now=cast.now) == 0
