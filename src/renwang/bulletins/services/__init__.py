"""What bulletins do, by stage of life."""

from renwang.bulletins.services.answering import (
    Reply,
    answer_question,
    postpone_question,
    publish_answer,
    retract_answer,
)
from renwang.bulletins.services.asking import (
    Asking,
    ask_publicly,
    enter_question,
)
from renwang.bulletins.services.deciding import (
    approve_bulletin,
    publish_bulletin,
    return_bulletin,
)
from renwang.bulletins.services.ending import expire_bulletins, withdraw_bulletin
from renwang.bulletins.services.forgetting import erase_contacts, erase_words, forget_rates
from renwang.bulletins.services.places import Shelter, Told, set_place_info
from renwang.bulletins.services.sorting import (
    climb_questions,
    judge_answer,
    merge_question,
    open_contact,
    set_aside,
    take_up,
    unmerge_question,
)
from renwang.bulletins.services.writing import (
    Draft,
    begin_correction,
    discard_bulletin,
    draft_bulletin,
    edit_bulletin,
    submit_bulletin,
)

__all__ = [
    "Asking",
    "Draft",
    "Reply",
    "Shelter",
    "Told",
    "answer_question",
    "approve_bulletin",
    "ask_publicly",
    "begin_correction",
    "climb_questions",
    "discard_bulletin",
    "draft_bulletin",
    "edit_bulletin",
    "enter_question",
    "erase_contacts",
    "erase_words",
    "expire_bulletins",
    "forget_rates",
    "judge_answer",
    "merge_question",
    "open_contact",
    "postpone_question",
    "publish_answer",
    "publish_bulletin",
    "retract_answer",
    "return_bulletin",
    "set_aside",
    "set_place_info",
    "submit_bulletin",
    "take_up",
    "unmerge_question",
    "withdraw_bulletin",
]
