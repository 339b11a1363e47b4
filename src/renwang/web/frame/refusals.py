"""What every package's refusals say, told to the gates once at start-up.

A package keeps its sentences in its own `words.py`; here is only who is asked.
"""

from collections.abc import Mapping
from typing import Any

from renwang.alerts import words as alerts
from renwang.alerts.cap import CapRefused
from renwang.alerts.cap.words import explain as explain_cap
from renwang.base.tables import TableRefused
from renwang.base.tables.words import say_refusal as say_table
from renwang.base.words import say_refusal as say_base
from renwang.chain.rules import Refusal
from renwang.chain.words import say_refusal as say_chain
from renwang.outreach import words as outreach
from renwang.signals.words import say_refusal as say_signals
from renwang.web.frame.gates import register_words

_TABLES: tuple[Mapping[Any, Any], ...] = (alerts.REFUSALS, outreach.REFUSALS)


def say(refusal: Exception) -> Any | None:
    """Give the sentence of a refusal, or None when no package knows it."""
    for table in _TABLES:
        for kind in type(refusal).__mro__:
            if kind in table:
                return table[kind]
    if isinstance(refusal, CapRefused):
        return explain_cap(refusal)
    if (said := say_signals(refusal)) is not None:
        return said
    if isinstance(refusal, Refusal):
        return say_chain(refusal)
    if isinstance(refusal, TableRefused):
        return say_table(refusal)
    try:
        return say_base(refusal)
    except (KeyError, TypeError, ValueError):
        return None


register_words(say)
