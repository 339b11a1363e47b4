"""Places, their posts and how people are reached: the checks, and how they are read."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from renwang.base.models import Entry
from renwang.chain import tree
from renwang.chain.models import Account, Contact, Holding, Post, Unit
from renwang.chain.reach import BUNDLES
from renwang.chain.rules import line_above
from renwang.chain.structures import Level, structure
from renwang.outreach.rollcall_rules import Past, Proof, proof_of
from renwang.outreach.setwise import in_chunks
from renwang.registers.readiness.catalogue import Check, Family, Touch, declare
from renwang.registers.readiness.place_rules import (
    PersonSeen,
    PlaceSeen,
    PostSeen,
    WaySeen,
    find_overloaded,
    find_place_holes,
)
from renwang.registers.readiness.reading import (
    divided,
    grouped,
    inside,
    people_in,
    places_of,
)
from renwang.registers.readiness.rules import Found, Scope, Severity

_GRAVE, _ATTENTION, _NOTE = Severity


def _post(
    key: str, name: Any, sentence: Any, why: Any, severity: Severity, **changed: str
) -> Check:
    """A check about a post: mended where people are appointed, seen by whoever sees posts."""
    said = {"mender": "chain.edit", "sees": "chain.see", "mends": "post"} | changed
    return Check(f"chain.{key}", name, sentence, why, severity, **said)


def _reach(key: str, name: Any, sentence: Any, why: Any, severity: Severity) -> Check:
    """A check about how people on a post are reached: mended by whoever keeps their contacts."""
    return _post(key, name, sentence, why, severity, mender="people.edit")


def _place(key: str, name: Any, sentence: Any, why: Any, severity: Severity) -> Check:
    return _post(key, name, sentence, why, severity, mends="unit")


_WHY_ANSWER = _(
    "A warning goes from post to post. Where nobody stands, it does not arrive, and everybody below waits."
)
_WHY_REACH = _(
    "Whoever cannot be reached has no warning, whatever was sent. A number proves nothing."
)

CHECKS = (
    _place(
        "no_answering_post",
        _("No post that answers"),
        _("{place} has no post that a warning is addressed to. Found one."),
        _WHY_ANSWER,
        _GRAVE,
    ),
    _post(
        "vacant",
        _("Nobody answers"),
        _("“{post}” in {place} is vacant and has no deputy. Appoint somebody."),
        _WHY_ANSWER,
        _GRAVE,
    ),
    _post(
        "grid_without_worker",
        _("A grid without a worker"),
        _("Nobody works the grid {place} with its {households} households. Appoint somebody."),
        _WHY_ANSWER,
        _GRAVE,
    ),
    _post(
        "doors_without_carrier",
        _("Doors that nobody knocks at"),
        _("Nobody carries a warning to the {households} households of {place}. Appoint somebody."),
        _WHY_ANSWER,
        _GRAVE,
    ),
    _post(
        "deputy_acts",
        _("Only a deputy stands in"),
        _("Nobody holds “{post}”; a deputy stands in. Appoint a holder."),
        _WHY_ANSWER,
        _ATTENTION,
    ),
    _post(
        "no_deputy",
        _("No deputy where a warning goes"),
        _("“{post}” answers for its place and has no deputy: one illness, and nobody does."),
        _("One person alone is a single point of failure: he sleeps, travels and falls ill."),
        _ATTENTION,
    ),
    _post(
        "other_vacant",
        _("Another post is vacant"),
        _("Nobody holds “{post}”. Appoint somebody, or close the post."),
        _("A post that nobody holds stands in plans and lists as if somebody did the work."),
        _NOTE,
    ),
    _post(
        "gone_still_listed",
        _("Gone, and still on a post"),
        _("{person} has left and still stands on “{post}”. Appoint a successor."),
        _("Whoever is gone is not called. The list says more people than there are."),
        _ATTENTION,
    ),
    _post(
        "term_ends",
        _("A term ends"),
        _("The term of {person} on “{post}” ends on {until}. Appoint the next one in time."),
        _("A successor has to be appointed, told and reached before the last day."),
        _ATTENTION,
    ),
    _post(
        "nobody_signs_in",
        _("Nobody can sign in"),
        _("The work of “{post}” is done at the desk, and nobody on it has a sign-in."),
        _("Whoever must decide about a warning has to come in at two in the morning."),
        _ATTENTION,
        mender="people.edit",
    ),
    _post(
        "too_much_on_one",
        _("Too many posts on one person"),
        _("{person} answers for {count} places, “{post}” among them. Share them out."),
        _("In a large event they all need him at once. He is a single point of failure for all."),
        _ATTENTION,
    ),
    _reach(
        "unreachable",
        _("Nobody can be called"),
        _("Nobody on “{post}” has any way to be reached. Enter a telephone number."),
        _WHY_REACH,
        _GRAVE,
    ),
    _reach(
        "silent",
        _("No way works"),
        _("All {count} ways to reach “{post}” failed when they were last used. Mend them."),
        _WHY_REACH,
        _GRAVE,
    ),
    _reach(
        "holder_silent",
        _("The holder cannot be reached"),
        _("Every way to reach whoever stands first on “{post}” failed last time. Mend them."),
        _WHY_REACH,
        _ATTENTION,
    ),
    _reach(
        "contact_failed",
        _("Ways that failed"),
        _("{count} ways to reach “{post}” failed when they were last used. Mend them."),
        _WHY_REACH,
        _NOTE,
    ),
    _reach(
        "one_way",
        _("One way only"),
        _("“{post}” can be reached in one way only. Enter a second one, of another kind."),
        _("Networks fail in storms, each in its own way: two kinds fail together less often."),
        _ATTENTION,
    ),
    _reach(
        "no_telephone",
        _("No telephone"),
        _("Nobody on “{post}” has a telephone number: without data nobody reaches him."),
        _("When the data network goes, voice and text messages often still work."),
        _NOTE,
    ),
    _reach(
        "never_answered",
        _("Never answered"),
        _("Nobody has ever answered for “{post}” through any way. Hold a roll-call."),
        _WHY_REACH,
        _NOTE,
    ),
    _reach(
        "long_unanswered",
        _("Long without an answer"),
        _("Nobody has answered for “{post}” for long. Hold a roll-call."),
        _WHY_REACH,
        _NOTE,
    ),
    _place(
        "grid_not_drawn",
        _("A grid that is not drawn"),
        _("The grid {place} has no boundary: a warning drawn on the map does not find it."),
        _("Warnings come as areas. What has no area is found by its name only, or not at all."),
        _ATTENTION,
    ),
    _place(
        "grid_too_large",
        _("A grid too large for one"),
        _("{place} has {households} households, more than the {most} that one worker can know."),
        _("A customary figure, no law: beyond it a worker knows doors, and no longer people."),
        _NOTE,
    ),
    _place(
        "nobody_counted",
        _("Nobody counted"),
        _("{place} knocks at doors, and no household is kept or declared there."),
        _("Coverage is counted in households: where there are none, a silence is not noticed."),
        _NOTE,
    ),
)


def find(scope: Scope, now: datetime) -> Iterable[Found]:
    """Find what is wrong with the places of a scope; eight statements."""
    today = tree.today(now)
    for place in read_places(scope, now):
        yield from find_place_holes(place, today)
    yield from _overloaded(scope)


def read_places(scope: Scope, now: datetime) -> Iterator[PlaceSeen]:
    """Read places with their posts and people as the rules see them; six statements."""
    posts = _posts(scope, _people(scope, now))
    units = Unit.objects.filter(inside(scope), ended_on=None).order_by("path")
    columns = ("pk", "path", "name", "structure", "level", "tally__households")
    drawn = set(
        Unit.objects.filter(inside(scope), ended_on=None)
        .exclude(boundary="")
        .values_list("pk", flat=True)
    )
    for key, path, name, kind, level, households in units.values_list(*columns):
        known = structure(kind).level(level)
        yield PlaceSeen(
            path,
            name,
            known.is_grid,
            known.carries_to_doors,
            any(role.answers for role in known.roles),
            households=households or 0,
            is_drawn=key in drawn,
            posts=tuple(_post_seen(one, people, known) for one, people in posts.get(key, ())),
        )


def _post_seen(row: tuple[Any, ...], people: tuple[PersonSeen, ...], level: Level) -> PostSeen:
    key, title, role, answers = row
    known = level.role(role)
    desk = known is not None and "alerts.relay" in BUNDLES.get(known.bundle, ())
    return PostSeen(str(key), title, answers, people, desk)


def _posts(scope: Scope, people: dict[UUID, list[PersonSeen]]) -> dict[UUID, list[Any]]:
    rows = Post.objects.filter(inside(scope), ended_on=None).order_by("position", "pk")
    found: dict[UUID, list[Any]] = {}
    for unit, *row in rows.values_list("unit_id", "pk", "title", "role", "answers"):
        found.setdefault(unit, []).append((tuple(row), tuple(people.get(row[0], ()))))
    return found


def _people(scope: Scope, now: datetime) -> dict[UUID, list[PersonSeen]]:
    """Read who stands on the posts of a scope, in order; three statements."""
    here = inside(scope, "post__path")
    held = Holding.objects.filter(here, is_current=True).order_by("post_id", "rank")
    on_posts = held.order_by().values("person_id")
    signs_in = set(
        Account.objects.filter(person__in=on_posts, is_active=True).values_list(
            "person_id", flat=True
        )
    )
    ways = _ways(on_posts, now)
    found: dict[UUID, list[PersonSeen]] = {}
    columns = ("post_id", "person_id", "rank", "until_on", "person__is_active")
    for post, person, rank, until, stays in held.values_list(*columns):
        seen = PersonSeen(
            str(person), rank, ways.get(person, ()), not stays, person in signs_in, until
        )
        found.setdefault(post, []).append(seen)
    return found


def _ways(people: Any, now: datetime) -> dict[UUID, tuple[WaySeen, ...]]:
    fresh = now - timedelta(days=settings.RENWANG_CONTACT_FRESH_DAYS)
    rows = Contact.objects.filter(person__in=people).order_by("person_id", "position")
    found: dict[UUID, tuple[WaySeen, ...]] = {}
    for person, kind, worked, failed in rows.values_list(
        "person_id", "kind", "worked_at", "failed_at"
    ):
        proof = proof_of(Past(worked, failed), fresh_after=fresh)
        way = WaySeen(kind, proof is Proof.FAILED, worked is not None, proof is Proof.STALE)
        found[person] = (*found.get(person, ()), way)
    return found


def _overloaded(scope: Scope) -> Iterator[Found]:
    """People who answer for too many places, whose first place lies in the scope; two statements."""
    held = Holding.objects.filter(
        is_current=True, rank=0, post__answers=True, post__ended_on=None, person__is_active=True
    )
    here = list(held.filter(inside(scope, "post__path")).values_list("person_id", flat=True))
    many: dict[str, list[tuple[str, str, str]]] = {}
    for some in in_chunks(sorted(set(here))):
        rows = held.filter(person__in=some).order_by("person_id")
        by_person = grouped(rows.values_list("person_id", "post__path", "post_id", "post__title"))
        for person, posts in by_person.items():
            if len(posts) > 1:
                many[str(person)] = [(path, str(post), title) for path, post, title in posts]
    yield from (one for one in find_overloaded(many) if scope.covers(one.path))


def touched(entries: Sequence[Entry]) -> Iterable[Touch]:
    """Look again at the places of facts, of all posts of the people in them, and above where households changed."""
    found = {Touch(path) for path in places_of(people_in(entries))} | divided(entries)
    for entry in entries:
        if not entry.place:
            found.add(Touch("/", True))
            continue
        found.add(Touch(entry.place))
        if "household" in entry.verb or "building" in entry.verb or "headcount" in entry.verb:
            found |= {Touch(path) for path in line_above(entry.place)}
    return found


declare(
    Family("chain", _("Places and posts"), CHECKS, find, ("chain.",), touched),
)
