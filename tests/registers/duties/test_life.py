"""The life of a duty: refusals first, then writing, commenting, approving, following, ending."""

from datetime import date, timedelta

import pytest

from renwang.base.models import Entry
from renwang.chain.reach import NotInReach
from renwang.chain.services import posts
from renwang.registers.duties import rules, services
from renwang.registers.duties.models import Duty, Helper, Remark
from renwang.registers.duties.rules import DutyState, Phase
from tests import make
from tests.registers.duties.listed import Help, body, drafted, in_force, proposed, terms

DAY = timedelta(days=1)


@pytest.fixture
def node(now):
    """The node itself, which may everything and has no hand."""
    return {"by": "node:test", "now": now}


class TestWhoMayNot:
    def test_a_stranger_writes_nothing_here(self, cast, now):
        with pytest.raises(NotInReach):
            services.draft_duty(
                terms(cast.community_post), cast.community, by=cast.viewer(cast.stranger), now=now
            )
        assert drafted(cast).state == DutyState.DRAFT

    @pytest.mark.parametrize("who", ["stranger", "officer", "worker"])
    def test_who_only_looks_decides_nothing(self, cast, now, who):
        made = proposed(cast)
        by = cast.viewer(getattr(cast, who))
        with pytest.raises(NotInReach):
            services.approve_duty(made.pk, by=by, now=now)
        with pytest.raises(NotInReach):
            services.return_duty(made.pk, by=by, now=now, reason="x")
        with pytest.raises(NotInReach):
            services.edit_duty(made.pk, terms(cast.community_post), by=by, now=now)

    def test_who_wrote_any_word_does_not_approve(self, cast, now):
        made = drafted(cast)
        deputy, secretary = cast.viewer(cast.deputy), cast.viewer(cast.secretary)
        services.edit_duty(made.pk, terms(cast.community_post, sole="另写"), by=deputy, now=now)
        services.propose_duty(made.pk, by=secretary, now=now)
        for by in (deputy, secretary):
            with pytest.raises(rules.OwnDuty):
                services.approve_duty(made.pk, by=by, now=now)
        done = services.approve_duty(made.pk, by=cast.viewer(cast.operator), now=now)
        assert done.state == DutyState.APPROVED

    def test_who_is_not_named_has_no_say(self, cast, now):
        made = proposed(cast)
        for who in (cast.stranger, cast.head):
            with pytest.raises(rules.NotNamedThere):
                services.remark_on_duty(made.pk, "我有话说", by=cast.viewer(who), now=now)

    def test_an_objection_is_settled_by_whoever_made_it_or_who_approves(self, cast, now):
        made = proposed(cast, helpers=[Help(post=cast.grid_post)])
        worker = cast.viewer(cast.worker)
        said = services.remark_on_duty(made.pk, "人手不够", by=worker, now=now, is_objection=True)
        with pytest.raises(NotInReach):
            services.settle_objection(said.pk, "知道了", by=cast.viewer(cast.officer), now=now)
        services.settle_objection(said.pk, "收回", by=worker, now=now)
        with pytest.raises(rules.ObjectionSettled):
            services.settle_objection(said.pk, "收回", by=worker, now=now)


