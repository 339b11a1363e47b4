"""The words that scripts on the page say, in the language of the page."""

from functools import cache
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from renwang.web.frame.moments import span_words


def script_words() -> dict[str, Any]:
    """Return every sentence a script may show; base.html carries them as JSON."""
    return _script_words(get_language() or "")


@cache
def _script_words(language: str) -> dict[str, Any]:
    return {
        "spans": span_words(),
        "cancel": _("Cancel"),
        "confirm": _("Yes, go on"),
        "close": _("Close"),
        "copied": _("Copied"),
        "not_copied": _("Could not be copied. Select the text and copy it yourself."),
        "live": _("Live"),
        "paused": _("Paused"),
        "offline": _("No connection. What you see is from {time}; the page goes on by itself."),
        "trouble": _("The server could not do this. Nothing was changed; please try again."),
        "refused": _("You may not do this here."),
        "shortcuts": _("Keyboard shortcuts"),
        "shortcut_search": _("Go to search"),
        "shortcut_help": _("Show this list"),
        "shortcut_rows": _("Next and previous row"),
        "shortcut_open": _("Open the row"),
        "shortcut_go": _("Go to {place}"),
        "files_chosen": _("Chosen: {names}"),
        "signing_out": _(
            "Not sent yet, or refused: {n}. If you sign out now, this phone forgets what you did there. Sign out?"
        ),
        "map_refused": _("The map cannot be drawn here. The table beside it says the same."),
        "map_area": _("Map. The table beside it says the same."),
        "map_in": _("Nearer"),
        "map_out": _("Farther"),
        "map_all": _("Show everything"),
        "draw_polygon": _("Draw a polygon"),
        "draw_circle": _("Draw a circle"),
        "draw_clear": _("Clear what is drawn"),
        "edit_before": _("Point before"),
        "edit_next": _("Next point"),
        "edit_remove": _("Take the point away"),
        "edit_undo": _("Undo"),
        "edit_ring": _(
            "Drag a point, or a small one between two to add it. On the keyboard: , and . choose a point, "
            "Shift and arrows move it, Delete takes it away, Ctrl+Z undoes."
        ),
        "edit_line": _(
            "Click from border to border; drag a point to move it. On the keyboard: , and . choose a point, "
            "Shift and arrows move it, Delete takes it away, Ctrl+Z undoes."
        ),
        "chart_refused": _("The chart cannot be drawn here. The table below says the same."),
        "key_refused": _(
            "No key answered: it was not there, nobody touched it in time, or it is not the one set up here."
            " Try again, or use a code."
        ),
        "key_known": _("This key is set up already."),
        "key_unsafe": _(
            "The browser uses keys only where the node is opened by https and under its name."
            " Ask the operator, or use a code."
        ),
        "key_unable": _("This browser cannot use a key here. Use a code."),
        "key_trouble": _("The key could not be used. Try again, or use a code."),
    }
