"""What a trigger's condition may say: a part of the Common Expression Language, checked before it is kept.

    sum("rain", "3h") >= 50 && rate("level", "1h") > 0.3
    count_of([above("a", 5.2, "10m"), above("b", 5.2, "10m"), last("c") > 5]) >= 2

Every such condition is valid CEL (https://cel.dev). Of CEL it keeps numbers, the
comparisons, `+ - * /`, `&& || !`, `? :` and the functions of `FUNCTIONS`; macros,
strings as values and whole numbers that are not also numbers are left out, so
that what a condition costs can be said beforehand and nobody has to know that
1 and 1.0 differ. Each refusal says where.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

LONGEST_TEXT = 1_000
MOST_CALLS = 24
DEEPEST = 24
LONGEST_WINDOW = timedelta(days=31)
MOST_HOURS = 31 * 24.0
"""The sum of the windows of one condition: what it may cost to evaluate."""


class Kind(StrEnum):
    """What an expression, or an argument of a function, is."""

    NUMBER = "number"
    TRUTH = "truth"
    TRUTHS = "list of truths"
    SERIES = "name of a series"
    SPAN = "span of time"


class Wrong(StrEnum):
    """Why a condition is refused."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    CHARACTER = "character"
    UNEXPECTED = "unexpected"
    UNKNOWN_FUNCTION = "unknown_function"
    UNKNOWN_SERIES = "unknown_series"
    ARGUMENTS = "arguments"
    TYPE = "type"
    SPAN = "span"
    DIVISION_BY_ZERO = "division_by_zero"
    TOO_COSTLY = "too_costly"
    NO_SERIES = "no_series"
    NOT_A_TRUTH = "not_a_truth"


class ExpressionRefused(Exception):
    """A condition that cannot be kept: why, where (first character is 1), and what stands there."""

    def __init__(self, wrong: Wrong, at: int, about: str = "") -> None:
        super().__init__(f"{wrong.value} at {at}: {about}")
        self.wrong = wrong
        self.at = at
        self.about = about


FUNCTIONS: dict[str, tuple[tuple[Kind, ...], Kind]] = {
    "sum": ((Kind.SERIES, Kind.SPAN), Kind.NUMBER),
    "mean": ((Kind.SERIES, Kind.SPAN), Kind.NUMBER),
    "min": ((Kind.SERIES, Kind.SPAN), Kind.NUMBER),
    "max": ((Kind.SERIES, Kind.SPAN), Kind.NUMBER),
    "rate": ((Kind.SERIES, Kind.SPAN), Kind.NUMBER),
    "change": ((Kind.SERIES, Kind.SPAN), Kind.NUMBER),
    "count": ((Kind.SERIES, Kind.SPAN), Kind.NUMBER),
    "last": ((Kind.SERIES,), Kind.NUMBER),
    "above": ((Kind.SERIES, Kind.NUMBER, Kind.SPAN), Kind.TRUTH),
    "below": ((Kind.SERIES, Kind.NUMBER, Kind.SPAN), Kind.TRUTH),
    "count_of": ((Kind.TRUTHS,), Kind.NUMBER),
}


# --- the words ----------------------------------------------------------------

_TOKEN = re.compile(
    r"""(?P<blank>[ \t\r\n]+)
      | (?P<number>\d{1,15}(?:\.\d{1,15})?)
      | (?P<string>"[^"\\\n]*"|'[^'\\\n]*')
      | (?P<name>[A-Za-z_][A-Za-z_0-9]*)
      | (?P<sign>&&|\|\||==|!=|<=|>=|[-+*/<>!?:()\[\],])""",
    re.VERBOSE | re.ASCII,
)
_SPAN = re.compile(r"(\d{1,6})(s|m|h|d)", re.ASCII)
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a condition; `start` counts from 0."""

    kind: str
    text: str
    start: int


def _tokens(text: str) -> Iterator[Token]:
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise ExpressionRefused(Wrong.CHARACTER, at + 1, text[at])
        if found.lastgroup != "blank":
            yield Token(found.lastgroup or "", found[0], at)
        at = found.end()
    yield Token("end", "", at)


def read_span(text: str) -> timedelta | None:
    """Read a span of time such as `90s`, `10m`, `3h` or `2d`; None where it is none, or none that is allowed."""
    found = _SPAN.fullmatch(text)
    if found is None:
        return None
    span = timedelta(seconds=int(found[1]) * _SECONDS[found[2]])
    return span if timedelta(0) < span <= LONGEST_WINDOW else None


# --- the tree -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Call:
    """One reading of a series in a condition: which function, over which window, against which value."""

    function: str
    alias: str
    window: timedelta  # nothing for `last`
    limit: float | None  # of `above` and `below`
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a condition, with the CEL in which it is evaluated."""

    kind: Kind
    cel: str
    start: int


