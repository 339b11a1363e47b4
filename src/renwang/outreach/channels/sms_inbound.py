"""What a text message gateway sends back: delivery reports, and the replies of people.

Field names come from configuration; the defaults are Aliyun's. Values in,
values out: whose message it was is found in `outreach.answering`.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any
from uuid import UUID

from renwang.outreach.channels.port import CODE_LENGTH
from renwang.outreach.rules import Receipt

# What people type, folded by NFKC and casefold. More than one language may be meant at once.
ANSWERS = {
    Receipt.UNDERSTOOD: ("1", "收到", "已收到", "知道了", "明白", "yes", "y", "ok", "received"),
    Receipt.CARRIED: ("2", "已传达", "传达", "已转达", "已通知", "done", "passed on"),
}
_BY_WORD = {word: receipt for receipt, words in ANSWERS.items() for word in words}
_WORDS = "|".join(re.escape(word) for word in sorted(_BY_WORD, key=len, reverse=True))
_GAP = r"[\s,.:;!#。、，；：！\-]*+"
_ANSWER = re.compile(rf"{_GAP}({_WORDS}){_GAP}([2-9a-z]{{{CODE_LENGTH}}})?{_GAP}")


@dataclass(frozen=True, slots=True)
class Report:
    """The gateway's word on one message: delivered, or lost for a reason."""

    provider_id: str
    message_id: UUID | None
    is_delivered: bool
    trouble: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Reply:
    """A person's answer: from which number, what it means, and to which message where he said so."""

    number: str
    receipt: Receipt
    code: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Text:
    """A text message that somebody sent to the node, as it came. `key` is the gateway's own id for it.

    Where the gateway gives none, number, words and moment stand for it.
    """

    number: str
    words: str
    key: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Fields:
    """How a gateway names things in what it sends back."""

    provider_id: str = "biz_id"
    message_id: str = "out_id"
    delivered: str = "success"
    delivered_values: tuple[str, ...] = ("true", "1", "delivrd", "ok")
    trouble: str = "err_code"
    reported_at: str = "report_time"
    number: str = "phone_number"
    text: str = "content"
    replied_at: str = "send_time"
    text_id: str = "sequence_id"
    country: str = "86"  # the code that numbers may be given with or without


def receipts_from(
    payload: Any, *, fields: Fields = Fields(), zone: tzinfo, now: datetime
) -> tuple[Report, ...]:
    """Read delivery reports from a decoded payload: one, a list, or a list under one name.

    What lacks both ids is left out. A time without zone is the gateway's local
    one (`zone`); one that is missing, unreadable or in the future is `now`.
    """
    reports = []
    for row in _rows(payload):
        provider_id = str(row.get(fields.provider_id) or "")
        message_id = _uuid(row.get(fields.message_id))
        if provider_id or message_id:
            delivered = str(row.get(fields.delivered)).lower() in fields.delivered_values
            trouble = "" if delivered else str(row.get(fields.trouble) or "")[:80]
            at = _moment(row.get(fields.reported_at), zone, now)
            reports.append(Report(provider_id, message_id, delivered, trouble, at))
    return tuple(reports)


def replies_from(
    payload: Any, *, fields: Fields = Fields(), zone: tzinfo, now: datetime
) -> tuple[Reply, ...]:
    """Read people's replies from a decoded payload; what is no known answer is left out."""
    replies = []
    for row in _rows(payload):
        number = str(row.get(fields.number) or "").strip()
        meant = read_answer(str(row.get(fields.text) or ""))
        if number and meant:
            receipt, code = meant
            replies.append(
                Reply(number, receipt, code, _moment(row.get(fields.replied_at), zone, now))
            )
    return tuple(replies)


def texts_from(
    payload: Any, *, fields: Fields = Fields(), zone: tzinfo, now: datetime
) -> tuple[Text, ...]:
    """Read from a decoded payload what people wrote that is no answer to a message, as it came."""
    texts = []
    for row in _rows(payload):
        number = str(row.get(fields.number) or "").strip()
        words = str(row.get(fields.text) or "").strip()
        if number and words and read_answer(words) is None:
            said = row.get(fields.replied_at)
            key = str(row.get(fields.text_id) or f"{said or ''} {words}")
            texts.append(Text(number, words, key, _moment(said, zone, now)))
    return tuple(texts)


def read_answer(text: str) -> tuple[Receipt, str] | None:
    """Read what a person typed: his answer, and the code of the message where he gave it.

    None means that it is no answer: a question, a thank-you, or anything else
    that a human being should look at. Nothing is guessed.
    """
    found = _ANSWER.fullmatch(unicodedata.normalize("NFKC", text).casefold())
    if found is None:
        return None
    return _BY_WORD[found[1]], (found[2] or "").upper()


def _rows(payload: Any) -> Iterable[Mapping[str, Any]]:
    if isinstance(payload, Mapping):
        inner = [value for value in payload.values() if isinstance(value, list)]
        payload = inner[0] if len(inner) == 1 else [payload]
    if not isinstance(payload, list):
        return []
    return [row for row in payload if isinstance(row, Mapping)]


def _uuid(value: Any) -> UUID | None:
    try:
        return UUID(str(value))
    except ValueError:
        return None


def _moment(value: Any, zone: tzinfo, now: datetime) -> datetime:
    try:
        at = datetime.fromisoformat(str(value))
    except ValueError:
        return now
    if at.tzinfo is None:
        at = at.replace(tzinfo=zone)
    return min(at, now)
