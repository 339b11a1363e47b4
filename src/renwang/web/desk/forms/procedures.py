"""Forms about procedures: write one, review one, start a run, tick a step, type in a sheet."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from renwang.base.pure.ids import uuid7
from renwang.chain.models import Unit
from renwang.chain.structures import structure
from renwang.registers.duties.models import PHASES
from renwang.registers.duties.rules import Phase
from renwang.registers.procedures.models import KINDS, REVIEW_ENDS, Edition
from renwang.registers.procedures.rules import (
    ACKNOWLEDGED_WITHIN,
    LATEST_DAYS,
    SOONEST_DAYS,
    STEPS_AT_MOST,
    TITLE_AT_MOST,
    WORDS_AT_MOST,
    Kind,
    ReviewEnd,
)
from renwang.registers.procedures.run_rules import How, Outcome
from renwang.registers.procedures.runs import EVIDENCES, HOWS, OUTCOMES
from renwang.registers.procedures.services import Followers, Said, Terms
from renwang.registers.procedures.step_rules import (
    LONGEST_MINUTES,
    STEP_AT_MOST,
    WHO_AT_MOST,
    Evidence,
    Step,
)
from renwang.web.desk.forms.duties import hazard_choices
from renwang.web.desk.picking import UNIT_HELP, PickField, ReachForm

MORE = 3  # empty rows beside those that are filled
_EVERY_PHASE = ("", _("Every phase"))


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class PlaceForm(ReachForm):
    """For which place: of a next edition it stays as it is."""

    unit = PickField("units", label=_("Place"), help_text=UNIT_HELP)


class WordsForm(forms.Form):
    """What it is called, what it is for, on what it rests, how often it is reviewed."""

    required_css_class = "required"

    title = forms.CharField(label=_("Name of the procedure"), max_length=TITLE_AT_MOST)
    kind = forms.ChoiceField(
        label=pgettext_lazy("of a procedure", "Kind"), choices=list(KINDS.items())
    )
    purpose = forms.CharField(
        label=_("What it is for"),
        max_length=WORDS_AT_MOST,
        required=False,
        widget=_area(2),
        help_text=_("One or two sentences."),
    )
    basis = forms.CharField(label=_("Law or agreement it rests on"), max_length=500, required=False)
    every_days = forms.IntegerField(
        label=_("Days from one review to the next"),
        min_value=SOONEST_DAYS,
        max_value=LATEST_DAYS,
        required=False,
        help_text=_("Empty: what is usual for its kind."),
    )
    acknowledge_days = forms.IntegerField(
        label=_("Days to acknowledge it"),
        min_value=1,
        max_value=365,
        initial=ACKNOWLEDGED_WITHIN,
    )
    changes = forms.CharField(
        label=_("What is new in this edition"), max_length=300, required=False
    )


class CellForm(forms.Form):
    """A hazard it is for, and a phase of it."""

    hazard = forms.ChoiceField(label=_("Hazard"), required=False)
    phase = forms.ChoiceField(label=_("Phase"), choices=[_EVERY_PHASE, *PHASES], required=False)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        known = hazard_choices(str(self.initial.get("hazard", "")))
        self.fields["hazard"].choices = [("", "–"), *known]


class FollowersForm(ReachForm):
    """One line of who must follow it: posts of a title and a level at a place, or one post."""

    title = forms.CharField(
        label=_("Title of the posts"),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    level = forms.ChoiceField(label=_("On which level"), required=False)
    unit = PickField("units", label=_("At which place and below"), required=False)
    post = PickField("posts", label=_("or one post only"), required=False)

    def __init__(self, viewer: Any, *args: Any, levels: Sequence[tuple[str, str]], **kwargs: Any):
        super().__init__(viewer, *args, **kwargs)
        self.fields["level"].choices = [("", _("Every level")), *levels]

    def line(self, place: Unit) -> Followers | None:
        """Give the line, at the procedure's own place where none is said; None for an empty row."""
        said = self.cleaned_data
        if not any(said.get(name) for name in ("title", "level", "unit", "post")):
            return None
        return Followers(said["unit"] or place, said["title"], said["level"], said["post"])


