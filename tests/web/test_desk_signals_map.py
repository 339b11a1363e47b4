"""Signals on the map, and two matters that are one: refusals first, both languages, what it costs."""

import pytest

from renwang.signals import services
from renwang.signals.models import Matter, Signal
from renwang.signals.rules import Source
from renwang.signals.services import Report
from tests.signals.conftest import gauge, operator  # noqa: F401
from tests.signals.test_inbox import FLOOD
from tests.web.desk_pages import LANGUAGES, as_, cost

PAGE = "/desk/signals/map/"
MARKS, UNITS = f"{PAGE}marks.json", f"{PAGE}units.json"


@pytest.fixture
def bring(cast):
    def brought(words: str, **more) -> Signal:
        told = Report(Source.RESIDENT, words, cast.now, hazard="flood", **more)
        return services.receive_signal(told, cast.grid, by="node:test", now=cast.now)

    return brought


@pytest.fixture
def matters(cast, bring) -> list[Matter]:
    """Two matters of the sub-district."""
    by = cast.viewer(cast.officer)
    for words in ("老桥下积水", "桥洞淹了"):
        services.assess_signal(bring(words).pk, FLOOD, by=by, now=cast.now)
    return list(Matter.objects.order_by("ref"))


class TestTheMap:
    def test_a_visitor_is_led_to_sign_in(self, client, db):
        for path in (PAGE, MARKS, UNITS):
            assert client.get(path).status_code == 303

    def test_somebody_of_another_place_sees_nothing_of_it(self, cast, bring, gauge):  # noqa: F811
        bring("老桥下积水", lon=106.5, lat=29.5)
        client = as_(cast.stranger)
        assert "积水" not in client.get(PAGE).content.decode()
        assert client.get(MARKS).json()["features"] == []
        for path in (PAGE, MARKS, UNITS):
            assert client.get(f"{path}?under={cast.community.ref}").status_code == 404

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_the_table_says_what_the_map_shows(self, cast, bring, gauge, language):  # noqa: F811
        bring("老桥下积水", lon=106.5, lat=29.5, place="老桥")
        bring("没有位置的积水")
        client = as_(cast.officer, language)
        page = client.get(PAGE).content.decode()
        for shown in ("老桥下积水", "没有位置的积水", "石桥雨量站", 'data-island="map"'):
            assert shown in page
        marks = client.get(MARKS).json()["features"]
        states = [one["properties"]["state"] for one in marks]
        assert states == ["waiting", "well"]
        for mark in marks:
            assert f'data-unit="{mark["properties"]["id"]}"' in page

    def test_the_filter_of_the_list_holds_for_the_map(self, cast, bring, gauge):  # noqa: F811
        bring("老桥下积水", lon=106.5, lat=29.5)
        client = as_(cast.officer)
        assert (
            f"{PAGE}?q=%E7%9F%B3&amp;state=waiting"
            in client.get("/desk/signals/?q=石&state=waiting").content.decode()
        )
        for asked, number in (
            ("", 2), ("?layer=sensors", 1), ("?layer=signals", 1), ("?q=无", 1),
            ("?state=aside&layer=signals", 0), ("?layer=nonsense", 2),
        ):  # fmt: skip
            assert len(client.get(MARKS + asked).json()["features"]) == number
            assert client.get(PAGE + asked).status_code == 200

    def test_it_takes_few_statements(self, cast, bring, gauge):  # noqa: F811
        client = as_(cast.officer)
        for number in range(3):
            bring(f"积水 {number}", lon=106.5 + number / 10, lat=29.5)
        few = cost(client, PAGE)
        for number in range(3, 9):
            bring(f"积水 {number}", lon=106.5 + number / 10, lat=29.5)
        assert cost(client, PAGE) == few <= 6
        assert cost(client, MARKS) <= 6
        assert cost(client, UNITS) <= 6


class TestMerging:
    def test_who_only_sees_or_is_elsewhere_does_not(self, cast, matters):
        one, other = matters
        for path in ("merge/", f"merge/{other.ref}/", "unmerge/"):
            address = f"/desk/matters/{one.ref}/{path}"
            assert as_(cast.worker).get(address).status_code == 403
            assert as_(cast.stranger).get(address).status_code in (403, 404)
            assert as_(cast.stranger).post(address, {"reason": "x"}).status_code in (403, 404, 405)
        assert not Matter.objects.exclude(merged_into=None).exists()

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_two_are_merged_for_a_reason_and_taken_apart_again(self, cast, matters, language):
        one, other = matters
        client = as_(cast.officer, language)
        assert (
            f"/desk/matters/{one.ref}/merge/"
            in client.get(f"/desk/matters/{one.ref}/").content.decode()
        )
        choice = client.get(f"/desk/matters/{one.ref}/merge/").content.decode()
        address = f"/desk/matters/{one.ref}/merge/{other.ref}/"
        assert address in choice
        page = client.get(address).content.decode()
        assert "老桥下积水" in page and "桥洞淹了" in page
        assert client.post(address, {"reason": " "}).status_code == 422
        assert client.post(address, {"reason": "同一座桥"}).status_code == 303
        one.refresh_from_db()
        assert one.merged_into == other and other.signals.count() == 2
        assert client.post(address, {"reason": "再来"}).status_code == 422
        undo = f"/desk/matters/{one.ref}/unmerge/"
        assert undo in client.get(f"/desk/matters/{one.ref}/").content.decode()
        assert "老桥下积水" in client.get(undo).content.decode()
        assert client.post(undo, {"reason": ""}).status_code == 422
        assert client.post(undo, {"reason": "看错了"}).status_code == 303
        one.refresh_from_db()
        assert one.merged_into is None and one.signals.count() == 1
        assert client.get(undo).status_code == 404

    def test_it_is_looked_for_by_words(self, cast, matters):
        one, other = matters
        client = as_(cast.officer)
        assert other.ref in client.get(f"/desk/matters/{one.ref}/merge/?q=桥").content.decode()
        assert other.ref not in client.get(f"/desk/matters/{one.ref}/merge/?q=火").content.decode()

    def test_it_takes_few_statements(self, cast, matters):
        one, other = matters
        client = as_(cast.officer)
        assert cost(client, f"/desk/matters/{one.ref}/merge/") <= 6
        assert cost(client, f"/desk/matters/{one.ref}/merge/{other.ref}/") <= 16
