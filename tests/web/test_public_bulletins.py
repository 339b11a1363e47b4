"""What residents read and send: bulletins, answers, the page of a place, without account, script or anybody's name."""

from datetime import timedelta

import pytest
from django.test import Client
from lxml import etree

from renwang.bulletins import services
from renwang.bulletins.models import AskingRate, Question
from renwang.bulletins.question_rules import AT_MOST_IN_AN_HOUR, Kind
from renwang.web.frame import assets
from tests.bulletins.said import (
    ENGLISH,
    WATER,
    answered,
    asked,
    corrected,
    published,
    reply,
    shown,
    waiting,
)
from tests.web.desk_pages import LANGUAGES

ATOM = "{http://www.w3.org/2005/Atom}"


def page(path: str, language: str = "zh-hans") -> str:
    client = Client()
    client.cookies["renwang_language"] = language
    response = client.get(path, follow=True)
    assert response.status_code == 200, path
    return response.content.decode()


class TestWhatIsNotShown:
    def test_drafts_and_what_waits_are_nobodys_business(self, cast):
        made = waiting(cast)
        for path in (f"/bulletins/{made.ref}/", f"/bulletins/{made.ref}/notice/"):
            assert Client().get(path).status_code == 404
        for path in ("/", f"/places/{cast.community.ref}/", "/bulletins.atom"):
            assert made.title not in page(path)

    def test_the_public_pages_name_nobody_and_not_who_asked(self, cast):
        made = published(cast)
        question = shown(cast, asked(cast, "我是3栋的老王，几点停水", contact="13900001111"))
        for path in (
            f"/places/{cast.grid.ref}/",
            f"/bulletins/{made.ref}/",
            f"/bulletins/{made.ref}/notice/",
            f"/questions/{question.ref}/",
            f"/places/{cast.grid.ref}/questions/",
        ):
            text = page(path)
            for secret in (
                "老王",
                "13900001111",
                question.code,
                cast.secretary.name,
                cast.officer.name,
            ):
                assert secret not in text, path

    def test_an_answer_to_one_is_not_for_all(self, cast):
        question = answered(cast)
        assert Client().get(f"/questions/{question.ref}/").status_code == 404
        assert "22:00停水" not in page(f"/places/{cast.community.ref}/")

    def test_a_code_nobody_was_given_leads_nowhere(self, cast):
        assert Client().get("/asked/0123456789abcdef/").status_code == 404
        assert "没有使用这个查询码的问题" in page("/asked/?code=0123456789abcdef")


class TestBulletins:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_one_shows_words_times_and_sources_in_both_languages(self, cast, language):
        made = published(cast, WATER, ENGLISH)
        text = page(f"/bulletins/{made.ref}/", language)
        said = WATER if language == "zh-hans" else ENGLISH
        assert said.text in text
        assert "https://example.org/water" in text
        assert "自来水公司" in text

    def test_a_correction_shows_both_and_what_changed(self, cast):
        wrong = published(cast)
        right = corrected(cast, wrong)
        text = page(f"/bulletins/{right.ref}/")
        assert "22:00</del>" in text
        assert "23:00</ins>" in text
        assert "停水时间写错了一小时" in text
        assert WATER.text in text
        assert right.title in page(f"/bulletins/{wrong.ref}/")

    def test_what_was_taken_back_says_so_and_is_not_printed(self, cast, now):
        made = published(cast)
        services.withdraw_bulletin(
            made.pk, by=cast.viewer(cast.officer), now=now, reason="水管没有坏"
        )
        text = page(f"/bulletins/{made.ref}/")
        assert "水管没有坏" in text
        assert "/notice/" not in text
        assert made.title in page(f"/places/{cast.community.ref}/bulletins/")
        assert made.title not in page(f"/places/{cast.community.ref}/")

    @pytest.mark.parametrize("language", ["zh-Hans", "en"])
    def test_the_notice_has_a_code_that_leads_to_its_page(self, cast, language):
        made = published(cast, WATER, ENGLISH)
        text = page(f"/bulletins/{made.ref}/notice/?language={language}")
        assert f"/bulletins/{made.ref}/</span>" in text
        assert "<svg" in text
        assert ("Who says so" in text) == (language == "en")

    def test_the_feed_is_atom_with_the_words_in_it(self, cast):
        wrong = published(cast)
        right = corrected(cast, wrong)
        for path in ("/bulletins.atom", f"/places/{cast.grid.ref}/bulletins.atom"):
            root = etree.fromstring(Client().get(path).content)
            entries = root.findall(f"{ATOM}entry")
            assert [one.findtext(f"{ATOM}title") for one in entries] == [
                right.title,
                f"后来已更正：{wrong.title}",
            ] or {one.findtext(f"{ATOM}title") for one in entries} == {
                right.title,
                f"后来已更正：{wrong.title}",
            }
            assert entries[0].findtext(f"{ATOM}author/{ATOM}name") == "自来水公司"
            assert entries[0].find(f"{ATOM}link").get("href").startswith("http://")

    def test_a_language_that_is_not_there_falls_back(self, cast):
        made = published(cast)
        assert WATER.text in page(f"/bulletins/{made.ref}/?language=ug")

    def test_a_page_mark_that_is_not_ours_begins_anew(self, cast):
        published(cast)
        for what in ("bulletins", "questions"):
            page(f"/places/{cast.community.ref}/{what}/?after=nonsense")


