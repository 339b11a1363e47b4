"""Checks of what keeps the data: database, version, clock, disk."""

import shutil
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as say
from django.utils.translation import ngettext

from renwang.base.models import Entry
from renwang.base.pure.clock import read_clock
from renwang.ops.condition import migrations_missing, migrations_unknown
from renwang.ops.doctor.findings import Level, Told

SKEW_DOUBTFUL = timedelta(seconds=2)
SKEW_BAD = timedelta(seconds=30)
DISK_BAD = 200 * 1024**2
DISK_DOUBTFUL = 2 * 1024**3
OLDEST_POSTGRESQL = 15_00_00


def database(now: datetime) -> Told:
    """A database that answers, and that keeps what it has acknowledged through a power cut."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            return _sqlite(cursor)
        return _postgresql(cursor)


def _sqlite(cursor: Any) -> Told:
    version = ".".join(map(str, connection.Database.sqlite_version_info))
    mode = _one(cursor, "PRAGMA journal_mode")
    durable = int(_one(cursor, "PRAGMA synchronous")) >= 2
    path = Path(connection.settings_dict["NAME"])
    words = say("SQLite {version}, {size} MB").format(
        version=version, size=path.stat().st_size // 1024**2 if path.exists() else 0
    )
    if mode != "wal" or not durable:
        return [
            (
                Level.BAD,
                say("SQLite may lose acknowledged reports in a power cut ({mode}).").format(
                    mode=f"journal_mode={mode}"
                ),
                say("Put the data on a disk that supports it: not on a network drive."),
            )
        ]
    return [(Level.OK, words, "")]


def _postgresql(cursor: Any) -> Told:
    found: Told = []
    number = int(_one(cursor, "SHOW server_version_num"))
    if number < OLDEST_POSTGRESQL:
        found.append(
            (Level.BAD, say("PostgreSQL is older than 15."), say("Update the database server."))
        )
    for name in ("fsync", "synchronous_commit", "full_page_writes"):
        if _one(cursor, f"SHOW {name}") == "off":
            found.append(
                (
                    Level.BAD,
                    say("PostgreSQL may lose acknowledged reports: {name} is off.").format(
                        name=name
                    ),
                    say("Set {name} = on in postgresql.conf.").format(name=name),
                )
            )
    if _one(cursor, "SHOW server_encoding") != "UTF8":
        found.append(
            (
                Level.BAD,
                say("The database does not store text as UTF-8."),
                say("Make a new one with: createdb --encoding UTF8"),
            )
        )
    version = _one(cursor, "SHOW server_version")
    return found or [(Level.OK, say("PostgreSQL {version}").format(version=version), "")]


def _one(cursor: Any, statement: str) -> Any:
    cursor.execute(statement)
    return cursor.fetchone()[0]


def migrations(now: datetime) -> Told:
    """A database of just this version."""
    missing, unknown = migrations_missing(), migrations_unknown()
    if missing:
        return [
            (
                Level.BAD,
                ngettext(
                    "{count} step is missing in the database: {first}",
                    "{count} steps are missing in the database, the first is {first}",
                    len(missing),
                ).format(count=len(missing), first=missing[0]),
                "renwang migrate",
            )
        ]
    if unknown:
        return [
            (
                Level.BAD,
                say("A later version has worked on this database: {first}").format(
                    first=unknown[0]
                ),
                say("Update Renwang, or restore a backup of this version."),
            )
        ]
    return [(Level.OK, say("The database is at this version."), "")]


def clock(now: datetime) -> Told:
    """A clock that agrees with the database's and with what was recorded before."""
    found: Told = []
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            before = read_clock()
            theirs = _one(cursor, "SELECT clock_timestamp()")
            skew = abs(theirs - (before + (read_clock() - before) / 2))
            if skew > SKEW_DOUBTFUL:
                found.append(
                    (
                        Level.BAD if skew > SKEW_BAD else Level.WARN,
                        say("This clock and the database's differ by {seconds} s.").format(
                            seconds=round(skew.total_seconds(), 1)
                        ),
                        say("Let both machines take their time from the same server (NTP)."),
                    )
                )
    last = Entry.objects.order_by("-id").values_list("recorded_at", flat=True).first()
    if last and last - now > SKEW_DOUBTFUL:
        found.append(
            (
                Level.BAD,
                say("The last fact was recorded {seconds} s in the future.").format(
                    seconds=round((last - now).total_seconds())
                ),
                say("Set this machine's clock right before anything else is recorded."),
            )
        )
    return found or [(Level.OK, say("The clock agrees."), "")]


def disk(now: datetime) -> Told:
    """A folder that can be written to, with room left."""
    home = settings.HOME
    with tempfile.TemporaryFile(dir=home) as probe:
        probe.write(b"x")
    free = shutil.disk_usage(home).free
    words = say("{size} MB are free in {folder}.").format(size=free // 1024**2, folder=home)
    remedy = say("Make room: without it, reports cannot be stored.")
    if free < DISK_BAD:
        return [(Level.BAD, words, remedy)]
    if free < DISK_DOUBTFUL:
        return [(Level.WARN, words, remedy)]
    return [(Level.OK, words, "")]
