"""Readiness at the desk: refusals first, then the list, one hole, letting it stand, places, checks, own checks."""

from datetime import timedelta

import pytest
from django.test import Client

from renwang.base.models import Job
from renwang.chain.models import Holding
from renwang.registers.duties import services as duties
from renwang.registers.readiness.models import Hole, OwnCheck, Waiver
from renwang.registers.readiness.services import OwnWords, waive_hole, write_own_check
from tests import make
from tests.registers.care.listed import entered
from tests.registers.duties.listed import in_force
from tests.registers.readiness.looked import begun, found
from tests.registers.risks.conftest import judged
from tests.web.desk_pages import LANGUAGES, as_, cost

DAY = timedelta(days=1)
PAGES = ("", "places/", "waivers/", "checks/", "checks/chain.vacant/")


@pytest.fixture
def hole(cast) -> Hole:
    """Nobody works the grid; everything was looked at."""
    in_force(cast)
    Holding.objects.filter(post=cast.grid_post).delete()
    begun(cast.now)
    return found("chain.grid_without_worker")[0]


def waived(cast, hole: Hole) -> Waiver:
    until = cast.now.date() + 30 * DAY
    return waive_hole(hole.pk, "等编制批复", until, by=cast.viewer(cast.secretary), now=cast.now)


class TestWhoMayNot:
    @pytest.mark.parametrize("path", [*PAGES, "own/write/"])
    def test_a_visitor_is_led_to_signing_in(self, db, path):
        answer = Client().get(f"/desk/readiness/{path}")
        assert answer["Location"].startswith("/account/login/?next=")

    def test_who_carries_warnings_only_is_refused(self, cast, hole):
        client = as_(cast.head)
        for path in PAGES:
            assert client.get(f"/desk/readiness/{path}").status_code == 403

    def test_a_stranger_sees_neither_the_hole_nor_the_place(self, cast, hole):
        client = as_(cast.stranger)
        assert client.get(f"/desk/readiness/holes/{hole.pk}/").status_code == 404
        assert client.get(f"/desk/readiness/?under={cast.community.ref}").status_code == 404
        assert "第一网格" not in client.get("/desk/readiness/").content.decode()
        assert client.post(f"/desk/readiness/holes/{hole.pk}/waive/").status_code == 404
        assert client.post("/desk/readiness/look/", {"under": cast.grid.ref}).status_code == 404
        assert as_(cast.officer).get(f"/desk/readiness/holes/{hole.pk}/").status_code == 200

    def test_who_only_looks_lets_nothing_stand_and_writes_nothing(self, cast, hole):
        client = as_(cast.officer)
        sent = {"reason": "等编制", "until_on": "2026-08-01"}
        assert client.post(f"/desk/readiness/holes/{hole.pk}/waive/", sent).status_code == 403
        assert client.get("/desk/readiness/own/write/").status_code == 403
        assert not Waiver.objects.exists()

    def test_who_keeps_the_place_is_told_that_the_level_above_decides(self, cast, hole):
        own = next(one for one in found("drills.never") if one.path == cast.community.path)
        page = as_(cast.secretary).get(f"/desk/readiness/holes/{own.pk}/").content.decode()
        assert "/waive/" not in page
        sent = {"reason": "等编制", "until_on": "2026-08-01"}
        answer = as_(cast.secretary).post(
            f"/desk/readiness/holes/{own.pk}/waive/", sent, follow=True
        )
        assert "请上一级" in answer.content.decode()
        assert not Waiver.objects.exists()

    def test_the_care_list_is_a_number_to_its_keeper_and_nothing_to_others(self, cast):
        entered(cast)
        begun(cast.now)
        [care] = found("care.unpaired")
        assert care.params["count"] == 1
        assert as_(cast.secretary).get(f"/desk/readiness/holes/{care.pk}/").status_code == 200
        for who in (cast.officer, cast.operator, cast.worker):
            assert as_(who).get(f"/desk/readiness/holes/{care.pk}/").status_code == 404
            page = as_(who).get("/desk/readiness/").content.decode()
            assert f"/holes/{care.pk}/" not in page
            counted = as_(who).get("/desk/readiness/checks/care.unpaired/").content.decode()
            assert "check=care.unpaired" not in counted


