"""Risks in the field: who may not, a report sent twice is one, my measures, another's work looked at."""

from io import BytesIO

import pytest
from PIL import Image

from renwang.base.pure.ids import uuid7
from renwang.registers.risks.models import Measure, Photo, Risk
from renwang.registers.risks.rules import State
from renwang.registers.risks.services import finish_measure, rectify_risk
from tests.registers.risks.conftest import judged, mate, planned, rectified
from tests.web.desk_pages import LANGUAGES, as_

HOME, REPORT = "/field/risks/", "/field/risks/report/"
__all__ = ["mate"]


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def photo() -> BytesIO:
    drawn = BytesIO()
    Image.new("RGB", (64, 48), "olive").save(drawn, "JPEG")
    drawn.seek(0)
    drawn.name = "a.jpg"
    return drawn


def form(cast, **changes) -> dict:
    return {
        "id": str(uuid7(cast.now)), "words": "楼道里停满电动车", "hazard": "electric_bike",
        "place": "2 单元", "unit": cast.grid.ref, "lon": "106.5", "lat": "29.5", **changes,
    }  # fmt: skip


@pytest.mark.parametrize("page", [HOME, REPORT])
def test_a_visitor_signs_in(client, cast, page):
    assert client.get(page).status_code == 303


def test_nobody_reports_for_a_place_that_is_not_his(cast):
    answer = as_(cast.worker).post(REPORT, form(cast, unit=cast.strangers_street.ref))
    assert answer.status_code == 422
    assert not Risk.objects.exists()


@pytest.mark.parametrize("change", [{"words": " "}, {"id": "x"}, {"hazard": "x"}, {"lon": "x"}])
def test_what_cannot_be_taken_in_is_said(cast, change):
    assert as_(cast.worker).post(REPORT, form(cast, **change)).status_code == 422
    assert not Risk.objects.exists()


def test_a_report_sent_twice_is_one_with_its_photograph(cast):
    told, client = form(cast), as_(cast.leader)
    told["unit"] = cast.group.ref
    for _ in range(2):
        assert client.post(REPORT, {**told, "photo": photo()}).status_code == 303
    risk = Risk.objects.get()
    assert (risk.source, risk.lon, risk.unit) == ("resident", 106.5, cast.group)
    assert Photo.objects.count() == 1
    page = client.get(f"/field/risks/{risk.ref}/").content.decode()
    assert f"/field/risks/photos/{Photo.objects.get().pk}/" in page
    assert client.get(f"/field/risks/photos/{Photo.objects.get().pk}/").status_code == 200
    stranger = as_(cast.stranger)
    assert stranger.get(f"/field/risks/{risk.ref}/").status_code == 404
    assert stranger.get(f"/field/risks/photos/{Photo.objects.get().pk}/").status_code == 404


def test_a_photograph_as_telephones_take_them_is_not_too_much(cast):
    noisy = Image.effect_noise((2600, 1900), 120)
    large = BytesIO()
    noisy.save(large, "PNG")
    assert large.tell() > 3_000_000
    large.seek(0)
    large.name = "large.png"
    assert as_(cast.worker).post(REPORT, form(cast, photo=large)).status_code == 303
    assert Photo.objects.count() == 1


def test_a_file_that_is_no_photograph_is_said_and_the_report_is_kept_once(cast):
    told, client = form(cast), as_(cast.worker)
    wrong = BytesIO(b"no picture")
    wrong.name = "a.jpg"
    assert client.post(REPORT, {**told, "photo": wrong}).status_code == 422
    assert client.post(REPORT, told).status_code == 303
    assert Risk.objects.count() == 1


def test_who_holds_a_post_sees_what_he_is_to_do_and_does_it(cast):
    measure = planned(cast, post=cast.group_post)
    page = f"/field/risks/{measure.risk.ref}/"
    assert "设警戒线" in as_(cast.leader).get(HOME).content.decode()
    assert "设警戒线" not in as_(cast.worker).get(HOME).content.decode()
    as_(cast.worker).post(f"{page}measures/1/done/", {"words": "不是我的"})
    assert Measure.objects.get().done_at is None
    as_(cast.leader).post(f"{page}measures/1/done/", {"words": "拉好了", "photo": photo()})
    assert Measure.objects.get().done_by == cast.leader.pk


def test_another_goes_and_looks(cast, mate):
    risk = rectified(cast, pair=(2, 3))
    page = f"/field/risks/{risk.ref}/"
    assert risk.title not in _to_look(as_(cast.worker))
    assert risk.title in _to_look(as_(mate))
    as_(mate).post(f"{page}look/", {})
    as_(cast.worker).post(f"{page}look/", {"look-mended": "yes", "look-words": "好了"})
    assert Risk.objects.get().state == State.RECTIFIED
    as_(mate).post(f"{page}look/", {"look-mended": "yes", "look-words": "干净了"})
    assert Risk.objects.get().state == State.CLOSED


def _to_look(client) -> str:
    return client.get(HOME).content.decode().split("我发现的")[0]


def test_it_is_mended_as_far_as_i_can_see(cast):
    risk = judged(cast, (2, 2))
    as_(cast.worker).post(f"/field/risks/{risk.ref}/mended/", {"words": "已清走"})
    assert Risk.objects.get().state == State.RECTIFIED


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_there_in_both_languages(cast, mate, language):
    measure = planned(cast, pair=(2, 3))
    other = judged(cast, (2, 2), words="井盖")
    rectify_risk(other.pk, "好了", by=cast.viewer(mate), now=cast.now)
    client = as_(cast.worker, language)
    for page in (HOME, REPORT, f"{HOME}{measure.risk.ref}/", f"{HOME}{other.ref}/"):
        assert client.get(page).status_code == 200
    finish_measure(measure.pk, "好", by=cast.viewer(cast.worker), now=cast.now)
    assert client.get(f"{HOME}{measure.risk.ref}/").status_code == 200
