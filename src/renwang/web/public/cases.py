"""Report what is the matter, without an account, in under a minute; and see with a code what became of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from renwang.bulletins import selectors as bulletins
from renwang.cases import config, photos, services, voices
from renwang.cases.erasure_rules import Scope
from renwang.cases.kind_rules import OTHER
from renwang.cases.models import Case
from renwang.cases.placard_rules import entrances_of
from renwang.cases.placards import hung_at
from renwang.cases.rules import ReportedTooOften
from renwang.cases.services import Report, read_code, show_code
from renwang.cases.suggesting import suggest_for
from renwang.cases.tracking import Tracked, photo_by_code, track, voice_by_code
from renwang.cases.voice_rules import LARGEST as SOUND_AT_MOST
from renwang.cases.voice_rules import MIMES, Sound
from renwang.chain.models import Building, Unit
from renwang.chain.rules import Refusal
from renwang.chain.selectors import public as places
from renwang.chain.words import say_refusal
from renwang.registers.facilities.models import Facility
from renwang.web.frame.bodies import takes
from renwang.web.frame.gates import SeeOther, address_of, done, not_done, sent_form
from renwang.web.public.case_forms import AddForm, ErasureForm, RejectForm, ReportForm
from renwang.web.public.choosing import spot_touched
from renwang.web.public.places import place_at, place_of
from renwang.web.public.questions import private
from renwang.web.public.sketching import DECIMALS


def anybody(_request: HttpRequest) -> bool:
    """Whoever wants to may send photographs with what he reports; they are bounded and drawn anew."""
    return True


@takes(photos.LARGEST + SOUND_AT_MOST, known=anybody)
@require_http_methods(["GET", "POST"])
def report(request: HttpRequest, ref: str) -> HttpResponse:
    """Report something at a place."""
    place = place_of(ref)
    return _report(request, _Where(place, touched=spot_touched(request, place)))


@takes(photos.LARGEST + SOUND_AT_MOST, known=anybody)
@require_http_methods(["GET", "POST"])
def report_here(request: HttpRequest, code: str) -> HttpResponse:
    """Report something where a code hangs on the wall: the place is filled in already, down to the entrance."""
    hung = hung_at(code, timezone.localdate(request.now))
    if hung is not None and hung.unit is not None:
        return _report(request, _Where(hung.unit, hung.building, hung.entrance, hung.facility))
    found = places.place_of_code(code) if hung is None else None
    if found is not None:
        unit, building = found
        return _report(request, _Where(unit, building, _number(request.GET.get("door", ""))))
    known = {"name": hung.name, "choices": hung.choices} if hung else {}
    status = 410 if hung else 404
    return private(render(request, "public/placard_gone.html", known, status=status))


@dataclass(frozen=True, slots=True)
class _Where:
    """Where something is reported, as far as the address says it."""

    unit: Unit
    building: Building | None = None
    entrance: int = 0
    facility: Facility | None = None
    touched: tuple[float, float] | None = None  # on the sketch

    @property
    def place(self) -> str:
        """How people call it."""
        parts = [one.name for one in (self.facility, self.building) if one is not None]
        if self.entrance:
            parts.append(_("entrance {number}").format(number=self.entrance))
        return " ".join(parts)

    @property
    def spot(self) -> tuple[float | None, float | None]:
        """Where it stands on the map: nothing that is not known to everybody."""
        if self.touched is not None:
            return self.touched
        thing = self.facility or self.building
        return (thing.lon, thing.lat) if thing is not None else (None, None)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 3 else 0


def _report(request: HttpRequest, where: _Where) -> HttpResponse:
    kinds = config.kinds()
    files = request.FILES if request.method == "POST" else None
    initial = {"key": uuid4().hex, "place": where.place}
    form = ReportForm(kinds, sent_form(request), files, initial=initial)
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        told = _told(form.cleaned_data, where)
        try:
            taken = services.report_publicly(
                told, where.unit, address=address_of(request), now=request.now
            )
        except Refusal as refusal:
            form.add_error(None, say_refusal(refusal))
            status = 429 if isinstance(refusal, ReportedTooOften) else 422
        else:
            return private(SeeOther(reverse("public:case", args=[taken.code]) + "?new=1"))
    context = {
        "place": place_at(where.unit.path) or where.unit,
        "building": where.building,
        "here": where.place,
        "touched": where.touched,
        "entrances": _entrances(where),
        "form": form,
        "guide": bulletins.guide_of(where.unit.path),
        "tells": config.tells_reporters(),
    }
    return private(render(request, "public/report.html", context, status=status))


def _entrances(where: _Where) -> range:
    """The entrances of a building among which one has still to choose."""
    asked = where.building is not None and not where.entrance
    return entrances_of(where.building.entrances) if asked and where.building else range(0)


def _told(said: Mapping[str, Any], where: _Where) -> Report:
    names = ("words", "key", "kind", "contact")
    lon, lat = said["lon"], said["lat"]
    if lon is None:
        lon, lat = where.spot
    else:
        lon, lat = round(lon, DECIMALS), round(lat, DECIMALS)
    return Report(
        **{name: said[name] for name in names}, place=said["place"] or where.place, lon=lon, lat=lat, building=where.building,
        tells=bool(said["tell"]), tells_code=said["tell"] == "code",
        door=str(where.entrance or ""), files=said["photos"], sounds=said["voice"], language=get_language() or "",
    )  # fmt: skip


@require_safe
def find_case(request: HttpRequest) -> HttpResponse:
    """Lead from a code to its page."""
    code = read_code(request.GET.get("code", ""))
    if code and track(code) is not None:
        return private(redirect("public:case", code))
    return private(render(request, "public/find_case.html", {"code": code}))


def _tracked(code: str) -> Tracked:
    tracked = track(code)
    if tracked is None:
        raise Http404
    return tracked


@require_safe
def show_case(request: HttpRequest, code: str) -> HttpResponse:
    """What became of it, for whoever has the code."""
    tracked = _tracked(code)
    by_number = {one.number: one for one in tracked.answers}
    steps = [
        (one, by_number.get(one.facts.get("number", 0)) if one.act == "answer" else None)
        for one in tracked.steps
    ]
    context = {
        "tracked": tracked,
        "case": tracked.head,
        "own": tracked.own,
        "answer": tracked.answers[0] if tracked.answers else None,
        "steps": steps,
        "code": code,
        "shown_code": show_code(read_code(code)),
        "place": place_at(tracked.own.path),
        "kind": config.name_of(config.kinds(), tracked.own.kind),
        "is_new": "new" in request.GET,
        "suggested": _suggested(tracked.own),
        "add": AddForm(),
        "reject": RejectForm(),
        "erase": ErasureForm(),
        "guide": bulletins.guide_of(tracked.own.path),
        "tells": tracked.reporter is not None and config.tells_reporters(),
    }
    return private(render(request, "public/case.html", context))


def _suggested(case: Case) -> str:
    """Name what a case is probably about while its reporter has said no kind and nobody has looked; else nothing."""
    if case.kind != OTHER:
        return ""
    kinds = config.kinds()
    found = suggest_for(case, kinds)
    return config.name_of(kinds, found.kind) if found and found.kind != OTHER else ""


def _do(request: HttpRequest, code: str, sentence: str, deed: Callable[[], Any]) -> HttpResponse:
    try:
        deed()
    except Refusal as refusal:
        return private(not_done(request, say_refusal(refusal), "public:case", code))
    return private(done(request, sentence, "public:case", code))


@takes(photos.LARGEST + SOUND_AT_MOST, known=anybody)
@require_POST
def add(request: HttpRequest, code: str) -> HttpResponse:
    """Say more."""
    _tracked(code)
    form = AddForm(request.POST, request.FILES)
    if not form.is_valid():
        return private(
            not_done(request, _("Say in words what else there is."), "public:case", code)
        )
    said = form.cleaned_data
    return _do(
        request, code, _("Thank you. It stands beside what you brought."),
        lambda: _add(code, said, request.now),
    )  # fmt: skip


def _add(code: str, said: Mapping[str, Any], now: datetime) -> Case:
    more = {"now": now, "files": said["photos"]}
    if said["voice"]:
        return services.speak_by_code(code, said["words"], said["voice"][0], **more)
    return services.add_by_code(code, said["words"], **more)


@require_POST
def confirm(request: HttpRequest, code: str) -> HttpResponse:
    """Say that it is settled."""
    _tracked(code)
    return _do(
        request, code, _("Thank you. Good that it is settled."),
        lambda: services.confirm_by_code(code, now=request.now),
    )  # fmt: skip


@require_POST
def reject(request: HttpRequest, code: str) -> HttpResponse:
    """Say that it is not, and why."""
    _tracked(code)
    form = RejectForm(request.POST)
    if not form.is_valid():
        return private(
            not_done(request, _("Say in words what is still wrong."), "public:case", code)
        )
    return _do(
        request, code, _("It is open again, with those who can act."),
        lambda: services.reject_by_code(code, form.cleaned_data["words"], now=request.now),
    )  # fmt: skip


@require_POST
def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    """Take it back."""
    _tracked(code)
    return _do(
        request, code, _("You have taken it back. Nothing more is done about it."),
        lambda: services.withdraw_by_code(code, now=request.now),
    )  # fmt: skip


@require_POST
def tell_me(request: HttpRequest, code: str) -> HttpResponse:
    """Agree to be told by text message, or no longer."""
    _tracked(code)
    agrees = request.POST.get("agrees") == "yes"
    sentence = _("We tell you by text message.") if agrees else _("You get no more messages.")
    return _do(
        request, code, sentence, lambda: services.agree_by_code(code, agrees, now=request.now)
    )


@require_POST
def ask_erasure(request: HttpRequest, code: str) -> HttpResponse:
    """Ask for early erasure; somebody else than who handles the case decides it."""
    _tracked(code)
    form = ErasureForm(request.POST)
    if not form.is_valid():
        return private(not_done(request, _("Say what is to be erased."), "public:case", code))
    said = form.cleaned_data
    return _do(
        request, code, _("It is asked for. Here you read what is decided, within seven days."),
        lambda: services.ask_erasure_by_code(
            code, Scope(said["scope"]), said["reason"], now=request.now
        ),
    )  # fmt: skip


@require_safe
def give_photo(request: HttpRequest, code: str, key: UUID) -> HttpResponse:
    """Give a photograph to whoever has the code of its case."""
    photo = photo_by_code(code, key)
    data = photos.bytes_of(photo) if photo else None
    if data is None:
        raise Http404
    return private(HttpResponse(data, content_type="image/jpeg"))


@require_safe
def give_voice(request: HttpRequest, code: str, key: UUID) -> HttpResponse:
    """Give a voice message to whoever has the code of its case."""
    voice = voice_by_code(code, key)
    data = voices.bytes_of(voice) if voice else None
    if voice is None or data is None:
        raise Http404
    return private(HttpResponse(data, content_type=MIMES[Sound(voice.kind)]))
