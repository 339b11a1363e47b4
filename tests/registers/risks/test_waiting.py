"""What of risks waits for somebody calls him: an answer owed above, a survey that is due again."""

from datetime import timedelta

import pytest

from renwang.outreach.errand_rules import ErrandState
from renwang.outreach.models import Errand
from renwang.outreach.waiting import waits_for
from renwang.registers.risks import services
from renwang.registers.risks.rules import SurveyKind
from renwang.registers.risks.services import Looked
from renwang.registers.risks.waiting import REFERRAL, SURVEY, ask_surveys
from tests.registers.risks.conftest import DAY, TODAY, judged
from tests.web.desk_pages import LANGUAGES, as_


def referred(cast, pair=(4, 4)):
    """A risk about which the secretary has asked the sub-district."""
    risk = judged(cast, pair)
    by = cast.viewer(cast.secretary)
    services.refer_risk(risk.pk, "护坡要钱", term=timedelta(days=2), by=by, now=cast.now)
    return risk


def surveyed(cast, *, ago: int, every: int | None = 90, kind=SurveyKind.ASSESSMENT):
    """A survey of the secretary's, so many days ago."""
    looked = Looked(kind, "汛前专家评估", TODAY - ago * DAY, "市地质队", "", every)
    return services.record_survey(
        looked, cast.community, by=cast.viewer(cast.secretary), now=cast.now
    )


class TestAnAnswerOwed:
    def test_it_waits_for_who_judges_above_and_for_nobody_who_asked(self, cast):
        risk = referred(cast)
        errand = Errand.objects.get(kind=REFERRAL)
        assert (errand.ref, errand.path, errand.colour) == (risk.ref, cast.street.path, "orange")
        assert waits_for(cast.viewer(cast.officer)).get() == errand
        for who in (cast.secretary, cast.stranger):
            assert not waits_for(cast.viewer(who)).exists()

    def test_it_ends_with_the_answer_or_with_being_taken_back(self, cast):
        first, second = referred(cast), referred(cast)
        services.answer_risk(first.pk, "先拉警戒线", by=cast.viewer(cast.officer), now=cast.now)
        services.withdraw_question(
            second.pk, by=cast.viewer(cast.secretary), now=cast.now, reason="已解决"
        )
        states = dict(Errand.objects.values_list("ref", "state"))
        assert states == {first.ref: ErrandState.DONE, second.ref: ErrandState.NEEDLESS}

    def test_silence_takes_it_along_to_the_level_above(self, cast):
        referred(cast)
        before = Errand.objects.get().due_at
        services.climb_risks(cast.now + 3 * DAY)
        assert Errand.objects.get().due_at > before


class TestASurveyDueAgain:
    def test_not_before_its_day_nor_where_it_is_not_repeated(self, cast):
        surveyed(cast, ago=89)
        surveyed(cast, ago=200, every=None, kind=SurveyKind.WORKSHOP)
        assert ask_surveys(cast.now) == 0

    @pytest.mark.parametrize("kind", [SurveyKind.ASSESSMENT, SurveyKind.WORKSHOP])
    def test_who_judges_there_is_called_once_until_the_next_is_recorded(self, cast, kind):
        made = surveyed(cast, ago=120, kind=kind)
        assert (ask_surveys(cast.now), ask_surveys(cast.now)) == (1, 0)
        errand = Errand.objects.get(kind=SURVEY)
        assert (errand.subject_id, errand.ref) == (made.pk, made.ref)
        assert "汛前专家评估" in errand.said["zh-hans"]
        assert waits_for(cast.viewer(cast.secretary)).get() == errand
        assert not waits_for(cast.viewer(cast.stranger)).exists()
        surveyed(cast, ago=0, kind=kind)
        assert Errand.objects.get().state == ErrandState.DONE
        assert ask_surveys(cast.now) == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_click_leads_to_where_it_is_done(cast, language):
    risk = referred(cast)
    survey = surveyed(cast, ago=120)
    ask_surveys(cast.now)
    for kind, who, page in (
        (REFERRAL, cast.officer, f"/desk/risks/{risk.ref}/"),
        (SURVEY, cast.secretary, f"/desk/risks/surveys/{survey.ref}/"),
    ):
        errand = Errand.objects.get(kind=kind)
        client = as_(who, language)
        assert client.get(f"/desk/waits/{errand.pk}/")["Location"] == page
        assert client.get(page).status_code == 200
