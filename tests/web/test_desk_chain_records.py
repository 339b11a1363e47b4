"""Search, imports, the journal, grants, keys and the node's state on the desk: refusals first."""

import json
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from renwang.base.jobs import ask_for_job, claim_job, run_job
from renwang.base.models import Entry, Job
from renwang.base.pure.clock import read_clock
from renwang.base.sealing import seal_all
from renwang.chain import routes, tallies
from renwang.chain.models import Grant, Person, Token
from renwang.chain.services import units
from renwang.outreach.lines import Line
from tests import make
from tests.web.desk_pages import LANGUAGES, as_, received
from tests.web.test_desk_chain_units import FRAME


@pytest.fixture(autouse=True)
def counted(cast):
    """Routes and tallies as the services keep them."""
    routes.rebuild_routes()
    tallies.rebuild_tallies()


@pytest.fixture
def told(cast, now):
    """A journal of three facts: two in the community, one in the stranger's place."""
    for unit in (cast.community, cast.grid, cast.strangers_street):
        units.rename_unit(unit=unit, name=f"新{unit.name}", by=cast.viewer(cast.operator), now=now)
    seal_all()


def work_off() -> None:
    """Run what was asked for, as the worker would."""
    now = read_clock()
    while row := claim_job(now):
        run_job(row, lambda: now)


class TestSearch:
    def test_what_is_out_of_reach_is_not_found(self, cast):
        assert "北山街道" not in as_(cast.secretary).get("/desk/search?q=北山").content.decode()
        assert (
            cast.strangers_street.ref
            in as_(cast.stranger).get("/desk/search?q=北山").content.decode()
        )

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_every_kind_is_found_under_its_name(self, cast, now, language):
        alert = received(now)
        client = as_(cast.officer, language)
        assert str(cast.worker.pk) in client.get("/desk/search?q=王格").content.decode()
        assert cast.community.ref in client.get("/desk/search?q=石 桥社区").content.decode()
        assert str(alert.pk) in client.get(f"/desk/search?q={alert.ref}").content.decode()
        assert client.get("/desk/search").status_code == 200

    def test_script_fetches_only_the_part(self, cast):
        part = as_(cast.secretary).get("/desk/search?q=石", headers={"HX-Request": "true"})
        assert "<html" not in part.content.decode()

    def test_statements_are_few(self, cast, django_assert_max_num_queries):
        client = as_(cast.secretary)
        client.get("/desk/units/")
        with django_assert_max_num_queries(FRAME + 8):
            client.get("/desk/search?q=格")


class TestImports:
    ROSTER = "姓名,所属单位,手机\n何一,第一网格,13900000011\n何二,第一网格,13900000012\n"

    def send(self, client, text: str, kind: str = "people"):
        file = SimpleUploadedFile("名单.csv", text.encode("gb18030"))
        return client.post("/desk/imports/", {"kind": kind, "file": file})

    def test_who_may_not(self, cast):
        assert as_(cast.worker).get("/desk/imports/").status_code == 403
        sent = self.send(as_(cast.secretary), self.ROSTER)
        assert as_(cast.stranger).get(sent["Location"]).status_code == 404

    def test_what_is_no_table_is_said(self, cast):
        client = as_(cast.secretary)
        sent = self.send(client, "")
        assert sent.status_code in (303, 422)
        sent = self.send(client, "一,二\n1,2\n")
        assert client.get(sent["Location"]).status_code == 422

    def test_a_wrong_row_stops_the_file_and_is_given_back_marked(self, cast):
        client = as_(cast.secretary)
        sent = self.send(client, self.ROSTER + "何三,没有这个网格,13900000013\n")
        shown = client.get(sent["Location"]).content.decode()
        assert "没有这个网格" in shown
        assert "commit" not in shown
        assert client.get(f"{sent['Location']}errors/").content[:2] == b"PK"
        client.post(f"{sent['Location']}commit/")
        work_off()
        assert not Person.objects.filter(name="何一").exists()
        assert Job.objects.get().outcome["refused"]

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_a_list_is_brought_in_once(self, cast, language):
        client = as_(cast.secretary, language)
        sent = self.send(client, self.ROSTER)
        assert "GB18030" in client.get(sent["Location"]).content.decode()
        assert not Person.objects.filter(name="何一").exists()
        job = client.post(f"{sent['Location']}commit/")["Location"]
        assert client.get(job).status_code == 200
        work_off()
        assert Person.objects.filter(name__in=["何一", "何二"]).count() == 2
        assert client.get(job).status_code == 200
        assert client.get(sent["Location"]).status_code == 404  # the file is forgotten
        again = client.get(self.send(client, self.ROSTER)["Location"])
        assert again.context["plan"].counts["unchanged"] == 2
        assert "commit" not in again.content.decode()

    def test_templates_have_headings_in_the_readers_language(self, cast):
        assert (
            "姓名" in as_(cast.secretary).get("/desk/imports/template/people.csv").content.decode()
        )
        english = as_(cast.secretary, "en").get("/desk/imports/template/people.csv")
        assert "Name" in english.content.decode()

    def test_a_job_is_seen_by_who_asked_for_it(self, cast):
        sent = self.send(as_(cast.secretary), self.ROSTER)
        job = as_(cast.secretary).post(f"{sent['Location']}commit/")["Location"]
        assert as_(cast.deputy).get(job).status_code == 404
        assert as_(cast.operator).get(job).status_code == 200
        assert as_(cast.secretary).post(f"{job}stop/").status_code == 303
        work_off()
        assert not Person.objects.filter(name="何一").exists()


