"""Kinds of case and working days at the desk: seen, changed, brought in and given out as tables, with all that was ever changed."""

import json
from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from renwang.base.tables import Column as FileColumn
from renwang.cases import config
from renwang.cases.kind_rules import OTHER
from renwang.cases.names import EVENTS
from renwang.cases.services.configuring import (
    change_calendar,
    change_kinds,
    change_of,
    list_changes,
    open_by_kind,
    restore_shipped,
)
from renwang.cases.setting_rules import CHANGES, days_of, flat_of, put_kind
from renwang.chain.rules import Refusal
from renwang.chain.selectors.naming import names_of
from renwang.registers import hazards
from renwang.web.desk import lists
from renwang.web.desk.forms.case_settings import (
    DAY_COLUMNS,
    KIND_COLUMNS,
    LARGEST,
    BringForm,
    ConfirmForm,
    KindForm,
    ReasonForm,
)
from renwang.web.desk.forms.case_tellings import LANGUAGE_NAMES
from renwang.web.desk.forms.cases import WorkdaysForm
from renwang.web.frame import tables
from renwang.web.frame.bodies import takes
from renwang.web.frame.gates import done, may, not_done, sent_form, sentence_of

_HISTORY = [
    tables.Column(gettext_lazy("Record of changes")),
    tables.Column(gettext_lazy("Reason")),
    tables.Column(gettext_lazy("By whom")),
    tables.Column(gettext_lazy("When")),
]
NAMES: Mapping[str, Any] = {
    "kinds": gettext_lazy("Kinds of case"),
    "calendar": gettext_lazy("Working days"),
    "telling": gettext_lazy("Messages to reporters"),
}
HOMES = {
    "kinds": "desk:case_kinds",
    "calendar": "desk:cases_workdays",
    "telling": "desk:case_tellings",
}
TABLES = (config.KINDS, config.CALENDAR)
"""What is brought in and given out as a table too."""
FIELDS: Mapping[str, Any] = {
    "kind": gettext_lazy("the kind itself"),
    "order": gettext_lazy("the order"),
    "holiday": gettext_lazy("holiday"),
    "worked": gettext_lazy("worked in exchange"),
    "weekend": gettext_lazy("weekend"),
    "closes": gettext_lazy("end of the working day"),
    "years": gettext_lazy("years that are known"),
    "on": gettext_lazy("on or off"),
    "quiet": gettext_lazy("hours without messages"),
}


def tabs_of(current: str) -> list[dict[str, Any]]:
    """Lead from kinds to working days, to messages, to what was changed, and back."""
    views = [
        ("kinds", NAMES["kinds"], reverse("desk:case_kinds"), "rows"),
        ("calendar", NAMES["calendar"], reverse("desk:cases_workdays"), "calendar"),
        ("telling", NAMES["telling"], reverse("desk:case_tellings"), "message"),
        ("history", _("Record of changes"), reverse("desk:case_changes"), "journal"),
    ]
    return [
        {"label": label, "url": url, "current": key == current, "icon": icon}
        for key, label, url, icon in views
    ]


def setting_at(setting: str) -> str:
    """Check which of the two tables an address means; 404 for anything else."""
    if setting not in TABLES:
        raise Http404(setting)
    return setting


# --- kinds -----------------------------------------------------------------------------


@require_GET
@may("node.operate")
def show_kinds(request: HttpRequest) -> HttpResponse:
    """List the kinds as the tree they are, with the terms that hold for each."""
    rows = config.bodies()[config.KINDS]
    kinds, used = config.kinds(), open_by_kind()
    known = hazards.kinds()
    language = request.LANGUAGE_CODE
    listed = [
        {
            "kind": kinds[row["key"]],
            "names": row["names"],
            "hazard": known[hazard].name(language) if (hazard := kinds[row["key"]].hazard) in known else hazard,
            "is_own": "terms" in row,
            "open": used.get(row["key"], 0),
        }
        for row in rows
    ]  # fmt: skip
    context = {
        "rows": listed,
        "tabs": tabs_of("kinds"),
        "is_shipped": rows == config.shipped(config.KINDS),
        "reason": ReasonForm(),
        "bring": BringForm(),
    }
    return render(request, "desk/case_settings/kinds.html", context)


