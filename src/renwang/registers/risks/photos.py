"""Photographs of risks: kept with the risk they show; what a photograph is stands in `registers.photos`."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from renwang.base import journal
from renwang.base.forgetting import eraser, forget
from renwang.base.pure.ids import uuid7
from renwang.chain.reach import Viewer, require
from renwang.registers.photos import (
    LARGEST,
    NotAPhoto,
    PhotoGone,
    TooLarge,
    TooMany,
    file_of,
    keep,
    keeps,
    read,
    redraw,
)
from renwang.registers.risks.models import Photo, Risk
from renwang.registers.risks.rules import check_words
from renwang.registers.risks.services.finding import hand_of, locked_risk, step

KIND = "risks.photo"
MOST = 12  # photographs of one risk
_FOLDER = "risks"

__all__ = [
    "LARGEST",
    "MOST",
    "NotAPhoto",
    "PhotoGone",
    "TooLarge",
    "TooMany",
    "add_photo",
    "bytes_of",
    "redraw",
    "remove_photo",
]


def add_photo(risk_id: UUID, data: bytes, *, by: Viewer | str, now: datetime) -> Photo:
    """Keep a photograph of a risk; the same one again is the one that is there.

    Refuses with `TooLarge`, `NotAPhoto`, `TooMany` and `reach.NotInReach`.
    """
    drawn = redraw(data)
    with transaction.atomic():
        risk = Risk.objects.select_for_update().get(pk=risk_id)
        require(by, "risks.report", at=risk.path)
        known = risk.photos.filter(digest=drawn.digest).first()
        if known is not None:
            return known
        if risk.photos.count() >= MOST:
            raise TooMany(most=MOST)
        photo = Photo.objects.create(
            id=uuid7(now),
            risk=risk,
            width=drawn.width,
            height=drawn.height,
            size=len(drawn.data),
            digest=drawn.digest,
            by=by.id if isinstance(by, Viewer) else None,
            at=now,
        )
        # Within the transaction: a row without its picture would be a hole; a picture without a row is only dust.
        keep(_FOLDER, photo.id, drawn)
        journal.record(
            "risks.photographed", risk, by=by, at=now, digest=drawn.digest, size=photo.size
        )
    return photo


@eraser(KIND, file=lambda key: file_of(_FOLDER, key))
def erase_photos(keys: Sequence[str]) -> int:
    """Erase the rows of photographs; their files go with them."""
    return Photo.objects.filter(pk__in=keys).delete()[0]


keeps(_FOLDER, lambda keys: Photo.objects.filter(pk__in=keys).values_list("pk", flat=True))


@transaction.atomic
def remove_photo(photo_id: UUID, *, by: Viewer | str, now: datetime, reason: str) -> None:
    """Remove a photograph for good, also from what a backup brings back. Who took it may, and who judges there.

    Refuses with `PhotoGone`, `WordsMissing` and `reach.NotInReach`.
    """
    photo = Photo.objects.filter(pk=photo_id).first()
    if photo is None:
        raise PhotoGone
    risk = locked_risk(photo.risk_id)
    if photo.by is None or photo.by != hand_of(by):
        require(by, "risks.judge", at=risk.path)
    reason = check_words(reason)
    if not forget(KIND, [photo.pk], now=now):
        raise PhotoGone  # somebody else was quicker
    step(risk, "unphotographed", words=reason, by=by, now=now)
    journal.record("risks.photo_removed", risk, by=by, at=now, reason=reason)


def bytes_of(photo: Photo) -> bytes | None:
    """Read a photograph; None where its file is no longer there."""
    return read(_FOLDER, photo.id)
