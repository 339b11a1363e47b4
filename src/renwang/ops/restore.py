"""Bringing a backup back: all of it or nothing, into any engine and into this or a later version.

The tables are made as they were when the backup was written, filled, and then
taken to this version by the same migrations that an update would run. What was
erased after the backup was made is erased again. All of that is one
transaction, so whatever goes wrong leaves the node as it was, and nobody ever
sees what was to stay erased.
"""

import shutil
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path

from django.apps.registry import Apps
from django.conf import settings
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.models import Model

from renwang.base import journal
from renwang.base.forgetting import Note, Replayed, files_of, notes, replay
from renwang.base.models import Entry, Forgotten, Head
from renwang.base.verifying import Verdict, verify_journal
from renwang.chain.models import Account, Unit
from renwang.ops.archive import (
    KEY,
    SECRET,
    Contents,
    Table,
    TooNew,
    from_json,
    open_archive,
    rows_of,
)
from renwang.ops.backup import Progress, stored_columns, stored_models
from renwang.ops.forgotten_list import list_file, read_list
from renwang.ops.sealed_key import open_key, put_back

CHUNK = 1000


class NotEmpty(Exception):
    """The node already holds facts, units or sign-ins, and nobody said that they may go."""


class BrokenJournal(Exception):
    """The journal in the backup does not verify; nothing was restored. Carries the verdict."""

    def __init__(self, verdict: Verdict):
        super().__init__(verdict.kind)
        self.verdict = verdict


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore brought back, how its journal verifies, and what it erased again."""

    contents: Contents
    verdict: Verdict
    replayed: Replayed


def is_empty() -> bool:
    """Say whether a node holds nothing that a restore would destroy; a database without tables does not."""
    tables = set(connection.introspection.table_names())
    kept = (Entry, Unit, Account)
    return not any(
        model._meta.db_table in tables and model._base_manager.exists() for model in kept
    )


def restore_backup(
    source: Path,
    *,
    now: datetime,
    replace: bool = False,
    accept_broken: bool = False,
    forgotten: Sequence[Path] = (),
    key_passphrase: str | None = None,
    progress: Progress = lambda done, total: None,
) -> Restored:
    """Restore a backup, verify its journal, and record in it that this was done.

    What was erased since is erased again: as the database knows that is here
    now, the list beside it, and the lists in `forgotten`. A signing key in it
    comes back with its passphrase only. Raises NotABackup, TooNew, NotAList or
    WrongPassphrase before anything is touched, NotEmpty unless `replace`,
    BrokenJournal unless `accept_broken`.
    """
    erased_since = [note for path in forgotten for note in read_list(path)]
    archive, contents = open_archive(source)
    with archive:
        _refuse_newer(contents)
        if not replace and not is_empty():
            raise NotEmpty
        wants_key = contents.has_key and key_passphrase is not None
        pair = open_key(archive.read(KEY), key_passphrase) if wants_key else None
        erased_since += _notes_here()
        with _media_beside(archive, contents, set(files_of(erased_since))) as swap_media:
            with _one_transaction():
                verdict = _bring_back(archive, contents, progress, accept_broken=accept_broken)
                replayed = replay(erased_since)
            swap_media()
        if contents.has_secret:
            _restore_secret(archive)
    if pair:
        put_back(pair)
    call_command("migrate", verbosity=0, interactive=False)  # for what Django adds after migrations
    with transaction.atomic():
        journal.record(
            "ops.restored",
            Head.objects.get_or_create(pk=1)[0],
            by="node:shell",
            at=now,
            made_at=contents.made_at,
            seq=contents.seq,
            digest=contents.digest,
            forgotten=replayed.erased,
        )
    return Restored(contents, verdict, replayed)


def _notes_here() -> list[Note]:
    """Give what this node knows to have been erased: its database, if it has one, and its list."""
    found = list(notes()) if _has_table(Forgotten) else []
    return found + (read_list(list_file()) if list_file().exists() else [])


def _has_table(model: type[Model]) -> bool:
    return model._meta.db_table in connection.introspection.table_names()


def _bring_back(
    archive: zipfile.ZipFile, contents: Contents, progress: Progress, *, accept_broken: bool
) -> Verdict:
    """Fill the tables as they were then, bring them to today's shape, and prove the journal."""
    _drop_everything()
    apps = _migrate_to(contents.migrations)
    _load(archive, contents, apps, progress)
    _finish_load(apps)
    MigrationExecutor(connection).migrate(_leaves())
    verdict = verify_journal()
    if not verdict.whole and not accept_broken:
        raise BrokenJournal(verdict)
    return verdict


