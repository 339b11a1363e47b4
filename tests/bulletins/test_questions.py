"""What people bring: asked without an account, merged, answered, published by a second hand, forgotten in time."""

import re
from datetime import timedelta

import pytest
from django.apps import apps

from renwang.base.buckets import BUCKETS, bucket_of
from renwang.base.forgetting import notes, replay
from renwang.base.models import Entry
from renwang.bulletins import finding, selectors, services
from renwang.bulletins.models import AskingRate, PlaceInfo, Question
from renwang.bulletins.question_rules import (
    ANSWER_WITHIN,
    AT_MOST_IN_AN_HOUR,
    CLIMB_EVERY,
    CONTACT_KEPT_FOR,
    UNANSWERED_CONTACT_KEPT_FOR,
    AskedTooMuch,
    AskedTooOften,
    Finding,
    FindingMissing,
    Kind,
    MergedIntoItself,
    NextWordTooLate,
    NothingNewToPublish,
    QuestionNotNow,
    QuestionState,
)
from renwang.bulletins.rules import ReasonMissing, SameHandTwice, SourceMissing
from renwang.chain.reach import NotInReach
from tests.bulletins.said import HOUR, answered, asked, reply, shown


def facts(question: Question) -> list[Entry]:
    return list(Entry.objects.filter(subject_id=str(question.pk)).order_by("id"))


class TestWhoMayNot:
    @pytest.mark.parametrize("who", ["stranger", "worker"])
    def test_answer_or_sort(self, cast, now, who):
        question, other = asked(cast), asked(cast)
        by = cast.viewer(getattr(cast, who))
        for deed in (
            lambda: services.answer_question(question.pk, reply(), by=by, now=now),
            lambda: services.postpone_question(question.pk, reply(), now + HOUR, by=by, now=now),
            lambda: services.merge_question(question.pk, other.pk, by=by, now=now),
            lambda: services.set_aside(question.pk, by=by, now=now, reason="无关"),
            lambda: services.open_contact(question.pk, by=by, now=now),
            lambda: services.enter_question(
                services.Asking("几点停水"), cast.community, by=by, now=now
            ),
        ):
            with pytest.raises(NotInReach):
                deed()
        assert finding.question_of(by, question.pk) is None
        assert finding.question_of(cast.viewer(cast.secretary), question.pk) == question

    def test_publish_what_one_has_answered(self, cast, now):
        question = answered(cast)
        with pytest.raises(SameHandTwice):
            services.publish_answer(question.pk, by=cast.viewer(cast.secretary), now=now)
        with pytest.raises(NotInReach):
            services.publish_answer(question.pk, by=cast.viewer(cast.stranger), now=now)
        services.publish_answer(question.pk, by=cast.viewer(cast.officer), now=now)

    def test_merge_across_the_edge_of_ones_place(self, cast, now):
        here, there = asked(cast), asked(cast, unit=cast.strangers_street)
        with pytest.raises(NotInReach):
            services.merge_question(here.pk, there.pk, by=cast.viewer(cast.secretary), now=now)


