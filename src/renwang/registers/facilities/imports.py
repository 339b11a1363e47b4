"""Facilities from a table, as offices keep them, and back into one: what is exported can be brought in again."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import get_language

from renwang.base.pure.datum import Datum, NotAPosition, convert
from renwang.base.pure.ids import uuid7
from renwang.base.pure.text import search_key
from renwang.base.references import next_references
from renwang.base.tables import Column, Kind, TablePlan, TableRow
from renwang.chain.imports.bulk import create_rows
from renwang.chain.imports.drafting import By, Draft, ImportKind, ImportPlan
from renwang.chain.imports.places import Places
from renwang.chain.list_rules import PlaceAmbiguous, PlaceUnknown, PositionWrong
from renwang.chain.models import Post, Unit
from renwang.chain.rules import Refusal, line_above
from renwang.registers.duties.naming_rules import split_post
from renwang.registers.duties.table import post_text
from renwang.registers.facilities.kinds import Names, known_terms, named
from renwang.registers.facilities.models import STATES, Facility, Step
from renwang.registers.facilities.rules import (
    FigureRefused,
    HoursRefused,
    KindUnknown,
    State,
    TierUnknown,
)
from renwang.registers.facilities.services.keeping import (
    Entered,
    columns_of,
    hand_of,
    local_day,
    rest,
)

_BATCH = 500
_TERMS = known_terms()
_HAS = "has_"


class PostNotFound(Refusal):
    """No post in the place or above it is called that, or several are."""


class StateUnknown(Refusal):
    """A facility does not stand like that."""


def _titles(names: Names) -> tuple[str, ...]:
    """Give the headings of a configured thing, also without the unit in brackets."""
    bare = [text.partition("（")[0].partition(" (")[0] for text in (names["zh"], names["en"])]
    return tuple(dict.fromkeys((names["zh"], names["en"], *bare)))


_ASKS = [key for key in _TERMS.asks if any(key in kind.asks for kind in _TERMS.kinds.values())]
COLUMNS = (
    Column("ref", ("设施编号", "Number"), Kind.CODE, max_length=32),
    Column(
        "code", ("单位自编号", "Own number", "自编号", "编号", "编码"), Kind.CODE, max_length=40
    ),
    Column("kind", ("设施种类", "Kind", "设施类型", "种类", "类型", "类别"), required=True),
    Column("tier", ("服务中心层级", "Tier", "层级")),
    Column("name", ("设施名称", "Facility", "名称", "场所名称"), required=True, max_length=120),
    Column("unit", ("所属辖区", "Unit", "所属社区", "所属网格", "辖区", "社区"), required=True),
    Column("address", ("地址", "Address", "具体位置", "位置"), max_length=200),
    *(Column(key, _titles(_TERMS.asks[key]), Kind.DECIMAL) for key in _ASKS),
    *(
        Column(f"{_HAS}{key}", _titles(names), Kind.BOOLEAN)
        for key, names in _TERMS.fittings.items()
    ),
    Column("post", ("责任岗位", "Responsible post", "责任人岗位", "管理岗位")),
    Column("emergency_role", ("应急功能", "Emergency role"), max_length=200),
    Column("weekdays", ("工作日开放时间", "Hours on working days", "开放时间")),
    Column("weekends", ("周末开放时间", "Hours at weekends")),
    Column("emergency_hours", ("应急开放时间", "Hours in an emergency")),
    Column("state", ("状态", "State", "设施状态", "使用状态")),
    Column("inspected_on", ("上次巡查日期", "Last inspected", "最近检查日期"), Kind.DATE),
    Column("note", ("备注", "Note")),
    Column("lon", ("经度", "Longitude", "lng"), Kind.DECIMAL),
    Column("lat", ("纬度", "Latitude"), Kind.DECIMAL),
)
_READ_ONLY = (
    Column("fits", ("可容纳人数", "People that fit"), Kind.INTEGER),
    Column("rests_on", ("容量依据", "What that rests on")),
    Column("inspect_due_on", ("下次巡查期限", "Next inspection"), Kind.DATE),
)
"""Written into an export for whoever reads it, passed over when it is brought in."""

_TEXTS = ("code", "address", "emergency_role", "weekdays", "weekends", "emergency_hours", "note")
_STATE_WORDS: Mapping[State, tuple[str, ...]] = {
    State.READY: ("完好", "可用", "正常", "在用", "ready"),
    State.LIMITED: ("受限", "部分可用", "limited"),
    State.OUT_OF_ORDER: ("损坏", "故障", "不可用", "out of order"),
    State.CLOSED: ("停用", "关闭", "暂停", "closed"),
    State.GONE: ("拆除", "撤销", "报废", "gone"),
}


def headings(language: str) -> list[tuple[str, str, Kind]]:
    """Give the columns of an export: key, heading, kind."""
    return [(one.key, one.title(language), one.kind) for one in (*COLUMNS, *_READ_ONLY)]


def row_of(facility: Facility) -> dict[str, Any]:
    """Give a facility, with its unit and post, as a row of an export, in the language of the moment."""
    language, terms = get_language() or "en", known_terms()
    kind, tier = terms.kinds.get(facility.kind), terms.tiers.get(facility.tier)
    row: dict[str, Any] = {
        name: getattr(facility, name)
        for name in ("ref", "name", *_TEXTS, "inspected_on", "lon", "lat", "inspect_due_on")
    }
    row |= facility.amounts
    row |= {f"{_HAS}{key}": value for key, value in facility.fittings.items()}
    row |= {
        "kind": named(kind.names, language) if kind else facility.kind,
        "tier": named(tier.names, language) if tier else "",
        "unit": facility.unit.code or facility.unit.name,
        "post": post_text(facility.post, facility.unit_id) if facility.post else "",
        "state": str(STATES[State(facility.state)]),
    }
    if kind is not None and kind.needs:
        capacity = facility.capacity  # put there by the selector that listed it
        row["fits"] = capacity.people
        row["rests_on"] = _rests_on(capacity.binding, language)
    return row


def _rests_on(limit: Any, language: str) -> str:
    """Say in one cell what a capacity rests on: the limit that binds, its figure, and where that comes from."""
    if limit is None:
        return ""
    terms = known_terms()
    figure = terms.figures[limit.figure]
    what, source = named(terms.asks[limit.ask], language), named(figure.source, language)
    return f"{what} {limit.given:g} · {named(figure.names, language)} {figure.value:g} · {source} ({figure.confidence})"


class _Posts:
    """The posts that the cells of a file can mean; one statement."""

    def __init__(self, titles: Iterable[str]):
        wanted = {split_post(text)[1] for text in titles}
        found = Post.objects.filter(ended_on=None, title__in=wanted)
        self._called: dict[str, list[Post]] = {}
        for post in found.select_related("unit", "organisation").defer("unit__boundary"):
            self._called.setdefault(post.title, []).append(post)

    def find(self, text: str, unit: Unit) -> Post:
        """Find the post meant: of the place itself, else the nearest above it. Refuses with `PostNotFound`."""
        before, title = split_post(text)
        line = {path: depth for depth, path in enumerate([*line_above(unit.path), unit.path])}
        found = [
            one
            for one in self._called.get(title, ())
            if one.path in line
            and (not before or before in (one.unit.name, getattr(one.organisation, "name", None)))
        ]
        nearest = max((line[one.path] for one in found), default=-1)
        found = [one for one in found if line[one.path] == nearest]
        if len(found) != 1:
            raise PostNotFound(post=text)
        return found[0]


def by_name(rows: Mapping[str, Any]) -> dict[str, str]:
    """Find keys by what people write: the key itself, or its name in any language."""
    words = {search_key(key): key for key in rows}
    for key, one in rows.items():
        names = getattr(one, "names", one)
        words |= {search_key(name): key for name in names.values()}
    return words


class _Reader:
    """Judges the rows of a file of facilities."""

    def __init__(self, draft: Draft, by: By, now: datetime):
        self.draft, self.terms = draft, known_terms()
        self.places = Places(by, "facilities.keep")
        self.posts = _Posts(row.values["post"] for row in draft.rows if row.values.get("post"))
        self.kinds, self.tiers = by_name(self.terms.kinds), by_name(self.terms.tiers)
        self.states = {
            search_key(word): state
            for state, words in _STATE_WORDS.items()
            for word in (*words, state.value, str(STATES[state]))
        }
        here = Facility.objects.filter(unit__in=list(self.places.units))
        self.known: dict[Any, Facility] = {}
        for one in here.select_related("post__unit", "post__organisation").iterator():
            self.known[one.ref] = one
            self.known[one.unit_id, one.kind, search_key(one.name)] = one
            if one.code:
                self.known[one.unit_id, one.code] = one
        self.found: dict[str, Any] = {}

    def plan(self) -> tuple[TablePlan, Mapping[str, Any]]:
        for row in self.draft.rows:
            try:
                self._judge(row)
            except Refusal as refusal:
                self.draft.refuse(row, _column_of(refusal), refusal)
        existing = {
            key: _flat(one["facility"])
            for key, one in self.found.items()
            if one["facility"] is not None
        }
        return self.draft.plan(existing), self.found

    def _judge(self, row: TableRow) -> None:
        values = row.values
        unit = self.places.find(values["unit"])
        kind = self._key(self.kinds, values["kind"], KindUnknown, "kind")
        tier = self._key(self.tiers, values.get("tier"), TierUnknown, "tier")
        known = (
            self.known.get(values.get("ref") or "")
            or self.known.get((unit.pk, values.get("code") or ""))
            or self.known.get((unit.pk, kind, search_key(values["name"])))
        )
        after: dict[str, Any] = {"name": values["name"], "kind": kind, "unit": str(unit.pk)}
        after |= {"tier": tier} if tier else {}
        after |= {name: values[name] for name in _TEXTS if values.get(name)}
        after |= {key: float(values[key]) for key in _ASKS if values.get(key) is not None}
        after |= {
            key: one for key, one in values.items() if key.startswith(_HAS) and one is not None
        }
        after |= self._position(values)
        if values.get("inspected_on"):
            after["inspected_on"] = values["inspected_on"]
        if values.get("post"):
            after["post"] = str(self.posts.find(values["post"], unit).pk)
        state = self._state(values.get("state"))
        old = _flat(known) if known else {}
        entered = _entered({**old, **after})
        columns, _kind = columns_of(entered)
        for name in ("weekdays", "weekends", "emergency_hours"):
            if name in after:
                after[name] = columns[name]
        key = (
            known.ref
            if known
            else f"{unit.pk}/{values.get('code') or kind + search_key(values['name'])}"
        )
        self.found[key] = {"facility": known, "unit": unit, "state": state}
        self.draft.keep(row, key, after)

    def _key(self, known: Mapping[str, str], said: Any, refusal: type[Refusal], name: str) -> str:
        if not said:
            return ""
        try:
            return known[search_key(said)]
        except KeyError:
            raise refusal(**{name: said}) from None

    def _state(self, said: Any) -> State:
        if not said:
            return State.READY
        try:
            return self.states[search_key(said)]
        except KeyError:
            raise StateUnknown(state=said) from None

    def _position(self, values: Mapping[str, Any]) -> dict[str, float]:
        lon, lat = values.get("lon"), values.get("lat")
        if lon is None and lat is None:
            return {}
        if lon is None or lat is None:
            raise PositionWrong
        try:
            datum = Datum(settings.RENWANG_INPUT_DATUM)
            east, north = convert(float(lon), float(lat), datum, Datum.WGS84)
        except NotAPosition:
            raise PositionWrong from None
        return {"lon": round(east, 7), "lat": round(north, 7)}


def _flat(one: Facility) -> dict[str, Any]:
    """Give a facility as its row is compared: one value for each column."""
    names = ("name", "kind", "tier", *_TEXTS, "inspected_on")
    flat: dict[str, Any] = {name: getattr(one, name) for name in names}
    flat |= {"unit": str(one.unit_id), "post": str(one.post_id) if one.post_id else ""}
    flat |= {name: _rounded(getattr(one, name)) for name in ("lon", "lat")}
    flat |= one.amounts
    return flat | {f"{_HAS}{key}": value for key, value in one.fittings.items()}


def _rounded(value: float | None) -> float | None:
    return round(value, 7) if value is not None else None


def _entered(flat: Mapping[str, Any]) -> Entered:
    """Give the values of a row as the service takes them; only what is asked of its kind."""
    kind = known_terms().kinds[flat["kind"]]
    return Entered(
        kind=flat["kind"],
        name=flat["name"],
        tier=flat.get("tier") or "",
        amounts={key: flat[key] for key in _ASKS if key in flat and key in kind.asks},
        fittings={
            key.removeprefix(_HAS): value
            for key, value in flat.items()
            if key.startswith(_HAS) and value is not None
        },
        lon=flat.get("lon"),
        lat=flat.get("lat"),
        inspected_on=flat.get("inspected_on"),
        **{name: flat.get(name) or "" for name in _TEXTS},
    )


def _column_of(refusal: Refusal) -> str:
    columns: tuple[tuple[Any, str], ...] = (
        (PlaceUnknown | PlaceAmbiguous, "unit"),
        (PositionWrong, "lon"),
        (KindUnknown, "kind"),
        (TierUnknown, "tier"),
        (PostNotFound, "post"),
        (StateUnknown, "state"),
        (HoursRefused, "weekdays"),
    )
    if isinstance(refusal, FigureRefused):
        return str(refusal.params["ask"])
    return next((name for kind, name in columns if isinstance(refusal, kind)), "name")


def plan_facilities(draft: Draft, by: By, now: datetime) -> tuple[TablePlan, Mapping[str, Any]]:
    """Judge a file of facilities. One is known by its number, by its unit and own number, or by unit, kind and name.

    Positions are in the node's declared datum (RENWANG_INPUT_DATUM). A state
    counts for new rows only: where one on the list stands is changed by acts.
    """
    return _Reader(draft, by, now).plan()


def write_facilities(plan: ImportPlan, by: By, now: datetime) -> set[str]:
    """Put new facilities on the list and amend known ones; nothing that the chain derives is touched."""
    new, hand, today = plan.table.to_create, hand_of(by), local_day(now)
    refs = iter(next_references("E", now, len(new))) if new else iter(())
    made = []
    for row in new:
        found = plan.found[row.key[0]]
        state: State = found["state"]
        one = Facility(
            id=uuid7(now), ref=next(refs), since=now, entered_on=today, state=state.value,
            reason="" if state is State.READY else (row.values.get("note") or plan.filename)[:300],
        )  # fmt: skip
        made.append(_written(one, row.values, found["unit"]))
    changed = []
    for change in plan.table.to_update:
        found = plan.found[change.key[0]]
        flat = {**_flat(found["facility"]), **change.after}
        changed.append(_written(found["facility"], flat, found["unit"]))
    create_rows(plan, made)
    Facility.objects.bulk_update(changed, _WRITTEN, batch_size=_BATCH)
    told = {"file": plan.filename, "digest": plan.digest}
    Step.objects.bulk_create(
        (
            Step(facility=one, act="import", facts=told, by=hand, at=now)
            for one in (*made, *changed)
        ),
        batch_size=_BATCH,
    )
    return set()


_WRITTEN = (
    "kind", "tier", "name", "code", "search", "unit", "path", "address", "lon", "lat", "post", "amounts",
    "fittings", "emergency_role", "weekdays", "weekends", "emergency_hours", "note",
    "inspected_on", "inspect_due_on",
)  # fmt: skip


def _written(one: Facility, flat: Mapping[str, Any], unit: Unit) -> Facility:
    """Write the values of a row into a facility."""
    columns, kind = columns_of(_entered(flat))
    for name, value in columns.items():
        if name != "post":
            setattr(one, name, value)
    one.post_id = flat.get("post") or None
    one.unit, one.path = unit, unit.path
    one.inspected_on = flat.get("inspected_on")
    rest(one, kind)
    return one


FACILITIES = ImportKind("facilities", COLUMNS, "facilities.keep", plan_facilities, write_facilities)
