"""Posts from a table: unit, title, role, who holds them and who deputises in which order."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from renwang.base.pure.ids import uuid7
from renwang.base.pure.text import search_key
from renwang.base.tables import Column, Kind, TablePlan, TableRow
from renwang.chain import tree
from renwang.chain.imports.bulk import create_rows
from renwang.chain.imports.drafting import By, Draft, ImportKind, ImportPlan
from renwang.chain.imports.places import People, Places
from renwang.chain.list_rules import (
    PersonAmbiguous,
    PersonUnknown,
    PlaceAmbiguous,
    PlaceUnknown,
)
from renwang.chain.models import Grant, Holding, Person, Post, Unit
from renwang.chain.rules import (
    Given,
    GrantRefused,
    HoldsThisPost,
    PostAlreadyAnswers,
    PostAlreadyHeld,
    Refusal,
    RoleUnknown,
)
from renwang.chain.services.grants import given_to, grant_with_post
from renwang.chain.services.posts import OTHER_ROLE
from renwang.chain.structures import Level, Role

_BATCH = 400
_SEPARATORS = re.compile(r"[、,，;；/|\n]+")

COLUMNS = (
    Column("unit", ("辖区", "Unit", "所属辖区", "单位", "所属单位", "网格"), required=True),
    Column("title", ("岗位", "Post", "职务", "岗位名称", "Title"), required=True, max_length=80),
    Column("role", ("角色", "Role", "岗位类别")),
    Column("holder", ("责任人", "Holder", "负责人", "姓名")),
    Column("deputies", ("副职", "Deputies", "替补", "AB岗", "备岗")),
    Column("answers", ("叫应岗位", "Answers for the unit", "首要责任岗"), Kind.BOOLEAN),
)


class _Reader:
    """Judges the rows of a file of posts."""

    def __init__(self, draft: Draft, by: By, now: datetime):
        self.draft, self.by, self.now = draft, by, now
        self.places = Places(by, "chain.edit")
        self.people = People(by)
        self.giver: list[Given] | None = given_to(by, now)
        posts = Post.objects.filter(ended_on=None, unit__in=list(self.places.units))
        held = Holding.objects.filter(is_current=True).select_related("person").order_by("rank")
        self.standing = {_key(post.unit_id, post.title): post for post in posts}
        self.answering = {p.unit_id: p for p in self.standing.values() if p.answers}
        self.held: dict[Any, list[Holding]] = {}
        for one in held.filter(post__in=list(self.standing.values())):
            self.held.setdefault(one.post_id, []).append(one)
        self.first: dict[str, TableRow] = {}
        self.filled: dict[str, Person] = {}
        self.found: dict[str, dict[str, Any]] = {}

    def plan(self) -> tuple[TablePlan, Mapping[str, Any]]:
        for row in self.draft.rows:
            try:
                self._judge(row)
            except Refusal as refusal:
                self.draft.refuse(row, _column_of(refusal, row), refusal)
        existing = {
            key: one["stored"] for key, one in self.found.items() if one["post"] is not None
        }
        return self.draft.plan(existing), self.found

    def _judge(self, row: TableRow) -> None:
        values = row.values
        unit = self.places.find(values["unit"])
        key = _key(unit.pk, values["title"])
        holder = self.people.find(values["holder"], unit) if values.get("holder") else None
        before = self.filled.get(key)
        if before is not None and holder is not None and before.pk != holder.pk:
            raise PostAlreadyHeld(name=before.name)
        if key in self.first:
            self.draft.keep(row, key, {})
            return
        self.first[key] = row
        post = self.standing.get(key)
        role = _role(tree.level_of(unit), values.get("role"), values["title"])
        answers = self._answers(unit, post, role, values.get("answers"))
        now_held = self.held.get(post.pk, []) if post else []
        deputies = self._deputies(values.get("deputies"), unit, holder, now_held)
        self._check_holder(holder, now_held)
        if holder is not None:
            self.filled[key] = holder
        future = post or Post(
            id=uuid7(self.now),
            title=values["title"],
            role=role.key if role else OTHER_ROLE,
            unit=unit,
            path=unit.path,
            answers=answers,
        )
        future.unit = unit
        grants = self._grants(future, holder, deputies, now_held)
        stored = _stored(post, now_held)
        after: dict[str, Any] = {"title": values["title"], "answers": answers}
        if role is not None:
            after["role"] = role.key
        if holder is not None:
            after["holder"] = holder.name
        new = [one for one in deputies if one.pk not in {held.person_id for held in now_held}]
        after["deputies"] = [*stored["deputies"], *(one.name for one in new)]
        self.found[key] = {
            "post": post,
            "future": future,
            "stored": stored,
            "holder": holder,
            "deputies": new,
            "grants": grants,
            "held": now_held,
        }
        self.draft.keep(row, key, after)

    def _answers(self, unit: Unit, post: Post | None, role: Role | None, said: bool | None) -> bool:
        answers = bool(role and role.answers) if said is None else said
        if said is None and post is not None:
            answers = post.answers
        other = self.answering.get(unit.pk)
        if answers and other is not None and other is not post:
            if said is None:
                return False
            raise PostAlreadyAnswers(name=other.title)
        if answers and post is None:
            self.answering[unit.pk] = Post(title=self.first_title(unit, role))
        return answers

    def first_title(self, unit: Unit, role: Role | None) -> str:
        """How a second answering post of the file is told of the first one."""
        return role.title("zh-hans") if role else unit.name

    def _deputies(
        self, text: str | None, unit: Unit, holder: Person | None, held: list[Holding]
    ) -> list[Person]:
        names = [part.strip() for part in _SEPARATORS.split(text or "") if part.strip()]
        people = [self.people.find(name, unit) for name in names]
        heads = {one.person_id for one in held if one.rank == 0} | (
            {holder.pk} if holder else set()
        )
        for number, person in enumerate(people):
            if person.pk in heads or person in people[:number]:
                raise HoldsThisPost(name=person.name)
        return people

    def _check_holder(self, holder: Person | None, held: list[Holding]) -> None:
        for one in held:
            if holder is not None and one.rank == 0 and one.person_id != holder.pk:
                raise PostAlreadyHeld(name=one.person.name)
            if holder is not None and one.rank > 0 and one.person_id == holder.pk:
                raise HoldsThisPost(name=holder.name)

    def _grants(
        self, post: Post, holder: Person | None, deputies: list[Person], held: list[Holding]
    ) -> list[Grant]:
        known = {one.person_id for one in held}
        people = [one for one in (*([holder] if holder else ()), *deputies) if one.pk not in known]
        made = [
            grant_with_post(post, person, None, self.giver, by=self.by, now=self.now)
            for person in people
        ]
        return [one for one in made if one is not None]


def _key(unit: Any, title: str) -> str:
    return f"{unit}/{search_key(title)}"


def _role(level: Level, said: str | None, title: str) -> Role | None:
    """Find the role by its key or title; a post whose title is a role's title has that role."""
    wanted = search_key(said or title)
    for role in level.roles:
        if wanted in map(search_key, (role.key, *role.titles.values())):
            return role
    if said and wanted != OTHER_ROLE:
        raise RoleUnknown(role=said)
    return None


