"""Hot spots: what many people raise in one place, ranked, with the cases it rests on."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from renwang.base.tables import Kind as Cell
from renwang.cases import config
from renwang.cases.models import Topic
from renwang.cases.services import topics as services
from renwang.cases.topic_rules import SHOWN_FROM
from renwang.cases.topics import SORTS, list_topics, topic_page
from renwang.chain.rules import Refusal
from renwang.web.desk import lists
from renwang.web.desk.cases import case_tabs
from renwang.web.frame import tables
from renwang.web.frame.gates import done, may, not_done, sentence_of

_COLUMNS = [
    tables.Column(gettext_lazy("Hot spot"), sort="heat"),
    tables.Column(gettext_lazy("Place")),
    tables.Column(gettext_lazy("Cases"), sort="number", number=True),
    tables.Column(gettext_lazy("People, at least"), number=True),
    tables.Column(gettext_lazy("Last four weeks"), number=True),
    tables.Column(gettext_lazy("Four weeks before"), number=True),
    tables.Column(gettext_lazy("Last came in"), sort="last"),
]
_CASES = [
    tables.Column(gettext_lazy("Case")),
    tables.Column(gettext_lazy("State")),
    tables.Column(gettext_lazy("Place")),
    tables.Column(gettext_lazy("Came in")),
]
_CHIPS = [("ended", gettext_lazy("Ended hot spots"))]


class WordForm(forms.Form):
    """One line: a name, a reason, a number."""

    word = forms.CharField(max_length=300)

    def __init__(self, label: Any, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["word"].label = label


_ACTS: Mapping[str, tuple[Callable[..., Topic], Any, Any, Any]] = {
    "name": (
        services.name_topic, gettext_lazy("Name"), gettext_lazy("Name it"),
        gettext_lazy("It is called so from now on."),
    ),
    "link": (
        services.link_topic, gettext_lazy("Number on the risk list"), gettext_lazy("Link it"),
        gettext_lazy("It is linked with the risk list."),
    ),
    "merge": (
        services.merge_topic, gettext_lazy("Number of the other hot spot"),
        gettext_lazy("Join it with that one"), gettext_lazy("They are one from now on."),
    ),
    "end": (
        services.end_topic, gettext_lazy("Why it ends"), gettext_lazy("End the hot spot"),
        gettext_lazy("It has ended. New cases come to it no more."),
    ),
}  # fmt: skip


def title_of(topic: Topic) -> str:
    """Call a topic by the name that a person gave it, else by the words that tell it."""
    return topic.name or " · ".join(topic.words) or topic.ref


def people_of(topic: Topic) -> str:
    """Say how many people stand behind a topic; few are not told in figures."""
    if topic.voices < SHOWN_FROM:
        return _("fewer than {number}").format(number=SHOWN_FROM)
    return str(topic.voices)


@require_GET
@may("cases.see")
def show_topics(request: HttpRequest) -> HttpResponse:
    """List hot spots, the hottest first; or give them as a file."""
    wanted = {
        "text": lists.text_asked(request),
        "under": lists.unit_asked(request),
        "ended": request.GET.get("which") == "ended",
        "sort": lists.sort_asked(request, _COLUMNS, SORTS, "-heat"),
    }

    def fetch(cursor: str, size: int) -> Any:
        return list_topics(request.viewer, **wanted, cursor=cursor, size=size)

    if lists.is_export(request):
        return _export(request, fetch)
    page = lists.cut(request, fetch)
    chips = tables.chips_of(request, "which", _CHIPS)
    context = {
        "rows": [(one, title_of(one), people_of(one)) for one in page.items],
        "table": lists.frame_of(request, _COLUMNS, page, sort=wanted["sort"], chips=chips),
        "tabs": case_tabs(request, "topics"),
        "is_narrowed": bool(request.GET),
    }
    return render(request, "desk/topics/list.html", context)


def _export(request: HttpRequest, fetch: lists.Fetch) -> HttpResponse:
    columns = [
        ("ref", _("Number"), Cell.CODE),
        ("title", _("Hot spot"), Cell.TEXT),
        ("unit", _("Place"), Cell.TEXT),
        ("number", _("Cases"), Cell.INTEGER),
        ("people", _("People, at least"), Cell.TEXT),
        ("recent", _("Last four weeks"), Cell.INTEGER),
        ("before", _("Four weeks before"), Cell.INTEGER),
        ("first_at", _("First came in"), Cell.DATETIME),
        ("last_at", _("Last came in"), Cell.DATETIME),
        ("risk_ref", _("Number on the risk list"), Cell.CODE),
    ]

    def row_of(one: Topic) -> dict[str, Any]:
        made = {"title": title_of(one), "unit": one.unit.name, "people": people_of(one)}
        return {key: made.get(key, getattr(one, key, None)) for key, _title, _kind in columns}

    return lists.export(request, "hot-spots", columns, fetch, row_of)


@require_GET
@may("cases.see")
def show_topic(request: HttpRequest, ref: str) -> HttpResponse:
    """Show a hot spot with the cases it rests on, as far as they are in reach."""
    cursor = request.GET.get("after") or request.GET.get("before") or ""
    page = topic_page(request.viewer, ref, cursor=cursor)
    if page is None:
        raise Http404(ref)
    topic = page.topic
    title = title_of(topic)
    handles = topic.is_live and request.viewer.may("cases.handle", topic.path)
    context = {
        "topic": topic,
        "title": title,
        "people": people_of(topic),
        "cases": page.cases.items,
        "kinds": config.kinds(),
        "table": lists.frame_of(request, _CASES, page.cases, exports=[]),
        "crumbs": [(_("Hot spots"), reverse("desk:topics")), (title, "")],
        "forms": [
            (act, WordForm(label, prefix=act), button)
            for act, (_deed, label, button, _told) in _ACTS.items()
        ]
        if handles
        else [],
    }
    return render(request, "desk/topics/topic.html", context)


@require_POST
@may("cases.handle")
def do(request: HttpRequest, ref: str, act: str) -> HttpResponse:
    """Name a hot spot, link, join or end it."""
    page = topic_page(request.viewer, ref, size=1)
    if page is None or act not in _ACTS:
        raise Http404(ref)
    deed, label, _button, told = _ACTS[act]
    form = WordForm(label, request.POST, prefix=act)
    if not form.is_valid():
        return not_done(request, _("Fill in the line."), "desk:topic", ref)
    word = form.cleaned_data["word"].strip()
    try:
        topic = deed(
            page.topic.ref, word.upper() if act == "merge" else word,
            by=request.viewer, now=request.now,
        )  # fmt: skip
    except Refusal as refusal:
        return not_done(request, sentence_of(refusal), "desk:topic", ref)
    return done(request, str(told), "desk:topic", topic.ref)
