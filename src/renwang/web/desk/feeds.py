"""Feeds: addresses that are watched for warnings, with their troubles."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from renwang.alerts import feeds
from renwang.alerts.models import Feed
from renwang.base.tables import Kind
from renwang.chain.selectors.naming import places_at, topmost_units
from renwang.web.desk import lists
from renwang.web.desk.forms.feeds import ChangeFeedForm, FeedForm
from renwang.web.frame import tables
from renwang.web.frame.gates import done, may, sent_form

_COLUMNS = [
    tables.Column(gettext_lazy("Feed"), sort="label"),
    tables.Column(gettext_lazy("For")),
    tables.Column(gettext_lazy("State")),
    tables.Column(gettext_lazy("Looked at")),
    tables.Column(gettext_lazy("Worked")),
    tables.Column(gettext_lazy("What to do"), hidden_label=True),
]
_SORTS = {"label": ("label",), "-label": ("-label",)}


@require_GET
@may("node.operate")
def show_feeds(request: HttpRequest) -> HttpResponse:
    """List the feeds that the viewer operates."""
    text, state = lists.text_asked(request), request.GET.get("state", "")
    sort = lists.sort_asked(request, _COLUMNS, _SORTS, "label")

    def fetch(cursor: str, size: int) -> Any:
        return feeds.list_feeds(
            request.viewer, text=text, state=state, order=_SORTS[sort], cursor=cursor, size=size
        )

    if lists.is_export(request):
        return _export(request, fetch)
    page = lists.cut(request, fetch)
    places = places_at(request.viewer, {feed.path for feed in page.items})
    choices = [("trouble", _("In trouble")), ("stopped", _("Stopped"))]
    chips = tables.chips_of(request, "state", choices)
    context = {
        "rows": [(feed, places.get(feed.path)) for feed in page.items],
        "table": lists.frame_of(request, _COLUMNS, page, sort=sort, chips=chips),
        "is_narrowed": bool(text or state),
    }
    return render(request, "desk/feeds/list.html", context)


def _export(request: HttpRequest, fetch: lists.Fetch) -> HttpResponse:
    columns = [
        ("label", _("Feed"), Kind.TEXT),
        ("url", _("Address"), Kind.TEXT),
        ("every", _("Seconds between two looks"), Kind.INTEGER),
        ("is_active", _("Watched"), Kind.BOOLEAN),
        ("looked_at", _("Looked at"), Kind.DATETIME),
        ("worked_at", _("Worked"), Kind.DATETIME),
        ("failures", _("Failures in a row"), Kind.INTEGER),
        ("trouble", _("Trouble"), Kind.TEXT),
    ]
    keys = [key for key, _title, _kind in columns]
    return lists.export(
        request, "feeds", columns, fetch, lambda feed: {key: getattr(feed, key) for key in keys}
    )


@require_http_methods(["GET", "POST"])
@may("node.operate")
def add(request: HttpRequest) -> HttpResponse:
    """Watch another address."""
    initial = {"unit": next(iter(topmost_units(request.viewer, "node.operate")), None)}
    form = FeedForm(request.viewer, sent_form(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            feeds.add_feed(**form.cleaned_data, by=request.viewer, now=request.now)
        except feeds.FeedRefused as refusal:
            form.add_error(None, refusal.sentence)
        else:
            return done(request, _("The feed is watched from now on."), "desk:feeds")
    return _show_form(request, form, None)


@require_http_methods(["GET", "POST"])
@may("node.operate")
def change(request: HttpRequest, feed_id: UUID) -> HttpResponse:
    """Change how an address is watched."""
    feed = _feed(request, feed_id)
    kept = ("label", "url", "every", "relays", "answer_url")
    initial = {name: getattr(feed, name) for name in kept}
    form = ChangeFeedForm(request.viewer, sent_form(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            feeds.change_feed(feed.pk, **form.cleaned_data, by=request.viewer, now=request.now)
        except feeds.FeedRefused as refusal:
            form.add_error(None, refusal.sentence)
        else:
            return done(request, _("The feed was changed and is looked at anew."), "desk:feeds")
    return _show_form(request, form, feed)


def _show_form(request: HttpRequest, form: FeedForm, feed: Feed | None) -> HttpResponse:
    context = {"form": form, "feed": feed, "entries": feeds.last_entries(feed) if feed else []}
    return render(request, "desk/feeds/form.html", context, status=422 if form.errors else 200)


def _feed(request: HttpRequest, feed_id: UUID) -> Feed:
    feed = feeds.visible_to(request.viewer).filter(pk=feed_id).first()
    if feed is None:
        raise Http404(feed_id)
    return feed


@require_POST
@may("node.operate")
def look(request: HttpRequest, feed_id: UUID) -> HttpResponse:
    """Look at a feed within a moment."""
    feeds.look_now(_feed(request, feed_id).pk, by=request.viewer, now=request.now)
    return done(request, _("The feed is being looked at."), "desk:feeds")


@require_POST
@may("node.operate")
def believe(request: HttpRequest, feed_id: UUID) -> HttpResponse:
    """Say that a list came empty rightly."""
    feeds.believe_empty(_feed(request, feed_id).pk, by=request.viewer, now=request.now)
    sentence = _("The empty list is believed, if it is still empty at the look that begins now.")
    return done(request, sentence, "desk:feed", feed_id)


@require_POST
@may("node.operate")
def stop(request: HttpRequest, feed_id: UUID) -> HttpResponse:
    """Watch a feed no longer."""
    feeds.stop_feed(_feed(request, feed_id).pk, by=request.viewer, now=request.now)
    return done(request, _("The feed is no longer watched."), "desk:feeds")
