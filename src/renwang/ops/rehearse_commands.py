"""`renwang rehearse`: play a scenario on the real software path and watch it in the terminal."""

import sys
import time
from pathlib import Path

import click
from django.db.models import Q
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from renwang.base.pure.clock import read_clock
from renwang.chain.models import Unit
from renwang.chain.structures import structure
from renwang.response.exporting import Format, export_rehearsal
from renwang.response.jobs import play_rehearsals
from renwang.response.models import Rehearsal
from renwang.response.scenario import UnknownScenario, scenarios
from renwang.response.selectors import Standing, standing, story
from renwang.response.services import (
    INSTANTLY,
    RehearsalRefused,
    start_rehearsal,
    stop_rehearsal,
)
from renwang.response.words import sentence

REFUSED = 1
_ACTOR = "node:shell"
_BAR = 24


class Speed(click.ParamType):
    """`max`, or how many times faster than the clock."""

    name = "SPEED"

    def convert(self, value, param, ctx):
        """Read a number, or `max`."""
        if value == "max" or isinstance(value, float):
            return INSTANTLY if value == "max" else value
        try:
            return float(value)
        except ValueError:
            self.fail(
                gettext("{value} is neither a number nor max").format(value=value), param, ctx
            )


@click.command("rehearse", help=_("Play SCENARIO with simulated people, isolated from real ones."))
@click.argument("scenario", metavar="SCENARIO")
@click.option(
    "--speed",
    type=Speed(),
    default=60.0,
    help=_("Simulated seconds per second, or max. Default 60."),
)
@click.option("--seed", type=int, default=1, help=_("The same seed gives the same story."))
@click.option(
    "--unit", "place", default="", help=_("Code or name of the place; default: the root.")
)
@click.option(
    "--export",
    "target",
    type=click.Path(dir_okay=False, path_type=Path),
    help=_("Write the story to FILE.xlsx or FILE.json when it is over."),
    metavar="FILE",
)
def rehearse(scenario: str, speed: float, seed: int, place: str, target: Path | None) -> None:
    """Exit with 0 when it was played to its end, 1 when it was refused."""
    form = _form_of(target)
    unit = _place(place)
    try:
        rehearsal = start_rehearsal(
            scenario, unit, speed=speed, seed=seed, by=_ACTOR, now=read_clock()
        )
    except (RehearsalRefused, UnknownScenario) as refusal:
        known = ", ".join(scenarios())
        hint = gettext("Known: {known}").format(known=known)
        is_name = isinstance(refusal, UnknownScenario)
        _leave(sentence(refusal) + (f" {hint}" if is_name else ""))
    _watch(rehearsal)
    _sum_up(rehearsal)
    if target and form:
        target.write_bytes(export_rehearsal(rehearsal, form, get_language() or "zh-hans"))
        click.echo(gettext("Written to {file}").format(file=target))


def _form_of(target: Path | None) -> Format | None:
    if target is None:
        return None
    try:
        return Format(target.suffix.removeprefix(".").lower())
    except ValueError:
        _leave(gettext("The file's name must end in .xlsx or .json."))


def _place(text: str) -> Unit:
    if not text:
        root = Unit.objects.filter(parent=None, ended_on=None).order_by("path").first()
        if root is None:
            _leave(gettext("This node has no place yet. Import one, or load the invented one."))
        return root
    standing_units = Unit.objects.filter(ended_on=None)
    found = (
        standing_units.filter(Q(code=text) | Q(ref=text))[:2]
        or standing_units.filter(name=text)[:2]
    )
    if len(found) != 1:
        _leave(
            gettext("No place is called {name}.").format(name=text)
            if not found
            else gettext("More than one place is called {name}; give its code.").format(name=text)
        )
    return found[0]


def _leave(words: str):
    click.echo(words, err=True)
    sys.exit(REFUSED)


# --- watching ----------------------------------------------------------------


def _watch(rehearsal: Rehearsal) -> None:
    """Play along (a worker may do so too) and show where it stands, until it is over."""
    lines = 0
    try:
        while Rehearsal.objects.filter(pk=rehearsal.pk, ended_at=None).exists():
            moved = play_rehearsals(read_clock())
            rehearsal.refresh_from_db()
            if sys.stdout.isatty():
                lines = _redraw(_picture(rehearsal), lines)
            if not moved and rehearsal.speed != INSTANTLY:
                time.sleep(0.25)
    except KeyboardInterrupt:
        click.echo()
        stop_rehearsal(rehearsal, by=_ACTOR, now=read_clock())
        click.echo(gettext("Stopped."))
    rehearsal.refresh_from_db()


def _redraw(picture: list[str], above: int) -> int:
    if above:
        click.echo(f"\x1b[{above}A\x1b[J", nl=False)
    click.echo("\n".join(picture))
    return len(picture)


def _picture(rehearsal: Rehearsal) -> list[str]:
    after = rehearsal.played_to - rehearsal.shows_at
    whole = rehearsal.ends_at - rehearsal.shows_at
    now = standing(rehearsal)
    head = f"{rehearsal.ref}  {_clock(after.total_seconds())} / {_clock(whole.total_seconds())}"
    return [head, *(_levels(now) if now else [gettext("Waiting for the first message …")])]


def _levels(now: Standing) -> list[str]:
    language = get_language() or "zh-hans"
    lines = [now.notice.title]
    for level in now.levels:
        name = structure(level.structure).level(level.level).name(language)
        lines.append(
            f"  {_bar(level.answered, level.posts)} {level.answered:>5}/{level.posts:<5} {name}"
        )
    lines.append(
        f"  {_bar(now.covered, now.households)} {now.covered:>5}/{now.households:<5} "
        + gettext("Households")
    )
    return lines


def _bar(part: int, whole: int) -> str:
    filled = round(_BAR * part / whole) if whole else 0
    share = f"{part / whole:4.0%}" if whole else "   –"
    return f"{'█' * filled}{'░' * (_BAR - filled)} {share}"


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{rest:02d}"


def _sum_up(rehearsal: Rehearsal) -> None:
    """Say in a few lines how it went."""
    for chapter in story(rehearsal).chapters:
        share = f"{chapter.covered / chapter.households:.0%}" if chapter.households else "–"
        click.echo(
            gettext(
                "{title}: {answered} of {posts} posts answered, {bypassed} passed by, "
                "{share} of households reached, {silent} silent"
            ).format(
                title=chapter.title,
                answered=chapter.answered,
                posts=chapter.posts,
                bypassed=chapter.bypassed,
                share=share,
                silent=len(chapter.silent),
            )
        )