@require_http_methods(["GET", "POST"])
@may("node.operate")
def change_kind(request: HttpRequest, key: str = "") -> HttpResponse:
    """Change one kind, or make a new one."""
    rows = config.bodies()[config.KINDS]
    row = next((one for one in rows if one["key"] == key), None)
    if key and row is None:
        raise Http404(key)
    form = KindForm(rows, key, sent_form(request), initial=KindForm.initial_of(row) if row else {})
    if request.method == "POST" and form.is_valid():
        body = put_kind(rows, form.kind(), old=key)
        try:
            change_kinds(
                body, by=request.viewer, now=request.now, reason=form.cleaned_data["reason"]
            )
        except Refusal as refusal:
            form.add_error(None, sentence_of(refusal))
        else:
            return done(
                request, _("It holds for cases that come in from now on."), "desk:case_kinds"
            )
    title = config.name_of(config.kinds(), key) if row else _("A new kind")
    crumbs = [(_("Kinds of case"), reverse("desk:case_kinds")), (title, "")]
    lead = _("Terms that are left empty are those of the kind it belongs to.")
    return lists.show_form(request, form, title, lead, crumbs, _("Let it hold"))


@require_http_methods(["GET", "POST"])
@may("node.operate")
def remove_kind(request: HttpRequest, key: str) -> HttpResponse:
    """Take a kind away that no open case has, and to which no other belongs."""
    rows = config.bodies()[config.KINDS]
    if key == OTHER or not any(row["key"] == key for row in rows):
        raise Http404(key)
    form = ReasonForm(sent_form(request))
    if request.method == "POST" and form.is_valid():
        body = [row for row in rows if row["key"] != key]
        try:
            change_kinds(body, by=request.viewer, now=request.now, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, sentence_of(refusal))
        else:
            return done(request, _("The kind is gone."), "desk:case_kinds")
    title = _("Take the kind “{name}” away").format(name=config.name_of(config.kinds(), key))
    crumbs = [(_("Kinds of case"), reverse("desk:case_kinds")), (title, "")]
    lead = _("Closed cases keep it. No open case may have it, and no other kind may belong to it.")
    return lists.show_form(request, form, title, lead, crumbs, _("Take it away"))


# --- working days ----------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@may("node.operate")
def change_workdays(request: HttpRequest) -> HttpResponse:
    """Say which days are worked: what the State Council announces each year, and what is decided here."""
    before = config.bodies()[config.CALENDAR]
    form = WorkdaysForm(sent_form(request), initial=WorkdaysForm.initial_of(before))
    if request.method == "POST" and form.is_valid():
        said = {"by": request.viewer, "now": request.now, "reason": form.cleaned_data["reason"]}
        try:
            change_calendar(form.body(before), **said)
        except Refusal as refusal:
            form.add_error(None, sentence_of(refusal))
        else:
            return done(request, _("These working days hold from now on."), "desk:cases_workdays")
    return _show_days(request, form, before)


def _show_days(request: HttpRequest, form: WorkdaysForm, before: Mapping[str, Any]) -> HttpResponse:
    year = timezone.localdate(request.now).year
    context = {
        "form": form,
        "days": days_of(before),
        "tabs": tabs_of("calendar"),
        "is_shipped": before == config.shipped(config.CALENDAR),
        "is_known": year in before["years"],
        "year": year,
        "reason": ReasonForm(prefix="restore"),
        "bring": BringForm(),
    }
    status = 422 if form.errors else 200
    return render(request, "desk/case_settings/calendar.html", context, status=status)


# --- in and out ------------------------------------------------------------------------


@require_GET
@may("node.operate")
def give(request: HttpRequest, setting: str) -> HttpResponse:
    """Give kinds or working days as JSON, which holds everything, or as a table."""
    body = config.bodies()[setting_at(setting)]
    if not lists.is_export(request):
        answer = lists.as_json(request, body)
        day = timezone.localdate(request.now)
        answer["Content-Disposition"] = f'attachment; filename="case-{setting}-{day:%Y%m%d}.json"'
        return answer
    columns: list[FileColumn] = KIND_COLUMNS if setting == config.KINDS else DAY_COLUMNS
    rows = map(flat_of, body) if setting == config.KINDS else iter(days_of(body))
    return lists.as_file(request, f"case-{setting}", columns, rows)