class TestWriting:
    def test_a_draft_holds_everything_and_the_fact_too(self, cast):
        clinic = body("石桥卫生站", cast.community)
        made = drafted(
            cast, helpers=[Help(post=cast.grid_post, does="敲门"), Help(organisation=clinic)]
        )
        assert [str(one) for one in Helper.objects.filter(duty=made)] == ["网格员", "石桥卫生站"]
        fact = Entry.objects.get(verb="duties.drafted").facts
        assert fact["leader"]["title"] == "社区党委书记"
        assert [one["does"] for one in fact["helpers"]] == ["敲门", ""]
        assert (fact["hazard"], fact["phase"]) == ("rainstorm", "respond")

    def test_without_leader_or_task_it_is_not_proposed(self, cast, now, node):
        empty = services.draft_duty(terms(), cast.community, **node)
        with pytest.raises(rules.LeaderMissing):
            services.propose_duty(empty.pk, **node)
        idle = drafted(cast, sole=" ")
        with pytest.raises(rules.TaskMissing):
            services.propose_duty(idle.pk, **node)

    def test_a_closed_post_leads_nobody(self, cast, node):
        made = drafted(cast, leader=cast.grid_post)
        posts.close_post(post=cast.grid_post, **node)
        with pytest.raises(rules.LeaderEnded):
            services.propose_duty(made.pk, **node)

    def test_what_is_over_already_is_not_approved(self, cast, node):
        made = proposed(cast, until_on=date(2026, 7, 15))
        with pytest.raises(rules.OverAlready):
            services.approve_duty(made.pk, **node)

    def test_changed_words_are_a_draft_again(self, cast, now):
        made = proposed(cast)
        by = cast.viewer(cast.secretary)
        again = services.edit_duty(made.pk, terms(cast.grid_post), by=by, now=now)
        assert (again.state, again.leader, again.proposed_at) == ("draft", cast.grid_post, None)

    def test_handed_back_with_the_reason_or_not_at_all(self, cast, node):
        made = proposed(cast)
        with pytest.raises(rules.WhyMissing):
            services.return_duty(made.pk, reason=" ", **node)
        assert services.return_duty(made.pk, reason="写清谁开门", **node).ending == "写清谁开门"


class TestSpeaking:
    def test_those_named_comment_without_keeping_the_list(self, cast, now):
        made = proposed(cast, helpers=[Help(post=cast.grid_post)])
        said = services.remark_on_duty(made.pk, "同意", by=cast.viewer(cast.worker), now=now)
        assert (said.post, said.is_objection) == (cast.grid_post, False)
        assert Duty.objects.get().state == DutyState.PROPOSED

    def test_an_organisation_speaks_through_its_post(self, cast, now):
        clinic = body("石桥卫生站", cast.community)
        contact = make.post("应急联络员", cast.community, cast.head, answers=False)
        type(contact).objects.filter(pk=contact.pk).update(organisation=clinic)
        made = proposed(cast, helpers=[Help(organisation=clinic)])
        said = services.remark_on_duty(made.pk, "可以", by=cast.viewer(cast.head), now=now)
        assert said.post == contact

    def test_while_an_objection_is_open_nobody_approves(self, cast, now, node):
        made = proposed(cast, helpers=[Help(post=cast.grid_post)])
        worker = cast.viewer(cast.worker)
        for words in ("一", "二"):
            services.remark_on_duty(made.pk, words, by=worker, now=now, is_objection=True)
        with pytest.raises(rules.DutyNotNow):
            services.approve_duty(made.pk, **node)
        first, second = Remark.objects.all()
        services.settle_objection(first.pk, "加派两人", **node)
        assert Duty.objects.get().state == DutyState.OBJECTED
        services.settle_objection(second.pk, "加派两人", **node)
        assert services.approve_duty(made.pk, **node).state == DutyState.APPROVED

    def test_an_objection_outlives_other_words(self, cast, now, node):
        made = proposed(cast)
        services.remark_on_duty(
            made.pk, "不行", by=cast.viewer(cast.secretary), now=now, is_objection=True
        )
        services.edit_duty(made.pk, terms(cast.community_post), **node)
        assert services.propose_duty(made.pk, **node).state == DutyState.OBJECTED


