"""Bulletins and answers as a reader meets them: in his language, with who says so and what was changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from babel import Locale, UnknownLocaleError

from renwang.base.pure.differences import Run, difference
from renwang.bulletins.models import Bulletin, Question
from renwang.bulletins.rules import Source, sources_of, text_in, texts_of
from renwang.bulletins.speech_rules import read_aloud, seconds_for

# What is spoken in China's neighbourhoods and by their visitors; more is a line here.
OFFERED = (
    "zh-Hans", "en", "zh-Hant", "ug", "bo", "mn-Mong", "kk-Arab", "ko", "ii", "za", "vi", "ja",
    "ru", "ar", "fr", "es", "pt", "de", "hi", "ur", "th", "id", "ms", "fil", "my", "lo", "km",
)  # fmt: skip

# Names that are not in the tables of names.
_OWN_NAMES = {"mn-Mong": "ᠮᠣᠩᠭᠣᠯ", "zh-Hans": "简体中文", "zh-Hant": "繁體中文"}


@dataclass(frozen=True, slots=True)
class Said:
    """Words in one language, and who says so."""

    title: str
    text: str
    language: str
    languages: tuple[tuple[str, str], ...]  # all it is said in: tag and own name
    sources: tuple[Source, ...]

    @property
    def spoken(self) -> str:
        """The same for reading aloud."""
        return read_aloud(self.title, self.text, self.language)

    @property
    def minutes(self) -> int:
        """How long reading it aloud takes, in minutes begun."""
        return -(-seconds_for(self.spoken, self.language) // 60)

    @property
    def others(self) -> list[tuple[str, str]]:
        """The other languages it is said in."""
        return [one for one in self.languages if one[0] != self.language]


@dataclass(frozen=True, slots=True)
class Changed:
    """What a correction changed."""

    title: list[Run]
    text: list[Run]


def said(
    kept: Sequence[Mapping[str, Any]], sources: Sequence[Mapping[str, Any]], language: str
) -> Said:
    """Read kept words in a language, else in its main part, else in the first."""
    texts = texts_of(kept)
    chosen = text_in(texts, language)
    if chosen is None:
        return Said("", "", language, (), ())
    return Said(
        chosen.title,
        chosen.text,
        chosen.language,
        tuple((text.language, language_name(text.language)) for text in texts),
        sources_of(sources),
    )


def said_by(bulletin: Bulletin, language: str) -> Said:
    """Read a bulletin as it stands."""
    return said(bulletin.current.texts, bulletin.current.sources, language)


def shown_answer(question: Question, language: str) -> Said:
    """Read the answer that everybody may read."""
    return said(question.shown.texts, question.shown.sources, language)


def changed(
    before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]], language: str
) -> Changed:
    """Say what was changed between two sets of kept words, in a language."""
    old, new = said(before, (), language), said(after, (), language)
    return Changed(difference(old.title, new.title), difference(old.text, new.text))


def language_name(tag: str) -> str:
    """Name a language in itself; a tag that nobody knows is shown as it is."""
    if tag in _OWN_NAMES:
        return _OWN_NAMES[tag]
    try:
        found = Locale.parse(tag.replace("_", "-"), sep="-")
    except (UnknownLocaleError, ValueError):
        return tag
    return found.get_display_name(found) or tag
