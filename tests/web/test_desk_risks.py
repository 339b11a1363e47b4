"""The desk's pages about risks: strangers are refused, a whole life by hand, what pages cost, both languages."""

from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.messages import get_messages
from PIL import Image

from renwang.base.models import Entry
from renwang.registers.duties.rules import Phase
from renwang.registers.risks import photos, services
from renwang.registers.risks.models import Measure, Photo, Risk, Scale, Survey
from renwang.registers.risks.rules import State, SurveyKind
from renwang.signals.rules import Source
from renwang.signals.services import Report, receive_signal
from tests.registers.duties.listed import in_force
from tests.registers.risks.conftest import DAY, TODAY, found, judged, mate, planned, rectified
from tests.web.desk_pages import LANGUAGES, as_, cost

__all__ = ["mate"]

LISTS = ("/desk/risks/", "/desk/risks/surveys/")
PAGES = (*LISTS, "/desk/risks/overview/", "/desk/risks/scale/", "/desk/risks/units.json")


def picture() -> bytes:
    """A photograph that says where and with what it was taken."""
    image = Image.new("RGB", (2000, 1000), "olive")
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "Maker", "Phone"
    exif.get_ifd(0x8825)[1] = "N"
    drawn = BytesIO()
    image.save(drawn, "JPEG", exif=exif)
    return drawn.getvalue()


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


# --- who may not ------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES)
def test_a_visitor_signs_in_and_a_carrier_sees_no_list(client, cast, page):
    assert client.get(page).status_code == 303
    assert as_(cast.leader).get(page).status_code == 403


def test_a_stranger_finds_neither_risk_nor_photograph(cast):
    risk = judged(cast)
    photo = photos.add_photo(risk.pk, picture(), by=cast.viewer(cast.worker), now=cast.now)
    for who, status in ((cast.stranger, 404), (cast.worker, 200)):
        assert as_(who).get(f"/desk/risks/{risk.ref}/").status_code == status
        assert as_(who).get(f"/desk/risks/photos/{photo.pk}/").status_code == status
    assert "后坡" not in as_(cast.stranger).get("/desk/risks/").content.decode()


def test_a_grid_worker_judges_nothing(cast):
    risk = found(cast)
    answer = as_(cast.worker).post(f"/desk/risks/{risk.ref}/judge/", {})
    assert answer.status_code == 403


# --- a whole life --------------------------------------------------------------------


def test_from_found_to_closed_by_hand(cast):
    desk, field = as_(cast.secretary), as_(cast.worker)
    sent = desk.post(
        "/desk/risks/add/",
        {
            "words": "地下车库入口低，雨大倒灌", "hazard": "waterlogging", "source": "resident",
            "unit": cast.grid.ref, "datum": "wgs84", "lon": "106.5", "lat": "29.5",
        },
    )  # fmt: skip
    assert sent.status_code == 303
    risk = Risk.objects.get()
    page = f"/desk/risks/{risk.ref}/"
    wrong = desk.post(f"{page}judge/", {"likelihood": "2", "harm": "2"})
    assert wrong.status_code == 422
    desk.post(
        f"{page}judge/",
        {"likelihood": "3", "harm": "3", "reason": "去年进过水", "form": "坡道无挡水板"},
    )
    desk.post(
        f"{page}measures/",
        {
            "measure-words": "配挡水板和沙袋", "measure-post": str(cast.grid_post.pk),
            "measure-due_on": str(TODAY + 5 * DAY),
        },
    )  # fmt: skip
    assert Measure.objects.get().post == cast.grid_post
    field.post(f"{page}measures/1/done/", {"words": "挡水板已装"})
    field.post(f"{page}rectify/", {"words": "已整改"})
    field.post(f"{page}recheck/", {"recheck-mended": "yes", "recheck-words": "好了"})
    assert Risk.objects.get().state == State.RECTIFIED
    assert "换一个人" in field.get(page).content.decode()
    desk.post(f"{page}recheck/", {"recheck-mended": "yes", "recheck-words": "现场试水，不进"})
    assert Risk.objects.get().state == State.CLOSED
    desk.post(f"{page}reopen/", {"words": "挡水板被拆"})
    assert Risk.objects.get().state == State.OPEN


def test_a_question_upward_is_answered_above(cast):
    risk = judged(cast)
    page = f"/desk/risks/{risk.ref}/"
    as_(cast.secretary).post(f"{page}refer/", {"refer-question": "请派专家", "refer-term": "3"})
    as_(cast.officer).post(f"{page}answer/", {"words": "周五到场"})
    risk.refresh_from_db()
    assert risk.state == State.OPEN
    assert "周五到场" in as_(cast.secretary).get(page).content.decode()


