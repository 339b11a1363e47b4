"""What outreach does, by stage of a notice's life."""

from renwang.outreach.services.climbing import climb_calls
from renwang.outreach.services.errands import (
    Waiting,
    ask_errand,
    call_errands,
    end_errand,
    end_errands,
    in_every_language,
    move_up,
    take_errand,
)
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
    "Waiting",
    "answer_call",
    "ask_errand",
    "call_errands",
    "climb_calls",
    "count_notice",
    "end_errand",
    "end_errands",
    "enter_sheet",
    "finish_notice",
    "finish_notices",
    "in_every_language",
    "include_new_posts",
    "may_answer",
    "move_up",
    "record_receipts",
    "record_round",
    "start_notice",
    "take_errand",
    "withdraw_notice",
]
