"""The desk's first page: what matters now, at whose place."""

import pytest
from django.test import Client

from renwang.chain import tallies
from renwang.web.desk import maps
from tests import make
from tests.web.desk_pages import LANGUAGES, as_, cost, received, relayed


def test_a_visitor_is_led_to_signing_in(db):
    assert Client().get("/desk/")["Location"].startswith("/account/login/")


def test_who_has_no_place_is_told_whom_to_ask(cast):
    nobody = make.person("吴所属")
    assert as_(nobody).get("/desk/").status_code == 200


@pytest.mark.parametrize("language", LANGUAGES)
def test_ordinary_time_is_calm(cast, language):
    tallies.rebuild_tallies()
    page = as_(cast.officer, language).get("/desk/").content.decode()
    assert cast.community.name in page
    assert "in-emergency" not in page


def test_a_grave_warning_frames_every_page(cast, now):
    relayed(cast, now)
    client = as_(cast.officer)
    for path in ("/desk/", "/desk/settings/terms/"):
        page = client.get(path).content.decode()
        assert "in-emergency" in page
    assert "柳湾区气象台发布暴雨橙色预警" in client.get("/desk/").content.decode()


def test_a_mild_warning_does_not(cast, now):
    relayed(cast, now, colour="Blue", headline="柳湾区气象台发布暴雨蓝色预警")
    page = as_(cast.officer).get("/desk/").content.decode()
    assert "in-emergency" not in page
    assert "柳湾区气象台发布暴雨蓝色预警" in page


def test_a_stranger_is_not_alarmed(cast, now):
    relayed(cast, now)
    page = as_(cast.stranger).get("/desk/").content.decode()
    assert "in-emergency" not in page
    assert "柳湾区气象台发布暴雨橙色预警" not in page


def test_what_waits_for_a_decision_is_named(cast, now):
    alert = received(now)
    assert f"/desk/alerts/{alert.pk}/" in as_(cast.officer).get("/desk/").content.decode()


def test_whom_to_ring_is_named(cast, now):
    relayed(cast, now)
    assert cast.leader.name in as_(cast.officer).get("/desk/").content.decode()


def test_nothing_new_is_304(cast, now):
    relayed(cast, now)
    client = as_(cast.officer)
    first = client.get("/desk/live/")
    again = client.get("/desk/live/", headers={"If-None-Match": first["ETag"]})
    assert (first.status_code, again.status_code) == (200, 304)


def test_the_map_changes_with_what_matters(cast, now):
    square = (
        '{"type":"Polygon","coordinates":[[[106.5,29.5],[106.6,29.5],[106.6,29.6],[106.5,29.5]]]}'
    )
    type(cast.grid).objects.filter(pk=cast.grid.pk).update(boundary=square)
    tallies.rebuild_tallies()
    client = as_(cast.officer)
    ordinary = client.get("/desk/units.json").json()["features"][0]["properties"]["state"]
    relayed(cast, now)
    grave = client.get("/desk/units.json").json()["features"][0]["properties"]["state"]
    assert ordinary == "many"  # its contact household has no telephone
    assert grave == "waiting"


@pytest.mark.parametrize(
    ("unreachable", "state"), [(0, "ready"), (1, "few"), (4, "few"), (5, "many"), (41, "many")]
)
def test_one_silent_telephone_does_not_paint_a_community_red(unreachable, state):
    found, words = maps.readiness(units=41, posts=60, vacant=0, unreachable=unreachable)
    assert found == state
    assert (f"{unreachable}/41" in words) == bool(unreachable)


@pytest.mark.parametrize(("posts", "vacant", "state"), [(0, 0, "empty"), (60, 2, "vacant")])
def test_vacancies_stand_behind_what_cannot_be_called(posts, vacant, state):
    assert maps.readiness(units=41, posts=posts, vacant=vacant, unreachable=0)[0] == state


def test_every_state_of_a_unit_is_in_the_legend():
    shown = {state["key"] for state in maps.ordinary_states()}
    assert shown == {"empty", "ready", "vacant", "few", "many"}


def test_statements_are_few(cast, now):
    relayed(cast, now)
    assert cost(as_(cast.officer), "/desk/") <= 15
