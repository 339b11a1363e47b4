"""Every string on screen is there in both languages, and the tables fit the models."""

import subprocess
import sys
from io import BytesIO

import pytest
from babel.messages.pofile import read_po
from django.core.management import CommandError, call_command
from django.utils import translation
from django.utils.translation import gettext, pgettext
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


def test_no_word_is_said_by_another_app():
    """The first catalogue that knows a word wins: a twin in an app before it takes ours away."""
    found = []
    with translation.override("zh-hans"):
        for path in PACKAGE.rglob("locale/*/LC_MESSAGES/django.po"):
            for word in read_po(BytesIO(path.read_bytes())):
                if isinstance(word.id, str) and word.id:
                    said = pgettext(word.context, word.id) if word.context else gettext(word.id)
                    if said != word.string:
                        found.append(f"{path.relative_to(ROOT)}: {word.id} reads {said}")
    assert not found, "give it a context"


def test_the_migrations_make_the_models(db):
    try:
        call_command("makemigrations", check=True, dry_run=True, verbosity=1)
    except (CommandError, SystemExit):
        pytest.fail("the models and the migrations differ: run makemigrations")
