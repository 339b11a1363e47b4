"""Forms about sensors and triggers."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from renwang.signals.models import WARNING_LEVELS
from renwang.signals.scale_rules import WarningLevel
from renwang.signals.series_rules import SeriesShape
from renwang.signals.words import HAZARDS
from renwang.web.desk.picking import UNIT_HELP, PickField, ReachForm


class SensorForm(ReachForm):
    """Where a sensor stands and what it is called."""

    name = forms.CharField(label=_("Name"), max_length=80)
    code = forms.CharField(
        label=_("Code of the sensor"), max_length=64, help_text=_("As its maker or owner calls it.")
    )
    unit = PickField("units", label=_("Place"), help_text=UNIT_HELP)
    place = forms.CharField(label=_("Where exactly"), max_length=200, required=False)
    lon = forms.FloatField(
        label=_("Longitude (WGS-84)"), min_value=-180, max_value=180, required=False
    )
    lat = forms.FloatField(
        label=_("Latitude (WGS-84)"), min_value=-90, max_value=90, required=False
    )

    def clean(self) -> dict[str, Any]:
        """A position has both, or none."""
        said = super().clean()
        if (said.get("lon") is None) != (said.get("lat") is None):
            self.add_error("lat", _("Give both longitude and latitude, or neither."))
        return said


class ChangeSensorForm(SensorForm):
    """The same for a sensor that is there; its code stays."""

    code = None


class SeriesForm(forms.Form):
    """One quantity that a sensor measures, and what of it is plausible."""

    key = forms.CharField(
        label=_("Key of the series"),
        max_length=64,
        help_text=_("Under which its readings are handed in: gauge-07.rain"),
    )
    quantity = forms.CharField(
        label=_("Quantity"), max_length=40, help_text=_("rain, level, flow, wind …")
    )
    unit_of_measure = forms.CharField(label=_("Unit of measure"), max_length=20)
    every = forms.IntegerField(
        label=_("Seconds between readings"),
        min_value=0,
        max_value=7 * 86_400,
        initial=300,
        help_text=_("0 where it reports when it likes; else silence is a fault."),
    )
    low = forms.FloatField(label=_("Lowest plausible value"), required=False)
    high = forms.FloatField(label=_("Highest plausible value"), required=False)
    jump = forms.FloatField(label=_("Largest plausible step"), required=False)
    stuck_for = forms.IntegerField(
        label=_("Seconds unchanged before it is stuck"),
        min_value=0,
        max_value=31 * 86_400,
        initial=0,
    )
    resting = forms.FloatField(
        label=_("Value that may last"), required=False, help_text=_("No rain is no fault: 0.")
    )
    outside = forms.CharField(
        label=_("Id elsewhere"),
        required=False,
        max_length=120,
        help_text=_("Of its Datastream, where a platform sends OGC SensorThings observations."),
    )
    lines = forms.CharField(
        label=_("Lines drawn across"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One a line: value, then words. 5.2 guard level"),
    )

    def clean_lines(self) -> tuple[tuple[float, str], ...]:
        """Read the lines; one that does not begin with a number is refused by its words."""
        found = []
        for line in self.cleaned_data["lines"].splitlines():
            value, _space, words = line.strip().partition(" ")
            if not value:
                continue
            try:
                found.append((float(value), words.strip()))
            except ValueError:
                raise forms.ValidationError(
                    _("“%(line)s” does not begin with a number."), params={"line": line}
                ) from None
        return tuple(found)

    def shape(self) -> SeriesShape:
        """Give the series as it was described."""
        said = dict(self.cleaned_data)
        said["every"] = said["every"] or 0
        said["stuck_for"] = said["stuck_for"] or 0
        return SeriesShape(**said)


class SpanForm(forms.Form):
    """Which stretch of time is drawn; sent as GET."""

    begin = forms.DateTimeField(label=pgettext_lazy("a stretch of time", "From"), required=False)
    end = forms.DateTimeField(label=pgettext_lazy("a stretch of time", "Until"), required=False)

    def span(self, now: datetime, hours: int) -> tuple[datetime, datetime]:
        """Give the stretch asked for; the last so many hours where none is, or nonsense."""
        self.is_valid()
        begin, end = self.cleaned_data.get("begin"), self.cleaned_data.get("end")
        if begin and end and begin < end <= begin + timedelta(days=366):
            return begin, end
        return now - timedelta(hours=hours), now


class TriggerForm(ReachForm):
    """What a trigger watches for: a condition for each level, and when it has passed."""

    name = forms.CharField(label=_("Name"), max_length=80)
    hazard = forms.ChoiceField(label=_("Hazard"), choices=HAZARDS)
    unit = PickField("units", label=_("Place"), help_text=UNIT_HELP)
    each = forms.CharField(
        label=_("Watch each sensor here that measures"),
        required=False,
        max_length=200,
        help_text=_("name=quantity, such as rain=rain. Leave it empty to choose series by hand."),
    )
    source = forms.CharField(label=_("Rule or document it follows"), max_length=300, required=False)
    note = forms.CharField(label=_("Why it changes"), max_length=300, required=False)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for level in WarningLevel:
            words = WARNING_LEVELS[level]
            self.fields[f"{level}_when"] = forms.CharField(
                label=words,
                required=False,
                max_length=1000,
                help_text=_("Proposed when this holds. Empty: this level is never proposed."),
                widget=forms.TextInput(attrs={"class": "mono", "spellcheck": "false"}),
            )
            self.fields[f"{level}_hold"] = forms.IntegerField(
                label=_("for at least … minutes"), required=False, min_value=0, max_value=2880
            )
            self.fields[f"{level}_clear"] = forms.CharField(
                label=_("Passed when this holds"),
                required=False,
                max_length=1000,
                help_text=_("Empty: when the condition above no longer holds."),
                widget=forms.TextInput(attrs={"class": "mono", "spellcheck": "false"}),
            )
            self.fields[f"{level}_clear_for"] = forms.IntegerField(
                label=_("for at least … minutes"), required=False, min_value=0, max_value=2880
            )

    def clean_each(self) -> dict[str, str]:
        """Read name=quantity pairs."""
        pairs = {}
        for part in self.cleaned_data["each"].replace(",", " ").split():
            name, sign, quantity = part.partition("=")
            if not sign or not name or not quantity:
                raise forms.ValidationError(_("Write name=quantity, such as rain=rain."))
            pairs[name] = quantity
        return pairs

    def levels(self) -> dict[str, Any]:
        """Give the definition in the form in which it is kept."""
        said, found = self.cleaned_data, []
        for level in WarningLevel:
            if when := said[f"{level}_when"].strip():
                clear_for = said[f"{level}_clear_for"]
                found.append(
                    {
                        "level": level.value,
                        "when": when,
                        "hold_for": (said[f"{level}_hold"] or 0) * 60,
                        "clear": said[f"{level}_clear"].strip(),
                        "clear_for": (30 if clear_for is None else clear_for) * 60,
                    }
                )
        return {"levels": found}

    @property
    def level_groups(self) -> list[tuple[str, list[Any]]]:
        """Its fields, level by level, for drawing."""
        parts = ("when", "hold", "clear", "clear_for")
        return [
            (level.value, [self[f"{level}_{part}"] for part in parts]) for level in WarningLevel
        ]

    @staticmethod
    def initial_of(definition: dict[str, Any]) -> dict[str, Any]:
        """Fill the fields from a definition as it is kept."""
        found: dict[str, Any] = {}
        for one in definition.get("levels", []):
            level = one["level"]
            found[f"{level}_when"] = one["when"]
            found[f"{level}_hold"] = int(one.get("hold_for", 0) // 60)
            found[f"{level}_clear"] = one.get("clear", "")
            found[f"{level}_clear_for"] = int(one.get("clear_for", 1800) // 60)
        return found


class ChangeTriggerForm(TriggerForm):
    """The same for a trigger that is there; its name, hazard and place stay."""

    name = None
    hazard = None
    unit = None
    each = None
