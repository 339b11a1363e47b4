"""Decide about a bulletin somebody else wrote: approve, hand back, publish."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from renwang.base import journal
from renwang.bulletins.models import Bulletin, Version
from renwang.bulletins.rules import (
    Act,
    BulletinState,
    Source,
    check_end,
    check_hands,
    check_reason,
    check_sources,
    move,
)
from renwang.bulletins.services.telling import tell_chain
from renwang.chain import reach


@transaction.atomic
def approve_bulletin(bulletin_id: UUID, *, by: Any, now: datetime) -> Bulletin:
    """Vouch for the words of a bulletin that one has not written.

    Refuses with `SameHandTwice` whoever wrote any of its versions, with
    `NotNow`, `EndsTooSoon` and `reach.NotInReach`.
    """
    bulletin = _held(bulletin_id, by)
    bulletin.state = move(BulletinState(bulletin.state), Act.APPROVE)
    versions = Version.objects.filter(bulletin=bulletin)
    check_hands(versions.values_list("by_person", flat=True), getattr(by, "id", None))
    check_end(bulletin.ends_at, now)
    bulletin.approved_by, bulletin.approved_at = getattr(by, "id", None), now
    bulletin.changed_at = now
    bulletin.save(update_fields=["state", "approved_by", "approved_at", "changed_at"])
    journal.record("bulletins.approved", bulletin, by=by, at=now, number=bulletin.current.number)
    return bulletin


@transaction.atomic
def return_bulletin(bulletin_id: UUID, *, by: Any, now: datetime, reason: str) -> Bulletin:
    """Hand a bulletin back to whoever wrote it, saying why. Refuses with `ReasonMissing` and `NotNow`."""
    bulletin = _held(bulletin_id, by)
    bulletin.state = move(BulletinState(bulletin.state), Act.RETURN)
    check_reason(reason)
    bulletin.approved_by = bulletin.approved_at = bulletin.submitted_at = None
    bulletin.ending, bulletin.changed_at = reason[:300], now
    bulletin.save(
        update_fields=[
            "state", "approved_by", "approved_at", "submitted_at", "ending", "changed_at",
        ]
    )  # fmt: skip
    journal.record("bulletins.returned", bulletin, by=by, at=now, reason=reason[:300])
    return bulletin


@transaction.atomic
def publish_bulletin(bulletin_id: UUID, *, by: Any, now: datetime) -> Bulletin:
    """Say it: on the public page and in the feed, and down the chain where that was chosen.

    What it corrects is marked as corrected in the same moment. Refuses with
    `NotNow`, `EndsTooSoon`, `CorrectedAlready`, and with `NobodyThere` where
    the chain was chosen and has nobody.
    """
    bulletin = _held(bulletin_id, by)
    bulletin.state = move(BulletinState(bulletin.state), Act.PUBLISH)
    check_sources([Source(**one) for one in bulletin.current.sources])
    check_end(bulletin.ends_at, now)
    bulletin.published_at = bulletin.changed_at = now
    wrong = _correct(bulletin, by, now) if bulletin.corrects_id else None
    bulletin.notice_id = tell_chain(bulletin, wrong, by=by, now=now)
    bulletin.save(update_fields=["state", "published_at", "changed_at", "notice_id"])
    journal.record(
        "bulletins.published",
        bulletin,
        by=by,
        at=now,
        title=bulletin.title,
        texts=bulletin.current.texts,
        sources=bulletin.current.sources,
        approved_by=bulletin.approved_by,
        corrects=wrong.ref if wrong else "",
    )
    return bulletin


def _correct(bulletin: Bulletin, by: Any, now: datetime) -> Bulletin:
    wrong = (
        Bulletin.objects.select_for_update(of=("self",))
        .select_related("current")
        .get(pk=bulletin.corrects_id)
    )
    wrong.state = move(BulletinState(wrong.state), Act.CORRECT)
    wrong.ended_at = wrong.changed_at = now
    wrong.save(update_fields=["state", "ended_at", "changed_at"])
    journal.record(
        "bulletins.corrected", wrong, by=by, at=now, through=bulletin.ref, reason=bulletin.reason
    )
    return wrong


def _held(bulletin_id: UUID, by: Any) -> Bulletin:
    """Take the row until the transaction ends; only for who may decide at its place."""
    bulletin = (
        Bulletin.objects.select_for_update(of=("self",))
        .select_related("current")
        .get(pk=bulletin_id)
    )
    reach.require(by, "bulletins.approve", at=bulletin.path)
    return bulletin
