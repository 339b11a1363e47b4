"""Units on the desk: who may not, the tree, a unit's page, its past, and every change with its preview."""

import json

import pytest

from renwang.base.models import Entry
from renwang.base.sealing import seal_all
from renwang.chain import routes, tallies
from renwang.chain.models import Unit
from renwang.chain.services import units
from tests import make
from tests.web.desk_pages import LANGUAGES, as_

# What the session, the account, its person, its grants and the banners ask on every page.
FRAME = 12


@pytest.fixture(autouse=True)
def counted(cast):
    """Routes and tallies as the services keep them."""
    routes.rebuild_routes()
    tallies.rebuild_tallies()


def page(unit: Unit, rest: str = "") -> str:
    return f"/desk/units/{unit.ref}/{rest}"


class TestWhoMayNot:
    def test_a_visitor_is_led_to_signing_in(self, client, cast):
        answer = client.get(page(cast.community))
        assert answer.status_code == 303
        assert "login" in answer["Location"]

    def test_the_stranger_does_not_see_what_the_secretary_sees(self, cast):
        for rest in ("", "history/", "map.json", "branch/"):
            assert as_(cast.stranger).get(page(cast.community, rest)).status_code == 404
            assert as_(cast.secretary).get(page(cast.community, rest)).status_code == 200

    def test_the_stranger_changes_nothing(self, cast):
        answer = as_(cast.stranger).post(page(cast.community, "change/rename/"), {"name": "x"})
        assert answer.status_code == 404
        cast.community.refresh_from_db()
        assert cast.community.name == "石桥社区"

    def test_who_only_looks_on_is_refused_in_words(self, cast):
        answer = as_(cast.worker).get(page(cast.grid, "change/rename/"))
        assert answer.status_code == 403

    def test_a_secretary_cannot_close_her_own_community(self, cast):
        path = page(cast.community, "change/close/")
        answer = as_(cast.secretary).post(path, {"sure": "1"})
        assert answer.status_code == 422
        assert Unit.objects.get(pk=cast.community.pk).ended_on is None

    def test_the_leader_sees_names_and_no_numbers(self, cast):
        text = as_(cast.leader).get(page(cast.group)).content.decode()
        assert "楼长青" in text
        assert "13900000002" not in text


class TestLooking:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_every_page_speaks_both_languages(self, cast, language):
        client = as_(cast.operator, language)
        for path in ("", "?view=table", "?q=石", "?on=2024-01-01", "?view=table&lacking=holder"):
            assert client.get(f"/desk/units/{path}").status_code == 200
        for rest in ("", "history/", "?on=2024-01-01", "?on=2001-01-01"):
            assert client.get(page(cast.community, rest)).status_code == 200

    def test_every_figure_leads_to_its_list(self, cast):
        text = as_(cast.secretary).get(page(cast.community)).content.decode()
        for target in ("posts/", "people/", "buildings/", "organisations/"):
            assert f"/desk/{target}?under={cast.community.ref}" in text

    def test_the_map_says_how_each_unit_stands(self, cast):
        Unit.objects.filter(pk=cast.grid.pk).update(lon=106.5, lat=29.5)
        answer = json.loads(as_(cast.secretary).get(page(cast.community, "map.json")).content)
        assert [one["properties"]["state"] for one in answer["features"]] == ["ready"]
        assert answer["features"][0]["properties"]["id"] == str(cast.grid.pk)

    def test_a_branch_holds_what_lies_directly_below(self, cast):
        text = as_(cast.operator).get(page(cast.street, "branch/")).content.decode()
        assert "石桥社区" in text
        assert "第一网格" not in text

    def test_an_earlier_day_finds_the_earlier_name(self, cast, now):
        units.rename_unit(unit=cast.community, name="新石桥社区", by="node:test", now=now)
        text = as_(cast.operator).get(page(cast.community, "?on=2026-07-01")).content.decode()
        assert "石桥社区" in text
        assert "第一网格" in text

    def test_the_list_is_given_as_a_file(self, cast):
        answer = as_(cast.operator).get("/desk/units/?view=table&format=csv")
        assert answer["Content-Type"].startswith("text/csv")
        assert "石桥社区" in answer.content.decode("utf-8-sig")

    def test_nonsense_in_the_address_is_no_fault(self, cast):
        client = as_(cast.operator)
        for query in ("sort=-nothing", "after=forged", "on=never", "level=x&lacking=y"):
            assert client.get(f"/desk/units/?view=table&{query}").status_code == 200

    def test_statements_do_not_grow_with_the_list(self, cast, django_assert_max_num_queries):
        for number in range(60):
            make.unit(f"小区{number}", "grid", cast.community)
        tallies.rebuild_tallies()
        client = as_(cast.operator)
        client.get("/desk/units/")
        with django_assert_max_num_queries(FRAME + 6):
            client.get("/desk/units/?view=table")
        with django_assert_max_num_queries(FRAME + 12):
            client.get(page(cast.community))


