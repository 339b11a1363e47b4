"""Files on their way from a phone: one piece after the other, each on the disk before it is said to be there."""

import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Sum

from renwang.response.fieldwork.models import Phone, Upload
from renwang.response.fieldwork.rules import (
    KEPT_FOR,
    LARGEST,
    MOST_WAITING,
    PieceElsewhere,
    PieceTooLarge,
    UploadUnknown,
    place_piece,
)

FOLDER = "fieldwork"
AT_ONCE = 200


def file_of(upload_id: UUID) -> Path:
    """Say where the bytes of an upload lie."""
    return Path(settings.MEDIA_ROOT) / FOLDER / f"{upload_id}.part"


def upload_of(upload_id: UUID, phone: Phone) -> Upload:
    """Find an upload of a phone. Refuses with `UploadUnknown`, be it another phone's."""
    upload = Upload.objects.filter(pk=upload_id, phone=phone).first()
    if upload is None:
        raise UploadUnknown
    return upload


def put_piece(
    upload_id: UUID, phone: Phone, *, begins: int, size: int, data: bytes, now: datetime
) -> Upload:
    """Put a piece in its place; the first one begins the upload.

    The bytes are on the disk before the row says so: after a kill the piece
    comes again and lies in the same place. Refuses with `PieceElsewhere`,
    `PieceTooLarge` and `UploadUnknown`.
    """
    upload = Upload.objects.filter(pk=upload_id).first()
    if upload is None:
        place_piece(0, size, begins, len(data))
        upload = _begin(upload_id, phone, size, now)
    if upload.phone_id != phone.pk:
        raise UploadUnknown
    if upload.size != size:
        raise PieceElsewhere(have=upload.have)
    have = place_piece(upload.have, size, begins, len(data))
    _write(file_of(upload_id), begins, data)
    if Upload.objects.filter(pk=upload_id, have=begins).update(have=have):
        upload.have = have
        return upload
    upload = Upload.objects.filter(pk=upload_id).first()
    raise PieceElsewhere(have=upload.have if upload else 0)  # the same piece came twice at once


def _begin(upload_id: UUID, phone: Phone, size: int, now: datetime) -> Upload:
    begun = Upload.objects.filter(phone=phone).aggregate(size=Sum("size"))["size"] or 0
    if size < 1 or begun + size > MOST_WAITING:
        raise PieceTooLarge(most=LARGEST)
    made, _is_new = Upload.objects.get_or_create(
        id=upload_id, defaults={"phone": phone, "size": size, "begun_at": now}
    )
    return made


def _write(path: Path, begins: int, data: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
        file.seek(begins)
        file.write(data)
        file.truncate()
        file.flush()
        os.fsync(file.fileno())


def drop_uploads(uploads: Iterable[Upload]) -> int:
    """Drop uploads in the caller's transaction; their files go once it has ended well."""
    keys = [one.pk for one in uploads]
    if keys:
        Upload.objects.filter(pk__in=keys).delete()
        transaction.on_commit(lambda: _unlink(keys))
    return len(keys)


def _unlink(keys: Iterable[UUID]) -> None:
    for key in keys:
        file_of(key).unlink(missing_ok=True)


def forget_uploads(now: datetime) -> int:
    """Drop what was begun so long ago that its deed will not come, and files that no row names any more."""
    old = Upload.objects.filter(deed=None, begun_at__lte=now - KEPT_FOR).order_by("begun_at")
    with transaction.atomic():
        dropped = drop_uploads(old[:AT_ONCE])
    return dropped + _drop_strays(now)


def _drop_strays(now: datetime) -> int:
    before = (now - KEPT_FOR).timestamp()
    folder = Path(settings.MEDIA_ROOT) / FOLDER
    strays = [one for one in folder.glob("*.part") if one.stat().st_mtime < before][:AT_ONCE]
    known = {
        str(key)
        for key in Upload.objects.filter(pk__in=[one.stem for one in strays]).values_list(
            "pk", flat=True
        )
    } if strays else set()  # fmt: skip
    gone = [one for one in strays if one.stem not in known]
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)
