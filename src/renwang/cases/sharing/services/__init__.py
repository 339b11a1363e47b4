"""What is done with agreements: concluded, ended, looked through, taken part in."""

from renwang.cases.sharing.services.concluding import (
    Terms,
    approve_sharing,
    decline_sharing,
    end_sharing,
    propose_sharing,
)
from renwang.cases.sharing.services.looking import (
    hand_over_part,
    look_through,
    note_shared,
    pass_contact,
    read_passed_contact,
)

__all__ = [
    "Terms",
    "approve_sharing",
    "decline_sharing",
    "end_sharing",
    "hand_over_part",
    "look_through",
    "note_shared",
    "pass_contact",
    "propose_sharing",
    "read_passed_contact",
]
