from datetime import date

import pytest
from django.utils import translation
from tests.tables.samples import COLUMNS

from renwang.base import words as base_words
from renwang.base.pure.datum import NotAPosition, NotGeoJSON
from renwang.base.pure.geometry import BoundaryFault, BoundaryRefused, CircleRefused
from renwang.base.pure.spans import DayOutside, EndsBeforeItStarts, Span
from renwang.base.tables import Column, Fault, Reason, TableError, TableRefused, read_table
from renwang.base.tables.words import FAULTS, REASONS, say_error, say_refusal

# What sentences may ask for.
PARAMS = {
    "row": 7,
    "limit": 64 << 20,
    "length": 3,
    "width": 4,
    "other": 2,
    "within": 10,
    "first": "A",
    "second": "C",
    "sheet": "名单",
    "sheets": ("a", "b"),
    "columns": (("姓名", "Name"), ("人数", "Head-count")),
    "choices": (("红色", "Red"), ("蓝色", "Blue")),
    "sentence": "…",
}


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_fault_and_reason_has_its_sentence(language):
    assert set(FAULTS) == set(Fault)
    assert set(REASONS) == set(Reason)
    assert set(base_words.BOUNDARY_FAULTS) == set(BoundaryFault)
    with translation.override(language):
        for fault in Fault:
            said = str(say_refusal(TableRefused(fault, **PARAMS)))
            assert said
            assert "{" not in said
        for reason in Reason:
            said = str(say_error(TableError(7, "姓名", "{x}", reason, PARAMS)))
            assert "7" in said
            assert "{" not in said.replace("{x}", "")


def test_an_error_is_said_in_the_language_of_who_reads_it():
    data = "姓名,出生日期\n王,2026-13-40\n".encode()
    said = say_error(read_table(data, "people.csv", COLUMNS).errors[0])
    with translation.override("en"):
        assert str(said) == ("Row 2, 出生日期: “2026-13-40” is not a date. Write it as 2026-07-15.")
    with translation.override("zh-hans"):
        assert str(said) == "第 2 行“出生日期”：“2026-13-40”不是有效的日期，应写成 2026-07-15。"


def test_missing_columns_are_named_in_the_language_of_who_reads():
    columns = (Column("a", ("编号", "Number"), required=True), Column("b", ("姓名", "Name")))
    with pytest.raises(TableRefused) as refused:
        read_table("姓名\n王\n".encode(), "a.csv", columns)
    said = say_refusal(refused.value)
    with translation.override("en"):
        assert str(said) == "These columns are missing in the heading (row 1): Number."
    with translation.override("zh-hans"):
        assert str(said) == "表头（第 1 行）缺少以下列：编号。"


def test_a_long_value_is_cut_in_the_sentence():
    said = str(say_error(TableError(1, "", "x" * 500, Reason.SAME_AS_ROW, {"other": 9})))
    assert len(said) < 120


@pytest.mark.parametrize(
    "refused",
    [
        BoundaryRefused(BoundaryFault.NO_AREA),
        BoundaryRefused(BoundaryFault.CROSSES_ITSELF, (106.5, 29.5)),
        NotAPosition(200.0, 0.0),
        NotGeoJSON("x"),
        CircleRefused(0, 0, 0),
        EndsBeforeItStarts(date(2026, 7, 15), date(2026, 7, 14)),
        DayOutside(date(2026, 7, 15), Span()),
    ],
)
def test_the_refusals_of_places_and_spans_have_their_sentences(refused):
    said = {}
    for language in ("en", "zh-hans"):
        with translation.override(language):
            said[language] = str(base_words.say_refusal(refused))
            assert "{" not in said[language]
    assert said["en"] != said["zh-hans"]


def test_a_mistake_in_the_program_has_no_sentence():
    with pytest.raises(TypeError):
        base_words.say_refusal(KeyError("x"))
