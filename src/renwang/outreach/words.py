"""The words for how notices and calls stand, and the sentences for what outreach refuses."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from renwang.outreach.rollcall_rules import (
    AlreadyCalling,
    NobodyToCall,
    Proof,
    RhythmNotSensible,
    RollCallRefused,
    WindowNotSensible,
)
from renwang.outreach.rules import (
    CallState,
    NoticeOvertaken,
    NoticeWithdrawn,
    NotNow,
    Order,
)
from renwang.outreach.services import NobodyThere, NotAskedOfYou

STATES: Mapping[CallState, object] = {
    CallState.WAITING: _("Waits for the level above"),
    CallState.ASKING: _("Being asked"),
    CallState.CARRIED: _("Carried on"),
    CallState.SILENT: _("No answer"),
    CallState.WITHDRAWN: _("Withdrawn"),
}

ORDERS: Mapping[Order, object] = {
    Order.CASCADE: _("Level by level"),
    Order.TOGETHER: _("Everybody at once"),
}

STORY: Mapping[str, object] = {
    "asked": _("The post was asked"),
    "ask": _("The next one was asked"),
    "again": _("Nobody had answered: everybody is called again"),
    "wait": _("Waits until quiet hours end"),
    "remind": _("Reminded to carry it on"),
    "tried": _("A message was given to the channel"),
    "sent": _("The channel took the message"),
    "failed": _("The message could not be sent"),
    "later": _("The message could not be sent; it will be tried again"),
    "delivered": _("The message arrived"),
    "read": _("The message was opened"),
    "understood": _("Understood"),
    "carried": _("Carried on"),
    "bypassed": _("Nobody answered: the level below was called directly"),
    "knock": _("Knocked at the door"),
    "gong": _("Went round with the gong"),
    "loudspeaker": _("Went round with the loudspeaker"),
}

REFUSALS: Mapping[type[Exception], object] = {
    NoticeWithdrawn: _("These words were taken back. Please do not carry them on."),
    NoticeOvertaken: _("A later notice about the same matter is already under way there."),
    NobodyThere: _("No post in this place answers for anybody. Fill the posts first."),
    NotAskedOfYou: _("This call is for somebody else, and you may not answer there."),
    NotNow: _("This is not possible any more: the call has moved on."),
}

ROLLCALLS: Mapping[type[RollCallRefused], object] = {
    WindowNotSensible: _(
        "Give people at least {shortest} minutes to answer, and at most {longest} hours."
    ),
    RhythmNotSensible: _("Choose a rhythm of 1 to {most} days."),
    AlreadyCalling: _(
        "A roll-call is already under way in {unit}, above it or below it. Wait for its end."
    ),
    NobodyToCall: _("Nobody who answers in {unit} has a contact. Enter contacts first."),
}

PROOFS: Mapping[Proof, object] = {
    Proof.FAILED: _("Did not work"),
    Proof.NEVER: _("Never answered"),
    Proof.STALE: _("Long unproved"),
    Proof.WORKS: pgettext_lazy("of a contact", "Works"),
}


def explain_rollcall(refused: RollCallRefused) -> str:
    """Say why a roll-call was refused, and what can be done."""
    return str(ROLLCALLS[type(refused)]).format(**refused.params)


def explain(refused: Exception) -> str:
    """Say why something was refused, and what can be done."""
    return str(REFUSALS[type(refused)])
