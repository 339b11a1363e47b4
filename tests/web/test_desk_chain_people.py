"""Posts, people, organisations and homes on the desk: refusals first, then every deed."""

import pytest

from renwang.chain import routes, tallies
from renwang.chain.models import (
    Account,
    Alliance,
    Building,
    Contact,
    Holding,
    Household,
    Membership,
    Organisation,
    Person,
    Post,
)
from renwang.chain.services.organisations import create_organisation
from tests import make
from tests.web.desk_pages import LANGUAGES, as_
from tests.web.test_desk_chain_units import FRAME


@pytest.fixture(autouse=True)
def counted(cast):
    """Routes and tallies as the services keep them."""
    routes.rebuild_routes()
    tallies.rebuild_tallies()


@pytest.fixture
def clinic(cast, now) -> Organisation:
    """A clinic in the community."""
    return create_organisation(
        kind="clinic", name="石桥诊所", unit=cast.community, by="node:test", now=now
    )


@pytest.fixture
def house(cast) -> Building:
    """A building with one door."""
    made = make.building("1号楼", cast.grid)
    make.household(made, "101")
    return made


class TestPosts:
    def test_the_stranger_sees_no_post(self, cast):
        path = f"/desk/posts/{cast.community_post.pk}/"
        assert as_(cast.stranger).get(path).status_code == 404
        assert as_(cast.secretary).get(path).status_code == 200

    def test_who_may_not_edit_appoints_nobody(self, cast):
        path = f"/desk/posts/{cast.grid_post.pk}/appoint/deputy/"
        assert as_(cast.worker).get(path).status_code == 403

    def test_a_second_holder_is_refused_by_name(self, cast):
        path = f"/desk/posts/{cast.grid_post.pk}/appoint/holder/"
        answer = as_(cast.secretary).post(path, {"person": str(cast.leader.pk)})
        assert answer.status_code == 422
        assert "王格平" in answer.content.decode()

    def test_numbers_are_masked_until_asked_for(self, cast):
        text = as_(cast.secretary).get(f"/desk/posts/{cast.community_post.pk}/").content.decode()
        assert "139****0001" in text

    def test_a_deputy_is_appointed_moved_up_and_leaves(self, cast):
        post, client = cast.community_post, as_(cast.secretary)
        path = f"/desk/posts/{post.pk}/"
        body = {"person": str(cast.worker.pk), "with_grant": "on"}
        assert client.post(f"{path}appoint/deputy/", body).status_code == 303
        client.post(f"{path}reorder/", {"up": str(cast.worker.pk)})
        assert Holding.objects.get(post=post, rank=1, is_current=True).person == cast.worker
        assert client.post(f"{path}vacate/{cast.worker.pk}/", {}).status_code == 303
        assert not Holding.objects.filter(post=post, person=cast.worker, is_current=True).exists()

    def test_a_post_is_created_with_its_role(self, cast):
        body = {"role": "branch_secretary", "answers": "unknown"}
        answer = as_(cast.secretary).post(f"/desk/units/{cast.grid.ref}/posts/create/", body)
        assert answer.status_code == 303
        assert Post.objects.get(role="branch_secretary").title == "小区党支部书记"

    def test_a_post_is_closed(self, cast):
        path = f"/desk/posts/{cast.grid_post.pk}/close/"
        assert as_(cast.secretary).post(path).status_code == 303
        cast.grid_post.refresh_from_db()
        assert cast.grid_post.ended_on is not None

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_the_list_filters_and_speaks_both_languages(self, cast, language):
        client = as_(cast.secretary, language)
        for query in ("", "?lacking=deputy", "?lacking=contact", "?role=grid_worker", "?q=网格"):
            assert client.get(f"/desk/posts/{query}").status_code == 200
        assert client.get("/desk/posts/?format=xlsx").content[:2] == b"PK"


