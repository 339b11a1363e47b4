"""What a board shows of a notice: how far it got, how quickly, below whom, and who is missing.

Everything starts from the part of a notice that the viewer may see: whoever
answers for a community watches his own branch of what the sub-district started.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Concat, JSONObject

from renwang.base.models import Entry
from renwang.base.paging import Page, page_of
from renwang.chain.models import Contact, Person, Post, Route, Unit
from renwang.chain.reach import Viewer
from renwang.outreach.attempts import standing_of as ladder_standing
from renwang.outreach.coverage import SUM_NAMES, Sums, sums_of_call
from renwang.outreach.errand_rules import NOT_CARRIED
from renwang.outreach.models import Call, Notice, Reach
from renwang.outreach.rules import BY_HAND, CallState, NoticeState, Plan, rungs_left
from renwang.outreach.services.tallying import prefixes
from renwang.outreach.setwise import read_figures

SEE = "alerts.see"
TELEPHONES = ("phone", "sms")
MOST_BRANCHES = 500
"""A unit with more units right below is cut off here; the list of the missing still has them all."""


def top_for(viewer: Viewer, notice: Notice) -> str:
    """Say which part of a notice a viewer watches: all of it, or his own branch; empty for neither."""
    if viewer.may(SEE, notice.path):
        return notice.path
    inside = [one for one in viewer.places.get(SEE, ()) if one.startswith(notice.path)]
    return min(inside, key=len, default="")


# --- how places stand -------------------------------------------------------


class Standing(StrEnum):
    """How a place stands, for its colour on the map and in the tree."""

    COVERED = "covered"
    PARTLY = "partly"
    MISSING = "missing"
    ASKED = "asked"
    WAITING = "waiting"


def standing_of(sums: Sums) -> Standing:
    """Say in one word how a place stands. Sent alone is nothing yet."""
    if sums.carried >= sums.posts > 0 and sums.covered >= sums.households:
        return Standing.COVERED
    if sums.silent and not sums.covered:
        return Standing.MISSING
    if sums.carried or sums.covered:
        return Standing.PARTLY
    return Standing.ASKED if sums.sent or sums.understood else Standing.WAITING


def sums_at(notice: Notice, paths: Iterable[str]) -> dict[str, Sums]:
    """Give the sums of many places, such as those on a map; two statements."""
    wanted = list(paths)
    found = {}
    for row in Reach.objects.filter(notice=notice, path__in=wanted).values("path", *SUM_NAMES):
        place = row.pop("path")
        found[place] = Sums(**row)
    for call in Call.objects.filter(notice=notice, path__in=wanted, is_leaf=True):
        found.setdefault(call.path, sums_of_call(vars(call)))
    return found


# --- the tree ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Branch:
    """One unit of the relay tree: its own post's call, and the sums of it and all that lies below."""

    call: Call  # with the names that `named` puts beside it
    sums: Sums

    @property
    def standing(self) -> Standing:
        """How the whole branch stands."""
        return standing_of(self.sums)


def named(calls: QuerySet[Call]) -> QuerySet[Call]:
    """Put beside each call what people call its unit, its post and whoever is being asked."""
    return calls.annotate(
        unit_name=Subquery(Unit.objects.filter(pk=OuterRef("unit_id")).values("name")[:1]),
        post_title=Subquery(Post.objects.filter(pk=OuterRef("post_id")).values("title")[:1]),
        person_name=Subquery(Person.objects.filter(pk=OuterRef("person_id")).values("name")[:1]),
    )


