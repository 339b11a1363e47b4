"""A backup is whole or refused; it comes back into any engine and into a later version, or not at all."""

import json
import zipfile
from pathlib import Path

import pytest

from tests.ops.conftest import LATER

pytestmark = pytest.mark.slow

FILL = """
from datetime import datetime, timedelta
from django.db import transaction
from renwang.base import journal
from renwang.base.sealing import seal_all
from tests.cast import assemble
from tests.conftest import NOW
from tests import make
cast = assemble(NOW)
make.account(cast.worker, "wang")
journal.declare({"test.done": "done"})
with transaction.atomic():
    for number in range(50):
        journal.record("test.done", cast.grid, by=cast.worker, at=NOW, number=number)
seal_all()
from django.conf import settings
settings.MEDIA_ROOT.mkdir(parents=True, exist_ok=True)
(settings.MEDIA_ROOT / "photo.jpg").write_bytes(b"a photograph")
"""
SUMMARY = """
import json
from renwang.base.models import Entry, Head
from renwang.chain.models import Account, Person, Unit
from django.conf import settings
head = Head.objects.get()
print(json.dumps({
    "head": [head.seq, head.digest],
    "people": sorted(map(str, Person.objects.values_list("id", "name"))),
    "units": sorted(map(str, Unit.objects.values_list("path", "name", "since_on"))),
    "password": Account.objects.get().password,
    "opened": Account.objects.get().created_at.isoformat(),
    "photo": (settings.MEDIA_ROOT / "photo.jpg").read_text(),
}))
"""


@pytest.fixture(scope="module")
def filled(make_node):
    """A node with people, facts and a file; whoever changes it puts it right again."""
    node = make_node(migrated=True)
    node.python(FILL)
    return node


@pytest.fixture(scope="module")
def backup(filled, tmp_path_factory) -> Path:
    """A backup of it."""
    path = tmp_path_factory.mktemp("backup") / "node.zip"
    done = filled.run("backup", path)
    assert done.returncode == 0, done.stderr
    return path


