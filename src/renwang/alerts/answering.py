"""Hand over what we answer to who sent us warnings, in a lane of its own: a node that hangs delays nobody else."""

from __future__ import annotations

import logging
import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db import transaction

from renwang.alerts.feeds import without_secrets
from renwang.alerts.models import OwnReply
from renwang.alerts.reply_rules import Delivery, next_delivery
from renwang.base import journal
from renwang.base.jobs import unclaimed
from renwang.base.pure.loading import on_first_use
from renwang.outreach.channels.guarded import client_when_needed, exchange, judge
from renwang.outreach.channels.port import Refused, SendFailed, Trouble
from renwang.outreach.lanes import Done, Lane

if TYPE_CHECKING:
    import httpx
else:
    httpx = on_first_use("httpx")


log = logging.getLogger(__name__)

BY = "node:reply"
THREADS = 6
FOR_ONE_HOST = 2  # of the threads, so that one that hangs leaves the others free
REQUEST_FOR = 20.0  # seconds
LEASE = timedelta(seconds=REQUEST_FOR + 40)
WINDOW = 200  # how many due replies are looked at in one step


@dataclass(frozen=True, slots=True)
class Errand:
    """A reply on its way: what a thread needs to know."""

    reply_id: UUID
    url: str
    key: str
    body: bytes
    lease: datetime

    @property
    def host(self) -> str:
        """With whom it is spoken."""
        return urlsplit(self.url).netloc.rpartition("@")[2].lower()


def hand_over(errand: Errand, client: httpx.Client) -> None:
    """Post a reply to its address, as it was signed; raise Refused or Unreachable.

    The same id goes with every try, so that the other side knows a second one.
    Redirects are not followed: they could carry the key to somebody else.
    """
    headers = {
        "Content-Type": "application/cap+xml",
        "Accept": "application/json",
        "Idempotency-Key": str(errand.reply_id),
    }
    if errand.key:
        headers["Authorization"] = f"Bearer {errand.key}"
    try:
        request = client.build_request("POST", errand.url, content=errand.body, headers=headers)
    except (httpx.InvalidURL, ValueError):
        raise Refused(Trouble.BAD_ADDRESS) from None
    judge(exchange(client, request, REQUEST_FOR))


class Postman:
    """The lane of one process in which replies are handed over."""

    def __init__(self, *, private: bool, threads: int = THREADS):
        """`private` says whether nodes on private networks may be answered."""
        client = client_when_needed(private=private)
        self._lane: Lane[Errand, None] = Lane(
            "replies", lambda one: hand_over(one, client()), threads=threads
        )
        self._with: Counter[str] = Counter()  # how many are under way to a host

    def step(self, now: datetime, clock: Callable[[], datetime]) -> int:
        """Write down what came back and send out what is due; return how many moved."""
        moved = self._write_down(self._lane.collect(), clock)
        for _key, errand in self._lane.give_up(now, LEASE):  # its claim runs out by itself
            self._with[errand.host] -= 1
        errands = claim_replies(now, self._lane.free, self._with)
        for errand in errands:
            self._lane.put((errand.reply_id, errand.lease), errand, now)
        return moved + len(errands)

    def wait(self, clock: Callable[[], datetime], seconds: float) -> int:
        """Wait up to so many seconds for each next one that is under way, and write it down."""
        moved = 0
        while self._lane.busy and (done := self._lane.collect(wait=seconds)):
            moved += self._write_down(done, clock)
        return moved

    def _write_down(self, done: list[Done[Errand, None]], clock: Callable[[], datetime]) -> int:
        for one in done:
            self._with[one.item.host] -= 1
            write_down(one, clock())
        return len(done)


def claim_replies(now: datetime, limit: int, under_way: Counter[str]) -> list[Errand]:
    """Claim replies that are due, not more than a few to one host; the rest waits without a claim."""
    free = unclaimed(now, LEASE)
    due = OwnReply.objects.filter(free, state=Delivery.WAITING, due_at__lte=now)
    lease, errands = now + LEASE, []
    for reply in due.select_related("feed", "peer").order_by("due_at", "id")[:WINDOW]:
        if len(errands) >= limit:
            break
        to = _addressee(reply)
        if to is None:
            _end(reply, Delivery.GIVEN_UP, Trouble.NOT_CONFIGURED.value, now)
            continue
        errand = Errand(reply.pk, to.answer_url, to.answer_key, bytes(reply.original), lease)
        if under_way[errand.host] >= FOR_ONE_HOST:
            continue
        mine = OwnReply.objects.filter(free, pk=reply.pk, state=Delivery.WAITING)
        if mine.update(claimed_until=lease):
            under_way[errand.host] += 1
            errands.append(errand)
    return errands


def _addressee(reply: OwnReply) -> Any:
    """Say where a reply goes as it is entered now; None where its feed or node is answered no more."""
    to = reply.feed or reply.peer
    return to if to is not None and to.is_active and to.answer_url else None


def write_down(done: Done[Errand, None], at: datetime) -> None:
    """Write down what became of a reply; one that another process has by now is left to it."""
    reply = OwnReply.objects.filter(pk=done.item.reply_id, claimed_until=done.item.lease).first()
    if reply is None:
        return
    if done.error is None:
        _end(reply, Delivery.HANDED, "", at)
        return
    trouble = _named(done.error)
    if isinstance(done.error, Refused):
        _end(reply, Delivery.TURNED_AWAY, trouble, at)
        return
    tries = reply.tries + 1
    again = next_delivery(
        tries, made_at=reply.made_at, now=at, asked_for=getattr(done.error, "after", None)
    )
    if again is None:
        _end(reply, Delivery.GIVEN_UP, trouble, at)
        return
    OwnReply.objects.filter(pk=reply.pk, claimed_until=done.item.lease).update(
        tries=tries, trouble=trouble[:300], due_at=again, claimed_until=None
    )


@transaction.atomic
def _end(reply: OwnReply, state: Delivery, trouble: str, at: datetime) -> None:
    mine = OwnReply.objects.filter(
        pk=reply.pk, state=Delivery.WAITING, claimed_until=reply.claimed_until
    )
    if not mine.update(
        state=state,
        trouble=trouble[:300],
        tries=reply.tries + 1,
        due_at=None,
        claimed_until=None,
        ended_at=at,
    ):
        return
    to = reply.feed or reply.peer
    journal.record(
        "alerts.answer_ended",
        reply,
        by=BY,
        at=at,
        place=reply.alert.path,
        alert=reply.alert.ref,
        sender=reply.alert.sender,
        msg_type=reply.msg_type,
        state=state,
        trouble=trouble,
        url=without_secrets(to.answer_url) if to is not None else "",
    )


def _named(error: BaseException) -> str:
    if isinstance(error, SendFailed):
        return str(error)
    log.error("handing a reply over broke", extra={"error": type(error).__name__})
    return type(error).__name__


_postmen: dict[int, Postman] = {}


def send_replies(now: datetime, clock: Callable[[], datetime]) -> int:
    """Hand over the replies that are due; return how many moved. Never waits for a network."""
    key = os.getpid()
    if key not in _postmen:
        _postmen[key] = Postman(private=bool(settings.RENWANG_PRIVATE_ADDRESSES))
    return _postmen[key].step(now, clock)
