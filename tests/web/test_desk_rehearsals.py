"""Rehearsals at the desk: refusals first, then starting, watching, playing back, stopping."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from renwang.alerts.models import Relay
from renwang.base.sealing import seal_all
from renwang.chain import routes, tallies
from renwang.response.models import Rehearsal
from renwang.response.playing import play
from tests.web.desk_pages import LANGUAGES, as_

PAGES = ("", "live/", "replay/", "replay/?minute=3", "story/", "export/?format=json", "export/")


@pytest.fixture
def chain(cast):
    """The cast's county, ready to be called."""
    routes.rebuild_routes()
    tallies.rebuild_tallies()
    return cast


def start_form(cast, **changes) -> dict:
    """A rehearsal as the officer starts it."""
    return {
        "scenario": "rainstorm", "unit": cast.street.ref, "speed": "60", "seed": "1", **changes
    }  # fmt: skip


@pytest.fixture
def rehearsal(chain) -> Rehearsal:
    """A rehearsal played for twenty minutes."""
    as_(chain.officer).post("/desk/rehearsals/start/", start_form(chain))
    found = Rehearsal.objects.get()
    play(found, found.shows_at + timedelta(minutes=20), now=datetime.now(UTC))
    seal_all()
    return found


class TestWhoMayNot:
    def test_a_visitor_is_led_to_signing_in(self, db):
        assert Client().get("/desk/rehearsals/start/")["Location"].startswith("/account/login/")

    def test_a_grid_worker_starts_none(self, chain):
        answer = as_(chain.worker).post("/desk/rehearsals/start/", start_form(chain))
        assert answer.status_code == 403
        assert not Rehearsal.objects.exists()

    @pytest.mark.parametrize("page", PAGES)
    def test_a_stranger_finds_nothing(self, chain, rehearsal, page):
        path = f"/desk/rehearsals/{rehearsal.pk}/{page}"
        assert as_(chain.stranger).get(path).status_code == 404

    def test_a_worker_does_not_stop_it(self, chain, rehearsal):
        assert as_(chain.worker).post(f"/desk/rehearsals/{rehearsal.pk}/stop/").status_code == 403
        assert Rehearsal.objects.get().ended_at is None


class TestStarting:
    @pytest.mark.parametrize(
        "change", [{"scenario": "meteor"}, {"speed": "7"}, {"seed": "-1"}, {"unit": "U0"}]
    )
    def test_what_cannot_be_rehearsed(self, chain, change):
        answer = as_(chain.officer).post("/desk/rehearsals/start/", start_form(chain, **change))
        assert answer.status_code == 422
        assert not Rehearsal.objects.exists()

    def test_one_at_a_time(self, chain, rehearsal):
        answer = as_(chain.officer).post("/desk/rehearsals/start/", start_form(chain), follow=True)
        assert "toast-bad" in answer.content.decode()
        assert Rehearsal.objects.count() == 1


class TestWatching:
    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("page", PAGES)
    def test_every_page_speaks_both_languages(self, chain, rehearsal, page, language):
        path = f"/desk/rehearsals/{rehearsal.pk}/{page}"
        assert as_(chain.officer, language).get(path).status_code == 200

    def test_every_page_of_it_is_marked_as_an_exercise(self, chain, rehearsal):
        relay = Relay.objects.get()
        client = as_(chain.officer)
        for path in (
            f"/desk/rehearsals/{rehearsal.pk}/",
            f"/desk/relays/{relay.pk}/",
            f"/desk/alerts/{relay.alert_id}/",
        ):
            assert "in-exercise" in client.get(path).content.decode()
        assert "in-exercise" not in client.get("/desk/alerts/").content.decode()

    def test_its_warnings_are_not_among_the_real_ones(self, chain, rehearsal):
        relay, client = Relay.objects.get(), as_(chain.officer)
        address = f"/desk/alerts/{relay.alert_id}/"
        assert address not in client.get("/desk/alerts/").content.decode()
        assert address in client.get("/desk/alerts/?drills=1").content.decode()

    def test_the_home_page_says_that_it_runs(self, chain, rehearsal):
        page = as_(chain.officer).get("/desk/").content.decode()
        assert f"/desk/rehearsals/{rehearsal.pk}/" in page
        assert "in-exercise" not in page

    def test_it_is_stopped_once(self, chain, rehearsal):
        client, path = as_(chain.officer), f"/desk/rehearsals/{rehearsal.pk}/stop/"
        assert client.post(path).status_code == 303
        assert Rehearsal.objects.get().ended_at is not None
        assert "toast-bad" in client.post(path, follow=True).content.decode()
