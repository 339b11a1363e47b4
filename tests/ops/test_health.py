"""Health pages say truthfully how the node is, and nothing about anybody."""

import re
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.migrations.recorder import MigrationRecorder

from renwang.base import journal
from renwang.base.jobs import mark_beats
from renwang.base.pure.clock import read_clock
from renwang.base.sealing import seal_all
from renwang.ops import health


@pytest.fixture
def working(db):
    """A node whose worker has just given a sign of life."""
    mark_beats(["worker"], read_clock())


def test_a_node_without_a_worker_is_alive_and_not_ready(client, db):
    assert client.get("/healthz").content == b"ok\n"
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"] == {
        "database": True, "migrations": True, "worker": False, "sealing": True,
    }  # fmt: skip


def test_a_node_whose_worker_fell_silent_is_not_ready(client, db):
    mark_beats(["worker"], read_clock() - timedelta(seconds=61))
    assert client.get("/readyz").json()["checks"]["worker"] is False


def test_a_node_that_seals_too_late_is_not_ready(client, working, cast, now, monkeypatch):
    monkeypatch.setattr(journal, "read_clock", lambda: read_clock() - timedelta(seconds=31))
    with transaction.atomic():
        journal.record("chain.unit_created", cast.grid, by="node:test", at=now)
    assert client.get("/readyz").json()["checks"]["sealing"] is False
    seal_all()
    assert client.get("/readyz").status_code == 200


def test_a_node_of_another_version_is_not_ready(client, working):
    MigrationRecorder(connection).record_unapplied("base", "0001_initial")
    assert client.get("/readyz").json()["checks"]["migrations"] is False


def test_a_database_that_is_away_is_said(client, db, monkeypatch):
    def away(*_arguments):
        raise DatabaseError

    monkeypatch.setattr(health, "migrations_missing", away)
    monkeypatch.setattr(health, "look", away)
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").json()["checks"]["database"] is False
    assert client.get("/metrics").status_code == 503


def test_a_working_node_is_ready(client, working):
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["ready"]) == (200, True)
    assert "no-store" in answer["Cache-Control"]


def test_metrics_come_from_the_database_and_name_nobody(client, working, cast, now):
    with transaction.atomic():
        journal.record("chain.unit_created", cast.grid, by=cast.viewer(cast.worker), at=now)
    seal_all()
    text = client.get("/metrics").content.decode()
    assert "renwang_journal_sealed_facts_total 1.0" in text
    assert 'renwang_info{version="' in text
    assert not re.search(r"[\u4e00-\u9fff]", text)
    assert str(cast.worker.id) not in text


def test_only_reading_is_allowed(client, db):
    for address in ("/healthz", "/readyz", "/metrics"):
        assert client.post(address).status_code == 405


def test_the_cost_does_not_grow(client, working, cast, now, django_assert_max_num_queries):
    with django_assert_max_num_queries(13):
        client.get("/readyz")
    with transaction.atomic():
        for _fact in range(30):
            journal.record("chain.unit_created", cast.grid, by="node:test", at=now)
    with django_assert_max_num_queries(13):
        client.get("/metrics")
