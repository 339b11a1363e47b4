"""Forms about posts: found one, fill it, leave it."""

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from renwang.chain.models import Organisation, Unit
from renwang.chain.selectors.posts import roles_of
from renwang.chain.services.posts import OTHER_ROLE
from renwang.web.desk.picking import PERSON_HELP, PickField, ReachForm


class PostForm(ReachForm):
    """A new post in a unit."""

    role = forms.ChoiceField(label=_("Role"))
    title = forms.CharField(
        label=_("Title"),
        help_text=_("Empty: as the role is called."),
        max_length=80,
        required=False,
    )
    answers = forms.NullBooleanField(
        label=_("Is called when a warning comes"),
        help_text=_("One post of a unit is."),
        widget=forms.RadioSelect(
            choices=[("unknown", _("As the role says")), ("true", _("Yes")), ("false", _("No"))]
        ),
        required=False,
    )
    organisation = forms.ChoiceField(label=_("In an organisation"), required=False)

    def __init__(
        self, viewer: Any, unit: Unit, bodies: list[Organisation], *args: Any, **kwargs: Any
    ):
        super().__init__(viewer, *args, **kwargs)
        language = get_language() or "zh-hans"
        self.roles = {role.key: role.title(language) for role in roles_of(unit)}
        self.bodies = {one.ref: one for one in bodies}
        self.fields["role"].choices = [*self.roles.items(), (OTHER_ROLE, _("Other"))]
        self.fields["organisation"].choices = [
            ("", _("None, it is the unit's own")),
            *((one.ref, one.name) for one in bodies),
        ]

    def clean(self) -> dict[str, Any]:
        """Take the role's title where none was given; a post outside the structure needs its own."""
        asked = super().clean() or self.cleaned_data
        title = asked.get("title") or self.roles.get(asked.get("role", ""), "")
        if not title:
            self.add_error("title", _("A post outside the structure needs a title."))
        return {**asked, "title": title}


class AppointForm(ReachForm):
    """Who holds a post, or stands in, and until when."""

    person = PickField("people", label=_("Person"), help_text=PERSON_HELP)
    from_on = forms.DateField(label=_("From"), help_text=_("Empty: today."), required=False)
    until_on = forms.DateField(
        label=_("Until"), help_text=_("The end of the term, where there is one."), required=False
    )
    with_grant = forms.BooleanField(
        label=_("Grant what the role allows"),
        help_text=_("It ends with the post."),
        initial=True,
        required=False,
    )


class VacateForm(forms.Form):
    """Why somebody leaves a post, and since when."""

    on = forms.DateField(label=_("Since"), help_text=_("Empty: today."), required=False)
    reason = forms.CharField(label=_("Why"), max_length=300, required=False)
