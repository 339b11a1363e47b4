"""What can be done with a duty, by stage of life."""

from renwang.registers.duties.services.deciding import (
    approve_duty,
    return_duty,
    take_over_duty,
    withdraw_duty,
)
from renwang.registers.duties.services.ending import expire_duties, follow_places
from renwang.registers.duties.services.remarking import remark_on_duty, settle_objection
from renwang.registers.duties.services.writing import (
    Help,
    Terms,
    begin_successor,
    discard_duty,
    draft_duty,
    edit_duty,
    propose_duty,
)

__all__ = [
    "Help",
    "Terms",
    "approve_duty",
    "begin_successor",
    "discard_duty",
    "draft_duty",
    "edit_duty",
    "expire_duties",
    "follow_places",
    "propose_duty",
    "remark_on_duty",
    "return_duty",
    "settle_objection",
    "take_over_duty",
    "withdraw_duty",
]
