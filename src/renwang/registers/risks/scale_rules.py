"""How bad a risk is: likelihood and harm on a scale, and the colour that the two come to.

The scale is data: how many steps it has, what they are called, which colour
each pair comes to, who may accept which colour and for how long, and how long
people get for each step. A node may have its own; `scale.json` is what ships.
The four colours are those of the national grading of safety risks
(重大、较大、一般、低 = 红、橙、黄、蓝). The pairs and terms that ship are a
customary 5 × 5 matrix and no law; whoever has a rule of his own enters it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum
from itertools import pairwise
from typing import Any

from renwang.registers.risks.rules import RiskRefused

FEWEST, MOST = 3, 7  # steps of a scale: fewer say nothing, more nobody can tell apart
LONGEST_DAYS = 731
TERMS = ("judge", "plan", "declare", "recheck")


class Level(IntEnum):
    """How bad it is. The higher the number, the worse; 0 as long as nobody has judged."""

    UNKNOWN = 0
    BLUE = 1
    YELLOW = 2
    ORANGE = 3
    RED = 4


COLOURS = {
    Level.UNKNOWN: "",
    Level.BLUE: "blue",
    Level.YELLOW: "yellow",
    Level.ORANGE: "orange",
    Level.RED: "red",
}


class ScaleRefused(RiskRefused):
    """A scale that cannot be used. `params["fault"]` says what is wrong with it."""


class OffTheScale(RiskRefused):
    """Likelihood and harm are steps of the scale, counted from one."""


@dataclass(frozen=True, slots=True)
class Terms:
    """How long the next step may take: to judge, to plan measures, to say that it is done, to check again."""

    judge: timedelta
    plan: timedelta
    declare: timedelta
    recheck: timedelta


@dataclass(frozen=True, slots=True)
class Allowance:
    """Who may accept a risk of one colour: so many levels above its place at least, for so many days at most."""

    above: int
    days: int


@dataclass(frozen=True, slots=True)
class Scale:
    """A scale as it is used. `matrix[likelihood - 1][harm - 1]` is a level."""

    likelihood: tuple[Mapping[str, str], ...]
    harm: tuple[Mapping[str, str], ...]
    matrix: tuple[tuple[Level, ...], ...]
    terms: Terms
    measures_from: Level  # from here on a risk without measures is a hole
    recheck_judged_from: Level  # from here on whoever checks again must be one who judges
    acceptance: Mapping[Level, Allowance]  # a colour that is missing is never accepted
    practised: Mapping[Level, timedelta]  # how often what is followed is practised; or never asked

    def level(self, likelihood: int, harm: int) -> Level:
        """Say what a likelihood and a harm come to. Refuses with `OffTheScale`."""
        if not (1 <= likelihood <= len(self.likelihood) and 1 <= harm <= len(self.harm)):
            raise OffTheScale(likelihood=likelihood, harm=harm)
        return self.matrix[likelihood - 1][harm - 1]


def name_of_step(step: Mapping[str, str], language: str) -> str:
    """Name a step in a language, in English where there is no name in it."""
    return step.get(language.lower().partition("-")[0]) or step["en"]


def scale_of(body: Mapping[str, Any]) -> Scale:
    """Read a scale from data. Refuses with `ScaleRefused`.

    What is likelier or does more harm is never less bad: a matrix that says so
    was mistyped.
    """
    try:
        likelihood, harm = _steps(body["likelihood"]), _steps(body["harm"])
        matrix = tuple(tuple(Level(cell) for cell in row) for row in body["matrix"])
        terms = Terms(*(timedelta(days=_days(body["terms"][name])) for name in TERMS))
        acceptance = {
            Level(int(key)): Allowance(_count(one["above"]), _days(one["days"]))
            for key, one in body["acceptance"].items()
        }
        practised = {
            Level(int(key)): timedelta(days=_days(days))
            for key, days in body.get("practised", {}).items()
        }
        measures_from = Level(body["measures_from"])
        recheck_from = Level(body["recheck_judged_from"])
    except ScaleRefused:
        raise
    except (KeyError, TypeError, ValueError, AttributeError):
        raise ScaleRefused(fault="shape") from None
    _check_matrix(matrix, len(likelihood), len(harm))
    return Scale(
        likelihood, harm, matrix, terms, measures_from, recheck_from, acceptance, practised
    )


def _steps(rows: Sequence[Mapping[str, str]]) -> tuple[Mapping[str, str], ...]:
    if not FEWEST <= len(rows) <= MOST:
        raise ScaleRefused(fault="steps")
    for row in rows:
        if not all(isinstance(word, str) and word.strip() for word in (row["en"], row["zh"])):
            raise ScaleRefused(fault="names")
    return tuple({key: str(word) for key, word in row.items()} for row in rows)


def _days(value: Any) -> int:
    if not isinstance(value, int) or not 1 <= value <= LONGEST_DAYS:
        raise ScaleRefused(fault="days")
    return value


def _count(value: Any) -> int:
    if not isinstance(value, int) or not 0 <= value <= MOST:
        raise ScaleRefused(fault="above")
    return value


def _check_matrix(matrix: tuple[tuple[Level, ...], ...], rows: int, columns: int) -> None:
    if len(matrix) != rows or any(len(row) != columns for row in matrix):
        raise ScaleRefused(fault="matrix")
    if any(Level.UNKNOWN in row for row in matrix):
        raise ScaleRefused(fault="matrix")
    sideways = (pair for row in matrix for pair in pairwise(row))
    downwards = (
        pair for upper, lower in pairwise(matrix) for pair in zip(upper, lower, strict=True)
    )
    if any(less > more for pairs in (sideways, downwards) for less, more in pairs):
        raise ScaleRefused(fault="order")


class TooLowToAccept(RiskRefused):
    """A risk of this colour is accepted only by somebody who answers for a larger place."""


class NeverAccepted(RiskRefused):
    """A risk of this colour is not accepted by anybody: it is mended or referred upward."""


class AcceptedTooLong(RiskRefused):
    """An acceptance has an end, after today and within what its colour allows."""


def check_acceptance(scale: Scale, level: Level, *, above: int, days: int) -> None:
    """Let a risk be accepted, or refuse with `NeverAccepted`, `TooLowToAccept` or `AcceptedTooLong`.

    `above` is how many levels over the risk's place the one who accepts answers
    for, `days` how long it is to hold.
    """
    allowed = scale.acceptance.get(level)
    if allowed is None:
        raise NeverAccepted
    if above < allowed.above:
        raise TooLowToAccept(above=allowed.above)
    if not 1 <= days <= allowed.days:
        raise AcceptedTooLong(days=allowed.days)


class LevelsOutOfOrder(RiskRefused):
    """What is there already makes nothing worse, and neither do measures."""


class ReasonMissing(RiskRefused):
    """A colour without a reason cannot be checked by anybody."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a person concludes about a risk; pairs are steps of the scale, counted from one.

    `present` is how it stands; `inherent` how it would be with nothing in place,
    `residual` how it is to be once the measures are done. None is not said.
    """

    present: tuple[int, int]
    reason: str
    inherent: tuple[int, int] | None = None
    residual: tuple[int, int] | None = None
    form: str = ""
    unfolding: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """The three colours that a judgement comes to."""

    inherent: Level
    level: Level
    residual: Level


def judge(scale: Scale, said: Judgement) -> Judged:
    """Say which colours a judgement comes to.

    Refuses with `ReasonMissing`, `OffTheScale` and `LevelsOutOfOrder`.
    """
    if not said.reason.strip():
        raise ReasonMissing
    level = scale.level(*said.present)
    inherent = scale.level(*said.inherent) if said.inherent else Level.UNKNOWN
    residual = scale.level(*said.residual) if said.residual else Level.UNKNOWN
    if (inherent and inherent < level) or residual > level:
        raise LevelsOutOfOrder
    return Judged(inherent, level, residual)
