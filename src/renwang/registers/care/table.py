"""The care list as a table: its columns, what a row means, and an entry as a row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from renwang.base.pure.text import search_key
from renwang.base.tables import Column, Kind, TablePlan, TableReading, TableRow
from renwang.chain.imports.drafting import Draft
from renwang.chain.imports.households import Houses
from renwang.chain.imports.places import People, Places
from renwang.chain.list_rules import (
    BuildingAmbiguous,
    BuildingUnknown,
    PersonAmbiguous,
    PersonUnknown,
)
from renwang.chain.models import Building, Household, Person
from renwang.chain.reach import NotInReach, Viewer
from renwang.chain.rules import Refusal
from renwang.chain.words import say_refusal
from renwang.registers.care.finding import paired
from renwang.registers.care.keys import Ring
from renwang.registers.care.models import CareEntry, Paper
from renwang.registers.care.needs import known_needs, need_name
from renwang.registers.care.rules import (
    NAME_AT_MOST,
    OTHERS_AT_MOST,
    TELEPHONE_AT_MOST,
    WORDS_AT_MOST,
    CareRefused,
    Consent,
    ConsentHow,
    Content,
    KeyLost,
    Other,
    SealBroken,
    check_consent,
    check_content,
)
from renwang.registers.care.services.pairing import PairedTwice
from renwang.registers.care.sight import day_of, read_content
from renwang.registers.care.table_rules import (
    BETWEEN,
    ConsentOlder,
    ConsentWithdrawn,
    DoorNotKnown,
    NeedNotKnown,
    NumberGone,
    StandsElsewhere,
    check_newer,
    need_words,
    needs_in,
)
from renwang.registers.care.withdrawals import mark_of, withdrawn_on
from renwang.registers.care.words import explain_care

_HOWS = {
    ConsentHow.SIGNED: ("本人签字", "Signed on paper", "书面", "签字", "书面同意"),
    ConsentHow.SAID: ("当面口头（有见证人）", "Said before a witness", "口头", "口头同意"),
    ConsentHow.GUARDIAN: ("监护人同意", "Given by the guardian", "监护人", "监护人代签"),
}
_WORDS = ("warn", "leave", "stay")
_TELEPHONE = {"kind": Kind.CODE, "max_length": TELEPHONE_AT_MOST}


def _others() -> list[Column]:
    columns = []
    for at in range(1, OTHERS_AT_MOST + 1):
        columns += [
            Column(f"other{at}", (f"其他联系人{at}", f"Other {at}"), max_length=NAME_AT_MOST),
            Column(f"tie{at}", (f"联系人{at}关系", f"Who other {at} is"), max_length=NAME_AT_MOST),
            Column(f"ring{at}", (f"联系人{at}电话", f"Telephone of other {at}"), **_TELEPHONE),
        ]
    return columns


COLUMNS = (
    Column("ref", ("登记编号", "Number", "编号"), Kind.CODE, max_length=32),
    Column("building", ("楼栋", "Building", "楼栋名称", "楼栋编码"), required=True),
    Column("door", ("门牌", "Door", "房号", "户号", "门牌号"), Kind.CODE, required=True, max_length=20),
    Column("name", ("称呼", "Whom to ask for", "姓名"), required=True, max_length=NAME_AT_MOST),
    Column("needs", ("需要的帮助", "Needs", "帮助需求", "需求"), required=True),
    Column("telephone", ("电话", "Telephone", "联系电话", "手机"), **_TELEPHONE),
    Column("warn", ("叫应时", "To be warned", "叫应注意"), max_length=WORDS_AT_MOST),
    Column("leave", ("转移时", "To leave the house", "转移注意"), max_length=WORDS_AT_MOST),
    Column("stay", ("留守时", "To stay", "留守注意"), max_length=WORDS_AT_MOST),
    *_others(),
    Column(
        "how", ("同意方式", "How he agreed", "知情同意"), Kind.CHOICE, required=True, choices=_HOWS
    ),
    Column("given_on", ("同意日期", "Agreed on"), Kind.DATE, required=True),
    Column("until_on", ("同意有效期至", "Consent until", "有效期至"), Kind.DATE, required=True),
    Column("helper", ("结对人", "Helper", "联户人", "责任人")),
    Column("backup", ("候补结对人", "Back-up", "后备人", "B岗")),
)  # fmt: skip
_ACCOUNTED = (
    Column("paper", ("清单编号", "List number"), Kind.CODE),
    Column("holder", ("持有人", "Held by")),
    Column("until_at", ("最晚删除时间", "To be deleted by"), Kind.DATETIME),
)
"""Written into every row that leaves the node, passed over when it comes back."""

EXPORTED = (*COLUMNS, *_ACCOUNTED)
EXAMPLE: Mapping[str, Any] = {
    "building": "示例小区1号楼", "door": "302", "name": "钱奶奶", "telephone": "13900000000",
    "warn": "敲三下，多等一会儿", "leave": "两个人扶，走东边楼梯", "stay": "每天下午送一次饭",
    "other1": "钱女士", "tie1": "女儿", "ring1": "13800000000", "how": ConsentHow.SIGNED,
    "given_on": date(2026, 7, 15), "until_on": date(2027, 7, 14),
}  # fmt: skip


def example_row(language: str) -> dict[str, Any]:
    """Give one invented row that shows how a row is written; sent back as it is, its building is unknown."""
    needs = list(known_needs().needs)[:2]
    return {**EXAMPLE, "needs": BETWEEN.join(need_name(key, language) for key in needs)}


def rows_of(
    paper: Paper, lines: Sequence[tuple[CareEntry, Content]], language: str
) -> list[dict[str, Any]]:
    """Give entries with their seals open as rows that can be brought in again, each with the list's number."""
    known = {
        one.pk: one
        for one in CareEntry.objects.filter(paper_lines__paper=paper).prefetch_related(paired())
    }
    return [_row_of(paper, known[entry.pk], entry, content, language) for entry, content in lines]


