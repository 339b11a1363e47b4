"""`renwang backup` and `renwang restore`."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from django.db import DatabaseError
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from renwang.base.pure.clock import read_clock
from renwang.ops.archive import NotABackup, TooNew, holds_key
from renwang.ops.backup import NoTables, write_backup
from renwang.ops.condition import SILENT_AFTER
from renwang.ops.forgotten_list import NotAList
from renwang.ops.journal_commands import describe_break
from renwang.ops.restore import BrokenJournal, NotEmpty, Restored, restore_backup
from renwang.ops.sealed_key import SHORTEST, NoKeyToKeep, PassphraseTooShort, WrongPassphrase
from renwang.ops.worker import last_sign_of_life

REFUSED = 1


@contextmanager
def _bar(label: str) -> Iterator[Callable[[int, int], None]]:
    with click.progressbar(length=1, label=label, file=sys.stderr) as bar:

        def progress(done: int, total: int) -> None:
            bar.length = max(total, 1)
            bar.update(done - bar.pos)

        yield progress


def _refuse(sentence: str) -> None:
    click.echo(sentence, err=True)
    sys.exit(REFUSED)


PASSPHRASE = click.option(
    "--passphrase-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="PATH",
    help=_("Read the passphrase of the signing key from the first line of PATH."),
)


def _passphrase(path: Path | None, *, confirm: bool = False) -> str:
    """Read the passphrase from a file, or ask for it where somebody sits before the screen."""
    if path is not None:
        return path.read_text(encoding="utf-8").split("\n", 1)[0].rstrip("\r")
    if not sys.stdin.isatty():
        _refuse(say("Give the passphrase of the signing key with --passphrase-file."))
    asked: str = click.prompt(
        say("Passphrase of the signing key"), hide_input=True, confirmation_prompt=confirm
    )
    return asked


@click.command("backup", help=_("Write everything the node knows into FILE. It may keep running."))
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE")
@click.option("--overwrite", is_flag=True, help=_("Replace FILE if it is there."))
@click.option("--no-media", is_flag=True, help=_("Leave uploaded files out."))
@click.option(
    "--with-secret",
    is_flag=True,
    help=_("Put the node's secret key in as well: then FILE opens every session."),
)
@click.option(
    "--with-key",
    is_flag=True,
    help=_("Put the signing key in as well, sealed with a passphrase that is asked for."),
)
@PASSPHRASE
def backup(
    file: Path,
    overwrite: bool,
    no_media: bool,
    with_secret: bool,
    with_key: bool,
    passphrase_file: Path | None,
) -> None:
    """The file holds personal data: only its owner can read it."""
    if file.exists() and not overwrite:
        _refuse(
            say("{file} is there already. Give another name, or --overwrite.").format(file=file)
        )
    if not file.parent.is_dir():
        _refuse(say("There is no folder {folder}.").format(folder=file.parent))
    passphrase = _passphrase(passphrase_file, confirm=True) if with_key else None
    try:
        with _bar(say("Writing the backup")) as progress:
            contents = write_backup(
                file,
                now=read_clock(),
                with_secret=with_secret,
                with_media=not no_media,
                key_passphrase=passphrase,
                progress=progress,
            )
    except NoTables:
        _refuse(say("The database is empty: there is nothing to write. Run: renwang migrate"))
    except PassphraseTooShort:
        _refuse(say("The passphrase must have at least {count} characters.").format(count=SHORTEST))
    except NoKeyToKeep:
        _refuse(say("This node has no signing key to put into a backup."))
    except OSError as trouble:
        _refuse(say("{file} could not be written: {detail}").format(file=file, detail=trouble))
    click.echo(
        say(
            "{file}: {rows} rows of {tables} tables, {media} files; the journal ends at {seq}:{digest}"
        ).format(
            file=file,
            rows=contents.rows,
            tables=len(contents.tables),
            media=len(contents.media),
            seq=contents.seq,
            digest=contents.digest,
        )
    )
    click.echo(say("It holds personal data. Keep it where only you can read it."))
    if contents.has_key:
        click.echo(
            say(
                "The signing key is in it, sealed. Keep the passphrase elsewhere: nobody can replace it."
            )
        )


@click.command("restore", help=_("Bring the backup FILE back: all of it or nothing."))
@click.argument(
    "file", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE"
)
@click.option("--replace", is_flag=True, help=_("Destroy what the node holds now."))
@click.option(
    "--accept-broken",
    is_flag=True,
    help=_("Restore even if the journal in the backup does not verify."),
)
@click.option(
    "--forgotten",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="LIST",
    multiple=True,
    help=_("Erase again what LIST names; the node's own list is always read."),
)
@PASSPHRASE
@click.option("--without-key", is_flag=True, help=_("Leave a signing key in FILE where it is."))
def restore(
    file: Path,
    replace: bool,
    accept_broken: bool,
    forgotten: tuple[Path, ...],
    passphrase_file: Path | None,
    without_key: bool,
) -> None:
    """The journal is verified before the restore counts."""
    if _is_running():
        _refuse(
            say(
                "The node is running. Stop it first. (One that was killed counts as running for a minute.)"
            )
        )
    try:
        asks = not without_key and holds_key(file)
        passphrase = _passphrase(passphrase_file) if asks else None
        with _bar(say("Restoring")) as progress:
            restored = restore_backup(
                file,
                now=read_clock(),
                replace=replace,
                accept_broken=accept_broken,
                forgotten=forgotten,
                key_passphrase=passphrase,
                progress=progress,
            )
    except (NotABackup, NotAList, TooNew, NotEmpty, BrokenJournal, WrongPassphrase) as refusal:
        _refuse(_why(refusal).format(file=file, detail=getattr(refusal, "detail", "")))
    _report(restored)


def _report(restored: Restored) -> None:
    contents, verdict, replayed = restored.contents, restored.verdict, restored.replayed
    click.echo(
        say("Restored {rows} rows from {made_at}.").format(
            rows=contents.rows, made_at=contents.made_at
        )
    )
    if replayed.erased:
        click.echo(
            ngettext(
                "{count} thing that had been erased since was erased again.",
                "{count} things that had been erased since were erased again.",
                replayed.erased,
            ).format(count=replayed.erased)
        )
    if replayed.unknown:
        click.echo(
            say("This version cannot erase again: {kinds}. Update it.").format(
                kinds=", ".join(replayed.unknown)
            ),
            err=True,
        )
    if verdict.whole:
        click.echo(say("The journal is whole: {count} facts.").format(count=verdict.checked))
    else:
        click.echo(describe_break(verdict), err=True)


def _why(refusal: Exception) -> str:
    if isinstance(refusal, BrokenJournal):
        return "{} {}".format(
            describe_break(refusal.verdict),
            say("Nothing was restored. With --accept-broken it is restored as it is."),
        )
    if isinstance(refusal, TooNew):
        return say(
            "{file} was made by a later version of Renwang ({detail}). Update this node first."
        )
    if isinstance(refusal, WrongPassphrase):
        return say(
            "This is not the passphrase that the signing key in {file} was sealed with. Nothing was "
            "changed. With --without-key everything else is restored."
        )
    if isinstance(refusal, NotAList):
        return say("There is a list of what was erased that cannot be read ({detail}).")
    if isinstance(refusal, NotEmpty):
        return say(
            "This node is not empty. Nothing was changed. With --replace, what it holds is destroyed."
        )
    return say(
        "{file} is no whole backup: it was damaged, cut off, or is another kind of file ({detail}). "
        "Nothing was changed."
    )


def _is_running() -> bool:
    try:
        sign = last_sign_of_life()
    except DatabaseError:
        return False  # no tables yet
    return sign is not None and read_clock() - sign < SILENT_AFTER
