"""What a phone keeps to work without a network: which pages, which data, and what became of what it sent."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from renwang.base import journal
from renwang.cases.selectors import brought_by, taken_by
from renwang.outreach import carrying
from renwang.registers.care import finding as care
from renwang.registers.facilities.selectors.listing import defects_for, due_for
from renwang.registers.procedures.selectors import following, running
from renwang.registers.risks.selectors import measures_of, reported_by, to_recheck
from renwang.response.fieldwork import rules, selectors, services
from renwang.web.field.deeds import as_said
from renwang.web.field.phones import by_phone

MOST = 60
"""Pages of one kind; more than that nobody sees to between two networks."""

Address = tuple[str, list[Any]]


@require_GET
@by_phone
def give(request: HttpRequest) -> HttpResponse:
    """Say what to keep. Everything in it is fetched like any page, as far as the person may see it."""
    phone, viewer = request.phone, request.viewer
    return JsonResponse(
        {
            "phone": str(phone.pk),
            "person": str(viewer.id),
            "name": viewer.person.name,
            "language": get_language(),
            "let_in_at": phone.let_in_at.isoformat(),
            "now": request.now.isoformat(),
            "seq": journal.last_seq(),
            "kept_days": rules.KEPT_FOR.days,
            "at_once": rules.AT_ONCE,
            "piece": rules.PIECE,
            "largest": rules.LARGEST,
            "pages": list(dict.fromkeys(_pages(request))),
            "data": [reverse("field:map_data")] if viewer.may("chain.see") else [],
            "deeds": [
                as_said(services.answer_of(one, phone))
                for one in selectors.deeds_for(phone, request.now)
            ],
        }
    )


def _pages(request: HttpRequest) -> Iterable[str]:
    """Name the pages, what is always needed first; what is below is there when the memory of a phone is short."""
    viewer = request.viewer
    for capability, name in _ALWAYS:
        if not capability or viewer.may(capability):
            yield reverse(f"field:{name}")
    for name, things in _mine(request):
        for key in list(things)[:MOST]:
            yield reverse(f"field:{name}", args=[key])


_ALWAYS = (
    ("", "home"),
    ("", "doors"),
    ("", "phones"),
    ("cases.report", "cases"),
    ("cases.report", "case_report"),
    ("risks.report", "risks"),
    ("risks.report", "risk_report"),
    ("signals.report", "report"),
    ("facilities.see", "facilities"),
    ("alerts.answer", "ring"),
    ("chain.see", "map"),
    ("chain.see", "place"),
    ("", "numbers"),
    ("", "duties"),
    ("", "procedures"),
    ("readiness.see", "readiness"),
)


def _mine(request: HttpRequest) -> Iterable[tuple[str, Iterable[Any]]]:
    viewer, now = request.viewer, request.now
    yield "call", (one.pk for one in carrying.asked_of(viewer))
    yield "door", (one.entry.pk for one in care.doors_of(viewer, now))
    if viewer.may("cases.report"):
        taken = taken_by(viewer, limit=MOST) if viewer.may("cases.handle") else []
        yield "case", (one.ref for one in [*taken, *brought_by(viewer)])
    if viewer.may("risks.report"):
        yield "risk", (one.risk.ref for one in measures_of(viewer))
        yield "risk", (one.ref for one in [*to_recheck(viewer), *reported_by(viewer)])
    if viewer.may("facilities.see"):
        yield "facility", (one.facility.ref for one in defects_for(viewer))
        yield "facility", (one.ref for one in due_for(viewer, limit=30))
    yield "run", (one.ref for one in running.in_hand(viewer))
    followed = following.followed_by(viewer.person, now=now)
    yield "procedure", (one.edition.procedure.ref for one in followed)
