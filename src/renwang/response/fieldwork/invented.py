"""Invented field work for a demonstration: a phone in use, one that was lost, and an answer that two people gave."""

from datetime import datetime, timedelta

from renwang.base.journal import last_seq
from renwang.base.pure.ids import uuid7
from renwang.cases import services as cases
from renwang.cases.answer_rules import Said
from renwang.cases.models import Case
from renwang.cases.rules import OWED, End
from renwang.cases.selectors import may_handle
from renwang.chain.models import Person
from renwang.chain.reach import Viewer, viewer_of
from renwang.response.fieldwork.models import Phone
from renwang.response.fieldwork.rules import Batch, Sent
from renwang.response.fieldwork.services import (
    Form,
    Order,
    Played,
    call_phone_lost,
    let_phone_in,
    take_deeds,
)

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
_STANDS = Said(
    "社区已联系维修单位，安排本周三上午到场处理，先拉了警戒线。", End.NOT_DONE, "社区",
    None, "社区派工单", "周四回访",
)  # fmt: skip
_SENT = (
    ("answer-end", "done"),
    ("answer-words", "我和维修师傅当场处理好了，晚上又去看了一遍，已经正常。"),
    ("answer-ground", "现场照片和师傅签字"),
    ("answer-following", "一周后再看一次"),
    ("answer-whose", ""),
    ("send", "anyway"),
)


class _Cellar:
    """The forms as the invented worker fills them in; what he sends differs, so none of them is played."""

    def form_at(self, address: str) -> Form | None:
        """Find the one form that he fills in."""
        return Form("case_answer", {"ref": address.split("/")[3]})

    def play(self, order: Order, *, by: Viewer) -> Played:
        """Leave it undone: there is no page behind it here."""
        return Played(False, order.address)


def invent_fieldwork(*, worker: Person, secretary: Person, now: datetime) -> int:
    """Let a grid worker answer a case in a cellar that his secretary answers meanwhile; return how many differ.

    Nothing where he has a phone already, and no difference where no case waits for both.
    """
    if Phone.objects.filter(person=worker).exists():
        return 0
    by, other = viewer_of(worker, now), viewer_of(secretary, now)
    lost = let_phone_in(uuid7(now), "Chrome · Android", by=by, now=now - 40 * DAY)
    call_phone_lost(lost.pk, by=by, now=now - 2 * DAY)
    phone = let_phone_in(uuid7(now), "Chrome · Android", by=by, now=now - 2 * DAY)
    found = Case.objects.filter(by.scope("cases.handle", "held_path"), state__in=OWED, person=None)
    case = next((one for one in found.order_by("received_at") if may_handle(other, one)), None)
    if case is None:
        return 0
    shown_at = max(last_seq(), 1)
    cases.answer_case(case.pk, _STANDS, by=other, now=now - 20 * MINUTE)
    sent = Sent(
        uuid7(now), 1, f"/field/cases/{case.ref}/answer/", _SENT, (), now - 50 * MINUTE, shown_at
    )
    answers = take_deeds(phone, Batch(now, (sent,)), by=by, now=now, door=_Cellar())
    return sum(one.outcome == "differs" for one in answers)
