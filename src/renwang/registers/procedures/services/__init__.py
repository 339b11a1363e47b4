"""What can be done with a procedure, by stage of life, and with a run of it."""

from renwang.registers.procedures.services.deciding import (
    approve_edition,
    return_edition,
    take_over_edition,
    withdraw_procedure,
)
from renwang.registers.procedures.services.following import (
    acknowledge_edition,
    ask_readings,
    ask_reviews,
    follow_places,
    review_procedure,
)
from renwang.registers.procedures.services.running import (
    Occasion,
    break_off_run,
    end_run,
    hand_over_run,
    remark_on_run,
    resume_run,
    start_run,
)
from renwang.registers.procedures.services.ticking import (
    Said,
    enter_sheet,
    photo_bytes,
    take_back_tick,
    tick_step,
)
from renwang.registers.procedures.services.writing import (
    Followers,
    Terms,
    begin_edition,
    discard_edition,
    draft_procedure,
    edit_edition,
    propose_edition,
    terms_of,
)

__all__ = [
    "Followers",
    "Occasion",
    "Said",
    "Terms",
    "acknowledge_edition",
    "approve_edition",
    "ask_readings",
    "ask_reviews",
    "begin_edition",
    "break_off_run",
    "discard_edition",
    "draft_procedure",
    "edit_edition",
    "end_run",
    "enter_sheet",
    "follow_places",
    "hand_over_run",
    "photo_bytes",
    "propose_edition",
    "remark_on_run",
    "resume_run",
    "return_edition",
    "review_procedure",
    "start_run",
    "take_back_tick",
    "take_over_edition",
    "terms_of",
    "tick_step",
    "withdraw_procedure",
]
