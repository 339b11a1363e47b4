"""How big an invented place is, and how many units of each kind that makes.

The figures are those of the brief: a grid has 300-500 households, a community
5-30 grids, a sub-district 5-20 communities and 30,000-150,000 residents. A
sub-district below about 11,400 households is smaller than real ones are; it
exists for tests and keeps every figure that its size allows.
"""

from dataclasses import dataclass
from enum import StrEnum

GRID_MEAN = 361
GRID_LOW, GRID_HIGH = 300, 500
COMMUNITY_GRIDS = 6
COMMUNITY_GRIDS_LOW, COMMUNITIES_HIGH = 5, 20
SMALLEST, LARGEST = 600, 55_000
CITY_SMALLEST = 11_500
SUBDISTRICTS_HIGH = 1_200
DISTRICT_SUBDISTRICTS = 27


class SizeFault(StrEnum):
    """Why a place of a size cannot be invented."""

    TOO_SMALL = "too_small"
    TOO_LARGE = "too_large"
    TOO_MANY = "too_many"


class SizeRefused(ValueError):
    """No place of this size is invented; `fault` says why, `limit` what would do."""

    def __init__(self, fault: SizeFault, limit: int):
        super().__init__(f"{fault.value}: the limit is {limit}")
        self.fault = fault
        self.limit = limit


@dataclass(frozen=True, slots=True)
class Size:
    """So many households in a sub-district, and so many sub-districts.

    With more than one sub-district the place is a city with districts, and
    `households` is the mean.
    """

    households: int = 13_000
    subdistricts: int = 1

    def __post_init__(self) -> None:
        """Refuse what the generator cannot keep its figures in."""
        smallest = SMALLEST if self.subdistricts == 1 else CITY_SMALLEST
        if self.households < smallest:
            raise SizeRefused(SizeFault.TOO_SMALL, smallest)
        if self.households > LARGEST:
            raise SizeRefused(SizeFault.TOO_LARGE, LARGEST)
        if not 1 <= self.subdistricts <= SUBDISTRICTS_HIGH:
            raise SizeRefused(SizeFault.TOO_MANY, SUBDISTRICTS_HIGH)

    @property
    def is_city(self) -> bool:
        """Whether there is a city and districts above."""
        return self.subdistricts > 1

    def __str__(self) -> str:
        return f"{self.subdistricts}x{self.households}" if self.is_city else f"{self.households}"


DEMO = Size()


def grids_of(households: int) -> int:
    """Say how many grids a sub-district of so many households has."""
    return max(2, (households + GRID_MEAN // 2) // GRID_MEAN)


def communities_of(grids: int) -> int:
    """Say how many communities so many grids make."""
    most = max(1, grids // COMMUNITY_GRIDS_LOW)
    wanted = (grids + COMMUNITY_GRIDS // 2) // COMMUNITY_GRIDS
    if most >= COMMUNITY_GRIDS_LOW:
        wanted = max(wanted, COMMUNITY_GRIDS_LOW)
    return max(1, min(wanted, most, COMMUNITIES_HIGH))
