"""The invented list shows every kind of hole it is there to show, and is written once."""

from renwang.chain.models import Post
from renwang.registers.duties.finding_rules import Hole
from renwang.registers.duties.invented import invent_duties
from renwang.registers.duties.models import Duty, Remark
from renwang.registers.duties.selectors.holes import holes_at
from tests import make


def test_the_invented_list_has_believable_holes(cast, now):
    for number in range(14):
        make.person(f"某人{number}", cast.street, invented=True)
    third = make.unit("竹园社区", "community", cast.street, code="990105001003")
    Post.objects.filter(pk=cast.community_post.pk).update(role="community_secretary")
    for unit in (cast.neighbour_community, third):
        make.post("社区党委书记", unit, cast.head, role="community_secretary")
    for unit in (cast.community, cast.neighbour_community, third):
        make.post("社区值班员", unit, cast.leader, answers=False, role="community_duty")
    written = invent_duties(cast.street, by=cast.operator, now=now)
    assert written == Duty.objects.count() > 30
    assert invent_duties(cast.street, by=cast.operator, now=now) == 0
    found = holes_at(cast.viewer(cast.operator), cast.street, now=now)
    assert {
        Hole.VACANT, Hole.TWO_LEADERS, Hole.PHASE_MISSING, Hole.HELPER_LEFT, Hole.DEPUTY_CIRCLE,
        Hole.ENDS_SOON, Hole.OBJECTION_OPEN, Hole.NO_DEPUTY, Hole.NO_BASIS, Hole.NO_GATHERING,
    } <= set(found.counts)  # fmt: skip
    assert Remark.objects.filter(is_objection=True).count() == 1
