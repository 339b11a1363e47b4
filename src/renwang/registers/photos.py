"""Photographs at the door: bounded, turned upright, and drawn anew, so that neither position nor device hides in them.

The lists keep their photographs each in its own folder; what a photograph is,
and that nothing else is kept of it, is said here once.
"""

from __future__ import annotations

import hashlib
import os
import warnings
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from django.core.files.storage import FileSystemStorage, default_storage

from renwang.base.jobs import beat
from renwang.base.pure.loading import on_first_use
from renwang.chain.rules import Refusal

if TYPE_CHECKING:
    import PIL
    from PIL import Image, ImageOps
else:
    Image = on_first_use("PIL.Image")
    ImageOps = on_first_use("PIL.ImageOps")
    PIL = on_first_use("PIL")


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
    except (PIL.UnidentifiedImageError, OSError, ValueError, SyntaxError) as trouble:
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
    """Keep a photograph under the key of its row, on the disk itself before the row can be acknowledged."""
    name = file_of(folder, key)
    default_storage.delete(name)  # left by a kill: it would keep its name, and this one get another
    default_storage.save(name, BytesIO(drawn.data))
    if isinstance(default_storage, FileSystemStorage):  # others say themselves when they have it
        path = Path(default_storage.path(name))
        for one in (path, path.parent):
            handle = os.open(one, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)


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


# --- dust: files whose row never came to be ---------------------------------------

SWEPT_AFTER = timedelta(hours=1)
"""Longer than any transaction lasts: by then a file has its row, or will never have one."""
_ASKED_AT_ONCE = 500

Known = Callable[[Sequence[UUID]], Collection[UUID]]
_FOLDERS: dict[str, Known] = {}


def keeps(folder: str, known: Known) -> None:
    """Say of a folder of photographs which of some keys have a row."""
    _FOLDERS[folder] = known


@beat("photos.sweep", every=timedelta(hours=6))
def sweep(now: datetime) -> int:
    """Delete files whose row never came to be, because the node was killed in between; return how many."""
    return sum(_sweep(folder, known, now) for folder, known in _FOLDERS.items())


def _sweep(folder: str, known: Known, now: datetime) -> int:
    if not default_storage.exists(folder):
        return 0
    gone, keys = 0, _keys_in(folder)
    for at in range(0, len(keys), _ASKED_AT_ONCE):
        some = keys[at : at + _ASKED_AT_ONCE]
        for key in set(some) - set(known(some)):
            name = file_of(folder, key)
            if default_storage.get_modified_time(name) < now - SWEPT_AFTER:
                default_storage.delete(name)
                gone += 1
    return gone


def _keys_in(folder: str) -> list[UUID]:
    found = []
    for name in default_storage.listdir(folder)[1]:
        with suppress(ValueError):  # no file of ours
            found.append(UUID(name.removesuffix(".jpg")))
    return found
