"""One file with everything that is held about a case and whoever brought it, for himself by his code."""

import zipfile
from io import BytesIO

import orjson
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_POST

from renwang.cases import photos, voices
from renwang.cases.copies import Copy, name_of_photo, name_of_voice, take_copy
from renwang.cases.rules import CodeUnknown
from renwang.web.public.questions import private


@require_POST
def give_copy(request: HttpRequest, code: str) -> HttpResponse:
    """Give the copy as a ZIP: to read, as data, and the pictures and sounds as they are kept."""
    try:
        made = take_copy(code, now=request.now)
    except CodeUnknown:
        raise Http404 from None
    answer = private(HttpResponse(_packed(made, request), content_type="application/zip"))
    answer["Content-Disposition"] = f'attachment; filename="{made.ref}.zip"'
    return answer


def _packed(made: Copy, request: HttpRequest) -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("held.html", render_to_string("public/copy.html", {"copy": made}, request))
        options = orjson.OPT_INDENT_2
        archive.writestr("held.json", orjson.dumps(made.data(), default=str, option=options))
        for number, photo in enumerate(made.tracked.photos, 1):
            if (data := photos.bytes_of(photo)) is not None:
                archive.writestr(name_of_photo(number), data, zipfile.ZIP_STORED)
        for number, voice in enumerate(made.tracked.voices, 1):
            if (data := voices.bytes_of(voice)) is not None:
                archive.writestr(name_of_voice(number, voice.kind), data, zipfile.ZIP_STORED)
    return packed.getvalue()
