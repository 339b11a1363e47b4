"""Words of the care list for the pages of desk and field."""

from django.template import Library
from django.utils.translation import get_language

from renwang.registers.care import words
from renwang.registers.care.needs import effect_name, need_name

register = Library()


@register.filter
def need(key: str) -> str:
    """Name a need."""
    return need_name(key, get_language() or "en")


@register.filter
def effect(key: str) -> str:
    """Name what a hazard does."""
    return effect_name(key, get_language() or "en")


@register.filter
def why(key: str) -> str:
    """Say by what right somebody looked."""
    return str(words.WHY[key])
