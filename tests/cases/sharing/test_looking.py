"""What is seen and done through an agreement: nothing beyond it, every look kept, never who brought a case."""

import pytest

from renwang.base.models import Entry
from renwang.cases import services as cases
from renwang.cases.models import Case, Photo
from renwang.cases.rules import WordsMissing
from renwang.cases.selectors import case_of, visible_to
from renwang.cases.sharing import services
from renwang.cases.sharing.models import Look
from renwang.cases.sharing.rules import ConsentMissing, Mode, NotShared, OnlyToRead, Part
from renwang.cases.sharing.selectors import (
    cases_of,
    overseers,
    shared_case,
    shared_photo,
    through,
)
from renwang.chain.models import Membership, Organisation
from renwang.chain.reach import NotInReach
from tests import make
from tests.cases.conftest import TODAY, answered, brought
from tests.cases.sharing.conftest import DAY


def seen(deal, case, by=None, day=TODAY):
    return shared_case(by or deal.taker, case.ref, day)


# --- nothing beyond it ------------------------------------------------------------


def test_without_an_agreement_nobody_sees_sideways(deal):
    case = deal.case()
    assert seen(deal, case) is None
    deal.propose()
    assert seen(deal, case) is None, "one side's yes is none"


def test_only_kinds_place_and_days_that_were_agreed(deal, cast):
    deal.concluded(place=cast.grid)
    case, other = deal.case(), deal.case(kind="noise")
    elsewhere = brought(cast, "路面塌了。", kind="road", unit=cast.neighbour_community)
    assert seen(deal, case).case == case
    assert seen(deal, other) is None and seen(deal, elsewhere) is None
    assert seen(deal, case, day=TODAY - DAY) is None
    assert seen(deal, case, day=TODAY + 91 * DAY) is None


def test_ended_is_ended_at_once(deal):
    made, case = deal.concluded(), deal.case()
    services.end_sharing(made.pk, "不再需要", by=deal.giver, now=deal.now)
    assert seen(deal, case) is None


def test_the_other_sides_own_work_stays_its_own(deal):
    """What is shared is not mixed into anybody's inbox, map or counts, and cannot be acted upon."""
    deal.whole()
    case = deal.case()
    assert case_of(deal.taker, case.ref) is None
    assert not visible_to(deal.taker).filter(pk=case.pk).exists()
    with pytest.raises(NotInReach):
        cases.accept_case(case.pk, by=deal.taker, now=deal.now)
    with pytest.raises(NotInReach):
        cases.read_contact(case.pk, by=deal.taker, now=deal.now)


def test_only_the_parts_that_were_agreed_are_read(deal, cast):
    deal.concluded(parts=[Part.ANSWERS])
    case = answered(cast, deal.case())
    found = seen(deal, case)
    assert found.answers and not found.steps and not found.photos
    assert not found.shows("place") and found.shows("answers")


def test_masked_words_stay_masked(deal):
    deal.whole()
    case = deal.case()
    cases.mask_case(case.pk, "（已遮盖）", "含个人信息", by=deal.giver, now=deal.now)
    assert seen(deal, case).words == "（已遮盖）"


def test_a_photograph_is_seen_only_where_photographs_are_shared(deal, photo_case):
    assert shared_photo(deal.taker, photo_case, TODAY) is None
    deal.concluded(parts=[Part.PHOTOS])
    assert shared_photo(deal.taker, photo_case, TODAY) is not None


@pytest.fixture
def photo_case(deal):
    case = deal.case()
    row = Photo.objects.create(
        id=case.pk, case=case, width=1, height=1, size=1, digest="x", at=deal.now
    )
    return row.pk


def test_where_an_organisation_is_the_party_only_its_members_see(deal, cast):
    body = Organisation.objects.create(
        id=cast.grid.pk, ref="O-1", kind="property", name="北山物业", unit=cast.strangers_street,
        path=cast.strangers_street.path,
    )  # fmt: skip
    member = make.person("物业甲", cast.strangers_street)
    made = deal.concluded(taker_body=body)
    case = deal.case()
    assert through(deal.taker, case, TODAY) is None, "the secretary of the unit is no member"
    Membership.objects.create(id=cast.group.pk, organisation=body, person=member, from_on=TODAY)
    assert through(cast.viewer(member), case, TODAY) == made
    Membership.objects.update(until_on=TODAY)
    assert through(cast.viewer(member), case, TODAY) is None