def branches_below(notice: Notice, parents: Sequence[str]) -> dict[str, list[Branch]]:
    """Give the branches right below each of some paths, in order; two statements for however many."""
    calls = named(Call.objects.filter(notice=notice, parent_path__in=parents))
    # As an expression, the order does not tempt SQLite to walk the whole notice in it.
    calls = calls.order_by(Concat("path", Value("")))
    rows = Reach.objects.filter(notice=notice, parent_path__in=parents)
    sums = {row.pop("path"): Sums(**row) for row in rows.values("path", *SUM_NAMES)}
    found: dict[str, list[Branch]] = {path: [] for path in parents}
    for call in calls[: MOST_BRANCHES * max(1, len(parents))]:
        branch = Branch(call, sums.get(call.path) or sums_of_call(vars(call)))
        found[call.parent_path].append(branch)
    return found


def sums_below(notice: Notice, parent: str) -> dict[str, Sums]:
    """Give the sums of every branch right below a path; one statement."""
    kept = Reach.objects.filter(notice=notice, path=OuterRef("path"))
    whole = kept.values(all=JSONObject(**{name: name for name in SUM_NAMES}))[:1]
    calls = Call.objects.filter(notice=notice, parent_path=parent).annotate(kept=Subquery(whole))
    return {
        call.path: Sums(**call.kept) if call.kept else sums_of_call(vars(call))
        for call in calls[:MOST_BRANCHES]
    }


def paths_of(notice: Notice, top: str, call_ids: Sequence[int]) -> dict[int, str]:
    """Give the paths of some calls within a part of a notice; others are left out."""
    calls = Call.objects.filter(notice=notice, path__under=top, pk__in=call_ids)
    return dict(calls.values_list("pk", "path"))


def list_branches(notice: Notice, top: str, *, cursor: str = "", size: int = 50) -> Page[Branch]:
    """List every branch of a place from the top down; three statements for a page."""
    calls = named(Call.objects.filter(notice=notice, path__under=top))
    page = page_of(calls, ("path",), cursor=cursor, size=size, count=False)
    sums = sums_at(notice, [call.path for call in page.items])
    branches = [Branch(call, sums[call.path]) for call in page.items]
    return Page(branches, page.next, page.previous, page.total, page.total_is_exact)


# --- who is missing, and what is being done about it ------------------------


class Missing(StrEnum):
    """Which of the missing one wants to see."""

    ALL = "all"  # nobody has answered
    SILENT = "silent"  # every rung was tried
    HAND = "hand"  # a person has to ring, knock or go
    SLOW = "slow"  # somebody has understood, but not carried on


_ASKED = Q(state__in=[CallState.ASKING, CallState.SILENT])
_MISSING = {
    Missing.ALL: _ASKED & Q(understood_at=None),
    Missing.SILENT: Q(state=CallState.SILENT, understood_at=None),
    Missing.HAND: Q(state=CallState.ASKING, channel__in=sorted(BY_HAND), understood_at=None),
    Missing.SLOW: _ASKED & Q(understood_at__isnull=False, carried_at__isnull=True),
}


def missing_names(calls: QuerySet[Call]) -> QuerySet[Call]:
    """Put beside each call its names and how to reach whoever is asked.

    Beside the names each has `address` and `neighbour` of the present contact
    and `telephone` of the person.
    """
    telephone = Contact.objects.filter(person=OuterRef("person_id"), kind__in=TELEPHONES)
    contact = Contact.objects.filter(pk=OuterRef("contact_id"))
    return named(calls).annotate(
        address=Subquery(contact.values("address")[:1]),
        neighbour=Subquery(contact.values("neighbour__name")[:1]),
        telephone=Subquery(
            telephone.exclude(address="").order_by("position").values("address")[:1]
        ),
    )


def with_next(calls: Sequence[Call]) -> list[Call]:
    """Put beside each call who is asked after the present one, by the order that was frozen for it; one statement.

    As `next_name`, `next_channel` and `next_rank`; None where nobody is left to ask.
    """
    ladders: dict[UUID, list[Route]] = defaultdict(list)
    posts = {call.post_id for call in calls}
    rungs = Route.objects.filter(post_id__in=posts, person__isnull=False).order_by("rung")
    for rung in rungs.annotate(name=F("person__name")):
        ladders[rung.post_id].append(rung)
    for call in calls:
        left = rungs_left(ladder_standing(call), ladders[call.post_id])
        after = [rung for rung in left if rung.contact_id != call.contact_id]
        following = after[0] if after and call.state == CallState.ASKING else None
        call.next_name = following.name if following else None
        call.next_channel = following.channel if following else None
        call.next_rank = following.rank if following else None
    return list(calls)


