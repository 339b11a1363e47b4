"""The desk's pages about facilities: strangers are refused, a whole life by hand, what pages cost, both languages."""

from io import BytesIO

import pytest
from django.contrib.messages import get_messages
from PIL import Image

from renwang.registers.facilities import services
from renwang.registers.facilities.models import (
    Defect,
    Facility,
    Inspection,
    Photo,
    Room,
    Stock,
)
from renwang.registers.facilities.rules import State
from renwang.registers.risks.models import Risk
from tests import make
from tests.registers.facilities.conftest import DAY, TODAY, broken, centre, entered, shelter
from tests.web.desk_pages import LANGUAGES, as_, cost

PAGES = (
    "/desk/facilities/",
    "/desk/facilities/map/",
    "/desk/facilities/units.json",
    "/desk/facilities/marks.json",
    "/desk/facilities/coverage/",
    "/desk/facilities/reach.json",
    "/desk/facilities/standing.json",
    "/desk/facilities/centres/",
    "/desk/facilities/stock/",
    "/desk/facilities/findings/",
    "/desk/facilities/figures/",
)


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def live(cast, lon: float = 106.5, lat: float = 29.5, doors: int = 3) -> None:
    """A building with people in it."""
    house = make.building("1号楼", cast.grid, lon=lon, lat=lat)
    for door in range(doors):
        make.household(house, f"{door + 1}01")


# --- who may not ------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES)
def test_a_visitor_signs_in(client, db, page):
    assert client.get(page).status_code == 303


def test_a_stranger_finds_no_facility_and_no_photograph(cast):
    one = shelter(cast)
    for part in ("", "sheet/"):
        for who, status in ((cast.stranger, 404), (cast.worker, 200)):
            assert as_(who).get(f"/desk/facilities/{one.ref}/{part}").status_code == status
    assert "石桥广场" not in as_(cast.stranger).get("/desk/facilities/").content.decode()
    assert as_(cast.stranger).get("/desk/facilities/").status_code == 200


@pytest.mark.parametrize("part", ["change/", "rooms/"])
def test_who_does_not_keep_it_changes_nothing(cast, part):
    one = centre(cast)
    page = f"/desk/facilities/{one.ref}/{part}"
    assert as_(cast.worker).get(page).status_code == 403
    assert as_(cast.secretary).get(page).status_code == 200
    assert as_(cast.worker).get("/desk/facilities/add/").status_code == 403


# --- a whole life -----------------------------------------------------------------


def test_from_the_list_to_a_mended_defect_by_hand(cast):
    desk = as_(cast.secretary)
    assert "kind=hydrant" in desk.get("/desk/facilities/add/").content.decode()
    page = "/desk/facilities/add/?kind=hydrant"
    wrong = desk.post(page, {"name": "", "unit": cast.grid.ref, "datum": "wgs84", "lon": "106.5"})
    assert wrong.status_code == 422
    sent = desk.post(
        page,
        {
            "name": "桥头消火栓", "unit": cast.grid.ref, "datum": "gcj02", "lon": "106.5",
            "lat": "29.5", "ask_flow_l_s": "15", "post": str(cast.grid_post.pk),
        },
    )  # fmt: skip
    assert sent.status_code == 303
    one = Facility.objects.get()
    assert (one.amounts, one.post) == ({"flow_l_s": 15.0}, cast.grid_post)
    assert one.lon != 106.5
    page = f"/desk/facilities/{one.ref}/"
    desk.post(
        f"{page}inspect/",
        {
            "on": str(TODAY), "check_water": "no", "check_access": "yes", "verdict": "unfit",
            "words": "不出水", "broken": "阀门锈死", "is_grave": "on",
        },
    )  # fmt: skip
    assert Inspection.objects.get().checks == {"access": True, "water": False}
    assert Facility.objects.get().state == State.OUT_OF_ORDER
    desk.post(
        f"{page}defects/1/assign/",
        {"assign-post": str(cast.community_post.pk), "assign-due_on": str(TODAY + DAY)},
    )
    assert Defect.objects.get().post == cast.community_post
    assert "阀门锈死" in desk.get(page).content.decode()
    desk.post(f"{page}defects/1/mend/", {"words": "换了阀杆"})
    desk.post(f"{page}state/", {"state-act": "restore", "state-reason": "出水正常"})
    assert Facility.objects.get().state == State.READY
    desk.post(f"{page}defects/1/reopen/", {"words": "又漏"})
    desk.post(f"{page}defects/1/drop/", {"words": "整栓更换"})
    assert Defect.objects.get().state == "dropped"
    changed = {"name": "桥西消火栓", "unit": cast.community.ref, "datum": "wgs84", "post": ""}
    assert desk.post(f"{page}change/", changed).status_code == 303
    one.refresh_from_db()
    assert (one.name, one.post, one.lon) == ("桥西消火栓", None, None)