class TestChanging:
    def test_the_preview_changes_nothing(self, cast):
        path = page(cast.grid, "change/rename/")
        answer = as_(cast.secretary).post(path, {"name": "东网格", "code": cast.grid.code})
        assert answer.status_code == 200
        assert 'name="sure"' in answer.content.decode()
        cast.grid.refresh_from_db()
        assert cast.grid.name == "第一网格"
        assert not Entry.objects.exists()

    def test_confirmed_it_is_done_and_recorded(self, cast):
        path = page(cast.grid, "change/rename/")
        body = {"name": "东网格", "code": cast.grid.code, "sure": "1"}
        answer = as_(cast.secretary).post(path, body)
        assert answer.status_code == 303
        cast.grid.refresh_from_db()
        assert cast.grid.name == "东网格"
        assert Entry.objects.get().verb == "chain.unit_renamed"

    def test_a_refusal_is_a_sentence_in_the_form(self, cast):
        body = {
            "name": "x",
            "level": "grid",
            "code": cast.grid.code,
            "households": 0,
            "residents": 0,
        }
        answer = as_(cast.secretary).post(page(cast.community, "change/create/"), body)
        assert answer.status_code == 422
        assert cast.grid.code in answer.content.decode()

    def test_a_unit_is_founded_below(self, cast):
        body = {
            "name": "第二网格",
            "level": "grid",
            "households": 300,
            "residents": 700,
            "sure": "1",
        }
        answer = as_(cast.secretary).post(page(cast.community, "change/create/"), body)
        assert answer.status_code == 303
        assert Unit.objects.get(name="第二网格").parent == cast.community

    def test_a_boundary_is_pasted_and_given_back(self, cast):
        square = {
            "type": "Polygon",
            "coordinates": [[[106, 29], [106.1, 29], [106.1, 29.1], [106, 29.1], [106, 29]]],
        }
        path = page(cast.grid, "change/boundary/")
        client = as_(cast.secretary)
        assert client.post(path, {"text": "{", "datum": "wgs84"}).status_code == 422
        body = {"text": json.dumps(square), "datum": "wgs84"}
        preview = client.post(path, body).content.decode()
        assert "coordinates" in preview  # the drawing goes along with the confirmation
        assert client.post(path, {**body, "sure": "1"}).status_code == 303
        given = client.get(page(cast.grid, "boundary.geojson"))
        assert json.loads(given.content)["type"] == "Polygon"

    def test_a_unit_is_moved_by_who_reaches_both_ends(self, cast):
        path = page(cast.grid, "change/move/")
        body = {"parent": cast.neighbour_community.ref, "sure": "1"}
        assert as_(cast.secretary).post(path, body).status_code == 422  # out of her reach
        assert as_(cast.operator).post(path, body).status_code == 303
        cast.grid.refresh_from_db()
        assert cast.grid.parent == cast.neighbour_community

    def test_brothers_are_merged_and_the_old_code_leads_on(self, cast):
        other = make.unit("第二网格", "grid", cast.community, code="990105001001002")
        body = {"units": [other.ref], "name": "东网格", "keep": cast.grid.ref, "sure": "1"}
        answer = as_(cast.operator).post(page(cast.grid, "change/merge/"), body)
        assert answer.status_code == 303
        whole = Unit.objects.get(name="东网格")
        assert whole.posts.get().title == "网格员"
        text = as_(cast.operator).get("/desk/search?q=990105001001002").content.decode()
        assert whole.ref in text

    def test_a_split_places_everything(self, cast):
        body = {
            "parts": "2", "name_1": "甲网格", "name_2": "乙网格", "households_1": 0, "households_2": 0,
            "residents_1": 0, "residents_2": 0, f"units_{cast.group.pk.hex}": "1",
            f"posts_{cast.grid_post.pk.hex}": "2",
        }  # fmt: skip
        path = page(cast.grid, "change/split/")
        client = as_(cast.operator)
        missing = {key: value for key, value in body.items() if not key.startswith("units_")}
        assert client.post(path, missing).status_code == 422
        assert client.post(path, body).status_code == 200
        assert client.post(path, {**body, "sure": "1"}).status_code == 303
        assert Unit.objects.get(name="甲网格").children.get() == cast.group
        seal_all()
        assert client.get(page(cast.grid)).status_code == 200  # ended, with what took its place
