"""A case comes in: from anybody without an account, from the field, or entered at the desk, in his own words.

Everything that this sets going is one transaction: the case, where it goes,
its clocks, the fact, and the call to whoever must look at it. Sent again
under the key it was made with, it is the same case.
"""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_bytes
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from renwang.base import journal
from renwang.base.buckets import bucket_of, hour_of
from renwang.base.composed import Writing
from renwang.base.envelopes import seal
from renwang.base.models import Counter
from renwang.base.pure.ids import short_code, uuid7
from renwang.base.pure.text import search_key, trim
from renwang.base.references import count_up
from renwang.cases import config, photos, voices
from renwang.cases.clock_rules import ClockKind, Term, begun
from renwang.cases.kind_rules import OTHER, Kind, find_danger
from renwang.cases.models import Case, Clock, Photo, Reporter, Step, Voice
from renwang.cases.rules import (
    CONTACT_AT_MOST,
    CameInTheFuture,
    ReportedTooOften,
    State,
    Via,
    WordsTooLong,
    check_words,
    is_too_often,
)
from renwang.cases.services.moving import By, hand_of, new_clock
from renwang.cases.services.telling import new_telling
from renwang.cases.telling_rules import Event, NumberMissing, is_number
from renwang.cases.voice_rules import Heard
from renwang.cases.waiting import waiting_case
from renwang.cases.workday_rules import Calendar
from renwang.chain.models import Building, Unit
from renwang.chain.reach import require
from renwang.outreach.services.errands import compose_errand
from renwang.registers.duties.rules import Phase
from renwang.registers.duties.selectors.answering import answering_for

PUBLIC, TEXTED = "node:public", "node:sms"
CONTACTS = "cases.reporter"
"""What the seal on a contact is for; see `base.envelopes`."""
CODES = "cases.code"
"""What the seal on a reporter's code is for: kept only where he agreed to be told by message."""

CLOCKS_DIFFER_BY = timedelta(minutes=10)
_RATE = "cases.rate-"
_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 16


@dataclass(frozen=True, slots=True)
class Report:
    """What somebody brings. `key` was made where it was written: the same key again is the same case."""

    words: str
    key: str
    kind: str = ""
    contact: str = ""
    place: str = ""
    door: str = ""
    building: Building | None = None
    lon: float | None = None  # WGS-84; the door has converted it
    lat: float | None = None
    came_at: datetime | None = None  # where it was said before it was entered
    language: str = ""
    files: Sequence[bytes] = field(default=(), repr=False)
    sounds: Sequence[bytes] = field(default=(), repr=False)
    tells: bool = False  # he agrees to be told by text message
    tells_code: bool = False  # and wants his code that way too


@dataclass(frozen=True, slots=True)
class Taken:
    """The case that a report has become, and the code by which its reporter finds it."""

    case: Case
    code: str
    is_new: bool


def report_publicly(report: Report, unit: Unit, *, address: str, now: datetime) -> Taken:
    """Take in what anybody brings, without an account. The address is kept nowhere; see `base.buckets`.

    Refuses with `ReportedTooOften`, `WordsMissing`, `WordsTooLong`, `KindUnknown`,
    `NumberMissing` and what `photos` refuses.
    """
    return _take_in(report, unit, Via.WEB, by=PUBLIC, now=now, address=address)


def report_by_text(report: Report, unit: Unit, *, now: datetime) -> Taken:
    """Take in what anybody brings by text message; the number is the sealed contact and how much comes by it is counted.

    Refuses like `report_publicly`.
    """
    return _take_in(report, unit, Via.SMS, by=TEXTED, now=now, address=report.contact)


def enter_report(report: Report, unit: Unit, via: Via, *, by: By, now: datetime) -> Taken:
    """Enter what somebody said to one of ours, or what one of ours has seen himself.

    Refuses like `report_publicly`, and with `CameInTheFuture` and `reach.NotInReach`.
    """
    require(by, "cases.report", at=unit.path)
    if report.came_at is not None and report.came_at > now + CLOCKS_DIFFER_BY:
        raise CameInTheFuture
    return _take_in(report, unit, via, by=by, now=now)


