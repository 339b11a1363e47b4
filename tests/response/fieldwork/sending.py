"""What the tests of field work share: a phone that was let in, deeds of it, files of it."""

from datetime import timedelta
from itertools import count
from uuid import UUID, uuid4

import pytest
from django.test import Client

from renwang.base.journal import last_seq
from renwang.base.sealing import seal_all
from renwang.response.fieldwork import services
from renwang.response.fieldwork.models import Phone
from tests.web.desk_pages import as_

HOUR = timedelta(hours=1)
_numbers = count(1)


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    """A disk of their own for files that come in pieces."""
    settings.MEDIA_ROOT = tmp_path
    plain = {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    settings.STORAGES = {**settings.STORAGES, "default": plain}


class Handset:
    """A browser that was let in; its clock is an hour slow, and it was let in a day ago."""

    def __init__(self, cast, who=None, *, language: str = "zh-hans"):
        self.cast, self.who = cast, who or cast.worker
        self.id = uuid4()
        self.client: Client = as_(self.who, language)
        by = cast.viewer(self.who)
        services.let_phone_in(self.id, "Chrome · Android", by=by, now=cast.now - 24 * HOUR)
        self.shown_at = self.look()

    def look(self) -> int:
        """Open a page now: give the journal's number on it."""
        seal_all()
        self.shown_at = last_seq()
        return self.shown_at

    def deed(self, address: str, *, files=(), ago=timedelta(minutes=30), **fields) -> dict:
        """A form filled in so long ago."""
        return {
            "id": str(uuid4()),
            "number": next(_numbers),
            "address": address,
            "fields": [[name.replace("__", "-"), value] for name, value in fields.items()],
            "files": list(files),
            "done_at": (self.cast.now - HOUR - ago).isoformat(),
            "shown_at": self.shown_at,
        }

    def send(self, *deeds: dict, status: int = 200, **changes):
        """Send a batch; give what came of each, or the answer where that is no 200."""
        batch = {"sent_at": (self.cast.now - HOUR).isoformat(), "deeds": list(deeds), **changes}
        answer = self.post("/field/deeds/", batch)
        assert answer.status_code == status, answer.content
        return answer.json()["deeds"] if status == 200 else answer

    def one(self, deed: dict) -> dict:
        """Send one deed; give what came of it."""
        return self.send(deed)[0]

    def post(self, address: str, body):
        """Send JSON as this phone."""
        return self.client.post(
            address, body, content_type="application/json", headers={"X-Phone": str(self.id)}
        )

    def get(self, address: str, **more):
        """Ask as this phone."""
        return self.client.get(address, headers={"X-Phone": str(self.id), **more})

    def put(self, key: UUID | str, data: bytes, begins: int = 0, of: int | None = None):
        """Send a piece of a file."""
        size = len(data) if of is None else of
        return self.client.put(
            f"/field/uploads/{key}/?from={begins}&of={size}",
            data,
            content_type="application/octet-stream",
            headers={"X-Phone": str(self.id)},
        )

    def file(self, field: str, data: bytes) -> dict:
        """Send a whole file; give how a deed names it."""
        key = str(uuid4())
        assert self.put(key, data).status_code == 200
        return {
            "field": field,
            "upload": key,
            "name": "a.jpg",
            "type": "image/jpeg",
            "size": len(data),
        }

    @property
    def row(self) -> Phone:
        """What the node knows of it."""
        return Phone.objects.get(pk=self.id)
