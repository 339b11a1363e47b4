"""A fixed invented county: who is who in every permission test.

柳湾区 district ── 青石街道 sub-district ── 石桥社区 community ── 第一网格 grid
                                               └ 1号楼 building group ── 中心户甲 contact household
                                       └─ 云溪社区 community (the neighbours)
               └─ 北山街道 sub-district: the stranger's place
"""

from dataclasses import dataclass
from datetime import datetime

from renwang.chain import reach
from renwang.chain.models import Person, Post, Unit
from tests import make


@dataclass(frozen=True)
class Cast:
    """Places, posts and people by what they are."""

    district: Unit
    street: Unit
    community: Unit
    grid: Unit
    group: Unit
    contact_household: Unit
    neighbour_community: Unit
    strangers_street: Unit

    street_post: Post
    community_post: Post
    grid_post: Post
    group_post: Post
    contact_post: Post

    operator: Person  # operates the node, at the district
    officer: Person  # duty officer of the sub-district
    secretary: Person  # of the community
    deputy: Person  # of the community secretary
    worker: Person  # grid worker
    leader: Person  # building leader; has no smartphone
    head: Person  # of the contact household
    stranger: Person  # secretary in the next sub-district: refused everywhere

    now: datetime

    def viewer(self, who: Person) -> reach.Viewer:
        """A person with his grants at the cast's moment."""
        return reach.viewer_of(who, self.now)


def assemble(now: datetime) -> Cast:
    """Write the cast to the database."""
    district = make.unit("柳湾区", "district", code="990105")
    street = make.unit("青石街道", "subdistrict", district, code="990105001")
    community = make.unit("石桥社区", "community", street, code="990105001001")
    neighbour = make.unit("云溪社区", "community", street, code="990105001002")
    grid = make.unit("第一网格", "grid", community, code="990105001001001")
    group = make.unit("1号楼", "building_group", grid)
    contact_household = make.unit("中心户甲", "contact_household", group, households=12)
    strangers_street = make.unit("北山街道", "subdistrict", district, code="990105002")

    operator = make.person("程运维", district)
    officer = make.person("杜值守", street)
    secretary = make.person("石书勤", community)
    deputy = make.person("傅助民", community)
    worker = make.person("王格平", grid)
    leader = make.person("楼长青", group)
    head = make.person("钟心兰", contact_household)
    stranger = make.person("莫相干", strangers_street)
    for who, address in (
        (officer, "a"),
        (secretary, "b"),
        (deputy, "c"),
        (worker, "d"),
        (head, "f"),
    ):
        make.contact(who, "app", address)
    make.contact(secretary, "sms", "13900000001", 1)
    make.contact(leader, "phone", "13900000002")

    cast = Cast(
        district, street, community, grid, group, contact_household, neighbour, strangers_street,
        make.post("街道值班员", street, officer),
        make.post("社区党委书记", community, secretary, deputy),
        make.post("网格员", grid, worker),
        make.post("楼栋长", group, leader),
        make.post("中心户户长", contact_household, head),
        operator, officer, secretary, deputy, worker, leader, head, stranger, now,
    )  # fmt: skip
    make.grant(operator, "operator", district)
    make.grant(officer, "duty_officer", street)
    make.grant(secretary, "secretary", community)
    make.grant(deputy, "secretary", community)
    make.grant(worker, "grid_worker", grid)
    make.grant(leader, "carrier", group)
    make.grant(head, "carrier", contact_household)
    make.grant(stranger, "secretary", strangers_street)
    return cast
