"""What a draft says: its words filled in, its area, and the message that it becomes."""

from __future__ import annotations

import json
from dataclasses import astuple, dataclass
from datetime import datetime, timedelta, tzinfo
from functools import cached_property
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from renwang.alerts import cap
from renwang.alerts.areas import AreaRead, Found, Match, chosen_units, find_units, topmost
from renwang.alerts.composing.wordings import (
    Filling,
    Texts,
    blanks_in,
    fill,
    hazard_of,
    spoken,
)
from renwang.alerts.composing_rules import (
    Fault,
    Follow,
    Kind,
    Written,
    ends_what_it_follows,
    faults_of,
    is_writable,
)
from renwang.alerts.drafts import Draft
from renwang.alerts.reading import ADVICE
from renwang.alerts.signing import sender_of
from renwang.base.pure.geometry import circle
from renwang.base.pure.loading import on_first_use
from renwang.chain.models import Unit
from renwang.chain.selectors import full_names

if TYPE_CHECKING:
    import shapely
else:
    shapely = on_first_use("shapely")


ALL_CLEAR_FOR = timedelta(hours=24)
_COUNTY = 6  # digits of a division code down to the county
_RESPONSES = {
    "red": (cap.ResponseType.EXECUTE, cap.ResponseType.SHELTER),
    "orange": (cap.ResponseType.PREPARE, cap.ResponseType.AVOID),
    "yellow": (cap.ResponseType.PREPARE, cap.ResponseType.MONITOR),
}


