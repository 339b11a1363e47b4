"""Scenarios of rehearsals: the story as data, and the warnings in it as the weather service would send them.

A scenario is a JSON file in `scenarios/`; `habits.json` beside them says how
people behave. Every warning is an exercise by its status, so that no system
it might stray into could take it for a real one.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from renwang.alerts import cap
from renwang.response.people import Habits, Pace, Shift

_FOLDER = Path(__file__).parent / "scenarios"
_HABITS = "habits"
_SENDERS = "exercise.invalid"  # RFC 2606: no such domain ever exists
_SIX = 6
_NOWHERE = "990000"  # no province has 99; stands where a country's own codes are no six digits


class UnknownScenario(LookupError):
    """No scenario of that name is known."""

    def __init__(self, key: str):
        super().__init__(key)
        self.key = key


@dataclass(frozen=True, slots=True)
class Cue:
    """One message of a story: when it comes, and what it says in each language."""

    after: timedelta
    kind: cap.MsgType
    colour: str
    valid_for: timedelta
    headline: Mapping[str, str]
    description: Mapping[str, str]
    instruction: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Scenario:
    """A story of messages, and how long the person on duty takes to decide about the first."""

    key: str
    names: Mapping[str, str]
    about: Mapping[str, str]
    agency: str
    event: Mapping[str, str]
    sender_name: Mapping[str, str]
    lasts_for: timedelta
    decide_for: timedelta
    note: str
    cues: tuple[Cue, ...]

    def name(self, language: str) -> str:
        """The scenario's name in a language, else in Chinese."""
        return self.names.get(language) or self.names["zh-hans"]

    def says(self, language: str) -> str:
        """What happens in it, in a language, else in Chinese."""
        return self.about.get(language) or self.about["zh-hans"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a story happens: the official code and name, and corners of its border (longitude first)."""

    code: str
    name: str
    border: tuple[tuple[float, float], ...] = ()


@cache
def scenarios() -> Mapping[str, Scenario]:
    """Return every scenario by its key."""
    found = {}
    for path in sorted(_FOLDER.glob("*.json")):
        if path.stem != _HABITS:
            data = json.loads(path.read_text(encoding="utf-8"))
            found[data["key"]] = _read(data)
    return MappingProxyType(found)


def scenario(key: str) -> Scenario:
    """Return one scenario. Raises UnknownScenario."""
    try:
        return scenarios()[key]
    except KeyError:
        raise UnknownScenario(key) from None


def _read(data: Mapping[str, Any]) -> Scenario:
    cues = tuple(
        Cue(
            timedelta(minutes=cue["after_minutes"]),
            cap.MsgType(cue["kind"]),
            cue["colour"],
            timedelta(minutes=cue["valid_minutes"]),
            cue["headline"],
            cue["description"],
            cue["instruction"],
        )
        for cue in data["cues"]
    )
    return Scenario(
        data["key"],
        data["name"],
        data["about"],
        data["agency"],
        data["event"],
        data["sender_name"],
        timedelta(minutes=data["lasts_minutes"]),
        timedelta(seconds=data["decide_seconds"]),
        data["note"],
        cues,
    )


@cache
def habits() -> Habits:
    """Return how simulated people behave."""
    data = json.loads((_FOLDER / f"{_HABITS}.json").read_text(encoding="utf-8"))

    def paces(name: str) -> dict[str, Pace]:
        return {channel: Pace(**pace) for channel, pace in data[name].items()}

    return Habits(
        arrive=paces("arrive"),
        read=paces("read"),
        understand=Pace(**data["understand"]),
        pass_on=Pace(**data["pass_on"]),
        by_hand=paces("by_hand"),
        set_out=Pace(**data["set_out"]),
        door=Pace(**data["door"]),
        night=Shift(data["night_slower"], data["night_silent"]),
        ages=[(age["weight"], Shift(age["slower"], age["silent"])) for age in data["ages"]],
        colours={key: Shift(**shift) for key, shift in data["colours"].items()},
        **{name: data[name] for name in _PLAIN},
    )


_PLAIN = (
    "silent", "night_from", "night_until", "lost", "away", "only_reads", "never_passes_on", "opens",
    "reached_otherwise", "notes_each_door", "doubles", "late_read",
)  # fmt: skip


# --- the messages ------------------------------------------------------------

_SEVERITIES = {
    "red": cap.Severity.EXTREME,
    "orange": cap.Severity.SEVERE,
    "yellow": cap.Severity.MODERATE,
    "blue": cap.Severity.MINOR,
}
_RESPONSES = {
    "red": (cap.ResponseType.SHELTER, cap.ResponseType.EVACUATE),
    "orange": (cap.ResponseType.PREPARE, cap.ResponseType.AVOID),
    "yellow": (cap.ResponseType.PREPARE, cap.ResponseType.MONITOR),
    "blue": (cap.ResponseType.MONITOR,),
}


def compose_cue(
    story: Scenario, number: int, place: Place, begins_at: datetime, *, serial: int
) -> bytes:
    """Compose a message of a story as CAP, with an identifier of the Chinese profile.

    `begins_at` is the moment of the story's start by its own clock. `serial`
    (0 to 9) tells two stories apart that start in the same second.
    """
    sent = begins_at + story.cues[number].after
    before = begins_at + story.cues[number - 1].after if number else None
    return _compose(story, number, place, sent, before, serial)


def compose_lifting(
    story: Scenario, last: int, place: Place, begins_at: datetime, at: datetime, *, serial: int
) -> bytes:
    """Compose the story's last message before its time, to lift the message `last` when a rehearsal stops."""
    before = begins_at + story.cues[last].after
    return _compose(story, len(story.cues) - 1, place, at, before, serial)


def _compose(
    story: Scenario,
    number: int,
    place: Place,
    sent: datetime,
    before: datetime | None,
    serial: int,
) -> bytes:
    cue = story.cues[number]
    own = _reference(story, place, sent, serial)
    earlier = [_reference(story, place, before, serial)] if before is not None else []
    alert = cap.Alert(
        identifier=own.identifier,
        sender=own.sender,
        sent=own.sent,
        status=cap.Status.EXERCISE,
        msg_type=cue.kind,
        scope=cap.Scope.PUBLIC,
        note="演练 Exercise",
        references=cap.join_references(earlier),
        infos=tuple(_info(story, cue, place, sent, language) for language in cue.headline),
    )
    return cap.write(alert)


def _reference(story: Scenario, place: Place, sent: datetime, serial: int) -> cap.Reference:
    sent = sent.astimezone(cap.BEIJING)
    division = place.code[:_SIX].ljust(_SIX, "0")
    if not place.code or not division.isdigit():
        division = _NOWHERE
    identifier = cap.Identifier(
        division, story.agency[:3], story.agency[3:6], story.agency[6:], sent, serial
    )
    return cap.Reference(f"{identifier.issuer}@{_SENDERS}", str(identifier), cap.Moment.of(sent))


def _info(story: Scenario, cue: Cue, place: Place, sent: datetime, language: str) -> cap.Info:
    local = sent.astimezone(cap.BEIJING)
    when = (
        f"{local.month}月{local.day}日{local.hour}时{local.minute:02d}分"
        if language.startswith("zh")
        else f"at {local:%H:%M} on {local:%Y-%m-%d}"
    )

    def said(words: Mapping[str, str]) -> str:
        return words[language].format(place=place.name, when=when)

    lifted = cue.kind is cap.MsgType.CANCEL
    return cap.Info(
        language=language,
        categories=(cap.Category.MET,),
        event=story.event[language],
        responses=(cap.ResponseType.ALL_CLEAR,) if lifted else _RESPONSES[cue.colour],
        urgency=cap.Urgency.PAST if lifted else cap.Urgency.IMMEDIATE,
        severity=cap.Severity.MINOR if lifted else _SEVERITIES[cue.colour],
        certainty=cap.Certainty.OBSERVED if lifted else cap.Certainty.LIKELY,
        effective=cap.Moment.of(local),
        expires=cap.Moment.of(local + cue.valid_for),
        sender_name=said(story.sender_name),
        headline=said(cue.headline),
        description=said(cue.description),
        instruction=said(cue.instruction),
        parameters=(
            (cap.Named(cap.COLOUR_PARAMETER, cue.colour.capitalize()),) if cue.colour else ()
        ),
        areas=(_area(place),),
    )


def _area(place: Place) -> cap.Area:
    corners: Sequence[tuple[float, float]] = place.border
    return cap.Area(
        description=place.name,
        polygons=(cap.Polygon.of((lat, lon) for lon, lat in corners),) if corners else (),
        geocodes=(cap.Named("GB/T 2260", place.code[:_SIX]), cap.Named("GB/T 10114", place.code))
        if place.code
        else (),
    )
