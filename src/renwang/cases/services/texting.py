"""Text messages of residents: read once, done, and answered by one text.

What is done and the answer to it are one transaction; the answer lies under
seal until it has gone out. The number stands nowhere else than in the sealed
contact of the case: not in the journal, not in a log, not in a count.
"""

import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import override

from renwang.base.buckets import bucket_of, hour_of
from renwang.base.envelopes import seal, unseal
from renwang.base.pure.ids import uuid7
from renwang.base.pure.text import fold_width, search_key
from renwang.base.references import next_number
from renwang.cases import config, text_words
from renwang.cases.kind_rules import find_danger
from renwang.cases.models import Answer, Case, Reporter, Step, Text
from renwang.cases.rules import Act, ReportedTooOften, Via
from renwang.cases.services.intake import CONTACTS, Report, report_by_text
from renwang.cases.services.stopping import (
    is_stopped,
    plain_number,
    start_number,
    stop_number,
)
from renwang.cases.services.voicing import (
    add_by_code,
    case_of_code,
    confirm_by_code,
    reject_by_code,
)
from renwang.cases.sms_rules import (
    Said,
    Wish,
    is_heard,
    is_told_how,
    places_in,
    read_text,
)
from renwang.cases.telling_rules import is_number
from renwang.chain.models import Building, Unit
from renwang.chain.rules import Refusal
from renwang.chain.selectors.public import place_of_code, public_places, public_tops
from renwang.chain.words import say_refusal
from renwang.outreach.channels.sms_inbound import Text as Came

ANSWERS = "cases.text"
"""What the seal on an answer is for; see `base.envelopes`."""

KEPT = timedelta(days=3)  # the digests by which a text that is handed in again is known
_NAMED_AT_MOST = 3


def read_came(came: Came, now: datetime) -> bool:
    """Read a text, do what it says and lay the answer ready; says whether it was new."""
    number = plain_number(came.number)
    outside = _digest(f"{number} {came.key}")
    said = read_text(came.words)
    try:
        with transaction.atomic():
            if Text.objects.filter(outside=outside).exists():
                return False
            with override(said.language):
                words = _do(said, number, outside, came.at, now)
            _lay_ready(number, words, outside, now)
    except IntegrityError:
        if not Text.objects.filter(outside=outside).exists():
            raise  # the gateway hands it in again
        return False  # handed in twice at the same moment: the other one has read it
    return True


def _digest(text: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), f"cases.text:{text}".encode(), sha256).hexdigest()


def _lay_ready(number: str, words: str, outside: str, now: datetime) -> Text:
    return Text.objects.create(
        id=uuid7(now), outside=outside, at=now, due_at=now if words else None,
        sealed=seal(f"{number}\n{words}", ANSWERS) if words else "",
    )  # fmt: skip


def opened(text: Text) -> tuple[str, str]:
    """Give number and words of an answer that is to go out; empty where the seal cannot be opened."""
    number, _blank, words = unseal(text.sealed, ANSWERS).partition("\n")
    return number, words


def _count(what: str, number: str, now: datetime) -> int:
    # Under the counts of intake, which are forgotten by the hour.
    return next_number(f"cases.rate-{hour_of(now):%y%m%d%H}-{what}-{bucket_of(number, now)}")


def _do(said: Said, number: str, outside: str, at: datetime, now: datetime) -> str:
    """Do what a text says; give the answer, empty where there is none."""
    heard = _count("text", number, now)
    if not is_heard(heard):
        return text_words.too_many() if is_heard(heard - 1) else ""
    if said.wish is Wish.STOP:
        stop_number(number, now=now)
        return text_words.stopped()
    if said.wish is Wish.START:
        start_number(number, now=now)
        return text_words.started()
    if said.wish is Wish.HOW:
        is_told = is_told_how(_count("how", number, now))
        return text_words.how_to() if is_told else ""
    try:
        with transaction.atomic():
            if said.wish is Wish.REPORT:
                return _report(said, number, outside, at, now)
            return _act(said, number, now)
    except ReportedTooOften:
        return text_words.too_many()
    except Refusal as refusal:
        return say_refusal(refusal)


# --- reports --------------------------------------------------------------------


def _report(said: Said, number: str, outside: str, at: datetime, now: datetime) -> str:
    found = _place_of(said.words)
    if isinstance(found, list):
        if found:
            return text_words.place_meant(found)
        top = _top_for_danger(said.words)
        if top is None:
            return text_words.place_unknown()
        found = (top, None, "", said.words)
    unit, building, place, words = found
    told = Report(
        words, f"text:{outside}", contact=number, place=place, building=building,
        language=said.language, came_at=at, tells=is_number(number),
    )  # fmt: skip
    taken = report_by_text(told, unit, now=now)
    return text_words.came_in(taken.case, taken.code)


