"""What a message of a kind, hazard and colour says: shipped as data, filled in with place and times.

A wording has blanks: {地点} {开始} {结束} {单位} {咨询} in Chinese, {place} {from}
{until} {issuer} {ask} in English. They stay in the draft and are filled in
whenever it is shown or issued, so no text goes stale when a time is changed.
Any language may use either set.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import cache
from pathlib import Path
from typing import Any

from renwang.alerts.composing_rules import Follow, Kind

LANGUAGES = ("zh", "en")  # those in which every wording is shipped
OTHER = "other"
_FOLDER = Path(__file__).parent / "wordings"
_GRAVE = ("orange", "red")


@dataclass(frozen=True, slots=True)
class Texts:
    """What is said in one language."""

    headline: str = ""
    description: str = ""
    instruction: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether nothing of it is missing."""
        return bool(self.headline.strip() and self.description.strip() and self.instruction.strip())

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing of it."""
        return not (self.headline + self.description + self.instruction).strip()


@dataclass(frozen=True, slots=True)
class Hazard:
    """Something that people are warned of. `colours` are those in which warnings of it exist."""

    key: str
    category: str  # of CAP: "Met", "Fire"
    colours: tuple[str, ...]
    names: Mapping[str, str]

    def name(self, language: str) -> str:
        """Its name in a language, else in English outside Chinese."""
        return self.names.get(spoken(language)) or self.names["en"]


def spoken(language: str) -> str:
    """Reduce a language tag to the language: `zh-CN` and `zh-hans` are `zh`."""
    return language.lower().replace("_", "-").split("-")[0]


def language_order(language: str) -> tuple[int, str]:
    """Order languages: those in which wordings are shipped first, the others by their tags."""
    known = spoken(language)
    return (LANGUAGES.index(known) if known in LANGUAGES else len(LANGUAGES), language)


@cache
def _data() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for name in ("natural", "accidents", "health"):
        text = (_FOLDER / f"{name}.json").read_text(encoding="utf-8")
        found |= {one["key"]: one for one in json.loads(text)["hazards"]}
    return found


@cache
def _frames() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = json.loads(
        (_FOLDER / "frames.json").read_text(encoding="utf-8")
    )
    return found


@cache
def hazards() -> Mapping[str, Hazard]:
    """Give every hazard that has wordings, by its key, in the order in which one chooses."""
    return {
        key: Hazard(
            key,
            one["category"],
            tuple(one["colours"]),
            {language: one[language]["name"] for language in LANGUAGES},
        )
        for key, one in _data().items()
    }


def hazard_of(key: str) -> Hazard:
    """Give a hazard; an unknown one is treated as any other emergency."""
    return hazards().get(key) or hazards()[OTHER]


def tier_of(kind: Kind, colour: str) -> str:
    """Name the row of wordings: "advice", or the kind and colour, as in "warning-red"."""
    return Kind.ADVICE.value if kind is Kind.ADVICE else f"{kind.value}-{colour or 'none'}"


def tiers_of(hazard: Hazard) -> list[tuple[Kind, str]]:
    """List the kinds and colours in which a hazard has wordings."""
    coloured = [(kind, one) for kind in (Kind.WARNING, Kind.EXERCISE) for one in hazard.colours]
    return [(Kind.ADVICE, ""), *coloured]


def shipped(hazard: str, kind: Kind, colour: str, language: str) -> Texts:
    """Give the shipped wording, with its blanks open; empty in a language that is not shipped."""
    language = spoken(language)
    if language not in LANGUAGES:
        return Texts()
    frames, said = _frames()[language], _data()[hazard_of(hazard).key][language]
    frame = frames["advice" if kind is Kind.ADVICE else kind.value]
    figure = said.get(colour, "")
    parts = {
        "name": said["name"] if kind is Kind.ADVICE or language != "en" else said["name"].lower(),
        "colour": frames["colours"][colour],
        "what": said["what"],
        "figure": _sentence(figure + frames["figure_end"], language) if figure else "",
        "gravity": frames["gravities"][colour],
    }
    lines = said["act" if colour in _GRAVE else "care"]
    description = _tidy(_put(frame["description"], parts), language)
    return Texts(_put(frame["headline"], parts).strip(), description, "\n".join(lines))


def shipped_ending(follow: Follow, headline: str, language: str) -> Texts:
    """Give the shipped wording for lifting or taking back what bore a headline."""
    language = spoken(language)
    frame = _frames().get(language, {}).get(follow.value)
    if frame is None:
        return Texts()
    parts = {"headline": headline}
    return Texts(_put(frame["headline"], parts), frame["description"], frame["instruction"])


def colour_word(colour: str, language: str) -> str:
    """Name a colour in a shipped language; empty for none."""
    return str(_frames().get(spoken(language), _frames()["en"])["colours"].get(colour, ""))


def _put(text: str, parts: Mapping[str, str]) -> str:
    for name, value in parts.items():
        text = text.replace(f"%{name}%", value)
    return text


def _sentence(text: str, language: str) -> str:
    return text[:1].upper() + text[1:] if language == "en" else text


_SPACES = re.compile(r"\s+")


def _tidy(text: str, language: str) -> str:
    """Take away what an empty part leaves behind: a stray blank, a doubled or a wrong stop."""
    text = _SPACES.sub(" ", text).strip() if language == "en" else text
    return text.replace("，。", "。").rstrip("，,") + ("。" if text.endswith("，") else "")


# --- filling in -------------------------------------------------------------

_BLANK = re.compile(r"\{([^{}\n]{1,16})\}")
BLANKS = {
    "place": ("地点", "place"),
    "begins": ("开始", "from"),
    "ends": ("结束", "until"),
    "issuer": ("单位", "issuer"),
    "contact": ("咨询", "ask"),
}
_MEANING = {word: key for key, words in BLANKS.items() for word in words}


@dataclass(frozen=True, slots=True)
class Filling:
    """What the blanks are filled with. Without a beginning it is now; without an end the blank stays."""

    place: str = ""
    issuer: str = ""
    contact: str = ""
    begins_at: datetime | None = None
    ends_at: datetime | None = None

    def words(self, language: str, zone: tzinfo) -> dict[str, str]:
        """Put everything into words of a language; what is not known is left out."""
        now = "现在" if spoken(language) == "zh" else "now"
        known = {
            "place": self.place,
            "issuer": self.issuer,
            "contact": self.contact,
            "begins": moment_words(self.begins_at, language, zone) if self.begins_at else now,
            "ends": moment_words(self.ends_at, language, zone) if self.ends_at else "",
        }
        return {key: value for key, value in known.items() if value}


def fill(texts: Texts, filling: Filling, language: str, zone: tzinfo) -> Texts:
    """Fill the blanks of a text; one without a value, or of a name nobody knows, stays as it is."""
    words = filling.words(language, zone)

    def put(text: str) -> str:
        return _BLANK.sub(lambda found: words.get(_MEANING.get(found[1], ""), found[0]), text)

    return Texts(put(texts.headline), put(texts.description), put(texts.instruction))


def blanks_in(texts: Texts) -> tuple[str, ...]:
    """Name the blanks that are still open."""
    whole = "\n".join((texts.headline, texts.description, texts.instruction))
    return tuple(dict.fromkeys(_BLANK.findall(whole)))


_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


def moment_words(at: datetime, language: str, zone: tzinfo) -> str:
    """Write a moment as people there say it: 7月15日9时30分, 09:30 on 15 July."""
    local = at.astimezone(zone)
    if spoken(language) == "zh":
        minute = f"{local.minute:02d}分" if local.minute else ""
        return f"{local.month}月{local.day}日{local.hour}时{minute}"
    return f"{local:%H:%M} on {local.day} {_MONTHS[local.month - 1]}"
