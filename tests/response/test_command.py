"""`renwang rehearse` as somebody types it."""

import orjson
import pytest
from click.testing import CliRunner
from django.utils import translation

from renwang.chain.invented.loading import load_invented
from renwang.chain.invented.sizes import Size
from renwang.ops.rehearse_commands import rehearse
from renwang.response.models import Rehearsal


def run(*words: str):
    return CliRunner().invoke(rehearse, words)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["rainstorm"], "no place yet"),
        (["rainstorm", "--export", "story.pdf"], ".xlsx or .json"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(db, words, said):
    with translation.override("en"):
        result = run(*words)
    assert result.exit_code == 1
    assert said in result.output
    assert not Rehearsal.objects.exists()


def test_unknown_names_are_refused_with_the_known_ones(db, now):
    load_invented(Size(600), 1, now=now)
    result = run("locusts")
    assert result.exit_code == 1
    assert "rainstorm" in result.output
    assert run("rainstorm", "--unit", "no such place").exit_code == 1
    assert run("rainstorm", "--speed", "quick").exit_code == 2


@pytest.mark.slow
def test_it_is_played_to_its_end_summed_up_and_written(db, now, tmp_path):
    root = load_invented(Size(600), 1, now=now)
    file = tmp_path / "story.json"
    result = run(
        "rainstorm", "--speed", "max", "--seed", "4", "--unit", root.code, "--export", str(file)
    )
    assert result.exit_code == 0, result.output
    assert Rehearsal.objects.get().ended_at is not None
    assert len(orjson.loads(file.read_bytes())["chapters"]) == 5
