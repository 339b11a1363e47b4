"""What can be done with the care list."""

from renwang.registers.care.services.forgetting import (
    forget_lapsed,
    withdraw_by_code,
    withdraw_consent,
)
from renwang.registers.care.services.keeping import (
    Entered,
    change_entry,
    confirm_entry,
    enter_entry,
    move_entry,
    renew_code,
    renew_consent,
)
from renwang.registers.care.services.looking import Look, close_list, look_into, open_list

__all__ = [
    "Entered",
    "Look",
    "change_entry",
    "close_list",
    "confirm_entry",
    "enter_entry",
    "forget_lapsed",
    "look_into",
    "move_entry",
    "open_list",
    "renew_code",
    "renew_consent",
    "withdraw_by_code",
    "withdraw_consent",
]