def test_a_centre_gets_rooms_and_is_opened_and_shut(cast):
    one, desk = centre(cast), as_(cast.secretary)
    page = f"/desk/facilities/{one.ref}/"
    room = {"name": "大厅", "use": "hall", "area_m2": "35", "role": "shelter", "step_free": "yes"}
    assert desk.post(f"{page}rooms/", room | {"area_m2": "-1"}).status_code == 422
    desk.post(f"{page}rooms/", room)
    desk.post(f"{page}rooms/2/", room | {"name": "物资库", "use": "store", "role": "stock"})
    assert {one.name for one in Room.objects.all()} == {"大厅", "物资库", "多功能厅"}
    assert "30" in desk.get(page).content.decode()  # (70 + 35) m² at 3.5 m² each
    desk.post(f"{page}rooms/2/strike/")
    assert Room.objects.count() == 2
    assert desk.post(f"{page}rooms/9/strike/").status_code == 404
    desk.post(f"{page}open/", {"words": "暴雨"})
    assert Facility.objects.get().opened_at
    assert "启用中" in desk.get("/desk/facilities/?finding=opened").content.decode()
    desk.post(f"{page}shut/", {"words": "雨停"})
    assert not Facility.objects.get().opened_at


def test_what_is_refused_is_said_and_changes_nothing(cast):
    one, desk = entered(cast), as_(cast.secretary)
    broken(cast, one)
    page = f"/desk/facilities/{one.ref}/"
    for part, body in {
        "state": {"state-act": "break", "state-reason": "锈死"}, "open": {"words": "暴雨"},
        "shut": {"words": "x"}, "defects": {}, "defects/1/assign": {"assign-post": "x"},
        "defects/1/mend": {"words": " "}, "defects/1/reopen": {"words": "x"}, "photograph": {},
        "defects/1/drop": {},
    }.items():  # fmt: skip
        answer = desk.post(f"{page}{part}/", body)
        assert answer.status_code == 303, part
        *_earlier, last = get_messages(answer.wsgi_request)
        assert last.level_tag == "error", part
    for part in ("defects/9/mend/", "rooms/"):
        assert desk.post(f"{page}{part}", {"words": "x"}).status_code == 404
    one.refresh_from_db()
    assert one.state == State.READY
    late = {"on": str(TODAY + DAY), "verdict": "fit"}
    assert desk.post(f"{page}inspect/", late).status_code == 422


def test_a_photograph_is_shown_to_who_may_see_it_and_removed_with_a_reason(cast):
    one, desk = entered(cast), as_(cast.secretary)
    drawn = BytesIO()
    Image.new("RGB", (40, 20), "olive").save(drawn, "PNG")
    drawn.seek(0)
    drawn.name = "a.png"
    desk.post(f"/desk/facilities/{one.ref}/photograph/", {"photo": drawn})
    address = f"/desk/facilities/photos/{Photo.objects.get().pk}/"
    assert desk.get(address)["Content-Type"] == "image/jpeg"
    assert as_(cast.stranger).get(address).status_code == 404
    assert as_(cast.stranger).post(f"{address}remove/", {"words": "x"}).status_code == 404
    desk.post(f"{address}remove/", {"words": "拍到了人"})
    assert not Photo.objects.exists()
    assert "照片已删除" in desk.get(f"/desk/facilities/{one.ref}/").content.decode()


# --- the whole ----------------------------------------------------------------------


