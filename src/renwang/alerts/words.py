"""The sentences for what alerts refuse and find, in the language of the moment."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from renwang.alerts import cap, rules
from renwang.alerts import composing_rules as composing
from renwang.alerts.cap.words import describe
from renwang.alerts.composing_rules import Fault
from renwang.alerts.reply_rules import Reason

REFUSALS: Mapping[type[rules.AlertRefused], object] = {
    rules.AlertExpired: _("The time of this warning is over. Ask its issuer for a new one."),
    rules.AlertSuperseded: _("A later warning has taken its place. Relay that one."),
    rules.AlertCancelled: _("Its issuer has taken this warning back."),
    rules.AlertInForce: _(
        "This warning is being carried down already; only its issuer can end it."
    ),
    rules.AlreadyRelayed: _(
        "This warning has been relayed here, above, or in a part of this place."
    ),
    rules.AlertElsewhere: _(
        "This warning does not apply in this place. Check its area on the map."
    ),
    rules.NotForRelay: _("Tests, drafts and exercises are not relayed to real people."),
    rules.NotAWarning: _("This is the answer of another node to a message, and no warning."),
    rules.MayNotOriginate: _(
        "Only county level and above may issue a warning to the public. What you can do now: relay theirs with a "
        "local note, write advice below the threshold, or refer it upward to the duty office above you."
    ),
    rules.WordsMissing: _("This warning has no words that could be said."),
    rules.TermRefused: _(
        "Give between 10 seconds and a day, and a person at least as long as one of his contacts;"
        " call again at most every minute, and at most 100 times."
    ),
    composing.SameHandTwice: _(
        "You wrote a part of it, so somebody else must approve it. Who may, and how to reach them now, stands below."
    ),
    composing.NotSubmitted: _("It is still being written. Its author submits it first."),
    composing.NotApproved: _("Nobody else has approved it yet."),
    composing.AlreadyApproved: _("It is approved already and waits to be issued."),
    composing.AlreadySubmitted: _("It is submitted already and waits for a second person."),
    composing.AlreadyIssued: _(
        "It has gone out already. To change what it says, update or correct it."
    ),
    composing.DraftDropped: _("It was put away. Begin a new one."),
    composing.ChangedMeanwhile: _(
        "Somebody has changed it since you opened this page. Read it as it stands now, then decide."
    ),
    composing.RemarkMissing: _("Say what is to be changed."),
    composing.CannotFollow: _(
        "It cannot be changed this way any more: it is over, or a later message has taken its place."
    ),
    composing.NoSigningKey: _(
        "This node has no key to sign with, so nothing was issued. An operator makes one with: renwang cap key make"
    ),
}

FAULTS: Mapping[Fault, object] = {
    Fault.NO_TEXT: _("No language is complete: give headline, description and what to do."),
    Fault.NO_AREA: _("Say where it applies: choose units or draw the area."),
    Fault.NO_END: _("Say until when it holds."),
    Fault.OVER_ALREADY: _("Its time is over already. Set a later end."),
    Fault.ENDS_BEFORE_IT_BEGINS: _("It ends before it begins."),
    Fault.NOBODY_TO_ASK: _("Say where people can ask."),
    Fault.NO_COLOUR: _("A warning has a colour. Choose one."),
    Fault.COLOURED_ADVICE: _("Advice has no colour: colours are for official warnings."),
    Fault.CALLS_ITSELF_WARNING: _(
        "The headline reads like an official warning. Advice must not be taken for one."
    ),
    Fault.OPEN_BLANK: _(
        "A blank in braces is not filled in. Give the time it stands for, or rewrite it."
    ),
    Fault.NOT_GRAVER: _("To raise the level, choose a graver colour."),
    Fault.NOT_MILDER: _("To lower the level, choose a milder colour."),
    Fault.NOT_LONGER: _("To extend it, set an end later than the present one."),
    Fault.STRANGE_LETTERS: _(
        "It has characters that no message can carry, perhaps from copying. Type them anew."
    ),
    Fault.NO_NOTE: _("Write the local note. Without one, relay the warning from its own page."),
}

DOUBTS: Mapping[str, object] = {
    "unknown-code": _("No unit here has the division code %(found)s."),
    "nowhere-here": _("It names no place that this node knows. Choose the units yourself."),
    "refers-to-unknown": _("It refers to a warning that we do not have: %(found)s"),
    "weaker-signature": _(
        "Its signature is weaker than that of the warning it would end (%(found)s). A person must decide."
    ),
    "other-content": _(
        "Under the same name came another message with other content (%(found)s). The first one stands; ask its sender."
    ),
    "another-sender": _(
        "It speaks of a warning of another sender, %(found)s. A person must decide."
    ),
}


TAKEN = _(
    "This node has taken the message and carries it on. It does not say that any household has been reached."
)
TAKEN_WITHOUT_EARLIER = _("The earlier message that it refers to is not here.")

ERRORS: Mapping[Reason, object] = {
    Reason.EXPIRED: _("Not carried on: its time was over when it came."),
    Reason.SIGNATURE_BROKEN: _("Not carried on by itself: its signature does not hold."),
    Reason.SIGNATURE_UNTRUSTED: _(
        "Not carried on by itself: this node does not trust who signed it."
    ),
    Reason.UNKNOWN_REFERENCE: _(
        "Nothing was taken back: the message that it refers to is not here."
    ),
    Reason.ELSEWHERE: _("Not carried on: it names no place that this node knows."),
    Reason.NOT_FOR_US: _("Not carried on: a person here decided that it is not for this place."),
    Reason.NOBODY_THERE: _("Not carried on: there is nobody here who could be told."),
}


def explain(refused: rules.AlertRefused) -> str:
    """Say why something may not be done with a warning, and what can be done instead."""
    if isinstance(refused, composing.DraftUnready):
        return " ".join(str(FAULTS[fault]) for fault in refused.faults)
    return str(REFUSALS[type(refused)])


def describe_finding(finding: Mapping[str, str]) -> str:
    """Say what is odd about a warning that was taken, from how it is kept."""
    own = DOUBTS.get(finding["doubt"])
    if own is not None:
        return str(own) % {"found": finding["found"]}
    return describe(cap.Finding(cap.Doubt(finding["doubt"]), finding["element"], finding["found"]))
