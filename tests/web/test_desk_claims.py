"""Departments' grids on the desk: who may, what is compared, what a hand decides, and where an old number leads."""

import io

import orjson
import pytest
from openpyxl import load_workbook

from renwang.chain.models import Holding
from renwang.registers.claims.models import Department, OldNumber
from renwang.registers.claims.proposing import propose_merger
from tests import make
from tests.chain.test_regrouping import box
from tests.registers.claims.conftest import claimed, uneven  # noqa: F401 (the same community)
from tests.registers.claims.test_merging import merged
from tests.web.desk_pages import LANGUAGES, as_, cost

pytestmark = pytest.mark.django_db


@pytest.fixture
def address(claimed):  # noqa: F811
    return f"/desk/units/{claimed.ref}/claims/"


def merge_at(place):
    return f"/desk/units/{place.ref}/one-division/"


class TestRefused:
    def test_strangers(self, cast, claimed, address):  # noqa: F811
        stranger = as_(cast.stranger, "en")
        for path in (
            address,
            f"{address}map.json",
            merge_at(claimed),
            f"/desk/units/{claimed.ref}/old-numbers/",
        ):
            assert stranger.get(path).status_code == 404
        assert "派出所" not in stranger.get("/desk/departments/").content.decode()

    def test_those_who_only_look_merge_nothing_and_see_no_names(self, cast, claimed, address):  # noqa: F811
        make.grant(cast.stranger, "looker", claimed)
        looker = as_(cast.stranger, "en")
        page = looker.get(address)
        assert page.status_code == 200
        assert "警一" not in page.content.decode()
        assert looker.get(merge_at(claimed)).status_code == 403

    def test_a_department_out_of_reach_is_not_forgotten(self, cast, claimed):  # noqa: F811
        police = Department.objects.get(name="派出所")
        for who in (cast.stranger, cast.worker):
            answer = as_(who, "en").post(f"/desk/departments/{police.pk}/forget/")
            assert answer.status_code in (403, 404)
        assert Department.objects.filter(pk=police.pk).exists()

    def test_a_place_without_claims_says_what_to_do(self, cast):
        operator = as_(cast.operator, "en")
        page = operator.get(f"/desk/units/{cast.community.ref}/claims/").content.decode()
        assert "No department claims a grid here" in page
        page = operator.get(merge_at(cast.community)).content.decode()
        assert "No department claims a grid in 石桥社区" in page
        page = operator.get(merge_at(cast.street)).content.decode()
        assert "is not a place that is divided into grids" in page
        assert "No department" in operator.get("/desk/departments/").content.decode()


@pytest.mark.parametrize("language", LANGUAGES)
def test_they_stand_beside_each_other(cast, claimed, address, language):  # noqa: F811
    operator = as_(cast.operator, language)
    page = operator.get(address).content.decode()
    words = {"en": "One person on several rosters", "zh-hans": "一人同在几个名册"}
    assert words[language] in page and "警一" in page
    assert page.count("data-island") == 1
    assert "派出所" in operator.get("/desk/departments/").content.decode()


def test_the_findings_are_narrowed_and_exported(cast, claimed, address):  # noqa: F811
    operator = as_(cast.operator, "en")
    police = Department.objects.get(name="派出所").pk
    page = operator.get(f"{address}?department={police}&kind=overlap")
    assert [line.departments for line in page.context["lines"]] == ["派出所"]
    sheet = load_workbook(
        io.BytesIO(operator.get(f"{address}?format=xlsx&kind=gap").content)
    ).active
    assert [cell.value for cell in sheet[2]][1:5] == ["城管队", "", "6-3号楼, 7-3号楼", ""]


def test_the_map_draws_each_department_in_its_own_pattern(cast, claimed, address):  # noqa: F811
    answer = orjson.loads(as_(cast.operator, "en").get(f"{address}map.json").content)
    states = [one["properties"]["state"] for one in answer["features"]]
    assert states.count("ours") == 2 and states.count("gap") == 2
    assert len(states) == 2 + 2 + 2
    page = as_(cast.operator, "en").get(address)
    signs = [(one["tone"], one["pattern"]) for one in page.context["map"]["states"]]
    assert len(set(signs)) == len(signs) == 4


def test_grids_and_rosters_are_given_as_they_are_brought_in(cast, claimed):  # noqa: F811
    operator = as_(cast.operator, "en")
    assert (
        operator.get("/desk/departments/").content.decode().count("/desk/departments/files/") == 3
    )
    for kind, words in (("claims", "P1"), ("claim_workers", "警一"), ("grids", "第一网格")):
        answer = operator.get(f"/desk/departments/files/{kind}/")
        assert answer["Content-Type"].startswith("text/csv")
        assert words in answer.content.decode("utf-8-sig")
    assert operator.get("/desk/departments/files/people/").status_code == 404


def test_statements(cast, claimed, address):  # noqa: F811
    operator = as_(cast.operator)
    assert cost(operator, address) <= 8
    assert cost(operator, "/desk/departments/") <= 6


