"""Keep who can be called: register a person, change what is known, set contacts, let somebody go."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from renwang.base import journal
from renwang.base.pure.ids import uuid7
from renwang.chain import routes, tallies, tree
from renwang.chain.contact_rules import Way, clean_ways
from renwang.chain.models import Account, Contact, Grant, Holding, Person, Token, Unit
from renwang.chain.reach import Viewer, require, require_no_less
from renwang.chain.rules import PersonNotActive, Refusal
from renwang.chain.services.grants import end_grants

By = Viewer | str


class NumberTaken(Refusal):
    """Another person has this staff number."""


class NeighbourUnknown(Refusal):
    """The neighbour is not among the active people in reach."""


@transaction.atomic
def register_person(
    *,
    name: str,
    unit: Unit,
    by: By,
    now: datetime,
    number: str = "",
    language: str = "zh-hans",
    contacts: Sequence[Way] = (),
    invented: bool = False,
) -> Person:
    """Register a person at home in a unit, with his contacts in order of preference.

    Refuses with NumberTaken and the contacts' refusals.
    """
    require(by, "people.edit", at=unit.path)
    _check_number(number)
    person = Person.objects.create(
        id=uuid7(now),
        name=name,
        search=tree.search_of(name, number),
        unit=unit,
        path=unit.path,
        number=number,
        language=language,
        invented=invented,
    )
    if contacts:
        _write_contacts(person, contacts, by, now)
    journal.record(
        "chain.person_registered", person, by=by, at=now, unit=unit.ref, contacts=len(contacts)
    )
    return person


@transaction.atomic
def change_person(
    *,
    person: Person,
    by: By,
    now: datetime,
    name: str | None = None,
    unit: Unit | None = None,
    number: str | None = None,
    language: str | None = None,
) -> Person:
    """Change what is known of a person; what is not named stays. Moving house needs reach at both ends.

    Everybody may choose his own language.
    """
    only_language = name is None and unit is None and number is None
    if not (only_language and isinstance(by, Viewer) and by.id == person.pk):
        require(by, "people.edit", at=person.path)
    if unit is not None:
        require(by, "people.edit", at=unit.path)
    person = _locked(person)
    changed = []
    if name is not None and name != person.name:
        person.name = name
        changed.append("name")
    if number is not None and number != person.number:
        _check_number(number)
        person.number = number
        changed.append("number")
    if language is not None and language != person.language:
        person.language = language
        changed.append("language")
    if unit is not None and unit.pk != person.unit_id:
        person.unit, person.path = unit, unit.path
        changed.append("unit")
    person.search = tree.search_of(person.name, person.number)
    person.save()
    journal.record("chain.person_changed", person, by=by, at=now, changed=changed)
    return person


@transaction.atomic
def set_contacts(
    *, person: Person, contacts: Sequence[Way], by: By, now: datetime
) -> list[Contact]:
    """Set how a person is reached, in order of preference; himself, or who may edit people.

    What stays the same keeps its record of having worked. Refuses with the
    contacts' refusals and NeighbourUnknown.
    """
    if not (isinstance(by, Viewer) and by.id == person.pk):
        require(by, "people.edit", at=person.path)
    person = _locked(person)
    written = _write_contacts(person, contacts, by, now)
    _refresh([person.pk])
    journal.record(
        "chain.contacts_set", person, by=by, at=now, kinds=[way.kind for way in contacts]
    )
    return written


@transaction.atomic
def deactivate_person(*, person: Person, by: By, now: datetime, reason: str = "") -> Person:
    """Let a person go: he leaves his posts, his grants, account and keys end, and nobody calls him.

    The deputies behind him move up. Refuses with PersonNotActive.
    """
    require(by, "people.edit", at=person.path)
    require_no_less(by, person)
    person = _locked(person)
    if not person.is_active:
        raise PersonNotActive(name=person.name)
    holdings = list(Holding.objects.filter(person=person, is_current=True).select_related("post"))
    posts = [holding.post for holding in holdings]
    for post in posts:
        require(by, "chain.edit", at=post.path)
    Holding.objects.filter(pk__in=[one.pk for one in holdings]).update(
        is_current=False, until_on=tree.today(now)
    )
    end_grants(Grant.objects.filter(person=person), now)
    Token.objects.filter(person=person, ended_at=None).update(ended_at=now)
    Account.objects.filter(person=person).update(is_active=False)
    person.is_active = False
    person.save(update_fields=["is_active"])
    _refresh([person.pk])
    routes.refresh_routes([post.pk for post in posts])
    tallies.refresh_tallies(*{post.path for post in posts})
    journal.record(
        "chain.person_deactivated",
        person,
        by=by,
        at=now,
        posts=[post.title for post in posts],
        reason=reason,
    )
    return person


def _refresh(person_ids: list[UUID]) -> None:
    touched = routes.refresh_person(person_ids)
    tallies.refresh_tallies(*touched)


def _write_contacts(
    person: Person, contacts: Sequence[Way], by: By, now: datetime
) -> list[Contact]:
    ways = clean_ways(str(person.pk), contacts, _relays())
    _check_neighbours(ways, by)
    kept = {
        (one.kind, one.address, one.neighbour_id): one
        for one in Contact.objects.filter(person=person)
    }
    written: list[Contact] = []
    for position, way in enumerate(ways):
        neighbour = UUID(way.neighbour) if way.neighbour else None
        known = kept.pop((way.kind, way.address, neighbour), None)
        if known is None:
            known = Contact(
                id=uuid7(now),
                person=person,
                kind=way.kind,
                address=way.address,
                neighbour_id=neighbour,
            )
        known.position = position
        written.append(known)
    Contact.objects.filter(pk__in=[one.pk for one in kept.values()]).delete()
    Contact.objects.bulk_create(
        written, update_conflicts=True, unique_fields=["id"], update_fields=["position"]
    )
    return written


def _relays() -> dict[str, frozenset[str]]:
    relays: dict[str, set[str]] = {}
    rows = Contact.objects.filter(neighbour__isnull=False).order_by()
    for person, neighbour in rows.values_list("person_id", "neighbour_id"):
        relays.setdefault(str(person), set()).add(str(neighbour))
    return {person: frozenset(neighbours) for person, neighbours in relays.items()}


def _check_neighbours(ways: Sequence[Way], by: By) -> None:
    wanted = {UUID(way.neighbour) for way in ways if way.neighbour}
    if not wanted:
        return
    active = Person.objects.filter(pk__in=wanted, is_active=True)
    found = {one.pk: one for one in active}
    for key in wanted:
        neighbour = found.get(key)
        unseen = isinstance(by, Viewer) and neighbour and not (by.may("people.see", neighbour.path))
        if neighbour is None or unseen:
            raise NeighbourUnknown()


def _check_number(number: str) -> None:
    if number and Person.objects.filter(number=number).exists():
        raise NumberTaken(number=number)


def _locked(person: Person) -> Person:
    return Person.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)
