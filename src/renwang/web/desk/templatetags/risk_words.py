"""Words and marks for what the pages about risks show."""

from typing import Any

from django.template import Library
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from renwang.chain.models import Organisation
from renwang.registers.risks.models import CATEGORIES, LEVELS, SOURCES, STATES, SURVEY_KINDS
from renwang.registers.risks.naming import say_hazard
from renwang.registers.risks.rules import State
from renwang.registers.risks.scale_rules import COLOURS, Level
from renwang.web.frame.tags.signs import as_written, sign, state

register = Library()

_TONES = {
    State.FOUND: "attention",
    State.OPEN: "bad",
    State.REFERRED: "info",
    State.RECTIFIED: "attention",
    State.CLOSED: "good",
}
_WORDS: dict[str, Any] = {
    "source": SOURCES,
    "category": CATEGORIES,
    "state": STATES,
    "survey": SURVEY_KINDS,
}
_STEPS = {
    "found": (gettext_lazy("Found"), "search"),
    "note": (pgettext_lazy("beside a risk", "Note"), "edit"),
    "judge": (pgettext_lazy("of a risk", "Judged"), "check"),
    "dismiss": (gettext_lazy("Judged to be no risk"), "cross"),
    "unphotographed": (gettext_lazy("Photograph removed"), "trash"),
    "planned": (gettext_lazy("Measure planned"), "calendar"),
    "done": (gettext_lazy("Measure done"), "check"),
    "dropped": (gettext_lazy("Measure given up"), "cross"),
    "refer": (gettext_lazy("Referred upward"), "arrow-up"),
    "answer": (gettext_lazy("Answer given"), "message"),
    "withdraw": (gettext_lazy("Question taken back"), "cross"),
    "accept": (gettext_lazy("Accepted"), "clock"),
    "expire": (gettext_lazy("The acceptance has run out"), "clock"),
    "rectify": (gettext_lazy("Said to be mended"), "check"),
    "confirm": (gettext_lazy("Checked: mended"), "check-double"),
    "send_back": (gettext_lazy("Checked: not mended"), "warning"),
    "reopen": (gettext_lazy("Opened again"), "refresh"),
    "climb": (gettext_lazy("Late: the level above hears of it"), "arrow-up"),
    "import": (gettext_lazy("Brought in from a table"), "import"),
}


@register.filter(name="risk_word")
def risk_word(key: str, kind: str) -> str:
    """Name a key of one of the lists of words; one that is not known is shown as it is."""
    return str(_WORDS[kind].get(key, key)) if key else ""


@register.filter(name="hazard_name")
def hazard_name(key: str) -> str:
    """Name a kind of hazard; one that is on no list is shown as it was written."""
    word = str(say_hazard(key))
    return as_written(word) if word == key else word


@register.simple_tag(name="risk_level")
def risk_level(level: int) -> SafeString:
    """How bad a risk is: sign and word of its colour."""
    found = Level(level)
    if not found:
        return state(str(LEVELS[found]), "neutral")
    colour = COLOURS[found]
    return format_html(
        '<span class="warning warning-{}">{}<span>{}</span></span>',
        colour,
        sign(colour, label=""),
        LEVELS[found],
    )


@register.simple_tag(name="risk_state")
def risk_state(risk: Any) -> SafeString:
    """Where a risk stands."""
    key = State(risk.state)
    return state(str(STATES[key]), _TONES.get(key, "neutral"))


@register.filter(name="step_word")
def step_word(act: str) -> str:
    """Name a step in the life of a risk."""
    return str(_STEPS[act][0]) if act in _STEPS else act


@register.filter(name="step_icon")
def step_icon(act: str) -> str:
    """The icon of a step."""
    return _STEPS[act][1] if act in _STEPS else "clock"


@register.filter(name="step_detail")
def step_detail(step: Any) -> str:
    """Say the figures of a step in words; empty where it has none that are worth a line."""
    facts = step.facts
    if step.act == "judge":
        return _("Likelihood {likelihood} × harm {harm}: {level}").format(
            likelihood=facts["likelihood"],
            harm=facts["harm"],
            level=next(str(LEVELS[key]) for key, name in COLOURS.items() if name == facts["level"]),
        )
    if step.act == "planned":
        return _("{post}, due {day}").format(post=facts["post"], day=facts["due_on"])
    if step.act in ("done", "dropped"):
        return as_written(facts["measure"])
    if step.act == "accept":
        return _("until {day}").format(day=facts["until"])
    if step.act in ("refer", "climb"):
        return " → ".join(filter(None, (facts.get("silent", ""), facts["to"])))
    return ""


@register.filter(name="is_late")
def is_late(risk: Any, now: Any) -> bool:
    """Whether a risk's next step is late."""
    return bool(risk.due_at and risk.due_at <= now)


@register.filter(name="organisation_kind")
def organisation_kind(key: str) -> str:
    """Name a kind of organisation."""
    return str(dict(Organisation.Kind.choices).get(key, key))


@register.filter(name="holder_of")
def holder_of(post: Any) -> str:
    """Name who holds a post; empty where it is vacant."""
    return next((one.person.name for one in post.current if one.rank == 0), "")
