"""Change a unit: each deed has a form, a look at what it will touch, and then the deed.

The look is the deed itself, done and taken back: whatever the rules refuse is
said before anything is changed, in the same words.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from renwang.base.pure.datum import Datum
from renwang.chain import selectors
from renwang.chain.models import Unit
from renwang.chain.reach import NotInReach, Viewer
from renwang.chain.rules import Refusal
from renwang.chain.services import borders, coding, division, units
from renwang.web.desk import lists
from renwang.web.desk.forms import units as forms
from renwang.web.desk.unit_pages import crumbs_of
from renwang.web.frame.bodies import takes
from renwang.web.frame.gates import done, may, sentence_of


@dataclass(frozen=True, slots=True)
class Act:
    """One way to change a unit: its words, its form, and the deed that returns the units to look at next."""

    title: str | Promise
    button: str | Promise
    form: type
    deed: Callable[[Any, Unit, Viewer, datetime], list[Unit]]
    done: str | Promise
    warns: str | Promise = ""


def _dated(form: Any) -> dict[str, Any]:
    asked = form.cleaned_data
    return {"on": asked["on"], "reason": asked["reason"]}


def _create(form: Any, unit: Unit, by: Viewer, now: datetime) -> list[Unit]:
    asked = {**form.cleaned_data}
    since = asked.pop("on")
    # A grid that is founded without a code gets the next one of the node's scheme.
    asked["code"] = asked["code"] or coding.next_code(unit, asked["level"])
    return [units.create_unit(parent=unit, since_on=since, by=by, now=now, **asked)]


def _rename(form: Any, unit: Unit, by: Viewer, now: datetime) -> list[Unit]:
    return [units.rename_unit(unit=unit, by=by, now=now, **form.cleaned_data)]


def _headcount(form: Any, unit: Unit, by: Viewer, now: datetime) -> list[Unit]:
    return [units.set_headcount(unit=unit, by=by, now=now, **form.cleaned_data)]


def _move(form: Any, unit: Unit, by: Viewer, now: datetime) -> list[Unit]:
    return [division.move_unit(unit=unit, by=by, now=now, **form.cleaned_data)]


def _merge(form: Any, unit: Unit, by: Viewer, now: datetime) -> list[Unit]:
    asked, chosen = form.cleaned_data, form.chosen()
    kept = next((one for one in chosen if one.ref == asked["keep"]), None)
    whole = division.merge_units(
        units=chosen,
        name=asked["name"],
        code=asked["code"],
        posts=selectors.posts_of(kept) if kept else (),
        boundary=borders.united_boundary(chosen),
        by=by,
        now=now,
        **_dated(form),
    )
    return [whole]


def _split(form: Any, unit: Unit, by: Viewer, now: datetime) -> list[Unit]:
    asked = form.cleaned_data
    parts = [
        division.Part(
            asked[f"name_{number}"],
            asked[f"code_{number}"],
            households=asked[f"households_{number}"],
            residents=asked[f"residents_{number}"],
            **form.taken(number),
        )
        for number in form.parts
    ]
    return division.split_unit(unit=unit, parts=parts, by=by, now=now, **_dated(form))


def _close(form: Any, unit: Unit, by: Viewer, now: datetime) -> list[Unit]:
    heir = form.cleaned_data["successor"]
    return [
        units.close_unit(
            unit=unit, successors=[heir] if heir else [], by=by, now=now, **_dated(form)
        )
    ]


def _boundary(form: Any, unit: Unit, by: Viewer, now: datetime) -> list[Unit]:
    asked = form.cleaned_data
    return [
        units.set_boundary(
            unit=unit,
            boundary=asked["boundary"],
            datum=Datum(asked["datum"]),
            by=by,
            now=now,
            **_dated(form),
        )
    ]


ACTS = {
    "create": Act(
        gettext_lazy("Found a unit below"),
        gettext_lazy("Found it"),
        forms.CreateForm,
        _create,
        gettext_lazy("The unit was founded."),
    ),
    "rename": Act(
        gettext_lazy("Rename"),
        gettext_lazy("Rename it"),
        forms.RenameForm,
        _rename,
        gettext_lazy("The unit was renamed."),
    ),
    "headcount": Act(
        gettext_lazy("Declare head-counts"),
        gettext_lazy("Declare them"),
        forms.HeadcountForm,
        _headcount,
        gettext_lazy("The head-counts were declared."),
    ),
    "boundary": Act(
        gettext_lazy("Draw the boundary"),
        gettext_lazy("Draw it"),
        forms.BoundaryForm,
        _boundary,
        gettext_lazy("The boundary was drawn."),
    ),
    "move": Act(
        gettext_lazy("Move"),
        gettext_lazy("Move it"),
        forms.MoveForm,
        _move,
        gettext_lazy("The unit was moved."),
        gettext_lazy(
            "Everything in it goes along. Who may act there by a grant further up changes."
        ),
    ),
    "split": Act(
        gettext_lazy("Split"),
        gettext_lazy("Split it"),
        forms.SplitForm,
        _split,
        gettext_lazy("The unit was split."),
        gettext_lazy(
            "The unit ends. Its code and name lead to the parts; grants on it hold on every part."
        ),
    ),
    "merge": Act(
        gettext_lazy("Merge"),
        gettext_lazy("Merge them"),
        forms.MergeForm,
        _merge,
        gettext_lazy("The units were merged."),
        gettext_lazy("The old units end with their grants; whoever acted there needs new ones."),
    ),
    "close": Act(
        gettext_lazy("Close the unit"),
        gettext_lazy("Close it"),
        forms.CloseForm,
        _close,
        gettext_lazy("The unit was closed."),
        gettext_lazy("The unit ends with its posts and grants. Its history stays."),
    ),
}


@takes(forms.LARGEST_DRAWING)
@require_http_methods(["GET", "POST"])
@may("chain.edit")
def change_unit(request: HttpRequest, ref: str, act: str) -> HttpResponse:
    """Show the form of a deed; sent, show what it will touch; confirmed, do it."""
    deed = ACTS.get(act)
    if deed is None:
        raise Http404(act)
    unit = lists.unit_at(request, ref)
    _require_edit(request.viewer, unit)
    form = _form(request, deed, unit)
    context = {
        "unit": unit,
        "act": deed,
        "key": act,
        "form": form,
        "crumbs": [*crumbs_of(selectors.ancestors(unit), unit.name)[:-1], *_here(unit, deed)],
    }
    if request.method == "POST" and form.is_valid():
        is_sure = "sure" in request.POST
        made, refusal = _attempt(deed, form, unit, request, keep=is_sure)
        if is_sure and refusal is None:
            return done(request, deed.done, "desk:unit", made[0].ref)
        if refusal is None:
            return render(
                request, "desk/units/preview.html", {**context, **_preview(form, unit, made)}
            )
        form.add_error(None, sentence_of(refusal))
    answer = 422 if form.errors else 200
    return render(request, _template(act), context, status=answer)


@require_GET
@may("chain.see")
def give_boundary(request: HttpRequest, ref: str) -> HttpResponse:
    """Give a unit's boundary as a GeoJSON file, in WGS-84."""
    unit = lists.unit_at(request, ref)
    if not unit.boundary:
        raise Http404(ref)
    return lists.download(unit.boundary.encode(), f"{unit.ref}.geojson")


