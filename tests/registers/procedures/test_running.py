"""Running a procedure: refusals first, then ticks, two hands on one step, paper, hand-over, the end and what it teaches."""

from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from PIL import Image

from renwang.base.models import Entry
from renwang.chain.reach import NotInReach
from renwang.registers import photos
from renwang.registers.procedures import run_rules, services
from renwang.registers.procedures.models import Run, RunEvent, Tick
from renwang.registers.procedures.rules import ProcedureReasonMissing
from renwang.registers.procedures.run_rules import How, Outcome, RunState
from renwang.registers.procedures.selectors import running
from renwang.registers.procedures.services import Occasion
from renwang.registers.procedures.step_rules import Evidence, Step
from tests.registers.procedures.listed import in_force, said, started

MINUTE = timedelta(minutes=1)


@pytest.fixture
def run(cast):
    """A run of the grid worker's, one minute old."""
    return started(cast, in_force(cast), at=cast.now - MINUTE)


@pytest.fixture
def worker(cast, now):
    """The grid worker acting now."""
    return {"by": cast.viewer(cast.worker), "now": now}


def picture() -> bytes:
    """The bytes of a small photograph."""
    data = BytesIO()
    Image.new("RGB", (8, 6), "green").save(data, "JPEG")
    return data.getvalue()


class TestWhoMayNot:
    def test_a_stranger_starts_sees_and_ticks_nothing(self, cast, run, now):
        by = cast.viewer(cast.stranger)
        with pytest.raises(NotInReach):
            services.start_run(
                run.edition.pk, run.procedure_id, cast.grid, Occasion(), by=by, now=now
            )
        with pytest.raises(NotInReach):
            services.tick_step(run.pk, said(1, now), by=by, now=now)
        assert running.run_page(by, run.ref) is None
        assert running.list_runs(by).items == []
        assert running.run_page(cast.viewer(cast.officer), run.ref) is not None

    def test_it_is_run_only_within_its_place(self, cast, run, now):
        with pytest.raises(NotInReach):
            services.start_run(
                run.edition.pk, run.procedure_id, cast.street, Occasion(),
                by=cast.viewer(cast.officer), now=now,
            )  # fmt: skip

    @pytest.mark.parametrize(
        ("number", "changes", "refusal"),
        [
            (9, {}, run_rules.StepUnknown),
            (1, {"how": How.SKIPPED}, run_rules.DeviationUnexplained),
            (2, {}, run_rules.NumberMissing),
            (3, {}, run_rules.NoteMissing),
            (1, {"photo": b"nonsense"}, photos.NotAPhoto),
        ],
    )
    def test_what_a_step_asks_for(self, run, worker, number, changes, refusal):
        with pytest.raises(refusal):
            services.tick_step(run.pk, said(number, worker["now"], **changes), **worker)
        assert not Tick.objects.exists()

    def test_times_before_the_start_and_to_come(self, run, worker, now):
        for at, refusal in (
            (now - 2 * MINUTE, run_rules.DoneBeforeStart),
            (now + 9 * MINUTE, run_rules.DoneInFuture),
        ):
            with pytest.raises(refusal):
                services.tick_step(run.pk, said(1, now, done_at=at), **worker)

    def test_it_is_handed_to_somebody_who_may_run_it_there(self, cast, run, worker):
        for nobody in (cast.stranger, cast.worker):
            with pytest.raises(run_rules.HandedToNobody):
                services.hand_over_run(run.pk, nobody, **worker)

    def test_it_does_not_end_with_open_steps_and_no_reason(self, run, worker):
        with pytest.raises(run_rules.StepsLeft):
            services.end_run(run.pk, Outcome.REACHED, "", **worker)
        with pytest.raises(run_rules.OutcomeUnexplained):
            services.end_run(run.pk, Outcome.MISSED, "", why_left="雨停了", **worker)


