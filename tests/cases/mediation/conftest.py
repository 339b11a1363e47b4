"""A quarrel of the cast's places, its parties, and a mediator who knows neither."""

from datetime import timedelta

import pytest

from renwang.cases.mediation import services
from renwang.cases.mediation.models import Mediation
from renwang.cases.mediation.rules import How, Point, Quarrel, Said
from renwang.cases.mediation.services import Given, Practice, Room, Side
from tests import make

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
SECRET = "我最多只肯出八百块"
OTHER_SECRET = "只要道歉，钱可以不要"
NAME = "周某某"


class Desk:
    """The quarrel with everybody round it, brought as far as a test wants."""

    def __init__(self, cast, now):
        self.cast, self.now = cast, now
        self.secretary, self.operator = cast.viewer(cast.secretary), cast.viewer(cast.operator)
        self.ma = make.person("马老师", cast.street)
        self.apprentice = make.person("小马", cast.street)
        self.resident = make.person("居民甲", cast.group)
        self.station = services.keep_station(
            Room("老马工作室", "一楼", "周一至周五"), cast.community, by=self.secretary, now=now
        )
        skilled = Practice([Quarrel.NOISE, Quarrel.LEAK], [self.station])
        self.master = services.enter_mediator(
            self.ma, cast.community, skilled, by=self.secretary, now=now
        )
        self.learner = services.enter_mediator(
            self.apprentice, cast.community, Practice([Quarrel.NOISE], [], self.master),
            by=self.secretary, now=now,
        )  # fmt: skip
        self.one = None
        self.parties = []

    def viewer(self, person):
        return self.cast.viewer(person)

    def asked(self, **more):
        self.one = services.ask_mediation(
            Quarrel.NOISE,
            "楼上早上装修",
            self.cast.community,
            by=self.secretary,
            now=self.now,
            **more,
        )
        sides = [
            Side(NAME, "13900000077", self.cast.group, self.resident),
            Side("吴某某", "13900000078", self.cast.grid),
        ]
        self.parties = [
            services.add_party(self.one.pk, side, by=self.secretary, now=self.now) for side in sides
        ]
        return self

    def consented(self, **given):
        self.asked()
        for party in self.parties:
            said = Given(How.PAPER, **given)
            services.consent_party(party.pk, said, by=self.secretary, now=self.now)
        return self

    def named(self, apprentice=None, **given):
        self.consented(**given)
        services.name_mediator(
            self.one.pk, self.master, by=self.secretary, now=self.now, apprentice=apprentice
        )
        return self

    def meeting(self, **more):
        self.named(**more)
        begin = self.now + DAY
        self.session = services.set_session(
            self.one.pk, begin, begin + HOUR, by=self.viewer(self.ma), now=self.now,
            station=self.station,
        )  # fmt: skip
        return self

    def told(self, **more):
        self.meeting(**more)
        for party, words in zip(self.parties, (SECRET, OTHER_SECRET), strict=True):
            services.note_confidence(
                party.pk, Said.POSITION, words, by=self.viewer(self.ma), now=self.now
            )
        return self

    def agreed(self):
        self.meeting()
        points = [Point("早八点前不施工", "甲方"), Point("赔偿墙面修补", "乙方")]
        services.write_agreement(self.one.pk, points, by=self.viewer(self.ma), now=self.now)
        for party in self.parties:
            services.sign_agreement(party.pk, How.PAPER, by=self.viewer(self.ma), now=self.now)
        return self

    def fresh(self):
        return Mediation.objects.get(pk=self.one.pk)


@pytest.fixture
def desk(cast, now):
    return Desk(cast, now)
