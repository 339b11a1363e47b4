"""Cases: the inbox, one of them as a story, entering what comes by telephone, in person, by text message and on paper."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from renwang.base.tables import Kind as Cell
from renwang.cases import config, photos, services
from renwang.cases.alike import alike
from renwang.cases.mediation.selectors import of_case
from renwang.cases.models import Case
from renwang.cases.names import ENDS, WAYS
from renwang.cases.names import STATES as STATE_WORDS
from renwang.cases.rules import MOVES, Act, State, Via
from renwang.cases.selectors import (
    SORTS,
    CasePage,
    Wanted,
    case_page,
    filters_of,
    late_for,
    list_cases,
    may_handle,
    photo_of,
)
from renwang.cases.services import Report, show_code
from renwang.chain.reach import Viewer
from renwang.chain.rules import Refusal
from renwang.chain.selectors.naming import names_of, topmost_units
from renwang.web.desk import lists, suggesting
from renwang.web.desk.forms.cases import (
    FLAGS,
    STATES,
    BulkForm,
    EnterForm,
    ExtendForm,
    FilterForm,
    GiveForm,
    MaskForm,
    MaybeWordsForm,
    MergeForm,
    PartForm,
    PostponeForm,
    ReferForm,
    ScreenForm,
    WordsForm,
)
from renwang.web.desk.forms.erasures import AskForm
from renwang.web.desk.linked_cases import elsewhere
from renwang.web.desk.sharing_cases import seen_by_others, show_shared
from renwang.web.frame import tables
from renwang.web.frame.gates import done, may, sent_form, sentence_of, signed_in

_COLUMNS = [
    tables.Column(gettext_lazy("Choose"), hidden_label=True),
    tables.Column(gettext_lazy("Case")),
    tables.Column(gettext_lazy("State")),
    tables.Column(gettext_lazy("Place"), sort="place"),
    tables.Column(gettext_lazy("Lies with")),
    tables.Column(gettext_lazy("Due"), sort="due"),
    tables.Column(gettext_lazy("Came in"), sort="received"),
]
_CHIPS = [
    ("new", gettext_lazy("New cases")),
    ("going", gettext_lazy("Being seen to")),
    ("answered", gettext_lazy("Answered cases")),
    ("closed", gettext_lazy("Closed cases")),
]
_FLAGS = [
    ("overdue", gettext_lazy("Overdue cases")),
    ("climbed", gettext_lazy("Climbed")),
    ("mine", gettext_lazy("Mine")),
    ("alarm", gettext_lazy("Word of danger")),
    ("returned", gettext_lazy("Returned")),
    ("reopened", gettext_lazy("Rejected before")),
    ("gap", gettext_lazy("Gap in the duties list")),
]


def count_waiting(request: HttpRequest) -> Any:
    """Give the cases that are late where the viewer handles them."""
    if not request.viewer.may("cases.handle"):
        return None
    return late_for(request.viewer, now=request.now)


def wanted_of(request: HttpRequest, kinds: Mapping[str, Any]) -> Wanted:
    """Read what the inbox is narrowed to; without a state, what is not closed."""
    flag = request.GET.get("which", "")
    return Wanted(
        states=STATES.get(request.GET.get("state", ""), STATES["live"]),
        under=lists.unit_asked(request),
        text=lists.text_asked(request),
        **FilterForm(kinds, request.GET).wanted(),
        **({flag: True} if flag in FLAGS else {}),
    )


@require_GET
@may("cases.see")
def show_cases(request: HttpRequest) -> HttpResponse:
    """List cases, the latest first; or give them as a file."""
    kinds = config.kinds()
    sort = lists.sort_asked(request, _COLUMNS, SORTS, "-received")
    wanted = wanted_of(request, kinds)

    def fetch(cursor: str, size: int) -> Any:
        return list_cases(
            request.viewer, wanted, now=request.now, sort=sort, cursor=cursor, size=size
        )

    if lists.is_export(request):
        return _export(request, fetch, kinds)
    page = lists.cut(request, fetch)
    chips = [*tables.chips_of(request, "state", _CHIPS), *tables.chips_of(request, "which", _FLAGS)]
    table = lists.frame_of(request, _COLUMNS, page, sort=sort, chips=chips)
    context = {"cases": page.items, "table": table, "under": wanted.under}
    return render(request, "desk/cases/list.html", _around(request, kinds) | context)


def _around(request: HttpRequest, kinds: Mapping[str, Any]) -> dict[str, Any]:
    """What stands round the rows of the inbox."""
    return {
        "kinds": kinds,
        "form": FilterForm(kinds, request.GET),
        "bulk": BulkForm(request.viewer, prefix="bulk"),
        "may_handle": request.viewer.may("cases.handle"),
        "filters": filters_of(request.viewer),
        "query": request.GET.urlencode(),
        "is_narrowed": bool(request.GET),
        "tabs": case_tabs(request, "list"),
    }


def case_tabs(request: HttpRequest, current: str) -> list[dict[str, Any]]:
    """Lead from the list to the map, to those who are to be rung, and back."""
    views = [
        ("list", _("List"), reverse("desk:cases"), "rows"),
        ("map", _("Map"), reverse("desk:cases_map"), "map"),
        ("topics", _("Hot spots"), reverse("desk:topics"), "chart"),
        ("ring", _("To ring back"), reverse("desk:cases_ring"), "phone"),
        ("placards", _("Placards"), reverse("desk:placards"), "print"),
    ]
    return [
        {"label": label, "url": url, "current": key == current, "icon": icon}
        for key, label, url, icon in views
    ]


def _export(request: HttpRequest, fetch: lists.Fetch, kinds: Mapping[str, Any]) -> HttpResponse:
    columns = [
        ("ref", _("Number"), Cell.CODE),
        ("words", _("Words"), Cell.TEXT),
        ("kind", _("Kind"), Cell.TEXT),
        ("state", _("State"), Cell.TEXT),
        ("end", _("Ended as"), Cell.TEXT),
        ("via", _("Came by"), Cell.TEXT),
        ("unit", _("Place"), Cell.TEXT),
        ("place", _("Where exactly"), Cell.TEXT),
        ("holder", _("Lies with"), Cell.TEXT),
        ("received_at", _("Came in"), Cell.DATETIME),
        ("due_at", _("Due"), Cell.DATETIME),
        ("answered_at", _("Answered"), Cell.DATETIME),
        ("closed_at", _("Closed"), Cell.DATETIME),
        ("returns", _("Times returned"), Cell.INTEGER),
        ("reopenings", _("Times rejected"), Cell.INTEGER),
    ]

    def row_of(one: Case) -> dict[str, Any]:
        row = {key: getattr(one, key) for key, _title, _kind in columns}
        return row | {
            "words": words_for(request.viewer, one),
            "kind": config.name_of(kinds, one.kind),
            "state": str(STATE_WORDS[State(one.state)]),
            "end": str(ENDS.get(one.end, "")),
            "via": str(WAYS[Via(one.via)]),
            "unit": one.unit.name,
            "holder": one.holder.name,
        }

    return lists.export(request, "cases", columns, fetch, row_of)


def words_for(viewer: Viewer, case: Case) -> str:
    """Give the words of a case as somebody may read them: masked ones to those who do not handle it."""
    return case.masked if case.masked and not may_handle(viewer, case) else case.words


# --- entering -------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@may("cases.report")
def enter(request: HttpRequest) -> HttpResponse:
    """Enter what somebody says, while he says it; the code for him is shown afterwards, once."""
    unit = next(iter(topmost_units(request.viewer, "cases.report")), None)
    initial = {"unit": unit, "key": uuid4().hex, "datum": "wgs84"}
    form = EnterForm(config.kinds(), request.viewer, sent_form(request), initial=initial)
    if not config.tells_reporters():
        del form.fields["tell"]
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        names = ("words", "key", "kind", "contact", "place", "lon", "lat", "came_at")
        told = Report(**{name: said[name] for name in names}, tells=said.get("tell", False))
        try:
            taken = services.enter_report(
                told, said["unit"], Via(said["via"]), by=request.viewer, now=request.now
            )
        except Refusal as refusal:
            form.add_error(None, sentence_of(refusal))
        else:
            sentence = _("{ref} came in. Code for the reporter: {code}").format(
                ref=taken.case.ref, code=show_code(taken.code)
            )
            return done(request, sentence, "desk:case", taken.case.ref)
    title = _("Enter a case")
    crumbs = [(_("Cases"), reverse("desk:cases")), (title, "")]
    lead = _("By telephone, in person, by text message, on paper.")
    return lists.show_form(request, form, title, lead, crumbs, _("Take it in"))


# --- one case ---------------------------------------------------------------------


def page_of(request: HttpRequest, ref: str) -> CasePage:
    """Find the case of an address with its story; 404 where there is none in the viewer's reach."""
    page = case_page(request.viewer, ref)
    if page is None:
        raise Http404(ref)
    return page