def _stored(post: Post | None, held: list[Holding]) -> dict[str, Any]:
    return {
        "title": post.title if post else "",
        "role": post.role if post else "",
        "answers": post.answers if post else False,
        "holder": next((one.person.name for one in held if one.rank == 0), None),
        "deputies": [one.person.name for one in held if one.rank > 0],
    }


def _column_of(refusal: Refusal, row: TableRow) -> str:
    if isinstance(refusal, PlaceUnknown | PlaceAmbiguous):
        return "unit"
    if isinstance(refusal, RoleUnknown):
        return "role"
    if isinstance(refusal, PostAlreadyAnswers):
        return "answers"
    if isinstance(refusal, HoldsThisPost) and row.values.get("deputies"):
        return "deputies"
    if isinstance(refusal, PersonUnknown | PersonAmbiguous):
        return "holder" if refusal.params["person"] == row.values.get("holder") else "deputies"
    return "title" if isinstance(refusal, GrantRefused) else "holder"


def plan_posts(draft: Draft, by: By, now: datetime) -> tuple[TablePlan, Mapping[str, Any]]:
    """Judge a file of posts. A post is known by its unit and title."""
    return _Reader(draft, by, now).plan()


def write_posts(plan: ImportPlan, by: By, now: datetime) -> set[str]:
    """Found new posts, then appoint who is named; what comes with a post is granted along."""
    touched: set[str] = set()
    posts, changed, holdings, grants = [], [], [], []
    rows = [*plan.table.to_create, *plan.table.to_update]
    for row in rows:
        one = plan.found[row.key[0]]
        post: Post = one["future"]
        touched.add(post.path)
        if one["post"] is None:
            posts.append(post)
        else:
            after = getattr(row, "after", {})
            post.title = after.get("title", post.title)
            post.role = after.get("role", post.role)
            post.answers = after.get("answers", post.answers)
            changed.append(post)
        holdings.extend(_holdings(one, now))
        grants.extend(one["grants"])
    Post.objects.bulk_update(changed, ["title", "role", "answers"], batch_size=_BATCH)
    create_rows(plan, posts, holdings, grants)
    return touched


def _holdings(one: Mapping[str, Any], now: datetime) -> list[Holding]:
    held: list[Holding] = one["held"]
    today = tree.today(now)
    made = []
    if one["holder"] is not None and not any(h.rank == 0 for h in held):
        made.append((one["holder"], 0))
    last = max((h.rank for h in held), default=0)
    made.extend((person, last + number) for number, person in enumerate(one["deputies"], start=1))
    return [
        Holding(id=uuid7(now), post=one["future"], person=person, rank=rank, from_on=today)
        for person, rank in made
    ]


POSTS = ImportKind("posts", COLUMNS, "chain.edit", plan_posts, write_posts)