def first_missing(notice: Notice, top: str, limit: int) -> list[Call]:
    """Give the first of the missing from the top down, with what comes next; two statements."""
    calls = Call.objects.filter(_MISSING[Missing.ALL], notice=notice, path__under=top)
    return with_next(list(missing_names(calls).order_by("path")[:limit]))


def list_missing(
    notice: Notice, top: str, which: Missing = Missing.ALL, *, cursor: str = "", size: int = 50
) -> Page[Call]:
    """List the missing from the top down; the count stops at a thousand. Four statements."""
    calls = Call.objects.filter(_MISSING[which], notice=notice, path__under=top)
    page = page_of(calls, ("path",), cursor=cursor, size=size)
    return replace(page, items=with_next(_with_names(page.items)))


def _with_names(calls: Sequence[Call]) -> list[Call]:
    """Name these calls only: beside a sort or a count, the database would name every one there is."""
    found = missing_names(Call.objects.filter(pk__in=[call.pk for call in calls])).in_bulk()
    return [found[call.pk] for call in calls if call.pk in found]


def count_missing(notice: Notice, top: str) -> dict[Missing, int]:
    """Count those who owe an answer, all of them and by what is to be done; one statement from an index of theirs alone."""
    unanswered = _calls_below(notice, top).filter(_MISSING[Missing.ALL])
    counts = dict.fromkeys((Missing.ALL, Missing.SILENT, Missing.HAND), 0)
    by_state = unanswered.values_list("state", "channel").annotate(number=Count("*")).order_by()
    for state, channel, number in by_state:
        counts[Missing.ALL] += number
        if state == CallState.SILENT:
            counts[Missing.SILENT] += number
        elif channel in BY_HAND:
            counts[Missing.HAND] += number
    return counts


def _calls_below(notice: Notice, top: str) -> QuerySet[Call]:
    """The calls of a part of a notice. Comparing the paths of all of it would be half of counting them."""
    calls = Call.objects.filter(notice=notice)
    return calls if top == notice.path else calls.filter(path__under=top)


def call_in(notice: Notice, call_id: int, top: str) -> Call:
    """Read one call with its names; Call.DoesNotExist outside the part that the viewer watches."""
    call = missing_names(Call.objects.filter(notice=notice, path__under=top)).get(pk=call_id)
    return with_next([call])[0]


def rungs_of(call: Call) -> list[Route]:
    """Give the ladder of a call's post: whom one could ask, by which contact, in the order frozen for it."""
    rungs = Route.objects.filter(post=call.post_id, person__isnull=False).order_by("rung")
    ladder = list(rungs.select_related("person", "contact", "contact__neighbour"))
    asked = {key: at for at, key in enumerate(Plan.read(call.plan).asked)}
    before = sorted(
        (rung for rung in ladder if rung.contact_id in asked),
        key=lambda rung: asked[rung.contact_id],
    )
    left = rungs_left(ladder_standing(call), ladder)
    return [*(rung for rung in before if rung not in left), *left]


# --- what is new, and where -------------------------------------------------


def version_of(notice_id: UUID, top: str) -> tuple[int, str]:
    """Name the state of a notice: the last fact about it, and what changes without one. One indexed read."""
    last = Entry.objects.filter(subject_id=str(notice_id), seq__isnull=False).order_by("-seq")
    kept = Reach.objects.filter(notice=OuterRef("pk"), path=top)
    row = (
        Notice.objects.filter(pk=notice_id)
        .annotate(last=Subquery(last.values("seq")[:1]), out=Subquery(kept.values("sent")[:1]))
        .values_list("last", "out", "state", "is_counted")
        .get()
    )
    return row[0] or 0, f"{row[1]}-{row[2]}-{row[3]:d}"


