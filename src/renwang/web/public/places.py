"""A place as everybody may ask for it, and everything its page shows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from uuid import NAMESPACE_URL, uuid5

from django.conf import settings
from django.http import Http404
from django.utils.translation import get_language

from renwang.alerts import selectors as alerts
from renwang.bulletins import reading
from renwang.bulletins import selectors as bulletins
from renwang.bulletins.advice import Advice, advice_of, meant_by
from renwang.bulletins.models import Bulletin, Question
from renwang.bulletins.reading import Said
from renwang.bulletins.selectors import Guide
from renwang.chain.models import Unit
from renwang.chain.selectors import public as places
from renwang.chain.selectors.units import ancestors
from renwang.registers.facilities.selectors.public import has_refuges
from renwang.web.public.posters import Poster, gravest_first, poster_of

FRESH_FOR = 60  # seconds after which a page that is open looks again


def place_of(ref: str) -> Unit:
    """Find a place that has a page, or answer 404."""
    place = places.public_place(ref)
    if place is None:
        raise Http404(ref)
    return place


def place_at(path: str) -> Unit | None:
    """Find the place at a path; None for one that has no page, such as a building group."""
    return places.public_places().filter(path=path).first()


def feed_id(path: str) -> str:
    """Name a feed for ever, under whatever address it is read: one and the same on a node without a name."""
    return uuid5(NAMESPACE_URL, f"{settings.RENWANG_NODE_PREFIX}:{path}").urn


def posters_at(path: str, now: datetime) -> list[Poster]:
    """Give the warnings in force at a place, the gravest first."""
    found = alerts.in_force(path, now, with_drills=settings.DEMO)
    return gravest_first(poster_of(alert, get_language() or "zh-CN") for alert in found[:50])


@dataclass(frozen=True)
class PlacePage:
    """What the page of a place shows. Everything is read when it is asked for, once."""

    place: Unit
    now: datetime

    @property
    def language(self) -> str:
        """The reader's language."""
        return get_language() or "zh-hans"

    @cached_property
    def above(self) -> list[Unit]:
        """The places above it."""
        return ancestors(self.place)

    @cached_property
    def below(self) -> list[Unit]:
        """The places right below it."""
        return places.public_children(self.place)

    @cached_property
    def posters(self) -> list[Poster]:
        """The warnings in force."""
        return posters_at(self.place.path, self.now)

    @cached_property
    def guide(self) -> Guide:
        """Where to ask, where to go."""
        return bulletins.guide_of(self.place.path)

    @cached_property
    def has_refuges(self) -> bool:
        """Whether the list of facilities knows anything that everybody may go to."""
        return has_refuges(self.place.path)

    @cached_property
    def bulletins(self) -> list[tuple[Bulletin, Said]]:
        """The latest bulletins that hold here."""
        found = bulletins.bulletins_in_force(self.place.path, self.now)
        return [(one, reading.said_by(one, self.language)) for one in found]

    @cached_property
    def questions(self) -> list[tuple[Question, Said]]:
        """The latest answers."""
        return told(bulletins.answered_questions(self.place.path), self.language)

    @cached_property
    def _advice(self) -> tuple[list[Advice], list[Advice]]:
        said = [words for one in self.posters for words in (one.alert.event, one.alert.hazard)]
        meant = meant_by(said)
        found = advice_of(self.language, self.guide.advice)
        return (
            [one for one in found if one.hazard in meant],
            [one for one in found if one.hazard not in meant],
        )

    @property
    def advice_now(self) -> list[Advice]:
        """What to do in what is in force."""
        return self._advice[0]

    @property
    def advice_else(self) -> list[Advice]:
        """What to do in other trouble."""
        return self._advice[1]


def told(questions: Iterable[Question], language: str) -> list[tuple[Question, Said]]:
    """Put beside each question what everybody may read about it."""
    return [(one, reading.shown_answer(one, language)) for one in questions]