class TestWhatIsKept:
    def test_nothing_is_collected_from_anybodys_posts_or_chats(self):
        """Whoever asks brings it himself; no field could hold what was taken from elsewhere, or who he is."""
        kept = {
            f"{model.__name__}.{field.name}"
            for model in apps.get_app_config("bulletins").get_models()
            if model is not PlaceInfo  # an office, not a person
            for field in model._meta.get_fields()
        }
        forbidden = re.compile(
            r"address|ip$|agent|cookie|device|session|author|nickname|asker|person_id|platform|post_url"
            r"|chat|scraped|crawled|feed|phone$|wechat|weibo|location"
        )
        assert [name for name in kept if forbidden.search(name.split(".")[1])] == []
        ways = dict(Question._meta.get_field("via").choices)
        assert set(ways) == {"web", "desk", "api"}

    def test_a_contact_is_sealed_and_no_fact_holds_it_or_the_words(self, cast):
        question = asked(cast, "三单元的路灯坏了", contact="13900001111")
        assert "13900001111" not in question.contact
        for fact in facts(question):
            assert "13900001111" not in fact.body
            assert "路灯" not in fact.body

    def test_looking_at_a_contact_is_a_fact(self, cast, now):
        question = asked(cast, contact="13900001111")
        seen = services.open_contact(question.pk, by=cast.viewer(cast.secretary), now=now)
        assert seen == "13900001111"
        assert facts(question)[-1].verb == "bulletins.contact_seen"
        assert facts(question)[-1].actor == f"person:{cast.secretary.pk}"

    def test_a_contact_goes_two_weeks_after_the_answer(self, cast, now):
        question = answered(cast, asked(cast, contact="13900001111"))
        assert services.erase_contacts(now + CONTACT_KEPT_FOR - HOUR) == 0
        assert services.erase_contacts(now + CONTACT_KEPT_FOR) == 1
        question.refresh_from_db()
        assert question.contact == ""
        assert services.open_contact(question.pk, by=cast.viewer(cast.secretary), now=now) == ""

    def test_and_two_months_after_the_question_where_nobody_answered(self, cast, now):
        asked(cast, contact="13900001111")
        assert services.erase_contacts(now + UNANSWERED_CONTACT_KEPT_FOR - HOUR) == 0
        assert services.erase_contacts(now + UNANSWERED_CONTACT_KEPT_FOR) == 1

    def test_of_an_address_only_a_bucket_that_thousands_share_is_counted(self, cast, now):
        asked(cast)
        (rate,) = AskingRate.objects.values()
        assert set(rate) == {"id", "hour", "bucket", "number"}
        assert 0 <= rate["bucket"] < BUCKETS
        assert bucket_of("192.0.2.7", now) != bucket_of("192.0.2.7", now + HOUR)
        assert bucket_of("2001:db8::1", now) == bucket_of("2001:db8::ffff", now)
        assert services.forget_rates(now + HOUR) == 1
        assert not AskingRate.objects.exists()


class TestAsking:
    def test_a_machine_is_told_to_wait(self, cast, now):
        for _ in range(AT_MOST_IN_AN_HOUR):
            asked(cast)
        with pytest.raises(AskedTooOften):
            asked(cast)
        other = services.Asking("几点停水")
        services.ask_publicly(other, cast.community, address="198.51.100.9", now=now, via="web")

    def test_too_long_is_refused_and_not_counted(self, cast):
        with pytest.raises(AskedTooMuch):
            asked(cast, "水" * 1001)
        assert not AskingRate.objects.exists()

    def test_everybody_has_a_code_of_his_own_that_nobody_guesses(self, cast):
        codes = {asked(cast).code for _ in range(5)}
        assert len(codes) == 5
        assert all(len(code) == 16 for code in codes)

    def test_acts_need_few_statements(self, cast, now, django_assert_max_num_queries):
        shown(cast)
        with django_assert_max_num_queries(15):
            question = asked(cast)
        with django_assert_max_num_queries(15):
            answered(cast, question)
        with django_assert_max_num_queries(15):
            services.publish_answer(question.pk, by=cast.viewer(cast.officer), now=now)


