"""Two people change posts of one place at the same moment: both are done, and the routes are right."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections
from tests import make
from tests.cast import assemble

from renwang.chain import routes, tallies
from renwang.chain.models import Route
from renwang.chain.services.posts import appoint_deputy, create_post

pytestmark = pytest.mark.postgresql


def told() -> list[tuple]:
    return list(
        Route.objects.order_by("post", "rung").values_list("post", "rung", "person", "path")
    )


@pytest.mark.parametrize("turn", range(3))
def test_two_changes_in_one_place_are_both_done(turn, transactional_db, now):
    cast = assemble(now)
    new = make.person("新副手", cast.grid)
    make.contact(new, "app", "n")
    side = make.unit("第二网格", "grid", cast.community)
    routes.rebuild_routes()
    tallies.rebuild_tallies()
    node = {"by": "node:tests", "now": now}
    together = Barrier(3)
    deeds = (
        lambda: routes.rebuild_routes(cast.street.path),
        lambda: appoint_deputy(post=cast.grid_post, person=new, with_grant=False, **node),
        lambda: create_post(unit=side, title="网格员", answers=True, **node),
    )

    def do(deed) -> None:
        try:
            together.wait(30)
            deed()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(3) as pool:
        for done in [pool.submit(do, deed) for deed in deeds]:
            done.result(timeout=60)
    kept = told()
    routes.rebuild_routes()
    assert kept == told()
