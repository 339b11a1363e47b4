"""Say in plain words, in the reader's language, what the chain refuses and what can be done about it."""

from collections.abc import Mapping
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from renwang.base.words import BOUNDARY_FAULTS
from renwang.chain import (
    boundaries,
    code_rules,
    contact_rules,
    list_rules,
    reach,
    roster_rules,
    rules,
)
from renwang.chain.dividing import borders as border_rules
from renwang.chain.dividing.borders import Fault
from renwang.chain.rules import GrantProblem, Refusal
from renwang.chain.selectors.lying import Astray
from renwang.chain.services import (
    accounts,
    borders,
    coding,
    homes,
    organisations,
    people,
    regrouping,
)

GRANT_PROBLEMS: Mapping[GrantProblem, Any] = {
    GrantProblem.UNKNOWN_BUNDLE: _("There is no such bundle of capabilities."),
    GrantProblem.MAY_NOT_GIVE: _("You may not give grants."),
    GrantProblem.TOO_MUCH: _("The grant would allow more than you may do yourself."),
    GrantProblem.TOO_WIDE: _("The grant would reach beyond your own place."),
    GrantProblem.TOO_LONG: _("The grant would last longer than your own. Give it an earlier end."),
    GrantProblem.NEVER: _("The grant would end before it begins."),
}

# What is wrong, and what can be done about it; names are those of the grids, buildings and groups.
BORDER_FAULTS: Mapping[Fault, tuple[Any, Any]] = {
    Fault.CROSSES_ITSELF: (
        _("The border of {names} crosses itself or encloses nothing."),
        _("Move the point that lies on the wrong side, or undo the last step."),
    ),
    Fault.IN_PIECES: (
        _("{names} would fall into pieces."),
        _("Join them, or give the piece to a neighbour."),
    ),
    Fault.OVER_NEIGHBOUR: (
        _("{names} would overlap."),
        _("Let the neighbours follow, or draw along their border."),
    ),
    Fault.OUT_OF_PLACE: (
        _("{names} would reach out of its place."),
        _("Draw along the border of the place; snapping does it."),
    ),
    Fault.BUILDING_BARE: (
        _("The building {names} would lie in no grid."),
        _("Draw a border round it, or let the neighbours follow."),
    ),
    Fault.BUILDING_TWICE: (
        _("A building would lie in two grids: {names}."),
        _("Draw the border to one side of it."),
    ),
    Fault.GROUP_CUT: (
        _("The border would go through a building group: {names}."),
        _("Draw it round the group, or move buildings to another group first."),
    ),
    Fault.GROUND_BARE: (
        _("Some ground would lie in no grid."),
        _("No building stands there. Let the neighbours follow to give it to one of them."),
    ),
}

ASTRAY: Mapping[Astray, tuple[Any, str, Any]] = {
    Astray.NO_GRID: (_("In no grid"), "bad", _("Hand it to its grid.")),
    Astray.ELSEWHERE: (
        _("Stands in another grid"),
        "bad",
        _("Hand it to that grid, or draw the border round it."),
    ),
    Astray.BETWEEN: (_("Stands in no grid's border"), "attention", _("Draw a border round it.")),
    Astray.TWICE: (
        _("Stands in two grids' borders"),
        "bad",
        _("Draw the border to one side of it."),
    ),
    Astray.NO_POSITION: (_("Without a position"), "attention", _("Enter where it stands.")),
    Astray.NOT_DRAWN: (_("Its grid is not drawn"), "info", _("Draw the border of the grid.")),
}

