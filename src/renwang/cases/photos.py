"""Photographs of cases: a few of each, kept beside the database; what a photograph is stands in `registers.photos`."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.files.storage import default_storage

from renwang.base.pure.ids import uuid7
from renwang.registers.photos import (
    LARGEST,
    Drawn,
    NotAPhoto,
    TooLarge,
    TooMany,
    file_of,
    keep,
    read,
    redraw,
)

MOST = 6  # photographs of one case
AT_ONCE = 3  # that come with a report
FOLDER = "cases"

__all__ = [
    "AT_ONCE", "FOLDER", "LARGEST", "MOST", "Drawn", "NotAPhoto", "TooLarge", "TooMany", "as_rows",
    "bytes_of", "draw", "drop", "file_of",
]  # fmt: skip


def draw(files: Sequence[bytes]) -> list[Drawn]:
    """Draw photographs anew, each once. Refuses with `TooLarge`, `NotAPhoto` and `TooMany`."""
    if len(files) > AT_ONCE:
        raise TooMany(most=AT_ONCE)
    drawn = [redraw(data) for data in files]
    return list({one.digest: one for one in drawn}.values())


def as_rows(
    model: Any, case: Any, drawn: Sequence[Drawn], *, by: UUID | None, now: datetime, **more: Any
) -> list[Any]:
    """Put files in their place and give the rows that name them, for the caller to write.

    A row without its picture would be a hole; a picture without a row is only dust, which is swept.
    """
    rows = []
    for one in drawn:
        row = model(
            id=uuid7(now), case=case, width=one.width, height=one.height, size=len(one.data),
            digest=one.digest, by=by, at=now, **more,
        )  # fmt: skip
        keep(FOLDER, row.id, one)
        rows.append(row)
    return rows


def drop(rows: Sequence[Any]) -> None:
    """Take away the files of rows that were not written."""
    for row in rows:
        default_storage.delete(file_of(FOLDER, row.id))


def bytes_of(photo: Any) -> bytes | None:
    """Read a photograph; None where its file is no longer there."""
    return read(FOLDER, photo.id)
