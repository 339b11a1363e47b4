"""From being asked for to being kept: refusals beside what is allowed."""

from datetime import timedelta

import pytest

from renwang.base.models import Entry
from renwang.cases.mediation import services
from renwang.cases.mediation.models import Session
from renwang.cases.mediation.rules import (
    ApprenticeUnwanted,
    Body,
    CaseMediated,
    ConsentMissing,
    ConsentOver,
    How,
    Kept,
    MasterMissing,
    MediatorKnown,
    NotAMaster,
    NotNeutral,
    NotNow,
    NotTheMediator,
    NotYetDue,
    NotYetOver,
    Point,
    Quarrel,
    SignedAlready,
    State,
    Taken,
)
from renwang.cases.mediation.selectors import (
    Wanted,
    figures,
    list_mediations,
    list_mediators,
    mediation_page,
    of_case,
)
from renwang.cases.mediation.services import Given, Practice
from renwang.chain.reach import NotInReach
from renwang.outreach.models import Errand
from tests import make
from tests.cases.conftest import answered, brought
from tests.cases.mediation.conftest import DAY, HOUR


def waits(kind):
    return Errand.objects.filter(kind=f"mediation.{kind}", state="open").count()


@pytest.mark.parametrize("who", ["worker", "head", "stranger"])
def test_only_who_keeps_mediations_there_takes_one_in(desk, cast, now, who):
    with pytest.raises(NotInReach):
        services.ask_mediation(
            Quarrel.NOISE, "装修", cast.community, by=cast.viewer(getattr(cast, who)), now=now
        )
    assert desk.asked().one.ref and waits("consent") == 1


def test_with_the_last_consent_somebody_is_called_to_name(desk, now):
    desk.asked()
    services.consent_party(desk.parties[0].pk, Given(How.PAPER), by=desk.secretary, now=now)
    assert desk.fresh().state == State.ASKED
    with pytest.raises(NotNow):
        services.suspend_mediation(desk.one.pk, now.date() + DAY, by=desk.secretary, now=now)
    services.consent_party(desk.parties[1].pk, Given(How.PERSON), by=desk.secretary, now=now)
    assert desk.fresh().state == State.CONSENTED
    assert (waits("consent"), waits("name")) == (0, 1)


def test_a_consent_that_is_over_is_none(desk, now):
    desk.asked()
    given = Given(How.PAPER, now.date() - DAY)
    with pytest.raises(ConsentOver):
        services.consent_party(desk.parties[0].pk, given, by=desk.secretary, now=now)


def test_a_consent_that_runs_out_stops_everything_until_it_is_given_again(desk, now):
    desk.named(until=now.date() + 5 * DAY)
    later = now + 10 * DAY
    with pytest.raises(ConsentMissing):
        services.set_session(
            desk.one.pk, later + HOUR, later + 2 * HOUR, by=desk.secretary, now=later
        )
    for party in desk.parties:
        services.consent_party(party.pk, Given(How.PAPER), by=desk.secretary, now=later)
    services.set_session(desk.one.pk, later + HOUR, later + 2 * HOUR, by=desk.secretary, now=later)


def test_one_act_of_one_party_ends_it_and_calls_the_sessions_off(desk, now):
    desk.meeting()
    with pytest.raises(NotInReach):
        services.withdraw_party(
            desk.parties[1].pk, by=desk.viewer(desk.resident), now=now
        )  # not his side
    services.withdraw_party(desk.parties[0].pk, by=desk.viewer(desk.resident), now=now)
    one = desk.fresh()
    assert (one.state, one.end) == (State.ENDED, "withdrawn")
    assert not Session.objects.filter(cancelled_at=None).exists()
    assert Errand.objects.filter(kind__startswith="mediation.", state="open").count() == 0


def test_who_lives_with_a_party_or_is_kin_is_not_named(desk, cast, now):
    desk.consented()
    near = make.person("楼里人", cast.group)
    neighbour = services.enter_mediator(
        near, cast.community, Practice(), by=desk.secretary, now=now
    )
    with pytest.raises(NotNeutral):
        services.name_mediator(desk.one.pk, neighbour, by=desk.secretary, now=now)
    services.declare_kin(desk.one.pk, desk.master, by=desk.viewer(desk.ma), now=now)
    with pytest.raises(NotNeutral):
        services.name_mediator(desk.one.pk, desk.master, by=desk.secretary, now=now)
    bars = {one.candidate.person: one.bars for one in services.suggestions(desk.fresh())}
    assert bars[near.pk] == ("lives_near",) and bars[desk.ma.pk] == ("kin",)


