"""Reach: who may see and do what, where. The only two gates are `require` and a viewer's scope.

A grant is (person, capability bundle, place, from, until, given by). Bundles
are data below; delegation only narrows; visibility goes down the tree from
the place of the grant.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from renwang.chain.models import Grant, Person

CAPABILITIES = {
    "chain.see": _("See units, posts and organisations"),
    "chain.edit": _("Change units, posts and organisations"),
    "people.see": _("See people and how to reach them"),
    "people.edit": _("Change people and how to reach them"),
    "homes.see": _("See buildings and households"),
    "homes.edit": _("Change buildings and households"),
    "grants.give": _("Give and take back grants"),
    "imports.run": _("Import tables"),
    "alerts.see": _("See warnings and their coverage"),
    "alerts.receive": _("Bring in warnings"),
    "alerts.confirm": _("Hand in what another node answers about our warnings"),
    "alerts.relay": _("Relay warnings down the chain"),
    "alerts.answer": _("Acknowledge and carry on warnings, record knocks"),
    "alerts.compose": _("Write drills, advice and warnings"),
    "alerts.approve": _("Approve what somebody else wrote, and issue it"),
    "rollcalls.run": _("Hold roll-calls of the contact channels"),
    "signals.see": _("See signals, sensors and what they propose"),
    "signals.report": _("Report a signal"),
    "signals.judge": _("Judge signals: assess, refer upward, put aside"),
    "sensors.edit": _("Set up sensors and triggers"),
    "sensors.feed": _("Hand in readings of sensors"),
    "risks.see": _("See the risk list"),
    "risks.report": _("Report risks, say that they are mended, check those mended by others"),
    "risks.judge": _("Judge risks, plan measures, refer upward, answer"),
    "risks.accept": _("Accept risks until a day"),
    "facilities.see": _("See facilities and service centres"),
    "facilities.report": _("Inspect facilities, report and mend what is broken"),
    "facilities.keep": _("Keep facilities: enter, change, say where they stand, open for people"),
    "readiness.see": _("See what is not in readiness, and have it looked at"),
    "readiness.waive": _("Let holes below one's own place stand until a day"),
    "readiness.write": _("Write checks of one's own"),
    "care.keep": _("Keep the care list: enter, change, pair, print"),
    "care.open": _("Open the care list in an emergency, with a reason and an end"),
    "bulletins.see": _("See bulletins and questions that are not yet published"),
    "bulletins.write": _("Write bulletins and answer questions"),
    "bulletins.approve": _("Approve and publish bulletins that somebody else wrote"),
    "briefs.see": _("See briefs of the week"),
    "briefs.write": _("Write briefs of the week"),
    "briefs.approve": _("Approve and publish briefs that somebody else wrote"),
    "cases.see": _("See cases"),
    "cases.report": _("Bring in cases, for oneself and for others"),
    "cases.handle": _("Handle cases: give out, answer, return, ring the reporter"),
    "cases.arbitrate": _("Decide whose a case is that was returned twice"),
    "cases.erase": _("Decide about early erasure of what is held about reporters"),
    "cases.share": _("Conclude and end agreements by which cases are shared"),
    "mediations.see": _("See mediations, without what was told in confidence"),
    "mediations.keep": _("Keep mediations: parties, consent, mediators, stations"),
    "duties.see": _("See the duties list"),
    "duties.write": _("Write and propose duties"),
    "duties.approve": _("Approve and end duties that somebody else wrote"),
    "procedures.see": _("See the procedures list and what was run by it"),
    "procedures.write": _("Write, propose and review procedures"),
    "procedures.approve": _("Approve and withdraw procedures that somebody else wrote"),
    "procedures.run": _("Run procedures: start, tick steps, hand over, end"),
    "journal.read": _("Read the journal"),
    "rehearsals.run": _("Start rehearsals"),
    "node.operate": _("Operate the node: feeds, terms, jobs"),
}

SEALED = frozenset({"care.keep", "care.open"})
"""What opens households' needs: in no bundle that comes with a post, and not in the operator's."""

BUNDLES: dict[str, frozenset[str]] = {
    "looker": frozenset(
        {"chain.see", "alerts.see", "duties.see", "procedures.see", "facilities.see"}
    ),
    "carrier": frozenset(
        {
            "chain.see", "alerts.see", "alerts.answer", "homes.see", "signals.report",
            "duties.see", "procedures.see", "procedures.run",
            "risks.report",
            "facilities.see", "facilities.report",
            "cases.report",
        }
    ),
    "grid_worker": frozenset(
        {
            "chain.see", "people.see", "homes.see", "alerts.see", "alerts.answer",
            "signals.see", "signals.report",
            "duties.see", "procedures.see", "procedures.run",
            "risks.see", "risks.report",
            "facilities.see", "facilities.report",
            "readiness.see",
            "cases.see", "cases.report", "cases.handle",
            "briefs.see",
        }
    ),
    "secretary": frozenset(
        {
            "chain.see", "chain.edit", "people.see", "people.edit", "homes.see", "homes.edit",
            "alerts.see", "alerts.receive", "alerts.relay", "alerts.answer", "journal.read",
            "imports.run", "grants.give", "rehearsals.run", "alerts.compose", "alerts.approve",
            "rollcalls.run", "signals.see", "signals.report", "signals.judge", "bulletins.see",
            "bulletins.write", "bulletins.approve",
            "duties.see", "duties.write", "duties.approve",
            "procedures.see", "procedures.write", "procedures.approve", "procedures.run",
            "risks.see", "risks.report", "risks.judge", "risks.accept",
            "facilities.see", "facilities.report", "facilities.keep",
            "readiness.see", "readiness.waive", "readiness.write",
            "briefs.see", "briefs.write", "briefs.approve",
            "cases.see", "cases.report", "cases.handle", "cases.arbitrate", "cases.share",
            "cases.erase",
            "mediations.see", "mediations.keep",
        }
    ),
    "duty_officer": frozenset(
        {
            "chain.see", "people.see", "homes.see", "alerts.see", "alerts.receive",
            "alerts.relay", "alerts.answer", "journal.read", "rehearsals.run", "alerts.compose",
            "alerts.approve", "rollcalls.run", "signals.see", "signals.report", "signals.judge",
            "bulletins.see", "bulletins.write", "bulletins.approve",
            "duties.see", "procedures.see", "procedures.run",
            "risks.see", "risks.report", "risks.judge",
            "facilities.see", "facilities.report", "facilities.keep",
            "readiness.see",
            "briefs.see", "briefs.write", "briefs.approve",
            "cases.see", "cases.report", "cases.handle", "cases.arbitrate",
            "mediations.see", "mediations.keep",
        }
    ),
    "operator": frozenset(CAPABILITIES) - SEALED,
    "care_keeper": frozenset(
        {"chain.see", "people.see", "homes.see", "care.keep", "readiness.see"}
    ),
    "care_opener": frozenset({"chain.see", "people.see", "homes.see", "care.open"}),
}  # fmt: skip

BUNDLE_NAMES = {
    "looker": _("Looks on"),
    "carrier": _("Carries warnings on"),
    "grid_worker": _("Grid worker"),
    "secretary": _("Secretary"),
    "duty_officer": _("Duty officer"),
    "operator": _("Operator of the node"),
    "care_keeper": _("Keeps the care list"),
    "care_opener": _("May open the care list in an emergency"),
}


class NotInReach(PermissionError):
    """The person may not do this here. The capability and the place are kept for the sentence."""

    def __init__(self, capability: str, path: str):
        super().__init__(f"{capability} at {path}")
        self.capability = capability
        self.path = path


@dataclass(frozen=True)
class Viewer:
    """A person together with what his grants allow at one moment.

    `places` maps a capability to the paths where it holds; a path stands for
    everything below it.
    """

    person: Person
    now: datetime
    places: dict[str, tuple[str, ...]] = field(default_factory=dict)
    scopes: frozenset[str] | None = (
        None  # of the key that acts for him; None where he is here himself
    )

    @property
    def id(self) -> UUID:
        """The person's id, so that a viewer can be named as actor."""
        return self.person.id

    @property
    def language(self) -> str:
        """The language the person reads."""
        return self.person.language

    def speaks(self, capability: str) -> bool:
        """Say whether he may do for himself what this capability is for: in person, or by a key that carries it."""
        return self.scopes is None or capability in self.scopes

    def may(self, capability: str, path: str | None = None) -> bool:
        """Say whether the person may do something at a place, or anywhere at all when none is given."""
        held = self.places.get(capability, ())
        if path is None:
            return bool(held)
        return any(path.startswith(place) for place in held)

    def scope(self, capability: str, column: str = "path") -> Q:
        """Return the condition that narrows a query to where the capability holds; nothing matches without it."""
        condition = Q(pk__in=[])
        for place in self.places.get(capability, ()):
            condition |= Q(**{f"{column}__under": place})
        return condition

    @cached_property
    def top(self) -> str:
        """The highest place the person can see; empty when he can see none."""
        return min(self.places.get("chain.see", ()), key=len, default="")


