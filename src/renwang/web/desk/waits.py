"""What waits for the viewer, as the desk shows it: one list, worst first, each with one click to where it is done."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_GET, require_POST

from renwang.alerts.models import Alert
from renwang.alerts.waiting import DRAFT
from renwang.bulletins.waiting import QUESTION
from renwang.cases.mediation import waiting as mediation
from renwang.cases.sharing import waiting as sharing
from renwang.cases.waiting import ARBITRATE, CALL_BACK, CASE, ERASURE
from renwang.chain.reach import Viewer
from renwang.chain.selectors.naming import places_at
from renwang.outreach.errand_rules import (
    NOT_HELD,
    TO_MEND,
    ErrandOver,
    ErrandState,
    weight_of,
    worst_first,
)
from renwang.outreach.models import Errand
from renwang.outreach.services import take_errand
from renwang.outreach.waiting import Told, Wait, wait_of, waits_for
from renwang.registers.care.waiting import VISIT
from renwang.registers.facilities import waiting as facilities
from renwang.registers.procedures.waiting import APPROVAL, READING, REVIEW
from renwang.registers.readiness.checks.calls import OWN_ERRAND
from renwang.registers.risks import waiting as risks
from renwang.response.briefs import waiting as briefs
from renwang.response.fieldwork.waiting import DIFFERENCE
from renwang.signals.waiting import PROPOSAL, REFERRAL
from renwang.web.frame.gates import SeeOther, done, refused, signed_in


@dataclass(frozen=True, slots=True)
class Work:
    """A kind of work that waits: its name, its icon, and the page on which it is done."""

    name: Promise
    icon: str
    address: Callable[[Errand, Viewer], str]


def _to_mend(errand: Errand, viewer: Viewer) -> str:
    """Lead to whose contacts below the place did not work; each of them leads to where it is mended."""
    wish = {"which": "failed"}
    place = places_at(viewer, [errand.path]).get(errand.path)
    if place is not None and place.in_reach:
        wish["under"] = place.ref
    return f"{reverse('desk:reachable')}?{urlencode(wish)}"


def _to_door(errand: Errand, viewer: Viewer) -> str:
    """Lead the keeper to the entry, and everybody else to the door as he knows it."""
    page = "desk:care_entry" if viewer.may("care.keep", errand.path) else "field:door"
    return reverse(page, args=[errand.subject_id])


def _holes(errand: Errand, viewer: Viewer) -> str:
    """Lead to the grave holes of the place that this mender can mend."""
    wish = {"severity": "0", "mender": errand.capability}
    place = places_at(viewer, [errand.path]).get(errand.path)
    if place is not None and place.in_reach:
        wish["under"] = place.ref
    return f"{reverse('desk:readiness')}?{urlencode(wish)}"


def _mediation(errand: Errand, _viewer: Viewer) -> str:
    return reverse("desk:mediation", args=[errand.ref])


def _brief(errand: Errand, _viewer: Viewer) -> str:
    return reverse("desk:brief", args=[errand.ref])


WORK: Mapping[str, Work] = {
    briefs.DRAFTED: Work(gettext_lazy("Put a brief right"), "edit", _brief),
    briefs.APPROVAL: Work(gettext_lazy("Approve a brief"), "check-double", _brief),
    briefs.READING: Work(gettext_lazy("Read a brief"), "message", _brief),
    PROPOSAL: Work(
        gettext_lazy("Decide on a proposal"),
        "warning",
        lambda one, _viewer: reverse("desk:proposal", args=[one.ref]),
    ),
    REFERRAL: Work(
        gettext_lazy("Answer from above"),
        "arrow-up",
        lambda one, _viewer: reverse("desk:referral", args=[one.ref]),
    ),
    DRAFT: Work(
        gettext_lazy("Approve a draft"),
        "edit",
        lambda one, _viewer: reverse("desk:draft", args=[one.subject_id]),
    ),
    QUESTION: Work(
        gettext_lazy("Keep a promised word"),
        "help",
        lambda one, _viewer: reverse("desk:question", args=[one.subject_id]),
    ),
    risks.REFERRAL: Work(
        gettext_lazy("Answer about a risk"),
        "arrow-up",
        lambda one, _viewer: reverse("desk:risk", args=[one.ref]),
    ),
    risks.SURVEY: Work(
        gettext_lazy("Look round again"),
        "search",
        lambda one, _viewer: reverse("desk:risk_survey", args=[one.ref]),
    ),
    facilities.INSPECTION: Work(
        gettext_lazy("Inspect a facility"),
        "search",
        lambda one, _viewer: reverse("desk:facility", args=[one.ref]),
    ),
    facilities.DEFECT: Work(
        gettext_lazy("Mend what is broken"),
        "warning",
        lambda one, _viewer: reverse("desk:facility", args=[one.ref]),
    ),
    VISIT: Work(gettext_lazy("Knock at a door"), "knock", _to_door),
    APPROVAL: Work(
        gettext_lazy("Approve a procedure"),
        "rows",
        lambda one, _viewer: f"{reverse('desk:procedure', args=[one.ref])}?edition=open",
    ),
    REVIEW: Work(
        gettext_lazy("Review a procedure"),
        "eye",
        lambda one, _viewer: reverse("desk:procedure", args=[one.ref]),
    ),
    READING: Work(
        gettext_lazy("Acknowledge procedures"),
        "rows",
        lambda one, _viewer: reverse("desk:procedures_mine"),
    ),
    TO_MEND: Work(gettext_lazy("Mend contacts"), "phone", _to_mend),
    CASE: Work(
        gettext_lazy("See to a case"),
        "message",
        lambda one, _viewer: reverse("desk:case", args=[one.ref]),
    ),
    CALL_BACK: Work(
        gettext_lazy("Ring a reporter"),
        "phone",
        lambda one, _viewer: reverse("desk:case_ring", args=[one.ref]),
    ),
    ARBITRATE: Work(
        gettext_lazy("Decide whose a case is"),
        "flag",
        lambda one, _viewer: reverse("desk:case", args=[one.ref]) + "#arbitrate",
    ),
    ERASURE: Work(
        gettext_lazy("Decide about early erasure"),
        "shield",
        lambda one, _viewer: reverse("desk:erasure", args=[one.subject_id]),
    ),
    sharing.APPROVAL: Work(
        gettext_lazy("Approve a sharing agreement"),
        "people",
        lambda one, _viewer: reverse("desk:sharing", args=[one.ref]),
    ),
    mediation.CONSENT: Work(gettext_lazy("Ask parties for consent"), "people", _mediation),
    mediation.NAME: Work(gettext_lazy("Name a mediator"), "flag", _mediation),
    mediation.RESUME: Work(gettext_lazy("Set a session"), "calendar", _mediation),
    mediation.FOLLOW: Work(gettext_lazy("Ask whether it is kept"), "phone", _mediation),
    DIFFERENCE: Work(
        gettext_lazy("Decide which holds"),
        "phone",
        lambda one, _viewer: reverse("desk:difference", args=[one.subject_id]),
    ),
    NOT_HELD: Work(
        gettext_lazy("Hold a roll-call"),
        "check-double",
        lambda one, _viewer: reverse("desk:rollcalls"),
    ),
    OWN_ERRAND: Work(gettext_lazy("Mend grave holes"), "check-double", _holes),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list."""

    kind: str | Promise
    icon: str
    title: str
    href: str
    colour: str
    since: datetime
    due_at: datetime | None
    unit_name: str
    number: int
    told: list[Told]
    take: str  # where "I see to it" is said; empty where that is nothing to say
    taken_by: Told | None
    is_drill: bool
    weight: int

    @property
    def told_names(self) -> str:
        """Everybody who was told, in the order in which he was."""
        return pgettext("between the items of a list", ", ").join(one.name for one in self.told)


