"""Files that were sent for an import and wait for the word to go on.

Rosters name people, so a file is kept only until it has been brought in, for a
day at most, where only the node's own account can read it, and is given to
nobody but who sent it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

import orjson
from django.core.files.storage import default_storage
from django.db import transaction

from renwang.base.jobs import Running, ask_for_job
from renwang.base.models import Job
from renwang.base.pure.ids import uuid7
from renwang.base.tables import TableRefused
from renwang.chain import reach
from renwang.chain.imports import ImportPlan, ImportRefused, commit_import
from renwang.chain.models import Person
from renwang.chain.reach import Viewer

KEPT_FOR = timedelta(days=1)
JOB = "chain.import"
_FOLDER = "imports"


@dataclass(frozen=True, slots=True)
class Upload:
    """One file that was sent: of which kind its sender says it is, and what it was called."""

    id: UUID
    kind: str
    filename: str
    person: str
    sent_at: datetime


def keep_upload(kind: str, data: bytes, filename: str, *, by: Viewer, now: datetime) -> Upload:
    """Keep a file until its sender has seen what it would do."""
    made = Upload(uuid7(now), kind, filename, str(by.id), now)
    default_storage.save(_name(made.id, "data"), BytesIO(data))
    note = {"kind": kind, "filename": filename, "person": made.person, "sent_at": now}
    default_storage.save(_name(made.id, "json"), BytesIO(orjson.dumps(note)))
    return made


def upload_of(viewer: Viewer, key: UUID) -> Upload | None:
    """Find a file that the viewer himself sent; None where there is none any more."""
    found = _read(key)
    return found if found and found.person == str(viewer.id) else None


def data_of(upload: Upload) -> bytes:
    """Read the file itself."""
    with default_storage.open(_name(upload.id, "data")) as file:
        return bytes(file.read())


def drop_upload(key: UUID) -> None:
    """Forget a file."""
    for part in ("data", "json"):
        if default_storage.exists(_name(key, part)):
            default_storage.delete(_name(key, part))


def sweep_uploads(now: datetime) -> int:
    """Forget the files that nobody came back for; return how many."""
    if not default_storage.exists(_FOLDER):
        return 0
    _folders, names = default_storage.listdir(_FOLDER)
    gone = 0
    for name in names:
        upload = _read(UUID(name.partition(".")[0])) if name.endswith(".json") else None
        if upload and upload.sent_at + KEPT_FOR <= now:
            drop_upload(upload.id)
            gone += 1
    return gone


@transaction.atomic
def ask_for_import(upload: Upload, *, by: Viewer, now: datetime) -> Job:
    """Queue the import of a file, to be done with the reach that its sender has by then."""
    reach.require_anywhere(by, "imports.run")
    return ask_for_job(JOB, {"upload": str(upload.id), "kind": upload.kind}, by=by.id, now=now)


def run_import(running: Running) -> dict[str, Any]:
    """Bring a file in: rows, fact and the job's end in one transaction, then forget the file."""
    upload = _read(UUID(running.arguments["upload"]))
    person = Person.objects.filter(pk=running.asked_by).first()
    if upload is None or person is None:
        return {"gone": True}
    running.progress(0, 0)
    viewer = reach.viewer_of(person, running.now)
    data = data_of(upload)
    try:
        with transaction.atomic():
            plan = commit_import(
                upload.kind,
                data,
                upload.filename,
                by=viewer,
                now=running.now,
                progress=running.note,
            )
            outcome = _outcome(plan)
            running.settle(outcome)
    except (ImportRefused, TableRefused, reach.NotInReach):
        # The world has changed since the preview. Trying again would change nothing; the file stays.
        return {"kind": upload.kind, "refused": True, "upload": str(upload.id)}
    drop_upload(upload.id)
    return outcome


def _outcome(plan: ImportPlan) -> dict[str, Any]:
    return {"kind": plan.kind, "digest": plan.digest, **plan.counts}


def _read(key: UUID) -> Upload | None:
    name = _name(key, "json")
    if not default_storage.exists(name):
        return None
    with default_storage.open(name) as file:
        note = orjson.loads(file.read())
    sent_at = datetime.fromisoformat(note["sent_at"])
    return Upload(key, note["kind"], note["filename"], note["person"], sent_at)


def _name(key: UUID, part: str) -> str:
    return f"{_FOLDER}/{key}.{part}"
