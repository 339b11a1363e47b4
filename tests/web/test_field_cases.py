"""Cases with one hand: who may not, what waits for me, reporting once, answering."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from renwang.cases.models import Answer, Case
from renwang.cases.rules import State, Via
from tests.cases.conftest import WORDS, brought, entered
from tests.cases.test_intake import picture
from tests.web.desk_pages import LANGUAGES, as_


def test_out_of_reach_there_is_nothing(cast):
    case = brought(cast, files=[picture()])
    stranger = as_(cast.stranger)
    assert stranger.get(f"/field/cases/{case.ref}/").status_code == 404
    assert stranger.post(f"/field/cases/{case.ref}/take/").status_code == 404
    assert stranger.get(f"/field/cases/photos/{case.photos.get().pk}/").status_code == 404


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_waits_and_what_i_brought_is_shown(cast, language):
    case, own = brought(cast), entered(cast)
    page = as_(cast.worker, language).get("/field/cases/").content.decode()
    assert f"/field/cases/{case.ref}/" in page and f"/field/cases/{own.ref}/" in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_report_sent_twice_is_one_case(cast, language):
    client = as_(cast.worker, language)
    page = client.get("/field/cases/report/").content.decode()
    told = {
        "key": re.search(r'name="key" value="(\w+)"', page)[1], "words": WORDS,
        "unit": cast.grid.ref,
    }  # fmt: skip
    for _turn in range(2):
        shot = SimpleUploadedFile("a.jpg", picture(), "image/jpeg")
        assert client.post("/field/cases/report/", told | {"photo": shot}).status_code == 303
    case = Case.objects.get()
    assert (case.via, case.entered_by, case.photos.count()) == (Via.FIELD, cast.worker.pk, 1)
    assert client.post("/field/cases/report/", {"words": ""}).status_code == 422


@pytest.mark.parametrize("language", LANGUAGES)
def test_taken_in_hand_noted_and_answered_where_one_stands(cast, language):
    case, client = brought(cast), as_(cast.worker, language)
    client.post(f"/field/cases/{case.ref}/take/")
    assert Case.objects.get().state == State.IN_HAND
    client.post(f"/field/cases/{case.ref}/note/", {"words": "灯头锈了"})
    assert client.get(f"/field/cases/{case.ref}/").status_code == 200
    said = {"answer-end": "done", "answer-words": "修好了"}
    page = client.post(f"/field/cases/{case.ref}/answer/", said)
    assert page.status_code == 200 and not Answer.objects.exists()
    client.post(f"/field/cases/{case.ref}/answer/", said | {"send": "anyway"})
    assert Case.objects.get().state == State.ANSWERED
    assert client.get(f"/field/cases/{case.ref}/").status_code == 200
