"""`renwang cap` as an officer at a shell sees it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from django.utils import translation

from renwang.alerts.cap import Doubt, Reason, Severity, SigningRefusal, Standing, read
from renwang.alerts.cap.words import DOUBTS, REASONS, SIGNING, STANDINGS
from renwang.ops.cap_commands import cap

SAMPLES = Path(__file__).parent / "cap"
FULL, FEED = str(SAMPLES / "full.xml"), str(SAMPLES / "feed.atom")


def run(*words: str) -> Result:
    with translation.override("en"):
        return CliRunner().invoke(cap, list(words))


@pytest.fixture
def bad(tmp_path: Path) -> str:
    path = tmp_path / "bad.xml"
    path.write_text("<!DOCTYPE alert><alert/>")
    return str(path)


def test_a_refused_file_has_its_reason_on_one_line_and_exit_code_1(bad: str) -> None:
    result = run("validate", FULL, bad)
    assert result.exit_code == 1
    first, second = result.output.splitlines()
    assert first == f"{FULL}: accepted"
    assert second.startswith(f"{bad}: refused: The file declares a document type.")


def test_a_file_that_cannot_be_read_and_no_file_at_all_have_exit_code_2(tmp_path: Path) -> None:
    assert run("validate", str(tmp_path / "none.xml"), FULL).exit_code == 2
    assert run("validate", str(tmp_path)).exit_code == 2
    assert run("validate").exit_code == 2


def test_all_accepted_has_exit_code_0_and_doubts_when_asked() -> None:
    assert run("validate", FULL).exit_code == 0
    assert "names no area" in run("validate", "--doubts", FULL).output


def test_json_tells_each_alert_of_a_feed(bad: str) -> None:
    result = run("validate", "--json", FULL, FEED, bad)
    full, feed, refused = (json.loads(line) for line in result.output.splitlines())
    assert (full["verdict"], full["version"], full["doubts"][0]["doubt"]) == (
        "accepted",
        "1.2",
        "area-without-place",
    )
    assert (feed["verdict"], feed["reason"], feed["element"]) == (
        "refused",
        "missing-element",
        "sent",
    )
    assert [entry["verdict"] for entry in feed["entries"]] == ["accepted", "refused"]
    assert refused["reason"] == "doctype"


def test_rewriting_gives_the_same_alert_and_writes_nothing_refused(
    tmp_path: Path, bad: str
) -> None:
    out = tmp_path / "out.xml"
    assert run("rewrite", FULL, "-o", str(out)).exit_code == 0
    assert read(out.read_bytes()).alert == read(Path(FULL).read_bytes()).alert
    assert read(run("rewrite", FULL).stdout_bytes).alert == read(Path(FULL).read_bytes()).alert
    out.unlink()
    result = run("rewrite", bad, "-o", str(out))
    assert (result.exit_code, out.exists(), result.stdout) == (1, False, "")
    assert run("rewrite", FEED).exit_code == 2
    assert run("rewrite", str(tmp_path / "none.xml")).exit_code == 2
    assert run("rewrite", FULL, "-o", str(tmp_path)).exit_code == 2


def test_the_chinese_profile_is_judged_when_asked_and_becomes_cap() -> None:
    chinese = str(SAMPLES / "chinese.xml")
    assert run("validate", chinese).exit_code == 1
    assert run("validate", "--chinese", chinese).exit_code == 0
    (info,) = read(run("rewrite", "--chinese", chinese).stdout_bytes).alert.infos
    assert (info.severity, info.parameter("colour")) == (Severity.SEVERE, "Orange")


def test_every_refusal_doubt_and_standing_has_a_sentence() -> None:
    for kinds, sentences in (
        (Reason, REASONS),
        (Doubt, DOUBTS),
        (Standing, STANDINGS),
        (SigningRefusal, SIGNING),
    ):
        assert set(sentences) == set(kinds)


def test_the_sentences_are_there_in_chinese(bad: str) -> None:
    with translation.override("zh-hans"):
        output = CliRunner().invoke(cap, ["validate", bad]).output
        for sentences in (REASONS, DOUBTS, STANDINGS, SIGNING):
            for sentence in sentences.values():
                assert any("\u4e00" <= one <= "\u9fff" for one in str(sentence)), sentence
    assert "拒收" in output and "文档类型" in output
