#!/usr/bin/env python3
"""Write the reference pages that are lists of what the code declares: commands, verbs, addresses.

A house test fails when one of them is behind; `make docs` writes them anew.
"""

import importlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGES = ROOT / "docs" / "reference"
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"


def _commands() -> str:
    import click

    from renwang.ops.commands import COMMANDS

    def describe(command: click.Command, name: str) -> Iterator[str]:
        if isinstance(command, click.Group):
            for sub, one in sorted(command.commands.items()):
                yield from describe(one, f"{name} {sub}")
            return
        context = click.Context(command, info_name=name)
        yield f"## `renwang {name}`\n\n```\n{command.get_help(context)}\n```\n"

    parts = [
        "# Commands\n",
        "`--database` and `--home` may stand anywhere on the line. Exit codes: 0 well, 1 refused or "
        "not well, 2 called wrongly.\n",
    ]
    for name, (module, function, _help) in COMMANDS.items():
        command = getattr(importlib.import_module(f"renwang.ops.{module}"), function)
        parts += describe(command, name)
    return "\n".join(parts)


def _verbs() -> str:
    from renwang.base import journal

    lines = [
        "# Verbs of the journal\n",
        "Every deed is recorded under one of these. The sentence is what a reader of the journal "
        "sees; see [the journal](../explanation/journal.md).\n",
        "| Verb | Sentence |",
        "| --- | --- |",
    ]
    lines += [f"| `{verb}` | {words} |" for verb, words in sorted(journal.sentences().items())]
    return "\n".join(lines) + "\n"


def _addresses() -> str:
    from django.urls import get_resolver
    from tests.house.test_documented import addresses

    found = sorted(set(addresses(get_resolver())))
    lines = ["# Addresses\n", "What each door answers to. None of them names a person.\n"]
    doors = {"/desk/": "Desk", "/field/": "Field", "/api/": "API"}
    kept: dict[str, list[str]] = {"Public, sign-in and operation": []}
    for address in found:
        door = next((name for start, name in doors.items() if address.startswith(start)), None)
        kept.setdefault(door or "Public, sign-in and operation", []).append(address)
    for door, those in kept.items():
        lines += [f"## {door}\n", *(f"- `{address}`" for address in those), ""]
    return "\n".join(lines)


def main() -> None:
    """Write the three pages."""
    import django

    django.setup()
    from renwang.ops.cli import speak

    speak("en")
    pages = {"commands.md": _commands, "journal-verbs.md": _verbs, "urls.md": _addresses}
    for name, write in pages.items():
        (PAGES / name).write_text(write(), encoding="utf-8")


if __name__ == "__main__":
    main()
