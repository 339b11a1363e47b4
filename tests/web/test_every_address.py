"""Every address of desk, field and API, for people who have no business there.

The addresses are found, not listed, so that one added tomorrow is tried as well: with the things of
the cast's sub-district, by a visitor, by the secretary of the next one, by one who only looks on,
and by one who carries warnings to his house. Nobody learns a name or a number that is not his to
know, looking changes nothing, and no address breaks.
"""

import re
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver

from renwang.alerts.feeds import add_feed
from renwang.base.jobs import ask_for_job
from renwang.base.models import Entry
from renwang.base.sealing import seal_all
from renwang.chain.models import Grant
from renwang.chain.services.organisations import create_organisation
from renwang.outreach.models import Call
from tests import make
from tests.web.desk_pages import as_, relayed

DOORS = ("desk/", "field/", "api/")
NOBODY = UUID(int=7)
NUMBERS = ("13900000001", "13900000002")
PEOPLE_HERE = ("杜值守", "石书勤", "傅助民", "王格平", "楼长青", "钟心兰", "程运维")
WRITES = re.compile(
    r"\s*(INSERT|UPDATE|DELETE)\b.*?\b(?:INTO|UPDATE|FROM)?\s*\"(\w+)\"", re.I | re.S
)
# What anybody may read: the description of the API, what was published for residents, the page that
# asks for a private code, and the frame of the field door, which stands on a phone without anybody.
OPEN = (
    "openapi.json", "docs", "api/v1/bulletins", "field/looked/",
    "field/worker.js", "field/files.json", "field/app.webmanifest", "field/kept/",
)  # fmt: skip
# Taking a notice's turn writes its row as it is: a lock, and no change.
TURN = re.compile(r'UPDATE "(\w+)" SET "(\w+)" = \(?"\1"\."\2"\)? ')
# What a phone has shown was delivered: of that a look leaves a trace, by design.
RECEIPTS = ("outreach_", "base_entry")
PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>")


def addresses() -> list[str]:
    def walk(patterns, before=""):
        for pattern in patterns:
            route = before + str(pattern.pattern)
            if hasattr(pattern, "url_patterns"):
                yield from walk(pattern.url_patterns, route)
            else:
                yield route

    found = {route for route in walk(get_resolver().url_patterns) if route.startswith(DOORS)}
    return sorted(found)


@pytest.fixture
def things(cast, now):
    """What stands in the addresses: everything of the sub-district that there is one of."""
    relay = relayed(cast, now)
    house = make.building("1号楼", cast.group)
    door = make.household(house, "101", cast.contact_household)
    clinic = create_organisation(
        name="石桥诊所", kind="clinic", unit=cast.community, by=cast.viewer(cast.secretary), now=now
    )
    feed = add_feed(
        label="市气象台", url="https://example.org/feed", unit=cast.district, every=60, relays=False,
        by=cast.viewer(cast.operator), now=now,
    )  # fmt: skip
    job = ask_for_job("journal.verify", {}, by=cast.operator.pk, now=now)
    seal_all()
    roster = SimpleUploadedFile("名单.csv", "姓名,所属单位\n石书勤,石桥社区\n".encode())
    sent = as_(cast.secretary).post("/desk/imports/", {"kind": "people", "file": roster})
    upload = sent["Location"].rstrip("/").rpartition("/")[2]
    call = Call.objects.filter(path=cast.community.path).first()
    by_route = {
        "alerts/": relay.alert_id,
        "relays/": relay.pk,
        "settings/feeds/": feed.pk,
        "units/": cast.community.ref,
        "api/v1/units/": cast.community.pk,
        "posts/": cast.community_post.pk,
        "people/": cast.secretary.pk,
        "organisations/": clinic.ref,
        "buildings/": house.pk,
        "imports/": upload,
        "jobs/": job.pk,
        "grants/": Grant.objects.get(person=cast.secretary).pk,
        "notices/": relay.notice_id,
        "settings/places/": cast.community.ref,
    }
    by_name = {
        "call_id": call.pk,
        "door": door.pk,
        "person": cast.secretary.pk,
        "seq": Entry.objects.filter(place__startswith=cast.street.path)
        .order_by("-seq")
        .first()
        .seq,
        "act": "rename",
        "rank": "deputy",
        "colour": "red",
        "layer": "roads",
        "form": "csv",
        "hazard": "rainstorm",
        "tier": "red",
        "language": "zh-CN",
        "deed": "publish",
    }

    def fill(route: str) -> str:
        def value(found: re.Match) -> str:
            kind, name = found[1], found[2]
            if name in by_name:
                return str(by_name[name])
            if "template/" in route or "pick/" in route:
                return {"template/": "people", "pick/": "units"}[
                    "pick/" if "pick/" in route else "template/"
                ]
            here = [start for start in by_route if start in route[: found.start()]]
            if here and name != "deed":
                return str(by_route[max(here, key=len)])
            return {"int": "1", "uuid": str(NOBODY)}.get(
                kind, str(NOBODY) if "id" in name else "U-1"
            )

        return "/" + PARAMETER.sub(value, route)

    return fill