class TestJournal:
    def test_who_may_not(self, cast, told):
        assert as_(cast.worker).get("/desk/journal/").status_code == 403
        assert as_(cast.worker).get("/desk/journal/1/").status_code == 403

    def test_a_reader_sees_his_own_place_only(self, cast, told):
        shown = as_(cast.secretary).get("/desk/journal/").content.decode()
        assert "新石桥社区" in shown
        assert "新北山街道" not in shown
        assert as_(cast.secretary).get("/desk/journal/3/").status_code == 404
        assert as_(cast.stranger).get("/desk/journal/3/").status_code == 200

    def test_a_filter_cannot_reach_further(self, cast, told):
        shown = as_(cast.secretary).get(f"/desk/journal/?place={cast.strangers_street.ref}")
        assert "新北山街道" not in shown.content.decode()

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_facts_are_told_with_names(self, cast, told, language):
        client = as_(cast.operator, language)
        shown = client.get("/desk/journal/?verb=chain.&since=2020-01-01").content.decode()
        assert "程运维" in shown
        assert not re.search(r"person:[0-9a-f]", shown)
        fact = client.get("/desk/journal/1/").content.decode()
        assert Entry.objects.get(seq=1).digest in fact
        for query in (f"?actor={cast.operator.pk}", "?node=node:import", "?drills=on", "?since=x"):
            assert client.get(f"/desk/journal/{query}").status_code == 200

    def test_whom_it_is_about_is_named_to_who_may_see_people(self, cast, now):
        from renwang.chain.services.people import change_person

        change_person(person=cast.officer, number="D1", by="node:test", now=now)
        seal_all()
        make.grant(cast.leader, "operator", cast.district)
        assert "杜值守" in as_(cast.leader).get("/desk/journal/").content.decode()

    def test_it_is_taken_along_whole(self, cast, told):
        client = as_(cast.operator)
        lines = b"".join(client.get("/desk/journal/?format=jsonl").streaming_content).splitlines()
        assert [json.loads(line)["seq"] for line in lines] == [3, 2, 1]
        assert json.loads(lines[0])["digest"] == Entry.objects.get(seq=3).digest
        assert "新石桥社区" in client.get("/desk/journal/?format=csv").content.decode("utf-8-sig")
        assert client.get("/desk/journal/?format=xlsx").content[:2] == b"PK"

    def test_deep_pages_cost_what_the_first_costs(self, cast, now, django_assert_max_num_queries):
        for number in range(120):
            units.rename_unit(unit=cast.grid, name=f"网格{number}", by="node:test", now=now)
        seal_all()
        client = as_(cast.secretary)
        client.get("/desk/journal/")
        for query in ("", "?after=71", "?after=21", "?before=21"):
            with django_assert_max_num_queries(FRAME + 6):
                assert client.get(f"/desk/journal/{query}").status_code == 200

    def test_it_is_proved_whole_and_a_break_is_named(self, cast, told):
        client = as_(cast.operator)
        assert as_(cast.secretary).post("/desk/journal/verify/").status_code == 403
        job = client.post("/desk/journal/verify/")["Location"]
        live = client.get(f"{job}?since=0")
        again = client.get(f"{job}?since=1", headers={"If-None-Match": live["ETag"]})
        assert again.status_code == 304
        work_off()
        assert Job.objects.get().outcome["whole"] is True
        Entry.objects.filter(seq=2).update(place="/elsewhere/")
        job = client.post("/desk/journal/verify/")["Location"]
        work_off()
        assert " 2 " in client.get(job).content.decode()