class TestAnswering:
    def test_whoever_asked_reads_it_at_once_and_everybody_after_a_second_hand(self, cast, now):
        question = answered(cast)
        assert selectors.asked_by_code(question.code).current.texts[0]["text"].startswith("20:00")
        assert selectors.answered_questions(cast.community.path) == []
        services.publish_answer(question.pk, by=cast.viewer(cast.officer), now=now)
        assert selectors.answered_questions(cast.community.path) == [question]
        with pytest.raises(QuestionNotNow):
            services.publish_answer(question.pk, by=cast.viewer(cast.officer), now=now)

    def test_an_answer_has_a_source_and_a_rumour_a_finding(self, cast, now):
        by = cast.viewer(cast.secretary)
        with pytest.raises(SourceMissing):
            services.answer_question(asked(cast).pk, reply(sources=[]), by=by, now=now)
        rumour = asked(cast, "听说要停水三天", kind=Kind.RUMOUR)
        with pytest.raises(FindingMissing):
            services.answer_question(rumour.pk, reply(), by=by, now=now)
        with pytest.raises(FindingMissing):
            services.answer_question(asked(cast).pk, reply(finding=Finding.TRUE), by=by, now=now)
        assert answered(cast, rumour).current.finding == Finding.FALSE

    def test_the_words_of_whoever_asked_are_not_read_for_the_public(self, cast):
        shown(cast, asked(cast, "我住3栋2单元，几点停水"))
        (question,) = selectors.answered_questions(cast.community.path)
        assert "words" in question.get_deferred_fields()

    def test_a_published_answer_is_corrected_by_two_hands_and_both_are_kept(self, cast, now):
        question, by = shown(cast), cast.viewer(cast.secretary)
        with pytest.raises(ReasonMissing):
            services.answer_question(question.pk, reply(text="23:00来水。"), by=by, now=now)
        better = reply(text="23:00来水。", reason="时间写错了")
        question = services.answer_question(question.pk, better, by=by, now=now)
        assert question.state == QuestionState.CORRECTING
        assert "22:00" in selectors.shown_question(question.ref).shown.texts[0]["text"]
        with pytest.raises(SameHandTwice):
            services.publish_answer(question.pk, by=by, now=now)
        services.publish_answer(question.pk, by=cast.viewer(cast.officer), now=now)
        found = selectors.shown_question(question.ref)
        assert found.state == QuestionState.CORRECTED
        assert found.shown.reason == "时间写错了"
        assert ["22:00" in one.texts[0]["text"] for one in found.said_before] == [True]
        assert facts(question)[-1].verb == "bulletins.answer_corrected"

    def test_an_answer_can_be_shown_no_longer(self, cast, now):
        question, by = shown(cast), cast.viewer(cast.officer)
        services.retract_answer(question.pk, by=by, now=now, reason="情况变了")
        assert selectors.shown_question(question.ref) is None
        with pytest.raises(NothingNewToPublish):
            services.retract_answer(question.pk, by=by, now=now, reason="再来")


class TestNotKnownYet:
    def test_it_is_an_honest_state_that_may_be_published(self, cast, now):
        question, by = asked(cast), cast.viewer(cast.secretary)
        known = reply(text="还不知道，正在问。", sources=[])
        with pytest.raises(NextWordTooLate):
            services.postpone_question(question.pk, known, now, by=by, now=now)
        services.postpone_question(question.pk, known, now + 2 * HOUR, by=by, now=now)
        services.publish_answer(question.pk, by=cast.viewer(cast.officer), now=now)
        (found,) = selectors.answered_questions(cast.community.path)
        assert found.state == QuestionState.PENDING
        assert found.shown.next_word_at == now + 2 * HOUR

    def test_a_promise_that_is_not_kept_climbs_until_the_word_comes(self, cast, now):
        question, by = asked(cast), cast.viewer(cast.secretary)
        services.postpone_question(question.pk, reply(sources=[]), now + HOUR, by=by, now=now)
        late = now + HOUR
        assert services.climb_questions(late - timedelta(seconds=1)) == 0
        assert services.climb_questions(late) == 1
        assert services.climb_questions(late) == 0
        assert [one.pk for one in finding.late_for(by, late)] == [question.pk]
        assert finding.late_for(cast.viewer(cast.officer), late) == []
        assert finding.late_for(cast.viewer(cast.stranger), late) == []
        assert services.climb_questions(late + CLIMB_EVERY) == 1
        assert [one.pk for one in finding.late_for(cast.viewer(cast.officer), late)] == [
            question.pk
        ]
        climbs = [
            fact.facts["rung"] for fact in facts(question) if fact.verb == "bulletins.overdue"
        ]
        assert climbs == [1, 2]
        services.answer_question(question.pk, reply(), by=by, now=late)
        assert finding.late_for(by, late) == []
        assert services.climb_questions(late + 9 * CLIMB_EVERY) == 0

    def test_silence_climbs_too(self, cast, now):
        asked(cast)
        assert services.climb_questions(now + ANSWER_WITHIN) == 1


