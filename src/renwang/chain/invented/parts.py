"""The values of an invented place, in the columns that the chain keeps them in."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from renwang.chain.invented.backdrop import Layer

Geometry = dict[str, Any]


@dataclass(frozen=True, slots=True)
class UnitPart:
    """A unit; `boundary` is a GeoJSON geometry, None where a unit is a staircase and no area."""

    id: UUID
    ref: str
    code: str
    name: str
    level: str
    parent_id: UUID | None
    path: str
    position: int
    boundary: Geometry | None = None
    lon: float | None = None
    lat: float | None = None


@dataclass(frozen=True, slots=True)
class PersonPart:
    """A person who does not exist."""

    id: UUID
    name: str
    unit_id: UUID
    path: str
    number: str = ""


@dataclass(frozen=True, slots=True)
class ContactPart:
    """One way to reach a person."""

    id: UUID
    person_id: UUID
    position: int
    kind: str
    address: str = ""
    neighbour_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class PostPart:
    """A post in a unit or an organisation."""

    id: UUID
    title: str
    role: str
    unit_id: UUID
    path: str
    answers: bool = False
    position: int = 0
    organisation_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class HoldingPart:
    """Who holds a post; the past ones have an end."""

    id: UUID
    post_id: UUID
    person_id: UUID
    rank: int
    from_on: date
    until_on: date | None = None
    is_current: bool = True


@dataclass(frozen=True, slots=True)
class GrantPart:
    """What a post allows its people."""

    id: UUID
    person_id: UUID
    bundle: str
    unit_id: UUID
    path: str
    post_id: UUID


@dataclass(frozen=True, slots=True)
class OrganisationPart:
    """An organisation with its seat."""

    id: UUID
    ref: str
    kind: str
    name: str
    unit_id: UUID
    path: str
    address: str = ""
    telephone: str = ""
    lon: float | None = None
    lat: float | None = None


@dataclass(frozen=True, slots=True)
class MembershipPart:
    """A person in an organisation."""

    id: UUID
    organisation_id: UUID
    person_id: UUID
    does: str
    from_on: date


@dataclass(frozen=True, slots=True)
class AlliancePart:
    """An organisation's part in an alliance."""

    id: UUID
    alliance_id: UUID
    member_id: UUID
    leads: bool
    from_on: date


@dataclass(frozen=True, slots=True)
class BuildingPart:
    """A building with its footprint."""

    id: UUID
    unit_id: UUID
    path: str
    code: str
    name: str
    address: str
    storeys: int
    entrances: int
    footprint: Geometry
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class HouseholdPart:
    """A door."""

    id: UUID
    building_id: UUID
    unit_id: UUID
    path: str
    door: str
    storey: int
    heads: int


@dataclass(slots=True)
class Part:
    """One self-contained load: the city with its districts, or one sub-district. Parents come before children."""

    name: str
    path: str
    units: list[UnitPart] = field(default_factory=list)
    people: list[PersonPart] = field(default_factory=list)
    contacts: list[ContactPart] = field(default_factory=list)
    posts: list[PostPart] = field(default_factory=list)
    holdings: list[HoldingPart] = field(default_factory=list)
    grants: list[GrantPart] = field(default_factory=list)
    organisations: list[OrganisationPart] = field(default_factory=list)
    memberships: list[MembershipPart] = field(default_factory=list)
    alliances: list[AlliancePart] = field(default_factory=list)
    buildings: list[BuildingPart] = field(default_factory=list)
    households: list[HouseholdPart] = field(default_factory=list)
    layers: list[Layer] = field(default_factory=list)
