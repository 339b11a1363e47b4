"""Merge departments' divisions into one, on a day; and forget what a department claims."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from django.conf import settings
from django.db import transaction

from renwang.base import journal
from renwang.base.pure.ids import uuid7
from renwang.chain import tree
from renwang.chain.contact_rules import Way
from renwang.chain.models import Holding, Person, Post, Unit
from renwang.chain.reach import Viewer, require
from renwang.chain.rules import Refusal
from renwang.chain.services.coding import next_code
from renwang.chain.services.homes import change_building
from renwang.chain.services.people import register_person
from renwang.chain.services.posts import (
    appoint_deputy,
    appoint_holder,
    create_post,
    reorder_deputies,
    vacate_post,
)
from renwang.chain.services.regrouping import regroup
from renwang.chain.services.units import close_unit, create_unit
from renwang.registers.claims.merging_rules import Staffed, check_staff
from renwang.registers.claims.models import Claim, Department, Merger, OldNumber
from renwang.registers.claims.proposing import NEW, MergePlan, propose_merger

By = Viewer | str


class ChangedMeanwhile(Refusal):
    """The grids of the place, or the rosters, are not those that were decided about."""


@transaction.atomic
def merge_divisions(
    *,
    unit: Unit,
    staff: Mapping[str, Staffed],
    by: By,
    now: datetime,
    basis: str = "",
    on: date | None = None,
    reason: str = "",
) -> Merger:
    """Make one division of a place out of what departments claim in it, from a day on.

    Follows the grids that stand, or those of the department `basis`. `staff`
    says for every grid of the proposal (see `propose_merger`) who is its worker
    and who stands in, in order. Every old number leads to the new grids from
    then on. To correct a merger, merge again: the later one takes its place,
    and both stay on record. Refuses with NothingToMerge, NoGridLevel,
    ChangedMeanwhile, LooksAfterTwo, StandsInForHimself, and as the changes of
    the chain do that it is made of.
    """
    require(by, "chain.edit", at=unit.path)
    require(by, "people.edit", at=unit.path)
    unit, on = tree.locked(unit), on or tree.today(now)
    plan = propose_merger(unit, basis)
    names = {grid.key: grid.name for grid in plan.grids}
    people = {one.key: one.name for grid in plan.grids for one in grid.staffing.everybody} | {
        key: one.name for key, one in plan.people.items()
    }
    chosen = {key for one in staff.values() for key in (one.worker, *one.backups) if key}
    if set(staff) != set(names) or not chosen <= set(people) or (basis and not plan.basis):
        raise ChangedMeanwhile(name=unit.name)
    check_staff(staff, names, people)
    grids = _carry_out(plan, unit, by, now, on, reason)
    hands = _Hands(plan, grids, by, now, on, reason)
    for key, decided in staff.items():
        hands.staff(grids[key], decided)
    merger = Merger.objects.create(
        id=uuid7(now), unit=unit, on=on, reason=reason, by=getattr(by, "id", None), at=now
    )
    numbers = _write_numbers(merger, plan, grids)
    departments = sorted(one.name for one in plan.compared.departments.values())
    journal.record(
        "claims.merged",
        unit,
        by=by,
        at=now,
        on=on,
        name=unit.name,
        merger=str(merger.pk),
        departments=len(departments),
        of=departments,
        basis=plan.compared.departments[plan.basis].name if plan.basis else "",
        grids=len(grids),
        numbers=len({(one.department, one.number) for one in numbers}),
        leads=[
            [one.department, one.number, one.unit.ref, one.share, one.households] for one in numbers
        ],
        staff={
            grids[key].ref: [
                hands.name_of(one) for one in (decided.worker, *decided.backups) if one
            ]
            for key, decided in staff.items()
        },
        reason=reason,
    )
    return merger


def _carry_out(
    plan: MergePlan, unit: Unit, by: By, now: datetime, on: date, reason: str
) -> dict[str, Unit]:
    """Found, move and close until the grids are those of the plan; return them by the plan's keys."""
    grids = {grid.key: grid.unit for grid in plan.grids if grid.unit is not None}
    for grid in plan.grids:
        if grid.unit is None:
            claim = plan.compared.claims[grid.key.removeprefix(NEW)]
            grids[grid.key] = create_unit(
                name=grid.name,
                code=next_code(unit, plan.level.key),
                level=plan.level.key,
                parent=unit,
                boundary=orjson.loads(claim.boundary) if claim.boundary else None,
                since_on=on,
                position=len(grids),
                by=by,
                now=now,
            )
    for building, grid in plan.loose.values():
        change_building(building=building, unit=grids[grid], by=by, now=now)
    if plan.moves:
        moves = {piece: grids[grid].ref for piece, grid in plan.moves.items()}
        regroup(unit=unit, moves=moves, by=by, now=now, on=on, reason=reason)
    for ref, heirs in plan.left.items():
        close_unit(
            unit=plan.divided.grids[ref],
            successors=[grids[key] for key, _pieces in heirs.most_common() if key in grids],
            by=by,
            now=now,
            on=on,
            reason=reason,
        )
    fresh = {one.pk: one for one in tree.current().filter(parent=unit)}
    return {key: fresh[one.pk] for key, one in grids.items()}


