"""Find phones and what they sent: for their owner, for who keeps people, for who decides, for the phone itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from renwang.base.paging import Page, page_of
from renwang.chain.models import Person
from renwang.chain.reach import Viewer
from renwang.response.fieldwork.models import Deed, Phone
from renwang.response.fieldwork.overwriting import GUARDS
from renwang.response.fieldwork.rules import Holds, State
from renwang.response.fieldwork.services.deciding import opened
from renwang.response.fieldwork.words import FIELDS, say_value

DECIDES = sorted({guard.capability for guard in GUARDS.values()})
TOLD_FOR = timedelta(days=30)
"""How long a phone is told what was decided about what it sent."""

SORTS = {"-arrived": ("-arrived_at", "-id"), "arrived": ("arrived_at", "id")}
OWED = (State.DIFFERS,)
DECIDED = (State.TAKEN, State.LEFT)


def phones_of(person: Person) -> list[Phone]:
    """Return the phones of a person, the one met last first; the caller has seen to who may look."""
    return list(Phone.objects.filter(person=person).order_by("-met_at")[:30])


def deeds_for(phone: Phone, now: datetime) -> list[Deed]:
    """Return what a phone is told without asking: what differs, and what was decided since."""
    told = Q(state=State.DIFFERS) | Q(decided_at__gt=now - TOLD_FOR)
    found = Deed.objects.filter(told, phone=phone).exclude(capability="")
    return list(found.order_by("number")[:100])


def visible_to(viewer: Viewer) -> QuerySet[Deed]:
    """Return what differs, or did, where the viewer decides about such things."""
    condition = Q(pk__in=[])
    for capability in DECIDES:
        condition |= viewer.scope(capability) & Q(capability=capability)
    return Deed.objects.filter(condition)


def waiting_for(viewer: Viewer) -> QuerySet[Deed]:
    """Return what waits for a decision of the viewer, to be counted; what he did himself is not among it."""
    return visible_to(viewer).filter(state=State.DIFFERS).exclude(phone__person=viewer.id)


def list_differences(
    viewer: Viewer,
    *,
    states: tuple[State, ...] = OWED,
    text: str = "",
    sort: str = "-arrived",
    cursor: str = "",
    size: int = 50,
) -> Page[Deed]:
    """List what differs, each with its phone's person; two statements."""
    found = visible_to(viewer).filter(state__in=[state.value for state in states])
    if text:
        found = found.filter(ref__icontains=text)
    found = found.select_related("phone__person").defer("sealed")
    return page_of(found, SORTS[sort], cursor=cursor, size=size)


@dataclass(frozen=True, slots=True)
class Line:
    """One field with both its values, as people read them."""

    label: Any
    sent: str
    stands: str
    is_verbatim: bool

    @property
    def is_same(self) -> bool:
        """Whether both say the same."""
        return self.sent == self.stands


@dataclass(frozen=True, slots=True)
class DifferencePage:
    """What differs, field by field, and who did what when."""

    deed: Deed
    lines: list[Line]
    author: Person
    other: Person | None  # None where a part of the node changed it
    decider: Person | None
    may_decide: bool
    acts: tuple[str, ...]


def difference_page(viewer: Viewer, key: UUID) -> DifferencePage | None:
    """Read one difference, its seal opened for who decides there; None hides what is out of reach. Three statements."""
    deed = visible_to(viewer).select_related("phone__person").filter(pk=key).first()
    if deed is None:
        return None
    other = deed.other_by.removeprefix("person:") if deed.other_by.startswith("person:") else None
    people = {
        str(one.pk): one
        for one in Person.objects.filter(pk__in=[one for one in (other, deed.decided_by) if one])
    }
    is_own = deed.phone.person_id == viewer.id
    may_decide = deed.state == State.DIFFERS and not is_own
    return DifferencePage(
        deed,
        _lines(opened(deed)),
        deed.phone.person,
        people.get(str(other)),
        people.get(str(deed.decided_by)),
        may_decide,
        tuple(holds.value for holds in Holds) if may_decide else (),
    )


def _lines(kept: Mapping[str, Any]) -> list[Line]:
    if not kept:
        return []
    lines = []
    for field, label in FIELDS.items():
        if field in kept["stands"]:
            sent, is_verbatim = say_value(field, kept["sent"].get(field, ""))
            stands, _is = say_value(field, kept["stands"][field] or "")
            lines.append(Line(label, sent, stands, is_verbatim))
    return [one for one in lines if one.sent or one.stands]