@require_GET
@signed_in
def show_case(request: HttpRequest, ref: str) -> HttpResponse:
    """Tell the story of a case, with what can be done next; of one that is only shared, what the agreement names."""
    page = case_page(request.viewer, ref)
    if page is None:
        return show_shared(request, ref)
    return render(request, "desk/cases/case.html", _story(request, page))


def _story(request: HttpRequest, page: CasePage) -> dict[str, Any]:
    viewer, case, kinds = request.viewer, page.case, config.kinds()
    handles = may_handle(viewer, case)
    state = State(case.state)
    acts = {act.value for act in Act if (state, act) in MOVES} if handles else set()
    suggested = suggesting.shown(case, kinds) if handles else None
    return {
        "page": page,
        "case": case,
        "kinds": kinds,
        "words": words_for(viewer, case),
        "handles": handles,
        "acts": acts,
        "may_arbitrate": _waits_for_arbiter(page) and viewer.may("cases.arbitrate", case.held_path),
        "may_reply": "reply" in acts and viewer.may("cases.handle", case.asked_path),
        "is_own_answer": case.answered_by == viewer.id,
        "alike": alike(viewer, case, now=request.now)
        if handles and case.words and case.is_live
        else [],
        "mediations": of_case(viewer, case.pk),
        "linked": elsewhere(page, handles=handles),
        "others": seen_by_others(case, kinds, request.now),
        "own_parts": {one.pk for one in page.parts if viewer.may("cases.see", one.path)},
        "names": _names(viewer, page),
        "steps": _told(page),
        "suggested": suggested,
        "forms": _forms(viewer, case, kinds, suggested) if handles else {},
    }


