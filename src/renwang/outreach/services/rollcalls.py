"""Hold a roll-call: everybody on the chain is asked, by each of his contacts, for a sign of life."""

# ruff: noqa: S608 - names come from the models only; every value is a parameter.

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from renwang.base import journal
from renwang.base.fields import below
from renwang.base.models import Entry
from renwang.base.pure.ids import uuid7
from renwang.base.references import next_reference
from renwang.chain.models import Contact, Route, Unit
from renwang.chain.reach import require
from renwang.outreach.errand_rules import NOT_CARRIED, NOT_HELD, ErrandAct
from renwang.outreach.models import Call, Notice, RollCall, RollCallPlan
from renwang.outreach.rollcall_rules import (
    PUT_OFF,
    ROLLCALL,
    TEST_MARK,
    AlreadyCalling,
    NobodyToCall,
    check_rhythm,
    check_window,
    first_moment,
    next_moment,
)
from renwang.outreach.rules import BY_HAND, CallState, NoticeState, Order, Receipt, is_answer
from renwang.outreach.services.errands import (
    Waiting,
    ask_errand,
    end_errand,
    in_every_language,
)
from renwang.outreach.services.mending import ask_to_mend, note_mended
from renwang.outreach.services.tallying import prefixes
from renwang.outreach.services.withdrawing import finish_notice
from renwang.outreach.setwise import adapt, in_chunks, update_rows

_CALL, _ROUTE = Call._meta.db_table, Route._meta.db_table
NODE = "node:rollcall"

NOT_HELD_TERM = timedelta(days=1)
NOT_HELD_SAID = gettext_lazy(
    "The roll-call planned in {unit} was not held: a warning is being carried down"
)


@transaction.atomic
def start_rollcall(
    unit: Unit,
    *,
    window: timedelta,
    by: Any,
    now: datetime,
    reason: str = "",
    plan: RollCallPlan | None = None,
) -> RollCall:
    """Ask every contact of everybody who answers for a unit or below it, now; each has `window` to answer.

    Contacts that a person must use for us, such as a telephone, are asked only
    of people who have no other. Refuses with NotInReach, WindowNotSensible,
    AlreadyCalling and NobodyToCall.
    """
    require(by, "rollcalls.run", at=unit.path)
    check_window(window)
    # The unit's row is the turn: two buttons pressed at once start one roll-call.
    Unit.objects.filter(pk=unit.pk).update(position=unit.position)
    if under_way(unit.path).exists():
        raise AlreadyCalling(unit=unit.name)
    ends_at = now + window
    title, words = _say(unit, ends_at)
    seconds = int(window.total_seconds())
    key = uuid7(now)
    notice = Notice.objects.create(
        id=uuid7(now),
        ref=next_reference("N", now),
        kind=ROLLCALL,
        subject_id=key,
        thread=key.hex,
        path=unit.path,
        title=title,
        words=words,
        language="",
        order=Order.TOGETHER,
        contact_for=seconds,
        person_for=seconds,
        carry_for=seconds,
        started_by=getattr(by, "id", None),
        started_at=now,
        ends_at=ends_at,
    )
    contacts = _expand(notice, now)
    if not contacts:
        raise NobodyToCall(unit=unit.name)
    made = RollCall.objects.create(
        id=key,
        ref=next_reference("C", now),
        notice=notice,
        unit_id=unit.pk,
        path=unit.path,
        reason=reason,
        plan=plan,
        contacts=contacts,
        started_by=getattr(by, "id", None),
        started_at=now,
        ends_at=ends_at,
    )
    journal.record(
        "outreach.rollcall_started",
        made,
        by=by,
        at=now,
        notice=notice.pk,
        unit=unit.name,
        contacts=contacts,
        reason=reason,
        ends_at=ends_at,
        title=title,
        words=words,
    )
    for key in RollCallPlan.objects.filter(unit_id=unit.pk).values_list("pk", flat=True):
        end_errand(NOT_HELD, key, by=by, now=now)
    return made


def under_way(path: str) -> Any:
    """Return the roll-calls under way that would ask some of the same people."""
    return RollCall.objects.filter(
        Q(path__under=path) | Q(path__in=prefixes(path)), notice__state=NoticeState.STARTED
    )


def _say(unit: Unit, ends_at: datetime) -> tuple[str, str]:
    """Write the message in both languages; the first words say that it is a test."""
    until = date_format(timezone.localtime(ends_at), "Y-m-d H:i")
    lines = []
    for language in ("zh-hans", "en"):
        with override(language):
            lines.append(
                _(
                    "This is a test of how you can be reached. Nothing has happened."
                    " Please answer before %(until)s; if you are asked for a number, answer 1."
                )
                % {"until": until}
            )
    return f"{TEST_MARK}{unit.name}"[:300], "\n".join(lines)


