"""What the reporter does with his code: say more, confirm, reject, take back. Nobody knows who he is."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from renwang.base import journal
from renwang.base.envelopes import seal
from renwang.cases import photos
from renwang.cases.models import Case, Photo, Reporter
from renwang.cases.rules import Act, CodeUnknown, End, State, check_words
from renwang.cases.services.answering import close, confirm_answer, reject_answer
from renwang.cases.services.intake import CODES, digest_of, fresh_code, read_code
from renwang.cases.services.moving import (
    REPORTER,
    By,
    Held,
    hand_of,
    hold,
    let,
    locked_case,
    require_handler,
    tell,
    wind,
    write,
)
from renwang.cases.waiting import call_to
from renwang.chain.reach import require

ADDED_AT_MOST = 2_000


Proof = str | Case
"""The code of a case; or the case itself, where its reporter is known by the number he writes from."""


def _held_by_code(code: Proof) -> tuple[Held, Case]:
    """Take the case of a code, or the one that stands for it, and give the reporter's own beside it."""
    own = code if isinstance(code, Case) else case_of_code(code)
    if own is None:
        raise CodeUnknown
    held = hold(own.merged_into_id or own.pk)
    return held, own


def case_of_code(code: str) -> Case | None:
    """Find the case of a code; None where no case has it."""
    return Case.objects.filter(code=digest_of(read_code(code))).only("pk", "merged_into").first()


@transaction.atomic
def add_by_code(code: Proof, words: str, *, now: datetime, files: Sequence[bytes] = ()) -> Case:
    """Let the reporter say more. What waited for him goes on. Refuses with `CodeUnknown`, `WordsMissing` and `NotNow`."""
    words = check_words(words, ADDED_AT_MOST)
    drawn = photos.draw(files)
    held, own = _held_by_code(code)
    case = held.case
    waited = case.state == State.WAITING
    if waited and case.waits_for != "reporter":
        write(case, Act.ADD, words=words, shown=own.pk == case.pk, by=REPORTER, now=now)
    else:
        let(case, Act.ADD, now)
        if waited:
            case.waits_for = ""
            wind(held, now)
        case.save()
        tell(case, Act.ADD, words=words, shown=own.pk == case.pk, by=REPORTER, now=now)
    _keep(case, drawn, by=REPORTER, now=now, is_reporters=True, shown=own.pk == case.pk)
    if waited and case.state == State.IN_HAND:
        call_to(case, due_at=case.due_at or now, now=now, by=REPORTER)
    return case


@transaction.atomic
def confirm_by_code(code: Proof, *, now: datetime, via: str = "web") -> Case:
    """Let the reporter say that it is settled. Refuses with `CodeUnknown` and `NotNow`."""
    held, _own = _held_by_code(code)
    confirm_answer(held, by=REPORTER, now=now, via=via)
    return held.case


@transaction.atomic
def reject_by_code(code: Proof, words: str, *, now: datetime, via: str = "web") -> Case:
    """Let the reporter say that it is not settled, and why: the case is open again at once.

    Refuses with `CodeUnknown`, `WordsMissing` and `NotNow`.
    """
    words = check_words(words, ADDED_AT_MOST)
    held, _own = _held_by_code(code)
    reject_answer(held, words, by=REPORTER, now=now, via=via)
    return held.case


@transaction.atomic
def withdraw_by_code(code: str, *, now: datetime) -> Case:
    """Let the reporter take back what he brought. Refuses with `CodeUnknown` and `NotNow`.

    One that was merged into another one goes alone; others still wait for that one.
    """
    held, own = _held_by_code(code)
    if own.pk != held.case.pk:
        held = hold(own.pk)
        held.case.erase_at = now
        held.case.save(update_fields=["erase_at"])
        write(held.case, Act.WITHDRAW, shown=True, by=REPORTER, now=now)
        return held.case
    close(held, by=REPORTER, now=now, end=End.WITHDRAWN, act=Act.WITHDRAW)
    return held.case


@transaction.atomic
def renew_code(case_id: UUID, *, by: By, now: datetime) -> str:
    """Give the reporter a new code, for one who has lost his; the old one leads nowhere any more."""
    case = locked_case(case_id)
    require_handler(by, case)
    code = fresh_code()
    case.code = digest_of(code)
    case.save(update_fields=["code"])
    Reporter.objects.filter(case=case, agrees=True).update(code=seal(code, CODES))
    write(case, "code", by=by, now=now)
    journal.record("cases.code_renewed", case, by=by, at=now)
    return code


@transaction.atomic
def add_photo(
    case_id: UUID, data: bytes, *, by: By, now: datetime, shown: bool = False
) -> list[Photo]:
    """Keep a photograph that one of ours took for a case; shown to the reporter or not.

    Refuses with what `photos` refuses and `reach.NotInReach`.
    """
    drawn = photos.draw([data])
    case = locked_case(case_id)
    if case.entered_by is None or case.entered_by != hand_of(by):
        require_handler(by, case)
    else:
        require(by, "cases.report", at=case.path)
    return _keep(case, drawn, by=by, now=now, shown=shown)


def _keep(
    case: Case,
    drawn: Sequence[photos.Drawn],
    *,
    by: By,
    now: datetime,
    is_reporters: bool = False,
    shown: bool = True,
) -> list[Photo]:
    if not drawn:
        return []
    known = set(Photo.objects.filter(case=case).values_list("digest", flat=True))
    new = [one for one in drawn if one.digest not in known]
    if len(known) + len(new) > photos.MOST:
        raise photos.TooMany(most=photos.MOST)
    rows = photos.as_rows(
        Photo, case, new, by=hand_of(by), now=now, is_reporters=is_reporters, is_shown=shown
    )
    Photo.objects.bulk_create(rows)
    if rows:
        write(case, "photo", shown=shown, by=by, now=now)
        journal.record("cases.photographed", case, by=by, at=now, count=len(rows))
    return rows