class _Hands:
    """Puts people into the posts of grids; whoever is not in the chain yet is registered once."""

    def __init__(
        self,
        plan: MergePlan,
        grids: Mapping[str, Unit],
        by: By,
        now: datetime,
        on: date,
        reason: str,
    ):
        self.plan = plan
        self.acting: dict[str, Any] = {"by": by, "now": now}
        self.on, self.reason = on, reason
        self.people: dict[str, Person] = {}
        keys = [grid.pk for grid in grids.values()]
        posts = Post.objects.filter(unit__in=keys, answers=True, ended_on=None)
        self.posts = {post.unit_id: post for post in posts}
        self.held: dict[UUID, list[Holding]] = {}
        for one in (
            Holding.objects.filter(post__in=posts, is_current=True)
            .select_related("person")
            .order_by("rank")
        ):
            self.held.setdefault(one.post_id, []).append(one)

    def staff(self, grid: Unit, decided: Staffed) -> None:
        """Let those leave who are not wanted, appoint who is missing, put the deputies into their order."""
        post = self.posts.get(grid.pk) or self._found_post(grid)
        worker = self._person(decided.worker, grid) if decided.worker else None
        backups = [self._person(key, grid) for key in decided.backups]
        held = self.held.get(post.pk, [])
        wanted = {one.pk for one in backups}
        for one in held:
            stays = one.person_id in wanted if one.rank else worker and one.person_id == worker.pk
            if not stays:
                vacate_post(
                    post=post, person=one.person, on=self.on, reason=self.reason, **self.acting
                )
        holder = next((one.person_id for one in held if one.rank == 0), None)
        if worker is not None and holder != worker.pk:
            appoint_holder(post=post, person=worker, from_on=self.on, **self.acting)
        before = [one.person_id for one in held if one.rank and one.person_id in wanted]
        for person in backups:
            if person.pk not in before:
                appoint_deputy(post=post, person=person, from_on=self.on, **self.acting)
        now_there = [*before, *(one.pk for one in backups if one.pk not in before)]
        if now_there != [one.pk for one in backups]:
            reorder_deputies(post=post, order=backups, **self.acting)

    def name_of(self, key: str) -> str:
        """Say in the journal who it is, by the key of his person."""
        return f"person:{self.people[key].pk}"

    def _found_post(self, grid: Unit) -> Post:
        role = next((role for role in self.plan.level.roles if role.answers), None)
        language = settings.LANGUAGE_CODE
        return create_post(
            unit=grid,
            title=role.title(language) if role else grid.name,
            role=role.key if role else "other",
            answers=True,
            **self.acting,
        )

    def _person(self, key: str, grid: Unit) -> Person:
        if key not in self.people:
            kind, _dash, number = key.partition("-")
            if kind == "p":
                self.people[key] = Person.objects.get(pk=number)
            else:
                one = self.plan.workers[key]
                ways = (Way("sms", one.phone), Way("phone", one.phone)) if one.phone else ()
                self.people[key] = register_person(
                    name=one.name, unit=grid, contacts=ways, **self.acting
                )
        return self.people[key]


def _write_numbers(merger: Merger, plan: MergePlan, grids: Mapping[str, Unit]) -> list[OldNumber]:
    """Let every old number lead to the new grids; where it led before ends on the day."""
    claims = plan.compared.claims
    elsewhere = {part.grid for part in plan.parts} - grids.keys()
    units = {**grids, **{one.ref: one for one in Unit.objects.filter(ref__in=elsewhere)}}
    for key in {part.claim for part in plan.parts}:
        OldNumber.objects.filter(
            department=claims[key].department.name, number=claims[key].number, until_on=None
        ).update(until_on=merger.on)
    return OldNumber.objects.bulk_create(
        [
            OldNumber(
                merger=merger,
                department=claims[part.claim].department.name,
                number=claims[part.claim].number,
                name=claims[part.claim].name,
                unit=units[part.grid],
                households=part.households,
                share=part.share,
                from_on=merger.on,
            )
            for part in plan.parts
        ],
        batch_size=500,
    )


@transaction.atomic
def forget_department(*, department: Department, by: By, now: datetime) -> None:
    """Take what a department claims off the books, with its roster; where its old numbers lead stays.

    Needs `chain.edit` at every place that it names.
    """
    claims = list(Claim.objects.filter(department=department).select_related("unit"))
    for claim in claims:
        require(by, "chain.edit", at=claim.unit.path)
    place = min((claim.unit.path for claim in claims), key=len, default="/")
    journal.record(
        "claims.forgotten",
        department,
        by=by,
        at=now,
        place=place,
        department=department.name,
        grids=len(claims),
    )
    department.delete()
