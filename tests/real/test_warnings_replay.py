"""24,304 changes of real Chinese warnings, snapshot by snapshot: nothing is lost, nothing dropped."""

import csv
import gzip
import io
import json
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest

from renwang.alerts import cap
from renwang.alerts.listing import take_list
from renwang.alerts.models import Alert, AlertUnit
from renwang.alerts.rules import AlertState
from renwang.alerts.warnings_list import (
    Act,
    apply_changes,
    by_list,
    compare,
    listed_in,
    read_list,
)
from renwang.chain.imports.divisions import import_divisions
from renwang.chain.models import Unit

DATA = Path(__file__).parents[3] / "shared" / "data"
CMA, ADMIN = DATA / "cma", DATA / "admin"
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not CMA.is_dir(), reason="the real data is not beside this checkout"),
]
COLOURS = {"Red", "Orange", "Yellow", "Blue", ""}


@pytest.fixture(scope="module")
def table() -> str:
    return gzip.decompress((CMA / "cma_events.csv.gz").read_bytes()).decode()


@pytest.fixture(scope="module")
def counts() -> dict[datetime, int]:
    with (CMA / "snapshots.csv").open(encoding="utf-8", newline="") as file:
        return {
            datetime.fromisoformat(row["updated_utc"]): int(row["declared_count"])
            for row in csv.DictReader(file)
        }


def test_what_is_in_force_after_every_snapshot_is_what_the_service_counted(table, counts):
    read = read_list(table.encode())
    assert (len(read.changes), read.unreadable) == (24_304, ())
    steps = by_list(read.changes)
    force, seen = {}, []
    for at, declared in counts.items():
        after = apply_changes(force, steps.get(at, ()))
        # A node that sees only the list itself finds the same changes by comparing two of them.
        found = compare(force, after.values(), seen_at=at)
        assert apply_changes(force, found).keys() == after.keys()
        seen.append((len(after), declared))
        force = after
    assert len(seen) == 150
    assert all(mine == theirs for mine, theirs in seen)


def test_rows_without_colour_of_unknown_type_or_code_are_among_them(table):
    known = json.loads((CMA / "adcodes.json").read_text("utf-8"))
    changes = read_list(table.encode()).changes
    assert {one.warning.colour for one in changes} == COLOURS
    assert sum(not one.warning.colour for one in changes) == 66
    assert sum(one.warning.kind.isascii() for one in changes) > 1_000
    assert sum(one.warning.code not in known for one in changes) == 438


def held_here() -> dict[tuple[str, str], str]:
    alerts = Alert.objects.filter(superseded_by=None, msg_type__in=["Alert", "Update"])
    return {
        listed_in(cap.read(bytes(one.original)).alert).key: one.state
        for one in alerts.exclude(state=AlertState.CANCELLED).order_by("sent")
    }


@pytest.mark.slow
@pytest.mark.django_db
def test_the_city_of_chongqing_follows_every_snapshot_down_its_tree(table, counts, now):
    names = ("areas.csv", "streets_chongqing.csv", "villages_chongqing.csv")
    files = {name: (ADMIN / name).read_bytes() for name in names}
    import_divisions(files, province="50", root_name="重庆市", by="node:import", now=now)
    rows = [row for row in csv.DictReader(io.StringIO(table)) if row["adcode"].startswith("50")]
    force: set[tuple[str, str]] = set()
    made = Counter()
    for at in counts:
        moment = [row for row in rows if datetime.fromisoformat(row["snapshot_utc"]) == at]
        if not moment:
            continue
        out = io.StringIO()
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        writer.writerows(moment)
        taken = take_list(read_list(out.getvalue().encode()), source="cma", by="node:feed", now=at)
        assert (taken.elsewhere, taken.unreadable) == (0, ())
        made.update(alert.msg_type for alert in taken.alerts)
        for row in moment:
            change = force.discard if row["action"] == Act.DISAPPEAR else force.add
            change((row["adcode"], row["type"]))
        held = held_here()
        assert force <= held.keys()
        # What the list no longer names is here only where it was over when it came.
        assert {key for key, state in held.items() if state != AlertState.EXPIRED} <= force
    assert made["Alert"] and made["Update"] and made["Cancel"]

    districts = set(
        AlertUnit.objects.filter(by="code").values_list("unit_id", flat=True).distinct()
    )
    assert Unit.objects.filter(pk__in=districts, depth=1).count() >= 35
    assert Unit.objects.filter(pk__in=districts, depth=0).count() == 1  # 500000, the city itself
    nowhere = [one for one in Alert.objects.filter(path="") if one.msg_type != "Cancel"]
    assert {one.area_words for one in nowhere} == {"Release Area"}
    assert {"unknown-code", "nowhere-here"} <= {f["doubt"] for f in nowhere[0].findings}