def test_the_list_is_narrowed_and_given_out(cast):
    entered(cast)
    shelter(cast, post=None)
    desk = as_(cast.secretary)
    for query, there, not_there in (
        ("?kind=hydrant", "柳溪桥头", "石桥广场"),
        ("?finding=no_post", "石桥广场", "柳溪桥头"),
        ("?q=广场", "石桥广场", "柳溪桥头"),
        ("?state=out", "", "石桥广场"),
        (f"?under={cast.community.ref}&sort=-name", "石桥广场", "北山"),
        ("?sort=due", "石桥广场", "北山"),
    ):
        page = desk.get(f"/desk/facilities/{query}").content.decode()
        assert there in page
        assert not_there not in page, query
    file = desk.get("/desk/facilities/?format=csv").content.decode("utf-8-sig")
    assert "1000" in file
    assert "有效避难面积" not in file.partition("\n")[0] or "有效面积" in file


def test_coverage_says_how_it_is_reckoned_and_leads_on(cast):
    live(cast)
    desk = as_(cast.secretary)
    page = desk.get("/desk/facilities/coverage/").content.decode()
    assert "绕行系数" in page
    assert "无人在步行距离以内" in page
    one = shelter(cast, lon=106.5, lat=29.5, amounts={"area_m2": 2.0})
    page = desk.get("/desk/facilities/coverage/").content.decode()
    assert one.ref in page
    file = desk.get("/desk/facilities/coverage/?format=csv").content.decode("utf-8-sig")
    assert file.splitlines()[1].split(",")[1:6] == ["3", "0", "6", "4", "2"]
    found = desk.get("/desk/facilities/reach.json?service=hydrant").json()
    assert found["type"] == "FeatureCollection"
    marks = desk.get("/desk/facilities/standing.json").json()["features"]
    assert [mark["properties"]["id"] for mark in marks] == [one.ref]
    assert desk.get("/desk/facilities/coverage/?service=moat").status_code == 200


def test_every_finding_leads_to_where_it_is_mended(cast):
    live(cast)
    one = shelter(cast, post=None)
    desk = as_(cast.secretary)
    page = desk.get("/desk/facilities/findings/").content.decode()
    assert f"/desk/facilities/{one.ref}/" in page
    assert "/desk/facilities/coverage/?under=" in page
    assert "/desk/facilities/centres/?under=" in page
    only = desk.get("/desk/facilities/findings/?hole=no_post").content.decode()
    assert "没有责任岗位" in only
    file = desk.get("/desk/facilities/findings/?format=csv").content.decode("utf-8-sig")
    assert "石桥广场" in file


def test_the_map_marks_what_stands_and_what_does_not_work(cast):
    entered(cast, lon=106.5, lat=29.5)
    entered(cast, name="无坐标")
    desk = as_(cast.secretary)
    marks = desk.get("/desk/facilities/marks.json").json()["features"]
    assert [mark["properties"]["state"] for mark in marks] == ["ready"]
    assert "柳溪桥头" in desk.get("/desk/facilities/map/?kind=hydrant").content.decode()
    assert desk.get("/desk/facilities/marks.json?kind=siren").json()["features"] == []


def test_the_centres_stand_by_tier_and_say_where_one_is_missing(cast):
    centre(cast)
    desk = as_(cast.officer)
    page = desk.get("/desk/facilities/centres/").content.decode()
    assert "石桥社区党群服务中心" in page
    assert "云溪社区" in page
    file = desk.get("/desk/facilities/centres/?format=csv").content.decode("utf-8-sig")
    assert "棉被 20 床" in file


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_render_in_both_languages_and_cost_few_statements(cast, language):
    live(cast)
    for number in range(6):
        one = entered(cast, name=f"{number} 号消火栓", lon=106.5, lat=29.5)
        broken(cast, one)
    made = centre(cast, lon=106.5, lat=29.5)
    services.open_facility(made.pk, reason="x", by=cast.viewer(cast.secretary), now=cast.now)
    desk = as_(cast.secretary, language)
    bars = {page: 6 if "findings" not in page else 12 for page in PAGES}
    bars |= {f"/desk/facilities/{made.ref}/": 12, f"/desk/facilities/{one.ref}/sheet/": 10}
    for page, bar in bars.items():
        assert desk.get(page).status_code == 200, page
        assert cost(desk, page) <= bar, (page, cost(desk, page))
    for page in (
        "add/",
        "add/?kind=centre",
        f"{made.ref}/change/",
        f"{made.ref}/inspect/",
        f"{made.ref}/rooms/1/",
    ):
        assert desk.get(f"/desk/facilities/{page}").status_code == 200, page


