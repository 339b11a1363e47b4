"""How a notice climbs and what counts as received. Values in, values out."""

from enum import StrEnum


class NoticeState(StrEnum):
    """Where a notice stands."""

    STARTED = "started"
    FINISHED = "finished"
    WITHDRAWN = "withdrawn"


class Order(StrEnum):
    """In which order the levels are told."""

    CASCADE = "cascade"  # each level when the one above has carried it on
    TOGETHER = "together"  # everybody at once


class CallState(StrEnum):
    """Where a call to one post stands."""

    WAITING = "waiting"  # for the level above to carry on
    ASKING = "asking"  # somebody is being asked
    CARRIED = "carried"  # the post has carried the words on
    SILENT = "silent"  # every rung was tried; the level below was called directly
    WITHDRAWN = "withdrawn"


class Receipt(StrEnum):
    """How far the words got, weakest first. `SENT` never counts as received."""

    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    UNDERSTOOD = "understood"
    CARRIED = "carried"
