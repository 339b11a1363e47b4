"""What the desk's navigation shows, in order."""

from django.utils.translation import gettext_lazy as _

from renwang.web.desk import home_page
from renwang.web.frame.navigation import Entry

NOW, SETTINGS = _("Now"), _("Settings")

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
    Entry(_("Feeds"), "desk:feeds", "feed", "node.operate", SETTINGS, "f"),
    Entry(_("Terms by colour"), "desk:terms", "clock", "alerts.see", SETTINGS, "t"),
]
