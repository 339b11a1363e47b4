"""Find a place by an old number: a department's, or a code that a grid once had."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from renwang.chain.tree import today
from renwang.registers.claims.selectors import find_place
from renwang.web.frame.gates import may


@require_safe
@may("chain.see")
def show_numbers(request: HttpRequest) -> HttpResponse:
    """Say where the old number that was typed lies today, as far as one may see."""
    text = request.GET.get("q", "").strip()[:40]
    found = []
    for led in find_place(text, today(request.now)) if text else ():
        units = [one for one in led.units if request.viewer.may("chain.see", one.path)]
        if units:
            found.append((led, f"{led.share / 100:.0f} %", units))
    return render(request, "field/numbers.html", {"text": text, "found": found})
