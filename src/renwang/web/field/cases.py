"""Cases with one hand: what I have to see to, what I report, and the answer from where I stand."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from renwang.cases import config, photos, services, voices
from renwang.cases.answer_rules import Said
from renwang.cases.names import ENDS, FINDINGS
from renwang.cases.rules import ANSWERS, MOVES, Act, End, State, Via
from renwang.cases.selectors import (
    CasePage,
    brought_by,
    case_page,
    may_handle,
    photo_of,
    taken_by,
    voice_of,
)
from renwang.cases.services import Report
from renwang.cases.voice_rules import MIMES, Sound
from renwang.chain.rules import Refusal
from renwang.chain.selectors.naming import topmost_units
from renwang.web.frame.bodies import takes
from renwang.web.frame.gates import (
    advised,
    done,
    is_played,
    may,
    not_done,
    refused,
    sent_form,
    sentence_of,
    show_form,
    signed_in,
)

PHOTO = {"accept": "image/jpeg,image/png,image/webp", "capture": "environment"}


class ReportForm(forms.Form):
    """What I see, or what somebody said to me."""

    key = forms.CharField(max_length=64, widget=forms.HiddenInput)
    words = forms.CharField(
        label=gettext_lazy("What do you see, or what was said to you?"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=4000,
    )
    photo = forms.FileField(
        label=gettext_lazy("Photograph"),
        required=False,
        widget=forms.FileInput(attrs=PHOTO),
        help_text=gettext_lazy("Position and device are left out of it."),
    )
    place = forms.CharField(
        label=gettext_lazy("Where exactly?"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    contact = forms.CharField(
        label=gettext_lazy("Telephone of who said it, if he wants an answer"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "tel"}),
    )
    unit = forms.ChoiceField(label=gettext_lazy("In which of my places?"))
    lon = forms.FloatField(required=False, min_value=-180, max_value=180, widget=forms.HiddenInput)
    lat = forms.FloatField(required=False, min_value=-90, max_value=90, widget=forms.HiddenInput)

    def __init__(self, places: Any, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = [(one.ref, one.name) for one in places]
        self.fields["key"].initial = uuid4().hex
        if len(places) == 1:
            self.fields["unit"].initial = places[0].ref
            self.fields["unit"].widget = forms.HiddenInput()

    def clean(self) -> dict[str, Any]:
        """Take half a position for none: a phone that gives one is no reason to send nothing."""
        said = super().clean() or self.cleaned_data
        if said.get("lon") is None or said.get("lat") is None:
            said["lon"] = said["lat"] = None
        return said


class AnswerForm(forms.Form):
    """What was done, and how it ended."""

    end = forms.ChoiceField(
        label=gettext_lazy("How did it end?"),
        choices=[(key, ENDS[key]) for key in ANSWERS],
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label=gettext_lazy("What was done or decided"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=4000,
    )
    ground = forms.CharField(label=gettext_lazy("On which ground"), max_length=500, required=False)
    following = forms.CharField(
        label=gettext_lazy("What comes next"), max_length=500, required=False
    )
    whose = forms.CharField(
        label=gettext_lazy("Whose it is, where it is not ours"), max_length=200, required=False
    )


@require_safe
@may("cases.report")
def show_cases(request: HttpRequest) -> HttpResponse:
    """What waits for me, and what became of what I brought."""
    context = {
        "taken": taken_by(request.viewer) if request.viewer.may("cases.handle") else [],
        "mine": brought_by(request.viewer),
        "kinds": config.kinds(),
    }
    return render(request, "field/cases.html", context)


@takes(photos.LARGEST)
@require_http_methods(["GET", "POST"])
@may("cases.report")
def report(request: HttpRequest) -> HttpResponse:
    """Report something. The key was made with the page, so that sending it twice is one case."""
    places = topmost_units(request.viewer, "cases.report")
    files = request.FILES if request.method == "POST" else None
    form = ReportForm(places, sent_form(request), files)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        data = [said["photo"].read(photos.LARGEST + 1)] if said["photo"] else []
        names = ("words", "key", "contact", "place", "lon", "lat")
        told = Report(**{name: said[name] for name in names}, files=data)
        unit = next(one for one in places if one.ref == said["unit"])
        try:
            taken = services.enter_report(told, unit, Via.FIELD, by=request.viewer, now=request.now)
        except Refusal as refusal:
            form.add_error(None, sentence_of(refusal))
        else:
            sentence = _("Reported as {ref}.").format(ref=taken.case.ref)
            return done(request, sentence, "field:cases")
    return show_form(request, "field/case_report.html", form)


def _page(request: HttpRequest, ref: str) -> CasePage:
    page = case_page(request.viewer, ref)
    if page is None:
        raise Http404(ref)
    return page


@require_safe
@signed_in
def show_case(request: HttpRequest, ref: str) -> HttpResponse:
    """One case: what was brought, where it stands, what I can do."""
    page = _page(request, ref)
    case, viewer = page.case, request.viewer
    handles = may_handle(viewer, case)
    acts = {act.value for act in Act if (State(case.state), act) in MOVES} if handles else set()
    context = {
        "page": page,
        "case": case,
        "words": case.words if handles or not case.masked else case.masked,
        "acts": acts,
        "kinds": config.kinds(),
        "answer": AnswerForm(prefix="answer"),
    }
    return render(request, "field/case.html", context)


def _do(
    request: HttpRequest, ref: str, deed: Callable[..., Any], sentence: str, *said: Any
) -> HttpResponse:
    case = _page(request, ref).case
    try:
        deed(case.pk, *said, by=request.viewer, now=request.now)
    except Refusal as refusal:
        return refused(request, refusal, "field:case", ref)
    return done(request, sentence, "field:case", ref)


@require_POST
@may("cases.handle")
def take(request: HttpRequest, ref: str) -> HttpResponse:
    """I see to it."""
    return _do(request, ref, services.take_case, _("You have it in hand."))


@require_POST
@may("cases.handle")
def note(request: HttpRequest, ref: str) -> HttpResponse:
    """A note beside it."""
    words = request.POST.get("words", "")[:2000]
    return _do(request, ref, services.note_case, _("The note stands beside it."), words)


@takes(photos.LARGEST)
@require_POST
@may("cases.handle")
def answer(request: HttpRequest, ref: str) -> HttpResponse:
    """Answer from where I stand; what is missing in it is said first, once."""
    case = _page(request, ref).case
    form = AnswerForm(request.POST, prefix="answer")
    if not form.is_valid():
        return not_done(request, _("Say how it ended, and what was done."), "field:case", ref)
    given = form.cleaned_data
    said = Said(
        given["words"], End(given["end"]), case.holder.name, None, given["ground"],
        given["following"], given["whose"],
    )  # fmt: skip
    found = services.advise_answer(case, said)
    if found and request.POST.get("send") != "anyway":
        advice = [str(FINDINGS[one.finding]).format(about=one.about) for one in found]
        if is_played(request):
            sentence = _("Not sent yet. Before it goes out: {advice}").format(
                advice=" ".join(advice)
            )
            return advised(request, sentence, [("send", "anyway")], "field:case", ref)
        context = {"case": case, "form": form, "advice": advice}
        return render(request, "field/case_answer.html", context)
    return _do(
        request, ref, services.answer_case, _("Answered. The reporter can read it now."), said
    )


@require_safe
@signed_in
def give_photo(request: HttpRequest, key: UUID) -> HttpResponse:
    """Give a photograph to whoever may see its case."""
    photo = photo_of(request.viewer, key)
    data = photos.bytes_of(photo) if photo else None
    if data is None:
        raise Http404(str(key))
    headers = {"Cache-Control": "private, max-age=86400", "X-Content-Type-Options": "nosniff"}
    return HttpResponse(data, content_type="image/jpeg", headers=headers)


@require_safe
@signed_in
def give_voice(request: HttpRequest, key: UUID) -> HttpResponse:
    """Give a voice message to whoever may hear it."""
    voice = voice_of(request.viewer, key)
    data = voices.bytes_of(voice) if voice else None
    if voice is None or data is None:
        raise Http404(str(key))
    headers = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
    return HttpResponse(data, content_type=MIMES[Sound(voice.kind)], headers=headers)