class TestMerging:
    def test_everybody_who_asked_reads_the_one_answer(self, cast, now):
        head, other, third = asked(cast), asked(cast, "晚上停不停水"), asked(cast, "停水吗")
        by = cast.viewer(cast.secretary)
        services.merge_question(third.pk, other.pk, by=by, now=now)
        services.merge_question(other.pk, head.pk, by=by, now=now)
        answered(cast, head)
        for one in (head, other, third):
            found = selectors.asked_by_code(one.code)
            stands = found.merged_into or found
            assert stands.current.texts[0]["text"].startswith("20:00")
        assert {one.pk for one in finding.merged_into(head)} == {other.pk, third.pk}

    def test_and_can_be_taken_apart_again(self, cast, now):
        head, other = asked(cast), asked(cast)
        by = cast.viewer(cast.secretary)
        services.merge_question(other.pk, head.pk, by=by, now=now)
        for wrong in ((head.pk, head.pk), (head.pk, other.pk)):
            with pytest.raises(MergedIntoItself):
                services.merge_question(*wrong, by=by, now=now)
        alone = services.unmerge_question(other.pk, by=by, now=now)
        assert (alone.state, alone.merged_into) == (QuestionState.ASKED, None)
        assert alone.due_at == now + ANSWER_WITHIN

    def test_those_alike_are_found_at_ones_own_places_only(
        self, cast, django_assert_max_num_queries
    ):
        question = asked(cast, "今晚几点停水")
        like = asked(cast, "请问今晚停水到几点")
        asked(cast, "小学明天上课吗")
        asked(cast, "今晚几点停水", unit=cast.strangers_street)
        viewer = cast.viewer(cast.secretary)
        with django_assert_max_num_queries(1):
            assert finding.questions_like(viewer, question) == [like]

    def test_put_aside_and_taken_up_again(self, cast, now):
        question, by = asked(cast), cast.viewer(cast.secretary)
        with pytest.raises(ReasonMissing):
            services.set_aside(question.pk, by=by, now=now, reason="")
        services.set_aside(question.pk, by=by, now=now, reason="请问物业")
        assert selectors.asked_by_code(question.code).aside_because == "请问物业"
        assert services.take_up(question.pk, by=by, now=now).state == QuestionState.ASKED


class TestWhetherItHelped:
    def test_no_makes_it_wait_again(self, cast, now):
        question = answered(cast)
        found = services.judge_answer(question.code, False, now=now)
        assert (found.state, found.helped) == (QuestionState.ASKED, False)
        assert found.due_at == now + ANSWER_WITHIN

    def test_yes_is_kept(self, cast, now):
        question = services.judge_answer(answered(cast).code, True, now=now)
        assert (question.state, question.helped) == (QuestionState.ANSWERED, True)

    def test_one_of_many_does_not_take_the_answer_from_the_others(self, cast, now):
        head, other = asked(cast), asked(cast)
        services.merge_question(other.pk, head.pk, by=cast.viewer(cast.secretary), now=now)
        answered(cast, head)
        judged = services.judge_answer(other.code, False, now=now)
        assert judged.helped is False
        head.refresh_from_db()
        assert head.state == QuestionState.ANSWERED

    def test_before_the_answer_there_is_nothing_to_judge(self, cast, now):
        with pytest.raises(QuestionNotNow):
            services.judge_answer(asked(cast).code, True, now=now)


