"""Hot spots: what makes none, what makes one, what a person does with it, and its pages."""

from datetime import timedelta

import pytest

from renwang.base.models import Entry, Job
from renwang.cases.models import Raised, Topic
from renwang.cases.rules import MergedIntoItself, NotNow, WordsMissing, WordsTooLong
from renwang.cases.services.topics import (
    end_topic,
    find_topics,
    link_topic,
    merge_topic,
    name_topic,
)
from renwang.cases.topic_jobs import _ask
from renwang.cases.topic_rules import group
from renwang.chain.reach import NotInReach
from tests.cases.conftest import DAY, brought
from tests.cases.test_topic_rules import SAME
from tests.web.desk_pages import LANGUAGES, as_, cost


def raised(cast, texts=SAME, *, contacts=("1", "2", "3"), unit=None, find=True) -> list:
    """Cases about the same, and the hot spot found among them."""
    cases = [
        brought(cast, words, contact=contact, unit=unit, now=cast.now - timedelta(hours=at))
        for at, (words, contact) in enumerate(zip(texts, contacts, strict=False))
    ]
    if find:
        find_topics(cast.now, grouping=group)
    return cases


class TestWhatMakesNone:
    def test_two_cases(self, cast):
        raised(cast, SAME[:2])
        assert not Topic.objects.exists()

    def test_one_person_three_times(self, cast):
        raised(cast, contacts=("1", "1", " 1"))
        assert not Topic.objects.exists()

    def test_what_has_ended_is_not_found_again(self, cast):
        raised(cast)
        end_topic(Topic.objects.get().ref, "已清淤", by=cast.viewer(cast.secretary), now=cast.now)
        find_topics(cast.now, grouping=group)
        assert Topic.objects.count() == 1


class TestWhoMayNot:
    def test_name_join_end_or_link_out_of_reach(self, cast):
        raised(cast)
        ref, by = Topic.objects.get().ref, cast.viewer(cast.stranger)
        for deed in (name_topic, end_topic, merge_topic, link_topic):
            with pytest.raises(NotInReach):
                deed(ref, "x", by=by, now=cast.now)

    def test_name_it_nothing_or_join_it_with_itself(self, cast):
        raised(cast)
        ref, by = Topic.objects.get().ref, cast.viewer(cast.secretary)
        with pytest.raises(WordsMissing):
            name_topic(ref, "  ", by=by, now=cast.now)
        with pytest.raises(WordsTooLong):
            name_topic(ref, "长" * 81, by=by, now=cast.now)
        with pytest.raises(MergedIntoItself):
            merge_topic(ref, ref, by=by, now=cast.now)
        with pytest.raises(WordsMissing):
            link_topic(ref, "no-such-risk", by=by, now=cast.now)
        end_topic(ref, "已清淤", by=by, now=cast.now)
        with pytest.raises(NotNow):
            name_topic(ref, "车库", by=by, now=cast.now)

    def test_see_its_page(self, cast):
        raised(cast)
        path = f"/desk/cases/topics/{Topic.objects.get().ref}/"
        assert as_(cast.stranger).get(path).status_code == 404
        assert as_(cast.leader).get("/desk/cases/topics/").status_code == 403
        assert as_(cast.stranger).post(f"{path}do/name/", {"name-word": "x"}).status_code == 404
        assert "车库" not in as_(cast.stranger).get("/desk/cases/topics/").content.decode()


class TestWhatMakesOne:
    def test_three_cases_of_several_people_in_one_place(self, cast):
        raised(cast)
        topic = Topic.objects.get()
        assert (topic.number, topic.voices, topic.recent, topic.before) == (3, 3, 3, 0)
        assert topic.unit == cast.grid and "入口积水" in topic.words
        assert Entry.objects.filter(verb="cases.topics_found").count() == 1

    def test_what_comes_later_joins_it_and_nothing_is_doubled(self, cast):
        raised(cast)
        brought(cast, "地下车库入口又积水，排水沟堵了", unit=cast.community)
        assert find_topics(cast.now, grouping=group) == 1
        assert find_topics(cast.now, grouping=group) == 0
        topic = Topic.objects.get()
        assert (topic.number, topic.voices, topic.unit) == (4, 4, cast.community)

    def test_growth_is_counted_by_four_weeks(self, cast):
        raised(cast)
        later = cast.now + 35 * DAY
        find_topics(later, grouping=group)
        topic = Topic.objects.get()
        assert (topic.recent, topic.before) == (0, 3)

    def test_a_person_names_joins_and_ends_it(self, cast):
        raised(cast)
        lift = ["电梯又停了关人", "六号楼电梯又停了", "电梯又停了没人修"]
        raised(cast, lift)
        by = cast.viewer(cast.secretary)
        water, other = Topic.objects.order_by("pk")
        assert name_topic(water.ref, " 车库积水 ", by=by, now=cast.now).name == "车库积水"
        merge_topic(other.ref, water.ref, by=by, now=cast.now)
        assert Raised.objects.filter(topic=water).count() == 6
        find_topics(cast.now, grouping=group)
        assert Topic.objects.filter(ended_at=None).count() == 1

    def test_it_is_looked_for_only_when_something_came(self, cast):
        assert _ask(cast.now) == 0
        raised(cast, find=False)
        assert _ask(cast.now) == 1
        assert Job.objects.get().kind == "cases.topics"
        assert _ask(cast.now + DAY) == 0


class TestItsPages:
    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("query", ["", "?q=积水&sort=-number", "?q=zzz", "?which=ended"])
    def test_the_list_is_shown(self, cast, language, query):
        raised(cast)
        assert as_(cast.officer, language).get(f"/desk/cases/topics/{query}").status_code == 200

    def test_few_people_are_not_told_in_figures(self, cast):
        raised(cast)
        ref = Topic.objects.get().ref
        for path in ("", f"{ref}/"):
            page = as_(cast.officer).get(f"/desk/cases/topics/{path}").content.decode()
            assert "不足 5 人" in page

    @pytest.mark.parametrize("kind", ["csv", "xlsx"])
    def test_the_list_is_given_as_a_file(self, cast, kind):
        raised(cast)
        answer = as_(cast.officer).get(f"/desk/cases/topics/?format={kind}")
        assert answer.status_code == 200 and len(answer.content) > 100

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_one_shows_the_cases_it_rests_on(self, cast, language):
        cases = raised(cast)
        client = as_(cast.secretary, language)
        path = f"/desk/cases/topics/{Topic.objects.get().ref}/"
        page = client.get(path).content.decode()
        assert all(case.ref in page for case in cases)
        client.post(f"{path}do/name/", {"name-word": "车库积水"})
        assert "车库积水" in client.get(path).content.decode()
        assert client.post(f"{path}do/end/", {"end-word": "已清淤"}).status_code == 303
        assert client.post(f"{path}do/name/", {"name-word": ""}).status_code == 303
        assert client.post(f"{path}do/shout/", {"name-word": "x"}).status_code == 404

    def test_they_cost_the_same_however_long_they_are(self, cast):
        raised(cast)
        client = as_(cast.officer)
        path = f"/desk/cases/topics/{Topic.objects.get().ref}/"
        few = cost(client, "/desk/cases/topics/"), cost(client, path)
        raised(cast, SAME * 2, contacts="abcdef")
        raised(cast, ["电梯又停了关人", "六号楼电梯又停了", "电梯又停了没人修"])
        assert (cost(client, "/desk/cases/topics/"), cost(client, path)) == few
        assert max(few) <= 6
