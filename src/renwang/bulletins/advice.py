"""What to do, by hazard: the advice that ships, and a place's own words where it has some."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Hazard:
    """One kind of trouble: the words by which a warning names it, its name and advice by language."""

    key: str
    words: tuple[str, ...]
    names: Mapping[str, str]
    texts: Mapping[str, str]

    def name(self, language: str) -> str:
        """Name it in a language, else in English."""
        return self.names.get(language) or self.names["en"]


@dataclass(frozen=True, slots=True)
class Advice:
    """What to do in one kind of trouble."""

    hazard: str
    name: str
    text: str
    is_own: bool = False  # the place's own words

    @property
    def lines(self) -> list[str]:
        """The steps one by one."""
        return [line for line in self.text.splitlines() if line.strip()]


@cache
def hazards() -> tuple[Hazard, ...]:
    """Return the kinds of trouble that are known, in the order in which they are shown."""
    data = json.loads(
        files("renwang.bulletins").joinpath("data/advice.json").read_text(encoding="utf-8")
    )
    return tuple(
        Hazard(
            one["hazard"],
            tuple(one["words"]),
            {language: one[language]["name"] for language in ("zh-hans", "en")},
            {language: one[language]["text"] for language in ("zh-hans", "en")},
        )
        for one in data
    )


def advice_of(language: str, own: Sequence[Mapping[str, Any]] = ()) -> list[Advice]:
    """Give the advice for every hazard in a language; a place's own words stand in place of ours."""
    said = {one["hazard"]: one["text"] for one in own}
    return [
        Advice(
            hazard.key,
            hazard.name(language),
            said.get(hazard.key) or hazard.texts.get(language) or hazard.texts["en"],
            hazard.key in said,
        )
        for hazard in hazards()
    ]


def meant_by(words: Iterable[str]) -> set[str]:
    """Say which hazards some words speak of: the names of warnings in force."""
    text = " ".join(words).casefold()
    return {hazard.key for hazard in hazards() if any(word in text for word in hazard.words)}
