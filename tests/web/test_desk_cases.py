"""The desk's pages about cases: who may not, the inbox, one case as a story, answering, ringing, many at once."""

import pytest

from renwang.cases import services
from renwang.cases.config import shipped
from renwang.cases.models import Answer, Bunch, Case, Config, SavedFilter
from renwang.cases.rules import State
from renwang.cases.tracking import track
from tests.cases.conftest import DAY, WORDS, answered, brought, taken
from tests.cases.test_intake import picture
from tests.web.desk_pages import LANGUAGES, as_, cost

PLAIN = {
    "end": "done",
    "words": "7 月 14 日电工到 3 号楼门口更换灯头和线路，晚上八点查看，灯已亮。",
    "done_on": "2026-07-14",
    "ground": "维修单 0714 号",
}


def do(client, case, act, **said):
    return client.post(
        f"/desk/cases/{case.ref}/do/{act}/", {f"{act}-{k}": v for k, v in said.items()}
    )


class TestWhoMayNot:
    @pytest.mark.parametrize("path", ["", "answer/", "ring/"])
    def test_see_a_case_out_of_reach(self, cast, path):
        case = brought(cast)
        assert as_(cast.stranger).get(f"/desk/cases/{case.ref}/{path}").status_code == 404
        assert as_(cast.leader).get("/desk/cases/").status_code == 403

    @pytest.mark.parametrize("act", ["accept", "take", "unmask", "link"])
    def test_do_something_to_it(self, cast, act):
        case = brought(cast)
        assert do(as_(cast.stranger), case, act).status_code == 404
        assert Case.objects.get().state == State.RECEIVED

    def test_do_what_is_no_act(self, cast):
        assert do(as_(cast.secretary), brought(cast), "delete").status_code == 404

    def test_see_photographs(self, cast):
        case = brought(cast, files=[picture()])
        path = f"/desk/cases/photos/{case.photos.get().pk}/"
        assert as_(cast.stranger).get(path).status_code == 404
        assert as_(cast.worker).get(path).status_code == 200

    def test_change_the_working_days(self, cast):
        assert as_(cast.secretary).get("/desk/settings/workdays/").status_code == 403


class TestTheInbox:
    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize(
        "query",
        ["", "?state=closed", "?which=overdue", "?q=路灯&sort=-due", "?kind=road&age=3&via=web"],
    )
    def test_is_shown(self, cast, language, query):
        answered(cast)
        brought(cast, now=cast.now - 40 * DAY)
        assert as_(cast.officer, language).get(f"/desk/cases/{query}").status_code == 200

    def test_costs_the_same_however_long_it_is(self, cast):
        client = as_(cast.officer)
        brought(cast)
        few = cost(client, "/desk/cases/")
        for _one in range(8):
            brought(cast)
        assert cost(client, "/desk/cases/") == few <= 6

    @pytest.mark.parametrize("kind", ["csv", "xlsx"])
    def test_is_given_as_a_file_with_masked_words_for_others(self, cast, kind):
        case = brought(cast)
        services.mask_case(case.pk, "****", "含隐私", by=cast.viewer(cast.secretary), now=cast.now)
        answer = as_(cast.secretary).get(f"/desk/cases/?format={kind}")
        assert answer.status_code == 200 and len(answer.content) > 100

    def test_keeps_a_view_under_a_name(self, cast):
        client = as_(cast.secretary)
        client.post("/desk/cases/filters/", {"name": "过期的", "query": "which=overdue"})
        assert "过期的" in client.get("/desk/cases/").content.decode()
        client.post("/desk/cases/filters/", {"name": "过期的", "query": ""})
        assert not SavedFilter.objects.exists()

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_is_shown_on_a_map_with_a_table(self, cast, language):
        brought(cast, lon=106.51, lat=29.53)
        brought(cast, "楼道着火了")
        client = as_(cast.secretary, language)
        assert client.get("/desk/cases/map/").status_code == 200
        marks = client.get("/desk/cases/marks.json").json()["features"]
        assert [one["properties"]["count"] for one in marks] == [1]
        assert client.get("/desk/cases/units.json").status_code == 200


