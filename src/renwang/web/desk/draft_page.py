"""What the page of a draft shows: its words on every channel, its audience, its two hands."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from uuid import UUID

from django.utils.translation import gettext as _

from renwang.alerts.audience import Audience, audience_of
from renwang.alerts.composed import Composed
from renwang.alerts.composing.speaking import announcement, seconds_for
from renwang.alerts.composing.wordings import Texts
from renwang.alerts.composing_rules import DraftAct, DraftState, Fault, Kind, can
from renwang.alerts.desk_work import (
    Approver,
    approvers_of,
    may_approve,
    names_of,
    place_names,
    warning_unit_above,
)
from renwang.alerts.drafts import Draft
from renwang.alerts.reading import SPOKEN, Words, read_alert, words_of
from renwang.alerts.signing import has_key
from renwang.alerts.words import FAULTS
from renwang.base.addresses import absolute
from renwang.chain.models import Unit
from renwang.chain.reach import Viewer
from renwang.outreach.channels.configuring import configured
from renwang.outreach.channels.port import Outgoing
from renwang.outreach.channels.sms import choose_text
from renwang.outreach.channels.sms_text import Length, measure
from renwang.outreach.channels.text import full_text

_NOBODY = UUID(int=0)
_PARTS = 10  # of a text message, where no gateway says otherwise


@dataclass(frozen=True, slots=True)
class Shown:
    """The message in one language as every channel will show it."""

    language: str
    texts: Texts
    sms: str
    length: Length
    is_link: bool  # too long for a text message: title and link go out
    full: str  # e-mail, WeCom, DingTalk, Feishu
    aloud: str
    seconds: int
    goes_by_itself: bool  # the language in which the chain is told unless somebody asks for another


class DraftPage:
    """One draft as a viewer sees it. Everything is read when it is asked for, once."""

    def __init__(self, viewer: Viewer, draft: Draft, now: datetime):
        self.viewer = viewer
        self.draft = draft
        self.now = now
        self.composed = Composed(draft)

    @property
    def state(self) -> DraftState:
        """Where it stands."""
        return DraftState(self.draft.state)

    @property
    def is_relay(self) -> bool:
        """Whether it relays somebody else's warning."""
        return self.draft.kind == Kind.RELAY

    @property
    def is_open(self) -> bool:
        """Whether anything can still be decided about it."""
        return self.state not in (DraftState.ISSUED, DraftState.DROPPED)

    @cached_property
    def unit(self) -> Unit:
        """Who speaks."""
        return self.composed.unit

    @cached_property
    def refer_to(self) -> Unit | None:
        """The unit above that may issue warnings."""
        return warning_unit_above(self.unit)

    # --- what is wrong with it ---

    @cached_property
    def faults(self) -> list[tuple[Fault, str]]:
        """What keeps it from going out, in sentences; nothing once it is out."""
        if not self.is_open:
            return []
        return [(one, str(FAULTS[one])) for one in self.composed.faults(self.now)]

    @property
    def lacks_key(self) -> bool:
        """Whether the node has no key, so that nothing could be issued."""
        return self.is_open and not self.is_relay and not has_key()

    # --- what may be done ---

    def _writes(self, act: DraftAct) -> bool:
        return can(self.state, act) and self.viewer.may("alerts.compose", self.draft.path)

    @property
    def may_change(self) -> bool:
        """Whether the viewer may change its words."""
        return self._writes(DraftAct.CHANGE)

    @property
    def may_submit(self) -> bool:
        """Whether the viewer may hand it to a second person."""
        return self._writes(DraftAct.SUBMIT)

    @property
    def may_drop(self) -> bool:
        """Whether the viewer may put it away."""
        return self._writes(DraftAct.DROP)

    @cached_property
    def may_approve(self) -> bool:
        """Whether the viewer is the second hand."""
        return may_approve(self.viewer, self.draft)

    @property
    def may_return(self) -> bool:
        """Whether the viewer may give it back; an author just changes it."""
        is_author = str(self.viewer.id) in self.draft.authors
        may = self.viewer.may("alerts.approve", self.draft.path) and not is_author
        return may and can(self.state, DraftAct.RETURN)

    @property
    def may_issue(self) -> bool:
        """Whether the viewer may send it out."""
        held = ("alerts.compose", "alerts.approve")
        return can(self.state, DraftAct.ISSUE) and any(
            self.viewer.may(one, self.draft.path) for one in held
        )

    @cached_property
    def approvers(self) -> list[Approver]:
        """Who may approve it, and how to reach them now."""
        authors = [*self.draft.authors]
        if self.draft.submitted_by:
            authors.append(str(self.draft.submitted_by))
        return approvers_of(self.viewer, self.draft.path, authors)

    @cached_property
    def names(self) -> dict[UUID, str]:
        """The people of its story."""
        draft = self.draft
        return names_of(
            [draft.written_by, draft.submitted_by, draft.returned_by, draft.approved_by,
             draft.issued_by, *(UUID(one) for one in draft.authors)]
        )  # fmt: skip

    @property
    def authors(self) -> list[str]:
        """Everybody who wrote any of it."""
        return [self.names.get(UUID(one), "–") for one in self.draft.authors]

    @property
    def story(self) -> list[tuple[datetime, str, str]]:
        """What happened to it, first to last: when, who, what."""
        draft = self.draft
        steps = [
            (draft.written_at, draft.written_by, _("began it")),
            (draft.submitted_at, draft.submitted_by, _("handed it to a second person")),
            (draft.approved_at, draft.approved_by, _("approved it")),
            (draft.issued_at, draft.issued_by, _("issued it")),
        ]
        return [(at, self.names.get(who, "–"), word) for at, who, word in steps if at]

    # --- whom it reaches ---

    @cached_property
    def places(self) -> list[str]:
        """The topmost places it goes to."""
        if self.is_relay and self.draft.about is not None:
            from_about = [row.path for row in self.draft.about.units.all()]
            if any(self.draft.path.startswith(path) for path in from_about):
                return [self.draft.path]
            return [path for path in from_about if path.startswith(self.draft.path)]
        return [match.path for match in self.composed.found.matches]

    @cached_property
    def audience(self) -> Audience:
        """Posts, people and households, and who cannot be reached."""
        return audience_of(self.draft.path, self.places)

    @cached_property
    def place_names(self) -> list[str]:
        """The units in which it applies, by name."""
        return place_names(self.places)

    # --- as it will be shown ---

    @cached_property
    def shown(self) -> list[Shown]:
        """The message in every finished language, as each channel will show it."""
        if self.is_relay:
            return self._relayed()
        found = []
        languages = list(self.composed.whole)
        first = next((one for one in languages if one.startswith(SPOKEN)), (languages or [""])[0])
        for language, texts in self.composed.whole.items():
            text = "\n\n".join((texts.headline, texts.description, texts.instruction))
            words = Words(language, texts.headline, text)
            found.append(self._shown(words, texts, language == first))
        return found

    def _relayed(self) -> list[Shown]:
        about = self.draft.about
        if about is None:
            return []
        words = words_of(read_alert(bytes(about.original)).alert)
        if words is None:
            return []
        return [self._shown(words, Texts(words.title, words.text, ""), True)]

    def _shown(self, words: Words, texts: Texts, goes_by_itself: bool) -> Shown:
        is_drill = self.draft.drill is not None
        outgoing = Outgoing(
            id=_NOBODY, notice_id=_NOBODY, call_id=0, person_id=None, kind="", to="",
            title=words.title, words=words.text, note=self.draft.note,
            colour=self.draft.colour, language=words.language, drill=is_drill,
            link=absolute("/field/"),
        )  # fmt: skip
        known = configured().by_kind.get("sms")
        parts = getattr(known.channel, "parts", _PARTS) if known else _PARTS
        sms = choose_text(outgoing, parts=parts, replies=True)
        aloud = announcement(
            texts.headline, texts.description, texts.instruction, self.draft.contact,
            words.language, drill=is_drill,
        )  # fmt: skip
        return Shown(
            words.language,
            texts,
            sms,
            measure(sms),
            sms != full_text(outgoing, replies=True),
            full_text(outgoing, replies=False),
            aloud,
            seconds_for(aloud, words.language),
            goes_by_itself,
        )
