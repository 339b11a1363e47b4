"""Who withdraws his consent is forgotten: also from a backup made before, on this machine and on another one."""

import json

import pytest

from tests.registers.care.listed import SECRETS

pytestmark = pytest.mark.slow

FILL = """
import json
from datetime import timedelta
from uuid import uuid4
from tests.cast import assemble
from tests.conftest import NOW
from tests.registers.care.listed import entered, keeper, opener
from renwang.base.sealing import seal_all
from renwang.registers.care import services
from renwang.registers.care.services.pairing import pair_helper
from renwang.registers.care.services.papering import print_paper
from renwang.registers.care.services.rounds import Cause, start_round
from renwang.registers.care.services.visiting import record_visit
from renwang.registers.care.visit_rules import Outcome
cast = assemble(NOW)
by = keeper(cast)
gone, stays = entered(cast), entered(cast)
for made in (gone, stays):
    pair_helper(made.entry.pk, cast.head, by=by, now=NOW)
    record_visit(uuid4(), made.entry.pk, Outcome.NEEDS, by=by, now=NOW, want="药没了")
    services.look_into(made.entry.pk, by=by, now=NOW)
place = cast.street.path
start_round(Cause("thread", uuid4(), place, (place,), "power_cut", "停电"), now=NOW)
print_paper(cast.community, cast.head, NOW + timedelta(days=1), by=by, now=NOW)
seal_all()
print(json.dumps({"code": gone.code, "key": str(gone.entry.pk), "ref": gone.entry.ref}))
"""
WITHDRAW = """
import importlib
import axes.conf
from django.test.utils import setup_test_environment
importlib.reload(axes.conf)  # its settings are those of the process that this one was forked from
setup_test_environment()
from django.test import Client
from renwang.base.sealing import seal_all
from renwang.ops.forgotten_list import keep_list
answer = Client().post("/field/looked/withdraw/", {{"code": "{code}"}})
assert answer.status_code == 303
seal_all()
assert keep_list() == 1
"""
FOUND = """
import importlib
import axes.conf
from django.test.utils import setup_test_environment
importlib.reload(axes.conf)  # its settings are those of the process that this one was forked from
setup_test_environment()
import json
from django.db import connection
from tests.web.desk_pages import as_
from renwang.chain.models import Person
from renwang.registers.care import finding
from renwang.registers.care.models import CareEntry, Pairing, PaperLine, RoundDoor, Visit
from renwang.base.verifying import verify_journal
from tests.databases import tables_with_rows
named = []
with connection.cursor() as cursor:
    for table in tables_with_rows(cursor):
        cursor.execute(f'SELECT * FROM "{{table}}"')
        text = repr(cursor.fetchall())
        if any(key in text for key in ({key!r}, {key!r}.replace("-", ""))):
            named.append(table)
keeper = as_(Person.objects.get(name="石书勤"))
pages = {{
    page: keeper.get(page).content.decode() for page in ("/desk/care/", "/desk/care/papers/")
}}
pages |= {{"round": keeper.get(f"/desk/care/rounds/{{RoundDoor.objects.first().check_round_id}}/").content.decode()}}
journal = as_(Person.objects.get(name="程运维")).get("/desk/journal/?q={ref}").content.decode()
print(json.dumps({{
    "left": [model.objects.count() for model in (CareEntry, Pairing, Visit, PaperLine)],
    "doors": [RoundDoor.objects.count(), RoundDoor.objects.exclude(entry=None).count()],
    "named": sorted(named),
    "shown": [name for name, text in pages.items() if {ref!r} in text or {key!r} in text],
    "journal": journal,
    "code": finding.entry_by_code({code!r}) is None,
    "whole": verify_journal(lambda done, total: None).whole,
}}))
"""


@pytest.fixture(scope="module")
def withdrawn(make_node, tmp_path_factory):
    """A node on which somebody withdrew after a backup was made; the backup; and who it was."""
    node = make_node(migrated=True)
    who = json.loads(node.python(FILL).splitlines()[-1])
    before = tmp_path_factory.mktemp("withdrawn") / "before.zip"
    assert node.run("backup", before).returncode == 0
    node.python(WITHDRAW.format(**who))
    return node, before, who


def check(node, who) -> None:
    """Nothing is left of him but his number and that he was forgotten; the other one is still there."""
    found = json.loads(node.python(FOUND.format(**who)).splitlines()[-1])
    assert found["left"] == [1, 1, 1, 1]
    assert found["doors"] == [2, 1]
    assert set(found["named"]) <= {"base_entry", "base_forgotten"}
    assert found["shown"] == []
    assert found["code"]
    assert found["whole"]
    for secret in (*SECRETS, "药没了"):
        assert secret not in found["journal"]
    assert f"/desk/care/{who['key']}" not in found["journal"]
    shown = node.run("journal", "show").stdout
    assert [one for one in (*SECRETS, who["code"], "药没了") if one in shown] == []
    assert who["ref"] in shown


def test_he_is_gone_where_he_withdrew(withdrawn):
    node, _before, who = withdrawn
    check(node, who)


def test_a_backup_made_before_brings_him_back_nowhere(withdrawn, make_node):
    node, before, who = withdrawn
    assert node.run("restore", before, "--replace").returncode == 0
    check(node, who)
    kept = node.home / "forgotten.jsonl"
    assert who["key"] in kept.read_text()
    assert who["ref"] not in kept.read_text()
    for engine in ("", "sqlite"):  # on another machine, where nobody knows but the list
        fresh = make_node(engine)
        done = fresh.run("restore", before, "--forgotten", kept)
        assert done.returncode == 0, done.stderr
        check(fresh, who)


def test_without_its_keys_a_stolen_backup_tells_whom_it_is_about_of_nobody(withdrawn, make_node):
    _node, before, who = withdrawn
    thief = make_node("sqlite")
    assert thief.run("restore", before).returncode == 0
    stored = (thief.home / "renwang.sqlite3").read_bytes()
    assert [one for one in (*SECRETS, "药没了", who["code"]) if one.encode() in stored] == []
