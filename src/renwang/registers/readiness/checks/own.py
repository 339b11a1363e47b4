"""Own checks of organisations: conditions over figures of places, read like every other check."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from renwang.base.models import Entry
from renwang.chain.models import Unit
from renwang.chain.rules import line_above
from renwang.registers.readiness.catalogue import Check, Family, Touch, declare
from renwang.registers.readiness.figures import figures, read_figures
from renwang.registers.readiness.models import OwnCheck, OwnVersion
from renwang.registers.readiness.own_rules import is_hole, read_condition
from renwang.registers.readiness.reading import divided, inside, people_in, places_of
from renwang.registers.readiness.rules import Found, Scope, Severity

CHECKS = (
    Check(
        "own",
        _("A check of one's own"),
        "{own}",
        _(
            "An organisation wrote it for its own places; its condition and its source stand with it."
        ),
        Severity.ATTENTION,
        "chain.edit",
        "chain.see",
        "own",
    ),
)


def find(scope: Scope, now: datetime) -> Iterable[Found]:
    """Find where the own checks hold, at the places of a scope that they are for."""
    standing = OwnCheck.objects.filter(ended_at=None, version__isnull=False)
    own = list(standing.select_related("version").order_by("path", "ref"))
    if not own:
        return
    units = Unit.objects.filter(inside(scope), ended_on=None).order_by("path")
    places = list(units.values_list("path", "name", "level"))
    yield from judge_places(own, places, now)


def judge_places(
    own: Sequence[OwnCheck], places: Sequence[tuple[str, str, str]], now: datetime
) -> Iterable[Found]:
    """Ask own checks of places, each given as path, name and level; the figures are read once for all."""
    known = figures()
    conditions = {one.ref: read_condition(_version(one).when, known) for one in own}
    meant = {path for path, _name, level in places if any(is_for(one, path, level) for one in own)}
    wanted = {name for one in conditions.values() for name in one.figures}
    values = read_figures(sorted(meant), wanted, now)
    for path, name, level in places:
        for one in own:
            if not is_for(one, path, level):
                continue
            if is_hole(conditions[one.ref], values[path]):
                yield _found(one, path, name, values[path], conditions[one.ref].figures)


def is_for(own: OwnCheck, path: str, level: str) -> bool:
    """Say whether an own check looks at a place."""
    return path.startswith(own.path) and _version(own).level in ("", level)


def _version(own: OwnCheck) -> OwnVersion:
    version = own.version
    assert version is not None  # it is written with its first version
    return version


def _found(
    own: OwnCheck, path: str, name: str, values: dict[str, float | None], asked: Iterable[str]
) -> Found:
    version = _version(own)
    params = {
        "own": own.ref,
        "name": version.name,
        "words": version.sentence,
        "place": name,
        "figures": {one: values.get(one) for one in sorted(asked)},
    }
    subject, severity = f"{own.ref}{path}", Severity(version.severity)
    return Found("own", path, subject, own.ref, params, severity, version.mender)


def touched(entries: Sequence[Entry]) -> Iterable[Touch]:
    """Look again where a fact lies and above it, because figures are sums; below where an own check changed."""
    found = divided(entries)
    chain = [entry for entry in entries if entry.verb.startswith("chain.")]
    for place in places_of(people_in(chain)):
        found |= {Touch(path) for path in (*line_above(place), place)}
    for entry in entries:
        if entry.verb.startswith("readiness.own"):
            found.add(Touch(entry.place or "/", True))
            continue
        if not entry.place:
            found.add(Touch("/", True))
            continue
        found |= {Touch(path) for path in (*line_above(entry.place), entry.place)}
        if entry.verb.startswith("outreach.rollcall"):
            found.add(Touch(entry.place, True))
    return found


declare(
    Family(
        "own",
        _("Own checks"),
        CHECKS,
        find,
        ("readiness.own_written", "readiness.own_ended", "chain.", "duties.", "risks.",
         "outreach.rollcall_started"),
        touched,
    )
)  # fmt: skip