class TestPeople:
    def test_the_stranger_sees_nobody_here(self, cast):
        path = f"/desk/people/{cast.worker.pk}/"
        assert as_(cast.stranger).get(path).status_code == 404
        assert as_(cast.secretary).get(path).status_code == 200

    def test_everybody_sees_himself(self, cast):
        assert as_(cast.head).get(f"/desk/people/{cast.head.pk}/").status_code == 200

    def test_a_worker_does_not_change_others(self, cast):
        client = as_(cast.worker)
        for deed in ("change/", "left/", "account/", "contacts/"):
            assert client.get(f"/desk/people/{cast.leader.pk}/{deed}").status_code in (403, 404)

    def test_a_person_is_registered_with_nothing_but_what_is_needed(self, cast):
        client = as_(cast.secretary)
        body = {"name": "何新人", "unit": cast.grid.ref, "language": "zh-hans", "number": "W9"}
        assert client.post("/desk/people/register/", body).status_code == 303
        assert Person.objects.get(number="W9").unit == cast.grid
        assert client.post("/desk/people/register/", body).status_code == 422  # the number is taken

    def test_a_name_that_means_one_place_is_enough(self, cast):
        body = {"name": "何新人", "unit_typed": "第一网格", "language": "zh-hans"}
        assert as_(cast.secretary).post("/desk/people/register/", body).status_code == 303

    def test_a_place_out_of_reach_is_not_found(self, cast):
        body = {"name": "何新人", "unit_typed": "北山街道", "language": "zh-hans"}
        assert as_(cast.secretary).post("/desk/people/register/", body).status_code == 422

    def test_contacts_are_set_in_order(self, cast):
        body = {
            "form-TOTAL_FORMS": 3, "form-INITIAL_FORMS": 1,
            "form-0-kind": "app", "form-0-address": "d", "form-0-ORDER": 2,
            "form-1-kind": "sms", "form-1-address": "139 0000 0009", "form-1-ORDER": 1,
            "form-2-kind": "", "form-2-ORDER": "",
        }  # fmt: skip
        path = f"/desk/people/{cast.worker.pk}/contacts/"
        assert as_(cast.worker).post(path, body).status_code == 303
        kinds = Contact.objects.filter(person=cast.worker).values_list("kind", "address")
        assert list(kinds) == [("sms", "13900000009"), ("app", "d")]

    def test_a_wrong_number_is_said(self, cast):
        body = {
            "form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 0,
            "form-0-kind": "sms", "form-0-address": "abc", "form-0-ORDER": 1,
        }  # fmt: skip
        answer = as_(cast.worker).post(f"/desk/people/{cast.worker.pk}/contacts/", body)
        assert answer.status_code == 422
        assert "abc" in answer.content.decode()

    def test_a_sign_in_is_opened_and_its_password_shown_once(self, cast):
        client, path = as_(cast.secretary), f"/desk/people/{cast.leader.pk}/"
        answer = client.post(f"{path}account/", {"username": "lou"})
        assert answer.status_code == 200
        account = Account.objects.get(username="lou")
        shown = answer.content.decode()
        start = shown.index('class="mono secret">') + len('class="mono secret">')
        assert account.check_password(shown[start : start + 19])
        assert "no-store" in answer["Cache-Control"]
        assert client.post(f"{path}account/password/").status_code == 200
        assert client.post(f"{path}account/sessions/").status_code == 303
        assert client.post(f"{path}account/close/").status_code == 303
        account.refresh_from_db()
        assert not account.is_active

    def test_who_leaves_is_called_no_more(self, cast):
        path = f"/desk/people/{cast.worker.pk}/left/"
        assert as_(cast.secretary).post(path, {"reason": "调离"}).status_code == 303
        assert not Holding.objects.filter(person=cast.worker, is_current=True).exists()

    def test_the_file_holds_no_numbers(self, cast):
        text = as_(cast.secretary).get("/desk/people/?format=csv").content.decode("utf-8-sig")
        assert "石书勤" in text
        assert "13900000001" not in text

    def test_statements_do_not_grow_with_the_list(self, cast, django_assert_max_num_queries):
        for number in range(40):
            make.contact(make.person(f"某{number}", cast.grid), "app", f"x{number}")
        client = as_(cast.secretary)
        client.get("/desk/people/")
        for path in ("people/", "posts/", f"people/?in=posts&under={cast.grid.ref}"):
            with django_assert_max_num_queries(FRAME + 6):
                client.get(f"/desk/{path}")

    def test_choices_appear_for_what_is_typed(self, cast):
        client = as_(cast.secretary)
        found = client.get("/desk/pick/people/?name=person&person_typed=王").content.decode()
        assert str(cast.worker.pk) in found
        assert (
            client.get("/desk/pick/people/?name=p&p_typed=莫相").content.decode().count("<input")
            == 0
        )


