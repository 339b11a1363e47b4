"""What was answered here goes back to the system that a case came from, so that whoever brought it there reads it."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext, override

from renwang.base.models import Entry
from renwang.cases.linked.models import Counterpart
from renwang.cases.linked.rules import TELL_AT_MOST, Sending
from renwang.cases.linked.services.sending import queue_tiding
from renwang.cases.models import Answer
from renwang.cases.names import ENDS
from renwang.cases.rules import End, State

ANSWERED = "cases.answered"


def answer_back(entries: Sequence[Entry], now: datetime) -> None:
    """Queue for each answer, end and reopening an update to the system the case came from; once for each fact."""
    by_case = {str(entry.subject_id): [] for entry in entries}  # type: dict[str, list[Entry]]
    for entry in entries:
        by_case[str(entry.subject_id)].append(entry)
    found = Counterpart.objects.filter(
        case__in=list(by_case), sending=Sending.NONE, system__answers=True, system__has_updates=True
    )
    for one in found.select_related("system", "case"):
        for entry in by_case[str(one.case_id)]:
            words = _words(one, entry)
            is_open = entry.verb != "cases.closed"
            queue_tiding(one, words, is_open=is_open, now=now, key=str(entry.fact))


def _words(one: Counterpart, entry: Entry) -> str:
    """Say what was answered, in the words the reporter would read here; of an end only which it was."""
    case = one.case
    if entry.verb == ANSWERED:
        answer = Answer.objects.filter(case=case, at__lte=entry.at).order_by("-number").first()
        if answer is not None:
            parts = (answer.words, answer.ground, answer.following, answer.whose)
            return "\n".join(part for part in parts if part)[:TELL_AT_MOST]
    with override(case.language or None):
        if case.state == State.CLOSED and case.end:
            return str(ENDS[End(case.end)])
        return gettext("It is open again and is seen to.")
