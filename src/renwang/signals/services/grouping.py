"""Fragments about one thing are brought together in a matter, and taken apart again."""

from collections.abc import Sequence
from datetime import datetime
from os.path import commonpath
from uuid import UUID

from django.db import transaction

from renwang.base import journal
from renwang.base.pure.ids import uuid7
from renwang.base.references import next_reference
from renwang.chain.models import Unit
from renwang.chain.reach import Viewer, require
from renwang.signals.models import Matter, Signal
from renwang.signals.rules import (
    NotInAMatter,
    OneStory,
    ReferralState,
    SameMatter,
    SignalAct,
    SignalState,
    move,
)
from renwang.signals.services.receiving import locked_signal, locked_signals_of

By = Viewer | str
TITLE = 60


def matter_of(signal: Signal, *, by: By, now: datetime) -> Matter:
    """Give the matter of a signal, opening one where it stands alone; in the caller's transaction."""
    if signal.matter_id:
        return Matter.objects.select_for_update().get(pk=signal.matter_id)
    words = " ".join(signal.words.split())
    matter = Matter.objects.create(
        id=uuid7(now),
        ref=next_reference("M", now),
        title=words if len(words) <= TITLE else f"{words[: TITLE - 1]}…",
        hazard=signal.hazard,
        unit_id=signal.unit_id,
        path=signal.path,
        opened_at=now,
        drill=signal.drill,
    )
    signal.matter = matter
    signal.save(update_fields=["matter"])
    journal.record(
        "signals.matter_opened",
        matter,
        by=by,
        at=now,
        drill=matter.drill,
        signal=signal.ref,
        title=matter.title,
    )
    return matter


@transaction.atomic
def link_signals(signal_ids: Sequence[UUID], *, by: By, now: datetime) -> Matter:
    """Say that some signals speak of one thing: they come into one matter, the oldest of those they have.

    A signal that was assessed keeps its assessment; whole matters are joined
    with `merge_matters`. Refuses with `WasPutAside`, `OneStory`, `SameMatter`
    and `reach.NotInReach`.
    """
    found = Signal.objects.select_for_update().filter(pk__in=signal_ids).order_by("pk")
    signals = list(found)
    for signal in signals:
        require(by, "signals.judge", at=signal.path)
        move(SignalState(signal.state), SignalAct.LINK)
    if len({signal.drill for signal in signals}) > 1:
        raise OneStory
    placed = sorted({signal.matter_id for signal in signals if signal.matter_id})
    if len(signals) < 2 or (len(placed) == 1 and all(one.matter_id for one in signals)):
        raise SameMatter
    for later in placed[1:]:
        merge_matters(later, placed[0], by=by, now=now)
    matter = matter_of(
        next((one for one in signals if one.matter_id in placed[:1]), signals[0]), by=by, now=now
    )
    signals = list(found.all())
    for signal in signals:
        signal.matter = matter
        signal.state = move(SignalState(signal.state), SignalAct.LINK)
    Signal.objects.bulk_update(signals, ["matter", "state"])
    _place(matter)
    journal.record(
        "signals.linked",
        matter,
        by=by,
        at=now,
        drill=matter.drill,
        signals=[signal.ref for signal in signals],
    )
    return matter


@transaction.atomic
def unlink_signal(signal_id: UUID, *, by: By, now: datetime, reason: str = "") -> Signal:
    """Take a signal out of its matter; it stands alone and new again. Refuses with `NotInAMatter`."""
    signal = locked_signal(signal_id)
    require(by, "signals.judge", at=signal.path)
    matter = signal.matter
    if matter is None:
        raise NotInAMatter
    signal.state = move(SignalState(signal.state), SignalAct.UNLINK)
    signal.matter = None
    signal.save(update_fields=["state", "matter"])
    _place(matter)
    journal.record(
        "signals.unlinked", signal, by=by, at=now, drill=signal.drill,
        matter=matter.ref, reason=reason,
    )  # fmt: skip
    return signal


@transaction.atomic
def merge_matters(
    matter_id: UUID, into_id: UUID, *, by: By, now: datetime, reason: str = ""
) -> Matter:
    """Say that two matters are one: all signals of the first come into the second.

    The first stays on record with its assessments and can be taken out again.
    A question of the first that still waits for its answer goes along, unless
    the second waits for one of its own: then it is taken back.
    Refuses with `SameMatter`, `OneStory` and `reach.NotInReach`.
    """
    matters = {
        matter.pk: matter
        for matter in Matter.objects.select_for_update()
        .filter(pk__in=[matter_id, into_id])
        .order_by("pk")
    }
    one, into = matters[matter_id], matters[into_id]
    for matter in (one, into):
        require(by, "signals.judge", at=matter.path)
    if one.pk == into.pk or one.merged_into_id or into.merged_into_id:
        raise SameMatter
    if one.drill != into.drill:
        raise OneStory
    moved = locked_signals_of(one)
    Signal.objects.filter(pk__in=[signal.pk for signal in moved]).update(matter=into)
    owed = one.referrals.filter(state=ReferralState.OWED)
    if into.referrals.filter(state=ReferralState.OWED).exists():
        owed.update(state=ReferralState.WITHDRAWN, ended_at=now)
    else:
        owed.update(matter=into)
    one.merged_into = into
    one.save(update_fields=["merged_into"])
    _place(into)
    journal.record(
        "signals.matters_merged", one, by=by, at=now, drill=one.drill,
        into=into.ref, signals=[signal.ref for signal in moved],
        signal_ids=[signal.pk for signal in moved], reason=reason,
    )  # fmt: skip
    return into


@transaction.atomic
def unmerge_matter(
    matter_id: UUID, signal_ids: Sequence[UUID], *, by: By, now: datetime, reason: str = ""
) -> Matter:
    """Take a matter out of the one it was merged into, with the signals that are its own.

    Refuses with `NotInAMatter` where it was not merged, or a signal is elsewhere.
    """
    matter = Matter.objects.select_for_update().get(pk=matter_id)
    into = matter.merged_into
    if into is None:
        raise NotInAMatter
    for one in (matter, into):
        require(by, "signals.judge", at=one.path)
    signals = [one for one in locked_signals_of(into) if one.pk in set(signal_ids)]
    if len(signals) != len(set(signal_ids)):
        raise NotInAMatter
    Signal.objects.filter(pk__in=[one.pk for one in signals]).update(matter=matter)
    matter.merged_into = None
    matter.save(update_fields=["merged_into"])
    _place(into)
    journal.record(
        "signals.matter_unmerged", matter, by=by, at=now, drill=matter.drill,
        out_of=into.ref, signals=[one.ref for one in signals], reason=reason,
    )  # fmt: skip
    return matter


def _place(matter: Matter) -> None:
    """Let a matter lie in the lowest unit that holds all its signals."""
    paths = list(Signal.objects.filter(matter=matter).values_list("path", flat=True))
    if not paths:
        return
    common = f"{commonpath(paths)}/"
    unit = Unit.objects.filter(path=common).first() or Unit.objects.get(path=paths[0])
    if unit.path != matter.path:
        Matter.objects.filter(pk=matter.pk).update(unit=unit, path=unit.path)
        matter.unit, matter.path = unit, unit.path
