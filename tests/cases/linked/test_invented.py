"""The invented linked systems: believable, with a hole in them, and made once."""

from renwang.cases import services as cases
from renwang.cases.linked.invented import invent_linked
from renwang.cases.linked.models import Counterpart, System
from renwang.cases.models import Case
from tests.cases.conftest import brought


def test_one_works_and_one_is_in_trouble_and_doing_it_again_changes_nothing(cast):
    own = brought(cast, kind="property")
    cases.accept_case(own.pk, by=cast.viewer(cast.worker), now=cast.now)
    assert invent_linked(cast.district, now=cast.now) == 2
    assert System.objects.exclude(trouble="").count() == 1
    assert Counterpart.objects.filter(sending="none").count() == 3
    assert System.objects.get(trouble="").unmapped == {"0301": "占道经营"}
    sent = Counterpart.objects.get(sending="sent")
    assert sent.number and Case.objects.get(pk=own.pk).state == "referred"
    before = Case.objects.count()
    assert invent_linked(cast.district, now=cast.now) == 0
    assert Case.objects.count() == before
