"""What one person has to do with his own hands: carry on, ring, go from door to door."""

from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Q, QuerySet

from renwang.base.paging import count_together
from renwang.chain.models import Household
from renwang.chain.reach import Viewer
from renwang.outreach.board import missing_names
from renwang.outreach.errand_rules import NOT_CARRIED
from renwang.outreach.models import Call, Round
from renwang.outreach.rules import BY_HAND, CallState, NoticeState
from renwang.outreach.selectors import calls_visible_to
from renwang.outreach.waiting import waits_for

MOST = 100


def asked_of(viewer: Viewer) -> list[Call]:
    """Return what a person is asked to carry on, real warnings before exercises, the most urgent first."""
    calls = _asked(viewer).select_related("notice")
    return sorted(calls[:MOST], key=lambda one: (one.notice.drill is not None, _urgency(one)))


def _urgency(call: Call) -> tuple[bool, float]:
    return call.understood_at is not None, call.due_at.timestamp() if call.due_at else 0.0


def to_ring(viewer: Viewer) -> QuerySet[Call]:
    """Return the calls in his places that need a hand: to ring, to knock, to go through a neighbour.

    His own are not among them: he knows already.
    """
    calls = missing_names(_to_ring(viewer)).select_related("notice")
    return calls.order_by("due_at", "pk")[:MOST]


def _to_ring(viewer: Viewer) -> QuerySet[Call]:
    return (
        calls_visible_to(viewer, "alerts.answer")
        .filter(
            ~Q(person_id=viewer.id),
            notice__state=NoticeState.STARTED,
            state=CallState.ASKING,
            channel__in=sorted(BY_HAND),
            understood_at=None,
        )
        .exclude(notice__kind__in=NOT_CARRIED)
    )


def count_for(viewer: Viewer) -> tuple[int, int]:
    """Count what waits for a person or is his to carry on, and whom he has to ring; one statement."""
    asked, waiting, ring = count_together([_asked(viewer), waits_for(viewer), _to_ring(viewer)])
    return asked + waiting, ring


def _asked(viewer: Viewer) -> QuerySet[Call]:
    calls = Call.objects.filter(
        person_id=viewer.id,
        carried_at=None,
        state=CallState.ASKING,
        notice__state=NoticeState.STARTED,
    )
    return calls.exclude(notice__kind__in=NOT_CARRIED)


# --- from door to door --------------------------------------------------------


@dataclass(slots=True)
class Door:
    """One door of a round: whether somebody opened, and at which try."""

    household: Household
    opened: bool = False
    tries: int = 0


@dataclass(slots=True)
class House:
    """The doors of one building, storey by storey from below."""

    name: str
    doors: list[Door] = field(default_factory=list)

    @property
    def opened(self) -> int:
        """At how many doors somebody opened."""
        return sum(door.opened for door in self.doors)


def doors_of(viewer: Viewer, call: Call) -> list[House]:
    """Return the doors that a call's own unit carries to, with what knocking brought so far; two statements.

    Empty for who may not see homes there, and for units that carry to posts and not to doors.
    """
    homes = (
        Household.objects.filter(viewer.scope("homes.see"), unit=call.unit_id)
        .select_related("building")
        .defer("building__footprint")
        .order_by("building__name", "building_id", "storey", "door")
    )
    knocks: dict[UUID, tuple[bool, int]] = {}
    made = Round.objects.filter(call=call, household_id__isnull=False)
    for household, answered in made.values_list("household_id", "answered"):
        opened, tries = knocks.get(household, (False, 0))
        knocks[household] = (opened or answered, tries + 1)
    houses: dict[UUID, House] = {}
    for home in homes:
        house = houses.setdefault(home.building_id, House(home.building.name))
        house.doors.append(Door(home, *knocks.get(home.pk, (False, 0))))
    return list(houses.values())