Place = tuple[Unit, Building | None, str, str]


def _place_of(words: str) -> Place | list[Unit]:
    """Find the place that a report begins with: a code on a wall, or the longest name; else those it may mean."""
    head, _blank, rest = words.partition(" ")
    if rest.strip() and len(head) <= 40:
        coded = place_of_code(fold_width(head)) or place_of_code(fold_width(head).upper())
        coded = coded or _by_official_code(fold_width(head))
        if coded is not None:
            unit, building = coded
            return unit, building, building.name if building else "", rest.strip()
    said = dict(places_in(words))
    named = list(public_places().filter(name__in=list(said)).select_related("parent"))
    if not named:
        return []
    longest = max(len(one.name) for one in named)
    best = [one for one in named if len(one.name) == longest]
    if len(best) > 1:
        return sorted(best, key=lambda one: one.path)[:_NAMED_AT_MOST]
    return _narrowed(best[0], said[best[0].name])


def _narrowed(unit: Unit, words: str) -> Place:
    """Go down as far as the words name places below: `石桥社区第一网格 …` is the grid."""
    while True:
        said = dict(places_in(words))
        below = public_places().filter(path__under=unit.path, name__in=list(said))
        deeper = list(below.exclude(pk=unit.pk)[:2])
        if len(deeper) != 1:
            return unit, None, "", words
        unit, words = deeper[0], said[deeper[0].name]


def _by_official_code(code: str) -> tuple[Unit, None] | None:
    unit = public_places().filter(code=code).first() if code.isdigit() else None
    return (unit, None) if unit else None


def _top_for_danger(words: str) -> Unit | None:
    """Give the place that hears of a danger whose place is not said: the topmost one, where there is only one."""
    if not find_danger(search_key(words), config.alarms()):
        return None
    tops = public_tops()
    return tops[0] if len(tops) == 1 else None


# --- what the reporter does -------------------------------------------------------


def _act(said: Said, number: str, now: datetime) -> str:
    own = case_of_code(said.code) or _case_of_number(said.code, number)
    if own is None:
        return text_words.unknown_code()
    if said.wish is Wish.ADD:
        add_by_code(own, said.words, now=now)
    elif said.wish is Wish.CONFIRM:
        confirm_by_code(own, now=now, via=Via.SMS)
    elif said.wish is Wish.REJECT:
        reject_by_code(own, said.words, now=now, via=Via.SMS)
    own = Case.objects.select_related("merged_into").defer("search").get(pk=own.pk)
    head = own.merged_into or own
    if said.wish is not Wish.ASK:
        return text_words.thanks(head)
    return text_words.standing(own, head, head.answers.order_by("-number").first())


def _case_of_number(ref: str, number: str) -> Case | None:
    """Find a case by its number for whoever writes from the telephone that its reporter left."""
    case = Case.objects.filter(ref=ref.replace(" ", "-")).only("pk", "merged_into").first()
    sealed = Reporter.objects.filter(case=case).values_list("sealed", flat=True).first()
    if case is None or not sealed or plain_number(unseal(sealed, CONTACTS)) != number:
        return None
    return case


# --- told without being asked ------------------------------------------------------


def text_reporters(case_ids: Sequence[UUID], *, asked: bool, now: datetime) -> int:
    """Lay the answer, or the question, ready for those who reported by text message; return for how many."""
    told = 0
    rows = Reporter.objects.filter(case__in=case_ids, case__via=Via.SMS).select_related("case")
    for reporter in rows:
        case, number = reporter.case, unseal(reporter.sealed, CONTACTS)
        with override(case.language or settings.LANGUAGE_CODE):
            key, words = _question(case) if asked else _answer(case)
        outside = _digest(key)
        if (
            number
            and words
            and not is_stopped(number)
            and not Text.objects.filter(outside=outside).exists()
        ):
            _lay_ready(number, words, outside, now)
            told += 1
    return told


def _answer(case: Case) -> tuple[str, str]:
    last: Answer | None = case.answers.order_by("-number").first()
    if last is None or not case.is_live:
        return "", ""
    return f"answer {case.pk} {last.number}", text_words.standing(case, case, last)


def _question(case: Case) -> tuple[str, str]:
    last = Step.objects.filter(case=case, act=Act.ASK).order_by("-pk").first()
    if last is None or case.waits_for != "reporter":
        return "", ""
    return f"question {last.pk}", text_words.asked(case, last.words)


def forget_texts(now: datetime) -> int:
    """Forget what is known of texts whose answer has gone out; return how many were forgotten."""
    return Text.objects.filter(due_at=None, at__lt=now - KEPT).delete()[0]
