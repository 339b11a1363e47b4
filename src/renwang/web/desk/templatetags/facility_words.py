"""Words and marks for what the pages about facilities show."""

from typing import Any

from django.template import Library
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy, pgettext, pgettext_lazy
from django.utils.translation import gettext as _

from renwang.registers.facilities import naming
from renwang.registers.facilities.capacity_rules import Capacity
from renwang.registers.facilities.kinds import Figure, named
from renwang.registers.facilities.models import DEFECT_STATES, STATES, VERDICTS
from renwang.registers.facilities.opening_rules import ALWAYS, NEVER
from renwang.registers.facilities.rules import DefectState, State, Verdict
from renwang.registers.facilities.selectors.stock import days_of
from renwang.registers.facilities.stock_rules import Freshness, freshness_of
from renwang.web.frame.tags.signs import state

register = Library()

_TONES = {
    State.READY: "good",
    State.LIMITED: "attention",
    State.OUT_OF_ORDER: "bad",
    State.CLOSED: "attention",
}
_VERDICT_TONES = {Verdict.FIT: "good", Verdict.LIMITED: "attention", Verdict.UNFIT: "bad"}
_NAMES = {
    "kind": naming.say_kind,
    "service": naming.say_service,
    "tier": naming.say_tier,
    "ask": naming.say_ask,
    "fitting": naming.say_fitting,
    "role": naming.say_role,
    "use": naming.say_use,
}
_UNITS = {
    "m2": gettext_lazy("m²"),
    "m": gettext_lazy("m"),
    "people": pgettext_lazy("unit of a figure", "people"),
    "litres": pgettext_lazy("unit of a figure", "litres"),
    "days": pgettext_lazy("unit of a figure", "days"),
    "exits": pgettext_lazy("unit of a figure", "exits"),
    "bottles": pgettext_lazy("unit of a figure", "bottles"),
    "pieces": pgettext_lazy("unit of a figure", "pieces"),
}
_FRESH = {
    Freshness.LASTING: (pgettext_lazy("of stock", "Lasts"), "good"),
    Freshness.FRESH: (pgettext_lazy("of stock", "In date"), "good"),
    Freshness.ENDING: (pgettext_lazy("of stock", "Near its day"), "attention"),
    Freshness.OVER: (pgettext_lazy("of stock", "Past its day"), "bad"),
}
_STEPS = {
    "entered": (gettext_lazy("Put on the list"), "plus"),
    "changed": (gettext_lazy("What is known was changed"), "edit"),
    "import": (gettext_lazy("Brought in from a table"), "import"),
    "room": (gettext_lazy("Room written"), "building"),
    "stock": (gettext_lazy("Stock written down"), "plus"),
    "counted": (pgettext_lazy("of stock", "Counted"), "check"),
    "stock_struck": (gettext_lazy("Stock struck off"), "cross"),
    "stock_import": (gettext_lazy("Stock brought in from a table"), "import"),
    "joined": (gettext_lazy("Put on the risk list"), "link"),
    "room_struck": (gettext_lazy("Room struck off"), "cross"),
    "limit": (pgettext_lazy("of a facility", "Limited"), "warning"),
    "break": (pgettext_lazy("of a facility", "Out of order"), "cross"),
    "close": (pgettext_lazy("of a facility", "Closed for a time"), "pause"),
    "restore": (gettext_lazy("Ready again"), "check"),
    "remove": (pgettext_lazy("of a facility", "No longer there"), "trash"),
    "return": (gettext_lazy("There again"), "refresh"),
    "opened": (gettext_lazy("Opened for people"), "home"),
    "shut": (gettext_lazy("No longer open for people"), "lock"),
    "inspected": (gettext_lazy("Inspected"), "search"),
    "defect": (gettext_lazy("Found broken"), "warning"),
    "assigned": (gettext_lazy("Mending given to"), "person"),
    "mended": (pgettext_lazy("of a defect", "Mended"), "check"),
    "dropped": (pgettext_lazy("of a defect", "Given up"), "cross"),
    "reopened": (gettext_lazy("There again"), "refresh"),
    "unphotographed": (gettext_lazy("Photograph removed"), "trash"),
}


@register.filter(name="facility_word")
def facility_word(key: str, of: str) -> str:
    """Name a key of the configuration: a kind, tier, fitting, role, use, or what is asked."""
    return _NAMES[of](key) if key else ""


@register.simple_tag(name="facility_state")
def facility_state(key: str) -> SafeString:
    """Where a facility stands."""
    found = State(key)
    return state(str(STATES[found]), _TONES.get(found, "neutral"))


