"""People from a roster: staff number, name, where they are at home, how they are reached."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from renwang.base.pure.ids import uuid7
from renwang.base.tables import Column, Kind, TablePlan
from renwang.chain import routes, tree
from renwang.chain.contact_rules import Way, clean_way
from renwang.chain.imports.bulk import create_rows
from renwang.chain.imports.drafting import By, Draft, ImportKind, ImportPlan
from renwang.chain.imports.places import Places
from renwang.chain.list_rules import PlaceUnknown
from renwang.chain.models import Contact, Person
from renwang.chain.reach import Viewer
from renwang.chain.rules import PersonNotActive, Refusal
from renwang.chain.services.people import NumberTaken

_BATCH = 400

# Each column of a roster with the contacts it stands for, in the order in which they are tried.
_WAYS = {
    "wecom": ("wecom",),
    "mobile": ("sms", "phone"),
    "telephone": ("phone",),
    "email": ("email",),
}

COLUMNS = (
    Column("number", ("工号", "Staff number", "编号", "人员编号"), Kind.CODE, max_length=40),
    Column("name", ("姓名", "Name"), required=True, max_length=80),
    Column(
        "unit", ("所属辖区", "Unit", "辖区", "所属单位", "单位", "所在社区", "网格"), required=True
    ),
    Column("mobile", ("手机", "Mobile", "手机号", "联系电话", "电话")),
    Column("telephone", ("座机", "Telephone", "固定电话")),
    Column("wecom", ("企业微信", "WeCom")),
    Column("email", ("邮箱", "E-mail", "电子邮箱")),
    Column("knock", ("需上门", "Knock at the door", "上门"), Kind.BOOLEAN),
    Column(
        "language",
        ("语言", "Language"),
        Kind.CHOICE,
        choices={"zh-hans": ("中文", "Chinese"), "en": ("英文", "English")},
    ),
)


def plan_people(draft: Draft, by: By, now: datetime) -> tuple[TablePlan, Mapping[str, Any]]:
    """Judge a roster. A person is known by his number, else by unit and name."""
    places = Places(by, "people.edit")
    known = _known(by)
    keys = {_key(one.number, one.unit_id, one.name): one for one in known.values()}
    numbers = {one.number: one for one in known.values() if one.number}
    elsewhere = set(
        Person.objects.filter(number__in=[row.values.get("number") or "-" for row in draft.rows])
        .exclude(pk__in=known)
        .values_list("number", flat=True)
    )
    found: dict[str, Person] = {}
    for row in draft.rows:
        number = row.values.get("number") or ""
        try:
            unit = places.find(row.values["unit"])
            values = {**row.values, "unit": places.key_of(unit), **_cleaned(row.values)}
            if number in elsewhere:
                raise NumberTaken(number=number)
            key = _key(number, unit.pk, row.values["name"])
            person = numbers.get(number) or keys.get(key)
            if person is not None and not person.is_active:
                raise PersonNotActive(name=person.name)
        except Refusal as refusal:
            draft.refuse(row, _column_of(refusal, row.values), refusal)
            continue
        if person is not None:
            found[key] = person
        draft.keep(row, key, values)
    existing = {key: _stored(person, places) for key, person in found.items()}
    return draft.plan(existing), {"people": found, "places": places}


def _known(by: By) -> dict:
    people = Person.objects.prefetch_related("contacts")
    if isinstance(by, Viewer):
        people = people.filter(by.scope("people.edit"))
    return {person.pk: person for person in people}


def _key(number: str, unit: Any, name: str) -> str:
    return number or f"{unit}/{name}"


def _cleaned(values: Mapping[str, Any]) -> dict[str, Any]:
    cleaned = {}
    for column, kinds in _WAYS.items():
        if values.get(column):
            cleaned[column] = clean_way(Way(kinds[-1], values[column])).address
    return cleaned


def _column_of(refusal: Refusal, values: Mapping[str, Any]) -> str:
    address = refusal.params.get("address")
    for column in _WAYS:
        if address is not None and values.get(column) == address:
            return column
    return {PlaceUnknown: "unit", NumberTaken: "number", PersonNotActive: "name"}.get(
        type(refusal), "unit"
    )


def _stored(person: Person, places: Places) -> dict[str, Any]:
    stored: dict[str, Any] = {
        "number": person.number,
        "name": person.name,
        "unit": places.key_of(places.units.get(person.unit_id)),
        "language": person.language,
        "knock": any(one.kind == "knock" for one in person.contacts.all()),
    }
    for column, kinds in _WAYS.items():
        stored[column] = _address(person.contacts.all(), column, kinds)
    return stored


def _address(contacts: Sequence[Contact], column: str, kinds: tuple[str, ...]) -> str | None:
    """What a roster would show in a column: a telephone that also takes texts is a mobile."""
    texts = {one.address for one in contacts if one.kind == "sms"}
    for one in contacts:
        if one.kind == kinds[0] and (column != "telephone" or one.address not in texts):
            return one.address
    return None


def write_people(plan: ImportPlan, by: By, now: datetime) -> set[str]:
    """Change names, homes and contacts, and register who is new."""
    places: Places = plan.found["places"]
    known: Mapping[str, Person] = plan.found["people"]
    touched: set[str] = set()
    people, contacts = [], []
    for planned in plan.table.to_create:
        values = planned.values
        unit = places.find(values["unit"])
        person = Person(
            id=uuid7(now),
            name=values["name"],
            search=tree.search_of(values["name"], values.get("number") or ""),
            number=values.get("number") or "",
            unit=unit,
            path=unit.path,
            language=values.get("language") or "zh-hans",
        )
        people.append(person)
        contacts.extend(_contacts(person, values, [], now))
        touched.add(unit.path)
    changed = []
    for change in plan.table.to_update:
        person = known[change.key[0]]
        changed.append(person.pk)
        touched.add(person.path)
        contacts.extend(_change(person, change.after, places, now))
        touched.add(person.path)
    create_rows(plan, people, contacts)
    for begin in range(0, len(changed), _BATCH):
        routes.refresh_person(changed[begin : begin + _BATCH])
    return touched


def _change(
    person: Person, after: Mapping[str, Any], places: Places, now: datetime
) -> list[Contact]:
    if "unit" in after:
        person.unit = places.find(after["unit"])
        person.path = person.unit.path
    for name in ("name", "number", "language"):
        if name in after:
            setattr(person, name, after[name])
    person.search = tree.search_of(person.name, person.number)
    person.save()
    if not ({*_WAYS, "knock"} & set(after)):
        return []
    values = {**_stored(person, places), **after}
    old = list(person.contacts.all())
    listed = {kind for kinds in _WAYS.values() for kind in kinds} | {"knock"}
    others = [one for one in old if one.kind not in listed]
    worked = {(one.kind, one.address): one for one in old}
    Contact.objects.filter(pk__in=[one.pk for one in old]).delete()
    fresh = _contacts(person, values, others, now)
    for one in fresh:
        before = worked.get((one.kind, one.address))
        if before is not None:
            one.pk, one.worked_at, one.failed_at = before.pk, before.worked_at, before.failed_at
    return fresh


def _contacts(
    person: Person, values: Mapping[str, Any], others: list[Contact], now: datetime
) -> list[Contact]:
    """Compose a person's contacts: what no roster knows first, as it stood; then the columns in order."""
    made = list(others)
    seen = {(one.kind, one.address) for one in others}
    wanted = [
        (kind, values[column])
        for column, kinds in _WAYS.items()
        if values.get(column)
        for kind in kinds
    ]
    if values.get("knock"):
        wanted.append(("knock", ""))
    for kind, address in wanted:
        if (kind, address) not in seen:
            seen.add((kind, address))
            made.append(Contact(id=uuid7(now), person=person, kind=kind, address=address))
    for position, contact in enumerate(made):
        contact.position = position
    return made


PEOPLE = ImportKind("people", COLUMNS, "people.edit", plan_people, write_people)
