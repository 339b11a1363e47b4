"""No page and no recurring work reads a large table from end to end.

The tables here hold a dozen rows, so what is read is not the time but the
plan: SQLite chooses it without figures, and PostgreSQL is told that reading a
whole table is dear. A statement for which no index serves is then seen.
"""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from renwang.base.reading import Filter, read_page
from renwang.chain.models import Contact
from renwang.outreach import board, carrying
from renwang.outreach.answering import take_in_replies
from renwang.outreach.coverage import coverage
from renwang.outreach.models import Call, Notice
from renwang.outreach.rules import Receipt
from renwang.outreach.sending import send_due
from renwang.outreach.services import Slip, climb_calls, record_receipts
from renwang.registers.care.services import forget_lapsed
from renwang.registers.care.services.pairing import pair_helper
from renwang.registers.care.services.rounds import Cause, start_round
from renwang.registers.care.services.visiting import climb_visits
from renwang.registers.care.waiting import drop_strays
from renwang.registers.duties.services import expire_duties
from renwang.registers.risks.services import climb_risks, end_acceptances
from renwang.registers.risks.waiting import ask_surveys
from tests import make
from tests.registers.care.listed import entry, keeper
from tests.registers.duties.listed import in_force
from tests.registers.risks.conftest import rectified
from tests.web.desk_pages import as_, relayed

LARGE = (
    "outreach_call", "outreach_attempt", "outreach_delivered", "outreach_reach", "chain_contact",
    "chain_person", "chain_holding", "chain_post", "chain_route", "chain_unit", "base_entry",
    "duties_duty", "duties_helper", "risks_risk", "risks_step", "risks_measure", "risks_survey",
    "risks_photo", "care_careentry", "care_pairing", "care_visit", "care_rounddoor",
    "care_paperline",
)  # fmt: skip
PAGES = (
    "/desk/", "/desk/live/", "/desk/units.json", "/desk/units/", "/desk/units/{unit}/",
    "/desk/units/{unit}/map.json", "/desk/alerts/", "/desk/relays/{relay}/",
    "/desk/relays/{relay}/live/", "/desk/relays/{relay}/missing/",
    "/desk/relays/{relay}/missing/?which=slow", "/desk/relays/{relay}/missing/?which=hand",
    "/desk/relays/{relay}/story/", "/desk/relays/{relay}/units.json", "/desk/posts/",
    "/desk/posts/?lacking=holder", "/desk/posts/?lacking=contact", "/desk/people/",
    "/desk/people/?in=posts&under={unit}",
    "/desk/journal/", "/field/", "/places/{unit}/", "/desk/duties/", "/desk/duties/?sort=hazard",
    "/desk/duties/matrix/", "/desk/duties/findings/", "/desk/duties/mine/", "/field/duties/",
    "/desk/duties/{duty}/", "/desk/risks/", "/desk/risks/?sort=due", "/desk/risks/?sort=found",
    "/desk/risks/?finding=unmeasured", "/desk/risks/?finding=climbed", "/desk/risks/?state=over",
    "/desk/risks/overview/", "/desk/risks/units.json", "/desk/risks/surveys/",
    "/desk/risks/{risk}/", "/field/risks/", "/desk/care/", "/desk/care/?state=late",
    "/desk/care/{entry}/", "/desk/care/rounds/", "/desk/care/rounds/{round}/",
    "/desk/care/papers/", "/desk/care/openings/", "/field/doors/", "/field/doors/{entry}/",
)  # fmt: skip


def whole_reads(statement: str) -> list[str]:
    """Name the large tables that the plan of a statement reads from end to end."""
    names = {}
    for table in LARGE:
        for alias in re.findall(rf'"?{table}"?(?: (?:AS )?([A-Za-z]\w*))?', statement):
            names[alias or table] = names[table] = table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"EXPLAIN {statement}")
            lines = [line for (line,) in cursor.fetchall()]
            read = [re.search(r"Seq Scan on (\w+)", line) for line in lines]
        else:
            cursor.cursor.execute(f"EXPLAIN QUERY PLAN {statement}")
            lines = [row[3] for row in cursor.cursor.fetchall()]
            # Walking an index in its order, for the first page of a list, is no such reading.
            read = [re.match(r"SCAN (\w+)(?! .*USING)", line) for line in lines]
    return [names[found[1]] for found in read if found and found[1] in names]


