"""Cases that belong together: merged into one that stands for all, taken apart again, made out of one another, put on the risk list."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from renwang.base import journal
from renwang.base.pure.ids import uuid7
from renwang.cases import config
from renwang.cases.models import Case, Reporter
from renwang.cases.rules import Act, End, MergedIntoItself, Via, check_words
from renwang.cases.services.answering import close
from renwang.cases.services.intake import Report, enter_report
from renwang.cases.services.moving import (
    By,
    Held,
    answer_clock,
    hold,
    let,
    locked_case,
    require_handler,
    tell,
    wind,
    write,
)
from renwang.cases.waiting import call_to
from renwang.chain.models import Unit
from renwang.registers.risks.models import Risk
from renwang.registers.risks.rules import Source
from renwang.registers.risks.services import Found, report_risk


@transaction.atomic
def merge_case(case_id: UUID, into_id: UUID, *, by: By, now: datetime) -> Case:
    """Let another case stand for this one: its reporter reads that one's answer, and may reject it like his own.

    Those merged into it before go along. Refuses with `MergedIntoItself`,
    `NotNow`, and with `reach.NotInReach` at either place.
    """
    held = hold(case_id)
    case, into = held.case, locked_case(into_id)
    require_handler(by, case)
    require_handler(by, into)
    if into.pk == case.pk or into.merged_into_id is not None:
        raise MergedIntoItself
    case.merged_into = into
    close(held, by=by, now=now, end=End.DUPLICATE, act=Act.MERGE)
    Case.objects.filter(merged_into=case).update(merged_into=into)
    write(into, "merged_in", by=by, now=now, facts={"ref": case.ref})
    return into


@transaction.atomic
def unmerge_case(case_id: UUID, *, by: By, now: datetime) -> Case:
    """Let a merged case stand for itself again; its answer is owed anew. Refuses with `NotNow` and `reach.NotInReach`."""
    held = hold(case_id)
    case = held.case
    require_handler(by, case)
    if case.merged_into_id is None:
        raise MergedIntoItself
    into = case.merged_into
    Reporter.objects.filter(case=case).update(erase_at=None)
    let(case, Act.UNMERGE, now)
    case.merged_into, case.end, case.closed_at, case.erase_at = None, "", None, None
    wind(held, now, answer_clock(held, now))
    case.save()
    tell(case, Act.UNMERGE, shown=True, by=by, now=now, facts={"from": into.ref if into else ""})
    call_to(case, due_at=case.due_at or now, now=now, by=by)
    return case


@transaction.atomic
def part_case(case_id: UUID, words: str, kind: str, unit: Unit, *, by: By, now: datetime) -> Case:
    """Make a case of its own out of one that speaks of several things, or needs several hands.

    It has its own clocks and holder; the reporter sees it under his case.
    Refuses with `WordsMissing`, `KindUnknown` and `reach.NotInReach`.
    """
    case = locked_case(case_id)
    require_handler(by, case)
    config.kind_of(config.kinds(), kind)
    report = Report(
        check_words(words), f"part:{uuid7(now)}", kind, place=case.place, door=case.door,
        building=case.building, lon=case.lon, lat=case.lat, language=case.language,
    )  # fmt: skip
    part = enter_report(report, unit, Via(case.via), by=by, now=now).case
    part.parent = case
    part.save(update_fields=["parent"])
    write(case, "part", by=by, now=now, facts={"ref": part.ref})
    journal.record("cases.parted", case, by=by, at=now, part=part.ref)
    return part


@transaction.atomic
def put_on_risk_list(case_id: UUID, *, by: By, now: datetime) -> Risk:
    """Put what a case speaks of on the risk list, in the reporter's words; both know of each other.

    The same case again gives the risk that is there. Refuses with `reach.NotInReach`.
    """
    held: Held = hold(case_id)
    case = held.case
    require_handler(by, case)
    found = Found(
        case.masked or case.words, case.came_at, hazard=held.kind.hazard, source=Source.RESIDENT,
        place=case.place, lon=case.lon, lat=case.lat, origin=case.ref, outside=f"case:{case.pk}",
    )  # fmt: skip
    risk = report_risk(found, case.unit, by=by, now=now)
    if case.risk_ref != risk.ref:
        case.risk_ref = risk.ref
        case.save(update_fields=["risk_ref"])
        write(case, "link", by=by, now=now, facts={"ref": risk.ref})
        journal.record("cases.linked", case, by=by, at=now, risk=risk.ref)
    return risk