@dataclass(frozen=True, slots=True)
class Expression:
    """A condition that was checked.

    `cel` is what the engine evaluates: each call replaced by a name of its own
    (`c0`, `c1`, …), whole numbers written as numbers, divisions by a function
    that notices a zero. `divisions` says where each division stands.
    """

    text: str
    cel: str
    calls: tuple[Call, ...]
    divisions: tuple[int, ...]

    @property
    def aliases(self) -> frozenset[str]:
        """The names of the series it reads."""
        return frozenset(call.alias for call in self.calls)


def read_expression(text: str, known: Sequence[str] | None = None) -> Expression:
    """Read and check a condition. `known` are the names of series it may use; None allows any.

    Refuses with `ExpressionRefused`.
    """
    if len(text) > LONGEST_TEXT:
        raise ExpressionRefused(Wrong.TOO_LONG, LONGEST_TEXT + 1, str(LONGEST_TEXT))
    if not text.strip():
        raise ExpressionRefused(Wrong.EMPTY, 1)
    reader = _Reader(text, known)
    part = reader.whole()
    if part.kind is not Kind.TRUTH:
        raise ExpressionRefused(Wrong.NOT_A_TRUTH, 1, part.kind.value)
    if not reader.calls:
        raise ExpressionRefused(Wrong.NO_SERIES, 1)
    hours = sum((call.window for call in reader.calls), timedelta(0)) / timedelta(hours=1)
    if len(reader.calls) > MOST_CALLS or hours > MOST_HOURS:
        raise ExpressionRefused(Wrong.TOO_COSTLY, reader.calls[-1].start + 1)
    return Expression(text, part.cel, tuple(reader.calls), tuple(reader.divisions))


_COMPARES = ("<", "<=", ">", ">=", "==", "!=")


