"""The duties list: what is wrong with it, by its own rules, and one person on whom too much of it hangs."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from renwang.base.models import Entry
from renwang.chain.models import Holding
from renwang.chain.rules import line_above
from renwang.outreach.setwise import in_chunks
from renwang.registers.duties import finding_words as said
from renwang.registers.duties.finding_rules import (
    TOO_MUCH,
    DutySeen,
    Finding,
    Hole,
    PostSeen,
    deputy_circles,
    find_holes,
)
from renwang.registers.duties.models import Duty, Helper
from renwang.registers.duties.rules import Phase
from renwang.registers.duties.selectors.answering import in_force
from renwang.registers.duties.selectors.holes import posts_seen, read_duties
from renwang.registers.readiness.catalogue import Check, Family, Touch, declare
from renwang.registers.readiness.reading import (
    divided,
    grouped,
    inside,
    inside_or_above,
    people_in,
)
from renwang.registers.readiness.rules import Found, Scope, Severity

_LEADS = _("When it happens, people look to one who decides. With nobody, or two, they wait.")
_STANDS = _("Whoever leads may be ill or away on the very day. A second one must stand ready.")
_TIME = _("A duty that has run out, or is argued about, binds nobody when it is needed.")
_PAPER = _("What is not written down has to be asked when nobody has time to answer.")

WHY: Mapping[Hole, Any] = {
    Hole.NO_LEADER: _LEADS,
    Hole.LEADER_ENDED: _LEADS,
    Hole.VACANT: _LEADS,
    Hole.TWO_LEADERS: _LEADS,
    Hole.PHASE_MISSING: _LEADS,
    Hole.LAPSED: _TIME,
    Hole.PLACE_ENDED: _TIME,
    Hole.DEPUTY_ACTS: _STANDS,
    Hole.NO_DEPUTY: _STANDS,
    Hole.DEPUTY_CIRCLE: _STANDS,
    Hole.HELPER_LEFT: _STANDS,
    Hole.HELPER_VACANT: _STANDS,
    Hole.LED_TWICE: _PAPER,
    Hole.TOO_MANY: _STANDS,
    Hole.ENDS_SOON: _TIME,
    Hole.OBJECTION_OPEN: _TIME,
    Hole.PROPOSAL_WAITS: _TIME,
    Hole.NO_GATHERING: _PAPER,
    Hole.NO_RESOURCES: _PAPER,
    Hole.NO_BASIS: _PAPER,
}
_OF_POSTS = {
    Hole.VACANT,
    Hole.LEADER_ENDED,
    Hole.DEPUTY_ACTS,
    Hole.NO_DEPUTY,
    Hole.DEPUTY_CIRCLE,
}
_ACROSS = {Hole.TOO_MANY, Hole.DEPUTY_CIRCLE}
"""What is found over places at once, and so by a reading of its own."""


def _check(hole: Hole) -> Check:
    example = Finding(hole, "/")
    return Check(
        f"duties.{hole.value}",
        said.NAMES[hole],
        said.SENTENCES[hole],
        WHY[hole],
        Severity(int(example.severity)),
        said.CAPABILITY[example.mender],
        "duties.see",
        "post" if hole in _OF_POSTS else "duty",
    )


CHECKS = tuple(_check(hole) for hole in Hole)


def find(scope: Scope, now: datetime) -> Iterable[Found]:
    """Find what is wrong with the duties of a scope, place by place, so that it does not matter how it is cut."""
    seen, _posts = read_duties(inside_or_above(scope), now=now)
    by_place: dict[str, list[DutySeen]] = {}
    for duty in seen:
        by_place.setdefault(duty.path, []).append(duty)
    for path in by_place:
        if scope.covers(path):
            line = [one for place in (*line_above(path), path) for one in by_place.get(place, ())]
            holes = find_holes(line, now, under=path)
            yield from (_found(one) for one in holes if one.hole not in _ACROSS)
    yield from _too_many(scope, now)
    yield from _circles(scope)


def _found(one: Finding) -> Found:
    params: dict[str, object] = {key: _plain(value) for key, value in one.params.items()}
    params |= {"ref": one.duties[0] if one.duties else "", "refs": list(one.duties)}
    params |= {"hazard": one.hazard, "phase": one.phase.value if one.phase else ""}
    if one.hole in _OF_POSTS:
        subject, target = f"{one.path}{one.post}", one.post
    elif one.duties:
        subject, target = one.duties[0], one.duties[0]
        subject += f":{params['helper']}" if "helper" in params else ""
    else:
        subject, target = f"{one.path}{one.hazard}/{params['phase']}", ""
    return Found(f"duties.{one.hole.value}", one.path, subject[:300], target, params)


def _plain(value: object) -> object:
    if isinstance(value, date):  # a datetime is one too
        return f"{value:%Y-%m-%d}"
    return list(value) if isinstance(value, tuple) else value


def _too_many(scope: Scope, now: datetime) -> Iterator[Found]:
    """People who lead the response too often, whose first post lies in the scope; three statements for a thousand."""
    respond = in_force(now).filter(phase=Phase.RESPOND.value)
    held = Holding.objects.filter(is_current=True, rank=0, person__is_active=True)
    here = held.filter(inside(scope, "post__path"), post__led_duties__in=respond)
    for some in in_chunks(list(here.values_list("person_id", flat=True).distinct())):
        rows = list(held.filter(person__in=some).values_list("person_id", "post_id", "post__path"))
        led: dict[UUID, int] = {}
        for keys in in_chunks([post for _person, post, _path in rows]):
            counted = respond.filter(leader__in=keys).order_by().values_list("leader_id")
            led.update(counted.annotate(Count("pk")))
        leading = grouped((person, path, post) for person, post, path in rows if led.get(post))
        for person, posts in leading.items():
            count = sum(led[post] for _path, post in posts)
            path, post = min(posts)
            if count > TOO_MUCH and scope.covers(path):
                params = {"person": str(person), "count": count}
                yield Found("duties.too_many", path, str(person), str(post), params)


def _circles(scope: Scope) -> Iterator[Found]:
    """Posts that deputise only for each other, whose first one lies in the scope.

    From the posts here one goes on to those that their deputies hold, as far as that leads.
    """
    leading = Duty.objects.filter(inside(scope, "leader__path"), held_from__isnull=False)
    known: dict[UUID, PostSeen] = {}
    reached: set[Any] = set(leading.values_list("leader_id", flat=True))
    while reached:
        seen = posts_seen(reached)
        known |= seen
        people = sorted({person for one in seen.values() for person in one.deputies})
        reached = _led_by(people) - known.keys()
    for circle in deputy_circles(known.values()):
        first = min(circle, key=lambda one: (one.path, one.key))
        if scope.covers(first.path):
            params = {"posts": [one.title for one in circle]}
            subject = f"{first.path}{first.key}"
            yield Found("duties.deputy_circle", first.path, subject, first.key, params)


def _led_by(people: Sequence[str]) -> set[UUID]:
    """Give the posts that some people hold and that lead a duty."""
    found: set[UUID] = set()
    for some in in_chunks(people):
        held = Holding.objects.filter(person__in=some, is_current=True, rank=0)
        leads = held.filter(post__led_duties__held_from__isnull=False)
        found |= set(leads.values_list("post_id", flat=True))
    return found


def touched(entries: Sequence[Entry]) -> Iterable[Touch]:
    """Look again where a duty changed and below, and at every duty of the posts that people came to or left."""
    found = divided(entries)
    changed = [entry for entry in entries if entry.verb.startswith("duties.")]
    found |= {Touch(entry.place or "/", True) for entry in changed}
    chain = [entry for entry in entries if entry.verb.startswith("chain.")]
    posts: set[UUID] = {UUID(one.subject_id) for one in chain if one.subject_kind == "post"}
    people = people_in(chain)
    for some in in_chunks([one.subject_id for one in changed if one.subject_kind == "duty"]):
        led = Holding.objects.filter(post__led_duties__in=some)
        people |= set(led.values_list("person_id", flat=True))
    for some in in_chunks(sorted(people)):
        posts |= set(Holding.objects.filter(person__in=some).values_list("post_id", flat=True))
    for some in in_chunks(sorted(posts)):
        led = Duty.objects.filter(leader__in=some).values_list("path", "leader__path")
        helped = Helper.objects.filter(post__in=some).values_list("duty__path", flat=True)
        found |= {Touch(path) for pair in led.distinct() for path in pair}
        found |= {Touch(path) for path in helped.distinct()}
    bodies = [one.subject_id for one in chain if one.subject_kind == "organisation"]
    for some in in_chunks(bodies):
        helped = Helper.objects.filter(organisation__in=some).values_list("duty__path", flat=True)
        found |= {Touch(path) for path in helped.distinct()}
    return found


declare(
    Family(
        "duties",
        _("Duties list"),
        CHECKS,
        find,
        (
            "duties.",
            "chain.holder_appointed",
            "chain.deputy_appointed",
            "chain.deputies_reordered",
            "chain.post_vacated",
            "chain.post_closed",
            "chain.person_deactivated",
            "chain.organisation_closed",
            "chain.imported",
            "chain.place_invented",
            "chain.unit_moved",
            "chain.unit_split",
            "chain.units_merged",
            "chain.unit_closed",
        ),
        touched,
    )
)
