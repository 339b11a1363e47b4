"""A case of ours goes to a linked system: a person sees what is sent and decides; it is told more; nobody waits for ever."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction

from renwang.base import journal
from renwang.base.envelopes import seal, unseal
from renwang.base.pure.ids import uuid7
from renwang.cases.clock_rules import ClockKind, Term, due
from renwang.cases.linked.models import Counterpart, System, Tiding
from renwang.cases.linked.rules import (
    TELL_AT_MOST,
    AttributeOwed,
    ConsentOwed,
    NotTaken,
    NotThere,
    NoUpdates,
    Sending,
    SentAlready,
    contact_fields,
    describe,
)
from renwang.cases.models import Case, Reporter
from renwang.cases.open311 import Attribute, Datatype
from renwang.cases.rules import Act, check_words
from renwang.cases.services import read_contact
from renwang.cases.services.moving import (
    By,
    hand_of,
    hold,
    let,
    locked_case,
    new_clock,
    require_handler,
    tell,
    wind,
    write,
)
from renwang.cases.waiting import call_to, drop_call

BODY = "linked.body"
"""What the seal on something that waits to be sent is for; see `base.envelopes`."""


@dataclass(frozen=True, slots=True)
class Package:
    """What a system is sent of a case, as a person sees it before he decides. None of it names who brought it."""

    service: str
    service_name: str
    description: str
    address: str
    lat: float | None
    lon: float | None
    attributes: Sequence[Attribute] = ()
    has_contact: bool = False
    fields: Mapping[str, str] = field(default_factory=dict)


def package_of(case: Case, system: System, note: str = "", *, exactly: bool = True) -> Package:
    """Put together what would be sent: the reporter's words (masked ones where they are), the place, the mark.

    Without `exactly` the position stays here and the place is named as far as
    its unit. Refuses with `NotTaken`.
    """
    code = system.sent_as.get(case.kind, "") if system.pushes else ""
    offered = next((one for one in system.services if one["code"] == code), None)
    if offered is None or not case.path.startswith(system.path):
        raise NotTaken
    place = (case.place, case.door, case.unit.name) if exactly else (case.unit.name,)
    address = ", ".join(part for part in place if part)
    description = describe(case.masked or case.words, note, case.ref)
    lat, lon = (case.lat, case.lon) if exactly else (None, None)
    fields = {"service_code": code, "description": description, "address_string": address}
    if lat is not None and lon is not None:
        fields |= {"lat": f"{lat:.6f}", "long": f"{lon:.6f}"}
    return Package(
        code, offered["name"], description, address, lat, lon,
        [attribute_of(one) for one in offered.get("attributes", [])],
        Reporter.objects.filter(case=case).exists(), fields,
    )  # fmt: skip


def attribute_of(kept: Mapping[str, object]) -> Attribute:
    """Read what is asked about a service from how it is kept."""
    choices = kept.get("choices") or []
    return Attribute(
        str(kept["code"]), Datatype(str(kept["datatype"])), str(kept["description"]),
        bool(kept["required"]), tuple((str(key), str(name)) for key, name in choices),  # type: ignore[attr-defined]
    )  # fmt: skip


@transaction.atomic
def send_case(
    case_id: UUID,
    system_id: UUID,
    *,
    note: str = "",
    answers: Mapping[str, Sequence[str]] | None = None,
    exactly: bool = True,
    with_contact: bool = False,
    consented: bool = False,
    by: By,
    now: datetime,
) -> Counterpart:
    """Send a case to a linked system; it counts as referred, and the silence of the system climbs like anybody's.

    How the reporter can be reached goes along only where a person says that he
    has agreed; the journal keeps that. Refuses with `NotTaken`, `SentAlready`,
    `AttributeOwed`, `ConsentOwed`, `NotNow` and `reach.NotInReach`.
    """
    held = hold(case_id)
    case = held.case
    require_handler(by, case)
    system = System.objects.get(pk=system_id, is_active=True)
    known = Counterpart.objects.filter(system=system, case=case).first()
    if known is not None and known.sending != Sending.REFUSED:
        raise SentAlready
    package = package_of(case, system, note.strip(), exactly=exactly)
    fields: dict[str, str | list[str]] = dict(package.fields)
    fields |= _answers(package.attributes, answers or {})
    if with_contact and not consented:
        raise ConsentOwed
    if with_contact and (contact := read_contact(case.pk, by=by, now=now)):
        fields |= contact_fields(contact)
        journal.record("linked.consented", case, by=by, at=now, system=system.label)
    let(case, Act.REFER, now)
    case.asked, case.asked_path = None, ""
    until = due(Term(held.kind.terms.referral_days), now, held.calendar)
    wind(held, now, new_clock(case, ClockKind.REFERRAL, until, now))
    case.save()
    tell(case, Act.REFER, words=note.strip()[:2000], by=by, now=now, facts={"to": system.label})
    drop_call(case, by=by, now=now)
    made = known or Counterpart(id=uuid7(now), system=system, case=case, at=now)
    made.sending, made.service, made.by = Sending.WAITING, package.service, hand_of(by)
    made.body = seal(json.dumps(fields, ensure_ascii=False), BODY)
    made.due_at, made.tries, made.tried_at, made.trouble = now, 0, None, ""
    made.save()
    System.objects.filter(pk=system.pk).update(due_at=now)
    return made


def _answers(
    asked: Sequence[Attribute], given: Mapping[str, Sequence[str]]
) -> dict[str, str | list[str]]:
    """Give the answers under the names of GeoReport; a required one that is missing is refused."""
    fields: dict[str, str | list[str]] = {}
    for one in asked:
        values = [value.strip()[:500] for value in given.get(one.code, ()) if value.strip()]
        if not values and one.required:
            raise AttributeOwed(about=one.description)
        if values and one.datatype is Datatype.SEVERAL:
            fields[f"attribute[{one.code}][]"] = values
        elif values:
            fields[f"attribute[{one.code}]"] = values[0]
    return fields


def body_of(kept: str) -> dict[str, str | list[str]]:
    """Open what waits to be sent; empty where the node has another secret now."""
    text = unseal(kept, BODY)
    read: dict[str, str | list[str]] = json.loads(text) if text else {}
    return read


@transaction.atomic
def tell_system(counterpart_id: UUID, words: str, *, by: By, now: datetime) -> Tiding:
    """Tell a system more about a request that it has. The words stand in the story of the case.

    Refuses with `WordsMissing`, `NotThere`, `NoUpdates` and `reach.NotInReach`.
    """
    found = Counterpart.objects.select_related("system").get(pk=counterpart_id)
    case = locked_case(found.case_id)
    require_handler(by, case)
    words = check_words(words, TELL_AT_MOST)
    if not found.number:
        raise NotThere
    if not found.system.has_updates:
        raise NoUpdates
    made = queue_tiding(found, words, is_open=case.is_live, now=now)
    write(case, "tell", words=words, facts={"to": found.system.label}, by=by, now=now)
    journal.record("linked.told", case, by=by, at=now, system=found.system.label)
    return made


def queue_tiding(
    found: Counterpart, words: str, *, is_open: bool, now: datetime, key: str = ""
) -> Tiding:
    """Let an update wait to be sent; under the same key it is the same one. Within the caller's transaction."""
    made = uuid7(now)
    key = key or str(made)
    fields = {
        "update_id": key,
        "service_request_id": found.number,
        "updated_datetime": now.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "status": "open" if is_open else "closed",
        "description": words,
    }
    tiding, is_new = Tiding.objects.get_or_create(
        counterpart=found, is_ours=True, key=key,
        defaults={
            "id": made, "sending": Sending.WAITING, "due_at": now, "at": now,
            "body": seal(json.dumps(fields, ensure_ascii=False), BODY),
        },
    )  # fmt: skip
    if is_new:
        System.objects.filter(pk=found.system_id).update(due_at=now)
    return tiding


@transaction.atomic
def give_up_waiting(counterpart_id: UUID, words: str, *, by: By, now: datetime) -> Case:
    """Let a case go on without the word of a system. What it says later still stands in the story.

    Refuses with `WordsMissing`, `NotNow` and `reach.NotInReach`.
    """
    found = Counterpart.objects.select_related("system").get(pk=counterpart_id)
    held = hold(found.case_id)
    require_handler(by, held.case)
    words = check_words(words, 1000)
    let(held.case, Act.REPLY, now)
    wind(held, now)
    held.case.save()
    tell(held.case, Act.REPLY, words=words, by=by, now=now, facts={"without": found.system.label})
    if found.sending == Sending.WAITING:
        Counterpart.objects.filter(pk=found.pk).update(
            sending=Sending.REFUSED, due_at=None, body=""
        )
    journal.record("linked.given_up", held.case, by=by, at=now, system=found.system.label)
    call_to(held.case, due_at=held.case.due_at or now, now=now, by=by)
    return held.case
