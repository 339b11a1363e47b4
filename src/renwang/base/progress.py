"""How far a job is, told from within its transaction, so that others see it before anything is committed.

On PostgreSQL a second connection writes it into the job's row at once,
whichever machine the worker runs on. SQLite lets nobody else write while a
transaction does; there a note lies beside the database's file, and whoever
shares the one shares the other.
"""

import threading
from contextlib import suppress
from pathlib import Path
from uuid import UUID

import orjson
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.backends.base.base import BaseDatabaseWrapper

from renwang.base.models import Job

_HELD = threading.local()


def tell_progress(job_id: UUID, attempts: int, done: int, total: int) -> None:
    """Let everybody see how far a job is that was claimed for the so-manieth time.

    What cannot be told is left untold: the work itself goes on.
    """
    if connection.vendor == "postgresql":
        with suppress(DatabaseError):
            _write_row(job_id, attempts, done, total)
    else:
        with suppress(OSError):
            _write_note(job_id, done, total)


def add_progress(row: Job) -> Job:
    """Fill in how far a running job is where that does not stand in its row."""
    if row.state == Job.State.RUNNING and connection.vendor != "postgresql":
        with suppress(OSError, ValueError):
            row.done, row.total = orjson.loads(_note_of(row.pk).read_bytes())
    return row


def end_progress(job_id: UUID) -> None:
    """Put away what telling needed, when a job has ended in whatever way."""
    aside: BaseDatabaseWrapper | None = getattr(_HELD, "aside", None)
    if aside is not None:
        aside.close()
        _HELD.aside = None
    if connection.vendor != "postgresql":
        _note_of(job_id).unlink(missing_ok=True)


def _write_row(job_id: UUID, attempts: int, done: int, total: int) -> None:
    if getattr(_HELD, "aside", None) is None:
        _HELD.aside = connection.copy("progress")
    # The work's own transaction may hold the row: then this is passed over, never waited for.
    mine = f"SELECT id FROM {Job._meta.db_table} WHERE id = %s AND state = %s AND attempts = %s"  # noqa: S608
    with _HELD.aside.cursor() as cursor:
        cursor.execute(
            f"UPDATE {Job._meta.db_table} SET done = %s, total = %s"  # noqa: S608
            f" WHERE id = ({mine} FOR UPDATE SKIP LOCKED)",
            [done, total, job_id, Job.State.RUNNING.value, attempts],
        )


def _write_note(job_id: UUID, done: int, total: int) -> None:
    path = _note_of(job_id)
    path.parent.mkdir(exist_ok=True)
    half = path.with_suffix(".part")
    half.write_bytes(orjson.dumps([done, total]))
    half.replace(path)


def _note_of(job_id: UUID) -> Path:
    in_memory = connection.is_in_memory_db()  # type: ignore[attr-defined]
    home = Path(settings.HOME if in_memory else connection.settings_dict["NAME"]).absolute()
    folder = home if in_memory else home.parent
    return folder / "jobs" / f"{job_id}.json"
