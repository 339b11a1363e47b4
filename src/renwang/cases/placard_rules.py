"""Placards: sheets with a code that hang on a wall and lead to a report with the place filled in. Pure.

A placard hangs where everybody passes: at a grid, a building, an entrance, a
facility. None is ever made for a door, nor for a building in which one
household lives alone: its code would say who has written.
"""

from enum import StrEnum

from renwang.chain.rules import Refusal


class Size(StrEnum):
    """On which paper a placard is printed."""

    A4 = "a4"
    A5 = "a5"
    STICKER = "sticker"  # eight on an A4 sheet, 99.1 x 67.7 mm each


class Scope(StrEnum):
    """For what at a place placards are made."""

    PLACE = "place"  # the place itself
    BELOW = "below"  # the places below it, down to the grid
    BUILDINGS = "buildings"
    ENTRANCES = "entrances"  # of buildings that have several
    FACILITIES = "facilities"


MOST = 5_000
"""Placards that are printed at once: a community with every entrance in it."""

LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that is taken for another one
CODE_LENGTH = 7


class PlacardRefused(Refusal):
    """Something that may not be done with a placard."""


class BetraysAHome(PlacardRefused):
    """One household lives in this building: a code on it would say who has written."""


class NothingToHang(PlacardRefused):
    """Nothing of what was chosen is there."""


class TooManyPlacards(PlacardRefused):
    """More at once than anybody hangs."""


class AddressMissing(PlacardRefused):
    """The node does not know its own address, so nobody would find it by a code."""


class RetiredAlready(PlacardRefused):
    """The placard was taken out of use before."""


def code_from(number: int) -> str:
    """Compose the code of a placard from a large random number."""
    found = []
    for _place in range(CODE_LENGTH):
        number, digit = divmod(number, len(LETTERS))
        found.append(LETTERS[digit])
    return "".join(found)


def read_code(text: str) -> str:
    """Read a code as people type it: blanks, hyphens and the case of letters do not matter."""
    return "".join(sign for sign in text.upper() if sign.isascii() and sign.isalnum())[:32]


def betrays_a_home(households: int) -> bool:
    """Say whether a code on a building would name a household. One of which no door is known is not judged."""
    return households == 1


def entrances_of(number: int) -> range:
    """Give the numbers of a building's entrances that have placards of their own; none where it has only one."""
    return range(1, number + 1) if number > 1 else range(0)
