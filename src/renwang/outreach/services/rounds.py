"""Rounds on foot: a knock, a gong, a loudspeaker (叫应) are receipts too."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from renwang.base import journal
from renwang.chain import reach
from renwang.chain.models import Household
from renwang.outreach.models import Call, Round
from renwang.outreach.rules import (
    NoticeState,
    NoticeWithdrawn,
    Receipt,
    RoundMade,
    households_covered,
    moment_within,
)
from renwang.outreach.services.receipts import NotAskedOfYou, Slip, may_answer, record_for_notice
from renwang.outreach.services.tallying import SUMS, Deltas, take_turn

_COVERED = SUMS.index("covered")
_SWEEPS = (Round.Kind.GONG, Round.Kind.LOUDSPEAKER)


@transaction.atomic
def record_round(
    round_id: UUID,
    call_id: int,
    kind: Round.Kind,
    *,
    by: reach.Viewer,
    now: datetime,
    at: datetime | None = None,
    households: int = 1,
    household_id: UUID | None = None,
    answered: bool = True,
    witness: str = "",
) -> Round:
    """Record a round that somebody made; the same id again gives the round that is there already.

    Whoever goes round has understood. When all households of the post have the
    words, it has carried them on. Refuses with `NotAskedOfYou`, also for a door
    of elsewhere and the id of a round elsewhere, and with `NoticeWithdrawn` for
    a round made after the words were taken back.
    """
    call = Call.objects.select_related("notice").get(pk=call_id)
    if not may_answer(call, by):
        raise NotAskedOfYou(call.path)
    notice = take_turn(call.notice_id)
    before = list(Round.objects.filter(Q(call=call) | Q(pk=round_id)))
    known = next((one for one in before if one.pk == round_id), None)
    if known is not None and known.call_id == call.pk:
        return known
    if known is not None or not _is_door_of(call, household_id):
        raise NotAskedOfYou(call.path)
    at = moment_within(at or now, since=notice.started_at, now=now)
    if notice.state == NoticeState.WITHDRAWN and at >= (notice.ended_at or at):
        raise NoticeWithdrawn(notice.ref)
    made = Round.objects.create(
        id=round_id,
        call=call,
        kind=kind,
        household_id=household_id,
        answered=answered,
        households=1 if household_id else households,
        witness=witness,
        by_person=by.id,
        at=at,
        noted_at=now,
    )
    call.refresh_from_db()
    covered = max(call.covered, households_covered(_counted([*before, made]), call.households))
    if covered > call.covered:
        deltas = Deltas(notice)
        deltas.add(call.path, [(_COVERED, covered - call.covered)])
        deltas.write()
        Call.objects.filter(pk=call.pk).update(covered=covered)
    journal.record(
        "outreach.round_made",
        notice,
        by=by,
        at=at,
        place=call.path,
        drill=notice.drill,
        items=[[call.pk, kind]],
        round=round_id,
        kind=kind,
        households=made.households,
        answered=answered,
        covered=covered,
    )
    everybody = call.households > 0 and covered >= call.households
    slip = Slip(
        Receipt.CARRIED if everybody else Receipt.UNDERSTOOD,
        at,
        via=kind,
        call_id=call.pk,
        person_id=by.id,
        households=covered,
    )
    record_for_notice(notice, [slip], by=by, now=now)
    return made


def _counted(rounds: Iterable[Round]) -> list[RoundMade]:
    return [
        RoundMade(one.kind in _SWEEPS, one.household_id, one.answered, one.households)
        for one in rounds
    ]


def _is_door_of(call: Call, household_id: UUID | None) -> bool:
    return (
        household_id is None
        or Household.objects.filter(pk=household_id, path__under=call.path).exists()
    )
