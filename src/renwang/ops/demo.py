"""`renwang demo`: an invented sub-district on this machine, and a warning on its way down."""

import os
import sys
from collections.abc import Sequence
from datetime import datetime

import click
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from renwang.alerts.signing import has_key, make_key
from renwang.base.pure.clock import read_clock
from renwang.bulletins.invented import say_invented
from renwang.cases.invented import invent_cases
from renwang.cases.linked.invented import invent_linked
from renwang.cases.mediation.invented import invent_mediations
from renwang.cases.sharing.invented import invent_sharing
from renwang.chain.invented.loading import PlaceTaken, load_invented
from renwang.chain.invented.signins import SignIn, demo_signins
from renwang.chain.models import Unit
from renwang.registers.care.invented import invent_care
from renwang.registers.claims.invented import invent_claims
from renwang.registers.duties.invented import invent_duties
from renwang.registers.facilities.invented import invent_facilities
from renwang.registers.procedures.invented import invent_procedures
from renwang.registers.readiness.invented import invent_readiness
from renwang.registers.risks.invented import invent_risks
from renwang.response.briefs.invented import invent_briefs
from renwang.response.fieldwork.invented import invent_fieldwork
from renwang.response.services import RehearsalRefused, start_rehearsal
from renwang.signals.invented import invent_signals

BY = "node:demo"
SCENARIO = "rainstorm"


@click.command("demo", help=_("Set up an invented sub-district, show it, send a warning down it."))
@click.option(
    "--address", default="127.0.0.1", show_default=True, help=_("Listen on this address.")
)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--seed", default=1, show_default=True, help=_("Another seed, another place."))
@click.option(
    "--speed",
    default=20.0,
    show_default=True,
    type=click.FloatRange(1, 3600),
    help=_("Simulated seconds per second of the rehearsal."),
)
@click.option("--no-rehearsal", is_flag=True, help=_("Start without a warning."))
@click.option("--no-serve", is_flag=True, help=_("Only set up; do not serve."))
def demo(
    address: str, port: int, seed: int, speed: float, no_rehearsal: bool, no_serve: bool
) -> None:
    """May be run again: what is there stays. Nothing in it is real."""
    # The sign-ins of a demo are printed, so its children must know that it is one.
    os.environ["RENWANG_DEMO"] = "yes"
    settings.DEMO = True
    call_command("migrate", verbosity=0, interactive=False)
    root = _place(seed)
    now = read_clock()
    if not has_key():
        make_key(root.name, now=now)
    signins = demo_signins(root, now=now)
    fill(root, signins, now=now, seed=seed)
    _print_signins(signins, f"http://{address}:{port}/")
    if not no_rehearsal:
        _rehearse(root, speed)
    if not no_serve:
        _serve(address, port)


def fill(root: Unit, signins: Sequence[SignIn], *, now: datetime, seed: int = 1) -> None:
    """Give an invented place everything that a demonstration shows beside a warning. May be done again."""
    people = {one.username: one.person for one in signins}
    first, second = (one.person for one in signins[:2])
    say_invented(root, by=first, approved_by=second, now=now)
    invent_signals(root, now=now)
    invent_duties(root, by=first, now=now)
    invent_procedures(root, by=first, now=now)
    invent_risks(root, now=now)
    invent_cases(root, now=now)
    invent_mediations(root, now=now)
    invent_linked(root, now=now)
    invent_sharing(root, now=now)
    invent_facilities(root, now=now)
    invent_claims(root, now=now, seed=seed)
    invent_care(root, keeper=people["secretary"], opener=people["duty"], now=now)
    invent_briefs(root, now=now)
    invent_fieldwork(worker=people["grid"], secretary=people["secretary"], now=now)
    invent_readiness(root, now=now)


def _place(seed: int) -> Unit:
    with click.progressbar(length=1, label=say("Inventing a sub-district"), file=sys.stderr) as bar:

        def progress(done: int, total: int) -> None:
            bar.length = max(total, 1)
            bar.update(done - bar.pos)

        try:
            return load_invented(seed=seed, now=read_clock(), progress=progress)
        except PlaceTaken as taken:
            click.echo(
                say(
                    "This node holds another place already ({code}). "
                    "Give the demo a folder of its own with --home."
                ).format(code=taken.code),
                err=True,
            )
            sys.exit(1)


def _rehearse(root: Unit, speed: float) -> None:
    try:
        start_rehearsal(SCENARIO, root, by=BY, now=read_clock(), speed=speed)
        click.echo(say("A warning is on its way down. Stop with Ctrl+C."))
    except RehearsalRefused:
        # One from an earlier start is still under way, or its places were changed by hand since.
        click.echo(say("No new rehearsal was started; start one from the desk."), err=True)


def _serve(address: str, port: int) -> None:
    """Become the server anew: what inventing a place took would stay with every process it forks."""
    connections.close_all()
    sys.stdout.flush()
    serve = ["-m", "renwang.ops", "serve", "--address", address, "--port", str(port)]
    os.execv(sys.executable, [sys.executable, *serve])  # noqa: S606 (our own interpreter)


def _print_signins(signins: list[SignIn], address: str) -> None:
    click.echo()
    click.echo(say("Everything in this place is invented. Open {address}").format(address=address))
    click.echo(say("Sign in as:"))
    for one in signins:
        click.echo(f"  {one.username:<10} {one.password:<14} {one.person.name}")
    click.echo()
