"""Issuing: signed or not at all, down the chain like any other, updated and taken back everywhere it went."""

import stat
from datetime import timedelta
from uuid import uuid4

import pytest
from tests.alerts.composing import CONTACT, advice, agreed, issued

from renwang.alerts import cap, selectors
from renwang.alerts.composing_rules import (
    CannotFollow,
    DraftState,
    Follow,
    Kind,
    NoSigningKey,
    SameHandTwice,
)
from renwang.alerts.drafts import Draft
from renwang.alerts.exercising import run_exercises, running_exercises
from renwang.alerts.models import Alert, Relay
from renwang.alerts.rules import AlertState, Source
from renwang.alerts.services import (
    approve_draft,
    change_draft,
    issue_draft,
    submit_draft,
    write_draft,
    write_following,
)
from renwang.alerts.signing import KeyThere, import_key, key_file, make_key
from renwang.base.pure.clock import read_clock
from renwang.chain.reach import NotInReach
from renwang.chain.routes import rebuild_routes
from renwang.outreach.models import Call, Delivered, Notice
from renwang.outreach.sending import send_due
from renwang.signals import services as signals
from renwang.signals.models import Proposal
from renwang.signals.series_rules import SeriesShape


@pytest.fixture(autouse=True)
def _routes(cast):
    rebuild_routes()


class TestTheKey:
    def test_without_one_nothing_is_issued(self, cast, now, tmp_path, settings):
        settings.HOME = tmp_path
        draft = agreed(advice(cast, now), cast, now)
        with pytest.raises(NoSigningKey):
            issue_draft(draft.pk, by=cast.viewer(cast.operator), now=now)
        draft.refresh_from_db()
        assert (draft.state, Alert.objects.count()) == (DraftState.APPROVED, 0)

    def test_one_whose_time_is_over_stops_the_act(self, cast, now, key):
        late = now + timedelta(days=4 * 365)
        draft = advice(cast, late, ends_at=late + timedelta(hours=1))
        agreed(draft, cast, late)
        with pytest.raises(cap.SigningRefused):
            issue_draft(draft.pk, by=cast.viewer(cast.operator), now=late)
        assert not Alert.objects.exists()

    def test_it_is_readable_by_its_owner_alone_and_not_replaced_by_accident(self, now, key):
        assert stat.S_IMODE(key_file().stat().st_mode) == 0o600
        with pytest.raises(KeyThere):
            make_key("另一个", now=now)

    def test_what_an_old_key_signed_stays_good(self, cast, now, key):
        first = issued(advice(cast, now), cast, now)
        make_key("新的", now=now, replace=True)
        second = write_following(
            first.alert_id, Follow.UPDATE, by=cast.viewer(cast.officer), now=now
        )
        later = issued(second, cast, now + timedelta(minutes=5))
        first.alert.refresh_from_db()
        assert (later.alert.signature, first.alert.state) == ("valid", AlertState.SUPERSEDED)

    def test_nonsense_is_not_brought_in(self, now, key):
        with pytest.raises(cap.SigningRefused):
            import_key(b"nonsense", b"nonsense", replace=True)