class TestGrants:
    def test_everybody_sees_his_own_and_nobody_elses(self, cast):
        client = as_(cast.worker)
        shown = client.get("/desk/grants/").content.decode()
        assert "王格平" in shown
        assert "石书勤" not in shown
        other = Grant.objects.get(person=cast.secretary)
        assert client.get(f"/desk/grants/{other.pk}/").status_code == 404
        assert client.get("/desk/grants/give/").status_code == 403

    def test_more_than_ones_own_is_refused_in_words(self, cast):
        body = {"person": str(cast.leader.pk), "unit": cast.grid.ref, "bundle": "operator"}
        answer = as_(cast.secretary).post("/desk/grants/give/", body)
        assert answer.status_code == 422
        assert Grant.objects.filter(person=cast.leader).count() == 1

    def test_what_is_possible_is_shown(self, cast):
        answer = as_(cast.secretary).get(f"/desk/grants/give/?under={cast.grid.ref}")
        possible = {one["bundle"]: bool(one["problems"]) for one in answer.context["possible"]}
        assert possible["operator"]
        assert not possible["grid_worker"]

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_a_grant_is_given_passed_on_and_taken_back(self, cast, language):
        client = as_(cast.secretary, language)
        body = {
            "person": str(cast.deputy.pk), "unit": cast.community.ref, "bundle": "grid_worker",
            "until_at": "2030-01-01",
        }  # fmt: skip
        path = client.post("/desk/grants/give/", body)["Location"]
        assert client.get(path).status_code == 200
        own = Grant.objects.get(person=cast.secretary, giver=None)
        narrower = {
            **body,
            "unit": cast.grid.ref,
            "bundle": "looker",
            "person": str(cast.leader.pk),
        }
        assert client.post(f"/desk/grants/{own.pk}/pass-on/", narrower).status_code == 303
        assert client.post(f"{path}take-back/", {}).status_code == 303
        assert client.get(path).status_code == 200
        for query in ("", "?state=all", "?state=ended", "?state=mine", "?bundle=looker&q=石"):
            assert client.get(f"/desk/grants/{query}").status_code == 200

    def test_a_key_is_shown_once_and_ended(self, cast):
        client = as_(cast.worker)
        body = {"label": "报表", "scopes": ["chain.see"], "until_at": "2030-01-01"}
        assert (
            client.post("/desk/grants/keys/", {**body, "scopes": ["node.operate"]}).status_code
            == 422
        )
        shown = client.post("/desk/grants/keys/", body).content.decode()
        assert "rw_" in shown
        assert "rw_" not in client.get("/desk/grants/keys/").content.decode()
        token = Token.objects.get()
        assert as_(cast.stranger).post(f"/desk/grants/keys/{token.pk}/end/").status_code == 404
        assert client.post(f"/desk/grants/keys/{token.pk}/end/").status_code == 303
        token.refresh_from_db()
        assert token.ended_at is not None


class TestStatus:
    def test_it_is_for_who_operates_the_node(self, cast):
        assert as_(cast.secretary).get("/desk/status/").status_code == 403

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_it_says_what_is_not_in_order(self, cast, told, language):
        shown = as_(cast.operator, language).get("/desk/status/").content.decode()
        assert "renwang work" in shown

    @pytest.mark.parametrize(
        ("failures", "rests_for", "word"),
        [(0, None, "in order"), (2, None, "failing"), (5, 30, "left alone"), (5, -30, "failing")],
    )
    def test_it_says_how_each_way_out_stands(self, cast, now, settings, failures, rests_for, word):
        settings.RENWANG_CHANNELS = '{"webhook": {}}'
        rests_until = now + timedelta(seconds=rests_for) if rests_for else None
        Line.objects.create(
            name="gate.example", kind="webhook", failures=failures, rests_until=rests_until,
            changed_at=now,
        )  # fmt: skip
        shown = as_(cast.operator, "en").get("/desk/status/").content.decode()
        part = shown[shown.index("gate.example") :].split("</article>")[0]
        assert word in part

    def test_it_says_how_much_of_a_job_is_done(self, cast, now):
        job = ask_for_job("chain.import", {}, by=None, now=now)
        Job.objects.update(state=Job.State.RUNNING, done=74, total=200)
        for address in ("/desk/status/", f"/desk/jobs/{job.pk}/"):
            assert "37 %" in as_(cast.operator).get(address).content.decode()

    def test_an_unknown_job_is_not_there(self, cast):
        assert as_(cast.operator).get(f"/desk/jobs/{uuid4()}/").status_code == 404
