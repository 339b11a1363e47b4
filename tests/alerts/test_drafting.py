"""Drafts: who may not write, approve or issue; two hands; changes void an approval."""

from datetime import timedelta
from uuid import uuid4

import pytest
from tests import make
from tests.alerts.composing import advice, agreed

from renwang.alerts.composing_rules import (
    AlreadyIssued,
    ChangedMeanwhile,
    DraftState,
    DraftUnready,
    Fault,
    Kind,
    NotApproved,
    NotSubmitted,
    RemarkMissing,
    SameHandTwice,
)
from renwang.alerts.desk_work import approvers_of, draft_of, may_approve, waiting_for
from renwang.alerts.drafts import Draft
from renwang.alerts.rules import MayNotOriginate
from renwang.alerts.services import (
    approve_draft,
    change_draft,
    drop_draft,
    issue_draft,
    return_draft,
    submit_draft,
    write_draft,
)
from renwang.base.models import Entry
from renwang.chain.reach import NotInReach
from renwang.chain.routes import rebuild_routes


class TestWhoMayNot:
    def test_write_at_a_place_that_is_not_his(self, cast, now):
        for who in (cast.stranger, cast.worker, cast.secretary):
            with pytest.raises(NotInReach):
                advice(cast, now, by=who)
        assert advice(cast, now).state == DraftState.DRAFT

    def test_a_sub_district_may_not_issue_an_actual_warning(self, cast, now):
        with pytest.raises(MayNotOriginate):
            advice(cast, now, kind=Kind.WARNING, colour="red")
        assert not Draft.objects.exists()
        made = advice(cast, now, cast.district, kind=Kind.WARNING, colour="red", by=cast.operator)
        assert made.kind == Kind.WARNING

    def test_read_what_is_written_elsewhere(self, cast, now):
        draft = advice(cast, now)
        assert draft_of(cast.viewer(cast.stranger), draft.pk) is None
        assert draft_of(cast.viewer(cast.operator), draft.pk) == draft

    def test_approve_what_he_wrote_himself(self, cast, now):
        draft = advice(cast, now)
        submit_draft(draft.pk, by=cast.viewer(cast.officer), now=now)
        with pytest.raises(SameHandTwice):
            approve_draft(draft.pk, by=cast.viewer(cast.officer), now=now)
        with pytest.raises(NotInReach):
            approve_draft(draft.pk, by=cast.viewer(cast.stranger), now=now)
        approve_draft(draft.pk, by=cast.viewer(cast.operator), now=now)

    def test_approve_what_he_changed_a_word_of(self, cast, now):
        draft = advice(cast, now)
        change_draft(draft.pk, {"contact": "12345"}, by=cast.viewer(cast.operator), now=now)
        submit_draft(draft.pk, by=cast.viewer(cast.officer), now=now)
        with pytest.raises(SameHandTwice):
            approve_draft(draft.pk, by=cast.viewer(cast.operator), now=now)

    def test_issue_before_anybody_has_approved(self, cast, now, key):
        draft = advice(cast, now)
        submit_draft(draft.pk, by=cast.viewer(cast.officer), now=now)
        with pytest.raises(NotApproved):
            issue_draft(draft.pk, by=cast.viewer(cast.officer), now=now)


