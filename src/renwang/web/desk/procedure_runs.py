"""Runs of procedures at the desk: the list, starting one, ticking its steps, the story, a sheet typed in."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from renwang.base.pure.ids import uuid7
from renwang.base.tables import Kind
from renwang.chain.rules import Refusal
from renwang.chain.selectors.naming import names_of
from renwang.registers import photos
from renwang.registers.procedures import services
from renwang.registers.procedures.run_rules import How, Outcome, RunState, acts_of
from renwang.registers.procedures.runs import EVENTS, HOWS, RUN_STATES, Run
from renwang.registers.procedures.selectors import running
from renwang.registers.procedures.selectors.running import RunPage
from renwang.registers.procedures.services import Occasion, Said
from renwang.web.desk import lists
from renwang.web.desk.forms.procedures import (
    EndForm,
    HandForm,
    SheetLineForm,
    StartForm,
    TickForm,
    WordForm,
)
from renwang.web.desk.procedures import procedure_at
from renwang.web.frame import tables
from renwang.web.frame.bodies import takes
from renwang.web.frame.gates import (
    done,
    may,
    not_done,
    refused,
    sent_form,
    sentence_of,
    signed_in,
)

_COLUMNS = [
    tables.Column(gettext_lazy("Run"), sort="started"),
    tables.Column(gettext_lazy("Place"), sort="place"),
    tables.Column(gettext_lazy("Occasion")),
    tables.Column(gettext_lazy("In the hands of")),
    tables.Column(gettext_lazy("State")),
]
_CHIPS = [("open", gettext_lazy("Not over")), (RunState.ENDED, RUN_STATES[RunState.ENDED])]
_EXPORTED = [
    ("ref", gettext_lazy("Number"), Kind.CODE),
    ("procedure", pgettext_lazy("the thing itself", "Procedure"), Kind.TEXT),
    ("place", gettext_lazy("Place"), Kind.TEXT),
    ("exercise", gettext_lazy("Exercise"), Kind.BOOLEAN),
    ("hazard", gettext_lazy("Hazard"), Kind.TEXT),
    ("reason", gettext_lazy("Occasion"), Kind.TEXT),
    ("started", gettext_lazy("Started"), Kind.DATETIME),
    ("ended", gettext_lazy("Ended at"), Kind.DATETIME),
    ("state", gettext_lazy("State"), Kind.TEXT),
    ("outcome", gettext_lazy("Outcome"), Kind.TEXT),
    ("words", gettext_lazy("What the run came to"), Kind.TEXT),
]


def _row_of(run: Run) -> Mapping[str, Any]:
    return {
        "ref": run.ref,
        "procedure": run.procedure.title,
        "place": run.unit.name,
        "exercise": run.is_exercise,
        "hazard": run.hazard_name,
        "reason": run.reason,
        "started": run.started_at,
        "ended": run.ended_at,
        "state": run.get_state_display(),
        "outcome": run.get_outcome_display() if run.outcome else "",
        "words": run.words,
    }


@require_GET
@may("procedures.see")
def show_runs(request: HttpRequest) -> HttpResponse:
    """List the runs of the viewer's places, the latest first."""
    state = request.GET.get("state", "")
    exercise = {"yes": True, "no": False}.get(request.GET.get("exercise", ""))
    ref = request.GET.get("procedure", "")
    procedure = procedure_at(request, ref) if ref else None
    wanted = {
        "state": state if state in {"open", *RunState} else "",
        "exercise": exercise,
        "procedure": procedure,
        "under": lists.unit_asked(request),
        "text": lists.text_asked(request),
        "sort": lists.sort_asked(request, _COLUMNS, running.SORTS, "-started"),
    }
    chips = tables.chips_of(request, "state", _CHIPS)
    kinds = [("no", gettext_lazy("For real")), ("yes", gettext_lazy("As an exercise"))]
    chips += tables.chips_of(request, "exercise", kinds)
    return lists.show_list(request, _LISTING, wanted, chips=chips)


