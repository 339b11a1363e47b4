"""When a trigger proposes, and when it takes notice that the danger has passed. Values and moments in, turns out.

One function, `advance`, serves the live node, a dry run over past data, a
rehearsal and the tests.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from math import inf, isfinite
from typing import Any

from renwang.base.pure.loading import load_cel
from renwang.signals.expression_rules import Call, Expression, read_expression
from renwang.signals.rules import SignalRefused
from renwang.signals.scale_rules import WarningLevel, is_graver
from renwang.signals.window_rules import Record, Value, measure

LONGEST_HOLD = timedelta(days=2)
DEFAULT_CLEAR = timedelta(minutes=30)


class LevelTwice(SignalRefused):
    """A trigger says each level once."""


class NoLevels(SignalRefused):
    """A trigger proposes something."""


class HoldRefused(SignalRefused):
    """A condition need not hold for longer than two days."""


class DividedByZero(Exception):
    """A condition divided by zero with the readings of the moment; `at` is where, the first character 1."""

    def __init__(self, at: int) -> None:
        super().__init__(f"division by zero at {at}")
        self.at = at


@dataclass(frozen=True, slots=True)
class LevelRule:
    """When one level is proposed, and when it has passed.

    Without a condition of its own it has passed when `when` no longer holds.
    """

    level: WarningLevel
    when: str
    hold_for: timedelta = timedelta(0)
    clear: str = ""
    clear_for: timedelta = DEFAULT_CLEAR


@dataclass(frozen=True, slots=True)
class Definition:
    """What a trigger says: its levels, the gravest first, each with its conditions read."""

    levels: tuple[LevelRule, ...]
    conditions: tuple[tuple[Expression, Expression | None], ...]

    @property
    def aliases(self) -> frozenset[str]:
        """The names of all series it reads."""
        found: frozenset[str] = frozenset()
        for when, clear in self.conditions:
            found |= when.aliases | (clear.aliases if clear else frozenset())
        return found

    @property
    def reach(self) -> timedelta:
        """How far back its readings must go; what stood before a window began is part of it."""
        calls = [call for pair in self.conditions for one in pair if one for call in one.calls]
        return max((call.window for call in calls), default=timedelta(0)) * 1.5


def define(levels: Iterable[LevelRule], known: Sequence[str] | None = None) -> Definition:
    """Check a trigger's levels and read their conditions.

    Refuses with `NoLevels`, `LevelTwice`, `HoldRefused` and `ExpressionRefused`.
    """
    order = list(WarningLevel)
    sorted_levels = tuple(sorted(levels, key=lambda rule: order.index(rule.level)))
    if not sorted_levels:
        raise NoLevels
    if len({rule.level for rule in sorted_levels}) < len(sorted_levels):
        raise LevelTwice
    conditions = []
    for rule in sorted_levels:
        for span in (rule.hold_for, rule.clear_for):
            if not timedelta(0) <= span <= LONGEST_HOLD:
                raise HoldRefused(level=rule.level.value)
        clear = read_expression(rule.clear, known) if rule.clear.strip() else None
        conditions.append((read_expression(rule.when, known), clear))
    return Definition(sorted_levels, tuple(conditions))


def definition_of(kept: Mapping[str, Any], known: Sequence[str] | None = None) -> Definition:
    """Read a definition as it is kept: `{"levels": [{level, when, hold_for, clear, clear_for}]}`, spans in seconds."""
    return define(
        (
            LevelRule(
                WarningLevel(one["level"]),
                one["when"],
                timedelta(seconds=one.get("hold_for", 0)),
                one.get("clear", ""),
                timedelta(seconds=one.get("clear_for", DEFAULT_CLEAR.total_seconds())),
            )
            for one in kept["levels"]
        ),
        known,
    )


def kept_form(definition: Definition) -> dict[str, Any]:
    """Write a definition in the form in which it is kept."""
    return {
        "levels": [
            {
                "level": rule.level.value,
                "when": rule.when,
                "hold_for": rule.hold_for.total_seconds(),
                "clear": rule.clear,
                "clear_for": rule.clear_for.total_seconds(),
            }
            for rule in definition.levels
        ]
    }


# --- evaluating one condition --------------------------------------------------


@dataclass(frozen=True, slots=True)
class Truth:
    """What a condition says at a moment: yes, no, or None where too little is known; and with which values."""

    holds: bool | None
    is_whole: bool  # no reading is missing in any of its windows
    values: tuple[Value, ...]


@lru_cache(maxsize=2048)
def _program(source: str) -> Any:
    return load_cel().compile(source)


def evaluate(expression: Expression, records: Mapping[str, Record], at: datetime) -> Truth:
    """Evaluate a condition at a moment. Raises `DividedByZero`.

    Where a value is unknown the condition still holds if it does whatever the
    value is: two of three gauges are enough when the third is silent.
    """
    values = tuple(measure(call, records[call.alias], at) for call in expression.calls)
    verdicts = {_run(expression, values, guess) for guess in _guesses(values)}
    holds = verdicts.pop() if len(verdicts) == 1 else None
    return Truth(holds, all(value.is_whole for value in values), values)


def _guesses(values: Sequence[Value]) -> tuple[float, ...]:
    """Stand-ins for what is unknown: less than anything, and more than anything."""
    return (-inf, inf) if any(value.number is None for value in values) else (0.0,)


def _run(expression: Expression, values: Sequence[Value], guess: float) -> bool | None:
    zeros: list[int] = []

    def divided(one: float, other: float, which: float) -> float:
        if other == 0:
            zeros.append(int(which))
            return 0.0
        return one / other

    names: dict[str, Any] = {"count_of": _count_of, "divided": divided}
    for number, (call, value) in enumerate(zip(expression.calls, values, strict=True)):
        names[f"c{number}"] = _given(call, value, guess)
    try:
        found = bool(_program(expression.cel).execute(names))
    except TypeError:
        # The engine compares no number that is none, such as what is left of infinity less infinity.
        if isfinite(guess) and not zeros:
            raise
        found = None
    if zeros:
        raise DividedByZero(expression.divisions[zeros[0]])
    return found


def _given(call: Call, value: Value, guess: float) -> float | bool:
    if call.function in ("above", "below"):
        return (guess > 0) if value.number is None else bool(value.number)
    return guess if value.number is None else value.number


def _count_of(truths: list[bool]) -> float:
    return float(sum(truths))


# --- standing ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a trigger stands with one set of series: the level that is met, and what is on its way."""

    level: WarningLevel | None = None
    since: datetime | None = None
    holding: Mapping[str, datetime] = field(default_factory=dict)  # level to when it was first met
    clearing: datetime | None = None  # since when the danger seems to have passed


