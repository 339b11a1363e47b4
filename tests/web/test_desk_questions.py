"""Questions at the desk: refusals first, then the inbox, answering, merging, publishing, the clock that climbs."""

from datetime import timedelta

import pytest
from django.test import Client

from renwang.base.models import Entry
from renwang.bulletins import services
from renwang.bulletins.models import Question
from renwang.bulletins.question_rules import ANSWER_WITHIN, Kind, QuestionState
from tests.bulletins.said import answered, asked, shown
from tests.web.desk_pages import LANGUAGES, as_, cost


def answer_form(**changes) -> dict:
    """What somebody sends who answers."""
    return {
        "text0-language": "zh-Hans", "text0-title": "今晚几点停水？", "text0-text": "20:00到22:00停水。",
        "text1-language": "en", "text1-title": "", "text1-text": "",
        "source0-who": "自来水公司", "source0-where": "", "do": "answer", **changes,
    }  # fmt: skip


class TestWhoMayNot:
    def test_a_visitor_is_led_to_signing_in(self, db):
        assert Client().get("/desk/questions/")["Location"].startswith("/account/login/?next=")

    def test_a_stranger_sees_nothing_and_does_nothing(self, cast):
        question = asked(cast, contact="13900001111")
        client, address = as_(cast.stranger), f"/desk/questions/{question.pk}/"
        assert client.get(address).status_code == 404
        assert question.words not in client.get("/desk/questions/").content.decode()
        for deed, body in (
            ("answer/", answer_form()), ("merge/", {"into": "x"}), ("contact/", {}), ("act/publish/", {}),
        ):  # fmt: skip
            assert client.post(address + deed, body).status_code == 404, deed
        assert as_(cast.secretary).get(address).status_code == 200

    def test_a_contact_is_not_on_the_page_until_somebody_looks_and_that_is_recorded(self, cast):
        question = asked(cast, contact="13900001111")
        client, address = as_(cast.secretary), f"/desk/questions/{question.pk}/"
        assert "13900001111" not in client.get(address).content.decode()
        seen = client.post(f"{address}contact/")
        assert "13900001111" in seen.content.decode()
        assert seen["Cache-Control"] == "no-store"
        assert Entry.objects.filter(verb="bulletins.contact_seen").count() == 1

    def test_who_answered_does_not_publish(self, cast):
        question = answered(cast)
        address = f"/desk/questions/{question.pk}/act/publish/"
        answer = as_(cast.secretary).post(address, follow=True)
        assert "请由另一个人审阅批准" in answer.content.decode()
        as_(cast.officer).post(address)
        question.refresh_from_db()
        assert question.state == QuestionState.PUBLISHED


class TestTheInbox:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_empty_says_what_to_do(self, cast, language):
        page = as_(cast.officer, language).get("/desk/questions/").content.decode()
        assert "/desk/questions/enter/" in page

    def test_what_is_brought_to_the_desk_is_entered_in_its_own_words(self, cast):
        body = {
            "unit": cast.community.ref,
            "kind": "rumour",
            "words": "听说要停水三天",
            "contact": "",
        }
        answer = as_(cast.secretary).post("/desk/questions/enter/", body, follow=True)
        question = Question.objects.get()
        assert (question.via, question.kind, question.words) == ("desk", "rumour", "听说要停水三天")
        assert question.code in answer.content.decode()

    @pytest.mark.parametrize("state", ["", "asked", "late", "unhelped", "nonsense"])
    def test_filters(self, cast, state):
        asked(cast)
        text = as_(cast.officer).get("/desk/questions/", {"state": state}).content.decode()
        assert ("今晚几点停水？" in text) == (state in ("", "asked"))

    def test_few_statements_and_a_file(self, cast):
        for _ in range(3):
            question = asked(cast)
        client = as_(cast.officer)
        assert cost(client, "/desk/questions/") <= 6 + 4
        assert cost(client, f"/desk/questions/{question.pk}/") <= 12
        assert question.ref in client.get("/desk/questions/?format=csv").content.decode()


class TestAnswering:
    def test_answered_with_its_source(self, cast):
        question = asked(cast)
        address = f"/desk/questions/{question.pk}/answer/"
        client = as_(cast.secretary)
        lacking = client.post(address, answer_form(**{"source0-who": ""}))
        assert lacking.status_code == 422
        assert "请写明这话是谁说的" in lacking.content.decode()
        assert client.post(address, answer_form()).status_code == 303
        text = Client().get(f"/asked/{question.code}/").content.decode()
        assert "20:00到22:00停水。" in text
        assert "自来水公司" in text

    def test_a_rumour_needs_a_finding(self, cast):
        rumour = asked(cast, "听说要停水三天", kind=Kind.RUMOUR)
        address = f"/desk/questions/{rumour.pk}/answer/"
        client = as_(cast.secretary)
        assert "请写明核实结果" in client.post(address, answer_form()).content.decode()
        assert client.post(address, answer_form(finding="partly")).status_code == 303

    def test_not_known_yet_needs_a_promise(self, cast):
        question = asked(cast)
        address = f"/desk/questions/{question.pk}/answer/"
        client = as_(cast.secretary)
        body = answer_form(do="postpone", **{"source0-who": ""})
        assert client.post(address, body).status_code == 422
        # 16:00 there, on the day every test begins with
        assert client.post(address, body | {"next_word_at": "2026-07-15T16:00"}).status_code == 303
        text = Client().get(f"/asked/{question.code}/").content.decode()
        assert "16:00" in text

    def test_merged_by_number_and_taken_out_again(self, cast):
        head, other = asked(cast), asked(cast, "停水到几点")
        client = as_(cast.secretary)
        page = client.get(f"/desk/questions/{other.pk}/").content.decode()
        assert head.ref in page
        client.post(f"/desk/questions/{other.pk}/merge/", {"into": "nonsense"})
        other.refresh_from_db()
        assert other.state == QuestionState.ASKED
        client.post(f"/desk/questions/{other.pk}/merge/", {"into": head.ref})
        other.refresh_from_db()
        assert other.merged_into == head
        client.post(f"/desk/questions/{other.pk}/act/unmerge/")
        other.refresh_from_db()
        assert other.state == QuestionState.ASKED

    def test_put_aside_with_the_reason_and_shown_no_longer(self, cast):
        question, public = asked(cast), shown(cast)
        client = as_(cast.officer)
        client.post(f"/desk/questions/{question.pk}/act/aside/", {"reason": "请问物业"})
        assert "请问物业" in Client().get(f"/asked/{question.code}/").content.decode()
        client.post(f"/desk/questions/{public.pk}/act/retract/", {"reason": "情况变了"})
        assert Client().get(f"/questions/{public.ref}/").status_code == 404

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_every_state_is_drawn(self, cast, now, language):
        head = shown(cast)
        other = asked(cast)
        services.merge_question(other.pk, head.pk, by=cast.viewer(cast.secretary), now=now)
        client = as_(cast.officer, language)
        for question in Question.objects.all():
            assert client.get(f"/desk/questions/{question.pk}/").status_code == 200


class TestTheClock:
    def test_a_broken_promise_stands_on_every_page_of_the_desk(self, cast, now):
        question = asked(cast)
        Question.objects.filter(pk=question.pk).update(
            due_at=now - timedelta(minutes=5), climbs_at=now - timedelta(minutes=5)
        )
        services.climb_questions(now)
        for path in ("/desk/", "/desk/units/"):
            assert "已逾期" in as_(cast.secretary).get(path).content.decode()
            assert "已逾期：" not in as_(cast.stranger).get(path).content.decode()
        assert timedelta(hours=1) < ANSWER_WITHIN
