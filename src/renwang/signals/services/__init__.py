"""What signals do: reports and judgement, sensors and readings, triggers and what they propose."""

from renwang.signals.services.evaluating import evaluate_changed, evaluate_standing
from renwang.signals.services.grouping import (
    link_signals,
    merge_matters,
    unlink_signal,
    unmerge_matter,
)
from renwang.signals.services.judging import (
    ask_for_warning,
    assess_matter,
    assess_signal,
    dismiss_proposal,
    hand_on_proposal,
    meet_signal,
    note_warning,
    put_aside,
    reopen_signal,
)
from renwang.signals.services.receiving import Report, annotate_signal, receive_signal
from renwang.signals.services.referring import (
    answer_referral,
    climb_referrals,
    refer_matter,
    withdraw_referral,
)
from renwang.signals.services.sensing import (
    SensorShape,
    add_sensor,
    add_series,
    change_sensor,
    change_series,
    use_sensor,
)
from renwang.signals.services.taking_in import Taken, take_in
from renwang.signals.services.triggering import (
    add_trigger,
    change_trigger,
    stop_watching,
    switch_trigger,
    watch_series,
)
from renwang.signals.services.watching import (
    drop_old_readings,
    find_silent,
    follow_division,
    tell_intakes,
)

__all__ = [
    "Report",
    "SensorShape",
    "Taken",
    "add_sensor",
    "add_series",
    "add_trigger",
    "annotate_signal",
    "answer_referral",
    "ask_for_warning",
    "assess_matter",
    "assess_signal",
    "change_sensor",
    "change_series",
    "change_trigger",
    "climb_referrals",
    "dismiss_proposal",
    "drop_old_readings",
    "evaluate_changed",
    "evaluate_standing",
    "find_silent",
    "follow_division",
    "hand_on_proposal",
    "link_signals",
    "meet_signal",
    "merge_matters",
    "note_warning",
    "put_aside",
    "receive_signal",
    "refer_matter",
    "reopen_signal",
    "stop_watching",
    "switch_trigger",
    "take_in",
    "tell_intakes",
    "unlink_signal",
    "unmerge_matter",
    "use_sensor",
    "watch_series",
    "withdraw_referral",
]
