"""After an outage: phones that send what they have queued, all at once, to a running node, while a desk works on it.

500 phones with 50 deeds each: reports of cases, notes beside one. Each sends
batch after batch as phones do, and again where it got no answer. Counted
afterwards is that nothing was lost or doubled. RENWANG_BENCH_PHONES and
RENWANG_BENCH_DEEDS make it smaller.
"""

import http.client
import os
import re
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib import import_module
from uuid import uuid4

import orjson
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import transaction

from bench._node import running
from renwang.base.models import Entry
from renwang.base.pure.ids import uuid7
from renwang.cases import services as cases
from renwang.cases.models import Case, Step
from renwang.cases.rules import Via
from renwang.cases.services import Report
from renwang.chain.models import Account, Grant, Person, Unit
from renwang.chain.reach import viewer_of
from renwang.chain.services.units import create_unit
from renwang.response.fieldwork.models import Deed, Phone

PORT = 8949
HOST = f"127.0.0.1:{PORT}"
PHONES = int(os.environ.get("RENWANG_BENCH_PHONES", "500"))
DEEDS = int(os.environ.get("RENWANG_BENCH_DEEDS", "50"))
AT_ONCE = 20
NOTES = 5  # every so manieth deed is a note, the others are reports
PATIENCE = 3600  # seconds until a phone gives up
COOKIE = re.compile(r"renwang_csrf=([^;]+)")


@dataclass
class Sender:
    """One phone: who it is, and what it has queued."""

    cookie: str
    id: str
    deeds: list[dict] = field(default_factory=list)
    again: int = 0  # batches that had to be sent once more


def run(report: Callable[..., None]) -> None:
    """Start a node, let all phones send at once, ask a desk page again and again meanwhile."""
    unit, case, desk = _place()
    phones = [_phone(unit, case, number) for number in range(PHONES)]
    with running("serve", port=PORT, DJANGO_SETTINGS_MODULE="renwang.conf.settings"):
        idle = _ask_desk(desk, 20)
        ended = threading.Event()
        begun = time.perf_counter()
        with ThreadPoolExecutor(PHONES + 1) as pool:
            looking = pool.submit(lambda: list(_looks(desk, ended)))
            list(pool.map(_send_all, phones))
            ended.set()
            spent = time.perf_counter() - begun
        seen = looking.result()
    _tell(report, phones, spent, seen, idle)


def _tell(
    report: Callable[..., None],
    phones: list[Sender],
    spent: float,
    seen: list[float],
    idle: list[float],
) -> None:
    queued = sum(len(one.deeds) for one in phones)
    reports = sum(one["address"].endswith("/report/") for each in phones for one in each.deeds)
    taken = Deed.objects.filter(state="taken").count()
    noted = Step.objects.filter(act="note").count()
    lost = (queued - taken) + (reports - (Case.objects.count() - 1)) + (queued - reports - noted)
    facts = Entry.objects.filter(verb__in=["cases.reported", "cases.noted"]).count() - 1
    report("phones at once", len(phones), "")
    report("deeds queued", queued, "")
    report("deeds lost or doubled", abs(lost) + abs(queued - facts), "", bar="0")
    report("deeds played", queued / spent, "/s")
    report("all phones answered after", spent, "s")
    report("batches sent once more", sum(one.again for one in phones), "")
    report("desk page while idle, 95th percentile", _p95(idle), "ms")
    report("desk page meanwhile, 95th percentile", _p95(seen), "ms")


def _p95(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=20)[-1] * 1000


# --- the place, its people and what they have queued -------------------------------


def _place() -> tuple[Unit, Case, str]:
    """Found a sub-district with a grid; give it with a case to note beside, and the cookie of a desk."""
    above, now = None, datetime.now(UTC)
    for name, level in (("某街道", "subdistrict"), ("某社区", "community"), ("第一网格", "grid")):
        above = create_unit(
            name=name, level=level, parent=above, by="node:bench", now=now,
            structure_key="china_urban", households=400,
        )  # fmt: skip
    assert above is not None
    account = _account("desk", "secretary", above)
    told = Report("3 号楼门口的路灯坏了", key=uuid4().hex)
    by = viewer_of(account.person, now)
    made = cases.enter_report(told, above, Via.FIELD, by=by, now=now)
    return above, made.case, _session(account)


