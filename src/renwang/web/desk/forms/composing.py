"""Forms for writing messages: how one begins, what they say, where they apply, what the second person decides."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from renwang.alerts.composing.wordings import hazards
from renwang.alerts.composing_rules import Follow, Kind, ends_what_it_follows
from renwang.alerts.desk_work import Wanted
from renwang.alerts.drafts import Draft, Wording
from renwang.alerts.drawing import ShapeRefused, read_circle, read_polygon
from renwang.base.pure.datum import Datum
from renwang.chain.models import Unit
from renwang.web.desk.picking import UNIT_HELP, PickField, ReachForm
from renwang.web.frame.tags.signs import COLOUR_WORDS

KINDS = dict(Draft._meta.get_field("kind").choices)
STATES = dict(Draft._meta.get_field("state").choices)
FOLLOWS = dict(Draft._meta.get_field("follow").choices)
COLOURS = [(key, word) for key, word in COLOUR_WORDS.items() if key != "unknown"]
MOST_LANGUAGES = 12
LANGUAGES = [
    ("zh-CN", "简体中文"), ("en", "English"), ("zh-HK", "繁體中文（香港）"), ("zh-TW", "繁體中文"),
    ("bo", "བོད་སྐད་"), ("ug", "ئۇيغۇرچە"), ("mn", "Монгол"), ("ii", "ꆈꌠꉙ"), ("za", "Vahcuengh"),
    ("kk", "Қазақша"), ("ko", "한국어"), ("ja", "日本語"), ("ru", "Русский"), ("vi", "Tiếng Việt"),
    ("th", "ไทย"), ("fil", "Filipino"), ("id", "Bahasa Indonesia"), ("ms", "Bahasa Melayu"),
    ("my", "မြန်မာ"), ("km", "ខ្មែរ"), ("lo", "ລາວ"), ("ne", "नेपाली"), ("hi", "हिन्दी"),
    ("ur", "اردو"), ("ar", "العربية"), ("fr", "Français"), ("es", "Español"), ("pt", "Português"),
    ("de", "Deutsch"),
]  # fmt: skip
LANGUAGE_NAMES = dict(LANGUAGES)


class LanguageSelect(forms.Select):
    """A choice of languages, each named and spoken in itself."""

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Say which language an option is written in."""
        option = super().create_option(name, value, *args, **kwargs)
        if value:
            option["attrs"]["lang"] = str(value)
        return option


def hazard_choices() -> list[tuple[str, str]]:
    """Name the hazards in the language of the page."""
    return [(key, one.name(get_language() or "zh")) for key, one in hazards().items()]


class DraftFilterForm(forms.Form):
    """Narrows the list of drafts; sent as GET."""

    q = forms.CharField(required=False, max_length=80)
    state = forms.CharField(required=False, max_length=12)
    kind = forms.ChoiceField(
        label=_("Kind"),
        required=False,
        choices=[("", pgettext_lazy("of what is written", "Any kind")), *KINDS.items()],
    )
    hazard = forms.ChoiceField(label=_("Hazard"), required=False)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["hazard"].choices = [("", _("Any hazard")), *hazard_choices()]

    def wanted(self) -> Wanted:
        """Say what is looked for; nonsense in the address narrows nothing."""
        self.is_valid()
        said = self.cleaned_data
        return Wanted(
            said.get("q", "").strip(),
            said.get("state", ""),
            said.get("kind", ""),
            said.get("hazard", ""),
        )


