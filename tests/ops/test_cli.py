"""The command line speaks two languages, takes its settings from anywhere on the line, and fails with a sentence."""

import json
import re

import pytest

from renwang.ops.cli import database_address, shell_language, take_option


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh-hans"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "en_GB.UTF-8"}, "en"),
        ({"LANG": "en_GB.UTF-8", "RENWANG_LANGUAGE": "zh"}, "zh-hans"),
        ({"LC_ALL": "", "LANG": "zh_CN"}, "zh-hans"),
    ],
)
def test_the_language_is_the_shells(environment, language):
    assert shell_language(environment) == language


@pytest.mark.parametrize(
    ("line", "taken", "left"),
    [
        (["--home", "a", "serve"], "a", ["serve"]),
        (["serve", "--home=a"], "a", ["serve"]),
        (["serve", "--home"], None, ["serve", "--home"]),
        (["serve", "--", "--home", "a"], None, ["serve", "--", "--home", "a"]),
        (["serve"], None, ["serve"]),
    ],
)
def test_an_option_is_taken_from_anywhere_before_the_dashes(line, taken, left):
    assert take_option(line, "--home") == taken
    assert line == left


def test_a_path_is_an_sqlite_file(tmp_path):
    assert database_address("postgresql://h/d") == "postgresql://h/d"
    assert database_address(str(tmp_path / "n.db")) == f"sqlite:///{tmp_path / 'n.db'}"


@pytest.fixture(scope="module")
def node(make_node):
    """A migrated node."""
    return make_node(migrated=True)


def test_help_is_there_in_both_languages(node):
    english = node.run("--help").stdout
    chinese = node.run("--help", RENWANG_LANGUAGE="zh").stdout
    assert "Run the node" in english
    assert "Usage:" in english
    assert "Usage:" not in chinese
    assert len(re.findall(r"[\u4e00-\u9fff]", chinese)) > 60


@pytest.mark.anywhere
def test_an_unknown_command_and_a_wrong_setting_end_with_a_sentence(node):
    done = node.start("conquer")
    assert (done.returncode, "conquer" in done.stderr) == (2, True)
    done = node.start("doctor", RENWANG_WORKER_TICK_MS="soon")
    assert (done.returncode, "RENWANG_WORKER_TICK_MS" in done.stderr) == (2, True)
    assert "Traceback" not in done.stderr


def test_a_database_without_tables_is_told_to_migrate(make_node):
    fresh = make_node("sqlite")
    for command in (["journal", "verify"], ["serve"], ["journal", "show"]):
        done = fresh.run(*command)
        assert done.returncode == 1
        assert "renwang migrate" in done.stderr
        assert "Traceback" not in done.stderr


def test_a_database_that_is_not_there_is_named_by_the_doctor(node):
    done = node.run("doctor", "--json", "--database", "postgresql://nobody@127.0.0.1:1/none")
    assert done.returncode == 1
    [database] = [one for one in json.loads(done.stdout) if one["check"] == "database"]
    assert database["level"] == "bad"
    assert "RENWANG_DATABASE_URL" in database["remedy"]


def test_the_doctor_looks_at_everything_and_says_what_to_do(node):
    done = node.run("doctor", "--json")
    found = json.loads(done.stdout)
    assert {one["check"] for one in found} == {
        "configuration", "database", "migrations", "clock", "disk", "worker", "relays", "channels",
        "signing", "trust", "accounts",
    }  # fmt: skip
    assert all(one["remedy"] for one in found if one["check"] == "worker" and one["level"] == "bad")
    assert done.returncode == 1  # no worker runs


def test_the_journal_is_shown_and_verified(node):
    node.python(
        "from django.db import transaction\n"
        "from renwang.base import journal, sealing\n"
        "from renwang.base.models import Head\n"
        "from tests.conftest import NOW\n"
        "head, _ = Head.objects.get_or_create(pk=1)\n"
        "with transaction.atomic():\n"
        "    journal.record('ops.restored', head, by='node:test', at=NOW, made_at='then')\n"
        "sealing.seal_all()"
    )
    shown = node.run("journal", "show").stdout
    assert "node:test restored the node from a backup of then" in shown
    [row] = [json.loads(line) for line in node.run("journal", "show", "--json").stdout.splitlines()]
    assert (row["seq"], row["verb"], row["facts"]) == (1, "ops.restored", {"made_at": "then"})
    assert node.run("journal", "show", "--verb", "chain.").stdout == ""

    verdict = json.loads(node.run("journal", "verify", "--json").stdout)
    assert verdict["whole"]
    anchor = f"1:{verdict['digest']}"
    assert node.run("journal", "verify", "--expect", anchor).returncode == 0
    assert node.run("journal", "verify", "--expect", f"1:{'0' * 64}").returncode == 1
    assert node.run("journal", "verify", "--expect", "yesterday").returncode == 2


def test_a_first_sign_in_is_opened_from_the_shell(node):
    node.python("from tests import make; make.unit('柳湾区', 'district', code='990105')")
    assert node.run("account", "add", "cheng", "--at", "990105").returncode == 1  # who is it?
    assert node.run("account", "add", "cheng", "--name", "程运维", "--at", "99").returncode == 1
    done = node.run("account", "add", "cheng", "--name", "程运维", "--at", "990105")
    assert done.returncode == 0, done.stderr
    password = re.search(r"Password: (\S+)", done.stdout)[1]
    check = (
        "from renwang.chain.models import Account; from renwang.chain.reach import viewer_of\n"
        "from renwang.base.pure.clock import read_clock\n"
        "a = Account.objects.get(username='cheng')\n"
        f"print(a.check_password('{password}'), viewer_of(a.person, read_clock()).may('node.operate'))"
    )
    assert node.python(check) == "True True"
    assert node.run("account", "add", "cheng", "--name", "程二", "--at", "990105").returncode == 1
    assert node.run("account", "password", "cheng").returncode == 0
    assert node.python(check) == "False True"
    assert node.run("account", "end-sessions", "cheng").returncode == 0
    assert node.run("account", "end-sessions", "nobody").returncode == 1
    assert node.run("account", "forget-provider", "cheng").returncode == 0
    assert node.run("account", "forget-provider", "nobody").returncode == 1
