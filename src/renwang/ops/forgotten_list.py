"""The list of what was erased, kept beside the database, so that it outlives the database.

One JSON line per erasure: kind, key, moment, and nothing of what stood there.
A restore reads it and erases again what an older backup brings back. The list
is only ever added to; a line that a kill cut off is written anew.
"""

import os
from datetime import datetime
from pathlib import Path

import orjson
from django.conf import settings

from renwang.base.forgetting import Note, mark_kept, unkept_notes


class NotAList(Exception):
    """The file is no list of what was erased; `detail` names the line."""

    def __init__(self, detail: str):
        super().__init__(detail)
        self.detail = detail


def list_file() -> Path:
    """Where this node keeps its list."""
    return Path(settings.RENWANG_FORGOTTEN_FILE)


def keep_list() -> int:
    """Add to the list what stands in the database alone; return how many lines came to it.

    A kill between writing and marking writes lines twice, which changes nothing.
    """
    waiting = unkept_notes()
    if not waiting:
        return 0
    lines = b"".join(
        orjson.dumps({"kind": note.kind, "key": note.key, "at": note.at}) + b"\n"
        for _number, note in waiting
    )
    path = list_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    with path.open("r+b") as file:
        file.seek(_whole(path))
        file.truncate()
        file.write(lines)
        file.flush()
        os.fsync(file.fileno())
    mark_kept([number for number, _note in waiting])
    return len(waiting)


def read_list(path: Path) -> list[Note]:
    """Read a list; a last line that was cut off does not count. Raises `NotAList`."""
    found = []
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if line.endswith(b"\n"):
                found.append(_read(line, number))
    return found


def _read(line: bytes, number: int) -> Note:
    try:
        said = orjson.loads(line)
        note = Note(said["kind"], said["key"], datetime.fromisoformat(said["at"]))
    except (ValueError, KeyError, TypeError) as trouble:
        raise NotAList(f"{number}: {trouble}") from None
    if not isinstance(note.kind, str) or not isinstance(note.key, str) or note.at.tzinfo is None:
        raise NotAList(str(number))
    return note


def _whole(path: Path) -> int:
    """Say where the last whole line ends."""
    return path.read_bytes().rfind(b"\n") + 1
