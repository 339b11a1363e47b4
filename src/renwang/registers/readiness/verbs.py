"""The facts that the readiness check records."""

from django.utils.translation import gettext_lazy as _

from renwang.base import journal

journal.declare(
    {
        "readiness.looked": _(
            "Everything was looked at for readiness: {places} places, {appeared} new holes, {gone} gone"
        ),
        "readiness.changed": _("After a change {appeared} holes appeared and {gone} are gone"),
        "readiness.menders_asked": _("{places} places were asked to mend grave holes"),
        "readiness.waived": _("{actor} let a hole stand until {until}: {reason}"),
        "readiness.waiver_ended": _("{actor} took back that a hole may stand"),
        "readiness.own_written": _("{actor} wrote the own check {subject}: {name}"),
        "readiness.own_ended": _("{actor} ended the own check {subject}"),
    }
)
