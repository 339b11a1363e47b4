"""Find drafts: the list, one of them, who may approve it and how to reach him, what was issued."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, TextField
from django.db.models.functions import Cast

from renwang.alerts.composing_rules import DraftAct, DraftState, Follow, can, follows_open
from renwang.alerts.drafts import Draft
from renwang.alerts.models import Alert
from renwang.alerts.rules import AlertState
from renwang.base.paging import Page, page_of
from renwang.chain.models import Contact, Holding, Person, Unit
from renwang.chain.reach import BUNDLES, Viewer, grants_in_force
from renwang.chain.structures import UnknownStructure, structure

SORTS = {
    "-changed": ("-changed_at",),
    "changed": ("changed_at",),
    "title": ("title", "-changed_at"),
    "-title": ("-title", "-changed_at"),
    "ref": ("ref",),
    "-ref": ("-ref",),
}
TELEPHONES = ("phone", "sms")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which drafts somebody looks for; empty means any."""

    text: str = ""
    state: str = ""
    kind: str = ""
    hazard: str = ""


def drafts_visible_to(viewer: Viewer) -> QuerySet[Draft]:
    """Return the drafts at the places where the viewer may write or approve."""
    return Draft.objects.filter(viewer.scope("alerts.compose") | viewer.scope("alerts.approve"))


def draft_of(viewer: Viewer, draft_id: UUID) -> Draft | None:
    """Find one draft with what it is about; None hides what is out of reach."""
    found = drafts_visible_to(viewer).select_related("about", "alert").filter(pk=draft_id)
    return found.defer("about__original", "alert__original").first()


def list_drafts(
    viewer: Viewer, wanted: Wanted, *, sort: str = "-changed", cursor: str = "", size: int = 50
) -> Page[Draft]:
    """List drafts, each with `unit_name` and `author_name`; two statements."""
    unit = Unit.objects.filter(pk=OuterRef("unit_id"))
    author = Person.objects.filter(pk=OuterRef("written_by"))
    found = _narrowed(viewer, wanted).annotate(
        unit_name=Subquery(unit.values("name")[:1]),
        author_name=Subquery(author.values("name")[:1]),
    )
    return page_of(found, SORTS[sort], cursor=cursor, size=size)


def count_draft_states(viewer: Viewer, wanted: Wanted) -> dict[str, int]:
    """Count the drafts in each state, whatever state is looked for; one statement."""
    others = Wanted(wanted.text, "", wanted.kind, wanted.hazard)
    counted = _narrowed(viewer, others).order_by().values_list("state").annotate(Count("pk"))
    return dict(counted)


def _narrowed(viewer: Viewer, wanted: Wanted) -> QuerySet[Draft]:
    found = drafts_visible_to(viewer)
    for column in ("state", "kind", "hazard"):
        if value := getattr(wanted, column):
            found = found.filter(**{column: value})
    for word in wanted.text.split():
        units = Unit.objects.filter(name__icontains=word).values("pk")
        found = found.filter(
            Q(title__icontains=word) | Q(ref__icontains=word) | Q(unit_id__in=units)
        )
    return found


def waiting_for(viewer: Viewer) -> QuerySet[Draft]:
    """Return the drafts that wait for this viewer's approval: none that he wrote in himself."""
    waits = Draft.objects.filter(viewer.scope("alerts.approve"), state=DraftState.SUBMITTED)
    hands = Cast("authors", TextField())
    return waits.annotate(hands=hands).exclude(hands__contains=str(viewer.id))


# --- the second person ------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Approver:
    """Somebody who may approve a draft, and how to reach him now."""

    person_id: UUID
    name: str  # empty where the viewer may not see people there
    unit_name: str  # from where he may
    posts: tuple[str, ...]
    telephones: tuple[str, ...]


def approvers_of(viewer: Viewer, path: str, authors: Sequence[str]) -> list[Approver]:
    """Name who may approve what is written at a place, the nearest first, none of its authors; five statements.

    Names and telephones are given to who may see people there; others learn
    from where somebody may, which is enough to ring that office.
    """
    bundles = [key for key, held in BUNDLES.items() if "alerts.approve" in held]
    above = [path[: at + 1] for at in range(len(path)) if path[at] == "/" and at]
    grants = (
        grants_in_force(viewer.now)
        .filter(bundle__in=bundles, path__in=above, person__is_active=True)
        .exclude(person_id__in=[UUID(one) for one in authors])
        .select_related("person")
    )
    nearest: dict[UUID, tuple[str, Person]] = {}
    for grant in grants:
        held = nearest.get(grant.person_id)
        if held is None or len(grant.path) > len(held[0]):
            nearest[grant.person_id] = (grant.path, grant.person)
    names = dict(
        Unit.objects.filter(path__in={at for at, _ in nearest.values()}).values_list("path", "name")
    )
    posts = _posts_of(nearest)
    numbers = _telephones_of(nearest)
    found = []
    for key, (at, person) in sorted(
        nearest.items(), key=lambda one: (-len(one[1][0]), one[1][1].name)
    ):
        sees = viewer.may("people.see", at) or viewer.may("people.see", person.path)
        found.append(
            Approver(
                key,
                person.name if sees else "",
                names.get(at, ""),
                tuple(posts.get(key, ())),
                tuple(numbers.get(key, ())) if sees else (),
            )
        )
    return found


