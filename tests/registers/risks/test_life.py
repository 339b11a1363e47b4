"""The life of a risk through the services: who may not, what is refused, what each step leaves behind."""

from datetime import timedelta

import pytest

from renwang.base.models import Entry
from renwang.chain.reach import NotInReach
from renwang.registers.risks import rules, scale_rules, services
from renwang.registers.risks.models import Risk, Step
from renwang.registers.risks.rules import ReferralState, State
from renwang.registers.risks.scale_rules import Judgement, Level
from renwang.registers.risks.services import Found
from tests import make
from tests.registers.risks.conftest import DAY, TODAY, found, judged, planned, rectified


def verbs(risk) -> list[str]:
    return list(
        Entry.objects.filter(subject_id=str(risk.pk)).order_by("pk").values_list("verb", flat=True)
    )


# --- found ------------------------------------------------------------------------


def test_a_stranger_reports_nothing_here(cast):
    told = Found("裂缝", cast.now)
    with pytest.raises(NotInReach):
        services.report_risk(told, cast.grid, by=cast.viewer(cast.stranger), now=cast.now)


@pytest.mark.parametrize(
    ("told", "refusal"),
    [({"words": "  "}, rules.WordsMissing), ({"later": True}, rules.FoundInTheFuture)],
)
def test_a_find_says_something_that_has_happened(cast, told, refusal):
    at = cast.now + (timedelta(hours=1) if told.pop("later", False) else timedelta())
    with pytest.raises(refusal):
        services.report_risk(
            Found(told.get("words", "裂缝"), at),
            cast.grid,
            by=cast.viewer(cast.worker),
            now=cast.now,
        )
    assert not Risk.objects.exists()


def test_the_same_find_twice_is_one(cast):
    assert found(cast, outside="field:1").pk == found(cast, outside="field:1").pk
    assert Risk.objects.count() == 1


def test_who_only_carries_words_may_report_what_he_sees(cast):
    risk = found(cast, unit=cast.group, by=cast.leader)
    assert (risk.state, risk.category, risk.asked) == (State.FOUND, "natural", cast.group)
    assert risk.due_at == cast.now + 3 * DAY
    assert verbs(risk) == ["risks.found"]


# --- judged -----------------------------------------------------------------------


def test_who_reports_does_not_judge(cast):
    risk = found(cast)
    for who in (cast.worker, cast.stranger):
        with pytest.raises(NotInReach):
            services.judge_risk(
                risk.pk, Judgement((4, 4), "看过"), by=cast.viewer(who), now=cast.now
            )


def test_judging_says_the_colours_and_counts_who_is_exposed(cast):
    house = make.building("3号楼", cast.grid, lon=106.5, lat=29.5)
    make.building("9号楼", cast.grid, lon=106.6, lat=29.5)
    make.household(house, "101", heads=3)
    make.household(house, "102", heads=2)
    risk = found(cast, lon=106.5001, lat=29.5)
    said = Judgement((4, 4), "裂缝在扩大", (5, 5), (2, 2), "浅层滑坡", "连续降雨后整体下滑")
    risk = services.judge_risk(
        risk.pk, said, by=cast.viewer(cast.secretary), now=cast.now, reach_m=80
    )
    assert (risk.inherent, risk.level, risk.residual) == (Level.RED, Level.ORANGE, Level.BLUE)
    assert (risk.exposed["households"], risk.exposed["residents"]) == (2, 5)
    assert risk.state == State.OPEN
    assert Step.objects.filter(risk=risk, act="judge").get().facts["level"] == "orange"


# --- measures ---------------------------------------------------------------------


def test_only_who_judges_plans_and_only_for_a_day_to_come(cast):
    risk = judged(cast)
    with pytest.raises(NotInReach):
        services.plan_measure(
            risk.pk, "清理", cast.grid_post, due_on=TODAY, by=cast.viewer(cast.worker), now=cast.now
        )
    with pytest.raises(rules.DueInThePast):
        services.plan_measure(
            risk.pk, "清理", cast.grid_post, due_on=TODAY - DAY,
            by=cast.viewer(cast.secretary), now=cast.now,
        )  # fmt: skip


def test_a_measure_is_done_by_who_holds_its_post(cast, mate):
    measure = planned(cast)
    with pytest.raises(NotInReach):
        services.finish_measure(measure.pk, "清了", by=cast.viewer(mate), now=cast.now)
    with pytest.raises(rules.EvidenceMissing):
        services.finish_measure(measure.pk, " ", by=cast.viewer(cast.worker), now=cast.now)
    done = services.finish_measure(measure.pk, "清了", by=cast.viewer(cast.worker), now=cast.now)
    assert done.done_by == cast.worker.pk
    with pytest.raises(rules.MeasureOver):
        services.finish_measure(measure.pk, "清了", by=cast.viewer(cast.worker), now=cast.now)


