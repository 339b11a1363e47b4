"""Sign-ins of the demo: five people of an invented place, one for each way of looking at it."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction

from renwang.base.pure.ids import uuid7
from renwang.chain.models import Account, Grant, Holding, Person, Unit

PASSWORD = "renwang-demo"  # noqa: S105 - printed on the demo's first page
_WHO = (
    ("operator", "information_officer"),
    ("duty", "subdistrict_duty"),
    ("secretary", "community_secretary"),
    ("grid", "grid_worker"),
    ("leader", "building_leader"),
)


class DemoOnly(Exception):
    """Sign-ins with a known password are opened on a demo node only (`RENWANG_DEMO`)."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """How to sign in as one of the demo's people; `role` is a role of the structure."""

    username: str
    password: str
    role: str
    person: Person


@transaction.atomic
def demo_signins(root: Unit, *, now: datetime) -> list[SignIn]:
    """Open the demo's sign-ins for an invented place, or give those already open. Refuses with DemoOnly."""
    if not settings.DEMO:
        raise DemoOnly
    taken: set = set()
    found = []
    for username, role in _WHO:
        account = Account.objects.filter(username=username).select_related("person").first()
        if account is None:
            person = _holder(root, role, taken)
            account = Account.objects.create_user(username, PASSWORD, person=person)
        taken.add(account.person_id)
        found.append(SignIn(username, PASSWORD, role, account.person))
    operator = found[0].person
    if not Grant.objects.filter(person=operator, bundle="operator").exists():
        Grant.objects.create(
            id=uuid7(now),
            person=operator,
            bundle="operator",
            unit=root,
            path=root.path,
            from_at=now,
        )
    return found


def _holder(root: Unit, role: str, taken: set) -> Person:
    """Find the first who holds a post of a role, stands in nobody else's sign-in, and uses the field app."""
    holding = (
        Holding.objects.filter(
            post__path__under=root.path,
            post__role=role,
            is_current=True,
            person__invented=True,
            person__contacts__kind="app",
        )
        .exclude(person_id__in=taken)
        .order_by("post__path", "rank")
        .select_related("person")
        .first()
    )
    if holding is None:
        raise LookupError(f"nobody holds the post {role}")
    return holding.person
