"""The node's own address, as it stands in whatever leaves the node: set by the operator, never guessed.

A request's Host header says how somebody has addressed the node, which may be
anything. What others will read (messages, feeds, codes on a wall) is built
from `RENWANG_PUBLIC_URL` alone; a node that does not know its address gives
addresses within itself, which are resolved by whoever has reached it already.
"""

from django.conf import settings


def absolute(path: str) -> str:
    """Give the full address of a page; empty where the node does not know its own."""
    own: str = settings.RENWANG_PUBLIC_URL
    return f"{own}{path}" if own else ""


def link(path: str) -> str:
    """Give the full address of a page, or the page within the node where that is not known."""
    return absolute(path) or path
