"""What departments' grids refuse and find, in words."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from renwang.chain.rules import Refusal
from renwang.chain.words import declare_refusals
from renwang.registers.claims import imports, merging_rules, proposing, services, worker_imports
from renwang.registers.claims.comparing_rules import Finding
from renwang.registers.claims.merging_rules import Measured, Why

REFUSALS: Mapping[type[Refusal], Any] = {
    imports.NothingClaimed: _("Draw the grid, or list its buildings or doors."),
    worker_imports.ClaimUnknown: _(
        "{department} has no grid {number} in your reach. Import its grids first."
    ),
    proposing.NothingToMerge: _("No department claims a grid in {name}. Import their grids first."),
    proposing.NoGridLevel: _("{name} is not a place that is divided into grids."),
    services.ChangedMeanwhile: _("{name} has changed in the meantime. Look again, then decide."),
    merging_rules.LooksAfterTwo: _(
        "{name} would look after two grids. Choose another one for {grid}."
    ),
    merging_rules.StandsInForHimself: _("{name} is named twice for {grid}."),
}
declare_refusals(REFUSALS)

FINDINGS: Mapping[Finding, tuple[Any, str]] = {
    Finding.GAP: (_("In no grid"), "bad"),
    Finding.OVERLAP: (_("In two grids of one department"), "bad"),
    Finding.OUTSIDE: (_("Reaches out of its place"), "attention"),
    Finding.EMPTY: (_("Nothing in it"), "attention"),
    Finding.NO_WORKER: (_("Nobody on the roster"), "attention"),
    Finding.TWO_WORKERS: (_("Several workers, none standing in"), "attention"),
    Finding.ON_TWO_ROSTERS: (_("One person on several rosters"), "info"),
    Finding.IN_TWO_GRIDS: (_("One person in several grids"), "attention"),
    Finding.SAME_NAME: (_("Same name, other telephone: perhaps one person"), "attention"),
    Finding.SAME_PLACE: (_("The same place under several numbers"), "info"),
    Finding.KNOWN: (_("In the chain already"), "good"),
}
"""What a finding is called, and its tone."""

WHYS: Mapping[Why, Any] = {
    Why.STAYS: _("holds the post already"),
    Why.KNOWS_MOST: _("looks after most of its households today"),
    Why.STANDS_IN: _("stands in already"),
    Why.KNOWS_SOME: _("looks after some of its households today"),
}

MEASURES: Mapping[Measured, Any] = {
    Measured.HOUSEHOLDS: _("by households"),
    Measured.BUILDINGS: _("by buildings"),
    Measured.AREA: _("by area"),
}
