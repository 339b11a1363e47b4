"""Roll-calls, rosters and work that waits: the checks, and how they are read."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Max, Sum
from django.utils.translation import gettext_lazy as _

from renwang.base.models import Entry
from renwang.chain.models import Post, Shift
from renwang.chain.rules import line_above
from renwang.outreach.errand_rules import ErrandState
from renwang.outreach.models import Errand, Hop, RollCall, RollCallPlan
from renwang.outreach.setwise import in_chunks
from renwang.registers.readiness.call_rules import (
    ROSTER_USED,
    CalledSeen,
    HopSeen,
    PlanSeen,
    WorkSeen,
    find_late_plans,
    find_roster_gaps,
    find_silent,
    find_uncalled,
    find_waiting,
)
from renwang.registers.readiness.catalogue import Check, Family, Touch, declare
from renwang.registers.readiness.reading import above_grids, divided, inside, inside_or_above
from renwang.registers.readiness.rules import Found, Scope, Severity

OWN_ERRAND = "readiness.holes"
"""The kind of the errands that this check itself asks for; they are no holes."""
LATELY = timedelta(days=365)

_WHY_CALL = _(
    "Only who has answered lately is known to be reachable. A roll-call before the storm finds dead "
    "numbers while they can still be mended."
)
_WHY_WORK = _("What waits for a person and is not done stops everything behind it.")

CHECKS = (
    Check(
        "calls.never_held",
        _("Never a roll-call"),
        _("No roll-call has ever reached {place}. Hold one, or set a rhythm."),
        _WHY_CALL,
        Severity.ATTENTION,
        "rollcalls.run",
        "people.see",
        "rollcalls",
    ),
    Check(
        "calls.long_ago",
        _("No roll-call for long"),
        _("The last roll-call of {place} was on {since}. Hold one, or set a rhythm."),
        _WHY_CALL,
        Severity.ATTENTION,
        "rollcalls.run",
        "people.see",
        "rollcalls",
    ),
    Check(
        "calls.put_off",
        _("A roll-call put off"),
        _("A planned roll-call should have been held on {since}. Hold it."),
        _WHY_CALL,
        Severity.ATTENTION,
        "rollcalls.run",
        "people.see",
        "rollcalls",
    ),
    Check(
        "calls.work_late",
        _("Work that is late"),
        _("{ref} was due on {since}, and nobody has done it. See to it."),
        _WHY_WORK,
        Severity.ATTENTION,
        "alerts.relay",
        "alerts.see",
        "waits",
    ),
    Check(
        "calls.for_nobody",
        _("Work that nobody can be called to"),
        _("{ref} waits, and there is nobody who could be called to it. Appoint somebody."),
        _WHY_WORK,
        Severity.GRAVE,
        "chain.edit",
        "alerts.see",
        "waits",
    ),
    Check(
        "calls.post_silent",
        _("Silent in warnings"),
        _("“{post}” let {count} of {asked} warnings of the last year go by. Ask why."),
        _("Who was silent twice will be silent again: everybody below hears late, by a by-pass."),
        Severity.ATTENTION,
        "people.edit",
        "alerts.see",
        "post",
    ),
    Check(
        "calls.roster_gap",
        _("Nobody on duty"),
        _("From {since} on nobody is on duty for {place}. Enter the next shifts."),
        _(
            "Who is on duty is asked first. Where a roster is kept, an hour without anybody is a hole."
        ),
        Severity.ATTENTION,
        "chain.edit",
        "people.see",
        "roster",
    ),
)


def find(scope: Scope, now: datetime) -> Iterable[Found]:
    """Find what is wrong with calling people in a scope; eight statements."""
    yield from find_uncalled(_called(scope), now)
    plans = RollCallPlan.objects.filter(inside(scope), is_active=True)
    rows = plans.values_list("pk", "path", "next_at")
    yield from find_late_plans((PlanSeen(str(key), *rest) for key, *rest in rows), now)
    yield from find_waiting(_work(scope), now)
    yield from find_silent(_hops(scope, now))
    yield from _rosters(scope, now)


def _called(scope: Scope) -> Iterator[CalledSeen]:
    """Read the places right above the grids, with the last roll-call held there or above."""
    held = RollCall.objects.filter(inside_or_above(scope)).order_by()
    last = dict(held.values_list("path").annotate(Max("started_at")))
    for path, name in above_grids(scope):
        times = [last[one] for one in (*line_above(path), path) if one in last]
        yield CalledSeen(path, name, max(times, default=None))


def _work(scope: Scope) -> Iterator[WorkSeen]:
    rows = Errand.objects.filter(inside(scope), state=ErrandState.OPEN, drill=None)
    for key, path, ref, due, called, notice in rows.exclude(kind=OWN_ERRAND).values_list(
        "pk", "path", "ref", "due_at", "called_at", "notice_id"
    ):
        yield WorkSeen(str(key), path, ref, due, called is not None, notice is not None)


def _hops(scope: Scope, now: datetime) -> Iterator[HopSeen]:
    since = (now - LATELY).date()
    sums = Hop.objects.filter(inside(scope), month__gte=since).order_by()
    rows = list(
        sums.values_list("post_id")
        .annotate(asked=Sum("asked"), silences=Sum("silent"))
        .filter(silences__gt=1)
    )
    posts: dict[Any, tuple[str, str]] = {}
    for some in in_chunks([row[0] for row in rows]):
        standing = Post.objects.filter(pk__in=some, ended_on=None)
        posts.update({key: rest for key, *rest in standing.values_list("pk", "path", "title")})
    for post, asked, silences in rows:
        if post in posts and scope.covers(posts[post][0]):
            yield HopSeen(str(post), *posts[post], asked, silences)


def _rosters(scope: Scope, now: datetime) -> Iterator[Found]:
    shifts = Shift.objects.filter(
        inside(scope), struck_at=None, until_at__gt=now - ROSTER_USED, unit__ended_on=None
    )
    kept: dict[tuple[str, str], list[tuple[datetime, datetime]]] = {}
    for path, name, begins, ends in shifts.order_by("path").values_list(
        "path", F("unit__name"), "from_at", "until_at"
    ):
        kept.setdefault((path, name), []).append((begins, ends))
    for (path, name), spans in kept.items():
        yield from find_roster_gaps(path, name, spans, now)


def touched(entries: Sequence[Entry]) -> Iterable[Touch]:
    """Look again where work waits, and below where a roll-call was held or the division changed."""
    found = divided(entries)
    for entry in entries:
        is_call = entry.verb.startswith("outreach.rollcall")
        place = entry.place or "/"
        found.add(Touch(place, is_call or not entry.place))
        if entry.verb == "chain.unit_created":
            found |= {Touch(path) for path in line_above(place)}
    return found


declare(
    Family(
        "calls",
        _("Calling people"),
        CHECKS,
        find,
        (
            "outreach.rollcall_started",
            "outreach.rollcall_planned",
            "outreach.rollcall_unplanned",
            "outreach.errand_asked",
            "outreach.errand_told",
            "outreach.errand_for_nobody",
            "outreach.errand_done",
            "outreach.errand_dropped",
            "chain.shift_entered",
            "chain.shift_struck",
            "chain.post_closed",
            "chain.unit_created",
            "chain.unit_moved",
            "chain.unit_split",
            "chain.units_merged",
            "chain.unit_closed",
            "chain.regrouped",
            "chain.imported",
            "chain.place_invented",
        ),
        touched,
    )
)
