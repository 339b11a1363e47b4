"""The sentences for what the duties list refuses, in the language of the moment."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from renwang.chain.rules import Refusal
from renwang.chain.words import declare_refusals
from renwang.registers.duties import naming_rules, rules

REFUSALS: Mapping[type[Refusal], Any] = {
    rules.DutyNotNow: _("This is not possible any more: the duty has moved on. Look at it again."),
    rules.OwnDuty: _("You wrote a part of it yourself. Let somebody else read and approve it."),
    rules.HazardMissing: _("Say against which hazard."),
    rules.LeaderMissing: _("Name the post that leads."),
    rules.LeaderEnded: _("The post that leads has been closed. Choose another one."),
    rules.TaskMissing: _("Say what the leader answers for."),
    rules.DutyTooLong: _("A text is too long: {limit} characters at most. Say less."),
    rules.HelperTwice: _("A helper is named twice, or is the leader. Name each once."),
    rules.HelperUnclear: _("A helper is either a post or an organisation."),
    rules.EndsTooEarly: _("It must end after it begins on {on}."),
    rules.OverAlready: _("Its last day is over. Give a later one."),
    rules.SecondLeader: _(
        "{ref} already holds there for this hazard and phase, led by: {leader}. "
        "Two cannot lead: write its successor, or end it first."
    ),
    rules.SupersededAlready: _(
        "Another duty has taken its place. Write the successor of that one."
    ),
    rules.WhyMissing: _("Say why."),
    rules.NotNamedThere: _(
        "Those whom the duty names say what they think of it, and those who keep the list."
    ),
    rules.ObjectionSettled: _("This objection has been answered already."),
    rules.DocumentMissing: _(
        "Name the law, document or agreement by which it holds already; without one it has to be "
        "approved here."
    ),
    naming_rules.PostUnknown: _(
        "No post in your reach is called “{post}”. Write the place before it, with a slash."
    ),
    naming_rules.PostAmbiguous: _(
        "Several posts are called “{post}”. Write the place or organisation before it, with a slash."
    ),
    naming_rules.HelperUnknown: _("No organisation and no post in your reach is called “{name}”."),
    naming_rules.EndedRow: _("What has ended is not brought in or changed by a table."),
}

declare_refusals(REFUSALS)