@register.simple_tag(name="verdict")
def verdict(key: str) -> SafeString:
    """What an inspection came to."""
    found = Verdict(key)
    return state(str(VERDICTS[found]), _VERDICT_TONES[found])


@register.simple_tag(name="defect_state")
def defect_state(defect: Any, today: Any) -> SafeString:
    """Where a defect stands; one that is late says so."""
    found = DefectState(defect.state)
    if found is not DefectState.OPEN:
        tone = "good" if found is DefectState.MENDED else "neutral"
        return state(str(DEFECT_STATES[found]), tone)
    if defect.due_on < today:
        return state(_("Not mended in time"), "bad")
    return state(str(DEFECT_STATES[found]), "attention")


@register.simple_tag(name="stock_state")
def stock_state(kept: Any, today: Any) -> SafeString:
    """How a thing in stock stands towards its day."""
    fresh = freshness_of(kept.expires_on, today, days_of("soon"))
    if not kept.quantity:
        return state(pgettext("of stock", "Used up"), "neutral")
    return state(str(_FRESH[fresh][0]), _FRESH[fresh][1])


@register.filter(name="places_of")
def places_of(capacity: Capacity | None) -> str:
    """How many people fit, as a cell of a table says it; empty for what takes nobody in."""
    if capacity is None:
        return ""
    return f"{capacity.people:,}" if capacity.people is not None else "?"


@register.filter(name="figure_name")
def figure_name(figure: Figure) -> str:
    """Name a figure."""
    return named(figure.names, get_language() or "en")


@register.filter(name="figure_source")
def figure_source(figure: Figure) -> str:
    """Say where a figure comes from."""
    return named(figure.source, get_language() or "en")


@register.filter(name="figure_value")
def figure_value(figure: Figure) -> str:
    """Write a figure with its unit."""
    if figure.unit == "share":
        return f"{figure.value * 100:g} %"
    unit = str(_UNITS.get(figure.unit, ""))
    return f"{figure.value:g} {unit}".strip()


@register.filter(name="plain_number")
def plain_number(value: float) -> str:
    """Write a number without needless zeros."""
    return f"{value:,.2f}".rstrip("0").rstrip(".")


@register.filter(name="hours_said")
def hours_said(text: str) -> str:
    """Say hours in words where they are words."""
    if text == ALWAYS:
        return _("Day and night")
    return _("Closed all day") if text == NEVER else text


@register.filter(name="facility_step_word")
def facility_step_word(act: str) -> str:
    """Name a step in the life of a facility."""
    return str(_STEPS[act][0]) if act in _STEPS else act


@register.filter(name="facility_step_icon")
def facility_step_icon(act: str) -> str:
    """The icon of a step."""
    return _STEPS[act][1] if act in _STEPS else "clock"


@register.filter(name="facility_step_detail")
def facility_step_detail(step: Any) -> str:
    """Say the figures of a step in words; empty where it has none that are worth a line."""
    facts = step.facts
    if step.act == "inspected":
        return str(VERDICTS[Verdict(facts["verdict"])])
    if facts.get("expected_on"):
        return _("until {day}").format(day=facts["expected_on"])
    if step.act == "assigned":
        return _("{post}, due {day}").format(
            post=facts["post"] or _("nobody yet"), day=facts["due_on"]
        )
    if step.act in ("mended", "dropped", "reopened"):
        return str(facts["defect"])
    return ""


@register.simple_tag(name="facility_amount")
def facility_amount(facility: Any, key: str) -> float | None:
    """Give what was answered to what is asked of a kind; None where nobody has."""
    return facility.amounts.get(key)


@register.simple_tag(name="facility_fitting")
def facility_fitting(facility: Any, key: str) -> bool | None:
    """Say whether a facility has something; None where nobody has said."""
    return facility.fittings.get(key)


@register.simple_tag(name="check_name")
def check_name(check: Any) -> str:
    """Name one thing that an inspection looks at."""
    return naming.say(check.names)


@register.simple_tag(name="centre_roles")
def centre_roles(centre: Any) -> str:
    """Name what the rooms of a centre are for in an emergency, each once."""
    keys = dict.fromkeys(room.role for room in centre.rooms.all() if room.role != "none")
    between = pgettext("between the items of a list", ", ")
    return between.join(naming.say_role(key) for key in keys)


@register.filter(name="yes_or_no")
def yes_or_no(value: bool | None) -> str:
    """Say whether something is so; that nobody has said is said too."""
    if value is None:
        return _("not said")
    if value:
        return pgettext("of something a facility has", "Yes")
    return pgettext("of something a facility has", "No")
