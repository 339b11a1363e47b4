"""Invented cases: at every point of life, with late ones and a rejected answer, and once is enough."""

from renwang.cases.invented import invent_cases
from renwang.cases.models import Case, Chosen, Clock, Topic
from renwang.outreach.models import Errand
from tests import make


def test_the_invented_cases_have_lived_in_every_way(cast):
    assert invent_cases(cast.street, now=cast.now) == 20
    states = set(Case.objects.values_list("state", flat=True))
    assert states >= {
        "received", "screened", "accepted", "assigned", "in_hand", "waiting", "referred",
        "answered", "reopened", "closed",
    }  # fmt: skip
    assert {"done", "duplicate"} <= set(Case.objects.values_list("end", flat=True))
    assert Case.objects.filter(due_at__lt=cast.now).exists()
    assert Clock.objects.filter(met_at=None, rung__gt=0).exists()
    assert Clock.objects.filter(met_at=None, kind="arbitrate").exists()
    assert Case.objects.exclude(masked="").exists() and Case.objects.exclude(alarm="").exists()
    assert Errand.objects.filter(kind="cases.call_back").exists()
    assert Chosen.objects.exclude(suggested="").count() >= 10
    topic = Topic.objects.get()
    assert topic.number == 8 and topic.voices >= 7 and topic.recent > topic.before
    assert invent_cases(cast.street, now=cast.now) == 0


def test_a_place_where_nobody_handles_cases_gets_none(cast):
    empty = make.unit("空街道", "subdistrict", cast.district)
    assert invent_cases(empty, now=cast.now) == 0
