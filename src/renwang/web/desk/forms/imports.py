"""The form by which a list is brought in, and the words for the kinds of lists."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

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
    "households": _("Doors with how many live behind each. No names: the columns do not exist."),
    "duties": _("Who leads and who helps, for each hazard, place and phase; held by posts."),
}


class UploadForm(forms.Form):
    """The file, and what it is a list of."""

    kind = forms.ChoiceField(label=_("A list of"), choices=list(KIND_WORDS.items()))
    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "CSV or XLSX with headings in one of its first rows. UTF-8 and GB18030 are recognised."
        ),
    )
