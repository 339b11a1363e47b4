"""Reporting a signal from the field: who may not, sent twice is one, and what became of it."""

import pytest

from renwang.base.pure.ids import uuid7
from renwang.signals.models import Signal
from renwang.signals.services import put_aside
from tests.web.desk_pages import LANGUAGES, as_

PAGE = "/field/report/"


def form(cast, **changes) -> dict:
    return {
        "id": str(uuid7(cast.now)), "words": "电线杆倾斜", "hazard": "gale", "place": "小学门口",
        "unit": cast.grid.ref, **changes,
    }  # fmt: skip


def test_a_visitor_is_led_to_sign_in_and_who_has_no_place_is_refused(client, cast):
    assert client.get(PAGE).status_code == 303


def test_nobody_reports_for_a_place_that_is_not_his(cast):
    answer = as_(cast.worker).post(PAGE, form(cast, unit=cast.strangers_street.ref))
    assert answer.status_code == 422
    assert not Signal.objects.exists()


@pytest.mark.parametrize("change", [{"words": " "}, {"id": "x"}, {"hazard": "nothing"}])
def test_what_cannot_be_taken_in_is_said(cast, change):
    assert as_(cast.worker).post(PAGE, form(cast, **change)).status_code == 422
    assert not Signal.objects.exists()


def test_a_report_sent_twice_is_one(cast):
    client, told = as_(cast.worker), form(cast)
    for _ in range(2):
        assert client.post(PAGE, told).status_code == 303
    made = Signal.objects.get()
    assert (made.words, made.source, made.unit, made.person) == (
        "电线杆倾斜", "patrol", cast.grid, cast.worker,
    )  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_became_of_it_stands_below(cast, language):
    as_(cast.worker).post(PAGE, form(cast))
    put_aside(Signal.objects.get().pk, by=cast.viewer(cast.officer), now=cast.now, reason="已修复")
    page = as_(cast.worker, language).get(PAGE).content.decode()
    assert "电线杆倾斜" in page
    assert "已修复" in page
