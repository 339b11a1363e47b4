"""The promises of docs/explanation/promises.md that are about what may be recorded at all."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.urls import URLPattern, URLResolver, get_resolver

ROOT = Path(__file__).parents[2]
OURS = [model for model in apps.get_models() if model.__module__.startswith("renwang.")]

SCORES = re.compile(
    r"score|rating|rank_of|credit|points|profile|risk_level|trust|reputation|behaviou?r"
)
BELIEFS = re.compile(
    r"politic|religio|faith|belief|opinion|attitude|ideolog|ethnic|nationality|petition|sexual"
)
FOLLOWING = re.compile(
    r"\bface|facial|fingerprint|biometric|imei|imsi|mac_address|device_id|track|movement|footprint_of"
    r"|last_seen|location_of|chat|post_text|social_media|wechat_id|id_card|identity_number"
)


def fields(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{model.__name__}.{field.name}"
        for model in OURS
        for field in model._meta.get_fields()
        if pattern.search(field.name)
    ]


def test_no_record_scores_or_profiles_a_person():
    assert fields(SCORES) == []


def test_no_record_asks_what_a_person_believes():
    assert fields(BELIEFS) == []


def test_membership_of_a_party_is_no_field_of_a_person():
    person = apps.get_model("chain", "Person")
    named = [field.name for field in person._meta.get_fields()]
    assert [name for name in named if re.search(r"party|member_of|affiliation", name)] == []


def test_a_household_is_a_door_and_a_head_count():
    household = apps.get_model("chain", "Household")
    own = {field.name for field in household._meta.get_fields() if not field.auto_created}
    assert own == {"id", "building", "unit", "path", "door", "storey", "heads"}


def test_no_record_follows_a_person():
    assert fields(FOLLOWING) == []


def routes(resolver: URLResolver, prefix: str = ""):
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, prefix + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            yield prefix + str(pattern.pattern)


def test_addresses_of_pages_name_nobody():
    """A page of a person or a door is addressed by a random id, never by name, number or telephone."""
    named = [
        route
        for route in routes(get_resolver())
        if re.search(r"<(?:str:|slug:)?(?:name|phone|telephone|door|address|number)>", route)
    ]
    assert named == []


@pytest.mark.parametrize("page", ["promises.md", "zh/promises.md"])
def test_every_promise_is_kept_by_a_test_that_exists(page):
    text = (ROOT / "docs/explanation" / page).read_text(encoding="utf-8")
    named = re.findall(r"`(tests/[^`:]+)(?:::(\w+))?`", text)
    assert named
    for path, function in named:
        file = ROOT / path
        assert file.exists(), f"{page} names {path}, which does not exist"
        if function:
            assert f"def {function}(" in file.read_text(encoding="utf-8"), f"{path}::{function}"
