"""Forms of bulletins: which one looks for, writing one, deciding about one; what a place tells about itself."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from renwang.bulletins.advice import hazards
from renwang.bulletins.finding import Wanted
from renwang.bulletins.models import Bulletin, PlaceInfo
from renwang.bulletins.reading import OFFERED, language_name
from renwang.bulletins.rules import (
    TEXT_AT_MOST,
    Audience,
    Chain,
    Source,
    Text,
    sources_of,
    texts_of,
)
from renwang.bulletins.services import Draft, Shelter, Told
from renwang.chain.structures import structures
from renwang.web.desk.forms.composing import LanguageSelect
from renwang.web.desk.picking import UNIT_HELP, PickField, ReachForm

LANGUAGES = ("zh-Hans", "en", "ug")  # offered first, each with a row of its own
SOURCES = 3
MORE_SHELTERS = 2  # empty rows beside those that are filled


def language_choices() -> list[tuple[str, str]]:
    """The languages that words may be in, each named in itself."""
    return [(tag, language_name(tag)) for tag in OFFERED]


class FilterForm(forms.Form):
    """Narrows a list; sent as GET."""

    q = forms.CharField(required=False, max_length=80)
    state = forms.CharField(required=False, max_length=12)

    def wanted(self, **more: str) -> Wanted:
        """Say what is looked for; nonsense in the address narrows nothing."""
        self.is_valid()
        said = self.cleaned_data
        return Wanted(said.get("q", "").strip(), said.get("state", ""), **more)


class TextForm(forms.Form):
    """The words in one language."""

    language = forms.ChoiceField(
        label=_("Language"), choices=language_choices, required=False, widget=LanguageSelect
    )
    title = forms.CharField(
        label=pgettext_lazy("of a text", "Title"), max_length=180, required=False
    )
    text = forms.CharField(
        label=_("Text"),
        max_length=TEXT_AT_MOST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    def __init__(self, *args: Any, is_first: bool = False, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["title"].required = self.fields["text"].required = is_first
        self.language_name = language_name(self["language"].value() or "")
        self.use_required_attribute = False  # a draft may be looked at before it is whole

    def clean(self) -> dict[str, Any]:
        """Words are given whole or not at all."""
        said = super().clean()
        if bool(said.get("title")) != bool(said.get("text")):
            raise forms.ValidationError(_("Give both a title and a text."))
        said["language"] = said.get("language") or LANGUAGES[0]
        return said


class SourceForm(forms.Form):
    """Who says so, and where it can be read."""

    who = forms.CharField(label=_("Who says so"), max_length=120, required=False)
    where = forms.CharField(
        label=_("Link or document"),
        max_length=300,
        required=False,
        help_text=_("An address, or a document with its number."),
    )

    def clean(self) -> dict[str, Any]:
        """A document nobody is named for is no source."""
        said = super().clean()
        if said.get("where") and not said.get("who"):
            raise forms.ValidationError(_("Name who says so."))
        return said


class AudienceForm(forms.Form):
    """Who is told, until when; of a correction, what was wrong."""

    reason = forms.CharField(
        label=_("What was wrong"),
        max_length=300,
        required=False,
        help_text=_("Shown to everybody with the correction."),
    )
    is_public = forms.BooleanField(
        label=_("On the public page and in the feed"), required=False, initial=True
    )
    chain = forms.ChoiceField(
        label=_("Who of the chain is told"),
        widget=forms.RadioSelect,
        choices=Bulletin._meta.get_field("chain").choices,
        initial=Chain.NOBODY,
        help_text=_("They get these words and say whether they have passed them on."),
    )
    roles = forms.MultipleChoiceField(
        label=_("Holders of these posts"), widget=forms.CheckboxSelectMultiple, required=False
    )
    ends_at = forms.DateTimeField(
        label=_("Holds until"),
        required=False,
        help_text=_("Afterwards it is marked as over. Empty: until further notice."),
    )

    def __init__(self, structure: str, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        language = get_language() or "zh-hans"
        found = structures().get(structure)
        self.fields["roles"].choices = [
            (role.key, role.title(language))
            for level in (found.levels if found else ())
            for role in level.roles
            if role.answers
        ]

    def audience(self) -> Audience:
        """Give who is told."""
        said = self.cleaned_data
        chain = Chain(said["chain"])
        roles = tuple(said["roles"]) if chain is Chain.SOME else ()
        return Audience(said["is_public"], chain, roles)


class PlaceForm(ReachForm):
    """For which place something is said."""

    unit = PickField("units", label=_("For which place"), help_text=UNIT_HELP)


class Composition:
    """Everything that a bulletin is written with: rows of words, rows of sources, the audience."""

    def __init__(self, structure: str, data: Any = None, *, bulletin: Bulletin | None = None):
        kept = bulletin.current if bulletin else None
        texts = list(texts_of(kept.texts)) if kept else []
        sources = list(sources_of(kept.sources)) if kept else []
        self.texts = [
            TextForm(data, prefix=f"text{at}", initial=_initial(texts, at), is_first=not at)
            for at in range(max(len(LANGUAGES), len(texts)))
        ]
        self.sources = [
            SourceForm(
                data,
                prefix=f"source{at}",
                initial=sources[at].kept() if at < len(sources) else None,
            )
            for at in range(max(SOURCES, len(sources)))
        ]
        self.audience = AudienceForm(structure, data, initial=_audience_of(bulletin))

    @property
    def forms(self) -> list[forms.Form]:
        """All of its parts."""
        return [*self.texts, *self.sources, self.audience]

    def is_valid(self) -> bool:
        """Say whether every part is."""
        found = [form.is_valid() for form in self.forms]  # every one says what is wrong with it
        return all(found)

    def draft(self) -> Draft:
        """Give what is to be said."""
        said = self.audience.cleaned_data
        return Draft(
            read_texts(self.texts),
            read_sources(self.sources),
            self.audience.audience(),
            said["ends_at"],
            said["reason"].strip(),
        )


def read_texts(rows: Sequence[forms.Form]) -> list[Text]:
    """Give the words of those rows that have some."""
    said = [row.cleaned_data for row in rows if row.is_valid()]
    return [Text(one["language"], one["title"], one["text"]) for one in said if one["text"]]


def read_sources(rows: Sequence[forms.Form]) -> list[Source]:
    """Give the sources of those rows that name one."""
    said = [row.cleaned_data for row in rows if row.is_valid()]
    return [Source(one["who"], one["where"]) for one in said if one["who"]]


def _initial(texts: Sequence[Text], at: int) -> dict[str, str]:
    if at < len(texts):
        return texts[at].kept()
    taken = {text.language for text in texts}
    left = [language for language in LANGUAGES if language not in taken]
    return {"language": left[at - len(texts)] if at - len(texts) < len(left) else ""}


def _audience_of(bulletin: Bulletin | None) -> dict[str, Any]:
    if bulletin is None:
        return {}
    return {
        "reason": bulletin.reason,
        "is_public": bulletin.is_public,
        "chain": bulletin.chain,
        "roles": bulletin.roles,
        "ends_at": bulletin.ends_at,
    }


class ReasonForm(forms.Form):
    """Why something is handed back, taken back or put aside."""

    reason = forms.CharField(
        label=pgettext_lazy("of a decision", "Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class InfoForm(forms.Form):
    """What a place tells everybody about itself."""

    telephone = forms.CharField(label=_("Telephone for questions"), max_length=60, required=False)
    office = forms.CharField(label=_("Where one can ask in person"), max_length=200, required=False)
    hours = forms.CharField(label=_("When"), max_length=120, required=False)

    def __init__(self, info: PlaceInfo | None, data: Any = None):
        super().__init__(data, initial=vars(info) if info else None)
        kept = info.shelters if info else []
        self.shelters = [
            ShelterForm(data, prefix=f"shelter{at}", initial=kept[at] if at < len(kept) else None)
            for at in range(max(len(kept), _rows_sent(data)) + MORE_SHELTERS)
        ]
        own = {one["hazard"]: one["text"] for one in info.advice} if info else {}
        language = get_language() or "zh-hans"
        self.shipped = {one.key: one.texts.get(language, one.texts["en"]) for one in hazards()}
        for hazard in hazards():
            self.fields[f"advice_{hazard.key}"] = forms.CharField(
                label=hazard.name(language),
                required=False,
                max_length=600,
                initial=own.get(hazard.key, ""),
                widget=forms.Textarea(attrs={"rows": 3, "placeholder": self.shipped[hazard.key]}),
            )

    @property
    def advice_fields(self) -> list[Any]:
        """The fields of what to do, by hazard."""
        return [self[name] for name in self.fields if name.startswith("advice_")]

    def is_valid(self) -> bool:
        """Say whether it and every shelter is."""
        return all([super().is_valid(), *(row.is_valid() for row in self.shelters)])

    def told(self) -> Told:
        """Give what is told; a hazard without words of one's own keeps ours."""
        said = self.cleaned_data
        rows = [row.cleaned_data for row in self.shelters]
        advice = [(hazard.key, said[f"advice_{hazard.key}"].strip()) for hazard in hazards()]
        return Told(
            said["telephone"],
            said["office"],
            said["hours"],
            [Shelter(row["name"], row["address"], row["note"]) for row in rows if row["name"]],
            [(key, text.replace("\r\n", "\n")) for key, text in advice if text],
        )


def _rows_sent(data: Any) -> int:
    """How many rows of shelters a form was sent with."""
    return sum(1 for key in data or () if key.startswith("shelter") and key.endswith("-name"))


class ShelterForm(forms.Form):
    """A place to go to."""

    name = forms.CharField(label=_("Name"), max_length=80, required=False)
    address = forms.CharField(label=_("Address"), max_length=160, required=False)
    note = forms.CharField(
        label=_("Worth knowing"),
        max_length=160,
        required=False,
        help_text=_("Beds, step-free way, pets, when it opens."),
    )

    def clean(self) -> dict[str, Any]:
        """A place without a name cannot be found."""
        said = super().clean()
        if not said.get("name") and (said.get("address") or said.get("note")):
            raise forms.ValidationError(_("Give its name."))
        return said
