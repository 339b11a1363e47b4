"""What alerts do, by stage of a warning's life."""

from renwang.alerts.services.by_hand import choose_units, withdraw_relay
from renwang.alerts.services.drafting import (
    approve_draft,
    change_draft,
    drop_draft,
    return_draft,
    submit_draft,
    write_draft,
    write_following,
)
from renwang.alerts.services.ending import dismiss_alert, expire_alerts, set_term
from renwang.alerts.services.issuing import issue_draft
from renwang.alerts.services.places import follow_division
from renwang.alerts.services.receiving import receive_alert, receive_message
from renwang.alerts.services.relaying import relay_alert
from renwang.alerts.services.replying import send_reply_again, take_reply

__all__ = [
    "approve_draft",
    "change_draft",
    "choose_units",
    "dismiss_alert",
    "drop_draft",
    "expire_alerts",
    "follow_division",
    "issue_draft",
    "receive_alert",
    "receive_message",
    "relay_alert",
    "return_draft",
    "send_reply_again",
    "set_term",
    "submit_draft",
    "take_reply",
    "withdraw_relay",
    "write_draft",
    "write_following",
]
