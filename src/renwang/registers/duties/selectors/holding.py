"""What hangs on a post, and all that one person answers for."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Prefetch

from renwang.chain.models import Holding, Person, Post
from renwang.chain.reach import Viewer
from renwang.chain.selectors.people import people_visible_to
from renwang.registers.duties.models import Duty, Helper
from renwang.registers.duties.selectors.answering import in_force, leads_of


@dataclass(frozen=True, slots=True)
class Held:
    """A post that somebody stands for, with all it answers for in force."""

    post: Post
    rank: int  # 0 holds it, 1 and up deputise
    holder: str  # who holds it; empty while it is vacant
    deputies: tuple[str, ...]  # in order
    leads: list[Duty] = field(default_factory=list)  # each with `named_helpers`
    helps: list[Helper] = field(default_factory=list)  # each with its duty

    @property
    def stands_in(self) -> bool:
        """Whether a deputy answers now, because nobody holds the post and he is the first."""
        return self.rank > 0 and not self.holder


def duties_of_post(post: Post, *, now: datetime) -> Held:
    """Give all that a post answers for; five statements."""
    return _filled([(post, 0)], now)[0]


def duties_of_person(person: Person, *, now: datetime) -> list[Held]:
    """Give the posts a person holds or deputises for, with all they answer for; six statements.

    The posts he holds come first. A person without a post answers for nothing.
    """
    mine = Holding.objects.filter(person=person, is_current=True, post__ended_on=None)
    mine = mine.select_related("post", "post__unit", "post__organisation")
    rows = mine.defer("post__unit__boundary").order_by("rank", "post__path", "post__position")
    return _filled([(one.post, one.rank) for one in rows], now)


def person_seen(viewer: Viewer, key: UUID) -> Person | None:
    """Find a person in the viewer's reach, or himself; None hides everybody else."""
    return people_visible_to(viewer).select_related("unit").filter(pk=key).first()


def _filled(posts: list[tuple[Post, int]], now: datetime) -> list[Held]:
    keys = [post.pk for post, _rank in posts]
    if not keys:
        return []
    people = _people_on(keys)
    leads = _by(leads_of(keys, at=now).prefetch_related(_helpers()), "leader_id")
    helps = _by(_helped(keys, now), "post_id")
    return [
        Held(
            post,
            rank,
            next((name for place, name in people.get(post.pk, ()) if place == 0), ""),
            tuple(name for place, name in people.get(post.pk, ()) if place > 0),
            leads.get(post.pk, []),
            helps.get(post.pk, []),
        )
        for post, rank in posts
    ]


def _people_on(keys: list[UUID]) -> dict[UUID, list[tuple[int, str]]]:
    rows = Holding.objects.filter(post__in=keys, is_current=True).order_by("rank")
    found: dict[UUID, list[tuple[int, str]]] = {}
    for post, rank, name in rows.values_list("post_id", "rank", "person__name"):
        found.setdefault(post, []).append((rank, name))
    return found


def _helped(keys: list[UUID], now: datetime) -> Iterable[Helper]:
    duties = in_force(now).values("pk")
    found = Helper.objects.filter(post__in=keys, duty__in=duties)
    found = found.select_related("duty", "duty__unit", "duty__leader", "duty__leader__unit")
    return found.defer(
        "duty__search", "duty__unit__boundary", "duty__leader__unit__boundary"
    ).order_by("duty__hazard", "duty__phase", "duty__path")


def _helpers() -> Prefetch:
    rows = Helper.objects.select_related("post", "post__unit", "organisation").defer(
        "post__unit__boundary"
    )
    return Prefetch("helpers", rows, to_attr="named_helpers")


def _by(rows: Iterable, key: str) -> dict:
    found: dict = {}
    for row in rows:
        found.setdefault(getattr(row, key), []).append(row)
    return found
