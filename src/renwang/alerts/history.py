"""The history of one warning: its versions, and which words each post had at a moment."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery

from renwang.alerts.composing.wordings import Texts
from renwang.alerts.models import Alert, Relay
from renwang.alerts.reading import main_info, read_alert
from renwang.alerts.selectors import thread
from renwang.base.paging import Page, page_of
from renwang.base.pure.differences import Run, difference
from renwang.base.pure.text import search_key
from renwang.chain.models import Holding, Person, Post, Unit
from renwang.chain.reach import Viewer
from renwang.outreach.models import Attempt, Call, Notice, Round
from renwang.outreach.rules import CallState

STEPS = ("carried", "understood", "read", "delivered", "sent")


@dataclass(frozen=True, slots=True)
class Version:
    """One message of a thread, with what it changed in the words of the one before."""

    alert: Alert
    texts: Texts
    changes: tuple[tuple[str, list[Run]], ...]  # (part, runs), of the parts that changed
    contact: str


def versions_of(alert: Alert, language: str) -> list[Version]:
    """Give every message of a warning's thread, first to last, with the differences marked; two statements."""
    found: list[Version] = []
    before = Texts()
    keys = [one.pk for one in thread(alert)]
    for one in Alert.objects.filter(pk__in=keys).order_by("sequence"):
        info = main_info(read_alert(bytes(one.original)).alert, language)
        texts = Texts(
            (info.headline if info else "") or one.event,
            (info.description if info else "") or "",
            (info.instruction if info else "") or "",
        )
        changes = tuple(
            (part, difference(getattr(before, part), getattr(texts, part)))
            for part in ("headline", "description", "instruction")
            if found and getattr(before, part) != getattr(texts, part)
        )
        found.append(Version(one, texts, changes, (info.contact if info else "") or ""))
        before = texts
    return found


def languages_of(alert: Alert) -> list[str]:
    """Name the languages that a warning speaks, each once."""
    said = read_alert(bytes(alert.original)).alert
    return list(dict.fromkeys(info.spoken for info in said.infos))


# --- who had which words ----------------------------------------------------


@dataclass(frozen=True, slots=True)
class Had:
    """What one post had at a moment: which version's words, how far they got with it, and by which channel."""

    unit_name: str
    unit_ref: str
    post_title: str
    person: str  # who was being asked, or had answered; empty for nobody
    sequence: int  # of the version; 0 where it had none
    step: str  # one of STEPS; empty where nothing was sent yet
    at: datetime | None  # when it got that far
    channel: str
    asked: int  # the version that it was being asked about; 0 for none
    households: int