def facts_about(
    subjects: Iterable[UUID], top: str, *, before: int | None = None, limit: int = 30
) -> tuple[list[Entry], int | None]:
    """Read what the journal says about some things in a place and above it, newest first.

    Few at a time: a single fact can hold two thousand receipts. Also says where the older facts begin; None when there are none.
    """
    here = Q(place__under=top) | Q(place__in=["", *prefixes(top)])
    about = [str(one) for one in subjects]
    facts = Entry.objects.filter(here, seq__isnull=False, subject_id__in=about)
    if before is not None:
        facts = facts.filter(seq__lt=before)
    found = list(facts.order_by("-seq")[: limit + 1])
    older = found[limit - 1].seq if len(found) > limit else None
    return found[:limit], older


@dataclass(frozen=True, slots=True)
class ToDo:
    """What waits for a human being in a viewer's places."""

    by_hand: int  # posts that a person has to ring or go to
    silent: int


def _live_calls(viewer: Viewer, capability: str) -> QuerySet[Call]:
    live = Notice.objects.filter(state=NoticeState.STARTED, drill=None).exclude(
        kind__in=NOT_CARRIED
    )
    return Call.objects.filter(viewer.scope(capability), notice__in=live.values("pk"))


def to_do(viewer: Viewer) -> ToDo:
    """Count what waits in real notices under way; one statement that reads no more than it counts."""
    live = Notice.objects.filter(state=NoticeState.STARTED, drill=None)
    hand = _live_calls(viewer, SEE).filter(_MISSING[Missing.HAND])
    tops = Reach.objects.filter(notice__in=live.values("pk"), path__in=viewer.places.get(SEE, ()))
    by_hand, silent = read_figures(
        hand.order_by().values(one=Value(1)).annotate(number=Count("pk")).values("number"),
        tops.order_by().values(one=Value(1)).annotate(number=Sum("silent")).values("number"),
    )
    return ToDo(by_hand or 0, silent or 0)


def calls_by_hand(viewer: Viewer, limit: int) -> list[Call]:
    """Name whom the viewer's people have to ring or go to, the one whose time is up first; one statement."""
    calls = _live_calls(viewer, "alerts.answer").filter(_MISSING[Missing.HAND])
    # Only these are named: beside the sort, the database would name every one there is.
    first = calls.order_by("due_at", "pk").values("pk")[:limit]
    return list(missing_names(Call.objects.filter(pk__in=first)).order_by("due_at", "pk"))


@dataclass(frozen=True, slots=True)
class Preview:
    """Whom a notice would call, before it is sent."""

    posts: int
    households: int
    unreachable: int  # posts nobody can call
    unreachable_households: int
    by_hand: int  # posts where a person would have to ring or go first


def preview_of(top: str, places: Sequence[str]) -> Preview:
    """Count the posts in some places, and in the chain between them and the top; one statement."""
    inside = Q(pk__in=[])
    for place in places:
        inside |= Q(path__under=place)
    between = {up for place in places for up in prefixes(place) if up.startswith(top)}
    first = Route.objects.filter(inside | Q(path__in=sorted(between)), rung=0)
    nobody = Q(person=None)
    row = first.aggregate(
        posts=Count("pk"),
        homes=Sum("households"),
        unreachable=Count("pk", filter=nobody),
        unreachable_homes=Sum("households", filter=nobody),
        by_hand=Count("pk", filter=Q(channel__in=sorted(BY_HAND))),
    )
    return Preview(
        row["posts"],
        row["homes"] or 0,
        row["unreachable"],
        row["unreachable_homes"] or 0,
        row["by_hand"],
    )
