"""What the desk's navigation shows, in order."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from renwang.web.desk import home_page
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
    Entry(_("Rehearsals"), "desk:rehearsals", "flag", "alerts.see", NOW, "r"),
    Entry(
        _("Roll-calls"), "desk:rollcalls", "check-double", "people.see", NOW, "c", also="/desk/reachable/"
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
    Entry(_("Organisations"), "desk:organisations", "org", "chain.see", PLACE, "o"),
    Entry(_("Buildings"), "desk:buildings", "building", "homes.see", PLACE, "b"),
    Entry(_("Journal"), "desk:journal", "journal", "journal.read", RECORDS, "j"),
    Entry(_("Import"), "desk:imports", "import", "imports.run", RECORDS, "i"),
    Entry(_("Grants"), "desk:grants", "key", group=RECORDS, key="g"),
    Entry(_("Feeds"), "desk:feeds", "feed", "node.operate", SETTINGS, "f"),
    Entry(_("Terms by colour"), "desk:terms", "clock", "alerts.see", SETTINGS, "t"),
    Entry(_("State of the node"), "desk:status", "chart", "node.operate", SETTINGS, "s"),
]
