"""Forms about the risk list: looking for risks, putting one on it, judging, planning, checking; surveys and the scale."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from renwang.base.pure.datum import Datum, convert
from renwang.chain.models import Post
from renwang.registers.risks.models import LEVELS, SOURCES, SURVEY_KINDS
from renwang.registers.risks.naming import hazard_choices, say_step
from renwang.registers.risks.rules import LIVE, Source, State, SurveyKind
from renwang.registers.risks.scale_rules import COLOURS, TERMS, Judgement, Level, Scale
from renwang.web.desk.forms.units import DATUMS
from renwang.web.desk.picking import UNIT_HELP, PickField, ReachForm

STATES: Mapping[str, tuple[State, ...]] = {
    "live": tuple(sorted(LIVE)),
    "found": (State.FOUND,),
    "open": (State.OPEN,),
    "referred": (State.REFERRED,),
    "rectified": (State.RECTIFIED,),
    "accepted": (State.ACCEPTED,),
    "over": (State.CLOSED, State.DISMISSED),
    "all": (),
}


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class FilterForm(forms.Form):
    """Narrows the risk list; sent as GET."""

    level = forms.ChoiceField(label=_("Risk level"), required=False)
    hazard = forms.ChoiceField(label=_("Kind"), required=False)
    source = forms.ChoiceField(
        label=_("Found by"), choices=[("", _("Anybody")), *SOURCES.items()], required=False
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["level"].choices = [
            ("", _("Any risk level")),
            *((str(int(key)), LEVELS[key]) for key in sorted(LEVELS, reverse=True)),
        ]
        self.fields["hazard"].choices = [("", _("Any kind")), *hazard_choices()]

    def wanted(self) -> dict[str, Any]:
        """Say what is looked for; nonsense in the address narrows nothing."""
        self.is_valid()
        said = self.cleaned_data
        return {
            "levels": [int(said["level"])] if said.get("level") else [],
            "hazard": said.get("hazard", ""),
            "source": Source(said["source"]) if said.get("source") else None,
        }


class RiskForm(ReachForm):
    """Something that may do harm, in the words of whoever found it."""

    words = forms.CharField(
        label=_("What was seen there"),
        widget=_area(4),
        max_length=4000,
        help_text=_("As it was seen or said. Nobody changes it afterwards; notes go beside it."),
    )
    title = forms.CharField(
        label=_("Short title"),
        max_length=120,
        required=False,
        help_text=_("Empty: the beginning of the words."),
    )
    hazard = forms.ChoiceField(label=_("Kind"), required=False)
    code = forms.CharField(
        label=_("National sub-code"),
        max_length=20,
        required=False,
        help_text=_("Of GB/T 35561, where it is known."),
    )
    source = forms.ChoiceField(
        label=_("Found by"), choices=list(SOURCES.items()), initial=Source.PATROL
    )
    unit = PickField("units", label=_("Place"), help_text=UNIT_HELP)
    place = forms.CharField(label=_("Where exactly"), max_length=200, required=False)
    lon = forms.FloatField(label=_("Longitude"), required=False, min_value=-180, max_value=180)
    lat = forms.FloatField(label=_("Latitude"), required=False, min_value=-90, max_value=90)
    datum = forms.ChoiceField(
        label=_("Measured in"), choices=DATUMS, initial=settings.RENWANG_INPUT_DATUM
    )
    found_at = forms.DateTimeField(
        label=_("Found at"), required=False, help_text=_("Leave it empty for now.")
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["hazard"].choices = [("", _("Cannot be said yet")), *hazard_choices()]

    def clean(self) -> dict[str, Any]:
        """Bring the position into the datum that is stored; half a position is none."""
        said = super().clean() or self.cleaned_data
        lon, lat = said.get("lon"), said.get("lat")
        if (lon is None) != (lat is None):
            self.add_error("lat", _("Give both longitude and latitude, or neither."))
        elif lon is not None and lat is not None and "datum" in said:
            said["lon"], said["lat"] = convert(lon, lat, Datum(said["datum"]), Datum.WGS84)
        return said

    def found(self, now: datetime) -> dict[str, Any]:
        """Give what was found, as the service takes it."""
        names = ("words", "title", "hazard", "code", "place", "lon", "lat")
        said = self.cleaned_data
        found_at = said["found_at"] or now
        found = {name: said[name] for name in names}
        return found | {"source": Source(said["source"]), "found_at": found_at}


class JudgeForm(forms.Form):
    """How bad it is: three pairs on the scale, and what it rests on."""

    likelihood = forms.TypedChoiceField(label=_("How likely, as it stands"), coerce=int)
    harm = forms.TypedChoiceField(label=_("How much harm, as it stands"), coerce=int)
    inherent_likelihood = forms.TypedChoiceField(
        label=_("How likely, were nothing in place"), coerce=int, required=False, empty_value=0
    )
    inherent_harm = forms.TypedChoiceField(
        label=_("How much harm, were nothing in place"), coerce=int, required=False, empty_value=0
    )
    residual_likelihood = forms.TypedChoiceField(
        label=_("How likely, once it is mended"), coerce=int, required=False, empty_value=0
    )
    residual_harm = forms.TypedChoiceField(
        label=_("How much harm, once it is mended"), coerce=int, required=False, empty_value=0
    )
    form = forms.CharField(
        label=_("Its form"),
        widget=_area(2),
        max_length=2000,
        required=False,
        help_text=_("What it looks like now: size, state, what holds it."),
    )
    unfolding = forms.CharField(
        label=_("How it would unfold"),
        widget=_area(2),
        max_length=2000,
        required=False,
        help_text=_("What sets it off, what follows, how fast."),
    )
    reach_m = forms.IntegerField(
        label=_("Does harm within (metres)"),
        min_value=1,
        max_value=20_000,
        required=False,
        help_text=_(
            "Doors and residents within it are counted. Empty, or without a position: the whole unit."
        ),
    )
    reason = forms.CharField(label=_("On what ground"), widget=_area(2), max_length=2000)

    def __init__(self, scale: Scale, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        steps = {"likelihood": scale.likelihood, "harm": scale.harm}
        for name, field in self.fields.items():
            if isinstance(field, forms.TypedChoiceField):
                words = steps[name.rpartition("_")[2]]
                field.choices = [("", pgettext_lazy("a step of the scale", "Not said"))] + [
                    (number, f"{number} · {say_step(step)}") for number, step in enumerate(words, 1)
                ]

    def judgement(self) -> Judgement:
        """Give what was concluded."""
        said = self.cleaned_data

        def pair(name: str) -> tuple[int, int] | None:
            found = said[f"{name}_likelihood"], said[f"{name}_harm"]
            return found if all(found) else None

        return Judgement(
            (said["likelihood"], said["harm"]),
            said["reason"],
            pair("inherent"),
            pair("residual"),
            said["form"],
            said["unfolding"],
        )


class MeasureForm(forms.Form):
    """Something to be done: what, by whom, until when."""

    words = forms.CharField(label=_("What is to be done"), max_length=300)
    post = forms.ChoiceField(label=_("By which post"))
    due_on = forms.DateField(label=_("Due on"))

    def __init__(self, posts: list[Post], *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.posts = {str(post.pk): post for post in posts}
        self.fields["post"].choices = [(key, _title(post)) for key, post in self.posts.items()]

    def post_chosen(self) -> Post:
        """Give the post that was chosen."""
        return self.posts[self.cleaned_data["post"]]


def _title(post: Any) -> str:
    holder = post.current[0].person.name if post.current else _("vacant")
    return f"{post.unit.name} · {post.title} · {holder}"


class ReferForm(forms.Form):
    """A question to the unit above."""

    question = forms.CharField(label=_("Question"), widget=_area(3), max_length=2000)
    term = forms.TypedChoiceField(
        label=_("Answer owed within"),
        choices=[
            (1, _("1 day")),
            (3, _("3 days")),
            (7, _("7 days")),
            (15, _("15 days")),
            (30, _("30 days")),
        ],
        initial=7,
        coerce=lambda days: timedelta(days=int(days)),
        help_text=_("Silence takes the question one level higher."),
    )


class AcceptForm(forms.Form):
    """Living with it for a time."""

    until_on = forms.DateField(label=_("Until"), help_text=_("The last day."))
    reason = forms.CharField(label=_("Reason"), max_length=300)


class WordsForm(forms.Form):
    """A deed that is said in words."""

    words = forms.CharField(label=_("In words"), widget=_area(2), max_length=2000)


class RecheckForm(forms.Form):
    """What somebody saw who went to look."""

    mended = forms.TypedChoiceField(
        label=_("What do you see?"),
        choices=[("yes", _("It is mended")), ("no", _("It is not mended"))],
        coerce=lambda said: said == "yes",
        widget=forms.RadioSelect,
    )
    words = forms.CharField(label=_("By what one can see it"), widget=_area(2), max_length=2000)


class PhotoForm(forms.Form):
    """A photograph."""

    photo = forms.FileField(
        label=_("Photograph"),
        widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        help_text=_("Drawn anew when it comes in: position and device are left out."),
    )


class SurveyForm(ReachForm):
    """A looking round."""

    kind = forms.ChoiceField(label=_("Kind"), choices=list(SURVEY_KINDS.items()))
    title = forms.CharField(label=_("Title"), max_length=120)
    unit = PickField("units", label=_("Place"), help_text=UNIT_HELP)
    on = forms.DateField(label=_("Day"))
    who = forms.CharField(
        label=_("Who looked"),
        max_length=200,
        help_text=_("Experts and offices, or how many residents."),
    )
    words = forms.CharField(
        label=_("What was seen there"), widget=_area(4), max_length=8000, required=False
    )
    every_days = forms.TypedChoiceField(
        label=_("Repeated"),
        choices=[
            ("", _("Once only")),
            (7, _("Every week")),
            (30, _("Every month")),
            (91, _("Every quarter")),
            (182, _("Every half-year")),
            (365, _("Every year")),
        ],
        coerce=int,
        empty_value=None,
        required=False,
        help_text=_("The next is due from the day of this one."),
    )

    def kind_said(self) -> SurveyKind:
        """Give the kind that was chosen."""
        return SurveyKind(self.cleaned_data["kind"])


class ScaleForm(forms.Form):
    """The node's scale: a colour for every pair, terms, and who may accept what."""

    reason = forms.CharField(label=_("Reason of the change"), max_length=300)

    def __init__(self, body: Mapping[str, Any], *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.body = body
        colours = [(int(key), LEVELS[key]) for key in Level if key]
        for row, cells in enumerate(body["matrix"]):
            for column, cell in enumerate(cells):
                self.fields[f"cell_{row}_{column}"] = forms.TypedChoiceField(
                    choices=colours, coerce=int, initial=cell
                )
        for name in TERMS:
            self.fields[f"term_{name}"] = forms.IntegerField(
                label=_TERM_WORDS[name], initial=body["terms"][name]
            )
        for key in COLOURS:
            allowed = body["acceptance"].get(str(int(key)))
            if key:
                self.fields[f"above_{int(key)}"] = forms.IntegerField(
                    label=_("levels above"), initial=allowed and allowed["above"], required=False
                )
                self.fields[f"days_{int(key)}"] = forms.IntegerField(
                    label=_("days at most"), initial=allowed and allowed["days"], required=False
                )
                self.fields[f"practised_{int(key)}"] = forms.IntegerField(
                    label=LEVELS[key],
                    initial=body.get("practised", {}).get(str(int(key))),
                    required=False,
                )

    def rows(self) -> list[dict[str, Any]]:
        """Give the matrix as rows of fields, the likeliest first, each with its word."""
        words = self.body["likelihood"]
        return [
            {
                "word": say_step(words[row]),
                "cells": [self[f"cell_{row}_{column}"] for column in range(len(cells))],
            }
            for row, cells in reversed(list(enumerate(self.body["matrix"])))
        ]

    def harms(self) -> list[str]:
        """Give the words of the columns."""
        return [say_step(step) for step in self.body["harm"]]

    def terms(self) -> list[Any]:
        """Give the fields of the terms."""
        return [self[f"term_{name}"] for name in TERMS]

    def allowances(self) -> list[dict[str, Any]]:
        """Give the fields about acceptance, the worst colour first."""
        return [
            {"level": key, "above": self[f"above_{int(key)}"], "days": self[f"days_{int(key)}"]}
            for key in sorted(COLOURS, reverse=True)
            if key
        ]

    def practices(self) -> list[Any]:
        """Give the fields about practice, the worst colour first."""
        return [self[f"practised_{int(key)}"] for key in sorted(COLOURS, reverse=True) if key]

    def changed(self) -> dict[str, Any]:
        """Give the scale as it was filled in; a colour without days is accepted by nobody, or not practised."""
        said = self.cleaned_data
        matrix = [
            [said[f"cell_{row}_{column}"] for column in range(len(cells))]
            for row, cells in enumerate(self.body["matrix"])
        ]
        acceptance = {
            str(int(key)): {
                "above": said[f"above_{int(key)}"] or 0,
                "days": said[f"days_{int(key)}"],
            }
            for key in COLOURS
            if key and said[f"days_{int(key)}"]
        }
        terms = {name: said[f"term_{name}"] for name in TERMS}
        practised = {
            str(int(key)): said[f"practised_{int(key)}"]
            for key in COLOURS
            if key and said[f"practised_{int(key)}"]
        }
        return {
            **self.body, "matrix": matrix, "terms": terms, "acceptance": acceptance,
            "practised": practised,
        }  # fmt: skip


_TERM_WORDS = {
    "judge": _("Days to judge what was found"),
    "plan": _("Days to plan measures"),
    "declare": _("Days to say that it is mended once the measures are done"),
    "recheck": _("Days to check it"),
}
