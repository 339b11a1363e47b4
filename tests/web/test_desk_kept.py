"""What is kept of people and the proofs that it went: refusals first, both languages, the file, a proof that was tampered with."""

from datetime import timedelta

import pytest

from renwang.base.models import Entry, Forgotten
from renwang.base.sealing import seal_all
from renwang.cases import services
from renwang.cases.models import Case
from tests.cases.conftest import taken
from tests.web.desk_pages import LANGUAGES, as_, cost

PAGE = "/desk/kept/"


@pytest.fixture
def run(cast, now) -> Entry:
    """Two cases whose time was over have been forgotten."""
    for one in (taken(cast), taken(cast)):
        Case.objects.filter(pk=one.case.pk).update(erase_at=now)
    assert services.erase_words(now + timedelta(days=1)) == 2
    seal_all()
    return Entry.objects.get(verb="cases.words_erased")


@pytest.mark.parametrize("who", ["officer", "worker", "stranger"])
def test_it_is_for_who_operates_the_node(cast, run, who):
    client = as_(getattr(cast, who))
    for path in (PAGE, f"{PAGE}{run.seq}/", f"{PAGE}?format=csv"):
        assert client.get(path).status_code == 403
    assert as_(cast.operator).get(PAGE).status_code == 200


def test_what_is_no_proof_has_no_page(cast, run):
    other = Entry.objects.filter(verb="cases.reported").first()
    client = as_(cast.operator)
    assert client.get(f"{PAGE}{other.seq}/").status_code == 404
    assert client.get(f"{PAGE}999999/").status_code == 404


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_says_what_is_kept_and_that_the_proof_holds(cast, run, language):
    client = as_(cast.operator, language)
    page = client.get(PAGE).content.decode()
    proof = run.facts["proof"]
    assert proof[:16] in page and f"{PAGE}{run.seq}/" in page
    one = client.get(f"{PAGE}{run.seq}/").content.decode()
    assert proof in one and "callout-good" in one
    assert not {str(key) for key in Case.objects.values_list("pk", flat=True)} & set(one.split())


def test_a_note_that_was_taken_away_is_seen(cast, run):
    Forgotten.objects.filter(kind="cases.words").first().delete()
    page = as_(cast.operator).get(f"{PAGE}{run.seq}/").content.decode()
    assert "callout-bad" in page


def test_runs_are_taken_along_as_a_file(cast, run):
    answer = as_(cast.operator).get(f"{PAGE}?format=csv")
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert run.facts["proof"] in answer.content.decode("utf-8-sig")


def test_it_costs_six_statements_at_most(cast, run):
    assert cost(as_(cast.operator), PAGE) <= 6
