"""The node's key on the command line, and what the doctor says of it."""

from datetime import timedelta

import pytest
from click.testing import CliRunner
from django.utils import translation

from renwang.alerts.signing import certificate_file, key_file, make_key
from renwang.ops.cap_commands import cap
from renwang.ops.doctor import Level
from renwang.ops.doctor.keys import signing


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
