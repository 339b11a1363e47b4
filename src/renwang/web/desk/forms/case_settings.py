"""Forms about kinds of case and working days: one kind, a table or JSON that is brought in, going back to what shipped."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from renwang.base.tables import Column, TableRefused, read_table
from renwang.base.tables import Kind as Cell
from renwang.base.tables.words import say_error, say_refusal
from renwang.cases import config
from renwang.cases.kind_rules import KindsRefused
from renwang.cases.services.configuring import check_body
from renwang.cases.setting_rules import (
    TERMS,
    Fault,
    calendar_of_days,
    check_kinds,
    flat_of,
    kind_of_flat,
)
from renwang.cases.workday_rules import CalendarRefused
from renwang.registers import hazards
from renwang.web.frame.gates import sentence_of

_TERM_WORDS = {
    "receive": (_("Looked at within, working days"), _("or minutes, day and night")),
    "first_reply": (_("First word to the reporter within, working days"), _("or minutes")),
    "answer": (_("Answer within, working days"), _("or minutes")),
}
FAULTS: Mapping[Fault, Any] = {
    Fault.SHAPE: _("Key, English name or a term is missing or cannot be used."),
    Fault.TWICE: _("It stands there twice."),
    Fault.PARENT: _("It belongs to one that does not stand above it, or that belongs to another."),
    Fault.OTHER: _("The kind “other” must be there."),
    Fault.DAYS: _("It ends before it begins, or is longer than sixty days."),
    Fault.BOTH: _("It is a holiday and worked at the same time."),
}
KIND_COLUMNS = [
    Column("key", ("代码", "Key"), Cell.CODE, required=True, max_length=40),
    Column("parent", ("所属类别", "Belongs to"), Cell.CODE, max_length=40),
    Column("zh", ("中文名称", "Chinese name"), max_length=60),
    Column("en", ("英文名称", "English name"), required=True, max_length=60),
    Column("hazard", ("灾种", "Hazard"), Cell.CODE, max_length=40),
    Column("receive_days", ("查看（工作日）", "Looked at, days"), Cell.INTEGER),
    Column("receive_minutes", ("查看（分钟）", "Looked at, minutes"), Cell.INTEGER),
    Column("first_reply_days", ("首次回复（工作日）", "First word, days"), Cell.INTEGER),
    Column("first_reply_minutes", ("首次回复（分钟）", "First word, minutes"), Cell.INTEGER),
    Column("answer_days", ("答复（工作日）", "Answer, days"), Cell.INTEGER),
    Column("answer_minutes", ("答复（分钟）", "Answer, minutes"), Cell.INTEGER),
    Column("extensions", ("可延期次数", "Times put off"), Cell.INTEGER),
    Column("extension_days", ("每次延期（工作日）", "Put off by, days"), Cell.INTEGER),
    Column("kept_days", ("原话保存（天）", "Words kept, days"), Cell.INTEGER),
]
DAY_COLUMNS = [
    Column("from_on", ("起", "From"), Cell.DATE, required=True),
    Column("until_on", ("止", "Until"), Cell.DATE),
    Column(
        "what", ("类型", "What"), Cell.CHOICE, required=True,
        choices={"holiday": ("放假", "holiday"), "worked": ("上班", "worked", "调休上班", "补班")},
    ),
]  # fmt: skip
LARGEST = 1 << 20


class KindForm(forms.Form):
    """One kind: names in both languages, where it belongs, hazard, terms, how long words are kept."""

    key = forms.CharField(
        label=pgettext_lazy("of a kind", "Key"),
        max_length=40,
        help_text=_("Letters, digits and underscores; it stays."),
    )
    zh = forms.CharField(label=_("Chinese name"), max_length=60, required=False)
    en = forms.CharField(label=_("English name"), max_length=60)
    parent = forms.ChoiceField(label=_("Belongs to"), required=False)
    hazard = forms.ChoiceField(
        label=_("Hazard, by which the duties list names who leads"), required=False
    )

    def __init__(self, rows: Sequence[Mapping[str, Any]], old: str, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        language = (get_language() or "en").partition("-")[0]
        self.old, self.rows = old, rows
        tops = [row for row in rows if not row.get("parent") and row["key"] != old]
        self.fields["parent"].choices = [
            ("", _("nothing; it stands by itself")),
            *((row["key"], row["names"].get(language) or row["names"]["en"]) for row in tops),
        ]
        self.fields["hazard"].choices = [
            ("", _("as the one it belongs to, or none")),
            *((key, one.name(get_language() or "en")) for key, one in hazards.kinds().items()),
        ]
        if old:
            self.fields["key"].disabled = True
        for term in TERMS:
            for part, word in zip(("days", "minutes"), _TERM_WORDS[term], strict=True):
                most = 365 if part == "days" else 10_080
                self.fields[f"{term}_{part}"] = _number(word, most)
        self.fields["extensions"] = _number(_("How often the answer may be put off"), 9)
        self.fields["extension_days"] = _number(_("Working days each time, at most"), 90)
        self.fields["kept_days"] = _number(
            _("Days for which words are kept after the end"), 36_500, least=30
        )
        self.fields["reason"] = forms.CharField(label=_("Reason of the change"), max_length=300)

    def clean_key(self) -> str:
        """Refuse the key of another kind."""
        key = self.cleaned_data["key"]
        if not self.old and any(row["key"] == key for row in self.rows):
            raise forms.ValidationError(FAULTS[Fault.TWICE])
        return key

    def kind(self) -> dict[str, Any]:
        """Give the kind as data; what the form has no field for stays as it was."""
        before = next((row for row in self.rows if row["key"] == self.old), None)
        return kind_of_flat(self.cleaned_data, before)

    @staticmethod
    def initial_of(row: Mapping[str, Any]) -> dict[str, Any]:
        """Give what the form shows of a kind."""
        return flat_of(row)


def _number(label: Any, most: int, *, least: int = 0) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=least, max_value=most, required=False)


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("Reason of the change"), max_length=300)


class ConfirmForm(ReasonForm):
    """What was read out of a file, to be confirmed."""

    body = forms.CharField(widget=forms.HiddenInput, max_length=LARGEST)

    def clean_body(self) -> Any:
        """Read it as data; it is checked again as a whole when it is let hold."""
        try:
            return json.loads(self.cleaned_data["body"])
        except ValueError:
            raise forms.ValidationError(FAULTS[Fault.SHAPE]) from None


class BringForm(forms.Form):
    """A table or a JSON file."""

    file = forms.FileField(
        label=_("File"), help_text=_("JSON, CSV or XLSX as it is exported here, 1 MB at most.")
    )

    def read(self, name: str) -> tuple[Any, list[tuple[int, str, str]]]:
        """Read kinds or working days; give them, and what is wrong with each row: number, what stood there, sentence."""
        file = self.cleaned_data["file"]
        if file.size > LARGEST:
            return None, [(0, file.name, str(_("It is larger than 1 MB.")))]
        data = file.read()
        if file.name.lower().endswith(".json"):
            return _from_json(name, data)
        columns = KIND_COLUMNS if name == config.KINDS else DAY_COLUMNS
        try:
            reading = read_table(data, file.name, columns)
        except TableRefused as refused:
            return None, [(0, file.name, str(say_refusal(refused)))]
        if reading.errors:
            return None, [(one.row, one.value, str(say_error(one))) for one in reading.errors]
        rows = [(row.number, row.values) for row in reading.rows]
        return _from_rows(name, rows)


def _from_json(name: str, data: bytes) -> tuple[Any, list[tuple[int, str, str]]]:
    try:
        body = json.loads(data)
    except ValueError:
        return None, [(0, "", str(_("It is no JSON.")))]
    try:
        check_body(name, body)
    except KindsRefused as refusal:
        rows = body if isinstance(body, list) else []
        found = check_kinds(list(enumerate(filter(_is_row, rows), 1)))
        wrong = [(one.row, one.name, str(FAULTS[one.fault])) for one in found]
        return None, wrong or [(0, "", sentence_of(refusal))]
    except CalendarRefused as refusal:
        return None, [(0, "", sentence_of(refusal))]
    return body, []


def _is_row(row: Any) -> bool:
    return isinstance(row, dict)


def _from_rows(
    name: str, rows: Sequence[tuple[int, Mapping[str, Any]]]
) -> tuple[Any, list[tuple[int, str, str]]]:
    before = config.bodies()[name]
    if name == config.KINDS:
        known = {row["key"]: row for row in before}
        body: Any = [kind_of_flat(row, known.get(row["key"])) for _number, row in rows]
        numbered = [(number, one) for (number, _row), one in zip(rows, body, strict=True)]
        wrong = check_kinds(numbered)
    else:
        body, wrong = calendar_of_days(rows, before)
    if not wrong and name == config.CALENDAR:
        try:
            check_body(name, body)
        except CalendarRefused as refusal:
            return None, [(0, "", sentence_of(refusal))]
    return body, [(one.row, one.name, str(FAULTS[one.fault])) for one in wrong]
