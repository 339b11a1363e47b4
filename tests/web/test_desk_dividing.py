"""Dividing a place anew from the desk: who may, what is shown, what a hand changes, and that it is carried out."""

import pytest

from renwang.chain.models import Unit
from renwang.chain.selectors.dividing import read_divided
from tests import make
from tests.chain.test_regrouping import uneven  # noqa: F401 (the same uneven community)
from tests.web.desk_pages import LANGUAGES, as_

pytestmark = pytest.mark.django_db


@pytest.fixture
def address(uneven):  # noqa: F811
    return f"/desk/units/{uneven.ref}/divide/"


class TestRefused:
    def test_strangers_and_those_who_only_look(self, cast, address):
        assert as_(cast.stranger, "en").get(address).status_code in (403, 404)
        assert as_(cast.worker, "en").get(address).status_code == 403

    @pytest.mark.parametrize("asked", ["grids=0", "grids=99", "grids=x", "door=-1"])
    def test_numbers_that_make_no_division(self, cast, address, asked):
        page = as_(cast.operator, "en").get(f"{address}?{asked}")
        assert page.status_code == 200
        assert 'class="error"' in page.content.decode()
        assert "Nothing can be proposed here" in page.content.decode()

    def test_a_place_without_grids(self, cast, address):
        empty = make.unit("空社区", "community", cast.street)
        page = as_(cast.operator, "en").get(f"/desk/units/{empty.ref}/divide/")
        assert "Nothing can be proposed here" in page.content.decode()


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_shows_both_divisions_and_what_moves(cast, address, language):
    page = as_(cast.operator, language).get(address).content.decode()
    assert page.count('<svg class="division-map"') == 2
    assert page.count('<select name="to_') == 8
    assert {"en": "Furthest from the mean", "zh-hans": "偏离平均最多"}[language] in page


def test_a_hand_changes_it_and_nothing_is_moved_yet(cast, uneven, address):  # noqa: F811
    client = as_(cast.operator, "en")
    piece = next(one for one in read_divided(uneven).pieces if one.name == "0-0楼组")
    other = next(one.ref for one in read_divided(uneven).grids.values() if one.ref != piece.grid)
    page = client.post(address, {"deed": "weigh", f"to_{piece.key}": other}).content.decode()
    assert page.count('<select name="to_') == 1
    assert read_divided(uneven).pieces == read_divided(uneven).pieces
    assert (
        next(one for one in read_divided(uneven).pieces if one.key == piece.key).grid == piece.grid
    )


def test_it_is_carried_out(cast, uneven, address):  # noqa: F811
    client = as_(cast.operator, "en")
    plan = client.get(address).context["plan"]
    sent = {f"to_{key}": grid for key, grid in plan.moves.items()}
    answer = client.post(address, {"deed": "adopt", "reason": "均衡", **sent})
    assert (answer.status_code, answer.url) == (303, f"/desk/units/{uneven.ref}/")
    assert {one.key: one.grid for one in read_divided(uneven).pieces} == dict(plan.placed)


def test_a_day_to_come_is_refused_on_the_page(cast, uneven, address):  # noqa: F811
    client = as_(cast.operator, "en")
    plan = client.get(address).context["plan"]
    before = list(Unit.objects.order_by("pk").values_list("path", flat=True))
    sent = {f"to_{key}": grid for key, grid in plan.moves.items()}
    answer = client.post(address, {"deed": "adopt", "on": "2030-01-01", **sent})
    assert answer.status_code == 422
    assert before == list(Unit.objects.order_by("pk").values_list("path", flat=True))