def test_who_answered_the_case_does_not_mediate_it(desk, cast, now):
    case = answered(cast, brought(cast), by=cast.deputy)
    desk.asked(case=case)
    for party in desk.parties:
        services.consent_party(party.pk, Given(How.PAPER), by=desk.secretary, now=now)
    own = services.enter_mediator(
        cast.deputy, cast.community, Practice(), by=desk.secretary, now=now
    )
    with pytest.raises(NotNeutral):
        services.name_mediator(desk.one.pk, own, by=desk.secretary, now=now)
    with pytest.raises(CaseMediated):
        services.ask_mediation(
            Quarrel.NOISE, "又来", cast.community, by=desk.secretary, now=now, case=case
        )
    assert [one.ref for one in of_case(desk.secretary, case.pk)] == [desk.one.ref]
    assert of_case(cast.viewer(cast.stranger), case.pk) == []


def test_an_apprentice_sits_beside_his_master_where_both_parties_want_it(desk, now):
    desk.consented()
    with pytest.raises(NotNeutral):
        services.name_mediator(desk.one.pk, desk.learner, by=desk.secretary, now=now)
    with pytest.raises(ApprenticeUnwanted):
        services.name_mediator(
            desk.one.pk, desk.master, by=desk.secretary, now=now, apprentice=desk.learner
        )
    with pytest.raises(NotAMaster):
        services.name_mediator(
            desk.one.pk, desk.master, by=desk.secretary, now=now, apprentice=desk.master
        )


def test_hours_beside_a_master_count_when_the_session_was_held(desk, now):
    desk.meeting(apprentice=desk.learner, apprentice_attends=True)
    with pytest.raises(NotYetOver):
        services.hold_session(desk.session.pk, by=desk.viewer(desk.ma), now=now)
    with pytest.raises(NotTheMediator):
        services.hold_session(desk.session.pk, by=desk.secretary, now=now + 2 * DAY)
    services.hold_session(desk.session.pk, by=desk.viewer(desk.ma), now=now + 2 * DAY)
    listed = {one.mediator.pk: one for one in list_mediators(desk.secretary)}
    assert listed[desk.learner.pk].hours == 1.0 and listed[desk.master.pk].hours is None
    assert listed[desk.master.pk].load == 1


def test_mediator_and_station_sit_in_one_session_at_a_time(desk, now):
    desk.meeting()
    with pytest.raises(Taken):
        services.set_session(desk.one.pk, now + DAY, now + DAY + HOUR, by=desk.secretary, now=now)
    free = now + DAY + HOUR
    services.set_session(desk.one.pk, free, free + HOUR, by=desk.secretary, now=now)
    services.cancel_session(desk.session.pk, by=desk.secretary, now=now)
    services.set_session(desk.one.pk, now + DAY, now + DAY + HOUR, by=desk.secretary, now=now)


def test_a_signed_agreement_is_not_altered_and_the_last_signature_agrees(desk, now):
    desk.meeting()
    ma = desk.viewer(desk.ma)
    with pytest.raises(NotNow):
        services.sign_agreement(desk.parties[0].pk, How.PAPER, by=ma, now=now)
    with pytest.raises(NotTheMediator):
        services.write_agreement(desk.one.pk, [Point("a", "b")], by=desk.secretary, now=now)
    services.write_agreement(desk.one.pk, [Point("修墙", "甲")], by=ma, now=now)
    services.write_agreement(desk.one.pk, [Point("修墙并粉刷", "甲")], by=ma, now=now)
    services.sign_agreement(desk.parties[0].pk, How.PAPER, by=ma, now=now)
    with pytest.raises(SignedAlready):
        services.write_agreement(desk.one.pk, [Point("不修", "甲")], by=ma, now=now)
    with pytest.raises(SignedAlready):
        services.sign_agreement(desk.parties[0].pk, How.PAPER, by=ma, now=now)
    assert desk.fresh().state == State.MEETING
    services.sign_agreement(desk.parties[1].pk, How.PAPER, by=ma, now=now)
    assert desk.fresh().state == State.AGREED


