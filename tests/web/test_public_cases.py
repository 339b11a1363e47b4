"""Reporting without an account, and what whoever has the code sees and does; never who he is."""

import re
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from renwang.cases import services
from renwang.cases.models import Case, Photo, Reporter
from renwang.cases.rules import AT_MOST_IN_AN_HOUR, State
from tests import make
from tests.cases.conftest import WORDS, answered, taken
from tests.web.desk_pages import LANGUAGES


def browser(language: str = "zh-hans") -> Client:
    client = Client()
    client.cookies["renwang_language"] = language
    return client


def picture() -> SimpleUploadedFile:
    drawn = BytesIO()
    Image.new("RGB", (40, 30), "green").save(drawn, "JPEG")
    return SimpleUploadedFile("lamp.jpg", drawn.getvalue(), "image/jpeg")


def key_of(page: str) -> str:
    return re.search(r'name="key" value="(\w+)"', page)[1]


def sent(client: Client, path: str, **changes):
    key = key_of(client.get(path).content.decode())
    return client.post(path, {"key": key, "words": WORDS} | changes)


class TestRefused:
    @pytest.mark.parametrize("changes", [{"words": ""}, {"website": "x"}, {"kind": "nonsense"}])
    def test_what_is_no_report(self, cast, changes):
        answer = sent(browser(), f"/places/{cast.grid.ref}/report/", **changes)
        assert answer.status_code == 422 and not Case.objects.exists()

    def test_a_file_that_is_no_photograph(self, cast):
        bad = SimpleUploadedFile("a.jpg", b"no picture", "image/jpeg")
        answer = sent(browser(), f"/places/{cast.grid.ref}/report/", photos=bad)
        assert answer.status_code == 422 and not Case.objects.exists()

    def test_a_flood_by_one_connection(self, cast):
        client, path = browser(), f"/places/{cast.grid.ref}/report/"
        for _one in range(AT_MOST_IN_AN_HOUR):
            assert sent(client, path).status_code == 303
        assert sent(client, path).status_code == 429

    @pytest.mark.parametrize("path", ["/places/none/report/", "/r/nothing/", "/c/WRONG/"])
    def test_what_is_not_there(self, cast, path):
        assert browser().get(path).status_code == 404

    def test_a_building_group_has_no_page(self, cast):
        assert browser().get(f"/places/{cast.group.ref}/report/").status_code == 404


class TestAReport:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_takes_words_alone_and_leads_to_its_page(self, cast, language):
        client = browser(language)
        answer = sent(client, f"/places/{cast.grid.ref}/report/")
        assert answer.status_code == 303
        page = client.get(answer["Location"])
        assert page.status_code == 200 and WORDS in page.content.decode()
        assert page["Cache-Control"] == "no-store" and page["X-Robots-Tag"] == "noindex"

    def test_sent_twice_is_one_case(self, cast):
        client, path = browser(), f"/places/{cast.grid.ref}/report/"
        told = {"key": key_of(client.get(path).content.decode()), "words": WORDS}
        assert client.post(path, told)["Location"] == client.post(path, told)["Location"]
        assert Case.objects.count() == 1

    def test_by_the_code_of_a_stairwell_knows_the_place_and_the_entrance(self, cast):
        house = make.building("3 号楼", cast.group, code="B3")
        for code in (house.code, str(house.pk), cast.grid.ref):
            assert browser().get(f"/r/{code}/").status_code == 200
        page = browser().get("/r/B3/?door=2").content.decode()
        assert "3 号楼 2 单元" in page
        sent(browser(), "/r/B3/?door=2")
        case = Case.objects.get()
        assert (case.building, case.unit, case.door) == (house, cast.group, "2")

    def test_with_photographs_that_only_the_code_opens(self, cast):
        client = browser()
        answer = sent(client, f"/places/{cast.grid.ref}/report/", photos=[picture(), picture()])
        code = answer["Location"].split("/")[2]
        photo = Photo.objects.get()
        assert client.get(f"/c/{code}/photos/{photo.pk}/").status_code == 200
        other = taken(cast)
        assert client.get(f"/c/{other.code}/photos/{photo.pk}/").status_code == 404

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_with_a_word_of_danger_is_told_to_ring(self, cast, language):
        client = browser(language)
        answer = sent(client, f"/places/{cast.grid.ref}/report/", words="楼道着火了")
        assert "119" in client.get(answer["Location"]).content.decode()

    def test_finds_its_place_by_name_or_down_the_list(self, cast):
        page = browser().get("/report/").content.decode()
        assert cast.district.name in page
        assert browser().get("/report/?q=石桥").status_code == 302
        assert browser().get("/report/?q=没有").status_code == 200


