"""What the page of a warning shows, gathered for one viewer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from renwang.alerts import cap, selectors
from renwang.alerts.cap.words import STANDINGS
from renwang.alerts.desk_work import follows_of
from renwang.alerts.drafts import Draft
from renwang.alerts.finding import Carried, carried_of
from renwang.alerts.models import Alert, AlertArea, AlertUnit, OwnReply
from renwang.alerts.peers import own_replies_to, parties_to
from renwang.alerts.reading import read_alert
from renwang.alerts.reply_rules import Party, Stand, count_stands
from renwang.alerts.rules import AlertState
from renwang.alerts.services.carrying import places_within
from renwang.alerts.words import describe_finding
from renwang.chain.models import Unit
from renwang.chain.reach import Viewer
from renwang.outreach.board import Preview, preview_of

_SIGNATURE_TONES = {cap.Standing.VALID: "good", cap.Standing.UNSIGNED: "attention"}


class AlertPage:
    """One warning as a viewer sees it. Everything is read when it is asked for, once."""

    def __init__(self, viewer: Viewer, alert: Alert, now: datetime):
        self.viewer = viewer
        self.alert = alert
        self.now = now

    @cached_property
    def said(self) -> cap.Alert:
        """The message itself, read from the bytes that were received."""
        return read_alert(bytes(self.alert.original)).alert

    @cached_property
    def infos(self) -> list[tuple[str, list[cap.Info]]]:
        """What is said, by language, in the order of the message."""
        found: dict[str, list[cap.Info]] = {}
        for info in self.said.infos:
            found.setdefault(info.spoken, []).append(info)
        return list(found.items())

    @property
    def languages(self) -> list[str]:
        """The languages it speaks."""
        return [language for language, _infos in self.infos]

    @property
    def signature(self) -> tuple[str, str]:
        """The verdict about its signature, as tone and sentence."""
        standing = cap.Standing(self.alert.signature)
        return _SIGNATURE_TONES.get(standing, "bad"), str(STANDINGS[standing])

    @cached_property
    def findings(self) -> list[str]:
        """What is odd about it, in sentences."""
        return list(dict.fromkeys(describe_finding(one) for one in self.alert.findings))

    @cached_property
    def unknown_codes(self) -> set[str]:
        """Division codes that no unit here has."""
        return {one["found"] for one in self.alert.findings if one["doubt"] == "unknown-code"}

    @cached_property
    def areas(self) -> list[AlertArea]:
        """Its areas, as words, codes and lines on the map."""
        return list(self.alert.areas.order_by("pk"))

    @cached_property
    def units(self) -> list[tuple[AlertUnit, str]]:
        """The topmost units it applies to, with their names."""
        return selectors.units_of(self.alert)

    @property
    def places(self) -> list[str]:
        """The paths of those units."""
        return [row.path for row, _name in self.units]

    @property
    def top(self) -> str:
        """The place whose map is shown: the viewer's own."""
        seen = self.viewer.places.get("alerts.see", ())
        holding = [one for one in seen if self.alert.path.startswith(one) or not self.alert.path]
        below = [one for one in seen if one.startswith(self.alert.path)]
        return max(holding, key=len, default="") or min(below, key=len, default=self.viewer.top)

    @cached_property
    def thread(self) -> list[Alert]:
        """Everything that was said about the same matter, first to last."""
        return selectors.thread(self.alert)

    @cached_property
    def relays(self) -> list[Carried]:
        """Its relays, with how far each got."""
        return carried_of([self.alert.pk]).get(self.alert.pk, [])

    @cached_property
    def parties(self) -> tuple[Party, ...]:
        """Where every other node stands to it."""
        return parties_to(self.alert)

    @cached_property
    def stands(self) -> list[tuple[Stand, int]]:
        """How many nodes stand where, leaving out where none does."""
        return [(stand, number) for stand, number in count_stands(self.parties).items() if number]

    @cached_property
    def own_replies(self) -> list[OwnReply]:
        """What this node answered to who sent it."""
        return own_replies_to(self.alert)

    @property
    def may_relay(self) -> bool:
        """Whether the viewer could still relay it from one of his places."""
        open_states = (AlertState.RECEIVED, AlertState.IN_FORCE, AlertState.DISMISSED)
        carried = [row.relay.path for row in self.relays]
        free = (
            place
            for place in self.viewer.places.get("alerts.relay", ())
            if not any(place.startswith(one) or one.startswith(place) for one in carried)
        )
        return self.alert.state in open_states and any(free)

    @cached_property
    def follows(self) -> list[tuple[str, object]]:
        """What the viewer may do to a message that was written here: key and word, in the order of the buttons."""
        words = dict(Draft._meta.get_field("follow").choices)
        found = follows_of(self.viewer, self.alert)
        return [(one.value, words[one]) for one in found]

    @property
    def may_note(self) -> bool:
        """Whether the viewer may hand a relay with a local note to a second person."""
        return self.may_relay and self.viewer.may("alerts.compose")

    @property
    def may_dismiss(self) -> bool:
        """Whether the viewer may put it aside."""
        return self.alert.state == AlertState.RECEIVED and self.viewer.may("alerts.relay")

    @property
    def may_choose(self) -> bool:
        """Whether a person should say where it applies: nothing was found, or codes are unknown."""
        return self.may_relay and (not self.units or bool(self.unknown_codes))


@dataclass(frozen=True, slots=True)
class Reached:
    """Whom a relay from one unit would call."""

    unit: Unit
    places: Sequence[str]
    preview: Preview


class RelayPlan:
    """The decision about a warning: the units it could be carried down from, and whom that would reach."""

    def __init__(self, page: AlertPage):
        self.page = page
        self.alert = page.alert

    @cached_property
    def units(self) -> list[Unit]:
        """The units from which the viewer may relay it."""
        return selectors.relayable_at(self.page.viewer, self.alert)

    def previews(self) -> list[Reached]:
        """Count the posts and households of each, before anything is sent; two statements for each."""
        found = []
        for unit in self.units:
            places = places_within(self.alert, unit.path)
            found.append(Reached(unit, places, preview_of(unit.path, places)))
        return found
