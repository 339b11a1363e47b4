"""The catalogue of checks: what is looked for, how grave it is, who can mend it and where, and by whom it is read.

A floor declares a family of checks in its `checks.py`, which is loaded at
start-up. So the floors above the registers bring their own, and the readiness
check imports none of them.

    declare(Family("alerts", CHECKS, find, verbs=("alerts.",), touched=at_place))
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from renwang.base.models import Entry
from renwang.chain.reach import CAPABILITIES
from renwang.registers.readiness.rules import Found, Scope, Severity

Find = Callable[[Scope, datetime], Iterable[Found]]


@dataclass(frozen=True, slots=True)
class Touch:
    """A place to look at again; `is_deep` with everything below it."""

    path: str
    is_deep: bool = False


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that is looked for.

    `sentence` says what is wrong and what to do; its blanks are the figures of
    the hole. `mender` and `sees` are capabilities at the hole's place: who can
    mend it, and who may know of it. `mends` names the kind of page on which it
    is mended; the desk knows the addresses.
    """

    key: str  # "chain.vacant"
    name: Any
    sentence: Any
    why: Any
    severity: Severity
    mender: str
    sees: str
    mends: str


@dataclass(frozen=True, slots=True)
class Family:
    """Checks that are read together.

    `find` reads a scope in a number of statements that does not grow with it
    and gives the holes whose place lies in the scope, whatever else it has to
    read for that: the same holes, however the places are cut into scopes.
    `touched` says which places facts ask to be looked at again.
    """

    key: str
    name: Any
    checks: tuple[Check, ...]
    find: Find
    verbs: tuple[str, ...]  # exact, or prefixes that end in a dot
    touched: Callable[[Sequence[Entry]], Iterable[Touch]]
    minds_drills: bool = False  # what happens in an exercise is no change, except to these

    def follows(self, verb: str) -> bool:
        """Say whether facts of this verb ask for a new look."""
        return any(
            verb == one or (one.endswith(".") and verb.startswith(one)) for one in self.verbs
        )


_FAMILIES: dict[str, Family] = {}
_CHECKS: dict[str, Check] = {}


def declare(family: Family) -> None:
    """Bring a family of checks into the catalogue; its keys are its own and its capabilities known ones."""
    if family.key in _FAMILIES:
        raise ValueError(f"two families are called {family.key}")
    for check in family.checks:
        if check.key in _CHECKS:
            raise ValueError(f"two checks are called {check.key}")
        for capability in (check.mender, check.sees):
            if capability not in CAPABILITIES:
                raise KeyError(capability)
        _CHECKS[check.key] = check
    _FAMILIES[family.key] = family


def families() -> Sequence[Family]:
    """Return every family, in the order in which they were declared."""
    return tuple(_FAMILIES.values())


def checks() -> Mapping[str, Check]:
    """Return every check by its key."""
    return _CHECKS


def family_of(key: str) -> Family | None:
    """Return the family of that key; None for one that no floor declares any more."""
    return _FAMILIES.get(key)


def verbs() -> tuple[str, ...]:
    """Return every verb that some family follows, each once."""
    return tuple(dict.fromkeys(verb for one in families() for verb in one.verbs))


def at_place(entries: Sequence[Entry]) -> Iterable[Touch]:
    """Look again where a fact happened; one without a place is about everything."""
    return {Touch(one.place) if one.place else Touch("/", True) for one in entries}


def below_place(entries: Sequence[Entry]) -> Iterable[Touch]:
    """Look again where a fact happened and everywhere below: what is made for a place holds there too."""
    return {Touch(one.place or "/", True) for one in entries}
