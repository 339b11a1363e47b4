"""Organisations of an invented place: every kind there is, their people, and the alliance round the core (C3)."""

from collections.abc import Sequence
from random import Random

from renwang.chain.invented.buildings import Compound
from renwang.chain.invented.chance import Identities
from renwang.chain.invented.names import Stems, landline_number
from renwang.chain.invented.parts import (
    AlliancePart,
    MembershipPart,
    OrganisationPart,
    Part,
    PersonPart,
    PostPart,
    UnitPart,
)
from renwang.chain.invented.staff import SINCE, Staff
from renwang.chain.invented.terrain import Point

_OF_SUBDISTRICT = (
    ("party", "{place}党工委"),
    ("outpost", "{place}司法所"),
    ("outpost", "{place}政务服务中心"),
    ("outpost", "{place}综合行政执法大队"),
    ("mass", "{place}总工会"),
    ("mass", "{place}妇女联合会"),
    ("mass", "{place}团工委"),
    ("social", "{stem}社会工作服务中心"),
    ("social", "{stem}应急志愿服务队"),
    ("resident_unit", "{stem}水务公司"),
    ("resident_unit", "{stem}客运站"),
    ("school", "{stem}中学"),
    ("clinic", "{place}卫生服务中心"),
)
_OF_COMMUNITY = (
    ("party", "{place}党委"),
    ("committee", "{place}居民委员会"),
    ("clinic", "{place}卫生服务站"),
    ("mass", "{place}妇女之家"),
    ("resident_unit", "{stem}农贸市场"),
    ("self_organised", "{stem}合唱队"),
    ("self_organised", "{place}邻里互助队"),
)
_SHOPS = ("便利店", "药房", "面馆", "五金店", "理发店", "洗衣店", "粮油店", "水果店")
_ALLIED = frozenset({"party", "property", "social", "resident_unit", "school", "clinic", "outpost"})


class Bodies:
    """Founds a part's organisations and brings people into them."""

    def __init__(self, part: Part, draw: Random, identities: Identities, stems: Stems, serial: int):
        self._part = part
        self._draw = draw
        self._ids = identities
        self._stems = stems
        self._serial = serial

    def found(self, unit: UnitPart, kind: str, name: str, *, address: str = "", at: Point | None = None) -> OrganisationPart:  # fmt: skip
        """Found an organisation with its seat in a unit."""
        self._serial += 1
        seat = at or (unit.lon, unit.lat)
        made = OrganisationPart(
            self._ids.next(),
            f"{unit.ref}-O{sum(o.unit_id == unit.id for o in self._part.organisations) + 1:02d}",
            kind,
            name,
            unit.id,
            unit.path,
            address,
            landline_number(self._serial),
            *seat,
        )
        self._part.organisations.append(made)
        return made

    def join(self, organisation: OrganisationPart, who: PersonPart, does: str) -> None:
        """Bring a person into an organisation, once."""
        mine = (organisation.id, who.id)
        if all((m.organisation_id, m.person_id) != mine for m in self._part.memberships[-60:]):
            self._part.memberships.append(
                MembershipPart(self._ids.next(), organisation.id, who.id, does, SINCE)
            )

    def of_subdistrict(self, unit: UnitPart, staff: Staff) -> OrganisationPart:
        """Found what a sub-district has, each with its contact; return the core."""
        founded = [
            self.found(unit, kind, pattern.format(place=unit.name, stem=self._stems.next()))
            for kind, pattern in _OF_SUBDISTRICT
        ]
        for organisation in founded[1:]:
            who = staff.person(unit)
            self.join(organisation, who, "联络员")
            self._contact_post(organisation, staff, who)
        return founded[0]

    def of_community(
        self,
        unit: UnitPart,
        compounds: Sequence[Compound],
        helpers: Sequence[PersonPart],
        staff: Staff,
    ) -> None:
        """Found what a community has, around its compounds and with people who live there."""
        for kind, pattern in _OF_COMMUNITY:
            made = self.found(unit, kind, pattern.format(place=unit.name, stem=self._stems.next()))
            for who in self._some(helpers, 3 if kind != "self_organised" else 9):
                self.join(made, who, "成员")
        for begin in range(0, len(compounds), 6):
            firm = self.found(
                unit,
                "property",
                f"{self._stems.next()}物业服务公司",
                address=compounds[begin].address,
            )
            manager = staff.person(unit, always_app=True)
            self.join(firm, manager, "项目经理")
            self._contact_post(firm, staff, manager)
        for compound in compounds:
            chance = self._draw.randrange(100)
            if chance < 35:
                owners = self.found(
                    unit, "owners", f"{compound.name}业主委员会", address=compound.address
                )
                for who in self._some(helpers, 3):
                    self.join(owners, who, "委员")
            if chance % 3 == 0:
                self.found(
                    unit,
                    "shop",
                    self._stems.next() + _SHOPS[self._draw.randrange(len(_SHOPS))],
                    address=compound.address,
                    at=compound.buildings[0].middle if compound.buildings else None,
                )

    def ally(self, unit: UnitPart, core: OrganisationPart) -> None:
        """Join the part's organisations in one alliance that its core leads."""
        alliance = self.found(unit, "alliance", f"{unit.name}区域化党建联盟")
        for member in self._part.organisations:
            if member.kind in _ALLIED:
                self._part.alliances.append(
                    AlliancePart(
                        self._ids.next(), alliance.id, member.id, member.id == core.id, SINCE
                    )
                )

    def _contact_post(self, organisation: OrganisationPart, staff: Staff, who: PersonPart) -> None:
        post = PostPart(
            self._ids.next(),
            "应急联络员",
            "other",
            organisation.unit_id,
            organisation.path,
            organisation_id=organisation.id,
            position=50,
        )
        self._part.posts.append(post)
        staff.hold(post, [None if staff.happens(60) else who])

    def _some(self, people: Sequence[PersonPart], most: int) -> list[PersonPart]:
        return self._draw.sample(people, min(len(people), 1 + self._draw.randrange(most)))