class TestTheCode:
    def test_leads_to_the_case_however_it_is_typed(self, cast):
        one = taken(cast)
        shown = services.show_code(one.code).lower()
        assert browser().get("/c/", {"code": shown})["Location"] == f"/c/{one.code}/"
        assert browser().get("/c/", {"code": "WRONG"}).status_code == 200

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_shows_the_answer_and_lets_him_confirm_or_reject(self, cast, language):
        one = taken(cast, contact="13900000009")
        answered(cast, one.case)
        client = browser(language)
        page = client.get(f"/c/{one.code}/").content.decode()
        assert "灯已亮" in page
        assert client.post(f"/c/{one.code}/reject/", {"words": ""}).status_code == 303
        assert Case.objects.get().state == State.ANSWERED
        client.post(f"/c/{one.code}/reject/", {"words": "还是不亮"})
        assert Case.objects.get().state == State.REOPENED
        answered(cast, one.case)
        client.post(f"/c/{one.code}/confirm/")
        assert Case.objects.get().state == State.CONFIRMED

    def test_never_betrays_who(self, cast):
        one = taken(cast, contact="13900000009")
        answered(cast, one.case)
        page = browser().get(f"/c/{one.code}/").content.decode()
        names = [who.name for who in (cast.secretary, cast.worker, cast.officer)]
        assert not [word for word in ("13900000009", "0009", *names) if word in page]
        assert Reporter.objects.get().sealed not in page

    def test_lets_him_say_more_and_take_it_back(self, cast):
        one = taken(cast)
        client = browser()
        client.post(f"/c/{one.code}/add/", {"words": "今天更黑了", "photos": picture()})
        assert "今天更黑了" in client.get(f"/c/{one.code}/").content.decode()
        assert Photo.objects.count() == 1
        client.post(f"/c/{one.code}/withdraw/")
        assert Case.objects.get().end == "withdrawn"

    def test_costs_the_same_however_long_the_story_is(self, cast):
        one = taken(cast)
        for number in range(6):
            services.add_by_code(one.code, f"第 {number} 次", now=cast.now)
        with CaptureQueriesContext(connection) as page:
            browser().get(f"/c/{one.code}/")
        assert len(page) <= 14


class TestMessages:
    """Whoever agrees is told by text message; his page says what was sent and lets him end it."""

    @pytest.fixture
    def gateway(self, settings):
        settings.RENWANG_CHANNELS = (
            '{"sms": {"url": "http://127.0.0.1:9", "fields": {"to": "{to}"}}}'
        )

    def test_are_offered_only_where_they_can_go_out(self, cast):
        page = browser().get(f"/places/{cast.grid.ref}/report/").content.decode()
        assert 'name="tell"' not in page

    def test_need_a_number(self, cast, gateway):
        path = f"/places/{cast.grid.ref}/report/"
        answer = sent(browser(), path, tell="steps", contact="王阿姨")
        assert answer.status_code == 422 and not Case.objects.exists()

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_stand_on_the_page_of_the_code_and_are_ended_there(self, cast, gateway, language):
        client, path = browser(language), f"/places/{cast.grid.ref}/report/"
        where = sent(client, path, tell="code", contact="13900000077")["Location"]
        code = where.split("/")[2]
        page = client.get(where).content.decode()
        assert "13900000077" not in page
        assert ("还未发出" if language == "zh-hans" else "Still to go out") in page
        assert client.post(f"/c/{code}/messages/", {"agrees": "no"}).status_code == 303
        assert not Reporter.objects.get().agrees
        client.post(f"/c/{code}/messages/", {"agrees": "yes"})
        assert Reporter.objects.get().agrees
