"""Writing a backup: a snapshot of every table, taken while the node goes on working."""

import hashlib
import os
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import orjson
from django.apps.registry import Apps
from django.conf import settings
from django.db import connection, connections, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.models import Field, Model

from renwang import __version__
from renwang.ops.archive import CONTENTS, KEY, SECRET, Contents, Table, as_json
from renwang.ops.sealed_key import note_backup, seal_key

SNAPSHOT = "snapshot"
CHUNK = 2000
# Sessions are keys to accounts and end with the node they were opened on.
LEFT_OUT = {"django_session", "usersessions_usersession"}

Progress = Callable[[int, int], None]


class NoTables(Exception):
    """The database has never been migrated: there is nothing to write."""


def write_backup(
    target: Path,
    *,
    now: datetime,
    with_secret: bool = False,
    with_media: bool = True,
    key_passphrase: str | None = None,
    progress: Progress = lambda done, total: None,
) -> Contents:
    """Write everything the node knows into one file that only its owner can read.

    With a passphrase the signing key is in it, sealed. The file appears under
    its name when it is complete. `progress` is told rows written and rows in
    all. Raises PassphraseTooShort and NoKeyToKeep before anything is written.
    """
    sealed = seal_key(key_passphrase) if key_passphrase is not None else b""
    half = target.with_name(target.name + ".part")
    try:
        half.touch(mode=0o600)
        with (
            _snapshot(),
            zipfile.ZipFile(half, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as archive,
        ):
            if sealed:
                archive.writestr(KEY, sealed)
            extras = {"has_key": bool(sealed), "has_secret": with_secret and _write_secret(archive)}
            contents = _fill(archive, now, with_media, extras, progress)
        with half.open("rb") as written:
            os.fsync(written.fileno())
        half.replace(target)
        if sealed:
            note_backup(now)
    finally:
        half.unlink(missing_ok=True)
    return contents


def _fill(
    archive: zipfile.ZipFile,
    now: datetime,
    with_media: bool,
    extras: dict[str, bool],
    progress: Progress,
) -> Contents:
    loader = MigrationLoader(connections[SNAPSHOT])
    applied = sorted(key for key in loader.applied_migrations if key in loader.graph.nodes)
    if not any(app == "base" for app, _name in applied):
        raise NoTables
    apps = loader.project_state(applied).apps
    models = stored_models(apps)
    total = sum(model._base_manager.using(SNAPSHOT).count() for model in models)
    tables: list[Table] = []
    done = 0
    for model in models:
        table = _write_table(archive, model, lambda rows: progress(done + rows, total))  # noqa: B023
        tables.append(table)
        done += table.rows
    head = apps.get_model("base", "Head")._base_manager.using(SNAPSHOT).filter(pk=1).first()
    contents = Contents(
        version=__version__,
        made_at=now.isoformat(),
        engine=connection.vendor,
        migrations=applied,
        tables=tables,
        seq=head.seq if head else 0,
        digest=head.digest if head else "",
        media=_write_media(archive) if with_media else [],
        **extras,
    )
    archive.writestr(CONTENTS, contents.to_json())
    return contents


@contextmanager
def _snapshot() -> Iterator[None]:
    """Open a second connection whose reads all see the same moment, without keeping writers out."""
    copy = connection.copy(alias=SNAPSHOT)
    options = copy.settings_dict.setdefault("OPTIONS", {})
    if connection.vendor == "postgresql":
        from psycopg import IsolationLevel

        options["isolation_level"] = IsolationLevel.REPEATABLE_READ
    else:
        options["transaction_mode"] = "DEFERRED"  # IMMEDIATE would be a writer, and keep others out
    connections.settings[SNAPSHOT] = copy.settings_dict
    connections[SNAPSHOT] = copy
    try:
        with transaction.atomic(using=SNAPSHOT):
            yield
    finally:
        copy.close()
        del connections[SNAPSHOT]
        del connections.settings[SNAPSHOT]


def stored_models(apps: Apps) -> list[type[Model]]:
    """Return every model that has a table of its own, join tables included, in a fixed order."""
    models = [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and model._meta.db_table not in LEFT_OUT
    ]
    return sorted(models, key=lambda model: model._meta.db_table)


def stored_columns(model: type[Model]) -> list[Field]:
    """Return the fields whose values are written and read back; generated ones make themselves."""
    return [
        column
        for column in model._meta.local_concrete_fields
        if not getattr(column, "generated", False)
    ]


def _write_table(
    archive: zipfile.ZipFile, model: type[Model], written: Callable[[int], None]
) -> Table:
    columns = [column.attname for column in stored_columns(model)]
    name = model._meta.db_table
    digest, count = hashlib.sha256(), 0
    found = model._base_manager.using(SNAPSHOT).order_by("pk").values_list(*columns)
    with archive.open(f"tables/{name}.jsonl", "w", force_zip64=True) as stream:
        for row in found.iterator(chunk_size=CHUNK):
            line = orjson.dumps(row, default=as_json) + b"\n"
            stream.write(line)
            digest.update(line)
            count += 1
            if count % CHUNK == 0:
                written(count)
    written(count)
    return Table(name, model._meta.label_lower, columns, count, digest.hexdigest())


def _write_media(archive: zipfile.ZipFile) -> list[str]:
    root = Path(settings.MEDIA_ROOT)
    names = []
    for path in sorted(root.rglob("*")) if root.is_dir() else ():
        if path.is_file() and not path.is_symlink():
            name = f"media/{path.relative_to(root).as_posix()}"
            archive.write(path, name)
            names.append(name)
    return names


def _write_secret(archive: zipfile.ZipFile) -> bool:
    path = settings.HOME / SECRET
    if not path.is_file():
        return False
    archive.write(path, SECRET)
    return True
