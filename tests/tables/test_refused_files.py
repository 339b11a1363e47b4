import io
import zipfile

import pytest
from tests.tables.samples import COLUMNS, repacked, xlsx

from renwang.base.tables import (
    Column,
    Fault,
    Limits,
    Reason,
    TableRefused,
    open_table,
    read_table,
)
from renwang.base.tables.words import say_error

GOOD_CSV = "姓名,人数\n王小明,3\n".encode()
GOOD_XLSX = xlsx(["姓名", "人数"], ["王小明", 3])
OLE = bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600
SHEET = "xl/worksheets/sheet1.xml"


def refusal(data, filename="people.csv", columns=COLUMNS, **kwargs):
    with pytest.raises(TableRefused) as refused:
        read_table(data, filename, columns, **kwargs)
    return refused.value


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"", Fault.EMPTY_FILE),
        (b" \r\n\r\n ", Fault.EMPTY_FILE),
        (OLE, Fault.OLD_EXCEL),
        (OLE + "EncryptedPackage".encode("utf-16-le"), Fault.PASSWORD),
        (b"<html><table><tr><td>\xd0\xd5", Fault.WEB_PAGE),
        (b"\xef\xbb\xbf\n<TABLE border=1>", Fault.WEB_PAGE),
        (b"%PDF-1.7", Fault.OTHER_FORMAT),
        (b"\x89PNG\r\n", Fault.OTHER_FORMAT),
        ("姓名".encode("utf-16-le") + b"\n\0", Fault.UNKNOWN_ENCODING),
        ("姓名".encode("utf-32"), Fault.UNKNOWN_ENCODING),
        (
            "姓名,人数\n\xff\xff".encode("latin-1", "ignore") + b"\xff\xff\xff",
            Fault.UNKNOWN_ENCODING,
        ),
        (GOOD_CSV + '"王,3\n'.encode(), Fault.BROKEN_QUOTES),
        (GOOD_CSV + '"王"小,3\n'.encode(), Fault.BROKEN_QUOTES),
        (GOOD_CSV + b"x" * 200_000, Fault.CELL_TOO_LONG),
        (GOOD_CSV + b"," * (5 << 20), Fault.CELL_TOO_LONG),
        (GOOD_CSV + "李,1\n".encode() * 2000 + b"a\0b,3\n", Fault.UNKNOWN_ENCODING),
        ("只有文字\n没有表头\n".encode(), Fault.NO_HEADER),
        ("人数,颜色\n3,红色\n".encode(), Fault.MISSING_COLUMNS),
        ("姓名,住户姓名\n王,李\n".encode(), Fault.COLUMN_TWICE),
        (b"PK\x03\x04 and then nothing", Fault.BROKEN_XLSX),
        (GOOD_XLSX[:-200], Fault.BROKEN_XLSX),
    ],
)
def test_a_file_that_is_no_table_is_refused_by_name(data, fault):
    assert refusal(data).fault is fault


def test_every_size_has_a_limit():
    assert refusal(GOOD_CSV, limits=Limits(bytes=10)).fault is Fault.FILE_TOO_LARGE
    assert refusal(GOOD_CSV + "李,1\n".encode(), limits=Limits(rows=1)).fault is Fault.TOO_MANY_ROWS
    assert refusal(GOOD_CSV + b"\n" * 9, limits=Limits(lines=9)).fault is Fault.TOO_MANY_ROWS
    assert refusal(GOOD_CSV, limits=Limits(columns=1)).fault is Fault.TOO_MANY_COLUMNS
    assert refusal(GOOD_XLSX, limits=Limits(unpacked_bytes=99)).fault is Fault.UNPACKS_TOO_LARGE


def test_a_zip_bomb_is_refused_before_it_is_opened():
    bomb = repacked(GOOD_XLSX, add={"xl/media/image1.bin": bytes(40 << 20)})
    assert len(bomb) < 100_000
    refused = refusal(bomb, limits=Limits(unpacked_bytes=32 << 20))
    assert refused.fault is Fault.UNPACKS_TOO_LARGE
    assert refused.params["size"] > 40 << 20


def test_a_part_that_is_read_whole_is_refused_before_it_is_opened():
    styles = {"xl/styles.xml": lambda part: part.replace(b"<fonts", b"<numFmts/>" * (2 << 20))}
    refused = refusal(repacked(GOOD_XLSX, replace=styles))
    assert refused.fault is Fault.UNPACKS_TOO_LARGE
    assert refused.params["limit"] < 20 << 20 < refused.params["size"]


def test_a_text_that_is_no_cell_is_refused():
    text = {SHEET: lambda part: part.replace(b"</sheetData>", b" " * (5 << 20) + b"</sheetData>")}
    assert refusal(repacked(GOOD_XLSX, replace=text)).fault is Fault.BROKEN_XLSX


