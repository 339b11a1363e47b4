"""The sentences for what the list of facilities refuses, in the language of the moment."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from renwang.chain.rules import Refusal
from renwang.chain.words import declare_refusals
from renwang.registers.facilities import (
    imports,
    room_imports,
    rules,
    stock_imports,
    stock_rules,
)
from renwang.registers.facilities.services import stocking

REFUSALS: Mapping[type[Refusal], Any] = {
    rules.NotNow: _("As the facility stands now, this cannot be done to it."),
    rules.ReasonMissing: _("Say why, in words."),
    rules.ReturnMissing: _("Say until when it will be out of use."),
    rules.DayRefused: _("Give a day from today on, within two years."),
    rules.DefectsOpen: _("Something grave is still broken ({number}). Have it mended first."),
    rules.NotUsable: _("It cannot be used now, so it cannot be opened."),
    rules.NotForPeople: _("It takes nobody in, so there is nothing to open."),
    rules.OpenAlready: _("It is open for people already."),
    rules.NotOpen: _("It is not open for people."),
    rules.InspectedInTheFuture: _("It cannot have been inspected in the future. Check the day."),
    rules.DefectOver: _("As the defect stands now, this cannot be done to it."),
    rules.NameMissing: _("Say what it is called."),
    rules.KindUnknown: _("“{kind}” is no kind of facility that this node knows."),
    rules.TierUnknown: _("A service centre belongs to one of the tiers; nothing else does."),
    rules.FigureRefused: _("“{ask}” is not asked of this kind, or the number is none."),
    rules.HoursRefused: _("Write hours like 09:00-17:30, “always” or “none”."),
    stock_rules.QuantityRefused: _("“{quantity}” is no quantity that can be."),
    stock_rules.CountedInTheFuture: _("It cannot have been counted in the future. Check the day."),
    stocking.LotTwice: _(
        "“{thing}” with this lot and this day stands there already. Count that one."
    ),
    stock_imports.KeeperUnknown: _("There is no facility “{name}” in this place."),
    room_imports.CentreUnknown: _("There is no service centre “{name}” in this place."),
    room_imports.UseUnknown: _("“{use}” is no use of a room, or no role, that this node knows."),
    imports.PostNotFound: _("No post in or above this place is called “{post}”, or several are."),
    imports.StateUnknown: _("“{state}” is no state of a facility."),
}
declare_refusals(REFUSALS)
