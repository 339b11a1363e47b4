"""Photographs at the door: bounded, turned upright, and drawn anew, so that neither position nor device hides in them.

The lists keep their photographs each in its own folder; what a photograph is,
and that nothing else is kept of it, is said here once.
"""

import hashlib
import warnings
from dataclasses import dataclass
from io import BytesIO
from uuid import UUID

from django.core.files.storage import default_storage
from PIL import Image, ImageOps, UnidentifiedImageError

from renwang.chain.rules import Refusal

LARGEST = 12 << 20  # bytes as sent
MOST_PIXELS = 60_000_000  # what a picture may unpack to; more is an attack, or a map
EDGE = 1600  # pixels of the longer side as kept
FORMATS = ("JPEG", "PNG", "WEBP")


class TooLarge(Refusal):
    """The file is larger than anybody's photograph."""


class NotAPhoto(Refusal):
    """The bytes are no picture of a kind that is taken."""


class TooMany(Refusal):
    """One thing has so many photographs at most."""


class PhotoGone(Refusal):
    """The photograph was removed already."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A photograph as it is kept: JPEG bytes, pixels, and the fingerprint by which it is recognised."""

    data: bytes
    width: int
    height: int

    @property
    def digest(self) -> str:
        """SHA-256 of the bytes."""
        return hashlib.sha256(self.data).hexdigest()


def redraw(data: bytes) -> Drawn:
    """Draw a photograph anew as JPEG: its pixels, upright, at most `EDGE` wide or high, and nothing else.

    Refuses with `TooLarge` and `NotAPhoto`.
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
    return Drawn(drawn.getvalue(), canvas.width, canvas.height)


def keep(folder: str, key: UUID, drawn: Drawn) -> None:
    """Keep a photograph under the key of its row."""
    default_storage.save(file_of(folder, key), BytesIO(drawn.data))


def read(folder: str, key: UUID) -> bytes | None:
    """Read a photograph; None where its file is no longer there."""
    name = file_of(folder, key)
    if not default_storage.exists(name):
        return None
    with default_storage.open(name) as file:
        return bytes(file.read())


def file_of(folder: str, key: UUID | str) -> str:
    """Name the stored file of a photograph."""
    return f"{folder}/{key}.jpg"
