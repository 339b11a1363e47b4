"""The demonstration's quarrels stand at different points of their lives, with holes in them."""

from renwang.cases.mediation.invented import invent_mediations
from renwang.cases.mediation.models import Mediation
from renwang.outreach.models import Errand


def test_an_invented_place_has_quarrels_everywhere_in_their_lives_and_only_once(cast, now):
    number = invent_mediations(cast.street, now=now)
    assert number == Mediation.objects.count() >= 9
    assert len(set(Mediation.objects.values_list("state", flat=True))) >= 5
    assert {"settled", "not_settled", "withdrawn", "referred"} <= set(
        Mediation.objects.values_list("end", flat=True)
    )
    assert Errand.objects.filter(kind="mediation.follow", state="open").exists()
    assert Errand.objects.filter(kind="mediation.name", state="open").exists()
    assert invent_mediations(cast.street, now=now) == 0
