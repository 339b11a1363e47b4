"""The names of states, ends, ways, clocks and steps, and what the checker of answers says, in the language of the moment."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from renwang.cases.answer_rules import Finding
from renwang.cases.clock_rules import ClockKind
from renwang.cases.rules import Act, End, State, Via
from renwang.cases.telling_rules import Event, Fate, Why

STATES: Mapping[State, Any] = {
    State.RECEIVED: pgettext_lazy("of a case", "Received"),
    State.SCREENED: pgettext_lazy("of a case", "Looked at, to be given out"),
    State.ACCEPTED: pgettext_lazy("of a case", "Accepted"),
    State.ASSIGNED: pgettext_lazy("of a case", "Given out"),
    State.IN_HAND: pgettext_lazy("of a case", "In hand"),
    State.WAITING: pgettext_lazy("of a case", "Waiting"),
    State.REFERRED: pgettext_lazy("of a case", "Asked of others"),
    State.ANSWERED: pgettext_lazy("of a case", "Answered, not yet confirmed"),
    State.CONFIRMED: pgettext_lazy("of a case", "Confirmed"),
    State.REJECTED: pgettext_lazy("of a case", "Rejected by the reporter"),
    State.REOPENED: pgettext_lazy("of a case", "Opened again"),
    State.CLOSED: pgettext_lazy("of a case", "Closed"),
}
ENDS: Mapping[End, Any] = {
    End.DONE: pgettext_lazy("how a case ended", "Done"),
    End.NOT_DONE: pgettext_lazy("how a case ended", "Not done, and why"),
    End.NOT_OURS: pgettext_lazy("how a case ended", "Not ours, and whose"),
    End.BY_ITSELF: pgettext_lazy("how a case ended", "Settled by itself"),
    End.DUPLICATE: pgettext_lazy("how a case ended", "The same as another"),
    End.WITHDRAWN: pgettext_lazy("how a case ended", "Taken back by the reporter"),
}
WAYS: Mapping[Via, Any] = {
    Via.WEB: _("Public page"),
    Via.FIELD: _("On the round"),
    Via.TELEPHONE: _("By telephone"),
    Via.SMS: _("By text message"),
    Via.WALK_IN: _("In person"),
    Via.PAPER: _("On paper"),
    Via.API: _("Another system"),
}
CLOCKS: Mapping[ClockKind, Any] = {
    ClockKind.RECEIVE: pgettext_lazy("clock of a case", "Look at it"),
    ClockKind.FIRST_REPLY: pgettext_lazy("clock of a case", "First word to the reporter"),
    ClockKind.ANSWER: pgettext_lazy("clock of a case", "Answer"),
    ClockKind.REFERRAL: pgettext_lazy("clock of a case", "Answer of who was asked"),
    ClockKind.DATE: pgettext_lazy("clock of a case", "Goes on from a date"),
    ClockKind.SILENCE: pgettext_lazy("clock of a case", "Word of the reporter"),
    ClockKind.CALL_BACK: pgettext_lazy("clock of a case", "Ring the reporter"),
    ClockKind.ARBITRATE: pgettext_lazy("clock of a case", "Decide whose it is"),
    ClockKind.COOL: pgettext_lazy("clock of a case", "Time to think better of it"),
}
STEPS: Mapping[str, Any] = {
    "come": pgettext_lazy("story of a case", "Brought in"),
    Act.SCREEN: pgettext_lazy("story of a case", "Looked at"),
    Act.ACCEPT: pgettext_lazy("story of a case", "Accepted"),
    Act.ASSIGN: pgettext_lazy("story of a case", "Given out"),
    Act.TAKE: pgettext_lazy("story of a case", "Taken in hand"),
    Act.ASK: pgettext_lazy("story of a case", "Asked the reporter"),
    Act.POSTPONE: pgettext_lazy("story of a case", "Waits for a date"),
    Act.RESUME: pgettext_lazy("story of a case", "Goes on"),
    Act.REFER: pgettext_lazy("story of a case", "Asked of others"),
    Act.REPLY: pgettext_lazy("story of a case", "Their answer"),
    Act.RETURN: pgettext_lazy("story of a case", "Returned"),
    Act.ARBITRATE: pgettext_lazy("story of a case", "Decided whose it is"),
    Act.EXTEND: pgettext_lazy("story of a case", "Put off"),
    Act.ANSWER: pgettext_lazy("story of a case", "Answered"),
    Act.ADD: pgettext_lazy("story of a case", "The reporter added"),
    Act.CONFIRM: pgettext_lazy("story of a case", "The reporter confirmed"),
    Act.REJECT: pgettext_lazy("story of a case", "The reporter rejected the answer"),
    Act.CALL_BACK: pgettext_lazy("story of a case", "Rung and not reached"),
    Act.REOPEN: pgettext_lazy("story of a case", "Opened again"),
    Act.CLOSE: pgettext_lazy("story of a case", "Closed"),
    Act.WITHDRAW: pgettext_lazy("story of a case", "The reporter took it back"),
    Act.MERGE: pgettext_lazy("story of a case", "Merged"),
    Act.UNMERGE: pgettext_lazy("story of a case", "Taken apart again"),
    Act.CLIMB: pgettext_lazy("story of a case", "Nobody kept the time; it climbed"),
    "erase_ask": pgettext_lazy("story of a case", "Early erasure was asked for"),
    "erase_no": pgettext_lazy("story of a case", "Early erasure was refused"),
    "erased": pgettext_lazy("story of a case", "Erased early"),
    "note": pgettext_lazy("story of a case", "Note"),
    "mask": pgettext_lazy("story of a case", "Masked for others"),
    "unmask": pgettext_lazy("story of a case", "No longer masked"),
    "photo": pgettext_lazy("story of a case", "Photograph"),
    "voice": pgettext_lazy("story of a case", "Voice message"),
    "written": pgettext_lazy("story of a case", "Voice message written down"),
    "undo": pgettext_lazy("story of a case", "Undone"),
    "code": pgettext_lazy("story of a case", "New code for the reporter"),
    "link": pgettext_lazy("story of a case", "Put on the risk list"),
    "part": pgettext_lazy("story of a case", "A case of its own was made out of it"),
    "merged_in": pgettext_lazy("story of a case", "Stands for another one too"),
    "shared": pgettext_lazy("story of a case", "Note of the other side"),
    "link_in": pgettext_lazy("story of a case", "Came in from another system"),
    "arrived": pgettext_lazy("story of a case", "Arrived in the other system"),
    "tell": pgettext_lazy("story of a case", "Told the other system more"),
    "far": pgettext_lazy("story of a case", "The other system says"),
    "far_closed": pgettext_lazy("story of a case", "Closed in the other system"),
}
FINDINGS: Mapping[Finding, Any] = {
    Finding.TOO_SHORT: _("It is very short. Say what was done or decided, and why."),
    Finding.NO_ACT: _("It names no act: what was done, looked at, decided or refused?"),
    Finding.NO_DATE: _("It says no day on which something was done or will be."),
    Finding.NO_GROUND: _("It says on no ground: a rule, an agreement, what was seen there."),
    Finding.NO_NEXT: _("It was not done: what comes next, or where can one turn?"),
    Finding.CANNED: _("Half of it is a set phrase: “{about}”."),
    Finding.COPY: _("It is nearly the answer to {about}. Is this the same?"),
    Finding.ECHO: _("It mostly says back what the reporter said."),
}
EVENTS: Mapping[Event, Any] = {
    Event.RECEIVED: pgettext_lazy("message to a reporter", "It came in"),
    Event.ASKED: pgettext_lazy("message to a reporter", "A question waits for him"),
    Event.EXTENDED: pgettext_lazy("message to a reporter", "The answer was put off"),
    Event.ANSWERED: pgettext_lazy("message to a reporter", "It was answered"),
    Event.MERGED: pgettext_lazy("message to a reporter", "It was merged"),
    Event.CLOSED: pgettext_lazy("message to a reporter", "It was closed"),
}
FATES: Mapping[Fate, Any] = {
    Fate.WAITING: pgettext_lazy("message to a reporter", "Still to go out"),
    Fate.SENT: pgettext_lazy("message to a reporter", "Sent"),
    Fate.FAILED: pgettext_lazy("message to a reporter", "Could not be sent"),
    Fate.REFUSED: pgettext_lazy("message to a reporter", "Wants none"),
    Fate.NEEDLESS: pgettext_lazy("message to a reporter", "No longer needed"),
}
WHYS: Mapping[Why, Any] = {
    Why.STOPPED: _("The number has asked for no more messages."),
    Why.WITHDRAWN: _("The reporter no longer wants messages about this case."),
    Why.ERASED: _("How the reporter can be reached was erased before."),
    Why.OFF: _("The operator has switched messages to reporters off."),
    Why.OVERTAKEN: _("Something else had happened before it could go out."),
}