REFUSALS: Mapping[type[Refusal], Any] = {
    rules.CodeNotUsable: _(
        "“{code}” cannot be a code: use up to 32 letters, digits, hyphens and underscores, "
        "beginning with a letter or digit."
    ),
    code_rules.SchemeUnknown: _("The node knows no scheme of codes called “{scheme}”."),
    code_rules.ParentCodeWrong: _(
        "The code of the place above must have {digits} digits; it is “{code}”. Enter it first."
    ),
    code_rules.SerialsUsedUp: _(
        "Every number up to {last} was given once in {code}, and none is given twice. "
        "Choose a scheme with more digits."
    ),
    coding.NothingToCode: _("Every grid of {name} has its code: there is nothing to do."),
    border_rules.CutsNothing: _("The line must lead across the grid from border to border."),
    border_rules.CutsTwice: _(
        "The line would cut the grid into {count} pieces. Draw one that cuts it in two."
    ),
    borders.BordersWrong: _("The borders of {name} cannot be drawn so; see below what is wrong."),
    borders.NotDrawn: _("{name} has no border yet. Draw its boundary first."),
    borders.BordersAsTheyWere: _("The border of {name} is as it was: there is nothing to do."),
    regrouping.PieceGone: _(
        "{name} has changed in the meantime. Look at the division again, then decide."
    ),
    regrouping.NothingMoves: _("Everything in {name} stays where it is: there is nothing to do."),
    rules.CodeTaken: _("The code {code} belongs to {name}. Choose another one."),
    rules.PathTooLong: _("The unit would lie too deep in the tree. Hang it higher up."),
    rules.LevelOrderBroken: _(
        "{name} cannot lie in {parent}: its level must be below the level of the unit above."
    ),
    rules.WouldCircle: _("{name} would come to lie in itself. Choose a unit outside it."),
    rules.UnitHasEnded: _("{name} ended on {on} and can no longer be changed."),
    rules.UnitStillHolds: _(
        "{name} still holds {units} units, {buildings} buildings and {households} households. "
        "Move them first."
    ),
    list_rules.PlaceUnknown: _(
        "No place in your reach is called “{place}”. Check its code or name."
    ),
    list_rules.PlaceAmbiguous: _(
        "Several places are called “{place}”. Write the unit above before it, with a slash, "
        "or give the code."
    ),
    list_rules.ParentMissing: _("Name the unit above {name}."),
    list_rules.LevelUnknown: _("No level “{level}” can stand there."),
    list_rules.StructureUnknown: _("No structure is called “{structure}”."),
    list_rules.LevelFixed: _("The level of {name} cannot be changed by an import."),
    list_rules.PersonUnknown: _("Nobody in your reach is called “{person}” or has this number."),
    list_rules.PersonAmbiguous: _("Several people are called “{person}”. Give the staff number."),
    list_rules.BuildingUnknown: _("No building in your reach is called “{building}”."),
    list_rules.BuildingAmbiguous: _("Several buildings are called “{building}”. Give the code."),
    list_rules.PositionWrong: _(
        "Longitude {lon}, latitude {lat} is not a position on the Earth. Are they swapped?"
    ),
    list_rules.ProvinceMissing: _("No row of the files begins with {province}."),
    list_rules.CodeOfNoLevel: _("The code {code} has neither 6, 9 nor 12 digits."),
    list_rules.NotAMap: _(
        "The file is not a complete GeoJSON file with Features, or it is too large."
    ),
    list_rules.NotAShape: _("“{text}” is neither WKT nor GeoJSON. Write POLYGON ((…)) or {{…}}."),
    list_rules.DoorUnknown: _("{building} has no door {door}."),
    list_rules.NotALine: _("A street needs a line with two points at least."),
    rules.BeforeItBegan: _("{name} began on {on}; an earlier day is not possible."),
    rules.BeforeLastChange: _(
        "{name} was last changed on {on}; a change on an earlier day is not possible."
    ),
    rules.InTheFuture: _("{on} is still to come. Record the change on the day it takes effect."),
    rules.NotBrothers: _(
        "Only units of the same level that lie in the same unit can be merged. Move them first."
    ),
    rules.TooFewParts: _("At least two units are needed."),
    rules.NotPlaced: _("{name} has been given to none of the parts."),
    rules.PlacedTwice: _("{name} has been given to two parts."),
    rules.NotOfThisUnit: _("Something given to {part} does not lie in this unit."),
    rules.HeadcountChanged: _("The parts together must have {count}, as the whole has."),
    rules.PostAlreadyHeld: _("{name} already holds this post. Vacate it first."),
    rules.HoldsThisPost: _(
        "{name} already holds or deputises for this post; nobody can be his own deputy."
    ),
    rules.PostNotHeld: _("This person neither holds nor deputises for {name}."),
    rules.PostHasEnded: _("The post {name} has been closed."),
    rules.PostAlreadyAnswers: _(
        "{name} already answers for this unit; only one post can. Choose which."
    ),
    rules.RoleUnknown: _("This level knows no role “{role}”."),
    rules.PersonNotActive: _("{name} has left and can be given nothing."),
    rules.NotTheDeputies: _("The order must name every deputy once, and nobody else."),
    rules.TermEndsTooEarly: _("The term must end after it begins on {on}."),
    rules.GrantNotYours: _("You can pass on only a grant of your own."),
    contact_rules.AddressMissing: _("This kind of contact needs an address or number."),
    contact_rules.NotATelephone: _("“{address}” is not a telephone number."),
    contact_rules.NotAMailAddress: _("“{address}” is not an e-mail address."),
    contact_rules.NotALink: _("“{address}” is not an address that begins with https://."),
    contact_rules.NeighbourMissing: _("Name the neighbour who passes the message on."),
    contact_rules.NotThroughHimself: _("Nobody can be his own neighbour. Choose another person."),
    contact_rules.NeighboursCircle: _(
        "The neighbours wait for each other, so nobody would be told. Choose another person."
    ),
    contact_rules.ContactTwice: _("“{address}” is named twice."),
    boundaries.LiesOutside: _("The boundary lies outside the unit above. Check the file."),
    boundaries.SwappedAxes: _(
        "Longitude and latitude are the wrong way round: swapped, the boundary would fit."
    ),
    boundaries.OtherDatum: _(
        "Read as {declared}, the boundary sticks out of the unit above; read as {fits}, it fits. "
        "Declare the datum {fits}."
    ),
    people.NumberTaken: _("Another person has the number {number}."),
    people.NeighbourUnknown: _("The neighbour is not among the people in your reach."),
    homes.BuildingCodeTaken: _("The code {code} belongs to the building {name}."),
    homes.DoorTaken: _("{name} already has a door {door}."),
    homes.DoorsRemain: _("{name} still has doors. Remove them first."),
    organisations.OrganisationHasEnded: _("{name} has been closed."),
    organisations.AlreadyMember: _("{name} is already a member of {organisation}."),
    organisations.NotAMember: _("{name} is not a member of {organisation}."),
    organisations.NotAnAlliance: _("{name} is not an alliance and cannot be joined."),
    organisations.AllianceInItself: _("{name} would become a part of itself."),
    roster_rules.ShiftHasNoLength: _("A shift must end after it has begun."),
    roster_rules.ShiftTooLong: _(
        "A shift lasts a month at most; appoint {name} to a post instead."
    ),
    roster_rules.ShiftOverlaps: _("{name} has a shift there already in a part of that time."),
    roster_rules.HoursNotUsable: _("Write hours like 22:00-07:00, “none”, or nothing."),
    accounts.UsernameTaken: _("Somebody already signs in as “{username}”. Choose another name."),
    accounts.AccountExists: _("{name} can sign in already."),
    accounts.PasswordTooWeak: _("The password is too weak. {reasons}"),
    accounts.ScopeUnknown: _("The key cannot carry “{scope}”: its owner does not have it."),
    accounts.NotYourKey: _("Only the person himself can make a key that acts for him."),
}

