"""Risks from a table, as offices keep them, and back into one: what is exported can be brought in again."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings

from renwang.base.pure.datum import Datum, NotAPosition, convert
from renwang.base.pure.ids import uuid7
from renwang.base.pure.text import search_key
from renwang.base.references import next_references
from renwang.base.tables import Column, Kind, TablePlan, TableRow
from renwang.chain.imports.drafting import By, Draft, ImportKind, ImportPlan
from renwang.chain.imports.places import Places
from renwang.chain.list_rules import PlaceAmbiguous, PlaceUnknown, PositionWrong
from renwang.chain.rules import Refusal
from renwang.registers.hazards import kinds
from renwang.registers.risks.models import LEVELS, SOURCES, STATES, Risk, Step
from renwang.registers.risks.naming import say_hazard
from renwang.registers.risks.rules import Source, Standing, State, next_step_due
from renwang.registers.risks.scale import current_scale
from renwang.registers.risks.scale_rules import Level, OffTheScale
from renwang.registers.risks.services.finding import hand_of

_BATCH = 500
# What a table may still change of a risk that is on the list; where it stands is changed by acts only.
_FIELDS = ("title", "hazard", "category", "place", "form", "unfolding", "code", "lon", "lat")

COLUMNS = (
    Column("ref", ("风险编号", "Number", "编号", "风险点编号"), Kind.CODE, max_length=32),
    Column(
        "title",
        ("风险点名称", "Risk", "风险名称", "隐患名称", "名称", "风险点"),
        required=True,
        max_length=120,
    ),
    Column("unit", ("所属辖区", "Unit", "所属社区", "所属网格", "辖区", "社区"), required=True),
    Column("hazard", ("风险类型", "Kind", "隐患类型", "灾害种类", "类型", "类别"), max_length=40),
    Column("code", ("国标编码", "National sub-code", "分类编码"), Kind.CODE, max_length=20),
    Column("words", ("风险描述", "What was found", "隐患描述", "描述", "情况描述")),
    Column("place", ("具体位置", "Where exactly", "位置", "地址", "地点"), max_length=200),
    Column("form", ("表现形态", "Form", "形态")),
    Column("unfolding", ("演变过程", "How it would unfold", "可能后果", "演变")),
    Column("likelihood", ("可能性", "Likelihood", "发生可能性"), Kind.INTEGER),
    Column("harm", ("危害程度", "Harm", "后果严重性", "危害"), Kind.INTEGER),
    Column("source", ("发现方式", "Found by", "来源", "排查方式")),
    Column("lon", ("经度", "Longitude", "lng"), Kind.DECIMAL),
    Column("lat", ("纬度", "Latitude"), Kind.DECIMAL),
)
_READ_ONLY = (
    Column("level", ("风险等级", "Colour")),
    Column("state", ("状态", "State")),
    Column("found_at", ("发现时间", "Found"), Kind.DATETIME),
    Column("due_at", ("下一步期限", "Next step owed"), Kind.DATETIME),
)
"""Written into an export for whoever reads it, passed over when it is brought in."""


class SourceUnknown(Refusal):
    """Nobody finds risks in this way."""


class HalfJudged(Refusal):
    """A colour needs likelihood and harm, both."""


def headings(language: str) -> list[tuple[str, str, Kind]]:
    """Give the columns of an export: key, heading, kind."""
    return [(one.key, one.title(language), one.kind) for one in (*COLUMNS, *_READ_ONLY)]


def row_of(risk: Risk) -> dict[str, Any]:
    """Give a risk as a row of an export, in the language of the moment."""
    names = ("ref", "title", "code", "words", "place", "form", "unfolding", "found_at", "due_at")
    row = {name: getattr(risk, name) for name in names}
    return row | {
        "unit": risk.unit.code or risk.unit.name,
        "hazard": say_hazard(risk.hazard),
        "likelihood": risk.likelihood or None,
        "harm": risk.harm or None,
        "source": str(SOURCES[Source(risk.source)]),
        "lon": risk.lon,
        "lat": risk.lat,
        "level": str(LEVELS[Level(risk.level)]),
        "state": str(STATES[State(risk.state)]),
    }


class _Reader:
    """Judges the rows of a file of risks."""

    def __init__(self, draft: Draft, by: By, now: datetime):
        self.draft, self.by, self.now = draft, by, now
        self.scale = current_scale()
        self.places = Places(by, "risks.judge")
        wanted = {row.values.get("ref") or "" for row in draft.rows}
        titles = {row.values["title"] for row in draft.rows}
        here = Risk.objects.filter(unit__in=list(self.places.units)).defer("exposed")
        self.by_ref = {one.ref: one for one in _in_parts(here, "ref", wanted - {""})}
        self.by_title = {
            (one.unit_id, search_key(one.title)): one for one in _in_parts(here, "title", titles)
        }
        self.hazards = _hazard_words()
        self.sources = {
            search_key(word): source
            for source, words in _SOURCE_WORDS.items()
            for word in (source.value, *words)
        }
        self.found: dict[str, Any] = {}

    def plan(self) -> tuple[TablePlan, Mapping[str, Any]]:
        for row in self.draft.rows:
            try:
                self._judge(row)
            except Refusal as refusal:
                self.draft.refuse(row, _column_of(refusal), refusal)
        existing = {
            key: {name: _shown(getattr(one, name)) for name in _FIELDS}
            for key, one in ((key, known["risk"]) for key, known in self.found.items())
            if one is not None
        }
        return self.draft.plan(existing), self.found

    def _judge(self, row: TableRow) -> None:
        values = row.values
        unit = self.places.find(values["unit"])
        known = self.by_ref.get(values.get("ref") or "") or self.by_title.get(
            (unit.pk, search_key(values["title"]))
        )
        key = known.ref if known else f"{unit.pk}/{search_key(values['title'])}"
        hazard = self._hazard(values.get("hazard"))
        kind = kinds().get(hazard)
        texts = ("title", "place", "form", "unfolding", "code")
        after: dict[str, Any] = {name: values[name] for name in texts if values.get(name)}
        if hazard:
            after |= {"hazard": hazard, "category": kind.category if kind else ""}
        after |= self._position(values)
        pair = values.get("likelihood"), values.get("harm")
        if known is None and any(pair):
            if None in pair:
                raise HalfJudged
            self.scale.level(*pair)
            after |= {"likelihood": pair[0], "harm": pair[1]}
        self.found[key] = {
            "risk": known,
            "unit": unit,
            "words": values.get("words") or values["title"],
            "pair": pair if known is None and all(pair) else None,
            "source": self._source(values.get("source")),
        }
        self.draft.keep(row, key, after)

    def _hazard(self, said: str | None) -> str:
        """Find the key of a kind that is called by its key or by its name; another one is kept as it is called."""
        return self.hazards.get(search_key(said), said) if said else ""

    def _source(self, said: str | None) -> Source:
        if not said:
            return Source.SURVEY
        try:
            return self.sources[search_key(said)]
        except KeyError:
            raise SourceUnknown(source=said) from None

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


_SOURCE_WORDS: Mapping[Source, tuple[str, ...]] = {
    Source.PATROL: ("巡查", "Patrol", "网格巡查", "日常巡查"),
    Source.RESIDENT: ("居民", "Resident", "居民反映", "群众反映"),
    Source.EXPERT: ("专家", "Expert", "专家评估"),
    Source.SURVEY: ("调查", "Survey", "普查", "排查", "专项排查"),
    Source.WORKSHOP: ("居民研讨", "Residents' workshop", "居民工作坊", "座谈"),
    Source.SIGNAL: ("信号", "Signal", "预警信号", "线索"),
}


def _hazard_words() -> dict[str, str]:
    words = {search_key(key): key for key in kinds()}
    for key, kind in kinds().items():
        words |= {search_key(name): key for name in kind.names.values()}
    return words


def _in_parts(rows: Any, column: str, wanted: set[str]) -> Any:
    """Read rows by many values of a column, so many at a time as a statement can carry."""
    values = sorted(wanted)
    for start in range(0, len(values), _BATCH):
        yield from rows.filter(**{f"{column}__in": values[start : start + _BATCH]})


def _shown(value: Any) -> Any:
    return round(value, 7) if isinstance(value, float) else value


def _column_of(refusal: Refusal) -> str:
    if isinstance(refusal, PlaceUnknown | PlaceAmbiguous):
        return "unit"
    if isinstance(refusal, PositionWrong):
        return "lon"
    if isinstance(refusal, SourceUnknown):
        return "source"
    return "likelihood" if isinstance(refusal, OffTheScale | HalfJudged) else "title"


def plan_risks(draft: Draft, by: By, now: datetime) -> tuple[TablePlan, Mapping[str, Any]]:
    """Judge a file of risks. One is known by its number, else by its unit and title.

    Positions are in the node's declared datum (RENWANG_INPUT_DATUM). Likelihood
    and harm judge a new risk; one that is on the list is judged by a person.
    """
    return _Reader(draft, by, now).plan()


def write_risks(plan: ImportPlan, by: By, now: datetime) -> set[str]:
    """Put new risks on the list and amend known ones; nothing that the chain derives is touched."""
    scale, hand = current_scale(), hand_of(by)
    refs = (
        iter(next_references("F", now, len(plan.table.to_create))) if plan.table.to_create else ()
    )
    made = [
        _made(plan.found[row.key[0]], row.values, next(refs), hand, now, scale)
        for row in plan.table.to_create
    ]
    Risk.objects.bulk_create(made, batch_size=_BATCH)
    changed = []
    for row in plan.table.to_update:
        risk: Risk = plan.found[row.key[0]]["risk"]
        for name, value in row.after.items():
            if name in _FIELDS:
                setattr(risk, name, value)
        changed.append(risk)
    Risk.objects.bulk_update(changed, list(_FIELDS), batch_size=_BATCH)
    told = {"file": plan.filename, "digest": plan.digest}
    Step.objects.bulk_create(
        (Step(risk=one, act="import", facts=told, by=hand, at=now) for one in (*made, *changed)),
        batch_size=_BATCH,
    )
    return set()


def _made(
    found: Mapping[str, Any],
    values: Mapping[str, Any],
    ref: str,
    hand: Any,
    now: datetime,
    scale: Any,
) -> Risk:
    pair, unit = found["pair"], found["unit"]
    state = State.OPEN if pair else State.FOUND
    due = next_step_due(Standing(state, now), scale.terms)
    return Risk(
        id=uuid7(now),
        ref=ref,
        words=found["words"],
        unit=unit,
        path=unit.path,
        source=found["source"],
        found_at=now,
        received_at=now,
        found_by=hand,
        state=state,
        likelihood=pair[0] if pair else 0,
        harm=pair[1] if pair else 0,
        level=scale.level(*pair) if pair else Level.UNKNOWN,
        judged_at=now if pair else None,
        since=now,
        due_at=due,
        climb_at=due,
        term=due - now if due else None,
        asked=unit,
        asked_path=unit.path,
        **{name: values[name] for name in _FIELDS if values.get(name) is not None},
    )


RISKS = ImportKind("risks", COLUMNS, "risks.judge", plan_risks, write_risks)