def test_what_is_due_is_the_first_measure_then_the_word_that_it_is_mended(cast):
    measure = planned(cast, days=10)
    risk = Risk.objects.get()
    assert risk.due_at > cast.now + 10 * DAY
    services.finish_measure(measure.pk, "清了", by=cast.viewer(cast.worker), now=cast.now)
    risk.refresh_from_db()
    assert risk.due_at == cast.now + 3 * DAY


def test_a_risk_with_open_measures_is_not_mended(cast):
    measure = planned(cast)
    with pytest.raises(rules.MeasuresOpen):
        services.rectify_risk(measure.risk_id, "好了", by=cast.viewer(cast.worker), now=cast.now)
    services.drop_measure(
        measure.pk, by=cast.viewer(cast.secretary), now=cast.now, reason="改为削坡"
    )
    services.rectify_risk(measure.risk_id, "好了", by=cast.viewer(cast.worker), now=cast.now)
    assert Risk.objects.get().state == State.RECTIFIED


# --- checked by another person ------------------------------------------------------


def test_nobody_checks_his_own_work(cast):
    risk = rectified(cast, pair=(2, 3))
    with pytest.raises(rules.SameHandTwice):
        services.recheck_risk(risk.pk, True, "好了", by=cast.viewer(cast.worker), now=cast.now)


def test_who_did_a_measure_does_not_check_what_another_declared(cast, mate):
    measure = planned(cast, pair=(2, 3))
    services.finish_measure(measure.pk, "清了", by=cast.viewer(cast.worker), now=cast.now)
    services.rectify_risk(measure.risk_id, "好了", by=cast.viewer(mate), now=cast.now)
    for who in (cast.worker, mate):
        with pytest.raises(rules.SameHandTwice):
            services.recheck_risk(measure.risk_id, True, "好了", by=cast.viewer(who), now=cast.now)


def test_what_is_grave_is_checked_by_one_who_judges(cast, mate):
    risk = rectified(cast, pair=(4, 4))
    with pytest.raises(NotInReach):
        services.recheck_risk(risk.pk, True, "好了", by=cast.viewer(mate), now=cast.now)
    services.recheck_risk(risk.pk, True, "好了", by=cast.viewer(cast.secretary), now=cast.now)
    assert Risk.objects.get().state == State.CLOSED


def test_what_is_not_mended_comes_back_and_can_be_closed_later(cast, mate):
    risk = rectified(cast, pair=(2, 3))
    back = services.recheck_risk(risk.pk, False, "还在掉", by=cast.viewer(mate), now=cast.now)
    assert (back.state, back.due_at) == (State.OPEN, cast.now + 3 * DAY)
    services.rectify_risk(risk.pk, "又清了一遍", by=cast.viewer(cast.worker), now=cast.now)
    closed = services.recheck_risk(risk.pk, True, "好了", by=cast.viewer(mate), now=cast.now)
    assert (closed.state, closed.due_at, closed.climb_at) == (State.CLOSED, None, None)
    again = services.reopen_risk(risk.pk, by=cast.viewer(mate), now=cast.now, reason="又裂了")
    assert (again.state, again.rectified_by) == (State.OPEN, None)


# --- accepted -----------------------------------------------------------------------


def accept(cast, risk, who, days=30):
    return services.accept_risk(
        risk.pk, until_on=TODAY + days * DAY, by=cast.viewer(who), now=cast.now, reason="已设警示"
    )


def test_an_officer_on_duty_accepts_nothing(cast):
    with pytest.raises(NotInReach):
        accept(cast, judged(cast, (1, 1)), cast.officer)


def test_a_grave_risk_is_accepted_only_from_above(cast):
    risk = found(cast, unit=cast.community, by=cast.secretary)
    risk = services.judge_risk(
        risk.pk, Judgement((4, 4), "看过"), by=cast.viewer(cast.secretary), now=cast.now
    )
    with pytest.raises(scale_rules.TooLowToAccept):
        accept(cast, risk, cast.secretary)
    assert accept(cast, risk, cast.operator).state == State.ACCEPTED


