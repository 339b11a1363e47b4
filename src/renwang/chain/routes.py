"""Routes: whom to call for a post, rung by rung, and how many households each post carries to.

Derived from units, posts, holdings and contacts by one INSERT … SELECT, so a
whole city is rebuilt in seconds and a small act touches only its own posts.
"""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db import connection, models, transaction

from renwang.base.fields import below
from renwang.chain.models import Contact, Holding, Household, Person, Post, Route, Unit
from renwang.chain.rules import line_above

_CHUNK = 200  # posts whose places fit into one statement's parameters

_COLUMNS = "post_id, unit_id, path, parent_path, depth, households, is_leaf"

# Who can be called for the posts in `placed`. A person without a usable contact adds no rung.
_RUNGS = """
reached AS (
    SELECT holding.post_id, holding.rank, contact.position, contact.id AS contact_id,
        contact.kind, person.id AS person_id
    FROM chain_holding holding
    JOIN placed ON placed.post_id = holding.post_id
    JOIN chain_person person ON person.id = holding.person_id AND person.is_active
    JOIN chain_contact contact ON contact.person_id = person.id
    LEFT JOIN chain_person neighbour ON neighbour.id = contact.neighbour_id
    WHERE holding.is_current
        AND (contact.address <> '' OR contact.kind IN ('app', 'knock')
            OR (contact.kind = 'neighbour' AND neighbour.is_active))
)
INSERT INTO chain_route (post_id, unit_id, path, parent_path, depth, rung, rank, ladder,
    person_id, contact_id, channel, households, is_leaf)
SELECT placed.post_id, placed.unit_id, placed.path, placed.parent_path, placed.depth,
    ROW_NUMBER() OVER way - 1, COALESCE(reached.rank, 0),
    CASE WHEN ROW_NUMBER() OVER way > 1 OR reached.contact_id IS NULL THEN ''
        ELSE CAST(reached.contact_id AS text) || '||' || COALESCE(
            {gather}(CAST(reached.contact_id AS text), ',') OVER (way ROWS
                BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING), '') END,
    reached.person_id, reached.contact_id,
    COALESCE(reached.kind, ''), placed.households, placed.is_leaf
FROM placed LEFT JOIN reached ON reached.post_id = placed.post_id
WINDOW way AS (PARTITION BY placed.post_id
    ORDER BY reached.rank, reached.position, reached.contact_id)
"""

# Each unit below a start with the path of the nearest answering unit above it.
_TREE = """
answering AS (
    SELECT id AS post_id, unit_id FROM chain_post WHERE answers AND ended_on IS NULL
),
tree(unit_id, path, depth, above) AS (
    SELECT unit.id, CAST(unit.path AS text) {bytes}, unit.depth, CAST(%s AS text) {bytes}
    FROM chain_unit unit WHERE unit.ended_on IS NULL AND {start}
    UNION ALL
    SELECT child.id, CAST(child.path AS text) {bytes}, child.depth,
        CASE WHEN answering.post_id IS NULL THEN tree.above ELSE tree.path END
    FROM tree
    JOIN chain_unit child ON child.parent_id = tree.unit_id AND child.ended_on IS NULL
    LEFT JOIN answering ON answering.unit_id = tree.unit_id
)
"""

# Households each unit carries to by itself: the doors that name it, else the declared head-count
# where nothing below it counts anything. In path order everything below a unit follows it at once,
# so the next counting unit tells whether there is anything below.
_OWN = """
doors AS (
    SELECT unit_id, COUNT(*) AS doors FROM chain_household
    WHERE path >= %s AND path < %s GROUP BY unit_id
),
counting AS (
    SELECT unit.id AS unit_id, unit.path, COALESCE(doors.doors, 0) AS doors,
        unit.households AS declared, LEAD(unit.path) OVER (ORDER BY unit.path) AS following
    FROM chain_unit unit LEFT JOIN doors ON doors.unit_id = unit.id
    WHERE unit.ended_on IS NULL AND (doors.doors > 0 OR unit.households > 0)
        AND unit.path >= %s AND unit.path < %s
),
own AS {once} (
    SELECT unit_id, CASE
        WHEN doors > 0 THEN doors
        WHEN following IS NULL OR SUBSTR(following, 1, LENGTH(path)) <> path THEN declared
        ELSE 0 END AS households
    FROM counting
)
"""

_PLACED = """
shares AS {once} (
    SELECT CAST(CASE WHEN answering.post_id IS NULL THEN tree.above ELSE tree.path END AS text)
        {bytes} AS carrier,
        SUM(own.households) AS households
    FROM tree JOIN own ON own.unit_id = tree.unit_id
    LEFT JOIN answering ON answering.unit_id = tree.unit_id
    GROUP BY 1
),
passing AS (
    SELECT DISTINCT tree.above FROM tree JOIN answering ON answering.unit_id = tree.unit_id
),
placed AS (
    SELECT answering.post_id, tree.unit_id, tree.path, tree.above AS parent_path, tree.depth,
        COALESCE(shares.households, 0) AS households, passing.above IS NULL AS is_leaf
    FROM tree JOIN answering ON answering.unit_id = tree.unit_id
    LEFT JOIN shares ON shares.carrier = tree.path
    LEFT JOIN passing ON passing.above = tree.path
)
"""


