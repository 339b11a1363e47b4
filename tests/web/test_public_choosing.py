"""Choosing where something is: by name, down to the building, by touching the sketch; never a household's house, all without script."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renwang.cases.models import Case
from renwang.web.public.sketching import HIGH, SHOWN, WIDE, Frame, frame_round, lines_of, touched
from tests import make
from tests.web.desk_pages import LANGUAGES
from tests.web.test_public_cases import browser, sent

FRAME = Frame(106.50, 29.50, 106.51, 29.51)


@pytest.fixture
def houses(cast):
    """Two buildings of a grid, and a cottage in which one household lives."""
    for number in (3, 4):
        one = make.building(
            f"{number} 号楼", cast.group, search=f"{number} 号楼", entrances=2,
            lon=106.5 + number / 1000, lat=29.5 + number / 1000,
        )  # fmt: skip
        make.household(one, "101")
        make.household(one, "102")
    cottage = make.building("青石路 9 号", cast.group, search="青石路 9 号", lon=106.5, lat=29.5)
    make.household(cottage, "1")
    return cast.grid


class TestRefused:
    @pytest.mark.parametrize("path", ["/report/?in=none", "/places/none/sketch.svg"])
    def test_a_place_that_is_not_there(self, cast, path):
        assert browser().get(path).status_code == 404

    def test_a_sketch_of_what_lies_nowhere(self, cast):
        assert browser().get(f"/places/{cast.grid.ref}/sketch.svg").status_code == 404

    @pytest.mark.anywhere
    @pytest.mark.parametrize(
        "touch", [("x", "1"), ("-1", "1"), ("289", "1"), ("1", "99999"), ("", "")]
    )
    def test_what_is_no_touch(self, touch):
        assert touched(*touch, FRAME) is None and touched("1", "1", None) is None

    def test_a_house_in_which_one_household_lives(self, cast, houses):
        for path in (
            f"/report/?in={houses.ref}",
            "/report/?q=青石路 9",
            f"/places/{houses.ref}/sketch.svg",
        ):
            assert "青石路" not in browser().get(path).content.decode().replace('value="青石路', "")


class TestByList:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_leads_down_to_the_building_and_its_entrance(self, cast, houses, language):
        client = browser(language)
        page = client.get(f"/report/?in={cast.community.ref}").content.decode()
        assert f"?in={houses.ref}" in page
        page = client.get(f"/report/?in={houses.ref}").content.decode()
        assert "3 号楼" in page and 'type="image"' in page
        path = next(part.split('"')[0] for part in page.split('href="') if part.startswith("/r/"))
        assert "?door=2" in client.get(path).content.decode()
        sent(client, f"{path}?door=2")
        assert Case.objects.get().door == "2"

    def test_finds_buildings_by_name(self, cast, houses):
        page = browser().get("/report/?q=号楼").content.decode()
        assert page.count('href="/r/') == 2
        assert browser().get("/report/?q=3 号楼").status_code == 302

    def test_costs_few_statements(self, cast, houses, django_assert_max_num_queries):
        client = browser()
        client.get("/report/")
        with django_assert_max_num_queries(6):
            client.get(f"/report/?in={houses.ref}")


class TestByTouch:
    def test_goes_along_to_about_ten_metres(self, cast, houses):
        x, y = SHOWN[0] // 2, SHOWN[1] // 2
        path = f"/places/{houses.ref}/report/?spot.x={x}&spot.y={y}"
        answer = sent(browser(), path)
        assert answer.status_code == 303
        case = Case.objects.get()
        assert (case.lon, case.lat) == (106.5035, 29.5035)

    def test_what_the_phone_gives_is_kept_as_closely_only(self, cast):
        sent(browser(), f"/places/{cast.grid.ref}/report/", lon="106.5123456", lat="29.5123456")
        case = Case.objects.get()
        assert (case.lon, case.lat) == (106.5123, 29.5123)

    def test_the_sketch_is_a_picture_with_names(self, cast, houses):
        answer = browser().get(f"/places/{houses.ref}/sketch.svg")
        assert answer["Content-Type"] == "image/svg+xml"
        assert "3 号楼" in answer.content.decode()


@pytest.mark.anywhere
class TestAFrame:
    @given(
        st.floats(min_value=-179, max_value=178), st.floats(min_value=-70, max_value=70),
        st.floats(min_value=0, max_value=1), st.floats(min_value=0, max_value=1),
    )  # fmt: skip
    def test_reads_back_what_it_placed(self, west, south, right, up):
        frame = Frame(west, south, west + 0.01, south + 0.01)
        lon, lat = west + right / 100, south + up / 100
        x, y = frame.at(lon, lat)
        assert 0 <= x <= WIDE and 0 <= y <= HIGH
        back = frame.back(x, y)
        assert abs(back[0] - lon) < 2e-4 and abs(back[1] - lat) < 2e-4

    def test_needs_two_positions(self):
        assert frame_round([]) is None and frame_round([(1.0, 1.0), (1.0, 1.0)]) is None
        assert frame_round([(1.0, 2.0), (3.0, 1.0)]) == Frame(1.0, 1.0, 3.0, 2.0)

    @pytest.mark.parametrize("shape", [None, {}, {"type": "Point", "coordinates": [1, 2]}])
    def test_draws_no_line_of_what_is_none(self, shape):
        assert not list(lines_of(shape))

    def test_draws_every_line(self):
        ring = [[0, 0], [1, 0], [0, 0]]
        for kind, found in (("LineString", ring), ("Polygon", [ring]), ("MultiPolygon", [[ring]])):
            assert len(list(lines_of({"type": kind, "coordinates": found}))) == 1