def _take_in(
    report: Report, unit: Unit, via: Via, *, by: By, now: datetime, address: str = ""
) -> Taken:
    heard = voices.listen(report.sounds)
    words = report.words if report.words.strip() or not heard else voices.unwritten(report.language)
    words = check_words(words)
    if len(report.contact) > CONTACT_AT_MOST:
        raise WordsTooLong(most=CONTACT_AT_MOST)
    if report.tells and not is_number(report.contact):
        raise NumberMissing
    outside = digest_of(f"key:{report.key}")
    drawn = photos.draw(report.files)
    made = _prepared(report, unit, words, heard, now)
    for _again in range(3):
        if (known := _known(outside)) is not None:
            return Taken(known, code_of(report.key), False)
        case, writing, shots, spoken = _composed(
            report, words, outside, unit, via, drawn, made, by=by, now=now
        )
        try:
            with transaction.atomic():
                if address and is_too_often(_count(address, now)):
                    raise ReportedTooOften
                writing.run()
            return Taken(case, code_of(report.key), True)
        except BaseException as trouble:
            photos.drop(shots)
            voices.drop(spoken)
            if not isinstance(trouble, IntegrityError):
                raise
            # Sent twice at the same moment, or two numbers alike: look again.
    raise RuntimeError("a case could not be numbered")


def _known(outside: str) -> Case | None:
    """Find the case that a key has become already; hardly ever there is one, and asking must cost little."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT ref FROM {Case._meta.db_table} WHERE outside = %s",  # noqa: S608
            [outside],
        )
        found = cursor.fetchone()
    return Case.objects.get(ref=found[0]) if found else None


@dataclass(frozen=True, slots=True)
class _Prepared:
    """What is found out before the write begins, so that nobody waits for it."""

    calendar: Calendar
    kind: Kind
    holder: Unit
    key: str
    alarm: str
    heard: Sequence[Heard]


def _prepared(
    report: Report, unit: Unit, words: str, heard: Sequence[Heard], now: datetime
) -> _Prepared:
    calendar, kinds = config.current()
    key = search_key(words)
    alarm = find_danger(key, config.alarms())
    guess = "danger" if alarm and "danger" in kinds else OTHER
    kind = config.kind_of(kinds, report.kind or guess)
    return _Prepared(calendar, kind, route(unit, kind, now), key, alarm, heard)


def _composed(
    report: Report,
    words: str,
    outside: str,
    unit: Unit,
    via: Via,
    drawn: Sequence[photos.Drawn],
    made: _Prepared,
    *,
    by: By,
    now: datetime,
) -> tuple[Case, Writing, list[Photo], list[Voice]]:
    """Make every row ready, and put pictures and sounds on the disk: the write itself is over in a moment."""
    calendar, kind, holder = made.calendar, made.kind, made.holder
    key, alarm = made.key, made.alarm
    case = Case(
        id=uuid7(now),
        code=digest_of(code_of(report.key)),
        outside=outside,
        words=words,
        search=" ".join(part for part in (key, search_key(report.place)) if part),
        language=report.language[:10],
        kind=kind.key,
        via=via,
        alarm=alarm[:40],
        unit=unit,
        path=unit.path,
        building=report.building,
        door=trim(report.door)[:20],
        place=trim(report.place)[:200],
        lon=report.lon,
        lat=report.lat,
        state=State.RECEIVED,
        holder=holder,
        held_path=holder.path,
        came_at=min(report.came_at or now, now),
        received_at=now,
        since=now,
        entered_by=hand_of(by),
    )
    case.ref = _reference(case.pk, now)
    clocks = _clocks(case, kind, begun(kind.terms, now, calendar), now, is_alarm=bool(alarm))
    case.due_at = min(clock.due_at for clock in clocks)
    writing = Writing()
    writing.add(case)
    if contact := trim(report.contact):
        code = seal(code_of(report.key), CODES) if report.tells else ""
        sealed = seal(contact, CONTACTS)
        writing.add(Reporter(case=case, sealed=sealed, agrees=report.tells, code=code, at=now))
        if report.tells and report.tells_code:
            writing.add(new_telling(case.pk, Event.RECEIVED, now))
    writing.add(*clocks)
    come = {"via": via}
    writing.add(Step(case=case, act="come", is_shown=True, by=hand_of(by), at=now, facts=come))
    shots = photos.as_rows(
        Photo, case, drawn, by=hand_of(by), now=now, is_reporters=True, is_shown=True
    )
    spoken = voices.as_rows(
        case, made.heard, by=hand_of(by), now=now, is_reporters=True, is_shown=True
    )
    writing.add(*shots)
    writing.add(*spoken)
    writing.add(
        journal.compose(
            "cases.reported", case, by=by, at=now, kind=case.kind, via=via, alarm=bool(alarm),
            held_path=case.held_path, due_at=case.due_at, photos=len(drawn),
        )
    )  # fmt: skip
    urgent = kind.terms.receive.is_urgent
    waiting = waiting_case(case, due_at=case.due_at, now=now, is_urgent=urgent)
    writing.add(compose_errand(waiting, now))
    return case, writing, shots, spoken


ALARM = Term(minutes=10)
"""How long a report with a word of danger in it may lie unseen, whatever its kind."""


def _clocks(
    case: Case,
    kind: Kind,
    dues: Mapping[ClockKind, datetime],
    now: datetime,
    *,
    is_alarm: bool,
) -> list[Clock]:
    terms = {
        ClockKind.RECEIVE: kind.terms.receive,
        ClockKind.FIRST_REPLY: kind.terms.first_reply,
        ClockKind.ANSWER: kind.terms.answer,
    }
    found = []
    for which, due_at in dues.items():
        urgent, until = terms[which].is_urgent, due_at
        if is_alarm and which is ClockKind.RECEIVE:
            urgent, until = True, min(due_at, now + timedelta(minutes=ALARM.minutes))
        found.append(new_clock(case, which, until, now, is_urgent=urgent))
    return found


def route(unit: Unit, kind: Kind, now: datetime) -> Unit:
    """Say whose a new case is: who leads by the duties list, else the place itself; one statement at most."""
    return route_named(unit, kind, now) or unit


def route_named(unit: Unit, kind: Kind, now: datetime) -> Unit | None:
    """Say whom the duties list names for a kind of case at a place; None is a gap in the list."""
    if not kind.hazard:
        return None
    answer = answering_for(unit, kind.hazard, Phase.PREVENT, at=now)
    return answer.post.unit if answer and answer.post is not None else None


def _reference(key: UUID, now: datetime) -> str:
    """Compose a number that can be said over the telephone and betrays no count; nobody waits for it."""
    day = now.astimezone(timezone.get_default_timezone())
    return f"{settings.RENWANG_NODE_PREFIX}C-{day:%y%m%d}-{short_code(key)[:6]}"


# --- the code of the reporter ---------------------------------------------------


def code_of(key: str) -> str:
    """Derive the reporter's code from the key of his report, so that sending it again gives the same one."""
    made = hmac.new(settings.SECRET_KEY.encode(), f"cases.code:{key}".encode(), sha256).digest()
    return _as_letters(made)


