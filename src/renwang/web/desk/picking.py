"""Fields that choose a unit, a person, an organisation or a post in reach, by typing a part of its name.

With script the choices appear while one types; without it the form comes back
with what was found as choices. A code or name that means one thing only is
taken as it is.
"""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from renwang.chain import selectors
from renwang.chain.models import Building, Organisation, Person, Post, Unit
from renwang.chain.reach import Viewer
from renwang.chain.selectors.posts import find_posts, posts_named_to
from renwang.web.frame.gates import signed_in

LIMIT = 12

Choice = tuple[str, str, str]  # key, name, what tells it from others of the same name


def _unit_choices(units: Sequence[Unit]) -> list[Choice]:
    names = selectors.full_names(list(units))
    return [(unit.ref, unit.name, names[unit]) for unit in units]


def _person_choices(people: Sequence[Person]) -> list[Choice]:
    homes = selectors.full_names([person.unit for person in people if person.unit])
    return [
        (str(one.pk), one.name, " · ".join(filter(None, (homes.get(one.unit, ""), one.number))))
        for one in people
    ]


def _organisation_choices(organisations: Sequence[Organisation]) -> list[Choice]:
    return [
        (one.ref, one.name, f"{one.get_kind_display()} · {one.unit.name}") for one in organisations
    ]


def _post_choices(posts: Sequence[Post]) -> list[Choice]:
    return [
        (
            str(one.pk),
            one.title,
            " · ".join(
                part
                for part in (
                    one.unit.name,
                    one.organisation.name if one.organisation else "",
                    next((h.person.name for h in _held(one) if h.rank == 0), _("vacant")),
                )
                if part
            ),
        )
        for one in posts
    ]


def _held(post: Post) -> Sequence[Any]:
    found = getattr(post, "current_holdings", None)
    return (
        post.holdings.filter(is_current=True).select_related("person") if found is None else found
    )


def _building_choices(buildings: Sequence[Building]) -> list[Choice]:
    return [(str(one.pk), one.name, f"{one.unit.name} {one.address}") for one in buildings]


def _find_unit(viewer: Viewer, key: str) -> Unit | None:
    found = selectors.unit_of(viewer, key)
    return found if found and found.ended_on is None else None


def _find_person(viewer: Viewer, key: str) -> Person | None:
    try:
        wanted = UUID(key)
    except ValueError:
        return None
    return selectors.people_visible_to(viewer).filter(pk=wanted, is_active=True).first()


def _find_organisation(viewer: Viewer, key: str) -> Organisation | None:
    return selectors.organisations_visible_to(viewer).filter(ref=key, ended_on=None).first()


def _find_post(viewer: Viewer, key: str) -> Post | None:
    try:
        wanted = UUID(key)
    except ValueError:
        return None
    found = posts_named_to(viewer).select_related("unit", "organisation")
    return found.filter(pk=wanted).first()


def _find_building(viewer: Viewer, key: str) -> Building | None:
    try:
        wanted = UUID(key)
    except ValueError:
        return None
    found = selectors.buildings_visible_to(viewer).filter(pk=wanted)
    return found.select_related("unit").first()


# kind -> (search, choices of what was found, one by its key)
_KINDS: dict[str, tuple[Callable, Callable, Callable]] = {
    "units": (selectors.find_units, _unit_choices, _find_unit),
    "people": (selectors.find_people, _person_choices, _find_person),
    "buildings": (selectors.find_buildings, _building_choices, _find_building),
    "organisations": (selectors.find_organisations, _organisation_choices, _find_organisation),
    "posts": (find_posts, _post_choices, _find_post),
}