class TestHolding:
    def test_a_second_leader_is_refused_and_the_first_is_named(self, cast, node):
        first = in_force(cast)
        rival = proposed(cast, leader=cast.grid_post)
        with pytest.raises(rules.SecondLeader) as refused:
            services.approve_duty(rival.pk, **node)
        assert refused.value.params == {"ref": first.ref, "leader": "社区党委书记"}

    @pytest.mark.parametrize(
        "changes", [{"phase": Phase.RECOVER}, {"hazard": "fire"}, {"unit": "grid"}]
    )
    def test_another_cell_is_another_matter(self, cast, changes):
        in_force(cast)
        at = cast.grid if changes.pop("unit", "") else cast.community
        assert in_force(cast, at, **changes).state == DutyState.APPROVED

    def test_the_same_cell_in_another_time_is_none(self, cast):
        in_force(cast, until_on=date(2026, 8, 1))
        later = in_force(cast, from_on=date(2026, 8, 1))
        assert later.held_from > cast.now

    def test_a_successor_begins_where_the_old_one_ends(self, cast, now, node):
        old = in_force(cast)
        new = services.begin_successor(old.pk, terms(cast.grid_post, hazard="fire"), **node)
        assert (new.hazard, new.phase, new.unit) == (old.hazard, old.phase, old.unit)
        services.propose_duty(new.pk, **node)
        services.approve_duty(new.pk, by="node:test", now=now + DAY)
        old.refresh_from_db()
        assert (old.state, old.held_until) == (DutyState.SUPERSEDED, now + DAY)

    def test_two_successors_of_one_are_one_too_many(self, cast, node):
        old = in_force(cast)
        pair = [services.begin_successor(old.pk, terms(cast.grid_post), **node) for _ in "ab"]
        for new in pair:
            services.propose_duty(new.pk, **node)
        services.approve_duty(pair[0].pk, **node)
        with pytest.raises((rules.SupersededAlready, rules.SecondLeader)):
            services.approve_duty(pair[1].pk, **node)
        with pytest.raises(rules.SupersededAlready):
            services.begin_successor(old.pk, terms(cast.grid_post), **node)

    def test_a_later_successor_lets_the_old_one_hold_until_then(self, cast, now, node):
        old = in_force(cast)
        new = services.begin_successor(
            old.pk, terms(cast.grid_post, from_on=date(2026, 8, 1)), **node
        )
        services.propose_duty(new.pk, **node)
        new = services.approve_duty(new.pk, **node)
        old.refresh_from_db()
        assert (old.state, old.held_until) == (DutyState.APPROVED, new.held_from)
        assert services.expire_duties(new.held_from) == 1
        old.refresh_from_db()
        assert old.state == DutyState.SUPERSEDED

    def test_a_successor_that_never_began_gives_the_old_one_its_time_back(self, cast, node):
        old = in_force(cast)
        new = services.begin_successor(
            old.pk, terms(cast.grid_post, from_on=date(2026, 8, 1)), **node
        )
        services.propose_duty(new.pk, **node)
        services.approve_duty(new.pk, **node)
        services.withdraw_duty(new.pk, reason="撤销", **node)
        old.refresh_from_db()
        assert (old.state, old.held_until) == (DutyState.APPROVED, None)

    def test_ended_with_the_reason_or_not_at_all(self, cast, now, node):
        made = in_force(cast)
        with pytest.raises(rules.WhyMissing):
            services.withdraw_duty(made.pk, reason="", **node)
        ended = services.withdraw_duty(made.pk, reason="机构调整", **node)
        assert (ended.state, ended.held_until) == (DutyState.WITHDRAWN, now)

    def test_what_runs_out_is_marked_once(self, cast, now):
        made = in_force(cast, until_on=date(2026, 7, 16))
        assert services.expire_duties(now) == 0
        assert services.expire_duties(now + DAY) == 1
        assert services.expire_duties(now + DAY) == 0
        made.refresh_from_db()
        assert made.state == DutyState.EXPIRED
        assert Entry.objects.filter(verb="duties.expired").count() == 1

    def test_taken_over_only_from_a_document(self, cast, now, node):
        made = drafted(cast, from_on=date(2025, 1, 1))
        with pytest.raises(rules.DocumentMissing):
            services.take_over_duty(made.pk, document=" ", **node)
        held = services.take_over_duty(made.pk, document="青街办〔2025〕3号", **node)
        assert held.held_from < now - 500 * DAY
        assert held.state == DutyState.APPROVED

    def test_a_change_of_person_changes_nothing(self, cast, now, node):
        made = in_force(cast)
        before = Duty.objects.values().get(pk=made.pk)
        posts.vacate_post(post=cast.community_post, person=cast.secretary, **node)
        assert Duty.objects.values().get(pk=made.pk) == before


def test_duties_follow_a_place_that_moved(cast, now):
    made = in_force(cast, cast.grid, cast.grid_post)
    type(cast.grid).objects.filter(pk=cast.grid.pk).update(path="/990105/990105001/x/g/")
    assert services.follow_places(now) == 1
    assert services.follow_places(now) == 0
    made.refresh_from_db()
    assert made.path == "/990105/990105001/x/g/"