def test_it_is_asked_after_one_month_and_three_and_then_settled(desk, now):
    desk.agreed()
    with pytest.raises(NotYetDue):
        services.follow_up(desk.one.pk, Kept.YES, by=desk.secretary, now=now)
    services.call_due(now)
    assert waits("follow") == 0
    first = now + timedelta(days=31)
    services.call_due(first)
    services.call_due(first)
    assert waits("follow") == 1
    assert desk.ma.pk.hex in Errand.objects.get(kind="mediation.follow").first.replace("-", "")
    services.follow_up(desk.one.pk, Kept.PARTLY, by=desk.viewer(desk.ma), now=first)
    assert (desk.fresh().state, waits("follow")) == (State.FOLLOWED, 0)
    last = now + timedelta(days=93)
    services.call_due(last)
    services.follow_up(desk.one.pk, Kept.YES, by=desk.secretary, now=last)
    assert (desk.fresh().state, desk.fresh().end) == (State.ENDED, "settled")


def test_an_agreement_that_is_not_kept_brings_them_together_again(desk, now):
    desk.agreed()
    services.follow_up(desk.one.pk, Kept.NO, by=desk.secretary, now=now + 3 * DAY)
    assert desk.fresh().state == State.MEETING and waits("resume") == 1
    again = services.write_agreement(
        desk.one.pk, [Point("重做", "甲")], by=desk.viewer(desk.ma), now=now + 4 * DAY
    )
    assert again.number == 2


def test_a_suspended_one_goes_on_by_itself_on_its_day(desk, now):
    desk.meeting()
    services.suspend_mediation(desk.one.pk, now.date() + 10 * DAY, by=desk.secretary, now=now)
    assert services.call_due(now + 9 * DAY) == 0
    assert services.call_due(now + 10 * DAY) == 1
    assert desk.fresh().state == State.MEETING and waits("resume") == 1


def test_it_is_handed_on_only_where_every_party_lets_it_to_that_very_body(desk, now):
    desk.named()
    services.allow_referral(desk.parties[0].pk, Body.COURT, by=desk.viewer(desk.resident), now=now)
    services.allow_referral(desk.parties[1].pk, Body.POLICE, by=desk.secretary, now=now)
    with pytest.raises(ConsentMissing):
        services.refer_mediation(desk.one.pk, Body.COURT, by=desk.secretary, now=now)
    services.allow_referral(desk.parties[1].pk, Body.COURT, by=desk.secretary, now=now)
    services.refer_mediation(desk.one.pk, Body.COURT, by=desk.secretary, now=now)
    assert (desk.fresh().end, desk.fresh().referred_to) == ("referred", "court")
    assert Entry.objects.filter(verb="mediation.referred").count() == 1


def test_nobody_stands_in_the_register_twice_and_no_apprentice_has_one(desk, cast, now):
    with pytest.raises(MediatorKnown):
        services.enter_mediator(desk.ma, cast.community, Practice(), by=desk.secretary, now=now)
    third = make.person("第三人", cast.street)
    with pytest.raises(MasterMissing):
        practice = Practice(master=desk.learner)
        services.enter_mediator(third, cast.community, practice, by=desk.secretary, now=now)


def test_who_may_see_it(desk, cast, now):
    desk.named()
    ref = desk.one.ref
    for who in (cast.stranger, cast.worker):
        assert mediation_page(cast.viewer(who), ref) is None
        page = list_mediations(cast.viewer(who), Wanted(), today=now.date())
        assert page.items == []
    for who in (cast.secretary, cast.officer, desk.ma, desk.resident):
        assert mediation_page(cast.viewer(who), ref) is not None
    assert mediation_page(cast.viewer(desk.resident), ref).own.letter == "A"


def test_figures_of_few_are_withheld(desk, cast, now):
    for _number in range(4):
        desk.asked()
    few = figures(desk.secretary, now - DAY, now + DAY)
    assert few.asked is None and few.kinds[0].number is None and few.kinds[0].days is None
    for _number in range(2):
        desk.asked()
    enough = figures(desk.secretary, now - DAY, now + DAY)
    assert (enough.asked, enough.kinds[0].number) == (6, 6)
    assert [one.number for one in enough.outcomes] == [0, 0, 0, 0, 6]
    assert figures(cast.viewer(cast.stranger), now - DAY, now + DAY).kinds == []
