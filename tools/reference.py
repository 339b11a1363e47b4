#!/usr/bin/env python3
"""Write the reference pages that are lists of what the code declares: commands, verbs, addresses, checks.

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


def _checks() -> str:
    from renwang.chain.reach import CAPABILITIES
    from renwang.registers.readiness.catalogue import families
    from renwang.registers.readiness.figures import figures
    from renwang.registers.readiness.models import SEVERITIES
    from renwang.registers.readiness.saying import say_mender

    lines = [
        "# Readiness checks\n",
        "What the readiness check looks for, and the figures over which an organisation writes its own. "
        "See [holes, not scores](../explanation/holes-not-scores.md).\n",
        "The bounds that the sentences name are customary and no law, unless the line says so; each "
        "stands as a constant with its reason in the rules of its family.\n",
    ]
    for family in families():
        lines += [
            f"## {family.name}\n",
            "| Check | What it says | Why | How grave | Who can mend it | Who may know |",
        ]
        lines.append("| --- | --- | --- | --- | --- | --- |")
        for one in family.checks:
            cells = (
                f"`{one.key}` {one.name}", one.sentence, one.why, SEVERITIES[one.severity],
                f"{say_mender(one.mender)} (`{one.mender}`)", f"`{one.sees}`: {CAPABILITIES[one.sees]}",
            )  # fmt: skip
            lines.append("| " + " | ".join(str(cell) for cell in cells) + " |")
        lines.append("")
    lines += ["## Figures for own checks\n", "Each stands for a place and everything below it.\n"]
    lines += ["| Figure | What it says |", "| --- | --- |"]
    lines += [f"| `{name}` | {words} |" for name, words in figures().items()]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write the pages."""
    import django

    django.setup()
    from renwang.ops.cli import speak

    speak("en")
    pages = {
        "commands.md": _commands,
        "journal-verbs.md": _verbs,
        "urls.md": _addresses,
        "readiness.md": _checks,
    }
    for name, write in pages.items():
        (PAGES / name).write_text(write(), encoding="utf-8")


if __name__ == "__main__":
    main()
