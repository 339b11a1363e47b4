"""The sentence for a refusal of any module, from the words of that module."""

from typing import Any

from renwang.alerts.feeds import SetUpRefused
from renwang.alerts.rules import AlertRefused
from renwang.alerts.words import explain as explain_alert
from renwang.bulletins.rules import BulletinRefused
from renwang.bulletins.words import explain as explain_bulletin
from renwang.chain.rules import Refusal
from renwang.chain.words import say_refusal
from renwang.outreach.rollcall_rules import RollCallRefused
from renwang.outreach.words import REFUSALS as OUTREACH
from renwang.outreach.words import explain_rollcall
from renwang.response.words import SENTENCES as RESPONSE
from renwang.signals.words import say_refusal as say_signal_refusal


def words(refusal: Exception) -> Any:
    """Give the sentence, or None for what nobody here refuses."""
    if isinstance(refusal, AlertRefused):
        return explain_alert(refusal)
    if isinstance(refusal, BulletinRefused):
        return explain_bulletin(refusal)
    if isinstance(refusal, SetUpRefused):
        return refusal.sentence
    if isinstance(refusal, RollCallRefused):
        return explain_rollcall(refusal)
    if isinstance(refusal, Refusal):
        return say_refusal(refusal)
    known = OUTREACH.get(type(refusal)) or RESPONSE.get(type(refusal))
    return known or say_signal_refusal(refusal)
