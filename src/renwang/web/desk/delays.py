"""Delay and fidelity: the slowest hops, the silent posts, and how the words arrived (W3)."""

from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from renwang.base.tables import Kind
from renwang.outreach.delays import HopRow, Sort, list_hops, list_levels
from renwang.web.desk import lists
from renwang.web.frame import tables
from renwang.web.frame.gates import may

_SORTS = {"place": Sort.PLACE, "-wait": Sort.WAIT, "-hop": Sort.HOP, "-silent": Sort.SILENT}
_COLUMNS = [
    tables.Column(gettext_lazy("Unit"), sort="place"),
    tables.Column(gettext_lazy("Warnings"), number=True),
    tables.Column(gettext_lazy("To an answer"), sort="wait", number=True),
    tables.Column(gettext_lazy("Since the level above"), sort="hop", number=True),
    tables.Column(gettext_lazy("No answer"), sort="silent", number=True),
    tables.Column(gettext_lazy("How the words arrived")),
]
_MONTHS = [("3", gettext_lazy("3 months")), ("12", gettext_lazy("12 months"))]


def _since(request: HttpRequest) -> date:
    """Read how far back one looks; a year, unless three months are asked for."""
    days = 92 if request.GET.get("months") == "3" else 365
    return (timezone.localdate(request.now) - timedelta(days=days)).replace(day=1)


def _sort(request: HttpRequest) -> str:
    """Read the order; a list of the worst begins with the worst, also where it is asked for the other way round."""
    sort = tables.sort_of(request, _COLUMNS, "-wait")
    sort = sort if sort in _SORTS else f"-{sort.lstrip('-')}"
    return sort if sort in _SORTS else "place"


def _wanted(request: HttpRequest) -> dict[str, Any]:
    return {
        "since": _since(request),
        "sort": _SORTS[_sort(request)],
        "under": lists.unit_asked(request),
        "text": lists.text_asked(request),
        "only_silent": request.GET.get("which") == "silent",
    }


@require_GET
@may("alerts.see")
def show_delays(request: HttpRequest) -> HttpResponse:
    """List the posts with the slowest hops or the most silence, below the sums of every level."""
    wanted = _wanted(request)
    since, under = wanted["since"], wanted["under"]

    def fetch(cursor: str, size: int) -> Any:
        return list_hops(request.viewer, **wanted, cursor=cursor, size=size)

    if lists.is_export(request):
        return _export(request, fetch)
    page = lists.cut(request, fetch)
    chips = [
        *tables.chips_of(request, "which", [("silent", _("Silent at least once"))]),
        *tables.chips_of(request, "months", _MONTHS),
    ]
    context = {
        "hops": page.items,
        "levels": list_levels(request.viewer, since=since, under=under),
        "table": lists.frame_of(request, _COLUMNS, page, sort=_sort(request), chips=chips),
        "under": under,
        "is_narrowed": bool(wanted["only_silent"] or under or wanted["text"]),
    }
    return render(request, "desk/delays/list.html", context)


def _export(request: HttpRequest, fetch: lists.Fetch) -> HttpResponse:
    columns = [
        ("unit_name", _("Unit"), Kind.TEXT),
        ("title", _("Post"), Kind.TEXT),
        ("holder", _("Holder"), Kind.TEXT),
        ("asked", _("Warnings"), Kind.INTEGER),
        ("answered", _("Answered"), Kind.INTEGER),
        ("silent", _("No answer"), Kind.INTEGER),
        ("vacant", _("Vacant"), Kind.INTEGER),
        ("wait", _("Seconds to an answer, on average"), Kind.INTEGER),
        ("wait_longest", _("Seconds to an answer, at most"), Kind.INTEGER),
        ("hop", _("Seconds since the level above, on average"), Kind.INTEGER),
        ("hop_longest", _("Seconds since the level above, at most"), Kind.INTEGER),
        ("whole", _("The very words"), Kind.INTEGER),
        ("shortened", _("Title and link"), Kind.INTEGER),
        ("by_mouth", _("By word of mouth"), Kind.INTEGER),
        ("other", _("Other words"), Kind.INTEGER),
    ]
    return lists.export(request, "delays", columns, fetch, _row_of)


def _row_of(one: HopRow) -> dict[str, Any]:
    return {
        key: round(value) if isinstance(value, float) else value
        for key, value in asdict(one).items()
    }
