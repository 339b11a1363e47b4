"""The life of a procedure: refusals first, then writing, approving, reading, reviewing, withdrawing."""

from datetime import timedelta

import pytest

from renwang.base.models import Entry
from renwang.chain import reach, tree
from renwang.chain.reach import NotInReach
from renwang.chain.services import posts
from renwang.outreach.errand_rules import ErrandState
from renwang.outreach.models import Errand
from renwang.registers.procedures import rules, services
from renwang.registers.procedures.models import Acknowledgement, Edition, Procedure
from renwang.registers.procedures.rules import EditionState, ReviewEnd, Standing
from renwang.registers.procedures.selectors import finding, following
from renwang.registers.procedures.services import Followers
from renwang.registers.procedures.step_rules import Step
from renwang.registers.procedures.waiting import APPROVAL, READING, REVIEW
from tests import make
from tests.registers.procedures.listed import drafted, in_force, proposed, started, terms

DAY = timedelta(days=1)


@pytest.fixture
def node(now):
    """The node itself, which may everything and has no hand."""
    return {"by": "node:test", "now": now}


def waits(kind):
    return Errand.objects.filter(kind=kind, state=ErrandState.OPEN)


class TestWhoMayNot:
    def test_a_stranger_writes_nothing_here(self, cast, now):
        by = cast.viewer(cast.stranger)
        with pytest.raises(NotInReach):
            services.draft_procedure(terms(cast), cast.community, by=by, now=now)
        assert drafted(cast).state == EditionState.DRAFT

    @pytest.mark.parametrize("who", ["stranger", "officer", "worker"])
    def test_who_only_follows_decides_nothing(self, cast, now, who):
        made = proposed(cast)
        by = cast.viewer(getattr(cast, who))
        with pytest.raises(NotInReach):
            services.approve_edition(made.pk, by=by, now=now)
        with pytest.raises(NotInReach):
            services.return_edition(made.pk, by=by, now=now, reason="x")
        with pytest.raises(NotInReach):
            services.edit_edition(made.pk, terms(cast), by=by, now=now)
        with pytest.raises(NotInReach):
            services.withdraw_procedure(made.procedure_id, by=by, now=now, reason="x")

    def test_who_wrote_any_word_does_not_approve(self, cast, now):
        made = drafted(cast)
        deputy, secretary = cast.viewer(cast.deputy), cast.viewer(cast.secretary)
        services.edit_edition(made.pk, terms(cast, title="另写"), by=deputy, now=now)
        services.propose_edition(made.pk, by=secretary, now=now)
        for by in (deputy, secretary):
            with pytest.raises(rules.OwnProcedure):
                services.approve_edition(made.pk, by=by, now=now)
        done = services.approve_edition(made.pk, by=cast.viewer(cast.operator), now=now)
        assert done.state == EditionState.IN_FORCE

    def test_whom_it_does_not_concern_acknowledges_nothing(self, cast, now):
        made = in_force(cast)
        with pytest.raises(rules.NothingToAcknowledge):
            services.acknowledge_edition(made.pk, by=cast.viewer(cast.head), now=now)
        assert services.acknowledge_edition(made.pk, by=cast.viewer(cast.worker), now=now) == 1

    def test_who_follows_sees_it_and_a_stranger_does_not(self, cast):
        made = in_force(cast)
        ref = made.procedure.ref
        assert finding.procedure_of(cast.viewer(cast.stranger), ref) is None
        assert finding.procedure_of(cast.viewer(cast.worker), ref) is not None
        below = drafted(cast)
        assert finding.procedure_of(cast.viewer(cast.worker), below.procedure.ref) is None


