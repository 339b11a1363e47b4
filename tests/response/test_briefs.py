"""Briefs: who may not, what a week counts, two hands, who reads it, what everybody reads, the Monday, and the pages."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renwang.base.models import Entry
from renwang.cases import config
from renwang.cases import services as cases
from renwang.cases.workday_rules import read_calendar
from renwang.chain.reach import NotInReach
from renwang.outreach.models import Errand
from renwang.response.briefs import services
from renwang.response.briefs.invented import invent_briefs
from renwang.response.briefs.models import Addressee, Brief
from renwang.response.briefs.rules import (
    MOVES,
    OPEN,
    SHOWN_FROM,
    Act,
    BriefThere,
    FewAreTold,
    NobodyReads,
    NotNow,
    ReaderElsewhere,
    SameHandTwice,
    Section,
    State,
    WeekNotOver,
    WordsMissing,
    check_public,
    check_sections,
    monday_of,
    move,
    prepares_now,
    shown_to_all,
)
from renwang.response.briefs.selectors import brief_page, figures_of, items_of, readers_for
from tests import make
from tests.cases.conftest import answered, brought, taken
from tests.web.desk_pages import LANGUAGES, as_, cost

DAY = timedelta(days=1)
ZONE = ZoneInfo("Asia/Shanghai")
LAST_WEEK = date(2026, 7, 8)  # the cast lives on a Wednesday, 15 July 2026
CALENDAR = read_calendar(config.shipped("calendar"), ZONE)


def drafted(cast, *, unit=None, by=None) -> Brief:
    """The brief of last week at the community, drafted by its secretary."""
    by = cast.viewer(by or cast.secretary)
    return services.draft_brief(unit or cast.community, LAST_WEEK, by=by, now=cast.now)


def wording(brief, **changes) -> services.Wording:
    """The brief as it was drafted, with changes."""
    plain = {
        "title": brief.title,
        "sections": brief.current.sections,
        "public_words": "本周平稳。",
        "readers": readers_for(brief)[:2],
    }
    return services.Wording(**(plain | changes))


def waiting(cast, **changes) -> Brief:
    """A brief that the secretary has put right and handed in."""
    brief = drafted(cast)
    by = cast.viewer(cast.secretary)
    services.edit_brief(brief.pk, wording(brief, **changes), by=by, now=cast.now)
    return services.submit_brief(brief.pk, by=by, now=cast.now)


def published(cast, **changes) -> Brief:
    """A brief that the duty officer has approved."""
    brief = waiting(cast, **changes)
    return services.approve_brief(brief.pk, by=cast.viewer(cast.officer), now=cast.now)


class TestRules:
    @pytest.mark.parametrize("state", State)
    @pytest.mark.parametrize("act", Act)
    def test_every_state_and_act(self, state, act):
        if (state, act) in MOVES:
            assert move(state, act) is MOVES[state, act]
        else:
            with pytest.raises(NotNow):
                move(state, act)

    def test_what_was_published_is_never_a_draft_again(self):
        assert all(to not in OPEN for (at, _act), to in MOVES.items() if at is State.PUBLISHED)

    @given(st.integers(min_value=0, max_value=10_000))
    def test_few_are_never_told(self, number):
        assert shown_to_all(number) in (None, number)
        assert (shown_to_all(number) is None) == (0 < number < SHOWN_FROM)

    @pytest.mark.parametrize(
        "words", ["只有 1 户没有转移", "两人受伤", "2件未办", "two cases", "1 household"]
    )
    def test_words_that_tell_of_few_are_refused(self, words):
        with pytest.raises(FewAreTold):
            check_public(words)

    @pytest.mark.parametrize("words", ["7 月 1 日起 12 件", "21 户", "31 cases", "少于 3 件"])
    def test_other_figures_are_not(self, words):
        assert check_public(f" {words} ") == words

    def test_a_brief_says_something(self):
        with pytest.raises(WordsMissing):
            check_sections({"numbers": " ", "secret": "x"})
        assert check_sections({"risks": "b", "numbers": "a"}) == {"numbers": "a", "risks": "b"}

    @pytest.mark.parametrize(
        ("at", "is_time"),
        [
            ("2026-07-13T07:59", False), ("2026-07-13T08:00", True), ("2026-07-16T03:00", True),
            ("2026-07-12T12:00", True),
        ],
    )  # fmt: skip
    def test_it_is_prepared_on_the_first_working_day(self, at, is_time):
        assert prepares_now(CALENDAR, datetime.fromisoformat(at).replace(tzinfo=ZONE)) is is_time

    def test_not_on_a_monday_that_is_a_holiday(self):
        body = config.shipped("calendar") | {"years": [2026], "holidays": ["2026-07-13"]}
        calendar = read_calendar(body, ZONE)
        monday = datetime(2026, 7, 13, 9, tzinfo=ZONE)
        assert not prepares_now(calendar, monday) and prepares_now(calendar, monday + DAY)

    @given(st.dates(min_value=date(2000, 1, 1), max_value=date(2100, 1, 1)))
    def test_a_week_begins_on_monday(self, day):
        assert monday_of(day).weekday() == 0 and timedelta(0) <= day - monday_of(day) < 7 * DAY


class TestWhoMayNot:
    def test_draft_put_right_or_approve_out_of_reach(self, cast):
        brief = waiting(cast)
        for who in (cast.stranger, cast.worker):
            by = cast.viewer(who)
            with pytest.raises(NotInReach):
                drafted(cast, by=who)
            with pytest.raises(NotInReach):
                services.edit_brief(brief.pk, wording(brief), by=by, now=cast.now)
            with pytest.raises(NotInReach):
                services.approve_brief(brief.pk, by=by, now=cast.now)
            assert brief_page(by, brief.ref) is None

    def test_approve_what_he_wrote(self, cast):
        brief = waiting(cast)
        with pytest.raises(SameHandTwice):
            services.approve_brief(brief.pk, by=cast.viewer(cast.secretary), now=cast.now)
        by = cast.viewer(cast.officer)
        services.return_brief(brief.pk, "数字不对", by=by, now=cast.now)
        services.edit_brief(brief.pk, wording(brief), by=by, now=cast.now)
        services.submit_brief(brief.pk, by=cast.viewer(cast.secretary), now=cast.now)
        with pytest.raises(SameHandTwice):
            services.approve_brief(brief.pk, by=by, now=cast.now)

    def test_tell_of_a_week_twice_or_before_it_is_over(self, cast):
        brief = drafted(cast)
        with pytest.raises(BriefThere) as refused:
            drafted(cast)
        assert refused.value.params["ref"] == brief.ref
        with pytest.raises(WeekNotOver):
            services.draft_brief(
                cast.community, cast.now.date(), by=cast.viewer(cast.secretary), now=cast.now
            )
        services.discard_brief(brief.pk, by=cast.viewer(cast.secretary), now=cast.now)
        assert drafted(cast).pk != brief.pk

    def test_send_it_to_nobody_or_to_units_elsewhere(self, cast):
        brief = drafted(cast)
        by = cast.viewer(cast.secretary)
        with pytest.raises(ReaderElsewhere):
            services.edit_brief(
                brief.pk, wording(brief, readers=[cast.strangers_street]), by=by, now=cast.now
            )
        services.edit_brief(brief.pk, wording(brief, readers=[]), by=by, now=cast.now)
        with pytest.raises(NobodyReads):
            services.submit_brief(brief.pk, by=by, now=cast.now)
        with pytest.raises(FewAreTold):
            said = wording(brief, public_words="1 户", is_public=True)
            services.edit_brief(brief.pk, said, by=by, now=cast.now)


class TestWhatIsCounted:
    def test_what_came_in_and_was_answered_within_the_week(self, cast):
        inside, before = cast.now - 6 * DAY, cast.now - 20 * DAY
        one = brought(cast, now=inside)
        old = brought(cast, "电梯坏了，停在七楼。", now=before)
        brought(cast, "楼道堆了杂物。", now=cast.now)
        answered(cast, old, now=inside)
        figures = figures_of(drafted(cast))
        assert figures["received"]["refs"] == [one.ref]
        assert figures["answered"]["refs"] == [old.ref]
        assert figures["overdue"]["number"] == 1

    def test_nothing_of_another_place(self, cast):
        brought(cast, unit=cast.strangers_street, now=cast.now - 6 * DAY)
        assert figures_of(drafted(cast))["received"]["number"] == 0

    def test_what_was_returned_confirmed_and_rejected(self, cast):
        at = cast.now - 6 * DAY
        case = brought(cast, now=at)
        by = cast.viewer(cast.worker)
        cases.accept_case(case.pk, by=by, now=at)
        cases.return_case(case.pk, "不归网格管", by=by, now=at)
        came = taken(cast, "垃圾三天没清。", now=at)
        answered(cast, came.case, now=at)
        cases.reject_by_code(came.code, "又满了", now=at + timedelta(hours=1))
        figures = figures_of(drafted(cast))
        assert figures["returned"]["refs"] == [case.ref]
        assert figures["rejected"]["refs"] == [came.case.ref]

    def test_a_figure_opens_onto_what_it_counted_in_reach(self, cast):
        case = brought(cast, now=cast.now - 6 * DAY)
        figure = figures_of(drafted(cast))["received"]
        assert [one.ref for one in items_of(cast.viewer(cast.secretary), figure)] == [case.ref]
        assert items_of(cast.viewer(cast.stranger), figure) == []

    def test_the_draft_for_everybody_tells_no_number_below_three(self, cast):
        brought(cast, now=cast.now - 6 * DAY)
        brief = drafted(cast)
        assert "少于三" in brief.current.public_words or "fewer" in brief.current.public_words
        assert check_public(brief.current.public_words)


class TestItsLife:
    def test_it_is_published_to_its_readers_who_are_called(self, cast):
        brief = published(cast)
        assert brief.state == State.PUBLISHED and brief.addressees.count() == 2
        kinds = set(Errand.objects.values_list("kind", flat=True))
        assert {"briefs.approval", "briefs.reading"} <= kinds
        assert Entry.objects.filter(verb__startswith="briefs.").count() == 4

    def test_whoever_reads_it_says_so_once(self, cast):
        brief = published(cast)
        officer = cast.viewer(cast.officer)
        assert services.read_brief(brief.pk, by=officer, now=cast.now) >= 1
        assert services.read_brief(brief.pk, by=officer, now=cast.now) == 0
        with pytest.raises(NotInReach):
            services.read_brief(brief.pk, by=cast.viewer(cast.stranger), now=cast.now)

    def test_taken_back_it_stays_with_its_reason(self, cast):
        brief = published(cast, is_public=True)
        by = cast.viewer(cast.officer)
        services.withdraw_brief(brief.pk, "数字有误", by=by, now=cast.now)
        with pytest.raises(NotNow):
            services.read_brief(brief.pk, by=by, now=cast.now)
        assert not Errand.objects.filter(kind="briefs.reading", state="open").exists()

    def test_other_words_than_those_handed_in_must_be_handed_in_anew(self, cast):
        brief = waiting(cast)
        said = wording(brief, title="另一题")
        brief = services.edit_brief(brief.pk, said, by=cast.viewer(cast.secretary), now=cast.now)
        assert brief.state == State.DRAFT and brief.versions.count() == 3
        with pytest.raises(NotNow):
            services.approve_brief(brief.pk, by=cast.viewer(cast.officer), now=cast.now)

    def test_the_next_one_is_drafted_by_itself_once_a_place_has_published(self, cast):
        assert services.prepare_briefs(cast.now) == 0
        brief = published(cast)
        next_week = cast.now + 7 * DAY
        assert services.prepare_briefs(next_week) == 1
        assert services.prepare_briefs(next_week) == 0
        made = Brief.objects.exclude(pk=brief.pk).get()
        assert made.from_on == brief.from_on + 7 * DAY and made.state == State.DRAFT
        assert Errand.objects.filter(kind="briefs.drafted", subject_id=made.pk).exists()
        assert services.prepare_briefs(cast.now + 70 * DAY) == 0


class TestPages:
    @pytest.mark.parametrize("path", ["", "J/", "J/edit/", "J/figures/received/"])
    def test_are_refused_out_of_reach(self, cast, path):
        brief = waiting(cast)
        answer = as_(cast.stranger).get(f"/desk/briefs/{path.replace('J', brief.ref)}")
        assert answer.status_code in ((200,) if not path else (403, 404))
        assert brief.title not in answer.content.decode()
        assert as_(cast.leader).get("/desk/briefs/").status_code == 403

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_show_a_brief_at_each_point(self, cast, language):
        brought(cast, now=cast.now - 6 * DAY)
        client = as_(cast.officer, language)
        assert client.get("/desk/briefs/").status_code == 200
        assert client.get("/desk/briefs/begin/").status_code == 200
        brief = published(cast, is_public=True)
        for path in ("", "?form=pdf", "edit/", "figures/received/", "figures/topics/"):
            assert client.get(f"/desk/briefs/{brief.ref}/{path}").status_code == 200, path
        assert client.get(f"/desk/briefs/{brief.ref}/figures/nothing/").status_code == 404
        assert client.get("/desk/briefs/?q=nothing&state=published").status_code == 200
        assert client.get("/desk/briefs/?format=csv").status_code == 200

    def test_cost_the_same_however_many(self, cast):
        client = as_(cast.officer)
        published(cast)
        few = cost(client, "/desk/briefs/")
        by = cast.viewer(cast.secretary)
        for weeks in range(1, 5):
            services.draft_brief(cast.community, LAST_WEEK - weeks * 7 * DAY, by=by, now=cast.now)
        assert cost(client, "/desk/briefs/") == few <= 6

    def test_carry_a_brief_through_its_life(self, cast):
        writer, other = as_(cast.secretary), as_(cast.officer)
        told = {"unit": cast.community.ref, "day": "2026-07-08"}
        assert writer.post("/desk/briefs/begin/", told).status_code == 303
        assert writer.post("/desk/briefs/begin/", told).status_code == 422
        brief = Brief.objects.get()
        path = f"/desk/briefs/{brief.ref}/"
        said = {"title": "第 28 周简报", "numbers": "共 1 件", "readers": [str(cast.street.pk)]}
        assert writer.post(f"{path}edit/", said | {"title": ""}).status_code == 422
        few = said | {"is_public": "on", "public_words": "1 户"}
        assert writer.post(f"{path}edit/", few).status_code == 422
        assert writer.post(f"{path}edit/", said).status_code == 303
        assert writer.post(f"{path}do/submit/").status_code == 303
        assert writer.post(f"{path}do/approve/").status_code == 303
        assert Brief.objects.get().state == State.WAITING
        assert other.post(f"{path}do/approve/").status_code == 303
        assert other.post(f"{path}do/read/").status_code == 303
        assert Addressee.objects.get().read_by == cast.officer.pk
        assert other.post(f"{path}do/nothing/").status_code == 404

    def test_show_everybody_only_what_everybody_may_read(self, cast, client):
        for _one in range(4):
            brought(cast, now=cast.now - 6 * DAY)
        brief = published(cast)
        assert client.get(f"/briefs/{brief.ref}/").status_code == 404
        assert brief.ref not in client.get("/briefs/").content.decode()
        by = cast.viewer(cast.officer)
        services.withdraw_brief(brief.pk, "重发", by=by, now=cast.now)
        day = LAST_WEEK - 7 * DAY
        other = services.draft_brief(
            cast.community, day, by=cast.viewer(cast.secretary), now=cast.now
        )
        said = wording(other, is_public=True, public_words="本周来件平稳。")
        services.edit_brief(other.pk, said, by=cast.viewer(cast.secretary), now=cast.now)
        services.submit_brief(other.pk, by=cast.viewer(cast.secretary), now=cast.now)
        services.approve_brief(other.pk, by=by, now=cast.now)
        page = client.get(f"/briefs/{other.ref}/").content.decode()
        assert "本周来件平稳" in page and Section.NUMBERS.value not in page
        assert client.get("/briefs/").status_code == 200
        services.withdraw_brief(other.pk, "数字有误", by=by, now=cast.now)
        page = client.get(f"/briefs/{other.ref}/").content.decode()
        assert "数字有误" in page and "本周来件平稳" not in page


def test_the_invented_ones_are_there_once_and_by_two_hands(cast):
    assert invent_briefs(cast.street, now=cast.now) == 0
    make.grant(cast.deputy, "duty_officer", cast.street)
    assert invent_briefs(cast.street, now=cast.now) == 2
    states = set(Brief.objects.values_list("state", flat=True))
    assert states == {State.PUBLISHED, State.WAITING}
    assert invent_briefs(cast.street, now=cast.now) == 0
