"""Names of kinds, tiers, figures and fittings, in the language of the moment."""

from django.utils.translation import get_language

from renwang.registers.facilities.capacity_rules import Capacity, Limit
from renwang.registers.facilities.kinds import Figure, Names, known_terms, named

SHELTERS = "shelters"
"""The service that every kind gives which takes people in and is there for that alone."""


def say(names: Names) -> str:
    """Say a name of the configuration."""
    return named(names, get_language() or "en")


def say_kind(key: str) -> str:
    """Name a kind of facility; one that is no longer known is called by its key."""
    kind = known_terms().kinds.get(key)
    return say(kind.names) if kind else key


def say_service(key: str) -> str:
    """Name a kind of facility, or the service that several kinds give."""
    return say(known_terms().groups["shelter"]) if key == SHELTERS else say_kind(key)


def say_tier(key: str) -> str:
    """Name a tier of service centres."""
    tier = known_terms().tiers.get(key)
    return say(tier.names) if tier else key


def say_ask(key: str) -> str:
    """Name what is asked of a kind."""
    names = known_terms().asks.get(key)
    return say(names) if names else key


def say_fitting(key: str) -> str:
    """Name something that a facility has or lacks."""
    names = known_terms().fittings.get(key)
    return say(names) if names else key


def say_role(key: str) -> str:
    """Name what a room is for in an emergency."""
    role = known_terms().roles.get(key)
    return say(role.names) if role else key


def say_use(key: str) -> str:
    """Name what a room is used for every day."""
    names = known_terms().uses.get(key)
    return say(names) if names else key


def kind_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Give the kinds to choose from, by group."""
    terms = known_terms()
    return [
        (say(names), [(k.key, say(k.names)) for k in terms.kinds.values() if k.group == group])
        for group, names in terms.groups.items()
    ]


def figure_of(limit: Limit) -> Figure:
    """Give the figure that a limit rests on, with its source."""
    return known_terms().figures[limit.figure]


def figures_of(capacity: Capacity) -> list[tuple[Limit, Figure]]:
    """Give every limit with the figure it rests on; a capacity is never shown without them."""
    return [(one, figure_of(one)) for one in capacity.limits]