class TestOrganisations:
    def test_the_stranger_does_not_see_it(self, cast, clinic):
        path = f"/desk/organisations/{clinic.ref}/"
        assert as_(cast.stranger).get(path).status_code == 404
        assert as_(cast.worker).post(f"{path}close/").status_code == 403
        assert as_(cast.secretary).get(path).status_code == 200

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_it_is_entered_changed_and_closed(self, cast, clinic, language):
        client = as_(cast.secretary, language)
        body = {"kind": "shop", "name": "石桥粮店", "unit": cast.community.ref}
        assert client.post("/desk/organisations/create/", body).status_code == 303
        path = f"/desk/organisations/{clinic.ref}/"
        changed = {**body, "kind": "clinic", "name": "石桥卫生站"}
        assert client.post(f"{path}change/", changed).status_code == 303
        assert client.get("/desk/organisations/?kind=clinic").status_code == 200
        assert client.post(f"{path}close/").status_code == 303
        clinic.refresh_from_db()
        assert (clinic.name, clinic.ended_on is None) == ("石桥卫生站", False)

    def test_members_come_and_go(self, cast, clinic):
        client, path = as_(cast.secretary), f"/desk/organisations/{clinic.ref}/"
        body = {"person": str(cast.worker.pk), "does": "联络"}
        assert client.post(f"{path}members/add/", body).status_code == 303
        assert client.post(f"{path}members/add/", body).status_code == 422
        client.post(f"{path}members/end/", {"person": str(cast.worker.pk)})
        assert Membership.objects.get().until_on is not None

    def test_an_alliance_is_joined_and_left(self, cast, clinic, now):
        alliance = create_organisation(
            kind="alliance", name="大党委", unit=cast.community, by="node:test", now=now
        )
        client, path = as_(cast.secretary), f"/desk/organisations/{alliance.ref}/"
        assert client.post(f"{path}join/", {"member": clinic.ref}).status_code == 303
        part = Alliance.objects.get()
        assert client.post(f"{path}leave/", {"part": str(part.pk)}).status_code == 303


class TestHomes:
    def test_the_stranger_sees_no_building(self, cast, house):
        path = f"/desk/buildings/{house.pk}/"
        assert as_(cast.stranger).get(path).status_code == 404
        assert as_(cast.worker).get(path).status_code == 200
        assert as_(cast.worker).post(f"{path}doors/", {"door": "102"}).status_code == 403

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_doors_are_added_changed_and_taken_away(self, cast, house, language):
        client, path = as_(cast.secretary, language), f"/desk/buildings/{house.pk}/"
        body = {"door": "102", "storey": 1, "heads": 3}
        assert client.post(f"{path}doors/", body).status_code == 303
        assert client.post(f"{path}doors/", body).status_code == 422
        door = Household.objects.get(door="102")
        change = {"heads": 4, "unit": cast.grid.ref}
        assert client.post(f"{path}doors/{door.pk}/", change).status_code == 303
        assert client.post(f"{path}doors/{door.pk}/", {"remove": "1"}).status_code == 303
        assert client.get(path).status_code == 200
        assert client.get("/desk/buildings/?view=doors").status_code == 200

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_the_doors_of_a_place_are_what_its_households_rest_on(
        self, cast, house, language, django_assert_max_num_queries
    ):
        """Each tile of households leads to the doors that were counted; elsewhere there are none."""
        client = as_(cast.secretary, language)
        page = client.get(f"/desk/units/{cast.community.ref}/").content.decode()
        address = f"/desk/buildings/?under={cast.community.ref}&amp;view=doors"
        assert page.count(f'href="{address}"') == 2
        address = address.replace("&amp;", "&")
        with django_assert_max_num_queries(FRAME + 6):
            shown = client.get(address).content.decode()
        assert house.name in shown
        exported = client.get(f"{address}&format=csv").content.decode()
        assert len(exported.strip().splitlines()) == 1 + Household.objects.count()
        assert as_(cast.stranger).get(address).status_code in {403, 404}

    def test_a_building_is_added_and_removed_when_empty(self, cast, house):
        client = as_(cast.secretary)
        body = {
            "name": "2号楼",
            "unit": cast.grid.ref,
            "storeys": 6,
            "entrances": 2,
            "datum": "wgs84",
        }
        assert client.post("/desk/buildings/create/", {**body, "lon": 106.5}).status_code == 422
        assert client.post("/desk/buildings/create/", body).status_code == 303
        client.post(f"/desk/buildings/{house.pk}/remove/")
        assert Building.objects.filter(pk=house.pk).exists()  # it has a door
