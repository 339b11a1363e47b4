"""The copy of what is held about a reporter and his case, for himself: as tables to read, and the same as data.

Whoever has the code may have it. His contact is opened for him; what was
written by colleagues for each other, and whatever belongs to other reporters,
is not in it, and the copy says so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import pgettext

from renwang.base import journal
from renwang.base.envelopes import unseal
from renwang.base.models import Entry
from renwang.cases import config
from renwang.cases.models import Answer, Reporter, Step
from renwang.cases.names import ENDS, EVENTS, FATES, STATES, STEPS, WAYS, WHYS
from renwang.cases.rules import CodeUnknown, State, Via
from renwang.cases.services.answering import REPORTER_KEPT_FOR
from renwang.cases.services.intake import CONTACTS
from renwang.cases.services.moving import REPORTER
from renwang.cases.telling_rules import Fate
from renwang.cases.tracking import Tracked, track
from renwang.chain.selectors.naming import known_as
from renwang.outreach.channels.words import say_trouble

LOOKS = ("cases.contact_read", "sharing.contact_read")
"""The facts of somebody having opened how a reporter can be reached."""


@dataclass(frozen=True, slots=True)
class Section:
    """One table of a copy: what it holds, its columns with their titles, and the rows. `key` names it as data."""

    key: str
    title: str
    columns: Sequence[tuple[str, str]]
    rows: Sequence[Mapping[str, Any]]

    def cells(self) -> list[list[Any]]:
        """Give the rows as they are read, column by column."""
        return [[row[key] for key, _title in self.columns] for row in self.rows]


@dataclass(frozen=True, slots=True)
class Copy:
    """Everything that is held about a case and its reporter at a moment."""

    ref: str
    at: datetime
    sections: Sequence[Section]
    tracked: Tracked  # with the photographs and voice messages that go along

    def data(self) -> dict[str, Any]:
        """Give the same as data, for a machine."""
        found: dict[str, Any] = {"case": self.ref, "made_at": _moment(self.at)}
        return found | {one.key: [dict(row) for row in one.rows] for one in self.sections}


@transaction.atomic
def take_copy(code: str, *, now: datetime) -> Copy:
    """Make the copy for whoever has the code; that it was taken is a fact. Refuses with `CodeUnknown`."""
    tracked = track(code)
    if tracked is None:
        raise CodeUnknown
    reporter = Reporter.objects.filter(case=tracked.own).first()
    made = Copy(
        tracked.own.ref,
        now,
        [
            _case(tracked),
            _contact(reporter),
            _steps(tracked),
            _answers(tracked.answers),
            _files(tracked),
            _tellings(tracked),
            _looks(tracked),
            _kept(tracked, reporter),
            _left_out(tracked),
        ],
        tracked,
    )
    journal.record("cases.copy_taken", tracked.own, by=REPORTER, at=now)
    return made


def _case(tracked: Tracked) -> Section:
    own, head = tracked.own, tracked.head
    said: list[tuple[str, str, Any]] = [
        ("ref", pgettext("copy", "Number"), own.ref),
        ("words", pgettext("copy", "Your words"), own.words),
        ("kind", pgettext("copy", "Kind"), config.name_of(config.kinds(), own.kind)),
        ("via", pgettext("copy", "Came by"), str(WAYS[Via(own.via)])),
        ("unit", pgettext("copy", "Place"), own.unit.name),
        ("place", pgettext("copy", "Where exactly"), own.place),
        ("door", pgettext("copy", "Entrance or door"), own.door),
        ("position", pgettext("copy", "Position"), _position(own.lat, own.lon)),
        ("language", pgettext("copy", "Language"), own.language),
        ("came_at", pgettext("copy", "Said at"), _moment(own.came_at)),
        ("received_at", pgettext("copy", "Received at"), _moment(own.received_at)),
        ("state", pgettext("copy", "Where it stands"), str(STATES[State(head.state)])),
        ("end", pgettext("copy", "How it ended"), str(ENDS.get(head.end, ""))),
        ("closed_at", pgettext("copy", "Closed at"), _moment(head.closed_at)),
        ("alarm", pgettext("copy", "Word of danger found in it"), own.alarm),
        ("masked", pgettext("copy", "What others read instead"), own.masked),
        ("mask_reason", pgettext("copy", "Why"), own.mask_reason),
    ]
    rows = [{"what": key, "name": name, "value": value} for key, name, value in said if value]
    return Section("about", pgettext("copy", "Your case"), [("name", ""), ("value", "")], rows)


def _contact(reporter: Reporter | None) -> Section:
    rows = []
    if reporter is not None:
        agreed = pgettext("copy", "yes") if reporter.agrees else pgettext("copy", "no")
        contact = unseal(reporter.sealed, CONTACTS)
        rows = [{"contact": contact, "agrees": agreed, "at": _moment(reporter.at)}]
    columns = [
        ("contact", pgettext("copy", "Contact")),
        ("agrees", pgettext("copy", "Agrees to text messages")),
        ("at", pgettext("copy", "Since")),
    ]
    return Section("contact", pgettext("copy", "How you can be reached"), columns, rows)


def _steps(tracked: Tracked) -> Section:
    rows = [
        {"at": _moment(one.at), "step": str(STEPS.get(one.act, one.act)), "words": one.words}
        for one in tracked.steps
    ]
    columns = [
        ("at", pgettext("copy", "When")),
        ("step", pgettext("copy", "Step")),
        ("words", pgettext("copy", "Words")),
    ]
    return Section("steps", pgettext("copy", "What happened"), columns, rows)


def _answers(answers: Sequence[Answer]) -> Section:
    columns = [
        ("at", pgettext("copy", "When")), ("end", pgettext("copy", "How it ended")), ("words", pgettext("copy", "Words")),
        ("who", pgettext("copy", "By whom")), ("ground", pgettext("copy", "On what ground")),
        ("following", pgettext("copy", "What comes next")), ("helped_words", pgettext("copy", "What you said of it")),
    ]  # fmt: skip
    rows = [
        {name: getattr(one, name) for name, _title in columns}
        | {"at": _moment(one.at), "end": str(ENDS.get(one.end, one.end))}
        for one in answers
    ]
    return Section("answers", pgettext("copy", "Answers to you"), columns, rows)


def _files(tracked: Tracked) -> Section:
    rows = [
        {"file": name_of_photo(number), "at": _moment(one.at), "bytes": one.size, "transcript": ""}
        for number, one in enumerate(tracked.photos, 1)
    ] + [
        {"file": name_of_voice(number, one.kind), "at": _moment(one.at), "bytes": one.size,
         "transcript": one.transcript}
        for number, one in enumerate(tracked.voices, 1)
    ]  # fmt: skip
    columns = [
        ("file", pgettext("copy", "File")), ("at", pgettext("copy", "When")), ("bytes", pgettext("copy", "Bytes")),
        ("transcript", pgettext("copy", "Written down of it")),
    ]  # fmt: skip
    return Section("files", pgettext("copy", "Photographs and voice messages"), columns, rows)


def name_of_photo(number: int) -> str:
    """Name a photograph within the copy."""
    return f"photo-{number}.jpg"


def name_of_voice(number: int, kind: str) -> str:
    """Name a voice message within the copy."""
    return f"voice-{number}.{kind}"


def _tellings(tracked: Tracked) -> Section:
    rows = [
        {
            "at": _moment(one.ended_at or one.at),
            "event": str(EVENTS[one.about]),
            "state": str(FATES[Fate(one.state)]),
            "trouble": str(WHYS.get(one.trouble) or say_trouble(one.trouble))
            if one.trouble
            else "",
        }
        for one in tracked.tellings
    ]
    columns = [
        ("at", pgettext("copy", "When")), ("event", pgettext("copy", "What it told you of")),
        ("state", pgettext("copy", "What became of it")), ("trouble", pgettext("copy", "Why not")),
    ]  # fmt: skip
    return Section("messages", pgettext("copy", "Text messages to you"), columns, rows)


def _looks(tracked: Tracked) -> Section:
    own = tracked.own
    facts = list(Entry.objects.filter(subject_id=str(own.pk), verb__in=LOOKS).order_by("id"))
    names = known_as(one.actor for one in facts)
    rows = [{"at": _moment(one.at), "who": names.get(one.actor, "")} for one in facts]
    columns = [("at", pgettext("copy", "When")), ("who", pgettext("copy", "Who"))]
    return Section("looks", pgettext("copy", "Who opened how you can be reached"), columns, rows)


def _kept(tracked: Tracked, reporter: Reporter | None) -> Section:
    own = tracked.own
    kind = config.kinds().get(own.kind) or config.kinds()["other"]
    words = _moment(own.erase_at) or pgettext("copy", "{days} days after it is closed").format(
        days=kind.kept_days
    )
    rows = [
        {
            "what": pgettext("copy", "Words, places, photographs, voice messages, answers"),
            "until": words,
        }
    ]
    if reporter is not None:
        until = _moment(reporter.erase_at) or pgettext(
            "copy", "{days} days after it is closed"
        ).format(days=REPORTER_KEPT_FOR.days)
        rows.append({"what": pgettext("copy", "How you can be reached"), "until": until})
    rows.append(
        {
            "what": pgettext("copy", "Kind, unit, dates and how it ended"),
            "until": pgettext("copy", "kept; names nobody"),
        }
    )
    columns = [
        ("what", pgettext("copy", "What is kept")),
        ("until", pgettext("copy", "Until when")),
    ]
    return Section("kept", pgettext("copy", "How long it is kept"), columns, rows)


def _left_out(tracked: Tracked) -> Section:
    inner = Step.objects.filter(case=tracked.own, is_shown=False).count()
    rows = [
        {"what": pgettext("copy", "Steps and notes between colleagues"), "number": inner},
        {"what": pgettext("copy", "Whatever other people reported, where cases were merged"), "number": ""},
        {"what": pgettext("copy", "What parties of a mediation told in confidence: ask the mediator"), "number": ""},
        {"what": pgettext("copy", "The care list: whoever stands on it sees it by the code of its slip"), "number": ""},
    ]  # fmt: skip
    columns = [
        ("what", pgettext("copy", "What is not in this copy")),
        ("number", pgettext("copy", "How many")),
    ]
    return Section("left_out", pgettext("copy", "What is not in this copy"), columns, rows)


def _moment(at: datetime | None) -> str:
    return timezone.localtime(at).isoformat(" ", "minutes") if at else ""


def _position(lat: float | None, lon: float | None) -> str:
    return f"{lat:.5f}, {lon:.5f}" if lat is not None and lon is not None else ""
