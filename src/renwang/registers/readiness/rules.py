"""What a hole is, how two lookings compare, and who may let a hole stand until when. Values in, values out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import IntEnum
from zoneinfo import ZoneInfo

from renwang.chain.rules import Refusal, line_above


class Severity(IntEnum):
    """How grave a hole is; the gravest sorts first."""

    GRAVE = 0  # when it happens, nobody acts, or nobody hears
    ATTENTION = 1  # it will fail when one more thing goes wrong
    NOTE = 2  # the paper is not whole


@dataclass(frozen=True, slots=True)
class Found:
    """One hole as a check found it: where, about what, and the figures that its sentence names.

    `subject` tells it apart from all others of its check, at any place; it
    stays the same while the hole stays. `target` is the key of the page on
    which it is mended. `severity` is None where the check's own holds.
    """

    check: str
    path: str
    subject: str
    target: str = ""
    params: Mapping[str, object] = field(default_factory=dict, hash=False)
    severity: Severity | None = None
    mender: str = ""  # the check's own where it is empty

    @property
    def key(self) -> tuple[str, str]:
        """By what it is told apart."""
        return self.check, self.subject


# --- which places are looked at ------------------------------------------------


@dataclass(frozen=True, slots=True)
class Scope:
    """Places that are looked at together: some by name, and spans of paths in their order.

    A span is half open. What lies nowhere in it is neither found nor taken back.
    """

    paths: frozenset[str] = frozenset()
    spans: tuple[tuple[str, str], ...] = ()

    def covers(self, path: str) -> bool:
        """Say whether a place belongs to it."""
        return path in self.paths or any(low <= path < high for low, high in self.spans)

    @property
    def lines(self) -> frozenset[str]:
        """The places above its own, whose duties and grants hold in it too."""
        starts = [*self.paths, *(low for low, _high in self.spans)]
        return frozenset(above for path in starts for above in line_above(path)) - self.paths


def after_all_below(path: str) -> str:
    """Give the first text that sorts after everything at and below a place."""
    return path[:-1] + "0"  # "0" is the byte after "/"


def spans_of(paths: Sequence[str], top: str, size: int) -> list[Scope]:
    """Cut everything at and below a place into scopes of so many places; `paths` are its places in their order.

    The scopes meet without a gap, so that also what lies at a place that is no
    more belongs to one.
    """
    starts = [top, *paths[size::size]]
    ends = [*starts[1:], after_all_below(top)]
    return [Scope(spans=((low, high),)) for low, high in zip(starts, ends, strict=True)]


# --- what has changed since the last looking ------------------------------------


@dataclass(frozen=True, slots=True)
class Difference:
    """What a looking found that was not known, known otherwise, or known and gone."""

    appeared: list[Found]
    changed: list[Found]
    gone: list[tuple[str, str]]


def compare(known: Mapping[tuple[str, str], object], found: Iterable[Found]) -> Difference:
    """Compare what is known with what was found; `known` maps each hole's key to how it was told.

    A hole that two readings found is one hole: the graver telling stays.
    """
    by_key: dict[tuple[str, str], Found] = {}
    for one in found:
        before = by_key.get(one.key)
        if before is None or _weight(one) < _weight(before):
            by_key[one.key] = one
    appeared = [one for key, one in by_key.items() if key not in known]
    changed = [one for key, one in by_key.items() if key in known and known[key] != telling(one)]
    return Difference(appeared, changed, [key for key in known if key not in by_key])


def _weight(one: Found) -> tuple[int, str]:
    return (int(one.severity) if one.severity is not None else -1, one.path)


def telling(one: Found) -> tuple[str, str, object, object, str]:
    """Give all of a hole that can change while it stays the same hole."""
    return one.path, one.target, dict(one.params), one.severity, one.mender


# --- letting a hole stand -------------------------------------------------------

LONGEST_GRAVE = 90
LONGEST = 366
REASON_AT_MOST = 300


class WaiverRefused(Refusal):
    """A hole that may not be let stand like that."""


class WaiverReasonMissing(WaiverRefused):
    """Nobody says why."""


class WaiverReasonTooLong(WaiverRefused):
    """The reason is longer than anybody reads."""


class WaiverEndsWrong(WaiverRefused):
    """It must have an end, in the days to come and not too far off."""


class NotFromAbove(WaiverRefused):
    """Whoever stands at the hole's own place may not let it stand: that is for the level above."""


class AlreadyWaived(WaiverRefused):
    """Somebody has let it stand already."""


class HoleGone(WaiverRefused):
    """The hole is no more, or the waiver has ended."""


def check_waiver(reason: str, until_on: date, *, today: date, severity: Severity) -> str:
    """Judge what is said with a waiver and give the reason as it is kept.

    A grave hole stands for 90 days at most, any other for a year. Refuses with
    `WaiverReasonMissing`, `WaiverReasonTooLong` and `WaiverEndsWrong`.
    """
    reason = reason.strip()
    if not reason:
        raise WaiverReasonMissing
    if len(reason) > REASON_AT_MOST:
        raise WaiverReasonTooLong(limit=REASON_AT_MOST)
    most = LONGEST_GRAVE if severity is Severity.GRAVE else LONGEST
    if not today < until_on <= today + timedelta(days=most):
        raise WaiverEndsWrong(days=most)
    return reason


def may_waive(held: Iterable[str], path: str, top: str) -> bool:
    """Say whether somebody who may waive at some places may let a hole of a place stand.

    Only from above: whoever keeps the place would excuse himself. At the top
    of the node, above which there is nobody, whoever may waive there may.
    """
    return any(path.startswith(one) and (one != path or path == top) for one in held)


# --- when everything is looked at -------------------------------------------------


def night_before(now: datetime, at: time, zone: ZoneInfo) -> datetime:
    """Give the last moment at which everything should have been looked at: a time of day, as clocks there show it."""
    today = datetime.combine(now.astimezone(zone).date(), at, tzinfo=zone)
    if today <= now:
        return today
    return datetime.combine(today.date() - timedelta(days=1), at, tzinfo=zone)
