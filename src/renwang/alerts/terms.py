"""The terms in force for each colour: the node's own where it has set them, else the shipped ones."""

from renwang.alerts.models import Term
from renwang.alerts.rules import DEFAULT_TERMS, ColourTerms
from renwang.outreach.rules import Order, Terms


def terms_for(colour: str, *, is_all_clear: bool = False) -> Terms:
    """Give the terms for a colour; an unknown one gets those of a warning without a colour.

    An all-clear is told to everybody at once: nobody gains by hearing later that it is over.
    """
    found = colour_terms().get(colour) or colour_terms()[""]
    order = Order.TOGETHER if is_all_clear else Order(found.order)
    return Terms(order, found.contact_for, found.person_for, found.carry_for)


def colour_terms() -> dict[str, ColourTerms]:
    """Give the terms of every colour, for the page on which they are changed."""
    own = {
        row.colour: ColourTerms(row.order, row.contact_for, row.person_for, row.carry_for)
        for row in Term.objects.all()
    }
    return {**DEFAULT_TERMS, **own}
