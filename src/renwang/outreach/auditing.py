"""The auditor: finds relays that stopped climbing, and says so.

It shares nothing with what it audits but the tables: not the ladder's rules,
not the choice of what is due, not the sending loop. What it knows is only what
must be true of rows at rest: whatever is due was acted on, whatever is open
has a next step, whatever is being sent ends.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet

from renwang.base import journal
from renwang.base.models import Entry
from renwang.base.pure.ids import uuid7
from renwang.chain.reach import Viewer
from renwang.outreach.errand_rules import ERRAND
from renwang.outreach.models import Attempt, Call, Errand, Notice, Stall
from renwang.outreach.rollcall_rules import ROLLCALL
from renwang.outreach.services.tallying import prefixes
from renwang.outreach.stalls import StallKind

BY = "node:auditor"

LATE = timedelta(seconds=90)
"""A worker that runs acts within a second or two; after so long nobody acts on it."""
UNSENT_FOR = timedelta(minutes=6)
"""A line that keeps failing rests for three minutes at most, so a message waits no longer than this."""
SENDING_FOR = timedelta(minutes=10)
UNSEALED_FOR = timedelta(seconds=90)
AHEAD_BY = timedelta(minutes=2)
LONGEST_REST = timedelta(hours=25)
LOOK_BACK = timedelta(days=7)
MOST = 20


@dataclass(frozen=True, slots=True)
class Found:
    """Something that does not go on: of which kind, in which notice, and how many."""

    kind: StallKind
    notice_id: UUID | None
    number: int


def look_for_stalls(now: datetime) -> list[Found]:
    """Look at everything under way and say what does not go on; eleven statements whatever the size."""
    live = Notice.objects.filter(state="started", drill=None)
    spans = ("contact_for", "person_for", "carry_for", "again_every")
    of_work = Q(kind=ERRAND)
    longest = live.aggregate(
        **{f"{span}_of_words": Max(span, filter=~of_work) for span in spans},
        **{f"{span}_of_work": Max(span, filter=of_work) for span in spans},
    )
    ahead = now + 2 * _longest(longest[f"{span}_of_words"] for span in spans)
    work_ahead = now + 2 * _longest(longest[f"{span}_of_work"] for span in spans)
    calls = Call.objects.filter(notice__in=live.values("pk"))
    in_time = calls.filter(Q(notice__ends_at=None) | Q(notice__ends_at__gt=now))
    open_ones = in_time.filter(understood_at=None)
    above = Call.objects.filter(notice=OuterRef("notice"), path=OuterRef("parent_path"))
    is_done = Exists(above.filter(state__in=("carried", "silent"))) | ~Exists(above)
    again = Q(notice__again_times=0) | Q(lap__lt=F("notice__again_times"))
    never = Q(state="asking") | Q(again, state="silent", notice__again_every__gt=0)
    lies_ahead = (
        Q(~Q(notice__kind=ERRAND), due_at__gt=ahead + AHEAD_BY, quiet_until=None)
        | Q(notice__kind=ERRAND, due_at__gt=work_ahead + AHEAD_BY, quiet_until=None)
        | Q(send_at__gt=now + AHEAD_BY)
        | Q(claimed_until__gt=now + SENDING_FOR)
        | Q(quiet_until__gt=now + LONGEST_REST)
    )
    looked: list[tuple[StallKind, QuerySet]] = [
        (StallKind.OVERDUE, in_time.filter(due_at__lt=now - LATE)),
        (StallKind.UNSENT, in_time.filter(send_at__lt=now - UNSENT_FOR)),
        (StallKind.NO_STEP, open_ones.filter(never, due_at=None).exclude(notice__kind=ROLLCALL)),
        (StallKind.NOT_ASKED, open_ones.filter(is_done, state="waiting")),
        (StallKind.AHEAD, open_ones.filter(lies_ahead)),
        (
            StallKind.SENDING,
            Attempt.objects.filter(
                outcome="sending",
                begun_at__lt=now - SENDING_FOR,
                begun_at__gt=now - LOOK_BACK,
                notice__in=live.values("pk"),
            ),
        ),
    ]
    found = [Found(kind, *row) for kind, rows in looked for row in _by_notice(rows)]
    late = Q(ends_at__lt=now - LATE) | Q(is_counted=False, started_at__lt=now - LATE)
    for pk, ends_at in live.filter(late).values_list("pk", "ends_at"):
        is_over = ends_at is not None and ends_at < now - LATE
        found.append(Found(StallKind.NOT_ENDED if is_over else StallKind.NOT_COUNTED, pk, 1))
    return found + _of_the_node(now)


def _longest(seconds: Iterable[int | None]) -> timedelta:
    return timedelta(seconds=max((one or 0 for one in seconds), default=0))


def _by_notice(rows: QuerySet) -> Iterable[tuple[UUID, int]]:
    return rows.order_by().values_list("notice_id").annotate(number=Count("pk"))


def _of_the_node(now: datetime) -> list[Found]:
    found = []
    late = Entry.objects.filter(seq=None, recorded_at__lt=now - UNSEALED_FOR).count()
    if late:
        found.append(Found(StallKind.UNSEALED, None, late))
    untold = Errand.objects.filter(
        state="open", called_at=None, asked_at__lt=now - LATE, drill=None
    ).count()
    if untold:
        found.append(Found(StallKind.NOT_TOLD, None, untold))
    last = Entry.objects.order_by("-id").values_list("recorded_at", flat=True).first()
    if last is not None and last > now + AHEAD_BY:
        found.append(Found(StallKind.CLOCK, None, round((last - now).total_seconds())))
    return found


def audit_relays(now: datetime) -> int:
    """Look, and keep what was found: what is new and what goes on again is a fact each; return how many."""
    found = {(one.kind.value, one.notice_id): one for one in look_for_stalls(now)}
    known = {(one.kind, one.notice_id): one for one in Stall.objects.filter(ended_at=None)}
    changed = 0
    for key, one in found.items():
        if key not in known:
            changed += _open(one, now)
    for key, stall in known.items():
        if key in found:
            Stall.objects.filter(pk=stall.pk).update(number=found[key].number, seen_at=now)
        else:
            changed += _close(stall, now)
    return changed


@transaction.atomic
def _open(found: Found, now: datetime) -> int:
    notice = Notice.objects.filter(pk=found.notice_id).first() if found.notice_id else None
    stall, is_new = Stall.objects.get_or_create(
        kind=found.kind.value,
        notice=notice,
        ended_at=None,
        defaults={"id": uuid7(now), "number": found.number, "first_at": now, "seen_at": now},
    )
    if not is_new:
        return 0
    _record("outreach.stalled", stall, notice, found.number, now)
    return 1


@transaction.atomic
def _close(stall: Stall, now: datetime) -> int:
    if not Stall.objects.filter(pk=stall.pk, ended_at=None).update(ended_at=now):
        return 0
    _record("outreach.goes_on", stall, stall.notice, stall.number, now)
    return 1


def _record(verb: str, stall: Stall, notice: Notice | None, number: int, now: datetime) -> None:
    journal.record(
        verb, notice or stall, by=BY, at=now, kind=stall.kind, number=number, since=stall.first_at
    )


# --- for the board, the desk and the doctor ----------------------------------


def open_stalls(notice: Notice) -> list[Stall]:
    """Say what of a notice does not go on, oldest first; one statement."""
    return list(Stall.objects.filter(notice=notice, ended_at=None).order_by("first_at", "kind"))


def stalls_for(viewer: Viewer) -> list[Stall]:
    """Say what does not go on where a viewer watches, and in the node as a whole; one statement."""
    mine = Q(notice=None)
    for place in viewer.places.get("alerts.see", ()):
        mine |= Q(notice__path__under=place) | Q(notice__path__in=prefixes(place))
    found = Stall.objects.filter(mine, ended_at=None).select_related("notice")
    return list(found.order_by("first_at", "kind")[:MOST])


def count_stalls() -> dict[str, int]:
    """Count what does not go on by kind, for the metrics; one statement."""
    counted = Stall.objects.filter(ended_at=None).order_by().values_list("kind")
    return dict(counted.annotate(number=Count("pk")))