_OTHERS: dict[type[Refusal], Any] = {}  # of the registers above, which say them here


def declare_refusals(sentences: Mapping[type[Refusal], Any]) -> None:
    """Let an app above say its own refusals wherever those of the chain are said."""
    _OTHERS.update(sentences)


def say_border(fault: Fault, names: tuple[str, ...]) -> tuple[Any, Any]:
    """Say what is wrong with a border, and what can be done about it, as lazy strings."""
    what, remedy = BORDER_FAULTS[fault]
    return format_lazy(what, names=", ".join(names)), remedy


_NOT_IN_REACH = _("You may not do this here: {capability}.")


def say_refusal(refusal: Exception) -> Any:
    """Give the sentence for what the chain refuses, as a lazy string."""
    if isinstance(refusal, rules.GrantRefused):
        return format_lazy("{}" * len(refusal.problems), *_problems(refusal))
    if isinstance(refusal, boundaries.BoundaryNotUsable):
        return BOUNDARY_FAULTS[refusal.params["fault"]]
    if isinstance(refusal, reach.NotInReach):
        return format_lazy(_NOT_IN_REACH, capability=reach.CAPABILITIES[refusal.capability])
    sentence = REFUSALS.get(type(refusal)) or _OTHERS[type(refusal)]
    return format_lazy(sentence, **refusal.params)


def _problems(refusal: rules.GrantRefused) -> list[Any]:
    return [GRANT_PROBLEMS[problem] for problem in refusal.problems]
