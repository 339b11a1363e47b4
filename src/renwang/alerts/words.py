"""The sentences for what alerts refuse and find, in the language of the moment."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from renwang.alerts import cap, rules
from renwang.alerts.cap.words import describe

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
    rules.MayNotOriginate: _("Only county level and above issue warnings; relay one of theirs."),
    rules.WordsMissing: _("This warning has no words that could be said."),
    rules.TermRefused: _(
        "Give between 10 seconds and a day, and a person at least as long as one of his contacts."
    ),
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


def explain(refused: rules.AlertRefused) -> str:
    """Say why something may not be done with a warning, and what can be done instead."""
    return str(REFUSALS[type(refused)])


def describe_finding(finding: Mapping[str, str]) -> str:
    """Say what is odd about a warning that was taken, from how it is kept."""
    own = DOUBTS.get(finding["doubt"])
    if own is not None:
        return str(own) % {"found": finding["found"]}
    return describe(cap.Finding(cap.Doubt(finding["doubt"]), finding["element"], finding["found"]))
