"""What a reporter wants erased before its time is over: asked by one, decided by another, carried out by what forgets in time."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from renwang.base import journal
from renwang.base.forgetting import forget
from renwang.base.pure.ids import uuid7
from renwang.base.retention import proof_of
from renwang.cases.erasure_rules import (
    REASON_AT_MOST,
    AskedAlready,
    Decision,
    NothingToErase,
    OthersWait,
    Scope,
    Wish,
    check_hands,
    decide,
)
from renwang.cases.models import Case, Erasure, Reporter, Step
from renwang.cases.rules import OWED, Act, CodeUnknown, End, State, check_words
from renwang.cases.services.answering import close
from renwang.cases.services.forgetting import REPORTER, WORDS, forget_pictures
from renwang.cases.services.moving import REPORTER as BY_CODE
from renwang.cases.services.moving import By, hand_of, hold, locked_case, require_handler, write
from renwang.cases.services.voicing import case_of_code
from renwang.cases.waiting import ERASES, ERASURE, call_to_erase
from renwang.chain.reach import require
from renwang.outreach.services import end_errand


@transaction.atomic
def ask_erasure_by_code(code: str, scope: Scope, reason: str, *, now: datetime) -> Erasure:
    """Let the reporter ask for early erasure by his code; whoever may decide is called.

    Refuses with `CodeUnknown`, `AskedAlready`, `NothingToErase` and `WordsTooLong`.
    """
    own = case_of_code(code)
    if own is None:
        raise CodeUnknown
    return _ask(locked_case(own.pk), scope, reason, by=BY_CODE, now=now)


@transaction.atomic
def ask_erasure(case_id: UUID, scope: Scope, reason: str, *, by: By, now: datetime) -> Erasure:
    """Ask for early erasure at the desk, for a person who wishes it. Refuses like `ask_erasure_by_code` and with `NotInReach`."""
    case = locked_case(case_id)
    require_handler(by, case)
    return _ask(case, scope, check_words(reason, REASON_AT_MOST), by=by, now=now)


def _ask(case: Case, scope: Scope, reason: str, *, by: By, now: datetime) -> Erasure:
    reason = check_words(reason, REASON_AT_MOST) if reason.strip() else ""
    if Erasure.objects.filter(case=case, state=Wish.ASKED).exists():
        raise AskedAlready
    _check_there(case, scope)
    given_out = Step.objects.filter(case=case, act="code").values_list("by", flat=True)
    hands = {hand_of(by), case.entered_by, case.answered_by, *given_out} - {None}
    wish = Erasure.objects.create(
        id=uuid7(now), case=case, scope=scope, reason=reason, asked_by=hand_of(by), asked_at=now,
        hands=",".join(sorted(map(str, hands))),
    )  # fmt: skip
    write(case, "erase_ask", shown=True, by=by, now=now)
    journal.record("cases.erasure_asked", case, by=by, at=now, scope=scope.value)
    call_to_erase(case, wish.pk, not_by=hands, by=by, now=now)
    return wish


def _check_there(case: Case, scope: Scope) -> None:
    there = Reporter.objects.filter(case=case).exists()
    if not there and (scope is Scope.CONTACT or not case.words):
        raise NothingToErase


@transaction.atomic
def refuse_erasure(wish_id: UUID, ground: str, *, by: By, now: datetime) -> Erasure:
    """Refuse an early erasure, with a ground that the reporter reads.

    Refuses with `WordsMissing`, `DecidedAlready`, `OneHandTwice` and `reach.NotInReach`.
    """
    ground = check_words(ground, REASON_AT_MOST)
    wish, case = _taken(wish_id, Decision.REFUSE, by=by, now=now)
    wish.ground = ground
    wish.save(update_fields=["state", "ground", "decided_by", "decided_at"])
    write(case, "erase_no", words=ground, shown=True, by=by, now=now)
    journal.record("cases.erasure_refused", case, by=by, at=now, scope=wish.scope)
    end_errand(ERASURE, wish.pk, by=by, now=now)
    return wish


@transaction.atomic
def grant_erasure(wish_id: UUID, *, by: By, now: datetime) -> Erasure:
    """Erase early what was asked for, with the proof of it; a case that is still open ends with its words.

    Refuses with `OthersWait`, `NothingToErase`, `DecidedAlready`, `OneHandTwice` and `reach.NotInReach`.
    """
    wish, case = _taken(wish_id, Decision.GRANT, by=by, now=now)
    scope = Scope(wish.scope)
    _check_there(case, scope)
    wish.save(update_fields=["state", "decided_by", "decided_at"])
    kind = REPORTER if scope is Scope.CONTACT else WORDS
    pictures = 0
    if scope is Scope.ALL:
        if Case.objects.filter(merged_into=case).exists():
            raise OthersWait
        _end(case, by=by, now=now)
        pictures = forget_pictures([case.pk], now)
    write(case, "erased", shown=True, by=by, now=now)
    forget(kind, [case.pk], now=now)
    journal.record(
        "cases.erased_early", case, by=by, at=now, place="", pictures=pictures,
        **proof_of(kind, [case.pk], until=now),
    )  # fmt: skip
    end_errand(ERASURE, wish.pk, by=by, now=now)
    return wish


def _taken(wish_id: UUID, decision: Decision, *, by: By, now: datetime) -> tuple[Erasure, Case]:
    # The case first, as everybody takes it who does something to it.
    case = locked_case(Erasure.objects.values_list("case_id", flat=True).get(pk=wish_id))
    wish = Erasure.objects.select_for_update().get(pk=wish_id)
    require(by, ERASES, at=case.path)
    wish.state = decide(Wish(wish.state), decision)
    check_hands(hand_of(by), [UUID(one) for one in wish.hands.split(",") if one])
    wish.decided_by, wish.decided_at = hand_of(by), now
    return wish, case


def _end(case: Case, *, by: By, now: datetime) -> None:
    """End an open case whose words go: nobody can see to it any more."""
    if not case.is_live:
        return
    held = hold(case.pk)
    if State(case.state) in OWED:
        close(held, by=by, now=now, end=End.WITHDRAWN, act=Act.WITHDRAW)
    else:
        close(held, by=by, now=now)