class TestTheList:
    def test_the_worst_stands_first_with_where_it_is_mended(self, cast, hole):
        page = as_(cast.secretary).get("/desk/readiness/").content.decode()
        assert page.index(f"/holes/{hole.pk}/") < page.index("drills.never" and "从未演练")
        assert f"/desk/posts/{cast.grid_post.pk}/" in page
        assert "第一网格没有网格员" in page

    @pytest.mark.parametrize(
        ("query", "shown"),
        [
            ("?severity=0", True), ("?severity=2", False), ("?check=chain.grid_without_worker", True),
            ("?check=drills.never", False), ("?mender=chain.edit", True),
            ("?mender=people.edit", False), ("?mine=1", True), ("?waived=yes", False),
            ("?waived=no", True), ("?q=第一网格", True), ("?q=不存在", False),
            ("?severity=nonsense&sort=nonsense&check=nonsense", True),
        ],
    )  # fmt: skip
    def test_it_narrows(self, cast, hole, query, shown):
        page = as_(cast.secretary).get(f"/desk/readiness/{query}").content.decode()
        assert (f"/holes/{hole.pk}/" in page) is shown

    def test_mine_is_what_i_can_mend_myself(self, cast, hole):
        page = as_(cast.officer).get("/desk/readiness/?mine=1").content.decode()
        assert f"/holes/{hole.pk}/" not in page

    def test_it_is_given_as_a_file(self, cast, hole):
        waived(cast, hole)
        for kind in ("csv", "xlsx"):
            answer = as_(cast.secretary).get(f"/desk/readiness/?format={kind}")
            assert answer.status_code == 200
        text = as_(cast.secretary).get("/desk/readiness/?format=csv").content.decode()
        assert "等编制批复" in text
        assert "第一网格没有网格员" in text

    def test_pages_follow_each_other(self, cast, hole):
        for number in range(60):
            make.post(f"空岗{number}", cast.grid, answers=False)
        begun(cast.now)
        client = as_(cast.secretary)
        first = client.get("/desk/readiness/").content.decode()
        import re

        after = re.search(r'href="(\?after=[^"]+)"', first)
        assert after
        second = client.get(f"/desk/readiness/{after[1].replace('&amp;', '&')}")
        assert second.status_code == 200

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_every_page_speaks_both_languages_empty_and_full(self, cast, language):
        client = as_(cast.operator, language)
        for path in (*PAGES, "own/write/"):
            assert client.get(f"/desk/readiness/{path}").status_code == 200
        in_force(cast, hazard="fire")
        begun(cast.now)
        for one in Hole.objects.all():
            assert client.get(f"/desk/readiness/holes/{one.pk}/").status_code == 200
        for path in (*PAGES, f"places/?under={cast.street.ref}&days=90"):
            assert client.get(f"/desk/readiness/{path}").status_code == 200

    def test_statements_are_few(self, cast, hole):
        client = as_(cast.secretary)
        waived(cast, hole)
        assert cost(client, "/desk/readiness/") <= 6
        assert cost(client, "/desk/readiness/checks/") <= 6
        assert cost(client, "/desk/readiness/waivers/") <= 6
        assert cost(client, "/desk/readiness/places/") <= 7
        assert cost(client, f"/desk/readiness/holes/{hole.pk}/") <= 6


def test_where_nothing_is_there_the_link_says_that_it_has_to_be_written(cast):
    judged(cast, hazard="rainstorm")
    begun(cast.now)
    [hole] = found("struck.no_procedure")
    page = as_(cast.secretary).get(f"/desk/readiness/holes/{hole.pk}/").content.decode()
    assert "/desk/procedures/write/?" in page and "编写制度" in page


class TestLettingStand:
    def test_from_above_with_a_reason_until_a_day_and_back(self, cast, hole):
        client = as_(cast.secretary)
        address = f"/desk/readiness/holes/{hole.pk}/"
        assert client.post(f"{address}waive/", {"reason": ""}).status_code == 422
        late = {"reason": "等编制", "until_on": "2027-12-31"}
        assert "90" in client.post(f"{address}waive/", late, follow=True).content.decode()
        client.post(f"{address}waive/", {"reason": "等编制批复", "until_on": "2026-08-01"})
        waiver = Waiver.objects.get()
        for path in ("", f"holes/{hole.pk}/", "waivers/", "waivers/?which=standing"):
            assert "等编制批复" in client.get(f"/desk/readiness/{path}").content.decode()
        assert (
            "等编制批复" not in client.get("/desk/readiness/waivers/?which=over").content.decode()
        )
        assert "等编制批复" in client.get("/desk/readiness/waivers/?format=csv").content.decode()
        stranger = as_(cast.stranger)
        ending = f"/desk/readiness/waivers/{waiver.pk}/end/"
        assert stranger.post(ending).status_code == 404
        client.post(ending)
        waiver.refresh_from_db()
        assert waiver.ended_at == cast.now
        assert client.post(ending, follow=True).status_code == 200


