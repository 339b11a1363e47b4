"""A duties list comes through its migrations, a backup and another engine as it was: every duty, helper, objection and successor."""

import json

import pytest

pytestmark = pytest.mark.slow

FILL = """
from tests.cast import assemble
from tests.conftest import NOW
from tests.registers.duties.listed import Help, Phase, body, drafted, in_force, proposed, terms
from renwang.base.sealing import seal_all
from renwang.registers.duties import services
cast = assemble(NOW)
clinic = body("石桥卫生站", cast.community)
helpers = [Help(post=cast.grid_post, does="敲门"), Help(organisation=clinic, does="救护")]
old = in_force(cast, helpers=helpers)
in_force(cast, cast.street, cast.street_post, hazard="all")
in_force(cast, cast.grid, cast.grid_post, hazard="野猪伤人", phase=Phase.PREVENT)
drafted(cast, phase=Phase.RECOVER)
waits = proposed(cast, hazard="fire")
services.remark_on_duty(waits.pk, "人手不够", by="node:test", now=NOW, is_objection=True)
new = services.begin_successor(old.pk, terms(cast.grid_post), by="node:test", now=NOW)
services.propose_duty(new.pk, by="node:test", now=NOW)
services.approve_duty(new.pk, by="node:test", now=NOW)
seal_all()
"""
SUMMARY = """
import json
from tests.conftest import NOW
from renwang.chain.models import Unit
from renwang.registers.duties.models import Duty, Helper, Remark
from renwang.registers.duties.rules import Phase
from renwang.registers.duties.selectors.answering import answering_for
from renwang.registers.duties.selectors.holes import read_list
from renwang.registers.duties.finding_rules import find_holes
seen, posts = read_list("/", now=NOW)
grid = Unit.objects.get(name="第一网格")
names = [column.attname for column in Duty._meta.local_concrete_fields]
print(json.dumps({
    "duties": [list(map(str, row)) for row in Duty.objects.order_by("pk").values_list(*names)],
    "helpers": [list(map(str, row)) for row in Helper.objects.order_by("pk").values_list()],
    "remarks": [list(map(str, row)) for row in Remark.objects.order_by("pk").values_list()],
    "holes": sorted(f"{one.hole} {one.path} {one.duties}" for one in find_holes(seen, NOW, posts=posts)),
    "answering": {
        hazard: answering_for(grid, hazard, Phase.RESPOND, at=NOW).duty.ref
        for hazard in ("rainstorm", "snowstorm")
    },
}))
"""


def test_it_comes_through_a_backup_into_both_engines(make_node, tmp_path):
    node = make_node(migrated=True)
    node.python(FILL)
    before = json.loads(node.python(SUMMARY))
    assert [len(before[name]) for name in ("duties", "helpers", "remarks")] == [6, 2, 1]
    assert before["answering"]["rainstorm"] != before["answering"]["snowstorm"]
    assert before["holes"]
    path = tmp_path / "node.zip"
    assert node.run("backup", path).returncode == 0
    for engine in ("", "sqlite"):
        fresh = make_node(engine)
        done = fresh.run("restore", path)
        assert done.returncode == 0, done.stderr
        assert json.loads(fresh.python(SUMMARY)) == before


BACK_AND_FORTH = """
import json
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
executor = MigrationExecutor(connection)
ends = executor.loader.graph.leaf_nodes()
executor.migrate([("duties", None)])
gone = [one for one in connection.introspection.table_names() if one.startswith("duties_")]
MigrationExecutor(connection).migrate(ends)
back = [one for one in connection.introspection.table_names() if one.startswith("duties_")]
from renwang.chain.models import Post, Unit
print(json.dumps([gone, len(back) > 2, Post.objects.count() > 3, Unit.objects.count() > 5]))
"""


def test_it_can_be_taken_out_and_put_in_again_and_leaves_the_chain_whole(make_node):
    node = make_node(migrated=True)
    node.python(FILL)
    gone, is_back, has_posts, has_units = json.loads(node.python(BACK_AND_FORTH))
    assert (gone, is_back, has_posts, has_units) == ([], True, True, True)