class TestWriting:
    def test_what_is_not_whole_is_not_proposed(self, cast, now):
        by = cast.viewer(cast.secretary)
        for changes, refusal in (
            ({"steps": ()}, rules.NothingToDo),
            ({"followers": ()}, rules.NobodyFollows),
        ):
            made = drafted(cast, title=str(changes), **changes)
            with pytest.raises(refusal):
                services.propose_edition(made.pk, by=by, now=now)

    def test_a_proposal_waits_for_another_hand_until_somebody_decides(self, cast, now):
        made = proposed(cast)
        errand = waits(APPROVAL).get()
        assert errand.subject_id == made.pk
        assert str(cast.secretary.pk) in errand.hands
        services.return_edition(made.pk, by=cast.viewer(cast.deputy), now=now, reason="写清谁开门")
        assert not waits(APPROVAL).exists()
        made.refresh_from_db()
        assert (made.state, made.ending) == (EditionState.DRAFT, "写清谁开门")

    def test_other_words_are_a_draft_again(self, cast, now):
        made = proposed(cast)
        services.edit_edition(
            made.pk, terms(cast, steps=[Step("关闸")]), by=cast.viewer(cast.secretary), now=now
        )
        made.refresh_from_db()
        assert (made.state, made.steps[0]["words"]) == (EditionState.DRAFT, "关闸")
        assert not waits(APPROVAL).exists()

    def test_only_one_edition_is_written_at_a_time(self, cast, node):
        made = in_force(cast)
        services.begin_edition(made.procedure_id, terms(cast), **node)
        with pytest.raises(rules.EditionOpen):
            services.begin_edition(made.procedure_id, terms(cast), **node)

    def test_a_new_edition_never_alters_the_old_one(self, cast, node):
        old = in_force(cast)
        before = (
            Edition.objects.filter(pk=old.pk).values("title", "steps", "purpose", "basis").get()
        )
        new = services.begin_edition(
            old.procedure_id, terms(cast, title="暴雨避险", steps=[Step("先撤人")]), **node
        )
        services.propose_edition(new.pk, **node)
        old.procedure.refresh_from_db()
        assert old.procedure.title == "暴雨转移"
        services.approve_edition(new.pk, **node)
        after = Edition.objects.filter(pk=old.pk).values("title", "steps", "purpose", "basis").get()
        assert after == before
        old.refresh_from_db()
        assert old.state == EditionState.SUPERSEDED
        procedure = Procedure.objects.get(pk=old.procedure_id)
        assert (procedure.title, procedure.standing) == ("暴雨避险", Standing.IN_FORCE)
        parts = {one.part for one in finding.compare(old, Edition.objects.get(pk=new.pk))}
        assert parts == {"title", "steps"}

    def test_discarding_the_next_edition_leaves_the_one_in_force(self, cast, node):
        made = in_force(cast)
        new = services.begin_edition(made.procedure_id, terms(cast), **node)
        services.discard_edition(new.pk, **node)
        assert Procedure.objects.get().standing == Standing.IN_FORCE
        assert services.begin_edition(made.procedure_id, terms(cast), **node).number == 3

    def test_each_step_of_life_is_a_fact_that_tells_it_all(self, cast, node):
        made = in_force(cast)
        facts = Entry.objects.filter(verb__startswith="procedures.")
        assert set(facts.values_list("verb", "subject_ref")) == {
            (f"procedures.{verb}", made.procedure.ref)
            for verb in ("drafted", "proposed", "approved")
        }
        assert "敲门转移低洼处住户" in facts.get(verb="procedures.drafted").body

    def test_what_holds_by_a_document_is_taken_over(self, cast, now):
        made = drafted(cast)
        by = cast.viewer(cast.secretary)
        with pytest.raises(rules.ProcedureDocumentMissing):
            services.take_over_edition(made.pk, by=by, now=now, document=" ")
        done = services.take_over_edition(made.pk, by=by, now=now, document="青街办〔2025〕3号")
        assert (done.state, done.document) == (EditionState.IN_FORCE, "青街办〔2025〕3号")


class TestReading:
    def test_it_is_read_once_for_all_posts_and_anew_with_each_edition(self, cast, node, now):
        made = in_force(cast)
        worker = cast.viewer(cast.worker)
        assert services.acknowledge_edition(made.pk, by=worker, now=now) == 1
        assert services.acknowledge_edition(made.pk, by=worker, now=now) == 0
        assert Acknowledgement.objects.count() == 1
        assert following.followed_by(cast.worker, now=now)[0].is_read
        new = services.begin_edition(made.procedure_id, terms(cast), **node)
        services.propose_edition(new.pk, **node)
        services.approve_edition(new.pk, **node)
        assert not following.followed_by(cast.worker, now=now)[0].is_read
        with pytest.raises(rules.ProcedureNotNow):
            services.acknowledge_edition(made.pk, by=worker, now=now)

    def test_a_new_holder_reads_anew_and_an_old_one_owes_nothing(self, cast, now):
        made = in_force(cast)
        services.acknowledge_edition(made.pk, by=cast.viewer(cast.worker), now=now)
        posts.vacate_post(post=cast.grid_post, person=cast.worker, by="node:test", now=now)
        posts.appoint_holder(post=cast.grid_post, person=cast.head, by="node:test", now=now)
        assert following.followed_by(cast.worker, now=now) == []
        [his] = following.followed_by(cast.head, now=now)
        assert not his.is_read
        late = now + 8 * DAY
        assert following.followed_by(cast.head, now=late)[0].is_late

    @pytest.mark.parametrize(
        ("line", "names"),
        [
            ({"title": "网格员"}, {"王格平"}),
            ({"level": "community"}, {"石书勤", "傅助民"}),
            ({}, {"石书勤", "傅助民", "王格平", "楼长青", "钟心兰"}),
            ({"title": "网格员", "level": "community"}, set()),
        ],
    )
    def test_who_is_meant_by_title_level_and_place(self, cast, now, line, names):
        made = in_force(cast, followers=[Followers(cast.community, **line)])
        assert {one.holding.person.name for one in following.readers_of(made, now=now)} == names
        owing = following.owing_below(cast.district.path, now=now)[made.pk]
        assert owing.holdings == len(names)

    def test_one_post_alone_can_be_meant(self, cast, now):
        made = in_force(cast, followers=[Followers(cast.street, post=cast.street_post)])
        assert [one.holding.person for one in following.readers_of(made, now=now)] == [cast.officer]
        assert following.followed_by(cast.officer, now=now)[0].posts == ("街道值班员",)
        assert following.count_unread(cast.officer.pk, now=now).count() == 1
        assert following.count_unread(cast.worker.pk, now=now).count() == 0

    def test_what_is_not_read_in_time_calls_the_post_that_answers_there(self, cast, now):
        made = in_force(cast)
        assert services.ask_readings(now + 6 * DAY) == 0
        late = now + 8 * DAY
        assert services.ask_readings(late) == 1
        assert services.ask_readings(late) == 0
        errand = waits(READING).get()
        assert (errand.path, errand.number) == (cast.grid.path, 1)
        services.acknowledge_edition(made.pk, by=reach.viewer_of(cast.worker, late), now=late)
        assert not waits(READING).exists()

    def test_an_errand_nobody_needs_any_more_is_dropped(self, cast, node, now):
        made = in_force(cast)
        late = now + 8 * DAY
        services.ask_readings(late)
        services.withdraw_procedure(
            made.procedure_id, by="node:test", now=late, reason="并入总预案"
        )
        services.ask_readings(late)
        assert Errand.objects.get(kind=READING).state == ErrandState.NEEDLESS


