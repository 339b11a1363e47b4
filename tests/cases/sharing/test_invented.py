"""The invented agreements: one in use, one without an end, one that waits; made once."""

from renwang.cases.sharing.invented import invent_sharing
from renwang.cases.sharing.models import Look, Sharing
from tests import make
from tests.cases.conftest import brought


def test_they_are_believable_with_holes_in_them_and_made_once(cast):
    other = make.person("云书记", cast.neighbour_community)
    make.post("社区党委书记", cast.neighbour_community, other)
    make.grant(other, "secretary", cast.neighbour_community)
    for unit in (cast.grid, cast.neighbour_community):
        brought(cast, kind="road", unit=unit)
    assert invent_sharing(cast.street, now=cast.now) in (2, 3)
    assert Sharing.objects.filter(until_on=None, approved_at__isnull=False).exists()
    assert Look.objects.exists()
    before = Sharing.objects.count()
    assert invent_sharing(cast.street, now=cast.now) == 0
    assert Sharing.objects.count() == before