@pytest.fixture
def plans():
    """Run something and give each statement of it that reads a large table from end to end."""

    def look(work) -> list[tuple[list[str], str]]:
        with CaptureQueriesContext(connection) as done:
            work()
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL enable_seqscan = off")
        statements = {
            one["sql"]
            for one in done.captured_queries
            if one["sql"].startswith(("SELECT", "UPDATE", "DELETE", "WITH"))
        }
        found = [(whole_reads(statement), statement) for statement in sorted(statements)]
        return [(tables, statement) for tables, statement in found if tables]

    return look


@pytest.fixture
def relay(cast, now):
    """An orange warning under way in the whole sub-district."""
    return relayed(cast, now)


@pytest.fixture
def listed(cast, settings, tmp_path):
    """A duty, a risk, an entry of the care list and its round; each of their pages by name."""
    settings.RENWANG_CARE_KEYS = str(tmp_path / "keys")
    made, by = entry(cast), keeper(cast)
    make.grant(cast.officer, "care_keeper", cast.street)
    pair_helper(made.pk, cast.worker, by=by, now=cast.now)
    place = cast.street.path
    cause = Cause("thread", made.pk, place, (place,), "power_cut", "停电")
    found = start_round(cause, now=cast.now)
    return {
        "duty": in_force(cast).ref, "risk": rectified(cast).ref, "entry": made.pk,
        "round": found.pk,
    }  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
def test_no_page_reads_a_large_table_whole(cast, relay, listed, plans, page):
    client = as_(cast.worker if page.startswith("/field") else cast.officer)
    address = page.format(unit=cast.street.ref, relay=relay.pk, **listed)
    assert client.get(address).status_code == 200
    assert plans(lambda: client.get(address)) == []


@pytest.mark.anywhere  # of a dozen people PostgreSQL rightly reads all; `bench` asks in a city
@pytest.mark.parametrize("page", ["/desk/people/", "/desk/posts/?lacking=holder"])
def test_a_list_of_a_small_place_goes_through_no_index_from_end_to_end(cast, relay, page):
    client = as_(cast.secretary)
    client.get(page)
    with CaptureQueriesContext(connection) as done:
        client.get(page)
    listed = [
        one["sql"]
        for one in done.captured_queries
        if re.match(r'SELECT "chain_(person|post)"."id".* ORDER BY ', one["sql"])
    ]
    assert listed
    for statement in listed:
        assert walked(statement) == []


def walked(statement: str) -> list[str]:
    """Give the lines of a plan that go through people or posts, by whatever index."""
    with connection.cursor() as cursor:
        cursor.cursor.execute(f"EXPLAIN QUERY PLAN {statement}")
        lines = [row[3] for row in cursor.cursor.fetchall()]
    return [line for line in lines if re.match(r"SCAN chain_(person|post)\b", line)]


def test_what_reads_a_large_table_whole_is_seen(relay, plans):
    found = plans(lambda: list(Call.objects.filter(households=7)))
    assert [tables for tables, _statement in found] == [["outreach_call"]]


def test_sending_and_climbing_find_what_is_due(relay, now, plans):
    def work():
        send_due(now, lambda: now)
        climb_calls(now + timedelta(hours=3))

    assert plans(work) == []


def test_receipts_and_coverage_read_what_they_name(relay, now, plans):
    notice = Notice.objects.get(pk=relay.notice_id)

    def work():
        slips = [
            Slip(Receipt.CARRIED, now, "app", call_id=key)
            for key in Call.objects.filter(notice=notice).values_list("pk", flat=True)
        ]
        record_receipts(slips, by="node:test", now=now)
        coverage(notice)

    assert plans(work) == []


def test_an_answer_by_number_is_found_by_it(cast, relay, now, plans):
    number = Contact.objects.filter(kind="sms").first().address
    replies = [{"phone_number": number, "content": "1", "send_time": "2026-07-15 09:31:00"}]
    assert plans(lambda: take_in_replies(replies, now=now)) == []


def test_one_viewers_part_of_the_board_is_found(cast, relay, now, plans):
    viewer = cast.viewer(cast.secretary)

    def work():
        board.to_do(viewer)
        board.calls_by_hand(viewer, 8)
        carrying.asked_of(viewer)
        list(carrying.to_ring(viewer))
        read_page(Filter(under=viewer.places.get("journal.read", ())))

    assert plans(work) == []


def test_what_the_lists_do_by_themselves_finds_what_is_due(cast, listed, plans):
    later = cast.now + timedelta(days=60)

    def work():
        climb_visits(later)
        drop_strays(later)
        forget_lapsed(later)
        climb_risks(later)
        end_acceptances(later)
        ask_surveys(later)
        expire_duties(later)

    assert plans(work) == []
