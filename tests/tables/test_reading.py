import codecs
import io
import itertools
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from tests.tables.samples import COLUMNS, repacked, saved, xlsx

from renwang.base.tables import Column, Kind, Limits, Reason, iterate, open_table, read_table

ZONE = ZoneInfo("Asia/Shanghai")
LINES = "姓名,人数,颜色\n王小明,3,红色\n李　四,12,BLUE\n"
VALUES = [
    {"name": "王小明", "head_count": 3, "colour": "red"},
    {"name": "李　四", "head_count": 12, "colour": "blue"},
]


def values(reading):
    assert reading.errors == ()
    return [row.values for row in reading.rows]


def one(kind, text, **kwargs):
    """Read one cell of one column from a CSV file; gives its value or the reason."""
    column = Column("x", ("X",), kind, **kwargs)
    reading = read_table(f'X,Y\n"{text}",y\n'.encode(), "x.csv", (column,), zone=ZONE)
    return reading.errors[0].reason if reading.errors else reading.rows[0].values["x"]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be"]
)
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_text_files_as_people_send_them(encoding, separator, end):
    data = LINES.replace(",", separator).replace("\n", end).encode(encoding)
    data = {"utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}.get(
        encoding, b""
    ) + data
    reading = read_table(data, "people.csv", COLUMNS)
    assert values(reading) == VALUES
    assert [row.number for row in reading.rows] == [2, 3]


def test_titles_blank_rows_and_unknown_columns_do_not_disturb():
    data = (
        "某街道人员名单\n,,\n制表：某某,,日期\n"
        " 姓 名（必填）,备注, HEAD-COUNT *\n\n王小明,,３\n,　,\n李四,好,1\n"
    )
    reading = read_table(data.encode(), "people.csv", COLUMNS)
    assert values(reading) == [
        {"name": "王小明", "head_count": 3},
        {"name": "李四", "head_count": 1},
    ]
    assert [row.number for row in reading.rows] == [6, 8]
    assert reading.heading_row == 4
    assert reading.ignored == ("备注",)
    assert reading.titles == {"name": "姓 名（必填）", "head_count": "HEAD-COUNT *"}
    assert reading.encoding == "utf-8"


@pytest.mark.parametrize(
    "text",
    [
        "2026-07-15",
        "2026/7/15",
        "2026.7.15",
        "2026年7月15日",
        "２０２６年７月１５号",
        "20260715",
        " 2026-7-15 ",
        "2026/7/15 0:00",
        "2026-07-15T00:00:00",
        "46218",
    ],
)
def test_dates_as_people_write_them(text):
    assert one(Kind.DATE, text) == date(2026, 7, 15)


@pytest.mark.parametrize(
    "text", ["2026-13-40", "2026-02-29", "15/07/2026", "7月15日", "26-7-15", "123", "2026-07-155"]
)
def test_what_is_no_date_is_said(text):
    assert one(Kind.DATE, text) is Reason.NOT_A_DATE


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-07-15 08:30", (0, 30, 0)),
        ("2026年7月15日 8时30分", (0, 30, 0)),
        ("2026年7月15日上午8点30分05秒", (0, 30, 5)),
        ("2026/7/15 下午3:05", (7, 5, 0)),
        ("2026/7/15 3:05 PM", (7, 5, 0)),
        ("2026/7/15 下午15：05", (7, 5, 0)),
        ("2026-07-15T08:30:05+08:00", (0, 30, 5)),
        ("2026-07-15T00:30:05Z", (0, 30, 5)),
        ("2026-07-15 12:00 pm", (4, 0, 0)),
        ("46218.5", (4, 0, 0)),
        ("2026-07-15 8时", (0, 0, 0)),
    ],
)
def test_moments_are_read_in_the_zone_of_the_node(text, moment):
    assert one(Kind.DATETIME, text) == datetime(2026, 7, 15, *moment, tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ["2026-07-15 25:00", "2026-07-15 8:61", "08:30", "2026-07-15 13:00 am", "0001-01-01"]
)
def test_what_is_no_moment_is_said(text):
    assert one(Kind.DATETIME, text) is Reason.NOT_A_MOMENT


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (Kind.INTEGER, "1,234,567", 1234567),
        (Kind.INTEGER, "１２，３４５", 12345),
        (Kind.INTEGER, "12.0", 12),
        (Kind.INTEGER, "\u22125", -5),
        (Kind.INTEGER, "12345678901234567890", 12345678901234567890),
        (Kind.INTEGER, "12.5", Reason.NOT_AN_INTEGER),
        (Kind.INTEGER, "1,23", Reason.NOT_AN_INTEGER),
        (Kind.INTEGER, "三", Reason.NOT_AN_INTEGER),
        (Kind.INTEGER, ".", Reason.NOT_AN_INTEGER),
        (Kind.DECIMAL, "１．５０", Decimal("1.5")),
        (Kind.DECIMAL, "NaN", Reason.NOT_A_NUMBER),
        (Kind.DECIMAL, "Infinity", Reason.NOT_A_NUMBER),
        (Kind.BOOLEAN, "是", True),
        (Kind.BOOLEAN, " YES ", True),
        (Kind.BOOLEAN, "０", False),
        (Kind.BOOLEAN, "无", False),
        (Kind.BOOLEAN, "也许", Reason.NOT_YES_OR_NO),
        (Kind.CODE, "500105199001011234", "500105199001011234"),
        (Kind.CODE, " ５００１０５ 1990\u200b01011234", "500105199001011234"),
        (Kind.CODE, "007", "007"),
        (Kind.CODE, "5.00105E+17", Reason.ROUNDED_BY_SHEET),
        (Kind.CODE, "3E12", "3E12"),
        (Kind.TEXT, "　平安里 3 号\u200b", "平安里 3 号"),
        (Kind.TEXT, "一\r\n二", "一\n二"),
        (Kind.TEXT, "a\x07b", "ab"),
    ],
)
def test_cells_as_people_write_them(kind, text, value):
    assert one(kind, text) == value


