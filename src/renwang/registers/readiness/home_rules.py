"""What is wrong with the buildings and organisations that a place keeps. Values in, holes out."""

from collections.abc import Iterable
from dataclasses import dataclass

from renwang.registers.readiness.rules import Found


@dataclass(frozen=True, slots=True)
class HousesSeen:
    """The buildings kept at one place, in numbers."""

    path: str
    name: str
    buildings: int
    without_point: int = 0
    without_doors: int = 0
    without_address: int = 0


@dataclass(frozen=True, slots=True)
class BodySeen:
    """An organisation: whether anybody could ring it."""

    ref: str
    path: str
    name: str
    is_reachable: bool


@dataclass(frozen=True, slots=True)
class AllianceSeen:
    """An alliance: how many belong to it, and how many of them lead."""

    ref: str
    path: str
    name: str
    members: int
    leading: int


def find_house_holes(houses: HousesSeen) -> list[Found]:
    """Find what is missing of the buildings of a place; one hole for all of them, with their number."""
    found = []
    for check, count in (
        ("homes.not_on_map", houses.without_point),
        ("homes.no_doors", houses.without_doors),
        ("homes.no_address", houses.without_address),
    ):
        if count:
            params = {"place": houses.name, "count": count, "of": houses.buildings}
            found.append(Found(check, houses.path, houses.path, houses.path, params))
    return found


def find_unreachable(bodies: Iterable[BodySeen]) -> list[Found]:
    """Find organisations that nobody could ring."""
    return [
        Found("homes.body_unreachable", one.path, one.ref, one.ref, {"name": one.name})
        for one in bodies
        if not one.is_reachable
    ]


def find_headless(alliances: Iterable[AllianceSeen]) -> list[Found]:
    """Find alliances that nobody leads, or to which nobody belongs."""
    return [
        Found(
            "homes.alliance_headless", one.path, one.ref, one.ref,
            {"name": one.name, "count": one.members},
        )
        for one in alliances
        if not one.leading
    ]  # fmt: skip
