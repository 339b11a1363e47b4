"""Reading and writing tables, beside the bare library in the same run.

100,000 rows of eight columns (every kind once) are read from CSV, 20,000 from
XLSX. The bare side only takes the rows from the library: it finds no heading,
parses nothing and checks nothing.
"""

import csv
import io
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl

from renwang.base.tables import Column, Kind, iterate, plan_rows, read_table, write_csv, write_xlsx

ZONE = ZoneInfo("Asia/Shanghai")
CSV_ROWS, XLSX_ROWS, ROUNDS = 100_000, 20_000, 3
COLUMNS = (
    Column("code", ("编号", "Code"), Kind.CODE, required=True),
    Column("name", ("姓名", "Name"), required=True, max_length=40),
    Column("born_on", ("出生日期", "Born on"), Kind.DATE),
    Column("head_count", ("人数", "Head-count"), Kind.INTEGER),
    Column("area", ("面积", "Area"), Kind.DECIMAL),
    Column("alone", ("独居", "Lives alone"), Kind.BOOLEAN),
    Column("seen_at", ("走访时间", "Seen at"), Kind.DATETIME),
    Column("colour", ("颜色", "Colour"), Kind.CHOICE, choices={"r": ("红", "Red"), "b": ("蓝",)}),
)


def invented(count: int) -> Iterator[dict[str, Any]]:
    """Invent rows; the same every time."""
    for number in range(count):
        yield {
            "code": f"{900000000000000000 + number}",
            "name": f"住户{number}",
            "born_on": date(1940, 1, 1) + timedelta(days=number % 25_000),
            "head_count": number % 7,
            "area": Decimal(number % 20_000) / 100,
            "alone": number % 5 == 0,
            "seen_at": datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=number),
            "colour": "rb"[number % 2],
        }


def seconds(work: Callable[[], object]) -> float:
    """Take the processor time of one call."""
    start = time.process_time()
    work()
    return time.process_time() - start


def compare(ours: Callable[[], object], bare: Callable[[], object]) -> tuple[float, float]:
    """Run both in turn; the median time of each."""
    pairs = [(seconds(ours), seconds(bare)) for _ in range(ROUNDS)]
    return statistics.median(a for a, _ in pairs), statistics.median(b for _, b in pairs)


def bare_csv(data: bytes) -> int:
    """Take every row from the csv module."""
    return sum(1 for _ in csv.reader(io.TextIOWrapper(io.BytesIO(data), "utf-8-sig", newline="")))


def bare_xlsx(data: bytes) -> int:
    """Take every row from openpyxl."""
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    return sum(1 for _ in book.active.iter_rows(values_only=True))


def run(report: Callable[..., None]) -> None:
    """Measure reading, planning and writing."""
    text = write_csv(COLUMNS, invented(CSV_ROWS), zone=ZONE)
    for name, encoding in (("utf-8", "utf-8-sig"), ("gb18030", "gb18030")):
        data = text.decode("utf-8-sig").encode(encoding)
        ours, bare = compare(
            lambda data=data: sum(1 for _ in iterate(data, "x.csv", COLUMNS, zone=ZONE)),
            lambda: bare_csv(text),
        )
        report(f"tables.read_csv.{name}", CSV_ROWS / ours, "rows/s", ours / bare)

    book = write_xlsx(COLUMNS, invented(XLSX_ROWS), zone=ZONE)
    ours, bare = compare(
        lambda: sum(1 for _ in iterate(book, "x.xlsx", COLUMNS, zone=ZONE)),
        lambda: bare_xlsx(book),
    )
    report("tables.read_xlsx", XLSX_ROWS / ours, "rows/s", ours / bare)

    reading = read_table(text, "x.csv", COLUMNS, zone=ZONE)
    stored = {(row.values["code"],): row.values for row in reading.rows}
    taken = seconds(lambda: plan_rows(reading, stored, ("code",)))
    report("tables.plan_unchanged", CSV_ROWS / taken, "rows/s")

    taken = seconds(lambda: write_csv(COLUMNS, invented(CSV_ROWS), zone=ZONE))
    report("tables.write_csv", CSV_ROWS / taken, "rows/s")
    taken = seconds(lambda: write_xlsx(COLUMNS, invented(XLSX_ROWS), zone=ZONE))
    report("tables.write_xlsx", XLSX_ROWS / taken, "rows/s")
