"""`renwang care`: the keys of the care list. Nothing here shows an entry."""

import click
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from renwang.base.pure.clock import read_clock
from renwang.registers.care.keys import folder, has_keys, ring
from renwang.registers.care.services.rekeying import drop_old_keys, reseal_all, rotate_key

BY = "node:shell"


@click.group("care", help=_("The keys that seal the care list."))
def care() -> None:
    """The group itself does nothing."""


@care.command("keys", help=_("Say where the keys lie and which there are."))
def keys() -> None:
    """Names only; a key is never printed."""
    click.echo(say("The keys lie in {folder}.").format(folder=folder()))
    if not has_keys():
        click.echo(say("There is none yet; the first is made with the first entry."))
        return
    held = ring()
    for name in sorted(held.keys):
        click.echo(f"  {name}{' *' if name == held.current else ''}")


@care.command(
    "rotate",
    help=_("Make a new key, seal everything with it, and destroy the old ones."),
)
@click.option("--keep-old", is_flag=True, help=_("Keep the old keys, for older backups."))
def rotate(keep_old: bool) -> None:
    """May be killed anywhere and run again; the node goes on meanwhile."""
    now = read_clock()
    name = rotate_key(by=BY, now=now)
    number = reseal_all()
    dropped = 0 if keep_old else drop_old_keys(by=BY, now=read_clock())
    click.echo(
        say("{number} entries are sealed with {name}; {dropped} old keys were destroyed.").format(
            number=number, name=name, dropped=dropped
        )
    )