class TestPlaces:
    def test_each_part_counts_all_below_it_and_nothing_is_a_score(self, cast, hole):
        page = as_(cast.officer).get("/desk/readiness/places/").content.decode()
        assert cast.community.name in page
        assert f"severity=0&amp;under={cast.community.ref}" in page
        assert "%" not in page.split('id="main"')[-1].split("<script")[0]

    def test_the_trend_counts_what_was_there_each_day(self, cast, hole):
        Hole.objects.filter(pk=hole.pk).update(since_at=cast.now - 3 * DAY)
        page = as_(cast.officer).get("/desk/readiness/places/").content.decode()
        assert "readiness-trend" in page
        assert "2026" in page

    def test_looking_is_asked_for_once_and_shown_while_it_goes_on(self, cast, hole):
        client = as_(cast.secretary)
        answer = client.post("/desk/readiness/look/", {"under": cast.community.ref})
        job = Job.objects.get()
        assert answer["Location"] == f"/desk/readiness/look/{job.pk}/"
        again = client.post("/desk/readiness/look/", {"under": cast.grid.ref})
        assert again["Location"] == answer["Location"]
        assert client.get(answer["Location"]).status_code == 200
        assert as_(cast.stranger).get(answer["Location"]).status_code == 404
        Job.objects.update(
            state="done", ended_at=cast.now, outcome={"places": 4, "appeared": 1, "gone": 0}
        )
        assert client.get(answer["Location"]).status_code == 200
        assert client.get(f"{answer['Location']}?since=0").status_code == 200


class TestOwnChecks:
    SENT = {
        "level": "", "when": "vacant > 0", "name": "空缺", "sentence": "尽快补人", "severity": "1",
        "mender": "chain.edit",
    }  # fmt: skip

    def test_it_is_tried_kept_changed_and_ended(self, cast, hole):
        client = as_(cast.secretary)
        sent = {**self.SENT, "unit": cast.community.ref}
        tried = client.post("/desk/readiness/own/write/", {**sent, "do": "try"})
        assert tried.status_code == 200
        assert "第一网格" in tried.content.decode()
        assert not OwnCheck.objects.exists()
        answer = client.post("/desk/readiness/own/write/", {**sent, "do": "keep"})
        own = OwnCheck.objects.get()
        assert answer["Location"] == f"/desk/readiness/own/{own.ref}/"
        assert client.get(answer["Location"]).status_code == 200
        edit = f"/desk/readiness/own/{own.ref}/edit/"
        assert "vacant &gt; 0" in client.get(edit).content.decode()
        client.post(edit, {**sent, "when": "vacant > 1", "do": "keep"})
        own.refresh_from_db()
        assert (own.version.number, own.version.when) == (2, "vacant > 1")
        client.post(f"/desk/readiness/own/{own.ref}/end/")
        own.refresh_from_db()
        assert own.ended_at == cast.now

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"when": "nobody > 0"}, "没有“nobody”"),
            ({"when": "vacant"}, "是或否"),
            ({"when": "vacant >"}, "读不懂"),
            ({"name": ""}, ""),
            ({"mender": "everybody"}, ""),
        ],
    )
    def test_what_is_wrong_is_said_and_nothing_typed_is_lost(self, cast, hole, changes, sentence):
        sent = {**self.SENT, "unit": cast.community.ref, "do": "keep", **changes}
        answer = as_(cast.secretary).post("/desk/readiness/own/write/", sent)
        assert answer.status_code == 422
        assert sentence in answer.content.decode()
        assert "尽快补人" in answer.content.decode()
        assert not OwnCheck.objects.exists()

    def test_a_stranger_does_not_find_it(self, cast, hole):
        own = write_own_check(
            OwnWords("空缺", "尽快补人", "vacant > 0"),
            cast.community,
            by=cast.viewer(cast.secretary),
            now=cast.now,
        )
        client = as_(cast.stranger)
        assert client.get(f"/desk/readiness/own/{own.ref}/").status_code == 404
        assert client.post(f"/desk/readiness/own/{own.ref}/end/").status_code == 404
        assert as_(cast.worker).get(f"/desk/readiness/own/{own.ref}/").status_code == 200


def test_a_hole_leads_to_a_form_that_knows_it(cast, hole):
    for one in list(Hole.objects.filter(check_key="duties.phase_missing"))[:1]:
        page = as_(cast.secretary).get(f"/desk/readiness/holes/{one.pk}/").content.decode()
        assert "/desk/duties/write/?under=" in page


def test_what_nobody_declares_any_more_is_still_shown(cast, hole):
    Hole.objects.filter(pk=hole.pk).update(check_key="gone.check")
    assert as_(cast.secretary).get("/desk/readiness/").status_code == 200
    assert as_(cast.secretary).get(f"/desk/readiness/holes/{hole.pk}/").status_code == 200
    assert duties
