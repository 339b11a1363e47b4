"""What is done with cases: taken in, handled, returned, answered, joined, forgotten."""

from renwang.cases.services.answering import (
    advise_answer,
    answer_case,
    call_back,
    close_silent,
    read_contact,
    reopen_case,
)
from renwang.cases.services.bunching import do_to_many, keep_filter, undo_bunch
from renwang.cases.services.climbing import follow_division, look_at_clocks
from renwang.cases.services.consenting import agree_by_code
from renwang.cases.services.erasing import (
    ask_erasure,
    ask_erasure_by_code,
    grant_erasure,
    refuse_erasure,
)
from renwang.cases.services.forgetting import (
    erase_reporters,
    erase_words,
    forget_filters,
)
from renwang.cases.services.handling import (
    accept_case,
    ask_reporter,
    assign_case,
    extend_case,
    mask_case,
    note_case,
    postpone_case,
    refer_case,
    reply_case,
    resume_case,
    screen_case,
    take_case,
    unmask_case,
)
from renwang.cases.services.intake import (
    Report,
    Taken,
    enter_report,
    forget_rates,
    read_code,
    report_publicly,
    show_code,
)
from renwang.cases.services.joining import merge_case, part_case, put_on_risk_list, unmerge_case
from renwang.cases.services.placarding import make_placards, retire_placard
from renwang.cases.services.returning import arbitrate_case, return_case
from renwang.cases.services.speaking import add_voice, speak_by_code, write_down
from renwang.cases.services.voicing import (
    add_by_code,
    add_photo,
    confirm_by_code,
    reject_by_code,
    renew_code,
    withdraw_by_code,
)

__all__ = [
    "Report",
    "Taken",
    "accept_case",
    "add_by_code",
    "add_photo",
    "add_voice",
    "advise_answer",
    "agree_by_code",
    "answer_case",
    "arbitrate_case",
    "ask_erasure",
    "ask_erasure_by_code",
    "ask_reporter",
    "assign_case",
    "call_back",
    "close_silent",
    "confirm_by_code",
    "do_to_many",
    "enter_report",
    "erase_reporters",
    "erase_words",
    "extend_case",
    "follow_division",
    "forget_filters",
    "forget_rates",
    "grant_erasure",
    "keep_filter",
    "look_at_clocks",
    "make_placards",
    "mask_case",
    "merge_case",
    "note_case",
    "part_case",
    "postpone_case",
    "put_on_risk_list",
    "read_code",
    "read_contact",
    "refer_case",
    "refuse_erasure",
    "reject_by_code",
    "renew_code",
    "reopen_case",
    "reply_case",
    "report_publicly",
    "resume_case",
    "retire_placard",
    "return_case",
    "screen_case",
    "show_code",
    "speak_by_code",
    "take_case",
    "undo_bunch",
    "unmask_case",
    "unmerge_case",
    "withdraw_by_code",
    "write_down",
]