def viewer_of(person: Person, now: datetime, *, scopes: Iterable[str] | None = None) -> Viewer:
    """Gather a person's grants in force at a moment into a viewer; one query.

    `scopes` narrows the result to some capabilities, as an API token does.
    """
    allowed = frozenset(scopes) if scopes is not None else None
    places: dict[str, set[str]] = {}
    if person.is_active:
        for bundle, path in (
            grants_in_force(now).filter(person=person).values_list("bundle", "path")
        ):
            for capability in BUNDLES.get(bundle, frozenset()):
                if allowed is None or capability in allowed:
                    places.setdefault(capability, set()).add(path)
    return Viewer(person, now, {key: _topmost(paths) for key, paths in places.items()}, allowed)


def grants_in_force(now: datetime):
    """Return the grants that hold at a moment."""
    return Grant.objects.filter(
        Q(until_at=None) | Q(until_at__gt=now),
        Q(ended_at=None) | Q(ended_at__gt=now),
        from_at__lte=now,
    )


def _topmost(paths: set[str]) -> tuple[str, ...]:
    """Drop the paths that lie below another one."""
    kept: list[str] = []
    for path in sorted(paths):
        if not kept or not path.startswith(kept[-1]):
            kept.append(path)
    return tuple(kept)


def require(by: Viewer | str, capability: str, *, at: str) -> None:
    """Let the deed go on, or raise NotInReach.

    A string names a part of the node that acts by itself (`"node:import"`):
    whoever has the node's shell has its database. Only the command line and
    jobs may pass one; what comes through a web door is always a viewer.
    """
    if isinstance(by, Viewer) and not by.may(capability, at):
        raise NotInReach(capability, at)


def require_no_less(by: Viewer | str, than: Person) -> None:
    """Let the deed go on where `by` may do all that another person may, now or later, or raise NotInReach.

    Whoever hands out somebody's sign-in could use it himself; and nobody may
    shut out those above him who happen to live in his place.
    """
    if not isinstance(by, Viewer) or by.id == than.pk:
        return
    theirs = Grant.objects.filter(Q(until_at=None) | Q(until_at__gt=by.now), person=than)
    for bundle, path in theirs.filter(ended_at=None).values_list("bundle", "path"):
        for capability in sorted(BUNDLES.get(bundle, ())):
            require(by, capability, at=path)


def require_anywhere(by: Viewer | str, capability: str) -> None:
    """Let the deed go on where the person may do it somewhere at all, or raise NotInReach."""
    if isinstance(by, Viewer) and not by.may(capability):
        raise NotInReach(capability, "")
