"""The facts that the care list records: the entry's number and its place, never a name and never a need."""

from django.utils.translation import gettext_lazy as _

from renwang.base import journal

journal.declare(
    {
        "care.entered": _("{actor} entered {subject} on the care list, with consent"),
        "care.brought_in": _(
            "{actor} brought a table into the care list: {created} new, {updated} changed"
        ),
        "care.changed": _("{actor} changed the care entry {subject}"),
        "care.moved": _("{actor} gave the care entry {subject} another door"),
        "care.confirmed": _("{actor} made sure that the care entry {subject} still holds"),
        "care.consent_renewed": _("The consent for {subject} was given again"),
        "care.code_renewed": _("{actor} handed out a new private code for {subject}"),
        "care.seen": _("{actor} looked into the care entry {subject} ({why})"),
        "care.withdrawn": _("The consent for {subject} was withdrawn; the entry is forgotten"),
        "care.lapsed": _("The consent for {subject} ended long ago; the entry is forgotten"),
        "care.opened": _("{actor} opened the care list in an emergency, until {until}"),
        "care.closed": _("{actor} closed the care list again"),
        "care.paired": _("{actor} paired {person} with the care entry {subject}"),
        "care.unpaired": _("{actor} ended the pairing of {person} with the care entry {subject}"),
        "care.visited": _("{actor} knocked for {subject}: {outcome}"),
        "care.visit_missed": _("A visit for {subject} is late; it hangs on: {on}"),
        "care.want_settled": _("{actor} settled what {subject} needed"),
        "care.paper_printed": _("{actor} printed the care list {subject} with {number} doors"),
        "care.paper_accounted": _("{actor} accounted for the care list {subject}: {state}"),
        "care.paper_recalled": _("Somebody on the care list {subject} is forgotten: take it back"),
        "care.round_started": _("A warning made the check round {subject}: {doors} doors"),
        "care.round_joined": _("{doors} doors joined the check round {subject}"),
        "care.round_seen": _("{actor} looked at the order of the check round {subject}"),
        "care.door_given": _("{actor} sent {person} to {doors} doors of the round {subject}"),
        "care.door_done": _("{actor} knocked in the round {subject}: {outcome}"),
        "care.round_ended": _("The check round {subject} ended: {answered} of {doors} doors"),
        "care.keys_rotated": _("{actor} made a new key for the care list"),
        "care.keys_dropped": _("{actor} destroyed {number} old keys of the care list"),
    }
)