def test_what_is_no_whole_backup_is_refused_and_nothing_is_touched(filled, backup, tmp_path):
    before = filled.python(SUMMARY)
    whole = backup.read_bytes()
    damaged = bytearray(whole)
    with zipfile.ZipFile(backup) as archive:
        middle = archive.getinfo("tables/base_entry.jsonl").header_offset + 120
    damaged[middle] ^= 0xFF
    bad = {
        "empty": b"",
        "half": whole[: len(whole) // 2],
        "damaged": bytes(damaged),
        "another": b"%PDF-1.7 a letter",
    }
    for name, content in bad.items():
        path = tmp_path / f"{name}.zip"
        path.write_bytes(content)
        done = filled.run("restore", path, "--replace")
        assert (done.returncode, "no whole backup" in done.stderr) == (1, True), name
    assert filled.python(SUMMARY) == before


def test_an_altered_table_is_refused_though_the_file_is_whole(filled, backup, tmp_path):
    forged = tmp_path / "forged.zip"
    with zipfile.ZipFile(backup) as old, zipfile.ZipFile(forged, "w") as new:
        for member in old.namelist():
            content = old.read(member)
            if member == "tables/chain_person.jsonl":
                content = content.replace("王格平".encode(), "王某某".encode())
            new.writestr(member, content)
    done = filled.run("restore", forged, "--replace")
    assert done.returncode == 1
    assert "chain_person" in done.stderr


def test_a_path_out_of_the_media_folder_is_refused(make_node, backup, tmp_path):
    forged = tmp_path / "forged.zip"
    with zipfile.ZipFile(backup) as old, zipfile.ZipFile(forged, "w") as new:
        for member in old.namelist():
            content = old.read(member)
            if member == "contents.json":
                contents = json.loads(content)
                contents["media"] = ["media/../../secret.key"]
                content = json.dumps(contents).encode()
            new.writestr(member, content)
    assert make_node().run("restore", forged).returncode == 1


def test_a_node_that_is_not_empty_is_refused_without_replace(filled, backup):
    before = filled.python(SUMMARY)
    done = filled.run("restore", backup)
    assert done.returncode == 1
    assert "--replace" in done.stderr
    assert filled.python(SUMMARY) == before


def test_a_running_node_is_refused(filled, backup):
    filled.python(
        "from renwang.base.jobs import mark_beats; from renwang.base.pure.clock import read_clock\n"
        "mark_beats(['worker'], read_clock())"
    )
    done = filled.run("restore", backup, "--replace")
    assert (done.returncode, "running" in done.stderr) == (1, True)
    filled.python("from renwang.base.models import Beat; Beat.objects.update(ran_at=None)")


def test_a_backup_of_a_later_version_is_refused(make_node, tmp_path):
    later = make_node(settings=LATER, migrated=True)
    later.run("backup", tmp_path / "later.zip")
    done = make_node().run("restore", tmp_path / "later.zip")
    assert (done.returncode, "later.0001_initial" in done.stderr) == (1, True)


def test_a_backup_with_a_broken_journal_is_refused_unless_it_is_accepted(
    filled, make_node, tmp_path
):
    change = "from renwang.base.models import Entry; Entry.objects.filter(seq=7).update(place='{}')"
    place = filled.python(
        "from renwang.base.models import Entry; print(Entry.objects.get(seq=7).place)"
    )
    filled.python(change.format("/elsewhere/"))
    assert filled.run("backup", tmp_path / "broken.zip").returncode == 0
    filled.python(change.format(place))
    fresh = make_node()
    done = fresh.run("restore", tmp_path / "broken.zip")
    assert done.returncode == 1
    assert "Fact 7" in done.stderr
    assert "migrate" in fresh.run("journal", "verify").stderr  # not one table was left behind
    assert fresh.run("restore", tmp_path / "broken.zip", "--accept-broken").returncode == 0
    assert fresh.run("journal", "verify").returncode == 1


def test_a_file_that_is_there_is_not_written_over(filled, backup):
    before = backup.read_bytes()
    assert filled.run("backup", backup).returncode == 1
    assert backup.read_bytes() == before


def test_a_database_without_tables_is_no_node_to_back_up(make_node, tmp_path):
    done = make_node().run("backup", tmp_path / "nothing.zip")
    assert (done.returncode, list(tmp_path.glob("nothing*"))) == (1, [])


def test_everything_comes_back_into_a_fresh_node(filled, backup, make_node):
    fresh = make_node()
    done = fresh.run("restore", backup)
    assert done.returncode == 0, done.stderr
    assert fresh.python(SUMMARY) == filled.python(SUMMARY)
    assert fresh.run("journal", "verify").returncode == 0
    shown = fresh.python(
        "from renwang.base.sealing import seal_all; seal_all()\n"
        "from renwang.base.journal import sealed; print(sealed().last().verb)"
    )
    assert shown == "ops.restored"  # and recording goes on after the last number


def test_everything_moves_between_engines(filled, backup, make_node):
    other = make_node("sqlite")
    assert other.run("restore", backup).returncode == 0
    assert other.python(SUMMARY) == filled.python(SUMMARY)


def test_a_backup_comes_back_into_a_later_version_through_its_migrations(make_node, tmp_path):
    earlier = make_node(settings=LATER, migrated=True)
    earlier.python(
        """
from datetime import UTC, datetime, timedelta
from uuid import UUID
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
call_command("migrate", "later", "0001", verbosity=0)
Shelter = MigrationExecutor(connection).loader.project_state([("later", "0001_initial")]).apps.get_model("later", "Shelter")
school = Shelter.objects.create(id=UUID(int=1), place="Riverside 12", sketch=b"\\x00\\xff", details={"beds": [3, None]}, open_for=timedelta(hours=36, microseconds=5))
Shelter.objects.create(id=UUID(int=2), place="Hill Road 7", near=school)
Shelter.objects.update(seen_at=datetime(2020, 2, 3, 4, 5, 6, 7, tzinfo=UTC))
"""
    )
    assert earlier.run("backup", tmp_path / "earlier.zip").returncode == 0
    later = make_node(settings=LATER)
    done = later.run("restore", tmp_path / "earlier.zip")
    assert done.returncode == 0, done.stderr
    found = later.python(
        """
from tests.ops.later.models import Shelter
for one in Shelter.objects.order_by("id"):
    print(one.street, one.number, one.seen_at.isoformat(), bytes(one.sketch), one.details, one.open_for, one.near_id)
"""
    )
    assert found.splitlines() == [
        "Riverside 12 2020-02-03T04:05:06.000007+00:00 b'\\x00\\xff' {'beds': [3, None]} "
        "1 day, 12:00:00.000005 None",
        "Hill Road 7 2020-02-03T04:05:06.000007+00:00 b'' {} None "
        "00000000-0000-0000-0000-000000000001",
    ]


def test_only_its_owner_can_read_a_backup(backup):
    assert backup.stat().st_mode & 0o077 == 0


def test_the_secret_key_comes_along_only_when_asked_for(filled, backup, tmp_path, make_node):
    with zipfile.ZipFile(backup) as archive:
        assert "secret.key" not in archive.namelist()
    (filled.home / "secret.key").write_text("the node's own secret")
    assert filled.run("backup", tmp_path / "with.zip", "--with-secret").returncode == 0
    fresh = make_node()
    assert fresh.run("restore", tmp_path / "with.zip").returncode == 0
    assert (fresh.home / "secret.key").read_text() == "the node's own secret"
    assert (fresh.home / "secret.key").stat().st_mode & 0o077 == 0


ASK = """
from renwang.bulletins.services import Asking, ask_publicly
from tests.cast import assemble
from tests.conftest import NOW
cast = assemble(NOW)
ask_publicly(Asking("三单元的路灯坏了"), cast.community, address="192.0.2.7", now=NOW, via="web")
"""
ERASE = """
from datetime import timedelta
from renwang.bulletins.services import erase_words
from renwang.ops.forgotten_list import keep_list
from tests.conftest import NOW
assert erase_words(NOW + timedelta(days=400)) == 1
assert (keep_list(), keep_list()) == (1, 0)
"""
WORDS = "from renwang.bulletins.models import Question; print(Question.objects.get().words)"


@pytest.fixture(scope="module")
def erased(make_node, tmp_path_factory):
    """A node, a backup of it, and its list of what was erased after that."""
    node = make_node(migrated=True)
    node.python(ASK)
    path = tmp_path_factory.mktemp("erased") / "before.zip"
    assert node.run("backup", path).returncode == 0
    node.python(ERASE)
    return node, path


def test_what_was_erased_since_stays_erased_where_the_node_still_is(erased):
    node, before = erased
    done = node.run("restore", before, "--replace")
    assert (done.returncode, "1 thing that had been erased" in done.stdout) == (0, True)
    assert node.python(WORDS) == ""


def test_what_was_erased_since_stays_erased_on_another_machine(erased, make_node):
    node, before = erased
    kept = node.home / "forgotten.jsonl"
    assert kept.stat().st_mode & 0o077 == 0
    assert "路灯" not in kept.read_text()
    assert make_node().run("restore", before, "--forgotten", kept).returncode == 0
    fresh = make_node("sqlite")
    (fresh.home / "forgotten.jsonl").write_bytes(kept.read_bytes() + b'{"kind": "cut o')
    assert fresh.run("restore", before).returncode == 0  # its own list is always read
    assert fresh.python(WORDS) == ""


PHOTOGRAPH = """
from io import BytesIO
from PIL import Image
from renwang.registers.risks import photos, services
from renwang.registers.risks.services import Found
from tests.cast import assemble
from tests.conftest import NOW
cast = assemble(NOW)
risk = services.report_risk(Found("裂缝", NOW), cast.grid, by=cast.viewer(cast.worker), now=NOW)
for colour in ("red", "olive"):
    drawn = BytesIO()
    Image.new("RGB", (20, 20), colour).save(drawn, "PNG")
    made = photos.add_photo(risk.pk, drawn.getvalue(), by=cast.viewer(cast.worker), now=NOW)
"""
REMOVE = """
from renwang.ops.forgotten_list import keep_list
from renwang.registers.risks import photos
from renwang.registers.risks.models import Photo
from tests.conftest import NOW
first = Photo.objects.order_by("pk").first()
photos.remove_photo(first.pk, by="node:test", now=NOW, reason="拍到了人脸")
keep_list()
print(first.pk)
"""
PHOTOS = """
from django.conf import settings
from renwang.registers.risks.models import Photo
files = sorted(one.stem for one in settings.MEDIA_ROOT.rglob("*.jpg"))
print(files == sorted(map(str, Photo.objects.values_list("pk", flat=True))), len(files))
"""


def test_a_photograph_removed_since_comes_back_neither_as_row_nor_as_file(make_node, tmp_path):
    node = make_node(migrated=True)
    node.python(PHOTOGRAPH)
    assert node.python(PHOTOS) == "True 2"
    before = tmp_path / "before.zip"
    assert node.run("backup", before).returncode == 0
    gone = node.python(REMOVE)
    assert node.python(PHOTOS) == "True 1"
    with zipfile.ZipFile(before) as archive:
        assert any(gone in name for name in archive.namelist())
    assert node.run("restore", before, "--replace").returncode == 0
    assert node.python(PHOTOS) == "True 1"
    fresh = make_node("sqlite")
    kept = node.home / "forgotten.jsonl"
    assert fresh.run("restore", before, "--forgotten", kept).returncode == 0
    assert fresh.python(PHOTOS) == "True 1"


def test_a_list_that_cannot_be_read_is_refused_before_anything_is_touched(erased, tmp_path):
    node, before = erased
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"kind": "bulletins.words", "key": 7, "at": "2026-07-15T00:00:00+00:00"}\n')
    facts = "from renwang.base.models import Entry; print(Entry.objects.count())"
    count = node.python(facts)
    done = node.run("restore", before, "--replace", "--forgotten", bad)
    assert (done.returncode, "cannot be read" in done.stderr) == (1, True)
    assert node.python(facts) == count


