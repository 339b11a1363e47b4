"""Every string on screen is there in both languages, and the tables fit the models."""

import subprocess
import sys

import pytest
from django.core.management import CommandError, call_command
from tests.house.sources import PACKAGE, ROOT


def test_every_string_is_translated():
    done = subprocess.run(
        [sys.executable, "tools/messages.py", "check", "--all"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_catalogue_is_compiled():
    behind = [
        str(path.relative_to(ROOT))
        for path in PACKAGE.rglob("locale/*/LC_MESSAGES/*.po")
        if not path.with_suffix(".mo").exists()
        or path.with_suffix(".mo").stat().st_mtime < path.stat().st_mtime
    ]
    assert not behind, "run: make messages"


def test_the_migrations_make_the_models(db):
    try:
        call_command("makemigrations", check=True, dry_run=True, verbosity=1)
    except (CommandError, SystemExit):
        pytest.fail("the models and the migrations differ: run makemigrations")
