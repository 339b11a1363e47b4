"""Write a bulletin: draft, change, hand in, discard; and begin a correction."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from renwang.base import journal
from renwang.base.pure.ids import uuid7
from renwang.base.pure.text import search_key
from renwang.base.references import next_reference
from renwang.bulletins.models import Bulletin, Version
from renwang.bulletins.rules import (
    Act,
    Audience,
    BulletinState,
    Source,
    Text,
    check_audience,
    check_end,
    check_reason,
    check_sources,
    check_texts,
    move,
)
from renwang.chain import reach
from renwang.chain.models import Unit


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody wants to have said: the words, who says so, who is told, until when."""

    texts: Sequence[Text]
    sources: Sequence[Source] = ()
    audience: Audience = field(default_factory=Audience)
    ends_at: datetime | None = None
    reason: str = ""  # of a correction: what was wrong


@transaction.atomic
def draft_bulletin(draft: Draft, unit: Unit, *, by: Any, now: datetime) -> Bulletin:
    """Begin a bulletin for a place.

    Refuses with `reach.NotInReach`, `WordsMissing`, `WordsTooLong`,
    `LanguageTwice`, `NobodyAddressed`, `EndsTooSoon`. Sources may come later.
    """
    reach.require(by, "bulletins.write", at=unit.path)
    key = uuid7(now)
    return _begin(draft, Bulletin(id=key, thread=key, unit_id=unit.pk, path=unit.path), by, now)


@transaction.atomic
def begin_correction(bulletin_id: UUID, draft: Draft, *, by: Any, now: datetime) -> Bulletin:
    """Draft a bulletin that says what was wrong with another one; that one is corrected when it is published.

    Refuses as `draft_bulletin` does, with `ReasonMissing`, and with `NotNow`
    or `CorrectedAlready` where there is nothing to correct.
    """
    wrong = Bulletin.objects.select_for_update().get(pk=bulletin_id)
    reach.require(by, "bulletins.write", at=wrong.path)
    move(BulletinState(wrong.state), Act.CORRECT)
    check_reason(draft.reason)
    return _begin(
        draft,
        Bulletin(
            id=uuid7(now),
            thread=wrong.thread,
            sequence=wrong.sequence + 1,
            unit_id=wrong.unit_id,
            path=wrong.path,
            corrects=wrong,
        ),
        by,
        now,
    )


def _begin(draft: Draft, bulletin: Bulletin, by: Any, now: datetime) -> Bulletin:
    bulletin.ref = next_reference("B", now)
    bulletin.written_by = getattr(by, "id", None)
    bulletin.written_at = now
    _take(bulletin, draft, now)
    bulletin.save(force_insert=True)
    _append(bulletin, draft, 1, by, now)
    journal.record(
        "bulletins.drafted",
        bulletin,
        by=by,
        at=now,
        title=bulletin.title,
        corrects=bulletin.corrects.ref if bulletin.corrects else "",
        **_told(draft),
    )
    return bulletin


@transaction.atomic
def edit_bulletin(bulletin_id: UUID, draft: Draft, *, by: Any, now: datetime) -> Bulletin:
    """Follow the words of a draft with other ones; what was handed in or approved is a draft again.

    Refuses as `draft_bulletin` does, and with `NotNow` once it is published.
    """
    bulletin = Bulletin.objects.select_for_update().get(pk=bulletin_id)
    reach.require(by, "bulletins.write", at=bulletin.path)
    bulletin.state = move(BulletinState(bulletin.state), Act.EDIT)
    if bulletin.corrects_id:
        check_reason(draft.reason)
    _take(bulletin, draft, now)
    bulletin.submitted_at = bulletin.approved_at = bulletin.approved_by = None
    last = Version.objects.filter(bulletin=bulletin).order_by("-number")
    number = last.values_list("number", flat=True)[0] + 1
    _append(bulletin, draft, number, by, now)
    bulletin.save()
    journal.record(
        "bulletins.edited", bulletin, by=by, at=now, number=number, title=bulletin.title,
        **_told(draft),
    )  # fmt: skip
    return bulletin


@transaction.atomic
def submit_bulletin(bulletin_id: UUID, *, by: Any, now: datetime) -> Bulletin:
    """Hand in a draft, so that somebody else approves it. Refuses with `SourceMissing` and `NotNow`."""
    bulletin = (
        Bulletin.objects.select_for_update(of=("self",))
        .select_related("current")
        .get(pk=bulletin_id)
    )
    reach.require(by, "bulletins.write", at=bulletin.path)
    bulletin.state = move(BulletinState(bulletin.state), Act.SUBMIT)
    check_sources([Source(**one) for one in bulletin.current.sources])
    check_end(bulletin.ends_at, now)
    bulletin.submitted_at = bulletin.changed_at = now
    bulletin.ending = ""
    bulletin.save(update_fields=["state", "submitted_at", "changed_at", "ending"])
    journal.record("bulletins.submitted", bulletin, by=by, at=now)
    return bulletin


@transaction.atomic
def discard_bulletin(bulletin_id: UUID, *, by: Any, now: datetime) -> Bulletin:
    """Give a bulletin up before it was published. Refuses with `NotNow`."""
    bulletin = Bulletin.objects.select_for_update().get(pk=bulletin_id)
    reach.require(by, "bulletins.write", at=bulletin.path)
    bulletin.state = move(BulletinState(bulletin.state), Act.DISCARD)
    bulletin.ended_at = bulletin.changed_at = now
    bulletin.save(update_fields=["state", "ended_at", "changed_at"])
    journal.record("bulletins.discarded", bulletin, by=by, at=now)
    return bulletin


def _take(bulletin: Bulletin, draft: Draft, now: datetime) -> None:
    check_texts(draft.texts)
    check_audience(draft.audience)
    check_end(draft.ends_at, now)
    bulletin.title = draft.texts[0].title
    bulletin.search = " ".join(search_key(f"{one.title} {one.text}") for one in draft.texts)
    bulletin.is_public = draft.audience.is_public
    bulletin.chain = draft.audience.chain
    bulletin.roles = list(draft.audience.roles)
    bulletin.ends_at = draft.ends_at
    bulletin.reason = draft.reason
    bulletin.changed_at = now


def _append(bulletin: Bulletin, draft: Draft, number: int, by: Any, now: datetime) -> None:
    bulletin.current = Version.objects.create(
        bulletin=bulletin,
        number=number,
        texts=[text.kept() for text in draft.texts],
        sources=[source.kept() for source in draft.sources],
        by_person=getattr(by, "id", None),
        at=now,
    )
    Bulletin.objects.filter(pk=bulletin.pk).update(current=bulletin.current)


def _told(draft: Draft) -> dict[str, Any]:
    """Give what a fact must hold for the draft to be rebuilt from it."""
    return {
        "texts": [text.kept() for text in draft.texts],
        "sources": [source.kept() for source in draft.sources],
        "is_public": draft.audience.is_public,
        "chain": draft.audience.chain,
        "roles": list(draft.audience.roles),
        "ends_at": draft.ends_at,
        "reason": draft.reason,
    }