KEY = """
from renwang.alerts.signing import make_key
from tests.conftest import NOW
make_key("青石街道", now=NOW)
"""


def test_the_signing_key_comes_along_only_when_asked_for_and_under_a_passphrase(
    filled, make_node, tmp_path
):
    right, wrong = tmp_path / "right", tmp_path / "wrong"
    right.write_text("twelve lanterns\n", encoding="utf-8")
    wrong.write_text("thirteen lanterns\n", encoding="utf-8")
    keyed = ("--with-key", "--passphrase-file", right)
    assert filled.run("backup", tmp_path / "none.zip", *keyed).returncode == 1
    filled.python(KEY)
    assert filled.run("backup", tmp_path / "plain.zip").returncode == 0
    with zipfile.ZipFile(tmp_path / "plain.zip") as archive:
        assert "cap-key.sealed" not in archive.namelist()
    assert filled.run("backup", tmp_path / "keyed.zip", "--with-key").returncode == 1
    assert filled.run("backup", tmp_path / "keyed.zip", *keyed).returncode == 0

    fresh = make_node()
    for refused in ((), ("--passphrase-file", wrong)):
        assert fresh.run("restore", tmp_path / "keyed.zip", *refused).returncode == 1
        assert "migrate" in fresh.run("journal", "verify").stderr  # nothing was touched
    done = fresh.run("restore", tmp_path / "keyed.zip", "--passphrase-file", right)
    assert done.returncode == 0, done.stderr
    assert (fresh.home / "cap-key.pem").read_bytes() == (filled.home / "cap-key.pem").read_bytes()
    other = make_node("sqlite")
    assert other.run("restore", tmp_path / "keyed.zip", "--without-key").returncode == 0
    assert not (other.home / "cap-key.pem").exists()
