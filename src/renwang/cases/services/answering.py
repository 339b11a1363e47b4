"""A case is answered, and the reporter says whether that was an answer; silence is rung, rejection opens it again."""

from dataclasses import asdict
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from renwang.base import journal
from renwang.base.envelopes import unseal
from renwang.base.pure.ids import uuid7
from renwang.cases import config
from renwang.cases.answer_rules import Advice, Said, advise
from renwang.cases.clock_rules import ClockKind, Term, due
from renwang.cases.models import Answer, Case, Reporter, Step
from renwang.cases.route_rules import climbed, levels_up
from renwang.cases.rules import (
    CALLS_OWED,
    Act,
    End,
    ReporterReachable,
    State,
    check_end,
    check_other_hand,
    check_words,
    may_end_in_silence,
)
from renwang.cases.services.intake import CONTACTS
from renwang.cases.services.moving import (
    BY,
    By,
    Held,
    answer_clock,
    give_to,
    hand_of,
    hold,
    let,
    locked_case,
    new_clock,
    require_handler,
    standing_unit,
    tell,
    wind,
)
from renwang.cases.waiting import CALL_BACK, CASE, call_to, settle_calls
from renwang.cases.workday_rules import day_of

REPORTER_KEPT_FOR = timedelta(days=30)
"""After the end: long enough to ring once more."""

COMPARED = 200  # the latest answers that a new one is compared with


def advise_answer(case: Case, said: Said) -> list[Advice]:
    """Say what is missing in an answer before it is sent; one statement."""
    earlier = Answer.objects.filter(path=case.held_path).exclude(case=case).order_by("-at")
    known = [(ref, words) for ref, words in earlier.values_list("case__ref", "words")[:COMPARED]]
    return advise(said, config.lexicon(), brought=case.words, earlier=known)


@transaction.atomic
def answer_case(case_id: UUID, said: Said, *, by: By, now: datetime) -> Answer:
    """Answer the reporter. What the checker finds is kept with the answer; it holds up nobody.

    Refuses with `EndMissing`, `WordsMissing`, `WhoseMissing`, `NotNow` and `reach.NotInReach`.
    """
    held = hold(case_id)
    case = held.case
    require_handler(by, case)
    check_end(said.end, said.words, said.whose)
    assert said.end is not None
    found = advise_answer(case, said)
    let(case, Act.ANSWER, now)
    number = held.answers + 1
    answer = Answer.objects.create(
        id=uuid7(now), case=case, number=number, words=said.words.strip(), end=said.end,
        who=(said.who.strip() or case.holder.name)[:120], done_on=said.done_on,
        ground=said.ground.strip()[:500], following=said.following.strip()[:500],
        whose=said.whose.strip()[:200], advice=[asdict(one) for one in found],
        unit=case.holder, path=case.held_path, by=hand_of(by), at=now,
    )  # fmt: skip
    case.answered_by, case.answered_at, case.waits_for = hand_of(by), now, ""
    case.asked, case.asked_path = None, ""
    case.person = case.person or hand_of(by)
    until = due(Term(held.kind.terms.silence_days), now, held.calendar)
    wind(held, now, new_clock(case, ClockKind.SILENCE, until, now))
    case.save()
    facts = {"end": said.end.value, "number": number, "advice": len(found)}
    tell(case, Act.ANSWER, shown=True, by=by, now=now, facts=facts)
    settle_calls(case, CASE, CALL_BACK, by=by, now=now)
    return answer


# --- what the reporter says -----------------------------------------------------


def confirm_answer(held: Held, *, by: By, now: datetime, via: str) -> None:
    """Keep that the reporter calls it settled, within the caller's transaction; he may think better of it for some days."""
    case = held.case
    let(case, Act.CONFIRM, now)
    _judge(case, True, "", via)
    until = due(Term(held.kind.terms.cool_days), now, held.calendar)
    wind(held, now, new_clock(case, ClockKind.COOL, until, now))
    case.save()
    tell(case, Act.CONFIRM, shown=True, by=by, now=now, facts={"via": via})
    settle_calls(case, CALL_BACK, by=by, now=now)


def reject_answer(held: Held, words: str, *, by: By, now: datetime, via: str) -> None:
    """Keep that the reporter does not call it settled, and open the case again, within the caller's transaction."""
    case = held.case
    let(case, Act.REJECT, now)
    _judge(case, False, words, via)
    tell(case, Act.REJECT, words=words, shown=True, by=by, now=now, facts={"via": via})
    settle_calls(case, CALL_BACK, by=by, now=now)
    open_again(held, by=BY, now=now)


def _judge(case: Case, helped: bool, words: str, via: str) -> None:
    last = case.answers.order_by("-number").first()
    if last is not None:
        last.helped, last.helped_words, last.helped_via = helped, words, via
        last.save(update_fields=["helped", "helped_words", "helped_via"])


