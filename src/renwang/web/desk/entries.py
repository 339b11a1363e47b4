"""What the desk's navigation shows, in order."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from renwang.web.desk import bulletins, drafts, home_page, proposals, questions, signals
from renwang.web.frame.navigation import Entry

NOW, PLACE, RECORDS, SETTINGS = _("Now"), _("Place and people"), _("Records"), _("Settings")

ENTRIES = [
    Entry(_("Overview"), "desk:home", "home", group=NOW, key="h"),
    Entry(
        _("Warnings"),
        "desk:alerts",
        "bell",
        "alerts.see",
        NOW,
        "w",
        home_page.count_waiting,
        also="/desk/relays/",
    ),
    Entry(
        pgettext_lazy("what is being written", "Drafts"),
        "desk:drafts",
        "edit",
        "alerts.compose",
        NOW,
        "d",
        drafts.count_drafts,
    ),
    Entry(
        _("Bulletins"),
        "desk:bulletins",
        "message",
        "bulletins.see",
        NOW,
        "n",
        bulletins.count_waiting,
    ),
    Entry(
        _("Questions"), "desk:questions", "help", "bulletins.see", NOW, "q", questions.count_waiting
    ),
    Entry(
        _("Signals"),
        "desk:signals",
        "feed",
        "signals.see",
        NOW,
        "v",
        signals.count_waiting,
        also="/desk/matters/",
    ),
    Entry(
        _("Proposals"),
        "desk:proposals",
        "warning",
        "signals.see",
        NOW,
        "z",
        proposals.count_waiting,
    ),
    Entry(_("Rehearsals"), "desk:rehearsals", "flag", "alerts.see", NOW, "r"),
    Entry(
        _("Roll-calls"),
        "desk:rollcalls",
        "check-double",
        "people.see",
        NOW,
        "c",
        also="/desk/reachable/",
    ),
    Entry(_("Units"), "desk:units", "tree", "chain.see", PLACE, "u"),
    Entry(
        pgettext_lazy("the posts themselves", "Posts"),
        "desk:posts",
        "person",
        "chain.see",
        PLACE,
        "p",
    ),
    Entry(_("People"), "desk:people", "people", "people.see", PLACE, "e"),
    Entry(_("Duty roster"), "desk:roster", "calendar", "people.see", PLACE, "3"),
    Entry(_("Organisations"), "desk:organisations", "org", "chain.see", PLACE, "o"),
    Entry(_("Buildings"), "desk:buildings", "building", "homes.see", PLACE, "b"),
    Entry(_("Delay and fidelity"), "desk:delays", "chart", "alerts.see", RECORDS, "y"),
    Entry(_("Journal"), "desk:journal", "journal", "journal.read", RECORDS, "j"),
    Entry(_("Import"), "desk:imports", "import", "imports.run", RECORDS, "i"),
    Entry(_("Grants"), "desk:grants", "key", group=RECORDS, key="g"),
    Entry(_("Sensors"), "desk:sensors", "chart", "signals.see", SETTINGS, "1"),
    Entry(_("Triggers"), "desk:triggers", "clock", "signals.see", SETTINGS, "2"),
    Entry(
        _("Feeds"),
        "desk:feeds",
        "feed",
        "node.operate",
        SETTINGS,
        "f",
        also="/desk/settings/nodes/",
    ),
    Entry(_("Wordings"), "desk:wordings", "message", "alerts.compose", SETTINGS, "l"),
    Entry(_("Public pages"), "desk:place_infos", "home", "bulletins.write", SETTINGS, "x"),
    Entry(_("Terms by colour"), "desk:terms", "clock", "alerts.see", SETTINGS, "t"),
    Entry(_("State of the node"), "desk:status", "chart", "node.operate", SETTINGS, "s"),
]
