"""A question goes up, an answer is owed, silence climbs."""

from datetime import timedelta

import pytest

from renwang.base.models import Entry
from renwang.chain.reach import NotInReach
from renwang.signals import selectors, services
from renwang.signals.models import Referral
from renwang.signals.rules import (
    AnswerOwed,
    NobodyAbove,
    ReasonMissing,
    ReferralOver,
    ReferralState,
    SignalState,
    Source,
    TermRefused,
    WordsMissing,
)

HOUR = timedelta(hours=1)


@pytest.fixture
def matter(cast):
    secretary = cast.viewer(cast.secretary)
    signals = [
        services.receive_signal(
            services.Report(Source.RESIDENT, words, cast.now), cast.grid, by=secretary, now=cast.now
        )
        for words in ("井盖没了", "3号楼前井盖不见了")
    ]
    return services.link_signals([one.pk for one in signals], by=secretary, now=cast.now)


def refer(cast, matter, term=HOUR):
    return services.refer_matter(
        matter.pk, "是否由街道处置？", term=term, by=cast.viewer(cast.secretary), now=cast.now
    )


# --- refusals -------------------------------------------------------------------


def test_a_stranger_refers_nothing(cast, matter):
    with pytest.raises(NotInReach):
        services.refer_matter(
            matter.pk, "?", term=HOUR, by=cast.viewer(cast.stranger), now=cast.now
        )


@pytest.mark.parametrize("term", [timedelta(minutes=4), timedelta(days=8)])
def test_a_term_can_be_kept_and_ends(cast, matter, term):
    with pytest.raises(TermRefused):
        refer(cast, matter, term)


def test_a_question_has_words_and_is_put_once(cast, matter):
    with pytest.raises(WordsMissing):
        services.refer_matter(
            matter.pk, " ", term=HOUR, by=cast.viewer(cast.secretary), now=cast.now
        )
    refer(cast, matter)
    with pytest.raises(AnswerOwed):
        refer(cast, matter)


def test_there_is_nobody_above_the_top(cast):
    operator = cast.viewer(cast.operator)
    signal = services.receive_signal(
        services.Report(Source.ABOVE, "全区", cast.now), cast.district, by=operator, now=cast.now
    )
    services.put_aside(signal.pk, by=operator, now=cast.now, reason="x")
    services.reopen_signal(signal.pk, by=operator, now=cast.now)
    other = services.receive_signal(
        services.Report(Source.ABOVE, "全区二", cast.now), cast.district, by=operator, now=cast.now
    )
    top = services.link_signals([signal.pk, other.pk], by=operator, now=cast.now)
    with pytest.raises(NobodyAbove):
        services.refer_matter(top.pk, "?", term=HOUR, by=operator, now=cast.now)


@pytest.mark.parametrize("who", ["secretary", "stranger", "worker"])
def test_nobody_answers_his_own_question(cast, matter, who):
    referral = refer(cast, matter)
    with pytest.raises(NotInReach):
        services.answer_referral(
            referral.pk, "好", by=cast.viewer(getattr(cast, who)), now=cast.now
        )


# --- what happens -----------------------------------------------------------------


def test_a_question_goes_to_the_unit_above_ones_own_and_silence_climbs(cast, matter):
    referral = refer(cast, matter)
    assert (referral.asked, referral.due_at) == (cast.street, cast.now + HOUR)
    assert {s.state for s in matter.signals.all()} == {SignalState.REFERRED}
    assert services.climb_referrals(cast.now + HOUR - timedelta(seconds=1)) == 0
    assert services.climb_referrals(cast.now + HOUR) == 1
    referral.refresh_from_db()
    assert referral.asked == cast.district
    assert referral.due_at == cast.now + HOUR + HOUR / 2, "silence is not given its time again"
    assert services.climb_referrals(referral.due_at) == 1, "it stays at the top and is marked"
    assert services.climb_referrals(referral.due_at + HOUR) == 0
    referral.refresh_from_db()
    assert referral.is_at_top
    assert [step.unit for step in referral.steps.order_by("rung")] == [
        cast.street, cast.district,
    ]  # fmt: skip
    silent = [e.facts["silent"] for e in Entry.objects.filter(verb="signals.referral_climbed")]
    assert silent == ["青石街道", "柳湾区"]


def test_an_answer_is_recorded_with_how_long_it_took(cast, matter):
    referral = refer(cast, matter)
    later = cast.now + 20 * timedelta(minutes=1)
    answered = services.answer_referral(
        referral.pk, "由社区先行围挡，街道 17 时前更换", by=cast.viewer(cast.officer), now=later
    )
    assert answered.state == ReferralState.ANSWERED
    assert {s.state for s in matter.signals.all()} == {SignalState.ASSESSED}
    facts = Entry.objects.get(verb="signals.answered").facts
    assert (facts["seconds"], facts["levels"]) == (1200.0, 1)
    with pytest.raises(ReferralOver):
        services.answer_referral(referral.pk, "再答", by=cast.viewer(cast.officer), now=later)
    assert services.climb_referrals(cast.now + 9 * HOUR) == 0


def test_whoever_was_silent_may_still_answer(cast, matter):
    referral = refer(cast, matter)
    services.climb_referrals(cast.now + HOUR)
    services.climb_referrals(cast.now + 2 * HOUR)
    answered = services.answer_referral(
        referral.pk, "来迟了，已安排", by=cast.viewer(cast.officer), now=cast.now + 2 * HOUR
    )
    assert answered.state == ReferralState.ANSWERED


def test_a_question_that_settled_itself_is_taken_back(cast, matter):
    referral = refer(cast, matter)
    secretary = cast.viewer(cast.secretary)
    with pytest.raises(ReasonMissing):
        services.withdraw_referral(referral.pk, by=secretary, now=cast.now, reason="")
    services.withdraw_referral(referral.pk, by=secretary, now=cast.now, reason="井盖找到了")
    refer(cast, matter)
    assert Referral.objects.count() == 2


def test_each_side_sees_what_it_owes_and_waits_for(cast, matter):
    referral = refer(cast, matter)
    services.climb_referrals(cast.now + HOUR)
    officer, secretary = cast.viewer(cast.officer), cast.viewer(cast.secretary)
    assert [one.pk for one in selectors.list_referrals(officer, side="owed").items] == [referral.pk]
    assert [one.pk for one in selectors.list_referrals(secretary, side="waiting").items] == [
        referral.pk
    ]
    assert selectors.list_referrals(cast.viewer(cast.stranger)).items == []
    assert (
        selectors.matter_page(officer, matter.ref).referrals[0].steps.all()[0].unit == cast.street
    )
