"""Habits that a reviewer would otherwise have to repeat. Each message gives the reason."""

import ast
import re
import subprocess
from pathlib import Path

import pytest
from tests.house.sources import PACKAGE, ROOT, kept_files, place, python_files, tree_of

LONGEST = 600
LARGEST = 1 << 20  # bytes
NOWHERE = {"utils", "helpers", "common", "manager"}
DOORS = {"web", "ops", "conf"}
HAN = re.compile(r"[\u4e00-\u9fff]")
MACHINE = re.compile(r"(?<![\w.])/(?:home|root|work|Users)/[\w.]+|/tmp/[\w.]*(?:bash|ops)")
REGISTRY = re.compile(
    r"https?://(?:[\w.-]*(?:pypi\.org|pythonhosted\.org|npmjs\.(?:org|com)|artifact\w*))"
)
TEXT = {
    ".py",
    ".md",
    ".html",
    ".ts",
    ".css",
    ".toml",
    ".yaml",
    ".yml",
    ".json",
    ".lock",
    ".sh",
    ".po",
}


def test_nothing_that_is_built_is_kept():
    built = subprocess.run(
        ["git", "ls-files", "--cached", "--ignored", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    heavy = [place(path) for path in kept_files() if path.stat().st_size > LARGEST]
    assert built + heavy == [], "it is made at set-up, and holds what others wrote"


def test_no_file_is_too_long_to_read():
    too_long = [
        f"{place(path)}: {lines}"
        for path in kept_files()
        if path.suffix in {".py", ".ts", ".html", ".css"} and "/migrations/" not in path.as_posix()
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST
    ]
    assert not too_long, "split by stage of life (intake, handling, closing), never into helpers"


def test_no_file_is_called_after_nothing():
    found = [place(path) for path in kept_files() if path.stem in NOWHERE and path.suffix in TEXT]
    assert not found, "a file is called after what it is about"


def test_no_machine_and_no_registry_is_named():
    found = [
        f"{place(path)}: {match[0]}"
        for path in kept_files()
        if path.suffix in TEXT or path.name in {"Makefile", "run"}
        for match in [*MACHINE.finditer(_text(path)), *REGISTRY.finditer(_text(path))]
        if path.name != "test_source.py"
    ]
    assert not found, "a file that names one machine is wrong on every other"


def test_doors_find_and_change_through_selectors_and_services():
    found = [
        place(path, node.lineno)
        for path in python_files("src/renwang/web")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Attribute) and node.attr in {"objects", "_base_manager"}
    ]
    assert not found, "a door that asks the database itself goes round `visible_to` and `require`"


def test_handlers_in_doors_are_short():
    too_long = [
        f"{place(path, node.lineno)} {node.name}: {length}"
        for path in python_files("src/renwang/web")
        for node in tree_of(path).body
        if isinstance(node, ast.FunctionDef) and node.args.args
        if node.args.args[0].arg == "request" and not node.name.startswith("_")
        if (length := _statement_lines(node)) > 25
    ]
    assert not too_long, "viewer, form, service or selector, template: what is longer hides a rule"


def test_news_travels_through_the_journal_only():
    found = [
        place(path, node.lineno)
        for path in python_files("src/renwang")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").startswith(("django.dispatch", "django.db.models.signals"))
    ]
    assert not found, "a Django signal is an import upward that no contract sees"


def test_records_remember_and_do_nothing():
    found = [
        f"{place(path, item.lineno)} {node.name}.{item.name}"
        for path in python_files("src/renwang")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ClassDef)
        and any("Model" in ast.unparse(base) for base in node.bases)
        for item in node.body
        if isinstance(item, ast.FunctionDef) and item.name in {"save", "delete", "full_clean"}
    ]
    assert not found, "what saving does belongs in a service, where it can be seen"


def test_who_acts_and_when_are_named_in_every_deed():
    found = [
        f"{place(path, node.lineno)} {node.name}"
        for path in python_files("src/renwang")
        if "services" in path.parts or path.name == "services.py"
        for node in tree_of(path).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
        for argument in node.args.args
        if argument.arg in {"by", "now"} and len(node.args.args) > 1 and _is_deed(node)
    ]
    assert not found, "`by` and `now` are keyword-only: two of anything in a row get exchanged"


def test_only_doors_and_the_worker_read_the_clock():
    readers = {"datetime.now", "datetime.utcnow", "timezone.now", "date.today", "time.time"}
    found = [
        f"{place(path, node.lineno)} {name}"
        for path in python_files("src/renwang")
        if path != PACKAGE / "base" / "pure" / "clock.py"
        if path.relative_to(PACKAGE).parts[0] not in DOORS
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call) and (name := ast.unparse(node.func)) in readers
    ]
    assert not found, (
        "`now` is an argument, so that a drill, a test and the simulator run the same rules"
    )


def test_only_doors_know_http():
    found = [
        f"{place(path, node.lineno)} {name}"
        for path in python_files("src/renwang")
        if path.relative_to(PACKAGE).parts[0] not in DOORS
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in _imported(node)
        if name.startswith(("django.http", "django.shortcuts", "django.views", "ninja"))
    ]
    assert not found, "below the doors nobody knows that there is such a thing as a request"


def test_no_place_level_or_agency_is_named_in_a_condition():
    found = [
        f"{place(path, node.lineno)} {constant.value!r}"
        for path in python_files("src/renwang")
        if path.relative_to(PACKAGE).parts[0]
        != "base"  # it knows no place, only how text is written
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Compare)
        for constant in ast.walk(node)
        if isinstance(constant, ast.Constant) and isinstance(constant.value, str)
        if HAN.search(constant.value) and not _is_only_a_mark(constant.value)
    ]
    assert not found, "what differs from place to place is data: a structure, a setting, a table"


def test_no_comment_is_left_for_later():
    later = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
    found = [
        place(path, number)
        for path in kept_files()
        if path.suffix in {".py", ".ts", ".html", ".css"} and path.name != "test_source.py"
        for number, line in enumerate(_text(path).splitlines(), 1)
        if later.search(line)
    ]
    assert not found, "do it, or write an issue"


@pytest.mark.parametrize(
    "name", ["LICENSE", "README.md", "README.zh.md", "CHANGELOG.md", "CONTRIBUTING.md"]
)
def test_the_front_page_is_complete(name):
    assert (ROOT / name).is_file()


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")


def _statement_lines(node: ast.FunctionDef) -> int:
    """Lines of a handler's body without its docstring."""
    body = node.body[1:] if ast.get_docstring(node) else node.body
    return body[-1].end_lineno - body[0].lineno + 1 if body else 0


def _imported(node: ast.Import | ast.ImportFrom) -> list[str]:
    if isinstance(node, ast.ImportFrom):
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return [alias.name for alias in node.names]


def _is_deed(node: ast.FunctionDef) -> bool:
    """A deed writes to the journal; what only finds or decides may take its moment in passing."""
    return any(
        isinstance(call, ast.Call) and ast.unparse(call.func) == "journal.record"
        for call in ast.walk(node)
    )


def _is_only_a_mark(value: str) -> bool:
    """Single signs that a file format uses, such as yes and no in a table, are no names."""
    return len(value) == 1
