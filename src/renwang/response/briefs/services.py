"""What is done with briefs: drafted from the data, put into words, approved by another hand, read, taken back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation

from renwang.base import journal
from renwang.base.pure.ids import uuid7
from renwang.base.pure.text import search_key
from renwang.base.references import next_reference
from renwang.cases import config
from renwang.chain.models import Unit
from renwang.chain.reach import NotInReach, Viewer, require
from renwang.chain.rules import line_above
from renwang.outreach.errand_rules import ErrandAct
from renwang.outreach.services import ask_errand, end_errand
from renwang.outreach.services.errands import ask_errands
from renwang.response.briefs.counting import Week, count_week
from renwang.response.briefs.drafting import draft_public, draft_sections, draft_title
from renwang.response.briefs.models import Addressee, Brief, Version
from renwang.response.briefs.rules import (
    GOES_ON_FOR,
    READERS_AT_MOST,
    TITLE_AT_MOST,
    WEEK,
    Act,
    BriefThere,
    NobodyReads,
    NotNow,
    ReaderElsewhere,
    State,
    check_other_hand,
    check_public,
    check_sections,
    check_week,
    check_words,
    monday_of,
    move,
    prepares_now,
)
from renwang.response.briefs.waiting import (
    APPROVAL,
    DRAFTED,
    READING,
    waiting_approval,
    waiting_draft,
    waiting_reader,
)

By = Viewer | str
BY = "node:briefs"


@dataclass(frozen=True, slots=True)
class Wording:
    """A brief as a person puts it: title, its parts, what everybody reads, which units read it."""

    title: str
    sections: Mapping[str, str] = field(repr=False)
    public_words: str = field(default="", repr=False)
    is_public: bool = False
    readers: Sequence[Unit] = ()


def hand_of(by: By) -> UUID | None:
    """Say whose hand does it; None for a part of the node."""
    return by.id if isinstance(by, Viewer) else None


@transaction.atomic
def draft_brief(unit: Unit, day: date, *, by: By, now: datetime) -> Brief:
    """Draft the brief of a day's week at a place. Refuses with `BriefThere`, `WeekNotOver` and `reach.NotInReach`."""
    require(by, "briefs.write", at=unit.path)
    zone = timezone.get_default_timezone()
    monday = check_week(day, now.astimezone(zone).date())
    there = Brief.objects.filter(unit=unit, from_on=monday).exclude(state=State.DISCARDED).first()
    if there is not None:
        raise BriefThere(ref=there.ref)
    begin, end = (datetime.combine(at, time(), zone) for at in (monday, monday + WEEK))
    week = Week(unit, begin, end, now)
    figures = count_week(week)
    language = by.language if isinstance(by, Viewer) else settings.LANGUAGE_CODE
    with translation.override(language):
        title, sections = draft_title(week), draft_sections(week, figures)
        public = draft_public(week, figures)
    brief = Brief.objects.create(
        id=uuid7(now), ref=next_reference("J", now), unit=unit, path=unit.path, from_on=monday,
        from_at=begin, until_at=end, title=title, figures=[one.as_data() for one in figures],
        counted_at=now, since=now,
    )  # fmt: skip
    above = Unit.objects.filter(path__in=line_above(unit.path)[-1:], ended_on=None)
    readers = [str(key) for key in above.values_list("pk", flat=True)]
    _write(brief, title, sections, public, readers, by=None, now=now)
    journal.record("briefs.drafted", brief, by=by, at=now)
    return brief


def _write(
    brief: Brief,
    title: str,
    sections: Mapping[str, str],
    public: str,
    readers: Sequence[str],
    *,
    by: UUID | None,
    now: datetime,
) -> None:
    number = brief.versions.count() + 1
    brief.current = Version.objects.create(
        brief=brief, number=number, title=title, sections=dict(sections), public_words=public,
        readers=list(readers), by=by, at=now,
    )  # fmt: skip
    brief.title, brief.since = title, now
    brief.search = search_key(" ".join([brief.ref, title, *sections.values()]))
    brief.save()


