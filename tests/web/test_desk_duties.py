"""The duties list at the desk: refusals first, then writing, deciding, following, and every way to look at it."""

import pytest
from django.test import Client

from renwang.chain.services import posts
from renwang.registers.duties import services
from renwang.registers.duties.models import Duty, Remark
from renwang.registers.duties.rules import DutyState, Phase
from renwang.registers.duties.services import Help
from renwang.registers.hazards import kinds
from tests.registers.duties.listed import body, drafted, in_force, proposed
from tests.web.desk_pages import LANGUAGES, as_, cost

VIEWS = ("", "matrix/", "findings/", "mine/")


def words(cast, **changes) -> dict:
    """What somebody sends who writes a duty."""
    return {
        "unit": cast.community.ref, "hazard": "rainstorm", "phase": "respond",
        "leader": str(cast.community_post.pk), "sole": "组织转移危险区群众", "joint": "",
        "resources": "", "gathering": "社区值班室", "basis": "", "from_on": "", "until_on": "",
        "h0-post": str(cast.grid_post.pk), "h0-does": "敲门", "do": "propose", **changes,
    }  # fmt: skip


class TestWhoMayNot:
    @pytest.mark.parametrize("path", [*VIEWS, "write/"])
    def test_a_visitor_is_led_to_signing_in(self, db, path):
        answer = Client().get(f"/desk/duties/{path}")
        assert answer["Location"].startswith("/account/login/?next=")

    def test_a_stranger_sees_neither_the_page_nor_the_row(self, cast):
        made = in_force(cast)
        client = as_(cast.stranger)
        for path in ("", "edit/", "successor/"):
            assert client.get(f"/desk/duties/{made.ref}/{path}").status_code == 404
        assert made.ref not in client.get("/desk/duties/").content.decode()
        for path in ("act/approve/", "reason/withdraw/", "remark/"):
            assert client.post(f"/desk/duties/{made.ref}/{path}").status_code == 404
        under = f"?under={cast.community.ref}"
        for path in VIEWS[:3]:
            assert client.get(f"/desk/duties/{path}{under}").status_code == 404
        assert as_(cast.officer).get(f"/desk/duties/{made.ref}/").status_code == 200

    def test_who_only_looks_writes_nothing(self, cast):
        for who in (cast.officer, cast.worker):
            assert as_(who).get("/desk/duties/write/").status_code == 403
            assert as_(who).post("/desk/duties/write/", words(cast)).status_code == 403
        assert not Duty.objects.exists()

    def test_nobody_writes_for_a_place_that_is_not_his(self, cast):
        answer = as_(cast.stranger).post("/desk/duties/write/", words(cast))
        assert answer.status_code == 422
        assert not Duty.objects.exists()

    def test_who_wrote_it_is_told_to_let_another_approve(self, cast):
        made = proposed(cast)
        client = as_(cast.secretary)
        assert "/act/approve/" not in client.get(f"/desk/duties/{made.ref}/").content.decode()
        answer = client.post(f"/desk/duties/{made.ref}/act/approve/", follow=True)
        assert "请由另一个人审阅批准" in answer.content.decode()
        made.refresh_from_db()
        assert made.state == DutyState.PROPOSED

    def test_a_card_is_shown_to_the_person_and_to_who_may_see_him(self, cast):
        address = f"/desk/duties/cards/{cast.worker.pk}/"
        assert as_(cast.stranger).get(address).status_code == 404
        assert as_(cast.head).get(address).status_code == 404
        assert as_(cast.worker).get(address).status_code == 200
        assert as_(cast.secretary).get(address).status_code == 200

    def test_a_post_out_of_reach_is_not_offered_and_not_taken(self, cast):
        theirs = posts.create_post(
            unit=cast.strangers_street, title="北山书记", by="node:test", now=cast.now
        )
        client = as_(cast.secretary)
        found = client.get("/desk/pick/posts/?name=leader&leader_typed=北山").content.decode()
        assert "北山书记" not in found
        answer = client.post("/desk/duties/write/", words(cast, leader=str(theirs.pk)))
        assert answer.status_code == 422
        mine = client.get("/desk/pick/posts/?name=leader&leader_typed=王格平").content.decode()
        assert "网格员" in mine
        above = client.get("/desk/pick/posts/?name=leader&leader_typed=街道值班员").content.decode()
        assert str(cast.street_post.pk) in above


