"""A trigger proposes: a signal in the inbox, with the numbers that met it. It never warns anybody by itself."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from renwang.base import journal
from renwang.base.pure.ids import uuid7
from renwang.base.references import next_reference
from renwang.outreach.errand_rules import ErrandAct
from renwang.outreach.services import ask_errand, end_errand
from renwang.signals.models import Proposal, Reading, Series, Watch
from renwang.signals.rules import (
    ProposalAct,
    ProposalState,
    SignalRefused,
    SignalState,
    Source,
    move_proposal,
)
from renwang.signals.saying import explain_turn
from renwang.signals.services.grouping import link_signals
from renwang.signals.services.receiving import Report, receive_signal
from renwang.signals.trigger_rules import Measure, Turn
from renwang.signals.waiting import PROPOSAL, waiting_proposal

BY = "node:triggers"
EVIDENCE = 200
"""Readings of one series that a proposal keeps; more are thinned evenly."""


def propose(watch: Watch, turn: Turn, series: Mapping[str, int], *, now: datetime) -> Proposal:
    """Write down what a trigger proposes; in the caller's transaction.

    The proposal of a lower level that nobody has decided on is replaced, and
    the two signals come into one matter.
    """
    trigger, lower = watch.trigger, watch.proposal
    assert turn.level is not None and turn.rule is not None
    rows = Series.objects.select_related("sensor").in_bulk(set(series.values()))
    named = {alias: rows[key] for alias, key in series.items()}
    numbers = [_number(measure, named) for measure in turn.measures]
    said = explain_turn(trigger.name, watch.label, watch.unit.name, turn.level, numbers, turn.at)
    first = named[turn.measures[0].call.alias].sensor
    signal = receive_signal(
        Report(
            Source.SENSOR,
            said["zh-hans"],
            min(turn.at, now),
            hazard=trigger.hazard,
            lon=watch.lon,
            lat=watch.lat,
            sensor=first,
            place=watch.label,
        ),
        watch.unit,
        by=BY,
        now=now,
    )
    proposal = Proposal.objects.create(
        id=uuid7(now),
        ref=next_reference("P", now),
        trigger=trigger,
        version=trigger.version,
        watch=watch,
        signal=signal,
        hazard=trigger.hazard,
        level=turn.level,
        unit=watch.unit,
        path=watch.path,
        expression=turn.rule.when,
        numbers=numbers,
        evidence={
            alias: _readings(named[alias], turn) for alias in {m.call.alias for m in turn.measures}
        },
        sentence_zh=said["zh-hans"],
        sentence_en=said["en"],
        met_at=turn.at,
        proposed_at=now,
        state=ProposalState.OPEN,
        replaces=lower,
    )
    if lower is not None:
        _replace(lower, signal.pk, now=now)
    watch.proposal = proposal
    journal.record(
        "signals.proposed", proposal, by=BY, at=now,
        trigger=trigger.name, trigger_ref=trigger.ref, version=trigger.version.number,
        level=turn.level, hazard=trigger.hazard, met_at=turn.at, expression=turn.rule.when,
        numbers=numbers, sentence=said["zh-hans"], signal=signal.ref,
        replaces=lower.ref if lower else "",
    )  # fmt: skip
    ask_errand(waiting_proposal(proposal), by=BY, now=now)
    return proposal


def ease(watch: Watch, turn: Turn, *, now: datetime) -> None:
    """Note that the readings fell below what was proposed; in the caller's transaction. What was decided stays decided."""
    proposal = watch.proposal
    watch.proposal = None
    if proposal is None:
        return
    proposal.cleared_at = turn.at
    proposal.save(update_fields=["cleared_at"])
    journal.record(
        "signals.eased", proposal, by=BY, at=now, trigger=watch.trigger.name,
        level=turn.before, left=turn.level or "", cleared_at=turn.at,
    )  # fmt: skip


def _replace(lower: Proposal, signal_id: Any, *, now: datetime) -> None:
    lower.state = move_proposal(ProposalState(lower.state), ProposalAct.REPLACE)
    lower.save(update_fields=["state"])
    end_errand(PROPOSAL, lower.pk, by=BY, now=now, act=ErrandAct.DROP)
    if SignalState(lower.signal.state) is SignalState.ASIDE:
        return  # a person has said that the lower one is nothing; the higher stands for itself
    try:
        link_signals([lower.signal_id, signal_id], by=BY, now=now)
    except SignalRefused:
        return


def _number(measure: Measure, named: Mapping[str, Series]) -> dict[str, Any]:
    call, value, series = measure.call, measure.value, named[measure.call.alias]
    return {
        "call": call.text,
        "function": call.function,
        "alias": call.alias,
        "series": series.key,
        "sensor": series.sensor.name,
        "quantity": series.quantity,
        "unit_of_measure": series.unit_of_measure,
        "window_s": call.window.total_seconds(),
        "limit": call.limit,
        "value": value.number,
        "is_whole": value.is_whole,
        "count": value.count,
        "first_at": value.first_at.isoformat() if value.first_at else None,
        "last_at": value.last_at.isoformat() if value.last_at else None,
    }


def _readings(series: Series, turn: Turn) -> list[list[Any]]:
    """Give the readings in the longest window of a series that met the condition."""
    windows = [m.call.window for m in turn.measures]
    since = turn.at - max(max(windows, default=timedelta(0)), timedelta(hours=1))
    rows = Reading.objects.filter(series=series, at__gt=since, at__lte=turn.at, doubt=0)
    found = list(rows.order_by("at").values_list("at", "value"))
    step = -(-len(found) // EVIDENCE) or 1
    # Counted from the end: the newest reading is what tipped it.
    thinned = found[::-1][::step][::-1]
    return [[at.isoformat(), value] for at, value in thinned]
