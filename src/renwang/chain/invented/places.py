"""Puts an invented place together: part by part, so that a city needs no more memory than one sub-district."""

from collections.abc import Iterator, Sequence
from itertools import chain
from uuid import UUID

from renwang.base.pure.ids import short_code
from renwang.chain.invented.backdrop import layers
from renwang.chain.invented.bodies import Bodies
from renwang.chain.invented.buildings import Compound, Raised, build_grid, build_public
from renwang.chain.invented.chance import Identities, draws, share_out, within
from renwang.chain.invented.division import CommunityCells, divide
from renwang.chain.invented.names import Stems, chinese_number
from renwang.chain.invented.parts import (
    BuildingPart,
    HouseholdPart,
    Part,
    PersonPart,
    PostPart,
    UnitPart,
)
from renwang.chain.invented.sizes import (
    CITY_SMALLEST,
    DISTRICT_SUBDISTRICTS,
    LARGEST,
    Size,
    grids_of,
)
from renwang.chain.invented.staff import Staff
from renwang.chain.invented.terrain import Cell, Ground, Ring, outline
from renwang.chain.structures import structure

STRUCTURE = "china_urban"
PROVINCE = 99  # no province has it (GB/T 2260)
_BLOCK_HOUSEHOLDS = 118
_CITY_BLOCK_HOUSEHOLDS = 150  # of the largest sub-district of a city
_DOORS_EACH = (10, 14.5, 20)  # doors a contact household carries to: least, usual, most
_A_PART = 1_000_000  # identities and telephone numbers set aside for one part


def invent(size: Size, seed: int) -> Iterator[Part]:
    """Make an invented place, topmost part first; the same size and seed give the same values anywhere."""
    if not size.is_city:
        yield _alone(size, seed)
        return
    yield from _city(size, seed)


def root_code(size: Size, seed: int) -> str:
    """Say which division code the root of an invented place has, without inventing it."""
    district = f"{PROVINCE}{1 + seed % 98:02d}{1 + seed // 98 % 98:02d}"
    return f"{PROVINCE}{1 + seed % 98:02d}00" if size.is_city else f"{district}001"


