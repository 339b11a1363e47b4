"""What is kept of a withdrawn consent: that an older one behind this door and name counts no more.

A keyed digest and a day. Who has a guess and the node's secret can test it,
nobody can read it, and after a year, when every older consent has ended by
itself, it is gone as well. Without it a table from before would silently put
somebody back who asked to be forgotten.
"""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.utils.crypto import salted_hmac

from renwang.base.pure.text import search_key
from renwang.registers.care.models import Withdrawal
from renwang.registers.care.table_rules import KEPT_BACK_FOR

AT_ONCE = 500


def mark_of(household_id: UUID, name: str) -> str:
    """Give the digest by which a door and a name are recognised."""
    said = f"{household_id}/{search_key(name)}"
    return salted_hmac("renwang.care.withdrawal", said, algorithm="sha256").hexdigest()


def note_withdrawal(mark: str, on: date) -> None:
    """Remember a withdrawal, in the caller's transaction; the latest one counts."""
    made, is_new = Withdrawal.objects.get_or_create(mark=mark, defaults={"on": on})
    if not is_new and made.on < on:
        Withdrawal.objects.filter(pk=made.pk).update(on=on)


def withdrawn_on(marks: Iterable[str]) -> dict[str, date]:
    """Say when each of these was withdrawn, where it was; a statement for every 500."""
    wanted, found = list(marks), {}
    for begin in range(0, len(wanted), AT_ONCE):
        rows = Withdrawal.objects.filter(mark__in=wanted[begin : begin + AT_ONCE])
        found |= dict(rows.values_list("mark", "on"))
    return found


def forget_withdrawals(today: date) -> int:
    """Forget what has become needless: every consent from before has ended. Returns how many."""
    return Withdrawal.objects.filter(on__lt=today - KEPT_BACK_FOR).delete()[0]
