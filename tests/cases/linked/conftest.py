"""A linked system of the cast's sub-district, reached through its loopback twin."""

from datetime import timedelta

import pytest

from renwang.cases.linked import services
from renwang.cases.linked.models import System
from renwang.cases.linked.rules import Pair
from renwang.cases.linked.twin import Twin
from renwang.cases.linked.watching import visit_now
from renwang.cases.open311 import Attribute, Datatype

ADDRESS = "https://city.example/open311/v2"
MINUTE = timedelta(minutes=1)
POTHOLE = Attribute("depth", Datatype.NUMBER, "How deep is it, in centimetres?", required=True)
PAIRS = [
    Pair("lamp", "property", takes=True, sends=True),
    Pair("pothole", "road", takes=True, sends=True),
]


class Link:
    """A linked system, its twin, and a clock that both share."""

    def __init__(self, cast):
        self.cast = cast
        self.now = cast.now
        self.twin = Twin(lambda: self.now)
        self.twin.offer("lamp", "Street lamp")
        self.twin.offer("pothole", "Pothole", POTHOLE)
        self.twin.offer("dog", "Stray dog")
        self.operator = cast.viewer(cast.operator)
        self.key = None

    def add(self, **changes) -> System:
        """Enter it."""
        plain = {
            "label": "区城管平台", "url": ADDRESS, "unit": self.cast.street, "every": 600,
            "form": "json", "key": "k-1", "jurisdiction": "city",
        }  # fmt: skip
        made = services.add_system(**(plain | changes), by=self.operator, now=self.now)
        self.key = made.pk
        return made

    def known(self, **changes) -> System:
        """Enter it, let it be visited once, map it."""
        self.add(**changes)
        self.visit()
        return self.map()

    def map(self, pairs=PAIRS, *, pulls=True, pushes=True, answers=True) -> System:
        """Say what is what."""
        return services.map_services(
            self.key, pairs, pulls=pulls, pushes=pushes, answers=answers, by=self.operator,
            now=self.now,
        )  # fmt: skip

    def visit(self, after=MINUTE * 15) -> System:
        """Let time pass and visit it."""
        self.now += after
        visit_now(self.twin.client(), self.now)
        return self.system

    @property
    def system(self) -> System:
        """What is known of it now."""
        return System.objects.get(pk=self.key)


@pytest.fixture
def link(cast) -> Link:
    """A system that nobody has entered yet."""
    return Link(cast)