def test_blank_long_and_failing_cells_are_said():
    assert one(Kind.TEXT, "\u200b", required=True) is Reason.BLANK
    assert one(Kind.CODE, "1234", max_length=3) is Reason.TOO_LONG
    assert one(Kind.CODE, "1234", max_length=4) == "1234"
    assert one(Kind.INTEGER, "7", check=lambda n: "odd" if n % 2 else None) is Reason.FAILS_CHECK
    assert one(Kind.INTEGER, "8", check=lambda n: "odd" if n % 2 else None) == 8
    assert one(Kind.CHOICE, "green", choices={"red": ("红",)}) is Reason.NOT_A_CHOICE


def test_every_error_of_a_row_is_told_with_its_place():
    data = "姓名,生日,人数\n王,2026-13-40,x\n李,2026-07-15,1\n"
    reading = read_table(data.encode(), "people.csv", COLUMNS)
    assert [(e.row, e.column_title, e.value, e.reason) for e in reading.errors] == [
        (2, "生日", "2026-13-40", Reason.NOT_A_DATE),
        (2, "人数", "x", Reason.NOT_AN_INTEGER),
    ]
    assert [row.number for row in reading.rows] == [3]
    few = read_table(data.encode(), "people.csv", COLUMNS, limits=Limits(errors=1))
    assert (len(few.errors), few.error_count) == (1, 2)


def test_a_cell_too_many_in_a_text_file_is_an_error():
    reading = read_table("姓名,人数\n王,1,200\n李,3,\n".encode(), "people.csv", COLUMNS)
    assert [(e.row, e.reason) for e in reading.errors] == [(2, Reason.TOO_MANY_CELLS)]
    assert [row.number for row in reading.rows] == [3]


def test_rows_can_be_read_one_at_a_time():
    data = ("姓名\n" + "王\n" * 1000).encode()
    first = list(itertools.islice(iterate(data, "people.csv", COLUMNS), 2))
    assert [row.number for row in first] == [2, 3]
    assert first[0].values == {"name": "王"}


def test_workbook_cells_keep_their_meaning():
    reading = read_table(
        xlsx(
            ["姓名", "身份编号", "出生日期", "人数", "面积", "独居", "走访时间", "颜色"],
            [
                12,
                500105,
                datetime(1950, 1, 2),
                3.0,
                1.1 + 2.2,
                True,
                datetime(2026, 7, 15, 8),
                "红色",
            ],
            ["王", "500105199001011234", 46218, "4", 5, 0, 46218.5, "blu"],
        ),
        "people.xlsx",
        COLUMNS,
        zone=ZONE,
    )
    first, second = values(reading)
    assert list(first.values()) == [
        "12",
        "500105",
        date(1950, 1, 2),
        3,
        Decimal("3.3"),
        True,
        datetime(2026, 7, 15, tzinfo=UTC),
        "red",
    ]
    assert second["code"] == "500105199001011234"
    assert second["born_on"] == date(2026, 7, 15)
    assert second["alone"] is False
    assert second["seen_at"] == datetime(2026, 7, 15, 4, tzinfo=UTC)
    assert reading.sheet == "Sheet1"


