"""Hot spots: found among the cases of the last months, kept with their cases, named, joined, ended and linked by a person."""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from django.db import transaction

from renwang.base import journal
from renwang.base.envelopes import unseal
from renwang.base.pure.ids import uuid7
from renwang.base.pure.text import search_key, trim
from renwang.base.references import next_reference
from renwang.cases.models import Case, Raised, Reporter, Topic
from renwang.cases.rules import MergedIntoItself, NotNow, check_words
from renwang.cases.services.intake import CONTACTS
from renwang.cases.services.moving import By
from renwang.cases.topic_pass import group_apart
from renwang.cases.topic_rules import (
    CASES_OWED,
    VOICES_OWED,
    WINDOW,
    Voice,
    heat_of,
    telling_words,
)
from renwang.chain.models import Unit
from renwang.chain.reach import require
from renwang.chain.rules import line_above
from renwang.chain.structures import structures
from renwang.registers.risks.models import Risk

BY = "node:topics"
MOST = 50_000
"""Cases looked at in one pass, the newest."""
_WEEKS = timedelta(days=28)
_READ, _COMPARED = 60, 1_000  # texts of a topic, and others, by which it is named

Grouping = Callable[[Sequence[Voice]], list[list[int]]]


def find_topics(now: datetime, *, grouping: Grouping = group_apart) -> int:
    """Look for hot spots; return how many cases came to one. Cases that belong to one already stay with it."""
    ended = Raised.objects.filter(topic__ended_at__isnull=False).values("case")
    found = Case.objects.filter(received_at__gte=now - WINDOW, received_at__lte=now)
    rows = list(
        found.exclude(words="").exclude(pk__in=ended).order_by("-received_at", "-pk")
        .values_list("pk", "words", "path", "received_at")[:MOST]
    )  # fmt: skip
    grids = _grids()
    places = {path: _place(path, grids) for path in {row[2] for row in rows}}
    voices = [Voice(row[1], places[row[2]], row[3].timestamp() / 86_400) for row in rows]
    groups = [[rows[at][0] for at in some] for some in grouping(voices)]
    return _keep(groups, [row[1] for row in rows[:_COMPARED]], now)


def _grids() -> frozenset[str]:
    levels = {
        (key, level.key)
        for key, one in structures().items()
        for level in one.levels
        if level.is_grid
    }
    known = Unit.objects.filter(level__in={level for _key, level in levels})
    rows = known.values_list("structure", "level", "path")
    return frozenset(path for structure, level, path in rows if (structure, level) in levels)


def _place(path: str, grids: Collection[str]) -> str:
    """Say what counts as one place: the unit above the grid; for what lies above a grid, that itself."""
    line = [path, *reversed(line_above(path))]
    for at, step in enumerate(line):
        if step in grids:
            return line[at + 1] if at + 1 < len(line) else step
    return path


@transaction.atomic
def _keep(groups: Sequence[Sequence[UUID]], others: Sequence[str], now: datetime) -> int:
    known = dict(Raised.objects.filter(topic__ended_at=None).values_list("case", "topic"))
    joined, new = 0, 0
    for keys in groups:
        votes = Counter(known[key] for key in keys if key in known)
        topic_id = min(votes, key=lambda one: (-votes[one], one)) if votes else None
        if topic_id is None:
            if not _makes_one(keys):
                continue
            topic_id, new = _begin(keys, now).pk, new + 1
        fresh = [key for key in keys if key not in known]
        Raised.objects.bulk_create([Raised(case_id=key, topic_id=topic_id) for key in fresh])
        joined += len(fresh)
    for topic in Topic.objects.filter(ended_at=None):
        count_topic(topic, others, now)
    if joined:
        last = Topic.objects.order_by("-found_at", "-pk")[0]
        journal.record("cases.topics_found", last, by=BY, at=now, place="", new=new, joined=joined)
    return joined


def _makes_one(keys: Sequence[UUID]) -> bool:
    if len(keys) < CASES_OWED:
        return False
    known, unknown = _voices(keys)
    return known + unknown >= VOICES_OWED


def _voices(keys: Collection[UUID]) -> tuple[int, int]:
    """Count different people behind cases, and cases of whom nobody knows; contacts are compared, never kept."""
    sealed = list(Reporter.objects.filter(case__in=keys).values_list("sealed", flat=True))
    digests = {sha256(search_key(unseal(one, CONTACTS)).encode()).digest() for one in sealed}
    return len(digests), len(keys) - len(sealed)


