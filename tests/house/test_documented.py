"""Every setting, verb, address, command, metric and promise stands in the documentation."""

import importlib
import re
from collections.abc import Iterator

import click
import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from tests.house.sources import ROOT, python_files

from renwang.base import journal
from renwang.ops.commands import COMMANDS

DOCS = ROOT / "docs"


def page(name: str) -> str:
    """A page of the documentation."""
    return (DOCS / name).read_text(encoding="utf-8")


def test_every_setting_is_explained():
    read = re.compile(r'(?:text|words|number|flag)\(\s*"(RENWANG_\w+)"')
    names = {
        name
        for path in python_files("src/renwang")
        for name in read.findall(path.read_text(encoding="utf-8"))
    }
    text = page("reference/settings.md")
    assert names
    assert sorted(name for name in names if f"`{name}`" not in text) == []


def test_no_setting_is_explained_that_is_not_read():
    known = "".join(
        path.read_text(encoding="utf-8") for path in python_files("src", "tools", "tests")
    )
    named = set(re.findall(r"`(RENWANG_\w+)`", page("reference/settings.md")))
    assert sorted(name for name in named if name not in known) == []


def test_every_verb_of_the_journal_is_explained():
    text = page("reference/journal-verbs.md")
    ours = [verb for verb in journal.sentences() if not verb.startswith("test.")]
    assert [verb for verb in ours if f"`{verb}`" not in text] == []


def test_no_verb_is_explained_that_is_not_declared():
    named = re.findall(r"^\| `([\w.]+)`", page("reference/journal-verbs.md"), re.MULTILINE)
    assert [verb for verb in named if verb not in journal.sentences()] == []


def addresses(resolver: URLResolver, before: str = "/") -> Iterator[str]:
    """Every address of the project's own doors."""
    for pattern in resolver.url_patterns:
        address = before + str(pattern.pattern).lstrip("^").rstrip("$")
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern, address)
        elif isinstance(pattern, URLPattern):
            module = getattr(pattern.callback, "__module__", "")
            if module.startswith(("renwang.", "ninja")):
                yield address


def test_every_address_is_listed():
    text = page("reference/urls.md")
    assert sorted({one for one in addresses(get_resolver()) if f"`{one}`" not in text}) == []


def commands(group: click.Group, name: str) -> Iterator[str]:
    """A group's commands with the group's name before them."""
    for sub, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{name} {sub}")
        else:
            yield f"{name} {sub}"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_explained(name):
    module, function, _help = COMMANDS[name]
    command = getattr(importlib.import_module(f"renwang.ops.{module}"), function)
    names = [*commands(command, name)] if isinstance(command, click.Group) else [name]
    text = page("reference/commands.md")
    assert [one for one in names if f"`renwang {one}" not in text] == []


def test_every_metric_is_explained():
    source = (ROOT / "src/renwang/ops/metrics.py").read_text(encoding="utf-8")
    text = page("reference/metrics.md")
    assert [name for name in re.findall(r'"(renwang_\w+)"', source) if f"`{name}" not in text] == []


@pytest.mark.parametrize("name", ["explanation/promises.md", "explanation/zh/promises.md"])
def test_every_promise_names_tests_that_exist(name):
    if not (DOCS / name).exists():
        pytest.fail(f"there is no {name}: the promises are made in both languages")
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", page(name))
    assert named
    missing = [
        f"{path}::{test}"
        for path, test in named
        if not (ROOT / path).is_file()
        or (test and f"def {test}(" not in (ROOT / path).read_text(encoding="utf-8"))
    ]
    assert missing == []


def test_every_page_link_leads_somewhere():
    link = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
    found = []
    for path in [*DOCS.rglob("*.md"), *ROOT.glob("*.md")]:
        for target in link.findall(path.read_text(encoding="utf-8")):
            if "images/generated" not in target and not (path.parent / target).exists():
                found.append(f"{path.relative_to(ROOT)}: {target}")
    assert found == []
