"""The history of one warning on one page: its versions side by side, and who had which words when."""

from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from renwang.alerts.finding import alert_of
from renwang.alerts.history import Telling, Version, languages_of, versions_of
from renwang.alerts.models import Alert
from renwang.base.tables import Kind
from renwang.chain.models import Post
from renwang.response.finding import clock_of
from renwang.web.desk import lists
from renwang.web.desk.templatetags.desk import CHANNELS
from renwang.web.desk.watching import mark_drill
from renwang.web.frame import tables
from renwang.web.frame.gates import may

NOTCHES = 48  # of the time slider
STEP_WORDS = {
    "sent": pgettext_lazy("how far the words got", "Sent"),
    "delivered": pgettext_lazy("how far the words got", "Delivered"),
    "read": pgettext_lazy("how far the words got", "Read"),
    "understood": pgettext_lazy("how far the words got", "Understood"),
    "carried": pgettext_lazy("how far the words got", "Carried on"),
    "": pgettext_lazy("how far the words got", "Nothing yet"),
}
_COLUMNS = [
    tables.Column(gettext_lazy("Unit")),
    tables.Column(gettext_lazy("Post")),
    tables.Column(gettext_lazy("Which words")),
    tables.Column(gettext_lazy("How far")),
    tables.Column(gettext_lazy("By")),
    tables.Column(gettext_lazy("Person")),
    tables.Column(gettext_lazy("Households"), number=True),
]


@require_GET
@may("alerts.see")
def show_history(request: HttpRequest, alert_id: UUID) -> HttpResponse:
    """Show a warning's whole thread, and what each post had of it at the moment asked about."""
    alert = alert_of(request.viewer, alert_id)
    if alert is None:
        raise Http404(alert_id)
    mark_drill(request, alert.drill)
    page = _HistoryPage(request, alert)

    def fetch(cursor: str, size: int) -> Any:
        return page.telling.list_posts(page.scale.moment, text=page.text, cursor=cursor, size=size)

    if lists.is_export(request):
        return _export(request, fetch)
    found = lists.cut(request, fetch)
    table = lists.frame_of(request, _COLUMNS, found)
    context = {"alert": alert, "page": page, "rows": found.items, "table": table}
    return render(request, "desk/alerts/history.html", context)


class _HistoryPage:
    """A thread as one viewer looks at it, in one language and at one moment."""

    def __init__(self, request: HttpRequest, alert: Alert):
        self.languages = languages_of(alert)
        wish = request.GET.get("language")
        self.language = wish or _first_like(self.languages, get_language() or "zh")
        self.versions = versions_of(alert, self.language)
        self.scale = _Scale(request, alert, [one.alert for one in self.versions])
        self.telling = Telling(request.viewer, alert)
        self.text = lists.text_asked(request)

    @cached_property
    def had(self) -> dict[int, int]:
        """How many posts had each version as their latest."""
        return self.telling.counts_at(self.scale.moment)

    @property
    def counts(self) -> list[tuple[Version, int]]:
        """Each version with how many had it."""
        return [(one, self.had.get(one.alert.sequence, 0)) for one in self.versions]

    @property
    def without(self) -> int:
        """How many of those who were ever called had none yet."""
        return self.telling.posts - sum(self.had.values())


def _first_like(languages: list[str], language: str) -> str:
    """Choose the language of the page where the warning speaks it, else its first."""
    like = (one for one in languages if one.split("-")[0] == language.split("-")[0])
    return next(like, languages[0] if languages else language)


class _Scale:
    """The time over which one can look: from the first message to now or the end, in notches."""

    def __init__(self, request: HttpRequest, alert: Alert, messages: list[Alert]):
        now = clock_of(alert.drill, request.now)
        self.begins = min(one.received_at for one in messages)
        ends = [one.expires_at for one in messages if one.expires_at] or [now]
        self.ends = max(self.begins + timedelta(minutes=1), min(max(ends), now))
        self.moment = self._asked(request) or self.ends
        self.moments = [(one.received_at, one) for one in messages]

    def _asked(self, request: HttpRequest) -> datetime | None:
        notch = lists.whole_number(request.GET.get("notch", ""))
        if request.GET.get("by") == "notch" and notch is not None:
            step = (self.ends - self.begins) / NOTCHES
            return self.begins + step * min(notch, NOTCHES)
        try:
            at = parse_datetime(request.GET.get("at", ""))
        except ValueError:
            return None
        if at is None:
            return None
        return timezone.make_aware(at) if timezone.is_naive(at) else at

    @property
    def notches(self) -> int:
        """How many notches the slider has."""
        return NOTCHES

    @property
    def notch(self) -> int:
        """The notch nearest to the moment."""
        share = (self.moment - self.begins) / (self.ends - self.begins)
        return max(0, min(NOTCHES, round(share * NOTCHES)))

    @property
    def entered(self) -> str:
        """The moment as a field of the page holds it."""
        return timezone.localtime(self.moment).strftime("%Y-%m-%dT%H:%M:%S")

    @property
    def links(self) -> list[tuple[str, datetime]]:
        """The moments at which a message came, as an address holds them."""
        return [
            (timezone.localtime(at).strftime("%Y-%m-%dT%H:%M:%S"), at) for at, _one in self.moments
        ]


def _export(request: HttpRequest, fetch: lists.Fetch) -> HttpResponse:
    columns = [
        ("unit", _("Unit"), Kind.TEXT),
        ("post", _("Post"), Kind.TEXT),
        ("version", _("Which words"), Kind.INTEGER),
        ("step", _("How far"), Kind.TEXT),
        ("at", _("Since"), Kind.DATETIME),
        ("channel", _("By"), Kind.TEXT),
        ("person", _("Person"), Kind.TEXT),
        ("households", _("Households"), Kind.INTEGER),
    ]

    def row_of(post: Post) -> dict[str, Any]:
        had = post.had
        return {
            "unit": had.unit_name,
            "post": had.post_title,
            "version": had.sequence,
            "step": str(STEP_WORDS[had.step]),
            "at": had.at,
            "channel": str(CHANNELS.get(had.channel, had.channel)),
            "person": had.person if request.viewer.may("people.see", post.path) else "",
            "households": had.households,
        }

    return lists.export(request, "history", columns, fetch, row_of)
