"""The chain changes while a notice is under way: nobody is left out, and nobody is asked for a post he has left."""

from datetime import timedelta

from tests import make
from tests.outreach.conftest import CASCADE, TOGETHER, call_of
from tests.outreach.test_receipts import sums_hold

from renwang.base.followers import follow_all
from renwang.base.models import Entry
from renwang.base.sealing import seal_all
from renwang.chain.contact_rules import Way
from renwang.chain.services.people import deactivate_person, set_contacts
from renwang.chain.services.posts import appoint_holder, close_post, create_post, vacate_post
from renwang.outreach.attempts import sendable
from renwang.outreach.rules import CallState, Receipt
from renwang.outreach.selectors import missing
from renwang.outreach.services import Slip, climb_calls, include_new_posts, record_receipts

NODE = "node:tests"


def later(now, seconds):
    return now + timedelta(seconds=seconds)


def replace_secretary(cast, now):
    new = make.person("接任人", cast.community)
    make.contact(new, "app", "g")
    vacate_post(post=cast.community_post, person=cast.secretary, by=NODE, now=now)
    appoint_holder(post=cast.community_post, person=new, by=NODE, now=now, with_grant=False)
    return new


def test_a_new_holder_is_asked_before_the_deputies_although_his_rung_is_the_old_ones(
    start, cast, now
):
    notice = start(TOGETHER)
    new = replace_secretary(cast, later(now, 10))
    climb_calls(later(now, 120))
    assert call_of(notice, cast.community).person_id == new.pk
    row = next(row for row in missing(notice) if row.path == cast.community.path)
    assert (row.asked, row.next_person) == ("接任人", "傅助民")


def test_a_post_that_is_filled_while_it_waits_is_asked_by_its_new_holder(start, cast, now):
    cast.community_post.holdings.all().delete()
    notice = start(CASCADE)
    new = make.person("接任人", cast.community)
    make.contact(new, "app", "g")
    appoint_holder(post=cast.community_post, person=new, by=NODE, now=now, with_grant=False)
    told(notice, cast.street, now)
    call = call_of(notice, cast.community)
    assert (call.person_id, call.channel, call.state) == (new.pk, "app", CallState.ASKING)
    assert call.send_at is not None
    assert sums_hold(notice)


def test_who_left_while_his_post_waited_is_not_sent_anything(start, cast, now):
    notice = start(CASCADE)
    new = replace_secretary(cast, later(now, 10))
    told(notice, cast.street, later(now, 20))
    assert call_of(notice, cast.community).person_id == new.pk


def test_a_post_closed_while_it_waits_is_passed_by_at_once(start, cast, now):
    notice = start(CASCADE)
    close_post(post=cast.community_post, by=NODE, now=now)
    told(notice, cast.street, later(now, 20))
    climb_calls(later(now, 20))
    assert call_of(notice, cast.community).state == CallState.SILENT
    assert call_of(notice, cast.grid).state == CallState.ASKING
    assert sums_hold(notice)


def test_a_vacant_post_that_is_filled_before_its_turn_is_over_is_no_longer_counted_as_vacant(
    start, cast, now
):
    cast.community_post.holdings.all().delete()
    notice = start(TOGETHER)
    new = make.person("接任人", cast.community)
    make.contact(new, "app", "g")
    appoint_holder(post=cast.community_post, person=new, by=NODE, now=now, with_grant=False)
    climb_calls(now)
    assert call_of(notice, cast.community).person_id == new.pk
    assert sums_hold(notice)


def test_a_contact_taken_out_under_way_makes_nobody_skip_the_next_one(start, cast, now):
    notice = start(TOGETHER)
    keep = Way("sms", "13900000001")
    set_contacts(person=cast.secretary, contacts=[keep], by=NODE, now=now)
    climb_calls(later(now, 120))
    call = call_of(notice, cast.community)
    assert (call.person_id, call.channel) == (cast.secretary.pk, "sms")


def test_when_the_holder_goes_his_deputy_is_next(start, cast, now):
    notice = start(TOGETHER)
    deactivate_person(person=cast.secretary, by=NODE, now=now)
    climb_calls(later(now, 120))
    assert call_of(notice, cast.community).person_id == cast.deputy.pk


def test_nobody_is_asked_after_the_end(start, cast, now):
    notice = start(TOGETHER, ends_at=later(now, 100))
    assert climb_calls(later(now, 130)) == 0
    assert call_of(notice, cast.community).channel == "app"


def test_nothing_goes_out_after_the_end(start, cast, now):
    start(TOGETHER, ends_at=later(now, 100))
    assert sendable(later(now, 99)).exists()
    assert not sendable(later(now, 101)).exists()


def told(notice, unit, at):
    slip = Slip(Receipt.CARRIED, at, via="app", call_id=call_of(notice, unit).pk)
    record_receipts([slip], by=NODE, now=at)


# --- posts founded after a notice began ----------------------------------------


def found(cast, now, *, parent=None):
    unit = make.unit("新网格", "grid", parent or cast.community, households=7)
    holder = make.person("新网格员", unit)
    make.contact(holder, "app", "new")
    post = create_post(unit=unit, title="网格员", answers=True, by=NODE, now=now)
    appoint_holder(post=post, person=holder, by=NODE, now=now, with_grant=False)
    return unit


def test_a_post_founded_under_way_is_called(start, cast, now):
    notice = start(TOGETHER)
    unit = found(cast, later(now, 10))
    seal_all()
    follow_all(later(now, 20))
    call = call_of(notice, unit)
    assert (call.state, call.send_at) == (CallState.ASKING, later(now, 20))
    assert sums_hold(notice)
    assert Entry.objects.get(verb="outreach.posts_added").facts["count"] == 1
    assert include_new_posts(later(now, 30)) == 0


def test_in_a_cascade_it_waits_like_its_brothers_or_is_asked_where_they_are(start, cast, now):
    notice = start(CASCADE)
    unit = found(cast, now)
    assert include_new_posts(now) == 1
    assert call_of(notice, unit).state == CallState.WAITING
    told(notice, cast.street, now)
    told(notice, cast.community, now)
    assert call_of(notice, unit).state == CallState.ASKING
    other = found(cast, now)
    assert include_new_posts(later(now, 5)) == 1
    assert call_of(notice, other).state == CallState.ASKING
    assert sums_hold(notice)


def test_a_post_that_hung_at_the_end_of_the_line_gets_somebody_below(start, cast, now):
    notice = start(TOGETHER)
    unit = found(cast, now, parent=cast.contact_household)
    include_new_posts(now)
    assert not call_of(notice, cast.contact_household).is_leaf
    assert call_of(notice, unit).parent_path == cast.contact_household.path
    assert sums_hold(notice)


def test_a_post_founded_elsewhere_or_after_the_end_is_not_called(start, cast, now):
    start(TOGETHER, place=cast.community, ends_at=later(now, 100))
    found(cast, now, parent=cast.neighbour_community)
    assert include_new_posts(now) == 0
    found(cast, now)
    assert include_new_posts(later(now, 101)) == 0
