"""Keep organisations of every kind, their members and their alliances (C3)."""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from renwang.base import journal
from renwang.base.pure.ids import uuid7
from renwang.base.references import next_reference
from renwang.chain import tree
from renwang.chain.models import Alliance, Membership, Organisation, Person, Post, Unit
from renwang.chain.reach import Viewer, require
from renwang.chain.rules import Refusal
from renwang.chain.services.grants import active
from renwang.chain.services.posts import close_post

By = Viewer | str
_CHANGEABLE = frozenset({"name", "kind", "address", "telephone", "number", "lon", "lat"})


class OrganisationHasEnded(Refusal):
    """The organisation was closed."""


class AlreadyMember(Refusal):
    """The person or organisation is a member already."""


class NotAMember(Refusal):
    """The person or organisation is no member."""


class NotAnAlliance(Refusal):
    """Only an alliance can be joined."""


class AllianceInItself(Refusal):
    """An alliance cannot be part of itself, directly or through others."""


@transaction.atomic
def create_organisation(
    *,
    kind: str,
    name: str,
    unit: Unit,
    by: By,
    now: datetime,
    address: str = "",
    telephone: str = "",
    number: str = "",
    lon: float | None = None,
    lat: float | None = None,
) -> Organisation:
    """Enter an organisation at its seat; `lon` and `lat` in WGS-84."""
    require(by, "chain.edit", at=unit.path)
    made = Organisation.objects.create(
        id=uuid7(now),
        ref=next_reference("O", now),
        kind=Organisation.Kind(kind),
        name=name,
        search=tree.search_of(name, number),
        unit=unit,
        path=unit.path,
        address=address,
        telephone=telephone,
        number=number,
        lon=lon,
        lat=lat,
    )
    journal.record("chain.organisation_created", made, by=by, at=now, name=name, kind=kind)
    return made


@transaction.atomic
def change_organisation(
    *, organisation: Organisation, by: By, now: datetime, unit: Unit | None = None, **changes: Any
) -> Organisation:
    """Change an organisation (name, kind, address, telephone, number, lon, lat), or move its seat."""
    require(by, "chain.edit", at=organisation.path)
    if unknown := set(changes) - _CHANGEABLE:
        raise TypeError(f"an organisation has no {', '.join(sorted(unknown))}")
    organisation = _locked(organisation)
    for name, value in changes.items():
        setattr(organisation, name, value)
    if unit is not None and unit.pk != organisation.unit_id:
        require(by, "chain.edit", at=unit.path)
        organisation.unit, organisation.path = unit, unit.path
        changes["unit"] = unit.ref
    organisation.search = tree.search_of(organisation.name, organisation.number)
    organisation.save()
    journal.record(
        "chain.organisation_changed",
        organisation,
        by=by,
        at=now,
        name=organisation.name,
        changed=sorted(changes),
    )
    return organisation


@transaction.atomic
def close_organisation(
    *, organisation: Organisation, by: By, now: datetime, on: date | None = None, reason: str = ""
) -> Organisation:
    """Close an organisation: its memberships, its part in alliances and its posts end."""
    require(by, "chain.edit", at=organisation.path)
    organisation, on = _locked(organisation), on or tree.today(now)
    Membership.objects.filter(organisation=organisation, until_on=None).update(until_on=on)
    for side in ("alliance", "member"):
        Alliance.objects.filter(**{side: organisation}, until_on=None).update(until_on=on)
    for post in Post.objects.filter(organisation=organisation, ended_on=None):
        close_post(post=post, by=by, now=now, on=on)
    organisation.ended_on = on
    organisation.save(update_fields=["ended_on"])
    journal.record(
        "chain.organisation_closed",
        organisation,
        by=by,
        at=now,
        name=organisation.name,
        on=on,
        reason=reason,
    )
    return organisation


@transaction.atomic
def add_member(
    *,
    organisation: Organisation,
    person: Person,
    by: By,
    now: datetime,
    does: str = "",
    from_on: date | None = None,
) -> Membership:
    """Enter a person as a member, with what he does there. Refuses with AlreadyMember."""
    require(by, "chain.edit", at=organisation.path)
    organisation = _locked(organisation)
    person = active(person)
    if Membership.objects.filter(organisation=organisation, person=person, until_on=None).exists():
        raise AlreadyMember(name=person.name, organisation=organisation.name)
    made = Membership.objects.create(
        id=uuid7(now),
        organisation=organisation,
        person=person,
        does=does,
        from_on=from_on or tree.today(now),
    )
    journal.record(
        "chain.member_added",
        organisation,
        by=by,
        at=now,
        name=organisation.name,
        person=f"person:{person.pk}",
        does=does,
    )
    return made