_LISTING = lists.Listing(
    "procedure_runs", running.list_runs, running.SORTS, "-started", _COLUMNS, _EXPORTED, _row_of
)


@require_http_methods(["GET", "POST"])
@may("procedures.run")
def start(request: HttpRequest, ref: str) -> HttpResponse:
    """Start a run: for real or as an exercise, where, because of what."""
    procedure = procedure_at(request, ref)
    form = StartForm(
        request.viewer,
        sent_form(request),
        now=request.now,
        initial={"unit": _place_of(request, procedure.path) or procedure.unit},
    )
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        occasion = Occasion(said["is_exercise"], said["hazard"], said["reason"])
        try:
            run = services.start_run(
                said["id"], procedure.pk, said["unit"], occasion, by=request.viewer, now=request.now
            )
            return done(request, _("The run has begun."), "desk:procedure_run", run.ref)
        except Refusal as refusal:
            form.add_error(None, sentence_of(refusal))
    back = reverse("desk:procedure", args=[ref])
    crumbs = [(_("Procedures list"), reverse("desk:procedures")), (procedure.title, back)]
    return lists.show_form(
        request, form, _("Run the procedure"), procedure.title,
        [*crumbs, (_("Run the procedure"), "")], _("Start the run"),
    )  # fmt: skip


def _place_of(request: HttpRequest, path: str) -> Any:
    """Give the viewer's own place where it lies within the procedure's."""
    places = [one for one in request.viewer.places["procedures.run"] if one.startswith(path)]
    return lists.unit_at_path(request, places[0]) if places else None


# --- one run ------------------------------------------------------------------------


def page_at(request: HttpRequest, ref: str) -> RunPage:
    """Find the run of an address; 404 hides what is out of reach."""
    page = running.run_page(request.viewer, ref)
    if page is None:
        raise Http404(ref)
    return page


@require_GET
@signed_in
def show_run(request: HttpRequest, ref: str) -> HttpResponse:
    """Show a run: its steps to tick while it is under way, and its story."""
    page = page_at(request, ref)
    if lists.is_export(request):
        return _export_story(request, page)
    acts = acts_of(RunState(page.run.state)) if _may_run(request, page.run) else frozenset()
    people = running.people_in(page) | {page.run.holder_id}
    context = {
        "page": page,
        "run": page.run,
        "acts": {act.value for act in acts},
        "names": names_of(request.viewer, people - {None}),
        "ticks": [(one, _tick_form(request, one)) for one in page.steps],
        "left": [one.number for one in page.steps if one.tick is None],
        "word_form": WordForm(),
        "end_form": EndForm(),
        "hand_form": HandForm(request.viewer),
    }
    return render(request, "desk/procedures/run.html", context)


def _may_run(request: HttpRequest, run: Run) -> bool:
    own = run.holder_id == request.viewer.id
    return own or bool(request.viewer.may("procedures.run", run.path))


def _tick_form(request: HttpRequest, step: running.StepPage) -> TickForm | None:
    """Give the form of an open step; its fields carry the step's number, so that all stand on one page."""
    if step.tick is not None:
        return None
    return TickForm(initial={"id": uuid7(request.now)}, auto_id=f"s{step.number}-%s")


