"""An agreement is proposed by one side, approved or declined by the other, ended by either."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from renwang.base import journal
from renwang.base.pure.ids import uuid7
from renwang.base.references import next_reference
from renwang.cases import config
from renwang.cases.rules import check_words
from renwang.cases.sharing.models import Sharing
from renwang.cases.sharing.rules import (
    EndedAlready,
    Mode,
    NotProposed,
    Part,
    Period,
    SameHandForBoth,
    check_kinds,
    check_period,
    check_purpose,
    check_sides,
)
from renwang.cases.sharing.waiting import SHARES, call_other_side, drop_call, settle_call
from renwang.chain.models import Organisation, Unit
from renwang.chain.reach import Viewer, require
from renwang.chain.tree import today

By = Viewer | str


@dataclass(frozen=True, slots=True)
class Terms:
    """What two sides agree on. A body named beside a unit is the party; of the taker's, only members see."""

    giver: Unit
    taker: Unit
    purpose: str
    from_on: date
    until_on: date | None = None
    place: Unit | None = None  # the whole of the giver's where it is None
    kinds: Sequence[str] = ()  # all where there are none
    parts: Sequence[str] = ()
    mode: Mode = Mode.READ
    giver_body: Organisation | None = None
    taker_body: Organisation | None = None


@transaction.atomic
def propose_sharing(terms: Terms, *, by: By, now: datetime) -> Sharing:
    """Propose an agreement for one's own side; the other side is called to say yes or no.

    Who may conclude for both sides counts for the giver; the other yes is never
    his. Refuses with `SharedWithItself`, `PlaceNotTheirs`, `PurposeMissing`,
    `PeriodRefused`, `KindNotThere` and `reach.NotInReach`.
    """
    is_giver = not isinstance(by, Viewer) or by.may(SHARES, terms.giver.path)
    require(by, SHARES, at=terms.giver.path if is_giver else terms.taker.path)
    place = terms.place or terms.giver
    check_sides(terms.giver.path, terms.taker.path, place.path)
    check_period(Period(terms.from_on, terms.until_on), today(now))
    kinds = check_kinds(terms.kinds, config.kinds())
    sharing = Sharing.objects.create(
        id=uuid7(now), ref=next_reference("SH", now), giver=terms.giver,
        giver_path=terms.giver.path, giver_body=terms.giver_body, taker=terms.taker,
        taker_path=terms.taker.path, taker_body=terms.taker_body, place=place,
        place_path=place.path, kinds=f",{','.join(kinds)}," if kinds else "",
        parts=[one.value for one in Part if one in terms.parts], mode=Mode(terms.mode),
        purpose=check_purpose(terms.purpose), from_on=terms.from_on, until_on=terms.until_on,
        proposed_by=by.id if isinstance(by, Viewer) else None, proposed_at=now,
        proposed_by_giver=is_giver,
    )  # fmt: skip
    _record("sharing.proposed", sharing, by=by, now=now, kinds=kinds, parts=sharing.parts)
    call_other_side(sharing, by=by, now=now)
    return sharing


@transaction.atomic
def approve_sharing(sharing_id: UUID, *, by: By, now: datetime) -> Sharing:
    """Say yes for the side that was asked: it holds from its day on. Never by whoever proposed it.

    Refuses with `NotProposed`, `SameHandForBoth`, `PeriodRefused` and `reach.NotInReach`.
    """
    sharing = _asked(sharing_id, by)
    check_period(sharing.period, today(now))
    sharing.approved_by, sharing.approved_at = by.id if isinstance(by, Viewer) else None, now
    sharing.save(update_fields=["approved_by", "approved_at"])
    _record("sharing.approved", sharing, by=by, now=now, until_on=sharing.until_on)
    settle_call(sharing, by=by, now=now)
    return sharing


@transaction.atomic
def decline_sharing(sharing_id: UUID, reason: str, *, by: By, now: datetime) -> Sharing:
    """Say no for the side that was asked, and why. Refuses like `approve_sharing`, and with `WordsMissing`."""
    sharing = _asked(sharing_id, by)
    sharing.declined_at, sharing.end_reason = now, check_words(reason, 300)
    sharing.save(update_fields=["declined_at", "end_reason"])
    _record("sharing.declined", sharing, by=by, now=now, reason=sharing.end_reason)
    settle_call(sharing, by=by, now=now)
    return sharing


@transaction.atomic
def end_sharing(sharing_id: UUID, reason: str, *, by: By, now: datetime) -> Sharing:
    """End an agreement, or take back a proposal; either side may, at once. Nothing is seen through it any more.

    Refuses with `WordsMissing`, `EndedAlready` and `reach.NotInReach`.
    """
    sharing = _locked(sharing_id)
    if not isinstance(by, Viewer) or not by.may(SHARES, sharing.taker_path):
        require(by, SHARES, at=sharing.giver_path)
    if sharing.ended_at is not None or sharing.declined_at is not None:
        raise EndedAlready
    sharing.ended_at, sharing.ended_by = now, by.id if isinstance(by, Viewer) else None
    sharing.end_reason = check_words(reason, 300)
    sharing.save(update_fields=["ended_at", "ended_by", "end_reason"])
    _record("sharing.ended", sharing, by=by, now=now, reason=sharing.end_reason)
    drop_call(sharing, by=by, now=now)
    return sharing


def _locked(sharing_id: UUID) -> Sharing:
    found = Sharing.objects.select_for_update(of=("self",)).select_related("giver", "taker")
    return found.defer("giver__boundary", "taker__boundary").get(pk=sharing_id)


def _asked(sharing_id: UUID, by: By) -> Sharing:
    """Take an agreement that waits for a side, for somebody of this side who is not the one who proposed it."""
    sharing = _locked(sharing_id)
    require(by, SHARES, at=sharing.other_path)
    over = (sharing.approved_at, sharing.declined_at, sharing.ended_at)
    if any(one is not None for one in over):
        raise NotProposed
    if isinstance(by, Viewer) and by.id == sharing.proposed_by:
        raise SameHandForBoth
    return sharing


def _record(verb: str, sharing: Sharing, *, by: By, now: datetime, **facts: object) -> None:
    journal.record(
        verb, sharing, by=by, at=now, giver=sharing.giver.name, taker=sharing.taker.name,
        place_path=sharing.place_path, mode=sharing.mode, **facts,
    )  # fmt: skip
