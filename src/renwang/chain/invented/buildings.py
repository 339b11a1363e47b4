"""What stands on the blocks: towers, slabs, courtyard houses, village rows, schools and parks."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random

from renwang.chain.invented.chance import share_out, weighted, within
from renwang.chain.invented.names import Stems, compound_name
from renwang.chain.invented.terrain import Block, Cell, Ground, Point, degrees


class Form(StrEnum):
    """How a building is built."""

    TOWER = "tower"
    SLAB = "slab"
    COURTYARD = "courtyard"
    ROW = "row"
    PUBLIC = "public"


@dataclass(frozen=True, slots=True)
class FormFigures:
    """What is usual for a form: doors a building, doors a storey and entrance, storeys, sides in metres."""

    doors: tuple[int, int, int]  # least, usual, most
    a_storey: int
    length_m: float
    depth_m: float


FIGURES = {
    Form.TOWER: FormFigures((56, 88, 132), 4, 27, 25),
    Form.SLAB: FormFigures((30, 50, 72), 2, 58, 12.5),
    Form.COURTYARD: FormFigures((10, 14, 20), 8, 25, 23),
    Form.ROW: FormFigures((10, 12, 18), 8, 46, 11),
}
_SLAB_STOREYS = 6


@dataclass(frozen=True, slots=True)
class Door:
    """A door: what is written on it, its storey, and how many people live behind it."""

    label: str
    storey: int
    heads: int


@dataclass(frozen=True, slots=True)
class Raised:
    """A building as it stands: footprint ring and middle in degrees, doors in the order of the stairs."""

    form: Form
    name: str
    address: str
    storeys: int
    entrances: int
    middle: Point
    footprint: tuple[Point, ...]
    doors: tuple[Door, ...] = ()


@dataclass(frozen=True, slots=True)
class Compound:
    """A block of dwelling houses under one name."""

    name: str
    address: str
    buildings: tuple[Raised, ...]
    spare: Block  # a slot kept free, for a public building


@dataclass(frozen=True, slots=True)
class Park:
    """A block without houses."""

    name: str
    ring: tuple[Point, ...]


_HEADS = (
    (1, 22),
    (2, 28),
    (3, 26),
    (4, 14),
    (5, 7),
    (6, 3),
)  # mean 2.65; see the docs for its source


def build_grid(
    ground: Ground, cells: Sequence[Cell], households: int, stems: Stems, draw: Random
) -> tuple[list[Compound], list[Park]]:
    """Build a grid's blocks so that they hold exactly so many households."""
    dwelling = list(cells)
    parks = []
    if len(dwelling) >= 4 and draw.randrange(3) == 0:
        cell = dwelling.pop(draw.randrange(len(dwelling)))
        parks.append(Park(stems.next() + "公园", tuple(_block_ring(ground, ground.block(cell)))))
    blocks = [ground.block(cell) for cell in dwelling]
    weights = [max(1, int(_area(block)) * draw.randint(85, 115)) for block in blocks]
    shares = share_out(households, weights)
    compounds = [
        _build(ground, cell, block, doors, stems, draw)
        for cell, block, doors in zip(dwelling, blocks, shares, strict=True)
    ]
    return compounds, parks


def build_public(ground: Ground, compound: Compound, name: str) -> Raised:
    """Put a public building (service centre, school, clinic) into the slot a compound keeps free."""
    return _raise(
        ground, compound.spare, Form.PUBLIC, 26, 15, name=name, address=compound.address, storeys=3
    )


