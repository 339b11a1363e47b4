"""The form of a backup: one zip file with a table of contents, rows as JSON lines, and files.

Rows are written column by column under the table's own name, next to the list
of migrations that made the table, so that any engine and any later version
can read them.

    contents.json            what is inside, by whom, at which state; digests
    tables/<table>.jsonl     a row per line: values in the order of the columns
    media/…                  uploaded files
    secret.key               only if it was asked for
    cap-key.sealed           the signing key, only if it was asked for; see `sealed_key`
"""

import base64
import hashlib
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from pathlib import Path, PurePosixPath
from typing import Any

import orjson
from django.db.models import Field
from django.utils.duration import duration_string

FORMAT = 1
CONTENTS = "contents.json"
SECRET = "secret.key"  # noqa: S105 (a file's name)
KEY = "cap-key.sealed"


class NotABackup(Exception):
    """The file is no backup, only half of one, or damaged; `detail` names the place."""

    def __init__(self, detail: str = ""):
        super().__init__(detail)
        self.detail = detail


class TooNew(Exception):
    """The backup was made by a later version; `detail` names a migration this one does not know."""

    def __init__(self, detail: str):
        super().__init__(detail)
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Table:
    """One table in a backup."""

    name: str
    model: str  # "chain.unit"
    columns: list[str]
    rows: int
    digest: str  # SHA-256 of its lines

    @property
    def member(self) -> str:
        """Its place in the zip file."""
        return f"tables/{self.name}.jsonl"


@dataclass(frozen=True, slots=True)
class Contents:
    """The table of contents."""

    version: str
    made_at: str
    engine: str
    migrations: list[tuple[str, str]]
    tables: list[Table]
    seq: int  # the journal's end
    digest: str
    media: list[str] = field(default_factory=list)
    has_secret: bool = False
    has_key: bool = False
    format: int = FORMAT

    @property
    def rows(self) -> int:
        """How many rows there are in all tables."""
        return sum(table.rows for table in self.tables)

    def to_json(self) -> bytes:
        """Write it out."""
        return orjson.dumps(self, option=orjson.OPT_INDENT_2)


def as_json(value: Any) -> Any:
    """Say in JSON what orjson cannot say by itself."""
    if isinstance(value, bytes | memoryview | bytearray):
        return base64.b64encode(bytes(value)).decode()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, timedelta):
        return duration_string(value)
    raise TypeError(type(value).__name__)


def from_json(column: Field, value: Any) -> Any:
    """Turn a value back into what its column holds."""
    if value is None:
        return None
    return (column.target_field if column.is_relation else column).to_python(value)


DAMAGED = (
    zipfile.BadZipFile, zlib.error, KeyError, ValueError, TypeError, EOFError, OSError,
)  # fmt: skip


def open_archive(path: Path) -> tuple[zipfile.ZipFile, Contents]:
    """Open a backup and read its contents; every byte of it is checked before anything is touched.

    Raises NotABackup.
    """
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError) as trouble:
        raise NotABackup(str(trouble)) from None
    try:
        contents = _read_contents(archive)
        for table in contents.tables:
            if _digest(archive, table.member) != table.digest:
                raise NotABackup(table.member)
        for name in _others(contents):
            _digest(archive, name)
    except DAMAGED as trouble:
        archive.close()
        raise NotABackup(str(trouble)) from None
    except NotABackup:
        archive.close()
        raise
    return archive, contents


def _others(contents: Contents) -> list[str]:
    """Name what is in it besides the tables."""
    secret = [SECRET] if contents.has_secret else []
    return [*contents.media, *secret, *([KEY] if contents.has_key else [])]


def _read_contents(archive: zipfile.ZipFile) -> Contents:
    raw = orjson.loads(archive.read(CONTENTS))
    if raw["format"] != FORMAT:
        raise NotABackup(f"format {raw['format']}")
    raw["tables"] = [Table(**table) for table in raw["tables"]]
    raw["migrations"] = [(app, name) for app, name in raw["migrations"]]
    contents = Contents(**raw)
    for name in contents.media:
        parts = PurePosixPath(name).parts
        if parts[:1] != ("media",) or ".." in parts or len(parts) < 2:
            raise NotABackup(name)
    return contents


def _digest(archive: zipfile.ZipFile, member: str) -> str:
    digest = hashlib.sha256()
    with archive.open(member) as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def holds_key(path: Path) -> bool:
    """Say whether a backup holds a signing key, whose passphrase must be asked for first. Raises NotABackup."""
    try:
        with zipfile.ZipFile(path) as archive:
            return _read_contents(archive).has_key
    except DAMAGED as trouble:
        raise NotABackup(str(trouble)) from None


def rows_of(archive: zipfile.ZipFile, table: Table) -> Iterator[list[Any]]:
    """Yield a table's rows."""
    with archive.open(table.member) as stream:
        for line in stream:
            yield orjson.loads(line)