def test_what_is_refused_is_said_and_changes_nothing(cast):
    risk = judged(cast, (5, 5), unit=cast.community, by=cast.secretary)
    desk, page = as_(cast.secretary), f"/desk/risks/{risk.ref}/"
    sent = {"accept-until_on": str(TODAY + 9 * DAY), "accept-reason": "x"}
    assert "以上" in desk.post(f"{page}accept/", sent, follow=True).content.decode()
    for part, body in {
        "accept": {}, "refer": {"refer-term": "99"}, "measures": {"measure-post": "x"},
        "recheck": {}, "photograph": {}, "dismiss": {"words": " "}, "rectify": {"words": ""},
        "answer": {"words": "x"}, "take-back": {"words": "x"}, "note": {},
    }.items():  # fmt: skip
        answer = desk.post(f"{page}{part}/", body)
        assert answer.status_code == 303
        *_earlier, last = get_messages(answer.wsgi_request)
        assert last.level_tag == "error", part
    assert desk.post(f"{page}measures/9/done/", {}).status_code == 404
    risk.refresh_from_db()
    assert risk.state == State.OPEN


def test_a_signal_grows_into_a_risk(cast):
    told = Report(Source.RESIDENT, "楼顶广告牌松动", cast.now, "gale", place="3 号楼")
    signal = receive_signal(told, cast.grid, by=cast.viewer(cast.worker), now=cast.now)
    desk = as_(cast.secretary)
    address = f"/desk/risks/add/?signal={signal.ref}"
    assert "楼顶广告牌松动" in desk.get(address).content.decode()
    sent = {"words": "广告牌松动", "source": "signal", "unit": cast.grid.ref, "datum": "wgs84"}
    desk.post(address, sent)
    assert Risk.objects.get().origin == signal.ref
    assert as_(cast.stranger).get(address).status_code == 404


# --- photographs ------------------------------------------------------------------------


def test_neither_position_nor_device_stays_in_a_photograph(cast):
    risk, desk = judged(cast), as_(cast.secretary)
    file = BytesIO(picture())
    file.name = "a.jpg"
    desk.post(f"/desk/risks/{risk.ref}/photograph/", {"photo": file})
    photo = Photo.objects.get()
    kept = desk.get(f"/desk/risks/photos/{photo.pk}/")
    image = Image.open(BytesIO(kept.content))
    assert (image.width, image.height) == (1600, 800)
    assert not dict(image.getexif())
    assert b"Maker" not in kept.content
    assert kept["Content-Type"] == "image/jpeg"


@pytest.mark.parametrize(
    "data", [b"", b"no picture", b"\xff\xd8\xff\xe0" + b"\0" * 99, b"<svg/>", picture()[:900]]
)
def test_what_is_no_photograph_is_refused(cast, data):
    risk = judged(cast)
    with pytest.raises(photos.NotAPhoto):
        photos.add_photo(risk.pk, data, by=cast.viewer(cast.worker), now=cast.now)
    assert not Photo.objects.exists()


def test_a_picture_that_unpacks_to_more_than_a_photograph_is_refused(cast):
    bomb = BytesIO()
    Image.new("1", (12_000, 12_000)).save(bomb, "PNG")
    with pytest.raises(photos.NotAPhoto):
        photos.redraw(bomb.getvalue())


def test_the_same_photograph_twice_is_one_and_there_is_an_end(cast, monkeypatch):
    risk, viewer = judged(cast), cast.viewer(cast.worker)
    one = photos.add_photo(risk.pk, picture(), by=viewer, now=cast.now)
    assert photos.add_photo(risk.pk, picture(), by=viewer, now=cast.now) == one
    monkeypatch.setattr(photos, "MOST", 1)
    other = BytesIO()
    Image.new("RGB", (20, 20), "red").save(other, "PNG")
    with pytest.raises(photos.TooMany):
        photos.add_photo(risk.pk, other.getvalue(), by=viewer, now=cast.now)
    with pytest.raises(PermissionError):
        photos.add_photo(risk.pk, picture(), by=cast.viewer(cast.stranger), now=cast.now)


