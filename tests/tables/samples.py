"""The columns and file makers that the tests of tables share."""

import io
import zipfile

import openpyxl

from renwang.base.tables import Column, Kind

COLUMNS = (
    Column("name", ("姓名", "Name", "住户姓名"), required=True, max_length=20),
    Column("code", ("身份编号", "Identity code"), Kind.CODE),
    Column("born_on", ("出生日期", "Date of birth", "生日"), Kind.DATE),
    Column("head_count", ("人数", "Head-count"), Kind.INTEGER),
    Column("area", ("面积", "Area"), Kind.DECIMAL),
    Column("alone", ("独居", "Lives alone"), Kind.BOOLEAN),
    Column("seen_at", ("走访时间", "Seen at"), Kind.DATETIME),
    Column(
        "colour",
        ("颜色", "Colour"),
        Kind.CHOICE,
        choices={"red": ("红色", "Red"), "blue": ("蓝色", "Blue", "BLU")},
    ),
)


def xlsx(*rows, **sheets):
    """Make a workbook as openpyxl writes it: formulas without results."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, lines in (sheets or {"Sheet1": rows}).items():
        page = book.create_sheet(title)
        for line in lines:
            page.append(line)
    return saved(book)


def saved(book):
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def repacked(data, *, replace=(), add=()):
    """Pack a workbook again with parts changed by a function or added."""
    out, changes = io.BytesIO(), dict(replace)
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", 8) as new:
        for name in old.namelist():
            part = old.read(name)
            new.writestr(name, changes[name](part) if name in changes else part)
        for name, part in dict(add).items():
            new.writestr(name, part)
    return out.getvalue()