def open_again(held: Held, *, by: By, now: datetime, words: str = "") -> None:
    """Open a case again, with who can act: who answered, the second time one level above, and so on."""
    case = held.case
    let(case, Act.REOPEN, now)
    case.reopenings += 1
    path = climbed(case.held_path, levels_up(case.reopenings))
    unit = case.holder if path == case.held_path else standing_unit(path)
    give_to(case, unit or case.holder)
    case.end, case.closed_at, case.erase_at, case.extensions = "", None, None, 0
    _reporters_of(case).update(erase_at=None)
    wind(held, now, answer_clock(held, now, half=True))
    case.save()
    facts = {"to": case.holder.name, "to_path": case.held_path, "again": case.reopenings}
    tell(case, Act.REOPEN, words=words, shown=True, by=by, now=now, facts=facts)
    call_to(case, due_at=case.due_at or now, now=now, by=by)


@transaction.atomic
def reopen_case(case_id: UUID, reason: str, *, by: By, now: datetime) -> Case:
    """Open a closed case again at the desk. Refuses with `WordsMissing`, `NotNow` and `reach.NotInReach`."""
    held = hold(case_id)
    require_handler(by, held.case)
    open_again(held, by=by, now=now, words=check_words(reason, 1000))
    return held.case


# --- ringing back ----------------------------------------------------------------


@transaction.atomic
def read_contact(case_id: UUID, *, by: By, now: datetime) -> str:
    """Open how the reporter can be reached, for whoever rings him; every look is a fact of the journal."""
    case = locked_case(case_id)
    require_handler(by, case)
    kept = Reporter.objects.filter(case=case).first()
    if kept is None:
        return ""
    journal.record("cases.contact_read", case, by=by, at=now)
    return unseal(kept.sealed, CONTACTS)


@transaction.atomic
def call_back(
    case_id: UUID, settled: bool | None, words: str = "", *, by: By, now: datetime
) -> Case:
    """Keep what came of ringing the reporter: settled, not settled, or not reached (None).

    Never by whoever answered him. Refuses with `SameHandTwice`, `WordsMissing`
    (where it is not settled), `NotNow` and `reach.NotInReach`.
    """
    held = hold(case_id)
    case = held.case
    require_handler(by, case)
    check_other_hand(hand_of(by), case.answered_by)
    if settled:
        confirm_answer(held, by=by, now=now, via="telephone")
    elif settled is not None:
        reject_answer(held, check_words(words, 2000), by=by, now=now, via="telephone")
    else:
        let(case, Act.CALL_BACK, now)
        case.save(update_fields=["state", "since"])
        tell(case, Act.CALL_BACK, words=words.strip()[:500], by=by, now=now)
    return case


def days_rung(held: Held) -> int:
    """Count the days on which the reporter was rung in vain since he was answered; one statement."""
    rung = Step.objects.filter(case=held.case, act=Act.CALL_BACK)
    if held.case.answered_at:
        rung = rung.filter(at__gte=held.case.answered_at)
    return len({day_of(held.calendar, at) for at in rung.values_list("at", flat=True)})


@transaction.atomic
def close_silent(case_id: UUID, *, by: By, now: datetime) -> Case:
    """Close an answered case whose reporter stays silent. Refuses with `ReporterReachable`, `NotNow`, `reach.NotInReach`."""
    held = hold(case_id)
    case = held.case
    require_handler(by, case)
    has_contact = Reporter.objects.filter(case=case).exists()
    if case.state == State.ANSWERED and not may_end_in_silence(
        has_contact=has_contact, days_rung=days_rung(held)
    ):
        raise ReporterReachable(days=CALLS_OWED)
    close(held, by=by, now=now)
    return case


def close(
    held: Held, *, by: By, now: datetime, end: End | None = None, act: Act = Act.CLOSE
) -> None:
    """Close a case within the caller's transaction: with the end of its last answer, or with one that needs none."""
    case = held.case
    let(case, act, now)
    if end is None:
        end = End(case.answers.order_by("-number").values_list("end", flat=True)[0])
    case.end, case.closed_at = end, now
    case.erase_at = now + timedelta(days=held.kind.kept_days)
    case.asked, case.asked_path, case.waits_for = None, "", ""
    wind(held, now)
    case.save()
    stands_for = case.merged_into if act is Act.MERGE else None
    until = None if stands_for and stands_for.is_live else now + REPORTER_KEPT_FOR
    _reporters_of(case).update(erase_at=until)
    facts = {"end": end.value}
    if end is End.DUPLICATE and case.merged_into is not None:
        facts["into"] = case.merged_into.ref
    tell(case, act, shown=True, by=by, now=now, facts=facts)
    settle_calls(case, CASE, CALL_BACK, by=by, now=now)


def _reporters_of(case: Case) -> QuerySet[Reporter]:
    """Return how those can be reached who wait for this case: its own reporter, and those merged into it."""
    family = Case.objects.filter(Q(pk=case.pk) | Q(merged_into=case))
    return Reporter.objects.filter(case__in=family)