@takes(LARGEST)
@require_POST
@may("node.operate")
def bring(request: HttpRequest, setting: str) -> HttpResponse:
    """Read a file, and show what it would change, or what is wrong with each of its rows. Nothing is written yet."""
    form = BringForm(request.POST, request.FILES)
    if not form.is_valid():
        return not_done(request, _("Choose a file."), HOMES[setting_at(setting)])
    body, wrong = form.read(setting_at(setting))
    before = config.bodies()[setting]
    changes = [] if wrong else CHANGES[setting](before, body)
    return _preview(request, setting, body, wrong, changes)


def _preview(
    request: HttpRequest, setting: str, body: Any, wrong: Any, changes: Any, form: Any = None
) -> HttpResponse:
    context = {
        "name": setting,
        "title": _("What the file would change"),
        "crumbs": [(NAMES[setting], reverse(HOMES[setting])), (_("Bring in"), "")],
        "wrong": wrong,
        "changes": _said(changes),
        "form": form or ConfirmForm(initial={"body": json.dumps(body, ensure_ascii=False)}),
        "back": reverse(HOMES[setting]),
    }
    status = 422 if wrong or form else 200
    return render(request, "desk/case_settings/preview.html", context, status=status)


def _wording(field: str) -> str:
    """Name a wording by its language and what it tells of; nothing for any other field."""
    language, _dot, event = field.partition(".")
    return f"{LANGUAGE_NAMES.get(language, language)}: {EVENTS.get(event, event)}" if event else ""


def _said(changes: Any) -> list[dict[str, Any]]:
    titles = {column.key: column for column in KIND_COLUMNS}
    language = get_language() or "en"
    return [
        {
            "key": one.key,
            "field": FIELDS.get(one.field) or _wording(one.field) or (titles[one.field].title(language) if one.field in titles else one.field),
            "before": one.before,
            "after": one.after,
        }
        for one in changes
    ]  # fmt: skip


@takes(LARGEST)
@require_POST
@may("node.operate")
def confirm(request: HttpRequest, setting: str) -> HttpResponse:
    """Let hold what was read out of a file."""
    form = ConfirmForm(request.POST)
    change = change_kinds if setting_at(setting) == config.KINDS else change_calendar
    if form.is_valid():
        said = form.cleaned_data
        try:
            change(said["body"], by=request.viewer, now=request.now, reason=said["reason"])
        except Refusal as refusal:
            form.add_error(None, sentence_of(refusal))
        else:
            return done(request, _("It holds from now on."), HOMES[setting])
    return _preview(request, setting, None, [], [], form)


@require_POST
@may("node.operate")
def restore(request: HttpRequest, setting: str) -> HttpResponse:
    """Go back to what shipped."""
    if setting not in HOMES:
        raise Http404(setting)
    try:
        restore_shipped(
            setting, by=request.viewer, now=request.now,
            reason=(request.POST.get("reason") or request.POST.get("restore-reason", ""))[:301],
        )  # fmt: skip
    except Refusal as refusal:
        return not_done(request, sentence_of(refusal), HOMES[setting])
    return done(request, _("What came along with the program holds again."), HOMES[setting])


# --- what was changed --------------------------------------------------------------------


@require_GET
@may("node.operate")
def show_changes(request: HttpRequest) -> HttpResponse:
    """List what was changed, the latest first."""
    page = lists.cut(
        request, lambda cursor, size: list_changes(request.viewer, cursor=cursor, size=size)
    )
    context = {
        "rows": [(one, NAMES[one.name]) for one in page.items],
        "names": _names(request, {one.by for one in page.items}),
        "table": lists.frame_of(request, _HISTORY, page, exports=[]),
        "tabs": tabs_of("history"),
    }
    return render(request, "desk/case_settings/history.html", context)


@require_GET
@may("node.operate")
def show_change(request: HttpRequest, key: int) -> HttpResponse:
    """Show what one change changed."""
    found = change_of(request.viewer, key)
    if found is None:
        raise Http404(key)
    context = {
        "row": found.row,
        "name": NAMES[found.row.name],
        "names": _names(request, {found.row.by}),
        "changes": _said(found.changes),
        "crumbs": [
            (_("Record of changes"), reverse("desk:case_changes")),
            (NAMES[found.row.name], ""),
        ],
    }
    return render(request, "desk/case_settings/change.html", context)


def _names(request: HttpRequest, who: set[Any]) -> dict[Any, str]:
    known = names_of(request.viewer, {one for one in who if one})
    return {key: one.name for key, one in known.items()}
