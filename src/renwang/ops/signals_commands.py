"""`renwang signals`: try a trigger over past data, bring readings in from a file, add a trigger that comes along."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from django.db.models import Q
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from renwang.base.pure.clock import read_clock
from renwang.chain.models import Unit
from renwang.signals.expression_rules import ExpressionRefused
from renwang.signals.payloads import PayloadRefused, read_column, read_payload
from renwang.signals.rules import SignalRefused
from renwang.signals.services import take_in
from renwang.signals.shipping import add_shipped, shipped
from renwang.signals.trial_rules import DividedByZero, Trial, try_trigger
from renwang.signals.trigger_rules import definition_of
from renwang.signals.words import say_refusal

REFUSED = 1
BY = "node:shell"
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_MOMENT = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"])


@click.group("signals", help=_("Sensors and triggers: try a trigger, bring readings in."))
def signals() -> None:
    """The group itself does nothing."""


@signals.command(
    "try", help=_("Say what DEFINITION (a file, or a name that comes along) would have proposed.")
)
@click.argument("definition", metavar="DEFINITION")
@click.option(
    "--data",
    "tables",
    multiple=True,
    required=True,
    metavar="NAME=FILE:COLUMN",
    help=_("Readings of the series NAME: COLUMN of a table FILE with a column of moments."),
)
@click.option("--from", "begin", type=_MOMENT, help=_("Only from this moment on (UTC)."))
@click.option("--until", "end", type=_MOMENT, help=_("Only until this moment (UTC)."))
@click.option("--json", "as_json", is_flag=True, help=_("One JSON object per line."))
def try_(
    definition: str,
    tables: tuple[str, ...],
    begin: datetime | None,
    end: datetime | None,
    as_json: bool,
) -> None:
    """Nothing is written; no database is needed."""
    try:
        data = dict(_table(one) for one in tables)
        kept = shipped().get(definition) or json.loads(Path(definition).read_text("utf-8"))
        read = definition_of(kept, sorted(data))
        moments = [at for rows in data.values() for at, _value in rows]
        first = begin.replace(tzinfo=UTC) if begin else min(moments)
        last = end.replace(tzinfo=UTC) if end else max(moments)
        trials = try_trigger(read, data, first, last)
    except (SignalRefused, ExpressionRefused, PayloadRefused, DividedByZero) as refused:
        _refuse(say_refusal(refused))
    except (OSError, ValueError, KeyError) as trouble:
        _refuse(str(trouble))
    for trial in trials:
        click.echo(json.dumps(_plain(trial)) if as_json else _line(trial))
    if not as_json:
        click.echo(
            gettext("{proposed} proposals over {readings} readings, from {first} to {last}").format(
                proposed=sum(one.kind == "rose" for one in trials),
                readings=len(moments),
                first=f"{first:%Y-%m-%d %H:%M}",
                last=f"{last:%Y-%m-%d %H:%M}",
            )
        )


def _table(given: str) -> tuple[str, list[tuple[datetime, float]]]:
    name, _equals, rest = given.partition("=")
    file, _colon, column = rest.rpartition(":")
    if not (name and file and column):
        raise ValueError(gettext("{given}: write NAME=FILE:COLUMN").format(given=given))
    return name, list(read_column(Path(file).read_bytes(), column))


def _plain(trial: Trial) -> dict[str, Any]:
    return {
        "kind": trial.kind,
        "at": trial.at.isoformat(),
        "level": trial.level,
        "before": trial.before,
        "numbers": {one.call.text: one.value.number for one in trial.measures},
    }


def _line(trial: Trial) -> str:
    numbers = ", ".join(
        f"{one.call.text} = {one.value.number:g}"
        for one in trial.measures
        if one.value.number is not None
    )
    if trial.kind == "rose":
        return f"{trial.at:%Y-%m-%d %H:%M}  {trial.level}  {numbers}"
    return f"{trial.at:%Y-%m-%d %H:%M}  {trial.level or '–'}"


@signals.command("import", help=_("Bring readings in from FILES (CSV or JSON)."))
@click.argument("files", metavar="FILES…", nargs=-1, required=True, type=_FILE)
def import_readings(files: tuple[Path, ...]) -> None:
    """Each file is taken whole or refused whole; bringing one in twice changes nothing."""
    for file in files:
        kind = "application/json" if file.suffix == ".json" else "text/csv"
        try:
            taken = take_in(read_payload(file.read_bytes(), kind), by=BY, now=read_clock())
        except PayloadRefused as refused:
            _refuse(f"{file.name}: {say_refusal(refused)}")
        click.echo(
            gettext(
                "{file}: {stored} taken in, {repeated} there already, {contradicted} contradict, "
                "{refused} refused, {unknown} of unknown series"
            ).format(
                file=file.name,
                stored=taken.stored,
                repeated=taken.repeated,
                contradicted=taken.contradicted,
                refused=sum(taken.refused.values()),
                unknown=taken.unknown,
            )
        )


@signals.command(
    "add-trigger", help=_("Write a copy of the trigger NAME that comes along, switched off.")
)
@click.argument("name", metavar="NAME", type=click.Choice(sorted(shipped())))
@click.option(
    "--at", "place", required=True, metavar="UNIT", help=_("Code or reference of a unit.")
)
def add_trigger(name: str, place: str) -> None:
    """It watches every sensor of the place that fits; a person switches it on."""
    unit = Unit.objects.filter(Q(code=place) | Q(ref=place), ended_on=None).exclude(code="").first()
    unit = unit or Unit.objects.filter(ref=place, ended_on=None).first()
    if unit is None:
        _refuse(gettext("No unit has the code or reference {place}.").format(place=place))
    trigger = add_shipped(name, unit, by=BY, now=read_clock())
    watched = trigger.watches.count()
    click.echo(
        ngettext(
            "{ref} watches {count} sensor and is switched off.",
            "{ref} watches {count} sensors and is switched off.",
            watched,
        ).format(ref=trigger.ref, count=watched)
    )


def _refuse(sentence: str | None) -> Any:
    click.echo(sentence, err=True)
    sys.exit(REFUSED)
