"""`renwang import`: bring in the official divisions, boundaries, and the node's own lists."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from renwang.base.pure.clock import read_clock
from renwang.base.pure.datum import Datum
from renwang.base.tables import TableRefused
from renwang.base.tables.words import say_error
from renwang.base.tables.words import say_refusal as say_table_refusal
from renwang.chain.imports import (
    KINDS,
    ImportPlan,
    ImportRefused,
    commit_import,
    preview_import,
)
from renwang.chain.imports.boundaries import (
    BoundariesRefused,
    BoundaryPlan,
    import_boundaries,
    plan_boundaries,
)
from renwang.chain.imports.divisions import (
    DivisionPlan,
    DivisionsRefused,
    import_divisions,
    plan_divisions,
)
from renwang.chain.imports.features import is_map, table_of
from renwang.chain.rules import Refusal
from renwang.chain.words import say_refusal

REFUSED = 1
UNREADABLE = 2
SHOWN = 50  # errors printed of one file
BY = "node:import"

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_DRY = _("Only say what would happen; write nothing.")
_KIND_HELP = {
    "units": _("Units from a table: code, name, level, the unit above, head-counts."),
    "grids": _("Grids from a table: code, name, the community above."),
    "people": _("People from a table: staff number, name, unit, how they are reached."),
    "posts": _("Posts from a table: unit, title, holder, deputies."),
    "rosters": _("A duty roster from a table: unit, who is on duty, from, until."),
    "organisations": _("Organisations from a table: name, kind, unit."),
    "buildings": _("Buildings from a table: code, name, unit, storeys, position."),
    "households": _("Doors from a table: building, door, heads."),
    "duties": _("The duties list from a table: place, hazard, phase, leader, helpers."),
    "procedures": _("The procedures list from a table: place, title, kind, steps, who follows it."),
    "facilities": _("Facilities from a table: kind, name, unit, what they have, position."),
    "rooms": _("Rooms of service centres from a table: centre, room, use, area, role."),
    "claims": _("Departments' grids from a table or GeoJSON: department, number, unit, shape."),
    "claim_workers": _("Departments' rosters from a table: department, grid, name, telephone."),
    "streets": _("Streets and water from a table or GeoJSON: name, kind, unit, line."),
    "risks": _("Risks from a table: name, unit, kind, description, likelihood, harm."),
}


@click.group(
    "import", help=_("Bring in units, people, buildings and more: all of a file or nothing.")
)
def import_() -> None:
    """The group itself does nothing."""


def _guarded(work: Callable[[], Any]) -> Any:
    """Do a piece of work; print a refusal in the shell's language and leave with its code."""
    try:
        return work()
    except OSError as trouble:
        click.echo(f"{trouble.filename}: {trouble.strerror}", err=True)
        sys.exit(UNREADABLE)
    except TableRefused as refused:
        click.echo(str(say_table_refusal(refused)), err=True)
    except ImportRefused as refused:
        _print_errors(refused.plan.table.errors, refused.plan.table.error_count)
    except DivisionsRefused as refused:
        _print_errors(refused.errors, len(refused.errors))
    except BoundariesRefused as refused:
        for label, why in refused.wrong[:SHOWN]:
            click.echo(f"{label}: {say_refusal(why)}", err=True)
    except Refusal as refused:
        click.echo(str(say_refusal(refused)), err=True)
    click.echo(gettext("Nothing was written."), err=True)
    return sys.exit(REFUSED)


def _print_errors(errors: Any, count: int) -> None:
    for error in errors[:SHOWN]:
        click.echo(str(say_error(error)), err=True)
    if count > SHOWN:
        more = gettext("… and %(count)s more.") % {"count": count - SHOWN}
        click.echo(more, err=True)


def _print_counts(counts: dict[str, int], dry_run: bool) -> None:
    text = gettext("%(created)s new, %(updated)s changed, %(unchanged)s as they were.") % counts
    click.echo(text)
    if dry_run:
        click.echo(gettext("Nothing was written."))


def _table_command(kind: str) -> click.Command:
    @click.argument("file", type=_FILE, metavar="FILE")
    @click.option("--dry-run", is_flag=True, help=_DRY)
    def command(file: Path, dry_run: bool) -> None:
        _guarded(lambda: _run_table(kind, file, dry_run))

    return click.command(kind, help=_KIND_HELP[kind])(command)


def _run_table(kind: str, file: Path, dry_run: bool) -> None:
    work = preview_import if dry_run else commit_import
    data, columns = file.read_bytes(), KINDS[kind].columns
    if is_map(data) and any(column.key == "shape" for column in columns):
        data = table_of(data, columns, Datum(settings.RENWANG_INPUT_DATUM))
        file = file.with_suffix(".csv")
    plan: ImportPlan = work(kind, data, file.name, by=BY, now=read_clock())
    if plan.table.ignored:
        ignored = ", ".join(plan.table.ignored)
        click.echo(gettext("Columns not used: %(columns)s") % {"columns": ignored})
    if not plan.may_commit:
        raise ImportRefused(plan)
    _print_counts(plan.counts, dry_run)


for _name in _KIND_HELP:
    import_.add_command(_table_command(_name))


@import_.command(
    "divisions",
    help=_("The official divisions of a Chinese province from FILES (areas, streets, villages)."),
)
@click.argument("files", nargs=-1, required=True, type=_FILE, metavar="FILES…")
@click.option("--province", required=True, metavar="CODE", help=_("Beginning of all codes, as 50."))
@click.option("--root-name", required=True, metavar="NAME", help=_("What the province is called."))
@click.option("--official-names", is_flag=True, help=_("Keep the full names of the committees."))
@click.option("--dry-run", is_flag=True, help=_DRY)
def divisions(
    files: tuple[Path, ...], province: str, root_name: str, official_names: bool, dry_run: bool
) -> None:
    """Load the tree; a code whose level above is in no list is carried by the next one, and said."""
    wanted = {"province": province, "root_name": root_name, "short": not official_names}

    def run() -> DivisionPlan:
        read = {file.name: file.read_bytes() for file in files}
        if dry_run:
            return plan_divisions(read, **wanted)
        return import_divisions(read, **wanted, by=BY, now=read_clock())

    plan = _guarded(run)
    for one in plan.carried[:SHOWN]:
        text = gettext("%(code)s %(name)s: no list has %(missing)s; it was hung below %(by)s.")
        parts = {"code": one.code, "name": one.name, "missing": one.missing, "by": one.by}
        click.echo(text % parts)
    _print_counts(plan.counts, dry_run)


@import_.command("boundaries", help=_("Boundaries of units from GeoJSON FILES."))
@click.argument("files", nargs=-1, required=True, type=_FILE, metavar="FILES…")
@click.option(
    "--datum",
    type=click.Choice([datum.value for datum in Datum]),
    required=True,
    help=_("In which datum the positions are given. Chinese maps mostly give gcj02."),
)
@click.option("--dry-run", is_flag=True, help=_DRY)
def boundaries(files: tuple[Path, ...], datum: str, dry_run: bool) -> None:
    """Draw the boundaries of all files or of none."""

    def run() -> BoundaryPlan:
        read = {file.name: file.read_bytes() for file in files}
        if not dry_run:
            return import_boundaries(read, datum=Datum(datum), by=BY, now=read_clock())
        plan = plan_boundaries(read, datum=Datum(datum), by=BY)
        if plan.wrong:
            raise BoundariesRefused(plan.wrong)
        return plan

    _print_counts(_guarded(run).counts, dry_run)