class TurnKind(StrEnum):
    """What happened to a standing."""

    ROSE = "rose"
    EASED = "eased"


@dataclass(frozen=True, slots=True)
class Measure:
    """One call of the condition that was met, with what it gave."""

    call: Call
    value: Value


@dataclass(frozen=True, slots=True)
class Turn:
    """A level that was reached, with the numbers that met it, or one that has passed."""

    kind: TurnKind
    at: datetime
    level: WarningLevel | None  # the one that now stands
    before: WarningLevel | None
    rule: LevelRule | None = None
    measures: tuple[Measure, ...] = ()


def advance(
    definition: Definition,
    standing: Standing,
    records: Mapping[str, Record],
    moments: Iterable[datetime],
) -> Iterator[tuple[Standing, Turn | None]]:
    """Take a trigger through moments in their order; yield where it stands after each, and what turned.

    A graver level is proposed once its condition has held for its time. The
    one that stands passes once its clearing condition has held for its time
    with no reading missing: silence clears nothing.
    """
    for at in moments:
        standing, turn = _step(definition, standing, records, at)
        yield standing, turn


def _step(
    definition: Definition, standing: Standing, records: Mapping[str, Record], at: datetime
) -> tuple[Standing, Turn | None]:
    truths = [evaluate(when, records, at) for when, _ in definition.conditions]
    holding = {
        rule.level.value: min(standing.holding.get(rule.level.value, at), at)
        for rule, truth in zip(definition.levels, truths, strict=True)
        if truth.holds
    }
    standing = replace(standing, holding=holding)
    for number, rule in enumerate(definition.levels):
        since = holding.get(rule.level.value)
        if since is None or not is_graver(rule.level, standing.level):
            continue
        if at - since >= rule.hold_for:
            return _rise(definition, standing, number, truths[number], at)
    return _ease(definition, standing, truths, records, at)


def _rise(
    definition: Definition, standing: Standing, number: int, truth: Truth, at: datetime
) -> tuple[Standing, Turn]:
    rule = definition.levels[number]
    calls = definition.conditions[number][0].calls
    measures = tuple(map(Measure, calls, truth.values))
    turn = Turn(TurnKind.ROSE, at, rule.level, standing.level, rule, measures)
    return replace(standing, level=rule.level, since=at, clearing=None), turn


def _ease(
    definition: Definition,
    standing: Standing,
    truths: Sequence[Truth],
    records: Mapping[str, Record],
    at: datetime,
) -> tuple[Standing, Turn | None]:
    number = _standing_at(definition, standing)
    if number is None:
        return replace(standing, level=None, since=None, clearing=None), None
    if not _is_clear(definition, number, truths[number], records, at):
        return replace(standing, clearing=None), None
    clearing = standing.clearing or at
    if at - clearing < definition.levels[number].clear_for:
        return replace(standing, clearing=clearing), None
    below = None
    for lower in range(number + 1, len(definition.levels)):
        if not _is_clear(definition, lower, truths[lower], records, at):
            below = definition.levels[lower].level
            break
    turn = Turn(TurnKind.EASED, at, below, standing.level)
    since = at if below else None
    return replace(standing, level=below, since=since, clearing=None), turn


def _standing_at(definition: Definition, standing: Standing) -> int | None:
    for number, rule in enumerate(definition.levels):
        if rule.level == standing.level:
            return number
    return None


def _is_clear(
    definition: Definition,
    number: int,
    truth: Truth,
    records: Mapping[str, Record],
    at: datetime,
) -> bool:
    clear = definition.conditions[number][1]
    if clear is None:
        return truth.holds is False and truth.is_whole
    told = evaluate(clear, records, at)
    return told.holds is True and told.is_whole and truth.holds is not True


# --- a standing as it is kept ---------------------------------------------------


def kept_standing(standing: Standing) -> dict[str, Any]:
    """Write a standing in the form in which it is kept."""
    return {
        "level": standing.level.value if standing.level else None,
        "since": standing.since.isoformat() if standing.since else None,
        "holding": {level: at.isoformat() for level, at in standing.holding.items()},
        "clearing": standing.clearing.isoformat() if standing.clearing else None,
    }


def standing_of(kept: Mapping[str, Any]) -> Standing:
    """Read a standing as it is kept; nothing kept is a trigger at rest."""
    if not kept:
        return Standing()
    return Standing(
        WarningLevel(kept["level"]) if kept["level"] else None,
        _read_moment(kept["since"]),
        {level: datetime.fromisoformat(at) for level, at in kept["holding"].items()},
        _read_moment(kept["clearing"]),
    )


def _read_moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
