"""What can be done: look, let a hole stand, write a check of one's own. One verb per function."""

from renwang.registers.readiness.services.checking import (
    look_again,
    look_at,
    look_everywhere,
    take_turn,
)
from renwang.registers.readiness.services.nights import ask_for_look, forget_old, look_nightly
from renwang.registers.readiness.services.owning import (
    OwnWords,
    end_own_check,
    try_own_check,
    write_own_check,
)
from renwang.registers.readiness.services.touching import note_touched
from renwang.registers.readiness.services.waiving import end_waiver, may_let_stand, waive_hole

__all__ = [
    "OwnWords",
    "ask_for_look",
    "end_own_check",
    "end_waiver",
    "forget_old",
    "look_again",
    "look_at",
    "look_everywhere",
    "look_nightly",
    "may_let_stand",
    "note_touched",
    "take_turn",
    "try_own_check",
    "waive_hole",
    "write_own_check",
]
