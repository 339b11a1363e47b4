"""Forms that change a unit, one for each deed."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from django import forms
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from renwang.base.pure.datum import Datum
from renwang.chain.models import Building, Post, Unit
from renwang.chain.structures import structure
from renwang.web.desk.picking import UNIT_HELP, PickField, ReachForm

DATUMS = [
    (Datum.WGS84.value, _("WGS-84 (GPS, most foreign maps)")),
    (Datum.GCJ02.value, _("GCJ-02 (Chinese phones and maps)")),
    (Datum.BD09.value, _("BD-09 (Baidu)")),
]
LARGEST_DRAWING = 20 << 20  # bytes; a province's boundary at survey precision is smaller
CLOSED = "close"


class DatedForm(ReachForm):
    """What every dated change asks: since when, and why."""

    on = forms.DateField(
        label=_("Since"), help_text=_("Today unless it was earlier."), required=False
    )
    reason = forms.CharField(
        label=_("Why"),
        help_text=_("The document or decision, as it should stand in the journal."),
        max_length=300,
        required=False,
    )

    def __init__(self, viewer: Any, unit: Unit, *args: Any, **kwargs: Any):
        self.unit = unit
        super().__init__(viewer, *args, **kwargs)
        self.order_fields([*(name for name in self.fields if name not in ("on", "reason"))])


class CreateForm(DatedForm):
    """A new unit below this one."""

    name = forms.CharField(label=_("Name"), max_length=120)
    level = forms.ChoiceField(label=_("Level"))
    code = forms.CharField(
        label=pgettext_lazy("of a place", "Code"), help_text=_("The official one, where it has one."), max_length=32,
        required=False,
    )  # fmt: skip
    households = forms.IntegerField(
        label=_("Households"),
        help_text=_("Declared; doors that are entered later go before it."),
        min_value=0,
        max_value=10_000_000,
        initial=0,
    )
    residents = forms.IntegerField(
        label=_("Residents"), min_value=0, max_value=100_000_000, initial=0
    )

    def __init__(self, viewer: Any, unit: Unit, *args: Any, **kwargs: Any):
        super().__init__(viewer, unit, *args, **kwargs)
        del self.fields["reason"]
        chain = structure(unit.structure)
        rank = chain.level(unit.level).rank
        self.fields["level"].choices = [
            (level.key, level.name(get_language())) for level in chain.levels if level.rank > rank
        ]


class RenameForm(DatedForm):
    """Another name, another code, or both."""

    name = forms.CharField(label=_("New name"), max_length=120)
    code = forms.CharField(label=pgettext_lazy("of a place", "Code"), max_length=32, required=False)


class HeadcountForm(ReachForm):
    """How many live there, where no doors are kept."""

    households = forms.IntegerField(label=_("Households"), min_value=0, max_value=10_000_000)
    residents = forms.IntegerField(label=_("Residents"), min_value=0, max_value=100_000_000)

    def __init__(self, viewer: Any, unit: Unit, *args: Any, **kwargs: Any):
        self.unit = unit
        super().__init__(viewer, *args, **kwargs)


class MoveForm(DatedForm):
    """Another unit above it."""

    parent = PickField("units", label=_("Below which unit"), help_text=UNIT_HELP)


class MergeForm(DatedForm):
    """One unit in the place of several brothers."""

    units = forms.MultipleChoiceField(
        label=_("With which units"), widget=forms.CheckboxSelectMultiple
    )
    name = forms.CharField(label=_("Name of the new unit"), max_length=120)
    code = forms.CharField(label=_("Its code"), max_length=32, required=False)
    keep = forms.ChoiceField(
        label=_("Whose posts go along"),
        help_text=_("With their holders. The posts of the other units are closed."),
        required=False,
    )

    def __init__(
        self, viewer: Any, unit: Unit, *args: Any, brothers: Sequence[Unit] = (), **kwargs: Any
    ):
        super().__init__(viewer, unit, *args, **kwargs)
        self.brothers = {one.ref: one for one in brothers}
        named = [(one.ref, one.name) for one in brothers]
        self.fields["units"].choices = named
        self.fields["keep"].choices = [(unit.ref, unit.name), *named, ("", _("Nobody's"))]

    def chosen(self) -> list[Unit]:
        """Return this unit with those it is merged with."""
        return [self.unit, *(self.brothers[ref] for ref in self.cleaned_data["units"])]


class SplitForm(DatedForm):
    """Two or more parts in the place of one unit; everything in it goes to exactly one of them."""

    def __init__(
        self,
        viewer: Any,
        unit: Unit,
        *args: Any,
        parts: int = 2,
        holds: Mapping[str, Sequence[Any]],
        **kwargs: Any,
    ):
        super().__init__(viewer, unit, *args, **kwargs)
        self.parts = range(1, parts + 1)
        self.holds = holds
        for number in self.parts:
            self._add_part(number, unit)
        first = [(str(number), str(number)) for number in self.parts]
        for kind, rows in holds.items():
            choices = [*first, (CLOSED, _("close it"))] if kind == "posts" else first
            for row in rows:
                self.fields[f"{kind}_{row.pk.hex}"] = forms.ChoiceField(
                    label=str(row), choices=choices, initial="1"
                )

    def _add_part(self, number: int, unit: Unit) -> None:
        heads = {"min_value": 0, "max_value": 100_000_000}
        whole = number == 1
        self.fields |= {
            f"name_{number}": forms.CharField(label=_("Name"), max_length=120),
            f"code_{number}": forms.CharField(
                label=pgettext_lazy("of a place", "Code"), max_length=32, required=False
            ),
            f"households_{number}": forms.IntegerField(
                label=_("Households"), initial=unit.households if whole else 0, **heads
            ),
            f"residents_{number}": forms.IntegerField(
                label=_("Residents"), initial=unit.residents if whole else 0, **heads
            ),
        }

    @property
    def part_fields(self) -> list[tuple[int, list[Any]]]:
        """Give the fields of every part, for the template."""
        names = ("name", "code", "households", "residents")
        return [(number, [self[f"{name}_{number}"] for name in names]) for number in self.parts]

    @property
    def placing(self) -> list[tuple[str, list[tuple[Any, Any]]]]:
        """Give everything that has to be placed, kind by kind, each with its field."""
        return [
            (kind, [(row, self[f"{kind}_{row.pk.hex}"]) for row in rows])
            for kind, rows in self.holds.items()
            if rows
        ]

    def taken(self, number: int) -> dict[str, tuple[Unit | Building | Post, ...]]:
        """Say what a part takes over."""
        return {
            kind: tuple(
                row for row in rows if self.cleaned_data[f"{kind}_{row.pk.hex}"] == str(number)
            )
            for kind, rows in self.holds.items()
        }


class CloseForm(DatedForm):
    """The end of a unit that holds nothing any more."""

    successor = PickField(
        "units", label=_("What took its place"), help_text=UNIT_HELP, required=False
    )


class BoundaryForm(DatedForm):
    """A drawing of where the unit lies, as a file or pasted."""

    file = forms.FileField(
        label=_("GeoJSON file"), help_text=_("A Polygon or MultiPolygon."), required=False
    )
    text = forms.CharField(
        label=_("Or paste it"), widget=forms.Textarea(attrs={"rows": 4}), required=False
    )
    datum = forms.ChoiceField(label=_("Drawn in"), choices=DATUMS, widget=forms.RadioSelect)
    erase = forms.BooleanField(label=_("Take the boundary away"), required=False)

    def clean(self) -> dict[str, Any]:
        """Read the drawing, whichever way it came."""
        asked = super().clean() or self.cleaned_data
        if asked.get("erase"):
            return {**asked, "boundary": None}
        file = asked.get("file")
        if file and file.size > LARGEST_DRAWING:
            raise forms.ValidationError(_("The file is too large to be one boundary."))
        text = file.read() if file else asked.get("text", "").encode()
        if not text:
            raise forms.ValidationError(_("Choose a file or paste the boundary."))
        try:
            boundary = orjson.loads(text)
        except orjson.JSONDecodeError:
            raise forms.ValidationError(_("The boundary is not valid GeoJSON.")) from None
        return {**asked, "boundary": _only_geometry(boundary), "text": text.decode()}


def _only_geometry(drawing: Any) -> Any:
    """Take the geometry out of a collection of one feature, as drawing programs save it."""
    if isinstance(drawing, dict) and drawing.get("type") == "FeatureCollection":
        features = drawing.get("features")
        if isinstance(features, list) and len(features) == 1:
            return features[0]
    return drawing