def test_an_acceptance_ends_and_the_risk_is_open_again(cast):
    risk = judged(cast, (2, 3))
    with pytest.raises(scale_rules.AcceptedTooLong):
        accept(cast, risk, cast.secretary, days=1000)
    with pytest.raises(scale_rules.AcceptedTooLong):
        accept(cast, risk, cast.secretary, days=0)
    accepted = accept(cast, risk, cast.secretary, days=30)
    assert accepted.climb_at is None
    assert services.end_acceptances(cast.now + 30 * DAY) == 0
    later = cast.now + 32 * DAY
    assert services.end_acceptances(later) == 1
    risk.refresh_from_db()
    assert (risk.state, risk.due_at, risk.accepted_until) == (State.OPEN, later + 7 * DAY, None)
    assert services.end_acceptances(later) == 0


# --- referred upward, and silence climbs ----------------------------------------------


def refer(cast, risk):
    return services.refer_risk(
        risk.pk, "请派地质专家", term=2 * DAY, by=cast.viewer(cast.secretary), now=cast.now
    )


def test_a_referred_risk_owes_an_answer_that_climbs(cast):
    risk = judged(cast)
    referral = refer(cast, risk)
    assert (referral.unit, referral.asked) == (cast.community, cast.street)
    with pytest.raises(rules.NotNow):
        refer(cast, risk)
    assert services.climb_risks(cast.now + DAY) == 0
    assert services.climb_risks(cast.now + 2 * DAY) == 1
    risk.refresh_from_db()
    assert (risk.asked, risk.rung) == (cast.district, 1)
    assert services.climb_risks(cast.now + 2 * DAY) == 0
    assert services.climb_risks(cast.now + 9 * DAY) == 1
    risk.refresh_from_db()
    assert risk.climb_at is None  # nobody above; it stays late where it is
    assert risk.due_at == cast.now + 2 * DAY
    assert services.climb_risks(cast.now + 90 * DAY) == 0


def test_who_asked_does_not_answer_himself(cast):
    risk = judged(cast)
    with pytest.raises(rules.ReferralOver):
        services.answer_risk(risk.pk, "好", by=cast.viewer(cast.officer), now=cast.now)
    refer(cast, risk)
    for who in (cast.secretary, cast.stranger):
        with pytest.raises(NotInReach):
            services.answer_risk(risk.pk, "好", by=cast.viewer(who), now=cast.now)
    answered = services.answer_risk(risk.pk, "周五到场", by=cast.viewer(cast.officer), now=cast.now)
    assert answered.state == ReferralState.ANSWERED
    risk.refresh_from_db()
    assert (risk.state, risk.asked) == (State.OPEN, cast.grid)


def test_a_question_that_settled_itself_is_taken_back(cast):
    risk = judged(cast)
    refer(cast, risk)
    with pytest.raises(rules.WordsMissing):
        services.withdraw_question(
            risk.pk, by=cast.viewer(cast.secretary), now=cast.now, reason=" "
        )
    services.withdraw_question(
        risk.pk, by=cast.viewer(cast.secretary), now=cast.now, reason="已自行解决"
    )
    assert Risk.objects.get().state == State.OPEN


def test_a_measure_meanwhile_does_not_stop_the_clock_of_the_answer(cast):
    risk = judged(cast)
    refer(cast, risk)
    services.plan_measure(
        risk.pk, "先设警戒线", cast.grid_post, due_on=TODAY + 20 * DAY,
        by=cast.viewer(cast.secretary), now=cast.now,
    )  # fmt: skip
    risk.refresh_from_db()
    assert (risk.state, risk.due_at, risk.asked) == (
        State.REFERRED, cast.now + 2 * DAY, cast.street,
    )  # fmt: skip


def test_what_nobody_judges_climbs_too_and_seeing_to_it_brings_it_down_again(cast):
    risk = found(cast)
    services.climb_risks(cast.now + 3 * DAY)
    risk.refresh_from_db()
    assert (risk.asked, risk.rung) == (cast.community, 1)
    judged_ = services.judge_risk(
        risk.pk, Judgement((2, 2), "看过"), by=cast.viewer(cast.secretary), now=cast.now + 4 * DAY
    )
    assert (judged_.asked_id, judged_.rung) == (cast.grid.pk, 0)


# --- a whole life in the journal -----------------------------------------------------


def test_every_step_is_a_fact(cast):
    risk = rectified(cast)
    services.recheck_risk(risk.pk, True, "好了", by=cast.viewer(cast.secretary), now=cast.now)
    assert verbs(risk) == [
        "risks.found", "risks.judged", "risks.measure_planned", "risks.measure_done",
        "risks.rectified", "risks.confirmed",
    ]  # fmt: skip
    assert list(risk.steps.order_by("pk").values_list("act", flat=True)) == [
        "found", "judge", "planned", "done", "rectify", "confirm",
    ]  # fmt: skip