class _Reader:
    """Reads a condition from left to right, the loosest binding first."""

    def __init__(self, text: str, known: Sequence[str] | None) -> None:
        self.text = text
        self.known = known
        self.tokens = list(_tokens(text))
        self.at = 0
        self.depth = 0
        self.calls: list[Call] = []
        self.divisions: list[int] = []

    def whole(self) -> Part:
        part = self._choice()
        if self._here.kind != "end":
            raise self._unexpected()
        return part

    @property
    def _here(self) -> Token:
        return self.tokens[self.at]

    def _take(self, *signs: str) -> Token | None:
        token = self._here
        if token.kind == "sign" and token.text in signs:
            self.at += 1
            return token
        return None

    def _demand(self, sign: str) -> Token:
        token = self._take(sign)
        if token is None:
            raise self._unexpected(sign)
        return token

    def _unexpected(self, wanted: str = "") -> ExpressionRefused:
        token = self._here
        return ExpressionRefused(Wrong.UNEXPECTED, token.start + 1, token.text or wanted)

    def _need(self, part: Part, kind: Kind) -> Part:
        if part.kind is not kind:
            raise ExpressionRefused(Wrong.TYPE, part.start + 1, kind.value)
        return part

    def _choice(self) -> Part:
        self.depth += 1
        if self.depth > DEEPEST:
            raise ExpressionRefused(Wrong.TOO_COSTLY, self._here.start + 1)
        part = self._either()
        if self._take("?"):
            self._need(part, Kind.TRUTH)
            yes = self._choice()
            self._demand(":")
            no = self._need(self._choice(), yes.kind)
            part = Part(yes.kind, f"({part.cel} ? {yes.cel} : {no.cel})", part.start)
        self.depth -= 1
        return part

    def _either(self) -> Part:
        part = self._both()
        while self._take("||"):
            other = self._need(self._both(), Kind.TRUTH)
            part = Part(
                Kind.TRUTH, f"({self._need(part, Kind.TRUTH).cel} || {other.cel})", part.start
            )
        return part

    def _both(self) -> Part:
        part = self._comparison()
        while self._take("&&"):
            other = self._need(self._comparison(), Kind.TRUTH)
            part = Part(
                Kind.TRUTH, f"({self._need(part, Kind.TRUTH).cel} && {other.cel})", part.start
            )
        return part

    def _comparison(self) -> Part:
        part = self._added()
        token = self._take(*_COMPARES)
        if token is None:
            return part
        self._need(part, Kind.NUMBER)
        other = self._need(self._added(), Kind.NUMBER)
        if self._take(*_COMPARES):
            self.at -= 1
            raise self._unexpected()  # 1 < x < 2 is no CEL
        return Part(Kind.TRUTH, f"({part.cel} {token.text} {other.cel})", part.start)

    def _added(self) -> Part:
        part = self._multiplied()
        while token := self._take("+", "-"):
            self._need(part, Kind.NUMBER)
            other = self._need(self._multiplied(), Kind.NUMBER)
            part = Part(Kind.NUMBER, f"({part.cel} {token.text} {other.cel})", part.start)
        return part

    def _multiplied(self) -> Part:
        part = self._unary()
        while token := self._take("*", "/"):
            self._need(part, Kind.NUMBER)
            other = self._need(self._unary(), Kind.NUMBER)
            cel = f"({part.cel} * {other.cel})"
            if token.text == "/":
                if _is_zero(other.cel):
                    raise ExpressionRefused(Wrong.DIVISION_BY_ZERO, token.start + 1)
                cel = f"divided({part.cel}, {other.cel}, {float(len(self.divisions))})"
                self.divisions.append(token.start + 1)
            part = Part(Kind.NUMBER, cel, part.start)
        return part

    def _unary(self) -> Part:
        if token := self._take("!"):
            part = self._need(self._nested_unary(), Kind.TRUTH)
            return Part(Kind.TRUTH, f"!{part.cel}", token.start)
        if token := self._take("-"):
            part = self._need(self._nested_unary(), Kind.NUMBER)
            return Part(Kind.NUMBER, f"(-{part.cel})", token.start)
        return self._plain()

    def _nested_unary(self) -> Part:
        self.depth += 1
        if self.depth > DEEPEST:
            raise ExpressionRefused(Wrong.TOO_COSTLY, self._here.start + 1)
        part = self._unary()
        self.depth -= 1
        return part

    def _plain(self) -> Part:
        token = self._here
        if self._take("("):
            part = self._choice()
            self._demand(")")
            return Part(part.kind, f"({part.cel})", token.start)
        if token.kind == "number":
            self.at += 1
            return Part(Kind.NUMBER, repr(float(token.text)), token.start)
        if token.kind == "name":
            self.at += 1
            if token.text in ("true", "false"):
                return Part(Kind.TRUTH, token.text, token.start)
            return self._call(token)
        if token.kind == "string":
            raise ExpressionRefused(Wrong.TYPE, token.start + 1, Kind.NUMBER.value)
        raise self._unexpected()

    def _call(self, name: Token) -> Part:
        if name.text not in FUNCTIONS:
            raise ExpressionRefused(Wrong.UNKNOWN_FUNCTION, name.start + 1, name.text)
        kinds, gives = FUNCTIONS[name.text]
        self._demand("(")
        if kinds == (Kind.TRUTHS,):
            cel = f"count_of([{', '.join(self._truths())}])"
            self._demand(")")
            return Part(gives, cel, name.start)
        alias, window, limit = "", timedelta(0), None
        for position, kind in enumerate(kinds):
            if position and not self._take(","):
                raise ExpressionRefused(Wrong.ARGUMENTS, self._here.start + 1, name.text)
            if kind is Kind.SERIES:
                alias = self._series()
            elif kind is Kind.SPAN:
                window = self._span()
            else:
                limit = self._number()
        if more := self._take(","):
            raise ExpressionRefused(Wrong.ARGUMENTS, more.start + 1, name.text)
        closing = self._demand(")")
        end = closing.start + 1
        number = len(self.calls)
        text = self.text[name.start : end]
        self.calls.append(Call(name.text, alias, window, limit, name.start, end, text))
        return Part(gives, f"c{number}", name.start)

    def _truths(self) -> list[str]:
        self._demand("[")
        found = [self._need(self._choice(), Kind.TRUTH).cel]
        while self._take(","):
            found.append(self._need(self._choice(), Kind.TRUTH).cel)
        self._demand("]")
        return found

    def _string(self, kind: Kind) -> Token:
        token = self._here
        if token.kind != "string":
            raise ExpressionRefused(Wrong.TYPE, token.start + 1, kind.value)
        self.at += 1
        return token

    def _series(self) -> str:
        token = self._string(Kind.SERIES)
        alias = token.text[1:-1]
        if self.known is not None and alias not in self.known:
            raise ExpressionRefused(Wrong.UNKNOWN_SERIES, token.start + 1, alias)
        return alias

    def _span(self) -> timedelta:
        token = self._string(Kind.SPAN)
        span = read_span(token.text[1:-1])
        if span is None:
            raise ExpressionRefused(Wrong.SPAN, token.start + 1, token.text[1:-1])
        return span

    def _number(self) -> float:
        minus = self._take("-")
        token = self._here
        if token.kind != "number":
            raise ExpressionRefused(Wrong.TYPE, token.start + 1, Kind.NUMBER.value)
        self.at += 1
        return -float(token.text) if minus else float(token.text)


def _is_zero(cel: str) -> bool:
    try:
        return float(cel.strip("()")) == 0
    except ValueError:
        return False
