"""The contracts on who may import whom hold, and each of them catches what it is for."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from tests.house.sources import PACKAGE, ROOT

# name of the contract: (file, the line that breaks it) — more than one where it guards more than one way
PLANTED = [
    ("stacked", "base/journal.py", "from renwang.chain import models as _planted"),
    ("stacked", "outreach/rules.py", "from renwang.alerts import rules as _planted"),
    ("stacked", "chain/reach.py", "from renwang.ops import cli as _planted"),
    ("stacked", "unlisted/__init__.py", ""),
    ("doors are strangers", "web/desk/urls.py", "from renwang.web.public import urls as _planted"),
    ("doors are strangers", "web/frame/views.py", "from renwang.web.desk import urls as _planted"),
    ("doors are strangers", "web/kiosk/__init__.py", ""),
    (
        "lists are stacked",
        "registers/duties/apps.py",
        "from renwang.registers.risks import apps as _p",
    ),
    ("lists are stacked", "registers/unlisted/__init__.py", ""),
    ("households are sealed", "alerts/words.py", "from renwang.registers.care import apps as _p"),
    (
        "households are sealed",
        "web/public/urls.py",
        "from renwang.registers.care import apps as _p",
    ),
    (
        "confidence is apart",
        "cases/selectors.py",
        "from renwang.cases.mediation import seals as _p",
    ),
    ("rules are pure", "base/pure/clock.py", "from django.utils import timezone as _planted"),
    ("rules are pure", "outreach/rules.py", "import socket as _planted"),
    ("rules are pure", "alerts/rules.py", "from renwang.chain import models as _planted"),
]


def contracts() -> list[str]:
    """The sentences that the contracts are called by."""
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return [one["name"] for one in config["tool"]["importlinter"]["contracts"]]


def broken(folder: Path) -> tuple[int, list[str]]:
    """Check the contracts in a folder: the exit code, and which of them are broken."""
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(folder / "src"), "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )
    lines = (done.stdout + done.stderr).splitlines()
    return done.returncode, [line for line in lines if line.endswith(" BROKEN")] or lines[-15:]


@pytest.fixture(scope="module")
def skeleton(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the package's Python, to plant violations in."""
    folder = tmp_path_factory.mktemp("skeleton")
    shutil.copy(ROOT / "pyproject.toml", folder)
    for path in PACKAGE.rglob("*.py"):
        target = folder / "src" / "renwang" / path.relative_to(PACKAGE)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    return folder


def test_every_contract_holds(skeleton):
    code, lines = broken(skeleton)
    assert code == 0, "\n".join(lines)


def test_every_contract_has_a_planted_violation():
    assert [
        name for name in contracts() if not any(name.startswith(planted) for planted, *_ in PLANTED)
    ] == []


def test_every_file_of_rules_is_under_the_contract_on_rules():
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    [pure] = [
        one
        for one in config["tool"]["importlinter"]["contracts"]
        if one["name"].startswith("rules are pure")
    ]
    files = [*PACKAGE.rglob("rules.py"), *PACKAGE.rglob("*_rules.py")]
    modules = {
        "renwang." + ".".join(path.relative_to(PACKAGE).with_suffix("").parts) for path in files
    }
    assert sorted(modules - set(pure["source_modules"])) == []


@pytest.mark.parametrize(("contract", "file", "line"), PLANTED)
def test_a_planted_violation_is_caught(skeleton, contract, file, line):
    path = skeleton / "src" / "renwang" / file
    before = path.read_text(encoding="utf-8") if path.exists() else None
    try:
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"{before or ''}\n{line}\n", encoding="utf-8")
        code, lines = broken(skeleton)
        assert code != 0
        assert any(contract in found or file.split("/")[-2] in found for found in lines), lines
    finally:
        if before is None:
            shutil.rmtree(path.parent)
        else:
            path.write_text(before, encoding="utf-8")