def row_of(wait: Wait) -> Row:
    """Show an errand in the language of the page."""
    errand = wait.errand
    work = WORK.get(errand.kind)
    return Row(
        kind=work.name if work else errand.kind,
        icon=work.icon if work else "bell",
        title=errand.words,
        href=reverse("desk:wait", args=[errand.pk]),
        colour=errand.colour,
        since=errand.asked_at,
        due_at=errand.due_at,
        unit_name=wait.unit_name,
        number=errand.number,
        told=wait.told,
        take="" if wait.taken_by else reverse("desk:wait_take", args=[errand.pk]),
        taken_by=wait.taken_by,
        is_drill=errand.drill is not None,
        weight=errand.weight,
    )


def row_of_alert(alert: Alert) -> Row:
    """Show a warning that nobody has decided about."""
    return Row(
        kind=gettext_lazy("Decide about a warning"),
        icon="bell",
        title=str(alert),
        href=reverse("desk:alert", args=[alert.pk]),
        colour=alert.colour,
        since=alert.received_at,
        due_at=None,
        unit_name="",
        number=1,
        told=[],
        take="",
        taken_by=None,
        is_drill=False,
        weight=weight_of(alert.colour),
    )


def rows_of(waits: Iterable[Wait], alerts: Iterable[Alert]) -> list[Row]:
    """Put everything that waits into one list, worst first."""
    rows = [*(row_of(one) for one in waits), *(row_of_alert(one) for one in alerts)]
    return sorted(rows, key=lambda row: worst_first(row.weight, row.due_at, row.since))


def count_waiting(request: HttpRequest) -> Any:
    """Give what waits for the viewer, for the navigation."""
    return waits_for(request.viewer)


def _errand(request: HttpRequest, errand_id: UUID) -> Errand:
    errand = wait_of(request.viewer, errand_id)
    if errand is None:
        raise Http404(str(errand_id))
    return errand


@require_GET
@signed_in
def show_work(request: HttpRequest, errand_id: UUID) -> HttpResponse:
    """Lead to the page where the work is done; what is over leads back to the list."""
    errand = _errand(request, errand_id)
    work = WORK.get(errand.kind)
    if errand.state != ErrandState.OPEN or work is None:
        return refused(request, ErrandOver(), "desk:home")
    return SeeOther(work.address(errand, request.viewer))


@require_POST
@signed_in
def take(request: HttpRequest, errand_id: UUID) -> HttpResponse:
    """Say that I see to it."""
    errand = _errand(request, errand_id)
    try:
        take_errand(errand.pk, by=request.viewer, now=request.now)
    except ErrandOver as refusal:
        return refused(request, refusal, "desk:home")
    sentence = _("Noted: you see to it. The others are not asked any more.")
    return done(request, sentence, "desk:home")