def _alone(size: Size, seed: int) -> Part:
    blocks = max(6, -(-size.households // _BLOCK_HOUSEHOLDS))
    rows = max(2, round((blocks / 1.4) ** 0.5))
    ground = Ground(seed, 1, 1, -(-blocks // rows), rows)
    return _Subdistrict(ground, (0, 0), seed, size.households, root_code(size, seed), None, Stems(draws(seed, "stems")), 0).make()  # fmt: skip


def _city(size: Size, seed: int) -> Iterator[Part]:
    count = size.subdistricts
    high = min(LARGEST, size.households + (size.households - CITY_SMALLEST) + 4_000)
    households = within(
        draws(seed, "households"), size.households * count, count, CITY_SMALLEST, high
    )
    blocks = -(-max(households) // _CITY_BLOCK_HOUSEHOLDS)
    rows = max(6, round((blocks / 1.4) ** 0.5))
    across = max(1, round((count * 1.1) ** 0.5))
    ground = Ground(seed, across, -(-count // across), -(-blocks // rows), rows)
    stems = Stems(draws(seed, "city stems"))
    tiles = _snake(across, count)
    head, districts = _head(ground, tiles, seed, stems, root_code(size, seed))
    yield head
    for number, tile in enumerate(tiles):
        district = districts[number // DISTRICT_SUBDISTRICTS]
        code = f"{district.code}{number % DISTRICT_SUBDISTRICTS + 1:03d}"
        yield _Subdistrict(
            ground, tile, seed, households[number], code, district, stems, number + 1
        ).make()


def _snake(across: int, count: int) -> list[tuple[int, int]]:
    """List tiles row by row, to and fro, so that sub-districts that follow each other are neighbours."""
    found: list[tuple[int, int]] = []
    for row in range(-(-count // across)):
        line = [(column, row) for column in range(across)]
        found.extend(line if row % 2 == 0 else reversed(line))
    return found[:count]


def _head(
    ground: Ground, tiles: Sequence[tuple[int, int]], seed: int, stems: Stems, code: str
) -> tuple[Part, list[UnitPart]]:
    """Make the city and its districts, with their duty offices."""
    ids = Identities(seed)
    cells = [ground.cells(tile) for tile in tiles]
    city = _unit(
        ids, None, code, f"{stems.next()}市", "city", 0, outline(ground, chain.from_iterable(cells))
    )
    part = Part(city.name, city.path, units=[city])
    staff = Staff(part, draws(seed, "head"), ids, 0)
    for number, begin in enumerate(range(0, len(tiles), DISTRICT_SUBDISTRICTS)):
        rings = outline(ground, chain.from_iterable(cells[begin : begin + DISTRICT_SUBDISTRICTS]))
        district_code = f"{code[:4]}{number + 1:02d}"
        part.units.append(
            _unit(ids, city, district_code, f"{stems.next()}区", "district", number, rings)
        )
    for unit in part.units:
        role = structure(STRUCTURE).level(unit.level).roles[0]
        people = [staff.person(unit, always_app=True) for _ in range(3)]
        staff.hold(staff.post(unit, role, 0), people, role.bundle)
    return part, part.units[1:]


def _unit(ids: Identities, parent: UnitPart | None, code: str, name: str, level: str, position: int, rings: list[Ring] | None = None, ref: str = "", at: tuple[float, float] | None = None) -> UnitPart:  # fmt: skip
    key = ids.next()
    above = parent.path if parent else "/"
    boundary = (
        {"type": "Polygon", "coordinates": [[list(p) for p in ring] for ring in rings]}
        if rings
        else None
    )
    return UnitPart(
        key,
        ref or code,
        code,
        name,
        level,
        parent.id if parent else None,
        f"{above}{code or short_code(key)}/",
        position,
        boundary,
        *(at or (None, None)),
    )


class _Subdistrict:
    """Makes one sub-district from its tile, level by level."""

    def __init__(self, ground: Ground, tile: tuple[int, int], seed: int, households: int, code: str, district: UnitPart | None, stems: Stems, number: int):  # fmt: skip
        self._ground, self._tile, self._households = ground, tile, households
        self._code, self._district = code, district
        self._name = f"{stems.next()}街道"
        self._ids = Identities(seed, number * _A_PART)
        self._draw = draws(seed, "subdistrict", number)
        self._stems = Stems(draws(seed, "stems of", number)) if district else stems
        self._levels = {level.key: level for level in structure(STRUCTURE).levels}
        self._serial = number * 10_000
        self._parks: list[tuple[str, Ring]] = []

    def make(self) -> Part:
        """Make the part."""
        ground = self._ground
        cells = ground.cells(self._tile)
        self._unit = _unit(self._ids, self._district, self._code, self._name, "subdistrict", int(self._code[-3:]), outline(ground, cells), at=_middle(ground, cells))  # fmt: skip
        self._part = Part(self._name, self._unit.path, units=[self._unit])
        self._staff = Staff(self._part, self._draw, self._ids, self._serial)
        self._bodies = Bodies(self._part, self._draw, self._ids, self._stems, self._serial)
        self._man(self._unit, [None] * 3, always_app=True)
        core = self._bodies.of_subdistrict(self._unit, self._staff)
        grids = grids_of(self._households)
        bank = ground.bank + self._tile[1] * ground.rows
        areas = divide(cells, bank, grids, self._draw)
        doors = within(self._draw, self._households, grids, 300, 500)
        for position, area in enumerate(areas):
            taken, doors = doors[: len(area.grids)], doors[len(area.grids) :]
            self._community(area, taken, position)
        self._bodies.ally(self._unit, core)
        self._part.layers = layers(ground, cells, self._parks)
        return self._part

    def _man(self, unit: UnitPart, others: list[PersonPart | None], *, always_app: bool = False) -> list[PersonPart]:  # fmt: skip
        """Fill a unit's posts; `others` may take the posts after the first. Return its own people."""
        mine: list[PersonPart] = []
        for position, role in enumerate(self._levels[unit.level].roles):
            post = self._staff.post(unit, role, position)
            holder = others[position - 1] if 0 < position <= len(others) else None
            vacant = self._staff.is_vacant(unit)
            if holder is None and not vacant:
                holder = self._person(unit, always_app)
                mine.append(holder)
            people: list[PersonPart | None] = [None if vacant else holder]
            if role.answers or position == 1:
                for _ in range(self._staff.deputies(unit)):
                    deputy = self._person(unit, always_app)
                    mine.append(deputy)
                    people.append(deputy)
            self._staff.hold(post, people, role.bundle)
            if holder and self._staff.happens(120):
                before = self._person(unit, always_app)
                self._staff.held_before(post, before)
        return mine

    def _person(self, unit: UnitPart, always_app: bool) -> PersonPart:
        number = f"{unit.code}-{len(self._part.people) + 1:04d}" if unit.code else ""
        return self._staff.person(unit, number=number, always_app=always_app)

    def _community(self, area: CommunityCells, doors: list[int], position: int) -> None:
        stem = self._stems.next()
        cells = [cell for grid in area.grids for cell in grid]
        unit = _unit(self._ids, self._unit, f"{self._code}{position + 1:03d}", f"{stem}社区", "community", position, outline(self._ground, cells), at=_middle(self._ground, cells))  # fmt: skip
        self._part.units.append(unit)
        people = self._man(unit, [], always_app=True)
        compounds: list[Compound] = []
        helpers: list[PersonPart] = list(people)
        for number, (grid, households) in enumerate(zip(area.grids, doors, strict=True)):
            self._grid(unit, grid, households, number, compounds, helpers)
        self._public(unit, compounds, stem, position)
        self._bodies.of_community(unit, compounds, helpers, self._staff)

    def _public(self, unit: UnitPart, compounds: list[Compound], stem: str, position: int) -> None:
        """Put the community's service centre, clinic and school into free slots."""
        wanted = [f"{unit.name}党群服务中心", f"{unit.name}卫生服务站"]
        if position % 3 == 0:
            wanted.append(f"{stem}小学")
        step = max(1, len(compounds) // len(wanted))
        for number, (name, compound) in enumerate(zip(wanted, compounds[::step], strict=False)):
            raised = build_public(self._ground, compound, name)
            self._building(unit, raised, f"{unit.code}-P{number + 1}")

    def _grid(
        self,
        community: UnitPart,
        cells: Sequence[Cell],
        households: int,
        number: int,
        compounds: list[Compound],
        helpers: list[PersonPart],
    ) -> None:
        unit = _unit(self._ids, community, f"{community.code}{number + 1:03d}", f"第{chinese_number(number + 1)}网格", "grid", number, outline(self._ground, cells), at=_middle(self._ground, cells))  # fmt: skip
        self._part.units.append(unit)
        worker_posts = self._man(unit, [])
        helpers.extend(worker_posts)
        built, parks = build_grid(self._ground, cells, households, self._stems, self._draw)
        self._parks.extend((park.name, list(park.ring)) for park in parks)
        compounds.extend(built)
        groups = 0
        for compound in built:
            for buildings in _groups(compound.buildings, self._draw.randrange(100)):
                groups += 1
                self._group(unit, compound, buildings, groups, worker_posts, helpers)

    def _group(
        self,
        grid: UnitPart,
        compound: Compound,
        buildings: Sequence[Raised],
        number: int,
        above: Sequence[PersonPart],
        helpers: list[PersonPart],
    ) -> None:
        numbers = "、".join(
            b.name.removeprefix(compound.name).removesuffix("号楼") for b in buildings
        )
        unit = _unit(self._ids, grid, "", f"{compound.name}{numbers}号楼", "building_group", number, ref=f"{grid.ref}-{number:02d}", at=buildings[0].middle)  # fmt: skip
        self._part.units.append(unit)
        # 双向进入: now and then the branch secretary leads a building himself.
        leads = above[-1] if above and number == 1 and self._staff.happens(300) else None
        role = self._levels["building_group"].roles[0]
        post = self._staff.post(unit, role, 0)
        door = f"{buildings[0].name}{buildings[0].doors[0].label}"
        leader = None
        if not self._staff.is_vacant(unit):
            leader = leads or self._staff.person(unit, neighbour=self._relay(above), door=door)
            helpers.append(leader)
        deputies = [self._staff.person(unit) for _ in range(self._staff.deputies(unit))]
        self._staff.hold(post, [leader, *deputies], role.bundle)
        self._contacts(unit, buildings, leader, above)

    def _relay(self, people: Sequence[PersonPart]) -> PersonPart | None:
        return next((who for who in people if self._staff.uses_app(who)), None)

    def _contacts(
        self,
        group: UnitPart,
        buildings: Sequence[Raised],
        leader: PersonPart | None,
        above: Sequence[PersonPart],
    ) -> None:
        """Divide the doors of a building group among contact households."""
        role = self._levels["contact_household"].roles[0]
        relay = self._relay([leader] if leader else []) or self._relay(above)
        number = 0
        for at, raised in enumerate(buildings):
            building = self._building(group, raised, f"{group.ref}-B{at + 1}")
            begin = 0
            for share in share_out(len(raised.doors), [1] * _carriers(len(raised.doors))):
                number += 1
                doors = raised.doors[begin : begin + share]
                begin += share
                home = doors[self._draw.randrange(len(doors))]
                unit = _unit(self._ids, group, "", f"{raised.name}第{chinese_number(number)}中心户", "contact_household", number, ref=f"{group.ref}-{number:02d}", at=raised.middle)  # fmt: skip
                self._part.units.append(unit)
                post = self._staff.post(unit, role, 0)
                self._hold_contact(post, unit, leader if number == 1 else None, relay, raised.name + home.label)  # fmt: skip
                for door in doors:
                    self._part.households.append(
                        HouseholdPart(
                            self._ids.next(),
                            building,
                            unit.id,
                            unit.path,
                            door.label,
                            door.storey,
                            door.heads,
                        )
                    )

    def _hold_contact(
        self,
        post: PostPart,
        unit: UnitPart,
        leader: PersonPart | None,
        relay: PersonPart | None,
        door: str,
    ) -> None:
        bundle = self._levels["contact_household"].roles[0].bundle
        holder = None
        if not self._staff.is_vacant(unit):
            holder = leader if self._staff.happens(250) else None
            holder = holder or self._staff.person(unit, neighbour=relay, door=door)
        spouse = [self._staff.person(unit) for _ in range(self._staff.deputies(unit))]
        self._staff.hold(post, [holder, *spouse], bundle)

    def _building(self, unit: UnitPart, raised: Raised, code: str) -> UUID:
        key = self._ids.next()
        footprint = {
            "type": "Polygon",
            "coordinates": [[list(point) for point in raised.footprint]],
        }
        self._part.buildings.append(
            BuildingPart(
                key,
                unit.id,
                unit.path,
                code,
                raised.name,
                raised.address,
                raised.storeys,
                raised.entrances,
                footprint,
                *raised.middle,
            )
        )
        return key


def _carriers(doors: int) -> int:
    least, usual, most = _DOORS_EACH
    return min(max(1, round(doors / usual), -(-doors // most)), max(1, doors // least))


def _groups(buildings: Sequence[Raised], chance: int) -> list[Sequence[Raised]]:
    """Put a compound's buildings into groups of one or two: small ones in pairs, others now and then."""
    pairs = len(buildings) > 1 and (len(buildings[0].doors) <= 20 or chance < 35)
    step = 2 if pairs else 1
    return [buildings[at : at + step] for at in range(0, len(buildings), step)]


def _middle(ground: Ground, cells: Sequence[Cell]) -> tuple[float, float]:
    """Give the middle of the block nearest to the middle of an area: inside it, where a label can stand."""
    column = sum(c for c, _ in cells) / len(cells)
    row = sum(r for _, r in cells) / len(cells)
    near = min(cells, key=lambda cell: ((cell[0] - column) ** 2 + (cell[1] - row) ** 2, cell))
    return ground.corner(near[0] + 0.5, near[1] + 0.5)