def _account(name: str, bundle: str, unit: Unit) -> Account:
    now = datetime.now(UTC) - timedelta(days=1)
    with transaction.atomic():
        person = Person.objects.create(id=uuid7(now), name=name, unit=unit, path=unit.path)
        Grant.objects.create(
            id=uuid7(now), person=person, bundle=bundle, unit=unit, path=unit.path, from_at=now
        )
        return Account.objects.create_user(name, None, person=person)


def _session(account: Account) -> str:
    """Sign somebody in without his password, which would take longer than all that is measured."""
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store[SESSION_KEY] = str(account.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[1]
    store[HASH_SESSION_KEY] = account.get_session_auth_hash()
    store.create()
    return f"{settings.SESSION_COOKIE_NAME}={store.session_key}"


def _phone(unit: Unit, case: Case, number: int) -> Sender:
    account = _account(f"worker{number}", "grid_worker", unit)
    then = datetime.now(UTC) - timedelta(hours=3)
    made = Sender(_session(account), str(uuid4()))
    Phone.objects.create(id=made.id, person=account.person, let_in_at=then, met_at=then)
    for turn in range(1, DEEDS + 1):
        said = {"words": f"第 {number} 部手机第 {turn} 件"}
        address = f"/field/cases/{case.ref}/note/"
        if turn % NOTES:
            said |= {"key": uuid4().hex, "unit": unit.ref}
            address = "/field/cases/report/"
        made.deeds.append(
            {
                "id": str(uuid4()),
                "number": turn,
                "address": address,
                "fields": [list(pair) for pair in said.items()],
                "files": [],
                "done_at": (then + timedelta(minutes=turn)).isoformat(),
                "shown_at": 0,
            }
        )
    return made


# --- what goes over the wire --------------------------------------------------------


def _send_all(phone: Sender) -> None:
    """Send batch after batch, each until it is answered, as a phone does."""
    until = time.monotonic() + PATIENCE
    token = ""
    for at in range(0, len(phone.deeds), AT_ONCE):
        some = phone.deeds[at : at + AT_ONCE]
        while True:
            try:
                token = token or _token(phone)
                if _send(phone, token, some):
                    break
            except (OSError, http.client.HTTPException):
                pass
            if time.monotonic() > until:
                raise RuntimeError("a phone got no answer")
            phone.again += 1
            time.sleep(1)


def _token(phone: Sender) -> str:
    """Open a page, as a phone has before: it brings the token that sending needs."""
    link = http.client.HTTPConnection(HOST, timeout=300)
    try:
        link.request("GET", "/field/report/", headers={"Cookie": phone.cookie})
        answer = link.getresponse()
        answer.read()
        found = COOKIE.search(" ".join(answer.headers.get_all("Set-Cookie") or []))
        return found[1] if found else ""
    finally:
        link.close()


def _send(phone: Sender, token: str, deeds: list[dict]) -> bool:
    body = orjson.dumps({"sent_at": datetime.now(UTC).isoformat(), "deeds": deeds})
    link = http.client.HTTPConnection(HOST, timeout=300)
    headers = {
        "Cookie": f"{phone.cookie}; {settings.CSRF_COOKIE_NAME}={token}",
        "X-CSRFToken": token,
        "X-Phone": phone.id,
        "Content-Type": "application/json",
    }
    try:
        link.request("POST", "/field/deeds/", body, headers)
        answer = link.getresponse()
        said = answer.read()
        if answer.status != 200:
            return False
        return all(one["outcome"] == "taken" for one in orjson.loads(said)["deeds"])
    finally:
        link.close()


def _looks(cookie: str, ended: threading.Event) -> Iterator[float]:
    while not ended.wait(0.2):
        yield from _ask_desk(cookie, 1)


def _ask_desk(cookie: str, times: int) -> list[float]:
    """Open the list of cases so many times; seconds that each took."""
    spent = []
    for _time in range(times):
        link = http.client.HTTPConnection(HOST, timeout=300)
        begun = time.perf_counter()
        link.request("GET", "/desk/cases/", headers={"Cookie": cookie})
        answer = link.getresponse()
        answer.read()
        spent.append(time.perf_counter() - begun)
        if answer.status != 200:
            raise RuntimeError(f"the desk answered {answer.status}")
        link.close()
    return spent
