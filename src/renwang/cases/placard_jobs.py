"""Many placards at once are printed as a job that shows how far it is; the file is forgotten after three days."""

from datetime import datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

from django.core.files.storage import default_storage
from django.db import transaction

from renwang.base.jobs import Running, ask_for_job, beat, job
from renwang.base.models import Job
from renwang.base.pure.ids import moment_of
from renwang.cases.placard_paper import Printing, draw_placards
from renwang.cases.placard_rules import PlacardRefused, Scope, Size
from renwang.cases.services.placarding import make_placards, spots_at
from renwang.chain.models import Person, Unit
from renwang.chain.reach import NotInReach, Viewer, viewer_of

JOB = "cases.placards"
KEPT_FOR = timedelta(days=3)
_FOLDER = "placards"


@transaction.atomic
def ask_for_placards(
    unit: Unit, scopes: list[Scope], printing: Printing, *, by: Viewer, now: datetime
) -> Job:
    """Queue the printing of all placards of a place, to be done with the reach that one has by then."""
    arguments = {
        "unit": str(unit.pk),
        "scopes": [str(one) for one in scopes],
        "size": str(printing.size),
        "languages": list(printing.languages),
        "root": printing.root,
        "telephone": printing.telephone,
        "office": printing.office,
    }
    return ask_for_job(JOB, arguments, by=by.id, now=now)


@job(JOB)
def _print(running: Running) -> dict[str, Any]:
    told = running.arguments
    person = Person.objects.filter(pk=running.asked_by).first()
    unit = Unit.objects.filter(pk=UUID(told["unit"])).first()
    if person is None or unit is None:
        return {"number": 0}
    printing = Printing(
        Size(told["size"]), told["languages"], told["root"], told["telephone"], told["office"]
    )
    try:
        spots = spots_at(unit, [Scope(one) for one in told["scopes"]])
        placards = make_placards(spots, by=viewer_of(person, running.now), now=running.now)
    except (PlacardRefused, NotInReach):
        return {"number": 0}  # the world has changed since it was asked for
    data = draw_placards(placards, printing, running.progress)
    _drop(running.id)
    default_storage.save(_file(running.id), BytesIO(data))
    return {"number": len(placards)}


def printed(key: UUID) -> bytes | None:
    """Read what a job has printed; None where there is nothing, or nothing any more."""
    if not default_storage.exists(_file(key)):
        return None
    with default_storage.open(_file(key)) as file:
        return bytes(file.read())


@beat("cases.placards_forgotten", every=timedelta(hours=1))
def _forget(now: datetime) -> int:
    if not default_storage.exists(_FOLDER):
        return 0
    _folders, names = default_storage.listdir(_FOLDER)
    keys = [UUID(name.partition(".")[0]) for name in names]
    old = [key for key in keys if moment_of(key) + KEPT_FOR <= now]
    for key in old:
        _drop(key)
    return len(old)


def _drop(key: UUID) -> None:
    if default_storage.exists(_file(key)):
        default_storage.delete(_file(key))


def _file(key: UUID) -> str:
    return f"{_FOLDER}/{key}.pdf"
