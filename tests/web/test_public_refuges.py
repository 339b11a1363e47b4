"""Where everybody can go: without an account or script, nobody betrayed, closed things said to be closed."""

import pytest

from renwang.registers.facilities import services
from renwang.registers.facilities.rules import Act
from tests.registers.facilities.conftest import DAY, TODAY, broken, centre, entered, shelter
from tests.web.desk_pages import LANGUAGES


def page_of(cast) -> str:
    return f"/places/{cast.community.ref}/refuges/"


def test_a_place_without_a_page_has_no_refuges(client, cast):
    assert client.get(f"/places/{cast.group.ref}/refuges/").status_code == 404
    assert client.get("/places/nothing/refuges/").status_code == 404


@pytest.mark.parametrize("language", LANGUAGES)
def test_everybody_reads_where_to_go_and_nobodys_name(client, cast, language):
    client.cookies["renwang_language"] = language
    one = shelter(cast, lon=106.5, lat=29.5, weekdays="09:00-17:00", address="桥东")
    centre(cast)
    entered(cast, name="桥头消火栓")
    broken(cast, one, "东门打不开")
    page = client.get(page_of(cast)).content.decode()
    assert "石桥广场" in page
    assert "geo:29.500000,106.500000" in page
    assert "<svg viewBox" in page
    for hidden in ("桥头消火栓", "东门打不开", "社区党委书记", "网格员", "石书勤", one.ref):
        assert hidden not in page, hidden


def test_what_takes_people_in_comes_first_and_what_is_shut_last(client, cast):
    by = cast.viewer(cast.secretary)
    shut = shelter(cast, code="A")
    services.change_state(
        shut.pk, Act.CLOSE, reason="内部原因不外传", expected_on=TODAY + DAY, by=by, now=cast.now
    )
    entered(cast, "shelter_emergency", "平时开放的广场", weekdays="always")
    opened = centre(cast)
    services.open_facility(opened.pk, reason="暴雨", by=by, now=cast.now)
    page = client.get(page_of(cast)).content.decode()
    order = [page.index(name) for name in ("石桥社区党群服务中心", "平时开放的广场", "石桥广场")]
    assert order == sorted(order)
    assert "内部原因不外传" not in page
    assert "正在接纳人员" in page


def test_an_empty_place_says_what_to_do_and_has_no_link(client, cast):
    assert client.get(page_of(cast)).status_code == 200
    place = f"/places/{cast.community.ref}/"
    assert "/refuges/" not in client.get(place).content.decode()
    shelter(cast)
    assert "/refuges/" in client.get(place).content.decode()


def test_few_statements(client, cast, django_assert_max_num_queries):
    for number in range(5):
        entered(cast, "gathering_point", f"{number} 号集合点", lon=106.5, lat=29.5)
    client.get(page_of(cast))
    with django_assert_max_num_queries(4):
        client.get(page_of(cast))