# --- stock, and the way to the risk list -----------------------------------------------


def stocked(cast):
    one = entered(cast, "stock_point", "石桥储备点", unit=cast.community)
    form = {"name": "饮用水", "quantity": "10", "unit": "箱", "lot": "A1", "place": "货架 1"}
    desk = as_(cast.secretary)
    until = {"expires_on": str(TODAY - DAY), "checked_on": str(TODAY)}
    assert desk.post(f"/desk/facilities/{one.ref}/stock/", form | until).status_code == 303
    return one, Stock.objects.get()


def test_a_stranger_and_a_worker_write_no_stock(cast):
    one, kept = stocked(cast)
    for part in ("stock/", f"stock/{kept.pk}/", f"stock/{kept.pk}/strike/"):
        assert as_(cast.worker).post(f"/desk/facilities/{one.ref}/{part}").status_code == 403
    address = f"/desk/facilities/{one.ref}/stock/{kept.pk}/count/"
    assert as_(cast.stranger).post(address, {"quantity": "1"}).status_code in (403, 404)
    assert Stock.objects.get().quantity == 10
    assert "饮用水" not in as_(cast.stranger).get("/desk/facilities/stock/").content.decode()


@pytest.mark.parametrize("language", LANGUAGES)
def test_stock_is_written_counted_and_struck_off(cast, language):
    one, kept = stocked(cast)
    desk = as_(cast.secretary, language)
    here = f"/desk/facilities/{one.ref}/stock/"
    for page in (here, f"{here}{kept.pk}/", f"/desk/facilities/{one.ref}/"):
        assert desk.get(page).status_code == 200
    assert desk.post(here, {"name": "饮用水", "quantity": "-1"}).status_code == 422
    again = {"name": "饮用水", "quantity": "1", "lot": "A1", "expires_on": str(TODAY - DAY)}
    assert desk.post(here, again).status_code == 422
    desk.post(f"{here}{kept.pk}/count/", {"quantity": "x"})
    assert Stock.objects.get().quantity == 10
    desk.post(f"{here}{kept.pk}/count/", {"quantity": "7"})
    assert Stock.objects.get().quantity == 7
    for finding in ("over", "ending", "uncounted", "nonsense"):
        assert desk.get(f"/desk/facilities/stock/?finding={finding}").status_code == 200
    assert desk.get("/desk/facilities/stock/?finding=over").context["rows"] == [kept]
    file = desk.get("/desk/facilities/stock/?format=csv").content.decode("utf-8-sig")
    assert "石桥储备点" in file
    desk.post(f"{here}{kept.pk}/strike/")
    assert not Stock.objects.exists()


def test_a_defect_goes_on_the_risk_list_once_and_each_leads_to_the_other(cast):
    defect = broken(cast, entered(cast, lon=106.5, lat=29.5))
    facility = defect.facility
    address = f"/desk/facilities/{facility.ref}/defects/{defect.number}/risk/"
    assert as_(cast.stranger).post(address).status_code in (403, 404)
    desk = as_(cast.secretary)
    assert address in desk.get(f"/desk/facilities/{facility.ref}/").content.decode()
    assert desk.post(address)["Location"] == desk.post(address)["Location"]
    risk = Risk.objects.get()
    assert defect.words in risk.words
    defect.refresh_from_db()
    assert defect.risk == risk.ref
    there = desk.get(f"/desk/facilities/{facility.ref}/").content.decode()
    assert f"/desk/risks/{risk.ref}/" in there and address not in there
    back = desk.get(f"/desk/risks/{risk.ref}/").content.decode()
    assert f"/desk/facilities/{facility.ref}/" in back
