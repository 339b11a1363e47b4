"""Channels: the ways in which a message leaves the node, one file per kind, all behind one port."""

from renwang.outreach.channels.configuring import (
    Channels,
    Configured,
    WrongChannels,
    configured,
    is_connected,
)

__all__ = ["Channels", "Configured", "WrongChannels", "configured", "is_connected"]
