"""What outreach does, by stage of a notice's life."""

from renwang.outreach.services.climbing import climb_calls
from renwang.outreach.services.including import include_new_posts
from renwang.outreach.services.receipts import (
    NotAskedOfYou,
    SheetLine,
    Slip,
    answer_call,
    enter_sheet,
    may_answer,
    record_receipts,
)
from renwang.outreach.services.rounds import record_round
from renwang.outreach.services.starting import Message, NobodyThere, start_notice
from renwang.outreach.services.tallying import count_notice
from renwang.outreach.services.withdrawing import finish_notice, finish_notices, withdraw_notice

__all__ = [
    "Message",
    "NobodyThere",
    "NotAskedOfYou",
    "SheetLine",
    "Slip",
    "answer_call",
    "climb_calls",
    "count_notice",
    "enter_sheet",
    "finish_notice",
    "finish_notices",
    "include_new_posts",
    "may_answer",
    "record_receipts",
    "record_round",
    "start_notice",
    "withdraw_notice",
]
