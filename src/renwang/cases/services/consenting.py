"""A reporter agrees to be told by text message, or no longer; and what is to be said is put together when it goes out."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import override

from renwang.base import journal
from renwang.base.addresses import absolute
from renwang.base.envelopes import seal, unseal
from renwang.cases import config, text_words
from renwang.cases.clock_rules import ClockKind
from renwang.cases.models import Case, Clock, Reporter, Telling
from renwang.cases.rules import CodeUnknown, State
from renwang.cases.services.intake import CODES, CONTACTS, read_code, show_code
from renwang.cases.services.moving import BY, REPORTER
from renwang.cases.services.stopping import is_stopped
from renwang.cases.services.voicing import case_of_code
from renwang.cases.telling_rules import (
    Event,
    Fate,
    NothingToTellBy,
    NumberMissing,
    NumberStopped,
    Tellings,
    Why,
    fill,
    is_number,
    is_overtaken,
)
from renwang.outreach.channels.port import Trouble
from renwang.outreach.resting import rest_ends


@dataclass(frozen=True, slots=True)
class Ready:
    """A message that may go out now."""

    number: str
    words: str


@dataclass(frozen=True, slots=True)
class Later:
    """A message that waits for the end of the quiet hours."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Never:
    """A message that does not go out, and why."""

    state: Fate
    why: str


@transaction.atomic
def agree_by_code(code: str, agrees: bool, *, now: datetime) -> Case:
    """Let the reporter say whether he wants to be told by text message; what waits to go out is dropped.

    Refuses with `CodeUnknown`, `NothingToTellBy`, `NumberMissing` and `NumberStopped`.
    """
    own = case_of_code(code)
    if own is None:
        raise CodeUnknown
    reporter = Reporter.objects.select_for_update().filter(case=own).first()
    if reporter is None:
        raise NothingToTellBy
    case = Case.objects.only("pk", "ref", "path").get(pk=own.pk)
    if agrees:
        number = unseal(reporter.sealed, CONTACTS)
        if not is_number(number):
            raise NumberMissing
        if is_stopped(number):
            raise NumberStopped
        reporter.agrees, reporter.code = True, seal(read_code(code), CODES)
    else:
        reporter.agrees, reporter.code = False, ""
        waiting = Telling.objects.filter(case=own, state=Fate.WAITING)
        waiting.update(state=Fate.REFUSED, trouble=Why.WITHDRAWN, due_at=None, ended_at=now)
    reporter.save(update_fields=["agrees", "code"])
    verb = "cases.messages_agreed" if agrees else "cases.messages_declined"
    journal.record(verb, case, by=REPORTER, at=now)
    return case


# --- going out --------------------------------------------------------------


def put_together(row: Telling, now: datetime) -> Ready | Later | Never:
    """Put together what a message says and where it goes, if it may still go out; four statements at most."""
    tellings = config.tellings()
    found = Case.objects.filter(pk=row.case_id).select_related("reporter", "merged_into")
    case = found.defer("search", "words", "merged_into__search", "merged_into__words").get()
    reporter: Reporter | None = getattr(case, "reporter", None)
    head = case.merged_into or case
    if not tellings.is_on:
        return Never(Fate.NEEDLESS, Why.OFF)
    if reporter is None:
        return Never(Fate.NEEDLESS, Why.ERASED)
    if not reporter.agrees:
        return Never(Fate.REFUSED, Why.WITHDRAWN)
    number = unseal(reporter.sealed, CONTACTS)
    if not is_number(number):
        return Never(Fate.FAILED, Trouble.BAD_ADDRESS)
    if is_stopped(number):
        return Never(Fate.REFUSED, Why.STOPPED)
    if is_overtaken(row.about, State(head.state), row.at, now):
        return Never(Fate.NEEDLESS, Why.OVERTAKEN)
    until = rest_ends(tellings.quiet, "", now)
    if until is not None:
        return Later(until)
    return Ready(number, _said(row, case, head, reporter, tellings))


def _said(row: Telling, case: Case, head: Case, reporter: Reporter, tellings: Tellings) -> str:
    language = case.language or settings.LANGUAGE_CODE
    code = unseal(reporter.code, CODES)
    with override(language):
        said = fill(
            tellings.wording(row.about, language),
            ref=case.ref,
            link=absolute(f"/c/{code}/") if code else "",
            code=show_code(code) or case.ref,
            due=_due(head) if row.about is Event.EXTENDED else "",
        )
        return f"{said} {text_words.how_to_stop()}".strip()


def _due(head: Case) -> str:
    clocks = Clock.objects.filter(case=head, kind=ClockKind.ANSWER, met_at=None)
    due_at = clocks.values_list("due_at", flat=True).first()
    return date_format(timezone.localtime(due_at), "DATE_FORMAT") if due_at else "–"


@transaction.atomic
def end_telling(key: UUID, state: Fate, trouble: str = "", *, now: datetime) -> bool:
    """Write down what became of a message, and the fact of it; says whether it had still been waiting."""
    # What was already under way when he declined has gone out all the same, and his page says so.
    open_ones = [Fate.WAITING, Fate.REFUSED] if state is Fate.SENT else [Fate.WAITING]
    waiting = Telling.objects.filter(pk=key, state__in=open_ones)
    if not waiting.update(state=state, trouble=trouble[:300], due_at=None, ended_at=now):
        return False
    row = (
        Telling.objects.select_related("case").only("event", "case__ref", "case__path").get(pk=key)
    )
    verb = "cases.told" if state is Fate.SENT else "cases.untold"
    facts = {"event": row.event} | ({"trouble": trouble[:80]} if trouble else {})
    journal.record(verb, row.case, by=BY, at=now, **facts)
    return True
