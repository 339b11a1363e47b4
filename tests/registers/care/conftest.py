"""Keys of its own for every test."""

import pytest


@pytest.fixture(autouse=True)
def _own_keys(settings, tmp_path):
    """Keep the keys of a test in a folder of its own."""
    settings.RENWANG_CARE_KEYS = str(tmp_path / "keys")