class StepForm(forms.Form):
    """One step."""

    words = forms.CharField(
        label=_("What is done"), max_length=STEP_AT_MOST, required=False, widget=_area(2)
    )
    who = forms.CharField(label=_("Who does it"), max_length=WHO_AT_MOST, required=False)
    minutes = forms.IntegerField(
        label=_("Within minutes"), min_value=1, max_value=LONGEST_MINUTES, required=False
    )
    evidence = forms.ChoiceField(
        label=_("Shown by"), choices=list(EVIDENCES.items()), initial=Evidence.NONE, required=False
    )

    def step(self) -> Step:
        """Give the step as it was entered, empty ones too."""
        said = self.cleaned_data
        return Step(
            said["words"], said["who"], said["minutes"], Evidence(said["evidence"] or Evidence.NONE)
        )


class ProcedureWriting:
    """All the forms of a page on which an edition is written."""

    def __init__(
        self,
        viewer: Any,
        data: Any,
        *,
        place: Unit | None,
        edition: Edition | None = None,
        initial: dict[str, Any] | None = None,
    ):
        old = initial or {}
        if edition is not None:
            names = (
                "title",
                "kind",
                "purpose",
                "basis",
                "every_days",
                "acknowledge_days",
                "changes",
            )
            old = {name: getattr(edition, name) for name in names}
        self.place = PlaceForm(viewer, data, initial={"unit": place}) if edition is None else None
        self.unit = place if edition is not None else None
        self.words = WordsForm(data, initial=old)
        cells = [{"hazard": one.hazard, "phase": one.phase} for one in _all(edition, "cells")]
        cells = cells or [{"hazard": old.get("hazard", ""), "phase": old.get("phase", "")}]
        steps = [_step_values(one) for one in edition.step_list] if edition else []
        lines = [
            {"title": one.title, "level": one.level, "post": one.post,
             "unit": one.unit if edition and one.unit_id != edition.procedure.unit_id else None}
            for one in _all(edition, "audience")
        ]  # fmt: skip
        levels = _levels(place)
        self.cells = _rows(CellForm, data, "c", "hazard", cells, 2)
        self.steps = _rows(StepForm, data, "s", "words", steps, 5 if not steps else MORE)
        self.followers = [
            FollowersForm(viewer, data, prefix=f"f{number}", initial=row, levels=levels)
            for number, row in enumerate(_padded(lines, data, "f", "title", 2))
        ]

    @property
    def forms(self) -> list[forms.Form]:
        """Every form of the page."""
        first = [self.place] if self.place is not None else []
        return [*first, self.words, *self.cells, *self.steps, *self.followers]

    def is_valid(self) -> bool:
        """Ask every form, so that everything wrong is said at once."""
        return not [form for form in self.forms if not form.is_valid()]

    @property
    def at(self) -> Unit:
        """The place it is for."""
        return self.unit or self.place.cleaned_data["unit"]

    def terms(self) -> Terms:
        """Give what was entered."""
        said = self.words.cleaned_data
        lines = [line for form in self.followers if (line := form.line(self.at)) is not None]
        cells = [(one.cleaned_data["hazard"], one.cleaned_data["phase"]) for one in self.cells]
        return Terms(
            said["title"],
            Kind(said["kind"]),
            said["purpose"],
            [form.step() for form in self.steps],
            [(hazard, Phase(phase) if phase else None) for hazard, phase in cells if hazard],
            lines,
            said["basis"],
            said["every_days"],
            said["acknowledge_days"],
            said["changes"],
        )


def _all(edition: Edition | None, name: str) -> list[Any]:
    return list(getattr(edition, name).all()) if edition is not None else []


def _step_values(step: Step) -> dict[str, Any]:
    return {
        "words": step.words,
        "who": step.who,
        "minutes": step.minutes,
        "evidence": step.evidence,
    }


def _levels(place: Unit | None) -> list[tuple[str, str]]:
    if place is None:
        return []
    language = get_language() or "zh-hans"
    chain = structure(place.structure)
    own = chain.level(place.level).rank
    return [(one.key, one.name(language)) for one in chain.levels if one.rank >= own]


def _padded(known: list[Any], data: Any, letter: str, field: str, more: int) -> list[Any]:
    """Give as many rows as are known or were sent, and some empty ones."""
    sent = sum(1 for key in data or {} if key.startswith(letter) and key.endswith(f"-{field}"))
    size = min(max(len(known) + more, sent), STEPS_AT_MOST)
    return [*known, *({} for _ in range(size - len(known)))]


