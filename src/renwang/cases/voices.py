"""Voice messages of cases: kept beside the database as they were said, forgotten with the words."""

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from io import BytesIO
from uuid import UUID

from django.core.files.storage import default_storage
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from renwang.base.jobs import beat
from renwang.base.pure.ids import uuid7
from renwang.cases.models import Case, Voice
from renwang.cases.voice_rules import AT_ONCE, Heard, TooManySounds, hear

_FOLDER = "voices"
SWEPT_AFTER = timedelta(hours=1)
"""Longer than any transaction lasts: by then a file has its row, or will never have one."""


def listen(files: Sequence[bytes], most: int = AT_ONCE) -> list[Heard]:
    """Take voice messages. Refuses with `TooManySounds` and what `voice_rules.hear` refuses."""
    if len(files) > most:
        raise TooManySounds(most=most)
    return [hear(data) for data in files]


def unwritten(language: str) -> str:
    """Say in the language of whoever spoke, or of the page, that his words are still to be written down."""
    with override(language or get_language()):
        return _("Voice message, not yet written down")


def as_rows(
    case: Case,
    heard: Sequence[Heard],
    *,
    by: UUID | None,
    now: datetime,
    is_reporters: bool,
    is_shown: bool,
) -> list[Voice]:
    """Put voice messages in their place and give the rows that name them, for the caller to write."""
    rows = []
    for one in heard:
        row = Voice(
            id=uuid7(now), case=case, kind=one.kind, size=len(one.data), seconds=one.seconds,
            digest=hashlib.sha256(one.data).hexdigest(), is_reporters=is_reporters,
            is_shown=is_shown, by=by, at=now,
        )  # fmt: skip
        default_storage.save(file_of(row.id), BytesIO(one.data))
        rows.append(row)
    return rows


def drop(rows: Sequence[Voice]) -> None:
    """Take away the files of rows that were not written."""
    for row in rows:
        default_storage.delete(file_of(row.id))


def bytes_of(voice: Voice) -> bytes | None:
    """Read a voice message; None where its file is no longer there."""
    name = file_of(voice.id)
    if not default_storage.exists(name):
        return None
    with default_storage.open(name) as file:
        return bytes(file.read())


def file_of(key: UUID | str) -> str:
    """Name the stored file of a voice message."""
    return f"{_FOLDER}/{key}"


@beat("cases.voices_swept", every=timedelta(hours=6))
def sweep(now: datetime) -> int:
    """Delete files whose row never came to be, because the node was killed in between; return how many."""
    if not default_storage.exists(_FOLDER):
        return 0
    keys = []
    for name in default_storage.listdir(_FOLDER)[1]:
        with suppress(ValueError):  # no file of ours
            keys.append(UUID(name))
    gone = 0
    for at in range(0, len(keys), 500):
        some = keys[at : at + 500]
        known = set(Voice.objects.filter(pk__in=some).values_list("pk", flat=True))
        for key in set(some) - known:
            if default_storage.get_modified_time(file_of(key)) < now - SWEPT_AFTER:
                default_storage.delete(file_of(key))
                gone += 1
    return gone
