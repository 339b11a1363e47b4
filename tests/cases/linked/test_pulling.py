"""What is new in a linked system comes in once; what it says later stands beside our words and overwrites none."""

import json
from datetime import timedelta

import httpx
import pytest

from renwang.base.models import Entry
from renwang.base.sealing import seal_all
from renwang.cases import services
from renwang.cases.linked import watching
from renwang.cases.linked.answering import answer_back
from renwang.cases.linked.models import Counterpart, Tiding, Visit
from renwang.cases.models import Case
from renwang.cases.open311 import Update
from renwang.cases.rules import State
from renwang.chain.models import Unit
from renwang.outreach.models import Errand
from tests.cases.conftest import answered
from tests.cases.linked.conftest import MINUTE

DAY = timedelta(days=1)
WORDS = "滨河路路灯不亮，晚上看不见路。"


def acts(case):
    return [one.act for one in case.steps.order_by("pk")]


def test_what_was_there_before_it_was_linked_does_not_come(link):
    link.twin.offer("x", "x")
    link.twin.report("T-0", "lamp", WORDS, at=link.now - 3 * DAY)
    link.known()
    link.visit()
    assert not Case.objects.exists()


def test_a_new_request_becomes_a_case_of_the_mapped_kind_in_its_words(link, cast):
    link.known()
    link.twin.report("T-1", "lamp", WORDS, address="滨河路 8 号")
    link.visit()
    case = Case.objects.get()
    assert (case.words, case.kind, case.place) == (WORDS, "property", "滨河路 8 号")
    assert (case.unit, case.via, case.state) == (cast.street, "api", State.RECEIVED)
    assert Counterpart.objects.get().number == "T-1"
    assert Errand.objects.filter(subject_id=case.pk).exists(), "somebody is called to it"
    assert Visit.objects.latest("pk").new == 1


def test_the_same_request_comes_in_once_however_often_it_is_listed(link):
    link.known()
    link.twin.report("T-1", "lamp", WORDS)
    for _again in range(3):
        link.visit()
    assert Case.objects.count() == Counterpart.objects.count() == 1


def test_a_service_that_nobody_mapped_comes_in_as_other_and_is_named(link):
    link.known()
    link.twin.report("T-2", "dog", "有条大狗没拴绳。")
    link.visit()
    case = Case.objects.get()
    assert case.kind == "other"
    assert link.system.unmapped == {"dog": "Stray dog"}
    assert "Stray dog" in case.steps.get(act="link_in").facts["to"]


def test_what_lies_outside_the_place_stays_there(link, cast):
    ring = [[106.5, 29.5], [106.6, 29.5], [106.6, 29.6], [106.5, 29.6], [106.5, 29.5]]
    border = json.dumps({"type": "Polygon", "coordinates": [ring]})
    Unit.objects.filter(pk=cast.street.pk).update(
        boundary=border, west=106.5, south=29.5, east=106.6, north=29.6
    )
    link.known()
    link.twin.report("T-1", "lamp", WORDS, lat=30.9, lon=106.55)
    link.twin.report("T-2", "lamp", WORDS, lat=29.55, lon=106.55)
    link.visit()
    assert [one.number for one in Counterpart.objects.all()] == ["T-2"]
    assert Visit.objects.latest("pk").outside == 1


def test_pages_are_followed_and_a_kill_between_two_loses_nothing(link, monkeypatch):
    monkeypatch.setattr("renwang.cases.linked.visiting.PAGE_SIZE", 2)
    monkeypatch.setattr("renwang.cases.linked.visiting.PAGES", 2)
    link.known()
    before = link.system.since
    for number in range(7):
        link.twin.report(f"T-{number}", "lamp", f"{WORDS}{number}", at=link.now + MINUTE * number)
    assert link.visit().page == 3
    assert link.system.since == before, "the bookmark waits until every page was seen"
    link.visit()
    assert (Case.objects.count(), link.system.page) == (7, 1)
    assert link.system.since > before


def test_a_clock_from_the_future_moves_no_bookmark_past_now(link):
    link.known()
    link.twin.report("T-1", "lamp", WORDS, at=link.now + 900 * DAY)
    link.visit()
    assert link.system.since <= link.now
    assert Case.objects.get().came_at <= link.now


def test_a_change_over_there_is_a_step_here_and_closes_nothing(link):
    link.known()
    link.twin.report("T-1", "lamp", WORDS)
    link.visit()
    link.twin.change("T-1", is_open=True, notes="已派单给照明所")
    link.visit()
    link.twin.change("T-1", is_open=False, notes="灯头已更换")
    link.visit()
    link.visit()
    case = Case.objects.get()
    assert case.state == State.RECEIVED and case.words == WORDS
    assert acts(case)[-2:] == ["far", "far_closed"]
    assert case.steps.last().words == "灯头已更换"