class PickWidget(forms.Widget):
    """A search field with what it found as radio buttons below it."""

    def __init__(self, kind: str):
        super().__init__()
        self.kind = kind
        self.found: list[Choice] = []

    def value_from_datadict(self, data: Any, files: Any, name: str) -> tuple[str, str]:
        """Read what was chosen and what was typed."""
        return data.get(name, "").strip(), data.get(f"{name}_typed", "").strip()[:80]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """Say whether the field was sent at all."""
        return name not in data and f"{name}_typed" not in data

    def use_required_attribute(self, initial: Any) -> bool:
        """The browser cannot know which of the two inputs is needed."""
        return False

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> str:
        """Draw the search field with the choices found so far; the chosen one is ticked."""
        chosen, typed = value if isinstance(value, tuple) else (value or "", "")
        return render_to_string(
            "desk/picking/widget.html",
            {
                "name": name,
                "id": (attrs or {}).get("id", f"id_{name}"),
                "described": (attrs or {}).get("aria-describedby", ""),
                "chosen": chosen,
                "typed": typed,
                "choices": self.found,
                "url": f"{reverse('desk:pick', args=[self.kind])}?name={name}",
            },
        )


class PickField(forms.Field):
    """Chooses one thing in the viewer's reach; the form's `viewer` is set by `bind`."""

    def __init__(self, kind: str, **options: Any):
        super().__init__(widget=PickWidget(kind), **options)
        self.kind = kind
        self.viewer: Viewer | None = None

    def __deepcopy__(self, memo: Any) -> "PickField":
        field = super().__deepcopy__(memo)
        field.widget.found = []
        return field

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Say whether something was chosen or typed, for rows of a form that may stay empty."""
        chosen, typed = data if isinstance(data, tuple) else (data or "", "")
        return bool(typed) or chosen != (initial or "")

    def clean(self, value: Any) -> Any:
        """Return the row that was chosen, or the only one that the typed words can mean."""
        search, choices_of, find = _KINDS[self.kind]
        chosen, typed = value if isinstance(value, tuple) else (value or "", "")
        found = find(self.viewer, chosen) if chosen else None
        if found is not None:
            self.widget.found = choices_of([found])
            return found
        if chosen:
            raise forms.ValidationError(_("This is no longer there. Search for it again."))
        if not typed:
            if self.required:
                raise forms.ValidationError(_("Type a part of the name and choose."))
            return None
        hits = search(self.viewer, typed, limit=LIMIT)
        if len(hits) == 1:
            return hits[0]
        self.widget.found = choices_of(hits)
        raise forms.ValidationError(
            _("Choose which of these you mean.")
            if hits
            else _("Nothing in your reach is called that. Try a shorter part of the name.")
        )

    def show(self, row: Any) -> str:
        """Offer a row as the choice at hand and return its key, for a form's first look."""
        self.widget.found = _KINDS[self.kind][1]([row])
        return self.widget.found[0][0]


class ReachForm(forms.Form):
    """A form whose pickers look into the viewer's reach; `initial` may hold rows for them."""

    required_css_class = "required"

    def __init__(self, viewer: Viewer, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.viewer = viewer
        for name, field in self.fields.items():
            if isinstance(field, PickField):
                field.viewer = viewer
                given = self.initial.get(name)
                if given is not None and not isinstance(given, str):
                    self.initial[name] = field.show(given)


UNIT_HELP = gettext_lazy("A part of the name, or the whole code.")
POST_HELP = gettext_lazy("A part of the title, the place, or the name of who holds it.")
PERSON_HELP = gettext_lazy("A part of the name, or the staff number.")


@signed_in
def pick(request: HttpRequest, kind: str) -> HttpResponse:
    """Answer what was typed with choices, as radio buttons for the field that asked."""
    search, choices_of, _find = _KINDS[kind]
    name = request.GET.get("name", "")
    typed = request.GET.get(f"{name}_typed", "").strip()[:80]
    hits = search(request.viewer, typed, limit=LIMIT) if typed else []
    choices = choices_of(hits)
    return render(
        request,
        "desk/picking/choices.html",
        {"name": name, "choices": choices, "chosen": "", "typed": typed, "asked": True},
    )
