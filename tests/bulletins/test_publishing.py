"""From a draft to what everybody reads: two hands, versions kept, corrections linked, the chain told."""

from datetime import timedelta

import pytest

from renwang.base.models import Entry
from renwang.bulletins import finding, selectors, services
from renwang.bulletins.models import Bulletin
from renwang.bulletins.rules import (
    BulletinState,
    CorrectedAlready,
    EndsTooSoon,
    NotNow,
    ReasonMissing,
    SameHandTwice,
    SourceMissing,
)
from renwang.chain import routes
from renwang.chain.reach import NotInReach
from renwang.outreach.models import Call, Notice
from renwang.outreach.services import NobodyThere
from tests import make
from tests.bulletins.said import (
    ENGLISH,
    HOUR,
    LATER,
    WATER,
    corrected,
    draft,
    public_and_chain,
    published,
    waiting,
)


def verbs(bulletin: Bulletin) -> list[str]:
    facts = Entry.objects.filter(subject_id=str(bulletin.pk)).order_by("id")
    return [verb.removeprefix("bulletins.") for verb in facts.values_list("verb", flat=True)]


class TestWhoMayNot:
    @pytest.mark.parametrize("who", ["stranger", "worker", "leader"])
    def test_write(self, cast, now, who):
        by = cast.viewer(getattr(cast, who))
        with pytest.raises(NotInReach):
            services.draft_bulletin(draft(), cast.community, by=by, now=now)
        assert services.draft_bulletin(
            draft(), cast.community, by=cast.viewer(cast.secretary), now=now
        )

    @pytest.mark.parametrize("deed", ["approve_bulletin", "publish_bulletin"])
    def test_decide_elsewhere(self, cast, now, deed):
        made = waiting(cast)
        with pytest.raises(NotInReach):
            getattr(services, deed)(made.pk, by=cast.viewer(cast.stranger), now=now)

    def test_approve_what_one_wrote_any_version_of(self, cast, now):
        secretary, deputy = cast.viewer(cast.secretary), cast.viewer(cast.deputy)
        made = services.draft_bulletin(draft(), cast.community, by=secretary, now=now)
        services.edit_bulletin(made.pk, draft(LATER), by=deputy, now=now)
        services.submit_bulletin(made.pk, by=deputy, now=now)
        for writer in (secretary, deputy):
            with pytest.raises(SameHandTwice):
                services.approve_bulletin(made.pk, by=writer, now=now)
        services.approve_bulletin(made.pk, by=cast.viewer(cast.officer), now=now)

    def test_take_back_somebody_elses(self, cast, now):
        made = published(cast)
        with pytest.raises(NotInReach):
            services.withdraw_bulletin(
                made.pk, by=cast.viewer(cast.stranger), now=now, reason="不对"
            )

    def test_see_what_is_not_published(self, cast):
        made = waiting(cast)
        assert finding.bulletin_of(cast.viewer(cast.stranger), made.pk) is None
        assert finding.bulletin_of(cast.viewer(cast.worker), made.pk) is None
        assert finding.bulletin_of(cast.viewer(cast.deputy), made.pk) == made


