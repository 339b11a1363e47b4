import csv
import io
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.tables.samples import COLUMNS, xlsx

from renwang.base.tables import (
    Column,
    Fault,
    Kind,
    Reason,
    TableError,
    TableRefused,
    open_table,
    read_table,
    write_csv,
    write_errors_xlsx,
    write_xlsx,
)
from renwang.base.tables.cells import clean_text

ZONE = ZoneInfo("Asia/Shanghai")
DANGEROUS = [
    "=1+1",
    "+86 138",
    "-1",
    "@SUM(A1)",
    "＝1+1",
    "'=1",
    "''@x",
    "'quoted'",
    "=cmd|' /C'!A0",
]
WRITERS = pytest.mark.parametrize("write", [write_csv, write_xlsx])

texts = st.one_of(
    st.none(),
    st.sampled_from(
        [*DANGEROUS, "#REF!", "_x000D_", "x_x005F_y", "_x0041_", '"', "a,b;c\td", "TRUE"]
    ),
    st.text(max_size=40).map(clean_text).map(lambda text: text or None),
)
# A code has no white space, and a sheet's picture of a long number is refused as one.
codes = st.none() | st.from_regex(r"[0-9A-Za-z./_-]{1,30}", fullmatch=True)
moments = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC))
decimals = st.decimals(allow_nan=False, allow_infinity=False, places=6) | st.decimals(
    min_value=-(10**6), max_value=10**6, places=2
)
tables = st.lists(
    st.fixed_dictionaries(
        {
            "name": st.text(min_size=1, max_size=9).map(lambda text: "=" + clean_text(text)),
            "note": texts,
            "code": codes,
            "born_on": st.none() | st.dates(),
            "head_count": st.none() | st.integers(-(10**25), 10**25) | st.integers(-100, 100),
            "area": st.none() | decimals,
            "alone": st.none() | st.booleans(),
            "seen_at": st.none() | moments,
            "colour": st.none() | st.sampled_from(["red", "blue"]),
        }
    ),
    max_size=4,
)
ROUND = (*COLUMNS, Column("note", ("备注", "Remark")))


@given(
    tables,
    st.sampled_from([write_csv, write_xlsx]),
    st.sampled_from(["zh-hans", "en"]),
    st.sampled_from([ZONE, UTC, ZoneInfo("Europe/Berlin"), ZoneInfo("America/St_Johns")]),
)
@settings(max_examples=150, deadline=None)
def test_what_is_written_is_read_back(rows, write, language, zone):
    data = write(ROUND, rows, language=language, zone=zone)
    reading = read_table(data, "people", ROUND, zone=zone)
    assert reading.errors == ()
    assert [row.values for row in reading.rows] == rows


@WRITERS
def test_the_hour_that_comes_twice_is_told_apart(write):
    berlin = ZoneInfo("Europe/Berlin")
    column = (Column("at", ("At",), Kind.DATETIME),)
    rows = [{"at": datetime(2026, 10, 25, hour, 30, tzinfo=UTC)} for hour in (0, 1)]
    reading = read_table(write(column, rows, zone=berlin), "x", column, zone=berlin)
    assert [row.values for row in reading.rows] == rows


@WRITERS
def test_every_kind_has_its_heading_in_both_languages(write):
    assert open_table(write(COLUMNS, []), "x", COLUMNS).heading.titles[0] == "姓名"
    assert open_table(write(COLUMNS, [], language="en"), "x", COLUMNS).heading.titles[0] == "Name"


def test_a_csv_file_opens_in_a_spreadsheet_and_computes_nothing():
    data = write_csv(COLUMNS, [{"name": text} for text in DANGEROUS])
    assert data.startswith(b"\xef\xbb\xbf")
    for row in csv.reader(io.StringIO(data.decode("utf-8-sig"))):
        assert not any(cell.startswith(("=", "+", "-", "@", "＝")) for cell in row)


def test_a_negative_number_stays_a_number():
    columns = (Column("n", ("N",), Kind.INTEGER),)
    assert write_csv(columns, [{"n": -5}]).decode("utf-8-sig") == "N\r\n-5\r\n"


def test_a_workbook_holds_no_formula_and_real_dates():
    rows = [
        {
            "name": text,
            "code": "500105199001011234",
            "born_on": date(1950, 1, 2),
            "area": Decimal("12.50"),
        }
        for text in DANGEROUS
    ]
    data = write_xlsx(COLUMNS, rows, sheet="名单")
    page = openpyxl.load_workbook(io.BytesIO(data))["名单"]
    assert page.freeze_panes == "A2"
    for number, text in enumerate(DANGEROUS, start=2):
        assert (page.cell(number, 1).value, page.cell(number, 1).data_type) == (text, "s")
        assert page.cell(number, 1).quotePrefix
        assert page.cell(number, 2).value == "500105199001011234"
        assert page.cell(number, 3).value == datetime(1950, 1, 2)
        assert page.cell(number, 5).value == 12.5
    assert b"<f" not in zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml")


def test_a_cell_that_no_sheet_can_hold_is_refused():
    with pytest.raises(TableRefused) as refused:
        write_xlsx(COLUMNS, [{"name": "王" * 40_000}])
    assert (refused.value.fault, refused.value.params) == (Fault.CELL_TOO_LONG, {"row": 2})


@pytest.mark.parametrize(
    "data",
    [
        "名单\n姓名,出生日期,备注\n王,2026-13-40,=1\n\n李,,x\n,x,\n".encode("gb18030"),
        xlsx(
            ["名单"],
            ["姓名", "出生日期", "备注"],
            ["王", "2026-13-40", "'=1"],
            [],
            ["李", None, 3],
            [None, "x", datetime(2026, 7, 15)],
        ),
    ],
)
def test_a_wrong_file_comes_back_with_its_errors(data):
    table = open_table(data, "people", COLUMNS)
    errors = read_table(data, "people", COLUMNS).errors
    back = write_errors_xlsx(table, errors, lambda e: f"{e.column_title}: {e.reason}", title="错误")
    page = openpyxl.load_workbook(io.BytesIO(back)).active
    assert page["A1"].value == "名单"
    assert [cell.value for cell in page[2]] == ["姓名", "出生日期", "备注", "错误"]
    assert page["B3"].value == "2026-13-40"
    assert page["B3"].fill.fgColor.rgb == "FFFBE3E1"
    assert page["D3"].value == "出生日期: not_a_date"
    assert page["A5"].value == "李"
    assert page["D5"].value is None
    assert page["D6"].value == "姓名: blank\n出生日期: not_a_date"
    assert page["C3"].data_type == "s"
    again = read_table(back, "people", COLUMNS)
    assert [(e.row, e.reason) for e in again.errors] == [(e.row, e.reason) for e in errors]
    assert again.ignored == ("备注", "错误")


def test_cells_too_many_come_back_and_an_error_may_concern_a_column_that_is_not_there():
    data = "姓名\n王,1,2\n李\n".encode()
    table = open_table(data, "people.csv", COLUMNS)
    errors = [
        *read_table(data, "people.csv", COLUMNS).errors,
        TableError(3, "code", "", Reason.BLANK),
    ]
    back = write_errors_xlsx(table, errors, lambda error: error.reason, title="错误")
    page = openpyxl.load_workbook(io.BytesIO(back)).active
    assert [[cell.value for cell in row] for row in page] == [
        ["姓名", None, None, "错误"],
        ["王", "1", "2", "too_many_cells"],
        ["李", None, None, "blank"],
    ]
