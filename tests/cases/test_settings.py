"""Kinds and working days at the desk: who may not, what is wrong with each row, what a change changed, in and out and back."""

import json
from copy import deepcopy
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st

from renwang.base.models import Entry
from renwang.cases import config
from renwang.cases.kind_rules import KindsRefused, read_kinds
from renwang.cases.models import Case, Config
from renwang.cases.rules import WordsMissing
from renwang.cases.services.configuring import (
    change_calendar,
    change_kinds,
    change_of,
    restore_shipped,
)
from renwang.cases.setting_rules import (
    Fault,
    KindStillUsed,
    NothingChanged,
    calendar_of_days,
    changes_of_calendar,
    changes_of_kinds,
    check_kinds,
    days_of,
    flat_of,
    kind_of_flat,
    put_kind,
)
from renwang.cases.workday_rules import CalendarRefused
from renwang.chain.reach import NotInReach
from tests.cases.conftest import answered, brought
from tests.web.desk_pages import LANGUAGES, as_

SHIPPED = config.shipped("kinds")
DAYS = config.shipped("calendar")
HOLIDAYS = "起,止,类型\n2026-10-01,2026-10-07,放假\n2026-10-10,,上班\n".encode()


def with_kept(days: int, key: str = "noise") -> list:
    """The shipped kinds, one of them kept for so many days."""
    rows = deepcopy(SHIPPED)
    next(row for row in rows if row["key"] == key)["kept_days"] = days
    return rows


def file(data: bytes, name: str) -> SimpleUploadedFile:
    """A file as a browser sends it."""
    return SimpleUploadedFile(name, data)


class TestRows:
    def test_of_the_shipped_kinds_are_right_and_come_back_the_same(self):
        assert check_kinds(list(enumerate(SHIPPED, 1))) == []
        again = [kind_of_flat(flat_of(row), row) for row in SHIPPED]
        assert read_kinds(again) == read_kinds(SHIPPED)

    @pytest.mark.parametrize(
        ("change", "fault"),
        [
            ({"key": "no key"}, Fault.SHAPE),
            ({"names": {}}, Fault.SHAPE),
            ({"terms": {"answer": {}}}, Fault.SHAPE),
            ({"key": "danger"}, Fault.TWICE),
            ({"parent": "nothing"}, Fault.PARENT),
            ({"parent": "gas"}, Fault.PARENT),
            ({"kept_days": 3}, Fault.SHAPE),
        ],
    )
    def test_each_says_what_is_wrong_with_it(self, change, fault):
        rows = [*SHIPPED, {"key": "new", "parent": "danger", "names": {"en": "New"}} | change]
        found = check_kinds(list(enumerate(rows, 1)))
        assert [(one.row, one.fault) for one in found] == [(len(rows), fault)]

    def test_the_kind_for_everything_else_must_be_there(self):
        rows = [row for row in SHIPPED if row["key"] != "other"]
        assert [one.fault for one in check_kinds(list(enumerate(rows, 1)))] == [Fault.OTHER]

    def test_a_new_kind_stands_with_those_it_belongs_to(self):
        rows = put_kind(SHIPPED, {"key": "wasps", "parent": "danger", "names": {"en": "Wasps"}})
        keys = [row["key"] for row in rows]
        assert keys.index("wasps") == keys.index("road") + 1
        assert check_kinds(list(enumerate(rows, 1))) == []

    def test_of_days_are_read_back(self):
        body = DAYS | {
            "years": [2026], "holidays": ["2026-10-01/2026-10-07"], "worked": ["2026-10-10"],
        }  # fmt: skip
        again, wrong = calendar_of_days(list(enumerate(days_of(body), 2)), body)
        assert again == body and not wrong

    def test_of_days_that_clash_or_end_before_they_begin_are_told(self):
        rows = [
            {"from_on": date(2026, 10, 1), "until_on": date(2026, 10, 7), "what": "holiday"},
            {"from_on": date(2026, 10, 3), "until_on": None, "what": "worked"},
            {"from_on": date(2026, 10, 7), "until_on": None, "what": "holiday"},
            {"from_on": date(2026, 10, 9), "until_on": date(2026, 10, 8), "what": "holiday"},
        ]
        _body, wrong = calendar_of_days(list(enumerate(rows, 2)), DAYS)
        assert [(one.row, one.fault) for one in wrong] == [
            (3, Fault.BOTH), (4, Fault.TWICE), (5, Fault.DAYS),
        ]  # fmt: skip

    @given(st.integers(min_value=30, max_value=9_000))
    def test_a_change_is_told_field_by_field(self, days):
        changes = changes_of_kinds(SHIPPED, with_kept(days))
        assert [(one.key, one.field, one.after) for one in changes] == [
            ("noise", "kept_days", days)
        ]

    def test_what_goes_and_what_comes_is_told(self):
        rows = [row for row in SHIPPED if row["key"] != "gas"]
        assert [(one.key, one.after) for one in changes_of_kinds(SHIPPED, rows)] == [("gas", None)]
        assert [(one.key, one.before) for one in changes_of_kinds(rows, SHIPPED)] == [("gas", None)]
        assert (
            changes_of_kinds(SHIPPED, [*SHIPPED[1:-1], SHIPPED[0], SHIPPED[-1]])[-1].field
            == "order"
        )
        body = DAYS | {"holidays": ["2026-10-01"], "years": [2026]}
        assert [one.field for one in changes_of_calendar(DAYS, body)] == ["holiday", "years"]


