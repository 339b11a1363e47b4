"""The project's own files, as the house tests read them."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "renwang"


@cache
def kept_files() -> tuple[Path, ...]:
    """Every file that belongs to the project: those git keeps, and new ones it does not ignore."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return tuple(
        sorted(ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file())
    )


def python_files(*folders: str) -> Iterator[Path]:
    """Python files below some folders of the project, migrations left out."""
    for path in kept_files():
        inside = path.relative_to(ROOT).as_posix()
        if path.suffix == ".py" and "/migrations/" not in inside and inside.startswith(folders):
            yield path


@cache
def tree_of(path: Path) -> ast.Module:
    """A Python file as a tree."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def place(path: Path, line: int = 0) -> str:
    """How a finding names a place."""
    name = path.relative_to(ROOT).as_posix()
    return f"{name}:{line}" if line else name
