"""The facts that signals record."""

from django.utils.translation import gettext_lazy as _

from renwang.base import journal

journal.declare(
    {
        "signals.received": _("{actor} brought in the signal {subject}: {words}"),
        "signals.annotated": _("{actor} wrote a note beside the signal {subject}: {words}"),
        "signals.matter_opened": _("{actor} opened the matter {subject}: {title}"),
        "signals.linked": _("{actor} linked the signals {signals} in the matter {subject}"),
        "signals.unlinked": _("{actor} took the signal {subject} out of the matter {matter}"),
        "signals.matters_merged": _("{actor} merged the matter {subject} into {into}"),
        "signals.matter_unmerged": _("{actor} took the matter {subject} out of {out_of} again"),
        "signals.assessed": _("{actor} assessed the matter {subject}: {nature}"),
        "signals.warning_asked": _(
            "{actor} asked for a warning about the matter {subject}: {reason}"
        ),
        "signals.put_aside": _("{actor} put the signal {subject} aside: {reason}"),
        "signals.reopened": _("{actor} opened the signal {subject} again"),
        "signals.met": _("The warning {warning} says what the signal {subject} said"),
        "signals.referred": _("{actor} referred the matter {matter} to {to}, answer due {due_at}"),
        "signals.referral_climbed": _("{silent} did not answer {subject} in time; it went to {to}"),
        "signals.answered": _("{actor} answered the referral {subject}: {answer}"),
        "signals.referral_withdrawn": _("{actor} took the referral {subject} back: {reason}"),
        "signals.sensor_added": _("{actor} set up the sensor {name}"),
        "signals.sensor_changed": _("{actor} changed the sensor {name}"),
        "signals.sensor_in_use": _("{actor} took the sensor {subject} into use"),
        "signals.sensor_out_of_use": _("{actor} took the sensor {subject} out of use: {reason}"),
        "signals.series_added": _("{actor} let the sensor {subject} measure {quantity}"),
        "signals.series_changed": _("{actor} changed the series {key}"),
        "signals.readings_taken": _("{actor} handed in {stored} readings in the hour from {hour}"),
        "signals.readings_dropped": _("{dropped} readings from before {before} were dropped"),
        "signals.fault_opened": _("Something is wrong with {sensor} ({key}): {kind}"),
        "signals.fault_closed": _("{sensor} ({key}) is well again: {kind}"),
        "signals.trigger_added": _("{actor} wrote the trigger {name}"),
        "signals.trigger_changed": _("{actor} changed the trigger {subject}: {note}"),
        "signals.trigger_on": _("{actor} switched the trigger {subject} on"),
        "signals.trigger_off": _("{actor} switched the trigger {subject} off: {reason}"),
        "signals.watch_added": _("{actor} let the trigger {subject} watch {label}"),
        "signals.watch_ended": _("{actor} let the trigger {subject} no longer watch {label}"),
        "signals.proposed": _("{sentence}"),
        "signals.eased": _("The readings fell below what {subject} proposed ({trigger})"),
        "signals.proposal_decided": _("{actor} decided about the proposal {subject}: {reason}"),
    }
)
