"""Find wishes for early erasure: those somebody decides, and one of them."""

from uuid import UUID

from django.db.models import QuerySet

from renwang.base.paging import Page, page_of
from renwang.cases.erasure_rules import Wish
from renwang.cases.models import Erasure
from renwang.cases.waiting import ERASES
from renwang.chain.reach import Viewer

_NAMED = ("case__unit",)
_LEFT = ("case__search", "case__unit__boundary")


def visible_to(viewer: Viewer) -> QuerySet[Erasure]:
    """Return the wishes about cases where the viewer decides about early erasure."""
    return Erasure.objects.filter(viewer.scope(ERASES, "case__path"))


def list_wishes(
    viewer: Viewer, *, state: str = "", cursor: str = "", size: int = 50
) -> Page[Erasure]:
    """List wishes, the latest first; two statements."""
    found = visible_to(viewer).select_related(*_NAMED).defer(*_LEFT)
    return page_of(
        found.filter(state=state) if state else found, ("-asked_at",), cursor=cursor, size=size
    )


def count_waiting(viewer: Viewer) -> QuerySet[Erasure]:
    """Return those that wait, to be counted."""
    return visible_to(viewer).filter(state=Wish.ASKED)


def wish_of(viewer: Viewer, key: UUID) -> Erasure | None:
    """Find one; None where the viewer may not decide it."""
    return visible_to(viewer).select_related(*_NAMED).defer(*_LEFT).filter(pk=key).first()