def test_numbers_that_the_sheet_has_rounded_are_not_believed():
    reading = read_table(
        xlsx(
            ["姓名", "身份编号", "人数", "面积"],
            ["王", 500105199001011234, 10**16, 1e17],
            [10**15, 5.00105199001011e17, None, 10**15],
        ),
        "people.xlsx",
        COLUMNS,
    )
    assert [error.reason for error in reading.errors] == [Reason.ROUNDED_BY_SHEET] * 6


def test_the_days_of_a_workbook_from_1904():
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    book.active.append(["姓名", "出生日期"])
    book.active.append(["王", 46218 - 1462])
    book.active.append(["李", date(2026, 7, 15)])
    for row in values(read_table(saved(book), "people.xlsx", COLUMNS)):
        assert row["born_on"] == date(2026, 7, 15)


def test_formulas_give_their_result_or_an_error():
    data = xlsx(["姓名", "人数"], ["王", "=1+1"], ["李", "=A1"], ["赵", 5])
    sheet = "xl/worksheets/sheet1.xml"
    reading = read_table(data, "people.xlsx", COLUMNS)
    assert [(e.row, e.column_title, e.reason) for e in reading.errors] == [
        (2, "人数", Reason.FORMULA_NOT_COMPUTED),
        (3, "人数", Reason.FORMULA_NOT_COMPUTED),
    ]

    def compute(part):
        part = part.replace(b"<f>1+1</f><v></v>", b"<f>1+1</f><v>2</v>")
        part = part.replace(b"<f>1+1</f><v />", b"<f>1+1</f><v>2</v>")
        return (
            part.replace(b'<c r="B3"><f>A1</f>', b'<c r="B3" t="e"><f>A1</f>')
            .replace(b"<f>A1</f><v></v>", b"<f>A1</f><v>#REF!</v>")
            .replace(b"<f>A1</f><v />", b"<f>A1</f><v>#REF!</v>")
        )

    reading = read_table(repacked(data, replace={sheet: compute}), "people.xlsx", COLUMNS)
    assert [row.values["head_count"] for row in reading.rows] == [2, 5]
    assert [(e.row, e.value, e.reason) for e in reading.errors] == [
        (3, "#REF!", Reason.FORMULA_ERROR)
    ]


def test_merged_cells_are_read_as_they_look():
    book = openpyxl.Workbook()
    page = book.active
    for line in (
        ["人员名单"],
        ["颜色", "基本情况", None],
        [None, "姓名", "人数"],
        ["红色", "王", 1],
        [None, "李", 2],
        [None, "赵", 3],
        [None, None, None],
        [None, "孙", 4],
    ):
        page.append(line)
    for merged in ("A1:C1", "A2:A3", "B2:C2", "A4:A5", "A6:A7"):
        page.merge_cells(merged)
    reading = read_table(saved(book), "people.xlsx", COLUMNS)
    assert values(reading) == [
        {"colour": "red", "name": "王", "head_count": 1},
        {"colour": "red", "name": "李", "head_count": 2},
        {"colour": None, "name": "赵", "head_count": 3},
        {"colour": None, "name": "孙", "head_count": 4},
    ]
    assert reading.heading_row == 3


def test_the_sheet_with_the_table_is_found_and_hidden_ones_are_not_read():
    book = openpyxl.load_workbook(
        io.BytesIO(
            xlsx(
                说明=[["填表说明"], ["颜色"]],
                草稿=[["姓名"], ["旧"]],
                名单=[["姓名"], ["王"]],
                附表=[["姓名"], ["李"]],
            )
        )
    )
    book["草稿"].sheet_state = "hidden"
    data = saved(book)
    assert values(read_table(data, "people.xlsx", COLUMNS)) == [{"name": "王"}]
    assert values(read_table(data, "people.xlsx", COLUMNS, sheet="附表")) == [{"name": "李"}]
    assert open_table(data, "people.xlsx", COLUMNS).sheet == "名单"


def test_a_heading_printed_on_every_page_is_no_row():
    data = "姓名,备注\n王,\n姓名,备注\n李,\n".encode()
    reading = read_table(data, "people.csv", COLUMNS)
    assert values(reading) == [{"name": "王"}, {"name": "李"}]
    assert reading.heading_row == 1


def test_a_heading_without_rows_is_an_empty_table():
    assert values(read_table("姓名,人数\n".encode(), "people.csv", COLUMNS)) == []
    assert values(read_table(xlsx(["姓名"]), "people.xlsx", COLUMNS)) == []
