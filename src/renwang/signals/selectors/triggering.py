"""Find triggers and proposals, and say what a trigger would have proposed in the past."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Prefetch, Q, QuerySet

from renwang.base.paging import Page, page_of
from renwang.chain.models import Unit
from renwang.chain.reach import Viewer
from renwang.signals.models import (
    Fault,
    Proposal,
    Reading,
    Trigger,
    TriggerVersion,
    Watch,
    WatchSeries,
)
from renwang.signals.rules import ProposalState
from renwang.signals.trial_rules import Trial, try_trigger
from renwang.signals.trigger_rules import Definition, definition_of

PROPOSAL_SORTS = {"-proposed": ("-proposed_at",), "proposed": ("proposed_at",)}


@dataclass(frozen=True, slots=True)
class TriggerPage:
    """A trigger with its versions (the latest first), what it watches, and what it proposed."""

    trigger: Trigger
    definition: Definition
    versions: list[TriggerVersion]
    watches: list[Watch]  # each with `series_list`, its proposal and `open_faults`
    proposals: list[Proposal]


@dataclass(frozen=True, slots=True)
class ProposalPage:
    """A proposal with all that explains it."""

    proposal: Proposal
    lower: Proposal | None  # that it replaced
    higher: Proposal | None  # that replaced it


def triggers_visible_to(viewer: Viewer) -> QuerySet[Trigger]:
    """Triggers at the places where the viewer may see signals, or sets triggers up."""
    return Trigger.objects.filter(viewer.scope("signals.see") | viewer.scope("sensors.edit"))


def list_triggers(
    viewer: Viewer, *, under: Unit | None = None, cursor: str = "", size: int = 50
) -> Page[Trigger]:
    """List triggers by place and name, each with its version and `watch_count`; three statements."""
    found = triggers_visible_to(viewer).select_related("version", "unit").defer("unit__boundary")
    if under is not None:
        found = found.filter(path__under=under.path)
    page = page_of(found, ("path", "name"), cursor=cursor, size=size)
    counted = dict(
        Watch.objects.filter(trigger__in=page.items)
        .order_by()
        .values_list("trigger")
        .annotate(Count("pk"))
    )
    for trigger in page.items:
        trigger.watch_count = counted.get(trigger.pk, 0)
    return page


def trigger_page(viewer: Viewer, ref: str) -> TriggerPage | None:
    """Read a trigger's page; None where the viewer may not see it. Six statements."""
    trigger = triggers_visible_to(viewer).select_related("version", "unit").filter(ref=ref).first()
    if trigger is None:
        return None
    bound = WatchSeries.objects.select_related("series__sensor").order_by("alias")
    failing = Fault.objects.filter(closed_at=None)
    watches = trigger.watches.select_related("proposal", "unit").prefetch_related(
        Prefetch("series", bound, to_attr="series_list"),
        Prefetch("faults", failing, to_attr="open_faults"),
    )
    return TriggerPage(
        trigger,
        definition_of(trigger.version.definition),
        list(trigger.versions.order_by("-number")),
        list(watches.order_by("path", "label")[:500]),
        list(trigger.proposals.order_by("-proposed_at")[:50]),
    )


def proposals_visible_to(viewer: Viewer, *, drill: UUID | None = None) -> QuerySet[Proposal]:
    """Proposals at the places where the viewer may see signals."""
    return Proposal.objects.filter(viewer.scope("signals.see"), drill=drill)


def list_proposals(
    viewer: Viewer,
    *,
    states: Collection[ProposalState] = (),
    trigger: Trigger | None = None,
    under: Unit | None = None,
    sort: str = "-proposed",
    cursor: str = "",
    size: int = 50,
    drill: UUID | None = None,
) -> Page[Proposal]:
    """List proposals, each with its trigger, unit and signal. Two statements."""
    found = proposals_visible_to(viewer, drill=drill)
    if states:
        found = found.filter(state__in=states)
    if trigger is not None:
        found = found.filter(trigger=trigger)
    if under is not None:
        found = found.filter(path__under=under.path)
    found = found.select_related("trigger", "unit", "signal").defer("unit__boundary", "evidence")
    return page_of(found, PROPOSAL_SORTS[sort], cursor=cursor, size=size)


def proposal_page(viewer: Viewer, ref: str, *, drill: UUID | None = None) -> ProposalPage | None:
    """Read a proposal's page; None where the viewer may not see it. Two statements."""
    found = proposals_visible_to(viewer, drill=drill).filter(ref=ref)
    proposal = found.select_related(
        "trigger", "version", "watch", "unit", "replaces", "signal__matter__assessment"
    ).first()
    if proposal is None:
        return None
    return ProposalPage(proposal, proposal.replaces, proposal.replaced_by.first())


def try_past(
    viewer: Viewer,
    watch: Watch,
    begin: datetime,
    end: datetime,
    *,
    levels: Mapping[str, Any] | None = None,
) -> list[Trial]:
    """Say what a trigger would have proposed over what one of its watches read in the past; writes nothing.

    `levels` is a definition that is not kept yet, in its kept form; without it
    the present one is tried. Refuses like `trigger_rules.define`. Three statements.
    """
    bound = list(
        WatchSeries.objects.filter(watch=watch)
        .filter(viewer.scope("signals.see", "series__sensor__path") | Q(pk__in=_edits(viewer)))
        .select_related("series")
    )
    kept = levels if levels is not None else watch.trigger.version.definition
    definition = definition_of(kept, [one.alias for one in bound])
    data = {
        one.alias: Reading.objects.filter(
            series=one.series, at__gt=begin - definition.reach, at__lte=end, doubt=0
        )
        .order_by("at")
        .values_list("at", "value")
        for one in bound
    }
    every = {one.alias: timedelta(seconds=one.series.every) for one in bound}
    return try_trigger(definition, data, begin, end, every=every)


def _edits(viewer: Viewer) -> QuerySet[WatchSeries]:
    return WatchSeries.objects.filter(viewer.scope("sensors.edit", "series__sensor__path"))
