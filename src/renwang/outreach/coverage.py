"""How far a notice got: at every level, by which channel, and how long people took."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, fields

from renwang.outreach.models import Call, Notice, Pace, Reach
from renwang.outreach.rules import CallState, quantile, quantile_of_steps


@dataclass(frozen=True, slots=True)
class Sums:
    """Numbers of posts and households in a place. `sent` is not received by anybody yet."""

    posts: int = 0
    vacant: int = 0
    sent: int = 0
    delivered: int = 0
    read: int = 0
    understood: int = 0
    carried: int = 0
    silent: int = 0
    households: int = 0
    covered: int = 0

    @property
    def posts_share(self) -> float:
        """The share of posts that have carried the words on, 0 to 1."""
        return self.carried / self.posts if self.posts else 0.0

    @property
    def answered_share(self) -> float:
        """The share of posts in which a human being has answered, 0 to 1."""
        return self.understood / self.posts if self.posts else 0.0

    @property
    def households_share(self) -> float | None:
        """The share of households that have the words; None where no household is counted."""
        return self.covered / self.households if self.households else None

    @property
    def missing(self) -> int:
        """The posts in which nobody has answered."""
        return self.posts - self.understood


@dataclass(frozen=True, slots=True)
class Coverage:
    """The coverage of one place; times in seconds from being asked to a human answer."""

    path: str
    sums: Sums
    by_channel: dict[str, int] = field(default_factory=dict)
    median: float | None = None
    slowest: float | None = None  # 95 of 100 were quicker


SUM_NAMES = tuple(one.name for one in fields(Sums))


def coverage(notice: Notice, path: str | None = None) -> Coverage:
    """Say how far a notice got in a place, by default in all of it.

    Three indexed reads at most, whatever the size: a large place has its sums
    and steps of pace kept, a small one has its calls read.
    """
    path = path or notice.path
    row = Reach.objects.filter(notice=notice, path=path).values(*SUM_NAMES, "keeps_pace").first()
    if row is not None and row.pop("keeps_pace"):
        return _of_large(notice, path, Sums(**row))
    return _of_small(notice, path, Sums(**row) if row else None)


def _of_large(notice: Notice, path: str, sums: Sums) -> Coverage:
    by_channel: dict[str, int] = defaultdict(int)
    by_step: dict[int, int] = defaultdict(int)
    steps = Pace.objects.filter(notice=notice, path=path)
    for channel, step, number in steps.values_list("channel", "step", "number"):
        by_channel[channel] += number
        by_step[step] += number
    counts = list(by_step.items())
    return Coverage(
        path,
        sums,
        dict(sorted(by_channel.items())),
        quantile_of_steps(counts, 0.5),
        quantile_of_steps(counts, 0.95),
    )


def _of_small(notice: Notice, path: str, sums: Sums | None) -> Coverage:
    calls = Call.objects.filter(notice=notice, path__under=path)
    by_channel: dict[str, int] = defaultdict(int)
    waits: list[float] = []
    answered = calls.filter(understood_at__isnull=False)
    for channel, asked_at, at in answered.values_list("answered_via", "asked_at", "understood_at"):
        by_channel[channel] += 1
        if asked_at is not None:
            waits.append(max(0.0, (at - asked_at).total_seconds()))
    waits.sort()
    if sums is None:
        sums = _sums_of_calls(calls)
    return Coverage(
        path,
        sums,
        dict(sorted(by_channel.items())),
        quantile(waits, 0.5),
        quantile(waits, 0.95),
    )


_OF_CALL = (
    "state", "person_id", "sent_at", "delivered_at", "read_at", "understood_at", "carried_at",
    "households", "covered",
)  # fmt: skip


def _sums_of_calls(calls) -> Sums:
    """Add up calls where no sums are kept: a unit at the bottom, or a notice not counted yet."""
    return add_up([sums_of_call(row) for row in calls.values(*_OF_CALL)])


def sums_of_call(row: dict) -> Sums:
    """Give what one call contributes."""
    return Sums(
        posts=1,
        vacant=int(row["person_id"] is None),
        sent=int(row["sent_at"] is not None),
        delivered=int(row["delivered_at"] is not None),
        read=int(row["read_at"] is not None),
        understood=int(row["understood_at"] is not None),
        carried=int(row["carried_at"] is not None),
        silent=int(row["state"] == CallState.SILENT),
        households=row["households"],
        covered=row["covered"],
    )


def add_up(all_sums: Sequence[Sums]) -> Sums:
    """Add sums of places that have nothing in common."""
    return Sums(**{name: sum(getattr(one, name) for one in all_sums) for name in SUM_NAMES})
