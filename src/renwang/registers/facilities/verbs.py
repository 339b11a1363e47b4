"""The facts that the list of facilities records."""

from django.utils.translation import gettext_lazy as _

from renwang.base import journal

journal.declare(
    {
        "facilities.entered": _("{actor} put the facility {subject} on the list: {name}"),
        "facilities.changed": _("{actor} changed what is known of the facility {subject}"),
        "facilities.room_kept": _("{actor} wrote the room {room} of {subject}"),
        "facilities.room_struck": _("{actor} struck the room {room} of {subject}"),
        "facilities.stock_kept": _("{actor} wrote down stock of {subject}: {thing}"),
        "facilities.stock_counted": _("{actor} counted stock of {subject}: {thing}, {quantity}"),
        "facilities.stock_struck": _("{actor} struck stock of {subject} off: {thing}"),
        "facilities.stock_imported": _("{actor} brought in the stock of {subject}"),
        "facilities.state_changed": _("{actor} said where {subject} stands: {state} ({reason})"),
        "facilities.opened": _("{actor} opened {subject} for people: {reason}"),
        "facilities.shut": _("{actor} shut {subject} again: {reason}"),
        "facilities.inspected": _("{actor} inspected {subject}: {verdict}"),
        "facilities.photographed": _("{actor} added a photograph to the facility {subject}"),
        "facilities.photo_removed": _(
            "{actor} removed a photograph of the facility {subject}: {reason}"
        ),
        "facilities.defect_found": _("{actor} found something broken at {subject}: {words}"),
        "facilities.defect_assigned": _("{actor} gave the mending of {subject} to {post}"),
        "facilities.defect_joined": _("{actor} put a defect of {subject} on the risk list: {risk}"),
        "facilities.defect_mended": _("{actor} mended at {subject}: {evidence}"),
        "facilities.defect_dropped": _("{actor} gave up a defect of {subject}: {reason}"),
        "facilities.defect_reopened": _("{actor} found a defect of {subject} there again: {words}"),
        "facilities.called": _(
            "{inspections} inspections and {defects} defects are late; people were called"
        ),
    }
)
