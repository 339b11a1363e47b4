"""Names of hazards and of the steps of the scale, in the language of the moment."""

from collections.abc import Mapping

from django.utils.translation import get_language

from renwang.registers import hazards
from renwang.registers.risks.models import CATEGORIES
from renwang.registers.risks.scale_rules import name_of_step


def say_hazard(key: str) -> str:
    """Name a kind of hazard in the language of the moment; empty where nobody has said."""
    return hazards.name_of(key, get_language() or "en") if key else ""


def hazard_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Give the kinds of hazard to choose from, by category, in the language of the moment."""
    language = get_language() or "en"
    kinds = hazards.kinds().values()
    return [
        (str(CATEGORIES[one]), [(k.key, k.name(language)) for k in kinds if k.category is one])
        for one in hazards.Category
    ]


def say_step(step: Mapping[str, str]) -> str:
    """Name a step of the scale in the language of the moment."""
    return name_of_step(step, get_language() or "en")
