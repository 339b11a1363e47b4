"""Buildings, doors and organisations: the checks, and how they are read."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from renwang.base.models import Entry
from renwang.chain.models import Alliance, Building, Holding, Household, Membership, Organisation
from renwang.registers.readiness.catalogue import Check, Family, Touch, declare
from renwang.registers.readiness.home_rules import (
    AllianceSeen,
    BodySeen,
    HousesSeen,
    find_headless,
    find_house_holes,
    find_unreachable,
)
from renwang.registers.readiness.reading import divided, inside
from renwang.registers.readiness.rules import Found, Scope, Severity

_WHY_HOUSES = _(
    "Doors are counted and knocked at by building. What is not in the books is not knocked at."
)


def _houses(key: str, name: Any, sentence: Any, severity: Severity) -> Check:
    return Check(
        f"homes.{key}",
        name,
        sentence,
        _WHY_HOUSES,
        severity,
        "homes.edit",
        "homes.see",
        "buildings",
    )


CHECKS = (
    _houses(
        "not_on_map",
        _("Buildings that are not on the map"),
        _("{count} of the {of} buildings of {place} have no point on the map."),
        Severity.NOTE,
    ),
    _houses(
        "no_doors",
        _("Buildings without doors"),
        _("{count} of the {of} buildings of {place} have no door in the books. Enter the doors."),
        Severity.ATTENTION,
    ),
    _houses(
        "no_address",
        _("Buildings without an address"),
        _(
            "{count} of the {of} buildings of {place} have no address: nobody from outside finds them."
        ),
        Severity.NOTE,
    ),
    Check(
        "homes.body_unreachable",
        _("An organisation nobody can ring"),
        _("{name} has no telephone, and nobody in it is known. Enter a number."),
        _("Clinics, schools and firms are asked first for room, hands and things."),
        Severity.NOTE,
        "chain.edit",
        "chain.see",
        "organisation",
    ),
    Check(
        "homes.alliance_headless",
        _("An alliance that nobody leads"),
        _("Nobody leads the alliance {name}. Say who does."),
        _("An alliance acts when one of its members calls the others together."),
        Severity.NOTE,
        "chain.edit",
        "chain.see",
        "organisation",
    ),
)


def find(scope: Scope, now: datetime) -> Iterable[Found]:
    """Find what is wrong with the buildings and organisations of a scope; three statements."""
    for houses in _read_houses(scope):
        yield from find_house_holes(houses)
    yield from find_unreachable(_bodies(scope))
    yield from find_headless(_alliances(scope))


def _read_houses(scope: Scope) -> Iterator[HousesSeen]:
    doors = Household.objects.filter(building=OuterRef("pk"))
    rows = Building.objects.filter(inside(scope)).annotate(has_doors=Exists(doors)).order_by()
    counted = rows.values_list("path", "unit__name").annotate(
        Count("pk"),
        maps=Count("pk", filter=Q(lon=None)),
        doors=Count("pk", filter=Q(has_doors=False)),
        addresses=Count("pk", filter=Q(address="")),
    )
    for row in counted:
        yield HousesSeen(*row)


def _bodies(scope: Scope) -> Iterator[BodySeen]:
    members = Membership.objects.filter(organisation=OuterRef("pk"), until_on=None)
    held = Holding.objects.filter(post__organisation=OuterRef("pk"), is_current=True)
    rows = Organisation.objects.filter(inside(scope), ended_on=None, telephone="")
    rows = rows.exclude(kind=Organisation.Kind.ALLIANCE).annotate(
        known=Exists(members.filter(person__contacts__isnull=False)),
        held=Exists(held.filter(person__contacts__isnull=False)),
    )
    for ref, path, name, known, posts in rows.values_list("ref", "path", "name", "known", "held"):
        yield BodySeen(ref, path, name, known or posts)


def _alliances(scope: Scope) -> Iterator[AllianceSeen]:
    belongs = Q(allied__until_on=None, allied__isnull=False)
    rows = Organisation.objects.filter(
        inside(scope), ended_on=None, kind=Organisation.Kind.ALLIANCE
    ).annotate(
        members=Count("allied", filter=belongs),
        leading=Count("allied", filter=belongs & Q(allied__leads=True)),
    )
    for row in rows.values_list("ref", "path", "name", "members", "leading"):
        yield AllianceSeen(*row)


def touched(entries: Sequence[Entry]) -> Iterable[Touch]:
    """Look again where a fact lies, and where the organisations of its people and alliances do."""
    found = divided(entries)
    found |= {Touch(entry.place or "/", not entry.place) for entry in entries}
    people = {entry.subject_id for entry in entries if entry.subject_kind == "person"}
    allied = {entry.subject_id for entry in entries if entry.subject_kind == "organisation"}
    rows = Organisation.objects.filter(
        Q(memberships__person__in=people)
        | Q(posts__holdings__person__in=people)
        | Q(pk__in=Alliance.objects.filter(member__in=allied).values("alliance"))
    )
    found |= {Touch(path) for path in rows.order_by().values_list("path", flat=True).distinct()}
    return found


declare(
    Family("homes", _("Buildings and organisations"), CHECKS, find, ("chain.",), touched),
)
