"""What of cases waits for a person, as outreach is told. The sentence names the number and the kind, never what was said."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from renwang.cases.erasure_rules import TERM
from renwang.cases.models import Case
from renwang.outreach.errand_rules import ErrandAct
from renwang.outreach.services import (
    Waiting,
    ask_errand,
    end_errand,
    end_errands,
    in_every_language,
    move_up,
)

CASE = "cases.case"
CALL_BACK = "cases.call_back"
ARBITRATE = "cases.arbitrate"
ERASURE = "cases.erasure"
HANDLES, DECIDES, ERASES = "cases.handle", "cases.arbitrate", "cases.erase"
SHORTEST = timedelta(minutes=1)

_URGENT = _("Danger reported: case {ref} at {unit}. Look at it at once.")
_NEW = _("Case {ref} at {unit} waits for a hand")
_ASKED = _("An answer is asked of you about case {ref}")
_LATE = _("Case {ref} at {unit} is late and has climbed to you")
_RING = _("Ring the reporter of case {ref}: is it settled?")
_ERASE = _("Early erasure was asked for about case {ref}: decide")
_WHOSE = _("Case {ref} was returned twice: decide whose it is")


def colour_of(case: Case, *, is_urgent: bool = False) -> str:
    """Say how pressing a case is: orange where a word of danger stands in it, so that it breaks quiet hours."""
    if case.alarm:
        return "orange"
    return "yellow" if is_urgent else ""


def waiting_case(
    case: Case, *, due_at: datetime, now: datetime, is_urgent: bool = False
) -> Waiting:
    """Say that a case waits for whoever handles cases where it lies."""
    sentence = _URGENT if case.alarm else _NEW
    return _waiting(CASE, case, sentence, case.held_path, due_at, now, is_urgent=is_urgent)


def call_to(
    case: Case, *, due_at: datetime, now: datetime, by: object, is_late: bool = False
) -> None:
    """Call whoever is to see to a case now, and nobody any more who was called for it before."""
    drop_call(case, by=by, now=now)
    path = case.asked_path if case.asked_id else case.held_path
    sentence = _LATE if is_late else _ASKED if case.asked_id else _NEW
    ask_errand(_waiting(CASE, case, sentence, path, due_at, now), by=by, now=now)


def call_late(case: Case, path: str, *, due_at: datetime, now: datetime) -> None:
    """Call the level above for a case that nobody saw to in time."""
    waiting = _waiting(CASE, case, _LATE, path, due_at, now)
    known = ask_errand(waiting, by="node:cases", now=now)
    if known.path != path:
        move_up(CASE, case.pk, path, due_at, now=now)


def drop_call(case: Case, *, by: object, now: datetime) -> None:
    """Call nobody to a case any more: it lies elsewhere, or waits for somebody else."""
    end_errand(CASE, case.pk, by=by, now=now, act=ErrandAct.DROP)


def settle_calls(case: Case, *kinds: str, by: object, now: datetime) -> None:
    """End what waited: somebody has seen to it."""
    end_errands(kinds, case.pk, by=by, now=now)


def call_to_ring(case: Case, *, due_at: datetime, now: datetime) -> None:
    """Call somebody to ring the reporter; never the one who answered him."""
    waiting = _waiting(
        CALL_BACK, case, _RING, case.held_path, due_at, now, not_by=[case.answered_by]
    )
    ask_errand(waiting, by="node:cases", now=now)


def call_arbiter(case: Case, path: str, *, due_at: datetime, by: object, now: datetime) -> None:
    """Call the arbiter: whoever decides whose a case is, above both who returned it."""
    drop_call(case, by=by, now=now)
    waiting = _waiting(ARBITRATE, case, _WHOSE, path, due_at, now, capability=DECIDES)
    ask_errand(waiting, by=by, now=now)


def call_to_erase(
    case: Case, wish_id: UUID, *, not_by: Iterable[UUID | None], by: object, now: datetime
) -> None:
    """Call whoever decides about early erasure where a case lies; nobody who has a hand in it."""
    said = in_every_language(_ERASE, ref=case.ref)
    waiting = Waiting(ERASURE, wish_id, case.ref, said, case.path, ERASES, TERM, not_by=not_by)
    ask_errand(waiting, by=by, now=now)


def _waiting(
    kind: str,
    case: Case,
    sentence: object,
    path: str,
    due_at: datetime,
    now: datetime,
    *,
    is_urgent: bool = False,
    capability: str = HANDLES,
    not_by: Iterable[UUID | None] = (),
) -> Waiting:
    return Waiting(
        kind=kind,
        subject_id=case.pk,
        ref=case.ref,
        said=in_every_language(sentence, ref=case.ref, unit=case.unit.name),
        path=path,
        capability=capability,
        term=max(due_at - now, SHORTEST),
        colour=colour_of(case, is_urgent=is_urgent),
        not_by=not_by,
    )
