"""The sentences for what the care list refuses, and the words it is read by, in the language of the moment."""

from collections.abc import Mapping

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from renwang.registers.care import paper_rules, rules, table_rules
from renwang.registers.care.services import pairing, rounds

REFUSALS: Mapping[type[Exception], object] = {
    rules.NameMissing: _("Say whom to ask for at the door."),
    rules.NeedMissing: _("Choose at least one need. The list is no register of residents."),
    rules.UnknownNeed: _("This need is not known here. Choose from the list."),
    rules.TooLong: _("A text is too long. Say only what is needed at the door."),
    rules.TooManyOthers: _("Three other people to call are enough."),
    rules.ConsentInFuture: _("Consent cannot have been given on a day that has not come."),
    rules.ConsentOver: _("The consent has ended. Ask again, or let the entry be forgotten."),
    rules.ConsentTooLong: _("A consent holds for a year at most; then it is asked for again."),
    rules.EntryGone: _("There is no such entry any more."),
    rules.EntryChanged: _("Somebody else has changed the entry meanwhile. Open it again."),
    rules.KeyLost: _(
        "The key this entry was sealed with is not on this node. Whoever runs the node has to bring the key files back."
    ),
    rules.SealBroken: _(
        "The seal of this entry is broken: what is stored is not what was sealed. Enter it anew with the person."
    ),
    rules.ReasonMissing: _("Say why the list has to be opened."),
    rules.OpenTooLong: _("Choose an end within the next twelve hours."),
    rules.OpeningOver: _("This opening has ended already."),
    rules.NotYours: _(
        "Only the helpers of this door, the keeper of the list, and those who are sent there see this entry."
    ),
    paper_rules.PaperOver: _("This list has been accounted for already."),
    paper_rules.PaperTooLong: _("A list on paper ends within seven days."),
    paper_rules.NothingToPrint: _("Nobody on the list here has agreed to it for today."),
    paper_rules.TooMuchForPaper: _(
        "These are more doors than one list may hold. Choose a smaller place."
    ),
    pairing.HelperGone: _("This person has left. Choose somebody else."),
    pairing.PairedTwice: _("Helper and back-up must be two people."),
    table_rules.NeedNotKnown: _(
        "“{need}” is no need that is known here. Write it as in the template."
    ),
    table_rules.DoorNotKnown: _("There is no such door in this building's list."),
    table_rules.NumberGone: _(
        "Nobody has this number: the entry was forgotten, or lies elsewhere. Who is to stand on the list again is asked again; then take the number out."
    ),
    table_rules.StandsElsewhere: _(
        "This number stands behind another door. Give it the new door on its own page first."
    ),
    table_rules.ConsentWithdrawn: _(
        "Whoever this is has withdrawn a consent given then or later, and was forgotten. Only a newer one counts."
    ),
    table_rules.ConsentOlder: _(
        "What stands on the list rests on a newer consent than this row. Take the row out, or bring it up to date."
    ),
    table_rules.TableGone: _("This table was brought in or forgotten already. Send it again."),
    table_rules.TableWrong: _(
        "The list has changed since you looked, and the table would be wrong now. Look again."
    ),
    rounds.RoundOver: _("The round has ended. Record a visit instead."),
}

WHY: Mapping[str, object] = {
    rules.Why.KEEPER: _("keeps the list"),
    rules.Why.PAIRED: _("looks after this door"),
    rules.Why.SENT: _("was sent in a check round"),
    rules.Why.OPENED: _("opened the list in an emergency"),
    rules.Why.PAPER: _("holds a list on paper"),
}

STANDINGS: Mapping[str, object] = {
    rules.Standing.HOLDS: _("Consent holds"),
    rules.Standing.ENDING: _("Consent ends soon"),
    rules.Standing.OVER: _("Consent has ended"),
    rules.Standing.LAPSED: _("Waits to be forgotten"),
}

PAPER_ACTS: Mapping[str, object] = {
    paper_rules.PaperAct.RETURN: _("It was brought back"),
    paper_rules.PaperAct.DESTROY: _("It was destroyed"),
    paper_rules.PaperAct.LOSE: _("It is lost"),
}

RUNGS: Mapping[int, object] = {
    0: pgettext_lazy("on whom a visit hangs", "helper"),
    1: pgettext_lazy("on whom a visit hangs", "back-up"),
    2: pgettext_lazy("on whom a visit hangs", "keeper of the list"),
    3: pgettext_lazy("on whom a visit hangs", "level above"),
}


def explain_care(refused: Exception) -> object | None:
    """Say why something may not be done, and what can be done instead; None for what nobody here refuses."""
    sentence = REFUSALS.get(type(refused))
    params = getattr(refused, "params", None)
    return format_lazy(sentence, **params) if sentence and params else sentence
