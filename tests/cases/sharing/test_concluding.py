"""An agreement is concluded by two hands of two sides, and ended by either at once."""

import pytest

from renwang.base.models import Entry
from renwang.cases.sharing import services
from renwang.cases.sharing.checks import find
from renwang.cases.sharing.jobs import follow_division
from renwang.cases.sharing.models import Sharing
from renwang.cases.sharing.rules import (
    EndedAlready,
    KindNotThere,
    NotProposed,
    PeriodRefused,
    PlaceNotTheirs,
    PurposeMissing,
    SameHandForBoth,
    SharedWithItself,
    Standing,
)
from renwang.cases.sharing.waiting import APPROVAL
from renwang.chain.models import Unit
from renwang.chain.reach import NotInReach
from renwang.outreach.models import Errand
from renwang.registers.readiness.rules import Scope
from tests import make
from tests.cases.conftest import TODAY
from tests.cases.sharing.conftest import DAY

# --- refusals -------------------------------------------------------------------


def test_only_who_concludes_for_a_side_proposes(deal, cast):
    for who in (cast.worker, cast.officer, cast.head):
        with pytest.raises(NotInReach):
            deal.propose(by=cast.viewer(who))
    assert not Sharing.objects.exists()


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"purpose": " "}, PurposeMissing),
        ({"until_on": TODAY - DAY}, PeriodRefused),
        ({"kinds": ["ghost"]}, KindNotThere),
    ],
)
def test_terms_that_cannot_be_are_refused(deal, changes, refusal):
    with pytest.raises(refusal):
        deal.propose(**changes)


def test_sides_and_place_that_cannot_be_are_refused(deal, cast):
    with pytest.raises(SharedWithItself):
        deal.propose(taker=cast.grid)
    with pytest.raises(PlaceNotTheirs):
        deal.propose(place=cast.neighbour_community)


def test_the_other_side_approves_and_never_the_same_hand(deal, cast):
    made = deal.propose()
    with pytest.raises(NotInReach):
        services.approve_sharing(made.pk, by=deal.giver, now=deal.now)
    both = make.person("两边", cast.district)
    make.grant(both, "secretary", cast.district)
    both = cast.viewer(both)
    own = deal.propose(by=both)
    with pytest.raises(SameHandForBoth):
        services.approve_sharing(own.pk, by=both, now=deal.now)
    assert services.approve_sharing(made.pk, by=both, now=deal.now).approved_by == both.id


def test_what_is_concluded_waits_for_nobody_and_what_is_over_stays_over(deal):
    made = deal.concluded()
    with pytest.raises(NotProposed):
        services.decline_sharing(made.pk, "不需要", by=deal.taker, now=deal.now)
    services.end_sharing(made.pk, "任务完成", by=deal.taker, now=deal.now)
    with pytest.raises(EndedAlready):
        services.end_sharing(made.pk, "再来一次", by=deal.giver, now=deal.now)


# --- its life -------------------------------------------------------------------


def test_the_other_side_is_called_and_it_holds_from_its_day(deal, cast):
    made = deal.propose(from_on=TODAY + DAY)
    errand = Errand.objects.get(kind=APPROVAL)
    assert errand.path == cast.strangers_street.path and made.ref in errand.said["en"]
    assert made.stands(TODAY) is Standing.PROPOSED
    made = services.approve_sharing(made.pk, by=deal.taker, now=deal.now)
    assert made.stands(TODAY) is Standing.COMING
    assert made.stands(TODAY + DAY) is Standing.IN_FORCE
    assert made.stands(TODAY + 91 * DAY) is Standing.EXPIRED
    errand.refresh_from_db()
    assert errand.state != "open"
    verbs = Entry.objects.filter(subject_id=str(made.pk)).values_list("verb", flat=True)
    assert list(verbs) == ["sharing.proposed", "sharing.approved"]


def test_the_side_that_wants_to_see_may_propose_and_the_giver_decides(deal, cast):
    made = deal.propose(by=deal.taker)
    assert Errand.objects.get(kind=APPROVAL).path == cast.community.path
    with pytest.raises(NotInReach):
        services.approve_sharing(made.pk, by=deal.taker, now=deal.now)
    services.decline_sharing(made.pk, "没有共同事项", by=deal.giver, now=deal.now)
    made.refresh_from_db()
    assert made.stands(TODAY) is Standing.DECLINED and made.end_reason == "没有共同事项"


def test_a_proposal_is_taken_back(deal):
    made = deal.propose()
    services.end_sharing(made.pk, "写错了", by=deal.giver, now=deal.now)
    assert Errand.objects.get(kind=APPROVAL).state != "open"


def test_an_agreement_lies_where_its_units_lie(deal, cast):
    made = deal.concluded()
    Unit.objects.filter(pk=cast.community.pk).update(path="/990105/x/moved/")
    assert follow_division() == 2
    made.refresh_from_db()
    assert made.giver_path == made.place_path == "/990105/x/moved/"


def test_the_nightly_check_names_what_is_wrong(deal, cast):
    deal.concluded(until_on=None)
    deal.concluded(until_on=TODAY + 3 * DAY)
    scope = Scope(spans=((cast.district.path, cast.district.path[:-1] + "0"),))
    found = {one.check: one.params["taker"] for one in find(scope, deal.now)}
    assert found == {
        "sharing.no_end": cast.strangers_street.name,
        "sharing.expires": cast.strangers_street.name,
    }
