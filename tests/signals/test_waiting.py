"""Owed answers and proposals call whoever may judge, and nobody any more once they are dealt with."""

from datetime import timedelta

import pytest

from renwang.base.models import Entry
from renwang.chain.models import Person
from renwang.chain.routes import rebuild_routes
from renwang.outreach.errand_rules import ErrandState
from renwang.outreach.models import Delivered, Errand
from renwang.outreach.sending import send_due
from renwang.outreach.services import call_errands
from renwang.signals import services
from renwang.signals.models import Proposal
from renwang.signals.waiting import PROPOSAL, REFERRAL
from tests.signals.test_referring import matter, refer  # noqa: F401
from tests.signals.test_triggers import rain, rained  # noqa: F401

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _ladders(cast):
    rebuild_routes()


def told(now) -> list[str]:
    call_errands(now)
    send_due(now, lambda: now)
    people = Delivered.objects.filter(notice__kind="outreach.errand").order_by("pk")
    return [Person.objects.get(pk=key).name for key in people.values_list("person_id", flat=True)]


class TestReferrals:
    def test_the_unit_that_is_asked_is_told_and_whoever_asks_is_not(self, cast, now, matter):  # noqa: F811
        refer(cast, matter)
        assert told(now) == [cast.officer.name]
        errand = Errand.objects.get(kind=REFERRAL)
        assert errand.due_at == now + HOUR
        assert str(cast.secretary.pk) in errand.hands

    def test_an_answer_ends_it(self, cast, now, matter):  # noqa: F811
        referral = refer(cast, matter)
        told(now)
        services.answer_referral(referral.pk, "已处置", by=cast.viewer(cast.officer), now=now)
        assert Errand.objects.get().state == ErrandState.DONE
        assert told(now + 9 * HOUR) == [cast.officer.name]

    def test_taking_it_back_ends_it_as_needless(self, cast, now, matter):  # noqa: F811
        referral = refer(cast, matter)
        by = cast.viewer(cast.secretary)
        services.withdraw_referral(referral.pk, by=by, now=now, reason="找到了")
        assert Errand.objects.get().state == ErrandState.NEEDLESS
        assert told(now) == []

    def test_when_it_climbs_its_new_term_counts(self, cast, now, matter):  # noqa: F811
        referral = refer(cast, matter)
        told(now)
        services.climb_referrals(now + HOUR)
        referral.refresh_from_db()
        assert Errand.objects.get().due_at == referral.due_at

    def test_two_climbing_at_once_are_one(self, cast, now, matter):  # noqa: F811
        refer(cast, matter)
        services.climb_referrals(now + HOUR)
        services.climb_referrals(now + HOUR)
        assert Errand.objects.count() == 1


class TestProposals:
    @pytest.fixture
    def proposed(self, cast, rain) -> Proposal:  # noqa: F811
        rained(cast, [9] * 6)
        return Proposal.objects.get()

    def test_whoever_may_judge_there_is_told_with_the_numbers(self, cast, proposed):
        errand = Errand.objects.get(kind=PROPOSAL)
        assert (errand.subject_id, errand.colour) == (proposed.pk, "orange")
        assert errand.said == {"zh-hans": proposed.sentence_zh, "en": proposed.sentence_en}
        assert errand.due_at - errand.asked_at == timedelta(minutes=10)
        assert told(proposed.proposed_at) == [cast.secretary.name]

    def test_deciding_ends_it(self, cast, proposed):
        by, at = cast.viewer(cast.secretary), proposed.proposed_at
        services.dismiss_proposal(proposed.pk, by=by, now=at, reason="雨量计故障")
        assert Errand.objects.get(kind=PROPOSAL).state == ErrandState.DONE
        assert told(at) == []

    def test_a_higher_level_takes_its_place(self, cast, proposed):
        rained(cast, [9] * 7, begin=6)
        states = dict(Errand.objects.filter(kind=PROPOSAL).values_list("colour", "state"))
        assert states == {"orange": ErrandState.NEEDLESS, "red": ErrandState.OPEN}


def test_every_step_is_a_fact(cast, now, matter):  # noqa: F811
    referral = refer(cast, matter)
    told(now)
    services.answer_referral(referral.pk, "已处置", by=cast.viewer(cast.officer), now=now)
    verbs = Entry.objects.filter(verb__startswith="outreach.errand").order_by("id")
    assert list(verbs.values_list("verb", flat=True)) == [
        "outreach.errand_asked",
        "outreach.errand_told",
        "outreach.errand_done",
    ]