class TestTheWay:
    def test_every_step_is_a_fact_and_every_version_is_kept(self, cast, now):
        by, other = cast.viewer(cast.secretary), cast.viewer(cast.officer)
        made = services.draft_bulletin(draft(), cast.community, by=by, now=now)
        services.submit_bulletin(made.pk, by=by, now=now)
        services.return_bulletin(made.pk, by=other, now=now, reason="哪几栋楼？")
        services.edit_bulletin(made.pk, draft(LATER, ENGLISH), by=by, now=now)
        services.submit_bulletin(made.pk, by=by, now=now)
        services.approve_bulletin(made.pk, by=other, now=now)
        made = services.publish_bulletin(made.pk, by=other, now=now)
        assert [one.number for one in finding.versions_of(made)] == [2, 1]
        assert verbs(made) == [
            "drafted", "submitted", "returned", "edited", "submitted", "approved", "published",
        ]  # fmt: skip
        assert made.approved_by == cast.officer.pk
        assert selectors.shown_bulletin(made.ref) == made

    def test_other_words_need_another_approval(self, cast, now):
        made = waiting(cast)
        services.approve_bulletin(made.pk, by=cast.viewer(cast.officer), now=now)
        made = services.edit_bulletin(
            made.pk, draft(LATER), by=cast.viewer(cast.secretary), now=now
        )
        assert made.state == BulletinState.DRAFT
        assert made.approved_by is None
        with pytest.raises(NotNow):
            services.publish_bulletin(made.pk, by=cast.viewer(cast.officer), now=now)

    def test_nobody_hands_in_what_nobody_says(self, cast, now):
        by = cast.viewer(cast.secretary)
        made = services.draft_bulletin(draft(sources=[]), cast.community, by=by, now=now)
        with pytest.raises(SourceMissing):
            services.submit_bulletin(made.pk, by=by, now=now)

    def test_what_is_over_meanwhile_is_not_published(self, cast, now):
        made = waiting(cast, ends_at=now + HOUR)
        services.approve_bulletin(made.pk, by=cast.viewer(cast.officer), now=now)
        with pytest.raises(EndsTooSoon):
            services.publish_bulletin(made.pk, by=cast.viewer(cast.officer), now=now + HOUR)

    def test_published_words_are_never_edited_nor_discarded(self, cast, now):
        made, by = published(cast), cast.viewer(cast.secretary)
        for deed in (
            lambda: services.edit_bulletin(made.pk, draft(LATER), by=by, now=now),
            lambda: services.discard_bulletin(made.pk, by=by, now=now),
        ):
            with pytest.raises(NotNow):
                deed()

    def test_acts_need_few_statements(self, cast, now, django_assert_max_num_queries):
        routes.rebuild_routes()
        published(cast, audience=public_and_chain())
        made = waiting(cast, audience=public_and_chain())
        by = cast.viewer(cast.officer)
        with django_assert_max_num_queries(15):
            services.approve_bulletin(made.pk, by=by, now=now)
        with django_assert_max_num_queries(15):
            services.publish_bulletin(made.pk, by=by, now=now)


class TestCorrections:
    def test_both_stay_readable_and_linked(self, cast):
        wrong = published(cast)
        right = corrected(cast, wrong)
        wrong = selectors.shown_bulletin(wrong.ref)
        assert wrong.state == BulletinState.CORRECTED
        assert wrong.known_corrections == [right]
        assert selectors.shown_bulletin(right.ref).corrects == wrong
        assert [
            one.title for one in selectors.bulletins_in_force(cast.community.path, cast.now)
        ] == [LATER.title]

    def test_until_it_is_published_the_old_one_holds(self, cast, now):
        wrong = published(cast)
        services.begin_correction(
            wrong.pk, draft(LATER, reason="错了"), by=cast.viewer(cast.secretary), now=now
        )
        found = selectors.bulletins_in_force(cast.community.path, now)
        assert [one.title for one in found] == [WATER.title]

    def test_it_says_what_was_wrong(self, cast, now):
        wrong = published(cast)
        with pytest.raises(ReasonMissing):
            services.begin_correction(
                wrong.pk, draft(LATER), by=cast.viewer(cast.secretary), now=now
            )

    def test_the_later_one_is_corrected_not_the_first_once_more(self, cast, now):
        wrong = published(cast)
        by = cast.viewer(cast.secretary)
        second = services.begin_correction(wrong.pk, draft(LATER, reason="错了"), by=by, now=now)
        right = corrected(cast, wrong)
        with pytest.raises(CorrectedAlready):
            services.begin_correction(wrong.pk, draft(LATER, reason="错了"), by=by, now=now)
        services.submit_bulletin(second.pk, by=by, now=now)
        services.approve_bulletin(second.pk, by=cast.viewer(cast.officer), now=now)
        with pytest.raises(CorrectedAlready):
            services.publish_bulletin(second.pk, by=cast.viewer(cast.officer), now=now)
        assert corrected(cast, right, ENGLISH, reason="再改").sequence == 3

    def test_what_was_taken_back_can_be_put_right(self, cast, now):
        wrong = published(cast)
        services.withdraw_bulletin(wrong.pk, by=cast.viewer(cast.officer), now=now, reason="不对")
        assert corrected(cast, wrong).state == BulletinState.PUBLISHED


class TestEnding:
    def test_what_was_taken_back_stays_readable_with_the_reason(self, cast, now):
        made = published(cast)
        services.withdraw_bulletin(
            made.pk, by=cast.viewer(cast.officer), now=now, reason="时间不对"
        )
        assert selectors.shown_bulletin(made.ref).ending == "时间不对"
        assert selectors.bulletins_in_force(cast.community.path, now) == []

    def test_it_is_over_by_itself(self, cast, now):
        made = published(cast, ends_at=now + HOUR)
        assert services.expire_bulletins(now) == 0
        assert services.expire_bulletins(now + HOUR) == 1
        assert services.expire_bulletins(now + HOUR) == 0
        made.refresh_from_db()
        assert made.state == BulletinState.EXPIRED
        assert verbs(made)[-1] == "expired"


