"""What is held about a reporter is given to him in one file, with what was sealed and who opened it; to nobody else."""

import json
import zipfile
from io import BytesIO

import pytest
from django.test import Client

from renwang.base.models import Entry
from renwang.cases import services
from renwang.cases.copies import take_copy
from renwang.cases.rules import CodeUnknown
from tests.cases.conftest import WORDS, answered, taken
from tests.cases.test_intake import picture
from tests.web.desk_pages import LANGUAGES

NUMBER = "13900000077"


def opened(answer) -> tuple[dict, str, list[str]]:
    """The data, the page and the names of a copy as it arrives."""
    with zipfile.ZipFile(BytesIO(answer.content)) as archive:
        return (
            json.loads(archive.read("held.json")),
            archive.read("held.html").decode(),
            archive.namelist(),
        )


def test_not_without_the_code(cast):
    with pytest.raises(CodeUnknown):
        take_copy("WRONG", now=cast.now)
    assert Client().post("/c/WRONG/copy/").status_code == 404
    one = taken(cast)
    assert Client().get(f"/c/{one.code}/copy/").status_code == 405


@pytest.mark.parametrize("language", LANGUAGES)
def test_holds_everything_he_may_see_and_what_was_sealed_for_him(cast, language):
    one = taken(cast, contact=NUMBER, tells=True, place="3 号楼", files=[picture()])
    by = cast.viewer(cast.secretary)
    services.note_case(one.case.pk, "内部讨论", by=by, now=cast.now)
    services.read_contact(one.case.pk, by=by, now=cast.now)
    answered(cast, one.case)
    client = Client()
    client.cookies["renwang_language"] = language
    answer = client.post(f"/c/{one.code}/copy/")
    assert answer["Cache-Control"] == "no-store"
    data, page, names = opened(answer)
    assert names == ["held.html", "held.json", "photo-1.jpg"]
    for said in (WORDS, NUMBER, "3 号楼", "电工", cast.secretary.name):
        assert said in page and said in json.dumps(data, ensure_ascii=False)
    assert "内部讨论" not in page and data["left_out"][0]["number"] == 1
    assert len(data["looks"]) == 1 and len(data["messages"]) == 1


def test_taking_it_is_a_fact_that_tells_nothing(cast):
    one = taken(cast, contact=NUMBER)
    take_copy(one.code, now=cast.now)
    [fact] = Entry.objects.filter(verb="cases.copy_taken")
    assert fact.actor == "node:reporter" and NUMBER not in fact.body and one.code not in fact.body


def test_of_a_merged_case_nothing_that_another_one_said(cast):
    own, other = taken(cast, contact=NUMBER), taken(cast, "别人的原话", contact="13900000088")
    by = cast.viewer(cast.secretary)
    services.merge_case(own.case.pk, other.case.pk, by=by, now=cast.now)
    services.add_by_code(other.code, "别人补充的话", now=cast.now)
    answered(cast, other.case)
    said = json.dumps(take_copy(own.code, now=cast.now).data(), ensure_ascii=False)
    assert "电工" in said and NUMBER in said
    assert not any(words in said for words in ("别人的原话", "别人补充的话", "13900000088"))
