"""The commands by name. Imported once the shell's language is set: click reads its words at import."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

import click
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from renwang import __version__

# command: (module in this package, its function, the line in the list of commands)
COMMANDS = {
    "demo": ("demo", "demo", _("Set up an invented sub-district and show it.")),
    "serve": ("node_commands", "serve", _("Run the node: server and worker.")),
    "work": ("node_commands", "work", _("Run only the worker, without a server.")),
    "migrate": ("node_commands", "migrate", _("Bring the database to this version.")),
    "doctor": ("doctor_commands", "doctor", _("Check the node and say what to do.")),
    "backup": ("backup_commands", "backup", _("Write everything into one file.")),
    "restore": ("backup_commands", "restore", _("Bring a backup back.")),
    "account": ("account_commands", "account", _("Sign-ins: add, new password, end sessions.")),
    "journal": ("journal_commands", "journal", _("Show the journal, or prove it whole.")),
    "cap": ("cap_commands", "cap", _("Judge and rewrite alert files.")),
    "import": ("import_commands", "import_", _("Bring in units, people, buildings and more.")),
    "signals": (
        "signals_commands",
        "signals",
        _("Try a trigger over past data; bring readings in."),
    ),
    "readiness": (
        "readiness_commands",
        "readiness",
        _("Look at everything that should be ready; list the holes."),
    ),
    "care": ("care_commands", "care", _("Keys of the care list: look, change.")),
    "rehearse": ("rehearse_commands", "rehearse", _("Rehearse a warning with simulated people.")),
}


class LazyGroup(click.Group):
    """A group that knows its commands by name and imports one when it is called."""

    def list_commands(self, context: click.Context) -> list[str]:
        """Every command whose module is there, in the order of the table."""
        return [name for name, (module, _f, _h) in COMMANDS.items() if find_spec(_module(module))]

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """Import a command, or return None for a name that is not in the table."""
        if name not in self.list_commands(context):
            return None
        module, function, _help = COMMANDS[name]
        return getattr(import_module(_module(module)), function)

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list from the table, without importing anything."""
        with formatter.section(say("Commands")):
            formatter.write_dl(
                [(name, str(COMMANDS[name][2])) for name in self.list_commands(context)]
            )


def _module(name: str) -> str:
    return f"renwang.ops.{name}"


@click.group(
    cls=LazyGroup,
    help=_("Renwang 韧网: run and look after a node. Every command explains itself with --help."),
)
@click.option(
    "--database", metavar="URL", help=_("Another database: an address, or an SQLite file.")
)
@click.option("--home", metavar="DIR", help=_("The folder of the node's data (RENWANG_HOME)."))
@click.version_option(__version__, prog_name="renwang", message="%(prog)s %(version)s")
def cli(**_taken: Any) -> None:
    """Both options were taken off the line by `main`; they stand here for the help."""