class TestOwnWords:
    TERM = timedelta(days=180)

    def test_they_stay_until_nothing_has_happened_for_the_term(self, cast, now):
        question = answered(cast)
        assert services.erase_words(now + self.TERM - HOUR) == 0
        question.refresh_from_db()
        assert question.words

    def test_then_they_are_erased_and_what_the_office_wrote_stays(self, cast, now):
        question = answered(cast, asked(cast, "三单元张大娘家几点停水"))
        title, texts = question.title, question.current.texts
        assert services.erase_words(now + self.TERM) == 1
        question.refresh_from_db()
        assert (question.words, question.title, question.current.texts) == ("", title, texts)
        viewer = cast.viewer(cast.secretary)
        assert not finding.first_questions(viewer, finding.Wanted("张大娘"), 5)
        assert finding.first_questions(viewer, finding.Wanted(title), 5) == [question]
        assert services.erase_words(now + self.TERM) == 0

    def test_one_that_nobody_answered_is_called_by_its_number_then(self, cast, now):
        question = asked(cast, "三单元的路灯坏了")
        assert services.erase_words(now + self.TERM) == 1
        question.refresh_from_db()
        assert (str(question), question.search) == (question.ref, "")

    def test_the_term_is_a_setting(self, cast, now, settings):
        settings.RENWANG_ASKED_WORDS_KEPT_DAYS = 30
        asked(cast)
        assert services.erase_words(now + timedelta(days=30)) == 1

    def test_the_fact_counts_and_names_numbers_only(self, cast, now):
        question = asked(cast, "三单元的路灯坏了")
        services.erase_words(now + self.TERM)
        [fact] = Entry.objects.filter(verb="bulletins.words_erased")
        assert fact.facts["number"] == 1 and str(question.pk) not in fact.body

    def test_what_was_erased_stays_erased_when_it_comes_back(self, cast, now):
        """A backup made before holds the words and the contact; its restore replays the notes."""
        question = answered(cast, asked(cast, "三单元的路灯坏了", contact="13900001111"))
        before = Question.objects.get(pk=question.pk)
        services.erase_contacts(now + self.TERM)
        services.erase_words(now + self.TERM)
        before.save()
        assert replay(list(notes())).erased == 2
        question.refresh_from_db()
        assert (question.words, question.contact) == ("", "")


class TestPlaces:
    def test_who_may_not_set_what_a_place_tells(self, cast, now):
        told = services.Told("023-66660000", "石桥路1号")
        with pytest.raises(NotInReach):
            services.set_place_info(cast.community, told, by=cast.viewer(cast.stranger), now=now)
        services.set_place_info(cast.community, told, by=cast.viewer(cast.secretary), now=now)
        assert selectors.guide_of(cast.grid.path).telephone == "023-66660000"
        assert selectors.guide_of(cast.neighbour_community.path).telephone == ""

    def test_ones_own_words_come_before_those_of_the_place_above(self, cast, now):
        by = cast.viewer(cast.officer)
        shelter = services.Shelter("中心小学", "滨江路2号")
        services.set_place_info(
            cast.street,
            services.Told("1", shelters=[shelter], advice=[("fire", "上"), ("flood", "街道")]),
            by=by, now=now,
        )  # fmt: skip
        services.set_place_info(
            cast.community, services.Told("2", advice=[("flood", "社区")]), by=by, now=now
        )
        guide = selectors.guide_of(cast.grid.path)
        assert guide.telephone == "2"
        assert guide.shelters[0]["name"] == "中心小学"
        assert {one["hazard"]: one["text"] for one in guide.advice} == {
            "fire": "上",
            "flood": "社区",
        }


def test_the_inbox_needs_few_statements(cast, django_assert_max_num_queries):
    head = asked(cast)
    for _ in range(3):
        asked(cast)
    services.merge_question(asked(cast).pk, head.pk, by=cast.viewer(cast.secretary), now=cast.now)
    viewer = cast.viewer(cast.secretary)
    with django_assert_max_num_queries(2):
        page = finding.list_questions(viewer, finding.Wanted(state="asked"))
    assert [one.others for one in page.items if one.pk == head.pk] == [1]
    assert finding.to_answer(viewer).count() == 4
    assert finding.to_answer(cast.viewer(cast.stranger)).count() == 0
