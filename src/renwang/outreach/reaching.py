"""Who can be reached: roll-calls and what came of them, and what the contacts on the chain have proved (W5)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum

from renwang.base.paging import Page, page_of
from renwang.base.pure.text import search_key
from renwang.chain.models import Contact, Holding, Person, Post, Route, Unit
from renwang.chain.reach import Viewer
from renwang.outreach.models import Attempt, Call, RollCall, RollCallPlan
from renwang.outreach.rollcall_rules import ROLLCALL, Past, Proof, is_alive, proof_of
from renwang.outreach.rules import BY_HAND, CallState, NoticeState
from renwang.outreach.services.tallying import prefixes

SEE = "people.see"

# --- roll-calls -----------------------------------------------------------------


def visible_to(viewer: Viewer) -> QuerySet[RollCall]:
    """Roll-calls that went through a place where the viewer may see people."""
    condition = Q(pk__in=[])
    for place in viewer.places.get(SEE, ()):
        condition |= Q(path__under=place) | Q(path__in=prefixes(place))
    return RollCall.objects.filter(condition)


def list_rollcalls(
    viewer: Viewer, *, under: Unit | None = None, cursor: str = "", size: int = 50
) -> Page[RollCall]:
    """List roll-calls, the latest first, each with its place and how many contacts answered."""
    found = visible_to(viewer)
    if under is not None:
        found = found.filter(path__under=under.path)
    answered = Call.objects.filter(notice=OuterRef("notice"), carried_at__isnull=False)
    counted = answered.order_by().values("notice").annotate(n=Count("pk")).values("n")
    found = found.annotate(
        unit_name=Subquery(Unit.objects.filter(pk=OuterRef("unit_id")).values("name")[:1]),
        answered=Subquery(counted),
    )
    return page_of(
        found.select_related("notice"), ("-started_at",), cursor=cursor, size=size, count=False
    )


def plans_visible_to(viewer: Viewer) -> list[RollCallPlan]:
    """Return the rhythms in force where the viewer may hold roll-calls, each with its place."""
    plans = RollCallPlan.objects.filter(viewer.scope("rollcalls.run"), is_active=True)
    named = Unit.objects.filter(pk=OuterRef("unit_id"))
    return list(plans.annotate(unit_name=Subquery(named.values("name")[:1])).order_by("next_at"))


@dataclass(frozen=True, slots=True)
class ChannelCount:
    """How the contacts of one kind did in a roll-call."""

    channel: str
    asked: int
    answered: int


@dataclass(frozen=True, slots=True)
class RollCallPage:
    """A roll-call as one viewer sees it: his part of it and no more."""

    rollcall: RollCall
    unit_name: str
    top: str
    channels: list[ChannelCount]
    people: int
    people_answered: int

    @property
    def is_live(self) -> bool:
        """Whether people may still answer in time."""
        return self.rollcall.notice.state == NoticeState.STARTED

    @property
    def asked(self) -> int:
        """How many contacts were tried."""
        return sum(one.asked for one in self.channels)

    @property
    def answered(self) -> int:
        """Through how many of them somebody answered."""
        return sum(one.answered for one in self.channels)

    @property
    def people_silent(self) -> int:
        """How many people have not answered by any way."""
        return self.people - self.people_answered


def rollcall_page(viewer: Viewer, key: UUID) -> RollCallPage | None:
    """Read a roll-call; None hides what is out of reach. Two statements."""
    named = Unit.objects.filter(pk=OuterRef("unit_id"))
    found = (
        visible_to(viewer)
        .select_related("notice")
        .annotate(unit_name=Subquery(named.values("name")[:1]))
        .filter(pk=key)
        .first()
    )
    top = _top_for(viewer, found.path) if found else ""
    if found is None or not top:
        return None
    calls = Call.objects.filter(notice=found.notice_id, path__under=top)
    answered = Q(carried_at__isnull=False)
    counts = {
        "people": Count("person_id", distinct=True),
        "people_answered": Count("person_id", distinct=True, filter=answered),
    }
    for kind in Contact.Kind:
        counts[f"asked_{kind}"] = Count("pk", filter=Q(channel=kind))
        counts[f"answered_{kind}"] = Count("pk", filter=answered & Q(channel=kind))
    sums = calls.aggregate(**counts)
    channels = [
        ChannelCount(kind.value, sums[f"asked_{kind}"], sums[f"answered_{kind}"])
        for kind in Contact.Kind
        if sums[f"asked_{kind}"]
    ]
    return RollCallPage(
        rollcall=found,
        unit_name=found.unit_name or "",
        top=top,
        channels=sorted(channels, key=lambda one: -one.asked),
        people=sums["people"],
        people_answered=sums["people_answered"],
    )


def _top_for(viewer: Viewer, path: str) -> str:
    if viewer.may(SEE, path):
        return path
    inside = [one for one in viewer.places.get(SEE, ()) if one.startswith(path)]
    return min(inside, key=len, default="")


class Line(StrEnum):
    """Which lines of a roll-call one wants to see."""

    ALL = "all"
    SILENT = "silent"  # nobody has answered through it
    HAND = "hand"  # a person has to ring, knock or go
    ANSWERED = "answered"


_LINES = {
    Line.ALL: Q(),
    Line.SILENT: Q(carried_at=None),
    Line.HAND: Q(carried_at=None, channel__in=sorted(BY_HAND)),
    Line.ANSWERED: Q(carried_at__isnull=False),
}


def list_lines(
    page: RollCallPage,
    which: Line = Line.ALL,
    *,
    text: str = "",
    cursor: str = "",
    size: int = 50,
) -> Page[Call]:
    """List the contacts of a roll-call from the top down, each with its person and the last trouble."""
    calls = Call.objects.filter(_LINES[which], notice=page.rollcall.notice_id)
    calls = calls.filter(path__under=page.top)
    if text:
        known = Person.objects.filter(search__contains=search_key(text))
        calls = calls.filter(person_id__in=known.values("pk"))
    cut = page_of(calls, ("path",), cursor=cursor, size=size, count=False)
    found = _line_names(Call.objects.filter(pk__in=[call.pk for call in cut.items])).in_bulk()
    return replace(cut, items=[found[call.pk] for call in cut.items if call.pk in found])


def line_of(page: RollCallPage, call_id: int) -> Call:
    """Read one line with its names; Call.DoesNotExist outside the part that the viewer sees."""
    calls = Call.objects.filter(notice=page.rollcall.notice_id, path__under=page.top)
    return _line_names(calls).get(pk=call_id)


def _line_names(calls: QuerySet[Call]) -> QuerySet[Call]:
    tries = Attempt.objects.filter(call=OuterRef("pk")).order_by("-begun_at", "-id")
    contact = Contact.objects.filter(pk=OuterRef("contact_id"))
    return calls.annotate(
        unit_name=Subquery(Unit.objects.filter(pk=OuterRef("unit_id")).values("name")[:1]),
        person_name=Subquery(Person.objects.filter(pk=OuterRef("person_id")).values("name")[:1]),
        address=Subquery(contact.values("address")[:1]),
        neighbour=Subquery(contact.values("neighbour__name")[:1]),
        trouble=Subquery(tries.values("trouble")[:1]),
    )


def signs_asked_of(viewer: Viewer) -> list[Call]:
    """Return the contacts of his own by which a person is being asked for a sign of life."""
    calls = Call.objects.filter(
        person_id=viewer.id,
        state=CallState.ASKING,
        notice__state=NoticeState.STARTED,
        notice__kind=ROLLCALL,
    ).annotate(
        address=Subquery(Contact.objects.filter(pk=OuterRef("contact_id")).values("address"))
    )
    return list(calls.select_related("notice").order_by("rung", "pk")[:20])


# --- what is known of everybody on the chain --------------------------------------


class Which(StrEnum):
    """Whom of the chain one wants to see."""

    ALL = "all"
    NOBODY = "nobody"  # cannot be reached by any channel
    FAILED = "failed"  # one contact or more did not work
    STALE = "stale"  # one or more worked, but long ago
    NEVER = "never"  # nobody has ever answered through one or more


@dataclass(frozen=True, slots=True)
class Proved:
    """A contact and what it has proved."""

    contact: Contact
    proof: Proof


@dataclass(frozen=True, slots=True)
class Held:
    """A post on the chain that a person holds or stands in for, and who has to mend his contacts."""

    title: str
    unit_name: str
    rank: int
    households: int  # that the unit itself carries to
    is_cut_off: bool  # nobody in the post can be reached
    mender: str  # who answers for the unit above; empty where there is none
    mender_title: str


@dataclass(frozen=True, slots=True)
class Reachable:
    """A person on the chain with what is known of how he can be reached."""

    person: Person
    contacts: list[Proved]
    posts: list[Held]

    @property
    def is_reachable(self) -> bool:
        """Whether any of his contacts has not failed."""
        return any(is_alive(one.proof) for one in self.contacts)

    @property
    def households(self) -> int:
        """The households to which nobody in his posts could carry a warning."""
        return sum(post.households for post in self.posts if post.is_cut_off)

    @property
    def mender(self) -> Held | None:
        """The post in which somebody has to mend his contacts."""
        return next((post for post in self.posts if post.mender_title), None)


def fresh_after(now: datetime) -> datetime:
    """Say since when somebody must have answered through a contact for it to count as proved."""
    return now - timedelta(days=settings.RENWANG_CONTACT_FRESH_DAYS)


_FAILED = Q(failed_at__isnull=False) & (Q(worked_at=None) | Q(worked_at__lt=F("failed_at")))


def _contacts(which: Which, now: datetime) -> QuerySet[Contact]:
    own = Contact.objects.filter(person=OuterRef("pk"))
    if which is Which.FAILED:
        return own.filter(_FAILED)
    if which is Which.STALE:
        return own.filter(~_FAILED, worked_at__lt=fresh_after(now))
    if which is Which.NEVER:
        return own.filter(~_FAILED, worked_at=None)
    return own.filter(~_FAILED)


def list_reachable(
    viewer: Viewer,
    *,
    which: Which = Which.ALL,
    under: Unit | None = None,
    text: str = "",
    cursor: str = "",
    size: int = 50,
) -> Page[Reachable]:
    """List the people on the chain in reach, by place and name; four statements for a page of any length."""
    people = _on_the_chain(viewer, under)
    if text:
        people = people.filter(search__contains=search_key(text))
    if which is Which.NOBODY:
        people = people.filter(~Exists(_contacts(which, viewer.now)))
    elif which is not Which.ALL:
        people = people.filter(Exists(_contacts(which, viewer.now)))
    page = page_of(people, ("path", "name"), cursor=cursor, size=size, count=False)
    return replace(page, items=_proved(page.items, viewer.now))


def _on_the_chain(viewer: Viewer, under: Unit | None = None) -> QuerySet[Person]:
    within = {"post__path__under": under.path} if under is not None else {}
    held = Holding.objects.filter(
        viewer.scope(SEE, "post__path"),
        person=OuterRef("pk"),
        is_current=True,
        post__answers=True,
        post__ended_on=None,
        **within,
    )
    return Person.objects.filter(Exists(held), is_active=True)


def _proved(people: Sequence[Person], now: datetime) -> list[Reachable]:
    keys = {one.pk for one in people}
    answering = Holding.objects.filter(is_current=True, post__answers=True, post__ended_on=None)
    ladders = list(
        answering.filter(post__in=answering.filter(person__in=keys).values("post"))
        .select_related("post", "post__unit")
        .order_by("rank", "from_on")
    )
    contacts: dict[UUID, list[Proved]] = defaultdict(list)
    every = Contact.objects.filter(person__in=keys | {one.person_id for one in ladders})
    for contact in every.select_related("neighbour"):
        past = Past(contact.worked_at, contact.failed_at)
        proof = proof_of(past, fresh_after=fresh_after(now))
        contacts[contact.person_id].append(Proved(contact, proof))
    alive = {key for key, some in contacts.items() if any(is_alive(one.proof) for one in some)}
    open_posts = {one.post_id for one in ladders if one.person_id in alive}
    carried = _carried_by({one.post_id for one in ladders})
    posts: dict[UUID, list[Held]] = defaultdict(list)
    for one in ladders:
        if one.person_id in keys:
            households, title, name = carried.get(one.post_id, (0, "", ""))
            posts[one.person_id].append(
                Held(
                    title=one.post.title,
                    unit_name=one.post.unit.name,
                    rank=one.rank,
                    households=households,
                    is_cut_off=one.post_id not in open_posts,
                    mender=name or "",
                    mender_title=title or "",
                )
            )
    return [Reachable(one, contacts[one.pk], posts[one.pk]) for one in people]


def _carried_by(posts: Iterable[UUID]) -> dict[UUID, tuple[int, str | None, str | None]]:
    """Say of posts how many households they carry to, and who answers above them: title and name."""
    above = Post.objects.filter(path=OuterRef("parent_path"), answers=True, ended_on=None)
    holder = Holding.objects.filter(
        post__path=OuterRef("parent_path"),
        post__answers=True,
        post__ended_on=None,
        rank=0,
        is_current=True,
    )
    firsts = Route.objects.filter(post__in=set(posts), rung=0).annotate(
        mender_title=Subquery(above.values("title")[:1]),
        mender=Subquery(holder.values("person__name")[:1]),
    )
    rows = firsts.values_list("post_id", "households", "mender_title", "mender")
    return {post: (households, title, name) for post, households, title, name in rows}


@dataclass(frozen=True, slots=True)
class CutOff:
    """What no warning can get through to in a viewer's places."""

    posts: int  # in which nobody can be reached by any channel
    households: int  # to which those posts themselves carry


def cut_off(viewer: Viewer) -> CutOff:
    """Count the posts in which nobody can be reached, and the households that hang on them; one statement."""
    open_ladder = Route.objects.filter(post=OuterRef("post")).filter(
        Q(contact__failed_at=None) | Q(contact__worked_at__gte=F("contact__failed_at")),
        contact__isnull=False,
    )
    found = Route.objects.filter(viewer.scope(SEE), ~Exists(open_ladder), rung=0)
    sums: dict[str, Any] = found.aggregate(posts=Count("pk"), homes=Sum("households"))
    return CutOff(sums["posts"], sums["homes"] or 0)


def count_unreachable(viewer: Viewer) -> int:
    """Count the people on the chain in reach without any contact that works; one statement."""
    return _on_the_chain(viewer).filter(~Exists(_contacts(Which.NOBODY, viewer.now))).count()


def live_rollcalls(viewer: Viewer) -> list[RollCall]:
    """Return the roll-calls under way that the viewer may watch."""
    live = visible_to(viewer).filter(notice__state=NoticeState.STARTED)
    return list(live.select_related("notice").order_by("-started_at")[:5])
