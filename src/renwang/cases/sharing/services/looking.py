"""What is done through an agreement: every look is kept; notes, parts of a case and, with consent, a way to reach the reporter."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F

from renwang.base import journal
from renwang.base.envelopes import unseal
from renwang.base.pure.ids import uuid7
from renwang.cases import config
from renwang.cases.models import Case, Reporter, Step
from renwang.cases.rules import Via, check_words
from renwang.cases.services import Report, enter_report
from renwang.cases.services.intake import CONTACTS
from renwang.cases.services.moving import By, locked_case, require_handler, write
from renwang.cases.sharing.models import Look, Passed, Sharing
from renwang.cases.sharing.rules import ConsentMissing, Mode, NotShared, OnlyToRead
from renwang.cases.sharing.selectors import covering, through
from renwang.chain.reach import Viewer
from renwang.chain.tree import today

BY = "node:sharing"


@transaction.atomic
def look_through(sharing: Sharing, case: Case, *, by: Viewer, now: datetime) -> Look:
    """Keep that somebody looks at a case beyond his own place: one fact a day for each person and case, and how often."""
    day = today(now)
    look, is_new = Look.objects.get_or_create(
        sharing=sharing, case=case, person=by.id, on=day, defaults={"at": now}
    )
    if is_new:
        journal.record("sharing.looked", case, by=by, at=now, sharing=sharing.ref)
    else:
        Look.objects.filter(pk=look.pk).update(number=F("number") + 1, at=now)
    return look


@transaction.atomic
def note_shared(case_id: UUID, words: str, *, by: Viewer, now: datetime) -> Step:
    """Write a note to a case of another place; both sides read it, the reporter does not.

    Refuses with `NotShared`, `OnlyToRead` and `WordsMissing`.
    """
    case = locked_case(case_id)
    sharing = _taking_part(case, by, now)
    words = check_words(words, 2000)
    facts = {"silent": sharing.taker.name, "sharing": sharing.ref}
    made = write(case, "shared", words=words, facts=facts, by=by, now=now)
    journal.record("sharing.noted", case, by=by, at=now, sharing=sharing.ref)
    return made


def _taking_part(case: Case, by: Viewer, now: datetime) -> Sharing:
    sharing = through(by, case, today(now))
    if sharing is None:
        raise NotShared
    if sharing.mode != Mode.TAKE_PART:
        raise OnlyToRead
    return sharing


@transaction.atomic
def hand_over_part(
    case_id: UUID, sharing_id: UUID, words: str, kind: str, *, by: By, now: datetime
) -> Case:
    """Hand a part of a case to the other side: there it is a case of its own, with clocks and a holder; ours stays ours.

    Refuses with `NotShared`, `OnlyToRead`, `WordsMissing`, `KindUnknown` and `reach.NotInReach`.
    """
    case = locked_case(case_id)
    require_handler(by, case)
    sharing = _covers(case, sharing_id, now)
    if sharing.mode != Mode.TAKE_PART:
        raise OnlyToRead
    config.kind_of(config.kinds(), kind)
    report = Report(
        check_words(words), f"part:{uuid7(now)}", kind, place=case.place, lon=case.lon,
        lat=case.lat, language=case.language,
    )  # fmt: skip
    part = enter_report(report, sharing.taker, Via(case.via), by=BY, now=now).case
    part.parent = case
    part.save(update_fields=["parent"])
    facts = {"to": sharing.taker.name, "ref": part.ref, "sharing": sharing.ref}
    write(case, "part", facts=facts, by=by, now=now)
    journal.record(
        "sharing.handed", case, by=by, at=now, taker=sharing.taker.name, part=part.ref,
        sharing=sharing.ref,
    )  # fmt: skip
    return part


@transaction.atomic
def pass_contact(
    case_id: UUID, sharing_id: UUID, *, consented: bool, by: By, now: datetime
) -> Passed:
    """Let the other side read how the reporter of this one case can be reached, because he has agreed.

    Refuses with `NotShared`, `ConsentMissing` and `reach.NotInReach`.
    """
    case = locked_case(case_id)
    require_handler(by, case)
    sharing = _covers(case, sharing_id, now)
    if not consented or not Reporter.objects.filter(case=case).exists():
        raise ConsentMissing
    passed, is_new = Passed.objects.get_or_create(
        sharing=sharing, case=case,
        defaults={"id": uuid7(now), "by": by.id if isinstance(by, Viewer) else None, "at": now},
    )  # fmt: skip
    if is_new:
        journal.record(
            "sharing.contact_passed", case, by=by, at=now, taker=sharing.taker.name,
            sharing=sharing.ref,
        )  # fmt: skip
    return passed


@transaction.atomic
def read_passed_contact(case_id: UUID, *, by: Viewer, now: datetime) -> str:
    """Open how a reporter can be reached who has agreed to it; every look is a fact. Refuses with `NotShared` and `ConsentMissing`."""
    case = locked_case(case_id)
    sharing = through(by, case, today(now))
    if sharing is None:
        raise NotShared
    if not Passed.objects.filter(case=case, sharing=sharing).exists():
        raise ConsentMissing
    kept = Reporter.objects.filter(case=case).first()
    journal.record("sharing.contact_read", case, by=by, at=now, sharing=sharing.ref)
    return unseal(kept.sealed, CONTACTS) if kept else ""


def _covers(case: Case, sharing_id: UUID, now: datetime) -> Sharing:
    found = covering(case, today(now)).filter(pk=sharing_id).select_related("taker")
    sharing = found.defer("taker__boundary").first()
    if sharing is None:
        raise NotShared
    return sharing
