"""Tell the chain of a bulletin through outreach, and tell it when the bulletin is taken back."""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext as _

from renwang.base import journal
from renwang.bulletins.models import Bulletin
from renwang.bulletins.rules import Chain, Text, text_in, texts_of
from renwang.outreach.models import Notice
from renwang.outreach.rules import Order, Terms
from renwang.outreach.services import Message, NobodyThere, start_notice, withdraw_notice

TERMS = Terms(Order.TOGETHER, 3_600, 14_400, 43_200)
"""A bulletin is news, not an alarm: an hour for each contact, four for each person, all told at once."""

CURRENT_FOR = timedelta(days=2)
"""Nobody is asked to pass on a bulletin without an end for longer than this."""


def tell_chain(
    bulletin: Bulletin, wrong: Bulletin | None, *, by: Any, now: datetime
) -> UUID | None:
    """Start the notice of a bulletin in the caller's transaction and return its id; None where nobody is told.

    A correction goes to everybody who was told what it corrects, whatever its
    own audience. Refuses with `NobodyThere` where the chain was chosen and has
    nobody.
    """
    earlier = _notice_of(wrong)
    if bulletin.chain == Chain.NOBODY and earlier is None:
        return None
    said = text_in(texts_of(bulletin.current.texts), "zh-hans")
    assert said is not None  # checked when it was drafted
    try:
        notice = start_notice(
            _message(bulletin, said, bulletin.thread.hex),
            top=bulletin.path,
            places=[] if bulletin.chain == Chain.NOBODY else [bulletin.path],
            roles=bulletin.roles if bulletin.chain == Chain.SOME else (),
            terms=TERMS,
            by=by,
            now=now,
            ends_at=bulletin.ends_at or now + CURRENT_FOR,
            supersedes=earlier,
            told_by=[earlier.pk] if earlier else (),
        )
    except NobodyThere:
        if bulletin.chain == Chain.NOBODY:
            return None  # nobody had been asked yet, so nobody has to be told
        raise
    journal.record("bulletins.told", bulletin, by=by, at=now, notice=notice.ref)
    return notice.pk


def tell_withdrawal(bulletin: Bulletin, reason: str, *, by: Any, now: datetime) -> None:
    """Let nobody pass a bulletin on any more, and tell those who were told why."""
    notice = _notice_of(bulletin)
    said = text_in(texts_of(bulletin.current.texts), "zh-hans")
    if notice is None or said is None:
        return
    withdraw_notice(notice, by=by, now=now, reason=reason)
    with translation.override("zh-hans" if said.language.startswith("zh") else "en"):
        title = _("Taken back: {title}").format(title=said.title)
        text = _("What was said is no longer right: {reason}").format(reason=reason)
    # A thread of its own: a correction may follow, and none of the two overtakes the other.
    message = _message(bulletin, Text(said.language, title, text), f"{bulletin.pk.hex}-taken-back")
    with suppress(NobodyThere):  # nobody had been asked yet, so nobody has to be told
        start_notice(
            message, top=bulletin.path, places=[], terms=TERMS, by=by, now=now,
            ends_at=now + CURRENT_FOR, supersedes=notice, told_by=[notice.pk],
        )  # fmt: skip


def _message(bulletin: Bulletin, said: Text, thread: str) -> Message:
    return Message(
        kind="bulletins.notice",
        subject_id=bulletin.pk,
        title=said.title,
        words=said.text,
        language=said.language,
        thread=thread,
        sequence=bulletin.sequence,
    )


def _notice_of(bulletin: Bulletin | None) -> Notice | None:
    if bulletin is None or bulletin.notice_id is None:
        return None
    return Notice.objects.filter(pk=bulletin.notice_id).first()