@takes(photos.LARGEST)
@require_POST
@signed_in
def tick(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    """Tick a step. Where somebody was faster, that is said, and what was sent is kept beside his tick."""
    page = page_at(request, ref)
    form = TickForm(request.POST, request.FILES)
    if not form.is_valid():
        return not_done(
            request,
            _("Something is wrong in what was entered for step {number}.").format(number=number),
            "desk:procedure_run",
            ref,
        )
    sent = form.cleaned_data["photo"]
    said = form.said(number, sent.read(photos.LARGEST + 1) if sent else b"")
    try:
        result = services.tick_step(page.run.pk, said, by=request.viewer, now=request.now)
    except Refusal as refusal:
        return refused(request, refusal, "desk:procedure_run", ref)
    return done(request, ticked_sentence(result), "desk:procedure_run", ref)


def ticked_sentence(result: Any) -> str:
    """Say what became of a tick."""
    number = result.tick.number
    if result.stands:
        return _("Step {number} is ticked.").format(number=number)
    return _(
        "Somebody else had ticked step {number} a moment before. What you said is kept beside it."
    ).format(number=number)


_WITH_WORDS: Mapping[str, Callable[..., Any]] = {
    "remark": lambda run, words, request: services.remark_on_run(
        run, words, by=request.viewer, now=request.now
    ),
    "break_off": lambda run, words, request: services.break_off_run(
        run, words, by=request.viewer, now=request.now
    ),
    "resume": lambda run, words, request: services.resume_run(
        run, by=request.viewer, now=request.now
    ),
}


@require_POST
@signed_in
def act(request: HttpRequest, ref: str, deed: str) -> HttpResponse:
    """Remark, break off, take up again."""
    page = page_at(request, ref)
    if deed not in _WITH_WORDS:
        raise Http404(deed)
    words = request.POST.get("words", "")[:2000]
    try:
        _WITH_WORDS[deed](page.run.pk, words, request)
    except Refusal as refusal:
        return refused(request, refusal, "desk:procedure_run", ref)
    return done(request, _("Noted."), "desk:procedure_run", ref)


@require_POST
@signed_in
def take_back(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    """Take back a tick that was a mistake."""
    page = page_at(request, ref)
    words = request.POST.get("words", "")[:300]
    try:
        services.take_back_tick(page.run.pk, number, words, by=request.viewer, now=request.now)
    except Refusal as refusal:
        return refused(request, refusal, "desk:procedure_run", ref)
    sentence = _("Step {number} is open again.").format(number=number)
    return done(request, sentence, "desk:procedure_run", ref)


@require_POST
@signed_in
def hand_over(request: HttpRequest, ref: str) -> HttpResponse:
    """Put a run into another person's hands."""
    page = page_at(request, ref)
    form = HandForm(request.viewer, request.POST)
    if not form.is_valid():
        return not_done(request, _("Choose to whom the run is handed."), "desk:procedure_run", ref)
    said = form.cleaned_data
    try:
        services.hand_over_run(
            page.run.pk, said["to"], by=request.viewer, now=request.now, words=said["words"]
        )
    except Refusal as refusal:
        return refused(request, refusal, "desk:procedure_run", ref)
    sentence = _("Handed to {name}.").format(name=said["to"].name)
    return done(request, sentence, "desk:procedure_run", ref)


@require_POST
@signed_in
def end(request: HttpRequest, ref: str) -> HttpResponse:
    """End a run and say what came of it."""
    page = page_at(request, ref)
    form = EndForm(request.POST)
    if not form.is_valid():
        return not_done(request, _("Say whether the aim was reached."), "desk:procedure_run", ref)
    said = form.cleaned_data
    try:
        services.end_run(
            page.run.pk, Outcome(said["outcome"]), said["words"], by=request.viewer,
            now=request.now, why_left=said["why_left"],
        )  # fmt: skip
    except Refusal as refusal:
        return refused(request, refusal, "desk:procedure_run", ref)
    return done(request, _("The run is over. Its story stays."), "desk:procedure_run", ref)


@require_GET
@signed_in
def show_photo(request: HttpRequest, key: UUID) -> HttpResponse:
    """Give a photograph to whoever may see its run."""
    tick = running.photo_of(request.viewer, key)
    data = services.photo_bytes(tick) if tick else None
    if data is None:
        raise Http404(str(key))
    headers = {"Cache-Control": "private, max-age=86400", "X-Content-Type-Options": "nosniff"}
    return HttpResponse(data, content_type="image/jpeg", headers=headers)


# --- paper -------------------------------------------------------------------------


@require_GET
@signed_in
def show_sheet(request: HttpRequest, ref: str) -> HttpResponse:
    """Show a run on paper: its steps with room for time, hand, figure and reason."""
    page = page_at(request, ref)
    return render(request, "desk/procedures/run_sheet.html", {"page": page, "run": page.run})


@require_http_methods(["GET", "POST"])
@may("procedures.run")
def enter_sheet(request: HttpRequest, ref: str) -> HttpResponse:
    """Type in what stands on a sheet; what was ticked meanwhile stays."""
    page = page_at(request, ref)
    rows = [
        (one, SheetLineForm(sent_form(request), prefix=f"s{one.number}"))
        for one in page.steps
        if one.tick is None
    ]
    context = {"page": page, "run": page.run, "rows": rows, "trouble": ""}
    if request.method == "POST" and not [1 for _one, form in rows if not form.is_valid()]:
        lines = _lines(rows, page.run, request.now)
        try:
            count = services.enter_sheet(page.run.pk, lines, by=request.viewer, now=request.now)
            sentence = _("Steps typed in: {count}.").format(count=count)
            return done(request, sentence, "desk:procedure_run", ref)
        except Refusal as refusal:
            context["trouble"] = sentence_of(refusal)
    status = 422 if request.method == "POST" else 200
    return render(request, "desk/procedures/run_enter.html", context, status=status)


def _lines(rows: list[tuple[Any, Any]], run: Run, now: datetime) -> list[Said]:
    found = []
    for step, form in rows:
        if not form.is_filled:
            continue
        one = form.cleaned_data
        how = How.SKIPPED if one["at"] is None and one["reason"] else How(one["how"])
        found.append(
            Said(
                uuid7(now), step.number, how, one["reason"], one["words"], one["figure"],
                done_at=moment_on_sheet(run.started_at, one["at"]), hand=one["hand"],
            )
        )  # fmt: skip
    return found


def moment_on_sheet(started_at: datetime, at: Any) -> datetime | None:
    """Give the moment that a time on a sheet means: the first one after the run began, in the node's zone."""
    if at is None:
        return None
    begun = timezone.localtime(started_at)
    found = begun.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)
    if found < begun.replace(second=0, microsecond=0):
        found += timedelta(days=1)
    return max(found, started_at)


# --- the story as a file --------------------------------------------------------------


def _export_story(request: HttpRequest, page: RunPage) -> HttpResponse:
    names = names_of(request.viewer, running.people_in(page))
    columns = [
        lists.FileColumn(key, (str(title),), kind)
        for key, title, kind in (
            ("at", gettext_lazy("Time"), Kind.DATETIME),
            ("what", gettext_lazy("What happened"), Kind.TEXT),
            ("number", gettext_lazy("Step"), Kind.INTEGER),
            ("step", gettext_lazy("What the step says"), Kind.TEXT),
            ("who", gettext_lazy("Who"), Kind.TEXT),
            ("words", pgettext_lazy("of a step", "Note"), Kind.TEXT),
            ("figure", gettext_lazy("Figure"), Kind.DECIMAL),
            ("reason", pgettext_lazy("of a deviation", "Reason"), Kind.TEXT),
            ("late", gettext_lazy("Minutes late"), Kind.INTEGER),
        )
    ]
    rows = (_story_row(one, page, names) for one in page.story)
    return lists.as_file(request, f"run-{page.run.ref}", columns, rows)


def _story_row(told: Mapping[str, Any], page: RunPage, names: Any) -> dict[str, Any]:
    tick, number = told["tick"], told["number"]
    named = names.get(told["by"])
    return {
        "at": told["at"],
        "what": str(HOWS[How(tick.how)] if tick else EVENTS[told["what"]]),
        "number": number,
        "step": page.steps[number - 1].step.words if number else "",
        "who": (tick.hand if tick and tick.hand else "") or (named.name if named else ""),
        "words": told["words"],
        "figure": tick.figure if tick else None,
        "reason": tick.reason if tick else "",
        "late": tick.late_minutes or None if tick else None,
    }