def _begin(keys: Sequence[UUID], now: datetime) -> Topic:
    unit = Case.objects.select_related("unit").get(pk=keys[0]).unit
    return Topic.objects.create(
        id=uuid7(now), ref=next_reference("H", now), unit=unit, path=unit.path,
        first_at=now, last_at=now, found_at=now,
    )  # fmt: skip


def count_topic(topic: Topic, others: Sequence[str], now: datetime) -> None:
    """Count a topic anew: cases, people, growth, the unit round all of them, and the words that tell it."""
    found = Case.objects.filter(raised__topic=topic).order_by("-received_at")
    rows = list(found.values_list("pk", "path", "received_at", "words"))
    if not rows:
        return
    moments = [row[2] for row in rows]
    known, unknown = _voices([row[0] for row in rows])
    topic.number, topic.voices = len(rows), known + bool(unknown)
    topic.first_at, topic.last_at = min(moments), max(moments)
    topic.recent = sum(one > now - _WEEKS for one in moments)
    topic.before = sum(now - 2 * _WEEKS < one <= now - _WEEKS for one in moments)
    topic.heat = heat_of(topic.recent, topic.before, topic.voices)
    if texts := [row[3] for row in rows[:_READ] if row[3]]:
        own = set(texts)
        topic.words = telling_words(texts, [one for one in others if one not in own])
    topic.unit = _round({row[1] for row in rows}, topic.unit)
    topic.path = topic.unit.path
    topic.search = search_key(" ".join([topic.name, *topic.words]))[:300]
    topic.save()


def _round(paths: Collection[str], known: Unit) -> Unit:
    lines = [{path, *line_above(path)} for path in paths]
    common = max(set.intersection(*lines), key=len, default=known.path)
    return known if common == known.path else Unit.objects.filter(path=common).first() or known


# --- what a person does -----------------------------------------------------------


def _locked(ref: str, by: By) -> Topic:
    topic = Topic.objects.select_for_update(of=("self",)).select_related("unit").get(ref=ref)
    require(by, "cases.handle", at=topic.path)
    if not topic.is_live:
        raise NotNow(state="ended", act="topic")
    return topic


@transaction.atomic
def name_topic(ref: str, name: str, *, by: By, now: datetime) -> Topic:
    """Give a hot spot a name of one's own. Refuses with `WordsMissing`, `WordsTooLong`, `NotNow` and `reach.NotInReach`."""
    topic = _locked(ref, by)
    topic.name = check_words(trim(name), 80)
    topic.search = search_key(" ".join([topic.name, *topic.words]))[:300]
    topic.save(update_fields=["name", "search"])
    journal.record("cases.topic_named", topic, by=by, at=now)
    return topic


@transaction.atomic
def end_topic(ref: str, reason: str, *, by: By, now: datetime) -> Topic:
    """End a hot spot, saying why; its cases make no new one. Refuses like `name_topic`."""
    topic = _locked(ref, by)
    topic.ended_at, topic.end_reason = now, check_words(reason, 300)
    topic.save(update_fields=["ended_at", "end_reason"])
    journal.record("cases.topic_ended", topic, by=by, at=now, reason=topic.end_reason)
    return topic


@transaction.atomic
def merge_topic(ref: str, into: str, *, by: By, now: datetime) -> Topic:
    """Join a hot spot with another one, to which its cases go. Refuses with `MergedIntoItself`, `NotNow` and `reach.NotInReach`."""
    topic = _locked(ref, by)
    if topic.ref == into or not Topic.objects.filter(ref=into).exists():
        raise MergedIntoItself
    other = _locked(into, by)
    Raised.objects.filter(topic=topic).update(topic=other)
    topic.merged_into, topic.ended_at = other, now
    topic.save(update_fields=["merged_into", "ended_at"])
    count_topic(other, (), now)
    journal.record("cases.topic_merged", topic, by=by, at=now, into=other.ref)
    return other


@transaction.atomic
def link_topic(ref: str, risk: str, *, by: By, now: datetime) -> Topic:
    """Say which risk of the list a hot spot speaks of. Refuses with `WordsMissing` for one that is not there, and like `name_topic`."""
    topic = _locked(ref, by)
    found = Risk.objects.filter(ref=risk.strip().upper()).only("ref").first()
    topic.risk_ref = check_words(found.ref if found else "", 32)
    topic.save(update_fields=["risk_ref"])
    journal.record("cases.topic_linked", topic, by=by, at=now, risk=topic.risk_ref)
    return topic