class TestWriting:
    def test_written_by_one_approved_by_another(self, cast):
        answer = as_(cast.secretary).post("/desk/duties/write/", words(cast))
        made = Duty.objects.get()
        assert answer["Location"] == f"/desk/duties/{made.ref}/"
        assert (made.state, made.leader) == (DutyState.PROPOSED, cast.community_post)
        assert [(str(one), one.does) for one in made.helpers.all()] == [("网格员", "敲门")]
        as_(cast.deputy).post(f"/desk/duties/{made.ref}/act/approve/")
        made.refresh_from_db()
        assert made.state == DutyState.APPROVED

    def test_what_lacks_a_leader_is_kept_as_a_draft_and_said(self, cast):
        body_ = words(cast, leader="")
        answer = as_(cast.secretary).post("/desk/duties/write/", body_, follow=True)
        assert "请填写牵头岗位" in answer.content.decode()
        assert Duty.objects.get().state == DutyState.DRAFT

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"until_on": "2026-07-01", "from_on": "2026-07-02"}, "结束日期要晚于"),
            ({"h1-does": "做饭"}, "请写明由谁来做"),
            ({"h0-post": "nobody"}, "已不存在"),
            ({"hazard": "ghost"}, "ghost"),
            ({"unit": ""}, ""),
        ],
    )
    def test_what_is_wrong_is_said_and_nothing_typed_is_lost(self, cast, changes, sentence):
        answer = as_(cast.secretary).post("/desk/duties/write/", words(cast, **changes))
        assert answer.status_code == 422
        assert sentence in answer.content.decode()
        assert "组织转移危险区群众" in answer.content.decode()
        assert not Duty.objects.exists()

    def test_a_hole_in_the_matrix_leads_to_a_form_that_knows_it(self, cast):
        in_force(cast)
        page = as_(cast.secretary).get("/desk/duties/matrix/").content.decode()
        assert f"/desk/duties/write/?under={cast.community.ref}&amp;hazard=rainstorm" in page
        form = as_(cast.secretary).get(
            f"/desk/duties/write/?under={cast.community.ref}&hazard=fire&phase=recover"
        )
        text = form.content.decode()
        assert '<option value="fire" selected>' in text
        assert cast.community.ref in text

    def test_one_for_all_hazards_is_written_and_fills_the_matrix(self, cast):
        form = as_(cast.secretary).get("/desk/duties/write/").content.decode()
        assert '<option value="all">所有灾害</option>' in form
        as_(cast.secretary).post("/desk/duties/write/", words(cast, hazard="all"))
        made = Duty.objects.get()
        assert (made.hazard, str(made)) == ("all", "所有灾害 · 响应")
        services.approve_duty(made.pk, by="node:test", now=cast.now)
        in_force(cast, hazard="fire", phase=Phase.PREVENT)
        page = as_(cast.secretary).get("/desk/duties/matrix/").content.decode()
        assert page.index("所有灾害") < page.index("火灾")
        assert page.count("按所有灾害通用分工") == 1  # in the row of fires, not in its own
        everything = as_(cast.secretary).get("/desk/duties/matrix/?all=1").content.decode()
        assert everything.count("按所有灾害通用分工") == len(kinds())
        card = as_(cast.secretary).get(f"/desk/duties/cards/{cast.secretary.pk}/").content.decode()
        assert "所有灾害 · 响应" in card

    def test_changing_begins_from_what_stands_there(self, cast):
        made = drafted(cast, helpers=[Help(post=cast.grid_post, does="敲门")])
        client = as_(cast.secretary)
        page = client.get(f"/desk/duties/{made.ref}/edit/").content.decode()
        for part in ("组织转移危险区群众", "敲门", str(cast.grid_post.pk)):
            assert part in page
        client.post(f"/desk/duties/{made.ref}/edit/", words(cast, sole="关闸", do="save"))
        made.refresh_from_db()
        assert (made.sole, made.state) == ("关闸", DutyState.DRAFT)

    def test_a_successor_takes_its_place_once_approved(self, cast):
        old = in_force(cast)
        sent = words(cast, leader=str(cast.grid_post.pk), **{"h0-post": "", "h0-does": ""})
        as_(cast.secretary).post(f"/desk/duties/{old.ref}/successor/", sent)
        new = Duty.objects.get(supersedes=old)
        assert (new.state, new.hazard) == (DutyState.PROPOSED, old.hazard)
        as_(cast.deputy).post(f"/desk/duties/{new.ref}/act/approve/")
        old.refresh_from_db()
        assert old.state == DutyState.SUPERSEDED