def _posts_of(people: dict[UUID, tuple[str, Person]]) -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = {}
    held = Holding.objects.filter(person__in=list(people), is_current=True).order_by("rank")
    for person, title in held.values_list("person_id", "post__title"):
        found.setdefault(person, []).append(title)
    return found


def _telephones_of(people: dict[UUID, tuple[str, Person]]) -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = {}
    ways = Contact.objects.filter(person__in=list(people), kind__in=TELEPHONES).exclude(address="")
    for person, address in ways.order_by("position").values_list("person_id", "address"):
        if address not in found.setdefault(person, []):
            found[person].append(address)
    return found


def may_approve(viewer: Viewer, draft: Draft) -> bool:
    """Whether the viewer is a second hand for a draft as it stands."""
    authors = {*draft.authors, str(draft.submitted_by)}
    return (
        can(DraftState(draft.state), DraftAct.APPROVE)
        and viewer.may("alerts.approve", draft.path)
        and str(viewer.id) not in authors
    )


# --- from where one may speak -----------------------------------------------


def speaking_units(viewer: Viewer, limit: int = 30) -> list[Unit]:
    """Give the topmost units in whose name the viewer may write, and those right below them."""
    places = viewer.places.get("alerts.compose", ())
    tops = list(
        Unit.objects.filter(path__in=places, ended_on=None).defer("boundary").order_by("path")
    )
    below = Unit.objects.filter(parent__in=tops, ended_on=None).defer("boundary")
    return [*tops, *below.order_by("path")[: max(0, limit - len(tops))]]


def may_warn(unit: Unit) -> bool:
    """Whether the level of a unit may issue an actual warning, by its structure's data."""
    try:
        return structure(unit.structure).level(unit.level).may_originate
    except UnknownStructure:
        return False


def warning_unit_above(unit: Unit) -> Unit | None:
    """Find the nearest unit above that may issue warnings, to whom one refers upward; None where this node has none."""
    above = [unit.path[: at + 1] for at in range(1, len(unit.path)) if unit.path[at] == "/"]
    line = Unit.objects.filter(path__in=above, ended_on=None).defer("boundary").order_by("-depth")
    return next((one for one in line if one.pk != unit.pk and may_warn(one)), None)


def names_of(ids: Sequence[UUID | None]) -> dict[UUID, str]:
    """Name the people of a draft; one statement."""
    wanted = {one for one in ids if one}
    return dict(Person.objects.filter(pk__in=wanted).values_list("pk", "name"))


def units_to_choose(draft: Draft, chosen: Sequence[Unit], limit: int = 60) -> list[Unit]:
    """Offer for an area the unit that speaks, those right below it, and whatever is chosen already."""
    here = Q(pk=draft.unit_id) | Q(parent=draft.unit_id, ended_on=None)
    near = Unit.objects.filter(here).defer("boundary").order_by("path")[:limit]
    found = {unit.pk: unit for unit in (*near, *chosen)}
    return sorted(found.values(), key=lambda unit: unit.path)


def place_names(paths: Sequence[str]) -> list[str]:
    """Name the units of some paths, in their order; one statement."""
    names = dict(Unit.objects.filter(path__in=paths).values_list("path", "name"))
    return [names.get(path, "") for path in paths]


# --- what became of it ------------------------------------------------------


def follows_of(viewer: Viewer, alert: Alert) -> tuple[Follow, ...]:
    """Say what the viewer may do to a message that was written here, in the order of the buttons; one statement."""
    draft = Draft.objects.filter(alert=alert).only("path").first()
    if draft is None or not viewer.may("alerts.compose", draft.path):
        return ()
    return follows_open(AlertState(alert.state), alert.colour)


def is_written_drill(drill: UUID) -> bool:
    """Whether an exercise was written at the desk, so that real people take part; one statement."""
    return Draft.objects.filter(drill=drill).exists()
