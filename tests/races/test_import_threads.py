"""Two people send the same list at the same moment: it comes in once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections
from tests.cast import assemble

from renwang.chain import routes, tallies
from renwang.chain.imports import commit_import
from renwang.chain.models import Building, Person, Unit

pytestmark = pytest.mark.postgresql

FILES = {
    "units": ("编码,名称,上级\nG2,第二网格,990105001001\n", Unit.objects.filter(code="G2")),
    "people": ("姓名,所属单位\n新来人,990105001001\n", Person.objects.filter(name="新来人")),
    "buildings": ("名称,所属单位\n9号楼,990105001001\n", Building.objects.filter(name="9号楼")),
}


@pytest.mark.parametrize("kind", FILES)
def test_a_list_sent_twice_at_once_comes_in_once(kind, transactional_db, now):
    cast = assemble(now)
    routes.rebuild_routes()
    tallies.rebuild_tallies()
    viewer = cast.viewer(cast.operator)
    text, wanted = FILES[kind]
    together = Barrier(2)

    def bring(_number):
        try:
            together.wait(30)
            return commit_import(kind, text.encode(), "a.csv", by=viewer, now=now).counts
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        counts = list(pool.map(bring, range(2)))
    assert sorted(one["created"] for one in counts) == [0, 1]
    assert wanted.count() == 1
