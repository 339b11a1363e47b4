"""Relay a warning down the chain: the signed words untouched, a local note clearly apart."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from renwang.alerts.models import Alert, Relay
from renwang.alerts.reading import SPOKEN, read_alert, words_of
from renwang.alerts.services.carrying import places_within, write_relay
from renwang.alerts.services.following import end_earlier, referred_to
from renwang.alerts.services.replying import answer_otherwise
from renwang.chain import reach
from renwang.chain.models import Unit
from renwang.outreach.rules import Terms


@transaction.atomic
def relay_alert(
    alert_id: UUID,
    unit: Unit,
    *,
    by: Any,
    now: datetime,
    note: str = "",
    language: str = SPOKEN,
    places: Sequence[str] = (),
    terms: Terms | None = None,
) -> Relay:
    """Carry a warning down from a unit to everybody in its area there; a queued call for each at the end.

    `by` is a viewer who may relay at the unit, or the part of the node that
    does. The words are those of the warning, in `language` where it has it.
    `places` narrows the area and `terms` stand instead of those of its colour,
    both by a person's choice. Refuses with the reasons
    of `rules`, among them `AlertExpired`, `AlertElsewhere`, `AlreadyRelayed`.
    """
    person = by.id if isinstance(by, reach.Viewer) else None
    if isinstance(by, reach.Viewer):
        reach.require(by, "alerts.relay", at=unit.path)
    # The row's lock makes a second relay of the same warning wait and then see the first; on
    # SQLite the transaction itself does, which takes the write lock when it begins.
    alert = Alert.objects.select_for_update().get(pk=alert_id)
    said = read_alert(bytes(alert.original)).alert
    relay = write_relay(
        alert,
        words_of(said, language),
        unit_id=unit.pk,
        top=unit.path,
        places=_narrowed(places_within(alert, unit.path), places),
        note=note,
        carried_by=person,
        terms=terms,
        by=by,
        now=now,
    )
    # Whoever relays it vouches for it, also where it speaks of another sender's warning; but
    # nobody takes back what others were told as well.
    own = [one for one in referred_to(alert, said) if one.path.startswith(unit.path)]
    end_earlier(alert, own, by=by, now=now)
    answer_otherwise(alert, None, now=now)
    return relay


def _narrowed(places: list[str], chosen: Sequence[str]) -> list[str]:
    """Keep of the area what a person has chosen; nothing outside it can be chosen."""
    if not chosen:
        return places
    kept: list[str] = []
    units = Unit.objects.filter(path__in=set(chosen), ended_on=None)
    for path in sorted(units.values_list("path", flat=True)):
        if any(path.startswith(place) for place in places) and not any(map(path.startswith, kept)):
            kept.append(path)
    return kept