def _row_of(
    paper: Paper, paired_entry: CareEntry, entry: CareEntry, content: Content, language: str
) -> dict[str, Any]:
    house = entry.household
    helpers = {one.rank: one.person.name for one in paired_entry.paired}
    return {
        **_flat(entry, content),
        "ref": entry.ref,
        "building": house.building.code or house.building.name if house else "",
        "door": house.door if house else "",
        "needs": BETWEEN.join(need_name(key, language) for key in content.needs),
        "helper": helpers.get(0, ""),
        "backup": helpers.get(1, ""),
        "paper": paper.ref,
        "holder": paper.holder.name if paper.holder else "",
        "until_at": paper.until_at,
    }


def _flat(entry: CareEntry, content: Content) -> dict[str, Any]:
    """Give an entry as its row is compared: one value for each column."""
    flat: dict[str, Any] = _flat_content(content)
    flat |= {"how": entry.consent_how, "given_on": entry.consent_on}
    return flat | {"until_on": entry.consent_until}


def _flat_content(content: Content) -> dict[str, Any]:
    flat = {name: getattr(content, name) for name in ("name", "telephone", *_WORDS)}
    flat["needs"] = " ".join(content.needs)
    for at in range(OTHERS_AT_MOST):
        one = content.others[at] if at < len(content.others) else Other("")
        flat |= {f"other{at + 1}": one.name, f"tie{at + 1}": one.tie}
        flat[f"ring{at + 1}"] = one.telephone
    return flat


@dataclass(frozen=True, slots=True)
class Judged:
    """What a row comes to: the entry it is about, or none yet, and all that would stand there."""

    entry: CareEntry | None
    door: Household
    content: Content
    consent: Consent
    pairs: Mapping[int, Person]  # by rank; a blank cell names nobody and ends nothing


