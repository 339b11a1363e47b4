"""Invented linked systems for a demonstration: one that works, with cases that came and went, and one in trouble.

What works does so through the loopback twin. Nothing in it is real, and no
network is touched: the next visit is a day away.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from renwang.cases.linked import services
from renwang.cases.linked.models import Counterpart, System
from renwang.cases.linked.rules import LONGEST, Pair
from renwang.cases.linked.twin import Twin
from renwang.cases.linked.watching import visit_now
from renwang.cases.models import Case
from renwang.cases.open311 import Attribute, Datatype
from renwang.cases.rules import State
from renwang.chain.models import Unit

BY = "node:demo"
HOUR = timedelta(hours=1)
_OFFERED = (
    ("0102", "道路破损", "road"),
    ("0105", "路灯故障", "property"),
    ("0210", "暴露垃圾", "rubbish"),
    ("0301", "占道经营", ""),
    ("0415", "违规停车", "parking"),
)
_REPORTED = (
    ("CG-20260711-0031", "0102", "人行道地砖松动，下雨踩上去溅一身水，老人差点摔倒。", "青石路公交站旁"),
    ("CG-20260712-0007", "0210", "垃圾桶满了两天没有清运。", "综合市场西门"),
    ("CG-20260713-0112", "0301", "水果摊占了盲道，城管走了又摆出来。", "小学门口"),
)  # fmt: skip
_ASKED = Attribute(
    "where", Datatype.ONE, "位于何处", True, (("lane", "车行道"), ("walk", "人行道"))
)


@dataclass
class _Clock:
    now: datetime

    def __call__(self) -> datetime:
        return self.now


@transaction.atomic
def invent_linked(root: Unit, *, now: datetime) -> int:
    """Link invented systems to a place and let them have brought and taken cases; where there are any nothing changes."""
    if System.objects.exists():
        return 0
    clock = _Clock(now - 30 * HOUR)
    twin = Twin(clock)
    for code, name, _kind in _OFFERED:
        twin.offer(code, name, *([_ASKED] if code == "0102" else []))
    system = services.add_system(
        label="区数字化城市管理平台", url="https://cityadmin.example/open311/v2", unit=root, every=LONGEST,
        form="json", jurisdiction="liuwan", key="invented", by=BY, now=clock.now,
    )  # fmt: skip
    visit_now(twin.client(), clock.now)
    pairs = [Pair(code, kind, sends=True) for code, _name, kind in _OFFERED if kind]
    services.map_services(
        system.pk, pairs, pulls=True, pushes=True, answers=True, by=BY, now=clock.now
    )
    clock.now += HOUR
    for number, code, words, place in _REPORTED:
        twin.report(number, code, words, address=place)
    _visit(system, twin, clock)
    twin.change("CG-20260712-0007", is_open=False, notes="环卫所已清运，并加密清运频次。")
    _send_one(system, twin, clock)
    _visit(system, twin, clock)
    services.add_system(
        label="市民热线转办平台", url="https://hotline.example/open311/discovery.json", unit=root,
        every=LONGEST, form="json", by=BY, now=clock.now,
    )  # fmt: skip
    System.objects.exclude(pk=system.pk).update(trouble="no-connection", failures=4, visited_at=now)
    System.objects.update(due_at=now + 24 * HOUR)  # nothing answers at these addresses
    return 2


def _visit(system: System, twin: Twin, clock: _Clock) -> None:
    clock.now += HOUR
    services.visit_soon(system.pk, by=BY, now=clock.now)
    visit_now(twin.client(), clock.now)


def _send_one(system: System, twin: Twin, clock: _Clock) -> None:
    """Send a case that somebody has accepted, and let them begin with it; never one that came from them."""
    ours = Case.objects.exclude(pk__in=Counterpart.objects.filter(system=system).values("case"))
    ready = ours.filter(
        kind__in=list(System.objects.get(pk=system.pk).sent_as), merged_into=None, alarm="",
        state__in=(State.ACCEPTED, State.ASSIGNED, State.IN_HAND, State.REOPENED),
        masked="", path__startswith=system.path,
    )  # fmt: skip
    case = ready.order_by("received_at", "pk").first()
    if case is None:
        return
    note = "社区无处置权限，请平台派单。"
    said = {"where": ["walk"]}
    made = services.send_case(case.pk, system.pk, note=note, answers=said, by=BY, now=clock.now)
    _visit(system, twin, clock)
    made.refresh_from_db()
    if made.number:
        twin.change(made.number, is_open=True, notes="已派单给区环卫所，预计两个工作日内处置。")
