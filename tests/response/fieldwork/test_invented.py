"""The invented field work: two phones, one of them lost, and one answer that two people gave; done once."""

from renwang.cases.models import Answer
from renwang.response.fieldwork.invented import invent_fieldwork
from renwang.response.fieldwork.models import Deed, Phone
from renwang.response.fieldwork.selectors import difference_page
from tests.cases.conftest import brought


def test_it_is_there_once_with_a_difference_to_decide(cast):
    brought(cast)
    people = {"worker": cast.worker, "secretary": cast.secretary}
    assert [invent_fieldwork(**people, now=cast.now) for _turn in range(2)] == [1, 0]
    assert Phone.objects.count() == 2 and Phone.objects.exclude(lost_at=None).count() == 1
    assert Answer.objects.get().by == cast.secretary.pk
    page = difference_page(cast.viewer(cast.secretary), Deed.objects.get().pk)
    assert page.may_decide and [one for one in page.lines if not one.is_same]


def test_where_no_case_waits_nothing_differs(cast):
    assert invent_fieldwork(worker=cast.worker, secretary=cast.secretary, now=cast.now) == 0
    assert not Deed.objects.exists()
