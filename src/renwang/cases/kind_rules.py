"""Kinds of case: a tree as data, each with the terms it gives and the hazard by which the duties list names who leads. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from renwang.cases.clock_rules import Term, Terms
from renwang.chain.rules import Refusal

OTHER = "other"
"""The kind of what has no other: every tree has it."""

KEPT_DAYS = 730
"""Days after its end for which the words of a case are kept where its kind does not say otherwise."""


class KindsRefused(Refusal):
    """A tree of kinds that cannot be used; `fault` says why, `key` where."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of case. Terms are its own, or those of the kind it belongs to."""

    key: str
    names: Mapping[str, str]
    parent: str
    hazard: str  # of registers.hazards; empty where no hazard is meant
    terms: Terms
    kept_days: int

    def name(self, language: str) -> str:
        """Its name in a language, in English where there is none."""
        return self.names.get(language.lower().partition("-")[0]) or self.names["en"]


def read_kinds(rows: Sequence[Mapping[str, Any]]) -> Mapping[str, Kind]:
    """Read a tree of kinds from its JSON form, in its order. Refuses with `KindsRefused`.

    A kind stands after the one it belongs to; the tree has two levels.
    """
    found: dict[str, Kind] = {}
    for row in rows:
        key = str(row.get("key", ""))
        try:
            kind = _kind(key, row, found)
        except (KeyError, TypeError, ValueError, AttributeError):
            raise KindsRefused(fault="shape", key=key) from None
        if key in found:
            raise KindsRefused(fault="twice", key=key)
        found[key] = kind
    if OTHER not in found:
        raise KindsRefused(fault="other", key=OTHER)
    return MappingProxyType(found)


def _kind(key: str, row: Mapping[str, Any], found: Mapping[str, Kind]) -> Kind:
    above = found[row["parent"]] if row.get("parent") else None
    if not key.isidentifier() or len(key) > 40 or (above and above.parent):
        raise ValueError(key)
    terms = _terms(row["terms"]) if "terms" in row or above is None else above.terms
    names = {str(language): str(name) for language, name in row["names"].items()}
    if not names.get("en"):
        raise ValueError(key)
    kept = int(row.get("kept_days", above.kept_days if above else KEPT_DAYS))
    if kept < 30:
        raise ValueError(key)
    return Kind(
        key,
        MappingProxyType(names),
        above.key if above else "",
        str(row.get("hazard", above.hazard if above else "")),
        terms,
        kept,
    )


def _terms(said: Mapping[str, Any]) -> Terms:
    plain = {
        name: int(said[name]) for name in said if name not in ("receive", "first_reply", "answer")
    }
    return Terms(
        receive=_term(said["receive"]),
        first_reply=_term(said["first_reply"]),
        answer=_term(said["answer"]),
        **plain,
    )


def _term(said: Mapping[str, Any]) -> Term:
    term = Term(int(said.get("days", 0)), int(said.get("minutes", 0)))
    if not (0 <= term.days <= 365 and 0 <= term.minutes <= 10_080) or set(said) > {
        "days",
        "minutes",
    }:
        raise ValueError(said)
    return term


def ends_of(kinds: Mapping[str, Kind], key: str) -> list[str]:
    """Give a kind and those that belong to it: what a filter by it finds."""
    return [key, *(one.key for one in kinds.values() if one.parent == key)]


def grouped(kinds: Mapping[str, Kind], language: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Give the kinds to choose from, under the names of those they belong to."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for one in kinds.values():
        groups.setdefault(one.parent or one.key, []).append((one.key, one.name(language)))
    return [(kinds[key].name(language), choices) for key, choices in groups.items()]


def find_danger(words: str, alarms: Iterable[str]) -> str:
    """Give the first word of danger that stands in a text folded for searching; empty where none does."""
    return next((one for one in alarms if one in words), "")
