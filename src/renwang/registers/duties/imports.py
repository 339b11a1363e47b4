"""The duties list from a table, and back into one: a row for each hazard, place and phase.

A row is known by its number, else by place, hazard, phase and leader. A row
that holds already by a document of others (`现行`) is taken over; any other is
a draft. What changes a duty that holds becomes its successor: nothing that
somebody answers by is altered from a table.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, Q

from renwang.base import journal
from renwang.base.pure.ids import uuid7
from renwang.base.references import next_references
from renwang.base.tables import TablePlan, TableRow
from renwang.chain import reach
from renwang.chain.imports.bulk import create_rows
from renwang.chain.imports.drafting import By, Draft, ImportKind, ImportPlan, common_path
from renwang.chain.imports.places import Places
from renwang.chain.list_rules import PlaceAmbiguous, PlaceUnknown
from renwang.chain.models import Organisation, Post, Unit
from renwang.chain.reach import Viewer
from renwang.chain.rules import Refusal, line_above
from renwang.registers.duties import rules
from renwang.registers.duties.models import Duty, Helper
from renwang.registers.duties.naming_rules import (
    EndedRow,
    HelperUnknown,
    PostAmbiguous,
    PostUnknown,
    hazard_key,
    join_helpers,
    split_helpers,
    split_post,
)
from renwang.registers.duties.rules import DutyState, Phase
from renwang.registers.duties.services.deciding import supersede, taken_over
from renwang.registers.duties.services.writing import Help, Terms, begun, helper_rows, take, told
from renwang.registers.duties.table import (
    COLUMNS,
    DAYS,
    TEXTS,
    hazard_text,
    helper_text,
    post_text,
    row_of,
)
from renwang.registers.hazards import EVERY, EVERY_NAMES, kinds

_BATCH = 500
_EVERY_CALLED = (*EVERY_NAMES.values(), "全部灾害", "各类灾害", "全灾种", "综合")
_NAMES = [
    (EVERY, _EVERY_CALLED),
    *((kind.key, tuple(kind.names.values())) for kind in kinds().values()),
]


@dataclass(slots=True)
class _Judged:
    """A row that can be written: what it says, and the duty that it changes."""

    unit: Unit
    terms: Terms
    holds: bool  # it says that it holds already
    old: Duty | None


class _Names:
    """The posts and organisations that the cells of a file can mean; two statements."""

    def __init__(self, by: By, titles: Iterable[str], bodies: Iterable[str]):
        posts = Post.objects.filter(ended_on=None, title__in=set(titles))
        found = Organisation.objects.filter(ended_on=None, name__in=set(bodies))
        if isinstance(by, Viewer):
            above = {path for top in by.places.get("chain.see", ()) for path in line_above(top)}
            posts = posts.filter(by.scope("chain.see") | Q(path__in=sorted(above)))
            found = found.filter(by.scope("chain.see") | Q(path__in=sorted(above)))
        self.posts: dict[str, list[Post]] = {}
        for post in posts.select_related("unit", "organisation").defer("unit__boundary"):
            self.posts.setdefault(post.title, []).append(post)
        self.bodies: dict[str, list[Organisation]] = {}
        for body in found:
            self.bodies.setdefault(body.name, []).append(body)

    def post(self, text: str, unit: Unit, places: Places) -> Post:
        """Find the post that is meant. Refuses with PostUnknown or PostAmbiguous."""
        before, title = split_post(text)
        found = self.posts.get(title, [])
        if before:
            called = {one.pk for one in places.all_called(before)}
            found = [
                one
                for one in found
                if one.unit_id in called
                or one.unit.name == before
                or (one.organisation is not None and one.organisation.name == before)
            ]
        return _nearest(found, unit, text)

    def helper(self, text: str, unit: Unit, places: Places) -> Help:
        """Find the organisation, else the post, that is to help."""
        bodies = self.bodies.get(text, [])
        near = [one for one in bodies if one.path.startswith(unit.path)] or bodies
        if len(near) == 1:
            return Help(organisation=near[0])
        try:
            return Help(post=self.post(text, unit, places))
        except PostUnknown:
            raise HelperUnknown(name=text) from None


def _nearest(posts: Sequence[Post], unit: Unit, text: str) -> Post:
    """Choose as people mean it: in the place itself, below it, above it, then anywhere."""
    line = line_above(unit.path)
    above = [one for one in posts if one.path in line]
    highest = max((len(one.path) for one in above), default=0)
    for found in (
        [one for one in posts if one.unit_id == unit.pk],
        [one for one in posts if one.path.startswith(unit.path)],
        [one for one in above if len(one.path) == highest],
        list(posts),
    ):
        if len(found) == 1:
            return found[0]
        if found:
            raise PostAmbiguous(post=text)
    raise PostUnknown(post=text)


@dataclass(slots=True)
class _Standing:
    """The duties at some places, as rows can mean them."""

    by_ref: dict[str, Duty] = field(default_factory=dict)
    by_cell: dict[tuple[Any, ...], Duty] = field(default_factory=dict)

    def find(self, ref: str, cell_key: tuple[Any, ...]) -> Duty | None:
        """Find the duty that a row speaks of; one that was followed is spoken of by its successor.

        A number counts only where place, hazard and phase agree with it.
        """
        known = self.by_ref.get(ref)
        return known if known and _cell(known)[:3] == cell_key[:3] else self.by_cell.get(cell_key)


def _standing_at(units: Iterable[Unit]) -> _Standing:
    rows = (
        Duty.objects.filter(unit__in=list(units))
        .exclude(state=DutyState.DISCARDED)
        .select_related("unit", "leader", "leader__unit", "leader__organisation")
        .defer("unit__boundary", "leader__unit__boundary")
        .prefetch_related(
            Prefetch(
                "helpers",
                Helper.objects.select_related(
                    "post", "post__unit", "post__organisation", "organisation"
                ),
                to_attr="named_helpers",
            )
        )
        .order_by("written_at", "ref")
    )
    found, next_of = _Standing(), {}
    for duty in rows:
        found.by_ref[duty.ref] = duty
        if duty.supersedes_id:
            next_of[duty.supersedes_id] = duty
        known = found.by_cell.get(_cell(duty))
        if known is None or known.state not in rules.OPEN or duty.state in rules.OPEN:
            found.by_cell[_cell(duty)] = duty
    for ref, duty in list(found.by_ref.items()):
        while duty.pk in next_of:
            duty = next_of[duty.pk]
        found.by_ref[ref] = duty
    return found


def _cell(duty: Duty) -> tuple[Any, ...]:
    return duty.unit_id, duty.hazard, duty.phase, duty.leader_id


class _Reader:
    """Judges the rows of a duties list."""

    def __init__(self, draft: Draft, by: By, now: datetime):
        self.draft, self.by, self.now = draft, by, now
        self.places = Places(by, "duties.write")
        self.found: dict[str, _Judged] = {}
        self.stored: dict[str, dict[str, Any]] = {}
        self.units = {row.number: self._unit(row) for row in draft.rows}
        helpers = [split_helpers(row.values.get("helpers") or "") for row in draft.rows]
        names = [name for said in helpers for name, _does in said]
        leaders = [row.values.get("leader") or "" for row in draft.rows]
        titles = {split_post(text)[1] for text in [*leaders, *names]}
        self.names = _Names(by, titles, names)
        self.standing = _standing_at({unit for unit in self.units.values() if unit is not None})

    def plan(self) -> tuple[TablePlan, Mapping[str, Any]]:
        for row in self.draft.rows:
            unit = self.units[row.number]
            if unit is None:
                continue
            try:
                self._judge(row, unit)
            except Refusal as refusal:
                self.draft.refuse(row, _column_of(refusal, row), refusal)
            except reach.NotInReach as refusal:
                self.draft.refuse(row, "standing", refusal)
        return self.draft.plan(self.stored), self.found

    def _unit(self, row: TableRow) -> Unit | None:
        try:
            return self.places.find(row.values.get("code") or row.values["unit"])
        except Refusal as refusal:
            self.draft.refuse(row, "unit", refusal)
            return None

    def _judge(self, row: TableRow, unit: Unit) -> None:
        values, hazard = row.values, hazard_key(row.values["hazard"], _NAMES)
        said = values.get("leader")
        leader = self.names.post(said, unit, self.places) if said else None
        key = (unit.pk, hazard, values["phase"], leader.pk if leader else None)
        old = self.standing.find(values.get("ref") or "", key)
        stored = row_of(old, old.named_helpers) if old is not None else {}
        terms = self._terms(row, unit, leader, hazard, old)
        after = _after(values, unit, leader, hazard, terms)
        if stored and stored["standing"] != "draft" and after["standing"] == "draft":
            after["standing"] = None  # a draft about what holds asks for its successor
        holds = after["standing"] == "in_force"
        if any(stored.get(name) != value for name, value in after.items() if value is not None):
            self._check(terms, unit, old, holds, after["standing"])
        name = old.ref if old is not None else "/".join(map(str, key))
        self.found[name] = _Judged(unit, terms, holds, old)
        if old is not None:
            self.stored[name] = stored
        self.draft.keep(row, name, after)

    def _terms(
        self, row: TableRow, unit: Unit, leader: Post | None, hazard: str, old: Duty | None
    ) -> Terms:
        """Read what the row says; what it leaves blank stays as it is stored."""
        values = row.values
        said = {name: values.get(name) or getattr(old, name, None) for name in (*TEXTS, *DAYS)}
        if values.get("helpers"):
            named = split_helpers(values["helpers"])
            helps = [(self.names.helper(name, unit, self.places), does) for name, does in named]
            helpers = [Help(one.post, one.organisation, does) for one, does in helps]
        else:
            kept = old.named_helpers if old is not None else []
            helpers = [Help(one.post, one.organisation, one.does) for one in kept]
        return Terms(
            hazard,
            Phase(values["phase"]),
            leader or (old.leader if old is not None else None),
            **{name: said[name] or "" for name in TEXTS},
            **{name: said[name] for name in DAYS},
            helpers=helpers,
        )

    def _check(
        self, terms: Terms, unit: Unit, old: Duty | None, holds: bool, standing: str | None
    ) -> None:
        """Refuse what could not be written, before anything is."""
        if standing == "ended" or (old is not None and old.state not in _CHANGEABLE):
            raise EndedRow
        trial = Duty(unit=unit, path=unit.path, state=DutyState.DRAFT)
        take(trial, terms, by=self.by, now=self.now)
        if holds:
            reach.require(self.by, "duties.approve", at=unit.path)
            taken_over(trial, terms.basis, by=self.by, now=self.now)


_CHANGEABLE = rules.OPEN | {DutyState.APPROVED}


def _after(
    values: Mapping[str, Any], unit: Unit, leader: Post | None, hazard: str, terms: Terms
) -> dict[str, Any]:
    """Write the row as a stored duty is written, so that only what differs is seen as a change."""
    after = {name: values.get(name) for name in (*TEXTS, *DAYS, "phase", "standing")}
    after["hazard"] = hazard_text(hazard)
    after["unit"] = unit.name
    after["leader"] = post_text(leader, unit.pk) if leader else None
    if values.get("helpers"):
        rows = [
            (Helper(post=one.post, organisation=one.organisation), one) for one in terms.helpers
        ]
        after["helpers"] = join_helpers(
            [(helper_text(row, unit.pk), one.does) for row, one in rows]
        )
    return after


def _column_of(refusal: Refusal, row: TableRow) -> str:
    if isinstance(refusal, PlaceUnknown | PlaceAmbiguous):
        return "unit"
    if isinstance(refusal, PostUnknown | PostAmbiguous):
        return "leader" if refusal.params["post"] == row.values.get("leader") else "helpers"
    if isinstance(refusal, HelperUnknown | rules.HelperTwice | rules.HelperUnclear):
        return "helpers"
    by_type: Mapping[type[Refusal], str] = {
        rules.DocumentMissing: "basis",
        rules.EndsTooEarly: "until_on",
        rules.OverAlready: "until_on",
        EndedRow: "standing",
    }
    return by_type.get(type(refusal), "hazard")


def plan_duties(draft: Draft, by: By, now: datetime) -> tuple[TablePlan, Mapping[str, Any]]:
    """Judge a duties list."""
    return _Reader(draft, by, now).plan()


def write_duties(plan: ImportPlan, by: By, now: datetime) -> set[str]:
    """Enter what is new, change drafts, and write successors of what holds; a fact for every batch."""
    changes = [plan.found[one.key[0]] for one in plan.table.to_update]
    news = [plan.found[one.key[0]] for one in plan.table.to_create]
    in_place = [one for one in changes if one.old.state in rules.OPEN]
    to_begin = [*news, *(one for one in changes if one.old.state not in rules.OPEN)]
    refs = next_references("D", now, len(to_begin)) if to_begin else []
    made: list[tuple[Duty, _Judged]] = []
    for ref, one in zip(refs, to_begin, strict=True):
        duty = Duty(unit=one.unit, path=one.unit.path, supersedes=one.old)
        made.append((_filled(begun(duty, one.terms, ref, by=by, now=now), one, by, now), one))
    for one in in_place:
        one.old.state = rules.move(DutyState(one.old.state), rules.Act.EDIT)
        take(one.old, one.terms, by=by, now=now)
        _filled(one.old, one, by, now).save()
    Helper.objects.filter(duty__in=[one.old for one in in_place]).delete()
    touched = [*made, *((one.old, one) for one in in_place)]
    helpers = [row for duty, one in touched for row in helper_rows(duty, one.terms.helpers, now)]
    create_rows(plan, [duty for duty, _one in made], helpers)
    for duty, _one in touched:
        if duty.state == DutyState.APPROVED:
            supersede(duty, by=by, now=now)
    _record(made, in_place, by, now)
    return set()


def _filled(duty: Duty, one: _Judged, by: By, now: datetime) -> Duty:
    if one.holds:
        taken_over(duty, one.terms.basis, by=by, now=now)
    return duty


@dataclass(frozen=True, slots=True)
class _List:
    """What the fact of a batch is about."""

    id: UUID
    path: str


def _record(
    made: Sequence[tuple[Duty, _Judged]], changed: Sequence[_Judged], by: By, now: datetime
) -> None:
    rows = [*((duty, one.terms) for duty, one in made), *((one.old, one.terms) for one in changed)]
    new = len(made)
    for begin in range(0, len(rows), _BATCH):
        batch = rows[begin : begin + _BATCH]
        created = max(0, min(new - begin, len(batch)))
        journal.record(
            "duties.imported",
            _List(uuid7(now), common_path({duty.path for duty, _terms in batch}) or ""),
            by=by,
            at=now,
            created=created,
            changed=len(batch) - created,
            duties=[
                {
                    "ref": duty.ref,
                    "state": str(duty.state),
                    "held_from": duty.held_from,
                    "supersedes": duty.supersedes.ref if duty.supersedes else "",
                    **told(duty, terms),
                }
                for duty, terms in batch
            ],
        )


DUTIES = ImportKind("duties", COLUMNS, "duties.write", plan_duties, write_duties)
