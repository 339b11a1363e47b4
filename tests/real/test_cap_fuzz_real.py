"""The same damage as in `tests/wire`, done to real alerts of seven repositories."""

from pathlib import Path

import pytest
from tests.wire.fuzzing import CASES, Watch
from tests.wire.test_cap_fuzz import judge, judge_feed, run

CAP = Path(__file__).parents[3] / "shared" / "data" / "cap" / "alerts"
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not CAP.is_dir(), reason="the real data is not beside this checkout"),
]


@pytest.fixture
def watch():
    made = Watch()
    yield made
    made.close()


def originals() -> list[bytes]:
    return [path.read_bytes() for path in sorted(CAP.rglob("*")) if path.is_file()]


@pytest.mark.parametrize(("make", "judged"), [("alert", judge), ("feed", judge_feed)])
def test_damaged_real_alerts_are_taken_or_refused_for_a_reason(watch, make, judged):
    run(watch, originals(), make, judged, CASES)
