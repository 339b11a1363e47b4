"""Forms about cases: looking for them, entering one quickly, what is done with one, answering, working days."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from renwang.base.pure.datum import Datum, convert
from renwang.cases.answer_rules import Said
from renwang.cases.kind_rules import Kind, ends_of, grouped
from renwang.cases.names import ENDS, WAYS
from renwang.cases.rules import (
    ANSWER_AT_MOST,
    ANSWERS,
    CONTACT_AT_MOST,
    ENTERED_BY_STAFF,
    LIVE,
    OWED,
    PLACE_AT_MOST,
    WORDS_AT_MOST,
    End,
    State,
    Via,
)
from renwang.cases.telling_rules import NumberMissing, is_number
from renwang.web.desk.forms.units import DATUMS
from renwang.web.desk.picking import UNIT_HELP, PickField, ReachForm
from renwang.web.frame.gates import sentence_of

STATES: Mapping[str, tuple[State, ...]] = {
    "live": tuple(sorted(LIVE)),
    "new": (State.RECEIVED, State.SCREENED),
    "going": tuple(sorted(OWED - {State.RECEIVED, State.SCREENED})),
    "answered": (State.ANSWERED, State.CONFIRMED),
    "closed": (State.CLOSED,),
    "all": (),
}
FLAGS = ("mine", "overdue", "climbed", "returned", "reopened", "alarm", "gap")


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class FilterForm(forms.Form):
    """Narrows the inbox; sent as GET."""

    kind = forms.ChoiceField(label=_("Kind"), required=False)
    via = forms.ChoiceField(
        label=_("Came by"), choices=[("", _("Any way")), *WAYS.items()], required=False
    )
    age = forms.TypedChoiceField(
        label=_("Older than"),
        choices=[
            ("", _("Any age")),
            (1, _("1 day")),
            (3, _("3 days")),
            (7, _("7 days")),
            (15, _("15 days")),
            (30, _("30 days")),
        ],
        coerce=lambda days: timedelta(days=int(days)),
        empty_value=None,
        required=False,
    )

    def __init__(self, kinds: Mapping[str, Kind], *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.kinds = kinds
        self.fields["kind"].choices = [("", _("Any kind")), *grouped(kinds, get_language() or "en")]

    def wanted(self) -> dict[str, Any]:
        """Say what is looked for; nonsense in the address narrows nothing."""
        self.is_valid()
        said = self.cleaned_data
        kind = said.get("kind", "")
        return {
            "kinds": ends_of(self.kinds, kind) if kind else (),
            "via": said.get("via", ""),
            "older_than": said.get("age"),
        }


class EnterForm(ReachForm):
    """What somebody says on the telephone or at the counter, as fast as it is said."""

    key = forms.CharField(max_length=64, widget=forms.HiddenInput)
    via = forms.ChoiceField(
        label=_("Came by"),
        choices=[(key, WAYS[key]) for key in ENTERED_BY_STAFF],
        initial=Via.TELEPHONE,
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label=_("In the words of whoever brings it"),
        widget=forms.Textarea(attrs={"rows": 5, "autofocus": True}),
        max_length=WORDS_AT_MOST,
        help_text=_("As it was said. Nobody changes it afterwards; notes go beside it."),
    )
    unit = PickField("units", label=_("Place"), help_text=UNIT_HELP)
    place = forms.CharField(label=_("Where exactly"), max_length=PLACE_AT_MOST, required=False)
    contact = forms.CharField(
        label=_("Telephone of the reporter"),
        max_length=CONTACT_AT_MOST,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Kept under seal. Empty where he wants to stay unknown."),
    )
    tell = forms.BooleanField(
        label=_("He agrees to be told by text message"),
        required=False,
        help_text=_("Read it to him: only the number of the case and the way to its page."),
    )
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    came_at = forms.DateTimeField(
        label=_("Said at"), required=False, help_text=_("Leave it empty for now.")
    )
    lon = forms.FloatField(label=_("Longitude"), required=False, min_value=-180, max_value=180)
    lat = forms.FloatField(label=_("Latitude"), required=False, min_value=-90, max_value=90)
    datum = forms.ChoiceField(
        label=_("Measured in"), choices=DATUMS, initial=settings.RENWANG_INPUT_DATUM
    )

    def __init__(self, kinds: Mapping[str, Kind], *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [
            ("", _("Cannot be said yet")),
            *grouped(kinds, get_language() or "en"),
        ]

    def clean(self) -> dict[str, Any]:
        """Bring the position into the datum that is stored; half a position is none."""
        said = super().clean() or self.cleaned_data
        if said.get("tell") and not is_number(said.get("contact", "")):
            self.add_error("contact", sentence_of(NumberMissing()))
        lon, lat = said.get("lon"), said.get("lat")
        if (lon is None) != (lat is None):
            self.add_error("lat", _("Give both longitude and latitude, or neither."))
        elif lon is not None and said.get("datum"):
            said["lon"], said["lat"] = convert(lon, lat, Datum(said["datum"]), Datum.WGS84)
        return said


class AnswerForm(forms.Form):
    """What was done or decided, by whom, when, on what ground, what comes next."""

    end = forms.ChoiceField(
        label=_("How did it end?"),
        choices=[(key, ENDS[key]) for key in ANSWERS],
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label=_("What was done or decided"),
        widget=_area(5),
        max_length=ANSWER_AT_MOST,
        help_text=_("The reporter reads this as it stands."),
    )
    who = forms.CharField(label=_("By whom"), max_length=120, required=False)
    done_on = forms.DateField(label=_("When"), required=False)
    ground = forms.CharField(
        label=_("On which ground"),
        max_length=500,
        required=False,
        help_text=_("A rule, an agreement, a measurement, what was seen there."),
    )
    following = forms.CharField(label=_("What comes next"), max_length=500, required=False)
    whose = forms.CharField(
        label=_("Whose it is, where it is not ours"),
        max_length=200,
        required=False,
        help_text=_("With a telephone number, so that the reporter can turn there."),
    )

    def said(self) -> Said:
        """Give the answer that was written."""
        given = self.cleaned_data
        return Said(
            given["words"], End(given["end"]), given["who"], given["done_on"], given["ground"],
            given["following"], given["whose"],
        )  # fmt: skip


class WordsForm(forms.Form):
    """A deed that is said in words."""

    words = forms.CharField(label=_("In words"), widget=_area(2), max_length=2000)


class MaybeWordsForm(forms.Form):
    """A deed to which something can be said."""

    words = forms.CharField(
        label=_("A word with it"), widget=_area(2), max_length=1000, required=False
    )


class ScreenForm(forms.Form):
    """What it is about."""

    kind = forms.ChoiceField(label=_("Kind"))

    def __init__(self, kinds: Mapping[str, Kind], *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = grouped(kinds, get_language() or "en")


class GiveForm(ReachForm):
    """To which unit."""

    unit = PickField("units", label=_("To which unit"), help_text=UNIT_HELP)
    words = forms.CharField(label=_("Reason"), max_length=1000, required=False)


class ReferForm(ReachForm):
    """A question, to the level above or to another unit."""

    unit = PickField(
        "units",
        label=_("Whom to ask"),
        required=False,
        help_text=_("Empty: the level above."),
    )
    words = forms.CharField(label=_("Question"), widget=_area(3), max_length=2000)


class PostponeForm(forms.Form):
    """A day, and why."""

    until_on = forms.DateField(label=_("Goes on from"))
    words = forms.CharField(label=_("Reason, which the reporter sees"), max_length=1000)


class ExtendForm(forms.Form):
    """Some working days more, and why."""

    days = forms.IntegerField(label=_("Working days"), min_value=1, max_value=60)
    words = forms.CharField(label=_("Reason, which the reporter sees"), max_length=1000)


class RingForm(forms.Form):
    """What came of ringing."""

    came = forms.ChoiceField(
        label=_("What came of it?"),
        choices=[
            ("yes", _("It is settled")),
            ("no", _("It is not settled")),
            ("nobody", _("Not reached")),
        ],
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label=_("What the reporter says"), widget=_area(2), max_length=2000, required=False
    )


class MaskForm(forms.Form):
    """What others read instead, and why."""

    words = forms.CharField(
        label=_("What others read instead"), widget=_area(3), max_length=WORDS_AT_MOST
    )
    reason = forms.CharField(label=_("Reason"), max_length=200)


class MergeForm(forms.Form):
    """Into which case."""

    into = forms.CharField(label=_("Number of the case that stands for it"), max_length=32)


class PartForm(ReachForm):
    """A part of it that others see to."""

    words = forms.CharField(
        label=_("What this part is about"), widget=_area(2), max_length=WORDS_AT_MOST
    )
    kind = forms.ChoiceField(label=_("Kind"))
    unit = PickField("units", label=_("Place"), help_text=UNIT_HELP)

    def __init__(self, kinds: Mapping[str, Kind], *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = grouped(kinds, get_language() or "en")


class BulkForm(ReachForm):
    """One act on many."""

    act = forms.ChoiceField(
        label=_("Do to those chosen"),
        choices=[
            ("screen", _("Kind and place are right")),
            ("accept", pgettext_lazy("do to a case", "Accept")),
            ("assign", pgettext_lazy("do to a case", "Give out")),
        ],
    )
    unit = PickField("units", label=_("To which unit"), required=False)


class WorkdaysForm(forms.Form):
    """The calendar of the node: one day, or a span of days, on each line."""

    years = forms.CharField(
        label=_("Years of which the holidays are known"),
        max_length=100,
        required=False,
        help_text=_("2026, 2027 – of other years only weekends are free."),
    )
    holidays = forms.CharField(
        label=_("Holidays"),
        widget=_area(8),
        required=False,
        max_length=4000,
        help_text=_("One on each line: 2026-10-01, or 2026-10-01/2026-10-07 for a span."),
    )
    worked = forms.CharField(
        label=_("Weekend days that are worked in exchange"),
        widget=_area(4),
        required=False,
        max_length=2000,
    )
    closes = forms.TimeField(label=_("The working day ends at"))
    reason = forms.CharField(label=_("Reason of the change"), max_length=300)

    @staticmethod
    def initial_of(before: Mapping[str, Any]) -> dict[str, str]:
        """Give what the form shows of a calendar."""
        return {
            "years": ", ".join(map(str, before["years"])),
            "holidays": "\n".join(before["holidays"]),
            "worked": "\n".join(before["worked"]),
            "closes": before["closes"],
        }

    def body(self, before: Mapping[str, Any]) -> dict[str, Any]:
        """Give the calendar as it was filled in."""
        said = self.cleaned_data
        return {
            **before,
            "closes": f"{said['closes']:%H:%M}",
            "years": [
                int(one)
                for one in said["years"].replace("，", ",").split(",")
                if one.strip().isdigit()
            ],
            "holidays": said["holidays"].split(),
            "worked": said["worked"].split(),
        }
