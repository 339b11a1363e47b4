"""What is done in mediations: asked for, consented to, named, sat over, agreed, followed, handed on, forgotten."""

from renwang.cases.mediation.services.agreeing import (
    Opened,
    call_due,
    follow_up,
    read_agreement,
    sign_agreement,
    write_agreement,
)
from renwang.cases.mediation.services.asking import (
    Given,
    Known,
    Side,
    add_party,
    ask_mediation,
    consent_party,
    read_party,
    withdraw_party,
)
from renwang.cases.mediation.services.ending import (
    allow_referral,
    fail_mediation,
    refer_mediation,
    resume_mediation,
    suspend_mediation,
)
from renwang.cases.mediation.services.forgetting import erase_words
from renwang.cases.mediation.services.keeping import (
    Practice,
    Room,
    change_mediator,
    end_mediator,
    enter_mediator,
    keep_station,
)
from renwang.cases.mediation.services.meeting import (
    Told,
    cancel_session,
    hold_session,
    note_confidence,
    read_confidences,
    set_session,
)
from renwang.cases.mediation.services.naming import declare_kin, name_mediator, suggestions

__all__ = [
    "Given",
    "Known",
    "Opened",
    "Practice",
    "Room",
    "Side",
    "Told",
    "add_party",
    "allow_referral",
    "ask_mediation",
    "call_due",
    "cancel_session",
    "change_mediator",
    "consent_party",
    "declare_kin",
    "end_mediator",
    "enter_mediator",
    "erase_words",
    "fail_mediation",
    "follow_up",
    "hold_session",
    "keep_station",
    "name_mediator",
    "note_confidence",
    "read_agreement",
    "read_confidences",
    "read_party",
    "refer_mediation",
    "resume_mediation",
    "set_session",
    "sign_agreement",
    "suggestions",
    "suspend_mediation",
    "withdraw_party",
    "write_agreement",
]
