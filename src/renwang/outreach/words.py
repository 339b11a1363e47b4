"""The words for how notices and calls stand, and the sentences for what outreach refuses."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from renwang.outreach.errand_rules import ErrandOver
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
from renwang.outreach.stalls import StallKind

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

STALLS: Mapping[str, object] = {
    StallKind.OVERDUE: _("Time is up for %(number)s calls, and nothing was done"),
    StallKind.UNSENT: _("%(number)s messages wait to go out"),
    StallKind.SENDING: _("%(number)s messages were begun and never ended"),
    StallKind.NO_STEP: _("%(number)s posts have not answered, and nothing more would happen"),
    StallKind.NOT_ASKED: _("%(number)s posts wait although the level above them is done"),
    StallKind.AHEAD: _(
        "The next step of %(number)s calls lies too far ahead: was the clock put back?"
    ),
    StallKind.NOT_ENDED: _("Its time is over, and it has not ended"),
    StallKind.NOT_TOLD: _("%(number)s pieces of work wait for people who were not told"),
    StallKind.NOT_COUNTED: _("Its figures were not built"),
    StallKind.UNSEALED: _("%(number)s facts wait to be sealed: nothing follows from them"),
    StallKind.CLOCK: _("The clock was put back by %(number)s seconds"),
}


def describe_stall(kind: str, number: int) -> str:
    """Say what does not go on."""
    return str(STALLS[StallKind(kind)]) % {"number": number}


REFUSALS: Mapping[type[Exception], object] = {
    NoticeWithdrawn: _("These words were taken back. Please do not carry them on."),
    NoticeOvertaken: _("A later notice about the same matter is already under way there."),
    NobodyThere: _("No post in this place answers for anybody. Fill the posts first."),
    NotAskedOfYou: _("This call is for somebody else, and you may not answer there."),
    ErrandOver: _("This has been done meanwhile, or nobody needs it any more."),
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
