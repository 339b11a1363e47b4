"""A list in which thousands of rows are wrong: it can be paged, given back, and costs what a short one costs."""

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from renwang.chain.models import Person
from tests.web.desk_pages import as_, cost

HEADING = "姓名,所属单位,手机\n"


def send(client, data: bytes, name: str = "名单.csv"):
    file = SimpleUploadedFile(name, data)
    return client.post("/desk/imports/", {"kind": "people", "file": file})["Location"]


def wrong(rows: int) -> bytes:
    return (HEADING + "".join(f"何{n},没有这个网格,1390000\n" for n in range(rows))).encode()


def test_five_thousand_wrong_rows_are_paged_and_given_back(cast):
    client = as_(cast.secretary)
    place = send(client, wrong(5000))
    first = client.get(place)
    assert first.context["plan"].counts["wrong"] >= 5000
    assert len(first.context["rows"]) == 50
    last = client.get(f"{place}?show=errors&page=100")
    assert last.context["rows"][0]["number"] > 2
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{place}errors/").content))
    marked = [row for row in book.active.iter_rows(min_row=2, values_only=True) if row[-1]]
    assert len(marked) == 5000
    assert not Person.objects.filter(name__startswith="何").exists()


def test_statements_do_not_grow_with_the_errors(cast):
    client = as_(cast.secretary)
    few, many = (send(client, wrong(rows)) for rows in (60, 5000))
    assert cost(client, many) == cost(client, few)
    assert cost(client, f"{many}errors/") == cost(client, f"{few}errors/")


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "people.xlsx"),
        (b"PK\x03\x04 and then nothing", "people.csv"),
        ((HEADING + "何一,第一网格,").encode() + b"9" * 200_000, "people.csv"),
        (HEADING.encode() + b"a\0b,c,d\n", "people.csv"),
    ],
)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_what_is_no_table_is_said_on_every_page_about_it(cast, data, name, language):
    client = as_(cast.secretary, language)
    place = send(client, data, name)
    shown = client.get(place)
    assert shown.status_code == 422
    assert str(shown.context["sentence"])
    assert client.get(f"{place}errors/")["Location"] == place


def test_a_text_that_no_cell_can_hold_is_cut_in_the_file_that_is_given_back(cast):
    client = as_(cast.secretary)
    place = send(client, (HEADING + "何" * 60_000 + ",没有,1\n").encode())
    assert client.get(place).status_code == 200
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{place}errors/").content))
    assert book.active["A2"].value.endswith("…")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1+1", "＝1+1"])
def test_no_file_of_ours_makes_a_spreadsheet_compute(cast, text):
    """Somebody registers a person under a formula; whoever takes the list along is safe."""
    cast.worker.name = text
    cast.worker.save()
    client = as_(cast.secretary)
    table = client.get("/desk/people/?format=csv").content.decode("utf-8-sig")
    for line in table.splitlines():
        for cell in line.split(","):
            assert not cell.strip('"').startswith(("=", "+", "-", "@", "\t", "＝"))
    book = openpyxl.load_workbook(io.BytesIO(client.get("/desk/people/?format=xlsx").content))
    cells = [cell for row in book.active.iter_rows() for cell in row]
    assert any(cell.value == text.strip() or cell.value == text for cell in cells)
    assert not any(cell.data_type == "f" for cell in cells)
