"""The terms in force for each colour: the node's own where it has set them, else the shipped ones."""

from dataclasses import fields, replace

from renwang.alerts.models import Term
from renwang.alerts.rules import DEFAULT_TERMS, ColourTerms
from renwang.outreach.rules import Order, Terms

_NAMES = tuple(one.name for one in fields(ColourTerms))


def terms_for(colour: str, *, is_all_clear: bool = False) -> Terms:
    """Give the terms for a colour; an unknown one gets those of a warning without a colour.

    An all-clear is told to everybody at once: nobody gains by hearing later that it is over.
    It is told once, and wakes nobody whom the warning itself would not have woken.
    """
    found = colour_terms().get(colour) or colour_terms()[""]
    terms = as_terms(found)
    return replace(terms, order=Order.TOGETHER, again_every=0) if is_all_clear else terms


def as_terms(own: ColourTerms) -> Terms:
    """Give the terms of a colour as outreach takes them."""
    return Terms(
        Order(own.order),
        own.contact_for,
        own.person_for,
        own.carry_for,
        own.again_every,
        own.again_times,
        own.breaks_quiet,
    )


def colour_terms() -> dict[str, ColourTerms]:
    """Give the terms of every colour, for the page on which they are changed."""
    own = {
        row.colour: ColourTerms(**{name: getattr(row, name) for name in _NAMES})
        for row in Term.objects.all()
    }
    return {**DEFAULT_TERMS, **own}
