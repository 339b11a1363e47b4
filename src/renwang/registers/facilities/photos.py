"""Photographs of facilities: kept with the facility they show; what a photograph is stands in `registers.photos`."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from renwang.base import journal
from renwang.base.forgetting import eraser, forget
from renwang.base.pure.ids import uuid7
from renwang.chain.reach import require
from renwang.registers.facilities.models import Photo
from renwang.registers.facilities.rules import check_reason
from renwang.registers.facilities.services.keeping import By, hand_of, locked, step
from renwang.registers.photos import PhotoGone, TooMany, file_of, keep, keeps, read, redraw

KIND = "facilities.photo"
MOST = 24  # photographs of one facility
_FOLDER = "facilities"


def photograph_facility(facility_id: UUID, data: bytes, *, by: By, now: datetime) -> Photo:
    """Keep a photograph of a facility; the same one again is the one that is there.

    Refuses with `photos.TooLarge`, `NotAPhoto`, `TooMany` and `reach.NotInReach`.
    """
    drawn = redraw(data)  # before anything is locked: it takes a moment
    with transaction.atomic():
        facility = locked(facility_id)
        require(by, "facilities.report", at=facility.path)
        known = facility.photos.filter(digest=drawn.digest).first()
        if known is not None:
            return known
        if facility.photos.count() >= MOST:
            raise TooMany(most=MOST)
        photo = Photo(id=uuid7(now), facility=facility, by=hand_of(by), at=now)
        photo.width, photo.height = drawn.width, drawn.height
        photo.size, photo.digest = len(drawn.data), drawn.digest
        photo.save(force_insert=True)
        # Within the transaction: a row without its picture would be a hole in the list.
        keep(_FOLDER, photo.id, drawn)
        journal.record(
            "facilities.photographed", facility, by=by, at=now, digest=photo.digest, size=photo.size
        )
    return photo


@eraser(KIND, file=lambda key: file_of(_FOLDER, key))
def erase_photos(keys: Sequence[str]) -> int:
    """Erase the rows of photographs; their files go with them."""
    return Photo.objects.filter(pk__in=keys).delete()[0]


keeps(_FOLDER, lambda keys: Photo.objects.filter(pk__in=keys).values_list("pk", flat=True))


@transaction.atomic
def remove_photo(photo_id: UUID, *, reason: str, by: By, now: datetime) -> None:
    """Remove a photograph for good, also from what a backup brings back. Who took it may, and who keeps the facility.

    Refuses with `photos.PhotoGone`, `ReasonMissing` and `reach.NotInReach`.
    """
    photo = Photo.objects.filter(pk=photo_id).first()
    if photo is None:
        raise PhotoGone
    facility = locked(photo.facility_id)
    if photo.by is None or photo.by != hand_of(by):
        require(by, "facilities.keep", at=facility.path)
    reason = check_reason(reason)
    if not forget(KIND, [photo.pk], now=now):
        raise PhotoGone  # somebody else was quicker
    step(facility, "unphotographed", words=reason, by=by, now=now)
    journal.record("facilities.photo_removed", facility, by=by, at=now, reason=reason)


def bytes_of(photo: Photo) -> bytes | None:
    """Read a photograph; None where its file is no longer there."""
    return read(_FOLDER, photo.id)
