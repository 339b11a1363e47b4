"""`renwang readiness`: look at everything now, and list what is not ready. What is under seal is not shown here."""

import csv
import sys
from collections import Counter
from typing import Any

import click
from django.db.models import QuerySet
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from renwang.base.pure.clock import read_clock
from renwang.chain.models import Unit
from renwang.chain.reach import SEALED
from renwang.registers.readiness import saying
from renwang.registers.readiness.models import SEVERITIES, Hole
from renwang.registers.readiness.rules import Severity
from renwang.registers.readiness.services import look_everywhere

BY = "node:shell"
HEADING = ("severity", "check", "name", "path", "sentence", "since", "mender", "waived_until")


@click.group("readiness", help=_("Look at everything that should be ready, and list the holes."))
def readiness() -> None:
    """The group itself does nothing."""


@readiness.command(
    "look", help=_("Look at everything now, as the night does, and count the holes.")
)
@click.option("--under", metavar="REF", help=_("Only this unit and what lies below it."))
def look(under: str | None) -> None:
    """May be stopped and run again; the node goes on meanwhile."""
    path = _path(under)
    with click.progressbar(length=1, label=say("Looking"), file=sys.stderr) as bar:

        def progress(done: int, total: int) -> None:
            bar.length = max(total, 1)
            bar.update(done - bar.pos)

        made = look_everywhere(path, by=BY, now=read_clock(), clock=read_clock, progress=progress)
    click.echo(
        say("{places} places looked at: {appeared} new holes, {gone} gone.").format(
            places=made.places, appeared=made.appeared, gone=made.gone
        )
    )
    counts = Counter(_holes(path).values_list("severity", flat=True))
    for severity, words in SEVERITIES.items():
        click.echo(f"  {counts[int(severity)]:>8}  {words}")


@readiness.command("list", help=_("List the holes as CSV, the gravest first."))
@click.option("--under", metavar="REF", help=_("Only this unit and what lies below it."))
@click.option(
    "--severity",
    type=click.Choice([one.name.lower() for one in Severity]),
    help=_("Only holes as grave as this."),
)
def list_(under: str | None, severity: str | None) -> None:
    """One line for each; people are given by their keys, as the journal does."""
    holes = _holes(_path(under))
    if severity:
        holes = holes.filter(severity=Severity[severity.upper()])
    out = csv.writer(sys.stdout)
    out.writerow(HEADING)
    for hole in holes.order_by("severity", "since_at", "pk").iterator():
        out.writerow(_row(hole))


def _row(hole: Hole) -> tuple[Any, ...]:
    person = str(hole.params.get("person", ""))
    return (
        Severity(hole.severity).name.lower(),
        hole.check_key,
        saying.say_name(hole),
        hole.path,
        saying.say_hole(hole, {person: person}),
        hole.since_at.isoformat(timespec="seconds"),
        hole.mender,
        hole.waived_until.isoformat(timespec="seconds") if hole.waived_until else "",
    )


def _holes(path: str) -> QuerySet[Hole]:
    return Hole.objects.filter(path__under=path, gone_at=None).exclude(sees__in=sorted(SEALED))


def _path(ref: str | None) -> str:
    if not ref:
        return "/"
    path = Unit.objects.filter(ref=ref).values_list("path", flat=True).first()
    if path is None:
        raise click.BadParameter(say("There is no unit {ref}.").format(ref=ref))
    return str(path)