class TestDeciding:
    def test_handed_back_and_ended_with_the_reason_only(self, cast):
        made = proposed(cast)
        client = as_(cast.deputy)
        client.post(f"/desk/duties/{made.ref}/reason/return/", {"reason": ""})
        made.refresh_from_db()
        assert made.state == DutyState.PROPOSED
        client.post(f"/desk/duties/{made.ref}/reason/return/", {"reason": "写清谁开门"})
        page = client.get(f"/desk/duties/{made.ref}/").content.decode()
        assert "写清谁开门" in page
        held = in_force(cast)
        client.post(f"/desk/duties/{held.ref}/reason/withdraw/", {"reason": "机构调整"})
        held.refresh_from_db()
        assert held.state == DutyState.WITHDRAWN

    def test_a_second_leader_is_refused_with_the_first_named(self, cast):
        first = in_force(cast)
        second = proposed(cast, leader=cast.grid_post)
        answer = as_(cast.deputy).post(f"/desk/duties/{second.ref}/act/approve/", follow=True)
        assert first.ref in answer.content.decode()
        second.refresh_from_db()
        assert second.state == DutyState.PROPOSED

    def test_those_named_speak_and_object_and_are_answered(self, cast):
        made = proposed(cast, helpers=[Help(post=cast.grid_post)])
        worker = as_(cast.worker)
        assert worker.get(f"/desk/duties/{made.ref}/").status_code == 200
        worker.post(f"/desk/duties/{made.ref}/remark/", {"words": "人手不够", "do": "object"})
        made.refresh_from_db()
        assert made.state == DutyState.OBJECTED
        said = Remark.objects.get()
        page = as_(cast.deputy).get(f"/desk/duties/{made.ref}/").content.decode()
        assert "人手不够" in page
        address = f"/desk/duties/{made.ref}/remarks/{said.pk}/settle/"
        assert as_(cast.head).post(address, {"words": "好"}).status_code in (403, 404)
        as_(cast.deputy).post(address, {"words": "加派两人"})
        made.refresh_from_db()
        assert made.state == DutyState.PROPOSED

    def test_a_deed_nobody_knows_is_not_there(self, cast):
        made = proposed(cast)
        client = as_(cast.deputy)
        for path in ("act/eat", "reason/eat"):
            address = f"/desk/duties/{made.ref}/{path}/"
            assert client.post(address, {"reason": "x"}).status_code == 404

    def test_a_discarded_draft_leads_back_to_the_list(self, cast):
        made = drafted(cast)
        answer = as_(cast.secretary).post(f"/desk/duties/{made.ref}/act/discard/")
        assert answer["Location"] == "/desk/duties/"


