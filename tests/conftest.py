"""What every test shares: the cast, a fixed moment, closed sockets."""

import os
import socket
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connection

from tests.cast import Cast, assemble

NOW = datetime(2026, 7, 15, 1, 30, tzinfo=UTC)  # 09:30 on a Wednesday in the invented place


@pytest.fixture
def now() -> datetime:
    """A moment that every test starts from."""
    return NOW


@pytest.fixture
def cast(db) -> Cast:
    """The fixed invented county with its people."""
    return assemble(NOW)


@pytest.fixture(autouse=True)
def _doors_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the doors read the moment that every test starts from, whatever the day."""
    monkeypatch.setattr("renwang.web.frame.middleware.read_clock", lambda: NOW)


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every connection that leaves this machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address):
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in (
            "127.0.0.1",
            "::1",
            "localhost",
        ):
            raise RuntimeError(f"a test tried to reach {address[0]}")
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


OWN_NODES = [Path(__file__).parent / name for name in ("ops", "races", "browser")]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what can only happen on the other database, or has been seen there already."""
    if connection.vendor == "postgresql":
        other = [item for item in items if item.get_closest_marker("anywhere") or is_pure(item)]
    else:
        other = [item for item in items if item.get_closest_marker("postgresql")]
    if other:
        config.hook.pytest_deselected(items=other)
        items[:] = [item for item in items if item not in other]


def is_pure(item: pytest.Item) -> bool:
    """Say whether a test asks for no database: what it shows, it has shown on SQLite."""
    asks = {"db", "transactional_db"}
    return (
        not item.get_closest_marker("django_db")
        and not asks & set(getattr(item, "fixturenames", ()))
        and not any(folder in item.path.parents for folder in OWN_NODES)
    )


REAL = Path(__file__).parent / "real"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo):
    """Where everything is required, as in CI, what was left out is a failure with the same sentence.

    Real data is the exception: it belongs to others, lies beside a checkout or
    does not, and cannot be installed.
    """
    report = yield
    is_required = os.environ.get("RENWANG_REQUIRE_ALL") == "1" and REAL not in item.path.parents
    if is_required and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"left out, but everything is required: {report.longrepr}"
    return report
