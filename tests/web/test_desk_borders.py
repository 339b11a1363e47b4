"""Borders, cutting, codes and the check of buildings on the desk: refused, looked at first, then done."""

import orjson
import pytest
from shapely.geometry import shape

from renwang.chain.models import Unit
from renwang.web.desk.forms.borders import written
from tests import make
from tests.chain.test_borders import grids
from tests.chain.test_regrouping import STEP, box, uneven  # noqa: F401 (the same uneven community)
from tests.web.desk_pages import LANGUAGES, as_, cost

pytestmark = pytest.mark.django_db


def at(unit, page):
    return f"/desk/units/{unit.ref}/{page}/"


def border(west, east, **more):
    return {
        "points": written(shape(box(west, east))),
        "datum": "wgs84",
        "snap_m": 0,
        "follows": "on",
        **more,
    }


def line(column, **more):
    lon = 160 + (column + 0.5) * STEP
    return {
        "line": f"{lon}, 29.99\n{lon}, 30.01",
        "datum": "wgs84",
        "name_1": "西",
        "name_2": "东",
        **more,
    }


class TestRefused:
    @pytest.mark.parametrize("page", ["border", "cut", "codes", "buildings-check"])
    def test_strangers_and_those_who_only_look(self, cast, uneven, page):  # noqa: F811
        grid = grids(uneven)[0]
        assert as_(cast.stranger, "en").get(at(grid, page)).status_code == 404
        make.grant(cast.stranger, "carrier", grid)
        assert (
            as_(cast.stranger, "en").get(at(grid, page)).status_code == 403
            or page == "buildings-check"
        )

    @pytest.mark.parametrize(
        "points", ["", "1, 2", "1, 2\n3, x\n5, 6", "1, 2\n3, 4", "200, 1\n1, 1\n2, 2"]
    )
    def test_points_that_make_no_border(self, cast, uneven, points):  # noqa: F811
        grid = grids(uneven)[0]
        answer = as_(cast.operator, "en").post(
            at(grid, "border"), border(0, 3) | {"points": points}
        )
        assert answer.status_code == 422
        assert grids(uneven)[0].boundary == grid.boundary

    def test_what_is_wrong_is_named_with_its_place(self, cast, uneven):  # noqa: F811
        sent = border(0, 3)
        del sent["follows"]
        page = as_(cast.operator, "en").post(at(grids(uneven)[0], "border"), sent).content.decode()
        assert page.count("would lie in no grid.") >= 8
        assert "160.000800" in page
        assert "Draw it" not in page

    def test_a_line_that_cuts_nothing(self, cast, uneven):  # noqa: F811
        answer = as_(cast.operator, "en").post(at(grids(uneven)[0], "cut"), line(40))
        assert answer.status_code == 422
        assert "from border to border" in answer.content.decode()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_render(cast, uneven, language):  # noqa: F811
    operator = as_(cast.operator, language)
    for unit, page in (
        (grids(uneven)[0], "border"),
        (grids(uneven)[0], "cut"),
        (uneven, "codes"),
        (uneven, "buildings-check"),
        (cast.community, "buildings-check"),
        (cast.grid, "border"),
    ):
        assert operator.get(at(unit, page)).status_code == 200
    answer = orjson.loads(
        operator.get(f"/desk/units/{grids(uneven)[0].ref}/border/map.json").content
    )
    states = [one["properties"]["state"] for one in answer["features"]]
    assert (states.count("here"), states.count("beside"), states.count("home")) == (1, 1, 32)


def test_a_border_is_looked_at_then_drawn(cast, uneven):  # noqa: F811
    operator = as_(cast.operator, "en")
    path = at(grids(uneven)[0], "border")
    page = operator.post(path, border(0, 3))
    assert len(page.context["moved"]) == 8
    assert shape(orjson.loads(grids(uneven)[0].boundary)).equals(shape(box(0, 5)))
    sent = border(0, 3) | {"points": page.context["snapped"], "sure": "1", "reason": "调整"}
    answer = operator.post(path, sent)
    assert answer.status_code == 303
    assert shape(orjson.loads(grids(uneven)[0].boundary)).equals(shape(box(0, 3)))


def test_a_grid_is_looked_at_then_cut_and_both_get_codes(cast, uneven):  # noqa: F811
    operator = as_(cast.operator, "en")
    path = at(grids(uneven)[0], "cut")
    page = operator.post(path, line(2))
    assert [part[2] for part in page.context["parts"]] == [12, 12]
    assert len(grids(uneven)) == 2
    assert operator.post(path, line(2) | {"sure": "1"}).status_code == 303
    found = {one.name: one.code for one in grids(uneven)}
    assert found == {"西": "990105001077003", "东": "990105001077004", "第2网格": "990105001077002"}


def test_codes_are_looked_at_then_given(cast, uneven):  # noqa: F811
    Unit.objects.filter(parent=uneven, name="第2网格").update(code="")
    operator = as_(cast.operator, "en")
    page = operator.get(at(uneven, "codes"))
    assert [code for _grid, code in page.context["rows"]].count("") == 1
    assert operator.post(at(uneven, "codes"), {"scheme": "community_serial"}).status_code == 303
    assert operator.post(at(uneven, "codes"), {"scheme": "community_serial"}).status_code == 422
    assert operator.get(f"{at(uneven, 'codes')}?scheme=nothing").status_code == 200


def test_the_check_names_what_is_astray(cast, uneven):  # noqa: F811
    make.building("走错楼", grids(uneven)[0], lon=160 + 7 * STEP, lat=30.0)
    operator = as_(cast.operator, "en")
    path = at(uneven, "buildings-check")
    page = operator.get(path).content.decode()
    assert "走错楼" in page and "Stands in another grid" in page and "/border/" in page
    answer = orjson.loads(operator.get(f"{path}map.json").content)
    assert [one["properties"]["state"] for one in answer["features"]].count("elsewhere") == 1
    assert "走错楼" in operator.get(f"{path}?format=csv").content.decode("utf-8-sig")
    assert cost(operator, path) <= 8


def test_statements(cast, uneven):  # noqa: F811
    operator = as_(cast.operator)
    assert cost(operator, at(grids(uneven)[0], "border")) <= 6
    assert cost(operator, at(uneven, "codes")) <= 6


def test_a_grid_that_is_founded_gets_the_next_code(cast, uneven):  # noqa: F811
    sent = {
        "name": "第三网格",
        "level": "grid",
        "code": "",
        "households": 0,
        "residents": 0,
        "sure": "1",
    }
    answer = as_(cast.operator, "en").post(f"/desk/units/{uneven.ref}/change/create/", sent)
    assert answer.status_code == 303
    assert Unit.objects.get(name="第三网格").code == "990105001077003"