def _refuse_newer(contents: Contents) -> None:
    known = MigrationLoader(connection).graph.nodes
    for key in contents.migrations:
        if key not in known:
            raise TooNew(".".join(key))


def _leaves() -> list[tuple[str, str]]:
    return MigrationLoader(connection).graph.leaf_nodes()


@contextmanager
def _one_transaction() -> Iterator[None]:
    """Bind dropping, making and filling tables together.

    SQLite's schema editor wants foreign keys off, which can only be said
    before a transaction; they are all checked before the commit instead.
    """
    connection.disable_constraint_checking()
    try:
        with transaction.atomic():
            yield
            connection.check_constraints()
    finally:
        connection.enable_constraint_checking()


def _drop_everything() -> None:
    cascade = " CASCADE" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            # SQLite takes the tables of a full-text index with it.
            cursor.execute(f"DROP TABLE IF EXISTS {connection.ops.quote_name(table)}{cascade}")


def _migrate_to(migrations: list[tuple[str, str]]) -> Apps:
    """Make the tables as they were, and return the models that fit them."""
    wanted = set(migrations)
    executor = MigrationExecutor(connection)
    nodes = executor.loader.graph.node_map
    # Only the last of each app: naming an earlier one would ask to go back to it.
    ends = [
        key
        for key in migrations
        if not any(child.key in wanted and child.key[0] == key[0] for child in nodes[key].children)
    ]
    executor.recorder.ensure_schema()
    executor.migrate(ends)
    return executor.loader.project_state(ends).apps


def _load(archive: zipfile.ZipFile, contents: Contents, apps: Apps, progress: Progress) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # Making a foreign key leaves it checked at once; rows come in the order of table names.
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    for model in stored_models(apps):
        model._base_manager.all().delete()  # what a migration wrote is in the backup as well
    done = 0
    for table in contents.tables:
        model = apps.get_model(table.model)
        for column in model._meta.local_concrete_fields:
            # The moments in the backup are the true ones; loading is not an edit.
            for stamp in ("auto_now", "auto_now_add"):
                if hasattr(column, stamp):
                    setattr(column, stamp, False)
        for rows in _chunks(_instances(archive, table, model)):
            model._base_manager.bulk_create(rows, batch_size=CHUNK)
            done += len(rows)
            progress(done, contents.rows)


def _instances(archive: zipfile.ZipFile, table: Table, model: type[Model]) -> Iterator[Model]:
    by_name = {column.attname: column for column in stored_columns(model)}
    columns = [by_name[name] for name in table.columns]
    for row in rows_of(archive, table):
        values = zip(columns, row, strict=True)
        yield model(**{column.attname: from_json(column, value) for column, value in values})


def _chunks(rows: Iterator[Model]) -> Iterator[list[Model]]:
    while chunk := list(islice(rows, CHUNK)):
        yield chunk


def _finish_load(apps: Apps) -> None:
    """Let counters go on after the last number that was loaded."""
    statements = connection.ops.sequence_reset_sql(no_style(), stored_models(apps))
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
    connection.check_constraints()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # It changes no table that still has checks pending, and a row that this transaction
            # brought in is checked again at every change a migration makes to it.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@contextmanager
def _media_beside(
    archive: zipfile.ZipFile, contents: Contents, erased: set[str]
) -> Iterator[Callable[[], None]]:
    """Unpack the files beside the present ones, but for what was erased; the function given puts them in their place."""
    root = Path(settings.MEDIA_ROOT)
    fresh, old = root.with_name(root.name + ".new"), root.with_name(root.name + ".old")
    shutil.rmtree(fresh, ignore_errors=True)

    def swap() -> None:
        if not contents.media:
            return
        shutil.rmtree(old, ignore_errors=True)
        if root.exists():
            root.rename(old)
        (fresh / "media").rename(root)
        shutil.rmtree(old, ignore_errors=True)

    try:
        if contents.media:
            kept = [one for one in contents.media if one.removeprefix("media/") not in erased]
            (fresh / "media").mkdir(parents=True)
            archive.extractall(fresh, kept)
        yield swap
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _restore_secret(archive: zipfile.ZipFile) -> None:
    path = settings.HOME / SECRET
    path.touch(mode=0o600)
    path.write_bytes(archive.read(SECRET))
