"""Find referrals: what I owe an answer to, what I wait for."""

from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from renwang.base.paging import Page, page_of
from renwang.chain.reach import Viewer
from renwang.signals.models import Referral, ReferralStep
from renwang.signals.rules import ReferralState


def referrals_visible_to(viewer: Viewer, *, drill: UUID | None = None) -> QuerySet[Referral]:
    """Referrals that went out from, or were ever asked of, places where the viewer sees signals."""
    return Referral.objects.filter(
        viewer.scope("signals.see") | _asked_of(viewer, "signals.see"), drill=drill
    )


def _asked_of(viewer: Viewer, capability: str) -> Q:
    """Whoever was asked and stayed silent is still asked."""
    steps = ReferralStep.objects.filter(viewer.scope(capability), referral=OuterRef("pk"))
    return Q(Exists(steps))


def list_referrals(
    viewer: Viewer,
    *,
    side: str = "",
    state: ReferralState | None = None,
    cursor: str = "",
    size: int = 50,
    drill: UUID | None = None,
) -> Page[Referral]:
    """List referrals, the soonest due first, each with matter and units.

    `side` is "owed" (the viewer may answer) or "waiting" (asked from where he
    judges, and not his to answer); empty for all.
    """
    found = referrals_visible_to(viewer, drill=drill)
    mine = _asked_of(viewer, "signals.judge")
    if side == "owed":
        found = found.filter(mine)
    elif side == "waiting":
        found = found.filter(viewer.scope("signals.judge"), ~Q(mine))
    if state is not None:
        found = found.filter(state=state)
    found = found.select_related("matter", "unit", "asked").defer(
        "unit__boundary", "asked__boundary"
    )
    return page_of(found, ("due_at",), cursor=cursor, size=size)


def referral_of(viewer: Viewer, ref: str, *, drill: UUID | None = None) -> Referral | None:
    """Find one with its matter, units and the steps it climbed; None where the viewer may not see it."""
    steps = Prefetch("steps", ReferralStep.objects.select_related("unit").order_by("rung"))
    found = referrals_visible_to(viewer, drill=drill).filter(ref=ref)
    return (
        found.select_related("matter", "assessment", "unit", "asked")
        .prefetch_related(steps)
        .first()
    )
