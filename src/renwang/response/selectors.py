"""Find rehearsals, and tell how one went: coverage over time, how quick each level was, who stayed silent."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Min, QuerySet, Sum

from renwang.base.models import Entry
from renwang.chain import reach
from renwang.chain.models import Holding, Post, Unit
from renwang.outreach.models import Attempt, Call, Delivered, Notice, Round
from renwang.outreach.rules import BY_HAND, CallState, NoticeState, quantile
from renwang.response.models import Rehearsal

_CURVE_POINTS = 60


def visible_to(viewer: reach.Viewer) -> QuerySet[Rehearsal]:
    """Rehearsals in places where the viewer may see warnings."""
    return Rehearsal.objects.filter(viewer.scope("alerts.see"))


def under_way() -> QuerySet[Rehearsal]:
    """Rehearsals that have not ended."""
    return Rehearsal.objects.filter(ended_at=None)


@dataclass(frozen=True, slots=True)
class LevelPace:
    """How quick the posts of one level answered, in seconds from the start of the message."""

    level: str  # key of a level in `structure`
    structure: str
    posts: int
    answered: int
    carried: int
    half_after: float | None  # by then half of the posts had answered; None: they never did
    most_after: float | None  # nine in ten


@dataclass(frozen=True, slots=True)
class Silence:
    """A post in which nobody answered, and what the node did about it."""

    path: str
    unit: str
    post: str
    holder: str  # empty for a vacant post
    level: str
    tried: int  # messages sent to its people
    bypassed_after: float | None  # seconds after which the level below was called directly


@dataclass(frozen=True, slots=True)
class Point:
    """How far a message was at one moment, in seconds from its start."""

    after: float
    answered: int
    carried: int
    households: int


@dataclass(frozen=True, slots=True)
class Chapter:
    """One message of the story, from its start until the next one took its place."""

    notice_id: UUID
    ref: str
    sequence: int
    title: str
    colour: str
    started_at: datetime
    ended_at: datetime | None
    posts: int
    vacant: int
    answered: int
    carried: int
    bypassed: int
    households: int
    covered: int
    by_channel: dict[str, int]
    levels: tuple[LevelPace, ...]
    curve: tuple[Point, ...]
    silent: tuple[Silence, ...]


@dataclass(frozen=True, slots=True)
class Story:
    """A rehearsal as it went, one chapter for each message."""

    rehearsal: Rehearsal
    chapters: tuple[Chapter, ...]


def story(rehearsal: Rehearsal) -> Story:
    """Tell how a rehearsal went until now. The caller has found it through `visible_to`."""
    notices = Notice.objects.filter(drill=rehearsal.id).order_by("sequence", "id")
    return Story(rehearsal, tuple(_chapter(notice, rehearsal.played_to) for notice in notices))


def _chapter(notice: Notice, until: datetime) -> Chapter:
    calls = list(Call.objects.filter(notice=notice).order_by("path"))
    units = _levels_of(calls)
    by_channel: dict[str, int] = {}
    for call in calls:
        if call.understood_at is not None:
            by_channel[call.answered_via] = by_channel.get(call.answered_via, 0) + 1
    return Chapter(
        notice.pk,
        notice.ref,
        notice.sequence,
        notice.title,
        notice.colour,
        notice.started_at,
        notice.ended_at,
        posts=len(calls),
        vacant=sum(call.person_id is None for call in calls),
        answered=sum(call.understood_at is not None for call in calls),
        carried=sum(call.carried_at is not None for call in calls),
        bypassed=sum(call.bypassed_at is not None for call in calls),
        households=sum(call.households for call in calls),
        covered=sum(call.covered for call in calls),
        by_channel=dict(sorted(by_channel.items())),
        levels=_paces(calls, units, notice.started_at),
        curve=_curve(notice, calls, notice.ended_at or until),
        silent=_silences(notice, calls),
    )


def _levels_of(calls: Sequence[Call]) -> dict[UUID, tuple[str, str]]:
    found: dict[UUID, tuple[str, str]] = {}
    ids = [call.unit_id for call in calls]
    for begin in range(0, len(ids), 500):
        rows = Unit.objects.filter(pk__in=ids[begin : begin + 500])
        found.update(
            (key, (s, level)) for key, s, level in rows.values_list("pk", "structure", "level")
        )
    return found


def _paces(
    calls: Sequence[Call], units: dict[UUID, tuple[str, str]], began: datetime
) -> tuple[LevelPace, ...]:
    at_level: dict[tuple[int, str, str], list[Call]] = {}
    for call in calls:
        structure, level = units[call.unit_id]
        at_level.setdefault((call.depth, structure, level), []).append(call)
    paces = []
    for (_, structure, level), there in sorted(at_level.items()):
        waits = sorted(
            (call.understood_at - began).total_seconds() for call in there if call.understood_at
        )
        paces.append(
            LevelPace(
                level,
                structure,
                len(there),
                len(waits),
                sum(call.carried_at is not None for call in there),
                _reached(waits, len(there), 0.5),
                _reached(waits, len(there), 0.9),
            )
        )
    return tuple(paces)


def _reached(waits: Sequence[float], posts: int, share: float) -> float | None:
    """Say when a share of all posts had answered; those that never did count as never."""
    if not posts or len(waits) < share * posts:
        return None
    return quantile([*waits, *[waits[-1]] * (posts - len(waits))], share)


def _curve(notice: Notice, calls: Sequence[Call], until: datetime) -> tuple[Point, ...]:
    """Draw how far the message was over time, from the calls and the rounds from door to door."""
    began = notice.started_at
    heard: list[tuple[float, int]] = []  # seconds, households more
    doors: dict[int, int] = {}
    rounds = Round.objects.filter(call__notice=notice, answered=True).order_by("at")
    for call_id, households, at in rounds.values_list("call_id", "households", "at"):
        heard.append(((at - began).total_seconds(), households))
        doors[call_id] = doors.get(call_id, 0) + households
    for call in calls:
        if call.carried_at is not None:
            rest = call.covered - doors.get(call.pk, 0)
            heard.append(((call.carried_at - began).total_seconds(), rest))
    answered = sorted((c.understood_at - began).total_seconds() for c in calls if c.understood_at)
    carried = sorted((c.carried_at - began).total_seconds() for c in calls if c.carried_at)
    length = max(0.0, (until - began).total_seconds())
    moments = [length * at / _CURVE_POINTS for at in range(_CURVE_POINTS + 1)]
    heard.sort()
    return tuple(
        Point(
            moment,
            sum(at <= moment for at in answered),
            sum(at <= moment for at in carried),
            sum(more for at, more in heard if at <= moment),
        )
        for moment in moments
    )


def _silences(notice: Notice, calls: Sequence[Call]) -> tuple[Silence, ...]:
    """Name the posts that were asked and in which nobody has answered."""
    silent = [
        call
        for call in calls
        if call.understood_at is None
        and (
            call.state == CallState.SILENT
            or (notice.state != NoticeState.STARTED and call.asked_at is not None)
        )
    ]
    posts: dict[UUID, Post] = {}
    holders: dict[UUID, str] = {}
    tried: dict[int, int] = {}
    for begin in range(0, len(silent), 500):
        some = silent[begin : begin + 500]
        keys = [call.post_id for call in some]
        posts.update(Post.objects.select_related("unit").in_bulk(keys))
        held = Holding.objects.filter(post_id__in=keys, rank=0, is_current=True)
        holders.update(held.values_list("post_id", "person__name"))
        sent = Delivered.objects.filter(call_id__in=[call.pk for call in some])
        for call_id in sent.values_list("call_id", flat=True):
            tried[call_id] = tried.get(call_id, 0) + 1
    return tuple(
        Silence(
            call.path,
            posts[call.post_id].unit.name,
            posts[call.post_id].title,
            holders.get(call.post_id, ""),
            posts[call.post_id].unit.level,
            tried.get(call.pk, 0),
            (call.bypassed_at - notice.started_at).total_seconds() if call.bypassed_at else None,
        )
        for call in silent
    )


# --- while it runs -----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LevelNow:
    """How far one level is with the message that is under way."""

    level: str
    structure: str
    posts: int
    answered: int
    carried: int


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a rehearsal stands: its latest message, each level, and the households."""

    notice: Notice
    levels: tuple[LevelNow, ...]
    households: int
    covered: int
    bypassed: int