class _Known:
    """The doors that a file means and the entries behind them, their seals open; nobody sees them."""

    def __init__(self, viewer: Viewer, rows: Sequence[TableRow], houses: Houses, keys: Ring):
        self.buildings: dict[str, Building] = {}
        for row in rows:
            text = row.values["building"]
            try:
                self.buildings.setdefault(text, houses.find(text))
            except Refusal:
                continue  # said again, and with its sentence, where the row is judged
        found = Household.objects.filter(building__in=set(self.buildings.values()))
        self.doors = {(one.building_id, one.door.casefold()): one for one in found}
        kept = CareEntry.objects.filter(viewer.scope("care.keep")).prefetch_related(paired())
        refs = {row.values["ref"] for row in rows if row.values.get("ref")}
        here = list(kept.filter(household__building__in=set(self.buildings.values())))
        away = refs - {one.ref for one in here}
        self.by_ref = {one.ref: one for one in [*here, *kept.filter(ref__in=away)]}
        self.contents: dict[Any, Content] = {}
        self.by_name: dict[tuple[Any, str], CareEntry] = {}
        self.shut: dict[Any, CareRefused] = {}
        for entry in self.by_ref.values():
            try:
                content = read_content(entry, keys)
            except (KeyLost, SealBroken) as refusal:
                self.shut[entry.household_id] = refusal
                continue
            self.contents[entry.pk] = content
            self.by_name[entry.household_id, search_key(content.name)] = entry
        marks = {
            mark_of(self.doors[key].pk, row.values["name"])
            for row in rows
            if (key := self._key_of(row)) in self.doors
        }
        self.withdrawn = withdrawn_on(marks)

    def _key_of(self, row: TableRow) -> tuple[Any, str]:
        house = self.buildings.get(row.values["building"])
        return (house.pk if house else None, row.values["door"].casefold())


class _Reader:
    """Judges the rows of a table for the keeper who sent it."""

    def __init__(self, draft: Draft, viewer: Viewer, now: datetime, keys: Ring):
        self.draft, self.viewer, self.today = draft, viewer, day_of(now)
        places = Places(viewer, "care.keep")
        self.houses, self.people = Houses(places), People(viewer)
        self.units = {unit.path: unit for unit in places.units.values()}
        self.known = _Known(viewer, draft.rows, self.houses, keys)
        needs = known_needs().needs
        self.needs, self.words = needs, need_words({key: one.names for key, one in needs.items()})
        self.judged: dict[str, Judged] = {}
        self.called: dict[str, Any] = {}

    def plan(self) -> TablePlan:
        existing = {}
        for row in self.draft.rows:
            try:
                key, judged = self._judge(row)
            except (Refusal, CareRefused, NotInReach) as refusal:
                self.draft.refuse(row, _column_of(refusal, row), refusal)
                continue
            self.judged.setdefault(key, judged)
            if judged.entry is not None:
                old = _flat(judged.entry, self.known.contents[judged.entry.pk])
                existing[key] = old | _pairs_of(judged.entry)
            self.draft.keep(row, key, _values_of(judged))
        return self.draft.plan(existing)

    def _judge(self, row: TableRow) -> tuple[str, Judged]:
        values = row.values
        door = self._door(values)
        entry = self._entry(values, door)
        old = self.known.contents[entry.pk] if entry is not None else Content("", ())
        content = check_content(self._content(values, old), self.needs)
        consent = Consent(ConsentHow(values["how"]), values["given_on"], values["until_on"])
        check_consent(consent, self.today)
        check_newer(
            consent.given_on,
            known_on=entry.consent_on if entry is not None else None,
            withdrawn_on=self.known.withdrawn.get(mark_of(door.pk, values["name"])),
        )
        key = entry.ref if entry is not None else self._called(door, content.name)
        return key, Judged(entry, door, content, consent, self._pairs(values, entry, door))

    def _called(self, door: Household, name: str) -> str:
        """Call somebody new by door and name, as his sender would; each door of a building once."""
        label = f"{door.building.name} {door.door} · {search_key(name)}"
        if self.called.setdefault(label, door.pk) != door.pk:
            label = f"{label} ({door.building.code or door.building_id})"
        return label

    def _door(self, values: Mapping[str, Any]) -> Household:
        building = self.houses.find(values["building"])
        door = self.known.doors.get((building.pk, values["door"].casefold()))
        if door is None:
            raise DoorNotKnown
        if not self.viewer.may("care.keep", door.path):
            raise NotInReach("care.keep", door.path)
        door.building = building
        return door

    def _entry(self, values: Mapping[str, Any], door: Household) -> CareEntry | None:
        ref = values.get("ref")
        if not ref:
            if door.pk in self.known.shut:  # it may be the same person
                raise self.known.shut[door.pk]
            return self.known.by_name.get((door.pk, search_key(values["name"])))
        entry = self.known.by_ref.get(ref)
        if entry is None:
            raise NumberGone
        if entry.household_id != door.pk:
            raise StandsElsewhere
        if entry.pk not in self.known.contents:
            raise self.known.shut[door.pk]
        return entry

    def _content(self, values: Mapping[str, Any], old: Content) -> Content:
        said = {name: values[name] for name in ("name", "telephone", *_WORDS) if values.get(name)}
        others = [*old.others, *[Other("")] * OTHERS_AT_MOST][:OTHERS_AT_MOST]
        for at, one in enumerate(others):
            cells = {"name": "other", "tie": "tie", "telephone": "ring"}
            new = {field: values.get(f"{name}{at + 1}") for field, name in cells.items()}
            others[at] = replace(one, **{field: text for field, text in new.items() if text})
        needs = needs_in(values["needs"], self.words)
        return replace(old, **said, needs=needs, others=tuple(others))

    def _pairs(
        self, values: Mapping[str, Any], entry: CareEntry | None, door: Household
    ) -> dict[int, Person]:
        pairs = {
            rank: self.people.find(values[column], self.units[door.path])
            for rank, column in enumerate(("helper", "backup"))
            if values.get(column)
        }
        ranks = {one.rank: one.person_id for one in entry.paired} if entry is not None else {}
        ranks |= {rank: person.pk for rank, person in pairs.items()}
        if len(set(ranks.values())) < len(ranks):
            raise PairedTwice
        return pairs


