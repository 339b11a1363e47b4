"""What waits for one person: the errands of his posts and places, worst first, and who else was told."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from renwang.chain.models import Holding, Person, Unit
from renwang.chain.reach import Viewer
from renwang.outreach.errand_rules import TO_MEND, ErrandState
from renwang.outreach.models import Call, Errand
from renwang.outreach.rules import CallState

MOST = 50
MENDS = "people.edit"


def waits_for(viewer: Viewer) -> QuerySet[Errand]:
    """Return the open errands that wait for a viewer: at his places, at his posts, or asked of himself.

    Never what he wrote himself. What belongs to a post alone is seen by who is
    in it, and by who keeps people's contacts at that very place.
    """
    return _of(viewer).filter(state=ErrandState.OPEN)


def _of(viewer: Viewer) -> QuerySet[Errand]:
    posts = Holding.objects.filter(person=viewer.id, is_current=True).values("post")
    calls = Call.objects.filter(notice=OuterRef("notice"))
    mine = Q(Exists(calls.filter(Q(person_id=viewer.id) | Q(post_id__in=posts))))
    by_place: dict[str, list[str]] = defaultdict(list)
    for capability, places in viewer.places.items():
        for place in places:
            by_place[place].append(capability)
    for place, capabilities in sorted(by_place.items()):
        mine |= Q(capability__in=sorted(capabilities), path__under=place)
    mine |= Q(kind=TO_MEND, path__in=viewer.places.get(MENDS, ()))
    return Errand.objects.filter(mine).exclude(hands__contains=str(viewer.id))


def may_take(viewer: Viewer, errand: Errand) -> bool:
    """Say whether an errand waits, or waited, for a viewer; one statement."""
    return _of(viewer).filter(pk=errand.pk).exists()


@dataclass(frozen=True, slots=True)
class Told:
    """Somebody who was called to an errand, and whether he has said that he sees to it."""

    name: str
    unit_name: str
    at: datetime
    taken_at: datetime | None
    is_viewer: bool


@dataclass(frozen=True, slots=True)
class Wait:
    """One errand with where it is and who was told."""

    errand: Errand
    unit_name: str
    told: list[Told]

    @property
    def taken_by(self) -> Told | None:
        """Who sees to it; None while nobody has said so."""
        return next((one for one in self.told if one.taken_at is not None), None)


def list_waits(viewer: Viewer, *, limit: int = MOST) -> list[Wait]:
    """List what waits for a viewer, worst first; two statements."""
    unit = Unit.objects.filter(path=OuterRef("path"), ended_on=None)
    found = waits_for(viewer).annotate(unit_name=Subquery(unit.values("name")[:1]))
    errands = list(found.order_by("-weight", "due_at", "pk")[:limit])
    told = _told(viewer, [errand.notice_id for errand in errands if errand.notice_id])
    return [
        Wait(errand, errand.unit_name or "", told.get(errand.notice_id, [])) for errand in errands
    ]


def wait_of(viewer: Viewer, errand_id: UUID) -> Errand | None:
    """Find one errand, ended or not; None hides what is not for the viewer."""
    return _of(viewer).filter(pk=errand_id).first()


def calls_asked_of(viewer: Viewer, errands: Sequence[Errand]) -> list[Call]:
    """Give the calls by which these errands reached the viewer himself and were not seen yet; one statement."""
    notices = [errand.notice_id for errand in errands if errand.notice_id]
    if not notices:
        return []
    calls = Call.objects.filter(notice__in=notices, person_id=viewer.id, delivered_at=None)
    return list(calls.filter(state=CallState.ASKING).select_related("notice"))


def _told(viewer: Viewer, notices: Sequence[UUID]) -> dict[UUID | None, list[Told]]:
    if not notices:
        return {}
    asked = Person.objects.filter(pk=OuterRef("person_id")).values("name")[:1]
    taker = Person.objects.filter(pk=OuterRef("answered_by")).values("name")[:1]
    unit = Unit.objects.filter(pk=OuterRef("unit_id")).values("name")[:1]
    calls = Call.objects.filter(notice__in=notices).annotate(
        asked_name=Subquery(asked), taker_name=Subquery(taker), unit_name=Subquery(unit)
    )
    found: dict[UUID | None, list[Told]] = defaultdict(list)
    for call in calls.order_by("pk"):
        who = call.answered_by or call.person_id
        found[call.notice_id].append(
            Told(
                name=call.taker_name or call.asked_name or "",
                unit_name=call.unit_name or "",
                at=call.asked_at,
                taken_at=call.understood_at,
                is_viewer=who == viewer.id,
            )
        )
    return found
