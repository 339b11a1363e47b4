"""Tallies: what lies in a unit and everything below it, kept up to date so that a city's page is one read (C5)."""

from typing import Any

from django.db import connection, transaction

from renwang.base.fields import below
from renwang.chain import routes
from renwang.chain.models import Tally, Unit
from renwang.chain.rules import line_above

_FIELDS = (
    "units",
    "posts",
    "vacant",
    "people",
    "unreachable",
    "buildings",
    "households",
    "residents",
)

# What each unit has by itself. Head-counts: the doors that name it, else what it declares where
# nothing below counts anything (the next one in path order lies below it, if any does).
_OWN = """
standing AS (
    SELECT id, path, parent_id, households, residents FROM chain_unit
    WHERE ended_on IS NULL AND path >= %s AND path < %s
),
doors AS (
    SELECT unit_id, COUNT(*) AS doors, SUM(heads) AS heads FROM chain_household
    WHERE path >= %s AND path < %s GROUP BY unit_id
),
houses AS (
    SELECT unit_id, COUNT(*) AS buildings FROM chain_building
    WHERE path >= %s AND path < %s GROUP BY unit_id
),
offices AS (
    SELECT post.unit_id, COUNT(*) AS posts,
        SUM(CASE WHEN holding.id IS NULL THEN 1 ELSE 0 END) AS vacant,
        SUM(CASE WHEN post.answers AND route.contact_id IS NULL THEN 1 ELSE 0 END) AS unreachable
    FROM chain_post post
    LEFT JOIN chain_holding holding
        ON holding.post_id = post.id AND holding.is_current AND holding.rank = 0
    LEFT JOIN chain_route route ON route.post_id = post.id AND route.rung = 0
    WHERE post.ended_on IS NULL AND post.path >= %s AND post.path < %s
    GROUP BY post.unit_id
),
home_count AS (
    SELECT unit.id, COALESCE(doors.doors, 0) AS doors, unit.path, unit.households AS declared,
        LEAD(unit.path) OVER (ORDER BY unit.path) AS following
    FROM standing unit LEFT JOIN doors ON doors.unit_id = unit.id
    WHERE doors.doors > 0 OR unit.households > 0
),
head_count AS (
    SELECT unit.id, COALESCE(doors.heads, 0) AS heads, unit.path, unit.residents AS declared,
        LEAD(unit.path) OVER (ORDER BY unit.path) AS following
    FROM standing unit LEFT JOIN doors ON doors.unit_id = unit.id
    WHERE doors.heads > 0 OR unit.residents > 0
),
own AS (
    SELECT unit.id, COALESCE(offices.posts, 0) AS posts, COALESCE(offices.vacant, 0) AS vacant,
        COALESCE(offices.unreachable, 0) AS unreachable,
        COALESCE(houses.buildings, 0) AS buildings,
        CASE WHEN home_count.doors > 0 THEN home_count.doors
            WHEN SUBSTR(home_count.following, 1, LENGTH(unit.path)) = unit.path THEN 0
            ELSE COALESCE(home_count.declared, 0) END AS households,
        CASE WHEN head_count.heads > 0 THEN head_count.heads
            WHEN SUBSTR(head_count.following, 1, LENGTH(unit.path)) = unit.path THEN 0
            ELSE COALESCE(head_count.declared, 0) END AS residents
    FROM standing unit
    LEFT JOIN offices ON offices.unit_id = unit.id
    LEFT JOIN houses ON houses.unit_id = unit.id
    LEFT JOIN home_count ON home_count.id = unit.id
    LEFT JOIN head_count ON head_count.id = unit.id
),
line(unit_id, at) AS (
    SELECT id, id FROM standing
    UNION ALL
    SELECT line.unit_id, unit.parent_id FROM line
    JOIN standing unit ON unit.id = line.at
    WHERE unit.parent_id IN (SELECT id FROM standing)
)
"""

_SUMS = """
sums AS (
    SELECT line.at, COUNT(*) AS units, SUM(own.posts) AS posts, SUM(own.vacant) AS vacant,
        SUM(own.unreachable) AS unreachable, SUM(own.buildings) AS buildings,
        SUM(own.households) AS households, SUM(own.residents) AS residents
    FROM line JOIN own ON own.id = line.unit_id GROUP BY line.at
),
crowd AS (
    SELECT line.at, COUNT(DISTINCT holding.person_id) AS people
    FROM chain_holding holding
    JOIN chain_post post ON post.id = holding.post_id AND post.ended_on IS NULL
    JOIN line ON line.unit_id = post.unit_id
    WHERE holding.is_current GROUP BY line.at
)
INSERT INTO chain_tally
    (unit_id, units, posts, vacant, people, unreachable, buildings, households, residents)
SELECT sums.at, sums.units, sums.posts, sums.vacant, COALESCE(crowd.people, 0),
    sums.unreachable, sums.buildings, sums.households, sums.residents
FROM sums LEFT JOIN crowd ON crowd.at = sums.at
"""
_REBUILD = ", ".join(("WITH RECURSIVE" + _OWN, _SUMS))

