"""Reading the journal: a page of sealed facts by place, verb, subject, actor and time.

Pages are cut by sequence number, so the thousandth costs what the first does,
and a page that is already on screen never shifts. A filter that matches few
facts is answered from its own index, one that matches many by walking the
journal in order; which it is, is found by reading up to a limit. So no filter
makes the database sort or scan a million facts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Max, Min, Q, QuerySet, Value
from django.db.models.functions import Concat

from renwang.base.fields import below
from renwang.base.journal import sealed, sentences
from renwang.base.models import Entry

FEW = 2000


@dataclass(frozen=True, slots=True)
class Filter:
    """What a reader wants to see. The default is everything that really happened.

    `under`: paths, each standing for what is below it; None for every place,
    and an empty tuple for no place at all. `verbs`: exact, or prefixes that
    end in a dot. `since` is included, `until` is not.
    """

    under: tuple[str, ...] | None = None
    verbs: tuple[str, ...] = ()
    subject_id: str | None = None
    actor: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    drill: UUID | None = None  # only this rehearsal
    with_drills: bool = False  # rehearsals beside what really happened


@dataclass(frozen=True, slots=True)
class Page:
    """Facts, newest first, and where the pages beside this one begin."""

    entries: Sequence[Entry]
    older: int | None  # give it as `before`; None when there is nothing older
    newer: int | None  # give it as `after`; None for an empty page


def read_page(
    wanted: Filter, *, before: int | None = None, after: int | None = None, limit: int = 50
) -> Page:
    """Read one page: the newest facts, those just older than `before`, or those just newer than `after`.

    Newest first in every case. At most four statements, whatever the size.
    """
    facts = _narrowed(wanted)
    if before is not None:
        facts = facts.filter(seq__lt=before)
    if after is not None:
        found = list(facts.filter(seq__gt=after).order_by("seq")[:limit])
        found.reverse()
        older = found[-1].seq if found else None
    else:
        found = list(facts.order_by("-seq")[: limit + 1])
        older = found[limit - 1].seq if len(found) > limit else None
        found = found[:limit]
    return Page(found, older, found[0].seq if found else after)


def read_fact(seq: int, under: tuple[str, ...] | None = None) -> Entry | None:
    """Read one sealed fact; None where there is none, or where it lies outside these places."""
    found = sealed().filter(seq=seq).first()
    if found is None or under is None or "/" in under:
        return found
    return found if any(found.place.startswith(path) for path in under) else None


def _narrowed(wanted: Filter) -> QuerySet[Entry]:
    """Apply a filter in the way that is cheap for it."""
    # The concatenation keeps an index from being used where it would mean a sort.
    facts = sealed().alias(
        each_place=Concat("place", Value("")), each_verb=Concat("verb", Value(""))
    )
    if wanted.drill is not None:
        facts = facts.filter(drill=wanted.drill)
    elif not wanted.with_drills:
        facts = facts.filter(drill=None)
    if wanted.since or wanted.until:
        facts = _in_time(facts, wanted)
    if wanted.subject_id is not None:
        facts = facts.filter(subject_id=wanted.subject_id)
    if wanted.actor is not None:
        facts = facts.filter(actor=wanted.actor)
    # Each of these two has an index that gives its facts in the journal's order.
    indexed = wanted.subject_id is not None or wanted.actor is not None
    for condition, one_by_one in (_places(wanted.under), _verbs(wanted.verbs)):
        if condition is None:
            continue
        few = None if indexed else _few(condition)
        facts = facts.filter(one_by_one if few is None else Q(seq__in=few))
    return facts


def _few(condition: Q) -> list[int] | None:
    """Return the numbers of the facts that match, newest first, or None when they are many."""
    found = Entry.objects.filter(condition, seq__isnull=False).order_by()
    numbers = list(found.values_list("seq", flat=True)[: FEW + 1])
    return numbers if len(numbers) <= FEW else None


def _in_time(facts: QuerySet[Entry], wanted: Filter) -> QuerySet[Entry]:
    """Narrow to a span of time, and to the numbers that the span covers, so that the walk has an end."""
    span = Q()
    if wanted.since:
        span &= Q(at__gte=wanted.since)
    if wanted.until:
        span &= Q(at__lt=wanted.until)
    ends = Entry.objects.filter(span, seq__isnull=False).aggregate(
        first=Min("seq"), last=Max("seq")
    )
    if ends["first"] is None:
        return facts.none()
    return facts.filter(span, seq__gte=ends["first"], seq__lte=ends["last"])


def _places(under: tuple[str, ...] | None) -> tuple[Q | None, Q]:
    if under is None or "/" in under:
        return None, Q()
    condition, one_by_one = Q(pk__in=[]), Q(pk__in=[])
    for path in under:
        condition |= Q(place__under=path)
        one_by_one |= Q(each_place__gte=path, each_place__lt=below(path))
    return condition, one_by_one


def _verbs(verbs: tuple[str, ...]) -> tuple[Q | None, Q]:
    if not verbs:
        return None, Q()
    named = [
        known
        for known in sentences()
        if any(known == verb or (verb.endswith(".") and known.startswith(verb)) for verb in verbs)
    ]
    return Q(verb__in=named), Q(each_verb__in=named)
