"""The steps of a procedure: what one says, and how steps are written as lines of text.

`1. 关闭下穿通道入口【物业值班员｜10分钟｜照片】` is a step: what is to be done, who does
it, within how many minutes, and what is wanted as evidence. Values in, values out.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from renwang.registers.procedures.rules import ProcedureRefused

STEP_AT_MOST = 300
WHO_AT_MOST = 80
LONGEST_MINUTES = 10_080  # a week


class Evidence(StrEnum):
    """What shows that a step was done."""

    NONE = "none"
    NUMBER = "number"
    PHOTO = "photo"
    NOTE = "note"


class StepRefused(ProcedureRefused):
    """A step that cannot be written so; params: its number."""


class StepEmpty(StepRefused):
    """A step has an owner or a limit, and does not say what is to be done."""


class StepTooLong(StepRefused):
    """A step is longer than a person reads while he acts."""


class MinutesRefused(StepRefused):
    """The time for a step is between a minute and a week."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what is to be done, by whom, within how many minutes, shown by what."""

    words: str
    who: str = ""  # the title of a post, or a duty
    minutes: int | None = None  # from the end of the step before
    evidence: Evidence = Evidence.NONE


def clean_steps(steps: Iterable[Step]) -> list[Step]:
    """Trim the steps and leave out the empty ones. Refuses with the number of the step that is wrong."""
    kept: list[Step] = []
    for number, one in enumerate(steps, 1):
        words, who = _one_line(one.words), _one_line(one.who)
        if not words:
            if who or one.minutes is not None:
                raise StepEmpty(number=number)
            continue
        if len(words) > STEP_AT_MOST or len(who) > WHO_AT_MOST:
            raise StepTooLong(number=number, limit=STEP_AT_MOST)
        if one.minutes is not None and not 1 <= one.minutes <= LONGEST_MINUTES:
            raise MinutesRefused(number=number)
        kept.append(Step(words, who, one.minutes, one.evidence))
    return kept


def as_values(steps: Iterable[Step]) -> list[dict[str, Any]]:
    """Give steps as they are stored."""
    return [
        {"words": one.words, "who": one.who, "minutes": one.minutes, "evidence": one.evidence.value}
        for one in steps
    ]


def of_values(values: Iterable[Mapping[str, Any]]) -> list[Step]:
    """Read steps as they are stored."""
    return [
        Step(one["words"], one["who"], one["minutes"], Evidence(one["evidence"])) for one in values
    ]


# --- as text ----------------------------------------------------------------------

_NUMBER = re.compile(r"^\s*(?:[(（]?\d{1,3}\s*[.．、)）:：]|第\s*\d{1,3}\s*步[:：、]?)\s*")
_TAIL = re.compile(r"【([^【】]*)】\s*$")
_CUTS = re.compile(r"[【】|｜]")
_BLANKS = re.compile(r"\s+")
_BREAKS = re.compile(r"[\r\n]+")
_BETWEEN = re.compile(r"[|｜]")
_MINUTES = re.compile(r"^(\d{1,5})\s*(?:分钟|分|min(?:utes)?)$", re.IGNORECASE)
_EVIDENCE: Mapping[str, Evidence] = {
    "数字": Evidence.NUMBER,
    "数值": Evidence.NUMBER,
    "number": Evidence.NUMBER,
    "照片": Evidence.PHOTO,
    "拍照": Evidence.PHOTO,
    "photo": Evidence.PHOTO,
    "文字": Evidence.NOTE,
    "记录": Evidence.NOTE,
    "note": Evidence.NOTE,
}
_WRITTEN: Mapping[Evidence, str] = {
    Evidence.NUMBER: "数字",
    Evidence.PHOTO: "照片",
    Evidence.NOTE: "文字",
}


def read_steps(text: str) -> list[Step]:
    """Read steps from text, one on each line; a number before it is left out."""
    lines = [line for line in _BREAKS.split(text) if line.strip()]
    return clean_steps(_read(line) for line in lines)


def _read(line: str) -> Step:
    words = _NUMBER.sub("", line).strip()
    tail = _TAIL.search(words)
    if tail is None:
        return Step(words)
    who, minutes, evidence = "", None, Evidence.NONE
    for part in (part.strip() for part in _BETWEEN.split(tail[1])):
        limit = _MINUTES.match(part)
        if limit is not None:
            minutes = int(limit[1])
        elif part.lower() in _EVIDENCE:
            evidence = _EVIDENCE[part.lower()]
        elif part:
            who = part
    return Step(words[: tail.start()].strip(), who, minutes, evidence)


def write_steps(steps: Sequence[Step]) -> str:
    """Write steps as `read_steps` reads them."""
    return "\n".join(f"{number}. {_write(one)}" for number, one in enumerate(steps, 1))


def _write(step: Step) -> str:
    parts = [_plain(step.who)]
    parts += [f"{step.minutes}分钟"] if step.minutes is not None else []
    parts += [_WRITTEN[step.evidence]] if step.evidence is not Evidence.NONE else []
    said = "｜".join(part for part in parts if part)
    words = _NUMBER.sub("", step.words)
    return f"{words}【{said}】" if said or _TAIL.search(words) else words


def _plain(who: str) -> str:
    """Take what would cut a cell in two out of a title."""
    return _CUTS.sub(" ", who).strip()


def _one_line(text: str) -> str:
    return _BLANKS.sub(" ", text).strip()
