"""Bring warnings in by hand: one file or text, or whatever stands at an address, looked at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from renwang.alerts import cap
from renwang.alerts.cap.words import explain as explain_cap
from renwang.alerts.listing import SENTENCES as LIST_SENTENCES
from renwang.alerts.listing import take_list
from renwang.alerts.looking import Errand, Found, look
from renwang.alerts.models import Alert, Reply
from renwang.alerts.rules import AlertRefused, Source
from renwang.alerts.services import receive_message
from renwang.alerts.warnings_list import ListRead, ListRefused
from renwang.alerts.words import explain
from renwang.chain import reach
from renwang.chain.reach import Viewer
from renwang.outreach.channels.guarded import open_client
from renwang.outreach.channels.port import SendFailed

_NO_FEED = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one message: the warning, the reply, or the sentence that says why it was not taken."""

    alert: Alert | None = None
    reply: Reply | None = None  # what another node answered about one of ours
    is_new: bool = False
    sentence: str = ""
    refusal: cap.CapRefused | None = None  # with its element, line and what stood there


def look_once(url: str, *, now: datetime) -> list[Found] | Outcome:
    """Fetch what stands at an address: one warning, or the entries of a feed; or say why there is nothing."""
    client = open_client(private=bool(settings.RENWANG_PRIVATE_ADDRESSES))
    try:
        with client:
            return list(look(Errand(_NO_FEED, url, "", "", (), now), client).found)
    except cap.CapRefused as refusal:
        return Outcome(sentence=explain_cap(refusal), refusal=refusal)
    except ListRefused as refused:
        return Outcome(sentence=str(LIST_SENTENCES[refused.fault]))
    except SendFailed as failed:
        return Outcome(sentence=_("The address gave no warning: {why}").format(why=failed))


def take_in_list(listed: ListRead, source: str, *, by: Viewer, now: datetime) -> list[Outcome]:
    """Take in a list of what is in force: what is new, changed or gone since the last one."""
    reach.require_anywhere(by, "alerts.receive")
    return [
        Outcome(alert, is_new=True)
        for alert in take_list(listed, source=source, by=by, now=now).alerts
    ]


def take_in(
    messages: Iterable[bytes | None], source: Source, *, by: Viewer, now: datetime
) -> list[Outcome]:
    """Take in messages one by one; what is wrong with one keeps none of the others out."""
    return [_take_one(data, source, by, now) for data in messages]


def _take_one(data: bytes | None, source: Source, by: Viewer, now: datetime) -> Outcome:
    if data is None:
        return Outcome(sentence=_("An entry of the feed could not be fetched."))
    try:
        taken = receive_message(data, source, by=by, now=now)
    except cap.CapRefused as refusal:
        return Outcome(sentence=explain_cap(refusal), refusal=refusal)
    except AlertRefused as refusal:
        return Outcome(sentence=explain(refusal))
    is_new = taken.received_at == now
    if isinstance(taken, Reply):
        return Outcome(reply=taken, is_new=is_new)
    return Outcome(taken, is_new=is_new)
