"""The sentences for what linked systems refuse and for what goes wrong with them, in the language of the moment."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from renwang.cases.linked import rules
from renwang.cases.linked.reading import Fault
from renwang.chain.rules import Refusal
from renwang.chain.words import declare_refusals
from renwang.outreach.channels.port import Trouble

REFUSALS: Mapping[type[Refusal], Any] = {
    rules.NoLabel: _("Give the system a name that people will recognise."),
    rules.NoWebAddress: _("Give the address of its Open311, with http:// or https://."),
    rules.LinkedAlready: _("This address is linked already for this jurisdiction_id."),
    rules.WrongRhythm: _("Visit it every {shortest} seconds at most, and once a day at least."),
    rules.NothingMapped: _("First say which of its services is which of our kinds."),
    rules.MappedToNothing: _("There is no such service or kind: {code} {kind}"),
    rules.NotTaken: _("This system takes no cases of this kind from here."),
    rules.SentAlready: _("This system knows the case already."),
    rules.AttributeOwed: _("The system wants an answer to: {about}"),
    rules.ConsentOwed: _(
        "How the reporter can be reached goes to another body only if he has agreed."
    ),
    rules.NotThere: _("The system does not have this case yet."),
    rules.NoUpdates: _("This system takes no updates. Ring it."),
}
declare_refusals(REFUSALS)

TROUBLES: Mapping[str, Any] = {
    Fault.TOO_LARGE: _("It answered more than anybody reads. Nothing of it was taken."),
    Fault.NOT_UTF8: _("Its answer is in no encoding that Open311 allows. Nothing was taken."),
    Fault.WEB_PAGE: _("A web page answered instead of Open311. Check the address."),
    Fault.DOCTYPE: _("Its answer contains what attacks are made with. It was refused unread."),
    Fault.NOT_XML: _("Its answer is no XML. Check the form, or ask its operator."),
    Fault.NOT_JSON: _("Its answer is no JSON. Check the form, or ask its operator."),
    Fault.TOO_MANY: _("It listed more than is taken at once. Nothing of it was taken."),
    Fault.NOT_ASKED: _("It answered something else than it was asked."),
    Fault.NO_NUMBER: _(
        "It gave no number. Whether it arrived is looked up before it is sent again."
    ),
    Fault.NO_ENDPOINT: _(
        "Its discovery names no GeoReport v2 on this host. Enter the address of the endpoint itself."
    ),
    Trouble.BAD_ADDRESS: _("The address cannot be used."),
    Trouble.FORBIDDEN_ADDRESS: _("The address leads into a network that this node may not visit."),
    Trouble.TURNED_AWAY: _("The system turned us away. Check key and jurisdiction_id."),
    Trouble.REDIRECTED: _("It leads to another host. The key is not taken there."),
    Trouble.NO_CONNECTION: _("There is no connection to it."),
    Trouble.TIMED_OUT: _("It did not answer in time."),
    Trouble.BROKEN_OFF: _("The connection broke off."),
    Trouble.BUSY: _("It is busy and asks to be left alone for a while."),
    Trouble.BAD_ANSWER: _("It has a fault of its own."),
}
SENDINGS: Mapping[str, Any] = {
    rules.Sending.NONE: pgettext_lazy("how far a case is on its way", "Came from there"),
    rules.Sending.WAITING: pgettext_lazy("how far a case is on its way", "On its way"),
    rules.Sending.SENT: pgettext_lazy("how far a case is on its way", "Arrived there"),
    rules.Sending.REFUSED: pgettext_lazy("how far a case is on its way", "Not taken there"),
}
OTHERWISE = _("Something unforeseen went wrong; it is tried again.")


def say_trouble(trouble: str) -> str:
    """Say a trouble that was kept as a code; what the system itself said stands beside it."""
    code = trouble.partition(":")[0]
    return str(TROUBLES.get(code, OTHERWISE)) if trouble else ""


def detail_of(trouble: str) -> str:
    """Give what the system itself said, or the number it answered with."""
    return trouble.partition(":")[2].strip()
