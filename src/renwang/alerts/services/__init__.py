"""What alerts do, by stage of a warning's life."""

from renwang.alerts.services.by_hand import choose_units, withdraw_relay
from renwang.alerts.services.ending import dismiss_alert, expire_alerts, set_term
from renwang.alerts.services.originating import originate_alert
from renwang.alerts.services.places import follow_division
from renwang.alerts.services.receiving import receive_alert
from renwang.alerts.services.relaying import relay_alert

__all__ = [
    "choose_units",
    "dismiss_alert",
    "expire_alerts",
    "follow_division",
    "originate_alert",
    "receive_alert",
    "relay_alert",
    "set_term",
    "withdraw_relay",
]