class TestAdvice:
    def test_a_stranger_does_not_issue_it(self, cast, now, key):
        draft = agreed(advice(cast, now), cast, now)
        with pytest.raises(NotInReach):
            issue_draft(draft.pk, by=cast.viewer(cast.stranger), now=now)

    def test_it_goes_out_signed_and_down_the_chain(self, cast, now, key):
        draft = issued(advice(cast, now), cast, now)
        alert = draft.alert
        assert (alert.signature, alert.signer, alert.source) == (
            "valid", "柳湾区预警信息发布中心", Source.DESK,
        )  # fmt: skip
        assert (alert.state, alert.is_advice, alert.colour) == (AlertState.IN_FORCE, True, "")
        said = cap.read(bytes(alert.original)).alert
        assert (said.status, said.infos[0].severity) == (cap.Status.ACTUAL, cap.Severity.MINOR)
        assert [info.language for info in said.infos] == ["zh-CN", "en"]
        assert said.infos[0].contact == CONTACT
        relay = Relay.objects.get(alert=alert)
        assert relay.path == cast.street.path
        assert Call.objects.filter(notice=relay.notice_id).count() == 5

    def test_the_public_is_told_and_told_that_it_is_advice(self, cast, now, key):
        alert = issued(advice(cast, now), cast, now).alert
        assert list(selectors.in_force(cast.grid.path, now)) == [alert]

    def test_it_may_name_a_colour_that_others_issued_without_taking_it_on(self, cast, now, key):
        draft = advice(cast, now)
        texts = draft.texts
        texts["zh-CN"]["description"] = "柳湾区气象台发布暴雨橙色预警。"
        change_draft(draft.pk, {"texts": texts}, by=cast.viewer(cast.officer), now=now)
        assert issued(draft, cast, now).alert.colour == ""

    def test_it_is_for_the_units_chosen_and_never_for_the_neighbours(self, cast, now, key):
        draft = advice(cast, now, units=[str(cast.community.pk), str(cast.strangers_street.pk)])
        alert = issued(draft, cast, now).alert
        assert "石桥社区" in alert.area_words
        paths = {row.path for row in alert.units.all()}
        assert paths == {cast.community.path}

    def test_a_language_that_is_not_finished_does_not_go_out(self, cast, now, key):
        draft = advice(cast, now)
        texts = {**draft.texts, "fil": {"headline": "Babala", "description": "", "instruction": ""}}
        change_draft(draft.pk, {"texts": texts}, by=cast.viewer(cast.officer), now=now)
        said = cap.read(bytes(issued(draft, cast, now).alert.original)).alert
        assert [info.language for info in said.infos] == ["zh-CN", "en"]


class TestWhatFollows:
    def later(self, first: Draft, follow: Follow, cast, now, **values) -> Draft:
        draft = write_following(first.alert_id, follow, by=cast.viewer(cast.officer), now=now)
        if values:
            change_draft(draft.pk, values, by=cast.viewer(cast.officer), now=now)
        return issued(draft, cast, now)

    def test_an_update_takes_its_place_wherever_it_went(self, cast, now, key):
        first = issued(advice(cast, now), cast, now)
        later = self.later(first, Follow.EXTEND, cast, now + timedelta(hours=1),
                           ends_at=now + timedelta(hours=12))  # fmt: skip
        first.alert.refresh_from_db()
        assert (first.alert.state, first.alert.superseded_by) == (
            AlertState.SUPERSEDED, later.alert,
        )  # fmt: skip
        assert later.alert.thread == first.alert.thread
        assert Relay.objects.filter(alert=later.alert, path=cast.street.path).count() == 1
        assert Call.objects.filter(notice__thread=first.alert.thread).count() == 10

    def test_taking_back_reaches_everybody_who_was_told(self, cast, now, key):
        first = issued(advice(cast, now), cast, now)
        send_due(now, read_clock)
        back = self.later(first, Follow.TAKE_BACK, cast, now + timedelta(minutes=3))
        first.alert.refresh_from_db()
        assert first.alert.state == AlertState.CANCELLED
        assert back.alert.msg_type == "Cancel"
        notice = Notice.objects.get(pk=Relay.objects.get(alert=back.alert).notice_id)
        assert "撤回" in notice.title
        asked = Call.objects.filter(notice__subject_id=first.alert_id, asked_at__isnull=False)
        assert Call.objects.filter(notice=notice).count() >= asked.count() > 0
        assert list(selectors.in_force(cast.grid.path, now)) == []

    def test_taking_back_needs_two_hands_as_well(self, cast, now, key):
        first = issued(advice(cast, now), cast, now)
        draft = write_following(
            first.alert_id, Follow.TAKE_BACK, by=cast.viewer(cast.officer), now=now
        )
        submit_draft(draft.pk, by=cast.viewer(cast.officer), now=now)
        with pytest.raises(SameHandTwice):
            approve_draft(draft.pk, by=cast.viewer(cast.officer), now=now)
        assert Draft.objects.get(pk=draft.pk).state == DraftState.SUBMITTED

    def test_what_is_over_is_not_followed(self, cast, now, key):
        first = issued(advice(cast, now), cast, now)
        self.later(first, Follow.LIFT, cast, now + timedelta(minutes=3))
        with pytest.raises(CannotFollow):
            write_following(first.alert_id, Follow.EXTEND, by=cast.viewer(cast.officer), now=now)

    def test_the_level_is_raised_in_the_words_of_the_graver_colour(self, cast, now, key):
        first = issued(advice(cast, now, kind=Kind.EXERCISE, colour="yellow"), cast, now)
        draft = write_following(
            first.alert_id, Follow.UPGRADE, by=cast.viewer(cast.officer), now=now
        )
        assert draft.colour == "orange"
        assert "橙色" in draft.texts["zh-CN"]["headline"]


