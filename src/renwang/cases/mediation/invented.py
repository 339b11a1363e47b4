"""Invented mediations for a demonstration: at each point of their lives, one waiting for a mediator, one overdue for being asked after. Nobody in them is real."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from renwang.base.pure.ids import uuid7
from renwang.base.pure.text import search_key
from renwang.cases.mediation import services
from renwang.cases.mediation.models import Mediation, Mediator, Station
from renwang.cases.mediation.rules import Body, How, Kept, Point, Quarrel, Said
from renwang.cases.mediation.services import Given, Practice, Room, Side
from renwang.cases.models import Case
from renwang.chain.models import Person, Unit
from renwang.chain.reach import Viewer, viewer_of

BY = "node:invented"
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class _Story:
    """One invented quarrel: what it is about, how long ago it was asked for, and how far it has come."""

    quarrel: Quarrel
    about: str
    ago: int  # days
    life: str


_STORIES = (
    _Story(Quarrel.NOISE, "楼上装修噪音，影响楼下老人休息", 130, "consent name meet tell agree month quarter"),
    _Story(Quarrel.LEAK, "卫生间漏水泡坏楼下吊顶，赔偿谈不拢", 48, "consent name meet tell agree"),
    _Story(Quarrel.PARKING, "两家争一个车位，多次口角", 16, "consent name meet tell"),
    _Story(Quarrel.PROPERTY, "物业费减免与电梯停运的争议", 30, "consent name meet suspend"),
    _Story(Quarrel.SUPPORT, "三个子女轮流照顾老人，分工不均", 9, "consent"),
    _Story(Quarrel.DAMAGE, "阳台花盆坠落砸坏车顶", 60, "consent name meet court"),
    _Story(Quarrel.NEIGHBOURS, "空调外机滴水到邻居窗台", 4, ""),
    _Story(Quarrel.LABOUR, "小店拖欠帮工两个月工资", 75, "consent name meet fail"),
    _Story(Quarrel.FAMILY, "老房翻修由谁出钱", 40, "consent withdraw"),
)  # fmt: skip


@transaction.atomic
def invent_mediations(place: Unit, *, now: datetime) -> int:
    """Let an invented place have a station, mediators, an apprentice and quarrels; 0 where there are some already."""
    if Mediation.objects.filter(path__under=place.path).exists():
        return 0
    below = Unit.objects.filter(parent=place, ended_on=None).order_by("position", "code", "name")
    communities = list(below.defer("boundary")[:3])
    if not communities:
        return 0
    register = _register(place, now - 200 * DAY)
    for number, story in enumerate(_STORIES):
        _Telling(communities[number % len(communities)], register, now).tell(story)
    services.call_due(now)
    return len(_STORIES)


def _register(place: Unit, then: datetime) -> tuple[Station, Mediator, Mediator]:
    """Enter the studio, a master and his apprentice, both people made for it."""
    station = services.keep_station(
        Room("老马工作室", "街道综治中心一楼", "周一至周五 9:00–17:00"), place, by=BY, now=then
    )
    ma, learner = (_person(name, place, then) for name in ("马解和", "马小青"))
    skills = [Quarrel.NOISE, Quarrel.LEAK, Quarrel.NEIGHBOURS, Quarrel.FAMILY, Quarrel.SUPPORT]
    master = services.enter_mediator(ma, place, Practice(skills, [station]), by=BY, now=then)
    beside = Practice([Quarrel.NOISE], [station], master)
    return station, master, services.enter_mediator(learner, place, beside, by=BY, now=then)


def _person(name: str, place: Unit, then: datetime) -> Person:
    return Person.objects.create(
        id=uuid7(then), name=name, search=search_key(name), unit=place, path=place.path,
        invented=True,
    )  # fmt: skip


class _Telling:
    """Brings one invented quarrel as far as its story goes."""

    def __init__(self, unit: Unit, register: tuple[Station, Mediator, Mediator], now: datetime):
        self.unit, self.now = unit, now
        self.station, self.master, self.learner = register

    def tell(self, story: _Story) -> None:
        """Take it in and let it live."""
        self.at = self.now - story.ago * DAY
        self.one = services.ask_mediation(
            story.quarrel, story.about, self.unit, by=BY, now=self.at, case=self._case(story),
            station=self.station,
        )  # fmt: skip
        homes = list(Unit.objects.filter(parent=self.unit, ended_on=None).order_by("code")[:2])
        self.parties = [
            services.add_party(
                self.one.pk, Side(name, contact, home), by=BY, now=self.at + HOUR
            )
            for name, contact, home in zip(
                ("赵某（虚构）", "钱某（虚构）"), ("13900000101", "13900000102"),
                [*homes, None, None], strict=False,
            )
        ]  # fmt: skip
        for word in story.life.split():
            self.at += DAY
            getattr(self, f"_{word}")()

    def _case(self, story: _Story) -> Case | None:
        if story.quarrel is not Quarrel.NEIGHBOURS:
            return None
        found = Case.objects.filter(kind="quarrel", path__under=self.unit.path)
        return found.exclude(state="closed").order_by("received_at").first()

    def _hand(self) -> Viewer:
        return viewer_of(self.master.person, self.at)

    def _consent(self) -> None:
        for party in self.parties:
            given = Given(How.PERSON, apprentice_attends=True)
            services.consent_party(party.pk, given, by=BY, now=self.at)

    def _withdraw(self) -> None:
        services.withdraw_party(self.parties[1].pk, by=BY, now=self.at)

    def _name(self) -> None:
        services.name_mediator(
            self.one.pk, self.master, by=BY, now=self.at, apprentice=self.learner
        )

    def _meet(self) -> None:
        begin = self.at.replace(minute=0, second=0, microsecond=0) + DAY
        session = services.set_session(
            self.one.pk, begin, begin + 90 * HOUR / 60, by=BY, now=self.at, station=self.station
        )
        if session.end_at < self.now:
            self.at = session.end_at
            services.hold_session(session.pk, by=self._hand(), now=self.at)

    def _tell(self) -> None:
        said: Sequence[tuple[Said, str]] = (
            (Said.POSITION, "希望对方先停工三天，再谈补偿。"),
            (Said.OFFER, "如果对方当面道歉，可以只要一半赔偿。"),
        )
        for party, (kind, words) in zip(self.parties, said, strict=True):
            services.note_confidence(party.pk, kind, words, by=self._hand(), now=self.at)

    def _agree(self) -> None:
        points = [
            Point("工作日早八点前、午间和晚八点后不施工", "甲方"),
            Point("一次性补偿清洁和修补费用", "甲方", (self.at + 15 * DAY).date()),
            Point("配合入户查看，不再向物业重复投诉", "乙方"),
        ]
        services.write_agreement(self.one.pk, points, by=self._hand(), now=self.at)
        for party in self.parties:
            services.sign_agreement(party.pk, How.PAPER, by=self._hand(), now=self.at)

    def _month(self) -> None:
        self.at += 32 * DAY
        services.follow_up(self.one.pk, Kept.YES, by=self._hand(), now=self.at)

    def _quarter(self) -> None:
        self.at = min(self.at + 62 * DAY, self.now)
        services.follow_up(self.one.pk, Kept.YES, by=self._hand(), now=self.at)

    def _suspend(self) -> None:
        until = (self.now + 20 * DAY).date()
        services.suspend_mediation(self.one.pk, until, by=BY, now=self.at)

    def _court(self) -> None:
        for party in self.parties:
            services.allow_referral(party.pk, Body.COURT, by=BY, now=self.at)
        services.refer_mediation(self.one.pk, Body.COURT, by=BY, now=self.at)

    def _fail(self) -> None:
        services.fail_mediation(self.one.pk, by=self._hand(), now=self.at)