@transaction.atomic
def remove_member(
    *, organisation: Organisation, person: Person, by: By, now: datetime, on: date | None = None
) -> None:
    """End a person's membership. Refuses with NotAMember."""
    require(by, "chain.edit", at=organisation.path)
    ended = Membership.objects.filter(
        organisation=organisation, person=person, until_on=None
    ).update(until_on=on or tree.today(now))
    if not ended:
        raise NotAMember(name=person.name, organisation=organisation.name)
    journal.record(
        "chain.member_removed",
        organisation,
        by=by,
        at=now,
        name=organisation.name,
        person=f"person:{person.pk}",
    )


@transaction.atomic
def form_alliance(
    *, name: str, unit: Unit, leader: Organisation, by: By, now: datetime
) -> Organisation:
    """Form an alliance at a seat, led by one organisation; others join later."""
    made = create_organisation(
        kind=Organisation.Kind.ALLIANCE, name=name, unit=unit, by=by, now=now
    )
    join_alliance(alliance=made, member=leader, leads=True, by=by, now=now)
    return made


@transaction.atomic
def join_alliance(
    *,
    alliance: Organisation,
    member: Organisation,
    by: By,
    now: datetime,
    leads: bool = False,
    on: date | None = None,
) -> Alliance:
    """Take an organisation into an alliance.

    Whoever keeps the alliance decides; the member may sit elsewhere. Refuses
    with NotAnAlliance, AllianceInItself, AlreadyMember, OrganisationHasEnded.
    """
    require(by, "chain.edit", at=alliance.path)
    alliance, member = _locked(alliance), _locked(member)
    if alliance.kind != Organisation.Kind.ALLIANCE:
        raise NotAnAlliance(name=alliance.name)
    if alliance.pk in _allied_below(member):
        raise AllianceInItself(name=alliance.name)
    if Alliance.objects.filter(alliance=alliance, member=member, until_on=None).exists():
        raise AlreadyMember(name=member.name, organisation=alliance.name)
    made = Alliance.objects.create(
        id=uuid7(now),
        alliance=alliance,
        member=member,
        leads=leads,
        from_on=on or tree.today(now),
    )
    journal.record(
        "chain.alliance_joined",
        alliance,
        by=by,
        at=now,
        name=alliance.name,
        member=member.name,
        member_ref=member.ref,
        leads=leads,
    )
    return made


@transaction.atomic
def leave_alliance(
    *,
    alliance: Organisation,
    member: Organisation,
    by: By,
    now: datetime,
    on: date | None = None,
) -> None:
    """Let an organisation leave an alliance: who keeps either of them may. Refuses with NotAMember."""
    if not (isinstance(by, Viewer) and by.may("chain.edit", member.path)):
        require(by, "chain.edit", at=alliance.path)
    ended = Alliance.objects.filter(alliance=alliance, member=member, until_on=None).update(
        until_on=on or tree.today(now)
    )
    if not ended:
        raise NotAMember(name=member.name, organisation=alliance.name)
    journal.record(
        "chain.alliance_left",
        alliance,
        by=by,
        at=now,
        name=alliance.name,
        member=member.name,
        member_ref=member.ref,
    )


def _allied_below(organisation: Organisation) -> set:
    """An organisation with everything that is part of it, in alliances of alliances too."""
    met, waiting = {organisation.pk}, [organisation.pk]
    while waiting:
        rows = Alliance.objects.filter(alliance__in=waiting, until_on=None)
        waiting = [key for key in rows.values_list("member", flat=True) if key not in met]
        met.update(waiting)
    return met


def _locked(organisation: Organisation) -> Organisation:
    found = Organisation.objects.select_for_update(of=("self",), no_key=True).get(
        pk=organisation.pk
    )
    if found.ended_on is not None:
        raise OrganisationHasEnded(name=found.name)
    return found