class Telling:
    """The calls of a whole thread, as far as one viewer may see them."""

    def __init__(self, viewer: Viewer, alert: Alert):
        self.viewer = viewer
        relays = Relay.objects.filter(alert__thread=alert.thread, drill=alert.drill)
        self.notices: dict[UUID, Notice] = Notice.objects.in_bulk(
            list(relays.values_list("notice_id", flat=True))
        )
        self._seen = Call.objects.filter(viewer.scope("alerts.see"), notice__in=list(self.notices))

    @property
    def is_empty(self) -> bool:
        """Whether nobody was told anything."""
        return not self.notices

    def counts_at(self, moment: datetime) -> dict[int, int]:
        """Count the posts by the latest version whose words they had; one statement."""
        had = self._seen.filter(_had(moment))
        later = (
            Call.objects.filter(
                _had(moment), notice__in=list(self.notices), post_id=OuterRef("post_id")
            )
            .filter(notice__sequence__gt=OuterRef("notice__sequence"))
            .order_by()
        )
        latest = had.filter(~Exists(later)).order_by().values_list("notice__sequence")
        return dict(latest.annotate(Count("post_id", distinct=True)))

    @property
    def posts(self) -> int:
        """How many posts were ever called."""
        return self._seen.values("post_id").distinct().count()

    def list_posts(
        self, moment: datetime, *, text: str = "", cursor: str = "", size: int = 50
    ) -> Page[Post]:
        """List what each post had at a moment, by place; each gets `had`. Six statements for a page."""
        posts: QuerySet[Post] = Post.objects.filter(pk__in=self._seen.values("post_id"))
        if text:
            key = search_key(text)
            meant = Q(title__icontains=text) | Q(unit__search__contains=key)
            if self.viewer.may("people.see"):
                held = Holding.objects.filter(person__search__contains=key, is_current=True)
                meant |= Q(pk__in=held.values("post_id"))
            posts = posts.filter(meant)
        page = page_of(posts.select_related("unit"), ("path",), cursor=cursor, size=size)
        had = self.had_by([post.pk for post in page.items], moment)
        for post in page.items:
            post.had = had[post.pk]
        return page

    def had_by(self, posts: Sequence[UUID], moment: datetime) -> dict[UUID, Had]:
        """Say what some posts had at a moment; four statements."""
        unit = Unit.objects.filter(pk=OuterRef("unit_id"))
        calls = self._seen.filter(post_id__in=posts).annotate(
            sequence=F("notice__sequence"),
            unit_name=Subquery(unit.values("name")[:1]),
            unit_ref=Subquery(unit.values("ref")[:1]),
            post_title=Subquery(Post.objects.filter(pk=OuterRef("post_id")).values("title")[:1]),
        )
        by_post: dict[UUID, list[Call]] = defaultdict(list)
        for call in calls.order_by("notice__sequence", "pk"):
            by_post[call.post_id].append(call)
        every = [call.pk for some in by_post.values() for call in some]
        tries: dict[int, Attempt] = {}
        sent = Attempt.objects.filter(
            call__in=every, outcome=Attempt.Outcome.SENT, ended_at__lte=moment
        )
        for attempt in sent.order_by("ended_at"):
            tries[attempt.call_id] = attempt
        rounds: dict[int, Round] = {}
        for one in Round.objects.filter(call__in=every, at__lte=moment).order_by("at"):
            rounds[one.call_id] = one
        people = dict(
            Person.objects.filter(
                pk__in={one.person_id for one in tries.values()}
                | {call.answered_by for some in by_post.values() for call in some}
                | {call.person_id for some in by_post.values() for call in some}
            ).values_list("pk", "name")
        )
        return {
            post: _latest(some, moment, tries, rounds, people) for post, some in by_post.items()
        }


def _had(moment: datetime) -> Q:
    """The condition that a call's words had gone to the post by a moment."""
    reached = Q()
    for step in STEPS:
        reached |= Q(**{f"{step}_at__lte": moment})
    return reached


def _step_of(call: Call, moment: datetime) -> tuple[str, datetime | None]:
    for step in STEPS:
        at = getattr(call, f"{step}_at")
        if at is not None and at <= moment:
            return step, at
    return "", None


def _latest(
    calls: Sequence[Call],
    moment: datetime,
    tries: dict[int, Attempt],
    rounds: dict[int, Round],
    people: dict[UUID, str],
) -> Had:
    last, best = calls[-1], None
    for call in calls:
        if _step_of(call, moment)[0] or call.pk in rounds:
            best = call
    asked = [one for one in calls if one.asked_at is not None and one.asked_at <= moment]
    base = best or last
    step, at = _step_of(base, moment)
    attempt, made = tries.get(base.pk), rounds.get(base.pk)
    channel, person = "", None
    if best is not None:
        if step in ("understood", "carried") and base.answered_via:
            channel, person = base.answered_via, base.answered_by
        elif attempt is not None:
            channel, person = attempt.channel, attempt.person_id
        else:
            channel, person = (made.kind if made else base.channel), base.person_id
    elif asked:
        person = base.person_id
    if best is not None and not step and made is not None:
        step, at = "delivered", made.at
    open_one = asked[-1] if asked and asked[-1].state != CallState.WITHDRAWN else None
    return Had(
        unit_name=base.unit_name or "",
        unit_ref=base.unit_ref or "",
        post_title=base.post_title or "",
        person=people.get(person, "") if person else "",
        sequence=best.sequence if best is not None else 0,
        step=step,
        at=at,
        channel=channel,
        asked=open_one.sequence if open_one is not None else 0,
        households=base.households,
    )