# One unit of the line, and the sums of what its children have, as kept until now.
_LINE = """
SELECT unit.id, unit.path, unit.parent_id, unit.households, unit.residents,
    (SELECT COUNT(*) FROM chain_post post WHERE post.unit_id = unit.id AND post.ended_on IS NULL),
    (SELECT COUNT(*) FROM chain_post post WHERE post.unit_id = unit.id AND post.ended_on IS NULL
        AND NOT EXISTS (SELECT 1 FROM chain_holding holding WHERE holding.post_id = post.id
            AND holding.is_current AND holding.rank = 0)),
    (SELECT COUNT(DISTINCT holding.person_id) FROM chain_post post
        JOIN chain_holding holding ON holding.post_id = post.id AND holding.is_current
        WHERE post.ended_on IS NULL AND post.path >= unit.path
            AND post.path < SUBSTR(unit.path, 1, LENGTH(unit.path) - 1) || '0'),
    (SELECT COUNT(*) FROM chain_post post
        LEFT JOIN chain_route route ON route.post_id = post.id AND route.rung = 0
        WHERE post.unit_id = unit.id AND post.answers AND post.ended_on IS NULL
            AND route.contact_id IS NULL),
    (SELECT COUNT(*) FROM chain_building building WHERE building.unit_id = unit.id),
    (SELECT COUNT(*) FROM chain_household home WHERE home.unit_id = unit.id),
    (SELECT COALESCE(SUM(heads), 0) FROM chain_household home WHERE home.unit_id = unit.id),
    COALESCE(children.units, 0), COALESCE(children.posts, 0), COALESCE(children.vacant, 0),
    COALESCE(children.unreachable, 0), COALESCE(children.buildings, 0),
    COALESCE(children.households, 0), COALESCE(children.residents, 0)
FROM chain_unit unit
LEFT JOIN (
    SELECT child.parent_id, SUM(units) AS units, SUM(posts) AS posts, SUM(vacant) AS vacant,
        SUM(unreachable) AS unreachable, SUM(buildings) AS buildings,
        SUM(tally.households) AS households, SUM(tally.residents) AS residents
    FROM chain_unit child JOIN chain_tally tally ON tally.unit_id = child.id
    JOIN chain_unit above ON above.id = child.parent_id
    WHERE child.ended_on IS NULL AND above.path IN ({line})
    GROUP BY child.parent_id
) children ON children.parent_id = unit.id
WHERE unit.ended_on IS NULL AND unit.path IN ({line})
ORDER BY LENGTH(unit.path) DESC
"""


@transaction.atomic(savepoint=False)
def rebuild_tallies(*paths: str) -> None:
    """Count some places and everything below them anew, of the whole node without a path; then the lines above.

    Takes "unreachable" from the routes, which have to be right already.
    """
    for first, end in [(path, below(path)) for path in paths] or [("/", "0")]:
        Tally.objects.filter(unit__path__gte=first, unit__path__lt=end).delete()
        with connection.cursor() as cursor:
            cursor.execute(_REBUILD, [first, end] * 4)
    refresh_tallies(*{above[-1] for path in paths if (above := line_above(path))})


@transaction.atomic(savepoint=False)
def refresh_tallies(*paths: str) -> None:
    """Count some units anew and carry the difference up their lines.

    The posts on those lines are told what they now carry themselves. The units
    below must be right already; four statements however deep the tree is.
    """
    lines = sorted({place for path in paths for place in (*line_above(path), path)})
    if not lines:
        return
    # Two acts in different places meet in the units above both: the second waits here, then counts
    # what the first has written.
    kept = {
        tally.unit_id: tally
        for tally in Tally.objects.select_for_update(of=("self",), no_key=True)
        .filter(unit__path__in=lines)
        .order_by("unit__path")
    }
    marks = ", ".join(["%s"] * len(lines))
    with connection.cursor() as cursor:
        cursor.execute(_LINE.format(line=marks), [*lines, *lines])
        rows = cursor.fetchall()
    changes: dict[Any, dict[str, int]] = {}
    fresh: list[Tally] = []
    uuid_of = Unit._meta.pk.to_python
    for row in rows:
        key, parent = uuid_of(row[0]), uuid_of(row[2])
        counted = _count(row, changes.get(key, {}))
        before = kept.get(key)
        fresh.append(Tally(unit_id=key, **counted))
        raised = changes.setdefault(parent, dict.fromkeys(_FIELDS, 0))
        for name in _FIELDS:
            raised[name] += counted[name] - (getattr(before, name) if before else 0)
    Tally.objects.bulk_create(
        fresh, update_conflicts=True, unique_fields=["unit"], update_fields=list(_FIELDS)
    )
    routes.tell_line(lines)


def _count(row: tuple, below_it: dict[str, int]) -> dict[str, int]:
    """Compose a unit's tally from what it has, its children's sums, and how those have changed."""
    declared_homes, declared_heads = row[3:5]
    posts, vacant, people, unreachable, buildings, doors, heads = (int(x) for x in row[5:12])
    kids = dict(
        zip(
            ("units", "posts", "vacant", "unreachable", "buildings", "households", "residents"),
            (int(x) for x in row[12:19]),
            strict=True,
        )
    )
    for name in kids:
        kids[name] += below_it.get(name, 0)
    return {
        "units": 1 + kids["units"],
        "posts": posts + kids["posts"],
        "vacant": vacant + kids["vacant"],
        "people": people,
        "unreachable": unreachable + kids["unreachable"],
        "buildings": buildings + kids["buildings"],
        "households": (doors + kids["households"]) or declared_homes,
        "residents": (heads + kids["residents"]) or declared_heads,
    }
