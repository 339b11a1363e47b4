"""What the processes of the field work's races do: phones that send the same batch twice, and a node that dies under it."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import override_settings
from tests.cases.test_intake import picture
from tests.cast import assemble
from tests.races.actors import NOW, say, wait

from renwang.base.models import Entry
from renwang.base.sealing import seal_all
from renwang.base.verifying import verify_journal
from renwang.cases.models import Case, Photo, Step
from renwang.chain import reach
from renwang.chain.models import Person
from renwang.response.fieldwork import services
from renwang.response.fieldwork.models import Deed, Phone, Upload
from renwang.response.fieldwork.rules import PhoneLost, PieceElsewhere, read_batch
from renwang.response.fieldwork.services.playing import take_deeds
from renwang.response.fieldwork.services.uploads import FOLDER, file_of
from renwang.web.frame.playing import Player


def prepare(phones: int) -> dict[str, Any]:
    """Let phones in and give each a batch: reports, one with a photograph, and a case taken and noted."""
    cast = assemble(NOW)
    _media()
    made = []
    for _one in range(phones):
        phone = services.let_phone_in(
            uuid4(), "", by=_viewer(str(cast.worker.pk)), now=NOW - timedelta(days=1)
        )
        made.append({"phone": str(phone.pk), "batch": _batch(phone, cast.grid.ref)})
    return {"worker": str(cast.worker.pk), "secretary": str(cast.secretary.pk), "phones": made}


def _media() -> None:
    """Keep files on the disk, as a node does and tests do not; each process says it anew."""
    plain = {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    override_settings(
        MEDIA_ROOT=Path(settings.HOME) / "media",
        STORAGES={**settings.STORAGES, "default": plain},
    ).enable()


def _batch(phone: Phone, grid: str) -> dict[str, Any]:
    data, key = picture(), uuid4()
    services.put_piece(key, phone, begins=0, size=len(data), data=data, now=NOW)
    file = {"field": "photo", "upload": str(key), "name": "a.jpg", "type": "image/jpeg"}
    return {
        "sent_at": NOW.isoformat(),
        "deeds": [
            {
                "id": str(uuid4()),
                "number": number,
                "address": "/field/cases/report/",
                "fields": [["key", uuid4().hex], ["words", f"路灯不亮 {number}"], ["unit", grid]],
                "files": [file] if number == 2 else [],
                "done_at": (NOW - timedelta(hours=1) + timedelta(minutes=number)).isoformat(),
                "shown_at": 0,
            }
            for number in range(1, 5)
        ],
    }


def _viewer(person: str) -> reach.Viewer:
    return reach.viewer_of(Person.objects.get(pk=UUID(person)), NOW)


def send(phone: str, batch: dict[str, Any], worker: str, tells: bool = False) -> list[str]:
    """Send a batch when the test says so; give what came of each deed, in the order of the batch."""
    _media()
    by = _viewer(worker)
    say("ready")
    wait()

    def tell(execute, sql, params, many, context):
        if not sql.lstrip().upper().startswith("SELECT"):
            say("writes")
        return execute(sql, params, many, context)

    def act() -> list[str]:
        try:
            met = services.meet_phone(UUID(phone), by=by, now=NOW)
            answers = take_deeds(met, read_batch(batch), by=by, now=NOW, door=Player())
        except PhoneLost:
            return ["lost"]
        return [one.outcome.value for one in answers]

    if not tells:
        return act()
    with connection.execute_wrapper(tell):
        return act()


def call_lost(phone: str, worker: str) -> list[str]:
    """Call a phone lost when the test says so."""
    _media()
    by = _viewer(worker)
    say("ready")
    wait()
    services.call_phone_lost(UUID(phone), by=by, now=NOW)
    return []


def put(phone: str, key: str, worker: str) -> str:
    """Send one piece when the test says so; say what came of it."""
    _media()
    met = services.meet_phone(UUID(phone), by=_viewer(worker), now=NOW)
    say("ready")
    wait()
    try:
        found = services.put_piece(UUID(key), met, begins=0, size=6, data=b"abcdef", now=NOW)
    except PieceElsewhere as refusal:
        return type(refusal).__name__
    return str(found.have)


def examine() -> dict[str, Any]:
    """Say what is there, and whether all of it fits together."""
    _media()
    told = Entry.objects.filter(verb="cases.reported").count()
    photos = list(Photo.objects.all())
    seal_all()
    return {
        "cases": Case.objects.count(),
        "told": told,
        "taken": Deed.objects.filter(state="taken").count(),
        "deeds": Deed.objects.count(),
        "photos": len(photos),
        "pictures": all(default_storage.exists(f"cases/{one.pk}.jpg") for one in photos),
        "steps": Step.objects.filter(act="come").count(),
        "uploads": Upload.objects.count(),
        "whole": all(file_of(one.pk).stat().st_size >= one.have for one in Upload.objects.all()),
        "parts": len(list((Path(settings.MEDIA_ROOT) / FOLDER).glob("*.part"))),
        "in_order": _in_order(),
        "journal": verify_journal(lambda done, total: None).whole,
    }


def _in_order() -> bool:
    for phone in Phone.objects.all():
        moments = list(phone.deeds.order_by("number").values_list("happened_at", flat=True))
        if moments != sorted(moments):
            return False
    return True
