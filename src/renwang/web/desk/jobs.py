"""Long pieces of work that somebody waits for: how far they are, what they came to, and a way to stop them."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from renwang.base.jobs import find_job, stop_job
from renwang.base.models import Job
from renwang.base.verifying import Break
from renwang.base.words import BREAKS
from renwang.web.desk.imports import outcome_of
from renwang.web.desk.live import answer_live
from renwang.web.frame.gates import SeeOther, done, signed_in

KINDS = {
    "journal.verify": gettext_lazy("Verify the journal"),
    "chain.import": gettext_lazy("Import a table"),
    "readiness.look": gettext_lazy("Look at everything now"),
    "response.rehearse": gettext_lazy("Rehearse"),
    "cases.placards": gettext_lazy("Print placards"),
    "cases.topics": gettext_lazy("Look for hot spots"),
    "cases.learn_kinds": gettext_lazy("Learn kinds"),
    "care.reseal": gettext_lazy("Seal the care list anew"),
}
TONES = {
    Job.State.WAITING: "info",
    Job.State.RUNNING: "info",
    Job.State.DONE: "good",
    Job.State.FAILED: "bad",
    Job.State.STOPPED: "attention",
}


@require_GET
@signed_in
def show_job(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show one job; its part of the page goes on by itself until the job has ended."""
    job = _job(request, key)
    context = {"job": job, **describe(job)}
    if not request.GET.get("since"):
        return render(request, "desk/status/job.html", context)
    return answer_live(
        request,
        lambda: render(request, "desk/status/_job.html", context),
        seq=1,
        tag=f"{job.state}-{job.done}-{job.total}",
    )


@require_POST
@signed_in
def stop(request: HttpRequest, key: UUID) -> HttpResponse:
    """Stop a job that has not ended; what it has not written yet is not written."""
    job = _job(request, key)
    if stop_job(job.pk, now=request.now):
        return done(request, _("The work was stopped."), "desk:job", job.pk)
    messages.info(request, _("The work had ended before it could be stopped."))
    return SeeOther(resolve_url("desk:job", job.pk))


def describe(job: Job) -> dict[str, Any]:
    """Say of a job what it is, how it stands and what it came to."""
    return {
        "kind": KINDS.get(job.kind, job.kind),
        "tone": TONES[Job.State(job.state)],
        "has_ended": job.ended_at is not None,
        "percent": _percent(job),
        "verdict": _verdict(job) if job.kind == "journal.verify" else "",
        "outcome": outcome_of(job) if job.kind == "chain.import" else "",
        "upload": job.outcome.get("upload", "") if job.kind == "chain.import" else "",
        "placards": job.outcome.get("number") if job.kind == "cases.placards" else None,
        "is_broken": job.kind == "journal.verify" and job.outcome.get("whole") is False,
    }


def _percent(job: Job) -> int | None:
    """How much of a running job is done; None where nobody can say."""
    if job.state != Job.State.RUNNING or not job.total:
        return None
    return min(100 * job.done // job.total, 100)


def _verdict(job: Job) -> str:
    outcome = job.outcome
    if not outcome:
        return ""
    if outcome["whole"]:
        return _("The journal is whole: {count} facts checked.").format(
            count=f"{outcome['checked']:,}"
        )
    return str(BREAKS[Break(outcome["kind"])]).format(seq=outcome["seq"])


def _job(request: HttpRequest, key: UUID) -> Job:
    """Find a job for who asked for it or operates the node; 404 for others, who need not know of it."""
    job = find_job(key)
    viewer = request.viewer
    if job is None or not (job.asked_by == viewer.id or viewer.may("node.operate")):
        raise Http404(key)
    return job