def fresh_code() -> str:
    """Make a code that comes from nothing."""
    return _as_letters(token_bytes(32))


def read_code(text: str) -> str:
    """Read a code as people write it: blanks and hyphens do not matter, nor does the case of letters."""
    return "".join(sign for sign in text.upper() if sign.isascii() and sign.isalnum())[:32]


def show_code(code: str) -> str:
    """Show a code in groups of four, to be read aloud."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def digest_of(code: str) -> str:
    """Give what the database keeps of a code: from it nobody comes back to the code."""
    return sha256(f"renwang.cases:{code}".encode()).hexdigest()


def _as_letters(raw: bytes) -> str:
    number, letters = int.from_bytes(raw, "big"), []
    for _place in range(CODE_LENGTH):
        number, digit = divmod(number, len(_LETTERS))
        letters.append(_LETTERS[digit])
    return "".join(letters)


# --- how much comes by one connection -------------------------------------------


def _count(address: str, now: datetime) -> int:
    return count_up(f"{_RATE}{hour_of(now):%y%m%d%H}-{bucket_of(address, now)}")


def forget_rates(now: datetime) -> int:
    """Forget the counts of hours that are over; return how many were forgotten."""
    old = Counter.objects.filter(name__startswith=_RATE)
    return old.exclude(name__startswith=f"{_RATE}{hour_of(now):%y%m%d%H}-").delete()[0]
