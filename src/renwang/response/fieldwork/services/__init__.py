"""What can be done with phones, with what they send, and with what differs."""

from renwang.response.fieldwork.services.deciding import decide_difference
from renwang.response.fieldwork.services.forgetting import erase_deeds
from renwang.response.fieldwork.services.phones import (
    call_phone_lost,
    end_phone,
    let_phone_in,
    meet_phone,
    wipe_lost_phone,
)
from renwang.response.fieldwork.services.playing import (
    Answered,
    Door,
    Form,
    Order,
    Played,
    answer_of,
    take_deeds,
)
from renwang.response.fieldwork.services.uploads import forget_uploads, put_piece, upload_of

__all__ = [
    "Answered", "Door", "Form", "Order", "Played", "answer_of", "call_phone_lost",
    "decide_difference", "end_phone", "erase_deeds", "forget_uploads", "let_phone_in",
    "meet_phone", "put_piece", "take_deeds", "upload_of", "wipe_lost_phone",
]  # fmt: skip
