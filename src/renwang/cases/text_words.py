"""What the node writes back by text message: short, and with the words by which he can go on."""

from collections.abc import Sequence

from django.utils import timezone
from django.utils.translation import gettext as _

from renwang.cases.models import Answer, Case
from renwang.cases.names import STATES
from renwang.cases.rules import State
from renwang.cases.services.intake import show_code
from renwang.chain.models import Unit
from renwang.outreach.channels import configured

LONGEST_ANSWER = 300
"""Characters of an answer that go into a text message; the whole stands under the code."""


def how_to() -> str:
    """Say how to write to the node."""
    return _(
        "To report: R, the name of the place, what is the matter. To ask: Q and your code. "
        "In danger ring the emergency number at once."
    )


def place_unknown() -> str:
    """Say that no place was recognised, and how to name one."""
    return _(
        "Not taken in: which place is it? Write R, the name of the community or grid first, "
        "then what is the matter. In danger ring the emergency number at once."
    )


def place_meant(places: Sequence[Unit]) -> str:
    """Say that several places are called that, and by which codes they are told apart."""
    named = ", ".join(
        f"{one.ref} {one.parent.name if one.parent else ''}{one.name}" for one in places
    )
    return _(
        "Not taken in: several places are called that. Write R and the code of the one you mean, "
        "then what is the matter: {places}"
    ).format(places=named)


def came_in(case: Case, code: str) -> str:
    """Say that it came in, where, and the code."""
    sentence = _(
        "{ref} came in for {place}. Your code: {code}. To ask what became of it: Q and the code."
    )
    said = sentence.format(ref=case.ref, place=case.unit.name, code=show_code(code))
    if case.alarm:
        said += " " + _("In danger ring the emergency number at once.")
    return said


def unknown_code() -> str:
    """Say that no case has the code; a number of a case counts only from the telephone that reported it."""
    return _(
        "No case has this code. Check it, or write the number of the case from the telephone that reported it."
    )


def too_many() -> str:
    """Say that no more is read within the hour."""
    return _("Too many texts within the hour. The next ones are not read. Ring, or write later.")


def stopped() -> str:
    """Say that no more messages go to this number, and how to have them again."""
    return _("You get no more messages from us at this number. To have them again: START.")


def started() -> str:
    """Say that messages go to this number again."""
    return _("Messages about what you report go to this number again.")


def how_to_stop() -> str:
    """Say by which word messages end, where the node can hear it; else nothing."""
    return _("No more messages: STOP") if configured().inbound_secret else ""


def standing(own: Case, head: Case, answer: Answer | None) -> str:
    """Say where a case stands, and its answer where it has one."""
    on = timezone.localtime(head.since).strftime("%Y-%m-%d")
    said = f"{own.ref}: {STATES[State(head.state)]} ({on})."
    if answer is not None and head.state in (State.ANSWERED, State.CONFIRMED, State.CLOSED):
        said += " " + _shortened(answer.words)
    if head.state == State.ANSWERED:
        said += " " + _how_to_judge(own.ref)
    return said


def asked(case: Case, question: str) -> str:
    """Hand on what the reporter is asked."""
    sentence = _("A question about {ref}: {question} To answer: M {ref} and your words.")
    return sentence.format(ref=case.ref, question=_shortened(question))


def thanks(case: Case) -> str:
    """Say that what somebody wrote stands beside his case now."""
    return _("Thank you. It stands beside {ref}: {state}.").format(
        ref=case.ref, state=STATES[State(case.state)]
    )


def _how_to_judge(ref: str) -> str:
    return _("Is it settled? Y {ref}. If not: N {ref} and why.").format(ref=ref)


def _shortened(words: str) -> str:
    words = " ".join(words.split())
    return words if len(words) <= LONGEST_ANSWER else words[: LONGEST_ANSWER - 1] + "…"
