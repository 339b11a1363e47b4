"""A node that has only started holds nothing that most nodes never use."""

import subprocess
import sys

import pytest

from renwang.base.pure.loading import on_first_use

STARTED = "from renwang.ops.server import preload; preload(); import sys; print(*sys.modules)"
HEAVY = {"numpy", "shapely", "PIL", "paho", "httpx", "segno", "sklearn", "typst", "openpyxl", "cel"}


def test_what_is_not_there_is_missed_when_it_is_first_asked_for():
    nothing = on_first_use("renwang.no_such_room")
    with pytest.raises(ModuleNotFoundError):
        nothing.door  # noqa: B018 (asking is the deed)
    with pytest.raises(AttributeError):
        on_first_use("json").no_such_name  # noqa: B018


def test_what_is_asked_for_is_the_library_itself():
    import json

    later = on_first_use("json")
    assert later.dumps is json.dumps
    assert later.dumps is later.dumps


def test_a_started_node_has_loaded_no_heavy_library(tmp_path):
    told = subprocess.run(
        [sys.executable, "-c", STARTED],
        env={
            "DJANGO_SETTINGS_MODULE": "renwang.conf.settings",
            "PYTHONPATH": "src",
            "RENWANG_HOME": str(tmp_path),
        },
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = {name.partition(".")[0] for name in told.stdout.split()}
    assert "django" in loaded
    assert not loaded & HEAVY