@pytest.mark.parametrize(
    ("part", "before"),
    [
        (SHEET, b"</sheetData>"),
        (SHEET, b"</row></sheetData>"),
        ("xl/styles.xml", b"<fonts"),
        ("xl/workbook.xml", b"<sheets>"),
    ],
)
def test_elements_without_end_are_refused_before_a_parser_keeps_them(part, before):
    junk = {part: lambda data: data.replace(before, b"<a/>" * (1 << 20) + before, 1)}
    assert refusal(repacked(GOOD_XLSX, replace=junk)).fault is Fault.BROKEN_XLSX


def test_nothing_but_rows_stands_between_rows():
    stray = {SHEET: lambda data: data.replace(b'<row r="2"', b'<a/><row r="2"')}
    assert refusal(repacked(GOOD_XLSX, replace=stray)).fault is Fault.BROKEN_XLSX
    blank = {SHEET: lambda data: data.replace(b'<row r="2"', b' <row r="2"/>\n<row r="3"')}
    with_blank = read_table(repacked(GOOD_XLSX, replace=blank), "people.xlsx", COLUMNS)
    assert with_blank.error_count == 0


def test_rows_that_reach_to_the_last_column_are_refused_before_they_fill_the_memory():
    def with_far_cells(rows):
        far = b"".join(
            b'<row r="%d"><c r="XFD%d" s="0"/></row>' % (n, n) for n in range(3, 3 + rows)
        )
        change = {SHEET: lambda part: part.replace(b"</sheetData>", far + b"</sheetData>")}
        return repacked(GOOD_XLSX, replace=change)

    assert refusal(with_far_cells(700)).fault is Fault.TOO_MANY_COLUMNS
    assert len(read_table(with_far_cells(5), "people.xlsx", COLUMNS).rows) == 1


@pytest.mark.parametrize("figure", ["9" * 5000, "1e999", "-1e30", "９" * 60])
def test_a_number_that_nothing_can_keep_is_no_number(figure):
    reading = read_table(GOOD_CSV + f"李,{figure}\n".encode(), "people.csv", COLUMNS)
    assert [error.reason for error in reading.errors] == [Reason.NOT_AN_INTEGER]
    assert str(say_error(reading.errors[0]))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_part_that_is_packed_twice_is_refused():
    out = io.BytesIO(GOOD_XLSX)
    with zipfile.ZipFile(out, "a") as package:
        package.writestr(SHEET, b"<worksheet/>")
    assert refusal(out.getvalue()).fault is Fault.UNPACKS_TOO_LARGE


@pytest.mark.parametrize(
    ("data", "filename", "fault"),
    [
        (GOOD_XLSX, "people.XLSM", Fault.MACROS),
        (repacked(GOOD_XLSX, add={"xl/vbaProject.bin": b"x"}), "people.xlsx", Fault.MACROS),
        (
            repacked(GOOD_XLSX, add={"xl/externalLinks/externalLink1.xml": b"<x/>"}),
            "people.xlsx",
            Fault.EXTERNAL_LINKS,
        ),
        (
            repacked(GOOD_XLSX, replace={SHEET: lambda part: part[: len(part) // 2]}),
            "people.xlsx",
            Fault.BROKEN_XLSX,
        ),
        (
            repacked(
                GOOD_XLSX,
                replace={
                    SHEET: lambda part: b'<!DOCTYPE x [<!ENTITY a "b">]>' + part,
                },
            ),
            "people.xlsx",
            Fault.BROKEN_XLSX,
        ),
        (
            repacked(
                GOOD_XLSX,
                replace={SHEET: lambda part: b"<!--" + b"-x" * 200_000 + b"--><!DOCTYPE x>" + part},
            ),
            "people.xlsx",
            Fault.BROKEN_XLSX,
        ),
        (
            repacked(
                GOOD_XLSX, replace={SHEET: lambda part: part.replace(b'r="2"', b'r="9999999"')}
            ),
            "people.xlsx",
            Fault.BROKEN_XLSX,
        ),
        (repacked(b"PK\x05\x06" + bytes(18), add={"mimetype": b"x"}), "a.ods", Fault.OTHER_FORMAT),
    ],
)
def test_a_workbook_that_is_not_safe_is_refused(data, filename, fault):
    assert refusal(data, filename).fault is fault


def test_a_refusal_names_what_is_meant():
    missing = refusal("备注\n人数,颜色\n3,红色\n".encode())
    assert missing.params == {"row": 2, "columns": (("姓名", "Name", "住户姓名"),)}
    twice = refusal("人数,姓名,Name\n".encode())
    assert (twice.params["first"], twice.params["second"]) == ("B", "C")
    assert refusal(GOOD_CSV + '"王,3\n'.encode()).params == {"row": 3}
    sheet = refusal(GOOD_XLSX, sheet="名单")
    assert sheet.fault is Fault.NO_SUCH_SHEET
    assert sheet.params == {"sheet": "名单", "sheets": ("Sheet1",)}


def test_a_column_without_headings_is_known_by_its_key():
    columns = (Column("name", (), required=True),)
    assert refusal(b"other\n1\n", columns=columns).params["columns"] == (("name",),)
    assert open_table(b"NAME\n1\n", "a.csv", columns).heading_row == 1
