"""Find one post with all that hangs on it: who holds it, who held it, and who is called for it in which order."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from renwang.base.pure.text import search_key
from renwang.chain.models import Holding, Post, Route, Unit
from renwang.chain.reach import Viewer
from renwang.chain.rules import line_above
from renwang.chain.selectors.people import posts_visible_to
from renwang.chain.selectors.units import ancestors
from renwang.chain.structures import Level, Role, structure


@dataclass(frozen=True, slots=True)
class PostPage:
    """Everything a post's page shows."""

    post: Post
    level: Level
    role: Role | None  # None for a post outside the structure
    above: list[Unit]  # from the top down, its own unit last
    current: list[Holding]  # the holder first, then the deputies in order
    past: list[Holding]  # latest first
    ladder: list[Route]  # the rungs; empty for a post that no warning is addressed to
    sees_people: bool  # whether ways to reach people may be shown

    @property
    def holder(self) -> Holding | None:
        """Who holds it now; None while it is vacant."""
        return next((one for one in self.current if one.rank == 0), None)

    @property
    def deputies(self) -> list[Holding]:
        """Who stands in, in order."""
        return [one for one in self.current if one.rank > 0]


def post_page(viewer: Viewer, key: UUID, *, past: int = 20) -> PostPage:
    """Read a post's page in five statements. Whoever may not see the post gets Post.DoesNotExist."""
    post = posts_visible_to(viewer).select_related("unit", "organisation").get(pk=key)
    level = structure(post.unit.structure).level(post.unit.level)
    held = Holding.objects.filter(post=post).select_related("person", "person__unit")
    sees = viewer.may("people.see", post.path)
    rungs = Route.objects.filter(post=post, contact__isnull=False).order_by("rung")
    return PostPage(
        post=post,
        level=level,
        role=level.role(post.role),
        above=[*ancestors(post.unit), post.unit],
        current=list(held.filter(is_current=True).order_by("rank")),
        past=list(held.filter(is_current=False).order_by("-until_on", "-from_on")[:past]),
        ladder=list(rungs.select_related("person", "contact", "contact__neighbour")),
        sees_people=sees,
    )


def roles_of(unit: Unit) -> tuple[Role, ...]:
    """Return the roles that a unit's level knows."""
    return structure(unit.structure).level(unit.level).roles


def ladder_of(viewer: Viewer, unit: Unit) -> list[Route]:
    """Return who is called for a unit, rung by rung; nothing where the viewer may not see people."""
    if not viewer.may("people.see", unit.path):
        return []
    rungs = Route.objects.filter(unit=unit, contact__isnull=False).order_by("rung")
    return list(rungs.select_related("person", "contact", "contact__neighbour"))


def posts_named_to(viewer: Viewer) -> QuerySet[Post]:
    """Return the standing posts that a viewer can name: those he sees, and those of the units above him."""
    above = {path for place in viewer.places.get("chain.see", ()) for path in line_above(place)}
    reach = viewer.scope("chain.see") | Q(path__in=sorted(above))
    return Post.objects.filter(reach, ended_on=None)


def find_posts(viewer: Viewer, text: str, *, limit: int = 20) -> list[Post]:
    """Find posts by title, place, organisation or who holds them; several words narrow. Two statements."""
    found = posts_named_to(viewer)
    words = text.split()
    if not words:
        return []
    for word in words:
        key = search_key(word)
        holds = Holding.objects.filter(
            post=OuterRef("pk"), is_current=True, person__search__contains=key
        )
        found = found.filter(
            Q(title__icontains=word)
            | Q(unit__search__contains=key)
            | Q(organisation__search__contains=key)
            | Q(Exists(holds))
        )
    held = Holding.objects.filter(is_current=True).select_related("person").order_by("rank")
    found = found.select_related("unit", "organisation").defer("unit__boundary")
    found = found.prefetch_related(Prefetch("holdings", held, to_attr="current_holdings"))
    return list(found.order_by("path", "position", "title", "pk")[:limit])
