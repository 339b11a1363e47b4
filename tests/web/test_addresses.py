"""What leaves the node leads to its own address, whatever name a request was sent to."""

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse

from renwang.base.environment import WrongSetting, address, hosts
from renwang.outreach.channels.configuring import configured
from renwang.web.frame.addresses import address_here
from tests.bulletins.said import published

OWN = "https://renwang.example.org"
EVIL = "evil.example"
FEEDS = ("/alerts.atom", "/bulletins.atom")


class TestSettings:
    @pytest.mark.parametrize(
        "value",
        [
            "renwang.example.org",
            "ftp://x",
            "https://",
            "https://x/below",
            "http://x:0",
            "http://x:y",
        ],
    )
    def test_what_is_no_address_stops_the_start(self, monkeypatch, value):
        monkeypatch.setenv("RENWANG_PUBLIC_URL", value)
        with pytest.raises(WrongSetting):
            address("RENWANG_PUBLIC_URL")

    def test_a_slash_at_its_end_is_nothing(self, monkeypatch):
        monkeypatch.setenv("RENWANG_PUBLIC_URL", f"{OWN}/")
        assert address("RENWANG_PUBLIC_URL") == OWN

    @pytest.mark.parametrize(
        ("own", "named", "known"),
        [
            ("", [], ["*"]),
            (OWN, ["*"], ["*"]),
            (OWN, [], ["renwang.example.org", "localhost", "127.0.0.1", "[::1]"]),
            ("", ["192.168.1.20"], ["192.168.1.20", "localhost", "127.0.0.1", "[::1]"]),
            ("http://[fd00::7]:8000", [], ["[fd00::7]", "localhost", "127.0.0.1", "[::1]"]),
        ],
    )
    def test_the_node_answers_under_the_names_it_was_given(self, own, named, known):
        assert hosts(own, named) == known


class TestNamedNode:
    @pytest.fixture(autouse=True)
    def named(self, settings):
        settings.RENWANG_PUBLIC_URL = OWN
        settings.ALLOWED_HOSTS = hosts(OWN, ["192.168.1.20"])

    def test_another_name_is_refused_in_words(self, cast):
        answer = Client().get("/", headers={"host": EVIL})
        page = answer.content.decode()
        assert (answer.status_code, "请求无法处理" in page, EVIL in page) == (400, True, False)

    @pytest.mark.parametrize("host", ["renwang.example.org", "192.168.1.20:8000", "localhost:8000"])
    def test_its_own_names_are_answered(self, cast, host):
        assert Client().get("/", headers={"host": host}).status_code == 200

    @pytest.mark.parametrize("feed", FEEDS)
    def test_feeds_lead_to_its_own_address_from_wherever_they_are_read(self, cast, feed):
        bulletin = published(cast)
        read = Client().get(feed, headers={"host": "192.168.1.20:8000"}).content.decode()
        assert f'href="{OWN}{feed}"' in read
        assert "192.168" not in read
        assert feed != FEEDS[1] or f"{OWN}/bulletins/{bulletin.ref}/" in read

    def test_notices_and_messages_lead_there_too(self, cast):
        bulletin = published(cast)
        address = reverse("public:notice", args=[bulletin.ref])
        notice = Client().get(address, headers={"host": "localhost"})
        assert f"{OWN}/bulletins/{bulletin.ref}/" in notice.content.decode()
        assert configured().answer_link() == f"{OWN}/field/"


class TestNodeWithoutAName:
    @pytest.fixture(autouse=True)
    def unnamed(self, settings):
        settings.RENWANG_PUBLIC_URL = ""
        settings.ALLOWED_HOSTS = hosts("", [])

    def test_a_telephone_on_the_same_network_reaches_it(self, cast):
        assert Client().get("/", headers={"host": "192.168.1.20:8000"}).status_code == 200

    @pytest.mark.parametrize("feed", FEEDS)
    def test_what_a_cache_keeps_names_no_host(self, cast, feed):
        bulletin = published(cast)
        page = reverse("public:bulletin", args=[bulletin.ref])
        for shown in (feed, page, "/", f"/places/{cast.grid.ref}/"):
            answer = Client().get(shown, headers={"host": EVIL})
            assert EVIL not in answer.content.decode(), shown
        assert f'href="{feed}"' in Client().get(feed).content.decode()

    def test_a_feed_bears_one_name_for_ever(self, cast, settings):
        before = Client().get(FEEDS[0]).content.decode().split("<id>")[1].split("</id>")[0]
        settings.RENWANG_PUBLIC_URL = OWN
        assert before.startswith("urn:uuid:")
        assert before in Client().get(FEEDS[0]).content.decode()

    def test_messages_carry_no_link_that_leads_nowhere(self):
        assert configured().answer_link() == ""

    def test_a_notice_leads_where_its_reader_came_from_and_is_kept_by_no_cache(self, cast):
        bulletin = published(cast)
        address = reverse("public:notice", args=[bulletin.ref])
        notice = Client().get(address, headers={"host": "192.168.1.20:8000"})
        assert f"http://192.168.1.20:8000/bulletins/{bulletin.ref}/" in notice.content.decode()
        assert notice["Cache-Control"] == "no-store"


def test_an_address_for_one_reader_is_the_nodes_own_where_it_has_one(settings):
    request = RequestFactory().get("/", headers={"host": "192.168.1.20"})
    settings.ALLOWED_HOSTS = ["*"]
    settings.RENWANG_PUBLIC_URL = ""
    assert address_here(request, "/x/") == "http://192.168.1.20/x/"
    settings.RENWANG_PUBLIC_URL = OWN
    assert address_here(request, "/x/") == f"{OWN}/x/"