class TestEntering:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_shows_the_code_for_the_reporter_once(self, cast, language):
        client = as_(cast.secretary, language)
        assert client.get("/desk/cases/enter/").status_code == 200
        answer = client.post(
            "/desk/cases/enter/",
            {
                "key": "k1", "via": "telephone", "words": WORDS, "unit": cast.grid.ref,
                "contact": "13900000009", "datum": "wgs84",
            },
        )  # fmt: skip
        case = Case.objects.get()
        assert answer["Location"] == f"/desk/cases/{case.ref}/"
        page = client.get(answer["Location"]).content.decode()
        code = page.split("：")[-1] if language == "zh-hans" else page
        assert case.ref in page and code
        assert "13900000009" not in page

    def test_says_what_is_wrong(self, cast):
        answer = as_(cast.secretary).post("/desk/cases/enter/", {"via": "telephone"})
        assert answer.status_code == 422 and not Case.objects.exists()


class TestACase:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_is_told_at_every_point_of_its_life(self, cast, language):
        client = as_(cast.secretary, language)
        case = brought(cast, contact="13900000009", files=[picture()])
        brought(cast)  # perhaps the same

        def look() -> None:
            page = client.get(f"/desk/cases/{case.ref}/")
            assert page.status_code == 200 and WORDS in page.content.decode()

        look()
        for act, said in (
            ("screen", {"kind": "road"}),
            ("accept", {"words": "明天上门"}),
            ("take", {}),
            ("extend", {"days": 1, "words": "等灯头"}),
            ("note", {"words": "电工老李"}),
            ("postpone", {"until_on": "2026-07-20", "words": "等灯头到货"}),
            ("resume", {}),
            ("refer", {"words": "费用谁出？"}),
            ("part", {"words": "树枝挡灯", "kind": "road", "unit": cast.grid.ref}),
            ("mask", {"words": "***", "reason": "隐私"}),
            ("unmask", {}),
            ("link", {}),
        ):
            before = case.steps.count()
            assert do(client, case, act, **said).status_code == 303
            assert case.steps.count() > before, act
            look()
        case.refresh_from_db()
        assert case.state == State.REFERRED and case.risk_ref

    def test_costs_the_same_however_long_its_story_is(self, cast):
        client, case = as_(cast.secretary), brought(cast)
        few = cost(client, f"/desk/cases/{case.ref}/")
        for number in range(5):
            do(client, case, "note", words=f"第 {number} 条")
        assert cost(client, f"/desk/cases/{case.ref}/") <= few + 1 <= 16

    def test_refusals_are_said(self, cast):
        client, case = as_(cast.secretary), brought(cast)
        do(client, case, "resume")
        page = client.get(f"/desk/cases/{case.ref}/").content.decode()
        assert Case.objects.get().state == State.RECEIVED and "message" in page

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_is_returned_and_what_becomes_of_it_is_said(self, cast, language):
        case = brought(cast)
        client = as_(cast.worker, language)
        do(client, case, "accept")
        client.post(f"/desk/cases/{case.ref}/return/", {"return-words": "不归网格管"})
        page = client.get(f"/desk/cases/{case.ref}/").content.decode()
        assert cast.community.name in page
        assert Case.objects.get().gap

    def test_second_return_is_decided_by_the_arbiter(self, cast):
        case = brought(cast)
        worker, secretary = as_(cast.worker), as_(cast.secretary)
        do(worker, case, "accept")
        worker.post(f"/desk/cases/{case.ref}/return/", {"return-words": "不归我们"})
        do(secretary, case, "assign", unit=cast.grid.ref)
        worker.post(f"/desk/cases/{case.ref}/return/", {"return-words": "真不归我们"})
        assert 'id="arbitrate"' in secretary.get(f"/desk/cases/{case.ref}/").content.decode()
        assert 'id="arbitrate"' not in worker.get(f"/desk/cases/{case.ref}/").content.decode()
        do(secretary, case, "arbitrate", unit=cast.grid.ref, words="网格报修")
        assert Case.objects.get().state == State.ASSIGNED

    def test_merges_into_one_and_comes_apart(self, cast):
        first, second = brought(cast), brought(cast)
        client = as_(cast.secretary)
        client.post(f"/desk/cases/{second.ref}/merge/", {"merge-into": first.ref.lower()})
        assert Case.objects.get(pk=second.pk).merged_into == first
        assert second.ref in client.get(f"/desk/cases/{first.ref}/").content.decode()
        do(client, second, "unmerge")
        assert Case.objects.get(pk=second.pk).merged_into is None

    def test_a_new_code_is_shown_once(self, cast):
        one = taken(cast)
        client = as_(cast.secretary)
        client.post(f"/desk/cases/{one.case.ref}/code/")
        assert track(one.code) is None

    def test_takes_a_photograph(self, cast):
        from django.core.files.uploadedfile import SimpleUploadedFile

        case = brought(cast)
        shot = SimpleUploadedFile("a.jpg", picture("blue"), "image/jpeg")
        as_(cast.worker).post(f"/desk/cases/{case.ref}/photograph/", {"photo": shot})
        assert case.photos.get().by == cast.worker.pk


