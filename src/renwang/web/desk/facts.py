"""Tell facts of the journal in the reader's language.

Who acted is always named: that is what a journal is for. Whom it was about is
named only to who may see people there.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from string import Formatter
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from renwang.base.journal import sentence_of, sentences
from renwang.base.models import Entry
from renwang.chain.reach import BUNDLE_NAMES, Viewer
from renwang.chain.selectors.naming import Named, NamedPlace, names_of, places_at
from renwang.web.frame.tags.signs import as_written

NODE_PARTS = {
    "alerts": gettext_lazy("The node (warnings)"),
    "bulletins": gettext_lazy("The node (bulletins)"),
    "duties": gettext_lazy("The node (duties list)"),
    "public": gettext_lazy("Somebody on the public page"),
    "feed": gettext_lazy("The node (feeds)"),
    "outreach": gettext_lazy("The node (calls)"),
    "sms": gettext_lazy("The node (text messages)"),
    "rehearsal": gettext_lazy("The node (rehearsal)"),
    "import": gettext_lazy("The node (import)"),
    "shell": gettext_lazy("The node (command line)"),
    "invented": gettext_lazy("The node (invention)"),
    "demo": gettext_lazy("The node (demonstration)"),
}
"""What of the node acts by itself, as `by=` names it after `node:`."""

# The first part of a verb, as a reader chooses it.
AREAS = {
    "chain": gettext_lazy("Units, posts, people"),
    "alerts": gettext_lazy("Warnings"),
    "bulletins": gettext_lazy("Bulletins and questions"),
    "duties": gettext_lazy("Duties list"),
    "outreach": gettext_lazy("Calls and receipts"),
    "response": gettext_lazy("Rehearsals"),
}

# Facts that are words of whoever acted: shown as he wrote them, in whatever language.
WORDS = frozenset(
    ["answer", "nature", "note", "question", "reason", "remark", "said", "sentence", "words"]
)


@dataclass(frozen=True, slots=True)
class Told:
    """One fact as a reader sees it; addresses are empty where he may not follow them.

    `shown` is the sentence for a page, with the words of others marked as theirs.
    """

    seq: int
    at: datetime
    verb: str
    sentence: str
    shown: SafeString
    actor: str
    place: str
    place_url: str
    subject_url: str
    is_drill: bool


def tell(entries: Sequence[Entry], viewer: Viewer) -> list[Told]:
    """Tell some facts, naming people and places with three statements at most."""
    said = [_said(entry) for entry in entries]
    people = names_of(viewer, _people_in(said))
    places = places_at(viewer, {entry.place for entry in entries})
    return [_told(one, people, places) for one in said]


def verbs_by_area() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return every declared verb under its area, as choices; a whole area is `area.`."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for verb, sentence in sentences().items():
        area = verb.partition(".")[0]
        groups.setdefault(area, []).append((verb, _blanked(str(sentence))))
    return [
        (
            str(AREAS.get(area, area)),
            [(f"{area}.", _("Everything of this kind")), *sorted(verbs, key=lambda one: one[1])],
        )
        for area, verbs in groups.items()
    ]


def say_actor(actor: str, people: Mapping[UUID, Named]) -> str:
    """Name who acted: a person, or the part of the node that acted by itself."""
    kind, _colon, key = actor.partition(":")
    if kind == "person":
        named = people.get(_uuid(key))
        return named.name if named else _("Somebody no longer known")
    if kind == "node":
        return str(NODE_PARTS.get(key) or _("The node ({part})").format(part=key))
    return actor


@dataclass(frozen=True, slots=True)
class _Said:
    """A fact with its sentence, and of what was recorded only what the sentence asks for."""

    entry: Entry
    sentence: str
    facts: Mapping[str, Any]


def _said(entry: Entry) -> _Said:
    """Leave out what no sentence shows: a batch of receipts holds two thousand of them."""
    facts = entry.facts
    sentence = sentence_of(entry.verb, facts)
    return _Said(entry, sentence, {key: facts[key] for key in _asked_by(sentence) if key in facts})


@cache
def _asked_by(sentence: str) -> frozenset[str]:
    """The facts that a sentence asks for, and those that may name its subject."""
    fields = (field for _text, field, _form, _turn in Formatter().parse(sentence) if field)
    return frozenset(["name", "title", *fields])


def _told(said: _Said, people: Mapping[UUID, Named], places: Mapping[str, NamedPlace]) -> Told:
    entry, actor = said.entry, say_actor(said.entry.actor, people)
    words = {key: _value(key, value, people) for key, value in said.facts.items()}
    words["actor"], words["subject"] = actor, _subject(entry, said.facts, people)
    place = places.get(entry.place)
    return Told(
        entry.seq,
        entry.at,
        entry.verb,
        said.sentence.format_map(_Known(words)),
        _marked(said.sentence, words),
        actor,
        place.name if place else "",
        reverse("desk:unit", args=[place.ref]) if place and place.in_reach else "",
        _address(entry, people, place),
        entry.drill is not None,
    )


def _marked(sentence: str, words: Mapping[str, Any]) -> SafeString:
    marked = {
        key: as_written(value) if key in WORDS else conditional_escape(value)
        for key, value in words.items()
    }
    return SafeString(escape(sentence).format_map(_Known(marked)))


def _subject(entry: Entry, facts: Mapping[str, Any], people: Mapping[UUID, Named]) -> str:
    if entry.subject_kind == "person":
        return _person(f"person:{entry.subject_id}", people)
    named = facts.get("name") or facts.get("title")
    return str(named or entry.subject_ref or entry.subject_id[-12:])


def _value(key: str, value: Any, people: Mapping[UUID, Named]) -> Any:
    if isinstance(value, str):
        if value.startswith("person:"):
            return _person(value, people)
        return str(BUNDLE_NAMES.get(value, value)) if key == "bundle" else value
    if isinstance(value, list):
        between = pgettext("between the items of a list", ", ")
        return between.join(str(_value(key, one, people)) for one in value)
    if isinstance(value, dict):
        return value.get("name", "")
    return f"{value:,}" if type(value) is int else value


def _person(key: str, people: Mapping[UUID, Named]) -> str:
    named = people.get(_uuid(key.partition(":")[2]))
    if named is None:
        return _("somebody no longer known")
    return named.name if named.in_reach else _("somebody outside your reach")


def _address(entry: Entry, people: Mapping[UUID, Named], place: NamedPlace | None) -> str:
    """Say where the subject can be seen; a place's own page when the fact is about the place."""
    kind, key = entry.subject_kind, entry.subject_id
    if kind == "person":
        named = people.get(_uuid(key))
        return reverse("desk:person", args=[key]) if named and named.in_reach else ""
    if place is None or not place.in_reach:
        return ""
    by_ref = {"unit": "desk:unit", "organisation": "desk:organisation"}
    by_key = {"post": "desk:post", "building": "desk:building"}
    if kind in by_ref and entry.subject_ref:
        return reverse(by_ref[kind], args=[entry.subject_ref])
    return reverse(by_key[kind], args=[key]) if kind in by_key else ""


def _people_in(told: Iterable[_Said]) -> set[UUID]:
    found: set[UUID | None] = set()
    for said in told:
        entry = said.entry
        found.add(_uuid(entry.actor.removeprefix("person:")))
        if entry.subject_kind == "person":
            found.add(_uuid(entry.subject_id))
        for value in said.facts.values():
            for one in value if isinstance(value, list) else [value]:
                if isinstance(one, str) and one.startswith("person:"):
                    found.add(_uuid(one.removeprefix("person:")))
    return {key for key in found if key is not None}


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _blanked(sentence: str) -> str:
    """Show a sentence without its facts, as the name of what happened."""
    return sentence.format_map(_Blank())


class _Known(dict):
    """Facts by name; a sentence that asks for more than was recorded shows a dash instead of failing."""

    def __missing__(self, key: str) -> str:
        return "–"


class _Blank(dict):
    """Every fact is three dots."""

    def __missing__(self, key: str) -> str:
        return "…"
