"""The beats of outreach: sending, the ladder's clock, sums, and endings. Each may run twice over."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from renwang.base.followers import follower
from renwang.base.jobs import beat
from renwang.base.models import Entry
from renwang.base.pure.clock import read_clock
from renwang.outreach.auditing import audit_relays
from renwang.outreach.models import Notice
from renwang.outreach.sending import send_due
from renwang.outreach.services import climb_calls, count_notice, finish_notices, include_new_posts
from renwang.outreach.services.errands import call_errands
from renwang.outreach.services.hopping import note_hops, note_other_words
from renwang.outreach.services.mending import note_given_up
from renwang.outreach.services.rollcalls import note_answers, note_silence, start_planned


@beat("outreach.count")
def _count(now: datetime) -> int:
    """Build the sums of notices that have none, whichever process started them."""
    waiting = list(Notice.objects.filter(is_counted=False).values_list("pk", flat=True))
    return sum(count_notice(notice_id) for notice_id in waiting)


@beat("outreach.send")
def _send(now: datetime) -> int:
    return send_due(now, read_clock)


@beat("outreach.climb", every=timedelta(seconds=1))
def _climb(now: datetime) -> int:
    return climb_calls(now)


@beat("outreach.finish", every=timedelta(seconds=30))
def _finish(now: datetime) -> int:
    return finish_notices(now)


@beat("outreach.rollcalls", every=timedelta(seconds=30))
def _rollcalls(now: datetime) -> int:
    return start_planned(now)


@follower("outreach.contacts", "outreach.receipts", "outreach.finished")
def _contacts(entries: Sequence[Entry], now: datetime) -> None:
    """Keep at each contact when it last worked, away from the receipts' own transaction."""
    note_answers([entry for entry in entries if entry.verb == "outreach.receipts"])
    note_silence([entry for entry in entries if entry.verb == "outreach.finished"])


@beat("outreach.errands", every=timedelta(seconds=1))
def _errands(now: datetime) -> int:
    """Call for what waits for a person and was not called for yet."""
    return call_errands(now)


@follower("outreach.mended", "chain.contacts_set", "chain.person_deactivated", "chain.imported")
def _given_up(entries: Sequence[Entry], now: datetime) -> None:
    """Let go of contacts to mend that are no more."""
    note_given_up(now=now)


@follower("outreach.hops", "outreach.finished", "outreach.withdrawn", "outreach.other_words")
def _hops(entries: Sequence[Entry], now: datetime) -> None:
    """Note at each post how the hop of an ended notice went."""
    note_other_words([entry for entry in entries if entry.verb == "outreach.other_words"])
    note_hops([entry for entry in entries if entry.verb != "outreach.other_words"])


@beat("outreach.audit", every=timedelta(seconds=60))
def _audit(now: datetime) -> int:
    """Prove that every step has run; what has not is found here and nowhere else."""
    return audit_relays(now)


@follower(
    "outreach.new_posts",
    "chain.post_created",
    "chain.imported",
    "chain.unit_moved",
    "chain.unit_split",
    "chain.units_merged",
)
def _new_posts(entries: Sequence[Entry], now: datetime) -> None:
    """Call posts that came into a place while something is being carried down there."""
    include_new_posts(now)