def browser(cast, role: str) -> Client:
    if role == "visitor":
        return Client()
    if role == "stranger":
        return as_(cast.stranger)
    if role == "looker":
        who = make.person("卢旁观", cast.community)
        make.grant(who, "looker", cast.community)
        return as_(who)
    return as_(cast.head)


SECRETS = {
    "visitor": (*PEOPLE_HERE, *NUMBERS, "莫相干"),
    "stranger": (*PEOPLE_HERE, *NUMBERS, "石桥社区", "石桥诊所", "第一网格"),
    "looker": (*NUMBERS, "莫相干", "北山街道"),
    "carrier": (*NUMBERS, "莫相干", "北山街道"),
}


def look(client: Client, method: str, address: str):
    """Ask once; what was written while answering is undone by nobody, and told."""
    with CaptureQueriesContext(connection) as asked:
        answer = getattr(client, method)(address)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    written = []
    for query in asked.captured_queries:
        found = WRITES.match(query["sql"])
        is_lock = TURN.match(query["sql"]) is not None
        if found and not is_lock and not found[2].startswith(("django_session", "axes_")):
            written.append(found[2])
    return answer, body.decode("utf-8", "replace"), written


@pytest.mark.anywhere  # rights are the same on both databases; nonsense is what they answer differently
@pytest.mark.parametrize("role", SECRETS)
def test_looking_tells_nothing_and_changes_nothing(cast, things, role):
    client = browser(cast, role)
    client.raise_request_exception = False
    wrong = []
    for route in addresses():
        address = things(route)
        answer, text, written = look(client, "get", address)
        is_receipt = route.startswith(("field/", "api/v1/calls", "api/v1/notices"))
        if answer.status_code >= 500:
            wrong.append(f"{address} broke")
        if any(secret in text for secret in SECRETS[role]):
            wrong.append(f"{address} tells {[one for one in SECRETS[role] if one in text]}")
        if [one for one in written if not (is_receipt and one.startswith(RECEIPTS))]:
            wrong.append(f"looking at {address} wrote to {sorted(set(written))}")
        if role == "visitor" and answer.status_code == 200 and not route.endswith(OPEN):
            wrong.append(f"{address} is open to everybody")
    assert not wrong, "\n".join(wrong)


@pytest.mark.anywhere
@pytest.mark.parametrize("role", SECRETS)
def test_acting_without_the_right_is_refused_and_changes_nothing(cast, things, role):
    client = browser(cast, role)
    client.raise_request_exception = False
    wrong = []
    for route in addresses():
        address = things(route)
        answer, text, written = look(client, "post", address)
        if answer.status_code >= 500:
            wrong.append(f"{address} broke")
        if any(secret in text for secret in SECRETS[role]):
            wrong.append(f"{address} tells {[one for one in SECRETS[role] if one in text]}")
        if written:
            wrong.append(f"{address} wrote to {sorted(set(written))} ({answer.status_code})")
        if answer.status_code == 403 and not re.search(r"[\u4e00-\u9fff]|\"detail\"", text):
            wrong.append(f"{address} refuses without a sentence")
    assert not wrong, "\n".join(wrong)


NONSENSE = (
    "?page=x&sort=zz&cursor=%ff%fe&format=exe&since=-1&show=zz&day=2026-13-45&unit=%2F..%2F&limit=0",
    "?page=99999999999999999999&sort=-&cursor=AAAA&format=csv&since=99999999999999999999&at=0000-00"
    "&size=-5&q=" + "%E9%9B%A8" * 2000,
)


def whole(answer):
    """An answer that has been read to its end: one that is streamed may break on the way."""
    if answer.streaming:
        b"".join(answer.streaming_content)
    return answer


@pytest.mark.parametrize("who", ["secretary", "operator"])
def test_nonsense_in_an_address_breaks_nothing_for_who_may_see_it(cast, things, who):
    client = as_(getattr(cast, who))
    client.raise_request_exception = False
    broken = [
        f"{address}{nonsense[:60]}: {answer.status_code}"
        for address in map(things, addresses())
        for nonsense in NONSENSE
        if (answer := whole(client.get(f"{address}{nonsense}"))).status_code >= 500
    ]
    assert not broken, "\n".join(broken)


RUBBISH = {
    name: value
    for value, names in {
        "\ud800".encode("utf-8", "surrogatepass"): ("name", "title", "text", "reason", "note"),
        b"99999999999999999999999999": ("lon", "lat", "households", "every", "count", "seed"),
        b"not-a-uuid": ("unit", "person", "post", "to", "building", "kind", "rank", "order"),
        b"2026-02-31T25:61": ("from_on", "until_on", "on", "day", "at", "ends_at", "until"),
    }.items()
    for name in names
}


@pytest.mark.parametrize("body", [{}, RUBBISH], ids=["nothing", "rubbish"])
def test_nonsense_that_is_sent_breaks_nothing_for_who_may_act(cast, things, body):
    client = as_(cast.secretary)
    client.raise_request_exception = False
    broken = []
    for address in map(things, addresses()):
        answer = client.post(address, body)
        if answer.status_code >= 500:
            broken.append(f"{address}: {answer.status_code}")
    assert not broken, "\n".join(broken)
