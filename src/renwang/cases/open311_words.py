"""Open311 in the language of the moment: its services, and why something is refused."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from renwang.cases import config
from renwang.cases.open311 import (
    DESCRIPTION_AT_MOST,
    Attribute,
    Datatype,
    Fault,
    Open311Refused,
    Service,
)

SENTENCES: Mapping[Fault, Any] = {
    Fault.JURISDICTION_MISSING: _(
        "This node answers for several places: say which by jurisdiction_id."
    ),
    Fault.JURISDICTION_UNKNOWN: _("No place here has the jurisdiction_id {about}."),
    Fault.SERVICE_MISSING: _("service_code is missing."),
    Fault.SERVICE_UNKNOWN: _("No service has the code {about}."),
    Fault.REQUEST_UNKNOWN: _("No request has the number {about}, or it may not be seen yet."),
    Fault.TOKEN_UNKNOWN: _("No request has this token."),
    Fault.KEY_MISSING: _("api_key is missing. Ask this office for one."),
    Fault.KEY_REFUSED: _("This api_key does not hold, or not for this place."),
    Fault.LOCATION_MISSING: _("Say where it is: lat and long, address_string or address_id."),
    Fault.LOCATION_WRONG: _("lat and long are degrees (WGS-84) and are sent together: {about}"),
    Fault.LOCATION_OUTSIDE: _(
        "This position lies outside the places that this office answers for."
    ),
    Fault.ADDRESS_UNKNOWN: _("Nothing here has the address_id {about}."),
    Fault.ATTRIBUTE_MISSING: _("The attribute {about} has to be answered."),
    Fault.ATTRIBUTE_WRONG: _("The attribute {about} was not asked, or this cannot be its answer."),
    Fault.DESCRIPTION_TOO_LONG: _("A description has at most {most} characters."),
    Fault.UPDATE_MISSING: _("An update has an update_id of your own and a description."),
    Fault.UPDATE_TOO_LONG: _("An update has at most 2000 characters."),
    Fault.DATE_WRONG: _("This is no moment with its zone, such as 2026-07-01T00:00:00Z: {about}"),
    Fault.SPAN_TOO_LONG: _("start_date and end_date may lie at most 90 days apart."),
    Fault.STATUS_UNKNOWN: _("status is open or closed, not {about}."),
    Fault.PAGE_WRONG: _(
        "page and page_size are whole numbers from 1, page_size at most 1000: {about}"
    ),
    Fault.METHOD_WRONG: _("This address is not asked in that way."),
}


def say(refused: Open311Refused) -> str:
    """Say to a person why something was refused."""
    sentence = str(SENTENCES[refused.fault])
    return sentence.format(about=refused.about, most=DESCRIPTION_AT_MOST)


def services() -> dict[str, Service]:
    """Return the kinds of case as services, with what is asked about each; one small read."""
    language = get_language() or "en"
    kinds = config.kinds()
    asked = config.shipped("open311")["attributes"]
    return {
        kind.key: Service(
            kind.key,
            kind.name(language),
            kinds[kind.parent].name(language) if kind.parent else "",
            tuple(_attribute(one, language) for one in asked.get(kind.key, ())),
        )
        for kind in kinds.values()
    }


def _attribute(said: Mapping[str, Any], language: str) -> Attribute:
    def named(names: Mapping[str, str]) -> str:
        return names.get(language.partition("-")[0]) or names["en"]

    return Attribute(
        said["code"],
        Datatype(said["datatype"]),
        named(said["names"]),
        bool(said.get("required")),
        tuple((key, named(names)) for key, names in said.get("choices", ())),
    )
