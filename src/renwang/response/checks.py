"""What the readiness check asks of rehearsals, and of the care list.

This floor may open the care list. What leaves it here is a number for each
place; no door, no need and no name, and only whoever keeps the list sees that.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from renwang.base.models import Entry
from renwang.chain.models import Unit
from renwang.chain.rules import line_above
from renwang.registers.care.models import CareEntry, Pairing, Paper
from renwang.registers.care.paper_rules import PaperState
from renwang.registers.care.rules import CONSENT_ENDS_SOON
from renwang.registers.care.sight import day_of
from renwang.registers.care.visit_rules import RUNGS, Rung
from renwang.registers.readiness.catalogue import Check, Family, Touch, declare
from renwang.registers.readiness.reading import above_grids, divided, inside, inside_or_above
from renwang.registers.readiness.rules import Found, Scope, Severity
from renwang.response.models import Rehearsal
from renwang.response.readiness_rules import RehearsedSeen, find_care_holes, find_unrehearsed

_WHY_DRILL = _("A chain that was never pulled is paper. A rehearsal shows where it tears.")

DRILL_CHECKS = (
    Check(
        "drills.never",
        _("Never rehearsed"),
        _("No warning has ever been rehearsed in {place}. Start a rehearsal."),
        _WHY_DRILL,
        Severity.ATTENTION,
        "rehearsals.run",
        "alerts.see",
        "rehearsals",
    ),
    Check(
        "drills.long_ago",
        _("Not rehearsed for a year"),
        _("The last rehearsal in {place} was on {since}. Start one."),
        _WHY_DRILL,
        Severity.ATTENTION,
        "rehearsals.run",
        "alerts.see",
        "rehearsals",
    ),
)

_WHY_CARE = _(
    "Those on the care list cannot help themselves: whoever knocks for them must be there."
)


def _care(key: str, name: Any, sentence: Any, severity: Severity) -> Check:
    return Check(
        f"care.{key}", name, sentence, _WHY_CARE, severity, "care.keep", "care.keep", "care"
    )


CARE_CHECKS = (
    _care(
        "unpaired",
        _("Doors without a helper"),
        _("{count} doors on the care list of {place} have nobody who knocks. Pair them."),
        Severity.GRAVE,
    ),
    _care(
        "above",
        _("Visits late beyond their keeper"),
        _(
            "{count} visits in {place} are so late that they hang on the level above. Send somebody."
        ),
        Severity.GRAVE,
    ),
    _care(
        "late",
        _("Visits that are late"),
        _("{count} visits in {place} are late. Ask the helpers."),
        Severity.ATTENTION,
    ),
    _care(
        "wants",
        _("Needs that wait"),
        _("{count} visits in {place} found that something is needed, and it is not settled."),
        Severity.ATTENTION,
    ),
    _care(
        "no_backup",
        _("Doors without a back-up"),
        _(
            "{count} doors on the care list of {place} have a helper and no back-up. Pair a second one."
        ),
        Severity.ATTENTION,
    ),
    _care(
        "stale",
        _("Entries to make sure of"),
        _("{count} entries of {place} have not been made sure of in time."),
        Severity.ATTENTION,
    ),
    _care(
        "ending",
        _("Consents that end"),
        _("{count} consents in {place} end soon; then the entries are forgotten. Ask again."),
        Severity.ATTENTION,
    ),
    _care(
        "doorless",
        _("Entries without a door"),
        _("{count} entries of {place} have lost their door. Give them another one."),
        Severity.GRAVE,
    ),
    _care(
        "papers",
        _("Lists on paper not accounted for"),
        _("{count} lists on paper of {place} are out beyond their time. Take them back."),
        Severity.ATTENTION,
    ),
)


# --- rehearsals ----------------------------------------------------------------


def find_drills(scope: Scope, now: datetime) -> Iterable[Found]:
    """Find the places right above the grids that have not rehearsed; two statements."""
    held = Rehearsal.objects.filter(inside_or_above(scope), ended_at__isnull=False).order_by()
    last = dict(held.values_list("path").annotate(Max("begun_at")))
    yield from find_unrehearsed(_rehearsed(scope, last), now)


def _rehearsed(scope: Scope, last: dict[str, datetime]) -> Iterator[RehearsedSeen]:
    for path, name in above_grids(scope):
        times = [last[one] for one in (*line_above(path), path) if one in last]
        yield RehearsedSeen(path, name, max(times, default=None))


def touched_by_drills(entries: Sequence[Entry]) -> Iterable[Touch]:
    """Look again below where a rehearsal was, and above where a unit was founded or ended."""
    found = divided(entries)
    for entry in entries:
        is_drill = entry.verb.startswith("response.")
        found.add(Touch(entry.place or "/", is_drill or not entry.place))
        if entry.verb == "chain.unit_created":
            found |= {Touch(path) for path in line_above(entry.place)}
    return found


# --- the care list -----------------------------------------------------------------


def find_care(scope: Scope, now: datetime) -> Iterable[Found]:
    """Count what is wrong with the care list of each place of a scope; three statements."""
    today = day_of(now)
    helped = Pairing.objects.filter(entry=OuterRef("pk"), person__is_active=True)
    above = RUNGS.index(Rung.ABOVE)
    entries = CareEntry.objects.filter(inside(scope), consent_until__gte=today).annotate(
        has_helper=Exists(helped.filter(rank=0)), has_backup=Exists(helped.filter(rank=1))
    )
    counted = (
        entries.order_by()
        .values("path")
        .annotate(
            unpaired=Count("pk", filter=Q(has_helper=False)),
            no_backup=Count("pk", filter=Q(has_helper=True, has_backup=False)),
            above=Count("pk", filter=Q(rung__gte=above)),
            late=Count("pk", filter=Q(rung__lt=above, visit_on__lt=today)),
            stale=Count("pk", filter=Q(confirm_by__lt=today)),
            ending=Count("pk", filter=Q(consent_until__lt=today + CONSENT_ENDS_SOON)),
            doorless=Count("pk", filter=Q(household=None)),
            wants=Count("pk", filter=Q(wants_at__isnull=False)),
        )
    )
    counts = {row.pop("path"): row for row in counted}
    out = Paper.objects.filter(inside(scope), state=PaperState.OUT, until_at__lt=now).order_by()
    for path, number in out.values_list("path").annotate(Count("pk")):
        counts.setdefault(path, {})["papers"] = number
    names = dict(
        Unit.objects.filter(inside(scope), ended_on=None, path__in=sorted(counts)).values_list(
            "path", "name"
        )
    )
    for path, some in counts.items():
        yield from find_care_holes(path, names.get(path, ""), some)


def touched_by_care(entries: Sequence[Entry]) -> Iterable[Touch]:
    """Look again where an entry lies or lay, and at the doors of helpers who have left."""
    found = divided(entries)
    people = [one.subject_id for one in entries if one.verb == "chain.person_deactivated"]
    doors = CareEntry.objects.filter(pairings__person__in=people)
    found |= {Touch(path) for path in doors.order_by().values_list("path", flat=True).distinct()}
    for entry in entries:
        deep = entry.verb.startswith("chain.") and entry.verb != "chain.person_deactivated"
        deep = deep or entry.verb == "care.brought_in"  # of many doors in one place
        found.add(Touch(entry.place or "/", deep or not entry.place))
    return found


declare(
    Family(
        "drills",
        _("Rehearsals"),
        DRILL_CHECKS,
        find_drills,
        (
            "response.rehearsal_ended",
            "response.rehearsal_stopped",
            "chain.unit_created",
            "chain.unit_closed",
            "chain.unit_moved",
            "chain.unit_split",
            "chain.units_merged",
            "chain.regrouped",
            "chain.imported",
            "chain.place_invented",
        ),
        touched_by_drills,
        minds_drills=True,
    )
)
declare(
    Family(
        "care",
        _("Care list"),
        CARE_CHECKS,
        find_care,
        (
            "care.entered",
            "care.brought_in",
            "care.changed",
            "care.moved",
            "care.confirmed",
            "care.consent_renewed",
            "care.withdrawn",
            "care.lapsed",
            "care.paired",
            "care.unpaired",
            "care.visited",
            "care.visit_missed",
            "care.want_settled",
            "care.paper_printed",
            "care.paper_accounted",
            "chain.person_deactivated",
            "chain.household_changed",
            "chain.household_removed",
            "chain.building_changed",
            "chain.building_removed",
            "chain.unit_moved",
            "chain.unit_split",
            "chain.units_merged",
        ),
        touched_by_care,
    )
)
