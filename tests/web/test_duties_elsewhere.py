"""The duties list in the field and over the API: refusals first, then what is there."""

import pytest
from django.test import Client

from renwang.chain import tallies
from tests.registers.duties.listed import Help, drafted, in_force
from tests.web.desk_pages import LANGUAGES, as_


def get(client, path: str, **query):
    answer = client.get(f"/api/v1/duties{path}", query)
    return answer.status_code, answer.json()


class TestField:
    def test_a_visitor_is_led_to_signing_in(self, db):
        assert Client().get("/field/duties/")["Location"].startswith("/account/login/")

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_everybody_sees_his_own_duties_only(self, cast, language):
        in_force(cast, helpers=[Help(post=cast.grid_post, does="敲门")])
        mine = as_(cast.worker, language).get("/field/duties/").content.decode()
        assert "敲门" in mine
        assert "组织转移危险区群众" not in mine
        tallies.rebuild_tallies()
        theirs = as_(cast.stranger, language).get("/field/duties/").content.decode()
        assert "敲门" not in theirs
        assert "/field/duties/" in as_(cast.worker).get("/field/place/").content.decode()


class TestApi:
    def test_without_a_key_nothing_is_read(self, db):
        assert Client().get("/api/v1/duties").status_code == 401

    def test_a_stranger_finds_nothing(self, cast):
        made = in_force(cast)
        client = as_(cast.stranger)
        assert get(client, f"/{made.ref}")[0] == 404
        assert get(client, "")[1]["items"] == []
        asked = {"unit": cast.community.pk, "hazard": "rainstorm", "phase": "respond"}
        assert get(client, "/answering", **asked)[0] == 404

    def test_the_list_one_and_who_answers(self, cast):
        made = in_force(cast)
        drafted(cast, hazard="fire")
        client = as_(cast.secretary)
        status, listed = get(client, "", standing="in_force")
        assert (status, [one["ref"] for one in listed["items"]]) == (200, [made.ref])
        assert get(client, f"/{made.ref}")[1]["leader"]["title"] == "社区党委书记"
        asked = {"unit": cast.grid.pk, "hazard": "rainstorm", "phase": "respond"}
        status, answer = get(client, "/answering", **asked)
        assert (status, answer["person"], answer["is_inherited"]) == (200, "石书勤", True)
        assert get(client, "/answering", **asked, at="2020-01-01T00:00:00Z")[1]["duty"] is None
        assert get(client, "/answering", **(asked | {"phase": "later"}))[0] == 422

    def test_who_may_not_see_people_is_told_the_post_only(self, cast):
        in_force(cast, cast.street, cast.street_post)
        asked = {"unit": cast.grid.pk, "hazard": "rainstorm", "phase": "respond"}
        answer = get(as_(cast.worker), "/answering", **asked)[1]
        assert (answer["person"], answer["is_held"]) == (None, True)
