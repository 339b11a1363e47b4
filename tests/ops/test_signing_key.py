"""The node's key on the command line and in a backup, and what the doctor says of it."""

import json
from datetime import timedelta

import pytest
from click.testing import CliRunner
from django.utils import translation

from renwang.alerts.signing import certificate_file, key_file, make_key
from renwang.ops.cap_commands import cap
from renwang.ops.doctor import Level
from renwang.ops.doctor.keys import key_backup, signing
from renwang.ops.sealed_key import (
    NoKeyToKeep,
    PassphraseTooShort,
    WrongPassphrase,
    note_backup,
    open_key,
    put_back,
    seal_key,
)


@pytest.fixture(autouse=True)
def _home(tmp_path, settings):
    settings.HOME = tmp_path
    with translation.override("en"):
        yield


def run(*words: str, **more):
    """Run `renwang cap key` with some words."""
    return CliRunner().invoke(cap, ["key", *words], **more)


def test_a_node_without_a_key_says_how_to_get_one(now):
    assert run("show").exit_code == 1
    [(level, _words, remedy)] = signing(now)
    assert (level, "cap key make" in remedy) == (Level.WARN, True)


def test_a_key_is_made_once_and_replaced_only_on_purpose(now):
    assert "Signs as: 青石街道" in run("make", "--name", "青石街道").output
    assert run("make", "--name", "别的").exit_code == 1
    assert run("make", "--name", "别的", "--replace").exit_code == 0
    assert "别的" in run("show").output


def test_a_key_of_an_authority_is_brought_in_and_nonsense_is_not(now, tmp_path, settings):
    make_key("外来", now=now)
    key, certificate = key_file().read_bytes(), certificate_file().read_bytes()
    (tmp_path / "k.pem").write_bytes(key)
    (tmp_path / "c.pem").write_bytes(certificate)
    settings.HOME = tmp_path / "home"
    assert run("import", str(tmp_path / "c.pem"), str(tmp_path / "k.pem")).exit_code == 1
    assert not key_file().exists()
    assert "外来" in run("import", str(tmp_path / "k.pem"), str(tmp_path / "c.pem")).output


def test_the_doctor_sees_the_end_coming_and_a_key_that_others_can_read(now):
    signatory = make_key("青石街道", now=now)
    assert [one[0] for one in signing(now)] == [Level.OK]
    assert [one[0] for one in signing(signatory.not_after - timedelta(days=9))] == [Level.WARN]
    assert [one[0] for one in signing(signatory.not_after + timedelta(days=1))] == [Level.BAD]
    key_file().chmod(0o644)
    assert [one[0] for one in signing(now)] == [Level.BAD]


class TestBackup:
    PASS = "雨夜石桥边的十二盏灯笼!"

    def test_a_passphrase_that_could_be_guessed_is_refused(self, now):
        make_key("青石街道", now=now)
        with pytest.raises(PassphraseTooShort):
            seal_key("lantern")

    def test_a_node_without_a_key_has_none_to_keep(self):
        with pytest.raises(NoKeyToKeep):
            seal_key(self.PASS)

    def test_a_wrong_passphrase_and_a_damaged_key_open_nothing(self, now):
        make_key("青石街道", now=now)
        sealed = seal_key(self.PASS)
        said = json.loads(sealed)
        for bad, passphrase in (
            (sealed, self.PASS + "?"),
            (sealed[:-20], self.PASS),
            (json.dumps(said | {"nonce": said["salt"]}).encode(), self.PASS),
            (json.dumps(said | {"cost": 2**40}).encode(), self.PASS),
            (b"{}", self.PASS),
        ):
            with pytest.raises(WrongPassphrase):
                open_key(bad, passphrase)

    def test_key_and_certificate_come_back_for_the_node_alone(self, now, tmp_path, settings):
        make_key("青石街道", now=now)
        key, certificate = key_file().read_bytes(), certificate_file().read_bytes()
        sealed = seal_key(self.PASS)
        assert b"PRIVATE" not in sealed
        settings.HOME = tmp_path / "elsewhere"
        put_back(open_key(sealed, self.PASS))
        assert (key_file().read_bytes(), certificate_file().read_bytes()) == (key, certificate)
        assert key_file().stat().st_mode & 0o077 == 0

    def test_another_key_that_was_there_goes_on_being_good(self, now, tmp_path):
        make_key("青石街道", now=now)
        sealed = seal_key(self.PASS)
        make_key("后来", now=now, replace=True)
        put_back(open_key(sealed, self.PASS))
        put_back(open_key(sealed, self.PASS))
        assert "青石街道" in run("show").output
        assert len(list((tmp_path / "trusted").glob("own-*.pem"))) == 2

    def test_the_doctor_asks_for_a_backup_of_the_key_that_is_there(self, now):
        assert key_backup(now) == []
        make_key("青石街道", now=now)
        [(level, _words, remedy)] = key_backup(now)
        assert (level, "--with-key" in remedy) == (Level.WARN, True)
        note_backup(now)
        assert key_backup(now)[0][0] == Level.OK
        assert key_backup(now + timedelta(days=181))[0][0] == Level.WARN
        make_key("后来", now=now, replace=True)
        assert key_backup(now)[0][0] == Level.WARN