def _rows(
    kind: Any, data: Any, letter: str, field: str, known: list[dict[str, Any]], more: int
) -> list[Any]:
    rows = _padded(known, data, letter, field, more)
    return [kind(data, prefix=f"{letter}{number}", initial=row) for number, row in enumerate(rows)]


class ReviewForm(forms.Form):
    """What came of looking at it again."""

    on = forms.DateField(label=_("Day of the review"))
    end = forms.ChoiceField(
        label=_("What came of it"),
        choices=list(REVIEW_ENDS.items()),
        initial=ReviewEnd.UNCHANGED,
        widget=forms.RadioSelect,
    )
    words = forms.CharField(label=_("On what ground"), max_length=2000, widget=_area(3))


class StartForm(ReachForm):
    """Why and where a procedure is run."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    unit = PickField("units", label=_("Place"), help_text=UNIT_HELP)
    is_exercise = forms.TypedChoiceField(
        label=_("For real?"),
        choices=[("no", _("For real")), ("yes", _("As an exercise"))],
        coerce=lambda said: said == "yes",
        initial="no",
        widget=forms.RadioSelect,
    )
    hazard = forms.ChoiceField(label=_("Because of"), required=False)
    reason = forms.CharField(label=_("Occasion"), max_length=300, required=False)

    def __init__(self, viewer: Any, *args: Any, now: datetime, **kwargs: Any):
        super().__init__(viewer, *args, **kwargs)
        self.fields["id"].initial = uuid7(now)
        known = hazard_choices(str(self.initial.get("hazard", "")))
        self.fields["hazard"].choices = [("", "–"), *known]


class TickForm(forms.Form):
    """How a step was done. The id was made with the page, so that sending it twice is one tick."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    how = forms.ChoiceField(label=_("How"), choices=list(HOWS.items()), initial=How.DONE)
    reason = forms.CharField(label=_("Why otherwise, or late"), max_length=300, required=False)
    words = forms.CharField(
        label=pgettext_lazy("of a step", "Note"), max_length=1000, required=False
    )
    figure = forms.DecimalField(label=_("Figure"), max_digits=14, decimal_places=3, required=False)
    done_at = forms.DateTimeField(label=_("Done at"), required=False)
    photo = forms.FileField(label=_("Photograph"), required=False)

    def said(self, number: int, photo: bytes = b"") -> Said:
        """Give what was said of a step."""
        one = self.cleaned_data
        return Said(
            one["id"], number, How(one["how"]), one["reason"], one["words"], one["figure"], photo,
            one["done_at"],
        )  # fmt: skip


class SheetLineForm(forms.Form):
    """One line of a sheet of paper: a step that has a time was done, one with a reason only was left out."""

    at = forms.TimeField(label=_("Time"), required=False)
    how = forms.ChoiceField(label=_("How"), choices=list(HOWS.items()), initial=How.DONE)
    figure = forms.DecimalField(label=_("Figure"), max_digits=14, decimal_places=3, required=False)
    words = forms.CharField(
        label=pgettext_lazy("of a step", "Note"), max_length=1000, required=False
    )
    reason = forms.CharField(label=_("Why otherwise, or late"), max_length=300, required=False)
    hand = forms.CharField(label=_("Who, as the sheet says"), max_length=80, required=False)

    @property
    def is_filled(self) -> bool:
        """Whether the sheet says anything about this step."""
        said = self.cleaned_data
        return bool(said["at"] or said["reason"] or said["figure"] is not None or said["words"])


class EndForm(forms.Form):
    """What came of a run."""

    outcome = forms.ChoiceField(
        label=_("Was the aim reached?"),
        choices=list(OUTCOMES.items()),
        initial=Outcome.REACHED,
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label=_("What the run came to"), max_length=2000, required=False, widget=_area(3)
    )
    why_left = forms.CharField(
        label=_("Why the open steps are left out"), max_length=300, required=False
    )


class WordForm(forms.Form):
    """A remark, or why a run is broken off or a tick taken back."""

    words = forms.CharField(label=_("What you have to say"), max_length=2000, widget=_area(2))


class HandForm(ReachForm):
    """To whom a run is handed."""

    to = PickField("people", label=_("To whom"))
    words = forms.CharField(label=_("What he has to know"), max_length=300, required=False)
