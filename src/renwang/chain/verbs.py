"""What can happen to the chain, each with the sentence a reader of the journal sees."""

from django.utils.translation import gettext_lazy as _

from renwang.base import journal

DIVISION = (
    "chain.unit_moved",
    "chain.unit_split",
    "chain.units_merged",
    "chain.regrouped",
    "chain.imported",
)
"""After one of these, what lies at a place may lie on another path: whoever keeps paths follows them."""

journal.declare(
    {
        "chain.unit_created": _("{actor} founded {name}"),
        "chain.unit_renamed": _("{actor} renamed {before} to {name}"),
        "chain.boundary_set": _("{actor} drew the boundary of {name}"),
        "chain.headcount_set": _(
            "{actor} declared {households} households and {residents} residents for {name}"
        ),
        "chain.unit_closed": _("{actor} closed {name}"),
        "chain.unit_moved": _("{actor} moved {name} to {parent}"),
        "chain.unit_split": _("{actor} split {name}"),
        "chain.regrouped": _("{actor} moved {pieces} parts of {name} between its grids"),
        "chain.units_merged": _("{actor} merged units into {name}"),
        "chain.post_created": _("{actor} created the post {title} in {unit}"),
        "chain.post_closed": _("{actor} closed the post {title}"),
        "chain.holder_appointed": _("{actor} appointed {person} to the post {title}"),
        "chain.deputy_appointed": _("{actor} appointed {person} deputy for the post {title}"),
        "chain.deputies_reordered": _("{actor} changed the order of the deputies for {title}"),
        "chain.post_vacated": _("{person} left the post {title}"),
        "chain.person_registered": _("{actor} registered {subject}"),
        "chain.person_changed": _("{actor} changed what is known of {subject}"),
        "chain.contacts_set": _("{actor} set how {subject} is reached"),
        "chain.person_deactivated": _("{actor} recorded that {subject} has left"),
        "chain.organisation_created": _("{actor} entered the organisation {name}"),
        "chain.organisation_changed": _("{actor} changed the organisation {name}"),
        "chain.organisation_closed": _("{actor} closed the organisation {name}"),
        "chain.member_added": _("{person} became a member of {name}"),
        "chain.member_removed": _("{person} is no longer a member of {name}"),
        "chain.alliance_joined": _("{member} joined the alliance {name}"),
        "chain.alliance_left": _("{member} left the alliance {name}"),
        "chain.shift_entered": _("{actor} put {person} on duty for {unit}"),
        "chain.shift_struck": _("{actor} struck the duty of {person} for {unit}"),
        "chain.quiet_hours_set": _("{actor} set the quiet hours of {subject}"),
        "chain.building_added": _("{actor} added the building {name}"),
        "chain.building_changed": _("{actor} changed the building {name}"),
        "chain.building_removed": _("{actor} took the building {name} off the books"),
        "chain.household_added": _("{actor} added a door to {name}"),
        "chain.household_changed": _("{actor} changed a door of {name}"),
        "chain.household_removed": _("{actor} took a door of {name} off the books"),
        "chain.account_opened": _("{actor} opened a sign-in for {person}"),
        "chain.account_closed": _("{actor} closed the sign-in of {person}"),
        "chain.sessions_ended": _("{actor} signed {person} out everywhere"),
        "chain.password_set": _("{actor} set a new password for {person}"),
        "chain.token_issued": _("{actor} issued a key for {person}: {label}"),
        "chain.token_ended": _("{actor} ended a key of {person}: {label}"),
        "chain.grant_given": _("{actor} granted {bundle} in {unit} to {person}"),
        "chain.grant_taken_back": _("{actor} took {bundle} back from {person}"),
        "chain.imported": _(
            "{actor} imported {kind}: {created} new, {updated} changed, {unchanged} as they were"
        ),
        "chain.place_invented": _(
            "{actor} set up the invented place {subject} with {households} households"
        ),
    }
)