class TestAnswering:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_says_what_is_missing_before_it_goes_out_and_a_person_decides(self, cast, language):
        case, client = brought(cast), as_(cast.secretary, language)
        path = f"/desk/cases/{case.ref}/answer/"
        assert client.get(path).status_code == 200
        poor = {"end": "done", "words": "您反映的问题已收悉，正在处理中。", "send": "check"}
        page = client.post(path, poor)
        assert page.status_code == 200 and not Answer.objects.exists()
        assert "您反映的问题已收悉" in page.content.decode()
        assert client.post(path, poor | {"send": "anyway"}).status_code == 303
        assert Answer.objects.get().advice

    def test_of_substance_goes_out_at_once(self, cast):
        case = brought(cast)
        answer = as_(cast.secretary).post(f"/desk/cases/{case.ref}/answer/", PLAIN)
        assert answer.status_code == 303 and Answer.objects.get().advice == []

    def test_not_ours_says_whose(self, cast):
        case = brought(cast)
        told = PLAIN | {"end": "not_ours", "send": "anyway"}
        page = as_(cast.secretary).post(f"/desk/cases/{case.ref}/answer/", told)
        assert page.status_code == 422 and not Answer.objects.exists()


class TestRingingBack:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_is_listed_for_others_than_the_answerer(self, cast, language):
        case = answered(cast, brought(cast, contact="13900000009"), now=cast.now - 20 * DAY)
        services.look_at_clocks(cast.now)
        assert case.ref in as_(cast.deputy, language).get("/desk/cases/ring/").content.decode()
        assert (
            case.ref not in as_(cast.secretary, language).get("/desk/cases/ring/").content.decode()
        )
        page = as_(cast.deputy, language).get(f"/desk/cases/{case.ref}/ring/").content.decode()
        assert "13900000009" in page

    @pytest.mark.parametrize(
        ("came", "state"),
        [("yes", State.CONFIRMED), ("no", State.REOPENED), ("nobody", State.ANSWERED)],
    )
    def test_keeps_what_came_of_it(self, cast, came, state):
        case = answered(cast, brought(cast, contact="13900000009"))
        path = f"/desk/cases/{case.ref}/ring/"
        assert as_(cast.secretary).post(path, {"came": came, "words": "好了"}).status_code == 303
        assert Case.objects.get().state == State.ANSWERED  # he answered it himself
        as_(cast.deputy).post(path, {"came": came, "words": "电话里说的"})
        assert Case.objects.get().state == state


