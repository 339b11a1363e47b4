"""Every form of the field door works without a network, or says here why it cannot (docs/decisions/0015)."""

import re

import pytest
from django.urls import get_resolver
from tests.house.sources import PACKAGE

from renwang.response.fieldwork.overwriting import GUARDS
from renwang.web.field.deeds import FORMS

TEMPLATES = PACKAGE / "web" / "field" / "templates" / "field"
_FORM = re.compile(r"<form\b[^>]*\bmethod=\"post\"(?:[^>%]|%[^>]*?%\}|\{%.*?%\})*>")
_ACTION = re.compile(r"action=\"\{% url \"field:(\w+)\"")

OWN_PAGE = {
    "case_report.html": "case_report",
    "case_answer.html": "case_answer",
    "report.html": "report",
    "risk_report.html": "risk_report",
    "facility.html": "facility",
    "looked.html": "looked",
}
"""Forms that are sent to the address of the page they stand on."""

NEEDS_A_NETWORK = {
    "door_open": "opening a seal is recorded at that moment, and what is under it is kept on no phone",
    "mediation_open": "what was told in confidence is kept on no phone, and reading it is recorded",
    "mediation_tell": "what is told in confidence is kept on no phone",
    "mediation_agreement": "an agreement is read and recorded at that moment",
    "phone_lost": "it has to take effect at once, and from another phone",
    "looked": "for the person himself, with his code and without signing in",
    "looked_withdraw": "for the person himself, with his code and without signing in",
}
ONLY_ANSWERS = {
    "case_answer.html": "the advice that it shows is the node's answer; a deed gets it as `again`",
}


def forms():
    for path in sorted(TEMPLATES.glob("*.html")):
        for form in _FORM.findall(path.read_text(encoding="utf-8")):
            action = _ACTION.search(form)
            yield path.name, (action[1] if action else OWN_PAGE.get(path.name)), form


def test_every_form_works_without_a_network_or_says_why_not():
    assert len(list(forms())) > 30
    for page, name, form in forms():
        assert name, f"{page}: say in OWN_PAGE where this form is sent: {form}"
        if page in ONLY_ANSWERS:
            continue
        assert ("data-deed" in form) != (name in NEEDS_A_NETWORK), (
            f"{page}: mark the form with data-deed, or say in NEEDS_A_NETWORK why it cannot: {form}"
        )


def test_what_a_phone_may_send_later_the_node_plays():
    marked = {name for _page, name, form in forms() if "data-deed" in form}
    assert marked <= FORMS, "name these in web/field/deeds.py"
    assert not FORMS & set(NEEDS_A_NETWORK)


@pytest.mark.parametrize("name", sorted(FORMS))
def test_each_of_them_is_an_address_that_takes_a_form(name):
    known = {
        key for key in get_resolver("renwang.web.field.urls").reverse_dict if isinstance(key, str)
    }
    assert name in known


def test_whatever_is_guarded_is_a_form_that_may_be_sent_later():
    assert set(GUARDS) <= FORMS
