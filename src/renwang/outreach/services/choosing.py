"""Who is asked first when a post's turn comes: whoever is on duty, and nobody in his quiet hours."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from renwang.chain.models import Route
from renwang.chain.selectors.rosters import shifts_at
from renwang.outreach.ladders import Rung, ladders_of
from renwang.outreach.models import Call, Notice
from renwang.outreach.resting import rest_ends, resting, with_own_hours
from renwang.outreach.rules import CallState, Plan, first_awake, freeze_plan, needs_a_hand
from renwang.outreach.setwise import in_chunks, update_rows

_WRITTEN = (
    "person_id", "contact_id", "channel", "rank", "plan", "send_at", "due_at", "turn_at",
    "quiet_until",
)  # fmt: skip
_PEOPLE_AT_ONCE = 500


def people_on_duty(
    top: str, now: datetime, posts: Iterable[UUID] | None = None
) -> dict[UUID, set[UUID]]:
    """Say for each post below a path which people of its ladder are on duty now; two statements where there is a roster."""
    shifts = shifts_at(top, now)
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for some in in_chunks(sorted(shifts), _PEOPLE_AT_ONCE):
        routes = Route.objects.filter(person_id__in=some, path__under=top)
        if posts is not None:
            routes = routes.filter(post_id__in=list(posts))
        for post_id, path, person_id in routes.values_list("post_id", "path", "person_id"):
            if any(path.startswith(place) for place in shifts[person_id]):
                found[post_id].add(person_id)
    return found


def choose_first(notice: Notice, asked: QuerySet[Call], *, now: datetime) -> None:
    """Let calls whose turn has just come begin with whoever is on duty, and let those rest who are to.

    Within the caller's turn at the notice. Costs one statement where there is
    neither a roster nor anybody who rests.
    """
    on_duty = people_on_duty(notice.path, now)
    for some in in_chunks(sorted(on_duty)):
        _prefer(asked.filter(post_id__in=some), on_duty, now)
    if not notice.breaks_quiet:
        _let_rest(notice, asked, now)


def _prefer(asked: QuerySet[Call], on_duty: dict[UUID, set[UUID]], now: datetime) -> None:
    calls = list(asked.exclude(person_id=None))
    ladders = ladders_of({call.post_id for call in calls})
    rows = []
    for call in calls:
        ladder = ladders[call.post_id]
        plan = freeze_plan(ladder, on_duty[call.post_id])
        contact = next(iter((*plan.first, *plan.then)), None)
        rung = next((one for one in ladder if one.contact_id == contact), None)
        if rung is not None:
            rows.append(_asking(call, rung, plan, now))
    update_rows(Call, ("id",), _WRITTEN, rows)


def _asking(call: Call, rung: Rung, plan: Plan, now: datetime) -> tuple:
    send_at = None if needs_a_hand(rung.channel) else now
    return (
        call.pk, rung.person_id, rung.contact_id, rung.channel, rung.rank,
        str(plan.asking(rung.contact_id)), send_at, call.due_at, call.turn_at, None,
    )  # fmt: skip


def _waiting(call: Call, rung: Rung, plan: Plan, until: datetime) -> tuple:
    return (
        call.pk, rung.person_id, rung.contact_id, "", rung.rank, str(plan), None, until, until,
        until,
    )  # fmt: skip


def _let_rest(notice: Notice, asked: QuerySet[Call], now: datetime) -> None:
    """Let calls wait whose whole ladder rests; where somebody is awake, he is asked instead."""
    asked = asked.exclude(person_id=None)
    special = with_own_hours(notice.path).values("post_id")
    until = rest_ends("", "", now)
    # First those looked at one by one: the others are told by what they are not.
    calls = list(asked.filter(post_id__in=special))
    if until is not None:
        asked.exclude(post_id__in=special).update(
            quiet_until=until, due_at=until, turn_at=until, send_at=None, channel=""
        )
    rows = []
    for some in in_chunks(calls):
        rows += _each(some, now)
    update_rows(Call, ("id",), _WRITTEN, rows)


def _each(calls: Sequence[Call], now: datetime) -> list[tuple]:
    posts = {call.post_id for call in calls}
    ladders = ladders_of(posts)
    quiet = resting(Route.objects.filter(post_id__in=posts), now)
    rows = []
    for call in calls:
        plan = Plan.read(call.plan)
        filled = {rung.contact_id: rung for rung in ladders[call.post_id]}
        left = [filled[key] for part in plan.parts for key in part if key in filled]
        rung, until = first_awake(left, quiet)
        if rung is None or (until is None and rung.contact_id == call.contact_id):
            continue
        first = (*plan.asked, *plan.first) if plan.first else ()
        then = plan.then if plan.first else (*plan.asked, *plan.then)
        whole = Plan((), first, then)
        if until is None:
            rows.append(_asking(call, rung, whole, now))
        else:
            rows.append(_waiting(call, rung, whole, until))
    return rows


def just_asked(notice: Notice, now: datetime) -> QuerySet[Call]:
    """Return the calls whose turn has come at this moment, and that nobody has answered."""
    return Call.objects.filter(
        notice=notice, state=CallState.ASKING, asked_at=now, rung=0, understood_at=None
    )
