"""How the node is: whether the worker lives, facts are sealed, followers keep up, and what work is under way."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from renwang.base.followers import Distance, distances
from renwang.base.jobs import beats_seen, jobs_lately
from renwang.base.journal import last_seq
from renwang.base.models import Beat
from renwang.base.sealing import unsealed
from renwang.chain.models import Contact
from renwang.outreach.channels import WrongChannels, configured
from renwang.outreach.lines import LineState, lines
from renwang.web.desk.jobs import describe
from renwang.web.frame.gates import may

SILENT_AFTER = timedelta(seconds=60)  # a worker without a sign of life for so long is gone
LATE_AFTER = timedelta(seconds=30)  # a fact should be sealed within a second


@require_GET
@may("node.operate")
def show_status(request: HttpRequest) -> HttpResponse:
    """Show every part of the node that works by itself, and what to do where one does not."""
    beats, behind = beats_seen(), distances()
    waiting, oldest = unsealed()
    jobs = [{"job": job, **describe(job)} for job in jobs_lately()]
    return render(
        request,
        "desk/status/status.html",
        {
            "checks": [
                _worker_check(beats, request.now),
                _sealing_check(oldest, request.now),
                _followers_check(behind),
                _beats_check(beats),
            ],
            "sealed": last_seq(),
            "waiting": waiting,
            "lines": _lines(request.now),
            "followers": behind,
            "beats": beats,
            "jobs": jobs,
        },
    )


def _lines(now: datetime) -> list[dict[str, object]]:
    """Say how each line out of the node stands, in words; none where the channels are set up wrongly."""
    try:
        known = lines(sorted(configured().by_kind))
    except WrongChannels:
        return []
    kinds = dict(Contact.Kind.choices)
    return [
        {"line": one, "kind": kinds.get(one.kind, one.kind), **_standing(one, now)} for one in known
    ]


def _standing(one: LineState, now: datetime) -> dict[str, object]:
    if one.changed_at is None:
        return {"word": _("not used yet"), "tone": "info", "until": None}
    if one.works:
        return {"word": _("in order"), "tone": "good", "until": None}
    if one.rests_until and one.rests_until > now:
        return {"word": _("left alone"), "tone": "bad", "until": one.rests_until}
    return {"word": _("failing"), "tone": "attention", "until": None}


def _worker_check(beats: list[Beat], now: datetime) -> dict[str, object]:
    """The worker marks its beats; the latest mark is its sign of life."""
    last = max((one.ran_at for one in beats if one.ran_at), default=None)
    good = last is not None and now - last <= SILENT_AFTER
    return {
        "title": _("Worker"),
        "good": good,
        "at": last,
        "advice": "" if good else _("No worker is running. Start it with: renwang work"),
    }


def _sealing_check(oldest: datetime | None, now: datetime) -> dict[str, object]:
    good = oldest is None or now - oldest <= LATE_AFTER
    return {
        "title": _("Sealing of the journal"),
        "good": good,
        "at": oldest,
        "advice": "" if good else _("Facts wait to be sealed. See whether the worker is running."),
    }


def _followers_check(behind: Sequence[Distance]) -> dict[str, object]:
    failing = [one for one in behind if one.failures]
    return {
        "title": _("Followers of the journal"),
        "good": not failing,
        "at": None,
        "advice": _("Some followers fail; see below what stops them.") if failing else "",
    }


def _beats_check(beats: list[Beat]) -> dict[str, object]:
    failing = [one for one in beats if one.failures]
    return {
        "title": _("Recurring work"),
        "good": not failing,
        "at": None,
        "advice": _("Some recurring work fails; see below what stops it.") if failing else "",
    }