def _locked(key: UUID, capability: str, by: By) -> Brief:
    found = Brief.objects.select_for_update(of=("self",)).select_related("unit", "current")
    brief = found.defer("unit__boundary").get(pk=key)
    require(by, capability, at=brief.path)
    return brief


@transaction.atomic
def edit_brief(key: UUID, said: Wording, *, by: By, now: datetime) -> Brief:
    """Put a brief into other words; the earlier ones stay beside it.

    Refuses with `WordsMissing`, `WordsTooLong`, `FewAreTold`, `ReaderElsewhere`,
    `NotNow` and `reach.NotInReach`.
    """
    brief = _locked(key, "briefs.write", by)
    brief.state = move(State(brief.state), Act.EDIT)
    title = check_words(said.title, TITLE_AT_MOST)
    sections = check_sections(said.sections)
    public = check_public(said.public_words) if said.is_public else said.public_words.strip()
    readers = _readers(brief, said.readers)
    brief.is_public, brief.reason = said.is_public and bool(public), ""
    _write(brief, title, sections, public, readers, by=hand_of(by), now=now)
    _drop(brief, by=by, now=now)
    journal.record("briefs.edited", brief, by=by, at=now, version=brief.current.number)
    return brief


def _readers(brief: Brief, units: Sequence[Unit]) -> list[str]:
    above = set(line_above(brief.path))
    if len(units) > READERS_AT_MOST or any(
        one.path not in above and one.parent_id != brief.unit_id for one in units
    ):
        raise ReaderElsewhere
    return [str(one.pk) for one in units]


def _drop(brief: Brief, *, by: By, now: datetime) -> None:
    for kind in (DRAFTED, APPROVAL):
        end_errand(kind, brief.pk, by=by, now=now, act=ErrandAct.DROP)


@transaction.atomic
def submit_brief(key: UUID, *, by: By, now: datetime) -> Brief:
    """Hand a brief in; somebody else is called to read and approve it. Refuses with `NobodyReads`, `NotNow` and `reach.NotInReach`."""
    brief = _locked(key, "briefs.write", by)
    brief.state = move(State(brief.state), Act.SUBMIT)
    if not brief.current.readers and not brief.is_public:
        raise NobodyReads
    brief.submitted_by, brief.since = hand_of(by), now
    brief.save(update_fields=["state", "submitted_by", "since"])
    end_errand(DRAFTED, brief.pk, by=by, now=now)
    ask_errand(waiting_approval(brief, list(_hands(brief))), by=by, now=now)
    journal.record("briefs.submitted", brief, by=by, at=now)
    return brief


def _hands(brief: Brief) -> set[UUID]:
    """Give everybody who has written or handed in something of a brief."""
    wrote = set(brief.versions.values_list("by", flat=True))
    return {one for one in (*wrote, brief.submitted_by) if one is not None}


@transaction.atomic
def return_brief(key: UUID, reason: str, *, by: By, now: datetime) -> Brief:
    """Give a brief back to be put right, and say why. Refuses with `WordsMissing`, `NotNow` and `reach.NotInReach`."""
    brief = _locked(key, "briefs.approve", by)
    brief.state = move(State(brief.state), Act.RETURN)
    brief.reason, brief.since = check_words(reason, 300), now
    brief.save(update_fields=["state", "reason", "since"])
    end_errand(APPROVAL, brief.pk, by=by, now=now)
    ask_errand(waiting_draft(brief), by=by, now=now)
    journal.record("briefs.returned", brief, by=by, at=now, reason=brief.reason)
    return brief


