"""The life of an edition and of a run on every (state, act) pair; reviews, steps, audiences and limits by property."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renwang.registers.duties.rules import Phase
from renwang.registers.hazards import EVERY
from renwang.registers.procedures import rules, run_rules, step_rules
from renwang.registers.procedures.advice_rules import Advice, advise, has_verb, is_long
from renwang.registers.procedures.audience_rules import (
    Line,
    PostSeen,
    covers,
    is_overdue,
    meant_by,
    owed_since,
)
from renwang.registers.procedures.finding_rules import (
    REVIEW_LOST,
    REVIEW_SOON,
    DutyCell,
    Hole,
    Mender,
    ProcedureSeen,
    Severity,
    find_holes,
)
from renwang.registers.procedures.naming_rules import (
    FollowersUnclear,
    LineText,
    PhaseUnknown,
    join_cells,
    join_followers,
    split_cells,
    split_followers,
)
from renwang.registers.procedures.rules import Act, EditionState, Kind, Standing
from renwang.registers.procedures.run_rules import (
    How,
    Outcome,
    RunAct,
    RunState,
    Ticked,
    TickSeen,
    begins_at,
    due_at,
    late_by,
    steps_left,
    tally_steps,
)
from renwang.registers.procedures.step_rules import Evidence, Step, read_steps, write_steps

NOW = datetime(2026, 7, 15, 1, 30, tzinfo=UTC)
TODAY = date(2026, 7, 15)
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
S, A = EditionState, Act

# Said once more, by hand: what may happen in which state, and nothing else.
ALLOWED = {
    S.DRAFT: {A.EDIT: S.DRAFT, A.PROPOSE: S.PROPOSED, A.TAKE_OVER: S.IN_FORCE, A.DISCARD: S.DISCARDED},
    S.PROPOSED: {
        A.EDIT: S.DRAFT, A.RETURN: S.DRAFT, A.APPROVE: S.IN_FORCE, A.DISCARD: S.DISCARDED,
    },
    S.IN_FORCE: {
        A.ACKNOWLEDGE: S.IN_FORCE, A.REVIEW: S.IN_FORCE, A.RUN: S.IN_FORCE,
        A.SUPERSEDE: S.SUPERSEDED, A.WITHDRAW: S.WITHDRAWN,
    },
}  # fmt: skip
R, D = RunState, RunAct
RUN_ALLOWED = {
    R.UNDER_WAY: {
        D.TICK: R.UNDER_WAY, D.TAKE_BACK: R.UNDER_WAY, D.REMARK: R.UNDER_WAY,
        D.HAND_OVER: R.UNDER_WAY, D.BREAK_OFF: R.BROKEN_OFF, D.END: R.ENDED,
    },
    R.BROKEN_OFF: {
        D.REMARK: R.BROKEN_OFF, D.HAND_OVER: R.BROKEN_OFF, D.RESUME: R.UNDER_WAY, D.END: R.ENDED,
    },
    R.ENDED: {D.REMARK: R.ENDED},
}  # fmt: skip


class TestLives:
    @pytest.mark.parametrize("state", list(S))
    @pytest.mark.parametrize("act", list(A))
    def test_every_pair_of_an_edition_leads_where_it_should_or_is_refused(self, state, act):
        wanted = ALLOWED.get(state, {}).get(act)
        if wanted is not None:
            assert rules.move(state, act) is wanted
            assert act in rules.acts_in(state)
            return
        with pytest.raises(rules.ProcedureNotNow):
            rules.move(state, act)

    @pytest.mark.parametrize("state", list(R))
    @pytest.mark.parametrize("act", list(D))
    def test_every_pair_of_a_run_leads_where_it_should_or_is_refused(self, state, act):
        wanted = RUN_ALLOWED.get(state, {}).get(act)
        if wanted is not None:
            assert run_rules.move_run(state, act) is wanted
            assert act in run_rules.acts_of(state)
            return
        with pytest.raises(run_rules.RunNotNow):
            run_rules.move_run(state, act)

    def test_what_has_ended_never_holds_again(self):
        for state in (S.SUPERSEDED, S.WITHDRAWN, S.DISCARDED):
            assert rules.acts_in(state) == frozenset()

    @pytest.mark.parametrize(
        ("editions", "standing"),
        [
            ([S.DRAFT], Standing.DRAFT),
            ([S.SUPERSEDED, S.IN_FORCE, S.PROPOSED], Standing.IN_FORCE),
            ([S.SUPERSEDED, S.WITHDRAWN, S.DISCARDED], Standing.WITHDRAWN),
            ([S.PROPOSED], Standing.PROPOSED),
            ([S.DISCARDED], Standing.DISCARDED),
        ],
    )
    def test_a_procedure_stands_as_the_edition_that_counts(self, editions, standing):
        assert rules.standing_of(editions) is standing


class TestWhatItMustSay:
    @pytest.mark.parametrize(
        ("deed", "refusal"),
        [
            (lambda: rules.check_texts("", ()), rules.ProcedureTitleMissing),
            (lambda: rules.check_texts("长" * 121, ()), rules.ProcedureTooLong),
            (lambda: rules.check_texts("名", ("长" * 2001,)), rules.ProcedureTooLong),
            (lambda: rules.check_sizes(41, 0), rules.TooManySteps),
            (lambda: rules.check_whole(0, 1), rules.NothingToDo),
            (lambda: rules.check_whole(1, 0), rules.NobodyFollows),
            (lambda: rules.check_rhythm(6, 7), rules.RhythmRefused),
            (lambda: rules.check_rhythm(365, 0), rules.RhythmRefused),
            (lambda: rules.check_reason("  "), rules.ProcedureReasonMissing),
            (lambda: rules.check_document(""), rules.ProcedureDocumentMissing),
            (lambda: rules.check_author(["a"], "a"), rules.OwnProcedure),
            (lambda: rules.check_review_day(TODAY + DAY, TODAY), rules.ReviewInFuture),
            (lambda: step_rules.clean_steps([Step("", "网格员")]), step_rules.StepEmpty),
            (lambda: step_rules.clean_steps([Step("长" * 301)]), step_rules.StepTooLong),
            (lambda: step_rules.clean_steps([Step("关闸", "", 0)]), step_rules.MinutesRefused),
        ],
    )
    def test_what_is_refused(self, deed, refusal):
        with pytest.raises(refusal):
            deed()

    def test_the_node_has_no_hand_of_its_own(self):
        rules.check_author(["a"], None)

    def test_a_hazard_for_every_phase_is_needless_beside_one_with_a_phase(self):
        cells = [
            ("fire", None),
            ("fire", Phase.RESPOND),
            ("heat", None),
            ("heat", None),
            ("", None),
        ]
        assert rules.clean_cells(cells) == [("fire", Phase.RESPOND), ("heat", None)]


class TestReviews:
    @given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(7, 1825))
    def test_it_is_due_from_the_last_review_and_not_from_the_approval(self, reviewed, every):
        for began in (date(2019, 1, 1), date(2031, 1, 1)):
            assert rules.review_due(began, reviewed, every) == reviewed + timedelta(days=every)

    def test_without_a_review_it_is_due_from_the_first_day_in_force(self):
        assert rules.review_due(TODAY, None, 365) == TODAY + timedelta(days=365)


_words = st.text("关闸门通知照片abc 12，。", min_size=1, max_size=30).map(str.strip).filter(bool)
_steps = st.lists(
    st.builds(
        Step,
        _words.map(lambda one: f"做{one}"),
        st.text("网格员书记", max_size=6),
        st.none() | st.integers(1, 10_080),
        st.sampled_from(Evidence),
    ),
    max_size=8,
)


class TestSteps:
    @given(_steps)
    def test_steps_that_are_written_are_read_as_the_same(self, steps):
        clean = step_rules.clean_steps(steps)
        assert read_steps(write_steps(clean)) == clean

    @given(_steps)
    def test_what_is_stored_is_read_as_the_same(self, steps):
        assert step_rules.of_values(step_rules.as_values(steps)) == steps

    def test_steps_as_offices_write_them(self):
        text = "1、关闭入口【网格员|10分钟|照片】\n（2）报告街道\n第3步：清点人数【15 min】\n\n"
        assert read_steps(text) == [
            Step("关闭入口", "网格员", 10, Evidence.PHOTO),
            Step("报告街道"),
            Step("清点人数", "", 15),
        ]


class TestAdvice:
    def test_it_says_what_would_be_plainer(self):
        long = "各网格员应当在接到预警信息后立即组织本网格内全部低洼地带居民群众按照既定路线有序转移到安置点并逐户登记"
        found = advise(Kind.RESPONSE, "目" * 201, [Step(long), Step("食品留样", "书记", 5)])
        assert {one.advice for one in found if one.step == 0} == {
            Advice.LONG_PURPOSE, Advice.NO_EVIDENCE,
        }  # fmt: skip
        assert {one.advice for one in found if one.step == 1} == {
            Advice.LONG_SENTENCE, Advice.NO_OWNER, Advice.NO_LIMIT,
        }  # fmt: skip
        assert {one.advice for one in advise(Kind.SURVEY, "", [])} == {Advice.NO_STEP}
        assert Advice.MANY_STEPS in {
            one.advice for one in advise(Kind.SURVEY, "", [Step("查看", "甲")] * 13)
        }

    def test_vague_words_are_named(self):
        found = advise(Kind.SURVEY, "", [Step("及时联系有关部门", "甲")])
        assert [one.words for one in found] == ["及时", "有关部门"]

    @pytest.mark.parametrize(
        ("words", "verb"),
        [("关闭入口", True), ("低洼院落", False), ("Close the gate", True), ("The gate", False)],
    )
    def test_a_step_has_a_verb_or_has_none(self, words, verb):
        assert has_verb(words) is verb

    def test_a_plain_step_is_left_alone(self):
        step = Step("关闭入口，拍照", "网格员", 10, Evidence.PHOTO)
        assert advise(Kind.RESPONSE, "关路", [step]) == []
        assert not is_long("Close the gate and count the cars.")
        assert is_long("word " * 23)


_paths = st.sampled_from(["/a/", "/a/b/", "/a/b/c/", "/a/d/", "/ab/"])
_posts = st.lists(
    st.builds(
        PostSeen,
        st.integers(0, 99).map(str),
        _paths,
        st.sampled_from(["grid", "community"]),
        st.sampled_from(["网格员", "书记"]),
    ),
    max_size=12,
    unique_by=lambda one: one.key,
)
_lines = st.lists(
    st.builds(
        Line,
        _paths,
        st.sampled_from(["", "grid", "community"]),
        st.sampled_from(["", "网格员", "书记"]),
        st.sampled_from(["", "", "7"]),
    ),
    max_size=4,
)


class TestAudience:
    @given(_lines, _posts)
    def test_who_is_meant_is_who_any_line_covers(self, lines, posts):
        posts.sort(key=lambda one: one.path)
        wanted = {one.key for one in posts if any(covers(line, one) for line in lines)}
        assert set(meant_by(lines, posts)) == wanted

    def test_a_place_whose_path_begins_alike_is_another_place(self):
        assert not covers(Line("/a/"), PostSeen("1", "/ab/", "grid", "网格员"))

    def test_a_new_holder_owes_it_anew_since_he_holds_the_post(self):
        old, new = NOW - 100 * DAY, NOW - 3 * DAY
        assert owed_since(old, new) == new
        assert owed_since(new, old) == new
        assert not is_overdue(new, 7, NOW)
        assert is_overdue(NOW - 7 * DAY, 7, NOW)

    @given(_lines)
    def test_lines_that_are_written_are_read_as_the_same(self, lines):
        texts = [LineText("石桥社区", one.title, one.level) for one in lines]
        assert split_followers(join_followers(texts)) == texts

    def test_lines_as_offices_write_them(self):
        assert split_followers("网格员；云溪社区／书记、全部@网格") == [
            LineText("", "网格员", ""), LineText("云溪社区", "书记", ""), LineText("", "", "网格"),
        ]  # fmt: skip
        with pytest.raises(FollowersUnclear):
            split_followers("云溪社区/")

    def test_hazards_with_their_phases(self):
        names = [("rainstorm", ("暴雨", "Rainstorm")), (EVERY, ("所有灾害",))]
        found = split_cells("暴雨/响应；内涝\n所有灾害", names)
        assert found == [("rainstorm", Phase.RESPOND), ("内涝", None), (EVERY, None)]
        assert split_cells(join_cells(found), names) == found
        with pytest.raises(PhaseUnknown):
            split_cells("暴雨/观望", names)


STEPS = [Step("甲", "", 10), Step("乙", "", None), Step("丙", "", 20)]


class TestTicks:
    @pytest.mark.parametrize(
        ("step", "how", "said", "refusal"),
        [
            (Step("甲"), How.SKIPPED, {}, run_rules.DeviationUnexplained),
            (Step("甲"), How.OTHERWISE, {}, run_rules.DeviationUnexplained),
            (Step("甲", "", None, Evidence.NUMBER), How.DONE, {}, run_rules.NumberMissing),
            (Step("甲", "", None, Evidence.PHOTO), How.DONE, {}, run_rules.PhotoMissing),
            (Step("甲", "", None, Evidence.NOTE), How.DONE, {}, run_rules.NoteMissing),
        ],
    )
    def test_what_a_tick_must_say(self, step, how, said, refusal):
        shown = {"reason": "", "has_number": False, "has_photo": False, "words": ""} | said
        with pytest.raises(refusal):
            run_rules.check_tick(step, how, **shown)
        run_rules.check_tick(step, How.SKIPPED, **(shown | {"reason": "没人"}))

    def test_a_time_lies_between_the_start_and_now(self):
        with pytest.raises(run_rules.DoneBeforeStart):
            run_rules.check_done_at(NOW - MINUTE, NOW, NOW)
        with pytest.raises(run_rules.DoneInFuture):
            run_rules.check_done_at(NOW + 6 * MINUTE, NOW, NOW)
        assert run_rules.check_done_at(NOW + 4 * MINUTE, NOW - DAY, NOW) == NOW

    def test_a_step_unknown(self):
        for number in (0, 4):
            with pytest.raises(run_rules.StepUnknown):
                run_rules.step_at(STEPS, number)

    def test_its_time_begins_with_the_end_of_the_one_before(self):
        ticks = [Ticked(1, How.DONE, NOW + 5 * MINUTE), Ticked(2, How.SKIPPED, NOW + 8 * MINUTE)]
        assert due_at(STEPS, 1, [], NOW, None) == NOW + 10 * MINUTE
        assert due_at(STEPS, 2, ticks, NOW, None) is None
        assert due_at(STEPS, 3, ticks, NOW, None) == NOW + 28 * MINUTE
        assert due_at(STEPS, 3, ticks, NOW, NOW + DAY) == NOW + DAY + 20 * MINUTE

    @given(
        st.lists(st.tuples(st.integers(1, 9), st.integers(0, 999)), unique_by=lambda one: one[0]),
        st.integers(1, 9),
    )
    def test_a_time_never_begins_before_the_start_nor_with_a_later_step(self, ends, number):
        ticks = [Ticked(n, How.DONE, NOW + m * MINUTE) for n, m in ends]
        begins = begins_at(number, ticks, NOW, None)
        assert begins >= NOW
        assert begins in {NOW, *(one.done_at for one in ticks if one.number < number)}

    @given(st.integers(-10_000, 10_000))
    def test_late_is_counted_in_begun_minutes(self, seconds):
        late = late_by(NOW + timedelta(seconds=seconds), NOW)
        assert (late == 0) == (seconds <= 0)
        assert late * 60 >= seconds
        assert late_by(NOW, None) == 0

    def test_open_steps_need_a_reason_at_the_end_and_a_missed_aim_words(self):
        left = steps_left(STEPS, [Ticked(2, How.DONE, NOW)])
        assert left == [1, 3]
        with pytest.raises(run_rules.StepsLeft):
            run_rules.check_end(left, "", "", Outcome.REACHED)
        with pytest.raises(run_rules.OutcomeUnexplained):
            run_rules.check_end([], "", " ", Outcome.PARTLY)
        run_rules.check_end(left, "雨停了", "", Outcome.REACHED)

    @given(
        st.lists(
            st.builds(
                TickSeen,
                st.integers(1, 4),
                st.sampled_from(How),
                st.integers(0, 9),
                st.integers(0, 99),
            ),
            max_size=30,
        )
    )
    def test_what_many_runs_teach_adds_up(self, ticks):
        for one in tally_steps(3, ticks):
            assert one.runs == one.done + one.deviating
            assert one.late <= one.runs
            assert (one.usual_minutes is None) == (one.runs == one.skipped)
            assert not one.is_often_otherwise or one.runs >= 3


def seen(**changes) -> ProcedureSeen:
    """A procedure with which nothing is wrong."""
    said = {
        "ref": "Z1", "title": "转移", "kind": Kind.RESPONSE, "path": "/a/b/",
        "cells": (("rainstorm", Phase.RESPOND),), "began_on": TODAY - 400 * DAY,
        "review_on": TODAY + 200 * DAY, "meant": 3, "posts_meant": 2, "last_run_at": NOW - 10 * DAY,
    }  # fmt: skip
    return ProcedureSeen(**(said | changes))


DUTY = DutyCell("D1", "rainstorm", Phase.RESPOND, "/a/")


def holes(*procedures, duties=(DUTY,), under="/a/b/"):
    return find_holes(procedures, duties, NOW, today=TODAY, under=under)


class TestFindings:
    def test_nothing_is_wrong_with_what_is_right(self):
        assert holes(seen()) == []

    @pytest.mark.parametrize(
        ("changes", "hole"),
        [
            ({"review_on": TODAY}, Hole.REVIEW_OVERDUE),
            ({"review_on": TODAY - REVIEW_LOST}, Hole.REVIEW_LOST),
            ({"review_on": TODAY + REVIEW_SOON}, Hole.REVIEW_SOON),
            ({"unread": 2}, Hole.UNREAD),
            ({"posts_meant": 0}, Hole.NOBODY_MEANT),
            ({"cells": ()}, Hole.NO_HAZARD),
            ({"has_basis": False}, Hole.NO_BASIS),
            ({"last_run_at": None}, Hole.NEVER_RUN),
            ({"last_run_at": NOW - 366 * DAY}, Hole.NEVER_RUN),
            ({"often_otherwise": (2,)}, Hole.OFTEN_OTHERWISE),
            ({"forgotten": "X1"}, Hole.RUN_FORGOTTEN),
            ({"proposed_at": NOW - 15 * DAY}, Hole.PROPOSAL_WAITS),
            ({"place_has_ended": True}, Hole.PLACE_ENDED),
            ({"cells": (("fire", Phase.RESPOND),)}, Hole.NO_DUTY),
        ],
    )
    def test_each_hole_is_found(self, changes, hole):
        assert [one.hole for one in holes(seen(**changes))] == [hole]

    def test_a_survey_needs_no_try_and_a_young_one_has_time(self):
        assert holes(seen(kind=Kind.SURVEY, last_run_at=None)) == []
        assert holes(seen(began_on=TODAY - 30 * DAY, last_run_at=None)) == []

    def test_a_duty_without_a_procedure_weighs_by_its_phase(self):
        found = holes(duties=[DUTY], under="/a/")
        assert [(one.hole, one.severity, one.duty) for one in found] == [
            (Hole.DUTY_WITHOUT, Severity.ATTENTION, "D1")
        ]
        calm = DutyCell("D2", "rainstorm", Phase.RECOVER, "/a/")
        assert [one.severity for one in holes(duties=[calm], under="/a/")] == [Severity.NOTE]
        assert found[0].mender is Mender.KEEPER

    @pytest.mark.parametrize(
        "cells",
        [(("rainstorm", None),), ((EVERY, Phase.RESPOND),), ((EVERY, None),)],
    )
    def test_what_is_for_all_hazards_or_phases_covers_each(self, cells):
        above = seen(path="/a/", cells=cells)
        assert not [one for one in holes(above, under="/a/") if one.hole is Hole.DUTY_WITHOUT]

    def test_a_duty_for_all_hazards_answers_for_each(self):
        general = DutyCell("D3", EVERY, Phase.RESPOND, "/")
        found = holes(seen(cells=(("fire", Phase.RESPOND),)), duties=[general])
        assert found == []

    def test_what_lies_elsewhere_is_not_judged(self):
        assert holes(seen(path="/a/", unread=3)) == []

    def test_what_only_waits_is_asked_for_nothing_but_its_approval(self):
        assert holes(seen(began_on=None, review_on=None, posts_meant=0)) == []