def _pairs_of(entry: CareEntry) -> dict[str, str]:
    names = {one.rank: str(one.person_id) for one in entry.paired}
    return {"helper": names.get(0, ""), "backup": names.get(1, "")}


def _values_of(judged: Judged) -> dict[str, Any]:
    flat = _flat_content(judged.content)
    flat |= {"how": str(judged.consent.how), "given_on": judged.consent.given_on}
    flat["until_on"] = judged.consent.until_on
    columns = ("helper", "backup")
    return flat | {columns[rank]: str(person.pk) for rank, person in judged.pairs.items()}


def _column_of(refusal: Exception, row: TableRow) -> str:
    columns: tuple[tuple[Any, str], ...] = (
        (BuildingUnknown | BuildingAmbiguous, "building"),
        (DoorNotKnown | StandsElsewhere | NotInReach, "door"),
        (NumberGone, "ref"),
        (NeedNotKnown, "needs"),
        (ConsentOlder | ConsentWithdrawn, "given_on"),
        (PairedTwice, "backup"),
    )
    if isinstance(refusal, PersonUnknown | PersonAmbiguous):
        said = str(refusal.params["person"])
        return "helper" if row.values.get("helper") == said else "backup"
    return next((name for kind, name in columns if isinstance(refusal, kind)), "name")


def say_wrong(refusal: Exception) -> Any:
    """Give the sentence for what is wrong with a row: the care list's own, or the chain's."""
    return explain_care(refusal) or say_refusal(refusal)


def judge_table(
    reading: TableReading, *, by: Viewer, now: datetime, keys: Ring
) -> tuple[TablePlan, Mapping[str, Judged]]:
    """Judge the rows of a table. An entry is known by its number, else by its door and whom to ask for.

    What is under seal is opened in memory to be compared, and shown to nobody.
    """
    reader = _Reader(Draft(reading, say_wrong), by, now, keys)
    return reader.plan(), reader.judged
