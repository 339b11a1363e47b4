"""Feeds and terms: refusals first, then adding, changing, looking, stopping."""

import pytest

from renwang.alerts.models import Feed, Term
from tests.web.desk_pages import LANGUAGES, as_


def feed_form(cast, **changes) -> dict:
    """A feed as an operator enters it."""
    return {
        "label": "区气象台", "url": "https://weather.example/cap.atom", "unit": cast.district.ref,
        "every": "60", **changes,
    }  # fmt: skip


@pytest.fixture
def feed(cast) -> Feed:
    """A feed that is watched."""
    as_(cast.operator).post("/desk/settings/feeds/add/", feed_form(cast))
    return Feed.objects.get()


class TestWhoMayNot:
    def test_feeds_are_for_who_operates_the_node(self, cast, feed):
        client = as_(cast.officer)
        for path in ("", "add/", f"{feed.pk}/"):
            assert client.get(f"/desk/settings/feeds/{path}").status_code == 403
        assert client.post(f"/desk/settings/feeds/{feed.pk}/stop/").status_code == 403
        assert Feed.objects.get().is_active

    def test_terms_are_seen_by_all_and_set_by_the_operator(self, cast):
        client = as_(cast.officer)
        assert client.get("/desk/settings/terms/").status_code == 200
        assert client.post("/desk/settings/terms/red/", {}).status_code == 403
        assert not Term.objects.exists()


class TestFeeds:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_every_page_speaks_both_languages(self, cast, feed, language):
        client = as_(cast.operator, language)
        for path in ("", "add/", f"{feed.pk}/", "?state=trouble", "?q=x"):
            assert client.get(f"/desk/settings/feeds/{path}").status_code == 200

    @pytest.mark.parametrize(
        "change", [{"url": "ftp://x"}, {"every": "1"}, {"label": ""}, {"unit": "U0"}]
    )
    def test_what_cannot_be_watched(self, cast, change):
        answer = as_(cast.operator).post("/desk/settings/feeds/add/", feed_form(cast, **change))
        assert answer.status_code == 422
        assert not Feed.objects.exists()

    def test_an_address_is_watched_once(self, cast, feed):
        answer = as_(cast.operator).post("/desk/settings/feeds/add/", feed_form(cast))
        assert answer.status_code == 422

    def test_it_is_changed_looked_at_and_stopped(self, cast, feed):
        client, path = as_(cast.operator), f"/desk/settings/feeds/{feed.pk}/"
        body = {"label": "市气象台", "url": feed.url, "every": "120"}
        assert client.post(path, body).status_code == 303
        assert client.post(f"{path}look/").status_code == 303
        assert client.post(f"{path}stop/").status_code == 303
        after = Feed.objects.get()
        assert (after.label, after.every, after.is_active) == ("市气象台", 120, False)

    def test_its_trouble_is_shown(self, cast, feed):
        Feed.objects.update(trouble="unreachable", failures=3)
        page = as_(cast.operator).get("/desk/settings/feeds/").content.decode()
        assert "unreachable" in page


class TestTerms:
    @pytest.mark.parametrize("colour", ["red", "none"])
    def test_they_are_set_by_colour(self, cast, colour):
        body = {"order": "cascade", "contact_for": "60", "person_for": "120", "carry_for": "300"}
        answer = as_(cast.operator).post(f"/desk/settings/terms/{colour}/", body)
        assert answer.status_code == 303
        assert Term.objects.get().contact_for == 60

    def test_calling_again_and_quiet_hours_belong_to_the_colour(self, cast):
        body = {"order": "cascade", "contact_for": "60", "person_for": "120", "carry_for": "300"}
        more = {"again_every": "300", "again_times": "4", "breaks_quiet": "on"}
        client = as_(cast.operator)
        assert client.post("/desk/settings/terms/yellow/", {**body, **more}).status_code == 303
        term = Term.objects.get()
        assert (term.again_every, term.again_times, term.breaks_quiet) == (300, 4, True)
        often = {**body, **more, "again_every": "5"}
        assert client.post("/desk/settings/terms/yellow/", often).status_code == 422

    def test_a_person_gets_at_least_as_long_as_a_contact(self, cast):
        body = {"order": "cascade", "contact_for": "90", "person_for": "60", "carry_for": "300"}
        answer = as_(cast.operator).post("/desk/settings/terms/red/", body)
        assert answer.status_code == 422
        assert not Term.objects.exists()

    def test_an_unknown_colour_is_not_there(self, cast):
        assert as_(cast.operator).get("/desk/settings/terms/pink/").status_code == 404
