"""What residents may send: a danger, a need, a complaint, an idea; and what they say of the answer. Under a minute, one hand."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from renwang.cases import photos
from renwang.cases.erasure_rules import REASON_AT_MOST, Scope
from renwang.cases.kind_rules import Kind, grouped
from renwang.cases.rules import (
    CONTACT_AT_MOST,
    PLACE_AT_MOST,
    WORDS_AT_MOST,
    NotAPerson,
    WordsMissing,
)
from renwang.cases.telling_rules import NumberMissing, is_number
from renwang.cases.voice_rules import LARGEST as SOUND_AT_MOST
from renwang.chain.words import say_refusal

PHOTOS = "image/jpeg,image/png,image/webp"


class PhotosInput(forms.FileInput):
    """Takes several photographs at once."""

    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """A few photographs, read as bytes; none is fine."""

    def __init__(self, **options: Any):
        widget = PhotosInput(attrs={"accept": PHOTOS, "multiple": True})
        super().__init__(widget=widget, required=False, **options)

    def clean(self, data: Any, initial: Any = None) -> list[bytes]:
        """Read what was chosen; how many and what may come is said by `cases.photos`."""
        chosen: Sequence[Any] = data if isinstance(data, list | tuple) else [data] if data else []
        files = [one for one in chosen if one]
        if len(files) > photos.AT_ONCE:
            raise forms.ValidationError(say_refusal(photos.TooMany(most=photos.AT_ONCE)))
        return [one.read(photos.LARGEST + 1) for one in files]


class VoiceField(forms.FileField):
    """A voice message, read as bytes; a phone offers its recorder. None is fine."""

    def __init__(self, **options: Any):
        widget = forms.FileInput(attrs={"accept": "audio/*"})
        super().__init__(widget=widget, required=False, **options)

    def clean(self, data: Any, initial: Any = None) -> list[bytes]:
        """Read what was chosen; which sounds are taken is said by `cases.voice_rules`."""
        return [data.read(SOUND_AT_MOST + 1)] if data else []


class ReportForm(forms.Form):
    """What is the matter, where exactly, a picture. Everything but the words may stay empty."""

    key = forms.CharField(max_length=64, widget=forms.HiddenInput)
    words = forms.CharField(
        label=_("What is the matter?"),
        max_length=WORDS_AT_MOST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "autofocus": True}),
        help_text=_("In your own words. Leave out names and telephone numbers of other people."),
    )
    voice = VoiceField(
        label=_("Or say it"),
        help_text=_("A voice message of up to five minutes, instead of words or beside them."),
    )
    photos = PhotosField(
        label=_("Photographs"),
        help_text=_("Three at most. Position and device are left out of them."),
    )
    place = forms.CharField(
        label=_("Where exactly?"),
        max_length=PLACE_AT_MOST,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    kind = forms.ChoiceField(label=_("What kind of thing is it?"), required=False)
    contact = forms.CharField(
        label=_("Telephone, if we may ring you"),
        max_length=CONTACT_AT_MOST,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
        help_text=_(
            "Kept under seal, opened only to ring you or to send you what you want to be told, erased a month after the end."
        ),
    )
    tell = forms.ChoiceField(
        label=_("May we send you a text message?"),
        choices=[
            ("", _("No, thank you")),
            ("steps", _("When there is a question, an answer, or it takes longer")),
            ("code", _("That, and my code at once")),
        ],
        required=False,
        widget=forms.RadioSelect,
        help_text=_("Only the number of your case and the way to its page, never what you wrote."),
    )
    lon = forms.FloatField(required=False, min_value=-180, max_value=180, widget=forms.HiddenInput)
    lat = forms.FloatField(required=False, min_value=-90, max_value=90, widget=forms.HiddenInput)
    website = forms.CharField(
        label=_("Leave this field empty"),
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )

    def __init__(self, kinds: Mapping[str, Kind], *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        language = get_language() or "en"
        # Called for where they are shown or one was chosen: most reports say no kind.
        self.fields["kind"].choices = lambda: [
            ("", _("I cannot say")), *grouped(kinds, language)
        ]  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Refuse what fills every field it finds; take half a position for none."""
        said = super().clean() or self.cleaned_data
        if said.get("website"):
            raise forms.ValidationError(say_refusal(NotAPerson()))
        if not said.get("words", "").strip() and not said.get("voice"):
            self.add_error("words", say_refusal(WordsMissing()))
        if said.get("tell") and not is_number(said.get("contact", "")):
            self.add_error("contact", say_refusal(NumberMissing()))
        if said.get("lon") is None or said.get("lat") is None:
            said["lon"] = said["lat"] = None
        return said


class AddForm(forms.Form):
    """More words, or a photograph."""

    words = forms.CharField(
        label=_("What else is there to say?"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    voice = VoiceField(label=_("Or say it"))
    photos = PhotosField(label=_("Photographs"))

    def clean(self) -> dict[str, Any]:
        """Ask for words where there is no voice."""
        said = super().clean() or self.cleaned_data
        if not said.get("words", "").strip() and not said.get("voice"):
            self.add_error("words", say_refusal(WordsMissing()))
        return said


class ErasureForm(forms.Form):
    """What is to be erased before its time is over, and why; the reason may stay empty."""

    scope = forms.ChoiceField(
        label=_("What is to be erased?"),
        choices=[
            (Scope.CONTACT, _("Only how I can be reached; you go on seeing to it")),
            (Scope.ALL, _("Everything I said and sent. If it is still open, nothing more is done")),
        ],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Why, if you want to say it"),
        max_length=REASON_AT_MOST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class RejectForm(forms.Form):
    """Why it is not settled."""

    words = forms.CharField(
        label=_("What is still wrong?"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
