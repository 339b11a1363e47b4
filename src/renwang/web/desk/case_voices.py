"""Voice messages at the desk: listened to, written down by a person, added by one of ours."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from renwang.cases import services, voices
from renwang.cases.selectors import voice_of
from renwang.cases.voice_rules import LARGEST, MIMES, Sound
from renwang.chain.rules import Refusal
from renwang.web.desk.cases import page_of
from renwang.web.frame.bodies import takes
from renwang.web.frame.gates import done, may, not_done, refused, signed_in

HEADERS = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}


@require_GET
@signed_in
def give_voice(request: HttpRequest, key: UUID) -> HttpResponse:
    """Give a voice message to whoever may hear it; as a file where browsers cannot play it."""
    voice = voice_of(request.viewer, key)
    data = voices.bytes_of(voice) if voice else None
    if voice is None or data is None:
        raise Http404(str(key))
    answer = HttpResponse(data, content_type=MIMES[Sound(voice.kind)], headers=HEADERS)
    if "file" in request.GET:
        answer["Content-Disposition"] = f'attachment; filename="{voice.case.ref}.{voice.kind}"'
    return answer


@require_POST
@may("cases.handle")
def write_down(request: HttpRequest, key: UUID) -> HttpResponse:
    """Write down what a voice message says."""
    voice = voice_of(request.viewer, key)
    if voice is None:
        raise Http404(str(key))
    try:
        services.write_down(
            key, request.POST.get("transcript", ""), by=request.viewer, now=request.now
        )
    except Refusal as refusal:
        return refused(request, refusal, "desk:case", voice.case.ref)
    return done(
        request, _("It is written down beside the voice message."), "desk:case", voice.case.ref
    )


@takes(LARGEST)
@require_POST
@signed_in
def add_voice(request: HttpRequest, ref: str) -> HttpResponse:
    """Keep a voice message that one of ours was given."""
    case = page_of(request, ref).case
    file = request.FILES.get("voice")
    if file is None:
        return not_done(request, _("Choose a sound file first."), "desk:case", ref)
    shown = request.POST.get("shown") == "yes"
    try:
        services.add_voice(
            case.pk, file.read(LARGEST + 1), by=request.viewer, now=request.now, shown=shown
        )
    except Refusal as refusal:
        return refused(request, refusal, "desk:case", ref)
    return done(request, _("The voice message is kept."), "desk:case", ref)