@transaction.atomic
def approve_brief(key: UUID, *, by: By, now: datetime) -> Brief:
    """Approve what somebody else wrote; with that it is published, and its readers are called.

    Refuses with `SameHandTwice`, `NotNow` and `reach.NotInReach`.
    """
    brief = _locked(key, "briefs.approve", by)
    brief.state = move(State(brief.state), Act.APPROVE)
    check_other_hand(hand_of(by), _hands(brief))
    brief.approved_by, brief.published_at, brief.since, brief.reason = hand_of(by), now, now, ""
    brief.save()
    units = Unit.objects.filter(pk__in=brief.current.readers, ended_on=None).order_by("path")
    readers = [
        Addressee(errand_id=uuid7(now), brief=brief, unit=one, path=one.path)
        for one in units.defer("boundary")
    ]
    Addressee.objects.bulk_create(readers)
    end_errand(APPROVAL, brief.pk, by=by, now=now)
    ask_errands([waiting_reader(brief, one) for one in readers], now=now)
    journal.record(
        "briefs.approved", brief, by=by, at=now, readers=len(readers), public=brief.is_public
    )
    return brief


@transaction.atomic
def withdraw_brief(key: UUID, reason: str, *, by: By, now: datetime) -> Brief:
    """Take a published brief back; it stays on show with the reason. Refuses with `WordsMissing`, `NotNow` and `reach.NotInReach`."""
    brief = _locked(key, "briefs.approve", by)
    brief.state = move(State(brief.state), Act.WITHDRAW)
    brief.reason, brief.since = check_words(reason, 300), now
    brief.save(update_fields=["state", "reason", "since"])
    for one in brief.addressees.filter(read_at=None):
        end_errand(READING, one.errand_id, by=by, now=now, act=ErrandAct.DROP)
    journal.record("briefs.withdrawn", brief, by=by, at=now, reason=brief.reason)
    return brief


@transaction.atomic
def discard_brief(key: UUID, *, by: By, now: datetime) -> Brief:
    """Discard a brief that was never published; another may be drafted. Refuses with `NotNow` and `reach.NotInReach`."""
    brief = _locked(key, "briefs.write", by)
    brief.state, brief.since = move(State(brief.state), Act.DISCARD), now
    brief.save(update_fields=["state", "since"])
    _drop(brief, by=by, now=now)
    journal.record("briefs.discarded", brief, by=by, at=now)
    return brief


@transaction.atomic
def read_brief(key: UUID, *, by: Viewer, now: datetime) -> int:
    """Note that somebody has read a brief for his units; return for how many. Refuses with `reach.NotInReach`."""
    brief = Brief.objects.get(pk=key)
    if brief.state != State.PUBLISHED:
        raise NotNow(state=brief.state, act="read")
    rows = [
        one
        for one in brief.addressees.select_related("unit").defer("unit__boundary")
        if by.may("briefs.see", one.path)
    ]
    if not rows:
        raise NotInReach("briefs.see", brief.path)
    new = [one for one in rows if one.read_at is None]
    for one in new:
        one.read_by, one.read_at = by.id, now
        one.save(update_fields=["read_by", "read_at"])
        end_errand(READING, one.errand_id, by=by, now=now)
        journal.record("briefs.read", brief, by=by, at=now, unit=one.unit.name)
    return len(new)


def prepare_briefs(now: datetime) -> int:
    """Draft the brief of last week where one was published of late, from eight on the first working day; return how many."""
    calendar = config.current()[0]
    if not prepares_now(calendar, now):
        return 0
    monday = monday_of(now.astimezone(calendar.zone).date())
    since = monday - (GOES_ON_FOR + 1) * WEEK
    going: Any = Brief.objects.filter(state=State.PUBLISHED, from_on__gte=since)
    there = Brief.objects.filter(from_on=monday - WEEK).values("unit")
    made = 0
    for unit in Unit.objects.filter(pk__in=going.values("unit"), ended_on=None).exclude(
        pk__in=there
    ):
        try:
            with transaction.atomic():
                brief = draft_brief(unit, monday - WEEK, by=BY, now=now)
                ask_errand(waiting_draft(brief), by=BY, now=now)
                made += 1
        except BriefThere:  # somebody was quicker
            continue
    return made
