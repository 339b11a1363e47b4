"""What can be wrong with the rows of a list: names that nobody answers to, levels that cannot be, no map."""

from renwang.chain.rules import Refusal


class PlaceUnknown(Refusal):
    """No unit in reach answers to this code or name."""


class PlaceAmbiguous(Refusal):
    """Several units answer to this name; naming the unit above as well tells them apart."""


class ParentMissing(Refusal):
    """A new unit must name the unit above it."""


class LevelUnknown(Refusal):
    """The structure knows no such level, or there is none below the unit above."""


class StructureUnknown(Refusal):
    """No structure of that key or name is known."""


class LevelFixed(Refusal):
    """The level of a standing unit does not change by an import."""


class PersonUnknown(Refusal):
    """Nobody in reach has this staff number or name."""


class PersonAmbiguous(Refusal):
    """Several people have this name; the staff number tells them apart."""


class BuildingUnknown(Refusal):
    """No building in reach has this code or name."""


class BuildingAmbiguous(Refusal):
    """Several buildings have this name; the code tells them apart."""


class PositionWrong(Refusal):
    """A longitude beyond ±180° or a latitude beyond ±90°; perhaps they are swapped."""


class ProvinceMissing(Refusal):
    """No row of the files begins with the code of the province."""


class CodeOfNoLevel(Refusal):
    """A code has neither 6, 9 nor 12 digits."""


class NotAMap(Refusal):
    """The file is no GeoJSON of Features, is cut off, or is too large."""


class NotAShape(Refusal):
    """A cell holds neither WKT nor a GeoJSON geometry."""


class DoorUnknown(Refusal):
    """The building has no such door."""


class NotALine(Refusal):
    """A street or a bank is a line or an area, with at least two points on the Earth."""