def test_updates_over_there_are_steps_here_once_each(link):
    link.known()
    link.twin.report("T-1", "lamp", WORDS)
    link.visit()
    link.twin.updates.append(Update("u-1", "T-1", True, "今天还是不亮。", link.now))
    link.twin.updates.append(Update("u-2", "T-404", True, "谁也不认识。", link.now))
    link.visit()
    link.visit()
    told = Case.objects.get().steps.filter(act="far")
    assert [one.words for one in told] == ["今天还是不亮。"]


def test_what_we_answer_goes_back_once_and_is_not_taken_for_news(link, cast):
    link.known()
    link.twin.report("T-1", "lamp", WORDS)
    link.visit()
    case = answered(cast, Case.objects.get(), by=cast.officer, now=link.now)
    seal_all()
    entries = list(Entry.objects.filter(verb="cases.answered"))
    answer_back(entries, link.now)
    answer_back(entries, link.now)
    assert Tiding.objects.filter(is_ours=True).count() == 1
    link.visit()
    link.visit()
    (said,) = link.twin.updates
    assert said.request_id == "T-1" and said.is_open and "更换灯头" in said.description
    assert not case.steps.filter(act="far").exists()
    assert Tiding.objects.get(is_ours=True).body == ""


def test_what_is_forgotten_here_is_forgotten_whole(link):
    link.known()
    link.twin.report("T-1", "lamp", WORDS)
    link.visit()
    link.twin.change("T-1", is_open=False, notes="王某某家门口已修好")
    link.visit()
    case = Case.objects.get()
    Case.objects.update(erase_at=link.now)
    services.erase_words(link.now + MINUTE)
    assert not case.steps.exclude(words="").filter(act__startswith="far").exists()


# --- broken and hostile answers -----------------------------------------------------

BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "ha">]><service_requests>&b;</service_requests>'
)


@pytest.mark.parametrize(
    ("answer", "trouble"),
    [
        (httpx.Response(200, content=b"<!DOCTYPE html><html></html>"), "web-page"),
        (httpx.Response(200, content=b"\xff\xfe\x00"), "not-utf8"),
        (httpx.Response(200, content=b"{"), "not-json"),
        (httpx.Response(200, content=b"[" * 100_000), "not-json"),
        (httpx.Response(200, content=b'"text"'), "not-asked"),
        (httpx.Response(200, content=b" " * (9 << 20)), "too-large"),
        (httpx.Response(200, json=[{"service_request_id": "x"}] * 5_001), "too-many"),
        (httpx.Response(302, headers={"Location": "http://169.254.169.254/x"}), "redirected"),
        (httpx.Response(403, json=[{"code": 403, "description": "no key"}]), "turned-away"),
        (httpx.Response(500, content=b"oops"), "bad-answer"),
        (httpx.ReadTimeout("slow"), "timed-out"),
        (httpx.ConnectError("gone"), "no-connection"),
    ],
)
def test_a_broken_answer_is_refused_with_its_reason_and_nothing_is_lost(link, answer, trouble):
    before = link.known().since
    link.twin.answers["GET requests"] = answer
    system = link.visit()
    assert system.trouble.startswith(trouble)
    assert (system.since, system.failures, system.page) == (before, 1, 1)
    assert not Case.objects.exists()
    del link.twin.answers["GET requests"]
    link.twin.report("T-1", "lamp", WORDS, at=before + MINUTE)
    link.visit(timedelta(hours=2))
    assert Case.objects.count() == 1 and not link.system.trouble


def test_a_bomb_in_xml_is_refused_unread(link):
    link.known(form="xml")
    link.twin.answers["GET requests"] = httpx.Response(200, content=BOMB)
    assert link.visit().trouble == "doctype"


def test_it_is_asked_ever_more_seldom_while_it_fails(link):
    link.known()
    link.twin.answers["GET requests"] = httpx.ConnectError("gone")
    waits = []
    for _time in range(5):
        system = link.visit(timedelta(hours=2))
        waits.append(system.due_at - link.now)
    assert waits == sorted(waits) and waits[0] > timedelta(seconds=600)
    assert waits[-1] <= timedelta(hours=1)


def test_one_request_that_breaks_hides_no_other(link, monkeypatch):
    real = watching.take_in

    def stumble(system, seen, *, now):
        if seen.number == "T-1":
            raise KeyError("ours")
        return real(system, seen, now=now)

    monkeypatch.setattr(watching, "take_in", stumble)
    link.known()
    link.twin.report("T-1", "lamp", WORDS)
    link.twin.report("T-2", "lamp", WORDS)
    system = link.visit()
    assert Counterpart.objects.get().number == "T-2"
    assert system.trouble.startswith("broken")
    monkeypatch.setattr(watching, "take_in", real)
    link.visit(timedelta(hours=2))
    assert Counterpart.objects.count() == 2
