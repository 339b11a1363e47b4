"""The page of delay and fidelity: who may not, both languages, statements, files, and a mark that comes back."""

import pytest

from renwang.base.followers import follow_all
from renwang.base.models import Entry
from renwang.base.sealing import seal_all
from renwang.outreach.models import Call, Hop
from renwang.outreach.services import finish_notice
from tests.outreach.conftest import start  # noqa: F401
from tests.web.desk_pages import LANGUAGES, as_, cost

PAGE = "/desk/delays/"


@pytest.fixture
def ended(start, now):  # noqa: F811
    notice = start()
    finish_notice(notice, by="node:test", now=now)
    seal_all()
    while follow_all(now):
        pass
    return notice


def test_a_visitor_is_led_to_sign_in(client, ended):
    assert client.get(PAGE).status_code == 303


def test_a_stranger_sees_no_post_of_another_place(cast, ended):
    for path in (PAGE, f"{PAGE}?format=csv"):
        assert "石桥社区" not in as_(cast.stranger).get(path).content.decode()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_view_speaks_both_languages(cast, ended, language):
    client = as_(cast.officer, language)
    for query in (
        "",
        "?sort=-silent",
        "?sort=hop",
        "?which=silent",
        "?months=3",
        "?q=无",
        "?sort=x",
    ):
        assert client.get(PAGE + query).status_code == 200
    assert "石桥社区" in client.get(PAGE).content.decode()


def test_it_takes_few_statements(cast, ended):
    assert Hop.objects.count() == 5
    assert cost(as_(cast.officer), PAGE) <= 6


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_list_goes_out_as_a_file(cast, ended, kind):
    assert as_(cast.officer).get(f"{PAGE}?format={kind}").status_code == 200


def test_the_field_page_hands_back_the_mark_of_its_words(cast, start):  # noqa: F811
    notice = start()
    call = Call.objects.get(notice=notice, path=cast.grid.path)
    client = as_(cast.worker)
    page = client.get(f"/field/calls/{call.pk}/").content.decode()
    mark = page.split('name="seen" value="')[1].split('"')[0]
    client.post(f"/field/calls/{call.pk}/answer/", {"receipt": "understood", "seen": mark})
    assert not Entry.objects.filter(verb="outreach.other_words").exists()
    client.post(f"/field/calls/{call.pk}/answer/", {"receipt": "carried", "seen": "0" * 16})
    assert Entry.objects.filter(verb="outreach.other_words").count() == 1
