"""The duties list of an invented place, with holes as real ones have: for the demo and for looking at screens."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any

from django.db import transaction

from renwang.chain import tree
from renwang.chain.models import Holding, Organisation, Person, Post, Unit
from renwang.chain.reach import viewer_of
from renwang.chain.services import posts as chain
from renwang.registers.duties import services
from renwang.registers.duties.models import Duty
from renwang.registers.duties.rules import Phase
from renwang.registers.duties.services import Help, Terms

BY = "node:invented"
LONG_AGO = timedelta(days=40)
LATELY = timedelta(days=3)


@transaction.atomic
def invent_duties(place: Unit, *, by: Person, now: datetime) -> int:
    """Write the duties of an invented place; return how many, 0 where there are some already.

    Some posts are founded for it, one of them vacant, one closed again; one
    hazard lacks a phase, two lead in one community, one duty has run out, and
    two posts deputise only for each other.
    """
    if Duty.objects.filter(path__under=place.path).exists():
        return 0
    told = json.loads(
        files("renwang.registers.duties").joinpath("data/invented.json").read_text(encoding="utf-8")
    )
    writing = _Writing(place, by, now)
    writing.found_posts(told["posts"])
    for row in told["duties"]:
        writing.write(row)
    writing.close_posts(told["posts"])
    return len(told["duties"])


class _Writing:
    """Writes one invented list: somebody drafts, somebody else approves."""

    def __init__(self, place: Unit, by: Person, now: datetime):
        self.place, self.now = place, now
        self.writer: Any = viewer_of(by, now)
        self.approver: Any = self._approver(by) or BY
        level = Unit.objects.filter(path__under=place.path, ended_on=None).exclude(pk=place.pk)
        middle = level.filter(posts__role="community_secretary").distinct().order_by("path")
        self.below = list(middle[:3])
        self.posts: dict[str, Post] = {}
        free = Person.objects.filter(unit=place, is_active=True, invented=True)
        self.people = list(free.exclude(holdings__post__answers=True).order_by("name", "pk")[:12])

    def _approver(self, writer: Person) -> Any:
        held = Holding.objects.filter(post__unit=self.place, rank=0, is_current=True)
        for one in held.exclude(person=writer).select_related("person").order_by("post__position"):
            viewer = viewer_of(one.person, self.now)
            if viewer.may("duties.approve", self.place.path):
                return viewer
        return None

    def found_posts(self, told: Mapping[str, Mapping[str, Any]]) -> None:
        """Found the posts of the place's offices, and put people on them in order."""
        then = self.now - LONG_AGO
        for key, one in told.items():
            made = chain.create_post(unit=self.place, title=one["title"], by=BY, now=then)
            self.posts[key] = made
            appoint = [chain.appoint_holder, chain.appoint_deputy][: one["people"]]
            for deed in appoint:
                if self.people:
                    deed(post=made, person=self.people.pop(), by=BY, now=then, with_grant=False)
        for key, one in told.items():
            if "deputy" in one:
                self._deputise_for_each_other(self.posts[key], self.posts[one["deputy"]], then)

    def _deputise_for_each_other(self, one: Post, other: Post, then: datetime) -> None:
        """Let two posts have only each other's holders as deputies."""
        for post in (one, other):
            for held in Holding.objects.filter(post=post, rank__gt=0, is_current=True):
                chain.vacate_post(post=post, person=held.person, by=BY, now=then)
        for post, stand_in in ((one, other), (other, one)):
            holder = Holding.objects.filter(post=stand_in, rank=0, is_current=True).first()
            if holder is not None:
                chain.appoint_deputy(
                    post=post, person=holder.person, by=BY, now=then, with_grant=False
                )

    def close_posts(self, told: Mapping[str, Mapping[str, Any]]) -> None:
        """Close what an office gave up since, though the list still names it."""
        for key, one in told.items():
            if one.get("closed"):
                chain.close_post(post=self.posts[key], by=BY, now=self.now - LATELY)

    def write(self, row: Mapping[str, Any]) -> None:
        """Write one duty and bring it to where it stands."""
        if row.get("at", 0) >= max(len(self.below), 1) and "at" in row:
            return
        unit = self.below[row["at"]] if "at" in row and self.below else self.place
        then = self.now - LONG_AGO
        terms = self._terms(row, unit)
        if row.get("document"):
            made = services.draft_duty(terms, unit, by=BY, now=then)
            services.take_over_duty(made.pk, document=terms.basis, by=BY, now=then)
            return
        waits = row.get("waits")
        at = self.now - LATELY if waits else then
        made = services.draft_duty(terms, unit, by=self.writer, now=at)
        if waits == "draft":
            return
        services.propose_duty(made.pk, by=self.writer, now=at)
        if row.get("objection"):
            self._object(made, row, at)
        if not waits:
            services.approve_duty(made.pk, by=self.approver, now=at)

    def _object(self, duty: Duty, row: Mapping[str, Any], at: datetime) -> None:
        holder = Holding.objects.filter(
            post=self.posts[row["objector"]], rank=0, is_current=True
        ).first()
        if holder is not None:
            by = viewer_of(holder.person, at)
            services.remark_on_duty(duty.pk, row["objection"], by=by, now=at, is_objection=True)

    def _terms(self, row: Mapping[str, Any], unit: Unit) -> Terms:
        until = None
        if "until_in" in row:
            until = tree.today(self.now + timedelta(days=row["until_in"]))
        if "ended_ago" in row:
            until = tree.today(self.now - timedelta(days=row["ended_ago"]))
        helpers = [self._help(who, does, unit) for who, does in row["helpers"]]
        return Terms(
            row["hazard"],
            Phase(row["phase"]),
            self._post(row["leader"], unit),
            row["sole"],
            row["joint"],
            row["resources"],
            row["gathering"],
            row["basis"],
            until_on=until,
            helpers=_once([one for one in helpers if one is not None]),
        )

    def _post(self, key: str, unit: Unit) -> Post | None:
        if key in self.posts:
            return self.posts[key]
        role = "subdistrict_duty" if key == "duty" else key
        found = Post.objects.filter(role=role, ended_on=None).select_related("unit")
        near = found.filter(unit=unit).first()
        return near or found.filter(path__under=unit.path).order_by("path").first()

    def _help(self, who: str, does: str, unit: Unit) -> Help | None:
        if not who.startswith("org:"):
            post = self._post(who, unit)
            return Help(post=post, does=does) if post else None
        found = Organisation.objects.filter(
            kind=who.removeprefix("org:"), ended_on=None, path__under=unit.path
        )
        body = found.order_by("path", "name").first()
        return Help(organisation=body, does=does) if body else None


def _once(helpers: Sequence[Help]) -> list[Help]:
    """Name nobody twice, whatever small place is invented."""
    seen: set[Any] = set()
    kept = []
    for one in helpers:
        key = (one.post and one.post.pk, one.organisation and one.organisation.pk)
        if key not in seen:
            seen.add(key)
            kept.append(one)
    return kept