class TestTheTwoHands:
    def test_a_draft_is_filled_in_from_its_wording_in_both_languages(self, cast, now):
        draft = advice(cast, now)
        assert list(draft.said) == ["zh-CN", "en"]
        assert draft.title == "提示：请青石街道居民注意防范暴雨"

    def test_what_is_incomplete_is_not_submitted_and_all_of_it_is_named(self, cast, now):
        draft = advice(cast, now, contact="", ends_at=None, units=[])
        with pytest.raises(DraftUnready) as refused:
            submit_draft(draft.pk, by=cast.viewer(cast.officer), now=now)
        assert set(refused.value.faults) >= {Fault.NO_END, Fault.NOBODY_TO_ASK, Fault.NO_AREA}

    def test_a_change_voids_the_approval_and_the_words_that_were_read(self, cast, now):
        draft = agreed(advice(cast, now), cast, now)
        seen = draft.revision
        changed = change_draft(
            draft.pk, {"contact": "12345"}, by=cast.viewer(cast.officer), now=now
        )
        assert (changed.state, changed.approved_by) == (DraftState.DRAFT, None)
        submit_draft(draft.pk, by=cast.viewer(cast.officer), now=now)
        with pytest.raises(ChangedMeanwhile):
            approve_draft(draft.pk, by=cast.viewer(cast.operator), now=now, seen=seen)

    def test_a_change_that_changes_nothing_voids_nothing(self, cast, now):
        draft = agreed(advice(cast, now), cast, now)
        same = change_draft(
            draft.pk, {"contact": draft.contact}, by=cast.viewer(cast.officer), now=now
        )
        assert same.state == DraftState.APPROVED

    def test_it_is_returned_with_a_remark_or_not_at_all(self, cast, now):
        draft = advice(cast, now)
        operator = cast.viewer(cast.operator)
        with pytest.raises(NotSubmitted):
            return_draft(draft.pk, by=operator, now=now, remark="地点不对")
        submit_draft(draft.pk, by=cast.viewer(cast.officer), now=now)
        with pytest.raises(RemarkMissing):
            return_draft(draft.pk, by=operator, now=now, remark=" ")
        back = return_draft(draft.pk, by=operator, now=now, remark="地点不对")
        assert (back.state, back.remark) == (DraftState.DRAFT, "地点不对")

    def test_every_step_is_in_the_journal(self, cast, now):
        draft = agreed(advice(cast, now), cast, now)
        drop_draft(draft.pk, by=cast.viewer(cast.officer), now=now, reason="雨停了")
        verbs = Entry.objects.filter(subject_id=str(draft.pk)).values_list("verb", flat=True)
        assert [verb.removeprefix("alerts.") for verb in verbs.order_by("pk")] == [
            "drafted", "draft_submitted", "draft_approved", "draft_dropped",
        ]  # fmt: skip

    def test_a_proposal_of_signals_is_kept(self, cast, now):
        proposal = uuid4()
        draft = write_draft(
            cast.street,
            Kind.ADVICE,
            by=cast.viewer(cast.officer),
            now=now,
            values={"hazard": "rainstorm"},
            proposal_id=proposal,
        )
        assert draft.proposal_id == proposal


class TestTheSecondPerson:
    def test_he_is_named_with_his_telephone_to_who_may_see_people(self, cast, now):
        make.contact(cast.operator, "phone", "13900000009")
        draft = advice(cast, now)
        names = {one.name: one.telephones for one in approvers_of(
            cast.viewer(cast.operator), draft.path, draft.authors
        )}  # fmt: skip
        assert names == {"程运维": ("13900000009",)}

    def test_who_may_not_see_people_there_learns_which_office_to_ring(self, cast, now):
        draft = advice(cast, now)
        found = approvers_of(cast.viewer(cast.officer), draft.path, draft.authors)
        assert [(one.name, one.unit_name, one.telephones) for one in found] == [("", "柳湾区", ())]

    def test_it_waits_for_him_and_not_for_its_author(self, cast, now):
        draft = advice(cast, now)
        submit_draft(draft.pk, by=cast.viewer(cast.officer), now=now)
        draft.refresh_from_db()
        waits = [waiting_for(cast.viewer(who)).count() for who in (cast.officer, cast.operator)]
        assert waits == [0, 1]
        assert may_approve(cast.viewer(cast.operator), draft)
        assert not may_approve(cast.viewer(cast.officer), draft)

    def test_an_approval_ends_with_the_time_of_what_was_approved(self, cast, now, key):
        draft = agreed(advice(cast, now), cast, now)
        with pytest.raises(DraftUnready):
            issue_draft(draft.pk, by=cast.viewer(cast.operator), now=now + timedelta(hours=7))

    def test_what_is_out_is_not_changed(self, cast, now, key):
        rebuild_routes()
        draft = agreed(advice(cast, now), cast, now)
        issue_draft(draft.pk, by=cast.viewer(cast.officer), now=now)
        with pytest.raises(AlreadyIssued):
            change_draft(draft.pk, {"contact": "x"}, by=cast.viewer(cast.officer), now=now)
