"""`renwang doctor`."""

import json
import sys
from dataclasses import asdict

import click
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from renwang.base.pure.clock import read_clock
from renwang.ops.doctor import Finding, Level, examine

COLOURS = {Level.OK: "green", Level.WARN: "yellow", Level.BAD: "red"}


@click.command("doctor", help=_("Check the node line by line and say what to do."))
@click.option("--json", "as_json", is_flag=True, help=_("Print the findings as JSON."))
def doctor(as_json: bool) -> None:
    """Exit with 0 when nothing is bad, 1 when something is; a warning alone is no failure."""
    found = examine(read_clock())
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], ensure_ascii=False))
    else:
        for one in found:
            _print(one)
    sys.exit(1 if any(one.level is Level.BAD for one in found) else 0)


def _print(one: Finding) -> None:
    mark = {
        Level.OK: pgettext("finding", "well"),
        Level.WARN: pgettext("finding", "doubtful"),
        Level.BAD: pgettext("finding", "bad"),
    }[one.level]
    click.echo(f"{click.style(mark, fg=COLOURS[one.level], bold=True)}  {one.check}: {one.words}")
    if one.remedy:
        click.echo(f"    {say('What to do:')} {one.remedy}")