def _attempt(
    deed: Act, form: Any, unit: Unit, request: HttpRequest, *, keep: bool
) -> tuple[list[Unit], Exception | None]:
    """Do the deed, and take it back unless it is to be kept; a refusal is returned."""
    try:
        with transaction.atomic():
            made = deed.deed(form, unit, request.viewer, request.now)
            transaction.set_rollback(not keep)
            return made, None
    except (Refusal, NotInReach) as refusal:
        return [], refusal


def _require_edit(viewer: Viewer, unit: Unit) -> None:
    if not viewer.may("chain.edit", unit.path):
        raise NotInReach("chain.edit", unit.path)


def _form(request: HttpRequest, deed: Act, unit: Unit) -> Any:
    """Fill a deed's form with what is sent, or with how the unit is now."""
    more: dict[str, Any] = {}
    if deed.form is forms.MergeForm:
        above = unit.parent
        level = list(selectors.children(request.viewer, above)) if above else []
        more["brothers"] = [one for one in level if one.level == unit.level and one.pk != unit.pk]
    if deed.form is forms.SplitForm:
        wish = request.POST.get("parts") or request.GET.get("parts", "2")
        more["parts"] = min(max(int(wish), 2), 9) if wish.isdecimal() else 2
        more["holds"] = {
            "units": list(selectors.children(request.viewer, unit)),
            "buildings": buildings_in(request.viewer, unit),
            "posts": selectors.posts_of(unit),
        }
    if request.method == "POST":
        return deed.form(request.viewer, unit, request.POST, request.FILES, **more)
    initial = {
        "name": "" if deed.form in (forms.CreateForm, forms.MergeForm) else unit.name,
        "code": "" if deed.form in (forms.CreateForm, forms.MergeForm) else unit.code,
        "datum": Datum.WGS84.value,
        "keep": unit.ref,
    }
    if deed.form is forms.HeadcountForm:
        initial |= {"households": unit.households, "residents": unit.residents}
    return deed.form(request.viewer, unit, initial=initial, **more)


def buildings_in(viewer: Viewer, unit: Unit) -> list[Any]:
    """Return the buildings that lie in a unit itself, not in those below it."""
    return list(selectors.buildings_visible_to(viewer).filter(unit=unit).order_by("name"))


def _preview(form: Any, unit: Unit, made: list[Unit]) -> dict[str, Any]:
    """Say what a deed touches: the figures of every unit that it ends, moves or changes."""
    touched = form.chosen() if isinstance(form, forms.MergeForm) else [unit]
    sums = {
        name: sum(getattr(selectors.tally_of(one), name) for one in touched)
        for name in ("units", "posts", "people", "buildings", "households", "residents")
    }
    closed = []
    if isinstance(form, forms.SplitForm):
        posts = form.holds["posts"]
        closed = [
            post for post in posts if form.cleaned_data[f"posts_{post.pk.hex}"] == forms.CLOSED
        ]
    if isinstance(form, forms.MergeForm):
        closed = [
            post
            for one in touched
            if one.ref != form.cleaned_data["keep"]
            for post in selectors.posts_of(one)
        ]
    if isinstance(form, forms.CloseForm):
        closed = selectors.posts_of(unit)
    return {
        "touched": touched,
        "sums": sums,
        "made": made,
        "closed": closed,
        "sent": _sent(form),
    }


def _sent(form: Any) -> list[tuple[str, str]]:
    """Give back what was sent, for hidden inputs; a file goes along as the text it held."""
    sent = [
        (name, value)
        for name in form.data
        if name not in ("csrfmiddlewaretoken", "sure", "text")
        for value in form.data.getlist(name)
    ]
    text = form.cleaned_data.get("text")
    return [*sent, ("text", text)] if text else sent


def _template(act: str) -> str:
    return "desk/units/split.html" if act == "split" else "desk/units/change.html"


def _here(unit: Unit, deed: Act) -> list[tuple[str, str]]:
    return [(unit.name, reverse("desk:unit", args=[unit.ref])), (str(deed.title), "")]