class TestExercises:
    def exercise(self, cast, now) -> Draft:
        return issued(advice(cast, now, kind=Kind.EXERCISE, colour="red"), cast, now)

    def test_the_public_never_takes_one_for_real(self, cast, now, key):
        alert = self.exercise(cast, now).alert
        assert (alert.status, alert.drill is not None) == ("Exercise", True)
        assert list(selectors.in_force(cast.grid.path, now)) == []
        assert selectors.published(alert.pk) is None

    def test_it_runs_on_the_node_and_ends_in_its_time(self, cast, now, key):
        draft = self.exercise(cast, now)
        assert running_exercises() == [draft.drill]
        send_due(now, read_clock)
        assert not Delivered.objects.exists()
        run_exercises(now, read_clock)
        assert Delivered.objects.filter(notice__drill=draft.drill).exists()
        run_exercises(now + timedelta(hours=7), read_clock)
        assert running_exercises() == []

    def test_a_real_message_and_an_exercise_do_not_meet(self, cast, now, key):
        self.exercise(cast, now)
        real = issued(advice(cast, now), cast, now)
        assert selectors.thread(real.alert) == [real.alert]


def test_a_relay_with_a_local_note_needs_two_hands(cast, now, receive):
    alert = receive()
    draft = write_draft(
        cast.street,
        Kind.RELAY,
        by=cast.viewer(cast.officer),
        now=now,
        values={"note": "安置点在二小操场"},
        about=alert,
    )
    issued(draft, cast, now)
    relay = Relay.objects.get(alert=alert)
    assert (relay.note, relay.path) == ("安置点在二小操场", cast.street.path)


class TestFromAProposal:
    """A trigger proposed, two people agreed: the proposal knows which message it became."""

    @pytest.fixture
    def proposal(self, cast, now) -> Proposal:
        by = cast.viewer(cast.operator)
        shape = SeriesShape("r1.rain", "rain", "mm", every=300)
        signals.add_sensor(
            signals.SensorShape("雨量站", "R-1", series=(shape,)), cast.community, by=by, now=now
        )
        levels = {"levels": [{"level": "yellow", "when": 'sum("rain", "6h") >= 50'}]}
        trigger = signals.add_trigger(
            "暴雨", "rainstorm", levels, cast.street, by=by, now=now, each={"rain": "rain"}
        )
        signals.switch_trigger(trigger.pk, True, by=by, now=now)
        at = now + timedelta(minutes=5)
        signals.take_in([("r1.rain", at, 60.0)], by="node:test", now=at)
        signals.evaluate_changed(at)
        return Proposal.objects.get()

    def test_it_is_met_by_the_message_once_that_is_issued(self, cast, now, key, proposal):
        draft = advice(cast, now)
        Draft.objects.filter(pk=draft.pk).update(proposal_id=proposal.pk)
        draft.refresh_from_db()
        sent = issued(draft, cast, now)
        proposal.refresh_from_db()
        assert proposal.became == sent.alert.ref
        assert proposal.signal.state == "met"

    def test_one_that_is_gone_stops_nothing(self, cast, now, key):
        draft = advice(cast, now)
        Draft.objects.filter(pk=draft.pk).update(proposal_id=uuid4())
        draft.refresh_from_db()
        assert issued(draft, cast, now).state == DraftState.ISSUED
