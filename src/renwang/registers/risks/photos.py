"""Photographs at the door: bounded, turned upright, and drawn anew, so that neither position nor device hides in them."""

import hashlib
import warnings
from datetime import datetime
from io import BytesIO
from uuid import UUID

from django.core.files.storage import default_storage
from django.db import transaction
from PIL import Image, ImageOps, UnidentifiedImageError

from renwang.base import journal
from renwang.base.pure.ids import uuid7
from renwang.chain.reach import Viewer, require
from renwang.registers.risks.models import Photo, Risk
from renwang.registers.risks.rules import RiskRefused

LARGEST = 12 << 20  # bytes as sent
MOST_PIXELS = 60_000_000  # what a picture may unpack to; more is an attack, or a map
EDGE = 1600  # pixels of the longer side as kept
MOST = 12  # photographs of one risk
FORMATS = ("JPEG", "PNG", "WEBP")
_FOLDER = "risks"


class TooLarge(RiskRefused):
    """The file is larger than anybody's photograph."""


class NotAPhoto(RiskRefused):
    """The bytes are no picture of a kind that is taken."""


class TooMany(RiskRefused):
    """A risk has so many photographs at most."""


def redraw(data: bytes) -> tuple[bytes, int, int]:
    """Draw a photograph anew as JPEG: its pixels, upright, at most `EDGE` wide or high, and nothing else.

    Give bytes, width and height. Refuses with `TooLarge` and `NotAPhoto`.
    """
    if len(data) > LARGEST:
        raise TooLarge(megabytes=LARGEST >> 20)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(BytesIO(data), formats=FORMATS)
            if picture.width * picture.height > MOST_PIXELS:
                raise NotAPhoto
            picture.draft("RGB", (EDGE, EDGE))  # a large JPEG is unpacked at a smaller size
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as trouble:
        raise NotAPhoto from trouble
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as trouble:
        raise NotAPhoto from trouble
    upright.thumbnail((EDGE, EDGE))
    # Into a canvas of its own: what the picture carried along stays behind.
    canvas = Image.new("RGB", upright.size)
    canvas.paste(upright)
    drawn = BytesIO()
    canvas.save(drawn, "JPEG", quality=82, optimize=True)
    return drawn.getvalue(), canvas.width, canvas.height


def add_photo(risk_id: UUID, data: bytes, *, by: Viewer | str, now: datetime) -> Photo:
    """Keep a photograph of a risk; the same one again is the one that is there.

    Refuses with `TooLarge`, `NotAPhoto`, `TooMany` and `reach.NotInReach`.
    """
    drawn, width, height = redraw(data)
    digest = hashlib.sha256(drawn).hexdigest()
    with transaction.atomic():
        risk = Risk.objects.select_for_update().get(pk=risk_id)
        require(by, "risks.report", at=risk.path)
        known = risk.photos.filter(digest=digest).first()
        if known is not None:
            return known
        if risk.photos.count() >= MOST:
            raise TooMany(most=MOST)
        photo = Photo.objects.create(
            id=uuid7(now),
            risk=risk,
            width=width,
            height=height,
            size=len(drawn),
            digest=digest,
            by=by.id if isinstance(by, Viewer) else None,
            at=now,
        )
        # Within the transaction: a row without its picture would be a hole; a picture without a row is only dust.
        default_storage.save(_name(photo.id), BytesIO(drawn))
        journal.record("risks.photographed", risk, by=by, at=now, digest=digest, size=len(drawn))
    return photo


def bytes_of(photo: Photo) -> bytes | None:
    """Read a photograph; None where its file is no longer there."""
    name = _name(photo.id)
    if not default_storage.exists(name):
        return None
    with default_storage.open(name) as file:
        return bytes(file.read())


def _name(key: UUID) -> str:
    return f"{_FOLDER}/{key}.jpg"
