"""The facts that the procedures list records."""

from django.utils.translation import gettext_lazy as _

from renwang.base import journal

journal.declare(
    {
        "procedures.drafted": _("{actor} drafted edition {number} of the procedure {subject}"),
        "procedures.edited": _("{actor} changed the draft of the procedure {subject}"),
        "procedures.proposed": _("{actor} proposed edition {number} of the procedure {subject}"),
        "procedures.returned": _("{actor} handed back the procedure {subject}: {reason}"),
        "procedures.approved": _(
            "{actor} approved edition {number} of the procedure {subject}; it is in force"
        ),
        "procedures.taken_over": _("{actor} took over the procedure {subject} from {document}"),
        "procedures.discarded": _("{actor} discarded the draft of the procedure {subject}"),
        "procedures.withdrawn": _("{actor} withdrew the procedure {subject}: {reason}"),
        "procedures.acknowledged": _(
            "{actor} has read edition {number} of the procedure {subject}"
        ),
        "procedures.reviewed": _("{actor} reviewed the procedure {subject}: {words}"),
        "procedures.imported": _("{actor} brought in {created} procedures and changed {changed}"),
        "procedures.moved": _("{count} procedures followed their places to where these lie now"),
        "procedures.run_started": _("{actor} started the run {subject} of {procedure}"),
        "procedures.step_ticked": _("{actor} ticked step {number} of the run {subject}: {how}"),
        "procedures.tick_beside": _(
            "{actor} said of step {number} of the run {subject} what was ticked already"
        ),
        "procedures.tick_taken_back": _(
            "{actor} took back the tick of step {number} of the run {subject}: {words}"
        ),
        "procedures.run_remarked": _("{actor} remarked on the run {subject}: {words}"),
        "procedures.run_handed_over": _("{actor} handed the run {subject} to {to}"),
        "procedures.run_broken_off": _("{actor} broke off the run {subject}: {words}"),
        "procedures.run_resumed": _("{actor} took up the run {subject} again"),
        "procedures.sheet_entered": _("{actor} typed in a paper sheet of the run {subject}"),
        "procedures.run_ended": _("{actor} ended the run {subject}: {outcome}"),
    }
)
