"""What the risk list does: find, judge, mend, check, refer upward, look round."""

from renwang.registers.risks.scale import change_scale
from renwang.registers.risks.services.finding import Found, note_risk, report_risk
from renwang.registers.risks.services.judging import (
    accept_risk,
    dismiss_risk,
    end_acceptances,
    judge_risk,
    levels_above,
    reopen_risk,
)
from renwang.registers.risks.services.measuring import (
    drop_measure,
    finish_measure,
    hands_of,
    plan_measure,
    recheck_risk,
    rectify_risk,
)
from renwang.registers.risks.services.referring import (
    answer_risk,
    climb_risks,
    follow_division,
    refer_risk,
    withdraw_question,
)
from renwang.registers.risks.services.surveying import Looked, record_survey

__all__ = [
    "Found",
    "Looked",
    "accept_risk",
    "answer_risk",
    "change_scale",
    "climb_risks",
    "dismiss_risk",
    "drop_measure",
    "end_acceptances",
    "finish_measure",
    "follow_division",
    "hands_of",
    "judge_risk",
    "levels_above",
    "note_risk",
    "plan_measure",
    "recheck_risk",
    "record_survey",
    "rectify_risk",
    "refer_risk",
    "reopen_risk",
    "report_risk",
    "withdraw_question",
]
