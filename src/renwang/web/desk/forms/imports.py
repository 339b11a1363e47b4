"""The form by which a list is brought in, and the words for the kinds of lists."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from renwang.base.pure.datum import Datum
from renwang.chain.imports import KINDS
from renwang.chain.imports.features import is_map, table_of
from renwang.web.desk.forms.units import DATUMS

KIND_WORDS = {
    "units": _("Units"),
    "grids": _("Grids"),
    "people": _("People"),
    "posts": pgettext_lazy("the posts themselves", "Posts"),
    "rosters": _("Duty roster"),
    "organisations": _("Organisations"),
    "buildings": _("Buildings"),
    "households": _("Doors and head-counts"),
    "duties": _("Duties list"),
    "risks": _("Risk list"),
    "facilities": _("Facilities"),
    "rooms": _("Rooms of service centres"),
    "stock": _("Stock of facilities"),
    "procedures": _("Procedures list"),
    "claims": _("Departments' grids"),
    "claim_workers": _("Departments' rosters"),
    "streets": _("Streets and water"),
}

KIND_HELP = {
    "units": _("Sub-districts, communities, building groups: name, level, and what each lies in."),
    "grids": _("One division of grids for all purposes, each in its community."),
    "people": _("A roster: who can be called, where, and how. One row for each person."),
    "posts": _("Posts of units with their holders and deputies."),
    "rosters": _("Who is on duty where, from when to when. What stands there already stays."),
    "organisations": _("Committees, firms, schools, clinics, groups, each with its seat."),
    "buildings": _("Buildings with their grid or building group and address."),
    "risks": _("Risks with place, kind and description; with likelihood and harm they are judged."),
    "facilities": _(
        "Shelters, hydrants, service centres and the like: place, kind, what they have, position."
    ),
    "rooms": _("Each room of a service centre: area, use, and what it is for in an emergency."),
    "stock": _("What lies where: quantity, lot, until when it may be used, when it was counted."),
    "households": _("Doors with how many live behind each. No names: the columns do not exist."),
    "procedures": _("What is done step by step: place, title, kind, steps, who follows it."),
    "claims": _(
        "Grids as a department draws or lists them, to be set beside the others and merged."
    ),
    "claim_workers": _(
        "Who works in which of a department's grids, with telephone, and who stands in."
    ),
    "streets": _("Streets, lanes and banks as lines: on the map, and to draw borders along."),
    "duties": _("Who leads and who helps, for each hazard, place and phase; held by posts."),
}


class UploadForm(forms.Form):
    """The file, and what it is a list of."""

    kind = forms.ChoiceField(label=_("A list of"), choices=list(KIND_WORDS.items()))
    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "CSV or XLSX with headings in one of its first rows. UTF-8 and GB18030 are recognised. "
            "Lists with shapes may be GeoJSON."
        ),
    )
    datum = forms.ChoiceField(
        label=_("GeoJSON drawn in"),
        help_text=_("Tables say it in a column of their own, or are as the node is set."),
        choices=[("", _("As the node is set")), *DATUMS],
        required=False,
    )

    def read(self) -> tuple[bytes, str]:
        """Give the bytes of the file as a table, and what it is called; refuses with NotAMap."""
        file = self.cleaned_data["file"]
        data, columns = file.read(), KINDS[self.cleaned_data["kind"]].columns
        if not is_map(data) or not any(column.key == "shape" for column in columns):
            return data, file.name
        datum = Datum(self.cleaned_data["datum"] or settings.RENWANG_INPUT_DATUM)
        return table_of(data, columns, datum), f"{file.name.rpartition('.')[0] or file.name}.csv"