class TestTicking:
    def test_pressed_twice_is_one_run_and_one_tick(self, cast, run, worker, now):
        again = services.start_run(
            run.pk, run.procedure_id, cast.grid, Occasion(), by=worker["by"], now=now
        )
        one = said(1, now)
        first = services.tick_step(run.pk, one, **worker)
        second = services.tick_step(run.pk, one, **worker)
        assert (again.ref, second.tick.pk, second.stands) == (run.ref, first.tick.pk, True)
        assert (Run.objects.count(), Tick.objects.count()) == (1, 1)

    def test_of_two_hands_the_first_stands_and_the_second_is_kept(self, cast, run, worker, now):
        services.tick_step(run.pk, said(2, now, figure=Decimal(31)), **worker)
        other = services.tick_step(
            run.pk,
            said(2, now, how=How.OTHERWISE, reason="电梯停了", figure=Decimal(18)),
            by=cast.viewer(cast.secretary),
            now=now + MINUTE,
        )
        assert not other.stands
        assert other.other.figure == 31
        page = running.run_page(cast.viewer(cast.officer), run.ref)
        step = page.steps[1]
        assert (step.tick.figure, [one.figure for one in step.beside]) == (31, [18])
        assert "电梯停了" in RunEvent.objects.get(what="tick").words
        assert Entry.objects.filter(verb="procedures.tick_beside").count() == 1

    def test_late_is_counted_from_the_step_before(self, run, worker, now):
        late = services.tick_step(run.pk, said(1, now), by=worker["by"], now=now + 19 * MINUTE).tick
        assert (late.took_minutes, late.late_minutes) == (20, 10)
        quick = services.tick_step(
            run.pk, said(2, now, figure=Decimal(1)), by=worker["by"], now=now + 40 * MINUTE
        ).tick
        assert (quick.took_minutes, quick.late_minutes) == (21, 0)

    def test_a_mistake_is_taken_back_and_stays_to_be_read(self, cast, run, worker, now):
        with pytest.raises(run_rules.NotTicked):
            services.take_back_tick(run.pk, 1, "按错", **worker)
        services.tick_step(run.pk, said(1, now), **worker)
        with pytest.raises(ProcedureReasonMissing):
            services.take_back_tick(run.pk, 1, "", **worker)
        services.take_back_tick(run.pk, 1, "按错", **worker)
        page = running.run_page(worker["by"], run.ref)
        assert (page.done, len(page.steps[0].beside), page.next.number) == (0, 1, 1)
        assert services.tick_step(run.pk, said(1, now), **worker).stands

    def test_a_photograph_is_drawn_anew_and_seen_by_who_sees_the_run(self, cast, now):
        made = in_force(cast, steps=[Step("关闸", "", None, Evidence.PHOTO)])
        run = started(cast, made)
        tick = services.tick_step(
            run.pk, said(1, now, photo=picture()), by=cast.viewer(cast.worker), now=now
        ).tick
        assert services.photo_bytes(tick)[:2] == b"\xff\xd8"
        assert running.photo_of(cast.viewer(cast.officer), tick.pk) == tick
        assert running.photo_of(cast.viewer(cast.stranger), tick.pk) is None


class TestGoingOn:
    def test_handed_over_it_is_in_other_hands(self, cast, run, worker):
        services.hand_over_run(run.pk, cast.secretary, words="钥匙在值班室", **worker)
        assert [one.ref for one in running.in_hand(cast.viewer(cast.secretary))] == [run.ref]
        assert running.in_hand(worker["by"]) == []
        hands = running.hands_for(Run.objects.get(), worker["now"])
        assert cast.worker in hands
        assert cast.secretary not in hands

    def test_broken_off_it_is_taken_up_where_it_was_left(self, cast, run, worker, now):
        services.tick_step(run.pk, said(1, now), **worker)
        with pytest.raises(ProcedureReasonMissing):
            services.break_off_run(run.pk, " ", **worker)
        services.break_off_run(run.pk, "河水倒灌，先撤", **worker)
        with pytest.raises(run_rules.RunNotNow):
            services.tick_step(run.pk, said(2, now, figure=Decimal(1)), **worker)
        later = now + 600 * MINUTE
        services.resume_run(run.pk, by=cast.viewer(cast.secretary), now=later)
        run.refresh_from_db()
        assert (run.state, run.holder) == (RunState.UNDER_WAY, cast.secretary)
        page = running.run_page(worker["by"], run.ref)
        assert page.next.due_at == later + 60 * MINUTE
        assert [one["what"] for one in page.story] == ["start", "tick", "break_off", "resume"]

    def test_a_sheet_is_typed_in_by_its_times_and_what_was_ticked_stays(self, run, worker, now):
        services.tick_step(run.pk, said(1, now), **worker)
        lines = [
            said(3, now, words="转移31户", done_at=now + 70 * MINUTE, hand="石书勤"),
            said(2, now, figure=Decimal(31), done_at=now + 65 * MINUTE, hand="王格平"),
            said(1, now, done_at=now + MINUTE),
        ]
        later = now + 100 * MINUTE
        assert services.enter_sheet(run.pk, lines, by=worker["by"], now=later) == 2
        second, third = Tick.objects.filter(is_paper=True).order_by("number")
        assert (second.late_minutes, second.hand, third.late_minutes) == (5, "王格平", 0)
        assert services.enter_sheet(run.pk, lines, by=worker["by"], now=later) == 0

    def test_a_wrong_line_enters_nothing_of_the_sheet(self, run, worker, now):
        lines = [said(1, now), said(2, now, how=How.SKIPPED)]
        with pytest.raises(run_rules.DeviationUnexplained):
            services.enter_sheet(run.pk, lines, **worker)
        assert not Tick.objects.exists()


