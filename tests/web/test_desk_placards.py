"""Placards at the desk: printed at once or as a job, listed, taken out of use; and what scanning one leads to."""

import pytest

from renwang.base.jobs import claim_job, run_job
from renwang.cases import services
from renwang.cases.models import Case, Placard
from renwang.cases.placard_rules import Scope
from renwang.cases.services.placarding import spots_at
from renwang.chain import tallies
from renwang.web.desk import placards as desk
from tests import make
from tests.registers.facilities.conftest import entered as facility
from tests.web.desk_pages import LANGUAGES, as_, cost
from tests.web.test_public_cases import browser, sent

PAPER = {"size": "a5", "languages": "zh-hans,en"}


@pytest.fixture(autouse=True)
def known_address(settings):
    settings.RENWANG_PUBLIC_URL = "https://qingshi.example.org"


@pytest.fixture
def house(cast):
    made = make.building("3 号楼", cast.group, entrances=2, lon=106.5, lat=29.5)
    make.household(made, "101")
    make.household(made, "102")
    return made


def hung(cast, unit=None, scopes=tuple(Scope)) -> list[Placard]:
    by = cast.viewer(cast.secretary)
    return services.make_placards(spots_at(unit or cast.grid, scopes), by=by, now=cast.now)


class TestRefused:
    def test_a_stranger(self, cast, house):
        one = hung(cast)[0]
        client = as_(cast.stranger)
        for path in (
            f"/desk/cases/placards/print/?unit={cast.grid.ref}",
            f"/desk/cases/placards/building/{house.pk}/",
            f"/desk/cases/placards/{one.code}/retire/",
        ):
            assert client.get(path).status_code == 404
        assert one.code not in client.get("/desk/cases/placards/").content.decode()

    def test_who_does_not_handle_cases(self, cast, house):
        assert as_(cast.leader).get("/desk/cases/placards/").status_code == 403

    def test_a_node_without_an_address(self, cast, settings):
        settings.RENWANG_PUBLIC_URL = ""
        path = f"/desk/cases/placards/print/?unit={cast.grid.ref}"
        answer = as_(cast.secretary).post(path, PAPER | {"scopes": ["place"]})
        assert answer.status_code == 422 and not Placard.objects.exists()

    @pytest.mark.parametrize("changes", [{"size": "a0"}, {"languages": "xx"}, {"scopes": []}])
    def test_what_is_no_choice(self, cast, changes):
        path = f"/desk/cases/placards/print/?unit={cast.grid.ref}"
        answer = as_(cast.secretary).post(path, PAPER | {"scopes": ["place"]} | changes)
        assert answer.status_code == 422

    def test_a_cottage(self, cast):
        cottage = make.building("青石路 9 号", cast.group)
        make.household(cottage, "1")
        answer = as_(cast.secretary).post(f"/desk/cases/placards/building/{cottage.pk}/", PAPER)
        assert answer.status_code == 422 and not Placard.objects.exists()


class TestPrinted:
    def test_at_once_for_a_place(self, cast, house):
        path = f"/desk/cases/placards/print/?unit={cast.grid.ref}"
        scopes = ["place", "buildings", "entrances"]
        answer = as_(cast.secretary).post(path, PAPER | {"scopes": scopes})
        assert answer.status_code == 200 and answer["Content-Type"] == "application/pdf"
        assert answer.content.startswith(b"%PDF-") and Placard.objects.count() == 4

    def test_for_a_building_and_for_a_facility(self, cast, house):
        client, there = as_(cast.secretary), facility(cast)
        for path in (f"building/{house.pk}", f"facility/{there.ref}"):
            answer = client.post(f"/desk/cases/placards/{path}/", PAPER | {"entrances": "on"})
            assert answer["Content-Type"] == "application/pdf"
        assert Placard.objects.count() == 4

    def test_many_as_a_job_that_gives_its_file_to_who_asked(self, cast, house, monkeypatch):
        monkeypatch.setattr(desk, "AT_ONCE", 2)
        client = as_(cast.secretary)
        path = f"/desk/cases/placards/print/?unit={cast.community.ref}"
        answer = client.post(path, PAPER | {"scopes": ["place", "below", "entrances"]})
        assert answer.status_code == 303
        while row := claim_job(cast.now):
            run_job(row, lambda: cast.now)
        page = client.get(answer["Location"]).content.decode()
        file = answer["Location"].rstrip("/").rsplit("/", 1)[1]
        address = f"/desk/cases/placards/printed/{file}/"
        assert address in page
        assert client.get(address).content.startswith(b"%PDF-")
        assert as_(cast.officer).get(address).status_code == 404

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_is_asked_for_from_every_page(self, cast, house, language):
        client, there = as_(cast.secretary, language), facility(cast)
        hung(cast)
        tallies.rebuild_tallies()
        for path in (
            f"/desk/cases/placards/print/?unit={cast.grid.ref}",
            f"/desk/cases/placards/building/{house.pk}/",
            f"/desk/cases/placards/facility/{there.ref}/",
            f"/desk/cases/placards/?under={cast.grid.ref}",
            "/desk/cases/placards/?format=csv",
        ):
            assert client.get(path).status_code == 200
        for path in (
            f"/desk/units/{cast.grid.ref}/",
            f"/desk/buildings/{house.pk}/",
            f"/desk/facilities/{there.ref}/",
        ):
            assert "/desk/cases/placards/" in client.get(path).content.decode()

    def test_the_list_costs_six_statements_at_most(self, cast, house):
        hung(cast)
        assert cost(as_(cast.secretary), "/desk/cases/placards/") <= 6


class TestScanned:
    def test_the_place_is_filled_in_and_kept(self, cast, house):
        code = next(one.code for one in hung(cast) if one.entrance == 2)
        page = browser().get(f"/r/{code.lower()}/").content.decode()
        assert "3 号楼 2 单元" in page and "601" not in page
        sent(browser(), f"/r/{code}/")
        case = Case.objects.get()
        assert (case.building, case.door, case.lon) == (house, "2", 106.5)

    def test_at_a_facility_its_name_and_position(self, cast):
        facility(cast, name="石桥广场", lon=106.51, lat=29.51)
        code = next(one.code for one in hung(cast, scopes=[Scope.FACILITIES]))
        sent(browser(), f"/r/{code}/")
        case = Case.objects.get()
        assert (case.place, case.lon, case.unit) == ("石桥广场", 106.51, cast.grid)

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_one_out_of_use_answers_kindly(self, cast, language):
        one = hung(cast, scopes=[Scope.PLACE])[0]
        client = as_(cast.secretary)
        path = f"/desk/cases/placards/{one.code}/retire/"
        assert client.post(path, {"reason": ""}).status_code == 422
        assert client.post(path, {"reason": "被雨淋坏"}).status_code == 303
        answer = browser(language).get(f"/r/{one.code}/")
        assert answer.status_code == 410
        assert f"/places/{cast.grid.ref}/report/" in answer.content.decode()
        assert "被雨淋坏" not in answer.content.decode()

    def test_one_that_never_was_answers_kindly_too(self, cast):
        answer = browser().get("/r/ABCDEFG/")
        assert answer.status_code == 404 and "/report/" in answer.content.decode()
