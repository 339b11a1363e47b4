"""Chance that is the same everywhere: seeded draws, smooth noise, identities.

Whoever adds a draw keeps to integers, + - × ÷ and square roots. `math.sin`,
`math.log` and `random.gauss` may differ in their last digit from one machine
to the next, and the same seed would no longer give the same bytes.
"""

from collections.abc import Sequence
from random import Random
from typing import TypeVar
from uuid import UUID

T = TypeVar("T")

_MASK = (1 << 64) - 1
_FIRST_MS = (
    1_767_225_600_000  # 2026-01-01T00:00:00Z; identities count on from it, a millisecond each
)


def draws(seed: int, *labels: object) -> Random:
    """Give a source of draws that belongs to a seed and a purpose, and to nothing else.

    Each part of an invented place draws from a source of its own, so that one
    more draw in one part leaves all the others as they were.
    """
    return Random("/".join(map(str, (seed, *labels))))  # noqa: S311 - not a secret


def weighted(draw: Random, choices: Sequence[tuple[T, int]]) -> T:
    """Draw one of several values by whole-number weights."""
    left = draw.randrange(sum(weight for _, weight in choices))
    for value, weight in choices:
        left -= weight
        if left < 0:
            return value
    raise ValueError("no choices")


def happens(draw: Random, per_thousand: int) -> bool:
    """Say whether something happens that happens so often in a thousand times."""
    return draw.randrange(1000) < per_thousand


def share_out(total: int, weights: Sequence[int]) -> list[int]:
    """Divide a whole number by weights, without a remainder and off by less than one anywhere."""
    shares, given, passed, of = [], 0, 0, sum(weights)
    for weight in weights:
        passed += weight
        upto = (total * passed + of // 2) // of
        shares.append(upto - given)
        given = upto
    return shares


def even_parts(total: int, parts: int) -> list[int]:
    """Divide a whole number into parts that differ by one at most."""
    return share_out(total, [1] * parts)


def within(draw: Random, total: int, parts: int, low: int, high: int) -> list[int]:
    """Draw so many whole numbers from `low` to `high` with a given sum.

    Where the sum cannot be had inside the limits, the parts are as even as can be.
    """
    if not parts * low <= total <= parts * high:
        return even_parts(total, parts)
    spread = (high - low) // 3
    mean = total // parts
    numbers = [min(high, max(low, mean + draw.randint(-spread, spread))) for _ in range(parts)]
    off = total - sum(numbers)
    at = 0
    while off:
        step = 1 if off > 0 else -1
        if low <= numbers[at % parts] + step <= high:
            numbers[at % parts] += step
            off -= step
        at += 1
    return numbers


def mixed(seed: int, *numbers: int) -> int:
    """Mix whole numbers to 64 well-stirred bits (the finisher of SplitMix64)."""
    value = seed & _MASK
    for number in numbers:
        value = (value + 0x9E3779B97F4A7C15 + (number & _MASK) * 0xD1342543DE82EF95) & _MASK
        value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & _MASK
        value ^= value >> 31
    return value


def noise(seed: int, x: float, y: float) -> float:
    """Give smooth noise from -1 to 1 over the plane; its waves are about two units long."""
    left, down = int(x // 1), int(y // 1)
    across, up = x - left, y - down
    across *= across * (3 - 2 * across)
    up *= up * (3 - 2 * up)

    def corner(i: int, j: int) -> float:
        return (mixed(seed, left + i, down + j) >> 11) / (1 << 52) - 1

    low = corner(0, 0) * (1 - across) + corner(1, 0) * across
    high = corner(0, 1) * (1 - across) + corner(1, 1) * across
    return low * (1 - up) + high * up


class Identities:
    """Gives out UUIDv7s that ascend, so that a database appends to its indexes."""

    def __init__(self, seed: int, first: int = 0):
        self._draw = draws(seed, "identities", first)
        self._ms = _FIRST_MS + first

    def next(self) -> UUID:
        """Give out the next identity."""
        self._ms += 1
        random = self._draw.getrandbits(74)
        value = (self._ms << 80) | (0x7 << 76) | ((random >> 62) << 64)
        return UUID(int=value | (0b10 << 62) | (random & ((1 << 62) - 1)))