class TestAsking:
    def ask(self, cast, **changes):
        body = {
            "kind": "question",
            "words": "今晚几点停水？",
            "contact": "",
            "website": "",
            **changes,
        }
        return Client().post(f"/places/{cast.community.ref}/ask/", body)

    def test_without_account_and_with_a_code(self, cast):
        answer = self.ask(cast)
        question = Question.objects.get()
        assert (answer.status_code, answer["Location"]) == (303, f"/asked/{question.code}/")
        text = page(f"/asked/{question.code}/")
        assert question.words in text
        assert question.code in text

    def test_a_page_of_ones_own_is_kept_nowhere(self, cast):
        question = asked(cast)
        for path in (f"/asked/{question.code}/", f"/places/{cast.community.ref}/ask/"):
            response = Client().get(path)
            assert response["Cache-Control"] == "no-store"
            assert response["X-Robots-Tag"] == "noindex"

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"website": "http://spam.example"}, "没有收到"),
            ({"words": " "}, ""),
            ({"words": "水" * 1001}, ""),
            ({"kind": "nonsense"}, ""),
        ],
    )
    def test_what_is_refused_is_said_and_not_lost(self, cast, changes, sentence):
        answer = self.ask(cast, **changes)
        assert answer.status_code == 422
        assert sentence in answer.content.decode()
        assert not Question.objects.exists()

    def test_a_machine_is_told_to_wait(self, cast):
        for _ in range(AT_MOST_IN_AN_HOUR):
            self.ask(cast)
        answer = self.ask(cast)
        assert answer.status_code == 429
        assert AskingRate.objects.get().number == AT_MOST_IN_AN_HOUR + 1

    def test_what_is_answered_already_is_offered(self, cast):
        shown(cast)
        question = asked(cast, "请问今晚几点停水")
        assert "也许已经有答复了" in page(f"/asked/{question.code}/")

    def test_whoever_asked_says_whether_it_was_an_answer(self, cast):
        question = answered(cast)
        address = f"/asked/{question.code}/judge/"
        assert Client().post(address, {"helped": "perhaps"}).status_code == 303
        Client().post(address, {"helped": "no"})
        question.refresh_from_db()
        assert (question.helped, question.state) == (False, "asked")
        assert "没有解决问题" in page(f"/asked/{question.code}/")

    def test_a_code_is_found_however_it_is_typed(self, cast):
        question = asked(cast)
        code = question.code
        typed = f" {code[:4].upper()} {code[4:8]} {code[8:]} "
        assert question.words in page(f"/asked/?code={typed}")


class TestAnswers:
    def test_a_rumour_shows_the_finding_and_who_says_so(self, cast):
        rumour = shown(cast, asked(cast, "听说要停水三天", kind=Kind.RUMOUR))
        text = page(f"/questions/{rumour.ref}/")
        for part in ("传言", "不属实", "自来水公司"):
            assert part in text

    def test_not_known_yet_says_when_the_next_word_comes_and_when_it_is_late(self, cast, now):
        question, by = asked(cast), cast.viewer(cast.secretary)
        known = reply(text="正在问。", sources=[])
        services.postpone_question(question.pk, known, now + timedelta(hours=2), by=by, now=now)
        services.publish_answer(question.pk, by=cast.viewer(cast.officer), now=now)
        assert "11:30" in page(f"/questions/{question.ref}/")
        question.refresh_from_db()
        question.current.next_word_at = now - timedelta(hours=1)
        question.current.save()
        assert "承诺的答复晚了" in page(f"/questions/{question.ref}/")

    def test_a_corrected_answer_shows_what_was_said_before(self, cast, now):
        question = shown(cast)
        better = reply(text="20:00到23:00停水。", reason="时间写错了")
        services.answer_question(question.pk, better, by=cast.viewer(cast.secretary), now=now)
        assert "正在更正" in page(f"/questions/{question.ref}/")
        services.publish_answer(question.pk, by=cast.viewer(cast.officer), now=now)
        text = page(f"/questions/{question.ref}/")
        for part in ("时间写错了", "22:00</del>", "23:00</ins>"):
            assert part in text

    def test_search(self, cast):
        shown(cast)
        address = f"/places/{cast.grid.ref}/questions/?q="
        assert "今晚几点停水" in page(address + "停水")
        assert "没有包含这些字词的答复" in page(address + "地震")


class TestThePlace:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_everything_of_a_place_on_one_page(self, cast, now, language):
        by = cast.viewer(cast.secretary)
        told = services.Told(
            "023-66660000", "石桥路1号", "8:30到18:00", [services.Shelter("中心小学")]
        )
        services.set_place_info(cast.community, told, by=by, now=now)
        made, question = published(cast), shown(cast)
        text = page(f"/places/{cast.grid.ref}/", language)
        for part in (
            "tel:023-66660000",
            "石桥路1号",
            "中心小学",
            made.title,
            question.ref,
            "/ask/",
        ):
            assert part in text

    def test_it_needs_few_statements(self, cast, django_assert_max_num_queries):
        for _ in range(3):
            published(cast)
            shown(cast)
        with django_assert_max_num_queries(12):
            Client().get(f"/places/{cast.community.ref}/")

    def test_the_line_for_a_kept_page_is_there_and_hidden(self, cast):
        text = page(f"/places/{cast.community.ref}/")
        assert '<div class="banner banner-offline" id="kept" role="status" hidden>' in text

    @pytest.mark.skipif(
        not assets.is_built(), reason="the front end is not built: python tools/frontend.py"
    )
    def test_the_worker_is_given_from_the_top_of_the_site(self, db):
        response = Client().get("/residents.js")
        assert response["Service-Worker-Allowed"] == "/"
        assert b"residents-pages" in response.content