def _expand(notice: Notice, now: datetime) -> int:
    """Insert a call for every contact on the ladders of a place: one statement, whatever the size."""
    fields = Call._meta.get_field
    moment = adapt(fields("due_at"), now)
    due = adapt(fields("due_at"), notice.ends_at)
    hands = sorted(BY_HAND)
    marks = ", ".join("%s" for _ in hands)
    only_by_hand = (
        f"NOT EXISTS (SELECT 1 FROM {_ROUTE} o WHERE o.person_id = r.person_id"
        f" AND o.contact_id IS NOT NULL AND o.channel NOT IN ({marks}))"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {_CALL} (notice_id, post_id, unit_id, path, parent_path, depth, is_leaf,"
            f" households, state, rung, rank, person_id, contact_id, channel, tries, send_at,"
            f" due_at, asked_at, turn_at, answered_via, covered, plan, lap)"
            f" SELECT %s, r.contact_id, r.unit_id, r.path, '', r.depth, %s, 0, %s, r.rung, r.rank,"
            f" r.person_id, r.contact_id, r.channel, 0,"
            f" CASE WHEN r.channel IN ({marks}) THEN NULL ELSE {_moment()} END, %s, %s, %s, '', 0, '', 0"
            f" FROM (SELECT contact_id, MIN(id) AS id FROM {_ROUTE}"
            f" WHERE contact_id IS NOT NULL AND path >= %s AND path < %s GROUP BY contact_id) f"
            f" JOIN {_ROUTE} r ON r.id = f.id"
            f" WHERE r.channel NOT IN ({marks}) OR {only_by_hand}",
            [
                adapt(fields("notice"), notice.pk),
                True,
                CallState.ASKING.value,
                *hands,
                moment,
                due,
                moment,
                moment,
                notice.path,
                below(notice.path),
                *hands,
                *hands,
            ],
        )
        return cursor.rowcount


def _moment() -> str:
    return "%s::timestamptz" if connection.vendor == "postgresql" else "%s"


@transaction.atomic
def end_rollcall(rollcall: RollCall, *, by: Any, now: datetime) -> None:
    """End a roll-call before its time; who has not answered by now counts as silent."""
    require(by, "rollcalls.run", at=rollcall.path)
    finish_notice(rollcall.notice, by=by, now=now)


# --- by themselves --------------------------------------------------------------


@transaction.atomic
def set_plan(
    unit: Unit, *, every_days: int, at: time, window: timedelta, by: Any, now: datetime
) -> RollCallPlan:
    """Have roll-calls held by themselves in a unit, every so many days at a time of day."""
    require(by, "rollcalls.run", at=unit.path)
    check_window(window)
    check_rhythm(every_days)
    plan, is_new = RollCallPlan.objects.update_or_create(
        unit_id=unit.pk,
        defaults={
            "path": unit.path,
            "every_days": every_days,
            "at": at,
            "window": int(window.total_seconds()),
            "next_at": first_moment(at, after=now, zone=_zone()),
            "is_active": True,
            "set_by": getattr(by, "id", None),
        },
        create_defaults={
            "id": uuid7(now),
            "path": unit.path,
            "every_days": every_days,
            "at": at,
            "window": int(window.total_seconds()),
            "next_at": first_moment(at, after=now, zone=_zone()),
            "set_by": getattr(by, "id", None),
        },
    )
    journal.record(
        "outreach.rollcall_planned",
        plan,
        by=by,
        at=now,
        unit=unit.name,
        days=every_days,
        time=at.isoformat("minutes"),
        window=plan.window,
        next_at=plan.next_at,
        is_new=is_new,
    )
    return plan


@transaction.atomic
def stop_plan(plan: RollCallPlan, *, by: Any, now: datetime) -> None:
    """Hold no more roll-calls by themselves there."""
    require(by, "rollcalls.run", at=plan.path)
    if RollCallPlan.objects.filter(pk=plan.pk, is_active=True).update(is_active=False):
        journal.record("outreach.rollcall_unplanned", plan, by=by, at=now)
        end_errand(NOT_HELD, plan.pk, by=by, now=now, act=ErrandAct.DROP)


def start_planned(now: datetime) -> int:
    """Hold the roll-calls whose time has come; say how many. One in the way of a warning is put off."""
    started = 0
    due = RollCallPlan.objects.filter(is_active=True, next_at__lte=now)
    for key in list(due.order_by("next_at").values_list("pk", flat=True)):
        started += _start_one(key, now)
    return started


@transaction.atomic
def _start_one(key: UUID, now: datetime) -> int:
    plan = RollCallPlan.objects.get(pk=key)
    again = next_moment(plan.every_days, plan.at, after=now, zone=_zone())
    is_busy = _carries_a_warning(plan.path)
    taken = RollCallPlan.objects.filter(pk=key, is_active=True, next_at=plan.next_at).update(
        next_at=now + PUT_OFF if is_busy else again
    )
    if not taken:
        return 0
    if is_busy:
        journal.record("outreach.rollcall_put_off", plan, by=NODE, at=now, until=now + PUT_OFF)
        _call_for_it(plan, now)
        return 0
    unit = Unit.objects.filter(pk=plan.unit_id, ended_on=None).first()
    if unit is None:
        RollCallPlan.objects.filter(pk=key).update(is_active=False)
        journal.record("outreach.rollcall_unplanned", plan, by=NODE, at=now)
        return 0
    try:
        window = timedelta(seconds=plan.window)
        with transaction.atomic():
            start_rollcall(unit, window=window, by=NODE, now=now, plan=plan)
    except (AlreadyCalling, NobodyToCall):
        return 0
    return 1


def _call_for_it(plan: RollCallPlan, now: datetime) -> None:
    """Let whoever may hold roll-calls there know that one is missing; he holds it himself, or it is held later."""
    unit = Unit.objects.filter(pk=plan.unit_id).first()
    waiting = Waiting(
        kind=NOT_HELD,
        subject_id=plan.pk,
        ref="",
        said=in_every_language(NOT_HELD_SAID, unit=unit.name if unit else ""),
        path=plan.path,
        capability="rollcalls.run",
        term=NOT_HELD_TERM,
    )
    ask_errand(waiting, by=NODE, now=now)


def _carries_a_warning(path: str) -> bool:
    live = Notice.objects.filter(
        Q(path__under=path) | Q(path__in=prefixes(path)), state=NoticeState.STARTED, drill=None
    )
    return live.exclude(kind__in=NOT_CARRIED).exists()


def _zone() -> Any:
    return timezone.get_default_timezone()


# --- what contacts have proved ----------------------------------------------------


def note_answers(entries: Sequence[Entry]) -> int:
    """Note at each contact when somebody last answered through it, from the receipts in the journal.

    A receipt counts for the contact that was being asked when it came by the
    same channel, and for a person's field app when he answered there.
    """
    answers: list[tuple[int, datetime, str, str | None]] = []
    for entry in entries:
        if entry.drill is None:
            answers += [
                (call, datetime.fromisoformat(at), via, person)
                for call, receipt, at, via, person, _households in entry.facts["items"]
                if is_answer(Receipt(receipt))
            ]
    if not answers:
        return 0
    worked: dict[UUID, datetime] = {}
    for some in in_chunks(answers):
        asked = Call.objects.filter(pk__in={one[0] for one in some})
        calls = {
            pk: rest for pk, *rest in asked.values_list("pk", "contact_id", "channel", "person_id")
        }
        apps = _apps_of({UUID(one[3]) for one in some if one[2] == "app" and one[3]})
        for call, at, via, person in some:
            contact, channel, _asked = calls.get(call, (None, "", None))
            if via != channel or contact is None:
                contact = apps.get(UUID(person)) if via == "app" and person else None
            if contact is not None:
                worked[contact] = max(at, worked.get(contact, at))
    update_rows(Contact, ("id",), ("worked_at",), list(worked.items()))
    note_mended(worked, now=max(worked.values()))
    return len(worked)


def _apps_of(people: set[UUID]) -> dict[UUID, UUID]:
    found = Contact.objects.filter(person__in=people, kind=Contact.Kind.APP)
    return dict(found.values_list("person_id", "pk"))


def note_silence(entries: Sequence[Entry]) -> int:
    """Note at each contact that a roll-call found silent that it did not work then, and have it mended."""
    ended = {UUID(entry.subject_id): entry.at for entry in entries if entry.drill is None}
    noted = 0
    for notice in Notice.objects.filter(pk__in=list(ended), kind=ROLLCALL).order_by("pk"):
        silent = Call.objects.filter(notice=notice, understood_at=None).exclude(channel__in=BY_HAND)
        noted += Contact.objects.filter(
            pk__in=silent.values("contact_id"),
        ).update(failed_at=ended[notice.pk])
        ask_to_mend(notice, now=ended[notice.pk])
    return noted
