"""Facilities in the field: who may not, a look in three taps that is sent twice and counted once, mending, what is near."""

from io import BytesIO

import pytest
from PIL import Image

from renwang.registers.facilities.models import Defect, Facility, Inspection, Photo
from renwang.registers.facilities.rules import State
from tests.registers.facilities.conftest import DAY, TODAY, broken, entered
from tests.web.desk_pages import LANGUAGES, as_, cost

KEY = "01980d8e-0000-7000-8000-000000000001"


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def picture() -> BytesIO:
    drawn = BytesIO()
    Image.new("RGB", (40, 20), "olive").save(drawn, "PNG")
    drawn.seek(0)
    drawn.name = "a.png"
    return drawn


def test_a_visitor_signs_in_and_a_stranger_finds_nothing(client, cast):
    one = entered(cast)
    assert client.get("/field/facilities/").status_code == 303
    page = f"/field/facilities/{one.ref}/"
    for who, status in ((cast.stranger, 404), (cast.worker, 200)):
        assert as_(who).get(page).status_code == status
    defect = broken(cast, one)
    sent = as_(cast.stranger).post(f"{page}defects/{defect.number}/mend/", {"words": "好了"})
    assert sent.status_code == 404
    assert Defect.objects.get().state == "open"


def test_who_may_only_look_on_records_nothing(cast):
    one = entered(cast, unit=cast.community)
    page = f"/field/facilities/{one.ref}/"
    answer = as_(cast.worker).post(page, {"id": KEY, "verdict": "fit"})
    assert answer.status_code == 404  # his grid lies below, and the community is not his
    assert not Inspection.objects.exists()


def test_a_look_in_three_taps_sent_twice_is_one(cast):
    one, field = entered(cast), as_(cast.worker)
    page = f"/field/facilities/{one.ref}/"
    for _turn in range(2):
        assert field.post(page, {"id": KEY, "verdict": "fit"}).status_code == 303
    made = Inspection.objects.get()
    assert made.checks == {"access": True, "water": True, "cap": True}
    one.refresh_from_db()
    assert one.inspect_due_on == TODAY + 90 * DAY


def test_what_is_broken_is_kept_with_its_photograph_and_mended(cast):
    one, field = entered(cast), as_(cast.worker)
    page = f"/field/facilities/{one.ref}/"
    assert field.post(page, {"id": KEY}).status_code == 422
    sent = field.post(
        page,
        {
            "id": KEY, "verdict": "unfit", "amiss": ["water"], "words": "不出水",
            "broken": "阀门锈死", "is_grave": "on", "photo": picture(),
        },
    )  # fmt: skip
    assert sent.status_code == 303
    one.refresh_from_db()
    assert one.state == State.OUT_OF_ORDER
    shown = field.get(page).content.decode()
    assert "阀门锈死" in shown
    photo = Photo.objects.get()
    address = f"/field/facilities/photos/{photo.pk}/"
    assert address in shown
    assert field.get(address)["Content-Type"] == "image/jpeg"
    assert as_(cast.stranger).get(address).status_code == 404
    field.post(f"{page}defects/1/mend/", {"words": ""})
    assert Defect.objects.get().state == "open"
    field.post(f"{page}defects/1/mend/", {"words": "换了阀杆"})
    assert Defect.objects.get().state == "mended"
    assert field.post(f"{page}defects/9/mend/", {"words": "x"}).status_code == 404


def test_what_is_no_photograph_is_said_and_the_look_is_not_lost_twice(cast):
    one, field = entered(cast), as_(cast.worker)
    bad = BytesIO(b"no picture")
    bad.name = "a.jpg"
    page = f"/field/facilities/{one.ref}/"
    assert field.post(page, {"id": KEY, "verdict": "fit", "photo": bad}).status_code == 422
    assert field.post(page, {"id": KEY, "verdict": "fit"}).status_code == 303
    assert Inspection.objects.count() == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_what_is_due_near_and_to_be_mended(cast, language):
    one = entered(cast, lon=106.5, lat=29.5)
    for number in range(5):
        broken(cast, entered(cast, name=f"{number} 号消火栓", lon=106.501, lat=29.5))
    field = as_(cast.worker, language)
    page = field.get("/field/facilities/?lon=106.5&lat=29.5").content.decode()
    assert one.name in page
    assert "阀门锈死" in page
    assert field.get("/field/facilities/?lon=x&lat=29.5").status_code == 200
    assert field.get("/field/facilities/?lon=106.5").status_code == 200
    assert cost(field, "/field/facilities/?lon=106.5&lat=29.5") <= 9
    assert cost(field, f"/field/facilities/{one.ref}/") <= 12
    assert Facility.objects.count() == 6