class TestMerging:
    def test_it_is_proposed_and_explained(self, cast, claimed):  # noqa: F811
        for language, words in (
            ("en", "looks after most of its households today"),
            ("zh-hans", "现在负责其中多数住户"),
        ):
            page = as_(cast.operator, language).get(merge_at(claimed)).content.decode()
            assert words in page
            assert page.count('<select name="worker_') == 2

    def test_a_hand_chooses_and_it_is_carried_out(self, cast, claimed):  # noqa: F811
        plan = propose_merger(claimed)
        first = plan.grids[0]
        chosen = next(one for one in first.staffing.everybody if one.name == "城一")
        sent = {
            f"worker_{first.key}": chosen.key,
            f"backup1_{first.key}": "",
            f"backup2_{first.key}": "",
            f"backup3_{first.key}": "",
            "reason": "多网合一",
        }
        answer = as_(cast.operator, "en").post(merge_at(claimed), sent)
        assert (answer.status_code, answer.url) == (303, f"/desk/units/{claimed.ref}/old-numbers/")
        held = Holding.objects.get(is_current=True, post__unit__ref=first.key)
        assert held.person.name == "城一"
        assert OldNumber.objects.filter(number="P1").exists()

    def test_the_same_one_twice_is_said_on_the_page(self, cast, claimed):  # noqa: F811
        plan = propose_merger(claimed)
        same = next(iter(plan.people))
        sent = {f"worker_{grid.key}": same for grid in plan.grids} | {
            f"backup{number}_{grid.key}": "" for grid in plan.grids for number in (1, 2, 3)
        }
        answer = as_(cast.operator, "en").post(merge_at(claimed), sent)
        assert answer.status_code == 422
        assert "would look after two grids" in answer.content.decode()
        assert not OldNumber.objects.exists()


class TestOldNumbers:
    def test_the_list_and_its_export(self, cast, claimed, now):  # noqa: F811
        merged(claimed, now)
        operator = as_(cast.operator, "en")
        path = f"/desk/units/{claimed.ref}/old-numbers/"
        page = operator.get(path).content.decode()
        assert "60 %" in page and "100 %" in page
        assert (
            operator.get(f"{path}?q=P1").content.decode().count('<tr><th scope="row" data-label')
            == 1
        )
        table = operator.get(f"{path}?format=csv").content.decode("utf-8-sig")
        assert "派出所,P2" in table.replace('"', "")
        assert cost(operator, path) <= 8

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_the_search_finds_the_place(self, cast, claimed, now, language):  # noqa: F811
        merged(claimed, now)
        page = as_(cast.operator, language).get("/desk/search?q=P2").content.decode()
        assert "派出所 P2" in page and "第2网格" in page
        assert (
            "派出所" not in as_(cast.stranger, language).get("/desk/search?q=P2").content.decode()
        )


def test_a_map_is_brought_in_through_the_import_page(cast, uneven):  # noqa: F811
    from django.core.files.uploadedfile import SimpleUploadedFile

    feature = {
        "type": "Feature",
        "geometry": box(0, 3),
        "properties": {"部门": "派出所", "网格编号": "P1", "社区": "柳湾社区"},
    }
    data = orjson.dumps({"type": "FeatureCollection", "features": [feature]})
    operator = as_(cast.operator, "en")
    sent = {"kind": "claims", "file": SimpleUploadedFile("警区.geojson", data), "datum": "wgs84"}
    page = operator.post("/desk/imports/", sent, follow=True)
    assert page.context["plan"].counts["created"] == 1
    sent["file"] = SimpleUploadedFile("警区.geojson", b"{}")
    assert operator.post("/desk/imports/", sent).status_code == 422


class TestElsewhere:
    """The field and the API find the new place by an old number too."""

    def test_the_field(self, cast, claimed, now):  # noqa: F811
        merged(claimed, now)
        for language, words in (("en", "No place of this number"), ("zh-hans", "辖区内没有")):
            page = as_(cast.operator, language).get("/field/numbers/?q=P2").content.decode()
            assert "第2网格" in page and "60 %" in page
            assert (
                words in as_(cast.stranger, language).get("/field/numbers/?q=P2").content.decode()
            )
        assert cost(as_(cast.operator), "/field/numbers/?q=P2") <= 6

    def test_the_api(self, cast, claimed, now):  # noqa: F811
        merged(claimed, now)
        answer = as_(cast.operator).get("/api/v1/old-numbers/P2").json()
        assert [(one["department"], one["share"]) for one in answer["items"]] == [
            ("派出所", 0.6),
            ("派出所", 0.4),
        ]
        own = as_(cast.operator).get("/api/v1/old-numbers/990105001077001").json()
        assert [unit["name"] for one in own["items"] for unit in one["units"]] == ["第1网格"]
        assert as_(cast.operator).get("/api/v1/old-numbers/P2?on=2026-07-01").json()["items"] == []
        assert as_(cast.stranger).get("/api/v1/old-numbers/P2").json()["items"] == []
