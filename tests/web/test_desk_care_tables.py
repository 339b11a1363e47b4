"""The care list from a table at the desk: who may not, nothing on the disk, wrong rows in place, once and for all."""

import io
import tempfile
from datetime import timedelta

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from renwang.base.tables import write_csv, write_xlsx
from renwang.registers.care.models import CareEntry, Paper, SealedTable
from renwang.registers.care.table import COLUMNS
from renwang.registers.care.table_rules import LARGEST
from tests import make
from tests.make import MOMENT
from tests.registers.care.listed import SECRETS, keeper
from tests.web.desk_pages import LANGUAGES, as_, cost

TODAY = MOMENT.date()
ADDRESS = "/desk/care/tables/"


@pytest.fixture(autouse=True)
def _own_keys(settings, tmp_path):
    settings.RENWANG_CARE_KEYS = str(tmp_path / "keys")


@pytest.fixture
def secretary(cast):
    keeper(cast)
    house = make.building("9号楼", cast.group, search="9号楼")
    for number in range(101, 161):
        make.household(house, str(number), cast.contact_household)
    return as_(cast.secretary)


def rows(number: int = 1, **changes) -> list[dict]:
    return [
        {
            "building": "9号楼", "door": str(101 + at), "name": "钱奶奶", "needs": "在家吸氧",
            "telephone": "13911112222", "warn": "敲两下再喊", "leave": "背下楼",
            "stay": "氧气瓶在床边", "how": "signed", "given_on": TODAY - timedelta(days=3),
            "until_on": TODAY + timedelta(days=300), **changes,
        }
        for at in range(number)
    ]  # fmt: skip


def send(client, data: bytes, name: str = "钱奶奶.csv"):
    return client.post(ADDRESS, {"file": SimpleUploadedFile(name, data)})


def sent(client, said: list[dict]) -> str:
    return send(client, write_csv(COLUMNS, said))["Location"]


class TestWhoMayNot:
    def test_stranger_operator_and_officer_get_nothing(self, cast, secretary):
        place = sent(secretary, rows())
        make.grant(cast.stranger, "care_keeper", cast.strangers_street)
        for who in (cast.operator, cast.officer, cast.worker):
            client = as_(who)
            assert client.get(ADDRESS).status_code == 403
            assert send(client, b"x").status_code == 403
            assert client.get(place).status_code == 403
        stranger = as_(cast.stranger)
        for deed in ("", "errors/"):
            answer = stranger.get(place + deed, follow=True)
            assert not [one for one in SECRETS if one in answer.content.decode()]
        for deed in ("commit/", "drop/"):
            assert stranger.post(place + deed).status_code == 303
        assert SealedTable.objects.count() == 1
        assert not CareEntry.objects.exists()


class TestOnTheWayIn:
    @pytest.mark.parametrize("blank_lines", [0, 3000])
    def test_no_file_however_large_touches_the_disk(
        self, secretary, monkeypatch, settings, blank_lines
    ):
        def refuse(*args, **kwargs):
            raise AssertionError("a file on the disk")

        for name in ("NamedTemporaryFile", "TemporaryFile", "mkstemp", "SpooledTemporaryFile"):
            monkeypatch.setattr(tempfile, name, refuse)
        settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 1000
        data = write_csv(COLUMNS, rows(40)) + (b" " * 1000 + b"\r\n") * blank_lines
        place = send(secretary, data)["Location"]
        assert secretary.get(place).status_code == 200
        assert secretary.get(f"{place}errors/").status_code == 200
        assert secretary.post(f"{place}commit/").status_code == 303
        assert CareEntry.objects.count() == 40

    def test_too_much_is_a_sentence(self, secretary):
        answer = send(secretary, b"x" * (LARGEST + 1))
        assert answer.status_code == 422
        assert "4 MB" in answer.content.decode()
        assert send(secretary, b"x" * (LARGEST + (2 << 20))).status_code == 413

    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("data", [b"PK\x03\x04 nothing", b"a,b\r\n1,2\r\n", b"   "])
    def test_what_is_no_table_is_said(self, cast, secretary, data, language):
        client = as_(cast.secretary, language)
        answer = send(client, data)
        if answer.status_code == 303:
            shown = client.get(answer["Location"])
            assert shown.status_code == 422
            assert str(shown.context["sentence"])
            assert client.get(f"{answer['Location']}errors/")["Location"] == answer["Location"]
            assert client.post(f"{answer['Location']}commit/")["Location"] == answer["Location"]


