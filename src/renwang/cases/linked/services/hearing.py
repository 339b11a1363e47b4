"""What another system tells our own Open311 about a case that it brought in: its reporter has said more."""

from datetime import datetime
from hashlib import sha256

from django.db import transaction

from renwang.base import journal
from renwang.base.pure.ids import uuid7
from renwang.cases.linked.models import Heard
from renwang.cases.models import Case, Step
from renwang.cases.open311 import UpdateSent
from renwang.cases.rules import Act
from renwang.cases.services import add_by_code
from renwang.chain.reach import Viewer, require


@transaction.atomic
def hear_update(case: Case, sent: UpdateSent, *, by: Viewer, now: datetime) -> int:
    """Add an update to a case as more that its reporter says, once by its id; give the number of the step.

    That it is closed there closes nothing here. Refuses with `WordsTooLong`,
    `NotNow` and `reach.NotInReach`.
    """
    require(by, "cases.report", at=case.path)
    outside = sha256(f"heard:{by.id}:{case.pk}:{sent.key}".encode()).hexdigest()
    known, is_new = Heard.objects.get_or_create(
        outside=outside, defaults={"id": uuid7(now), "case": case, "at": now}
    )
    told = Step.objects.filter(case_id=case.merged_into_id or case.pk, act=Act.ADD)
    if not is_new:
        return int(told.filter(at__gte=known.at).order_by("pk").values_list("pk", flat=True)[0])
    head = add_by_code(case, sent.description, now=now)
    journal.record("linked.heard", head, by=by, at=now, is_closed=sent.is_closed)
    return int(told.order_by("-pk").values_list("pk", flat=True)[0])
