"""Find the other side of an agreement by what it is called: it need not lie in anybody's reach, so only its exact code counts."""

from renwang.chain.models import Organisation, Unit


def unit_for_agreement(code: str) -> Unit | None:
    """Find a standing unit by its reference or code; None for none, or where several have the code."""
    code = code.strip()
    standing = Unit.objects.filter(ended_on=None).defer("boundary")
    named = standing.filter(ref=code).first()
    if named is not None or not code:
        return named
    found = list(standing.filter(code=code)[:2])
    return found[0] if len(found) == 1 else None


def body_for_agreement(ref: str) -> Organisation | None:
    """Find a standing organisation by its reference."""
    return Organisation.objects.filter(ref=ref.strip(), ended_on=None).first()