class TestLooking:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_every_page_speaks_both_languages_empty_and_full(self, cast, language):
        client = as_(cast.operator, language)
        for path in (*VIEWS, "write/"):
            assert client.get(f"/desk/duties/{path}").status_code == 200
        clinic = body("石桥卫生站", cast.community)
        made = in_force(cast, helpers=[Help(post=cast.grid_post), Help(organisation=clinic)])
        more = (
            f"{made.ref}/", f"{made.ref}/successor/", f"posts/{cast.community_post.pk}/",
            f"cards/{cast.secretary.pk}/",
        )  # fmt: skip
        for path in (*VIEWS, *more, "matrix/?all=1"):
            assert client.get(f"/desk/duties/{path}").status_code == 200

    def test_the_list_narrows_by_words_hazard_phase_standing_and_place(self, cast):
        one = in_force(cast)
        other = in_force(cast, cast.grid, cast.grid_post, hazard="fire", phase=Phase.PREVENT)
        client = as_(cast.officer)
        for query, shown in (
            ("?q=第一网格", other), ("?hazard=fire", other), ("?phase=respond", one),
            (f"?under={cast.grid.ref}", other), (f"?q={one.ref}", one),
        ):  # fmt: skip
            page = client.get(f"/desk/duties/{query}").content.decode()
            assert shown.ref in page
            assert (one.ref if shown is other else other.ref) not in page
        assert one.ref not in client.get("/desk/duties/?standing=draft").content.decode()
        assert one.ref in client.get("/desk/duties/?phase=nonsense&sort=-hazard").content.decode()

    def test_who_stands_below_sees_what_holds_from_above(self, cast):
        made = in_force(cast, cast.street, cast.street_post)
        page = as_(cast.worker).get("/desk/duties/").content.decode()
        assert made.ref in page
        matrix = as_(cast.worker).get("/desk/duties/matrix/").content.decode()
        assert "杜值守" in matrix
        assert "由青石街道" in matrix

    def test_the_search_finds_it_for_who_may_see_it(self, cast):
        made = in_force(cast)
        gone = in_force(cast, hazard="fire")
        services.withdraw_duty(gone.pk, by="node:test", now=cast.now, reason="合并")
        for asked in (made.ref, "危险区群众", "暴雨"):
            page = as_(cast.secretary).get(f"/desk/search?q={asked}").content.decode()
            assert f"/desk/duties/{made.ref}/" in page
            assert gone.ref not in page
            hidden = as_(cast.stranger).get(f"/desk/search?q={asked}").content.decode()
            assert f"/desk/duties/{made.ref}/" not in hidden

    def test_findings_say_what_and_lead_to_where_it_is_mended(self, cast):
        made = in_force(cast, leader=cast.grid_post)
        posts.vacate_post(post=cast.grid_post, person=cast.worker, by="node:test", now=cast.now)
        page = as_(cast.secretary).get("/desk/duties/findings/").content.decode()
        assert "牵头岗位空缺" in page
        assert f"/desk/posts/{cast.grid_post.pk}/" in page
        assert "/desk/duties/write/?under=" in page
        answer = as_(cast.secretary).get("/desk/duties/findings/?kind=vacant&format=csv")
        assert "牵头岗位空缺" in answer.content.decode()
        assert made.state == DutyState.APPROVED

    def test_all_i_answer_for_and_the_card(self, cast):
        made = in_force(cast, helpers=[Help(post=cast.grid_post, does="敲门")])
        secretary = as_(cast.secretary).get("/desk/duties/mine/").content.decode()
        assert made.ref in secretary
        deputy = as_(cast.deputy).get("/desk/duties/mine/").content.decode()
        assert "第1副岗" in deputy
        card = as_(cast.worker).get(f"/desk/duties/cards/{cast.worker.pk}/").content.decode()
        assert "敲门" in card
        assert "<svg" in card

    def test_two_leaders_are_shown_where_one_looks(self, cast):
        first = in_force(cast)
        second = drafted(cast, leader=cast.grid_post)
        services.take_over_duty(second.pk, document="另一份清单", by="node:test", now=cast.now)
        page = as_(cast.secretary).get(f"/desk/duties/{first.ref}/").content.decode()
        assert "两个牵头" in page
        assert second.ref in page

    def test_lists_and_pages_need_few_statements(self, cast):
        for hazard in ("rainstorm", "fire", "heat"):
            made = in_force(cast, hazard=hazard, helpers=[Help(post=cast.grid_post)])
        client = as_(cast.secretary)
        for page in ("", f"{made.ref}/", "matrix/", "findings/", "mine/"):
            assert cost(client, f"/desk/duties/{page}") <= 6, page
        assert cost(client, f"/desk/duties/cards/{cast.secretary.pk}/") <= 6 + 1
        assert cost(client, f"/desk/duties/posts/{cast.community_post.pk}/") <= 6 + 4
