"""My duties on the telephone: what my posts lead and help with, whom with, and where news goes."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from renwang.registers.duties.selectors.holding import duties_of_person
from renwang.web.frame.gates import signed_in


@require_safe
@signed_in
def show_duties(request: HttpRequest) -> HttpResponse:
    """All I answer for, by the posts I hold or deputise for."""
    held = duties_of_person(request.viewer.person, now=request.now)
    return render(request, "field/duties.html", {"held": held})