_TELL = """
UPDATE chain_route SET
    households = {larger}(0, COALESCE((
        SELECT tally.households FROM chain_tally tally WHERE tally.unit_id = chain_route.unit_id
    ), 0) - COALESCE((
        SELECT SUM(tally.households) FROM chain_route following
        JOIN chain_tally tally ON tally.unit_id = following.unit_id
        WHERE following.rung = 0 AND following.parent_path = chain_route.path
    ), 0)),
    is_leaf = NOT EXISTS (
        SELECT 1 FROM chain_route following
        WHERE following.rung = 0 AND following.parent_path = chain_route.path
    )
WHERE path IN ({places})
"""


@transaction.atomic(savepoint=False)
def rebuild_routes(path: str | None = None) -> int:
    """Derive the routes of a place and everything below it anew, of the whole node without a path.

    Count the tallies after it: they tell the posts above the place what they
    now carry themselves. Returns the number of rungs written.
    """
    _take_turn()
    _count_rows()
    above = _answering_above(path) if path else None
    Route.objects.filter(**({"path__under": path} if path else {})).delete()
    start = "unit.path = %s" if path else "unit.parent_id IS NULL"
    sql = ", ".join(("WITH RECURSIVE" + _TREE, _OWN, _PLACED, _RUNGS))
    bounds = _bounds(path)
    return _run(
        sql.format(bytes=_bytes(), start=start, gather=_gather(), once=_once()),
        [above.path if above else "", *([path] if path else []), *bounds, *bounds],
    )


def tell_line(places: Sequence[str]) -> None:
    """Tell every post that answers for one of these units what it carries itself, and whether it ends the line.

    That is what its unit has, less what the units of the posts called next
    have; so the tallies must be right already.
    """
    marks = ", ".join(["%s"] * len(places))
    larger = "GREATEST" if connection.vendor == "postgresql" else "MAX"
    _run(_TELL.format(places=marks, larger=larger), list(places))


def _take_turn() -> None:
    """Let one transaction at a time derive routes; the turn ends with the transaction.

    Two that derived the same post's rungs at once would write them twice. On
    SQLite whoever writes is alone anyhow. Rows of the chain are locked without
    their keys, so that whoever waits here holds up nobody's foreign keys.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('chain.routes'))")


@transaction.atomic(savepoint=False)
def refresh_routes(post_ids: Iterable[UUID]) -> None:
    """Derive the rungs of some posts anew, after their people or contacts have changed.

    Where they lie in the tree stays as it was; use `rebuild_routes` when that
    has changed.
    """
    _take_turn()
    posts = sorted(set(post_ids))
    for begin in range(0, len(posts), _CHUNK):
        _rewrite(posts[begin : begin + _CHUNK])


def refresh_person(person_ids: Sequence[UUID]) -> set[str]:
    """Derive the routes in which these people are called, or relay for a neighbour, anew.

    Returns the paths of the posts concerned.
    """
    people = Person.objects.filter(
        models.Q(pk__in=person_ids) | models.Q(contacts__neighbour__in=person_ids)
    )
    posts = Post.objects.filter(
        holdings__person__in=people.values("pk"),
        holdings__is_current=True,
        answers=True,
        ended_on=None,
    )
    found = dict(posts.values_list("pk", "path"))
    if found:
        refresh_routes(found)
    return set(found.values())


def _rewrite(posts: list[UUID]) -> None:
    firsts = _take_out(posts)
    if not firsts:
        return
    row = (
        "(CAST(%s AS {key}), CAST(%s AS {key}), %s, %s, CAST(%s AS integer), "
        "CAST(%s AS integer), CAST(%s AS boolean))"
    ).format(key=_key_type())
    values = ", ".join([row] * len(firsts))
    parameters = [part for first in firsts for part in first]
    rungs = _RUNGS.format(gather=_gather())
    _run(f"WITH placed({_COLUMNS}) AS (VALUES {values}), {rungs}", parameters)


def _take_out(posts: list[UUID]) -> list[tuple]:
    """Delete the rungs of some posts, and say where each post lies in the tree, as its first rung said.

    One statement, made when the turn is ours: what others have written before
    is seen, and nobody reads the rows in between.
    """
    marks = ", ".join(["%s"] * len(posts))
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM chain_route WHERE post_id IN ({marks}) RETURNING rung, {_COLUMNS}",  # noqa: S608
            [_key(post) for post in posts],
        )
        return [tuple(first) for rung, *first in cursor.fetchall() if rung == 0]


def _answering_above(path: str) -> Post | None:
    found = Post.objects.filter(path__in=line_above(path), answers=True, ended_on=None)
    return max(found, key=lambda post: len(post.path), default=None)


def _bounds(path: str | None) -> tuple[str, str]:
    return (path, below(path)) if path else ("/", "0")


def _run(sql: str, parameters: list[Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return max(cursor.rowcount, 0)


def _count_rows() -> None:
    """Let PostgreSQL count what was just written: of tables it takes for empty it reads each row by row for every other."""
    if connection.vendor == "postgresql":
        tables = ", ".join(
            one._meta.db_table for one in (Unit, Post, Holding, Person, Contact, Household)
        )
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {tables}")


def _once() -> str:
    return "MATERIALIZED" if connection.vendor == "postgresql" else ""


def _bytes() -> str:
    return 'COLLATE "C"' if connection.vendor == "postgresql" else ""


def _gather() -> str:
    return "STRING_AGG" if connection.vendor == "postgresql" else "GROUP_CONCAT"


def _key_type() -> str:
    return "uuid" if connection.vendor == "postgresql" else "text"


def _key(value: UUID) -> Any:
    return models.UUIDField().get_db_prep_value(value, connection)