def _waits_for_arbiter(page: CasePage) -> bool:
    return any(one.kind == "arbitrate" and one.met_at is None for one in page.clocks)


def _told(page: CasePage) -> list[tuple[Any, Any]]:
    by_number = {one.number: one for one in page.answers}
    return [
        (one, by_number.get(one.facts.get("number", 0)) if one.act == Act.ANSWER else None)
        for one in page.steps
    ]


def _names(viewer: Viewer, page: CasePage) -> dict[UUID, str]:
    who = {one.by for one in page.steps if one.by} | {page.case.person}
    return {key: one.name for key, one in names_of(viewer, {one for one in who if one}).items()}


def _forms(
    viewer: Viewer, case: Case, kinds: Mapping[str, Any], suggested: Mapping[str, Any] | None
) -> dict[str, Any]:
    kind = suggested["kind"] if suggested and suggested["is_preset"] else case.kind
    return {
        "screen": ScreenForm(kinds, initial={"kind": kind}, prefix="screen"),
        "accept": MaybeWordsForm(prefix="accept"),
        "assign": GiveForm(viewer, prefix="assign"),
        "arbitrate": GiveForm(viewer, prefix="arbitrate"),
        "ask": WordsForm(prefix="ask"),
        "postpone": PostponeForm(prefix="postpone"),
        "refer": ReferForm(viewer, prefix="refer"),
        "reply": WordsForm(prefix="reply"),
        "extend": ExtendForm(prefix="extend"),
        "return": WordsForm(prefix="return"),
        "note": WordsForm(prefix="note"),
        "mask": MaskForm(initial={"words": case.words}, prefix="mask"),
        "merge": MergeForm(prefix="merge"),
        "reopen": WordsForm(prefix="reopen"),
        "erase": AskForm(prefix="erase"),
        "part": PartForm(
            kinds, viewer, initial={"kind": case.kind, "unit": case.unit}, prefix="part"
        ),
    }


@require_GET
@signed_in
def give_photo(request: HttpRequest, key: UUID) -> HttpResponse:
    """Give a photograph to whoever may see its case."""
    photo = photo_of(request.viewer, key)
    data = photos.bytes_of(photo) if photo else None
    if data is None:
        raise Http404(str(key))
    headers = {"Cache-Control": "private, max-age=86400", "X-Content-Type-Options": "nosniff"}
    return HttpResponse(data, content_type="image/jpeg", headers=headers)