class TestEnding:
    def test_open_steps_are_left_out_for_the_reason_given(self, run, worker, now):
        services.tick_step(run.pk, said(1, now), **worker)
        services.end_run(run.pk, Outcome.PARTLY, "只关了路", why_left="雨停了", **worker)
        left = list(Tick.objects.filter(how=How.SKIPPED).values_list("number", "reason"))
        assert left == [(2, "雨停了"), (3, "雨停了")]
        run.refresh_from_db()
        assert (run.state, run.outcome) == (RunState.ENDED, Outcome.PARTLY)
        with pytest.raises(run_rules.RunNotNow):
            services.tick_step(run.pk, said(2, now, figure=Decimal(1)), **worker)

    def test_ended_twice_with_the_same_words_is_once(self, run, worker):
        for _time in range(2):
            services.end_run(run.pk, Outcome.MISSED, "没赶上", why_left="水已漫过", **worker)
        with pytest.raises(run_rules.RunNotNow):
            services.end_run(run.pk, Outcome.REACHED, "", **worker)
        assert Entry.objects.filter(verb="procedures.run_ended").count() == 1

    def test_what_is_understood_later_is_still_written_beside_it(self, run, worker):
        services.end_run(run.pk, Outcome.REACHED, "", why_left="演练", **worker)
        services.remark_on_run(run.pk, "挡板钥匙要放到社区", **worker)
        assert RunEvent.objects.filter(what="remark").count() == 1

    def test_many_runs_teach_about_steps_and_name_nobody(self, cast, now):
        made = in_force(cast)
        for number in range(3):
            run = started(cast, made, at=now + number * MINUTE, exercise=number == 2)
            by = {"by": cast.viewer(cast.worker), "now": now + 30 * MINUTE}
            reason = "没有挡板" if number else ""
            how = How.SKIPPED if number else How.DONE
            services.tick_step(run.pk, said(1, now, how=how, reason=reason), **by)
            services.end_run(run.pk, Outcome.REACHED, "", why_left="只试一步", **by)
        lessons = running.lessons_of(made)
        assert (lessons.runs, lessons.exercises) == (3, 1)
        _step, first = lessons.steps[0]
        assert (first.done, first.skipped, first.late, first.is_often_otherwise) == (1, 2, 1, True)

    def test_the_list_narrows(self, cast, run, worker, now):
        other = started(cast, run.edition, exercise=True)
        by = worker["by"]
        services.end_run(other.pk, Outcome.REACHED, "", why_left="x", **worker)
        assert {one.ref for one in running.list_runs(by).items} == {run.ref, other.ref}
        for wanted, ref in (
            ({"state": "open"}, run.ref), ({"state": "ended"}, other.ref),
            ({"exercise": True}, other.ref), ({"text": run.ref.lower()}, run.ref),
        ):  # fmt: skip
            assert [one.ref for one in running.list_runs(by, **wanted).items] == [ref]
        assert running.list_runs(by, under=cast.neighbour_community).items == []
        assert len(running.list_runs(by, procedure=run.procedure, text="橙色").items) == 2
