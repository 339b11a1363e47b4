"""A process that brings in three lists and says so at every statement, so that it can be killed at any."""

from django.db import connection
from tests import make
from tests.races.actors import NOW, say

from renwang.base.models import Entry
from renwang.base.sealing import seal_all
from renwang.base.verifying import verify_journal
from renwang.chain.imports import commit_import
from renwang.chain.models import Contact, Holding, Person, Post, Route, Tally, Unit, UnitVersion

ROWS = 60


def settle() -> None:
    """Make the place that the lists are about."""
    make.unit("青石街道", "subdistrict", code="990105001")


def lists() -> dict[str, bytes]:
    """Units, people and posts, each list building on the one before."""
    units = "代码,名称,层级,上级\n" + "".join(
        f"990105001{n:03},社区{n},社区,990105001\n" for n in range(ROWS)
    )
    people = "工号,姓名,所属单位,手机\n" + "".join(
        f"G{n},何{n},社区{n},139000{n:05}\n" for n in range(ROWS)
    )
    posts = "单位,职务,负责人,首要责任岗\n" + "".join(
        f"社区{n},书记,何{n},是\n" for n in range(ROWS)
    )
    return {"units": units.encode(), "people": people.encode(), "posts": posts.encode()}


def bring_in() -> dict[str, dict[str, int]]:
    """Bring in the three lists one after the other; say a word at every statement that writes."""

    def tell(execute, sql, params, many, context):
        if not sql.lstrip().upper().startswith("SELECT"):
            say("writes")
        return execute(sql, params, many, context)

    counts = {}
    with connection.execute_wrapper(tell):
        for kind, data in lists().items():
            plan = commit_import(kind, data, f"{kind}.csv", by="node:import", now=NOW)
            counts[kind] = plan.counts
    return counts


def examine() -> dict[str, object]:
    """Say what is there of each list, and how many facts tell of it."""
    seal_all()
    tally = Tally.objects.filter(unit__code="990105001").first()
    return {
        "units": [
            Unit.objects.filter(level="community").count(),
            UnitVersion.objects.filter(level="community").count(),
        ],
        "people": [Person.objects.count(), Contact.objects.values("person").distinct().count()],
        "posts": [
            Post.objects.count(),
            Holding.objects.count(),
            Route.objects.values("post").distinct().count(),
        ],
        "tally": tally.units - 1 if tally else 0,
        "facts": Entry.objects.filter(verb="chain.imported").count(),
        "whole": verify_journal(lambda done, total: None).whole,
    }
