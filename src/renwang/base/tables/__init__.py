"""Tables in and out: CSV and XLSX as people make them, read with plain errors, written to be read.

    reading = read_table(data, "people.xlsx", COLUMNS, zone=node_zone)
    plan = plan_rows(reading, existing, ("code",))

Nothing here knows the database; whoever imports commits a plan without errors, in one transaction.
"""

from renwang.base.tables.columns import Column, Kind
from renwang.base.tables.plan import Change, Planned, TablePlan, plan_rows
from renwang.base.tables.reading import (
    Limits,
    OpenTable,
    TableReading,
    TableRow,
    iterate,
    open_table,
    read_table,
)
from renwang.base.tables.reasons import CellWrong, Fault, Reason, TableError, TableRefused
from renwang.base.tables.writing import write_csv, write_errors_xlsx, write_xlsx

__all__ = [
    "CellWrong",
    "Change",
    "Column",
    "Fault",
    "Kind",
    "Limits",
    "OpenTable",
    "Planned",
    "Reason",
    "TableError",
    "TablePlan",
    "TableReading",
    "TableRefused",
    "TableRow",
    "iterate",
    "open_table",
    "plan_rows",
    "read_table",
    "write_csv",
    "write_errors_xlsx",
    "write_xlsx",
]