def _build(
    ground: Ground, cell: Cell, block: Block, households: int, stems: Stems, draw: Random
) -> Compound:
    form = _form(block, households, draw)
    least, usual, most = FIGURES[form].doors
    count = max(
        1, -(-households // most), min(round(households / usual), max(1, households // least))
    )
    doors = within(draw, households, count, min(least, households // count), most)
    street = ground.row_street(cell[1])
    name = compound_name(stems.next(), draw)
    number = 2 * (cell[0] % 60) + 1 + cell[1] % 2
    address = f"{street.name}{number}号"
    across, up = _pattern(form, block, count + 1)
    slots = _slots(block, count + 1, across, up)
    # Slabs keep the last slot free, towers and courtyards any one: a green, or a public building.
    spare = slots.pop(-1 if form in (Form.SLAB, Form.ROW) else draw.randrange(len(slots)))
    raised = []
    for at, (slot, n) in enumerate(zip(slots, doors, strict=True)):
        figures = FIGURES[form]
        storeys, entrances = _storeys(form, n)
        raised.append(
            _raise(
                ground,
                slot,
                form,
                figures.length_m * (0.55 + 0.15 * entrances if form is Form.SLAB else 1),
                figures.depth_m,
                name=f"{name}{at + 1}号楼",
                address=address,
                storeys=storeys,
                entrances=entrances,
                doors=_doors(form, n, storeys, entrances, draw),
            )
        )
    return Compound(name, address, tuple(raised), spare)


def _form(block: Block, households: int, draw: Random) -> Form:
    """Choose what the density allows: few doors on much ground are courtyards, many are towers."""
    per_hectare = households * 10_000 / max(1.0, _area(block))
    if per_hectare < 105 and households <= 150:
        return weighted(draw, ((Form.COURTYARD, 30), (Form.SLAB, 50), (Form.ROW, 20)))
    if per_hectare < 190:
        return weighted(draw, ((Form.SLAB, 70), (Form.TOWER, 30)))
    return Form.TOWER


def _storeys(form: Form, doors: int) -> tuple[int, int]:
    if form is Form.SLAB:
        entrances = max(2, min(5, -(-doors // (2 * (_SLAB_STOREYS + 1)))))
        return -(-doors // (2 * entrances)), entrances
    return -(-doors // FIGURES[form].a_storey), 1


def _doors(form: Form, count: int, storeys: int, entrances: int, draw: Random) -> tuple[Door, ...]:
    found = []
    a_storey = FIGURES[form].a_storey
    shares = share_out(count, [1] * entrances)
    for entrance, share in enumerate(shares, start=1):
        for at in range(share):
            storey = at // a_storey + 1
            label = f"{storey}{at % a_storey + 1:02d}"
            if entrances > 1:
                label = f"{entrance}-{label}"
            found.append(Door(label, storey, weighted(draw, _HEADS)))
    return tuple(found)


# --- where on the block ------------------------------------------------------


def _pattern(form: Form, block: Block, count: int) -> tuple[int, int]:
    """Say into how many columns and rows a block is cut for so many buildings."""
    wide, deep = block.east - block.west, block.north - block.south
    if form in (Form.SLAB, Form.ROW):
        across = 1 if count * 17 < deep and wide < 95 else 2
        if count > 2 * (deep // 15):
            across = 3
    else:
        across = 1
        while across * -(-across * deep // wide) < count:
            across += 1
    across = min(across, count)
    return across, -(-count // across)


def _slots(block: Block, count: int, across: int, up: int) -> list[Block]:
    """Cut a block into equal slots, south-west first; so many of them, a margin all round."""
    wide, deep = (block.east - block.west) / across, (block.north - block.south) / up
    return [
        Block(
            block.west + wide * column,
            block.south + deep * row,
            block.west + wide * (column + 1),
            block.south + deep * (row + 1),
        )
        for row in range(up)
        for column in range(across)
    ][:count]


def _raise(
    ground: Ground,
    slot: Block,
    form: Form,
    length: float,
    depth: float,
    *,
    name: str,
    address: str,
    storeys: int,
    entrances: int = 1,
    doors: tuple[Door, ...] = (),
) -> Raised:
    """Stand a right-angled building in the middle of a slot, along the bent street.

    The limits leave room for the lean of a bent slot (at most about one in two),
    so that no two buildings meet and none stands in a street.
    """
    x, y = (slot.west + slot.east) / 2, (slot.south + slot.north) / 2
    half_depth = min(depth / 2, 0.30 * (slot.north - slot.south))
    half_length = min(length / 2, 0.46 * (slot.east - slot.west) - 0.55 * half_depth - 1)
    east, north = ground.bend(x, y)
    ahead, behind = ground.bend(x + 4, y), ground.bend(x - 4, y)
    along = (ahead[0] - behind[0], ahead[1] - behind[1])
    size = (along[0] * along[0] + along[1] * along[1]) ** 0.5
    ux, uy = along[0] / size, along[1] / size
    footprint = tuple(
        degrees(
            east + a * half_length * ux - b * half_depth * uy,
            north + a * half_length * uy + b * half_depth * ux,
        )
        for a, b in _SHAPES.get(form, _PLAIN)
    )
    return Raised(form, name, address, storeys, entrances, degrees(east, north), footprint, doors)


_PLAIN = ((-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1))
_SHAPES = {
    Form.COURTYARD: (
        (-1, -1), (-0.3, -1), (-0.3, 0.3), (0.3, 0.3), (0.3, -1), (1, -1), (1, 1), (-1, 1), (-1, -1),
    ),
    Form.TOWER: (
        (-0.45, -1), (0.45, -1), (0.45, -0.55), (1, -0.55), (1, 0.75), (0.35, 0.75), (0.35, 1),
        (-0.35, 1), (-0.35, 0.75), (-1, 0.75), (-1, -0.55), (-0.45, -0.55), (-0.45, -1),
    ),
}  # fmt: skip


def _block_ring(ground: Ground, block: Block) -> list[Point]:
    xs = [block.west, (block.west + block.east) / 2, block.east]
    ys = [block.south, (block.south + block.north) / 2, block.north]
    straight = [
        (xs[0], ys[0]), (xs[1], ys[0]), (xs[2], ys[0]), (xs[2], ys[1]),
        (xs[2], ys[2]), (xs[1], ys[2]), (xs[0], ys[2]), (xs[0], ys[1]), (xs[0], ys[0]),
    ]  # fmt: skip
    return [ground.position(x, y) for x, y in straight]


def _area(block: Block) -> float:
    return (block.east - block.west) * (block.north - block.south)
