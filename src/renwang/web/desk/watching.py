"""What the board of a relay shows, gathered for one viewer: his part of the relay tree and no more."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest
from django.utils.http import urlencode

from renwang.alerts.finding import relay_of
from renwang.alerts.models import Alert, Relay
from renwang.outreach import selectors as outreach
from renwang.outreach.auditing import open_stalls
from renwang.outreach.board import (
    Branch,
    branches_below,
    count_missing,
    first_missing,
    paths_of,
    top_for,
    version_of,
)
from renwang.outreach.coverage import Coverage, coverage
from renwang.outreach.models import Call, Notice
from renwang.outreach.rules import NoticeState
from renwang.outreach.words import describe_stall
from renwang.registers.care.finding import tally_for
from renwang.registers.care.round_rules import Tally
from renwang.response.finding import clock_of
from renwang.web.desk import lists

MOST_OPEN = 40  # units that can be unfolded at once
SHOWN = 12  # of the missing, on the board itself


@dataclass(frozen=True)
class TreeRow:
    """One line of the relay tree: how deep it stands, and the address that unfolds or folds it."""

    branch: Branch
    indent: int
    is_open: bool
    toggle: str  # empty where nothing lies below


class Watch:
    """One relay as one viewer watches it. Everything is read when it is asked for, once."""

    def __init__(self, request: HttpRequest, relay: Relay, notice: Notice, top: str):
        self.request = request
        self.relay = relay
        self.notice = notice
        self.top = top

    @property
    def alert(self) -> Alert:
        """The warning that is carried."""
        return self.relay.alert

    @cached_property
    def clock(self) -> datetime:
        """What time it is there: a rehearsal has a clock of its own."""
        return clock_of(self.relay.drill, self.request.now)

    @property
    def is_live(self) -> bool:
        """Whether anything can still change."""
        return self.notice.state == NoticeState.STARTED

    @property
    def may_withdraw(self) -> bool:
        """Whether the viewer may take the words back."""
        return self.is_live and self.request.viewer.may("alerts.relay", self.relay.path)

    @property
    def may_note(self) -> bool:
        """Whether the viewer may note answers and rounds here."""
        return self.request.viewer.may("alerts.answer", self.top)

    @property
    def may_ring(self) -> bool:
        """Whether the viewer may see telephone numbers here."""
        return self.request.viewer.may("people.see", self.top)

    @property
    def unit_name(self) -> str:
        """The unit it is carried down from."""
        return self.relay.unit_name

    @cached_property
    def coverage(self) -> Coverage:
        """How far the words got in this part."""
        return coverage(self.notice, self.top)

    @cached_property
    def channels(self) -> list[tuple[str, int]]:
        """How many answers came by which channel, most first."""
        return sorted(self.coverage.by_channel.items(), key=lambda one: -one[1])

    @cached_property
    def lacking(self) -> dict[str, int]:
        """How many posts owe an answer (`all`), by what is to be done about them."""
        counts = count_missing(self.notice, self.top)
        return {kind.value: number for kind, number in counts.items()}

    @property
    def unasked(self) -> int:
        """How many posts wait for the level above them."""
        return self.coverage.sums.missing - self.lacking["all"]

    @cached_property
    def stalls(self) -> list[str]:
        """What of it does not go on, as the auditor found."""
        return [describe_stall(one.kind, one.number) for one in open_stalls(self.notice)]

    @cached_property
    def missing(self) -> list[Call]:
        """The first of the missing by name."""
        return first_missing(self.notice, self.top, SHOWN)

    @cached_property
    def care_tally(self) -> Tally | None:
        """How far the check round of this warning got, in numbers.

        None where it made none, and where so few doors would tell who they are.
        """
        viewer = self.request.viewer
        tally = tally_for(self.alert.thread, self.relay.path, self.top)
        sees = viewer.may("care.keep", self.top) or viewer.may("care.open", self.top)
        return tally if tally and (sees or tally.names_nobody) else None

    @cached_property
    def version(self) -> tuple[int, str]:
        """The last fact about it, and a tag for what changes without one."""
        seq, tag = version_of(self.notice.pk, self.top)
        tally = self.care_tally
        return seq, f"{tag}-{tally.mark}" if tally else tag

    # --- the tree ------------------------------------------------------------

    @cached_property
    def open_calls(self) -> list[int]:
        """The units that the address unfolds, by their calls."""
        wish = self.request.GET.get("open", "")
        return [
            number for one in wish.split(".") if (number := lists.whole_number(one)) is not None
        ][:MOST_OPEN]

    @property
    def query(self) -> str:
        """What of the address the live part must keep."""
        return urlencode({"open": ".".join(map(str, self.open_calls))}) if self.open_calls else ""

    @cached_property
    def tree(self) -> list[TreeRow]:
        """The lines of the tree as far as it is unfolded; three statements for any number of them."""
        opened = paths_of(self.notice, self.top, self.open_calls) if self.open_calls else {}
        below = branches_below(self.notice, [self.top, *opened.values()])
        rows: list[TreeRow] = []
        self._unfold(self.top, below, opened, 0, rows)
        return rows

    def _unfold(
        self,
        path: str,
        below: dict[str, list[Branch]],
        opened: dict[int, str],
        indent: int,
        rows: list[TreeRow],
    ) -> None:
        for branch in below.get(path, ()):
            is_open = branch.call.pk in opened
            toggle = "" if branch.call.is_leaf else self._toggled(branch.call.pk)
            rows.append(TreeRow(branch, indent, is_open, toggle))
            if is_open:
                self._unfold(branch.call.path, below, opened, indent + 1, rows)

    def _toggled(self, call: int) -> str:
        kept = [one for one in self.open_calls if one != call]
        if len(kept) == len(self.open_calls):
            kept.append(call)
        query = self.request.GET.copy()
        query.pop("since", None)
        query.pop("open", None)
        if kept:
            query["open"] = ".".join(map(str, kept))
        return f"?{query.urlencode()}#tree" if query else "?#tree"


def watch(request: HttpRequest, relay_id: UUID) -> Watch:
    """Find a relay that the viewer may watch, and his part of it; 404 hides the others.

    A relay of a rehearsal marks the page as one.
    """
    relay = relay_of(request.viewer, relay_id)
    if relay is None:
        raise Http404(relay_id)
    notice = outreach.visible_to(request.viewer).filter(pk=relay.notice_id).first()
    top = top_for(request.viewer, notice) if notice else ""
    if not top:
        raise Http404(relay_id)
    mark_drill(request, relay.drill)
    return Watch(request, relay, notice, top)


def mark_drill(request: HttpRequest, drill: Any) -> None:
    """Let the whole page say that what it shows is an exercise."""
    if drill is not None:
        request.shows_drill = drill
