"""The frame's own pages: the reference page, language and theme, and the pages of trouble."""

import json
import re
from pathlib import Path

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse
from django.views.defaults import server_error

from renwang.web.frame import banners, navigation, showcase
from renwang.web.frame.context import Frame

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.frontend.addresses")]


class TestReferencePage:
    @pytest.mark.parametrize("theme", ["light", "dark", "wall"])
    @pytest.mark.parametrize("language", ["zh-hans", "en"])
    def test_every_component_in_every_theme_and_language(self, theme, language):
        client = Client(HTTP_COOKIE=f"renwang_language={language}")
        page = client.get(reverse("frame:design"), {"theme": theme}).content.decode()
        assert f'data-theme="{theme}"' in page
        assert "&lt;svg" not in page
        for part in (
            "ladder",
            "coverage",
            "timeline",
            "tree",
            "table-stacks",
            "data-island",
            "trouble",
        ):
            assert part in page or part == "trouble"

    @pytest.mark.parametrize("mode", ["emergency", "exercise"])
    def test_modes_frame_the_page(self, mode):
        page = Client().get(reverse("frame:design"), {"mode": mode}).content.decode()
        assert f"in-{mode}" in page

    def test_an_unknown_theme_or_mode_changes_nothing(self):
        page = (
            Client().get(reverse("frame:design"), {"theme": "<x>", "mode": "<y>"}).content.decode()
        )
        assert 'data-theme="auto"' in page
        assert "in-<y>" not in page

    def test_no_script_stands_in_the_page(self):
        page = Client().get(reverse("frame:design")).content.decode()
        inline = re.findall(r"<script(?![^>]*(?:src=|application/json))[^>]*>", page)
        assert inline == []
        assert not re.search(r"\son\w+=", page)

    def test_scripts_get_their_words_in_the_language_of_the_page(self):
        page = (
            Client(HTTP_COOKIE="renwang_language=zh-hans")
            .get(reverse("frame:design"))
            .content.decode()
        )
        words = json.loads(re.search(r'<script id="words"[^>]*>(.*?)</script>', page).group(1))
        assert words["copied"] == "已复制"
        assert words["spans"]["now"] == "刚刚"

    def test_every_icon_that_is_shown_is_drawn(self):
        sprite = (Path(__file__).parents[2] / "frontend/src/design/icons.svg").read_text()
        drawn = re.findall(r'<symbol id="([^"]+)"', sprite)
        assert sorted(drawn) == sorted(showcase.ICON_NAMES)

    def test_what_has_not_changed_is_not_sent_again(self):
        client = Client()
        first = client.get(reverse("frame:design_live"))
        again = client.get(reverse("frame:design_live"), headers={"If-None-Match": first["ETag"]})
        assert (first.status_code, again.status_code) == (200, 304)


class TestChoices:
    def test_the_language_is_remembered(self):
        client = Client()
        answer = client.post(reverse("frame:language"), {"language": "en", "next": "/design/"})
        assert answer["Location"] == "/design/"
        assert 'lang="en"' in client.get("/design/").content.decode()

    def test_an_unknown_language_is_not(self):
        client = Client()
        client.post(reverse("frame:language"), {"language": "xx", "next": "/design/"})
        assert "renwang_language" not in client.cookies

    def test_the_theme_is_remembered(self):
        client = Client()
        client.post(reverse("frame:theme"), {"theme": "dark", "next": "/design/"})
        assert 'data-theme="dark"' in client.get("/design/").content.decode()

    @pytest.mark.parametrize(
        "where", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:x"]
    )
    def test_a_choice_never_leads_to_another_host(self, where):
        answer = Client().post(reverse("frame:theme"), {"theme": "dark", "next": where})
        assert answer["Location"] == "/"

    @pytest.mark.parametrize("name", ["frame:theme", "frame:language"])
    def test_a_choice_is_made_by_posting(self, name):
        assert Client().get(reverse(name)).status_code == 405


class TestTroubles:
    @pytest.mark.parametrize(
        ("language", "words"), [("zh-hans", "没有这个页面"), ("en", "There is no such page")]
    )
    def test_not_found(self, language, words):
        answer = Client(HTTP_COOKIE=f"renwang_language={language}").get("/no/such/page")
        assert answer.status_code == 404
        assert words in answer.content.decode()

    @pytest.mark.parametrize(
        ("language", "words"), [("zh-hans", "您无权查看或操作"), ("en", "You may not see")]
    )
    def test_refused(self, language, words):
        answer = Client(HTTP_COOKIE=f"renwang_language={language}").get("/refuse/")
        assert answer.status_code == 403
        assert words in answer.content.decode()

    def test_a_form_from_elsewhere(self):
        answer = Client(enforce_csrf_checks=True, HTTP_COOKIE="renwang_language=en").post(
            reverse("frame:theme"), {"theme": "dark"}
        )
        assert answer.status_code == 403
        assert "This form was too old" in answer.content.decode()

    def test_the_server_failed_says_so_in_both_languages_and_needs_nothing(self):
        page = server_error(RequestFactory().get("/")).content.decode()
        assert "服务器未能完成" in page
        assert "The server could not do this" in page
        assert "/static/" not in page


class TestNavigation:
    @pytest.fixture(autouse=True)
    def _own_entries(self, monkeypatch):
        monkeypatch.setattr(navigation, "_ENTRIES", {})
        navigation.register(
            "desk",
            [
                navigation.Entry("Design", "frame:design", "eye", group="See", key="d"),
                navigation.Entry(
                    "Sessions", "usersessions_list", "lock", capability="chain.see", group="Own"
                ),
                navigation.Entry(
                    "Live", "frame:design_live", "chart", group="Own", count=lambda request: 3
                ),
            ],
        )

    def request(self, path="/", *, may=()):
        request = RequestFactory().get(path)
        request.viewer = type(
            "V", (), {"may": staticmethod(lambda capability: capability in may)}
        )()
        return request

    def test_who_may_not_does_not_see(self):
        labels = [link.label for link in navigation.links_of("desk", self.request())]
        assert labels == ["Design", "Live"]

    def test_who_may_does(self):
        links = navigation.links_of("desk", self.request(may={"chain.see"}))
        assert [link.label for link in links] == ["Design", "Sessions", "Live"]
        assert links[2].count == 3

    def test_the_nearest_entry_is_current(self):
        links = navigation.links_of("desk", self.request("/design/live/"))
        assert [link.label for link in links if link.is_current] == ["Live"]

    def test_headings_keep_their_order(self):
        groups = navigation.groups_of("desk", self.request(may={"chain.see"}))
        assert [(heading, len(links)) for heading, links in groups] == [("See", 1), ("Own", 2)]

    def test_an_unknown_door_has_none(self):
        assert navigation.links_of("attic", self.request()) == []


def test_the_loudest_banner_comes_first_and_frames_the_page(monkeypatch):
    monkeypatch.setattr(banners, "_PROVIDERS", [])
    banners.register(lambda request: [banners.Banner(banners.Kind.ORDINARY, "quiet")])
    banners.register(lambda request: [banners.Banner(banners.Kind.EMERGENCY, "loud")])
    frame = Frame(RequestFactory().get("/"))
    assert [banner.title for banner in frame.banners] == ["loud", "quiet"]
    assert frame.mode == "in-emergency"
