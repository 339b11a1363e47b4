"""Loopback and the field app: the message waits on this node until its reader comes for it.

`Delivered` is the inbox of the demo, of exercises and of tests, and what the
field app shows until it is pushed to. Both are one row, so a doubled send
lands on the same one.
"""

from datetime import datetime

from renwang.outreach.channels.port import Handed, Outgoing
from renwang.outreach.models import Delivered

INWARD = ("app", "loopback")  # kinds that never leave the node


def put_down(outgoing: Outgoing, at: datetime) -> Handed:
    """Put one message into the inbox in the caller's transaction; a second time changes nothing."""
    Delivered.objects.bulk_create([row_of(outgoing, at)], ignore_conflicts=True)
    return Handed(str(outgoing.id))


def row_of(outgoing: Outgoing, at: datetime) -> Delivered:
    """Make the inbox row of a message."""
    return Delivered(
        attempt_id=outgoing.id,
        notice_id=outgoing.notice_id,
        call_id=outgoing.call_id,
        person_id=outgoing.person_id,
        channel=outgoing.kind,
        title=outgoing.heading[:300],
        words=outgoing.words,
        note=outgoing.note,
        at=at,
    )