def standing(rehearsal: Rehearsal) -> Standing | None:
    """Say where a rehearsal stands; None before its first message goes down. Three statements."""
    notice = Notice.objects.filter(drill=rehearsal.id).order_by("-sequence", "-id").first()
    if notice is None:
        return None
    rows = list(
        Call.objects.filter(notice=notice)
        .values("depth")
        .annotate(
            posts=Count("id"),
            answered=Count("understood_at"),
            carried=Count("carried_at"),
            bypassed=Count("bypassed_at"),
            households=Sum("households"),
            covered=Sum("covered"),
            unit=Min("path"),
        )
        .order_by("depth")
    )
    places = Unit.objects.filter(path__in=[row["unit"] for row in rows])
    units = {
        path: (s, level) for path, s, level in places.values_list("path", "structure", "level")
    }
    return Standing(
        notice,
        tuple(
            LevelNow(
                units[row["unit"]][1],
                units[row["unit"]][0],
                row["posts"],
                row["answered"],
                row["carried"],
            )
            for row in rows
        ),
        households=sum(row["households"] for row in rows),
        covered=sum(row["covered"] for row in rows),
        bypassed=sum(row["bypassed"] for row in rows),
    )


# --- replay ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Moment:
    """A fact of a rehearsal with its place in the story's time."""

    after: timedelta
    entry: Entry


def replay(rehearsal: Rehearsal) -> Iterator[Moment]:
    """Give the facts of a rehearsal in the order in which they happened, with their offset from its start.

    The start itself, and a stop, happened in real time and stand at 0 and at the end.
    """
    facts = Entry.objects.filter(drill=rehearsal.id)
    own = list(facts.filter(subject_id=str(rehearsal.id)).order_by("id"))
    for entry in own[:1]:
        yield Moment(timedelta(0), entry)
    others = facts.exclude(subject_id=str(rehearsal.id)).order_by("at", "id")
    for entry in others.iterator(chunk_size=500):
        yield Moment(max(entry.at - rehearsal.shows_at, timedelta(0)), entry)
    for entry in own[1:]:
        yield Moment(rehearsal.played_to - rehearsal.shows_at, entry)


def touched_outside(rehearsal: Rehearsal) -> int:
    """Count the messages of a rehearsal that were handed to anything but the node itself; always 0."""
    made = Attempt.objects.filter(notice__drill=rehearsal.id, outcome=Attempt.Outcome.SENT)
    inside = Delivered.objects.filter(notice_id__in=made.values("notice_id")).values("attempt_id")
    return made.exclude(channel__in=sorted(BY_HAND)).exclude(pk__in=inside).count()
