"""What staff and the reporter do with a case, refusals first; clocks that stand, climb and are put off."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from renwang.base.models import Entry
from renwang.cases import services
from renwang.cases.alike import alike
from renwang.cases.clock_rules import ClockKind, DateRefused, ExtendedTooLate, ExtendedTooOften
from renwang.cases.models import Answer, Case, Clock, Reporter, Step
from renwang.cases.route_rules import Verdict
from renwang.cases.rules import (
    Act,
    CodeUnknown,
    End,
    EndMissing,
    MergedIntoItself,
    NobodyAbove,
    NotNow,
    NotTheArbiter,
    ReporterReachable,
    ReturnedTooFar,
    SameHandTwice,
    State,
    UndoneTooLate,
    WordsMissing,
)
from renwang.cases.selectors import Wanted, list_cases, taken_by, to_ring, visible_to
from renwang.cases.tracking import track
from renwang.cases.waiting import ARBITRATE, CALL_BACK, CASE
from renwang.chain.reach import NotInReach
from renwang.outreach.errand_rules import ErrandState
from renwang.outreach.models import Errand
from tests.cases.conftest import DAY, answered, brought, entered, said, taken
from tests.cases.test_intake import picture

ZONE = ZoneInfo("Asia/Shanghai")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def clock(case: Case, kind: ClockKind) -> Clock:
    return Clock.objects.get(case=case, kind=kind, met_at=None)


def waits(case: Case, kind: str = CASE) -> list[Errand]:
    return list(Errand.objects.filter(subject_id=case.pk, kind=kind, state=ErrandState.OPEN))


def in_hand(cast, case: Case | None = None, **changes) -> Case:
    case = case or brought(cast, **changes)
    by = cast.viewer(cast.secretary)
    services.accept_case(case.pk, by=by, now=cast.now)
    services.take_case(case.pk, by=by, now=cast.now)
    case.refresh_from_db()
    return case


class TestWhoMayNot:
    def test_do_anything_to_a_case_out_of_reach(self, cast, now):
        case = brought(cast)
        for who in (cast.stranger, cast.leader):
            by = cast.viewer(who)
            for deed in (
                lambda by=by: services.screen_case(case.pk, by=by, now=now),
                lambda by=by: services.accept_case(case.pk, by=by, now=now),
                lambda by=by: services.assign_case(case.pk, cast.community, by=by, now=now),
                lambda by=by: services.answer_case(case.pk, said(), by=by, now=now),
                lambda by=by: services.return_case(case.pk, "不归我们", by=by, now=now),
                lambda by=by: services.note_case(case.pk, "注", by=by, now=now),
                lambda by=by: services.mask_case(case.pk, "*", "隐私", by=by, now=now),
                lambda by=by: services.read_contact(case.pk, by=by, now=now),
                lambda by=by: services.renew_code(case.pk, by=by, now=now),
                lambda by=by: services.put_on_risk_list(case.pk, by=by, now=now),
            ):
                with pytest.raises(NotInReach):
                    deed()
        assert not visible_to(cast.viewer(cast.stranger)).exists()
        assert visible_to(cast.viewer(cast.worker)).get() == case

    def test_answer_without_saying_how_it_ended(self, cast, now):
        by, case = cast.viewer(cast.secretary), brought(cast)
        with pytest.raises(EndMissing):
            services.answer_case(case.pk, said(End.DUPLICATE), by=by, now=now)
        with pytest.raises(WordsMissing):
            services.answer_case(case.pk, said(words=" "), by=by, now=now)
        assert not Answer.objects.exists()

    def test_do_what_has_no_place_where_it_stands(self, cast, now):
        by, case = cast.viewer(cast.secretary), brought(cast)
        with pytest.raises(NotNow):
            services.resume_case(case.pk, by=by, now=now)
        with pytest.raises(NotNow):
            services.close_silent(case.pk, by=by, now=now)
        with pytest.raises(NotNow):
            services.reopen_case(case.pk, "还没好", by=by, now=now)


class TestOnTheWay:
    def test_looking_at_it_and_accepting_it_meet_their_clocks(self, cast, now):
        case = brought(cast)
        by = cast.viewer(cast.secretary)
        services.screen_case(case.pk, by=by, now=now)
        assert not Clock.objects.filter(case=case, kind="receive", met_at=None).exists()
        services.accept_case(case.pk, words="明天上门", by=by, now=now)
        assert set(Clock.objects.filter(case=case, met_at=None).values_list("kind", flat=True)) == {
            "answer"
        }
        case.refresh_from_db()
        assert case.due_at == clock(case, ClockKind.ANSWER).due_at

    def test_another_kind_gives_another_term_from_when_it_came(self, cast, now):
        case = brought(cast)  # anything else: ten working days
        services.screen_case(case.pk, kind="inquiry", by=cast.viewer(cast.secretary), now=now)
        assert clock(case, ClockKind.ANSWER).due_at == at("2026-07-17 18:00")

    def test_given_out_somebody_there_is_called_and_nobody_before_him(self, cast, now):
        case, by = brought(cast), cast.viewer(cast.officer)
        services.accept_case(case.pk, by=by, now=now)
        services.assign_case(case.pk, cast.neighbour_community, by=by, now=now)
        assert [one.path for one in waits(case)] == [cast.neighbour_community.path]
        case.refresh_from_db()
        assert case.held_path == cast.neighbour_community.path and case.path == cast.grid.path

    def test_coming_back_to_whom_it_was_with_is_counted(self, cast, now):
        case, by = brought(cast), cast.viewer(cast.officer)
        services.accept_case(case.pk, by=by, now=now)
        for unit in (cast.community, cast.neighbour_community, cast.community):
            services.assign_case(case.pk, unit, by=by, now=now)
        case.refresh_from_db()
        assert case.pingpong == 1

    def test_the_clock_stands_still_while_the_reporter_is_asked(self, cast, now):
        one = taken(cast)
        case = in_hand(cast, one.case)
        before = clock(case, ClockKind.ANSWER).due_at
        services.ask_reporter(case.pk, "是哪一盏灯？", by=cast.viewer(cast.secretary), now=now)
        case.refresh_from_db()
        assert case.due_at is None and not waits(case)
        assert services.look_at_clocks(before + DAY) == 0
        services.add_by_code(one.code, "门口左边那盏", now=now + 6 * DAY)
        case.refresh_from_db()
        assert case.state == State.IN_HAND
        assert clock(case, ClockKind.ANSWER).due_at == at("2026-08-04 18:00")  # ten days left
        assert waits(case)

    def test_the_clock_runs_on_while_a_date_is_waited_for_and_it_goes_on_by_itself(self, cast, now):
        case, by = in_hand(cast), cast.viewer(cast.secretary)
        with pytest.raises(DateRefused):
            services.postpone_case(case.pk, date(2026, 7, 15), "等材料", by=by, now=now)
        services.postpone_case(case.pk, date(2026, 7, 20), "等材料到货", by=by, now=now)
        assert services.look_at_clocks(now + DAY) == 0
        assert services.look_at_clocks(now + 5 * DAY) == 1
        case.refresh_from_db()
        assert case.state == State.IN_HAND

    def test_what_was_asked_of_the_level_above_comes_back_answered(self, cast, now):
        case = in_hand(cast)
        by = cast.viewer(cast.worker)
        services.refer_case(case.pk, "谁出维修费？", by=by, now=now)
        case.refresh_from_db()
        assert case.asked == cast.community and [one.path for one in waits(case)] == [
            cast.community.path
        ]
        with pytest.raises(NotInReach):
            services.reply_case(case.pk, "社区出", by=by, now=now)
        services.reply_case(case.pk, "社区出", by=cast.viewer(cast.secretary), now=now)
        case.refresh_from_db()
        assert case.state == State.IN_HAND and case.asked is None and case.holder == cast.grid

    def test_at_the_top_nobody_stands_above(self, cast, now):
        case = brought(cast, unit=cast.district)
        by = cast.viewer(cast.operator)
        services.accept_case(case.pk, by=by, now=now)
        with pytest.raises(NobodyAbove):
            services.refer_case(case.pk, "怎么办？", by=by, now=now)

    def test_it_is_put_off_once_in_time_with_a_reason_the_reporter_sees(self, cast, now):
        one = taken(cast)
        case, by = in_hand(cast, one.case), cast.viewer(cast.secretary)
        due = clock(case, ClockKind.ANSWER).due_at
        with pytest.raises(ExtendedTooLate):
            services.extend_case(case.pk, 3, "等检测", by=by, now=due)
        services.extend_case(case.pk, 3, "等检测报告", by=by, now=now)
        assert clock(case, ClockKind.ANSWER).due_at > due
        assert "等检测报告" in {step.words for step in track(one.code).steps}
        with pytest.raises(ExtendedTooOften):
            services.extend_case(case.pk, 3, "再等", by=by, now=now)

    def test_masked_words_are_shown_to_others_and_kept(self, cast, now):
        case = brought(cast, "他妈的王五家天天吵")
        services.mask_case(
            case.pk, "****家天天吵", "含侮辱性用语", by=cast.viewer(cast.secretary), now=now
        )
        case.refresh_from_db()
        assert case.words == "他妈的王五家天天吵" and case.masked == "****家天天吵"
        services.unmask_case(case.pk, by=cast.viewer(cast.secretary), now=now)
        case.refresh_from_db()
        assert not case.masked


class TestSilence:
    def test_climbs_level_by_level_up_to_the_top_and_stays_late(self, cast, now):
        case = brought(cast)
        moment = clock(case, ClockKind.RECEIVE).due_at
        reached = []
        for _turn in range(12):
            services.look_at_clocks(moment)
            reached.append(Clock.objects.get(case=case, kind="receive").path)
            moment += DAY
        assert reached[0] == cast.community.path
        assert reached[-1] == cast.district.path
        assert Clock.objects.get(case=case, kind="receive").look_at is None
        case.refresh_from_db()
        assert case.due_at < moment
        assert Step.objects.filter(case=case, act="climb").exists()
        assert waits(case)

    def test_asks_nobody_about_what_was_done_in_time(self, cast, now):
        case = answered(cast)
        silent = clock(case, ClockKind.SILENCE)
        assert services.look_at_clocks(silent.due_at - DAY) == 0


class TestAReturnedOrder:
    def test_names_the_gap_then_goes_to_the_arbiter_and_no_further(self, cast, now):
        case = in_hand(cast)
        worker, secretary = cast.viewer(cast.worker), cast.viewer(cast.secretary)
        with pytest.raises(NotTheArbiter):
            services.screen_case(brought(cast).pk, by=secretary, now=now)
            services.arbitrate_case(brought(cast).pk, cast.grid, "归网格", by=secretary, now=now)
        case, verdict = services.return_case(case.pk, "路灯不归网格管", by=worker, now=now)
        assert verdict is Verdict.GAP and case.gap and case.holder == cast.community
        services.assign_case(case.pk, cast.grid, by=secretary, now=now)
        case, verdict = services.return_case(case.pk, "确实不归我们", by=worker, now=now)
        assert verdict is Verdict.ARBITER and waits(case, ARBITRATE)
        assert clock(case, ClockKind.ARBITRATE).due_at == at("2026-07-16 18:00")
        with pytest.raises(NotInReach):
            services.arbitrate_case(case.pk, cast.grid, "归网格", by=worker, now=now)
        services.arbitrate_case(case.pk, cast.grid, "网格报修，费用社区出", by=secretary, now=now)
        assert not waits(case, ARBITRATE) and waits(case)
        with pytest.raises(ReturnedTooFar):
            services.return_case(case.pk, "还是不归我们", by=worker, now=now)


class TestTheAnswer:
    def test_is_confirmed_and_closed_when_he_has_not_thought_better_of_it(self, cast, now):
        one = taken(cast, contact="13900000009")
        case = answered(cast, one.case)
        services.confirm_by_code(one.code, now=now)
        case.refresh_from_db()
        assert case.state == State.CONFIRMED and Answer.objects.get().helped
        services.look_at_clocks(clock(case, ClockKind.COOL).due_at)
        case.refresh_from_db()
        assert (case.state, case.end) == (State.CLOSED, End.DONE)
        assert not Clock.objects.filter(case=case, met_at=None).exists()
        assert case.due_at is None and not waits(case)

    def test_rejected_goes_back_to_who_can_act_and_one_level_higher_each_time_after(
        self, cast, now
    ):
        one = taken(cast)
        case = answered(cast, one.case, by=cast.worker)
        held = []
        for again in range(3):
            services.reject_by_code(one.code, "还是不亮", now=now)
            case.refresh_from_db()
            assert (case.state, case.reopenings) == (State.REOPENED, again + 1)
            assert clock(case, ClockKind.ANSWER).due_at == at("2026-07-22 18:00")  # half of ten
            assert waits(case)
            held.append(case.holder.name)
            services.answer_case(case.pk, said(), by=cast.viewer(cast.officer), now=now)
        assert held == ["第一网格", "石桥社区", "柳湾区"]

    def test_is_kept_with_what_the_checker_said(self, cast, now):
        case = brought(cast)
        by = cast.viewer(cast.secretary)
        poor = said(words="您反映的问题已收悉。", done_on=None, ground="")
        assert services.advise_answer(case, poor)
        made = services.answer_case(case.pk, poor, by=by, now=now)
        assert {one["finding"] for one in made.advice} >= {"too_short", "canned"}
        assert not services.advise_answer(case, said())

    def test_copied_from_an_earlier_one_is_noticed(self, cast, now):
        first = answered(cast)
        found = services.advise_answer(brought(cast), said())
        assert [(one.finding, one.about) for one in found] == [("copy", first.ref)]


class TestRingingBack:
    def test_is_for_another_than_the_answerer_who_opens_the_number_on_the_record(self, cast, now):
        case = answered(cast, brought(cast, contact="13900000009"))
        later = clock(case, ClockKind.SILENCE).due_at
        services.look_at_clocks(later)
        case.refresh_from_db()
        assert case.state == State.ANSWERED and waits(case, CALL_BACK)
        assert str(cast.secretary.pk) in waits(case, CALL_BACK)[0].hands
        deputy, secretary = cast.viewer(cast.deputy), cast.viewer(cast.secretary)
        assert to_ring(deputy).items == [case] and to_ring(secretary).items == []
        assert services.read_contact(case.pk, by=deputy, now=later) == "13900000009"
        assert Entry.objects.filter(verb="cases.contact_read").count() == 1
        assert "13900000009" not in str(list(Reporter.objects.values()))
        with pytest.raises(SameHandTwice):
            services.call_back(case.pk, True, by=secretary, now=later)
        services.call_back(case.pk, False, "灯又坏了", by=deputy, now=later)
        case.refresh_from_db()
        assert case.state == State.REOPENED and not waits(case, CALL_BACK)

    def test_silence_ends_it_after_two_days_of_ringing(self, cast, now):
        case = answered(cast, brought(cast, contact="13900000009"))
        deputy = cast.viewer(cast.deputy)
        for day in (0, 0, 1):
            with pytest.raises(ReporterReachable):
                services.close_silent(case.pk, by=deputy, now=now)
            services.call_back(case.pk, None, by=deputy, now=now + day * DAY)
        services.close_silent(case.pk, by=deputy, now=now + DAY)
        case.refresh_from_db()
        assert case.state == State.CLOSED

    def test_who_left_nothing_to_ring_is_not_rung(self, cast, now):
        case = answered(cast)
        services.look_at_clocks(clock(case, ClockKind.SILENCE).due_at)
        case.refresh_from_db()
        assert case.state == State.CLOSED

    def test_nobody_rang_in_time_and_it_climbs(self, cast, now):
        case = answered(cast, brought(cast, contact="13900000009"))
        services.look_at_clocks(clock(case, ClockKind.SILENCE).due_at)
        ring = clock(case, ClockKind.CALL_BACK)
        services.look_at_clocks(ring.due_at)
        assert clock(case, ClockKind.CALL_BACK).rung == 1


class TestTheReporter:
    def test_needs_a_code(self, cast, now):
        for deed in (
            lambda: services.confirm_by_code("WRONG", now=now),
            lambda: services.reject_by_code("WRONG", "不行", now=now),
            lambda: services.add_by_code("WRONG", "再说", now=now),
            lambda: services.withdraw_by_code("WRONG", now=now),
        ):
            with pytest.raises(CodeUnknown):
                deed()

    def test_takes_it_back(self, cast, now):
        one = taken(cast)
        services.withdraw_by_code(one.code, now=now)
        case = Case.objects.get()
        assert (case.state, case.end) == (State.CLOSED, End.WITHDRAWN) and not waits(case)

    def test_who_lost_his_code_gets_a_new_one_and_the_old_one_leads_nowhere(self, cast, now):
        one = taken(cast)
        code = services.renew_code(one.case.pk, by=cast.viewer(cast.secretary), now=now)
        assert track(one.code) is None and track(code).own == one.case

    def test_never_reads_what_is_only_ours(self, cast, now):
        one = taken(cast)
        services.note_case(one.case.pk, "此人常投诉", by=cast.viewer(cast.secretary), now=now)
        tracked = track(one.code)
        assert "此人常投诉" not in str([step.words for step in tracked.steps])
        assert not any(step.by for step in tracked.steps)


class TestTogether:
    def test_merged_every_reporter_reads_the_answer_and_may_reject_it(self, cast, now):
        first, second = taken(cast), taken(cast, "三号楼前面的灯不亮")
        by = cast.viewer(cast.secretary)
        with pytest.raises(MergedIntoItself):
            services.merge_case(first.case.pk, first.case.pk, by=by, now=now)
        services.merge_case(second.case.pk, first.case.pk, by=by, now=now)
        answered(cast, first.case)
        tracked = track(second.code)
        assert tracked.own.end == End.DUPLICATE and tracked.answers and "reject" in tracked.may
        assert first.case.words not in {step.words for step in tracked.steps}
        services.reject_by_code(second.code, "我家门口的还没修", now=now)
        first.case.refresh_from_db()
        assert first.case.state == State.REOPENED

    def test_merged_nobody_sees_the_photograph_of_another_reporter(self, cast, now):
        first, second = taken(cast), taken(cast, "三号楼前面的灯不亮")
        by = cast.viewer(cast.secretary)
        services.merge_case(second.case.pk, first.case.pk, by=by, now=now)
        services.add_by_code(second.code, "这是我家门口", now=now, files=[picture()])
        assert first.case.photos.count() == 1
        assert not track(first.code).photos
        services.add_by_code(first.code, "这是楼下", now=now, files=[picture("blue")])
        assert len(track(first.code).photos) == 1

    def test_taken_apart_it_is_owed_an_answer_of_its_own(self, cast, now):
        first, second = brought(cast), brought(cast, "三号楼前面的灯不亮")
        by = cast.viewer(cast.secretary)
        services.merge_case(second.pk, first.pk, by=by, now=now)
        services.unmerge_case(second.pk, by=by, now=now)
        second.refresh_from_db()
        assert (second.state, second.end, second.merged_into) == (State.SCREENED, "", None)
        assert clock(second, ClockKind.ANSWER) and waits(second)

    def test_the_same_is_suggested_and_the_stranger_is_not(self, cast, now):
        one = brought(cast)
        same = brought(cast, "3号楼门口路灯坏了，晚上太黑")
        brought(cast, "楼上漏水，天花板泡坏了", unit=cast.neighbour_community)
        by = cast.viewer(cast.secretary)
        assert alike(by, one, now=now) == [same]
        assert alike(cast.viewer(cast.stranger), one, now=now) == []
        again = brought(cast, "3号楼门口路灯还是坏的，晚上太黑")
        assert set(alike(by, one, now=now)) == {same, again}
        Case.objects.filter(pk=again.pk).update(words="", search="")
        assert alike(by, one, now=now) == [same]

    def test_the_same_is_looked_for_by_two_statements(self, cast, now):
        one = brought(cast)
        by = cast.viewer(cast.secretary)
        alike(by, one, now=now)
        for _one in range(3):
            brought(cast, "3号楼门口路灯坏了，晚上太黑")
        with CaptureQueriesContext(connection) as made:
            assert len(alike(by, one, now=now)) == 3
        assert len(made) == 2

    def test_a_part_is_a_case_of_its_own(self, cast, now):
        one = taken(cast)
        by = cast.viewer(cast.secretary)
        part = services.part_case(one.case.pk, "树枝挡灯", "road", cast.community, by=by, now=now)
        assert part.parent == one.case and part.kind == "road" and track(one.code).parts == [part]

    def test_a_danger_goes_onto_the_risk_list_once(self, cast, now):
        case = brought(cast, kind="slope")
        by = cast.viewer(cast.secretary)
        first = services.put_on_risk_list(case.pk, by=by, now=now)
        again = services.put_on_risk_list(case.pk, by=by, now=now)
        assert first == again and first.origin == case.ref and first.hazard == "landslide"


class TestManyAtOnce:
    def test_are_done_and_undone_but_what_has_gone_on_since_stays(self, cast, now):
        by = cast.viewer(cast.secretary)
        cases = [brought(cast) for _one in range(3)]
        out = services.do_to_many([one.pk for one in cases], act=Act.ACCEPT, by=by, now=now)
        assert (out.done, out.refused) == (3, {})
        services.note_case(cases[0].pk, "看过", by=by, now=now)
        assert services.undo_bunch(out.bunch.pk, by=by, now=now) == (2, 1)
        states = sorted(Case.objects.values_list("state", flat=True))
        assert states == ["accepted", "received", "received"]
        assert Clock.objects.filter(case=cases[1], met_at=None).count() == 3
        with pytest.raises(UndoneTooLate):
            services.undo_bunch(out.bunch.pk, by=by, now=now)

    def test_one_that_refuses_stays_and_is_named(self, cast, now):
        by = cast.viewer(cast.secretary)
        done, open_ = answered(cast), brought(cast)
        out = services.do_to_many([done.pk, open_.pk], act=Act.ACCEPT, by=by, now=now)
        assert out.done == 1 and set(out.refused) == {done.ref}

    def test_undoing_is_for_who_did_it(self, cast, now):
        out = services.do_to_many(
            [brought(cast).pk], act=Act.ACCEPT, by=cast.viewer(cast.secretary), now=now
        )
        with pytest.raises(UndoneTooLate):
            services.undo_bunch(out.bunch.pk, by=cast.viewer(cast.deputy), now=now)


class TestFinding:
    def test_filters_narrow_and_pages_go_on(self, cast, now):
        by = cast.viewer(cast.officer)
        late = brought(cast, now=now - 30 * DAY)
        mine = entered(cast)
        other = brought(cast, "电梯坏了", kind="lift_stuck")
        assert list_cases(by, Wanted(overdue=True), now=now).items == [late]
        assert list_cases(by, Wanted(text="电梯"), now=now).items == [other]
        assert list_cases(by, Wanted(kinds=["lift_stuck"]), now=now).items == [other]
        assert list_cases(by, Wanted(older_than=DAY), now=now).items == [late]
        assert mine in list_cases(cast.viewer(cast.worker), Wanted(mine=True), now=now).items
        first = list_cases(by, Wanted(), now=now, size=2)
        second = list_cases(by, Wanted(), now=now, size=2, cursor=first.next)
        assert len(first.items) == 2 and len(second.items) == 1
        assert taken_by(cast.viewer(cast.worker))


def test_nothing_said_stands_in_the_journal(cast, now):
    one = taken(cast, contact="13900000009")
    by = cast.viewer(cast.secretary)
    services.ask_reporter(in_hand(cast, one.case).pk, "哪一盏？", by=by, now=now)
    services.add_by_code(one.code, "左边那盏", now=now)
    services.answer_case(one.case.pk, said(), by=by, now=now)
    services.reject_by_code(one.code, "还是不亮", now=now)
    bodies = "".join(Entry.objects.values_list("body", flat=True))
    for words in (one.case.words, "左边那盏", "还是不亮", "13900000009", one.code):
        assert words not in bodies


def test_every_deed_costs_few_statements_whoever_waits_for_it(cast):
    """What tells the reporter, ends a call and makes another is counted with it."""
    case = taken(cast, contact="13900000077", tells=True).case
    by, other = cast.viewer(cast.secretary), cast.viewer(cast.deputy)
    deeds = {
        "screen": lambda: services.screen_case(case.pk, by=by, now=cast.now),
        "accept": lambda: services.accept_case(case.pk, by=by, now=cast.now),
        "take": lambda: services.take_case(case.pk, by=by, now=cast.now),
        "extend": lambda: services.extend_case(case.pk, 1, "等灯头", by=by, now=cast.now),
        "ask": lambda: services.ask_reporter(case.pk, "是几单元？", by=by, now=cast.now),
        "resume": lambda: services.resume_case(case.pk, by=by, now=cast.now),
        "answer": lambda: services.answer_case(case.pk, said(), by=by, now=cast.now),
        "ring": lambda: services.call_back(case.pk, True, by=other, now=cast.now),
    }
    cost = {}
    for name, deed in deeds.items():
        with CaptureQueriesContext(connection) as asked:
            deed()
        cost[name] = sum("SAVEPOINT" not in one["sql"] for one in asked)
    assert max(cost.values()) <= 15, cost
