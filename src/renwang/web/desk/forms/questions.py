"""Forms of questions: which one looks for, entering one, answering it, putting it off."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from renwang.bulletins.finding import Wanted
from renwang.bulletins.models import Answer, Question
from renwang.bulletins.question_rules import CONTACT_AT_MOST, WORDS_AT_MOST, Finding, Kind
from renwang.bulletins.rules import sources_of, texts_of
from renwang.bulletins.services import Asking, Reply
from renwang.web.desk.forms.bulletins import SourceForm, TextForm, read_sources, read_texts
from renwang.web.desk.picking import UNIT_HELP, PickField, ReachForm

ANSWER, POSTPONE = "answer", "postpone"
LANGUAGES = ("zh-Hans", "en")
SOURCES = 2


class QuestionFilterForm(forms.Form):
    """Narrows the inbox; sent as GET."""

    q = forms.CharField(required=False, max_length=80)
    state = forms.CharField(required=False, max_length=12)
    kind = forms.ChoiceField(
        label=_("Kind"),
        required=False,
        choices=[("", _("Questions and rumours")), *Question._meta.get_field("kind").choices],
    )

    def wanted(self) -> Wanted:
        """Say what is looked for; nonsense in the address narrows nothing."""
        self.is_valid()
        said = self.cleaned_data
        return Wanted(said.get("q", "").strip(), said.get("state", ""), said.get("kind", ""))


class EnterForm(ReachForm):
    """What somebody brought to the desk or said over the telephone."""

    unit = PickField("units", label=_("For which place"), help_text=UNIT_HELP)
    kind = forms.ChoiceField(
        label=_("Kind"),
        widget=forms.RadioSelect,
        choices=Question._meta.get_field("kind").choices,
        initial=Kind.QUESTION,
    )
    words = forms.CharField(
        label=_("In his own words"),
        max_length=WORDS_AT_MOST,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Only what the person wants to be asked; no names of others."),
    )
    contact = forms.CharField(
        label=_("How to reach him for the answer"),
        max_length=CONTACT_AT_MOST,
        required=False,
        help_text=_("Only if he wishes. Sealed, and erased two weeks after the answer."),
    )

    def asking(self) -> Asking:
        """Give what was brought."""
        said = self.cleaned_data
        return Asking(said["words"], Kind(said["kind"]), said["contact"])


class ReplyForm(forms.Form):
    """An answer, or the honest word that it is not known yet."""

    finding = forms.ChoiceField(
        label=_("What was found"),
        widget=forms.RadioSelect,
        required=False,
        choices=Answer._meta.get_field("finding").choices,
    )
    reason = forms.CharField(
        label=_("What was wrong with the answer before"),
        max_length=300,
        required=False,
        help_text=_("Shown to everybody with the correction."),
    )
    next_word_at = forms.DateTimeField(
        label=_("Next word at"),
        required=False,
        help_text=_("A promise: when it is not kept, it climbs to the level above."),
    )

    def __init__(self, question: Question, data: Any = None):
        super().__init__(data)
        self.question = question
        kept = question.current
        texts = list(texts_of(kept.texts)) if kept else []
        sources = list(sources_of(kept.sources)) if kept else []
        self.texts = [
            TextForm(
                data,
                prefix=f"text{at}",
                initial=_initial(texts, at, question),
                is_first=not at,
            )
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
        if kept and kept.finding:
            self.initial["finding"] = kept.finding
        if question.kind != Kind.RUMOUR:
            del self.fields["finding"]
        if question.shown_id is None or question.shown.next_word_at:
            del self.fields["reason"]

    def is_valid(self) -> bool:
        """Say whether it and every row is."""
        rows = [row.is_valid() for row in (*self.texts, *self.sources)]
        return all([super().is_valid(), *rows])

    def reply(self, *, is_answer: bool) -> Reply:
        """Give what is answered."""
        said = self.cleaned_data
        finding = said.get("finding") if is_answer else ""
        return Reply(
            read_texts(self.texts),
            read_sources(self.sources),
            Finding(finding) if finding else None,
            said.get("reason", "").strip(),
        )

    @property
    def promised_at(self) -> datetime | None:
        """When the next word is promised."""
        return self.cleaned_data.get("next_word_at")


def _initial(texts: Sequence[Any], at: int, question: Question) -> dict[str, str]:
    if at < len(texts):
        return texts[at].kept()
    taken = {text.language for text in texts}
    left = [language for language in LANGUAGES if language not in taken]
    initial = {"language": left[at - len(texts)] if at - len(texts) < len(left) else ""}
    if at == 0 and len(question.words) <= 60:
        initial["title"] = question.words
    return initial


class MergeForm(forms.Form):
    """Into which question this one is merged: its number, or a choice from those alike."""

    into = forms.CharField(
        label=pgettext_lazy("of a question", "Number of the other question"), max_length=40
    )