def test_a_photograph_is_removed_by_who_took_it_or_who_judges_and_by_nobody_else(cast, mate):
    risk = judged(cast)
    taken = photos.add_photo(risk.pk, picture(), by=cast.viewer(cast.worker), now=cast.now)
    address = f"/desk/risks/photos/{taken.pk}/remove/"
    assert as_(cast.stranger).post(address, {"words": "别人"}).status_code == 404
    assert as_(mate).post(address, {"words": "别人"}).status_code == 403
    page = as_(mate).get(f"/desk/risks/{risk.ref}/").content.decode()
    assert address not in page
    for who, words in ((cast.worker, " "), (cast.secretary, "")):
        as_(who).post(address, {"words": words})
        assert Photo.objects.filter(pk=taken.pk).exists()
    assert address in as_(cast.worker).get(f"/desk/risks/{risk.ref}/").content.decode()
    as_(cast.worker).post(address, {"words": "拍到了邻居的脸"})
    assert not Photo.objects.exists()
    assert not list(Path(settings.MEDIA_ROOT).rglob("*.jpg"))
    told = Entry.objects.get(verb="risks.photo_removed").facts
    assert told == {"reason": "拍到了邻居的脸"}
    assert "照片已删除" in as_(cast.secretary).get(f"/desk/risks/{risk.ref}/").content.decode()
    assert as_(cast.secretary).post(address, {"words": "再来"}).status_code == 404
    with pytest.raises(photos.PhotoGone):
        photos.remove_photo(taken.pk, by=cast.viewer(cast.secretary), now=cast.now, reason="x")
    again = photos.add_photo(risk.pk, picture(), by=cast.viewer(cast.worker), now=cast.now)
    assert photos.bytes_of(again)


# --- who leads there ------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_leads_against_it_stands_beside_it_and_holes_are_named(cast, language):
    risk, desk = judged(cast), as_(cast.secretary, language)
    address = f"/desk/risks/{risk.ref}/"
    nobody = "Nobody leads" if language == "en" else "无人牵头"
    page = desk.get(address).content.decode()
    assert page.count(nobody) == 4
    write = f"/desk/duties/write/?under={cast.grid.ref}&amp;hazard=landslide&amp;phase=respond"
    assert write in page
    assert write not in as_(cast.worker).get(address).content.decode()
    wide = in_force(cast, cast.street, cast.street_post, hazard="landslide")
    general = in_force(cast, hazard="all", phase=Phase.RECOVER)
    page = desk.get(address).content.decode()
    assert page.count(nobody) == 2
    assert "杜值守" in page
    for one in (wide, general):
        assert f"/desk/duties/{one.ref}/" in page


# --- lists, map and matrix --------------------------------------------------------------


def test_every_cell_and_every_hole_leads_to_what_it_counts(cast):
    judged(cast, (4, 4))
    planned(cast, pair=(2, 3), words="电动车楼道充电", hazard="fire")
    rectified(cast, pair=(3, 3), words="井盖破损")
    found(cast, words="不知是什么")
    desk = as_(cast.secretary)
    page = desk.get("/desk/risks/overview/").content.decode()
    assert f"likelihood=4&amp;harm=4&amp;under={cast.community.ref}" in page
    for query, there, not_there in (
        ("likelihood=4&harm=4", "后坡", "电动车"),
        ("finding=unmeasured", "后坡", "电动车"),
        ("finding=unchecked", "井盖破损", "后坡"),
        ("finding=unjudged", "不知是什么", "井盖"),
        ("hazard=fire", "电动车", "后坡"),
        ("level=3", "后坡", "电动车"),
        ("q=井盖", "井盖", "电动车"),
        ("state=rectified", "井盖", "后坡"),
        ("finding=nonsense", "没有", "后坡"),
        ("sort=due", "后坡", "没有符合"),
    ):
        text = desk.get(f"/desk/risks/?{query}").content.decode()
        assert there in text, query
        assert not_there not in text, query


def test_late_is_who_let_his_step_pass(cast):
    risk = found(cast)
    risk.due_at = cast.now - DAY
    risk.save(update_fields=["due_at"])
    assert "后坡" in as_(cast.secretary).get("/desk/risks/?finding=late").content.decode()


def test_the_map_shows_units_and_the_ground_that_risks_reach(cast):
    judged(cast, (5, 5), lon=106.5, lat=29.5, reach_m=80)
    drawn = as_(cast.secretary).get("/desk/risks/units.json").json()
    assert [one["properties"]["state"] for one in drawn["features"]] == ["4"]


def test_a_survey_is_recorded_and_finds_risks(cast):
    desk = as_(cast.secretary)
    sent = {
        "kind": "workshop", "title": "居民找隐患", "unit": cast.community.ref, "on": str(TODAY),
        "who": "居民 23 人", "every_days": "182",
    }  # fmt: skip
    assert desk.post("/desk/risks/surveys/add/", {**sent, "who": ""}).status_code == 422
    assert desk.post("/desk/risks/surveys/add/", sent).status_code == 303
    survey = Survey.objects.get()
    form = {"words": "路灯不亮", "source": "workshop", "unit": cast.community.ref, "datum": "wgs84"}
    desk.post(f"/desk/risks/add/?survey={survey.ref}", form)
    assert "路灯不亮" in desk.get(f"/desk/risks/surveys/{survey.ref}/").content.decode()
    assert as_(cast.stranger).get(f"/desk/risks/surveys/{survey.ref}/").status_code == 404
    again = services.Looked(SurveyKind.WORKSHOP, "又一次", TODAY + DAY, "居民")
    services.record_survey(again, cast.community, by=cast.viewer(cast.secretary), now=cast.now)
    survey.refresh_from_db()
    assert survey.followed_by.title == "又一次"