class TestWhoMayNot:
    def test_change_them(self, cast):
        for who in (cast.secretary, cast.stranger):
            by = cast.viewer(who)
            with pytest.raises(NotInReach):
                change_kinds(with_kept(90), by=by, now=cast.now, reason="x")
            with pytest.raises(NotInReach):
                restore_shipped("calendar", by=by, now=cast.now, reason="x")

    def test_change_them_for_no_reason_or_into_nonsense(self, cast):
        by = cast.viewer(cast.operator)
        with pytest.raises(WordsMissing):
            change_kinds(with_kept(90), by=by, now=cast.now, reason=" ")
        with pytest.raises(NothingChanged):
            restore_shipped("kinds", by=by, now=cast.now, reason="x")
        for body in (None, {}, [1], [{}], SHIPPED[:3]):
            with pytest.raises(KindsRefused):
                change_kinds(body, by=by, now=cast.now, reason="x")
        for body in (None, [], {}, DAYS | {"weekend": [9]}):
            with pytest.raises(CalendarRefused):
                change_calendar(body, by=by, now=cast.now, reason="x")

    def test_take_a_kind_away_that_open_cases_have(self, cast):
        case = brought(cast, kind="noise")
        rows = [row for row in SHIPPED if row["key"] != "noise"]
        by = cast.viewer(cast.operator)
        with pytest.raises(KindStillUsed) as refused:
            change_kinds(rows, by=by, now=cast.now, reason="x")
        assert refused.value.params["number"] == 1
        answered(cast, case)
        Case.objects.update(state="closed", end="done")
        change_kinds(rows, by=by, now=cast.now, reason="并入投诉")
        assert "noise" not in config.kinds()

    @pytest.mark.parametrize(
        "path",
        [
            "kinds/", "kinds/add/", "kinds/of/noise/", "kinds/of/noise/remove/", "workdays/",
            "cases/changes/", "cases/changes/1/", "cases/kinds/export/",
        ],
    )  # fmt: skip
    def test_see_the_pages(self, cast, path):
        assert as_(cast.secretary).get(f"/desk/settings/{path}").status_code == 403

    @pytest.mark.parametrize("act", ["bring", "confirm", "restore"])
    def test_send_anything(self, cast, act):
        path = f"/desk/settings/cases/kinds/{act}/"
        assert as_(cast.secretary).post(path).status_code == 403
        assert as_(cast.operator).post("/desk/settings/cases/people/" + act + "/").status_code in (
            303,
            404,
        )


class TestChanges:
    def test_stay_on_record_with_what_they_changed(self, cast):
        by = cast.viewer(cast.operator)
        change_kinds(with_kept(90), by=by, now=cast.now, reason="缩短")
        last = change_kinds(with_kept(120), by=by, now=cast.now, reason="折中")
        found = change_of(by, last.pk)
        assert [(one.before, one.after) for one in found.changes] == [(90, 120)]
        restore_shipped("kinds", by=by, now=cast.now, reason="恢复")
        assert config.bodies()["kinds"] == SHIPPED
        assert Config.objects.count() == 3
        assert Entry.objects.filter(verb="cases.config_changed").count() == 3


