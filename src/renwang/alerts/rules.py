"""What may be relayed, by whom, and for how long. Values in, values out."""

from enum import StrEnum


class AlertState(StrEnum):
    """Where a warning stands at this node."""

    RECEIVED = "received"  # here, but nobody has decided about it
    IN_FORCE = "in_force"
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    DISMISSED = "dismissed"


class Source(StrEnum):
    """How a warning came in."""

    FILE = "file"
    PASTE = "paste"
    FEED = "feed"
    API = "api"
    DRILL = "drill"