class TestManyAtOnce:
    def test_are_accepted_and_put_back(self, cast):
        cases = [brought(cast) for _one in range(3)]
        client = as_(cast.secretary)
        chosen = {"chosen": [one.ref for one in cases], "bulk-act": "accept", "query": "state=new"}
        answer = client.post("/desk/cases/many/", chosen)
        assert answer.status_code == 303 and "undo=" in answer["Location"]
        assert set(Case.objects.values_list("state", flat=True)) == {"accepted"}
        assert client.get(answer["Location"]).status_code == 200
        client.post(f"/desk/cases/many/{Bunch.objects.get().pk}/undo/")
        assert set(Case.objects.values_list("state", flat=True)) == {"received"}

    @pytest.mark.parametrize("said", [{}, {"bulk-act": "accept"}, {"bulk-act": "assign"}])
    def test_nothing_chosen_does_nothing(self, cast, said):
        case = brought(cast)
        chosen = {"chosen": case.ref} if said.get("bulk-act") == "assign" else {}
        assert as_(cast.secretary).post("/desk/cases/many/", said | chosen).status_code == 303
        assert Case.objects.get().state == State.RECEIVED


class TestWorkingDays:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_are_said_by_the_office(self, cast, language):
        client = as_(cast.operator, language)
        assert client.get("/desk/settings/workdays/").status_code == 200
        told = {
            "years": "2026", "holidays": "2026-10-01/2026-10-07", "worked": "2026-10-10",
            "closes": "17:30", "reason": "国务院办公厅通知",
        }  # fmt: skip
        assert client.post("/desk/settings/workdays/", told).status_code == 303
        assert Config.objects.get().body["holidays"] == ["2026-10-01/2026-10-07"]
        bad = client.post("/desk/settings/workdays/", told | {"holidays": "soon"})
        assert bad.status_code == 422 and Config.objects.count() == 1


class TestMessages:
    """What reporters are told by text message: the operator's switch and wordings, and what went out, on the case."""

    PATH = "/desk/settings/cases/messages/"

    def body(self, **changes):
        texts = {
            f"{language}.{event}": words
            for language, texts in shipped("telling")["texts"].items()
            for event, words in texts.items()
        }
        return texts | {"on": "on", "quiet": "22:00-07:00", "reason": "试行"} | changes

    def test_are_for_who_operates_the_node(self, cast):
        assert as_(cast.secretary).get(self.PATH).status_code == 403

    @pytest.mark.parametrize(
        "changes",
        [
            {"quiet": "night"},
            {"en.closed": "{words} {link}"},
            {"en.closed": "closed"},
            {"reason": ""},
        ],
    )
    def test_refuse_what_cannot_be_used(self, cast, changes):
        answer = as_(cast.operator).post(self.PATH, self.body(**changes))
        assert answer.status_code == 422 and not Config.objects.exists()

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_are_changed_on_record_and_given_back(self, cast, language):
        client = as_(cast.operator, language)
        assert client.get(self.PATH).status_code == 200
        assert client.post(self.PATH, self.body(on="")).status_code == 303
        changed = Config.objects.get()
        assert (changed.body["on"], changed.body["quiet"]) == (False, "22:00-07:00")
        assert client.get(f"/desk/settings/cases/changes/{changed.pk}/").status_code == 200
        answer = client.post("/desk/settings/cases/telling/restore/", {"restore-reason": "算了"})
        assert answer.status_code == 303
        assert Config.objects.order_by("pk").last().body == shipped("telling")

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_stand_on_the_case_without_the_number(self, cast, language):
        one = taken(cast, contact="13900000077", tells=True, tells_code=True)
        page = as_(cast.secretary, language).get(f"/desk/cases/{one.case.ref}/").content.decode()
        assert ("还未发出" if language == "zh-hans" else "Still to go out") in page
        assert "13900000077" not in page and one.code not in page