def test_only_the_operator_changes_the_scale_and_only_to_one_that_holds(cast):
    body = {"reason": "按市里规定", "term_judge": "2", "term_plan": "7", "term_declare": "3",
            "term_recheck": "7", "above_1": "0", "days_1": "30"}  # fmt: skip
    cells = {f"cell_{row}_{column}": "2" for row in range(5) for column in range(5)}
    as_(cast.secretary).post("/desk/risks/scale/", {**body, **cells})
    assert not Scale.objects.exists()
    operator = as_(cast.operator)
    wrong = operator.post("/desk/risks/scale/", {**body, **cells, "cell_0_0": "4"})
    assert wrong.status_code == 422
    assert operator.post("/desk/risks/scale/", {**body, **cells}).status_code == 303
    risk = judged(cast, (5, 5))
    assert risk.level == 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_there_in_both_languages(cast, language):
    risk = rectified(cast, lon=106.5, lat=29.5, reach_m=80)
    closed = judged(cast, (1, 1))
    services.dismiss_risk(closed.pk, by=cast.viewer(cast.secretary), now=cast.now, reason="误报")
    desk = as_(cast.secretary, language)
    pages = [
        *PAGES, f"/desk/risks/{risk.ref}/", f"/desk/risks/{closed.ref}/", "/desk/risks/add/",
        f"/desk/risks/{risk.ref}/judge/", "/desk/risks/surveys/add/",
    ]  # fmt: skip
    for page in pages:
        if "judge" not in page:
            assert desk.get(page).status_code == 200, page


# --- what they cost -------------------------------------------------------------------------


@pytest.fixture
def many(cast):
    """Twenty risks at every point of their lives."""
    for number in range(5):
        found(cast, words=f"甲{number}")
        judged(cast, words=f"乙{number}")
        planned(cast, words=f"丙{number}")
        rectified(cast, words=f"丁{number}")


@pytest.mark.parametrize(
    ("page", "bar"),
    [
        ("/desk/risks/", 6),
        ("/desk/risks/?finding=unmeasured&sort=due", 6),
        ("/desk/risks/surveys/", 6),
        ("/desk/risks/overview/", 10),
        ("/desk/risks/units.json", 6),
    ],
)
def test_lists_cost_the_same_however_much_there_is(cast, many, page, bar):
    assert cost(as_(cast.secretary), page) <= bar


def test_a_page_costs_the_same_however_long_its_story(cast):
    risk = rectified(cast)
    for number in range(8):
        services.note_risk(risk.pk, f"记 {number}", by=cast.viewer(cast.worker), now=cast.now)
    assert cost(as_(cast.secretary), f"/desk/risks/{risk.ref}/") <= 12


@pytest.mark.parametrize("act", ["rectify", "recheck", "note"])
def test_an_act_costs_little(cast, act, django_assert_max_num_queries):
    measure = planned(cast, pair=(2, 3))
    viewer = cast.viewer(cast.worker)
    services.finish_measure(measure.pk, "好", by=viewer, now=cast.now)
    deeds = {
        "rectify": lambda: services.rectify_risk(measure.risk_id, "好", by=viewer, now=cast.now),
        "note": lambda: services.note_risk(measure.risk_id, "好", by=viewer, now=cast.now),
        "recheck": lambda: services.recheck_risk(
            measure.risk_id, True, "好", by=cast.viewer(cast.secretary), now=cast.now
        ),
    }
    if act == "recheck":
        deeds["rectify"]()
    with django_assert_max_num_queries(15):
        deeds[act]()


def test_the_list_as_a_file_comes_in_again_and_changes_nothing(cast):
    planned(cast, lon=106.5, lat=29.5, place="坡脚")
    found(cast, words="井盖破损", hazard="a_kind_of_our_own")
    desk = as_(cast.secretary)
    for kind in ("csv", "xlsx"):
        data = desk.get(f"/desk/risks/?format={kind}")
        file = BytesIO(data.content)
        file.name = f"risks.{kind}"
        sent = desk.post("/desk/imports/", {"kind": "risks", "file": file})
        page = desk.get(sent["Location"]).content.decode()
        assert "2" in page
        assert "show=unchanged" in page