class TestReviewing:
    def test_the_review_is_due_from_the_last_review(self, cast, node, now):
        made = in_force(cast, every_days=100)
        today = tree.today(now)
        procedure = made.procedure
        assert procedure.review_on == today + 100 * DAY
        services.review_procedure(
            procedure.pk, ReviewEnd.UNCHANGED, "仍适用", today - 10 * DAY, **node
        )
        new = services.begin_edition(procedure.pk, terms(cast, every_days=100), **node)
        services.propose_edition(new.pk, **node)
        services.approve_edition(new.pk, **node)
        procedure.refresh_from_db()
        assert procedure.review_on == today + 90 * DAY

    def test_who_may_review_and_what_it_must_say(self, cast, now):
        made = in_force(cast)
        today = tree.today(now)
        with pytest.raises(NotInReach):
            services.review_procedure(
                made.procedure_id,
                ReviewEnd.UNCHANGED,
                "好",
                today,
                by=cast.viewer(cast.worker),
                now=now,
            )
        by = cast.viewer(cast.secretary)
        for words, on, refusal in (
            ("", today, rules.ProcedureReasonMissing),
            ("好", today + DAY, rules.ReviewInFuture),
        ):
            with pytest.raises(refusal):
                services.review_procedure(
                    made.procedure_id, ReviewEnd.UNCHANGED, words, on, by=by, now=now
                )

    def test_a_review_that_asks_for_change_begins_the_next_edition(self, cast, node, now):
        made = in_force(cast)
        services.review_procedure(
            made.procedure_id, ReviewEnd.CHANGED, "挡板钥匙换地方", tree.today(now), **node
        )
        new = Edition.objects.get(number=2)
        assert (new.state, new.steps, new.audience.count()) == (EditionState.DRAFT, made.steps, 1)

    def test_a_review_may_end_it(self, cast, node, now):
        made = in_force(cast)
        services.review_procedure(
            made.procedure_id, ReviewEnd.WITHDRAWN, "已并入总预案", tree.today(now), **node
        )
        procedure = Procedure.objects.get()
        assert (procedure.standing, procedure.review_on) == (Standing.WITHDRAWN, None)

    def test_what_is_due_calls_who_keeps_the_list_once(self, cast, node, now):
        made = in_force(cast, every_days=30)
        assert services.ask_reviews(now + 29 * DAY) == 0
        due = now + 31 * DAY
        assert services.ask_reviews(due) == 1
        assert services.ask_reviews(due) == 0
        assert waits(REVIEW).get().capability == "procedures.write"
        services.review_procedure(
            made.procedure_id,
            ReviewEnd.UNCHANGED,
            "仍适用",
            tree.today(due),
            by="node:test",
            now=due,
        )
        assert not waits(REVIEW).exists()


class TestEnding:
    def test_withdrawing_ends_what_is_being_written_too(self, cast, node):
        made = in_force(cast)
        new = services.begin_edition(made.procedure_id, terms(cast), **node)
        services.propose_edition(new.pk, **node)
        services.withdraw_procedure(made.procedure_id, **node, reason="并入总预案")
        states = list(Edition.objects.order_by("number").values_list("state", flat=True))
        assert states == [EditionState.WITHDRAWN, EditionState.DISCARDED]
        assert not waits(APPROVAL).exists()
        with pytest.raises(rules.ProcedureNotNow):
            started(cast, made)

    def test_procedures_follow_their_places(self, cast, node, now):
        made = in_force(cast)
        Procedure.objects.update(path="/elsewhere/")
        made.audience.update(path="/elsewhere/")
        assert services.follow_places(now) == 1
        made.procedure.refresh_from_db()
        assert made.procedure.path == cast.community.path
        assert made.audience.get().path == cast.community.path
        assert services.follow_places(now) == 0


def test_a_person_on_no_post_follows_nothing(cast, now):
    in_force(cast, followers=[Followers(cast.district)])
    assert following.followed_by(make.person("闲人", cast.grid), now=now) == []
