"""The keys of the care list from the shell: they are changed, and never shown."""

import pytest
from click.testing import CliRunner

from renwang.ops.care_commands import care
from renwang.registers.care import keys, services
from tests.registers.care.listed import content, entry, keeper


@pytest.fixture(autouse=True)
def _own_keys(settings, tmp_path):
    settings.RENWANG_CARE_KEYS = str(tmp_path / "keys")


def run(*arguments: str):
    return CliRunner().invoke(care, list(arguments))


def test_a_node_without_entries_has_no_key_and_says_so(db):
    answer = run("keys")
    assert answer.exit_code == 0
    assert not keys.has_keys()


@pytest.mark.parametrize(("option", "left"), [((), 1), (("--keep-old",), 2)])
def test_rotated_and_no_key_is_printed(cast, option, left):
    made = entry(cast)
    old = next(iter(keys.folder().glob("*.key"))).read_text().strip()
    answer = run("rotate", *option)
    assert answer.exit_code == 0
    assert len(keys.ring().keys) == left
    shown = answer.output + run("keys").output
    assert old not in shown
    assert all(path.read_text().strip() not in shown for path in keys.folder().glob("*.key"))
    look = services.look_into(made.pk, by=keeper(cast), now=cast.now)
    assert look.content == content()
