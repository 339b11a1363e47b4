"""The command line: `renwang <command>`.

A command's module is imported when the command is called, so that none pays
for the others. `--database` and `--home` may stand anywhere on the line; they
become settings before the settings are read.
"""

import gettext
import os
import sys
from pathlib import Path

import click
import django
from django.db import DatabaseError
from django.utils import translation
from django.utils.translation import gettext as say

from renwang.base.environment import WrongSetting

WRONG_CALL = 2


def take_option(arguments: list[str], name: str) -> str | None:
    """Take `--name VALUE` or `--name=VALUE` off the line, wherever it stands before `--`."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    for place, argument in enumerate(arguments[:end]):
        if argument == name and place + 1 < end:
            del arguments[place]
            return arguments.pop(place)
        if argument.startswith(f"{name}="):
            return arguments.pop(place).split("=", 1)[1]
    return None


def database_address(value: str) -> str:
    """Turn what stands after `--database` into an address: a path means an SQLite file."""
    return value if "://" in value else f"sqlite:///{Path(value).resolve()}"


def shell_language(environment: dict[str, str] | os._Environ[str] = os.environ) -> str:
    """Choose the language of the shell: RENWANG_LANGUAGE, else what the locale says."""
    for name in ("RENWANG_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environment.get(name, "").strip():
            return "zh-hans" if value.lower().startswith("zh") else "en"
    return "en"


def prepare(arguments: list[str]) -> None:
    """Turn the options that are settings into settings, and wake Django in the shell's language."""
    if home := take_option(arguments, "--home"):
        os.environ["RENWANG_HOME"] = home
    if database := take_option(arguments, "--database"):
        os.environ["RENWANG_DATABASE_URL"] = database_address(database)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "renwang.conf.settings")
    django.setup()
    speak(shell_language())


def speak(language: str) -> None:
    """Set the language of this process, click's own words ("Usage", "Options") included."""
    translation.activate(language)
    os.environ["LANGUAGE"] = translation.to_locale(language)
    gettext.bindtextdomain("click", Path(__file__).parent / "locale")
    gettext.textdomain("click")


def main() -> None:
    """Run the command line and leave with its exit code."""
    arguments = sys.argv[1:]
    try:
        prepare(arguments)
    except (WrongSetting, OSError) as trouble:
        click.echo(f"renwang: {trouble}", err=True)
        sys.exit(WRONG_CALL)
    from renwang.ops.commands import cli

    try:
        cli.main(args=arguments, prog_name="renwang")
    except DatabaseError as trouble:
        click.echo(database_trouble(trouble), err=True)
        sys.exit(1)


def database_trouble(trouble: Exception) -> str:
    """Say what a database's refusal means and what to do about it."""
    first = str(trouble).strip().splitlines()[0] if str(trouble).strip() else type(trouble).__name__
    if "no such table" in first or "does not exist" in first or "no such column" in first:
        return say(
            "The database has not been brought to this version. Run: renwang migrate ({detail})"
        ).format(detail=first)
    return say("The database cannot be used: {detail}. `renwang doctor` says more.").format(
        detail=first
    )