class TestPages:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_show_kinds_days_and_what_was_changed(self, cast, language):
        brought(cast, kind="noise")
        by = cast.viewer(cast.operator)
        row = change_kinds(with_kept(90), by=by, now=cast.now, reason="缩短")
        client = as_(cast.operator, language)
        for path in (
            "kinds/", "kinds/add/", "kinds/of/noise/", "kinds/of/noise/remove/", "workdays/",
            "cases/changes/", f"cases/changes/{row.pk}/",
        ):  # fmt: skip
            assert client.get(f"/desk/settings/{path}").status_code == 200, path
        assert client.get("/desk/settings/kinds/of/nothing/").status_code == 404
        assert client.get("/desk/settings/cases/changes/99/").status_code == 404

    def test_change_add_and_take_away_a_kind(self, cast):
        client = as_(cast.operator)
        said = {
            "zh": "噪声",
            "en": "Noise",
            "parent": "complaint",
            "kept_days": "400",
            "reason": "缩短",
        }
        assert client.post("/desk/settings/kinds/of/noise/", said).status_code == 303
        assert config.kinds()["noise"].kept_days == 400
        new = {
            "key": "wasps",
            "zh": "马蜂",
            "en": "Wasps",
            "parent": "danger",
            "reason": "夏季多发",
        }
        assert client.post("/desk/settings/kinds/add/", new).status_code == 303
        assert config.kinds()["wasps"].terms == config.kinds()["danger"].terms
        assert client.post("/desk/settings/kinds/add/", new).status_code == 422
        gone = client.post("/desk/settings/kinds/of/wasps/remove/", {"reason": "并入危险隐患"})
        assert gone.status_code == 303 and "wasps" not in config.kinds()
        assert (
            client.post("/desk/settings/kinds/of/danger/remove/", {"reason": "x"}).status_code
            == 422
        )
        assert (
            client.post("/desk/settings/kinds/of/other/remove/", {"reason": "x"}).status_code == 404
        )

    @pytest.mark.parametrize("kind", ["", "?format=csv", "?format=xlsx"])
    @pytest.mark.parametrize("name", ["kinds", "calendar"])
    def test_give_out_what_can_be_brought_in_again(self, cast, name, kind):
        client = as_(cast.operator)
        given = client.get(f"/desk/settings/cases/{name}/export/{kind}")
        ending = kind[-4:].strip("=") or "json"
        answer = client.post(
            f"/desk/settings/cases/{name}/bring/", {"file": file(given.content, f"x.{ending}")}
        )
        if (
            name == "calendar" and kind
        ):  # an empty table says nothing, not that there are no holidays
            assert answer.status_code in (200, 422)
            return
        assert answer.status_code == 200 and not answer.context["changes"]

    def test_bring_in_holidays_after_looking(self, cast):
        client = as_(cast.operator)
        path = "/desk/settings/cases/calendar/"
        seen = client.post(f"{path}bring/", {"file": file(HOLIDAYS, "放假.csv")})
        assert seen.status_code == 200 and len(seen.context["changes"]) == 3
        assert not Config.objects.exists()
        body = seen.context["form"].initial["body"]
        told = client.post(f"{path}confirm/", {"body": body, "reason": "国办通知"})
        assert told.status_code == 303
        assert config.bodies()["calendar"]["holidays"] == ["2026-10-01/2026-10-07"]
        back = client.post(f"{path}restore/", {"restore-reason": "误录"})
        assert back.status_code == 303 and config.bodies()["calendar"] == DAYS

    @pytest.mark.parametrize(
        ("name", "data", "ending"),
        [
            ("calendar", "起,止,类型\n2026-10-09,2026-10-08,放假\n", "csv"),
            ("calendar", "起,止,类型\nsoon,,放假\n", "csv"),
            ("calendar", "nothing", "csv"),
            ("calendar", '{"weekend": []}', "json"),
            ("kinds", "[]", "json"),
            ("kinds", "{", "json"),
            ("kinds", json.dumps([*SHIPPED, {"key": "a b", "names": {"en": "x"}}]), "json"),
            ("kinds", "key,en\nx,X\n", "csv"),
        ],
    )
    def test_say_row_by_row_what_is_wrong(self, cast, name, data, ending):
        answer = as_(cast.operator).post(
            f"/desk/settings/cases/{name}/bring/", {"file": file(data.encode(), f"x.{ending}")}
        )
        assert answer.status_code == 422 and answer.context["wrong"]
        assert not Config.objects.exists()

    @pytest.mark.parametrize("body", ["{", "[]", "[1]", json.dumps(SHIPPED)])
    def test_take_nothing_that_was_made_up(self, cast, body):
        answer = as_(cast.operator).post(
            "/desk/settings/cases/kinds/confirm/", {"body": body, "reason": "x"}
        )
        assert answer.status_code == 422 and not Config.objects.exists()
