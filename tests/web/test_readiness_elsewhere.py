"""Readiness over the API, in the shell, on the telephone, on the desk's first page, and in the demo."""

import csv
import io

import pytest
from click.testing import CliRunner
from django.test import Client

from renwang.chain.models import Holding
from renwang.chain.services.accounts import issue_token
from renwang.ops.readiness_commands import readiness
from renwang.registers.readiness.invented import invent_readiness
from renwang.registers.readiness.models import Hole, Look, Waiver
from tests.registers.care.listed import entered, keeper
from tests.registers.duties.listed import in_force
from tests.registers.readiness.looked import begun, found
from tests.web.desk_pages import LANGUAGES, as_, cost


@pytest.fixture
def hole(cast) -> Hole:
    """Nobody works the grid; everything was looked at."""
    in_force(cast)
    Holding.objects.filter(post=cast.grid_post).delete()
    begun(cast.now)
    return found("chain.grid_without_worker")[0]


def by_key(cast, who, *scopes: str) -> dict[str, str]:
    """The heading of a key with some scopes."""
    viewer = cast.viewer(who)
    _token, secret = issue_token(person=who, label="x", scopes=scopes, by=viewer, now=cast.now)
    return {"Authorization": f"Bearer {secret}"}


class TestTheApi:
    def test_nobody_unknown_and_nobody_without_the_scope(self, cast, hole):
        assert Client().get("/api/v1/readiness").status_code == 401
        headers = by_key(cast, cast.officer, "alerts.see")
        assert Client().get("/api/v1/readiness", headers=headers).status_code == 403
        assert as_(cast.head).get("/api/v1/readiness").status_code == 403
        assert (
            as_(cast.stranger).get(f"/api/v1/readiness?under={cast.community.pk}").status_code
            == 404
        )

    def test_the_holes_and_how_many(self, cast, hole):
        client = as_(cast.secretary)
        body = client.get("/api/v1/readiness?severity=grave&mine=true").json()
        [one] = [one for one in body["items"] if one["id"] == hole.pk]
        assert one["check"] == hole.check_key
        assert one["page"].endswith(f"/desk/readiness/holes/{hole.pk}/")
        assert "第一网格" in one["sentence"]
        every = client.get("/api/v1/readiness?limit=200").json()
        counts = client.get(f"/api/v1/readiness/counts?under={cast.community.pk}").json()
        assert sum(counts[key] for key in ("grave", "attention", "note")) == len(every["items"])

    def test_pages_follow_each_other(self, cast, hole):
        client, cursor, seen = as_(cast.officer), "", []
        for _turn in range(100):
            body = client.get(f"/api/v1/readiness?limit=2&cursor={cursor}").json()
            seen += [one["id"] for one in body["items"]]
            cursor = body["next"]
            if not cursor:
                break
        assert len(seen) == len(set(seen)) > 4

    def test_no_key_is_told_of_the_care_list(self, cast):
        entered(cast)
        begun(cast.now)
        assert found("care.unpaired")
        person = keeper(cast).person
        headers = by_key(cast, person, "readiness.see", "care.keep", "chain.see")
        checks = [
            one["check"]
            for one in Client().get("/api/v1/readiness?limit=200", headers=headers).json()["items"]
        ]
        assert checks
        assert not [one for one in checks if one.startswith("care.")]
        own = as_(person).get("/api/v1/readiness?check=care.unpaired").json()
        assert [one["check"] for one in own["items"]] == ["care.unpaired"]


class TestTheShell:
    def test_it_looks_counts_and_lists(self, cast):
        entered(cast)
        Holding.objects.filter(post=cast.grid_post).delete()
        begun(cast.now)
        Hole.objects.all().delete()
        told = CliRunner().invoke(readiness, ["look", "--under", cast.community.ref])
        assert told.exit_code == 0, told.output
        listed = CliRunner().invoke(readiness, ["list", "--severity", "grave"])
        rows = list(csv.DictReader(io.StringIO(listed.output)))
        assert {row["severity"] for row in rows} == {"grave"}
        assert "chain.grid_without_worker" in {row["check"] for row in rows}
        assert not [row for row in rows if row["check"].startswith("care.")]

    def test_a_place_that_is_not_there(self, db):
        told = CliRunner().invoke(readiness, ["list", "--under", "nowhere"])
        assert told.exit_code == 2


class TestTheTelephone:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_what_i_can_mend_and_nothing_else(self, cast, hole, language):
        page = as_(cast.secretary, language).get("/field/readiness/")
        assert hole.params["place"] in page.content.decode()
        other = as_(cast.worker, language).get("/field/readiness/")
        assert other.status_code == 200
        assert hole.params["place"] not in other.content.decode()
        assert as_(cast.head).get("/field/readiness/").status_code == 403
        assert "/field/readiness/" in as_(cast.worker).get("/field/place/").content.decode()

    def test_statements_are_few(self, cast, hole):
        client = as_(cast.secretary)
        client.get("/field/readiness/")
        assert cost(client, "/field/readiness/") <= 6


def test_the_first_page_names_the_number_of_grave_holes(cast, hole):
    page = as_(cast.officer).get("/desk/").content.decode()
    assert "/desk/readiness/?severity=0&amp;waived=no" in page
    assert "/desk/readiness/" not in as_(cast.head).get("/desk/").content.decode()


def test_an_invented_place_was_looked_at_and_one_hole_may_stand(cast):
    begun(cast.now)
    Hole.objects.all().delete()

    Look.objects.all().delete()
    Holding.objects.filter(post=cast.contact_post).delete()
    assert invent_readiness(cast.district, now=cast.now)
    assert Hole.objects.filter(since_at__lt=cast.now).exists()
    assert invent_readiness(cast.district, now=cast.now) == 0
    assert Waiver.objects.count() in (0, 1)
