"""The form of messages to reporters: on or off, when they are left alone, and one wording for each event and language."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from renwang.cases.names import EVENTS
from renwang.cases.telling_rules import LONGEST, Event

LANGUAGE_NAMES: Mapping[str, str] = {key.lower(): name for key, name in settings.LANGUAGES}


class TellingsForm(forms.Form):
    """Whether, when and in which words reporters are told by text message."""

    on = forms.BooleanField(label=_("Tell reporters who agreed"), required=False)
    quiet = forms.CharField(
        label=_("No messages between"),
        max_length=20,
        required=False,
        help_text=_("21:00-08:00. Empty: the quiet hours of the node. They go out afterwards."),
    )
    reason = forms.CharField(label=_("Reason of the change"), max_length=300)

    def __init__(self, before: Mapping[str, Any], *args: Any, **kwargs: Any):
        self.languages = list(before["texts"])
        initial = {"on": before.get("on"), "quiet": before.get("quiet", "")}
        for language, texts in before["texts"].items():
            initial |= {self.name_of(language, event): texts[event] for event in Event}
        super().__init__(*args, initial=initial, **kwargs)
        for language in self.languages:
            for event in Event:
                self.fields[self.name_of(language, event)] = forms.CharField(
                    label=EVENTS[event],
                    max_length=LONGEST,
                    widget=forms.Textarea(attrs={"rows": 2, "lang": language}),
                )

    @staticmethod
    def name_of(language: str, event: Event) -> str:
        """Name the field of a wording."""
        return f"{language}.{event.value}"

    def wordings(self) -> list[tuple[str, list[Any]]]:
        """Give the fields of the wordings by language, for the page."""
        return [
            (
                LANGUAGE_NAMES.get(language.lower(), language),
                [self[self.name_of(language, event)] for event in Event],
            )
            for language in self.languages
        ]

    def body(self) -> dict[str, Any]:
        """Give what was filled in, as it is kept."""
        said = self.cleaned_data
        return {
            "on": said["on"],
            "quiet": said["quiet"].strip(),
            "texts": {
                language: {event.value: said[self.name_of(language, event)] for event in Event}
                for language in self.languages
            },
        }