# --- every look is kept -------------------------------------------------------------


def test_every_look_is_counted_and_a_fact_once_a_day(deal):
    made, case = deal.concluded(), deal.case()
    for _time in range(3):
        services.look_through(made, case, by=deal.taker, now=deal.now)
    services.look_through(made, case, by=deal.taker, now=deal.now + DAY)
    assert sum(Look.objects.values_list("number", flat=True)) == 4
    assert Entry.objects.filter(verb="sharing.looked").count() == 2
    (one,) = overseers(case, TODAY)
    assert (one.pk, one.seen) == (made.pk, 4)


# --- taking part --------------------------------------------------------------------


def test_who_may_only_read_writes_nothing(deal):
    made, case = deal.concluded(), deal.case()
    with pytest.raises(OnlyToRead):
        services.note_shared(case.pk, "看到了", by=deal.taker, now=deal.now)
    with pytest.raises(OnlyToRead):
        services.hand_over_part(case.pk, made.pk, "请清运", "road", by=deal.giver, now=deal.now)


def test_a_note_is_read_by_both_sides_and_not_by_the_reporter(deal):
    deal.whole(parts=[])
    case = deal.case()
    with pytest.raises(WordsMissing):
        services.note_shared(case.pk, " ", by=deal.taker, now=deal.now)
    step = services.note_shared(case.pk, "我们这边已封路。", by=deal.taker, now=deal.now)
    assert not step.is_shown
    (told,) = seen(deal, case).steps
    assert told.words == "我们这边已封路。", "read even where the story is not shared"


def test_a_part_is_handed_over_as_a_case_of_theirs(deal, cast):
    made, case = deal.whole(), deal.case()
    with pytest.raises(NotInReach):
        services.hand_over_part(case.pk, made.pk, "请修", "road", by=deal.taker, now=deal.now)
    part = services.hand_over_part(
        case.pk, made.pk, "请修你们那一侧的路面。", "road", by=deal.giver, now=deal.now
    )
    assert (part.parent, part.unit) == (case, cast.strangers_street)
    assert case_of(deal.taker, part.ref) == part
    assert Case.objects.get(pk=case.pk).holder != cast.strangers_street


def test_nothing_is_handed_over_without_an_agreement_that_covers_it(deal):
    made, other = deal.whole(), deal.case(kind="noise")
    with pytest.raises(NotShared):
        services.hand_over_part(other.pk, made.pk, "请修", "road", by=deal.giver, now=deal.now)
    with pytest.raises(NotShared):
        services.note_shared(other.pk, "你好", by=deal.taker, now=deal.now)


# --- never who brought it -------------------------------------------------------------


def test_how_he_can_be_reached_is_read_only_with_his_consent_for_this_case(deal):
    made, case, other = deal.whole(), deal.case(), deal.case()
    with pytest.raises(ConsentMissing):
        services.read_passed_contact(case.pk, by=deal.taker, now=deal.now)
    with pytest.raises(ConsentMissing):
        services.pass_contact(case.pk, made.pk, consented=False, by=deal.giver, now=deal.now)
    with pytest.raises(NotInReach):
        services.pass_contact(case.pk, made.pk, consented=True, by=deal.taker, now=deal.now)
    services.pass_contact(case.pk, made.pk, consented=True, by=deal.giver, now=deal.now)
    said = services.read_passed_contact(case.pk, by=deal.taker, now=deal.now)
    assert said == "13900000009"
    verbs = set(Entry.objects.values_list("verb", flat=True))
    assert {"sharing.contact_passed", "sharing.contact_read"} <= verbs
    assert not Entry.objects.filter(body__contains="13900000009").exists()
    with pytest.raises(ConsentMissing):
        services.read_passed_contact(other.pk, by=deal.taker, now=deal.now)
    services.end_sharing(made.pk, "完成", by=deal.giver, now=deal.now)
    with pytest.raises(NotShared):
        services.read_passed_contact(case.pk, by=deal.taker, now=deal.now)


def test_the_agreement_that_allows_most_counts(deal):
    deal.concluded()
    most = deal.whole()
    case = deal.case()
    assert through(deal.taker, case, TODAY) == most and most.mode == Mode.TAKE_PART
    assert list(cases_of(most)) == [case]