@dataclass(frozen=True)
class Composed:
    """A draft together with the units it names. Everything is worked out when it is asked for, once."""

    draft: Draft

    @cached_property
    def unit(self) -> Unit:
        """Who speaks."""
        return Unit.objects.get(pk=self.draft.unit_id)

    @cached_property
    def kind(self) -> Kind:
        """What is written."""
        return Kind(self.draft.kind)

    @cached_property
    def follow(self) -> Follow | None:
        """What it does to an earlier message."""
        return Follow(self.draft.follow) if self.draft.follow else None

    @property
    def zone(self) -> tzinfo:
        """The zone of the node, in which people read times."""
        return timezone.get_default_timezone()

    # --- words ---

    @cached_property
    def filling(self) -> Filling:
        """What its blanks are filled with."""
        return Filling(
            self.place,
            self.issuer,
            self.draft.contact,
            self.draft.begins_at,
            self.draft.ends_at,
        )

    @cached_property
    def issuer(self) -> str:
        """The name of who speaks, with the place above it where that tells it from others."""
        return full_names([self.unit], levels=2)[self.unit].replace(" · ", "")

    @cached_property
    def place(self) -> str:
        """What people call the area: the words given for it, else the names of the units."""
        if self.draft.place_words:
            return str(self.draft.place_words)
        return "、".join(unit.name for unit in self.units)[:300]

    @cached_property
    def texts(self) -> dict[str, Texts]:
        """Its words by language, filled in, in the order in which the languages stand."""
        return {
            language: fill(Texts(**said), self.filling, language, self.zone)
            for language, said in self.draft.said.items()
        }

    @property
    def whole(self) -> dict[str, Texts]:
        """The languages in which nothing is missing."""
        return {language: said for language, said in self.texts.items() if said.is_whole}

    @property
    def lacking(self) -> list[str]:
        """The languages that were wanted and are not finished, so that they will not go out."""
        return [language for language, said in self.texts.items() if not said.is_whole]

    @property
    def title(self) -> str:
        """Its first headline; what it relays, for a relay."""
        if self.kind is Kind.RELAY and self.draft.about is not None:
            return str(self.draft.about)[:300]
        first = next((said.headline for said in self.texts.values() if said.headline), "")
        return first[:300]

    # --- area ---

    @cached_property
    def units(self) -> list[Unit]:
        """The units chosen, from the top down; one that has ended or lies elsewhere is left out."""
        keys = [UUID(key) for key in self.draft.units]
        inside = Unit.objects.filter(pk__in=keys, ended_on=None, path__under=self.draft.path)
        return list(inside.order_by("path"))

    @cached_property
    def area(self) -> AreaRead:
        """The shapes drawn, as one area."""
        shapes = [shape_of(one) for one in self.draft.shapes]
        united = shapely.union_all(shapes) if shapes else None
        return AreaRead(self.place, united, ())

    @cached_property
    def found(self) -> Found:
        """The units in which it applies: those chosen, and those in which the shapes lie, inside who speaks."""
        matches = {one.path: one for one in chosen_units(self.units)}
        for one in find_units([self.area]).matches:
            inside = self._inside(one)
            if inside is not None:
                matches.setdefault(inside.path, inside)
        return Found(tuple(topmost(matches)))

    def _inside(self, match: Match) -> Match | None:
        """Nobody speaks for a neighbour's place, even where his circle reaches over the border."""
        if match.path.startswith(self.draft.path):
            return match
        if self.draft.path.startswith(match.path):
            return Match(self.unit.pk, self.draft.path, match.by)
        return None

    # --- judging ---

    def faults(self, now: datetime) -> tuple[Fault, ...]:
        """Everything that keeps it from going out."""
        return faults_of(self.written, now=now)

    @cached_property
    def written(self) -> Written:
        """What the rules need to know of it."""
        draft, about = self.draft, self.draft.about
        return Written(
            kind=self.kind,
            colour=draft.colour,
            has_text=bool(self.whole),
            has_area=bool(self.found.matches) or ends_what_it_follows(self.follow),
            has_contact=bool(draft.contact.strip()),
            begins_at=draft.begins_at,
            ends_at=draft.ends_at,
            headlines=tuple(said.headline for said in self.whole.values()),
            open_blanks=tuple(blank for said in self.whole.values() for blank in blanks_in(said)),
            note=draft.note,
            follow=self.follow,
            colour_before=about.colour if about and self.follow else "",
            ends_before=about.expires_at if about and self.follow else None,
            is_writable=is_writable(self._whole_text),
        )

    @property
    def _whole_text(self) -> str:
        every = [part for said in self.texts.values() for part in astuple(said)]
        return "".join((*every, self.place, self.draft.contact, self.draft.note))

    # --- the message ---

    @property
    def sender(self) -> str:
        """Who sends it, as the protocol names him: the same through a whole thread."""
        if self.follow and self.draft.about is not None:
            return str(self.draft.about.sender)
        return sender_of(self.unit)

    def message(self, now: datetime) -> cap.Alert:
        """Compose the message that goes out at a moment."""
        draft, about = self.draft, self.draft.about
        references = None
        if self.follow and about is not None:
            earlier = cap.Reference(
                about.sender, about.identifier, cap.Moment.of(self._local(about.sent))
            )
            references = cap.join_references([earlier])
        is_drill = self.kind is Kind.EXERCISE
        return cap.Alert(
            identifier=f"{settings.RENWANG_NODE_PREFIX}.{draft.ref}",
            sender=self.sender,
            sent=cap.Moment.of(self._local(now)),
            status=cap.Status.EXERCISE if is_drill else cap.Status.ACTUAL,
            msg_type=self._msg_type,
            scope=cap.Scope.PUBLIC,
            codes=(ADVICE,) if self.kind is Kind.ADVICE else (),
            note="演练 Exercise" if is_drill else None,
            references=references,
            infos=tuple(self._info(language, said, now) for language, said in self.whole.items()),
        )

    @property
    def _msg_type(self) -> cap.MsgType:
        if self.follow is None:
            return cap.MsgType.ALERT
        return cap.MsgType.CANCEL if ends_what_it_follows(self.follow) else cap.MsgType.UPDATE

    def _local(self, at: datetime) -> datetime:
        return at.astimezone(self.zone)

    def _info(self, language: str, said: Texts, now: datetime) -> cap.Info:
        draft, ends = self.draft, ends_what_it_follows(self.follow)
        hazard = hazard_of(draft.hazard)
        colour = draft.colour.capitalize()
        expires = draft.ends_at or (now + ALL_CLEAR_FOR if ends else None)
        if ends and expires is not None:
            expires = max(expires, now + ALL_CLEAR_FOR)
        parameters = [cap.Named(cap.COLOUR_PARAMETER, colour)] if colour else []
        if self.follow:
            parameters.append(cap.Named("follow", self.follow.value))
        return cap.Info(
            language=language,
            categories=(cap.Category(hazard.category),),
            event=event_words(self.kind, hazard.name(language), language),
            responses=self._responses,
            urgency=self._urgency,
            severity=self._severity,
            certainty=cap.Certainty(draft.certainty or cap.Certainty.LIKELY),
            effective=cap.Moment.of(self._local(now)),
            onset=cap.Moment.of(self._local(draft.begins_at)) if draft.begins_at else None,
            expires=cap.Moment.of(self._local(expires)) if expires else None,
            sender_name=self.issuer,
            headline=said.headline,
            description=said.description,
            instruction=said.instruction,
            contact=draft.contact or None,
            parameters=tuple(parameters),
            areas=(self._area,),
        )

    @property
    def _responses(self) -> tuple[cap.ResponseType, ...]:
        if ends_what_it_follows(self.follow):
            return (cap.ResponseType.ALL_CLEAR,)
        return _RESPONSES.get(self.draft.colour, (cap.ResponseType.MONITOR,))

    @property
    def _urgency(self) -> cap.Urgency:
        if ends_what_it_follows(self.follow):
            return cap.Urgency.PAST
        if self.draft.urgency:
            return cap.Urgency(self.draft.urgency)
        return cap.Urgency.EXPECTED if self.draft.begins_at else cap.Urgency.IMMEDIATE

    @property
    def _severity(self) -> cap.Severity:
        if self.kind is Kind.ADVICE or ends_what_it_follows(self.follow):
            return cap.Severity.MINOR
        return cap.COLOURS.get(self.draft.colour.capitalize(), cap.Severity.UNKNOWN)

    @property
    def _area(self) -> cap.Area:
        polygons: list[cap.Polygon] = []
        circles: list[cap.Circle] = []
        for shape in self.draft.shapes:
            if shape["type"] == "Circle":
                lon, lat = shape["centre"]
                circles.append(cap.Circle.of((lat, lon), shape["radius_m"] / 1000))
            else:
                polygons += _polygons(shape)
        for unit in self.units:
            if not unit.code and unit.boundary:
                polygons += _polygons(json.loads(unit.boundary))
        codes = tuple(
            cap.Named("GB/T 2260" if len(unit.code) <= _COUNTY else "GB/T 10114", unit.code)
            for unit in self.units
            if unit.code
        )
        return cap.Area(self.place or self.issuer, tuple(polygons), tuple(circles), codes)


def event_words(kind: Kind, hazard: str, language: str) -> str:
    """Name what the message is about; advice says in its very name that it is no warning."""
    if kind is not Kind.ADVICE:
        return hazard
    return f"{hazard}提示" if spoken(language) == "zh" else f"{hazard} (advice)"


def shape_of(shape: dict[str, Any]) -> Any:
    """Draw a kept shape."""
    if shape["type"] == "Circle":
        lon, lat = shape["centre"]
        return circle(lon, lat, shape["radius_m"])
    return shapely.geometry.shape(shape)


def _polygons(shape: dict[str, Any]) -> list[cap.Polygon]:
    parts = [shape["coordinates"]] if shape["type"] == "Polygon" else shape["coordinates"]
    return [cap.Polygon.of((lat, lon) for lon, lat, *_ in part[0]) for part in parts]
