"""Invented agreements for a demonstration: one in force and looked through, one that waits for a side, one without an end."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from renwang.cases.models import Case
from renwang.cases.sharing import services
from renwang.cases.sharing.models import Sharing
from renwang.cases.sharing.rules import Mode, Part
from renwang.cases.sharing.selectors import cases_of
from renwang.cases.sharing.services import Terms
from renwang.cases.sharing.waiting import SHARES
from renwang.chain.models import Holding, Unit
from renwang.chain.reach import Viewer, viewer_of
from renwang.chain.tree import today

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Side:
    """A community with who concludes agreements for it."""

    unit: Unit
    hand: Viewer


@transaction.atomic
def invent_sharing(root: Unit, *, now: datetime) -> int:
    """Let the communities of an invented place agree on what they share; return how many agreements. Where there are any nothing changes."""
    if Sharing.objects.filter(giver_path__under=root.path).exists():
        return 0
    below = Unit.objects.filter(parent=root, ended_on=None).order_by("position", "code", "name")
    sides = [one for one in (_side(unit, now) for unit in below) if one is not None]
    if len(sides) < 2:
        return 0
    first, second, third = sides[0], sides[1], sides[-1]
    begun = now - 40 * DAY
    everything = Terms(
        first.unit, second.unit, "两社区共用一条河和同一片商圈，道路、消防通道和环境问题互通，联合处置。",
        today(begun), today(now) + 90 * DAY, kinds=("road", "property", "rubbish", "fire_safety"),
        parts=(Part.PLACE, Part.STORY, Part.ANSWERS), mode=Mode.TAKE_PART,
    )  # fmt: skip
    joint = _concluded(everything, first, second, begun)
    _look(joint, second, now)
    endless = Terms(
        second.unit, first.unit, "停车问题两社区错时共享车位，互看停车类诉求。", today(begun), kinds=("parking",),
        parts=(Part.ANSWERS,),
    )  # fmt: skip
    _concluded(endless, second, first, begun)
    waits = Terms(
        third.unit, first.unit, "汛期低洼路段积水情况互通，便于提前封路。", today(now), today(now) + 120 * DAY,
        kinds=("water_in", "danger"), parts=(Part.PLACE, Part.PHOTOS),
    )  # fmt: skip
    if third.unit.pk == first.unit.pk:
        return 2
    services.propose_sharing(waits, by=third.hand, now=now - 9 * DAY)
    return 3


def _side(unit: Unit, now: datetime) -> _Side | None:
    held = Holding.objects.filter(post__unit=unit, is_current=True).select_related("person")
    for one in held.order_by("rank", "pk"):
        viewer = viewer_of(one.person, now)
        if viewer.may(SHARES, unit.path):
            return _Side(unit, viewer)
    return None


def _concluded(terms: Terms, giver: _Side, taker: _Side, at: datetime) -> Sharing:
    made = services.propose_sharing(terms, by=giver.hand, now=at)
    return services.approve_sharing(made.pk, by=taker.hand, now=at + DAY)


def _look(joint: Sharing, taker: _Side, now: datetime) -> None:
    """Let the other side look at a few cases and write a note to one."""
    for number, case in enumerate(cases_of(joint).order_by("received_at", "pk")[:3]):
        moment = now - (3 - number) * DAY
        services.look_through(joint, case, by=taker.hand, now=moment)
        if number == 0 and Case.objects.filter(pk=case.pk).exclude(words="").exists():
            note = "我们这一侧同样有此问题，已安排同步检查，可共用维修队。"
            services.note_shared(case.pk, note, by=taker.hand, now=moment)