class TestLookedAt:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_a_wrong_row_is_explained_in_place_and_given_back(self, cast, secretary, language):
        client = as_(cast.secretary, language)
        place = sent(client, [*rows(2), *rows(1, door="999", name="孙爷爷")])
        page = client.get(place)
        assert page["Cache-Control"] == "no-store"
        assert page.context["rows"][0]["number"] == 4
        back = client.get(f"{place}errors/")
        assert back["Cache-Control"] == "no-store"
        book = openpyxl.load_workbook(io.BytesIO(back.content))
        assert next(one[-1] for one in book.active.iter_rows(min_row=4, values_only=True))
        assert "/commit/" not in page.content.decode()

    def test_what_stands_on_the_list_already_stays_under_seal(self, secretary):
        secretary.post(f"{sent(secretary, rows())}commit/")
        place = sent(secretary, rows(warn="按灯铃"))
        text = secretary.get(place).content.decode()
        assert "按灯铃" in text
        assert "敲两下再喊" not in text
        assert "13911112222" not in text

    @pytest.mark.parametrize("show", ["errors", "created", "updated", "unchanged", "nonsense"])
    def test_every_view_of_it_in_both_languages(self, cast, secretary, show):
        place = sent(secretary, rows(60))
        for language in LANGUAGES:
            page = as_(cast.secretary, language).get(f"{place}?show={show}&page=2")
            assert page.status_code == 200

    def test_brought_in_once_and_the_slips_are_still_to_be_handed_out(self, secretary):
        place = sent(secretary, rows(3))
        answer = secretary.post(f"{place}commit/", follow=True).content.decode()
        assert "3" in answer
        assert CareEntry.objects.filter(has_slip=False).count() == 3
        secretary.post(f"{place}commit/")
        assert CareEntry.objects.count() == 3
        text = secretary.get("/desk/care/?state=noslip").content.decode()
        assert text.count("data-href") == 3
        secretary.post(f"/desk/care/{CareEntry.objects.first().pk}/slip/")
        assert CareEntry.objects.filter(has_slip=False).count() == 2

    def test_forgotten_at_once(self, secretary):
        place = sent(secretary, rows())
        assert secretary.post(f"{place}drop/", follow=True).status_code == 200
        assert not SealedTable.objects.exists()
        assert secretary.get(place)["Location"] == ADDRESS

    def test_it_costs_what_a_short_one_costs(self, secretary):
        few, many = (sent(secretary, rows(number)) for number in (2, 60))
        assert cost(secretary, many) == cost(secretary, few) <= 15
        assert cost(secretary, ADDRESS) <= 6
        with CaptureQueriesContext(connection) as done:
            secretary.post(f"{many}commit/")
        assert len(done) <= 36


class TestTakenOut:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_as_a_workbook_that_is_accounted_for(self, cast, secretary, language):
        secretary.post(f"{sent(secretary, rows(2))}commit/")
        form = {
            "unit": cast.community.ref, "holder": str(cast.worker.pk), "form": "table",
            "until_at": f"{TODAY + timedelta(days=3)} 08:00",
        }  # fmt: skip
        answer = as_(cast.secretary, language).post("/desk/care/papers/", form)
        paper = Paper.objects.get()
        assert answer["Content-Disposition"] == f'attachment; filename="{paper.ref}.xlsx"'
        assert answer["Cache-Control"] == "no-store"
        book = openpyxl.load_workbook(io.BytesIO(answer.content))
        lines = [one for one in book.active.iter_rows(min_row=2, values_only=True) if one[0]]
        assert len(lines) == 2
        assert all(paper.ref in one for one in lines)
        text = secretary.get("/desk/care/papers/").content.decode()
        assert paper.ref in text
        secretary.post(f"/desk/care/papers/{paper.pk}/", {"do": "destroy"})
        assert Paper.objects.get().state == "destroyed"

    def test_the_template_has_an_example(self, secretary):
        book = openpyxl.load_workbook(io.BytesIO(secretary.get(f"{ADDRESS}template.xlsx").content))
        assert book.active.max_row == 2


def test_a_workbook_made_in_memory_is_the_same_workbook():
    plain, quiet = (write_xlsx(COLUMNS, rows(3), in_memory=one) for one in (False, True))
    books = [openpyxl.load_workbook(io.BytesIO(data)).active for data in (plain, quiet)]
    first, second = ([list(one) for one in book.values] for book in books)
    assert first == second