class TestWhere:
    def test_a_place_hears_of_its_own_and_of_those_above(self, cast, now):
        published(cast)
        for place, number in (
            (cast.community, 1),
            (cast.grid, 1),
            (cast.street, 0),
            (cast.neighbour_community, 0),
        ):
            assert len(selectors.bulletins_in_force(place.path, now)) == number, place.name

    def test_what_is_for_the_chain_only_is_not_public(self, cast, now):
        from renwang.bulletins.rules import Audience, Chain

        routes.rebuild_routes()
        made = published(cast, audience=Audience(False, Chain.EVERYBODY))
        assert selectors.shown_bulletin(made.ref) is None
        assert selectors.bulletins_in_force(cast.community.path, now) == []
        assert selectors.feed_of(None) == []


class TestTheChain:
    @pytest.fixture(autouse=True)
    def _routes(self, cast):
        make.contact(cast.worker, "sms", "13900000009", 1)
        routes.rebuild_routes()

    def test_everybody_on_the_chain_is_told_the_same_words(self, cast):
        made = published(cast, WATER, ENGLISH, audience=public_and_chain())
        notice = Notice.objects.get(pk=made.notice_id)
        assert (notice.title, notice.words) == (WATER.title, WATER.text)
        paths = set(Call.objects.filter(notice=notice).values_list("path", flat=True))
        assert paths == {
            cast.community.path, cast.grid.path, cast.group.path, cast.contact_household.path,
        }  # fmt: skip

    def test_or_only_the_holders_of_some_posts(self, cast):
        cast.grid_post.role = "grid_worker"
        cast.grid_post.save()
        made = published(cast, audience=public_and_chain("grid_worker"))
        told = Call.objects.filter(notice=made.notice_id)
        assert list(told.values_list("post_id", flat=True)) == [cast.grid_post.pk]

    def test_nobody_in_such_a_post_is_said_and_nothing_is_published(self, cast, now):
        made = waiting(cast, audience=public_and_chain("nobody_has_this"))
        services.approve_bulletin(made.pk, by=cast.viewer(cast.officer), now=now)
        with pytest.raises(NobodyThere):
            services.publish_bulletin(made.pk, by=cast.viewer(cast.officer), now=now)
        made.refresh_from_db()
        assert made.state == BulletinState.APPROVED

    def test_who_was_told_hears_of_the_correction_and_the_old_words_stop(self, cast):
        wrong = published(cast, audience=public_and_chain())
        right = corrected(cast, wrong)
        old, new = Notice.objects.get(pk=wrong.notice_id), Notice.objects.get(pk=right.notice_id)
        assert old.state == "withdrawn"
        told = set(Call.objects.filter(notice=old).values_list("post_id", flat=True))
        assert set(Call.objects.filter(notice=new).values_list("post_id", flat=True)) == told

    def test_who_was_told_hears_that_it_was_taken_back_and_why(self, cast, now):
        made = published(cast, audience=public_and_chain())
        services.withdraw_bulletin(
            made.pk, by=cast.viewer(cast.officer), now=now, reason="水管没坏"
        )
        last = Notice.objects.order_by("-started_at", "-id").exclude(pk=made.notice_id).get()
        assert "水管没坏" in last.words
        assert last.calls.count() == 4
        assert corrected(cast, made, ends_at=now + timedelta(days=1)).notice_id


class TestLists:
    def test_the_list_needs_few_statements(self, cast, django_assert_max_num_queries):
        for _ in range(3):
            published(cast)
        waiting(cast, unit=cast.grid)
        viewer = cast.viewer(cast.officer)
        with django_assert_max_num_queries(2):
            page = finding.list_bulletins(viewer, finding.Wanted())
            assert [one.unit_name for one in page.items].count("石桥社区") == 3
        assert finding.count_bulletins(viewer, finding.Wanted()) == {"published": 3, "waiting": 1}

    def test_only_other_hands_are_waited_for(self, cast):
        waiting(cast)
        assert finding.to_approve(cast.viewer(cast.secretary)).count() == 0
        assert finding.to_approve(cast.viewer(cast.officer)).count() == 1
        assert finding.to_approve(cast.viewer(cast.stranger)).count() == 0

    def test_search_finds_words_in_any_language_and_the_number(self, cast):
        made = published(cast, WATER, ENGLISH)
        for text in ("存一些水", "No WATER", made.ref.lower()):
            found = finding.list_bulletins(cast.viewer(cast.officer), finding.Wanted(text))
            assert found.items == [made], text