class StartForm(forms.Form):
    """What is to be written, by whom, about what."""

    kind = forms.ChoiceField(label=_("What do you want to write?"), widget=forms.RadioSelect)
    unit = forms.ChoiceField(
        label=_("Who speaks"), help_text=_("The unit in whose name it goes out.")
    )
    hazard = forms.ChoiceField(label=_("Hazard"))
    colour = forms.ChoiceField(
        label=pgettext_lazy("of a warning", "Colour"),
        required=False,
        help_text=_("For a warning or an exercise. Advice has none."),
    )

    def __init__(self, units: Sequence[Unit], *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self._units = {str(unit.pk): unit for unit in units}
        self.fields["unit"].choices = [(key, unit.name) for key, unit in self._units.items()]
        self.fields["unit"].initial = next(iter(self._units), None)
        self.fields["hazard"].choices = hazard_choices()
        self.fields["colour"].choices = [("", _("None")), *COLOURS]
        self.fields["kind"].choices = [
            (Kind.ADVICE, _("Advice: below the threshold of an official warning")),
            (Kind.EXERCISE, _("Exercise: a drill with real people, marked as one")),
            (Kind.WARNING, _("Warning to the public: county level and above")),
        ]
        self.fields["kind"].initial = Kind.ADVICE

    def clean(self) -> dict[str, Any]:
        """Advice has no colour, a warning has one."""
        said = super().clean()
        if said.get("kind") == Kind.ADVICE:
            said["colour"] = ""
        elif said.get("kind") == Kind.WARNING and not said.get("colour"):
            self.add_error("colour", _("A warning has a colour. Choose one."))
        return said

    def chosen_unit(self) -> Unit:
        """Give the unit that speaks."""
        return self._units[self.cleaned_data["unit"]]

    def chosen_kind(self) -> Kind:
        """Give the kind."""
        return Kind(self.cleaned_data["kind"])


class TextFields:
    """The fields of one language in the editor."""

    def __init__(self, form: "EditForm", language: str, number: int):
        self.language = language
        self.name = LANGUAGE_NAMES.get(language, language)
        self.headline = form[f"headline_{number}"]
        self.description = form[f"description_{number}"]
        self.instruction = form[f"instruction_{number}"]


class EditForm(forms.Form):
    """What a draft says: hazard and colour, the texts by language, times, where to ask."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    hazard = forms.ChoiceField(label=_("Hazard"))
    colour = forms.ChoiceField(label=pgettext_lazy("of a warning", "Colour"), required=False)
    begins_at = forms.DateTimeField(
        label=pgettext_lazy("of a time", "From"), required=False, help_text=_("Empty for now.")
    )
    ends_at = forms.DateTimeField(label=pgettext_lazy("of a time", "Until"), required=False)
    contact = forms.CharField(
        label=_("Where people can ask"),
        required=False,
        max_length=300,
        help_text=_("An office and its telephone, such as “Duty office 023-…”."),
    )
    place_words = forms.CharField(
        label=_("What people call the area"),
        required=False,
        max_length=300,
        help_text=_("Empty for the names of the units."),
    )
    note = forms.CharField(
        label=_("Local note"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Shown apart from the words of the message."),
    )

    def __init__(self, draft: Draft, *args: Any, **kwargs: Any):
        self.draft = draft
        self.languages = list(draft.said)
        initial = {
            name: getattr(draft, name)
            for name in ("hazard", "colour", "contact", "place_words", "note", "revision")
        }
        initial |= {"begins_at": draft.begins_at, "ends_at": draft.ends_at}
        for number, (_language, said) in enumerate(draft.said.items()):
            initial |= {f"{part}_{number}": text for part, text in said.items()}
        super().__init__(*args, initial={**initial, **kwargs.pop("initial", {})}, **kwargs)
        self._shape(draft)

    def _shape(self, draft: Draft) -> None:
        kind = Kind(draft.kind)
        if kind is Kind.RELAY:
            for name in list(self.fields):
                if name not in ("note", "revision"):
                    del self.fields[name]
            self.fields["note"].required = True
            return
        self.fields["hazard"].choices = hazard_choices()
        self.fields["colour"].choices = [("", _("None")), *COLOURS]
        if kind is Kind.ADVICE:
            del self.fields["colour"]
        if draft.follow and ends_what_it_follows(Follow(draft.follow)):
            for name in ("hazard", "colour", "begins_at", "ends_at"):
                self.fields.pop(name, None)
        for number in range(len(self.languages)):
            self.fields[f"headline_{number}"] = forms.CharField(
                label=_("Headline"), required=False, max_length=300
            )
            for part, label, rows in (
                ("description", _("What, where and when"), 4),
                ("instruction", _("What to do"), 4),
            ):
                self.fields[f"{part}_{number}"] = forms.CharField(
                    label=label,
                    required=False,
                    max_length=3000,
                    widget=forms.Textarea(attrs={"rows": rows}),
                )

    @property
    def texts(self) -> list[TextFields]:
        """The fields of each language."""
        return [TextFields(self, one, number) for number, one in enumerate(self.languages)]

    def values(self) -> dict[str, Any]:
        """Give what was entered as values of a draft."""
        said = self.cleaned_data
        found = {
            name: said[name]
            for name in ("hazard", "colour", "contact", "place_words", "note")
            if name in self.fields
        }
        for name in ("begins_at", "ends_at"):
            if name in self.fields:
                found[name] = said[name]
        if self.draft.kind != Kind.RELAY:
            found["texts"] = {
                language: {
                    part: said[f"{part}_{number}"].replace("\r\n", "\n")
                    for part in ("headline", "description", "instruction")
                }
                for number, language in enumerate(self.languages)
            }
        return found


class LanguageForm(forms.Form):
    """One more language."""

    language = forms.ChoiceField(label=_("Add a language"), widget=LanguageSelect)

    def __init__(self, there: Sequence[str], *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = [one for one in LANGUAGES if one[0] not in there]


class AreaForm(ReachForm):
    """Where it applies: units ticked, one more by name, a polygon or a circle by coordinates."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    units = forms.MultipleChoiceField(
        label=_("Units"), required=False, widget=forms.CheckboxSelectMultiple
    )
    more = PickField("units", label=_("One more unit"), required=False, help_text=UNIT_HELP)
    kept = forms.MultipleChoiceField(
        label=_("Shapes drawn"), required=False, widget=forms.CheckboxSelectMultiple
    )
    datum = forms.ChoiceField(
        label=_("Datum of the coordinates"),
        widget=forms.RadioSelect,
        choices=[
            (Datum.WGS84, "WGS-84 (GPS)"),
            (Datum.GCJ02, "GCJ-02 (高德, 腾讯)"),
            (Datum.BD09, "BD-09 (百度)"),
        ],
        initial=Datum.WGS84,
        help_text=_("Chinese telephones and maps show GCJ-02; satellite receivers WGS-84."),
    )
    polygon = forms.CharField(
        label=_("Polygon"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4, "class": "mono", "data-draws": "polygon"}),
        help_text=_(
            "One corner on each line: longitude, then latitude, such as 106.5512, 29.5630."
        ),
    )
    centre = forms.CharField(
        label=_("Centre of a circle"),
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"class": "mono", "data-draws": "centre"}),
        help_text=_("Longitude, then latitude."),
    )
    radius_m = forms.FloatField(
        label=_("Its radius in metres"),
        required=False,
        min_value=1,
        max_value=100_000,
        widget=forms.NumberInput(attrs={"data-draws": "radius"}),
    )

    def __init__(self, viewer: Any, draft: Draft, units: Sequence[Unit], *args: Any, **kwargs: Any):
        initial = {
            "revision": draft.revision,
            "units": list(draft.units),
            "kept": [str(number) for number in range(len(draft.shapes))],
        }
        super().__init__(viewer, *args, initial=initial, **kwargs)
        self.draft = draft
        self.fields["units"].choices = [(str(unit.pk), unit.name) for unit in units]
        self.fields["kept"].choices = [
            (str(number), shape_name(shape)) for number, shape in enumerate(draft.shapes)
        ]
        if not draft.shapes:
            del self.fields["kept"]

    def clean(self) -> dict[str, Any]:
        """Read the coordinates in their datum."""
        said = super().clean()
        drawn = []
        datum = Datum(said.get("datum") or Datum.WGS84)
        try:
            if said.get("polygon"):
                drawn.append(read_polygon(said["polygon"], datum))
        except ShapeRefused as refused:
            self.add_error("polygon", refused.sentence)
        try:
            if said.get("centre") or said.get("radius_m"):
                drawn.append(read_circle(said.get("centre", ""), said.get("radius_m"), datum))
        except ShapeRefused as refused:
            self.add_error("centre", refused.sentence)
        said["drawn"] = drawn
        return said

    def values(self) -> dict[str, Any]:
        """Give the area as values of a draft."""
        said = self.cleaned_data
        units = list(said["units"])
        if said["more"] is not None and str(said["more"].pk) not in units:
            units.append(str(said["more"].pk))
        kept = {int(one) for one in said.get("kept", ())}
        shapes = [shape for number, shape in enumerate(self.draft.shapes) if number in kept]
        return {"units": units, "shapes": [*shapes, *said["drawn"]]}


def shape_name(shape: dict[str, Any]) -> str:
    """Describe a shape in a list."""
    if shape["type"] == "Circle":
        lon, lat = shape["centre"]
        return str(_("Circle of {m} m round {lon}, {lat}")).format(
            m=round(shape["radius_m"]), lon=f"{lon:.5f}", lat=f"{lat:.5f}"
        )
    corners = len(shape["coordinates"][0]) - 1 if shape["type"] == "Polygon" else 0
    return str(_("Polygon with {n} corners")).format(n=corners)


class ReturnForm(forms.Form):
    """Why a draft is given back."""

    remark = forms.CharField(
        label=_("What is to be changed"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class WordingForm(forms.ModelForm):
    """A wording with its blanks open."""

    class Meta:
        model = Wording
        fields = ("headline", "description", "instruction")
        widgets = {
            "description": forms.Textarea(attrs={"rows": 4}),
            "instruction": forms.Textarea(attrs={"rows": 5}),
        }

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.required = True
