"""What residents see: what is in force, in large type, without account, script or anybody's name."""

import pytest
from django.test import Client
from lxml import etree

from renwang.alerts import cap, services
from renwang.alerts.rules import Source
from renwang.chain import routes
from tests import make
from tests.alerts.conftest import warning


@pytest.fixture
def alert(cast, now):
    """A warning that the duty officer has relayed."""
    routes.rebuild_routes()
    taken = services.receive_alert(cap.write(warning(now)), Source.FILE, by="node:test", now=now)
    services.relay_alert(
        taken.pk, cast.street, by=cast.viewer(cast.officer), now=now, note="请走南门"
    )
    return taken


def page(path: str, language: str = "zh-hans") -> str:
    client = Client()
    client.cookies["renwang_language"] = language
    response = client.get(path, follow=True)
    assert response.status_code == 200, path
    return response.content.decode()


class TestWhatIsNotShown:
    def test_the_public_pages_name_nobody(self, cast, alert):
        building = make.building("1号楼", cast.group)
        make.household(building, "0302")
        people = (cast.officer, cast.secretary, cast.deputy, cast.worker, cast.leader, cast.head)
        for path in (
            "/",
            f"/places/{cast.grid.ref}/",
            f"/alerts/{alert.pk}/",
            "/find?q=青石",
            "/alerts.atom",
        ):
            text = page(path)
            for person in people:
                assert person.name not in text
            for secret in ("0302", "1号楼", "13900000001", "13900000002"):
                assert secret not in text

    @pytest.mark.parametrize("place", ["group", "contact_household"])
    def test_what_lies_below_the_grid_has_no_page(self, cast, place):
        unit = getattr(cast, place)
        assert Client().get(f"/places/{unit.ref}/").status_code == 404
        assert "没有这个名称的地方" in page(f"/find?q={unit.name}")

    def test_a_warning_that_nobody_relayed_is_not_public(self, cast, now):
        taken = services.receive_alert(
            cap.write(warning(now)), Source.FILE, by="node:test", now=now
        )
        assert Client().get(f"/alerts/{taken.pk}/").status_code == 404
        assert Client().get(f"/alerts/{taken.pk}.cap").status_code == 404
        assert taken.headline not in page("/")

    def test_an_exercise_is_not_public(self, cast, now):
        routes.rebuild_routes()
        drill = make.uuid7(now)
        data = cap.write(warning(now, status=cap.Status.EXERCISE))
        taken = services.receive_alert(data, Source.DRILL, by="node:test", now=now, drill=drill)
        services.relay_alert(taken.pk, cast.street, by="node:test", now=now)
        assert taken.headline not in page("/")
        assert Client().get(f"/alerts/{taken.pk}/").status_code == 404

    def test_the_local_note_to_the_posts_is_not_shown(self, alert):
        assert "请走南门" not in page("/")


class TestInForce:
    @pytest.mark.parametrize("place", ["street", "community", "grid"])
    def test_a_place_shows_the_words_as_they_were_signed(self, cast, alert, place):
        text = page(f"/places/{getattr(cast, place).ref}/")
        assert alert.headline in text
        assert "低洼地带人员立即转移。" in text

    def test_a_place_outside_the_area_is_calm(self, cast, alert):
        text = page(f"/places/{cast.strangers_street.ref}/")
        assert alert.headline not in text

    def test_both_languages_have_their_own_words(self, cast, alert):
        chinese, english = page("/"), page("/", "en")
        assert "怎么办" in chinese and "What to do" not in chinese
        assert "What to do" in english and "怎么办" not in english

    def test_no_script_is_needed_to_stay_fresh(self, alert):
        assert '<noscript><meta http-equiv="refresh"' in page("/")

    def test_what_is_over_says_so_and_stays_readable(self, cast, alert, now):
        taken = services.receive_alert(
            cap.write(
                warning(
                    now,
                    identifier="99010541600000_20260715103000",
                    msg_type=cap.MsgType.CANCEL,
                    refers_to=(cap.Reference(alert.sender, alert.identifier, cap.Moment.of(now)),),
                )
            ),
            Source.FILE,
            by="node:test",
            now=now,
        )
        assert taken.msg_type == "Cancel"
        assert (
            alert.headline
            not in page(f"/places/{cast.grid.ref}/").split("<main")[1].split("<form")[0]
        )
        assert "已不再生效" in page(f"/alerts/{alert.pk}/")


class TestDocuments:
    def test_the_original_is_given_byte_for_byte(self, alert):
        response = Client().get(f"/alerts/{alert.pk}.cap")
        assert response.content == bytes(alert.original)
        assert response["Content-Type"] == "application/cap+xml"

    def test_the_feed_points_to_documents_that_can_be_read(self, cast, alert):
        for path in ("/alerts.atom", f"/places/{cast.grid.ref}/alerts.atom"):
            response = Client().get(path)
            feed = etree.fromstring(response.content)
            [link] = feed.findall("{*}entry/{*}link")
            document = Client().get(link.get("href").removeprefix("http://127.0.0.1:8000"))
            assert cap.read(document.content).alert.identifier == alert.identifier


class TestFinding:
    def test_one_hit_leads_straight_to_the_place(self, cast):
        response = Client().get("/find", {"q": "石桥"})
        assert response.status_code == 302
        assert cast.community.ref in response["Location"]

    def test_no_hit_says_what_to_try(self, cast):
        assert "没有这个名称的地方" in page("/find?q=不存在")

    def test_a_long_or_empty_search_is_no_trouble(self, cast):
        page("/find?q=" + "长" * 500)
        page("/find")


def test_statements_are_few(cast, alert, django_assert_max_num_queries):
    with django_assert_max_num_queries(9):
        Client().get(f"/places/{cast.grid.ref}/")


def test_a_new_node_says_what_to_do(db):
    assert "这个节点刚刚建立" in page("/")
