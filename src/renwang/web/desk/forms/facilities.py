"""Forms about facilities: looking for them, entering one of a kind, saying where it stands, inspecting, mending, rooms."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from renwang.base.pure.datum import Datum, convert
from renwang.chain.models import Post
from renwang.registers.facilities.kinds import Kind, known_terms
from renwang.registers.facilities.models import VERDICTS, Facility, Stock
from renwang.registers.facilities.naming import (
    kind_choices,
    say,
    say_ask,
    say_fitting,
    say_role,
    say_tier,
    say_use,
)
from renwang.registers.facilities.rules import Act, State, Verdict
from renwang.registers.facilities.services import Broken, Entered, Looked, RoomSaid, StockSaid
from renwang.web.desk.forms.units import DATUMS
from renwang.web.desk.picking import POST_HELP, UNIT_HELP, PickField, ReachForm

STATES: dict[str, tuple[State, ...]] = {
    "ready": (State.READY,),
    "limited": (State.LIMITED,),
    "out": (State.OUT_OF_ORDER,),
    "closed": (State.CLOSED,),
    "gone": (State.GONE,),
}
YES_NO = [
    ("", pgettext_lazy("of something a facility has", "Not said")),
    ("yes", pgettext_lazy("of something a facility has", "Yes")),
    ("no", pgettext_lazy("of something a facility has", "No")),
]
ACTS = {
    Act.LIMIT: _("Usable, but limited"),
    Act.BREAK: _("Out of order"),
    Act.CLOSE: _("Closed on purpose, for a time"),
    Act.RESTORE: _("Ready again"),
    Act.REMOVE: _("It is no longer there"),
    Act.RETURN: _("It is there again"),
}


def _said(choice: str) -> bool | None:
    return {"yes": True, "no": False}.get(choice)


def _choice_of(value: bool | None) -> str:
    return "" if value is None else "yes" if value else "no"


class FilterForm(forms.Form):
    """Narrows the list of facilities; sent as GET."""

    kind = forms.ChoiceField(label=_("Kind of facility"), required=False)
    tier = forms.ChoiceField(label=_("Tier"), required=False)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", _("Any kind")), *kind_choices()]
        tiers = [(key, say_tier(key)) for key in known_terms().tiers]
        self.fields["tier"].choices = [("", _("Any tier")), *tiers]

    def wanted(self) -> dict[str, Any]:
        """Say what is looked for; nonsense in the address narrows nothing."""
        self.is_valid()
        return {key: self.cleaned_data.get(key, "") for key in ("kind", "tier")}


class FacilityForm(ReachForm):
    """A facility of one kind: only what is asked of that kind is asked."""

    name = forms.CharField(label=_("Name"), max_length=120)
    unit = PickField("units", label=_("Place"), help_text=UNIT_HELP)
    code = forms.CharField(
        label=_("Own number"),
        max_length=40,
        required=False,
        help_text=_("By which your office knows it; a table finds it by this."),
    )
    address = forms.CharField(label=_("Where exactly"), max_length=200, required=False)
    lon = forms.FloatField(label=_("Longitude"), required=False, min_value=-180, max_value=180)
    lat = forms.FloatField(label=_("Latitude"), required=False, min_value=-90, max_value=90)
    datum = forms.ChoiceField(
        label=_("Measured in"), choices=DATUMS, initial=settings.RENWANG_INPUT_DATUM
    )
    post = PickField("posts", label=_("Responsible post"), required=False, help_text=POST_HELP)

    def __init__(self, viewer: Any, kind: Kind, *args: Any, **kwargs: Any):
        super().__init__(viewer, *args, **kwargs)
        self.kind = kind
        if kind.has_tiers:
            tiers = [(key, say_tier(key)) for key in known_terms().tiers]
            self.fields["tier"] = forms.ChoiceField(label=_("Tier"), choices=tiers)
        for key in kind.asks:
            self.fields[f"ask_{key}"] = forms.FloatField(
                label=say_ask(key), min_value=0, max_value=1e8, required=False
            )
        for key in kind.fittings:
            self.fields[f"has_{key}"] = forms.ChoiceField(
                label=say_fitting(key), choices=YES_NO, required=False
            )
        if kind.shelters or kind.is_public:
            self._add_hours()
        self.fields["emergency_role"] = forms.CharField(
            label=_("Task in an emergency"), max_length=200, required=False
        )
        self.fields["note"] = forms.CharField(
            label=pgettext_lazy("about a facility", "Note"),
            widget=forms.Textarea(attrs={"rows": 2}),
            max_length=2000,
            required=False,
        )

    def _add_hours(self) -> None:
        words = {
            "weekdays": _("Open on working days"),
            "weekends": _("Open at weekends"),
            "emergency_hours": _("Open in an emergency"),
        }
        for name, label in words.items():
            self.fields[name] = forms.CharField(
                label=label,
                max_length=12,
                required=False,
                help_text=_("Like 09:00-17:30, “always” or “none”."),
            )

    def clean(self) -> dict[str, Any]:
        """Bring the position into the datum that is stored; half a position is none."""
        said = super().clean() or self.cleaned_data
        lon, lat = said.get("lon"), said.get("lat")
        if (lon is None) != (lat is None):
            self.add_error("lat", _("Give both longitude and latitude, or neither."))
        elif lon is not None and lat is not None and "datum" in said:
            said["lon"], said["lat"] = convert(lon, lat, Datum(said["datum"]), Datum.WGS84)
        return said

    def entered(self) -> Entered:
        """Give what was entered, as the service takes it."""
        said = self.cleaned_data
        fittings = {key: _said(said[f"has_{key}"]) for key in self.kind.fittings}
        names = (
            "code",
            "address",
            "emergency_role",
            "weekdays",
            "weekends",
            "emergency_hours",
            "note",
        )
        return Entered(
            kind=self.kind.key,
            name=said["name"],
            tier=said.get("tier", ""),
            lon=said["lon"],
            lat=said["lat"],
            post=said["post"],
            amounts={
                key: said[f"ask_{key}"]
                for key in self.kind.asks
                if said[f"ask_{key}"] is not None
            },
            fittings={key: value for key, value in fittings.items() if value is not None},
            **{name: said.get(name, "") for name in names},
        )  # fmt: skip

    @staticmethod
    def initial_of(facility: Facility) -> dict[str, Any]:
        """Give a facility as the form shows it."""
        names = (
            "name", "unit", "code", "address", "lon", "lat", "post", "tier", "emergency_role",
            "weekdays", "weekends", "emergency_hours", "note",
        )  # fmt: skip
        found = {name: getattr(facility, name) for name in names}
        found |= {f"ask_{key}": value for key, value in facility.amounts.items()}
        found |= {f"has_{key}": _choice_of(value) for key, value in facility.fittings.items()}
        return found | {"datum": Datum.WGS84.value}


class StateForm(forms.Form):
    """Where it stands from now on, why, and until when."""

    act = forms.ChoiceField(label=_("From now on"))
    reason = forms.CharField(label=_("Reason"), max_length=300)
    expected_on = forms.DateField(
        label=_("Works again on"),
        required=False,
        help_text=_("For what is out of order or closed: the day that was promised."),
    )

    def __init__(self, acts: Sequence[Act], *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["act"].choices = [(one.value, ACTS[one]) for one in ACTS if one in acts]


class InspectForm(forms.Form):
    """A look at a facility: each check, what it comes to, what is broken."""

    on = forms.DateField(label=_("Day"))
    verdict = forms.ChoiceField(
        label=pgettext_lazy("of an inspection", "What it comes to"), choices=list(VERDICTS.items())
    )
    words = forms.CharField(
        label=_("What was seen there"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        required=False,
    )
    broken = forms.CharField(
        label=_("What is broken"),
        max_length=300,
        required=False,
        help_text=_("It goes on the list of defects; the responsible post mends it."),
    )
    is_grave = forms.BooleanField(
        label=_("It cannot be ready while this is broken"), required=False
    )

    def __init__(self, kind: Kind | None, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.checks = kind.checks if kind else ()
        for check in self.checks:
            self.fields[f"check_{check.key}"] = forms.ChoiceField(
                label=say(check.names),
                choices=[
                    ("", pgettext_lazy("of a check", "Not looked at")),
                    ("yes", pgettext_lazy("of a check", "Well")),
                    ("no", pgettext_lazy("of a check", "Amiss")),
                ],
                required=False,
            )
        names = [f"check_{check.key}" for check in self.checks]
        self.order_fields(["on", *names, "verdict", "words", "broken", "is_grave"])

    def looked(self) -> Looked:
        """Give what was seen, as the service takes it."""
        said = self.cleaned_data
        seen = {check.key: _said(said[f"check_{check.key}"]) for check in self.checks}
        broken = said["broken"].strip()
        return Looked(
            verdict=Verdict(said["verdict"]),
            on=said["on"],
            words=said["words"],
            checks={key: well for key, well in seen.items() if well is not None},
            broken=[Broken(broken, said["is_grave"])] if broken else [],
        )


class DefectForm(forms.Form):
    """Something that is broken, whose it is to mend, and by when."""

    words = forms.CharField(label=_("What is broken"), max_length=300)
    is_grave = forms.BooleanField(
        label=_("It cannot be ready while this is broken"), required=False
    )
    post = forms.ChoiceField(label=_("By which post"), required=False)
    due_on = forms.DateField(
        label=_("To be mended by"),
        required=False,
        help_text=_("Empty: in a week if it is grave, else in a month."),
    )

    def __init__(self, posts: Sequence[Post], *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.posts = {str(one.pk): one for one in posts}
        self.fields["post"].choices = [
            ("", _("The responsible post of the facility")),
            *((str(one.pk), f"{one.unit.name} · {one.title}") for one in posts),
        ]

    def broken(self) -> Broken:
        """Give what was said, as the service takes it."""
        said = self.cleaned_data
        return Broken(said["words"], said["is_grave"], self.posts.get(said["post"]), said["due_on"])


class AssignForm(forms.Form):
    """Another post, or another day."""

    post = forms.ChoiceField(label=_("By which post"), required=False)
    due_on = forms.DateField(label=_("To be mended by"))

    def __init__(self, posts: Sequence[Post], *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.posts = {str(one.pk): one for one in posts}
        self.fields["post"].choices = [
            ("", _("Nobody yet")),
            *((str(one.pk), f"{one.unit.name} · {one.title}") for one in posts),
        ]

    def post_chosen(self) -> Post | None:
        """Give the post that was chosen."""
        return self.posts.get(self.cleaned_data["post"])


class StockForm(forms.Form):
    """Things that are kept at a facility."""

    name = forms.CharField(label=pgettext_lazy("of stock", "What it is"), max_length=80)
    quantity = forms.FloatField(
        label=pgettext_lazy("of stock", "Quantity"), min_value=0, max_value=10_000_000
    )
    unit = forms.CharField(
        label=_("Counted in"), max_length=12, required=False,
        help_text=_("Such as boxes or pieces."),
    )  # fmt: skip
    expires_on = forms.DateField(
        label=_("May be used until"), required=False, help_text=_("Empty for what lasts.")
    )
    lot = forms.CharField(label=_("Lot"), max_length=40, required=False)
    place = forms.CharField(label=_("Where in it"), max_length=80, required=False)
    checked_on = forms.DateField(label=_("Last counted"), required=False)

    def said(self) -> StockSaid:
        """Give what was said, as the service takes it."""
        return StockSaid(**self.cleaned_data)

    @staticmethod
    def initial_of(kept: Stock) -> dict[str, Any]:
        """Give stock as the form shows it."""
        return {name: getattr(kept, name) for name in StockForm.base_fields}


class RoomForm(forms.Form):
    """A room of a service centre."""

    name = forms.CharField(label=_("Room"), max_length=80)
    use = forms.ChoiceField(label=_("Used every day as"))
    area_m2 = forms.FloatField(label=_("Area (m²)"), min_value=0, max_value=100_000)
    role = forms.ChoiceField(
        label=_("In an emergency"),
        help_text=_("Rooms that shelter people count for how many fit."),
    )
    step_free = forms.ChoiceField(label=_("Step-free"), choices=YES_NO, required=False)
    holds = forms.CharField(label=_("What is kept there"), max_length=300, required=False)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        terms = known_terms()
        self.fields["use"].choices = [(key, say_use(key)) for key in terms.uses]
        self.fields["role"].choices = [(key, say_role(key)) for key in terms.roles]
        self.fields["role"].initial = "none"

    def said(self) -> RoomSaid:
        """Give what was said, as the service takes it."""
        said = self.cleaned_data
        return RoomSaid(
            said["name"], said["use"], said["area_m2"], said["role"], _said(said["step_free"]),
            said["holds"],
        )  # fmt: skip

    @staticmethod
    def initial_of(room: Any) -> dict[str, Any]:
        """Give a room as the form shows it."""
        names = ("name", "use", "area_m2", "role", "holds")
        found = {name: getattr(room, name) for name in names}
        return found | {"step_free": _choice_of(room.step_free)}
